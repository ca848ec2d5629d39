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

from sirekap.forms import CornerMark, Form, Page
from sirekap.reading.decode import Image

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]
Point = tuple[float, float]
Pair = tuple[Point, Point]  # mm of the page, pixels of the photograph

TAG_FAMILY = cv2.aruco.DICT_APRILTAG_36h10
TAG_SIZES = (1100, 2000, 3600)  # pixels of the long side at which the tag is sought, in turn
MARK_SCORE = 0.55
PATCH_SCALE = 2.0  # px/mm of the patch in which a corner mark is sought
FAR = 170.0  # mm around its expected place in which a mark far from the tag is sought
FAR_SCALE = 1.0
TAG_MISFIT = 5.0  # mm by which the tag may disagree with four marks on curled paper
MOST_TRIALS = 8
LAYOUT_SCALE = 1.0
LEAST_LAYOUT = 0.30
SURE_LAYOUT = 0.60


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
    best: Found | None = None
    for page, corners in _tags(grey, form):
        found = _refined(grey, form, page, page.tag.rect.corners, corners)
        if found is not None and (best is None or found.layout > best.layout):
            best = found
    if best is not None and best.layout >= SURE_LAYOUT:
        return best
    other = _without_tag(grey, form)
    if other is not None and (best is None or other.layout > best.layout):
        return other
    return best if best is not None and best.layout >= LEAST_LAYOUT else None


def _tags(grey: Image, form: Form) -> list[tuple[Page, Points]]:
    """Pages whose tag is seen, with the tag's four corners in pixels, clockwise from its top left."""
    longest = max(grey.shape)
    for target in TAG_SIZES:
        scale = min(1.0, target / longest)
        small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        corners, ids, _ = _detector(tuple(page.tag.id for page in form.pages)).detectMarkers(small)
        seen = [] if ids is None else [int(number) for number in ids.flatten()]
        found = [
            (form.pages[number], _upright(form.pages[number], (quad.reshape(4, 2) + 0.5) / scale - 0.5))
            for number, quad in zip(seen, corners, strict=True)
        ]
        if found or scale == 1.0:
            return found
    return []


def _upright(page: Page, quad: npt.ArrayLike) -> Points:
    """The tag's corners in the order of its rectangle on the page."""
    corners = np.asarray(quad, np.float32)
    return np.roll(corners, 2, axis=0) if page.tag.half_turned else corners


@lru_cache(maxsize=8)
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


def _refined(
    grey: Image, form: Form, page: Page, mm: tuple[tuple[float, float], ...], pixels: Points
) -> Found | None:
    """From the tag's four corners to the whole page by the corner marks.

    The mark nearest to the tag is sought first. The others may lie far from where so small a tag expects
    them: several candidates of each are kept, and the combination counts that agrees with the tag and lays
    the printed boxes best. A second look at fine scale then places each mark.
    """
    known: list[Pair] = [(at, (float(x), float(y))) for at, (x, y) in zip(mm, pixels.tolist(), strict=True)]
    matrix = _homography(known)
    if matrix is None:
        return None
    start = np.mean(np.asarray(mm), axis=0)
    order = sorted(page.marks, key=lambda mark: float(np.hypot(*(np.asarray(mark.point) - start))))
    nearest = _find_mark(grey, matrix, order[0], 22.0)
    marks = {} if nearest is None else {order[0].name: nearest}
    matrix = _homography([*known, *_pairs(page, marks)]) if marks else matrix
    assert matrix is not None
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
    options: list[list[Point | None]] = [[*_candidates(grey, matrix, mark), None] for mark in order]
    scored: list[tuple[float, int, dict[str, Point], Matrix]] = []
    for number, choice in enumerate(product(*options)):
        chosen = dict(marks)
        chosen.update({mark.name: at for mark, at in zip(order, choice, strict=True) if at is not None})
        if len(chosen) - len(marks) < 1:
            continue
        trial = _homography([*tag, *_pairs(page, chosen)] if len(chosen) < 4 else _pairs(page, chosen))
        if trial is None:
            continue
        misfit = max(_distance_mm(trial, at, px) for at, px in [*tag, *_pairs(page, chosen)])
        if misfit < TAG_MISFIT:
            scored.append((misfit - 3.0 * len(chosen), number, chosen, trial))
    best: tuple[float, dict[str, Point], Matrix] | None = None
    for _, _, chosen, trial in sorted(scored, key=lambda item: item[:2])[:MOST_TRIALS]:
        score = layout_score(grey, form, page, trial)
        if best is None or score > best[0]:
            best = (score, chosen, trial)
    return None if best is None else (best[1], best[2])


