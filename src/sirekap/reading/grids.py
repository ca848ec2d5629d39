"""A grid of tally marks where it lies in the photograph: registered by its printed lines, cut into cells.

The grid is warped once, small; its lines are sought in the left, middle and right of it, because paper that hangs
bends over so wide a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Rect, TallyGrid
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, peak, warp

CELL = (24, 32)
"""Rows and columns of pixels of a cell."""

AROUND = (4, 5)
"""Pixels of its surroundings on each side, above and beside: marks leave their cell."""

REACH = 4.0  # mm by which the grid may lie off the page's map
SEEN = 0.07  # least agreement with the printed lines; below it they are lost in noise
FRAME = 2.5  # weight of the frame's lines against the thin grey ones inside
DARKEST = 0.35  # marks are darker than the lines: what is darker than this counts no more
CLEAR = 4.2  # times the picture's grain that the darkest marks are darker, at least
PARTS = 3
_FAINTEST = 0.2

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PlacedGrid:
    """A grid as it lies in the photograph: `shifts` in mm off `matrix` of its left, middle and right.

    `cells` are the darkness of its cells, uint8 of shape (rows × columns, height, width), row by row.
    """

    grid: TallyGrid
    matrix: Matrix
    shifts: tuple[tuple[float, float], ...]
    cells: npt.NDArray[np.uint8]

    def moved(self, rect: Rect) -> Rect:
        """A printed rectangle of the grid where it lies, in mm of the grid's map."""
        dx, dy = self.shift_at(rect.centre[0])
        return Rect(rect.x + dx, rect.y + dy, rect.w, rect.h)

    def shift_at(self, x: float) -> tuple[float, float]:
        """How far the paper lies off the map at x mm."""
        middles = _middles(self.grid)
        dx, dy = (float(np.interp(x, middles, [shift[k] for shift in self.shifts])) for k in (0, 1))
        return dx, dy


