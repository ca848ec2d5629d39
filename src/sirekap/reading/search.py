"""The page where tag and corner marks do not carry it: folded, cut off, covered, without tag, on a light table.

Rough guesses are made, from the tag outwards or from the paper's outline, and each is bettered by the printed
lines of the whole page. A wrong guess does not survive that: few of its blocks agree with one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page
from sirekap.reading.decode import Image
from sirekap.reading.directions import by_directions
from sirekap.reading.flatten import Matrix, Points, affine, distance_mm, homography, project, shrunk
from sirekap.reading.lines import (
    Within,
    bend_of,
    many_blocks,
    match_blocks,
    refit,
    refit_affine,
    register,
    support,
)
from sirekap.reading.tags import TAG_SHOWN, tag_shown

LEVELS = ((40.0, 0.5, 12.0), (12.0, 1.0, 5.0))  # reach mm, scale px/mm, tolerance mm
NEARER = ((18.0, 1.0, 6.0), (12.0, 1.0, 5.0))  # rows of a table are nearer to each other than the first reach
CLOSE = ((12.0, 1.0, 5.0),)
GROWTH = ((170.0, 12.0), (270.0, 18.0), (400.0, 25.0), (1200.0, 30.0))  # mm around the tag, and reach in mm
AGREED = 0.42  # share of a page's blocks that no wrong guess brings to agree
CLEARLY_AGREED = 0.86  # no further guess is made above it
CLEARLY_EVEN = 0.75  # and, without a tag, where the lines show as evenly as this
WHOLE = 0.7  # share of the page's blocks that are in the picture of a page that is not cut off
ALIKE = 10.0  # mm at its corners by which two maps of a page may differ and count as one
MOST_GUESSES = 4  # that are looked at closely
TAG_GAP = 60.0  # mm by which an outline may lay the tag elsewhere
OUTLINE_SIDE = 800  # px of the long side at which the paper's outline is sought


@dataclass(frozen=True)
class Guess:
    """A page and the map found for it; `agreed` is the share of its `visible` blocks that lie on the map."""

    page: Page
    matrix: Matrix
    agreed: float
    visible: int
    tag: bool


def bettered(grey: Image, form: Form, page: Page, matrix: Matrix, *, tag: bool) -> Guess | None:
    """A map that is nearly right, by the printed lines; None where they do not bear it out."""
    fit = register(grey, form, page, matrix, CLOSE)
    return None if fit is None else Guess(page, fit.matrix, fit.agreed, fit.visible, tag)


def search(grey: Image, form: Form, tags: Sequence[tuple[Page, Points]], pages: Sequence[Page]) -> list[Guess]:
    """The few guesses that are borne out best, from tags, line directions and outlines; the best first."""
    guesses: list[Guess] = []
    for start in _starts(grey, form, tags, pages):
        guess = _registered(grey, form, start)
        if guess is None or guess.agreed < AGREED or not plausible(form, guess.matrix, grey):
            continue
        twin = next((n for n, other in enumerate(guesses) if _same(form, guess, other)), None)
        if twin is None:
            guesses.append(guess)
        elif guess.agreed > guesses[twin].agreed:
            guesses[twin] = guess
        whole = guess.visible >= WHOLE * many_blocks(form, guess.page)
        if guess.agreed >= CLEARLY_AGREED and whole and (start.tag or _borne_out(grey, form, guess)):
            break
    return sorted(guesses, key=lambda guess: -guess.agreed * guess.visible**0.5)[:MOST_GUESSES]


@dataclass(frozen=True)
class _Start:
    """A rough map of a page; `levels` are the ways of bettering it, each tried until one is clear."""

    page: Page
    matrix: Matrix
    tag: bool
    levels: tuple[tuple[tuple[float, float, float], ...], ...] = (LEVELS,)


def _registered(grey: Image, form: Form, start: _Start) -> Guess | None:
    best: Guess | None = None
    for levels in start.levels:
        fit = register(grey, form, start.page, start.matrix, levels)
        if fit is not None and (best is None or fit.agreed > best.agreed):
            best = Guess(start.page, fit.matrix, fit.agreed, fit.visible, start.tag)
        if best is not None and best.agreed >= CLEARLY_AGREED:
            break
    return best


def _borne_out(grey: Image, form: Form, guess: Guess) -> bool:
    """Whether the page's own tag stands in its place, or all lines show alike: rows of a table that are taken for
    others agree with one another as well.
    """
    if tag_shown(grey, guess.page, guess.matrix) > TAG_SHOWN:
        return True
    bend = bend_of(grey, form, guess.page, guess.matrix)
    return support(grey, form, guess.page, guess.matrix, bend).even > CLEARLY_EVEN


def _same(form: Form, one: Guess, other: Guess) -> bool:
    """Whether two guesses lay the same page nearly alike."""
    if one.page != other.page:
        return False
    there = np.asarray([project(other.matrix, x, y) for x, y in _corners(form)])
    return (
        max(distance_mm(one.matrix, mm, (px[0], px[1])) for mm, px in zip(_corners(form), there, strict=True))
        < ALIKE
    )


def plausible(form: Form, matrix: Matrix, grey: Image) -> bool:
    """Whether the map shows the page unmirrored, in one piece and large enough to read anything."""
    corners = np.asarray(_corners(form), np.float64)
    points = np.column_stack([corners, np.ones(4)]) @ matrix.T
    if (points[:, 2] * points[0, 2] <= 0).any():
        return False
    quad = (points[:, :2] / points[:, 2:]).astype(np.float32)
    return bool(cv2.isContourConvex(quad)) and cv2.contourArea(quad, True) > 0.03 * grey.size


def _corners(form: Form) -> tuple[tuple[float, float], ...]:
    return (0.0, 0.0), (form.width, 0.0), (form.width, form.height), (0.0, form.height)


def _starts(
    grey: Image, form: Form, tags: Sequence[tuple[Page, Points]], pages: Sequence[Page]
) -> Iterator[_Start]:
    """Rough maps, the likeliest first: growth from a tag, outlines turned as a tag says; without a tag the
    directions of the lines, and outlines alone.
    """
    quads = papers(grey)
    for page, corners in tags:
        grown = _grown(grey, form, page, corners)
        if grown is not None:
            yield _Start(page, grown, True)
        for matrix in _fitting(form, page, corners, quads):
            yield _Start(page, matrix, True)
    if tags:
        return
    for page, matrix in by_directions(grey, form, pages):
        yield _Start(page, matrix, False, (NEARER, LEVELS))
    for quad in quads:
        for page in pages:
            for matrix in _turns(form, quad):
                yield _Start(page, matrix, False, (NEARER, LEVELS))
    for quad in quads[:-1]:  # the last is the whole picture
        for page, matrix in by_directions(grey, form, pages, quad):
            yield _Start(page, matrix, False, (NEARER, LEVELS))


def _fitting(form: Form, page: Page, corners: Points, quads: Sequence[Points]) -> list[Matrix]:
    gaps = [(_tag_gap(page, corners, matrix), matrix) for quad in quads for matrix in _turns(form, quad)]
    return [matrix for gap, matrix in sorted(gaps, key=lambda item: item[0]) if gap < TAG_GAP]


def _turns(form: Form, quad: Points) -> Iterator[Matrix]:
    """The page laid onto a quadrilateral in each of its four turns."""
    for turn in range(4):
        turned = np.roll(quad, turn, axis=0).tolist()
        matrix = homography([(mm, (px[0], px[1])) for mm, px in zip(_corners(form), turned, strict=True)])
        if matrix is not None:
            yield matrix


def _tag_gap(page: Page, corners: Points, matrix: Matrix) -> float:
    """How far a map lays the tag's corners from where they were seen, in mm, at most; measured on the tag."""
    assert page.tag is not None  # only a page with a tag has a tag's corners
    side = float(np.linalg.norm(corners[0] - corners[1])) / page.tag.rect.w
    laid = [project(matrix, *mm) for mm in page.tag.rect.corners]
    return float(np.linalg.norm(np.asarray(laid) - corners, axis=1).max()) / max(side, 1e-6)