def _distance_mm(matrix: Matrix, mm: Point, px: Point) -> float:
    """How far the paper's point under a pixel lies from where it should, in mm; infinite behind the camera."""
    u, v, w = np.linalg.solve(matrix, np.asarray((*px, 1.0)))
    return float(np.hypot(u / w - mm[0], v / w - mm[1])) if abs(w) > 1e-12 else float("inf")


def _sharpened(
    grey: Image, page: Page, matrix: Matrix, tag: list[Pair], marks: dict[str, Point]
) -> tuple[dict[str, Point], Matrix]:
    """Each mark again at fine scale near where it now should be; all four carry the page alone."""
    reach = {mark.name: 8.0 if mark.name in marks else 60.0 for mark in page.marks}
    found = {
        mark.name: at
        for mark in page.marks
        if (at := _find_mark(grey, matrix, mark, reach[mark.name])) is not None
    }
    found = {**marks, **found} if tag else found
    if len(found) == 4:
        better = _homography(_pairs(page, found))
    else:
        better = _homography([*tag, *_pairs(page, found)]) if len(found) + len(tag) >= 4 else None
    return (found, better) if better is not None else (marks, matrix)


def _candidates(grey: Image, matrix: Matrix, mark: CornerMark, reach: float = FAR) -> list[Point]:
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
    for peak in sorted(peaks, reverse=True):
        if all(np.hypot(peak[1] - other[1], peak[2] - other[2]) > 6 for other in kept):
            kept.append(peak)
    return [_project(matrix, origin[0] + x, origin[1] + y) for _, x, y in kept[:6]]


def _homography(pairs: list[Pair]) -> Matrix | None:
    """The map from mm to pixels that fits the pairs best; None where they do not determine one."""
    matrix, _ = cv2.findHomography(
        np.asarray([mm for mm, _ in pairs], np.float64), np.asarray([px for _, px in pairs], np.float64), 0
    )
    if matrix is None or not np.all(np.isfinite(matrix)) or abs(np.linalg.det(matrix)) < 1e-12:
        return None
    return np.asarray(matrix, np.float64)


@lru_cache(maxsize=1)
def _mark_template() -> Image:
    """A corner mark, 22 mm square at PATCH_SCALE: all four look the same, two squares along the diagonal."""
    side, half = round(22 * PATCH_SCALE), round(7.2 * PATCH_SCALE)
    template = np.full((side, side), 230, np.uint8)
    middle = side // 2
    template[middle - half : middle, middle - half : middle] = 30
    template[middle : middle + half, middle : middle + half] = 30
    return np.asarray(cv2.GaussianBlur(template, (0, 0), 1.0), np.uint8)


def _find_mark(grey: Image, matrix: Matrix, mark: CornerMark, reach: float) -> tuple[float, float] | None:
    """Where a corner mark's point lies in the photograph, within `reach` mm of where it should."""
    size = 2 * reach + 24.0
    origin = (mark.point[0] - size / 2, mark.point[1] - size / 2)
    patch = warp(grey, matrix, origin, (size, size), PATCH_SCALE, border=128)
    template = _mark_template()
    scores = cv2.matchTemplate(patch, template, cv2.TM_CCOEFF_NORMED)
    _, score, _, place = cv2.minMaxLoc(scores)
    if score < MARK_SCORE:
        return None
    half = template.shape[0] / 2
    dx, dy = peak(np.asarray(scores, np.float32), place)
    x = origin[0] + (place[0] + dx + half) / PATCH_SCALE
    y = origin[1] + (place[1] + dy + half) / PATCH_SCALE
    return _project(matrix, x, y)


def peak(scores: npt.NDArray[np.floating], place: tuple[int, int] | npt.ArrayLike) -> tuple[float, float]:
    """Sub-pixel offset of a correlation peak, by a parabola through its neighbours."""
    x, y = (int(v) for v in np.asarray(place))
    offsets = []
    for along, (before, after) in ((x, ((y, x - 1), (y, x + 1))), (y, ((y - 1, x), (y + 1, x)))):
        limit = scores.shape[1] if before[0] == y else scores.shape[0]
        if not 0 < along < limit - 1:
            offsets.append(0.0)
            continue
        a, b, c = float(scores[before]), float(scores[y, x]), float(scores[after])
        bend = a - 2 * b + c
        offsets.append(0.0 if bend >= 0 else max(-0.5, min(0.5, 0.5 * (a - c) / bend)))
    return offsets[0], offsets[1]


