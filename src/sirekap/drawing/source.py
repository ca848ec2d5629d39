"""A form's definition written out as typst source: every mark placed in millimetres, nothing flows.

Rectangles and lines are centred on the definition's coordinates, as there (the middles of printed lines).
"""

from __future__ import annotations

from collections.abc import Iterator

from sirekap.forms import Bubbles, Field, Form, Frame, Line, Page, Rect, Tag, TallyGrid, Text
from sirekap.forms.qr import encode_qr

INK = 0.1
BOX_LINE = 1.06
BOX_LINE_SHARE = 0.059  # of a box's width, at most: the small boxes of an A4 form have thin lines
BUBBLE_LINE = 0.35
BUBBLE_DIGIT = 4.5  # em
# Libertinus is smaller and narrower than the sans serif that the form is set in, at the same size.
TEXT_SCALE = 1.12
TEXT_SPAN = 1200  # mm; no text is longer, so none is wrapped
CELL_GREY, CELL_LINE = 0.79, 0.53
GUIDE_GREY, GUIDE_DOT = 0.79, 0.65
# The dotted seven segments in a box of 20 mm: where their dots stand from the middle of its left and top line.
GUIDE_UPRIGHT = tuple((5.825 + x, 3.325 + 1.66 * step) for x in (0.0, 4.1, 8.25) for step in range(9))
GUIDE_LEVEL = tuple((5.825 + x, 3.325 + y) for y in (0.0, 6.64, 13.28) for x in (2.1, 6.2))
GUIDE_BOX = 20.0
TAG_MODULES = 8

_PREAMBLE = """\
#set page(width: {width}mm, height: {height}mm, margin: 0mm, fill: white)
#set text(font: "Libertinus Serif", fallback: false, lang: "id", hyphenate: false,
  top-edge: "baseline", bottom-edge: "baseline")
#set document(title: "{title}", author: "Sirekap", date: datetime(year: 2024, month: 2, day: 14))
#let at(x, y, body) = place(top + left, dx: x * 1mm, dy: y * 1mm, body)
#let f(x, y, w, h, t, g) = at(x, y, rect(width: w * 1mm, height: h * 1mm, stroke: (paint: luma(g), \
thickness: t * 1mm, join: "miter")))
#let b(x, y, w, h, g) = at(x, y, rect(width: w * 1mm, height: h * 1mm, fill: luma(g)))
#let o(x, y, r, t) = at(x - r, y - r, circle(radius: r * 1mm, stroke: luma({ink}) + t * 1mm))
#let l(x, y, u, v, t, g) = at(0, 0, line(start: (x * 1mm, y * 1mm), end: (u * 1mm, v * 1mm), \
stroke: luma(g) + t * 1mm))
#let d(x, y, u, v, t, g) = at(0, 0, line(start: (x * 1mm, y * 1mm), end: (u * 1mm, v * 1mm), \
stroke: (paint: luma(g), thickness: t * 1mm, cap: "round", dash: (0.01mm, t * 3.2mm))))
#let t(x, y, s, a, w, i, body) = at(x - {span} * a.at(1), y, box(width: {span} * 1mm, height: 0mm, \
align(a.at(0), text(size: s * 1mm, weight: w, style: i, fill: luma({ink}), body))))
"""


def form_source(form: Form, station: str | None = None) -> str:
    """The typst source of the whole form, with the station's QR codes where a station (13 digits) is given.

    Raises ValueError for a station code that is none.
    """
    return _document(form, form.pages, station)


def page_source(form: Form, page: int) -> str:
    """The typst source of one page, without a QR code. Raises IndexError for a page that the form lacks."""
    return _document(form, (form.page(page),), None)


def _document(form: Form, pages: tuple[Page, ...], station: str | None) -> str:
    head = _PREAMBLE.format(
        width=_n(form.width), height=_n(form.height), title=form.id, ink=_grey(INK), span=TEXT_SPAN
    )
    bodies = ["\n".join(_page(form, page, station)) for page in pages]
    return head + "\n#pagebreak()\n".join(bodies) + "\n"


def _page(form: Form, page: Page, station: str | None) -> Iterator[str]:
    # The greys first, so that black lines lie above them.
    for field in form.fields_of(page.number):
        if field.tally is not None:
            yield from _tally(field.tally)
    yield from (_line(line) for line in page.lines)
    yield from (_frame(frame) for frame in page.frames)
    yield from (_text(text) for text in page.texts)
    for mark in page.marks:
        yield from (_block(square) for square in mark.squares)
    if page.tag is not None:
        yield from _tag(page.tag)
    for field in form.fields_of(page.number):
        yield from _boxes(field)
    if station is not None:
        yield from _qr(page.qr, encode_qr(station, form.id, page.number))


