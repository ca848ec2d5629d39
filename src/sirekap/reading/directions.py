"""Rough maps of a page without tag and outline: by the two directions in which its printed lines run.

Straight segments tell two vanishing points, and these the photograph as if seen from straight above, but for
its two scales. There the page's upright and level lines are sought one axis at a time, like two bar codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.forms import Form, Page
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Points, shrunk
from sirekap.reading.lines import FormKey, drawn

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

SIDE = 1000  # px of the long side at which segments are sought
LEAST_SEGMENT = 0.025  # of that side
MOST_SEGMENTS = 500
TRIALS = 600
ALONG = np.radians(1.6)  # by which a segment may miss its vanishing point
RECTIFIED = 900  # px of the long side of the rectified picture
STROKE = 13  # px: shorter strokes are writing, not lines
SMALLEST, LARGEST, STEPS = 0.45, 2.6, 56  # length of the page against the rectified side, and steps between
MOST_STRETCH = 1.45  # of one scale against the other
STRETCHED = 0.35  # ratio of the scales (its logarithm) that is as unlikely as a third of the lines missing
PEAKS = 12  # places along one axis that are looked at further
KEPT = 5  # places of a page in one turn
REFINED, OFFERED = 24, 10


@dataclass(frozen=True)
class _Plane:
    """The photograph rectified: `matrix` maps its px to the photograph's, `upright` and `level` are its lines."""

    matrix: Matrix
    upright: Floats
    level: Floats


def by_directions(
    grey: Image, form: Form, pages: Sequence[Page], within: Points | None = None
) -> list[tuple[Page, Matrix]]:
    """Rough maps of the pages in all four turns, the likeliest first; none where no lines cross.

    With `within`, a quadrilateral in px of shape (4, 2), only lines in it are looked at.
    """
    plane = _plane(grey, within)
    if plane is None:
        return []
    scored = [
        (score, page, turn, place)
        for page in pages
        for turn in range(4)
        for score, place in _placed(plane, form, page, turn)
    ]
    better = []
    for _, page, turn, place in sorted(scored, key=lambda item: -item[0])[:REFINED]:
        printed = _print(FormKey(form), page.number, turn)
        score, place = _refined(plane, printed, place)
        better.append((score, page, place @ printed.turned))
    best = sorted(better, key=lambda item: -item[0])[:OFFERED]
    return [(page, np.asarray(plane.matrix @ matrix, np.float64)) for _, page, matrix in best]