def _grown(grey: Image, form: Form, page: Page, corners: Points) -> Matrix | None:
    """From the tag outwards, ring by ring: each ring's lines better the map for the next."""
    assert page.tag is not None  # only a page with a tag has a tag's corners
    start = affine(
        [(mm, (float(x), float(y))) for mm, (x, y) in zip(page.tag.rect.corners, corners.tolist(), strict=True)]
    )
    if start is None:
        return None
    matrix = start
    x, y = page.tag.rect.centre
    for radius, reach in GROWTH:
        matches = match_blocks(grey, form, page, matrix, reach, 1.0, within=Within(x, y, radius))
        better = (refit_affine if radius < 400 else refit)(matches, matrix, 0.35 * reach)
        if better is not None:
            matrix = better[0]
    return matrix


def papers(grey: Image, *, edges: bool = True) -> list[Points]:
    """Quadrilaterals that could be the paper: bright ones, those `edges` enclose, and the whole picture."""
    scale = min(1.0, OUTLINE_SIDE / max(grey.shape))
    small = cv2.GaussianBlur(shrunk(grey, OUTLINE_SIDE), (0, 0), 3)
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    masks = [(np.asarray(bright, np.uint8), 25)] + (
        [(_enclosed(np.asarray(small, np.uint8)), 9)] if edges else []
    )
    quads: list[Points] = []
    for mask, gap in masks:
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
        for quad in _quads(np.asarray(closed, np.uint8)):
            corners = (quad + 0.5) / scale - 0.5
            if all(np.abs(corners - other).max() > 0.02 * max(grey.shape) for other in quads):
                quads.append(np.asarray(corners, np.float32))
    height, width = grey.shape
    quads.append(np.asarray([[0, 0], [width, 0], [width, height], [0, height]], np.float32))
    return quads


def _enclosed(small: Image) -> npt.NDArray[np.uint8]:
    """All that strong edges keep apart from the picture's border: the sheet on a table of its own brightness."""
    strength = cv2.magnitude(cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1))
    smooth = np.where(strength < np.percentile(strength, 88), 255, 0).astype(np.uint8)
    framed = cv2.copyMakeBorder(smooth, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    cv2.floodFill(framed, None, (0, 0), 128)
    return np.asarray((framed[1:-1, 1:-1] != 128) * np.uint8(255), np.uint8)


def _quads(mask: npt.NDArray[np.uint8]) -> Iterator[Points]:
    """Four corners each of the two largest pieces of a mask, where they fill a tenth of it."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:2]:
        if cv2.contourArea(contour) < 0.1 * mask.size:
            continue
        hull = cv2.convexHull(contour)
        for tolerance in (0.02, 0.04, 0.07):
            corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
            if len(corners) == 4:
                yield _clockwise(corners.reshape(4, 2).astype(np.float32))
                break
        else:
            yield _clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32))


def _clockwise(quad: Points) -> Points:
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    return np.asarray(quad[np.argsort(angles)], np.float32)
