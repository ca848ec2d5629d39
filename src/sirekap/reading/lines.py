"""A page's printed lines as evidence of where it lies: every part of the sheet speaks, not its corners alone.

The definition's frames, lines, boxes, marks and tag are drawn coarsely and cut into blocks. Each block is
sought near its expected place in the photograph; the many point pairs that agree give the page's map, and
what they differ from it by is the paper's bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page, Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, peak, warp

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

BLOCK, SMALL_BLOCK = 110.0, 64.0  # mm: side of a block
STEP_SHARE = 0.64  # between the middles of two, as a share of the side
LEAST_INK = 0.8  # mm of line that a block needs for each mm of its side
MATCH = 0.45  # least contrast of a block's lines, in standard deviations of the paper around them
LIMIT = 2.0  # one dark blot counts no more than this many standard deviations
# passes of measuring a bend: side of the blocks, mm over which paper bends alike, share of the reach
QUICK = ((BLOCK, 80.0, 1.0), (SMALL_BLOCK, 55.0, 0.7), (SMALL_BLOCK, 40.0, 0.4))
PATIENT = (*QUICK[:1] * 3, *((SMALL_BLOCK, 65.0, 1.0),) * 2, *QUICK[1:])
BEND_MOST = 25.0  # mm
BEND_GRID = 15.0  # mm
CARRIED_REACH = 2.0  # mm
AGAIN = 3  # times that the last level of a registration is repeated at most


@dataclass(frozen=True)
class _Block:
    """A square of the page: its corner in mm and the signed weights of its lines (+ on them, − beside)."""

    x: float
    y: float
    weights: Floats


@dataclass(frozen=True)
class Matches:
    """Blocks as they were found: `mm` where they are printed, `seen` where they lie by the map that was used
    (both of shape (n, 2)), `contrast` of their lines of shape (n,).
    """

    mm: Array
    seen: Array
    contrast: Array


@dataclass(frozen=True)
class Bend:
    """How far the paper lies off a page's map, from points where it was seen (`mm`, `shift`: shape (n, 2)).

    `width` in mm: paper is taken to bend alike over that distance.
    """

    mm: Array
    shift: Array
    width: float

    @property
    def size(self) -> float:
        """How far the paper lies off the map: root of the mean square, in mm."""
        return float(np.sqrt(np.mean(np.sum(self.shift**2, axis=1))))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The displacement in mm at (x, y) mm of the page."""
        dx, dy = self.at_all(np.asarray([(x, y)]))[0]
        return float(dx), float(dy)

    def near(self, matrix: Matrix, x: float, y: float) -> Matrix:
        """The page's map as the paper bends it around (x, y) mm: shifted, turned and sheared there."""
        reach = 0.5 * self.width
        around = np.asarray([(x, y), (x - reach, y), (x + reach, y), (x, y - reach), (x, y + reach)])
        here, west, east, north, south = self.at_all(around)
        along, down = (east - west) / (2 * reach), (south - north) / (2 * reach)
        local = np.eye(3)
        local[:2, 0] += along
        local[:2, 1] += down
        local[:2, 2] = here - along * x - down * y
        return np.asarray(matrix @ local, np.float64)

    def at_all(self, points: Array, *, others: bool = False) -> Array:
        """The displacements at points of shape (m, 2): at each a plane through its neighbours, by distance.

        With `others` the points are those of `mm`, and each is told by the others alone.
        """
        offset = self.mm[None, :, :] - points[:, None, :]
        weight = np.exp(-np.sum(offset**2, axis=2) / (2 * self.width**2))
        if others:
            np.fill_diagonal(weight, 0.0)
        basis = np.concatenate([np.ones((*weight.shape, 1)), offset / self.width], axis=2)
        weighted = basis * weight[:, :, None]
        # the ridge keeps the plane level where few blocks carry it
        normal = np.einsum("mni,mnj->mij", weighted, basis) + np.diag([0.02, 0.2, 0.2])
        solved = np.linalg.solve(normal, np.einsum("mni,nj->mij", weighted, self.shift))
        return np.asarray(np.clip(solved[:, 0, :], -BEND_MOST, BEND_MOST))


