"""Whether a form's definition holds together: every fault is told with its place, all of them at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from sirekap.contests import CONTEST_CODES
from sirekap.errors import InputError, Problem, quoted
from sirekap.forms.model import Field, Form, Page, Rect, Tag

MOST_BOXES = 3  # numbers are written out, tallied and weighed up to 999
TOUCH = 0.05  # mm by which two areas may overlap: neighbours share the middle of a printed line
QUIET = 2.0  # mm around a code in which no line may run
TAG_IDS = range(2320)  # family 36h10
TAG_MODULES = 6
CORNERS = {"nw", "ne", "se", "sw"}
# Numbers of the rules that every form has by itself (see `rules.numbered`).
RESERVED = frozenset({"R25", *(f"R{number}" for number in range(30, 50))})
_ID = re.compile(r"[A-Z0-9./+-]{1,40}")  # what a QR code's text holds, see `forms.qr`
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RULE = re.compile(r"R[0-9]{2,3}")

Tell = Callable[[str, str, str], None]
Area = tuple[str, Rect]


def validate_form(form: Form, beside: Iterable[Form] | None = None) -> None:
    """Raise InputError with every fault of a definition and its place; nothing where it holds together.

    `beside` are the other forms, with which it may share no tag; all known forms where it is None.
    """
    if beside is None:
        from sirekap.forms import FORMS

        beside = FORMS.values()
    problems: list[Problem] = []

    def tell(place: str, expected: str, found: str) -> None:
        problems.append(Problem(f"{form.id}, {place}", expected, found))

    _form(form, tell)
    for position, page in enumerate(form.pages, start=1):
        _page(form, position, page, tell)
    _names(form, tell)
    for field in form.fields:
        _field(form, field, tell)
    _arithmetic(form, tell)
    _tags(form, [other for other in beside if other.id != form.id], tell)
    if problems:
        raise InputError(problems)


def _form(form: Form, tell: Tell) -> None:
    if not _ID.fullmatch(form.id):
        tell("id", "1 to 40 of A–Z 0–9 . / + -", quoted(form.id))
    if form.contest not in CONTEST_CODES:
        tell("contest", f"one of {', '.join(CONTEST_CODES)}", quoted(form.contest))
    if not (form.width > 0 and form.height > 0):
        tell("size", "a width and height in mm above 0", f"{form.width:g} × {form.height:g}")
    if form.tickets < 1:
        tell("tickets", "at least 1", str(form.tickets))
    if not form.pages:
        tell("pages", "at least one", "none")


def _page(form: Form, position: int, page: Page, tell: Tell) -> None:
    """One page: its number, and that all on it lies on the paper and apart."""
    if page.number != position:
        tell(f"page {position}", f"the number {position}", str(page.number))
    if (page.marks or page.tag) and {mark.name for mark in page.marks} != CORNERS:
        names = ", ".join(mark.name for mark in page.marks) or "none"
        tell(f"page {position}", f"the corner marks {', '.join(sorted(CORNERS))}", names)
    areas = _areas(form, position, page)
    paper = Rect(0.0, 0.0, form.width, form.height)
    for name, area in [*areas, *(("a frame", frame.rect) for frame in page.frames)]:
        if not _within(area, paper):
            tell(f"page {position}, {name}", f"a place on {form.width:g} × {form.height:g} mm", _mm(area))
    for text in page.texts:
        if not (0 <= text.x <= form.width and 0 <= text.y <= form.height):
            tell(f"page {position}, text {quoted(text.text, 20)}", "a place on the page", f"{text.x}, {text.y}")
    _quiet(position, page, tell)
    areas.sort(key=lambda item: item[1].y)
    for index, (name, area) in enumerate(areas):
        for other, place in areas[index + 1 :]:
            if place.y > area.y + area.h:
                break
            if _overlap(area, place):
                tell(f"page {position}, {name}", f"a place apart from {other}", f"{_mm(area)} over {_mm(place)}")


def _quiet(position: int, page: Page, tell: Tell) -> None:
    """No printed line runs through the QR code or the tag, or so near that they cannot be read."""
    lines = [("a line", Rect(line.x1, line.y1, line.x2 - line.x1, line.y2 - line.y1)) for line in page.lines]
    for r in (frame.rect for frame in page.frames):
        lines += [("a frame", Rect(r.x, y, r.w, 0.0)) for y in (r.y, r.y + r.h)]
        lines += [("a frame", Rect(x, r.y, 0.0, r.h)) for x in (r.x, r.x + r.w)]
    codes = [("QR code", page.qr)] + ([] if page.tag is None else [("tag", page.tag.rect)])
    for code, area in codes:
        grown = Rect(area.x - QUIET, area.y - QUIET, area.w + 2 * QUIET, area.h + 2 * QUIET)
        for name, line in lines:
            if _overlap(Rect(line.x - TOUCH, line.y - TOUCH, line.w + 2 * TOUCH, line.h + 2 * TOUCH), grown):
                tell(f"page {position}, {name}", f"no line within {QUIET:g} mm of the {code}", _mm(line))


def _areas(form: Form, position: int, page: Page) -> list[Area]:
    """Everything on a page that must lie apart from everything else, by name."""
    areas: list[Area] = [("QR code", page.qr), *((f"header {name}", area) for name, area in page.header)]
    if page.tag is not None:
        areas.append(("tag", page.tag.rect))
    for mark in page.marks:
        areas += [(f"corner mark {mark.name}", square) for square in mark.squares]
    areas += [(f"signature {number}", area) for number, area in enumerate(page.signatures, start=1)]
    for field in form.fields_of(position):
        areas += [(f"{field.name} box {number}", box) for number, box in enumerate(field.boxes, start=1)]
        if field.bubbles is not None and field.bubbles.columns:
            areas.append((f"{field.name} bubbles", _bubbles(field)))
        if field.tally is not None:
            areas.append((f"{field.name} tally", field.tally.area))
            areas.append((f"{field.name} subtotals", field.tally.subtotals))
        if field.words is not None:
            areas.append((f"{field.name} words", field.words))
    return areas


def _bubbles(field: Field) -> Rect:
    bubbles = field.bubbles
    assert bubbles is not None
    r = bubbles.radius
    left, right = min(bubbles.columns), max(bubbles.columns)
    return Rect(left - r, bubbles.first_y - r, right - left + 2 * r, 9 * bubbles.pitch + 2 * r)


def _within(area: Rect, paper: Rect) -> bool:
    right, bottom = paper.w + TOUCH, paper.h + TOUCH
    inside = area.x >= -TOUCH and area.y >= -TOUCH and area.x + area.w <= right and area.y + area.h <= bottom
    return area.w > 0 and area.h > 0 and inside


def _overlap(a: Rect, b: Rect) -> bool:
    return min(a.x + a.w, b.x + b.w) - max(a.x, b.x) > TOUCH and min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > TOUCH


def _mm(area: Rect) -> str:
    return f"({area.x:g}, {area.y:g}) {area.w:g} × {area.h:g} mm"


def _names(form: Form, tell: Tell) -> None:
    for name, times in Counter(form.names).items():
        if times > 1:
            tell(f"figure {name}", "each name once", f"{times} times")
        if not _NAME.fullmatch(name):
            tell(f"figure {quoted(name)}", "a name of a–z 0–9 _", quoted(name))


def _field(form: Form, field: Field, tell: Tell) -> None:
    """One figure by itself: its page, its boxes in one row, its bubbles below them."""
    place = f"figure {field.name}"
    if not 1 <= field.page <= len(form.pages):
        tell(place, f"a page from 1 to {len(form.pages)}", str(field.page))
    if not field.line or not field.label.id or not field.label.en:
        tell(place, "the form's line and a label in two languages", f"{quoted(field.line)}, {field.label}")
    if not 1 <= len(field.boxes) <= MOST_BOXES:
        tell(place, f"1 to {MOST_BOXES} boxes", str(len(field.boxes)))
        return
    first = field.boxes[0]
    if any(max(abs(box.y - first.y), abs(box.w - first.w), abs(box.h - first.h)) > TOUCH for box in field.boxes):
        tell(place, "boxes of one size in one row", "; ".join(_mm(box) for box in field.boxes))
    if [box.x for box in field.boxes] != sorted(box.x for box in field.boxes):
        tell(place, "boxes from left to right", ", ".join(f"{box.x:g}" for box in field.boxes))
    if field.bubbles is not None:
        if len(field.bubbles.columns) != len(field.boxes):
            tell(place, f"{len(field.boxes)} columns of bubbles, as boxes", str(len(field.bubbles.columns)))
        if not 0 < 2 * field.bubbles.radius < field.bubbles.pitch:
            found = f"radius {field.bubbles.radius:g}, pitch {field.bubbles.pitch:g}"
            tell(place, "bubbles that lie apart", found)
    if field.tally is not None and (field.tally.rows < 1 or field.tally.columns < 1):
        tell(place, "rows and columns of tally marks", f"{field.tally.rows} × {field.tally.columns}")


def _arithmetic(form: Form, tell: Tell) -> None:
    names = set(form.names)
    rules = [(e.rule, (e.total, *e.parts)) for e in form.equations]
    rules += [(a.rule, (a.small, a.large)) for a in form.at_most]
    for number, figures in rules:
        place = f"rule {number}"
        for name in figures:
            if name not in names:
                tell(place, "figures of the form", quoted(name))
        if len(figures) < 2 or len(set(figures)) != len(figures):
            tell(place, "two or more figures, each once", ", ".join(figures))
        if not _RULE.fullmatch(number):
            tell(place, "a number such as R07", quoted(number))
        if number in RESERVED:
            tell(place, "a number outside R25 and R30 to R49, which every form has by itself", number)
    for number, times in Counter(number for number, _ in rules).items():
        if times > 1:
            tell(f"rule {number}", "each number once", f"{times} rules")


def _tags(form: Form, others: list[Form], tell: Tell) -> None:
    taken = {
        page.tag.id: f"{other.id}, page {page.number}" for other in others for page in other.pages if page.tag
    }
    seen: dict[int, int] = {}
    for page in form.pages:
        if page.tag is None:
            continue
        place, number = f"page {page.number}, tag {page.tag.id}", page.tag.id
        if number in seen:
            tell(place, "a tag of its own", f"that of page {seen[number]}")
        if number in taken:
            tell(place, "a tag of its own", f"that of {taken[number]}")
        seen[number] = page.number
        _tag(place, page.tag, tell)


def _tag(place: str, tag: Tag, tell: Tell) -> None:
    if tag.id not in TAG_IDS:
        tell(place, f"an id from 0 to {TAG_IDS[-1]}", str(tag.id))
    if len(tag.bits) != TAG_MODULES or any(not re.fullmatch("[01]{6}", row) for row in tag.bits):
        tell(place, "six rows of six digits 0 or 1, the pattern of family 36h10", " ".join(tag.bits))
    if abs(tag.rect.w - tag.rect.h) > TOUCH:
        tell(place, "a square", _mm(tag.rect))
