"""What is wrong with a photograph, in words, so that whoever took it knows what to do better.

Everything is measured on what the form prints: the outline of each box tells blur, glare and light where it
matters. A remark "refuse" means that figures cannot be read; "warn" that they can, but a better picture helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page
from sirekap.reading.boxes import Placed, unseen
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, percentile, warp
from sirekap.reading.page import Found
from sirekap.reading.remarks import REFUSE, WARN, Remark
from sirekap.reading.runs_out import SIDES, lost_sides

PROFILE_SCALE, PROFILE_REACH = 4.0, 4.0  # px/mm, and mm to both sides of a box's line
LINES_OF = 6  # fields at most whose lines tell how sharp the photograph is
BLUR_WARN, BLUR_REFUSE = 3.0, 4.2  # mm: width of a printed line, which is about 1 mm on paper
SMALL_WARN, SMALL_REFUSE = 1.3, 0.8  # px/mm
DARK_WARN, DARK_REFUSE = 75.0, 45.0  # grey level of paper
SATURATED, GLARE_SHARE = 250, 0.15
SHADOW_STEP, SHADOW_DEPTH = 0.62, 0.40  # light across one figure, and of a figure against the page's best
PICTURE_DARK, PICTURE_SOFT = 45.0, 12.0  # median grey, and variance of the Laplacian, of a picture without form


def verdict(grey: Image, form: Form, found: Found | None, placed: Sequence[Placed]) -> tuple[Remark, ...]:
    """All that is wrong with a photograph (grey, upright), the worst first; nothing for a good one."""
    remarks = _of_picture(grey, form) if found is None else _of_page(grey, form, found, placed)
    return tuple(sorted(remarks, key=lambda remark: remark.severity != REFUSE))


def _of_picture(grey: Image, form: Form) -> list[Remark]:
    """Why no form may have been found."""
    remarks = [Remark("no-form", (), REFUSE)]
    lost = lost_sides(grey, form)
    if lost:
        remarks.append(Remark("cut", lost, REFUSE))
    scale = min(1.0, 1000 / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if float(np.median(small)) < PICTURE_DARK:
        remarks.append(Remark("dark", (), REFUSE))
    if float(cv2.Laplacian(small, cv2.CV_32F).var()) < PICTURE_SOFT:
        remarks.append(Remark("blurred", (), REFUSE))
    return remarks


def _of_page(grey: Image, form: Form, found: Found, placed: Sequence[Placed]) -> list[Remark]:
    remarks = _cut(grey, form, found, placed)
    inside = [item for item in placed if in_picture(item, grey)]
    whole = [
        ("small", -px_per_mm(form, found.matrix), -SMALL_WARN, -SMALL_REFUSE),
        ("blurred", _line_width(grey, inside), BLUR_WARN, BLUR_REFUSE),
    ]
    paper = {item.field.name: _paper(grey, item) for item in inside}
    if paper:
        whole.append(
            ("dark", -float(np.median([part.max() for part in paper.values()])), -DARK_WARN, -DARK_REFUSE)
        )
    remarks += [
        Remark(code, (), REFUSE if value > most else WARN) for code, value, least, most in whole if value > least
    ]
    glare = [item.field.name for item in inside if _saturated(grey, item) > GLARE_SHARE]
    if glare:
        remarks.append(Remark("glare", tuple(glare), REFUSE))
    remarks += _shadow(paper)
    lost = [item.field.name for item in inside if unseen(item, placed) and item.field.name not in glare]
    return [*remarks, Remark("unseen", tuple(lost), REFUSE)] if lost else remarks


def _shadow(paper: Mapping[str, npt.NDArray[np.float64]]) -> list[Remark]:
    best = max((float(part.max()) for part in paper.values()), default=0.0)
    dim = [
        name
        for name, part in paper.items()
        if part.min() < SHADOW_STEP * part.max() or part.max() < SHADOW_DEPTH * best
    ]
    return [Remark("shadow", tuple(dim), WARN)] if dim else []


def _cut(grey: Image, form: Form, found: Found, placed: Iterable[Placed]) -> list[Remark]:
    """The sides at which the form's printed border runs out of the picture."""
    left, top, right, bottom = _border(form, found.page)
    along = np.linspace(0, 1, 21)
    sides = {
        "top": np.column_stack([left + along * (right - left), np.full(21, top)]),
        "right": np.column_stack([np.full(21, right), top + along * (bottom - top)]),
        "bottom": np.column_stack([left + along * (right - left), np.full(21, bottom)]),
        "left": np.column_stack([np.full(21, left), top + along * (bottom - top)]),
    }
    # a side counts where its middle part is lost: at its ends it is its neighbour that is cut
    lost = tuple(side for side in SIDES if _outside(grey, found.matrix, sides[side][4:17]).mean() > 0.6)
    if not lost:
        return []
    return [Remark("cut", lost, WARN if all(in_picture(item, grey) for item in placed) else REFUSE)]


