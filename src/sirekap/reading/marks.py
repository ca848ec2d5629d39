"""The corner marks: two black squares that touch, alike in all four corners."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from sirekap.forms import CornerMark
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Point, peak, project, warp

MARK_SCORE = 0.55
PATCH_SCALE = 2.0  # px/mm of the patch in which a corner mark is placed
FAR = 170.0  # mm around its expected place in which a mark far from the tag is sought
FAR_SCALE = 1.0


@lru_cache(maxsize=2)
def _mark_template(scale: float = PATCH_SCALE) -> Image:
    """A corner mark, 22 mm square: all four look the same, two squares along the diagonal."""
    side, half = round(22 * scale), round(7.2 * scale)
    template = np.full((side, side), 230, np.uint8)
    middle = side // 2
    template[middle - half : middle, middle - half : middle] = 30
    template[middle : middle + half, middle : middle + half] = 30
    return np.asarray(cv2.GaussianBlur(template, (0, 0), 1.0), np.uint8)


def find_mark(
    grey: Image, matrix: Matrix, mark: CornerMark, reach: float, *, fine: bool = True
) -> tuple[float, float] | None:
    """Where a corner mark's point lies in the photograph, within `reach` mm of where it should.

    Not `fine` is to the nearest millimetre, at a quarter of the cost.
    """
    scale = PATCH_SCALE if fine else FAR_SCALE
    size = 2 * reach + 24.0
    origin = (mark.point[0] - size / 2, mark.point[1] - size / 2)
    patch = warp(grey, matrix, origin, (size, size), scale, border=128)
    template = _mark_template(scale)
    scores = cv2.matchTemplate(patch, template, cv2.TM_CCOEFF_NORMED)
    _, score, _, place = cv2.minMaxLoc(scores)
    if score < MARK_SCORE:
        return None
    half = template.shape[0] / 2
    dx, dy = peak(np.asarray(scores, np.float32), place)
    x = origin[0] + (place[0] + dx + half) / scale
    y = origin[1] + (place[1] + dy + half) / scale
    return project(matrix, x, y)


def candidates(grey: Image, matrix: Matrix, mark: CornerMark, reach: float = FAR) -> list[Point]:
    """Up to six places, best first, that look like the corner mark within `reach` mm of where it should be."""
    size = 2 * reach
    origin = (mark.point[0] - reach, mark.point[1] - reach)
    patch = warp(grey, matrix, origin, (size, size), FAR_SCALE, border=128)
    peaks: list[tuple[float, float, float]] = []
    for stretch in (0.8, 1.0, 1.25):
        template = cv2.resize(
            _mark_template(),
            None,
            fx=stretch * FAR_SCALE / PATCH_SCALE,
            fy=stretch * FAR_SCALE / PATCH_SCALE,
            interpolation=cv2.INTER_AREA,
        )
        scores = cv2.matchTemplate(patch, template, cv2.TM_CCOEFF_NORMED)
        half = template.shape[0] / 2
        for _ in range(5):
            _, score, _, (x, y) = cv2.minMaxLoc(scores)
            if score < MARK_SCORE:
                break
            peaks.append((score, (x + half) / FAR_SCALE, (y + half) / FAR_SCALE))
            scores[max(0, y - 6) : y + 7, max(0, x - 6) : x + 7] = -1
    kept: list[tuple[float, float, float]] = []
    for place in sorted(peaks, reverse=True):
        if all(np.hypot(place[1] - other[1], place[2] - other[2]) > 6 for other in kept):
            kept.append(place)
    return [project(matrix, origin[0] + x, origin[1] + y) for _, x, y in kept[:6]]
