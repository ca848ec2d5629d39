"""What may be in a photograph beside a sheet, or instead of it: tables, papers, letters, receipts, thumbs."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.background import background

Image = npt.NDArray[np.uint8]
Size = tuple[int, int]
Chance = np.random.Generator


def white_table(frame: Size, rng: Chance) -> Image:
    """A table or cloth as white as paper, BGR of the frame's (width, height)."""
    level = rng.uniform(200, 225)
    slope = cv2.resize(rng.uniform(0.85, 1.0, (2, 2)).astype(np.float32), frame, interpolation=cv2.INTER_LINEAR)
    return _grained(np.repeat((level * slope)[..., None], 3, axis=2), rng, 2.0)


def wall(frame: Size, rng: Chance) -> Image:
    """A surface with nothing on it."""
    return background(frame, rng, np.zeros((frame[1], frame[0]), np.uint8))


def clutter(frame: Size, rng: Chance) -> Image:
    """A table full of papers, boxes and cables."""
    out = wall(frame, rng)
    for _ in range(28):
        middle, size = rng.uniform(0, 1, 2) * frame, rng.uniform(40, 520, 2)
        corners = cv2.boxPoints((tuple(map(float, middle)), tuple(map(float, size)), float(rng.uniform(0, 180))))
        colour = tuple(float(v) for v in rng.uniform(20, 245, 3))
        cv2.fillConvexPoly(out, np.round(corners).astype(np.int32), colour, cv2.LINE_AA)
        if rng.random() < 0.4:
            cv2.polylines(out, [np.round(corners).astype(np.int32)], True, (20, 20, 20), 4, cv2.LINE_AA)
    for _ in range(12):
        ends = np.round(rng.uniform(0, 1, (2, 2)) * frame).astype(int)
        cv2.line(out, ends[0].tolist(), ends[1].tolist(), (25, 25, 30), int(rng.integers(2, 9)), cv2.LINE_AA)
    return out


def letter(frame: Size, rng: Chance) -> Image:
    """Another document: paragraphs and a table of figures that is no form of ours."""
    out = _sheet(frame, rng, 0.62)
    x, y, w, h = _middle(frame, 0.62)
    _lines_of_text(out, (x + 40, y + 60, w - 80, int(h * 0.4)), rng)
    top, rows, columns = y + int(h * 0.55), int(rng.integers(6, 12)), int(rng.integers(3, 7))
    for row in range(rows + 1):
        cv2.line(out, (x + 60, top + row * h // 32), (x + w - 60, top + row * h // 32), (40, 40, 40), 2)
    for column in range(columns + 1):
        at = x + 60 + column * (w - 120) // columns
        cv2.line(out, (at, top), (at, top + rows * h // 32), (40, 40, 40), 2)
    return _turned(out, rng)


def receipt(frame: Size, rng: Chance) -> Image:
    """A till's long strip of paper."""
    out = _sheet(frame, rng, 0.3)
    x, y, w, h = _middle(frame, 0.3)
    _lines_of_text(out, (x + 20, y + 40, w - 40, h - 80), rng)
    return _turned(out, rng)


def squares(frame: Size, rng: Chance) -> Image:
    """Squared paper: lines everywhere, none of them a form's."""
    out = _sheet(frame, rng, 0.7)
    x, y, w, h = _middle(frame, 0.7)
    pitch = int(rng.integers(24, 60))
    for at in range(x + pitch, x + w, pitch):
        cv2.line(out, (at, y), (at, y + h), (120, 110, 100), 2)
    for at in range(y + pitch, y + h, pitch):
        cv2.line(out, (x, at), (x + w, at), (120, 110, 100), 2)
    return _turned(out, rng)


def glare(picture: Image, at: npt.ArrayLike, radius: float) -> Image:
    """The picture with a lamp's reflection: white within about `radius` px of a point, paler around."""
    x, y = np.asarray(at, float)
    v, u = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    far = np.hypot(u - x, 1.4 * (v - y)) / radius
    light = 400 / (1 + np.exp(np.clip((far - 1) * 7, -30, 30)))
    return np.asarray(np.clip(picture + light[..., None], 0, 255), np.uint8)


def finger(picture: Image, tip: npt.ArrayLike, from_: npt.ArrayLike, thick: float, rng: Chance) -> Image:
    """The picture with a thumb of `thick` px whose tip covers a point, coming from beyond another."""
    out = picture.copy()
    end, start = np.asarray(tip, float), np.asarray(from_, float)
    way = (start - end) / max(1e-6, float(np.linalg.norm(start - end)))
    root = end + way * 2 * max(picture.shape)
    skin = np.array([95, 128, 178]) * rng.uniform(0.6, 1.1)
    for share, shade in ((1.0, 0.72), (0.86, 0.9), (0.6, 1.0)):
        ends = [(round(float(p[0])), round(float(p[1]))) for p in (end + way * 0.2 * thick, root)]
        colour = tuple(float(v) for v in skin * shade)
        cv2.line(out, ends[0], ends[1], colour, max(1, round(thick * share)), cv2.LINE_AA)
    return out


def moire(picture: Image, rng: Chance) -> Image:
    """The picture as a screen's raster shows it to a camera: coloured waves, wide and narrow."""
    v, u = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    waves = np.ones(picture.shape, np.float32)
    for period, depth in ((rng.uniform(3, 6), 0.14), (rng.uniform(40, 110), 0.10)):
        angle, bow = rng.uniform(0, np.pi), rng.uniform(-2, 2) * 1e-4
        along = (
            np.cos(angle) * u + np.sin(angle) * v + bow * (np.sin(angle) * u - np.cos(angle) * v) ** 2 / period
        )
        for channel in range(3):
            waves[..., channel] *= 1 + depth * np.sin(2 * np.pi * along / period + 2.1 * channel)
    return np.asarray(np.clip(picture * waves, 0, 255), np.uint8)


def _grained(surface: npt.NDArray[np.floating], rng: Chance, level: float) -> Image:
    return np.asarray(np.clip(surface + rng.normal(0, level, surface.shape), 0, 255), np.uint8)


def _middle(frame: Size, aspect: float) -> tuple[int, int, int, int]:
    height = int(0.86 * frame[1])
    width = min(int(aspect * height), frame[0] - 40)
    return (frame[0] - width) // 2, (frame[1] - height) // 2, width, height


def _sheet(frame: Size, rng: Chance, aspect: float) -> Image:
    out = wall(frame, rng)
    x, y, w, h = _middle(frame, aspect)
    out[y : y + h, x : x + w] = rng.uniform(195, 240)
    return out


def _lines_of_text(out: Image, area: tuple[int, int, int, int], rng: Chance) -> None:
    x, y, w, h = area
    for top in range(y, y + h, 30):
        at = x
        while at < x + w - 60:
            length = int(rng.integers(15, 90))
            word = "".join(rng.choice(list("ACEHNORSTUaeimnostu"), 4))
            cv2.putText(out, word, (at, top), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (45, 45, 45), 1, cv2.LINE_AA)
            at += 60 + length // 3


def _turned(out: Image, rng: Chance) -> Image:
    height, width = out.shape[:2]
    strays = rng.uniform(-0.05, 0.05, (4, 2)) * (width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), (corners + strays).astype(np.float32))
    flat = cv2.warpPerspective(out, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return _grained(flat.astype(np.float32), rng, 3.0)
