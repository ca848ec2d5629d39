"""What a telephone makes of a box: cut a little wrong, lit unevenly, blurred, noisy, compressed, resampled."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Place = tuple[float, float, float, float]

CROP_HEIGHT = (46.0, 64.0)
"""Pixels to which the reader enlarges or shrinks a box, whatever the photograph's own resolution."""


def picture(array: npt.NDArray[Any]) -> Image:
    """OpenCV's results, whose element type its stubs leave open, as uint8."""
    return np.asarray(array, dtype=np.uint8)


def photograph(patch: Image, box: Place, rng: np.random.Generator, *, stripes: float = 0.15) -> Image:
    """The crop that a reader would cut of the box (x, y, width, height in px) from a photograph of the patch.

    The photograph is spoilt at its own resolution and then resampled, as in a reader: noise and JPEG's blocks
    come out coarse where a small photograph is enlarged. `stripes` is how often a screen was photographed.
    """
    shot = spoil(patch, rng, height=box[3], stripes=stripes)
    x, y, w, h = box
    kind = rng.random()
    # Usually the frame and a little around it; at times only the inside, at times a wide margin.
    low, high = (-0.02, 0.08) if kind < 0.65 else (-0.12, -0.04) if kind < 0.83 else (0.06, 0.15)
    edge = rng.uniform(low, high)
    slip = np.clip(rng.normal(0, 0.03, 2), -0.09, 0.09) * [w, h]
    size = np.array([w * (1 + 2 * edge), h * (1 + 2 * edge)])
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size + [x - edge * w, y - edge * h] + slip
    corners = corners + rng.normal(0, 0.018, (4, 2)) * h
    scale = 1.0
    if rng.random() < 0.55:
        scale = float(rng.uniform(*CROP_HEIGHT)) / size[1]
    elif rng.random() < 0.2:
        scale = float(rng.uniform(0.6, 1.6))
    return cut(shot, turned(corners, rng.normal(0, 0.03)), size * scale)


