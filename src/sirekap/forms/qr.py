"""What the station's QR code on a page says: our addition to the official form.

The text is `SIREKAP:1:<station>:<form>:<page>`, for example `SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:2`.
It uses only characters of a QR code's alphanumeric mode, so the code stays small: version 2, 25 modules a side.
The 1 is the version of this text; a reader ignores versions that it does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = "SIREKAP"
VERSION = "1"
_PATTERN = re.compile(rf"{PREFIX}:{VERSION}:([0-9]{{13}}):([A-Z0-9./+-]{{1,40}}):([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class QrContent:
    """A page's own word about itself: its station (13 digits), its form's id and its number from 1."""

    station: str
    form_id: str
    page: int


def encode_qr(station: str, form_id: str, page: int) -> str:
    """The QR code's text of one page. Raises ValueError where `decode_qr` could not give back the same.

    >>> encode_qr("3173011006272", "C.HASIL-PPWP/2024", 2)
    'SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:2'
    """
    text = f"{PREFIX}:{VERSION}:{station}:{form_id}:{page}"
    if decode_qr(text) != QrContent(station, form_id, page):
        raise ValueError(
            f"no QR code for station {station!r}, form {form_id!r}, page {page}: "
            "expected 13 digits, a form id such as C.HASIL-PPWP/2024 and a page from 1 to 99"
        )
    return text


def decode_qr(text: str) -> QrContent | None:
    """The content of a QR code's text; None where the text is not one of ours.

    A code is only a hint that anyone can print: whether the station exists is for the caller to check.
    """
    match = _PATTERN.fullmatch(text)
    return None if match is None else QrContent(match[1], match[2], int(match[3]))