def drawn(form: Form, page: Page, scale: float) -> Image:
    """What is printed on the page beside its texts: 255 where there is ink, at `scale` px/mm."""
    canvas = np.zeros((round(form.height * scale), round(form.width * scale)), np.uint8)

    def point(x: float, y: float) -> tuple[int, int]:
        return round(x * scale - 0.5), round(y * scale - 0.5)

    outlines = [frame.rect for frame in page.frames]
    outlines += [box for field in form.fields_of(page.number) for box in field.boxes]
    for rect in outlines:
        cv2.rectangle(canvas, point(rect.x, rect.y), point(rect.x + rect.w, rect.y + rect.h), 255, 1)
    for line in page.lines:
        if not line.dotted:
            cv2.line(canvas, point(line.x1, line.y1), point(line.x2, line.y2), 255, 1)
    squares = [square for mark in page.marks for square in mark.squares] + _tag_cells(page)
    for square in squares:
        cv2.rectangle(canvas, point(square.x, square.y), point(square.x + square.w, square.y + square.h), 255, -1)
    return canvas


def _tag_cells(page: Page) -> list[Rect]:
    """The tag's black cells: its border of one cell and the dark ones of its pattern."""
    if page.tag is None:
        return []
    area, bits, count = page.tag.rect, page.tag.bits, len(page.tag.bits) + 2
    side = area.w / count
    return [
        Rect(area.x + column * side, area.y + row * side, side, side)
        for row in range(count)
        for column in range(count)
        if not (0 < row < count - 1 and 0 < column < count - 1 and bits[row - 1][column - 1] == "1")
    ]


@lru_cache(maxsize=16)
def _blocks(form_key: FormKey, number: int, scale: float, extent: float) -> tuple[_Block, ...]:
    """The blocks of a page whose lines tell both directions."""
    form = form_key.form
    ink = drawn(form, form.page(number), scale)
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    beside = cv2.subtract(cv2.dilate(ink, np.ones((7, 7), np.uint8)), near)
    blocks = []
    side, step = round(extent * scale), STEP_SHARE * extent
    for top in np.arange(20.0, form.height - extent / 2, step):
        for left in np.arange(5.0, form.width - extent / 2, step):
            x, y = round(left * scale), round(top * scale)
            on, off = (part[y : y + side, x : x + side] > 0 for part in (ink, beside))
            if np.count_nonzero(on) < LEAST_INK * side or not _distinct(on):
                continue
            few = max(1, int(np.count_nonzero(off)))
            weights = np.where(on, 1.0 / int(np.count_nonzero(on)), np.where(off, -1.0 / few, 0.0))
            blocks.append(_Block(x / scale, y / scale, np.asarray(weights, np.float32)))
    return tuple(blocks)


@dataclass(frozen=True)
class FormKey:
    """A form by its id and size: forms hold much and are slow to hash."""

    form: Form

    def __hash__(self) -> int:
        """By its id alone."""
        return hash(self.form.id)

    def __eq__(self, other: object) -> bool:
        """A form that was made known anew is another."""
        return isinstance(other, FormKey) and (other.form is self.form or other.form == self.form)


def _distinct(ink: npt.NDArray[np.bool_]) -> bool:
    """Whether the lines would show a shift along either axis: a single rule tells only one."""
    whole = np.count_nonzero(ink)
    for axis in (0, 1):
        shifted = np.roll(ink, 4, axis=axis)
        if np.count_nonzero(shifted & ink) > 0.8 * whole:
            return False
    return True


