"""Texts of people as typst literals: nothing in them is code, and every letter has a glyph.

PDF/A refuses a letter without a glyph, and typst's embedded fonts hold Latin, Greek, Cyrillic and Arabic.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7))
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
LETTERS = frozenset(
    (
        *range(0x20, 0x7F),
        *range(0xA1, 0xAD),
        *range(0xAE, 0x250),  # Latin with its extensions
        *range(0x388, 0x38B),
        *range(0x38E, 0x3A2),
        *range(0x3A3, 0x400),
        *range(0x400, 0x460),
        *range(0x621, 0x63B),  # Arabic
        *range(0x640, 0x64B),
        *range(0x660, 0x66A),
        *range(0x1E00, 0x1F00),
        *range(0x2010, 0x2016),
        *range(0x2018, 0x2028),
        0x2030,
        0x2032,
        0x2033,
        0x20AC,
        0x2212,
        0x2260,
        0x2264,
        0x2265,
    )
)
LONG_WORD = 16
# Trying all eight masks of a QR code takes five times as long as all else; any of them can be read.
MASK = 3
_BREAK = "\\u{200b}"
_MARK = "\ue000"  # never in a printable text


def literal(text: str) -> str:
    """A text of typst's in one line, whatever stands in it; "?" for letters that the fonts lack."""
    return _quoted(_printable(text))


def paragraphs(text: str) -> str:
    """A text of several lines as typst content in code; very long words may break after every 16 letters."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    return " + linebreak() + ".join(f"text({breakable(line)})" for line in lines)


def breakable(text: str, most: int = LONG_WORD) -> str:
    """As `literal`, where words of more than `most` letters may be broken."""
    marked = re.sub(
        rf"\S{{{most + 1},}}",
        lambda found: _MARK.join(found[0][start : start + most] for start in range(0, len(found[0]), most)),
        _printable(text),
    )
    return _quoted(marked).replace(_MARK, _BREAK)


def _printable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if ord(letter) in LETTERS else "?" for letter in composed)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def moment(at: datetime) -> str:
    """The moment as people in Jakarta say it.

    >>> from datetime import UTC
    >>> moment(datetime(2024, 2, 14, 23, 5, tzinfo=UTC))
    '15 Februari 2024 pukul 06.05 WIB'
    """
    local = at.astimezone(WIB)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} pukul {local:%H.%M} WIB"


def qr_path(text: str) -> tuple[int, str]:
    """A QR code as one path: sharp on any printer, and small. How many modules a side, and the path in SVG."""
    import segno  # only who draws needs it

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False, mask=MASK).matrix]
    path = []
    for y, row in enumerate(rows):
        x = 0
        for run in "".join("1" if bit else "0" for bit in row).split("0"):
            if run:
                path.append(f"M{x} {y}h{len(run)}v1h-{len(run)}z")
            x += len(run) + 1
    return len(rows), "".join(path)