def _border(form: Form, page: Page) -> tuple[float, float, float, float]:
    """Left, top, right and bottom in mm of what is printed: the corner marks, else frames and boxes."""
    points = [mark.point for mark in page.marks] or [
        corner
        for rect in (
            *(frame.rect for frame in page.frames),
            *(box for field in form.fields_of(page.number) for box in field.boxes),
        )
        for corner in rect.corners
    ]
    xs, ys = ([point[axis] for point in points] for axis in (0, 1))
    return min(xs), min(ys), max(xs), max(ys)


def _outside(grey: Image, matrix: Matrix, mm: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which points of a map, of shape (n, 2) in mm, lie outside the picture."""
    points = np.column_stack([mm, np.ones(len(mm))]) @ matrix.T
    pixels = points[:, :2] / points[:, 2:]
    height, width = grey.shape
    return np.asarray(
        ((pixels < 0) | (pixels >= (width, height))).any(axis=1) | (points[:, 2] * matrix[2, 2] <= 0)
    )


def in_picture(placed: Placed, grey: Image) -> bool:
    """Whether all of a field's boxes lie in the picture."""
    corners = [corner for index in range(len(placed.field.boxes)) for corner in placed.box(index).corners]
    return not bool(_outside(grey, placed.matrix, np.asarray(corners)).any())


def px_per_mm(form: Form, matrix: Matrix) -> float:
    """Pixels of the photograph to a millimetre of the page, on average."""
    width, height = form.width, form.height
    corners = np.asarray([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], float) @ matrix.T
    area = cv2.contourArea((corners[:, :2] / corners[:, 2:]).astype(np.float32))
    return float(np.sqrt(area / (width * height)))


def _line_width(grey: Image, placed: Sequence[Placed]) -> float:
    """Width in mm at half depth of some boxes' upper and lower lines as photographed: the median."""
    widths = []
    for item in placed[:: max(1, -(-len(placed) // LINES_OF))]:
        for index in range(0, len(item.field.boxes), 2):
            box = item.box(index)
            for y in (box.y, box.y + box.h):
                origin = (box.x + 0.25 * box.w, y - PROFILE_REACH)
                strip = warp(grey, item.matrix, origin, (0.5 * box.w, 2 * PROFILE_REACH), PROFILE_SCALE)
                profile = np.sort(strip, axis=1)[:, strip.shape[1] // 2].astype(float)
                depth = profile.max() - profile.min()
                if depth > 8:
                    widths.append(np.count_nonzero(profile < profile.min() + 0.5 * depth) / PROFILE_SCALE)
    return float(np.median(widths)) if widths else 0.0


def _paper(grey: Image, placed: Placed) -> npt.NDArray[np.float64]:
    """Grey level of the paper in each box."""
    levels = []
    for index in range(len(placed.field.boxes)):
        box = placed.box(index)
        flat = warp(grey, placed.matrix, (box.x, box.y), (box.w, box.h), 1.0)
        levels.append(percentile(flat, 75))
    return np.asarray(levels)


def _saturated(grey: Image, placed: Placed) -> float:
    """The share of the boxes' printed lines that glare has washed out."""
    lost = []
    for index in range(len(placed.field.boxes)):
        box = placed.box(index)
        flat = warp(grey, placed.matrix, (box.x - 1, box.y - 1), (box.w + 2, box.h + 2), 2.0)
        band = cv2.erode(flat, np.ones((5, 5), np.uint8))
        lost += [band[2, 2:-2], band[-3, 2:-2], band[2:-2, 2], band[2:-2, -3]]
    return float(np.mean(np.concatenate(lost) >= SATURATED))
