"""Boxes registered against their printed lines: rows one by one, all boxes of a page at once.

A row is cut out of the photograph once. Its boxes are sought in the same strip, as one matrix product of all
windows with the outline in every place that it may have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, peak, warp

SCALE = 2.0  # px/mm in which lines are registered
BOX_REACH = 1.5  # mm by which a box may lie off its row
EDGE = round(BOX_REACH * SCALE)
MARGIN = 3.0  # mm around the boxes in a template
PAPER = 31  # px whose mean is the paper

Floats = npt.NDArray[np.float32]
Offset = tuple[float, float]


@dataclass(frozen=True)
class Template:
    """Weights of printed lines at SCALE, positive on them, negative beside, each part summing to one; their
    mask; and their length as a vector.
    """

    weights: Floats
    mask: Floats
    length: float


def template_of(canvas: Floats) -> Template:
    """From a drawing with +1 on the lines and −1 beside them."""
    mask = (canvas != 0).astype(np.float32)
    weights = canvas.copy()
    for part in (canvas > 0, canvas < 0):
        weights[part] /= np.float32(max(1, int(np.count_nonzero(part))))
    return Template(weights, mask, float(np.sqrt(np.sum(weights * weights))))


@lru_cache(maxsize=256)
def outline(sizes: tuple[tuple[float, float, float, float], ...]) -> Template:
    """Some boxes' lines (x, y, w, h in mm from the first) with MARGIN mm around them."""
    width = max(x + w for x, _, w, _ in sizes) + 2 * MARGIN
    height = max(y + h for _, y, _, h in sizes) + 2 * MARGIN
    canvas = np.zeros((round(height * SCALE), round(width * SCALE)), np.float32)
    for grown, value in ((2.2, -1.0), (0.0, 1.0), (-2.2, -1.0)):
        for x, y, w, h in sizes:
            a = (round((MARGIN + x - grown) * SCALE), round((MARGIN + y - grown) * SCALE))
            b = (round((MARGIN + x + w + grown) * SCALE), round((MARGIN + y + h + grown) * SCALE))
            cv2.rectangle(canvas, a, b, value, 2)
    return template_of(canvas)


def darkness(flat: Image) -> Floats:
    """How much darker than the paper around it each pixel is."""
    return np.asarray(cv2.subtract(cv2.blur(flat, (PAPER, PAPER)), flat, dtype=cv2.CV_32F), np.float32)


def best(dark: Floats, template: Template, steps: int) -> tuple[Offset, float]:
    """The displacement in mm at which a template agrees best, `steps` px around the middle, and its agreement."""
    contrast = cv2.matchTemplate(dark, template.weights, cv2.TM_CCORR)
    energy = cv2.matchTemplate(dark * dark, template.mask, cv2.TM_CCORR)
    scores = contrast / (np.sqrt(np.maximum(energy, 1.0)) * template.length)
    _, score, _, place = cv2.minMaxLoc(scores)
    dx, dy = peak(scores, place)
    return ((place[0] + dx - steps) / SCALE, (place[1] + dy - steps) / SCALE), float(score)


@dataclass(frozen=True)
class Row:
    """A row of boxes cut out around its expected place, `steps` px to each side and EDGE more."""

    boxes: tuple[Rect, ...]
    dark: Floats
    steps: int

    def sought(self) -> tuple[Offset, float]:
        """The displacement of the whole row in mm, and how well its lines are seen (−1 to 1)."""
        first = self.boxes[0]
        template = outline(tuple((b.x - first.x, b.y - first.y, b.w, b.h) for b in self.boxes))
        return best(np.ascontiguousarray(self.dark[EDGE:-EDGE, EDGE:-EDGE]), template, self.steps)

    def window(self, box: Rect, offset: Offset, shape: tuple[int, int]) -> tuple[Floats, Offset]:
        """Around a box displaced by `offset` mm; with the displacement that the window's middle stands for."""
        x, y = box.x - self.boxes[0].x, box.y - self.boxes[0].y
        height, width = shape[0] + 2 * EDGE, shape[1] + 2 * EDGE
        left = min(max(0, round((x + offset[0]) * SCALE) + self.steps), self.dark.shape[1] - width)
        top = min(max(0, round((y + offset[1]) * SCALE) + self.steps), self.dark.shape[0] - height)
        middle = ((left - self.steps) / SCALE - x, (top - self.steps) / SCALE - y)
        return self.dark[top : top + height, left : left + width], middle


def cut_row(grey: Image, matrix: Matrix, boxes: tuple[Rect, ...], reach: float) -> Row:
    """A row of boxes with `reach` mm around it, and what its boxes need beyond."""
    first, steps = boxes[0], round(reach * SCALE)
    around = MARGIN + (steps + EDGE) / SCALE
    template = outline(tuple((b.x - first.x, b.y - first.y, b.w, b.h) for b in boxes))
    height, width = (side + 2 * (steps + EDGE) for side in template.weights.shape)
    flat = warp(grey, matrix, (first.x - around, first.y - around), (width / SCALE, height / SCALE), SCALE)
    return Row(boxes, darkness(flat), steps)


def sought_boxes(rows: Sequence[Row], offsets: Sequence[Offset]) -> list[list[tuple[Offset, float]]]:
    """Each box by itself, around its row's displacement: its own in mm, and how well its lines are seen."""
    found: list[list[tuple[Offset, float]]] = [[((0.0, 0.0), 0.0)] * len(row.boxes) for row in rows]
    alike: dict[tuple[float, float], list[tuple[int, int]]] = {}
    for r, row in enumerate(rows):
        for b, box in enumerate(row.boxes):
            alike.setdefault((box.w, box.h), []).append((r, b))
    for (width, height), places in alike.items():
        template = outline(((0.0, 0.0, width, height),))
        cuts = [rows[r].window(rows[r].boxes[b], offsets[r], template.weights.shape) for r, b in places]
        windows = np.stack([window for window, _ in cuts]).reshape(len(cuts), -1)
        weights, masks = _everywhere(width, height)
        energy = np.sqrt(np.maximum((windows * windows) @ masks, 1.0)) * template.length
        side = 2 * EDGE + 1
        scores = ((windows @ weights) / energy).reshape(-1, side, side)
        for (r, b), (_, middle), score in zip(places, cuts, scores, strict=True):
            y, x = divmod(int(score.argmax()), side)
            dx, dy = peak(score, (x, y))
            shift = ((x + dx - EDGE) / SCALE, (y + dy - EDGE) / SCALE)
            found[r][b] = ((middle[0] + shift[0], middle[1] + shift[1]), float(score[y, x]))
    return found


@lru_cache(maxsize=8)
def _everywhere(width: float, height: float) -> tuple[Floats, Floats]:
    """A box's outline and its mask in each place that it may have in its window: shape (pixels, places)."""
    template = outline(((0.0, 0.0, width, height),))
    rows, columns = template.weights.shape
    side = 2 * EDGE + 1
    laid = np.zeros((2, side, side, rows + 2 * EDGE, columns + 2 * EDGE), np.float32)
    for y in range(side):
        for x in range(side):
            laid[0, y, x, y : y + rows, x : x + columns] = template.weights
            laid[1, y, x, y : y + rows, x : x + columns] = template.mask
    flat = np.ascontiguousarray(laid.reshape(2, side * side, -1).transpose(0, 2, 1))
    return flat[0], flat[1]
