"""Where each box really lies: paper curls and folds, so one map for the whole page is not enough.

Each field's row of boxes is registered against its printed lines, then each box by itself. A field whose
lines cannot be seen takes the displacement of its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Bubbles, Field, Form, Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, peak, project, warp
from sirekap.reading.page import Found

SCALE = 2.0  # px/mm in which lines are registered
FIELD_REACH = 8.0  # mm by which a field may lie off the page's map
BENT_REACH = 5.0  # the same, where the paper's bend is known
BOX_REACH = 1.5  # mm by which a box may lie off its field
BUBBLE_REACH = 4.0
REFUSED, REFUSED_SHARE = 0.36, 0.62  # agreement below which a field is not read: alone, and of its page's median
SEEN = 0.40  # least agreement with the printed lines that counts as seen
NEIGHBOURHOOD = 130.0  # mm over which displacements of curled paper are alike
MARGIN = 1.6  # mm of surroundings in a crop
CROP_SCALE = 2.5  # px/mm of a crop
CUT_SCALE = 3.0
CUT_MARGIN = 5.0

Offset = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """A field as it lies in the photograph. `matrix` is the page's map as the paper bends it there, `offsets`
    the displacement of each box from it in mm, `seen` how well the field's lines were seen (−1 to 1).
    """

    field: Field
    matrix: Matrix
    offsets: tuple[Offset, ...]
    seen: float

    def box(self, index: int) -> Rect:
        """A box of the field where it lies, in mm of the field's map."""
        box, (dx, dy) = self.field.boxes[index], self.offsets[index]
        return Rect(box.x + dx, box.y + dy, box.w, box.h)


def place_fields(grey: Image, form: Form, found: Found) -> tuple[Placed, ...]:
    """All fields of the page where they lie."""
    fields = form.fields_of(found.page.number)
    reach = FIELD_REACH if found.bend is None else BENT_REACH
    maps = [
        found.matrix if found.bend is None else found.bend.near(found.matrix, *field.area.centre)
        for field in fields
    ]
    raw = [
        _register(grey, matrix, field.boxes, (0.0, 0.0), reach)
        for field, matrix in zip(fields, maps, strict=True)
    ]
    placed = []
    for index, field in enumerate(fields):
        offset = _agreed(fields, raw, index)
        offsets = []
        for box in field.boxes:
            own, seen = _register(grey, maps[index], (box,), offset, BOX_REACH)
            offsets.append(own if seen >= SEEN else offset)
        placed.append(Placed(field, maps[index], tuple(offsets), raw[index][1]))
    return tuple(placed)


def unseen(item: Placed, placed: Sequence[Placed]) -> bool:
    """Whether a field's lines are seen too badly to say that its boxes are where it is thought to lie."""
    usual = float(np.median([other.seen for other in placed]))
    return item.seen < max(REFUSED, REFUSED_SHARE * usual)


def _agreed(fields: Sequence[Field], raw: Sequence[tuple[Offset, float]], index: int) -> Offset:
    """A field's displacement: its own where it was seen and its neighbours do not contradict it."""
    own, seen = raw[index]
    here = np.asarray(fields[index].area.centre)
    weights, shifts = [], []
    for other, (offset, score) in enumerate(raw):
        if other == index or score < SEEN:
            continue
        far = float(np.hypot(*(np.asarray(fields[other].area.centre) - here)))
        weights.append(score * float(np.exp(-((far / NEIGHBOURHOOD) ** 2))))
        shifts.append(offset)
    if sum(weights) < 0.05:
        return own if seen >= SEEN else (0.0, 0.0)
    mean = np.average(np.asarray(shifts), axis=0, weights=np.asarray(weights))
    contradicted = float(np.hypot(*(np.asarray(own) - mean))) > 4.0 and sum(weights) > 1.0
    return own if seen >= SEEN and not contradicted else (float(mean[0]), float(mean[1]))


