"""A line of handwriting on its field, made ready for the network of `words`: found, set upright, of one size.

The field may be empty, which says nothing; what is printed around it (frames, small print) is left out.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.reading.decode import Image

HEIGHT = 24
"""Rows of the network's input in pixels."""

LETTERS = 16
"""Rows that the writing itself fills."""

WIDEST = 480
"""Columns at most: longer lines are squeezed."""

_SLOPES = (-0.05, -0.03, -0.015, 0.0, 0.015, 0.03, 0.05)
_FAINTEST = 0.07  # share of the paper's light that ink takes away at least
_GRAIN = 4.5  # times the picture's grain that ink is darker
_FAR = 3.5  # heights of the line from which ink beside it belongs to something else
_MORE = 0.7  # heights of the line that are read on either side of its ink
_LEAST_INK = 60  # px of ink below which nothing is written
_LEAST_HIGH = 5  # px; lower than this stand dots, dirt and rules

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


def ranked(values: npt.NDArray[Any], *shares: float) -> list[float]:
    """The values below which these shares of all lie: as percentiles, without their cost."""
    flat = values.ravel()
    places = [min(flat.size - 1, int(share * flat.size)) for share in shares]
    parted = np.partition(flat, places)
    return [float(parted[place]) for place in places]


def line_picture(flat: Image, least: int = _LEAST_HIGH) -> Image | None:
    """The writing on a flattened grey field of about 2 px/mm, as uint8 of shape (HEIGHT, width), 255 is ink.

    `width` is a multiple of 4, at most WIDEST. None where nothing is written, or nothing that could be a line;
    what is lower than `least` px is small print, not writing, and of a line that runs out of the field the rest
    might be another number.
    """
    if min(flat.shape) < 2 * _LEAST_HIGH:
        return None
    dark = _darkness(flat)
    # where to look is decided on a softened picture: there strokes stand out of grain
    soft = cv2.GaussianBlur(dark, (0, 0), 0.9)
    sample = soft[::3, ::3]
    grain = ranked(np.abs(sample - ranked(sample, 0.5)[0]), 0.5)[0] / 0.6745
    faint = soft > max(_FAINTEST, _GRAIN * grain)
    if np.count_nonzero(faint) < _LEAST_INK:
        return None
    faint = _without_rules(faint)
    inked = soft[faint]
    if inked.size < _LEAST_INK:
        return None
    mask = faint & (soft > 0.5 * ranked(inked, 0.85)[0])
    if np.count_nonzero(mask) < _LEAST_INK:
        return None
    slope = _slope(mask)
    if slope:
        dark = _sheared(dark, slope)
        mask, faint = (_sheared(own.astype(np.float32), slope) > 0.5 for own in (mask, faint))
    band = _band(mask.sum(axis=1, dtype=np.float64))
    if band[1] - band[0] < max(least, _LEAST_HIGH):
        return None
    ink = faint[band[0] : band[1]].sum(axis=0)
    columns = np.flatnonzero(ink > 1)
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > _FAR * (band[1] - band[0])) + 1)
    columns = max(parts, key=lambda part: float(ink[part].sum()))
    if columns.size < _LEAST_HIGH or columns[0] <= 1 or columns[-1] >= dark.shape[1] - 2:
        return None
    # the first or last letter may be too faint to be seen as ink here, and is read all the same
    more = round(_MORE * (band[1] - band[0]))
    ends = max(0, int(columns[0]) - more), min(dark.shape[1], int(columns[-1]) + 1 + more)
    strength = max(1e-3, ranked(dark[band[0] : band[1]][faint[band[0] : band[1]]], 0.9)[0])
    return _scaled(dark / strength, band, ends)


def _darkness(flat: Image) -> Floats:
    """How much darker than the paper around it each pixel is, as a share of the paper; paper is about 0."""
    paper = cv2.blur(cv2.dilate(cv2.blur(flat, (3, 3)), np.ones((9, 9), np.uint8)), (25, 25))
    share = cv2.divide(flat, paper, dtype=cv2.CV_32F)
    return np.asarray(np.float32(ranked(share[::3, ::3], 0.5)[0]) - share, np.float32)


def _without_rules(mask: Mask) -> Mask:
    """The mask without printed lines that run along the field or down its whole height."""
    kept = mask.copy()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    wide, high, area = (stats[:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    along = (wide > 0.4 * mask.shape[1]) & (area < 4 * wide) & (high < 0.05 * wide + 6)
    down = (high > 0.8 * mask.shape[0]) & (area < 4 * high) & (wide < 0.15 * high + 4)
    rules = along | down
    rules[0] = False
    if rules.any():
        kept[rules[labels]] = False
    rows = np.flatnonzero(mask.mean(axis=1) > 0.6)
    columns = np.flatnonzero(mask.mean(axis=0) > 0.8)
    for by in (-1, 0, 1):
        kept[np.clip(rows + by, 0, mask.shape[0] - 1)] = False
        kept[:, np.clip(columns + by, 0, mask.shape[1] - 1)] = False
    return kept


def _slope(mask: Mask) -> float:
    """How steeply the line rises or falls: the slope at which its rows are most unlike each other."""
    small = np.asarray(
        cv2.resize(mask.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32
    )
    best, found = 0.0, 0.0
    for slope in _SLOPES:
        rows = _sheared(small, slope).sum(axis=1)
        peaked = float(rows @ rows) * (1.0 if slope else 1.03)
        if peaked > best:
            best, found = peaked, slope
    return found


def _sheared(picture: npt.NDArray[np.floating], slope: float) -> Floats:
    height, width = picture.shape
    move = np.asarray([[1.0, 0.0, 0.0], [-slope, 1.0, slope * width / 2]])
    return np.asarray(cv2.warpAffine(picture, move, (width, height)), np.float32)


def _band(rows: npt.NDArray[np.float64]) -> tuple[int, int]:
    """The rows of the line with most ink, from the first to the one after its last."""
    smooth = np.convolve(rows, np.ones(3) / 3, "same")
    full = smooth > 0.12 * smooth.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], full.astype(np.int8), [0]])))
    runs = [[int(a), int(b)] for a, b in edges.reshape(-1, 2)]
    joined = [runs[0]]
    for start, end in runs[1:]:
        if start - joined[-1][1] <= 2:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    first, last = max(joined, key=lambda run: float(rows[run[0] : run[1]].sum()))
    mass = np.cumsum(rows[first:last])
    inner = np.searchsorted(mass, [0.015 * mass[-1], 0.985 * mass[-1]])
    first, last = first + int(inner[0]), first + int(inner[1]) + 1
    return first, last


def _scaled(dark: Floats, band: tuple[int, int], columns: tuple[int, int]) -> Image:
    """The band of writing in the network's height, ink between 0 and 255."""
    zoom = LETTERS / (band[1] - band[0])
    margin = (HEIGHT - LETTERS) / 2
    wide = (columns[1] - columns[0]) * zoom + 2 * margin
    squeeze = min(1.0, WIDEST / wide)
    width = int(np.clip(4 * np.ceil(wide * squeeze / 4), 16, WIDEST))
    across, down = zoom * squeeze, zoom
    if down < 0.7:  # shrinking strongly: blur first, or thin strokes are lost between the rows
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), 0.35 / down), np.float32)
    move = np.asarray([[across, 0, margin - across * columns[0]], [0, down, margin - down * band[0]]])
    picture = cv2.warpAffine(dark, move, (width, HEIGHT), flags=cv2.INTER_LINEAR)
    return np.asarray(np.clip(255.0 * picture, 0, 255), np.uint8)