def _plane(grey: Image, within: Points | None) -> _Plane | None:
    small = shrunk(grey, SIDE)
    scale = max(small.shape) / max(grey.shape)
    segments = _segments(small)
    if within is not None:
        inside = [
            all(cv2.pointPolygonTest(within, (x / scale, y / scale), False) > 0 for x, y in ((a, b), (c, d)))
            for a, b, c, d in segments.tolist()
        ]
        segments = segments[np.asarray(inside, np.bool_)] if len(segments) else segments
    if len(segments) < 12:
        return None
    middle = np.asarray((small.shape[1], small.shape[0])) / 2
    centred = (segments - np.tile(middle, 2)) / (SIDE / 2)
    first = _vanishing(centred, None)
    if first is None:
        return None
    second = _vanishing(centred[~first[1]], first[0])
    if second is None:
        return None
    a, b = first[0], second[0]
    across, down = (a, b) if abs(a[0]) * np.hypot(b[0], b[1]) >= abs(b[0]) * np.hypot(a[0], a[1]) else (b, a)
    matrix = _rectifying(across, down)
    if matrix is None:
        return None
    used = centred[np.where(first[1])[0].tolist() + np.where(~first[1])[0][second[1]].tolist()]
    ends = np.concatenate([used[:, :2], used[:, 2:]])
    extent = _extent(ends, matrix)
    if extent is None:
        return None
    low, high = extent
    grow = RECTIFIED / float(max(high - low))
    size = tuple(int(v) for v in np.ceil((high - low) * grow))
    if min(size) < 60:
        return None
    shift = np.asarray([[grow, 0, -grow * low[0]], [0, grow, -grow * low[1]], [0, 0, 1]])
    to_small = np.asarray([[SIDE / 2, 0, middle[0]], [0, SIDE / 2, middle[1]], [0, 0, 1]])
    back = np.asarray(to_small @ np.linalg.inv(shift @ matrix), np.float64)
    picture = cv2.warpPerspective(small, back, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                  borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    half = np.asarray([[1 / scale, 0, 0.5 / scale - 0.5], [0, 1 / scale, 0.5 / scale - 0.5], [0, 0, 1]])
    upright, level = _strokes(np.asarray(picture, np.uint8))
    return _Plane(np.asarray(half @ back, np.float64), upright, level)


def _extent(ends: Array, matrix: Matrix) -> tuple[Array, Array] | None:
    """The least and most x and y of nearly all points as a map lays them, and some room around."""
    seen = np.column_stack([ends, np.ones(len(ends))]) @ matrix.T
    seen = seen[seen[:, 2] > 0.25]
    if len(seen) < 12:
        return None
    flat = seen[:, :2] / seen[:, 2:]
    low, high = (np.asarray(np.percentile(flat, part, axis=0), np.float64) for part in (2, 98))
    return low - 0.12 * (high - low), high + 0.12 * (high - low)


def _segments(small: Image) -> Array:
    """The longest straight segments, shape (n, 4) in px."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        return np.empty((0, 4))
    segments = np.asarray(found, np.float64).reshape(-1, 4)
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    order = np.argsort(-length, kind="stable")[:MOST_SEGMENTS]
    return np.asarray(segments[order][length[order] > LEAST_SEGMENT * SIDE])


def _vanishing(segments: Array, other: Array | None) -> tuple[Array, npt.NDArray[np.bool_]] | None:
    """The point (homogeneous) in which most length of the segments meets, and which do.

    With `other` only points count whose direction crosses that of the other point.
    """
    if len(segments) < 6:
        return None
    a, b = (np.column_stack([part, np.ones(len(part))]) for part in (segments[:, :2], segments[:, 2:]))
    lines = np.cross(a, b)
    lines /= np.linalg.norm(lines[:, :2], axis=1, keepdims=True)
    middle, way = (a + b)[:, :2] / 2, (b - a)[:, :2]
    length = np.linalg.norm(way, axis=1)
    way = way / length[:, None]
    chance = np.random.default_rng(0)  # the same photograph gives the same map
    pairs = chance.choice(len(segments), (TRIALS, 2), p=length / length.sum())
    points = np.cross(lines[pairs[:, 0]], lines[pairs[:, 1]])
    points = points[np.linalg.norm(points, axis=1) > 1e-9]
    if other is not None and len(points):
        points = points[_crossing(points, other) > np.sin(np.radians(35))]
    if not len(points):
        return None
    best = points[int(np.argmax((_meets(points, middle, way) * length).sum(axis=1)))]
    for _ in range(3):
        meets = _meets(best[None], middle, way)[0]
        if np.count_nonzero(meets) < 4:
            return None
        weighted = lines[meets] * np.sqrt(length[meets])[:, None]
        best = np.linalg.svd(weighted)[2][-1]
    meets = _meets(best[None], middle, way)[0]
    if np.count_nonzero(meets) < 4 or (
        other is not None and _crossing(best[None], other)[0] < np.sin(np.radians(30))
    ):
        return None
    return best, meets


def _meets(points: Array, middle: Array, way: Array) -> npt.NDArray[np.bool_]:
    """Which segments run towards which points: shape (points, segments)."""
    to = points[:, None, :2] - points[:, None, 2:] * middle[None]
    off = np.abs(to[..., 0] * way[None, :, 1] - to[..., 1] * way[None, :, 0])
    return np.asarray(off < np.sin(ALONG) * np.maximum(np.linalg.norm(to, axis=2), 1e-12))


def _crossing(points: Array, other: Array) -> Array:
    """The sine of the angle between the directions to some points and to another, in the picture's middle."""
    norm = np.linalg.norm(points[:, :2], axis=1) * np.hypot(other[0], other[1]) + 1e-12
    return np.asarray(np.abs(points[:, 0] * other[1] - points[:, 1] * other[0]) / norm)


def _rectifying(across: Array, down: Array) -> Matrix | None:
    """The map that makes lines towards two points level and upright, unmirrored."""
    horizon = np.cross(across, down)
    if abs(horizon[2]) < 1e-9:
        return None
    horizon = horizon / horizon[2]
    if np.hypot(horizon[0], horizon[1]) > 1.5:
        return None  # the horizon runs through the picture: no sheet is seen that way
    x, y = across[:2] * np.sign(across[0] or 1), down[:2] * np.sign(down[1] or 1)
    turn = np.column_stack([x / np.linalg.norm(x), y / np.linalg.norm(y)])
    if np.linalg.det(turn) < 0.3:
        return None
    straight = np.eye(3)
    straight[2] = horizon
    level = np.eye(3)
    level[:2, :2] = np.linalg.inv(turn)
    return np.asarray(level @ straight, np.float64)


def _strokes(picture: Image) -> tuple[Floats, Floats]:
    """How strongly each pixel belongs to an upright and to a level line, 0 to 1."""
    paper = cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float32)
    around = (31, 31)
    dark = cv2.blur(paper, around) - paper
    spread = np.sqrt(np.maximum(cv2.blur(dark * dark, around), 0.0)) + 3.0
    dark = np.clip(dark / spread, 0.0, 2.0) / 2.0
    out = []
    for along, across in (((STROKE, 1), (1, 3)), ((1, STROKE), (3, 1))):
        kernel = np.ones(along, np.uint8)
        # a line that leans by a pixel over its length still counts
        thick = cv2.dilate(dark, np.ones(across, np.uint8))
        out.append(np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel), np.float32))
    return out[0], out[1]