@lru_cache(maxsize=256)
def _outline(
    sizes: tuple[tuple[float, float, float, float], ...],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], float]:
    """Weights of some boxes' lines (x, y, w, h in mm from the first), their mask, and the margin in mm."""
    margin = 3.0
    width = max(x + w for x, _, w, _ in sizes) + 2 * margin
    height = max(y + h for _, y, _, h in sizes) + 2 * margin
    canvas = np.zeros((round(height * SCALE), round(width * SCALE)), np.float32)
    for grown, value in ((2.2, -1.0), (0.0, 1.0), (-2.2, -1.0)):
        for x, y, w, h in sizes:
            a = (round((margin + x - grown) * SCALE), round((margin + y - grown) * SCALE))
            b = (round((margin + x + w + grown) * SCALE), round((margin + y + h + grown) * SCALE))
            cv2.rectangle(canvas, a, b, value, 2)
    return _balanced(canvas), (canvas != 0).astype(np.float32), margin


def _balanced(canvas: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights whose positive and negative parts each sum to one."""
    for part in (canvas > 0, canvas < 0):
        canvas[part] /= np.float32(max(1, int(np.count_nonzero(part))))
    return canvas


def _register(
    grey: Image, matrix: Matrix, boxes: Sequence[Rect], offset: Offset, reach: float
) -> tuple[Offset, float]:
    """The displacement of some boxes around `offset` within `reach` mm, and how well their lines are seen."""
    first = boxes[0]
    template, mask, margin = _outline(tuple((b.x - first.x, b.y - first.y, b.w, b.h) for b in boxes))
    steps = round(reach * SCALE)
    origin = (first.x + offset[0] - margin - steps / SCALE, first.y + offset[1] - margin - steps / SCALE)
    size = ((template.shape[1] + 2 * steps) / SCALE, (template.shape[0] + 2 * steps) / SCALE)
    flat = warp(grey, matrix, origin, size, SCALE)
    return _best(flat, template, mask, steps, offset)


def _best(
    flat: Image, template: npt.NDArray[np.float32], mask: npt.NDArray[np.float32], steps: int, offset: Offset
) -> tuple[Offset, float]:
    dark = cv2.blur(flat, (31, 31)).astype(np.float32) - flat
    contrast = cv2.matchTemplate(dark, template, cv2.TM_CCORR)
    energy = cv2.matchTemplate(dark * dark, mask, cv2.TM_CCORR)
    scores = contrast / (np.sqrt(np.maximum(energy, 1.0)) * float(np.sqrt(np.sum(template * template))))
    _, score, _, place = cv2.minMaxLoc(scores)
    dx, dy = peak(scores, place)
    shift = ((place[0] + dx - steps) / SCALE, (place[1] + dy - steps) / SCALE)
    return (offset[0] + shift[0], offset[1] + shift[1]), float(score)


def box_quads(placed: Placed) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The four corners of each box, clockwise from its top left, in whole pixels of the photograph."""
    return tuple(
        tuple(
            (round(u), round(v)) for u, v in (project(placed.matrix, x, y) for x, y in placed.box(index).corners)
        )
        for index in range(len(placed.field.boxes))
    )


def crops(image: Image, placed: Placed) -> list[Image]:
    """One crop a box, with its frame and MARGIN mm around it."""
    result = []
    for index in range(len(placed.field.boxes)):
        box = placed.box(index)
        size = (box.w + 2 * MARGIN, box.h + 2 * MARGIN)
        result.append(warp(image, placed.matrix, (box.x - MARGIN, box.y - MARGIN), size, CROP_SCALE))
    return result


def crops_grey(grey: Image, placed: Placed) -> Image:
    """The field's boxes side by side in one grey strip."""
    area = placed.field.area
    dx, dy = np.asarray(placed.offsets).mean(axis=0)
    return warp(grey, placed.matrix, (area.x + dx, area.y + dy), (area.w, area.h), SCALE)


def cut(image: Image, placed: Placed) -> Image:
    """The field as people are shown it: all its boxes with CUT_MARGIN mm around them."""
    first, last = placed.box(0), placed.box(len(placed.field.boxes) - 1)
    bubbles = placed.field.bubbles
    bottom = max(first.y, last.y) + first.h
    if bubbles is not None:
        bottom += bubbles.centre(0, 9)[1] + bubbles.radius - (placed.field.boxes[0].y + first.h)
    top = min(first.y, last.y)
    size = (last.x + last.w - first.x + 2 * CUT_MARGIN, bottom - top + 2 * CUT_MARGIN)
    return warp(image, placed.matrix, (first.x - CUT_MARGIN, top - CUT_MARGIN), size, CUT_SCALE)


@lru_cache(maxsize=16)
def _rings(bubbles: Bubbles, rows: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], float]:
    margin = bubbles.radius + 3.0
    width = bubbles.columns[-1] - bubbles.columns[0] + 2 * margin
    height = (rows - 1) * bubbles.pitch + 2 * margin
    canvas = np.zeros((round(height * SCALE), round(width * SCALE)), np.float32)
    for grown, value in ((1.5, -1.0), (-1.3, -1.0), (0.0, 1.0)):
        for x in bubbles.columns:
            for row in range(rows):
                middle = (
                    round((margin + x - bubbles.columns[0]) * SCALE),
                    round((margin + row * bubbles.pitch) * SCALE),
                )
                cv2.circle(canvas, middle, round((bubbles.radius + grown) * SCALE), value, 1)
    return _balanced(canvas), (canvas != 0).astype(np.float32), margin


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble where it lies, in mm of the page's map; its darkness is from 0 like paper to 1 like print."""

    x: float
    y: float
    darkness: float


