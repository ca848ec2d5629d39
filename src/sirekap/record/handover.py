"""A confirmed result as it is handed to a witness without a network: a short text, for a QR code and a link.

This is the codec and the signed messages, byte by byte in docs/formats.md ("A handed-over result"); signing and
checking is `store.signing` here and `handover.js` on the phones. A result carries the certificate of the phone's
key, so that who knows the server's public keys needs no network. The station stands once, in the certificate: a
result cannot name another one. Decoding is strict: every text has one meaning, every meaning one text.

Times are whole seconds since 1970 in UTC; keys and signatures are P-256: x and y, r and s, 32 bytes each.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from sirekap.errors import SirekapError, quoted

VERSION = 1
CERTIFICATE_DOMAIN = b"sirekap/certificate/1\n"
RESULT_DOMAIN = b"sirekap/result/1\n"
KEY_ID_BYTES = 8
POINT_BYTES = 64  # of a public key, and of a signature
MOST_VALUE = 999_999
MOST_FIGURES = 999
MOST_TEXT = 4000  # letters: 999 figures of three bytes take fewer
_MOST_STATION = 10**13 - 1
_MOST_TIME = 2**32 - 1
_ROLE = re.compile(r"[a-z_]{1,16}")
_CONTEST = re.compile(r"[a-z]{1,16}")
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_STATION = re.compile(r"[0-9]{13}")
_KEY_ID = re.compile(rf"[0-9a-f]{{{2 * KEY_ID_BYTES}}}")


class Fault(StrEnum):
    """What is wrong with a text that is no handed-over result."""

    TEXT = "text"  # letters that are not base64url, or not the one way to write these bytes
    VERSION = "version"
    SHORT = "short"  # it ends too early
    LONG = "long"  # bytes follow its end
    STATION = "station"
    WORD = "word"  # a role, contest or form that cannot be one
    NUMBER = "number"  # too large, or not the shortest way to write it
    TIME = "time"  # a certificate that ends before it begins


class HandoverError(SirekapError):
    """A text is no handed-over result; `fault` says why, the message what was expected and found."""

    def __init__(self, fault: Fault, expected: str, found: str) -> None:
        """Keep the fault beside the sentence."""
        self.fault = fault
        super().__init__(f"handed-over result: expected {expected}; found {found}. Scan or copy it again.")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's word that a key is that of a device which may hand results of a station over.

    `key` is the id of the server's key: the first 8 bytes of the SHA-256 of its x and y, in hex. `role` is that
    of the mandate (`access.ROLES`). The device may sign from `issued` to `expires`, both included.
    """

    key: str
    station: str
    role: str
    issued: int
    expires: int
    public_key: bytes
    signature: bytes

    @property
    def message(self) -> bytes:
        """What the server signs."""
        return CERTIFICATE_DOMAIN + _certificate_head(self)

    @property
    def id(self) -> str:
        """By what the server finds it again: 8 bytes of its SHA-256, in hex."""
        return sha256(encode_certificate(self)).hexdigest()[: 2 * KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Handover:
    """A confirmed result, signed by the device of its certificate. `figures` are in the form's order, None is
    blank; `at` is when it was confirmed, by the device's clock.
    """

    certificate: Certificate
    contest: str
    form: str
    at: int
    figures: tuple[int | None, ...]
    signature: bytes

    @property
    def station(self) -> str:
        """The station: that of the certificate."""
        return self.certificate.station

    @property
    def message(self) -> bytes:
        """What the device signs."""
        return RESULT_DOMAIN + _result_head(self)


def key_id(public_key: bytes) -> str:
    """The id of a server's key. Raises ValueError for another length than 64 bytes."""
    return sha256(_exact(public_key, "public key")).hexdigest()[: 2 * KEY_ID_BYTES]


def moment(seconds: int) -> datetime:
    """A time of a certificate or a result as Python writes it."""
    return datetime.fromtimestamp(seconds, UTC)


def encode_certificate(certificate: Certificate) -> bytes:
    """A certificate's bytes. Raises ValueError for a field that cannot be one."""
    return _certificate_head(certificate) + _exact(certificate.signature, "signature")


def decode_certificate(data: bytes) -> Certificate:
    """A certificate from its bytes and nothing after them. Raises HandoverError."""
    reader = _Reader(data)
    certificate = reader.certificate()
    reader.end()
    return certificate


def encode(handover: Handover) -> str:
    """The text of a result, in base64url without padding. Raises ValueError for a field that cannot be one."""
    return to_text(_result_head(handover) + _exact(handover.signature, "signature"))


def decode(text: str) -> Handover:
    """The result of a text, or of a link that ends in # and the text. Raises HandoverError."""
    reader = _Reader(from_text(_bare(text)))
    reader.version("a result")
    certificate = reader.certificate()
    contest = reader.word(_CONTEST, "the code of a contest such as ppwp")
    form = reader.word(_FORM, "a form such as C.HASIL-PPWP/2024")
    at = reader.number(4)
    count = reader.varint(MOST_FIGURES)
    if count == 0:
        raise HandoverError(Fault.NUMBER, "at least one figure", "none")
    figures = tuple(reader.figure() for _ in range(count))
    signature = reader.take(POINT_BYTES)
    reader.end()
    return Handover(certificate, contest, form, at, figures, signature)


def to_text(data: bytes) -> str:
    """Bytes in base64url without padding (RFC 4648, section 5).

    >>> to_text(b"\\xff\\xfe")
    '__4'
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The bytes of such a text. Raises HandoverError for another one, also where only its last bits are."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise HandoverError(Fault.TEXT, "letters of base64url", quoted(text)) from error
    if to_text(data) != text:
        raise HandoverError(Fault.TEXT, "base64url without spare bits", quoted(text[-8:]))
    return data


def _bare(text: str) -> str:
    """The text without the link before it and the spaces that messages put in."""
    bare = re.sub(r"[ \t\r\n]", "", text[: 2 * MOST_TEXT].rpartition("#")[2])
    if not bare:
        raise HandoverError(Fault.TEXT, "a text", "nothing")
    if len(bare) > MOST_TEXT or len(text) > 2 * MOST_TEXT:
        raise HandoverError(Fault.LONG, f"at most {MOST_TEXT} letters", f"{len(bare)}")
    return bare


def _certificate_head(certificate: Certificate) -> bytes:
    if not _KEY_ID.fullmatch(certificate.key):
        raise ValueError(f"the id of a key has {2 * KEY_ID_BYTES} hex digits, not {quoted(certificate.key)}")
    if not _STATION.fullmatch(certificate.station):
        raise ValueError(f"a station has 13 digits, not {quoted(certificate.station)}")
    if certificate.expires < certificate.issued:
        raise ValueError("a certificate cannot end before it begins")
    return b"".join(
        (
            bytes([VERSION]),
            bytes.fromhex(certificate.key),
            int(certificate.station).to_bytes(6, "big"),
            _word(certificate.role, _ROLE, "role"),
            _time(certificate.issued),
            _time(certificate.expires),
            _exact(certificate.public_key, "public key"),
        )
    )


def _result_head(handover: Handover) -> bytes:
    if not 1 <= len(handover.figures) <= MOST_FIGURES:
        raise ValueError(f"a result has 1 to {MOST_FIGURES} figures, not {len(handover.figures)}")
    return b"".join(
        (
            bytes([VERSION]),
            encode_certificate(handover.certificate),
            _word(handover.contest, _CONTEST, "contest"),
            _word(handover.form, _FORM, "form"),
            _time(handover.at),
            _varint(len(handover.figures)),
            _figures(handover.figures),
        )
    )


def _figures(figures: Sequence[int | None]) -> bytes:
    for value in figures:
        if value is not None and not 0 <= value <= MOST_VALUE:
            raise ValueError(f"a figure is blank or 0 to {MOST_VALUE}, not {value}")
    return b"".join(_varint(0 if value is None else value + 1) for value in figures)


def _varint(number: int) -> bytes:
    """LEB128: seven bits a byte, the lowest first; the top bit says that more follow."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _word(word: str, shape: re.Pattern[str], what: str) -> bytes:
    if not shape.fullmatch(word):
        raise ValueError(f"no {what} is called {quoted(word)}")
    return bytes([len(word)]) + word.encode("ascii")


def _time(seconds: int) -> bytes:
    if not 0 <= seconds <= _MOST_TIME:
        raise ValueError(f"a time is 0 to {_MOST_TIME} seconds after 1970, not {seconds}")
    return seconds.to_bytes(4, "big")


def _exact(data: bytes, what: str) -> bytes:
    if len(data) != POINT_BYTES:
        raise ValueError(f"a {what} has {POINT_BYTES} bytes, not {len(data)}")
    return data


class _Reader:
    """Takes fields off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise HandoverError(Fault.SHORT, f"at least {self.at + count} bytes", str(len(self.data)))
        self.at += count
        return self.data[self.at - count : self.at]

    def end(self) -> None:
        if self.at != len(self.data):
            raise HandoverError(Fault.LONG, f"{self.at} bytes", str(len(self.data)))

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def version(self, what: str) -> None:
        found = self.number(1)
        if found != VERSION:
            raise HandoverError(Fault.VERSION, f"{what} of version {VERSION}", str(found))

    def word(self, shape: re.Pattern[str], what: str) -> str:
        word = self.take(self.number(1)).decode("latin-1")
        if not shape.fullmatch(word):
            raise HandoverError(Fault.WORD, what, quoted(word))
        return word

    def varint(self, most: int) -> int:
        number = shift = 0
        while True:
            byte = self.number(1)
            number |= (byte & 127) << shift
            shift += 7
            if byte == 0 and shift > 7:
                raise HandoverError(Fault.NUMBER, "the shortest way to write a number", "a longer one")
            if number > most:
                raise HandoverError(Fault.NUMBER, f"at most {most}", str(number))
            if byte < 128:
                return number
            if shift > 21:
                raise HandoverError(Fault.NUMBER, "a number of at most three bytes", "more")

    def figure(self) -> int | None:
        number = self.varint(MOST_VALUE + 1)
        return None if number == 0 else number - 1

    def certificate(self) -> Certificate:
        self.version("a certificate")
        key = self.take(KEY_ID_BYTES).hex()
        station = self.number(6)
        if station > _MOST_STATION:
            raise HandoverError(Fault.STATION, "a station of 13 digits", str(station))
        role = self.word(_ROLE, "a role such as kpps")
        issued, expires = self.number(4), self.number(4)
        if expires < issued:
            raise HandoverError(Fault.TIME, "a certificate that ends after it begins", f"{issued} to {expires}")
        return Certificate(
            key, f"{station:013d}", role, issued, expires, self.take(POINT_BYTES), self.take(POINT_BYTES)
        )
