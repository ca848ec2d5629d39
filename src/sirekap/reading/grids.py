"""A grid of tally marks where it lies in the photograph: registered by its printed lines, cut into cells.

The grid is warped once, small; its lines are sought in the left, middle and right of it, because paper that hangs
bends over so wide a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Rect, TallyGrid
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, peak, warp
from sirekap.reading.writing import ranked

CELL = (24, 32)
"""Rows and columns of pixels of a cell."""

AROUND = (4, 5)
"""Pixels of its surroundings on each side, above and beside: marks leave their cell."""

REACH = 6.0  # mm by which the grid may lie off the page's map
SEEN = 0.07  # least agreement with the printed lines; below it they are lost in noise
FRAME = 2.5  # weight of the frame's lines against the thin grey ones inside
DARKEST = 0.35  # marks are darker than the lines: what is darker than this counts no more
CLEAR = 4.2  # times the picture's grain that the darkest marks are darker, at least
CLOSE = 1.4  # mm by which a third of the grid may lie off the line of all three
TURNED, WIDENED = 4, 2  # px of the half-size picture by which neighbouring thirds may differ, down and across
USUAL = 5.0  # mm within which a grid usually lies off: other printed lines run beside it
PARTS = 3
_FAINTEST = 0.2

Floats = npt.NDArray[np.float32]
Shift = tuple[float, float]


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
    """The grid where it lies, sought `around` a displacement in mm; None where it drowns in grain."""
    moved = np.asarray([[1, 0, around[0]], [0, 1, around[1]], [0, 0, 1]]) if any(around) else np.eye(3)
    matrix = matrix @ moved
    area = grid.area
    scale = float(np.clip(CELL[1] * grid.columns / area.w, 1.2, 3.0))
    margin = REACH + 5.0
    flat = warp(
        grey, matrix, (area.x - margin, area.y - margin), (area.w + 2 * margin, area.h + 2 * margin), scale
    )
    if min(flat.shape) < 20:
        return None
    dark = _darkness(flat)
    small = np.asarray(cv2.resize(dark, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
    shifts, seen = [], []
    for columns, near in zip(_columns(grid), _roughly(small, grid, scale / 2, margin), strict=True):
        shift, score = _shift(dark, columns, grid, scale, margin, near)
        shifts.append(shift)
        seen.append(score)
    if float(np.mean(seen)) < SEEN:
        return None
    cells, clear = _cells(dark, grid, shifts, scale, margin)
    return PlacedGrid(grid, matrix, tuple(shifts), cells) if clear >= CLEAR else None


def _columns(grid: TallyGrid) -> list[tuple[int, int]]:
    edges = [round(grid.columns * k / PARTS) for k in range(PARTS + 1)]
    return list(pairwise(edges))


def _middles(grid: TallyGrid) -> list[float]:
    width = grid.area.w / grid.columns
    return [grid.area.x + width * (first + last) / 2 for first, last in _columns(grid)]


def _darkness(flat: Image) -> Floats:
    """How much darker than the paper around it each pixel is, as a share of the paper."""
    paper = cv2.blur(cv2.dilate(cv2.blur(flat, (3, 3)), np.ones((9, 9), np.uint8)), (21, 21))
    return np.asarray(np.maximum(1.0 - cv2.divide(flat, paper, dtype=cv2.CV_32F), 0.0), np.float32)


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


def _template(grid: TallyGrid, columns: tuple[int, int], scale: float) -> tuple[Floats, Floats]:
    """The lines of some columns of the grid, and their mask."""
    cell = (grid.area.w / grid.columns, grid.area.h / grid.rows)
    ends = (columns[0] == 0, columns[1] == grid.columns)
    return _lines(columns[1] - columns[0], grid.rows, cell, ends, scale)


def _contrast(
    dark: Floats,
    columns: tuple[int, int],
    grid: TallyGrid,
    scale: float,
    margin: float,
    around: Shift,
    steps: int,
) -> tuple[Floats, tuple[int, int]]:
    """How much darker the lines are than beside them, for displacements of `steps` px each way; its first px."""
    template, _ = _template(grid, columns, scale)
    left = margin - 3.0 + columns[0] * grid.area.w / grid.columns + around[0]
    x = max(0, round(left * scale) - steps)
    y = max(0, round((margin - 3.0 + around[1]) * scale) - steps)
    part = dark[y : y + template.shape[0] + 2 * steps, x : x + template.shape[1] + 2 * steps]
    if part.shape[0] < template.shape[0] or part.shape[1] < template.shape[1]:
        return np.zeros((1, 1), np.float32), (x, y)
    scores = cv2.matchTemplate(np.minimum(part, DARKEST), template, cv2.TM_CCORR)
    return np.asarray(scores, np.float32), (x, y)


def _roughly(small: Floats, grid: TallyGrid, scale: float, margin: float) -> list[Shift]:
    """The displacements of left, middle and right in mm, in one line: paper is turned, not torn."""
    steps = round(REACH * scale)
    left, middle, right = (
        _contrast(small, columns, grid, scale, margin, (0.0, 0.0), steps)[0] for columns in _columns(grid)
    )
    if not left.shape == middle.shape == right.shape or left.size == 1:
        return [(0.0, 0.0)] * PARTS
    off = np.arange(-steps, steps + 1, dtype=np.float32) / scale
    usual = np.exp(-(off[:, None] ** 2 + off[None, :] ** 2) / (2 * USUAL**2))
    rows, columns = middle.shape
    edge = ((TURNED, TURNED), (WIDENED, WIDENED))
    left, right = (np.pad(part, edge, constant_values=float(part.min())) for part in (left, right))
    best, found = -np.inf, (0, 0, 0, 0)
    for ex, ey in product(range(-WIDENED, WIDENED + 1), range(-TURNED, TURNED + 1)):
        total = left[TURNED - ey : TURNED - ey + rows, WIDENED - ex : WIDENED - ex + columns] + middle
        total += right[TURNED + ey : TURNED + ey + rows, WIDENED + ex : WIDENED + ex + columns]
        total *= usual
        place = int(total.argmax())
        if total.flat[place] > best:
            best, found = float(total.flat[place]), (place % columns - steps, place // columns - steps, ex, ey)
    x, y, ex, ey = found
    return [((x + k * ex) / scale, (y + k * ey) / scale) for k in (-1, 0, 1)]


def _shift(
    dark: Floats, columns: tuple[int, int], grid: TallyGrid, scale: float, margin: float, around: Shift
) -> tuple[Shift, float]:
    """The displacement of some columns in mm, close to `around`, and how well their lines are seen."""
    scores, (x, y) = _contrast(dark, columns, grid, scale, margin, around, max(1, round(CLOSE * scale)))
    if scores.size == 1:
        return around, 0.0
    template, mask = _template(grid, columns, scale)
    _, best, _, place = cv2.minMaxLoc(scores)
    at = (place[0] + x, place[1] + y)
    there = np.minimum(dark[at[1] : at[1] + template.shape[0], at[0] : at[0] + template.shape[1]], DARKEST)
    energy = float(np.sqrt(max(1e-3, float((there * there * mask).sum()))))
    dx, dy = peak(scores, place)
    left = (at[0] + dx) / scale - (margin - 3.0 + columns[0] * grid.area.w / grid.columns)
    top = (at[1] + dy) / scale - (margin - 3.0)
    return (left, top), best / (energy * float(np.sqrt(np.sum(template * template))))


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
    sample = inner[::2, ::3]
    middle, strong, strongest = ranked(sample, 0.5, 0.98, 0.997)
    grain = 1.4826 * ranked(np.abs(sample - middle), 0.5)[0]
    strength = max(_FAINTEST, strong)
    bytes_ = np.clip(tiled * (230.0 / strength), 0, 255).astype(np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(bytes_, (CELL[0] + 2 * AROUND[0], CELL[1] + 2 * AROUND[1]))
    cut = windows[:: CELL[0], :: CELL[1]]
    return np.ascontiguousarray(cut.reshape(-1, *cut.shape[2:])), (strongest - middle) / max(grain, 1e-3)
