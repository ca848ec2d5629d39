"""What an official form is: pages, cells, labels and arithmetic, as data.

One definition drives drawing, reading, screens, rules and PDFs. Lengths are millimetres, the origin is the
page's top left corner, x to the right, y down. A rectangle of a printed box is the middle of its line.
"""

from __future__ import annotations

from dataclasses import dataclass

Severity = str  # "error" or "warning"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in mm."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle in mm."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Its four corners, clockwise from the top left."""
        return (
            (self.x, self.y),
            (self.x + self.w, self.y),
            (self.x + self.w, self.y + self.h),
            (self.x, self.y + self.h),
        )


@dataclass(frozen=True, slots=True)
class CornerMark:
    """Two black squares that touch at one corner; `squares` are filled. `name` is nw, ne, se or sw."""

    name: str
    squares: tuple[Rect, Rect]

    @property
    def point(self) -> tuple[float, float]:
        """Where the two squares touch: the point that is found in a photograph."""
        a, b = self.squares
        return ((a.centre[0] + b.centre[0]) / 2, (a.centre[1] + b.centre[1]) / 2)


@dataclass(frozen=True, slots=True)
class Tag:
    """An AprilTag of family 36h10. `rect` is its black square; `bits` its 6×6 pattern as printed, 1 is white.

    `half_turned`: printed upside down against the family's canonical orientation.
    """

    id: int
    rect: Rect
    bits: tuple[str, ...]
    half_turned: bool = True


@dataclass(frozen=True, slots=True)
class Bubbles:
    """Columns of bubbles below digit boxes: the circle of digit d in column c has its centre at
    (`columns`[c], `first_y` + d × `pitch`).
    """

    columns: tuple[float, ...]
    first_y: float
    pitch: float
    radius: float

    def centre(self, column: int, digit: int) -> tuple[float, float]:
        """The middle of one bubble in mm."""
        return self.columns[column], self.first_y + digit * self.pitch


@dataclass(frozen=True, slots=True)
class TallyGrid:
    """Cells for tally marks, five votes a cell, `columns` in a row, and two boxes a row for its subtotal."""

    area: Rect
    rows: int
    columns: int
    subtotals: Rect

    def cell(self, row: int, column: int) -> Rect:
        """One cell in mm."""
        w, h = self.area.w / self.columns, self.area.h / self.rows
        return Rect(self.area.x + column * w, self.area.y + row * h, w, h)

    def subtotal_box(self, row: int, digit: int) -> Rect:
        """The tens (0) or ones (1) box of a row's subtotal in mm."""
        w, h = self.subtotals.w / 2, self.subtotals.h / self.rows
        return Rect(self.subtotals.x + digit * w, self.subtotals.y + row * h, w, h)


@dataclass(frozen=True, slots=True)
class Label:
    """A wording in the two languages of the screens."""

    id: str
    en: str

    def of(self, language: str) -> str:
        """The wording in "id" or "en"."""
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Field:
    """One figure of a form: its name (VOCABULARY), where it stands, and what says the same beside it.

    `line` is the form's own numbering. `may_be_blank`: the paper may leave it empty without a finding,
    because no arithmetic of the form rests on it.
    """

    name: str
    page: int
    line: str
    label: Label
    boxes: tuple[Rect, ...]
    guided: bool = False
    bubbles: Bubbles | None = None
    tally: TallyGrid | None = None
    words: Rect | None = None
    may_be_blank: bool = False

    @property
    def most(self) -> int:
        """The largest number that its boxes can hold."""
        return int(10 ** len(self.boxes)) - 1

    @property
    def area(self) -> Rect:
        """The rectangle around all its boxes in mm."""
        first, last = self.boxes[0], self.boxes[-1]
        return Rect(first.x, first.y, last.x + last.w - first.x, first.h)


@dataclass(frozen=True, slots=True)
class Text:
    """A printed text: anchor point (left, centre or right end of the first baseline) and size in mm."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    italic: bool = False
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """A printed straight line or dotted rule; `grey` is 0 for black to 1 for white."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    grey: float = 0.1
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A printed rectangle's outline."""

    rect: Rect
    width: float
    grey: float = 0.1


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of paper: what is printed on it beside the fields' own boxes, marks and bubbles.

    `qr` is where our addition, the station's QR code, stands when it is printed. `header` are the
    lines on which the station's place is written by hand, by name (provinsi, kabupaten, kecamatan,
    kelurahan, tps). `signatures` are where people sign. `tag` is None and `marks` are empty where the paper
    has none.
    """

    number: int
    tag: Tag | None
    marks: tuple[CornerMark, ...]
    texts: tuple[Text, ...]
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]
    header: tuple[tuple[str, Rect], ...]
    signatures: tuple[Rect, ...]
    qr: Rect


@dataclass(frozen=True, slots=True)
class Equation:
    """One arithmetic line of the form: `total` must be the sum of `parts`.

    `quote` is the line as the form prints it; `line` its number there.
    """

    rule: str
    total: str
    parts: tuple[str, ...]
    line: str
    quote: str
    text: Label


@dataclass(frozen=True, slots=True)
class AtMost:
    """A warning of the form: `small` should not exceed `large`."""

    rule: str
    small: str
    large: str
    line: str
    quote: str
    text: Label


@dataclass(frozen=True)
class Form:
    """A versioned official form. `id` is its model and version, for example C.HASIL-PPWP/2024."""

    id: str
    contest: str
    width: float
    height: float
    pages: tuple[Page, ...]
    fields: tuple[Field, ...]
    equations: tuple[Equation, ...]
    at_most: tuple[AtMost, ...]
    tickets: int

    def field(self, name: str) -> Field:
        """The field of a figure's name. Raises KeyError for a name that the form does not hold."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(f"{self.id} holds no figure {name!r}")

    def page(self, number: int) -> Page:
        """The page of a number, from 1."""
        return self.pages[number - 1]

    def fields_of(self, page: int) -> tuple[Field, ...]:
        """The fields of one page, in reading order."""
        return tuple(field for field in self.fields if field.page == page)

    @property
    def names(self) -> tuple[str, ...]:
        """The figures' names in the order of the form."""
        return tuple(field.name for field in self.fields)
