"""A printed page filled in by hand: digits, bubbles, tally marks, words, signatures, the station's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import (
    Stroke,
    Writer,
    draw,
    fill_bubble,
    signature,
    strokes,
    tally,
    write_words,
)
from sirekap.drawing import raster_form
from sirekap.drawing.source import qr_modules
from sirekap.forms import Field, Form, Rect, TallyGrid
from sirekap.forms.qr import encode_qr
from sirekap.forms.words import number_words

Image = npt.NDArray[np.uint8]

VOTES_PER_CELL = 5
OVERWRITTEN = 0.0015
"""The share of digits that were first written as another and then gone over."""


@dataclass(frozen=True)
class Habits:
    """What the people of one station do when they fill a form, beside their hand (see `Writer`).

    `words` tells whether figures are written out: on page 1, on pages of votes (2), on the last page (3).
    `marks` is the style of tally marks (see `handwriting.tally`), `subtotals` whether rows have theirs.
    """

    bubble: str
    bubble_of_unused: bool
    tally: bool
    strike_unused: bool
    words: Mapping[int, bool]
    header: bool
    marks: str = "strokes"
    subtotals: bool = True

    @classmethod
    def random(cls, rng: np.random.Generator) -> Habits:
        """A station's habits drawn at random: how bubbles are filled, and what is left undone."""
        # what came later is drawn from a generator of its own: what was drawn before stays the same
        later = rng.spawn(1)[0]
        return cls(
            bubble=str(rng.choice(["full", "scribbled"], p=[0.8, 0.2])),
            bubble_of_unused=bool(rng.random() < 0.5),
            tally=bool(rng.random() < 0.96),
            strike_unused=bool(rng.random() < 0.7),
            words={1: False, 2: bool(rng.random() < 0.35), 3: bool(rng.random() < 0.85)},
            header=bool(rng.random() < 0.95),
            marks=str(later.choice(["strokes", "falling", "square"], p=[0.72, 0.1, 0.18])),
            subtotals=bool(later.random() < 0.9),
        )


@dataclass
class _Desk:
    """One page on the table: the picture, the hand and the scale."""

    image: Image
    writer: Writer
    rng: np.random.Generator
    px_per_mm: float

    def ink(self, lines: list[Stroke], place: Rect) -> None:
        """Strokes of a unit square, stretched onto a place in mm."""
        scale = self.px_per_mm
        box = (place.x * scale, place.y * scale, place.w * scale, place.h * scale)
        draw(self.image, lines, box, self.writer, self.rng, scale)


def fill_page(
    form: Form,
    page: int,
    figures: Mapping[str, int | None],
    writer: Writer,
    rng: np.random.Generator,
    *,
    place: Mapping[str, str] | None = None,
    habits: Habits | None = None,
    counted: Mapping[str, int | None] | None = None,
    station: str | None = None,
    px_per_mm: float = 3.0,
) -> Image:
    """One page of the form, filled: BGR, uint8, shape (height, width, 3) at `px_per_mm`.

    `figures` are as written on paper (None leaves the boxes empty); tally marks follow `counted` where it is
    given, since they are made while counting. `place` names the header lines' content by their names
    (provinsi …; letters, digits, spaces, hyphens). With `station` the page carries its QR code.
    Raises KeyError for a figure of the page that `figures` lacks, ValueError for one that its boxes cannot hold.
    """
    habits = habits or Habits.random(rng)
    desk = _Desk(raster_form(form, page, px_per_mm).copy(), writer, rng, px_per_mm)
    sheet = form.page(page)
    if station is not None:
        _print_qr(desk, sheet.qr, encode_qr(station, form.id, page))
    if habits.header:
        for name, area in sheet.header:
            _write(desk, (place or {}).get(name, ""), area, 5.5)
    for field in form.fields_of(page):
        value = figures[field.name]
        _boxes(desk, field, value, habits)
        if field.tally is not None and habits.tally:
            _tally(desk, field.tally, (counted or figures)[field.name] or 0, habits)
        spelt = habits.words[3 if page == len(form.pages) else min(page, 2)]
        if field.words is not None and value is not None and spelt and rng.random() < 0.97:
            _write(desk, number_words(value), field.words, 8.0)
    for area in sheet.signatures:
        if rng.random() < 0.9:
            # Everyone signs with a pen of their own.
            replace(desk, writer=Writer.random(rng)).ink(signature(rng), area)
    return desk.image


def fill_boxes(
    image: Image,
    fields: Sequence[Field],
    figures: Mapping[str, int | None],
    writer: Writer,
    rng: np.random.Generator,
    habits: Habits,
    px_per_mm: float,
) -> None:
    """Write figures into the boxes and bubbles of some fields alone, in place; raises as `fill_page` does."""
    desk = _Desk(image, writer, rng, px_per_mm)
    for field in fields:
        _boxes(desk, field, figures[field.name], habits)


def _print_qr(desk: _Desk, place: Rect, text: str) -> None:
    scale = desk.px_per_mm
    # One small picture of the modules, scaled: rounding each module by itself would make them uneven.
    modules = list(qr_modules(Rect(0.0, 0.0, place.w, place.h), text))
    side = round(place.w / min(module.h for module in modules))
    code = np.full((side, side), 255, np.uint8)
    for module in modules:
        row, start, end = (round(v / place.w * side) for v in (module.y, module.x, module.x + module.w))
        code[row, start:end] = 26
    fine = 8
    big = np.kron(code, np.ones((fine, fine), np.uint8))
    zoom = place.w * scale / (side * fine)
    move = np.array([[zoom, 0.0, place.x * scale], [0.0, zoom, place.y * scale]])
    x, y, w, h = (int(v * scale) for v in (place.x - 1, place.y - 1, place.w + 2, place.h + 2))
    move[:, 2] -= x, y
    warped = cv2.warpAffine(big, move, (w, h), flags=cv2.INTER_AREA, borderValue=(255.0,))
    region = desk.image[y : y + h, x : x + w]
    region[...] = np.minimum(region, warped[:, :, None])


