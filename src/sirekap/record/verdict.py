"""Whether a handed-over result is genuine, and why not, in words; `handover.js` gives the same on the phones.

Pure: who checks passes in what checks a signature. What the answer can and cannot mean without a network
stands in docs/capture.md ("Without a network").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.forms import Form, Label
from sirekap.record.handover import Fault, Handover, HandoverError, decode

CLOCKS_DIFFER = 600  # seconds by which two phones' clocks may differ without a remark

Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key, a message and a signature go together."""


class Reason(StrEnum):
    """Why a result is genuine or not. The order is that of the checks: the first that fails is told."""

    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    CERTIFICATE = "certificate"  # the server did not sign it
    RESULT = "result"  # the device did not sign it, or it was changed since
    TIME = "time"  # confirmed before or after what the certificate allows
    ENDED = "ended"  # the device's session was ended before
    FORM = "form"  # the figures do not fit the form or the contest
    GENUINE = "genuine"


class Outcome(StrEnum):
    """What the reader should do: trust it, distrust it, or check again."""

    GENUINE = "genuine"
    FALSE = "false"
    UNKNOWN = "unknown"


class Remark(StrEnum):
    """What stands beside an answer."""

    CLOCK = "clock"  # confirmed later than it is now by the reader's clock
    FORM = "form"  # the reader does not know the form: figures without names


WORDS: Mapping[Reason, Label] = {
    Reason.UNREADABLE: Label(
        "Tidak terbaca: teks ini tidak utuh, bukan hasil yang diserahkan, atau dari versi aplikasi yang lebih "
        "baru. Pindai atau salin lagi.",
        "Unreadable: this text is not whole, no handed-over result, or from a newer version of the app. "
        "Scan or copy it again.",
    ),
    Reason.UNKNOWN_KEY: Label(
        "Belum dapat diperiksa: kunci server yang menjaminnya tidak ada di gawai ini. Sambungkan ke internet "
        "sekali, lalu periksa lagi.",
        "Cannot be checked yet: the server's key that vouches for it is not on this device. Connect to the "
        "internet once, then check again.",
    ),
    Reason.CERTIFICATE: Label(
        "Palsu: server tidak pernah menjamin gawai yang menandatanganinya.",
        "False: the server never vouched for the device that signed it.",
    ),
    Reason.RESULT: Label(
        "Palsu: hasil ini diubah setelah ditandatangani, atau tidak ditandatangani gawai petugas.",
        "False: this result was changed after it was signed, or the officer's device did not sign it.",
    ),
    Reason.TIME: Label(
        "Tidak sah: gawai ini tidak boleh menyerahkan hasil pada waktu yang tertulis di dalamnya.",
        "Not valid: the device was not allowed to hand results over at the time that it names.",
    ),
    Reason.ENDED: Label(
        "Tidak sah: sesi gawai ini sudah diakhiri sebelum hasil ini dibuat.",
        "Not valid: the device's session had been ended before this result was made.",
    ),
    Reason.FORM: Label(
        "Tidak sah: angkanya tidak cocok dengan formulir yang disebut.",
        "Not valid: its figures do not fit the form that it names.",
    ),
    Reason.GENUINE: Label(
        "Asli: ditandatangani gawai petugas TPS ini dan tidak diubah. Bandingkan dengan lembar C.Hasil.",
        "Genuine: signed by a device of this station's officers and not changed. Compare it with the paper.",
    ),
}
REMARKS: Mapping[Remark, Label] = {
    Remark.CLOCK: Label(
        "Menurut jam gawai ini hasil tersebut dibuat di masa depan; salah satu jam keliru.",
        "By this device's clock the result was made in the future; one of the two clocks is wrong.",
    ),
    Remark.FORM: Label(
        "Formulirnya tidak dikenal gawai ini: angka tampil tanpa nama.",
        "This device does not know the form: the figures are shown without their names.",
    ),
}
_UNKNOWN = frozenset({Reason.UNREADABLE, Reason.UNKNOWN_KEY})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: `reason`, the result where it could be read, and for an unreadable one the fault."""

    reason: Reason
    handover: Handover | None = None
    fault: Fault | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Genuine, false, or to be checked again."""
        if self.reason is Reason.GENUINE:
            return Outcome.GENUINE
        return Outcome.UNKNOWN if self.reason in _UNKNOWN else Outcome.FALSE

    @property
    def words(self) -> Label:
        """The reason in words."""
        return WORDS[self.reason]


def judge(
    text: str,
    keys: Mapping[str, bytes],
    at: int,
    verify: Verify,
    forms: Mapping[str, Form],
    ended: Callable[[Handover], int | None] = lambda handover: None,
) -> Verdict:
    """Whether a text, or a link with one, is a genuine result. Raises nothing.

    `keys` are the server's public keys by id, `at` the time of the check in seconds since 1970, `forms` the known
    forms by id; `ended` tells when a device's session was ended, where somebody knows.
    """
    try:
        found = decode(text)
    except HandoverError as error:
        return Verdict(Reason.UNREADABLE, fault=error.fault)
    remarks = []
    if found.at > at + CLOCKS_DIFFER:
        remarks.append(Remark.CLOCK)
    if found.form not in forms:
        remarks.append(Remark.FORM)
    return Verdict(_reason(found, keys, verify, forms, ended), found, remarks=tuple(remarks))


def _reason(
    found: Handover,
    keys: Mapping[str, bytes],
    verify: Verify,
    forms: Mapping[str, Form],
    ended: Callable[[Handover], int | None],
) -> Reason:
    certificate = found.certificate
    server = keys.get(certificate.key)
    if server is None:
        return Reason.UNKNOWN_KEY
    if not verify(server, certificate.message, certificate.signature):
        return Reason.CERTIFICATE
    if not verify(certificate.public_key, found.message, found.signature):
        return Reason.RESULT
    if not certificate.issued <= found.at <= certificate.expires:
        return Reason.TIME
    end = ended(found)
    if end is not None and end < found.at:
        return Reason.ENDED
    form = forms.get(found.form)
    if form is not None and not _fits(found, form):
        return Reason.FORM
    return Reason.GENUINE


def _fits(found: Handover, form: Form) -> bool:
    return (
        found.contest == form.contest
        and len(found.figures) == len(form.fields)
        and all(
            value is None or value <= field.most for value, field in zip(found.figures, form.fields, strict=True)
        )
    )