def place_grid(
    grey: Image, matrix: Matrix, grid: TallyGrid, around: tuple[float, float] = (0.0, 0.0)
) -> PlacedGrid | None:
    """The grid where it lies, sought `around` a displacement in mm; None where its lines, or marks, drown in noise."""
    moved = np.asarray([[1, 0, around[0]], [0, 1, around[1]], [0, 0, 1]]) if any(around) else np.eye(3)
    matrix = matrix @ moved
    area = grid.area
    scale = float(np.clip(CELL[1] * grid.columns / area.w, 1.2, 3.0))
    margin = REACH + 3.0
    flat = warp(
        grey, matrix, (area.x - margin, area.y - margin), (area.w + 2 * margin, area.h + 2 * margin), scale
    )
    if min(flat.shape) < 20:
        return None
    dark = _darkness(flat)
    small = np.asarray(cv2.resize(dark, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
    whole, _ = _shift(small, (0, grid.columns), grid, scale / 2, margin, (0.0, 0.0), REACH)
    whole, seen = _shift(dark, (0, grid.columns), grid, scale, margin, whole, 1.0)
    if seen < SEEN:
        return None
    shifts = []
    for first, last in _columns(grid):
        own, own_seen = _shift(dark, (first, last), grid, scale, margin, whole, 1.6)
        shifts.append(own if own_seen >= SEEN else whole)
    cells, clear = _cells(dark, grid, shifts, scale, margin)
    return PlacedGrid(grid, matrix, tuple(shifts), cells) if clear >= CLEAR else None


def _columns(grid: TallyGrid) -> list[tuple[int, int]]:
    edges = [round(grid.columns * k / PARTS) for k in range(PARTS + 1)]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _middles(grid: TallyGrid) -> list[float]:
    width = grid.area.w / grid.columns
    return [grid.area.x + width * (first + last) / 2 for first, last in _columns(grid)]


def _darkness(flat: Image) -> Floats:
    """How much darker than the paper around it each pixel is, as a share of the paper."""
    paper = cv2.blur(cv2.dilate(cv2.blur(flat, (3, 3)), np.ones((9, 9), np.uint8)), (21, 21)).astype(np.float32)
    return np.asarray(np.maximum(1.0 - flat / np.maximum(paper, 1.0), 0.0), np.float32)


@lru_cache(maxsize=64)
def _lines(
    columns: int, rows: int, cell: tuple[float, float], ends: tuple[bool, bool], scale: float
) -> tuple[Floats, Floats]:
    """Weights of some columns' lines, bright beside dark, and their mask; 3 mm of margin on all sides."""
    margin = 3.0
    size = (round((rows * cell[1] + 2 * margin) * scale), round((columns * cell[0] + 2 * margin) * scale))
    canvas = np.zeros(size, np.float32)

    def rule(x1: float, y1: float, x2: float, y2: float, value: float) -> None:
        a, b = ((round((margin + x) * scale), round((margin + y) * scale)) for x, y in ((x1, y1), (x2, y2)))
        cv2.line(canvas, a, b, value, 1)

    wide, high = columns * cell[0], rows * cell[1]
    for off, value in ((-2.0, -1.0), (2.0, -1.0), (0.0, 1.0)):
        for column in range(columns + 1):
            weight = FRAME if (column == 0 and ends[0]) or (column == columns and ends[1]) else 1.0
            rule(column * cell[0] + off, 0, column * cell[0] + off, high, weight * value)
        for row in range(rows + 1):
            weight = FRAME if row in (0, rows) else 1.0
            rule(0, row * cell[1] + off, wide, row * cell[1] + off, weight * value)
    for part in (canvas > 0, canvas < 0):
        canvas[part] /= np.float32(max(1e-6, float(np.abs(canvas[part]).sum())))
    return canvas, (canvas != 0).astype(np.float32)


def _shift(
    dark: Floats, columns: tuple[int, int], grid: TallyGrid, scale: float, margin: float,
    around: tuple[float, float], reach: float,
) -> tuple[tuple[float, float], float]:  # fmt: skip
    """The displacement of some columns in mm, within `reach` of `around`, and how well their lines are seen."""
    cell = (grid.area.w / grid.columns, grid.area.h / grid.rows)
    ends = (columns[0] == 0, columns[1] == grid.columns)
    template, mask = _lines(columns[1] - columns[0], grid.rows, cell, ends, scale)
    steps = max(1, round(reach * scale))
    x = round((margin - 3.0 + columns[0] * cell[0] + around[0]) * scale) - steps
    y = round((margin - 3.0 + around[1]) * scale) - steps
    x, y = max(0, x), max(0, y)
    part = dark[y : y + template.shape[0] + 2 * steps, x : x + template.shape[1] + 2 * steps]
    if part.shape[0] <= template.shape[0] or part.shape[1] <= template.shape[1]:
        return around, 0.0
    part = np.minimum(part, DARKEST)
    scores = cv2.matchTemplate(part, template, cv2.TM_CCORR)
    _, best, _, place = cv2.minMaxLoc(scores)
    there = part[place[1] : place[1] + template.shape[0], place[0] : place[0] + template.shape[1]]
    energy = float(np.sqrt(max(1e-3, float((there * there * mask).sum()))))
    score = best / (energy * float(np.sqrt(np.sum(template * template))))
    dx, dy = peak(scores, place)
    left = (place[0] + dx + x) / scale - (margin - 3.0 + columns[0] * cell[0])
    top = (place[1] + dy + y) / scale - (margin - 3.0)
    return (left, top), float(score)


def _cells(
    dark: Floats, grid: TallyGrid, shifts: list[tuple[float, float]], scale: float, margin: float
) -> tuple[npt.NDArray[np.uint8], float]:
    """The cells' darkness from the small flattened grid, all of one size, with what lies around each; how much
    darker than its grain the darkest in them is.
    """
    rows, columns = grid.rows * CELL[0] + 2 * AROUND[0], grid.columns * CELL[1] + 2 * AROUND[1]
    across = (np.arange(columns, dtype=np.float32) + 0.5 - AROUND[1]) * (grid.area.w / grid.columns / CELL[1])
    down = (np.arange(rows, dtype=np.float32) + 0.5 - AROUND[0]) * (grid.area.h / grid.rows / CELL[0])
    middles = [x - grid.area.x for x in _middles(grid)]
    dx, dy = (np.interp(across, middles, [shift[k] for shift in shifts]) for k in (0, 1))
    x = np.broadcast_to((across + dx + margin) * scale - 0.5, (rows, columns)).astype(np.float32)
    y = ((down[:, None] + dy[None, :] + margin) * scale - 0.5).astype(np.float32)
    tiled = cv2.remap(dark, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inner = tiled[AROUND[0] + 3 : -AROUND[0] - 3, AROUND[1] + 3 : -AROUND[1] - 3]
    middle, strong, strongest = np.percentile(inner[::2, ::2], (50, 98, 99.7))
    grain = 1.4826 * float(np.median(np.abs(inner[::2, ::2] - middle)))
    strength = max(_FAINTEST, float(strong))
    bytes_ = np.clip(tiled * (230.0 / strength), 0, 255).astype(np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(
        bytes_, (CELL[0] + 2 * AROUND[0], CELL[1] + 2 * AROUND[1])
    )
    cut = windows[:: CELL[0], :: CELL[1]]
    return np.ascontiguousarray(cut.reshape(-1, *cut.shape[2:])), float(strongest - middle) / max(grain, 1e-3)
