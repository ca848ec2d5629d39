"""What the pages of 600 × 900 mm share: corner marks, header, tables, signature block.

Measured from KPU's vector file of C.HASIL-PPWP 2024. The other forms of the family are set with the same
parts; a definition says only what is its own (docs/new-form.md).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sirekap.forms.model import CornerMark, Frame, Line, Page, Rect, Text
from sirekap.forms.tags import tag

WIDTH, HEIGHT = 600.0, 900.0
SIDE = 7.2
MARKS = tuple(
    CornerMark(name, (Rect(ax, ay, SIDE, SIDE), Rect(bx, by, SIDE, SIDE)))
    for name, ax, ay, bx, by in (
        ("nw", 40.0, 57.8, 47.2, 65.0),
        ("ne", 545.6, 57.8, 552.8, 65.0),
        ("se", 545.6, 867.8, 552.8, 875.0),
        ("sw", 40.0, 867.8, 47.2, 875.0),
    )
)
QR = Rect(440.0, 120.5, 32.0, 32.0)
GREY = 0.865


@dataclass(frozen=True, slots=True)
class Style:
    """What the pages of one form say about it: its model, its edge's wording, who its witnesses are.

    `standing` are the lines under which those who stand are named beside their witnesses' signatures;
    `witnesses` how many columns these have.
    """

    model: str
    edge: str
    witness_title: str
    standing: tuple[str, ...]
    pages: int
    first_tag: int
    witnesses: int = 3


@dataclass
class Print:
    """A page as it is put together: what is printed, where the place is written and where people sign."""

    style: Style
    number: int
    texts: list[Text]
    lines: list[Line]
    frames: list[Frame]
    header: tuple[tuple[str, Rect], ...] = ()
    signatures: tuple[Rect, ...] = ()

    def page(self) -> Page:
        """The finished page, with its tag and corner marks."""
        return Page(
            self.number,
            tag(self.style.first_tag + self.number - 1),
            MARKS,
            tuple(self.texts),
            tuple(self.lines),
            tuple(self.frames),
            self.header,
            self.signatures,
            QR,
        )


def begin(style: Style, number: int, signatures_y: float, taller: float = 0.0) -> Print:
    """What all pages share: edge rules, model box, page number, signature block."""
    count = style.pages
    texts = [
        Text(505.0, 87.2, 3.9, "MODEL", bold=True, align="centre"),
        Text(505.0, 92.6, 3.9, style.model, bold=True, align="centre"),
        Text(505.0, 104.0, 4.0, f"Halaman {number} dari {count}", bold=True, align="centre"),
        Text(489.0, 123.2, 4.0, f"{style.first_tag + number - 1}", align="centre"),
        Text(40.2, 891.0, 3.6, f"{style.edge} - Hal {number} dari {count}", bold=True),
        Text(519.9, 868.0, 4.0, "*) Coret yang tidak perlu", italic=True, align="right"),
    ]
    lines = [
        Line(60.0, 57.0, 540.0, 57.0, 1.41, GREY),
        Line(60.0, 882.2, 540.0, 882.2, 1.41, GREY),
        Line(40.0, 80.0, 40.0, 860.0, 1.41, GREY),
        Line(560.0, 80.0, 560.0, 860.0, 1.41, GREY),
        Line(40.0, 50.0, 560.0, 50.0, 0.71, 0.62, dotted=True),
    ]
    printed = Print(style, number, texts, lines, [Frame(Rect(483.0, 78.1, 44.0, 20.0), 0.71)])
    _officers(printed, signatures_y, taller)
    _witnesses(printed, signatures_y, taller)
    return printed


def _officers(printed: Print, y: float, taller: float) -> None:
    """Where the seven officers sign; `taller` mm more for the witnesses below them."""
    printed.texts.append(
        Text(
            300.0,
            y + 6.9,
            4.0,
            "NAMA DAN TANDA TANGAN KELOMPOK PENYELENGGARA PEMUNGUTAN SUARA",
            bold=True,
            align="centre",
        )
    )
    printed.texts.append(Text(300.0, y + 51.6, 4.0, printed.style.witness_title, bold=True, align="centre"))
    printed.frames.append(Frame(Rect(70.0, y, 460.0, 112.6 + taller - (8.0 if taller else 0.0)), 1.06))
    printed.frames += [Frame(Rect(70.0, y, 460.0, 10.4), 0.35), Frame(Rect(70.0, y + 45.0, 460.0, 9.7), 0.88)]
    pitch = 460.0 / 7
    for index in range(7):
        x = 70.0 + index * pitch
        printed.frames.append(Frame(Rect(x, y + 10.4, pitch, 34.6), 0.35))
        printed.texts.append(Text(x + 5.1, y + 29.9, 6.0, f"{index + 1}.", bold=True))
        printed.lines.append(Line(x + 15.9, y + 42.0, x + 60.4, y + 42.0, 0.6, dotted=True))
        printed.signatures += (Rect(x + 14.0, y + 14.0, pitch - 16.0, 26.0),)


def _witnesses(printed: Print, y: float, taller: float) -> None:
    """Where the witnesses of those who stand sign, one column each."""
    middle = y + 54.7 + (36.5 if taller else 26.0)
    bottom = y + 112.6 + (23.6 if taller else 0.0)
    count = printed.style.witnesses
    pitch = 460.0 / count
    for index in range(count):
        x = 70.0 + index * 460.0 / count
        printed.frames.append(Frame(Rect(x, y + 54.7, pitch, middle - y - 54.7), 0.53))
        printed.frames.append(Frame(Rect(x, middle, pitch, bottom - middle), 0.53))
        printed.texts.append(Text(x + 8.1, y + 73.0, 8.0, f"{index + 1}.", bold=True))
        for row, name in enumerate(printed.style.standing):
            printed.texts.append(Text(x + 22.3, y + 66.5 + 6.7 * row, 4.7, name, bold=True))
        narrow = min(1.0, 3 / count)
        a, b = x + 41.9 * narrow, x + 110.8 * narrow
        printed.lines.append(Line(a, bottom - 3.5, b, bottom - 3.5, 0.8, dotted=True))
        printed.signatures += (Rect(x + 30.0 * narrow, middle + 3.0, 95.0 * narrow, bottom - middle - 8.0),)


def grid(y: float, h: float, xs: tuple[float, ...], width: float = 0.53) -> tuple[Frame, ...]:
    """One row of a table: frames between neighbouring x positions."""
    return tuple(Frame(Rect(a, y, b - a, h), width) for a, b in itertools.pairwise(xs))


def begin_votes(style: Style, number: int, signatures_y: float = 744.0, taller: float = 0.0) -> Print:
    """A page after the first, with the station's place in its head."""
    printed = begin(style, number, signatures_y, taller)
    place_lines(printed, 106.2, 284.0, 89.5, 105.0, 104.0)
    return printed


