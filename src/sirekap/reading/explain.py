"""A photograph's evidence as a picture: the flattened page with what was found in it drawn in.

Colours are told apart by the colour-blind too (Okabe and Ito), and every colour has its own kind of line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import simplejpeg

from sirekap.figures import Ground, Status
from sirekap.forms import Form, Rect
from sirekap.reading.boxes import Bubble, Placed, place_bubbles, place_fields
from sirekap.reading.decode import Image, Unreadable
from sirekap.reading.flatten import Matrix, warp
from sirekap.reading.located import locate
from sirekap.reading.model import Evidence, Told
from sirekap.reading.size import reading_form
from sirekap.reading.values import bubble_chances
from sirekap.reading.weigh import Weighed
from sirekap.reading.why import best_classes
from sirekap.rules.why import percent

SCALE = 2.5  # px/mm of the flattened page
PANEL = 820  # px of the list beside it
QUALITY = 82
FONT = cv2.FONT_HERSHEY_SIMPLEX

Colour = tuple[int, int, int]  # BGR
BLUE, ORANGE, VERMILION, GREY = (178, 114, 0), (0, 159, 230), (0, 94, 213), (110, 110, 110)
INK, WHITE = (30, 30, 30), (255, 255, 255)
WORDS = {  # ground: Indonesian, English; ASCII, as OpenCV writes no other letters
    Ground.PLAIN: ("tertulis jelas", "plainly written"),
    Ground.DOUBTED: ("tertulis jelas, tetapi diragukan hitungan", "plainly written, but arithmetic doubts it"),
    Ground.WEIGHED: ("jelas bersama hitungan", "clear together with the arithmetic"),
    Ground.UNCLEAR: ("tidak jelas", "not clear"),
    Ground.PATTERN: ("bukan pola angka", "no pattern of a number"),
    Ground.UNBACKED: ("hitungan tidak didukung tulisan", "arithmetic not backed by the boxes"),
}
STATUS = {Status.READ: ("terbaca", "read"), Status.BLANK: ("kosong", "blank"),
          Status.ILLEGIBLE: ("TIDAK TERBACA", "ILLEGIBLE")}  # fmt: skip


@dataclass(frozen=True)
class Placement:
    """A page as it was found in a photograph: flattened, its fields and bubbles in mm of the flat page."""

    page: int
    flat: Image
    placed: tuple[Placed, ...]
    bubbles: Mapping[str, tuple[tuple[Bubble, ...], ...]]


def place(data: bytes, form: Form) -> Placement | None:
    """The page in a photograph, found as in reading, in mm of its `reading_form`; None where nothing is."""
    form = reading_form(form)
    try:
        located = locate(data, form)
    except Unreadable:
        return None
    image, grey, found = located.image, located.grey, located.found
    if found is None:
        return None
    placed = place_fields(grey, form, found)
    bubbles = {
        item.field.name: tuple(
            tuple(replace(b, **_at(found.matrix, item.matrix, b.x, b.y)) for b in column)
            for column in place_bubbles(grey, item)
        )
        for item in placed
    }
    placed = tuple(_on_page(found.matrix, item) for item in placed)
    flat = warp(image, found.matrix, (0.0, 0.0), (form.width, form.height), SCALE, border=200)
    return Placement(found.page.number, flat, placed, bubbles)


def _at(page: Matrix, field: Matrix, x: float, y: float) -> dict[str, float]:
    """A point of a field's own map in mm of the page's map: curled paper gives each field its own."""
    u, v, w = np.linalg.solve(page, field @ np.asarray((x, y, 1.0)))
    return {"x": float(u / w), "y": float(v / w)}


def _on_page(page: Matrix, item: Placed) -> Placed:
    """The field with its boxes where they lie in mm of the page's map."""
    offsets = []
    for index, printed in enumerate(item.field.boxes):
        box = item.box(index)
        at = _at(page, item.matrix, *box.centre)
        offsets.append((at["x"] - printed.centre[0], at["y"] - printed.centre[1]))
    return replace(item, matrix=page, offsets=tuple(offsets))


def draw(placement: Placement, evidence: Mapping[str, Evidence], weighed: Mapping[str, Weighed]) -> Image:
    """The page with its boxes and bubbles, and beside it a list of its figures with what they rest on.

    Fields without evidence are drawn grey: they lie outside the photograph.
    """
    page = np.asarray(placement.flat * 0.8 + 51.0, np.uint8)  # paler, so that the drawing stands out
    canvas = np.full((page.shape[0], page.shape[1] + PANEL, 3), 255, np.uint8)
    for number, item in enumerate(placement.placed, 1):
        name = item.field.name
        own = weighed.get(name)
        _boxes(page, item, number, evidence.get(name), own)
        if name in evidence:
            _bubbles(page, placement.bubbles[name])
            _beside(page, item, evidence[name])
    canvas[:, : page.shape[1]] = page
    _list(canvas, page.shape[1] + 18, placement, evidence, weighed)
    return canvas