@dataclass(frozen=True)
class _Print:
    """A page's lines turned by quarters: their profiles along x and y (1 mm a value) and points on them."""

    across: Floats
    down: Floats
    upright: Array
    level: Array
    turned: Matrix


@lru_cache(maxsize=64)
def _print(key: FormKey, number: int, turn: int) -> _Print:
    form = key.form
    ink = np.rot90(drawn(form, form.page(number), 1.0), -turn)
    level = cv2.morphologyEx(np.ascontiguousarray(ink), cv2.MORPH_OPEN, np.ones((1, STROKE), np.uint8)) > 0
    upright = cv2.morphologyEx(np.ascontiguousarray(ink), cv2.MORPH_OPEN, np.ones((STROKE, 1), np.uint8)) > 0
    chance = np.random.default_rng(0)
    points = []
    for part in (upright, level):
        y, x = np.nonzero(part)
        some = chance.permutation(len(x))[:500]
        points.append(np.asarray(np.column_stack([x[some], y[some]]) + 0.5, np.float64))
    width, height = form.width, form.height
    matrices = (
        ((1, 0, 0), (0, 1, 0)), ((0, -1, height), (1, 0, 0)),
        ((-1, 0, width), (0, -1, height)), ((0, 1, 0), (-1, 0, width)),
    )  # fmt: skip
    matrix = np.asarray([*matrices[turn], (0, 0, 1)], np.float64)
    profiles = [np.asarray(part.sum(axis=axis), np.float32) for part, axis in ((upright, 0), (level, 1))]
    return _Print(profiles[0], profiles[1], points[0], points[1], matrix)


def _placed(plane: _Plane, form: Form, page: Page, turn: int) -> list[tuple[float, Matrix]]:
    """The places of a turned page in the rectified picture that fit best, with how well, 0 to 1."""
    printed = _print(FormKey(form), page.number, turn)
    across = _fits(plane.upright.sum(axis=0), printed.across)
    down = _fits(plane.level.sum(axis=1), printed.down)
    found = []
    for _, scale_x, shift_x in across:
        for _, scale_y, shift_y in down:
            if not 1 / MOST_STRETCH < scale_x / scale_y < MOST_STRETCH:
                continue
            place = np.asarray([[scale_x, 0, shift_x], [0, scale_y, shift_y], [0, 0, 1]])
            found.append((_likeness(plane, printed, place), np.asarray(place, np.float64)))
    return sorted(found, key=lambda item: -item[0])[:KEPT]