def bubble_darkness(grey: Image, placed: Placed) -> tuple[tuple[float, ...], ...]:
    """For each column the darkness of its ten bubbles, 0 like paper to 1 like print; empty without bubbles."""
    return tuple(tuple(b.darkness for b in column) for column in place_bubbles(grey, placed))


def place_bubbles(grey: Image, placed: Placed) -> tuple[tuple[Bubble, ...], ...]:
    """For each column its ten bubbles; empty without bubbles.

    The upper and lower five rows are registered apart, because a fold may run between them.
    """
    bubbles = placed.field.bubbles
    if bubbles is None:
        return ()
    columns: list[list[Bubble]] = [[] for _ in bubbles.columns]
    mean = np.asarray(placed.offsets).mean(axis=0)
    # the thick lines of the boxes above tell how dark ink is here; the bubbles' own lines are too thin
    ink = float(np.percentile(crops_grey(grey, placed), 3))
    for first_row in (0, 5):
        template, mask, margin = _rings(bubbles, 5)
        steps = round(BUBBLE_REACH * SCALE)
        x, y = bubbles.columns[0] + mean[0], bubbles.first_y + first_row * bubbles.pitch + mean[1]
        origin = (x - margin - steps / SCALE, y - margin - steps / SCALE)
        size = ((template.shape[1] + 2 * steps) / SCALE, (template.shape[0] + 2 * steps) / SCALE)
        flat = warp(grey, placed.matrix, origin, size, SCALE)
        (dx, dy), score = _best(flat, template, mask, steps, (0.0, 0.0))
        if score < 0.25:
            dx, dy = 0.0, 0.0
        paper = float(np.percentile(flat, 80))
        for column in range(len(bubbles.columns)):
            for row in range(5):
                u = (margin + bubbles.columns[column] - bubbles.columns[0] + dx) * SCALE + steps
                v = (margin + row * bubbles.pitch + dy) * SCALE + steps
                level = _disc(flat, u, v, 0.72 * bubbles.radius * SCALE)
                dark = min(1.0, max(0.0, (paper - level) / max(25.0, paper - ink)))
                columns[column].append(Bubble(origin[0] + u / SCALE, origin[1] + v / SCALE, float(dark)))
    return tuple(tuple(column) for column in columns)


def _disc(flat: Image, u: float, v: float, radius: float) -> float:
    """Mean grey of a disc around (u, v) in pixels."""
    x0, y0 = max(0, int(u - radius)), max(0, int(v - radius))
    part = flat[y0 : int(v + radius) + 2, x0 : int(u + radius) + 2]
    ys, xs = np.mgrid[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]]
    inside = (xs + 0.5 - u) ** 2 + (ys + 0.5 - v) ** 2 <= radius**2
    return float(part[inside].mean()) if inside.any() else 255.0