def _darkness(grey: Image, matrix: Matrix, form: Form, margin: float, scale: float, bend: Bend | None) -> Floats:
    """The page and `margin` mm around it, flattened by map and bend: darkness against the surroundings, in
    their standard deviations; 0 outside the photograph, whose rim is no line.
    """
    size = (form.width + 2 * margin, form.height + 2 * margin)
    width, height = (round(side * scale) for side in size)
    if bend is None:
        paper = warp(grey, matrix, (-margin, -margin), size, scale, mode=cv2.BORDER_REPLICATE)
        v, u = np.mgrid[0 : height + 8 : 8, 0 : width + 8 : 8].astype(np.float64)
        coarse = np.stack([(u + 0.5) / scale - margin, (v + 0.5) / scale - margin], axis=2)
        there = cv2.perspectiveTransform(coarse, matrix)
        inside = cv2.resize(_within(there, grey), None, fx=8, fy=8)[4 : height + 4, 4 : width + 4]
    else:
        columns, rows = (int(np.ceil(side / BEND_GRID)) + 1 for side in size)
        y, x = np.mgrid[0:rows, 0:columns] * BEND_GRID + BEND_GRID / 2 - margin
        points = np.column_stack([x.ravel(), y.ravel()])
        coarse = np.ascontiguousarray(bend.at_all(points).reshape(rows, columns, 2), np.float32)
        shift = cv2.resize(coarse, None, fx=BEND_GRID * scale, fy=BEND_GRID * scale)[:height, :width]
        v, u = (np.mgrid[0:height, 0:width] + 0.5) / scale - margin
        there = cv2.perspectiveTransform(np.stack([u, v], axis=2).astype(np.float32) + shift, matrix)
        across, down = np.ascontiguousarray(there[..., 0]), np.ascontiguousarray(there[..., 1])
        paper = np.asarray(
            cv2.remap(grey, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
        inside = _within(there, grey)
    level = paper.astype(np.float32)
    window = (max(9, round(25 * scale)) | 1,) * 2
    dark = cv2.blur(level, window) - level
    spread = np.sqrt(np.maximum(cv2.blur(dark * dark, window), 0.0)) + 3.0
    return np.asarray(np.clip(dark / spread, -LIMIT, LIMIT) * inside, np.float32)


def _within(pixels: npt.NDArray[Any], grey: Image) -> Floats:
    """1 where pixels of shape (rows, columns, 2) lie in the picture, 0 elsewhere."""
    height, width = grey.shape
    inside = (pixels >= 0).all(axis=2) & (pixels[..., 0] <= width - 1) & (pixels[..., 1] <= height - 1)
    return np.asarray(inside, np.float32)


def match_blocks(
    grey: Image,
    form: Form,
    page: Page,
    matrix: Matrix,
    reach: float,
    scale: float,
    *,
    within: Within | None = None,
    bend: Bend | None = None,
    extent: float = BLOCK,
) -> Matches:
    """The page's blocks, each where its lines show best within `reach` mm, at `scale` px/mm.

    With `bend` they are sought on the paper as bent by it, and `seen` is counted from there.
    """
    dark = _darkness(grey, matrix, form, reach, scale, bend)
    steps = round(2 * reach * scale)
    mm, seen, contrast = [], [], []
    for block in visible(grey, form, page, matrix, scale, extent):
        middle = (block.x + block.weights.shape[1] / scale / 2, block.y + block.weights.shape[0] / scale / 2)
        if within is not None and np.hypot(middle[0] - within.x, middle[1] - within.y) > within.radius:
            continue
        x, y = round(block.x * scale), round(block.y * scale)
        window = dark[y : y + block.weights.shape[0] + steps, x : x + block.weights.shape[1] + steps]
        scores = cv2.matchTemplate(window, block.weights, cv2.TM_CCORR)
        _, score, _, place = cv2.minMaxLoc(scores)
        if score < MATCH:
            continue
        dx, dy = peak(np.asarray(scores, np.float32), place)
        mm.append(middle)
        seen.append((middle[0] + (place[0] + dx) / scale - reach, middle[1] + (place[1] + dy) / scale - reach))
        contrast.append(score)
    return Matches(np.asarray(mm).reshape(-1, 2), np.asarray(seen).reshape(-1, 2), np.asarray(contrast))


def many_blocks(form: Form, page: Page, scale: float = 1.0) -> int:
    """How many blocks a page has."""
    return len(_blocks(FormKey(form), page.number, scale, BLOCK))


def visible(
    grey: Image, form: Form, page: Page, matrix: Matrix, scale: float = 1.0, extent: float = BLOCK
) -> list[_Block]:
    """The page's blocks that a map lays into the picture, but for their rims: others are no evidence."""
    blocks = _blocks(FormKey(form), page.number, scale, extent)
    rim = 0.15 * extent
    inner = np.asarray([(0, 0), (1, 0), (1, 1), (0, 1)]) * (extent - 2 * rim) + rim
    corners = np.asarray([(block.x, block.y) for block in blocks]).reshape(-1, 1, 2) + inner
    points = np.concatenate([corners, np.ones((*corners.shape[:2], 1))], axis=2) @ matrix.T
    front = points[..., 2] * np.sign(np.median(points[..., 2]) or 1) > 1e-9
    pixels = points[..., :2] / np.where(front, points[..., 2], 1.0)[..., None]
    height, width = grey.shape
    inside = front & (pixels > 0).all(axis=2) & (pixels < (width, height)).all(axis=2)
    return [block for block, there in zip(blocks, inside.all(axis=1), strict=True) if there]


@dataclass(frozen=True)
class Within:
    """A disc of the page in mm."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Fit:
    """A map fitted to blocks: `agreed` is the share of the `visible` ones of the page that lie on it."""

    matrix: Matrix
    agreed: float
    visible: int


def refit(matches: Matches, matrix: Matrix, tolerance: float) -> tuple[Matrix, npt.NDArray[np.bool_]] | None:
    """The map that most blocks agree with to `tolerance` mm, and which do; None where too few do."""
    count = len(matches.mm)
    if count < 5:
        return None
    correction, inliers = cv2.findHomography(
        matches.mm, matches.seen, cv2.RANSAC, tolerance, maxIters=1000, confidence=0.995
    )
    if correction is None or inliers is None:
        return None
    chosen = inliers.ravel().astype(bool)
    if np.count_nonzero(chosen) < max(5, 0.3 * count) or not _sane(correction):
        return None
    return np.asarray(matrix @ correction, np.float64), chosen


def refit_affine(
    matches: Matches, matrix: Matrix, tolerance: float
) -> tuple[Matrix, npt.NDArray[np.bool_]] | None:
    """As `refit`, without perspective: for blocks that cover only part of the page."""
    if len(matches.mm) < 3:
        return None
    part, inliers = cv2.estimateAffine2D(
        matches.mm, matches.seen, method=cv2.RANSAC, ransacReprojThreshold=tolerance
    )
    if part is None or inliers is None or np.count_nonzero(inliers) < 3:
        return None
    correction = np.vstack([part, [0.0, 0.0, 1.0]])
    if not _sane(correction):
        return None
    return np.asarray(matrix @ correction, np.float64), inliers.ravel().astype(bool)


def _sane(correction: npt.ArrayLike) -> bool:
    """Whether a correction of a map leaves the page a page: no flip, nowhere far from its own size."""
    matrix = np.asarray(correction, np.float64)
    corners = np.asarray([(0, 0, 1), (600, 0, 1), (600, 900, 1), (0, 900, 1)], float) @ matrix.T
    if (corners[:, 2] < 0.3).any():
        return False
    points = (corners[:, :2] / corners[:, 2:]).astype(np.float32)
    return bool(cv2.isContourConvex(points)) and 0.4 < cv2.contourArea(points, True) / 540_000 < 2.5


def register(
    grey: Image, form: Form, page: Page, matrix: Matrix, levels: tuple[tuple[float, float, float], ...]
) -> Fit | None:
    """The page's map bettered level by level; each level is (reach mm, scale px/mm, tolerance mm)."""
    fit: Fit | None = None
    settled = False  # whether the last level has been fitted: it is repeated while more blocks agree
    for reach, scale, tolerance in (*levels, *levels[-1:] * AGAIN):
        matches = match_blocks(grey, form, page, matrix, reach, scale)
        better = refit(matches, matrix, tolerance)
        if better is None:
            return fit if fit is not None and reach < 12 else None
        seen = len(visible(grey, form, page, better[0], scale))
        agreed = min(1.0, int(np.count_nonzero(better[1])) / max(1, seen))
        if settled and fit is not None and agreed <= fit.agreed:
            return fit
        settled = (reach, scale, tolerance) == levels[-1]
        matrix, fit = better[0], Fit(better[0], agreed, seen)
    return fit


def bend_of(
    grey: Image, form: Form, page: Page, matrix: Matrix, reach: float = 8.0, *, patient: bool = False
) -> Bend | None:
    """How the paper bends off the page's map; None where too few blocks are seen.

    Large blocks first, then small ones on the paper as bent so far. A block counts that lies as its
    neighbours do: one that caught another row of boxes does not. A `patient` search goes on from the blocks
    that agree to their neighbours, for folded paper of which only one part lies on the map.
    """
    bend: Bend | None = None
    for extent, width, share in PATIENT if patient else QUICK:
        matches = match_blocks(grey, form, page, matrix, share * reach, 1.0, bend=bend, extent=extent)
        if len(matches.mm) < 8:
            return bend
        shift = matches.seen - matches.mm
        if bend is not None:
            shift = shift + bend.at_all(matches.seen)
        better = _agreeing(Bend(matches.mm, shift, width))
        if better is None:
            return bend
        bend = better
    return bend


def levelled(grey: Image, form: Form, page: Page, matrix: Matrix, reach: float = 16.0) -> Matrix:
    """The map that lies amid all blocks that agree with their neighbours: least bend is left to explain.

    `refit` follows the flattest part of the page; a folded page's other half then lies far off.
    """
    matches = match_blocks(grey, form, page, matrix, reach, 1.0)
    if len(matches.mm) < 8:
        return matrix
    kept = _agreeing(Bend(matches.mm, matches.seen - matches.mm, QUICK[0][1]))
    if kept is None or len(kept.mm) < 8:
        return matrix
    correction, _ = cv2.findHomography(kept.mm, kept.mm + kept.shift, 0)
    return matrix if correction is None or not _sane(correction) else np.asarray(matrix @ correction, np.float64)


@dataclass(frozen=True)
class Support:
    """How strongly a page's lines show where map and bend lay them: `mean` contrast of all blocks in the picture
    in standard deviations, and `even` from 0 to 1, the share that a weak block has of a strong one's.
    """

    mean: float
    even: float


def support(grey: Image, form: Form, page: Page, matrix: Matrix, bend: Bend | None) -> Support:
    """How strongly all of the page's lines show where map and bend lay them.

    A wrong map finds lines for some blocks by bending the paper; where it is right nearly all show alike.
    """
    matches = match_blocks(grey, form, page, matrix, CARRIED_REACH, 1.0, bend=bend, extent=SMALL_BLOCK)
    blocks = visible(grey, form, page, matrix, 1.0, SMALL_BLOCK)
    middles = np.asarray([(block.x, block.y) for block in blocks]).reshape(-1, 2) + SMALL_BLOCK / 2
    # a thumb over the tag, or a corner torn off, says nothing of the lines
    plain, own = _off_marks(page, middles), matches.contrast[_off_marks(page, matches.mm)]
    if not plain.any():
        return Support(0.0, 0.0)
    contrast = np.concatenate([own, np.zeros(max(0, int(np.count_nonzero(plain)) - len(own)))])
    weak, strong = np.percentile(contrast, [10, 75])
    return Support(float(contrast.mean()), float(weak / max(strong, 1e-6)))


def _off_marks(page: Page, middles: Array) -> npt.NDArray[np.bool_]:
    """Which of some blocks' middles lie away from tag and corner marks."""
    marks = [mark.point for mark in page.marks] + ([] if page.tag is None else [page.tag.rect.centre])
    if not marks or not len(middles):
        return np.ones(len(middles), np.bool_)
    far = np.abs(middles[:, None] - np.asarray(marks)[None]).max(axis=2).min(axis=1)
    return np.asarray(far > 0.75 * SMALL_BLOCK)


def _agreeing(bend: Bend) -> Bend | None:
    """The bend without points that lie otherwise than their neighbours; None where hardly any is left."""
    for _ in range(3):
        off = np.linalg.norm(bend.shift - bend.at_all(bend.mm, others=True), axis=1)
        keep = off < max(1.5, 3.0 * float(np.median(off)))
        if np.count_nonzero(keep) < 6:
            return None
        bend = Bend(bend.mm[keep], bend.shift[keep], bend.width)
    return bend
