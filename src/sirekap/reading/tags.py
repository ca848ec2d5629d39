"""The AprilTags of a form's pages: which page a photograph shows, and which way is up."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page, Tag
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Points, shrunk, warp

TAG_FAMILY = cv2.aruco.DICT_APRILTAG_36h10
TAG_SIZES = (1100, 2000, 3600)  # pixels of the long side at which the tag is sought, in turn
TAG_SHOWN = 0.65  # likeness of what stands in a tag's place from which it is the tag: another stays below 0.5
TAG_REACH = 5.0  # mm by which a tag may lie off the map by the page's lines
CELL_SCALE, CELL_BLUR = 2.0, 1.5  # px/mm, and mm of softness, in which a tag's cells are compared

TagsIn = list[tuple[Page, Points]]
"""Pages whose tag is seen, with the tag's four corners in pixels, clockwise from its top left."""


def find_tags(grey: Image, form: Form) -> TagsIn:
    """The form's tags in a photograph, at the smallest size at which any is seen."""
    longest = max(grey.shape)
    for target, quick in ((TAG_SIZES[0], True), *((size, False) for size in TAG_SIZES)):
        scale = min(1.0, target / longest)
        small = shrunk(grey, target)
        found = tags_in(small, form, quick=quick)
        if found or (scale == 1.0 and not quick):
            return [(page, at_full_size(corners, small, grey)) for page, corners in found]
    return []


def at_full_size(corners: Points, small: Image, grey: Image) -> Points:
    """Corners seen in a shrunk picture, in pixels of the whole one."""
    scale = max(small.shape) / max(grey.shape)
    return np.asarray((corners + 0.5) / scale - 0.5, np.float32)


def tags_in(grey: Image, form: Form, *, quick: bool) -> TagsIn:
    """The form's tags in a picture as it is; the quick look sees most of them, in most light."""
    tagged = [(page, page.tag) for page in form.pages if page.tag is not None]
    if not tagged:
        return []
    corners, ids, _ = _detector(tuple(tag.id for _, tag in tagged), quick).detectMarkers(grey)
    seen = [] if ids is None else [tagged[int(number)] for number in ids.flatten()]
    return [(page, _upright(tag, quad)) for (page, tag), quad in zip(seen, corners, strict=True)]


def _upright(tag: Tag, quad: npt.ArrayLike) -> Points:
    """The tag's corners in the order of its rectangle on the page."""
    corners = np.asarray(quad, np.float32).reshape(4, 2)
    return np.roll(corners, 2, axis=0) if tag.half_turned else corners


@lru_cache(maxsize=32)
def _detector(ids: tuple[int, ...], quick: bool) -> cv2.aruco.ArucoDetector:
    """A detector that knows only the form's own tags: fast, and blind to any other tag on the wall.

    The quick one looks through one window only, which suits most light, for dark squares as large as the tag is
    where the page fills most of the photograph.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.adaptiveThreshWinSizeMin = 23 if quick else 3
    parameters.adaptiveThreshWinSizeMax = 23 if quick else 43
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.minMarkerPerimeterRate = 0.07 if quick else 0.02
    if quick:  # what is no larger or smaller than a tag on a whole page, and faint specks, cost most of the time
        parameters.maxMarkerPerimeterRate = 0.3
        parameters.adaptiveThreshConstant = 15
    family = cv2.aruco.getPredefinedDictionary(TAG_FAMILY)
    few = cv2.aruco.Dictionary(family.bytesList[list(ids)], family.markerSize, family.maxCorrectionBits)
    return cv2.aruco.ArucoDetector(few, parameters)


def tag_shown(grey: Image, page: Page, matrix: Matrix) -> float:
    """From −1 to 1 how well the page's tag shows where a map lays it, or TAG_REACH mm beside.

    Blurred, small or shaded a tag is no longer found by itself, but where it should be it is still known: any two
    tags of the family differ in 10 of their 36 cells at least, so that another than the page's own stays below
    0.5.
    """
    if page.tag is None:
        return 0.0
    area, template = page.tag.rect, _cells(page.tag.bits, page.tag.rect.w)
    side = area.w * (len(page.tag.bits) / (len(page.tag.bits) + 2)) + 2 * TAG_REACH
    origin = (area.centre[0] - side / 2, area.centre[1] - side / 2)
    flat = warp(grey, matrix, origin, (side, side), CELL_SCALE, border=128)
    soft = cv2.GaussianBlur(flat, (0, 0), CELL_BLUR * CELL_SCALE)
    return float(cv2.matchTemplate(soft, template, cv2.TM_CCOEFF_NORMED).max())


@lru_cache(maxsize=32)
def _cells(bits: tuple[str, ...], width: float) -> Image:
    """A tag's inner cells as printed, as a soft picture of them has them; `width` in mm is that of its square."""
    inner = np.asarray([[255 if bit == "1" else 0 for bit in row] for row in bits], np.uint8)
    side = round(width * len(bits) / (len(bits) + 2) * CELL_SCALE)
    drawn = cv2.resize(inner, (side, side), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), CELL_BLUR * CELL_SCALE), np.uint8)
