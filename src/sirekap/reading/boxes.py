"""Where each box really lies: paper curls and folds, so one map for the whole page is not enough.

Each field's row of boxes is registered against its printed lines, then each box by itself. A field whose
lines cannot be seen takes the displacement of its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Bubbles, Field, Form, Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, enlarged_map, percentile, project, warp
from sirekap.reading.page import Found
from sirekap.reading.register import SCALE, Offset, Template, best, cut_row, darkness, sought_boxes, template_of

FIELD_REACH = 8.0  # mm by which a field may lie off the page's map
BENT_REACH = 5.0  # the same, where the paper's bend is known
BUBBLE_REACH = 4.0
BLOCK = 3  # rows of a block that can be mistaken for one another
REFUSED, REFUSED_SHARE = 0.36, 0.62  # agreement below which a field is not read: alone, and of its page's median
ENDS_ALIKE = 0.75  # a row with no box whose lines show this much worse than another's is where it was found
CLEARLY_BETTER = 0.03  # agreement by which a row a box further is the right one
LEAST_OWN = 0.25  # agreement that one box of a row at least must reach by itself
SEEN = 0.40  # least agreement with the printed lines that counts as seen
NEIGHBOURHOOD = 130.0  # mm over which displacements of curled paper are alike
MARGIN = 1.6  # mm of surroundings in a crop
CROP_SCALE = 2.5  # px/mm of a crop
CUT_SCALE = 2.5  # a 12-megapixel photograph of the large sheet, read at half its size, shows no more
CUT_MARGIN = 5.0


Array = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Placed:
    """A field as it lies in the photograph. `matrix` is the page's map as the paper bends it there, `offsets`
    the displacement of each box from it in mm, `seen` how well the field's lines were seen (−1 to 1), `own` how
    well each box's were by itself.
    """

    field: Field
    matrix: Matrix
    offsets: tuple[Offset, ...]
    seen: float
    own: tuple[float, ...] = ()

    def box(self, index: int) -> Rect:
        """A box of the field where it lies, in mm of the field's map."""
        box, (dx, dy) = self.field.boxes[index], self.offsets[index]
        return Rect(box.x + dx, box.y + dy, box.w, box.h)


def place_fields(grey: Image, form: Form, found: Found) -> tuple[Placed, ...]:
    """All fields of the page where they lie; `seen` is 0 where they lie a box to the side."""
    placed = place_rows(grey, form, found)
    # only where paper was followed along its bends can a row have been taken a box further
    return placed if found.bend is None else tuple(_without_astray(grey, placed))


def place_rows(grey: Image, form: Form, found: Found) -> tuple[Placed, ...]:
    """All fields where their rows of boxes show best, be it a box to the side."""
    fields = form.fields_of(found.page.number)
    reach = FIELD_REACH if found.bend is None else BENT_REACH
    maps = [
        found.matrix if found.bend is None else found.bend.near(found.matrix, *field.area.centre)
        for field in fields
    ]
    rows = [cut_row(grey, matrix, field.boxes, reach) for field, matrix in zip(fields, maps, strict=True)]
    raw = [row.sought() for row in rows]
    agreed = _agreed(fields, raw)
    placed = []
    for number, boxes in enumerate(sought_boxes(rows, agreed)):
        offsets = tuple(own if seen >= SEEN else agreed[number] for own, seen in boxes)
        own = tuple(seen for _, seen in boxes)
        placed.append(Placed(fields[number], maps[number], offsets, raw[number][1], own))
    return tuple(placed)


def _without_astray(grey: Image, placed: Sequence[Placed]) -> list[Placed]:
    """The fields, those not seen that lie a box further; none is where several do: one bend led all.

    One alone may be a thumb over a box.
    """
    astray = [astray_by(grey, item) != 0 for item in placed]
    lost = [True] * len(astray) if sum(astray) > 1 else astray
    return [replace(item, seen=0.0) if gone else item for item, gone in zip(placed, lost, strict=True)]


def astray_by(grey: Image, item: Placed) -> float:
    """By how many mm to the right a row of boxes shows better than where it was found: one box, or 0."""
    boxes = item.field.boxes
    if len(boxes) < 2 or min(item.own) > ENDS_ALIKE * max(item.own):
        return 0.0
    dx, dy = (float(v) for v in np.median(np.asarray(item.offsets), axis=0))
    pitch = boxes[1].x - boxes[0].x
    for way in (-pitch, pitch):
        beside = tuple(Rect(box.x + dx + way, box.y + dy, box.w, box.h) for box in boxes)
        if cut_row(grey, item.matrix, beside, BENT_REACH).sought()[1] > item.seen + CLEARLY_BETTER:
            return way
    return 0.0


def unseen(item: Placed, placed: Sequence[Placed]) -> bool:
    """Whether a field's lines are seen too badly to say that its boxes are where it is thought to lie.

    So is a whole block of rows of which the first or last is not seen: rows look alike, and the block may lie
    a row astray, which shows where it ends alone.
    """
    least = max(REFUSED, REFUSED_SHARE * median(other.seen for other in placed))
    if item.seen < least or (item.own and max(item.own) < LEAST_OWN):
        return True
    column = _column(item, placed)
    best = max(other.seen for other in column)
    return len(column) >= BLOCK and min(column[0].seen, column[-1].seen) < REFUSED_SHARE * best


