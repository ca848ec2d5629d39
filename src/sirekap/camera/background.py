"""What lies behind and before the paper in a photograph: desks, walls, tiles, tarpaulins, and fingers."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_COARSE = 4  # the background is made at a quarter of the frame: nobody looks at its details


def background(frame: tuple[int, int], rng: np.random.Generator, mask: Image) -> Image:
    """A made-up surface, BGR, of the frame's (width, height), darkened beside the paper where `mask` is set.

    `mask` is uint8 of shape (height, width), not 0 where the paper lies.
    """
    w, h = frame
    small = -(-w // _COARSE), -(-h // _COARSE)
    makers: list[Callable[[tuple[int, int], np.random.Generator], Floats]] = [_wood, _wall, _tiles, _tarpaulin]
    weights = [0.35, 0.35, 0.15, 0.15]
    surface = makers[int(rng.choice(len(makers), p=weights))](small, rng)
    surface *= _falloff(small, rng)[..., None]
    # The sheet's own shadow, a little beside it.
    paper = cv2.resize(mask, small, interpolation=cv2.INTER_NEAREST)
    shift = np.array([[1, 0, rng.uniform(-6, 6)], [0, 1, rng.uniform(0, 8)]], np.float32)
    soft = cv2.GaussianBlur(cv2.warpAffine(paper, shift, small), (0, 0), rng.uniform(2, 6))
    surface *= (1.0 - rng.uniform(0.2, 0.5) * soft.astype(np.float32) / 255.0)[..., None]
    surface += rng.normal(0, 3, surface.shape).astype(np.float32)
    picture = np.clip(surface, 0, 255).astype(np.uint8)
    return cv2.resize(picture, (w, h), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def fingers(picture: Image, mask: Image, rng: np.random.Generator) -> None:
    """Draws in place the tips of fingers that hold the paper at its edges; printed marks stay free.

    `mask` is uint8, not 0 where the paper lies. Nothing is drawn where the mask is empty.
    """
    columns = np.flatnonzero(mask[mask.shape[0] // 2])
    if not len(columns):
        return
    wide = float(columns[-1] - columns[0])
    skin = np.array([95, 128, 178]) * rng.uniform(0.45, 1.1)
    for edge, outwards in ((int(columns[0]), -1), (int(columns[-1]), 1)):
        if rng.random() < 0.4:
            continue
        y = rng.uniform(0.35, 0.7) * mask.shape[0]
        slope = rng.uniform(-0.2, 0.4)
        for finger in range(int(rng.integers(1, 4))):
            thick = wide * rng.uniform(0.036, 0.046)
            tip = np.array([edge - outwards * thick * rng.uniform(0.1, 0.5), y + finger * thick * 1.05])
            _finger(picture, tip, outwards, slope, thick, skin * rng.uniform(0.92, 1.05))


def _finger(
    picture: Image,
    tip: npt.NDArray[np.float64],
    outwards: int,
    slope: float,
    thick: float,
    skin: npt.NDArray[np.float64],
) -> None:
    """One finger from outside the picture to its tip: a rounded bar, darker at its rim, with a nail."""
    far = 2.0 * picture.shape[1]
    root = tip + np.array([outwards * far, slope * far])
    for share, shade in ((1.0, 0.72), (0.86, 0.9), (0.6, 1.0)):
        colour = tuple(float(v) for v in skin * shade)
        ends = [(round(float(x)), round(float(y))) for x, y in (tip, root)]
        cv2.line(picture, ends[0], ends[1], colour, max(1, round(thick * share)), cv2.LINE_AA)
    nail = tip + np.array([outwards * 0.12 * thick, 0.0])
    pale = tuple(float(v) for v in np.minimum(skin * 1.12 + 8, 255))
    axes = max(1, round(thick * 0.30)), max(1, round(thick * 0.22))
    cv2.ellipse(picture, (round(nail[0]), round(nail[1])), axes, 0, 0, 360, pale, -1, cv2.LINE_AA)


def _falloff(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    corners = rng.uniform(0.6, 1.1, (2, 2)).astype(np.float32)
    return cv2.resize(corners, size, interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _cloud(size: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Smooth noise of mean 0 and spread about 1, `cells` (across, down) lumps wide."""
    coarse = rng.normal(0, 1, (cells[1], cells[0])).astype(np.float32)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)


def _plain(size: tuple[int, int], colour: npt.NDArray[np.float64]) -> Floats:
    return np.tile(colour.astype(np.float32), (size[1], size[0], 1))


def _wood(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A table or plywood board: grain along one direction."""
    colour = np.array([60.0, 95.0, 140.0]) * rng.uniform(0.5, 1.4) + rng.normal(0, 10, 3)
    along = (4, max(8, size[1] // 6)) if rng.random() < 0.5 else (max(8, size[0] // 6), 4)
    grain = 7 * _cloud(size, along, rng) + 6 * _cloud(size, (5, 5), rng)
    return _plain(size, colour) + grain[..., None]


def _wall(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Painted wall or board on which the sheets hang during the count."""
    colour = np.array([rng.uniform(90, 215)] * 3) * (1 + rng.normal(0, 0.12, 3))
    return _plain(size, colour) + (4 * _cloud(size, (9, 12), rng))[..., None]


def _tiles(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A floor of tiles with joints."""
    surface = _wall(size, rng)
    pitch = int(size[0] * rng.uniform(0.25, 0.45))
    width = max(1, size[0] // 160)
    for start in range(int(rng.integers(pitch)), max(size), pitch):
        surface[start : start + width] *= 0.6
        surface[:, start : start + width] *= 0.6
    return surface


def _tarpaulin(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A tarpaulin or tablecloth: a strong colour, stripes at times, soft waves."""
    hue = np.array([[[rng.integers(180), rng.integers(90, 220), rng.integers(90, 210)]]], np.uint8)
    colour = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float64)
    surface = _plain(size, colour)
    if rng.random() < 0.5:
        pitch = max(8, int(size[0] * rng.uniform(0.08, 0.2)))
        stripes = (np.arange(size[0]) // pitch) % 2 == 0
        surface[:, stripes] = 0.5 * surface[:, stripes] + 105
    return surface + (9 * _cloud(size, (7, 7), rng))[..., None]