def _likeness(plane: _Plane, printed: _Print, place: Matrix) -> float:
    score = min(_shown(plane.upright, printed.upright, place), _shown(plane.level, printed.level, place))
    return score * float(np.exp(-((np.log(place[0, 0] / place[1, 1]) / STRETCHED) ** 2)))


def _refined(plane: _Plane, printed: _Print, place: Matrix) -> tuple[float, Matrix]:
    """A place bettered by small steps of one scale and shift at a time, with how well it fits."""
    best, score = place, _likeness(plane, printed, place)
    for axis in (0, 1, 0):
        length = (printed.across, printed.down)[axis].size
        start = best
        for begin in range(-15, 16, 3):
            for end in range(-15, 16, 3):
                tried = start.copy()
                tried[axis, axis] += (end - begin) / length
                tried[axis, 2] += begin
                own = _likeness(plane, printed, tried)
                if own > score:
                    best, score = tried, own
    return score, best


def _fits(seen: npt.NDArray[np.floating], printed: Floats) -> list[tuple[float, float, float]]:
    """Where a profile of lines shows in another, at which scale: (likeness, px a mm, px of its beginning)."""
    length = len(seen)
    if not printed.any():
        return []
    signal = _even(np.asarray(seen, np.float64))
    results = []
    for scale in np.geomspace(SMALLEST, LARGEST, STEPS) * length / len(printed):
        count = round(len(printed) * scale)
        if count < 40:
            continue
        shape = _even(cv2.resize(printed[None].astype(np.float64), (count, 1), interpolation=cv2.INTER_AREA)[0])
        pad = count // 2
        padded = np.pad(signal, pad)
        # a part of the page may lie outside: what is outside is no evidence for or against
        scores = np.correlate(padded, shape, "valid") if count < 64 else _correlated(padded, shape)
        energy = _windowed(padded**2, count)
        likeness = scores / np.sqrt(np.maximum(energy, 0.3 * float((signal**2).sum()))) / np.linalg.norm(shape)
        for place in np.argsort(-likeness)[:1]:
            results.append((float(likeness[place]), count / len(printed), float(place - pad)))
            likeness[max(0, place - 8) : place + 9] = -1
            again = int(np.argmax(likeness))
            results.append((float(likeness[again]), count / len(printed), float(again - pad)))
    kept: list[tuple[float, float, float]] = []
    for result in sorted(results, reverse=True):
        if all(_apart(result, other, len(printed)) for other in kept):
            kept.append(result)
    return kept[:PEAKS]


def _apart(one: tuple[float, float, float], other: tuple[float, float, float], length: int) -> bool:
    """Whether two fits lay an end of the page differently by more than the next step of a search betters."""
    begin, end = one[2] - other[2], (one[2] + one[1] * length) - (other[2] + other[1] * length)
    return max(abs(begin), abs(end)) > 0.018 * length * one[1]


def _even(profile: Array) -> Array:
    """A profile whose strong lines do not drown the weak, and whose smooth part is taken away."""
    soft = cv2.GaussianBlur(np.sqrt(np.maximum(profile, 0))[None], (0, 0), 1.6)[0]
    return np.asarray(soft - cv2.GaussianBlur(soft[None], (0, 0), 12.0)[0], np.float64)


def _correlated(signal: Array, shape: Array) -> Array:
    size = cv2.getOptimalDFTSize(len(signal) + len(shape))
    product = np.fft.rfft(signal, size) * np.conj(np.fft.rfft(shape, size))
    return np.asarray(np.fft.irfft(product, size)[: len(signal) - len(shape) + 1])


def _windowed(values: Array, count: int) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(sums[count:] - sums[:-count])


def _shown(strokes: Floats, points: Array, place: Matrix) -> float:
    """The share of a page's lines that show where a map lays them, of those in the picture (half at least)."""
    x, y = (np.round(points[:, axis] * place[axis, axis] + place[axis, 2] - 0.5).astype(int) for axis in (0, 1))
    inside = (x >= 2) & (x < strokes.shape[1] - 2) & (y >= 2) & (y < strokes.shape[0] - 2)
    if not inside.any():
        return 0.0
    return float(strokes[y[inside], x[inside]].sum()) / max(float(np.count_nonzero(inside)), 0.5 * len(points))