def turned(corners: npt.NDArray[np.float64], angle: float) -> npt.NDArray[np.float64]:
    """Points of shape (n, 2) turned around their middle by `angle` in radians."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = corners.mean(axis=0)
    return np.asarray((corners - centre) @ turn.T + centre)


def cut(shot: Image, corners: npt.NDArray[np.float64], size: npt.NDArray[np.float64]) -> Image:
    """The quadrilateral of a picture, stretched to a rectangle of about `size` (width, height) px."""
    w, h = max(10, round(float(size[0]))), max(12, round(float(size[1])))
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    how = cv2.INTER_AREA if np.ptp(corners[:, 1]) > h else cv2.INTER_LINEAR
    return picture(cv2.warpPerspective(shot, matrix, (w, h), flags=how, borderMode=cv2.BORDER_REPLICATE))


def spoil(
    crop: Image,
    rng: np.random.Generator,
    strength: float = 1.0,
    height: float | None = None,
    stripes: float = 0.15,
) -> Image:
    """Light, lens, sensor and compression on a picture; `strength` below 1 for what is a photograph already.

    `height` is the height in px of the box in it, by which blur is measured; the picture's own where None.
    """
    h, w = crop.shape[:2]
    high = float(height or h)
    shot = _blurred(crop.astype(np.float32), high, rng, strength)
    shot *= _light(h, w, rng, strength, stripes)
    if rng.random() < 0.3:
        # Haze or a raised black: print is rarely as dark as in theory.
        lift = rng.random()
        shot = shot * (1 - 0.35 * lift) + 60 * lift * float(np.median(shot)) / 230
    if rng.random() < 0.06 * strength:
        shot += _glare(h, w, rng)[..., None]
    shot += _noise(h, w, rng, strength)
    done = np.clip(shot, 0, 255).astype(np.uint8)
    if rng.random() < 0.65:
        lowest = 22 if strength >= 1 else 35
        _, data = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(lowest, 92))])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        done = done if decoded is None else picture(decoded)
    if rng.random() < 0.06:
        grey = cv2.cvtColor(done, cv2.COLOR_BGR2GRAY)
        done = picture(np.repeat(grey[..., None], 3, axis=2))
    return done


def _blurred(shot: Floats, high: float, rng: np.random.Generator, strength: float) -> Floats:
    """Out of focus, shaken, or shrunk by a messenger and enlarged again."""
    h, w = shot.shape[:2]
    if rng.random() < 0.2 * strength:
        share = max(14 / high, rng.uniform(0.35, 0.8))
        small = max(10, int(w * share)), max(12, int(h * share))
        shot = np.asarray(cv2.resize(cv2.resize(shot, small, interpolation=cv2.INTER_AREA), (w, h)), np.float32)
    if rng.random() < 0.6:
        sigma = min(abs(rng.normal(0, 0.022)), 0.055) * high * strength + 0.2
        shot = np.asarray(cv2.GaussianBlur(shot, (0, 0), sigma), np.float32)
    if rng.random() < 0.12 * strength:
        length = rng.uniform(1.5, max(2.0, 0.12 * high))
        side = 2 * int(np.ceil(length / 2)) + 1
        kernel = np.zeros((side, side), np.float32)
        along = rng.uniform(0, np.pi)
        for t in np.linspace(-length / 2, length / 2, 24):
            kernel[round(side // 2 + t * np.sin(along)), round(side // 2 + t * np.cos(along))] += 1 / 24
        shot = np.asarray(cv2.filter2D(shot, -1, kernel), np.float32)
    return shot


def _light(h: int, w: int, rng: np.random.Generator, strength: float, stripes: float) -> Floats:
    """The light on the paper as a factor a pixel and channel: slope, cast, shadow's edge, a screen's stripes."""
    yy, xx = np.mgrid[-0.5 : 0.5 : h * 1j, -0.5 : 0.5 : w * 1j].astype(np.float32)
    light = rng.uniform(0.28, 1.05) if strength >= 1 else rng.uniform(0.6, 1.15)
    slope = rng.normal(0, 0.10, 2) * strength
    field = light * (1 + slope[0] * xx + slope[1] * yy)
    if rng.random() < 0.12 * strength:
        # The hard edge of somebody's shadow.
        edge = rng.normal(0, 1, 2) @ np.stack([xx.ravel(), yy.ravel()]) - rng.normal(0, 0.2)
        field *= 1 - rng.uniform(0.1, 0.5) / (1 + np.exp(-np.clip(edge * 25, -30, 30))).reshape(h, w)
    # Light is warm or cold far more often than green or purple.
    warmth = rng.normal(0, 0.08 * strength)
    out = field[..., None] * (1 + rng.normal(0, 0.03 * strength, 3) + np.array([-warmth, 0, warmth]))
    if rng.random() < stripes * strength:
        out = out * moire(yy, xx, rng)
    return np.asarray(out, np.float32)


def moire(yy: Floats, xx: Floats, rng: np.random.Generator) -> Floats:
    """The coloured stripes of a photographed screen, as a factor a pixel and channel.

    `yy` and `xx` run from -0.5 to 0.5 over the crop. A stripe is the one thing on an empty box that looks
    like a stroke of the pen; it must never become a 1.
    """
    factor = np.ones((), np.float32)
    for _ in range(1 if rng.random() < 0.7 else 2):
        angle, cycles = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(0.7), np.log(14)))
        along = np.cos(angle) * xx + np.sin(angle) * yy
        bend = rng.normal(0, 0.3) * (xx**2 + yy**2)
        phase = rng.uniform(0, 2 * np.pi) + rng.normal(0, 1.2, 3)
        strength = rng.uniform(0.02, 0.14) * rng.uniform(0.5, 1.2, 3)
        waves = np.sin(2 * np.pi * cycles * (along + bend)[..., None] + phase)
        factor = factor * (1 + strength * waves)
    return np.asarray(factor, np.float32)


def _glare(h: int, w: int, rng: np.random.Generator) -> Floats:
    """A lamp's reflection: a soft bright patch that takes the contrast away but seldom all of it."""
    yy, xx = np.mgrid[0 : 1 : h * 1j, 0 : 1 : w * 1j].astype(np.float32)
    x, y = rng.uniform(-0.1, 1.1, 2)
    wide, tall = rng.uniform(0.15, 0.6, 2)
    spot = np.exp(-(((xx - x) / wide) ** 2) - ((yy - y) / tall) ** 2)
    return np.asarray(rng.uniform(40, 170) * spot, np.float32)


def _noise(h: int, w: int, rng: np.random.Generator, strength: float) -> Floats:
    """A sensor's noise: of single pixels or a little blotchy, more of brightness than of colour."""
    level = abs(rng.normal(0, 4)) if rng.random() < 0.75 else rng.uniform(5, 15)
    grain = rng.normal(0, 1, (h, w, 1)).astype(np.float32) + 0.5 * rng.normal(0, 1, (h, w, 3)).astype(np.float32)
    if rng.random() < 0.5:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.5, 0.9)), np.float32)
    return np.asarray(grain * (level * strength / max(float(grain.std()), 1e-6)), np.float32)