def _project(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    u, v, w = matrix @ np.asarray((x, y, 1.0))
    return float(u / w), float(v / w)


def warp(
    image: Image,
    matrix: Matrix,
    origin: tuple[float, float],
    size: tuple[float, float],
    scale: float,
    *,
    border: int = 255,
) -> Image:
    """A rectangle of the page, flattened: `origin` and `size` in mm, `scale` in px/mm of the result."""
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    # pixel centres: pixel (i, j) of the patch shows the page at origin + (i + 0.5) / scale
    patch = np.asarray(
        [[1 / scale, 0, origin[0] + 0.5 / scale], [0, 1 / scale, origin[1] + 0.5 / scale], [0, 0, 1]]
    )
    shift = np.asarray([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    value = (border,) * 3 if image.ndim == 3 else border
    flat = cv2.warpPerspective(
        image,
        shift @ matrix @ patch,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=value,
    )
    return np.asarray(flat, np.uint8)


@lru_cache(maxsize=16)
def _layout_template(form: Form, number: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Point]:
    """Weights of the page's digit boxes at LAYOUT_SCALE px/mm: positive on their lines, negative just beside,
    summing to nothing; the mask of both; and the place in mm of their top left corner.
    """
    canvas = np.zeros((round(form.height * LAYOUT_SCALE), round(form.width * LAYOUT_SCALE)), np.float32)
    for grown, value in ((3.0, -1.0), (0.0, 1.0), (-3.0, -1.0)):
        for field in form.fields_of(number):
            for box in field.boxes:
                a = (round((box.x - grown) * LAYOUT_SCALE), round((box.y - grown) * LAYOUT_SCALE))
                b = (round((box.x + box.w + grown) * LAYOUT_SCALE), round((box.y + box.h + grown) * LAYOUT_SCALE))
                cv2.rectangle(canvas, a, b, value, 1)
    rows = np.flatnonzero(np.any(canvas != 0, axis=1))
    columns = np.flatnonzero(np.any(canvas != 0, axis=0))
    canvas = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    mask = (canvas != 0).astype(np.float32)
    canvas[canvas > 0] /= np.count_nonzero(canvas > 0)
    canvas[canvas < 0] /= np.count_nonzero(canvas < 0)
    return canvas, mask, (float(columns[0]) / LAYOUT_SCALE, float(rows[0]) / LAYOUT_SCALE)


def layout_score(grey: Image, form: Form, page: Page, matrix: Matrix) -> float:
    """From −1 to 1: how well the photograph's dark lines lie where the page's boxes are printed.

    A few millimetres of misfit (curl) are forgiven: the best of small shifts counts.
    """
    template, mask, (left, top) = _layout_template(form, page.number)
    reach = 4
    size = ((template.shape[1] + 2 * reach) / LAYOUT_SCALE, (template.shape[0] + 2 * reach) / LAYOUT_SCALE)
    flat = warp(
        grey, matrix, (left - reach / LAYOUT_SCALE, top - reach / LAYOUT_SCALE), size, LAYOUT_SCALE, border=128
    )
    dark = cv2.GaussianBlur(flat, (0, 0), 8.0).astype(np.float32) - flat
    contrast = cv2.matchTemplate(dark, template, cv2.TM_CCORR)
    energy = cv2.matchTemplate(dark * dark, mask, cv2.TM_CCORR)
    norm = np.sqrt(np.maximum(energy, 1.0)) * np.sqrt(np.sum(template * template))
    return float(np.max(contrast / norm))


def _without_tag(grey: Image, form: Form) -> Found | None:
    """The page by the paper's own outline and its corner marks, where the tag cannot be read."""
    best: Found | None = None
    sheet = ((0.0, 0.0), (form.width, 0.0), (form.width, form.height), (0.0, form.height))
    for quad in _papers(grey):
        for turn in range(4):
            turned = np.roll(quad, turn, axis=0).tolist()
            matrix = _homography([(mm, (px[0], px[1])) for mm, px in zip(sheet, turned, strict=True)])
            if matrix is None:
                continue
            marks = form.pages[0].marks
            options = {mark.name: _candidates(grey, matrix, mark, 70.0)[:3] for mark in marks}
            present = [name for name, places in options.items() if places]
            if len(present) < 3:
                continue
            for choice in islice(product(*(options[name] for name in present)), 2 * MOST_TRIALS):
                chosen = dict(zip(present, choice, strict=True))
                for page in form.pages:
                    found = _by_marks(grey, form, page, matrix, chosen)
                    if found is not None and (best is None or found.layout > best.layout):
                        best = found
            if best is not None and best.layout >= SURE_LAYOUT:
                break
    return best if best is not None and best.layout >= LEAST_LAYOUT else None


def _by_marks(grey: Image, form: Form, page: Page, matrix: Matrix, marks: dict[str, Point]) -> Found | None:
    """The page by its marks alone. With three of them the paper's own fourth corner stands in."""
    pairs = _pairs(page, marks)
    pairs += [(mark.point, _project(matrix, *mark.point)) for mark in page.marks if mark.name not in marks]
    better = _homography(pairs)
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