def as_jpeg(picture: Image) -> bytes:
    """The picture as it is written."""
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=QUALITY, colorspace="BGR"))


def colour_of(weighed: Weighed | None) -> Colour:
    """Blue for a figure that is given, orange for one in doubt, vermilion for a refused one, grey for none."""
    if weighed is None:
        return GREY
    if weighed.ground.refused:
        return VERMILION
    return ORANGE if weighed.ground is Ground.DOUBTED or weighed.broken else BLUE


def value_text(weighed: Weighed) -> str:
    """The figure as given, in a few characters."""
    figure = weighed.figure
    return str(figure.value) if figure.value is not None else STATUS[figure.status][1]


def _px(x: float, y: float) -> tuple[int, int]:
    return round(x * SCALE), round(y * SCALE)


def _boxes(page: Image, item: Placed, number: int, evidence: Evidence | None, weighed: Weighed | None) -> None:
    """A figure's boxes in the line of its state, the best class below each, its number before them."""
    colour = colour_of(weighed)
    for index in range(len(item.field.boxes)):
        rect = item.box(index)
        corner, far = _px(rect.x, rect.y), _px(rect.x + rect.w, rect.y + rect.h)
        _frame(page, corner, far, colour)
        if evidence is not None:
            symbol, share = best_classes(evidence.digits[index])[0]
            symbol = {"blank": "_", "dash": "-", "scribble": "#"}.get(symbol, symbol)
            told = f"{symbol} {min(99, int(100 * share))}"  # never certain
            _text(page, told, (corner[0] + 4, far[1] + 10), 0.4, INK, plate=True)
    first = item.box(0)
    x, y = _px(first.x, first.y)
    label = str(number)
    width = cv2.getTextSize(label, FONT, 0.5, 1)[0][0] + 8
    cv2.rectangle(page, (x - width - 3, y), (x - 3, y + 19), colour, -1)
    cv2.putText(page, label, (x - width + 1, y + 14), FONT, 0.5, WHITE, 1, cv2.LINE_AA)


def _frame(page: Image, corner: tuple[int, int], far: tuple[int, int], colour: Colour) -> None:
    """Given: one line. In doubt: two. Refused: broken. Outside the photograph: thin."""
    (a, b), (c, d) = corner, far
    if colour == VERMILION:
        for start in range(0, max(c - a, d - b), 10):
            for row in (b, d):
                cv2.line(page, (min(a + start, c), row), (min(a + start + 6, c), row), colour, 3)
            for column in (a, c):
                cv2.line(page, (column, min(b + start, d)), (column, min(b + start + 6, d)), colour, 3)
        return
    cv2.rectangle(page, corner, far, colour, 1 if colour == GREY else 2)
    if colour == ORANGE:
        cv2.rectangle(page, (a + 4, b + 4), (c - 4, d - 4), colour, 1)


def _bubbles(page: Image, columns: tuple[tuple[Bubble, ...], ...]) -> None:
    """Each bubble's darkness in per cent beside it; filled ones circled."""
    for column in columns:
        chances = bubble_chances([bubble.darkness for bubble in column])
        for bubble, chance in zip(column, chances, strict=True):
            centre = _px(bubble.x, bubble.y)
            if chance > 0.5:
                cv2.circle(page, centre, round(6.2 * SCALE), BLUE, 3, cv2.LINE_AA)
            at = (centre[0] + round(7.0 * SCALE), centre[1] + 5)
            _text(page, f"{100 * bubble.darkness:.0f}", at, 0.42, BLUE if chance > 0.5 else GREY, plate=True)


def _beside(page: Image, item: Placed, evidence: Evidence) -> None:
    """The tally grid with what was read in each of its rows, and the line of words with its letters."""
    dx, dy = np.asarray(item.offsets).mean(axis=0)
    grid, line = item.field.tally, item.field.words
    if grid is not None and evidence.tally is not None:
        area = grid.area
        _dashed(page, Rect(area.x + dx, area.y + dy, area.w, area.h))
        for row, seen in enumerate(evidence.tally.seen.split()[: grid.rows]):
            cell = grid.cell(row, grid.columns - 1)
            at = _px(cell.x + cell.w + dx - 14.0, cell.y + dy + 5.0)
            _text(page, seen, at, 0.5, BLUE, plate=True)
        _text(page, beside_text(evidence.tally), _px(area.x + dx + 2, area.y + dy - 1.5), 0.5, BLUE, plate=True)
    if line is not None and evidence.words is not None:
        _dashed(page, Rect(line.x + dx, line.y + dy, line.w, line.h))
        told = f"{evidence.words.seen[:44]}: {beside_text(evidence.words)}"
        _text(page, told, _px(line.x + dx + 2, line.y + dy + 4.0), 0.5, BLUE, plate=True)


