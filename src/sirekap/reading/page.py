"""Finding the page in a photograph: which one it is and where each millimetre of it lies.

The tag says the page and its orientation but is too small (32 mm) to carry 900 mm of paper alone, so the
corner marks are sought outwards from it, nearest first, each found mark improving the estimate for the next.
Without a legible tag the bright quadrilateral of the paper takes its place, in four rotations and for every
page, and the layout decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import CornerMark, Form, Page, Tag
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Pair, Point, Points, affine, distance_mm, homography, project
from sirekap.reading.layout import layout_score
from sirekap.reading.marks import candidates, find_mark

TAG_FAMILY = cv2.aruco.DICT_APRILTAG_36h10
TAG_SIZES = (1100, 2000, 3600)  # pixels of the long side at which the tag is sought, in turn
TAG_MISFIT = 8.0  # mm by which the tag may disagree with four marks on curled paper
MOST_TRIALS = 8
LEAST_LAYOUT = 0.50
SURE_LAYOUT = 0.70
CLEAR_LAYOUT = 0.78  # no other combination of marks is tried above it


@dataclass(frozen=True)
class Found:
    """A page in a photograph. `matrix` maps mm of the page to pixels of the photograph.

    `marks` are the corner marks seen, `tag` whether the tag was; `layout` is from −1 to 1 how well the
    printed boxes lie where the form has them.
    """

    page: Page
    matrix: Matrix
    marks: tuple[str, ...]
    tag: bool
    layout: float


def find_page(grey: Image, form: Form) -> Found | None:
    """The form's page in a grey photograph; None where there is none."""
    tags = _tags(grey, form)
    best: Found | None = None
    for page, corners in tags:
        found = _from_tag(grey, form, page, corners)
        if found is not None and (best is None or found.layout > best.layout):
            best = found
    if best is not None and best.layout >= SURE_LAYOUT:
        return best
    pages = tuple(page for page, _ in tags) or form.pages  # a legible tag leaves no doubt about the page
    other = _without_tag(grey, form, pages)
    if other is not None and (best is None or other.layout > best.layout):
        best = other
    return best if best is not None and best.layout >= LEAST_LAYOUT else None


def _tags(grey: Image, form: Form) -> list[tuple[Page, Points]]:
    """Pages whose tag is seen, with the tag's four corners in pixels, clockwise from its top left."""
    tagged = [(page, page.tag) for page in form.pages if page.tag is not None]
    longest = max(grey.shape)
    for target in TAG_SIZES if tagged else ():
        scale = min(1.0, target / longest)
        small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        corners, ids, _ = _detector(tuple(tag.id for _, tag in tagged)).detectMarkers(small)
        seen = [] if ids is None else [tagged[int(number)] for number in ids.flatten()]
        found = [
            (page, _upright(tag, (quad.reshape(4, 2) + 0.5) / scale - 0.5))
            for (page, tag), quad in zip(seen, corners, strict=True)
        ]
        if found or scale == 1.0:
            return found
    return []


def _upright(tag: Tag, quad: npt.ArrayLike) -> Points:
    """The tag's corners in the order of its rectangle on the page."""
    corners = np.asarray(quad, np.float32)
    return np.roll(corners, 2, axis=0) if tag.half_turned else corners


