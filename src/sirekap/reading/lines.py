"""A page's printed lines as evidence of where it lies: every part of the sheet speaks, not its corners alone.

The definition's frames, lines, boxes, marks and tag are drawn coarsely and cut into blocks. Each block is
sought near its expected place in the photograph; the many point pairs that agree give the page's map, and
what they differ from it by is the paper's bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
BEND_WIDTHS = (80.0, 55.0, 40.0)  # mm over which curled paper bends alike, pass by pass
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


def _drawn(form: Form, page: Page, scale: float) -> Image:
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
def _blocks(form_key: _Key, number: int, scale: float, extent: float) -> tuple[_Block, ...]:
    """The blocks of a page whose lines tell both directions."""
    form = form_key.form
    ink = _drawn(form, form.page(number), scale)
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
class _Key:
    """A form by its id: forms hold much and are slow to hash."""

    form: Form

    def __hash__(self) -> int:
        return hash(self.form.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.form.id == self.form.id


def _distinct(ink: npt.NDArray[np.bool_]) -> bool:
    """Whether the lines would show a shift along either axis: a single rule tells only one."""
    whole = np.count_nonzero(ink)
    for axis in (0, 1):
        shifted = np.roll(ink, 4, axis=axis)
        if np.count_nonzero(shifted & ink) > 0.8 * whole:
            return False
    return True


def _flat(grey: Image, matrix: Matrix, form: Form, margin: float, scale: float, bend: Bend | None) -> Image:
    """The page and `margin` mm around it, flattened by its map, and by its bend where that is known."""
    size = (form.width + 2 * margin, form.height + 2 * margin)
    if bend is None:
        return warp(grey, matrix, (-margin, -margin), size, scale, border=128)
    width, height = (round(side * scale) for side in size)
    columns, rows = (int(np.ceil(side / BEND_GRID)) + 1 for side in size)
    y, x = np.mgrid[0:rows, 0:columns] * BEND_GRID + BEND_GRID / 2 - margin
    points = np.column_stack([x.ravel(), y.ravel()])
    coarse = np.ascontiguousarray(bend.at_all(points).reshape(rows, columns, 2), np.float32)
    shift = cv2.resize(coarse, None, fx=BEND_GRID * scale, fy=BEND_GRID * scale)[:height, :width]
    v, u = (np.mgrid[0:height, 0:width] + 0.5) / scale - margin
    there = np.stack([u, v], axis=2).astype(np.float32) + shift
    pixels = cv2.perspectiveTransform(there, matrix)
    across, down = np.ascontiguousarray(pixels[..., 0]), np.ascontiguousarray(pixels[..., 1])
    flat = cv2.remap(grey, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    return np.asarray(flat, np.uint8)


def _darkness(flat: Image, scale: float) -> Floats:
    """Darkness against the surroundings, in their standard deviations."""
    paper = flat.astype(np.float32)
    window = (max(9, round(25 * scale)) | 1,) * 2
    dark = cv2.blur(paper, window) - paper
    spread = np.sqrt(np.maximum(cv2.blur(dark * dark, window), 0.0)) + 3.0
    return np.asarray(np.clip(dark / spread, -LIMIT, LIMIT), np.float32)


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
    dark = _darkness(_flat(grey, matrix, form, reach, scale, bend), scale)
    steps = round(2 * reach * scale)
    mm, seen, contrast = [], [], []
    for block in _blocks(_Key(form), page.number, scale, extent):
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


@dataclass(frozen=True)
class Within:
    """A disc of the page in mm."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Fit:
    """A map fitted to blocks: `agreed` is the share of all the page's blocks that lie on it."""

    matrix: Matrix
    agreed: float


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
        agreed = int(np.count_nonzero(better[1])) / len(_blocks(_Key(form), page.number, scale, BLOCK))
        if settled and fit is not None and agreed <= fit.agreed:
            return fit
        settled = (reach, scale, tolerance) == levels[-1]
        matrix, fit = better[0], Fit(better[0], agreed)
    return fit


def bend_of(grey: Image, form: Form, page: Page, matrix: Matrix, reach: float = 8.0) -> Bend | None:
    """How the paper bends off the page's map; None where too few blocks are seen.

    Large blocks first, then small ones on the paper as bent so far. A block counts that lies as its
    neighbours do: one that caught another row of boxes does not.
    """
    bend: Bend | None = None
    extents = (BLOCK, SMALL_BLOCK, SMALL_BLOCK)
    for extent, width, far in zip(extents, BEND_WIDTHS, (reach, 0.7 * reach, 0.4 * reach), strict=True):
        matches = match_blocks(grey, form, page, matrix, far, 1.0, bend=bend, extent=extent)
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
    kept = _agreeing(Bend(matches.mm, matches.seen - matches.mm, BEND_WIDTHS[0]))
    if kept is None or len(kept.mm) < 8:
        return matrix
    correction, _ = cv2.findHomography(kept.mm, kept.mm + kept.shift, 0)
    return matrix if correction is None or not _sane(correction) else np.asarray(matrix @ correction, np.float64)


def carried(grey: Image, form: Form, page: Page, matrix: Matrix, bend: Bend | None) -> float:
    """How strongly all of the page's lines show where map and bend lay them: contrast in standard deviations."""
    matches = match_blocks(grey, form, page, matrix, CARRIED_REACH, 1.0, bend=bend, extent=SMALL_BLOCK)
    return float(matches.contrast.sum()) / len(_blocks(_Key(form), page.number, 1.0, SMALL_BLOCK))


def _agreeing(bend: Bend) -> Bend | None:
    """The bend without points that lie otherwise than their neighbours; None where hardly any is left."""
    for _ in range(3):
        off = np.linalg.norm(bend.shift - bend.at_all(bend.mm, others=True), axis=1)
        keep = off < max(1.5, 3.0 * float(np.median(off)))
        if np.count_nonzero(keep) < 6:
            return None
        bend = Bend(bend.mm[keep], bend.shift[keep], bend.width)
    return bend