def _dashed(page: Image, rect: Rect) -> None:
    (a, b), (c, d) = _px(rect.x, rect.y), _px(rect.x + rect.w, rect.y + rect.h)
    for start in range(0, max(c - a, d - b), 14):
        for row in (b, d):
            cv2.line(page, (min(a + start, c), row), (min(a + start + 5, c), row), BLUE, 2)
        for column in (a, c):
            cv2.line(page, (column, min(b + start, d)), (column, min(b + start + 5, d)), BLUE, 2)


def beside_text(told: Told) -> str:
    """The likeliest number that tally marks or words say, with its probability.

    >>> beside_text(Told(((97, 0.995),), 0.005, "60=60 37=37"))
    '97 99.5%'
    """
    return f"{told.values[0][0]} {percent(told.values[0][1])}" if told.values else "?"


def _text(
    page: Image, text: str, at: tuple[int, int], size: float, colour: Colour, *, plate: bool = False
) -> None:
    if plate:
        width, height = cv2.getTextSize(text, FONT, size, 1)[0]
        cv2.rectangle(page, (at[0] - 2, at[1] - height - 2), (at[0] + width + 2, at[1] + 2), WHITE, -1)
    cv2.putText(page, text, at, FONT, size, colour, 1, cv2.LINE_AA)


def _list(
    canvas: Image,
    left: int,
    placement: Placement,
    evidence: Mapping[str, Evidence],
    weighed: Mapping[str, Weighed],
) -> None:
    """The figures of the page: number, name, value, state, confidence; why; the boxes' best classes."""
    top = _legend(canvas, left)
    step = min(150, (canvas.shape[0] - top) // max(1, len(placement.placed)))
    for number, item in enumerate(placement.placed, 1):
        name, y = item.field.name, top + (number - 1) * step
        own, seen = weighed.get(name), evidence.get(name)
        colour = colour_of(own)
        cv2.rectangle(canvas, (left, y), (left + 6, y + step - 14), colour, -1)
        if own is None or seen is None:
            _text(
                canvas, f"{number}  {name}: di luar foto / outside the photograph", (left + 16, y + 20), 0.6, INK
            )
            continue
        head = f"{number}  {name} = {value_text(own)}   {percent(own.figure.confidence)}"
        cv2.putText(canvas, head, (left + 16, y + 20), FONT, 0.75, INK, 2, cv2.LINE_AA)
        for row, line in enumerate(_lines(own, seen), 1):
            _text(canvas, line, (left + 16, y + 20 + 21 * row), 0.58, INK)


def _lines(weighed: Weighed, evidence: Evidence) -> list[str]:
    indonesian, english = WORDS[weighed.ground]
    there, here = STATUS[weighed.figure.status]
    broken = f" - {', '.join(weighed.broken)}" if weighed.broken else ""
    boxes = "; ".join(
        " ".join(f"{symbol} {percent(share)}" for symbol, share in best_classes(box)) for box in evidence.digits
    )
    beside = [
        f"{kind}: {told.seen[:40]} -> {beside_text(told)}"
        for kind, told in (("turus/tally", evidence.tally), ("kata/words", evidence.words))
        if told is not None
    ]
    return [f"{there}: {indonesian}{broken}", f"{here}: {english}{broken}", boxes, *beside]


def _legend(canvas: Image, left: int) -> int:
    """What the lines mean; the height it takes."""
    rows = (
        (BLUE, "diberikan / given"),
        (ORANGE, "hitungan tidak cocok / arithmetic does not fit"),
        (VERMILION, "ditolak / refused"),
    )
    for row, (colour, text) in enumerate(rows):
        y = 14 + 30 * row
        _frame(canvas, (left, y), (left + 34, y + 20), colour)
        _text(canvas, text, (left + 46, y + 16), 0.6, INK)
    note = "_ kosong/blank  x  - strip/dash  # coretan/scribble;  angka/numbers: %"
    _text(canvas, note, (left, 122), 0.58, INK)
    return 142
