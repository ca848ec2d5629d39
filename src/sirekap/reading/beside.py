"""What stands beside the boxes: tally marks with their subtotals, and the number in words, as evidence.

Each kind gives probabilities of the numbers, and none is trusted alone: officers miscount and misspell, and marks
are misread (`values` has the shares). What nobody wrote says nothing, and is no evidence of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sirekap.forms import Rect
from sirekap.reading.boxes import CROP_SCALE, Placed
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, warp
from sirekap.reading.grids import PlacedGrid, place_grid
from sirekap.reading.model import Told
from sirekap.reading.page import Found
from sirekap.reading.tally import TallyReader, fit, number_likelihood, row_counts, rows_begun
from sirekap.reading.words import WordReader, written_line

Array = npt.NDArray[np.float64]

KEPT, LEAST = 8, 1e-4  # numbers that are told one by one, and their least probability
SUBTOTAL_MARGIN = 1.2  # mm around a subtotal's box
_UNREAD = 0.98  # probability of "no number" from which a line says nothing
_SHORTEST = 3  # letters of the shortest number word, DUA


@dataclass(frozen=True)
class Grid:
    """A field's tally grid as it was found, with its cells counted and the crops of the subtotals begun."""

    placed: PlacedGrid
    cells: Array
    crops: tuple[Image, ...]


@lru_cache(maxsize=1)
def _tally_reader() -> TallyReader:
    return TallyReader()


@lru_cache(maxsize=1)
def _word_reader() -> WordReader:
    return WordReader()


def find_grids(image: Image, grey: Image, found: Found, placed: Sequence[Placed]) -> dict[str, Grid]:
    """The tally grids of some fields in which marks stand, by the fields' names."""
    grids: dict[str, PlacedGrid] = {}
    for item in placed:
        if item.field.tally is not None:
            area = item.field.tally.area
            grid = place_grid(grey, _map_at(found, area), item.field.tally, _off(item, found))
            if grid is not None:
                grids[item.field.name] = grid
    result = {}
    counted = _tally_reader().count(list(grids.values())) if grids else []
    for (name, grid), cells in zip(grids.items(), counted, strict=True):
        begun = rows_begun(cells)
        if begun:
            # one more than was seen: a last row may hold a single pale mark
            rows = range(min(begun + 1, grid.grid.rows))
            crops = tuple(
                _crop(image, grid, grid.grid.subtotal_box(row, digit)) for row in rows for digit in (0, 1)
            )
            result[name] = Grid(grid, cells, crops)
    return result


def _map_at(found: Found, area: Rect) -> Matrix:
    """The page's map as the paper bends it around a field."""
    return found.matrix if found.bend is None else found.bend.near(found.matrix, *area.centre)


def _off(item: Placed, found: Found) -> tuple[float, float]:
    """How far a field's own boxes lie off the map, which is what is known of the area beside them."""
    if found.bend is None:
        dx, dy = np.asarray(item.offsets).mean(axis=0)
        return float(dx), float(dy)
    return 0.0, 0.0


def _crop(image: Image, grid: PlacedGrid, box: Rect) -> Image:
    moved = grid.moved(box)
    origin = (moved.x - SUBTOTAL_MARGIN, moved.y - SUBTOTAL_MARGIN)
    size = (moved.w + 2 * SUBTOTAL_MARGIN, moved.h + 2 * SUBTOTAL_MARGIN)
    return warp(image, grid.matrix, origin, size, CROP_SCALE)


def told_by_tally(grid: Grid, digits: npt.NDArray[np.floating]) -> Told | None:
    """What a grid says; `digits` are the digit reader's probabilities of its `crops`, shape (crops, 14).

    None where it looks empty after all: that nobody made marks is no evidence of zero.
    """
    pairs = [np.asarray(digits[k : k + 2], np.float64) for k in range(0, len(digits), 2)]
    numbers = number_likelihood(grid.cells, pairs)
    if not numbers.argmax():
        return None
    numbers = numbers * fit(grid.cells, int(numbers.argmax()))
    rows = []
    for marks, own in zip(row_counts(grid.cells), pairs, strict=False):
        tens, ones = (_symbol(box) for box in own)
        rows.append(f"{marks}={tens}{ones}".rstrip("="))
    if rows[-1] == "0":
        rows.pop()
    return _told(numbers, " ".join(rows))


def _symbol(box: Array) -> str:
    best = int(np.argmax(box))
    return str(best) if best < 10 else "" if best in (10, 11, 12) else "?"


def told_by_words(grey: Image, found: Found, placed: Sequence[Placed]) -> dict[str, Told]:
    """What the lines for words say, by the fields' names; lines on which nothing is written are left out."""
    lines: dict[str, Image] = {}
    for item in placed:
        area = item.field.words
        if area is not None:
            line = written_line(grey, _map_at(found, area), area, _off(item, found))
            if line is not None:
                lines[item.field.name] = line
    read = _word_reader().read(list(lines.values())) if lines else []
    return {
        name: _told(words.numbers, words.letters)
        for name, words in zip(lines, read, strict=True)
        if words.unread < _UNREAD and len(words.letters) >= _SHORTEST
    }


def _told(numbers: Array, seen: str) -> Told:
    best = np.argsort(numbers)[::-1][:KEPT]
    values = tuple((int(value), float(numbers[value])) for value in best if numbers[value] >= LEAST)
    return Told(values, max(0.0, 1.0 - sum(share for _, share in values)), seen)