def _column(item: Placed, placed: Sequence[Placed]) -> list[Placed]:
    """The fields straight above and below whose rows adjoin, from the top, with the field itself."""
    box = item.field.boxes[0]
    beneath = sorted(
        (other for other in placed if abs(other.field.boxes[0].x - box.x) < box.w / 2),
        key=lambda other: other.field.boxes[0].y,
    )
    first = last = beneath.index(item)
    while first > 0 and _adjoin(beneath[first - 1], beneath[first]):
        first -= 1
    while last + 1 < len(beneath) and _adjoin(beneath[last], beneath[last + 1]):
        last += 1
    return beneath[first : last + 1]


def _adjoin(upper: Placed, lower: Placed) -> bool:
    top, below = upper.field.boxes[0], lower.field.boxes[0]
    return below.y - top.y < 1.6 * top.h


def _agreed(fields: Sequence[Field], raw: Sequence[tuple[Offset, float]]) -> list[Offset]:
    """The fields' displacements: their own where they were seen and their neighbours do not contradict them."""
    centres = np.asarray([field.area.centre for field in fields])
    shifts, seen = np.asarray([offset for offset, _ in raw]), np.asarray([score for _, score in raw])
    far = np.linalg.norm(centres[:, None] - centres[None, :], axis=2)
    weights = np.where(seen >= SEEN, seen, 0.0) * np.exp(-((far / NEIGHBOURHOOD) ** 2))
    np.fill_diagonal(weights, 0.0)
    total = weights.sum(axis=1)
    means = weights @ shifts / np.maximum(total, 1e-9)[:, None]
    contradicted = (np.linalg.norm(shifts - means, axis=1) > 4.0) & (total > 1.0)
    alone = total < 0.05
    own = (seen >= SEEN) & (alone | ~contradicted)
    chosen = np.where(own[:, None], shifts, np.where(alone[:, None], 0.0, means))
    return [(float(x), float(y)) for x, y in chosen]


def box_quads(placed: Placed, reduced: int = 1) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The four corners of each box, clockwise from its top left, in whole pixels of the photograph.

    `reduced` is how many of its pixels one of the picture stands for in which the field was placed.
    """
    matrix = enlarged_map(placed.matrix, reduced)
    return tuple(
        tuple((round(u), round(v)) for u, v in (project(matrix, x, y) for x, y in placed.box(index).corners))
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
def _rings(bubbles: Bubbles, rows: int) -> tuple[Template, float]:
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
    return template_of(canvas), margin


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
    ink = percentile(crops_grey(grey, placed), 3)
    for first_row in (0, 5):
        template, margin = _rings(bubbles, 5)
        steps = round(BUBBLE_REACH * SCALE)
        x, y = bubbles.columns[0] + mean[0], bubbles.first_y + first_row * bubbles.pitch + mean[1]
        origin = (x - margin - steps / SCALE, y - margin - steps / SCALE)
        height, width = (side + 2 * steps for side in template.weights.shape)
        flat = warp(grey, placed.matrix, origin, (width / SCALE, height / SCALE), SCALE)
        (dx, dy), score = best(darkness(flat), template, steps)
        if score < 0.25:
            dx, dy = 0.0, 0.0
        paper = percentile(flat, 80)
        u = (margin + np.asarray(bubbles.columns) - bubbles.columns[0] + dx) * SCALE + steps
        v = (margin + np.arange(5) * bubbles.pitch + dy) * SCALE + steps
        levels = _discs(flat, u, v, 0.72 * bubbles.radius * SCALE)
        dark = np.clip((paper - levels) / max(25.0, paper - ink), 0.0, 1.0)
        for column, across in enumerate(u):
            for row, down in enumerate(v):
                place = origin[0] + float(across) / SCALE, origin[1] + float(down) / SCALE
                columns[column].append(Bubble(*place, float(dark[column, row])))
    return tuple(tuple(column) for column in columns)


def _discs(flat: Image, u: Array, v: Array, radius: float) -> Array:
    """Mean grey of the discs around each (u, v) in pixels, shape (len(u), len(v)); 255 outside the picture."""
    near = np.arange(int(2 * radius) + 3)
    xs, ys = ((at - radius).astype(int)[:, None] + near for at in (u, v))
    far = (xs + 0.5 - u[:, None])[:, None, None, :] ** 2 + (ys + 0.5 - v[:, None])[None, :, :, None] ** 2
    height, width = flat.shape
    there = ((xs >= 0) & (xs < width))[:, None, None, :] & ((ys >= 0) & (ys < height))[None, :, :, None]
    inside = (far <= radius**2) & there
    grey = flat[np.clip(ys, 0, height - 1)[None, :, :, None], np.clip(xs, 0, width - 1)[:, None, None, :]]
    count = inside.sum(axis=(2, 3))
    return np.where(count > 0, (grey * inside).sum(axis=(2, 3)) / np.maximum(count, 1), 255.0)
