"""Synthetic photographs of grids of tally marks, cut into cells by the reader's own code (`place_grid`)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.fill import long_z
from sirekap.camera.handwriting import Writer, draw, tally
from sirekap.forms import Rect, TallyGrid
from sirekap.reading.grids import place_grid

Image = npt.NDArray[np.uint8]

DRAWN = 3.0  # px/mm in which a grid is drawn before it is photographed
MARGIN = 12.0  # mm of paper around it
CELLS = ((235.0, 80.0), (235.0, 62.3), (120.0, 75.0), (110.0, 40.0))  # width and height of a grid in mm
ROWS, COLUMNS = 5, 12


@dataclass(frozen=True)
class Cells:
    """Cells as the network sees them, uint8 of shape (n, h, w), and how many marks each holds."""

    pictures: npt.NDArray[np.uint8]
    marks: npt.NDArray[np.int64]


def grids(count: int, seed: int) -> Cells:
    """The cells of so many grids; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    pictures, marks = [], []
    while len(marks) < count:
        made = _grid(rng)
        if made is not None:
            pictures.append(made[0])
            marks.append(made[1])
    return Cells(np.concatenate(pictures), np.concatenate(marks))


def _grid(rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]] | None:
    width, height = CELLS[int(rng.choice(len(CELLS), p=[0.55, 0.25, 0.12, 0.08]))]
    grid = TallyGrid(
        Rect(MARGIN, MARGIN, width, height), ROWS, COLUMNS, Rect(MARGIN + width + 5, MARGIN, 24.0, height)
    )
    canvas = _printed(grid, rng)
    marks = _marks(rng)
    writer = Writer.random(rng)
    style = str(rng.choice(["strokes", "falling", "square"], p=[0.55, 0.15, 0.3]))
    for row in range(ROWS):
        for column in range(COLUMNS):
            if marks[row, column]:
                _ink(
                    canvas,
                    tally(int(marks[row, column]), writer, rng, style),
                    grid.cell(row, column),
                    writer,
                    rng,
                )
    empty = ROWS - int(np.max(np.flatnonzero(marks.any(axis=1)), initial=-1)) - 1
    if empty and rng.random() < 0.7:
        first, last = grid.cell(ROWS - empty, 0), grid.cell(ROWS - 1, COLUMNS - 1)
        place = Rect(first.x, first.y, width, last.y + last.h - first.y)
        _ink(canvas, long_z(rng), place, writer, rng)
    photo, matrix = _photographed(canvas, rng)
    around = rng.normal(0, 0.7, 2)
    placed = place_grid(photo, matrix, grid, (float(around[0]), float(around[1])))
    return None if placed is None else (placed.cells, marks.reshape(-1))


