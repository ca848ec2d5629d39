"""How well a photograph shows the boxes of a page where the form has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page, Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, warp

LAYOUT_SCALE = 1.0  # px/mm
LAYOUT_REACH = 6.0
ROW_MARGIN = 4.0
PAPER = 12  # px at LAYOUT_SCALE to each side, whose mean is the paper


@lru_cache(maxsize=512)
def _row_template(boxes: tuple[Rect, ...]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weights of a row of boxes at LAYOUT_SCALE: positive on their lines, negative just beside, summing to
    nothing; and the mask of both. ROW_MARGIN mm lie around the boxes.
    """
    first, last = boxes[0], boxes[-1]
    size = (last.x + last.w - first.x + 2 * ROW_MARGIN, first.h + 2 * ROW_MARGIN)
    canvas = np.zeros((round(size[1] * LAYOUT_SCALE), round(size[0] * LAYOUT_SCALE)), np.float32)
    for grown, value in ((3.0, -1.0), (0.0, 1.0), (-3.0, -1.0)):
        for box in boxes:
            x, y = box.x - first.x + ROW_MARGIN, box.y - first.y + ROW_MARGIN
            a = (round((x - grown) * LAYOUT_SCALE), round((y - grown) * LAYOUT_SCALE))
            b = (round((x + box.w + grown) * LAYOUT_SCALE), round((y + box.h + grown) * LAYOUT_SCALE))
            cv2.rectangle(canvas, a, b, value, 1)
    mask = (canvas != 0).astype(np.float32)
    for part in (canvas > 0, canvas < 0):
        canvas[part] /= np.float32(max(1, int(np.count_nonzero(part))))
    return canvas, mask


def layout_score(grey: Image, form: Form, page: Page, matrix: Matrix) -> float:
    """From −1 to 1: how well the photograph's dark lines lie where the page's boxes are printed.

    Each row of boxes is sought within LAYOUT_REACH mm of its place, because paper curls; the mean counts.
    """
    rows = [field.boxes for field in form.fields_of(page.number)]
    x0, y0, width, height = _around(form, rows)
    flat = warp(grey, matrix, (x0, y0), (width, height), LAYOUT_SCALE, border=128)
    dark = cv2.blur(flat, (2 * PAPER + 1, 2 * PAPER + 1)).astype(np.float32) - flat
    reach = round(LAYOUT_REACH * LAYOUT_SCALE)
    scores = []
    for boxes in rows:
        template, mask = _row_template(boxes)
        left = round((boxes[0].x - ROW_MARGIN) * LAYOUT_SCALE) - reach - x0
        top = round((boxes[0].y - ROW_MARGIN) * LAYOUT_SCALE) - reach - y0
        window = dark[top : top + template.shape[0] + 2 * reach, left : left + template.shape[1] + 2 * reach]
        contrast = cv2.matchTemplate(window, template, cv2.TM_CCORR)
        energy = cv2.matchTemplate(window * window, mask, cv2.TM_CCORR)
        norm = np.sqrt(np.maximum(energy, 100.0)) * np.sqrt(np.sum(template * template))
        scores.append(float(np.max(contrast / norm)))
    return float(np.mean(scores))


def _around(form: Form, rows: Sequence[tuple[Rect, ...]]) -> tuple[int, int, int, int]:
    """The part of a page, in whole mm (x, y, width, height), that shows rows of boxes and their paper."""
    beside = LAYOUT_REACH + ROW_MARGIN + PAPER / LAYOUT_SCALE + 1
    boxes = [box for row in rows for box in row]
    x0, y0 = (max(0, int(min(low) - beside)) for low in ([b.x for b in boxes], [b.y for b in boxes]))
    x1 = min(form.width, max(box.x + box.w for box in boxes) + beside)
    y1 = min(form.height, max(box.y + box.h for box in boxes) + beside)
    return x0, y0, round(x1) - x0, round(y1) - y0
