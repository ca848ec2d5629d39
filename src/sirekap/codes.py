"""One-time activation codes: how they are made, written on paper, typed, and kept.

A code is 16 characters of Crockford's base 32 (80 bits), in groups of four. The alphabet has no I, L, O and U;
who types I, L or O means 1 or 0. Only `digest` is ever kept: SHA-256 over login and code. A code is random, not
chosen by a person, so no slow hash is needed (docs/decisions/0009); the login in it makes each account's code a
search of its own.

What a slip's QR code says is an address ending in `#SIREKAP:A:1:<login>:<code>`, or that text alone where no
address is given. The part after # never reaches a server's log.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
BITS = 80
PREFIX = "SIREKAP:A:1:"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_MEANT = str.maketrans("ILO", "110")
_PAYLOAD = re.compile(rf"(?:[^#]*#)?{PREFIX}([A-Z0-9._-]{{3,40}}):([{ALPHABET}]{{{LENGTH}}})")


def new_code(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A fresh code without groups; `random` gives as many bytes as it is asked for."""
    number = int.from_bytes(random(BITS // 8), "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5))


def grouped(code: str) -> str:
    """The code as it is printed.

    >>> grouped("7ZKM04QRAB12CDEF")
    '7ZKM-04QR-AB12-CDEF'
    """
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def typed_code(text: str) -> str | None:
    """The code that a person typed, whatever the case, the groups and the look-alikes; None where it is none.

    >>> typed_code(" 7zkm o4qr-ab12 cdef")
    '7ZKM04QRAB12CDEF'
    """
    code = re.sub(r"[\s-]", "", text[:100]).upper().translate(_MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def typed_login(text: str) -> str:
    """A login name as it is kept: lower case, without spaces."""
    return re.sub(r"\s", "", text[:100]).lower()


def digest(login: str, code: str) -> str:
    """What is kept of a code: SHA-256 in hex over login and code."""
    return sha256(f"{login}\n{code}".encode()).hexdigest()


def payload(login: str, code: str, address: str = "") -> str:
    """What a slip's QR code says; `address` is that of the page where accounts are activated.

    Raises ValueError where `read_payload` could not give back the same.

    >>> payload("3173011006272a", "7ZKM04QRAB12CDEF", "https://kpu.example/aktivasi")
    'https://kpu.example/aktivasi#SIREKAP:A:1:3173011006272A:7ZKM04QRAB12CDEF'
    """
    text = f"{address}#" if address else ""
    text += f"{PREFIX}{login.upper()}:{code}"
    if read_payload(text) != (login, code):
        raise ValueError(f"no QR code for the login {login!r}, such a code and the address {address!r}")
    return text


def read_payload(text: str) -> tuple[str, str] | None:
    """Login and code of a slip's QR code; None where the text is none of ours."""
    match = _PAYLOAD.fullmatch(text)
    return None if match is None else (match[1].lower(), match[2])