def _marks(rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Marks a cell: rows filled as officers do, or any number in any cell, so that each is seen often."""
    begun = int(rng.integers(0, ROWS + 1))
    marks = np.zeros((ROWS, COLUMNS), np.int64)
    if rng.random() < 0.4:
        for row in range(begun):
            last = COLUMNS if row < begun - 1 else int(rng.integers(0, COLUMNS))
            marks[row, :last] = 5
            if last < COLUMNS:
                marks[row, last] = rng.integers(1, 5)
        return marks
    marks[:begun] = rng.choice(6, (begun, COLUMNS), p=[0.12, 0.17, 0.17, 0.17, 0.17, 0.2])
    return marks


def _printed(grid: TallyGrid, rng: np.random.Generator) -> Image:
    """Paper with the grid's printed lines."""
    side = grid.subtotals
    size = (round((grid.area.h + 2 * MARGIN) * DRAWN), round((side.x + side.w + MARGIN) * DRAWN), 3)
    canvas = np.full(size, int(rng.integers(232, 256)), np.uint8)

    def rule(x1: float, y1: float, x2: float, y2: float, grey: int, wide: float) -> None:
        a, b = ((round(x * DRAWN * 8), round(y * DRAWN * 8)) for x, y in ((x1, y1), (x2, y2)))
        cv2.line(canvas, a, b, (grey, grey, grey), max(1, round(wide * DRAWN)), cv2.LINE_AA, 3)

    pale = int(rng.integers(190, 212))
    for column in range(grid.columns + 1):
        x = grid.area.x + column * grid.area.w / grid.columns
        rule(x, grid.area.y, x, grid.area.y + grid.area.h, pale, 0.5)
    for row in range(grid.rows + 1):
        y = grid.area.y + row * grid.area.h / grid.rows
        rule(grid.area.x, y, side.x + side.w, y, pale, 0.5)
    a, right, foot = grid.area, grid.area.x + grid.area.w, grid.area.y + grid.area.h
    for x in (a.x, right, side.x + side.w + 5):
        rule(x, a.y - 7, x, foot, 25, 0.88)
    for y in (a.y, foot):
        rule(a.x, y, side.x + side.w + 5, y, 25, 0.88)
    return canvas


def _ink(canvas: Image, lines: list[npt.NDArray[np.float32]], place: Rect, writer: Writer,
         rng: np.random.Generator) -> None:  # fmt: skip
    """Strokes on a place in mm, a little displaced and of another size in each."""
    off, size = rng.normal(0, 0.03, 2), float(np.clip(rng.normal(0.95, 0.1), 0.65, 1.15))
    lines = [(((line - 0.5) * size + 0.5) + off).astype(np.float32) for line in lines]
    box = (place.x * DRAWN, place.y * DRAWN, place.w * DRAWN, place.h * DRAWN)
    draw(canvas, lines, box, writer, rng, DRAWN)


def _photographed(canvas: Image, rng: np.random.Generator) -> tuple[Image, npt.NDArray[np.float64]]:
    """A grey photograph of the grid, and the map from mm to its pixels (which knows nothing of its bend)."""
    scale = float(np.exp(rng.uniform(np.log(1.4), np.log(4.0))))
    grey = cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY)
    h, w = round(grey.shape[0] * scale / DRAWN), round(grey.shape[1] * scale / DRAWN)
    waves = cv2.resize(rng.normal(0, 0.5 * rng.random() * DRAWN, (3, 4, 2)).astype(np.float32), (w, h),
                       interpolation=cv2.INTER_CUBIC)  # fmt: skip
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    if scale < DRAWN:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.35 * DRAWN / scale)
    shot = cv2.remap(grey, (x + 0.5) * DRAWN / scale - 0.5 + waves[..., 0],
                     (y + 0.5) * DRAWN / scale - 0.5 + waves[..., 1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE).astype(np.float32)  # fmt: skip
    slope = (np.cos(rng.uniform(0, 6.3)) * x + np.sin(rng.uniform(0, 6.3)) * y) / max(h, w)
    light = 1 - float(rng.uniform(0, 0.4)) * slope
    if rng.random() < 0.3:
        edge = (x / w - float(rng.uniform(0, 1))) / float(rng.uniform(0.005, 0.05))
        light = light * (1 - float(rng.uniform(0.1, 0.45)) / (1 + np.exp(-np.clip(edge, -30, 30))))
    shot *= (np.clip(light, 0.3, 1.1) * float(rng.uniform(0.5, 1.0))).astype(np.float32)
    hard = float(rng.beta(1.2, 1.8))
    shot = cv2.GaussianBlur(shot, (0, 0), 0.25 + hard * float(rng.uniform(0.2, 0.5)) * scale**0.7)
    if hard > 0.4 and rng.random() < 0.5:
        length = max(2, round(float(rng.uniform(0.5, 3)) * (scale / 1.45) ** 0.7))
        shot = cv2.blur(shot, (length, 1) if rng.random() < 0.5 else (1, length))
    noise = cv2.GaussianBlur(rng.standard_normal((h, w), np.float32), (0, 0), 0.5)
    shot = shot + noise * np.float32(1.5 + 13 * hard)
    quality = int(rng.integers(40, 75)) if hard > 0.5 else int(rng.integers(60, 93))
    _, data = cv2.imencode(".jpg", np.clip(shot, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    matrix = np.asarray([[scale, 0, 0], [0, scale, 0], [0, 0, 1.0]])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8), matrix
