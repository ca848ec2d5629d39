"""The usual photograph: the whole sheet, nearly flat, its tag and its four corner marks in sight.

From the tag outwards each mark is looked for in a small patch, and each found one says better where the next is.
Where all four are seen and the boxes lie where they are printed, nothing else is searched. Every other photograph
goes the long way (`page`), which asks more of the picture and takes many times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sirekap.forms import Form, Page
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Pair, Points, affine, homography, shrunk
from sirekap.reading.layout import layout_score
from sirekap.reading.marks import find_mark
from sirekap.reading.tags import TagsIn, at_full_size, tags_in

TAG_SIDES = (600, 850)  # px of the shorter side at which the tag is sought, in turn
NEAR_REACH, FAR_REACH = 22.0, 70.0  # mm by which a mark may lie off: the one beside the tag, and the others
SHARP_REACH = 8.0  # mm by which a mark may lie off the map by all four


@dataclass(frozen=True)
class Seen:
    """A page with all its marks: `matrix` maps mm to pixels, `layout` is from −1 to 1 how its boxes lie."""

    page: Page
    matrix: Matrix
    marks: tuple[str, ...]
    layout: float


def usual(grey: Image, form: Form, least: float) -> Seen | None:
    """The form's page in a usual photograph; None where it is none, or its boxes lie worse than `least`."""
    for page, corners in _tags(grey, form):
        matrix = _outwards(grey, page, corners)
        if matrix is None:
            continue
        layout = layout_score(grey, form, page, matrix)
        if layout >= least:
            return Seen(page, matrix, tuple(sorted(mark.name for mark in page.marks)), layout)
    return None


def _tags(grey: Image, form: Form) -> TagsIn:
    """The form's tags, at the smallest size at which any is seen."""
    for side in TAG_SIDES:
        small = shrunk(grey, side * max(grey.shape) // min(grey.shape), quick=True)
        found = tags_in(small, form, quick=True)
        if found:
            return [(page, at_full_size(corners, small, grey)) for page, corners in found]
    return []


def _outwards(grey: Image, page: Page, corners: Points) -> Matrix | None:
    """The map by the four corner marks, found one after the other; None unless all are."""
    assert page.tag is not None  # only a page with a tag has a tag's corners
    known: list[Pair] = [
        (mm, (float(x), float(y))) for mm, (x, y) in zip(page.tag.rect.corners, corners.tolist(), strict=True)
    ]
    start = np.asarray(page.tag.rect.centre)
    order = sorted(page.marks, key=lambda mark: float(np.linalg.norm(np.asarray(mark.point) - start)))
    for number, mark in enumerate(order):
        # without perspective: so small a tag tells none, and the marks seen so far lie at one end of the page
        matrix = affine(known)
        reach = FAR_REACH if number else NEAR_REACH
        at = None if matrix is None else find_mark(grey, matrix, mark, reach, fine=not number)
        if at is None:
            return None
        known.append((mark.point, at))
    rough = homography(known[4:])
    if rough is None:
        return None
    pairs: list[Pair] = []
    for mark in page.marks:
        at = find_mark(grey, rough, mark, SHARP_REACH)
        if at is None:
            return None
        pairs.append((mark.point, at))
    return homography(pairs)