def place_lines(printed: Print, x1: float, x2: float, y: float, width1: float, width2: float) -> None:
    """The lines that name the station: province, regency; district, village, number."""
    rows = (
        ("provinsi", "Provinsi", x1, 55.0, width1, 0),
        ("kabupaten", "Kabupaten / Kota", x1, 55.0, width1, 1),
        ("kecamatan", "Kecamatan", x2, 72.0, width2, 0),
        ("kelurahan", "Kelurahan / Desa *)", x2, 72.0, width2, 1),
        ("tps", "Nomor TPS", x2, 72.0, width2, 2),
    )
    for name, label, x, indent, width, row in rows:
        base = y + row * 12.7
        printed.texts += [
            Text(x, base - 1.6, 5.0, label, bold=True),
            Text(x + indent - 3.9, base - 1.6, 5.0, ":", bold=True),
        ]
        printed.lines.append(Line(x + indent, base + 0.5, x + indent + width, base + 0.5, 0.8, dotted=True))
        printed.header += ((name, Rect(x + indent + 2.0, base - 8.0, width - 4.0, 8.0)),)


def heading(y: float, number: str, text: str) -> list[Text]:
    """A chapter's number and title."""
    return [Text(73.5, y, 5.8, number, bold=True), Text(89.4, y, 5.8, text, bold=True)]


def centred(x: float, y: float, size: float, text: str) -> Text:
    """A bold text around its middle."""
    return Text(x, y, size, text, bold=True, align="centre")


def boxes(xs: tuple[float, ...], y: float, side: float) -> tuple[Rect, ...]:
    """A row of square digit boxes."""
    return tuple(Rect(x, y, side, side) for x in xs)
