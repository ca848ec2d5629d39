"""A photograph's evidence as a picture: the flattened page with what was found in it drawn in.

Colours are told apart by the colour-blind too (Okabe and Ito), and every colour has its own kind of line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import simplejpeg

from sirekap.figures import Status
from sirekap.forms import Form
from sirekap.reading.boxes import Bubble, Placed, place_bubbles, place_fields
from sirekap.reading.decode import Image, Unreadable, decode
from sirekap.reading.digits import CLASSES
from sirekap.reading.flatten import Matrix, warp
from sirekap.reading.model import Evidence
from sirekap.reading.page import find_page
from sirekap.reading.size import reading_form
from sirekap.reading.values import bubble_chances
from sirekap.reading.weigh import Ground, Weighed

SCALE = 2.5  # px/mm of the flattened page
PANEL = 820  # px of the list beside it
QUALITY = 82
SHOWN = 0.005  # least probability of a class that is told beside the best
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
        image = decode(data).image
    except Unreadable:
        return None
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = find_page(grey, form)
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


def best_classes(box: tuple[float, ...], most: int = 3) -> list[tuple[str, float]]:
    """The likeliest classes of a box that are worth telling, best first."""
    ranked = sorted(zip(CLASSES, box, strict=True), key=lambda item: -item[1])
    return ranked[:1] + [item for item in ranked[1:most] if item[1] >= SHOWN]


def percent(share: float) -> str:
    """A probability in per cent; never rounded up to certainty or down to impossibility.

    >>> percent(0.99999), percent(0.5), percent(0.0000001)
    ('>99.9%', '50.0%', '<0.1%')
    """
    if share > 0.999:
        return ">99.9%"
    return "<0.1%" if share < 0.001 else f"{100 * share:.1f}%"


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
    return [f"{there}: {indonesian}{broken}", f"{here}: {english}{broken}", boxes]


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
