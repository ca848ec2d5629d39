"""Whether a page that was not found runs out of the photograph: by its tag, or by printed lines that do.

A page of which too little is left cannot be laid, but whoever took the photograph should know why.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form
from sirekap.reading.decode import Image
from sirekap.reading.flatten import affine, shrunk
from sirekap.reading.tags import find_tags

SIDES = ("top", "right", "bottom", "left")
SIDE = 1000  # px of the long side at which lines are sought
LONG = 0.06  # of the picture's side that a line must run
AT_RIM = 0.012  # of the long side: how near to the picture's border a line must end to run out of it
LINES = 4  # lines apart that must run out at a side
APART = 0.015  # of the long side between two lines


def lost_sides(grey: Image, form: Form) -> tuple[str, ...]:
    """The sides of the page as it is read, or without its tag of the picture, at which it is cut off."""
    by_tag = _beyond_tag(grey, form)
    return _at_border(grey) if by_tag is None else by_tag


def _beyond_tag(grey: Image, form: Form) -> tuple[str, ...] | None:
    """The sides that a page's tag says to lie outside the picture; None where no tag is seen."""
    for page, corners in find_tags(grey, form):
        assert page.tag is not None  # only a page with a tag has a tag's corners
        seen = [(float(x), float(y)) for x, y in corners.tolist()]
        matrix = affine(list(zip(page.tag.rect.corners, seen, strict=True)))
        if matrix is None or not page.marks:
            continue
        xs, ys = zip(*(mark.point for mark in page.marks), strict=True)
        centre = page.tag.rect.centre
        ends = {"top": (centre[0], min(ys)), "right": (max(xs), centre[1]),
                "bottom": (centre[0], max(ys)), "left": (min(xs), centre[1])}  # fmt: skip
        points = np.asarray([(*ends[side], 1.0) for side in SIDES]) @ matrix.T
        height, width = grey.shape
        return tuple(side for side, (x, y, _) in zip(SIDES, points, strict=True)
                     if not (0 <= x < width and 0 <= y < height))  # fmt: skip
    return None


def _at_border(grey: Image) -> tuple[str, ...]:
    """The sides of the picture at which several lines end that do not run from one side to the other."""
    small = shrunk(grey, SIDE)
    height, width = small.shape
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        return ()
    segments = np.asarray(found, np.float64).reshape(-1, 4)
    rim = AT_RIM * max(small.shape)
    lost = []
    for side, axis, edge in (("top", 1, 0), ("right", 0, width), ("bottom", 1, height), ("left", 0, 0)):
        many = _running_out(segments, axis, float(edge), (width, height)[axis], rim)
        if many >= LINES:
            lost.append((many, side))
    # what runs out at opposite sides alike is no page: squared paper, planks, tiles
    sides = {side for _, side in lost}
    return tuple(side for side in SIDES if side in sides and SIDES[(SIDES.index(side) + 2) % 4] not in sides)


def _running_out(segments: npt.NDArray[np.float64], axis: int, edge: float, length: int, rim: float) -> int:
    """How many lines apart run to a border of the picture and end well inside it."""
    ends = segments[:, [axis, axis + 2]]
    across = segments[:, [1 - axis, 3 - axis]]
    near = np.abs(ends - edge).min(axis=1) < rim
    long = np.abs(ends[:, 0] - ends[:, 1]) > np.maximum(LONG * length, np.abs(across[:, 0] - across[:, 1]))
    inside = np.abs(ends - edge).max(axis=1) < 0.95 * length
    at = np.where(np.abs(ends[:, 0] - edge) < np.abs(ends[:, 1] - edge), across[:, 0], across[:, 1])
    places = np.sort(at[near & long & inside])
    if not len(places):
        return 0
    return 1 + int(np.count_nonzero(np.diff(places) > APART * SIDE))