def _boxes(field: Field) -> Iterator[str]:
    """A figure's digit boxes, with the dotted guide in them and the bubbles below where it has them."""
    for box in field.boxes:
        if field.guided:
            scale = box.w / GUIDE_BOX
            for x, y in (*GUIDE_UPRIGHT, *GUIDE_LEVEL):
                dot = Rect(
                    box.x + x * scale - GUIDE_DOT / 2, box.y + y * scale - GUIDE_DOT / 2, GUIDE_DOT, GUIDE_DOT
                )
                yield _block(dot, GUIDE_GREY)
        yield _frame(Frame(box, min(BOX_LINE, BOX_LINE_SHARE * box.w), INK))
    if field.bubbles is not None:
        yield from _bubbles(field.bubbles)


def _bubbles(bubbles: Bubbles) -> Iterator[str]:
    for column in range(len(bubbles.columns)):
        for digit in range(10):
            x, y = bubbles.centre(column, digit)
            yield f"#o({_n(x)}, {_n(y)}, {_n(bubbles.radius)}, {_n(BUBBLE_LINE)})"
            yield _text(Text(x, y + BUBBLE_DIGIT * TEXT_SCALE * 0.325, BUBBLE_DIGIT, str(digit), align="centre"))


def _tally(grid: TallyGrid) -> Iterator[str]:
    """The grey inner lines of the cells and of the subtotals' boxes; the frames around are the page's."""
    area, side = grid.area, grid.subtotals
    for column in range(1, grid.columns):
        x = grid.cell(0, column).x
        yield _line(Line(x, area.y, x, area.y + area.h, CELL_LINE, CELL_GREY))
    for x in (side.x, side.x + side.w / 2, side.x + side.w):
        yield _line(Line(x, side.y, x, side.y + side.h, CELL_LINE, CELL_GREY))
    for row in range(1, grid.rows):
        y = grid.cell(row, 0).y
        yield _line(Line(area.x, y, area.x + area.w, y, CELL_LINE, CELL_GREY))
        yield _line(Line(side.x, y, side.x + side.w, y, CELL_LINE, CELL_GREY))


def _tag(tag: Tag) -> Iterator[str]:
    """A black square with the white modules of the tag's pattern inside its border of one module."""
    yield _block(tag.rect, INK)
    module = tag.rect.w / TAG_MODULES
    for row, bits in enumerate(tag.bits):
        for start, length in _runs(bits):
            yield _block(
                Rect(tag.rect.x + (start + 1) * module, tag.rect.y + (row + 1) * module, length * module, module),
                1.0,
            )


def _qr(place: Rect, text: str) -> Iterator[str]:
    for rect in qr_modules(place, text):
        yield _block(rect)


def qr_modules(place: Rect, text: str) -> Iterator[Rect]:
    """The black parts of a QR code of `text` that fills `place` (in mm), without its quiet zone."""
    import segno  # only who draws needs it

    rows = [bytes(row) for row in segno.make(text, error="l", micro=False).matrix]
    module = place.w / len(rows)
    for index, row in enumerate(rows):
        for start, length in _runs("".join("1" if bit else "0" for bit in row)):
            yield Rect(place.x + start * module, place.y + index * module, length * module, module)


def _runs(bits: str) -> Iterator[tuple[int, int]]:
    """Start and length of each run of ones: neighbours drawn as one leave no hairline between them."""
    start = 0
    for part in bits.split("0"):
        if part:
            yield start, len(part)
        start += len(part) + 1


def _frame(frame: Frame) -> str:
    r = frame.rect
    return f"#f({_n(r.x)}, {_n(r.y)}, {_n(r.w)}, {_n(r.h)}, {_n(frame.width)}, {_grey(frame.grey)})"


def _block(rect: Rect, grey: float = INK) -> str:
    return f"#b({_n(rect.x)}, {_n(rect.y)}, {_n(rect.w)}, {_n(rect.h)}, {_grey(grey)})"


def _line(line: Line) -> str:
    kind = "d" if line.dotted else "l"
    ends = ", ".join(_n(value) for value in (line.x1, line.y1, line.x2, line.y2, line.width))
    return f"#{kind}({ends}, {_grey(line.grey)})"


def _text(text: Text) -> str:
    align = {"left": "(left, 0)", "centre": "(center, 0.5)", "right": "(right, 1)"}[text.align]
    weight, style = '"bold"' if text.bold else '"regular"', '"italic"' if text.italic else '"normal"'
    body = text.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#t({_n(text.x)}, {_n(text.y)}, {_n(text.size * TEXT_SCALE)}, {align}, {weight}, {style}, "{body}")'


def _grey(grey: float) -> str:
    return str(round(grey * 255))


def _n(value: float) -> str:
    """A length as typst reads it: at most 1/1000 mm, never in exponent notation."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
