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

BLOCK, STEP = 110.0, 70.0  # mm: side of a block, and between the middles of two
LEAST_INK = 90.0  # mm of line that a block needs
MATCH = 0.45  # least contrast of a block's lines, in standard deviations of the paper around them
LIMIT = 2.0  # one dark blot counts no more than this many standard deviations
BEND_WIDTH = 85.0  # mm over which curled paper bends alike
BEND_MOST = 14.0  # mm


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
    """How far the paper lies off a page's map, from points where it was seen (`mm`, `shift`: shape (n, 2))."""

    mm: Array
    shift: Array

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The displacement in mm at (x, y) mm of the page: a plane through its neighbours, by distance."""
        offset = self.mm - (x, y)
        weight = np.exp(-np.sum(offset**2, axis=1) / (2 * BEND_WIDTH**2))
        basis = np.column_stack([np.ones(len(offset)), offset / BEND_WIDTH])
        # the ridge keeps the plane level where few blocks carry it
        ridge = np.diag([0.02, 0.3, 0.3])
        solved = np.linalg.solve((basis.T * weight) @ basis + ridge, (basis.T * weight) @ self.shift)
        dx, dy = np.clip(solved[0], -BEND_MOST, BEND_MOST)
        return float(dx), float(dy)


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
    area, count = page.tag.rect, len(page.tag.bits) + 2
    side = area.w / count
    return [
        Rect(area.x + column * side, area.y + row * side, side, side)
        for row in range(count)
        for column in range(count)
        if not (0 < row < count - 1 and 0 < column < count - 1 and page.tag.bits[row - 1][column - 1] == "1")
    ]


@lru_cache(maxsize=16)
def _blocks(form_key: _Key, number: int, scale: float) -> tuple[_Block, ...]:
    """The blocks of a page whose lines tell both directions."""
    form = form_key.form
    ink = _drawn(form, form.page(number), scale)
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    beside = cv2.subtract(cv2.dilate(ink, np.ones((7, 7), np.uint8)), near)
    blocks = []
    side = round(BLOCK * scale)
    for top in np.arange(20.0, form.height - BLOCK / 2, STEP):
        for left in np.arange(5.0, form.width - BLOCK / 2, STEP):
            x, y = round(left * scale), round(top * scale)
            on, off = (part[y : y + side, x : x + side] > 0 for part in (ink, beside))
            if np.count_nonzero(on) < LEAST_INK * scale or not _distinct(on):
                continue
            weights = on.astype(np.float32) / np.count_nonzero(on)
            weights -= off.astype(np.float32) / max(1, np.count_nonzero(off))
            blocks.append(_Block(x / scale, y / scale, weights.astype(np.float32)))
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


def _darkness(grey: Image, matrix: Matrix, form: Form, margin: float, scale: float) -> Floats:
    """Darkness against the surroundings, in their standard deviations, of the page and `margin` mm around."""
    size = (form.width + 2 * margin, form.height + 2 * margin)
    flat = warp(grey, matrix, (-margin, -margin), size, scale, border=128).astype(np.float32)
    window = (max(9, round(25 * scale)) | 1,) * 2
    dark = cv2.blur(flat, window) - flat
    spread = np.sqrt(np.maximum(cv2.blur(dark * dark, window), 0.0)) + 3.0
    return np.asarray(np.clip(dark / spread, -LIMIT, LIMIT), np.float32)


def match_blocks(
    grey: Image, form: Form, page: Page, matrix: Matrix, reach: float, scale: float, within: Within | None = None
) -> Matches:
    """The page's blocks, each where its lines show best within `reach` mm, at `scale` px/mm."""
    dark = _darkness(grey, matrix, form, reach, scale)
    steps = round(2 * reach * scale)
    mm, seen, contrast = [], [], []
    for block in _blocks(_Key(form), page.number, scale):
        middle = (block.x + block.weights.shape[1] / scale / 2, block.y + block.weights.shape[0] / scale / 2)
        if within is not None and np.hypot(middle[0] - within.x, middle[1] - within.y) > within.radius:
            continue
        x, y = round(block.x * scale), round(block.y * scale)
        window = dark[y : y + block.weights.shape[0] + steps, x : x + block.weights.shape[1] + steps]
        scores = cv2.matchTemplate(window, block.weights, cv2.TM_CCORR)
        _, score, _, place = cv2.minMaxLoc(scores)
        if score < MATCH:
            continue
        dx, dy = peak(scores, place)
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
    bend: Bend | None = None


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
    for reach, scale, tolerance in levels:
        matches = match_blocks(grey, form, page, matrix, reach, scale)
        better = refit(matches, matrix, tolerance)
        if better is None:
            return fit if fit is not None and reach < 12 else None
        total = len(_blocks(_Key(form), page.number, scale))
        agreed = np.count_nonzero(better[1]) / total
        matrix = better[0]
        fit = Fit(matrix, float(agreed))
    return fit


def bend_of(grey: Image, form: Form, page: Page, matrix: Matrix, reach: float = 9.0) -> Bend | None:
    """How the paper bends off the page's map; None where too few blocks are seen.

    A block counts that lies as its neighbours do: one that caught another row of boxes does not.
    """
    matches = match_blocks(grey, form, page, matrix, reach, 1.0)
    if len(matches.mm) < 8:
        return None
    shift = matches.seen - matches.mm
    keep = np.ones(len(shift), bool)
    for _ in range(3):
        off = np.empty(len(shift))
        for index, (x, y) in enumerate(matches.mm):
            others = keep.copy()
            others[index] = False
            off[index] = np.hypot(*(shift[index] - Bend(matches.mm[others], shift[others]).at(x, y)))
        keep = off < max(1.5, 3.0 * float(np.median(off)))
        if np.count_nonzero(keep) < 6:
            return None
    return Bend(matches.mm[keep], shift[keep])