@lru_cache(maxsize=32)
def _detector(ids: tuple[int, ...]) -> cv2.aruco.ArucoDetector:
    """A detector that knows only the form's own tags: fast, and blind to any other tag on the wall."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.adaptiveThreshWinSizeMax = 43
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.minMarkerPerimeterRate = 0.02
    family = cv2.aruco.getPredefinedDictionary(TAG_FAMILY)
    few = cv2.aruco.Dictionary(family.bytesList[list(ids)], family.markerSize, family.maxCorrectionBits)
    return cv2.aruco.ArucoDetector(few, parameters)


def _from_tag(grey: Image, form: Form, page: Page, corners: Points) -> Found | None:
    """From the tag's four corners to the whole page by the corner marks.

    So small a tag tells direction well and perspective badly: the start without perspective is tried after
    the one with it, and the one counts that lays the printed boxes better.
    """
    assert page.tag is not None
    known: list[Pair] = [
        (at, (float(x), float(y))) for at, (x, y) in zip(page.tag.rect.corners, corners.tolist(), strict=True)
    ]
    best: Found | None = None
    for start in (homography(known), affine(known)):
        if start is None:
            continue
        found = _refined(grey, form, page, known, start)
        if best is None or found.layout > best.layout:
            best = found
        if best.layout >= SURE_LAYOUT:
            break
    return best


def _refined(grey: Image, form: Form, page: Page, known: list[Pair], matrix: Matrix) -> Found:
    """Better a first estimate by the corner marks, the one nearest to the tag first.

    The others may lie far from where they are expected: several candidates of each are kept, and the
    combination counts that agrees with the tag and lays the printed boxes best. A second look at fine scale
    then places each mark.
    """
    start = np.mean(np.asarray([mm for mm, _ in known]), axis=0)
    order = sorted(page.marks, key=lambda mark: float(np.hypot(*(np.asarray(mark.point) - start))))
    nearest = find_mark(grey, matrix, order[0], 22.0)
    marks = {} if nearest is None else {order[0].name: nearest}
    fit = affine if matrix[2, 0] == matrix[2, 1] == 0 else homography
    better = fit([*known, *_pairs(page, marks)])
    matrix = matrix if better is None else better
    far = _far_marks(grey, form, page, matrix, known, marks, order[1:])
    marks, matrix = far if far is not None else (marks, matrix)
    for _ in range(2):
        marks, matrix = _sharpened(grey, page, matrix, known, marks)
    return Found(page, matrix, tuple(sorted(marks)), True, layout_score(grey, form, page, matrix))


def _pairs(page: Page, marks: dict[str, Point]) -> list[Pair]:
    return [(mark.point, marks[mark.name]) for mark in page.marks if mark.name in marks]


def _far_marks(
    grey: Image,
    form: Form,
    page: Page,
    matrix: Matrix,
    tag: list[Pair],
    marks: dict[str, Point],
    order: list[CornerMark],
) -> tuple[dict[str, Point], Matrix] | None:
    """The best combination of candidates for the marks far from the tag; None where none agrees."""
    options: list[list[Point | None]] = [[*candidates(grey, matrix, mark), None] for mark in order]
    scored: list[tuple[float, int, dict[str, Point], Matrix]] = []
    for number, choice in enumerate(product(*options)):
        chosen = dict(marks)
        chosen.update({mark.name: at for mark, at in zip(order, choice, strict=True) if at is not None})
        if len(chosen) - len(marks) < 1:
            continue
        trial = homography([*tag, *_pairs(page, chosen)] if len(chosen) < 4 else _pairs(page, chosen))
        if trial is None:
            continue
        misfit = max(distance_mm(trial, at, px) for at, px in [*tag, *_pairs(page, chosen)])
        if misfit < TAG_MISFIT:
            scored.append((misfit - 3.0 * len(chosen), number, chosen, trial))
    best: tuple[float, dict[str, Point], Matrix] | None = None
    for _, _, chosen, trial in sorted(scored, key=lambda item: item[:2])[:MOST_TRIALS]:
        score = layout_score(grey, form, page, trial)
        if best is None or score > best[0]:
            best = (score, chosen, trial)
        if score >= CLEAR_LAYOUT:
            break
    return None if best is None else (best[1], best[2])


def _sharpened(
    grey: Image, page: Page, matrix: Matrix, tag: list[Pair], marks: dict[str, Point]
) -> tuple[dict[str, Point], Matrix]:
    """Each mark again at fine scale near where it now should be; all four carry the page alone."""
    reach = {mark.name: 8.0 if mark.name in marks else 60.0 for mark in page.marks}
    found = {
        mark.name: at
        for mark in page.marks
        if (at := find_mark(grey, matrix, mark, reach[mark.name])) is not None
    }
    found = {**marks, **found} if tag else found
    if len(found) == 4:
        better = homography(_pairs(page, found))
    else:
        better = homography([*tag, *_pairs(page, found)]) if len(found) + len(tag) >= 4 else None
    return (found, better) if better is not None else (marks, matrix)


def _without_tag(grey: Image, form: Form, pages: tuple[Page, ...]) -> Found | None:
    """The page by the paper's own outline and its corner marks, where the tag cannot be read."""
    best: Found | None = None
    sheet = ((0.0, 0.0), (form.width, 0.0), (form.width, form.height), (0.0, form.height))
    for quad in _papers(grey):
        for turn in range(4):
            turned = np.roll(quad, turn, axis=0).tolist()
            matrix = homography([(mm, (px[0], px[1])) for mm, px in zip(sheet, turned, strict=True)])
            if matrix is None:
                continue
            marks = form.pages[0].marks
            options = {mark.name: candidates(grey, matrix, mark, 70.0)[:3] for mark in marks}
            present = [name for name, places in options.items() if places]
            if len(present) < 3:
                continue
            for choice in islice(product(*(options[name] for name in present)), 2 * MOST_TRIALS):
                chosen = dict(zip(present, choice, strict=True))
                for page in pages:
                    found = _by_marks(grey, form, page, matrix, chosen)
                    if found is not None and (best is None or found.layout > best.layout):
                        best = found
            if best is not None and best.layout >= SURE_LAYOUT:
                break
    return best if best is not None and best.layout >= LEAST_LAYOUT else None


def _by_marks(grey: Image, form: Form, page: Page, matrix: Matrix, marks: dict[str, Point]) -> Found | None:
    """The page by its marks alone. With three of them the paper's own fourth corner stands in."""
    pairs = _pairs(page, marks)
    pairs += [(mark.point, project(matrix, *mark.point)) for mark in page.marks if mark.name not in marks]
    better = homography(pairs)
    if better is None:
        return None
    if len(marks) == 4:
        marks, better = _sharpened(grey, page, better, [], marks)
    return Found(page, better, tuple(sorted(marks)), False, layout_score(grey, form, page, better))


def _papers(grey: Image) -> list[Points]:
    """Bright quadrilaterals that could be the paper, largest first, and the whole photograph."""
    scale = 800 / max(grey.shape)
    small = cv2.GaussianBlur(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 3)
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    quads: list[Points] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:2]:
        if cv2.contourArea(contour) < 0.1 * small.size:
            continue
        hull = cv2.convexHull(contour)
        for tolerance in (0.02, 0.04, 0.07):
            corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
            if len(corners) == 4:
                quads.append(_clockwise(corners.reshape(4, 2).astype(np.float32) / scale))
                break
        else:
            quads.append(_clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32) / scale))
    height, width = grey.shape
    quads.append(np.asarray([[0, 0], [width, 0], [width, height], [0, height]], np.float32))
    return quads


def _clockwise(quad: Points) -> Points:
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    return np.asarray(quad[np.argsort(angles)], np.float32)