def _boxes(desk: _Desk, field: Field, value: int | None, habits: Habits) -> None:
    """The digits, right-aligned, and what stands in the unused boxes before them; the bubbles below."""
    if value is None:
        return
    if not 0 <= value <= field.most:
        raise ValueError(f"{field.name} has {len(field.boxes)} boxes and cannot hold {value}")
    digits = str(value)
    unused = len(field.boxes) - len(digits)
    filler = desk.writer.filler
    if desk.rng.random() < 0.05:
        filler = str(desk.rng.choice(["x", "0", "blank", "dash"]))
    for column, box in enumerate(field.boxes):
        symbol = filler if column < unused else digits[column - unused]
        if column >= unused and desk.rng.random() < OVERWRITTEN:
            _overwrite(desk, symbol, box)
        else:
            desk.ink(strokes(symbol, desk.writer, desk.rng), box)
        if field.bubbles is None or (column < unused and filler != "0" and not habits.bubble_of_unused):
            continue
        digit = 0 if column < unused else int(symbol)
        x, y = field.bubbles.centre(column, digit)
        r = field.bubbles.radius
        desk.ink(fill_bubble(habits.bubble, desk.writer, desk.rng), Rect(x - r, y - r, 2 * r, 2 * r))


def _overwrite(desk: _Desk, symbol: str, box: Rect) -> None:
    """A wrong digit, and the right one over it with more pressure, twice."""
    wrong = str((int(symbol) + int(desk.rng.integers(1, 10))) % 10)
    desk.ink(strokes(wrong, desk.writer, desk.rng), box)
    pressed = replace(desk, writer=replace(desk.writer, stroke_mm=1.5 * desk.writer.stroke_mm, alpha=1.0))
    right = strokes(symbol, desk.writer, desk.rng)
    for _ in range(2):
        pressed.ink([line + desk.rng.normal(0, 0.01, 2).astype(np.float32) for line in right], box)


def _tally(desk: _Desk, grid: TallyGrid, votes: int, habits: Habits) -> None:
    """Five marks a cell, a subtotal for each row begun, and a long Z through the rows that stayed empty."""
    per_row = grid.columns * VOTES_PER_CELL
    begun = min(-(-votes // per_row), grid.rows)
    other = habits.marks != "strokes"
    # Other marks, and rows without a subtotal, leave all that is drawn after them as it was: the usual ones are
    # then drawn on a picture that nobody sees.
    hidden = replace(desk, image=np.empty_like(desk.image)) if other or not habits.subtotals else desk
    own = replace(desk, rng=desk.rng.spawn(1)[0]) if other else desk
    for row in range(begun):
        here = min(votes - row * per_row, per_row)
        for column in range(-(-here // VOTES_PER_CELL)):
            marks = min(here - column * VOTES_PER_CELL, VOTES_PER_CELL)
            cell = grid.cell(row, column)
            (hidden if other else desk).ink(tally(marks, desk.writer, desk.rng), cell)
            if other:
                own.ink(tally(marks, own.writer, own.rng, habits.marks), cell)
        for position, digit in enumerate(f"{here:02d}"):
            if position or digit != "0":
                seen = desk if habits.subtotals else hidden
                seen.ink(strokes(digit, desk.writer, desk.rng), grid.subtotal_box(row, position))
    if begun < grid.rows and habits.strike_unused:
        first, last = grid.cell(begun, 0), grid.cell(grid.rows - 1, grid.columns - 1)
        desk.ink(long_z(desk.rng), Rect(first.x, first.y, grid.area.w, last.y + last.h - first.y))


def long_z(rng: np.random.Generator) -> list[Stroke]:
    """The Z that strikes unused rows out, in the unit square around them."""
    corners = np.array([[0.03, 0.15], [0.97, 0.12], [0.03, 0.88], [0.97, 0.85]]) + rng.normal(0, 0.015, (4, 2))
    steps = np.linspace(0, 3, 40)
    line = np.stack([np.interp(steps, np.arange(4), corners[:, k]) for k in range(2)], axis=1)
    return [(line + rng.normal(0, 0.002, line.shape)).astype(np.float32)]


def _write(desk: _Desk, text: str, area: Rect, height: float) -> None:
    """A line of capitals and digits on an area, in letters of about `height` mm; long lines are squeezed."""
    lines: list[Stroke] = []
    x = 0.0
    for part in text.upper().split(" "):
        piece = [line + np.array([x, 0.0], np.float32) for line in _word(desk, part)]
        lines += piece
        if piece:
            x = float(max(line[:, 0].max() for line in piece))
        x += 0.5
    if not lines:
        return
    high = min(height * float(desk.rng.uniform(0.85, 1.1)), area.h * 0.85, area.w * 0.95 / x)
    left = area.x + float(desk.rng.uniform(0.01, 0.05)) * area.w
    foot = area.y + area.h - max(0.12 * area.h, 0.5 * (area.h - 2.2 * high))
    desk.ink(lines, Rect(left, foot - high, high, high))


def _word(desk: _Desk, word: str) -> list[Stroke]:
    """One word; digits are written as in boxes, moved to the letters' height."""
    if not word.isdigit():
        return write_words(word, desk.writer, desk.rng)
    shift = partial(np.array, dtype=np.float32)
    return [
        (line - shift([0.3, 0.2])) * shift([1.2, 1.6]) + shift([0.8 * index, 0.0])
        for index, digit in enumerate(word)
        for line in strokes(digit, desk.writer, desk.rng)
    ]
