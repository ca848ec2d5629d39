"""Other hands than our own: handwriting fonts, plotter letters, digits of seven segments, crooked strokes.

The fonts are free ones (SIL Open Font License) from npm's @fontsource packages, fetched once into the cache
and never part of this project.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.pens import Stroke, Writer

Image = npt.NDArray[np.uint8]

FONTS = (
    "annie-use-your-telescope", "architects-daughter", "bad-script", "caveat", "caveat-brush", "gaegu",
    "gochi-hand", "homemade-apple", "indie-flower", "kalam", "neucha", "patrick-hand", "permanent-marker",
    "reenie-beanie", "rock-salt", "schoolbell", "shadows-into-light", "shantell-sans",
)  # fmt: skip
HELD_OUT = ("covered-by-your-grace", "gloria-hallelujah", "handlee", "mansalva", "nanum-pen-script")
"""Fonts that are never trained on: what they measure is a hand that the network has not seen."""

VERSION = "5.3.0"
WEIGHTS = 3  # of a font at most
SIDE = 72
"""Side in px of a glyph's mask; the digit itself is 48 px high."""

_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip

# The segments of each digit, in the usual letters: a top, b and c right, d foot, e and f left, g middle.
_SEGMENTS: dict[str, tuple[str, ...]] = {
    "0": ("abcdef",), "1": ("bc", "ef"), "2": ("abged",), "3": ("abgcd",), "4": ("fgbc",), "5": ("afgcd",),
    "6": ("afgecd", "fgecd"), "7": ("abc", "fabc"), "8": ("abcdefg",), "9": ("abcdfg", "abcfg"),
}  # fmt: skip
_ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 0.5)), "c": ((1, 0.5), (1, 1)), "d": ((1, 1), (0, 1)),
    "e": ((0, 1), (0, 0.5)), "f": ((0, 0.5), (0, 0)), "g": ((0, 0.5), (1, 0.5)),
}  # fmt: skip


def glyphs(cache: Path, names: tuple[str, ...]) -> tuple[Image, npt.NDArray[np.uint8]]:
    """Masks of shape (n, SIDE, SIDE), white on black, of each font's ten digits, and which digits they are."""
    from PIL import Image as Pil
    from PIL import ImageDraw, ImageFont

    masks, digits = [], []
    for name in names:
        for data in _files(cache, name):
            font = ImageFont.truetype(io.BytesIO(data), 96)
            for digit in range(10):
                canvas = Pil.new("L", (300, 300))
                ImageDraw.Draw(canvas).text((100, 60), str(digit), font=font, fill=255)
                masks.append(centred(np.asarray(canvas, np.uint8)))
                digits.append(digit)
    return np.stack(masks), np.array(digits, np.uint8)


def _files(cache: Path, name: str) -> list[bytes]:
    archive = cache / f"fontsource-{name}-{VERSION}.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        package = f"@fontsource/{name}@{VERSION}"
        subprocess.run(["npm", "pack", package], cwd=cache, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(archive) as tar:
        found = sorted(n for n in tar.getnames() if re.search(r"-latin-\d+-normal\.woff$", n))
        handles = [tar.extractfile(n) for n in found[:: max(1, len(found) // WEIGHTS)][:WEIGHTS]]
        return [handle.read() for handle in handles if handle]


def centred(canvas: Image, high: int = 48) -> Image:
    """What is drawn on a canvas, `high` px high, or as wide as fits, in the middle of a square of SIDE."""
    rows, columns = np.flatnonzero(canvas.max(axis=1) > 60), np.flatnonzero(canvas.max(axis=0) > 60)
    part = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(high / part.shape[0], 60 / part.shape[1])
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    out = np.zeros((SIDE, SIDE), np.uint8)
    y, x = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    out[y : y + size[1], x : x + size[0]] = small
    return out


def plotted(digit: str, rng: np.random.Generator) -> Image:
    """A digit as plotters and OpenCV write it, as a mask."""
    canvas = np.zeros((160, 160), np.uint8)
    font = _HERSHEY[int(rng.integers(len(_HERSHEY)))]
    if rng.random() < 0.15:
        font |= cv2.FONT_ITALIC
    scale = 6.0 if font & 15 == cv2.FONT_HERSHEY_PLAIN else 3.0
    cv2.putText(canvas, digit, (45, 115), font, scale, 255, int(rng.integers(3, 12)), cv2.LINE_AA)
    return centred(canvas)


def crooked(mask: Image, rng: np.random.Generator) -> Image:
    """The mask slanted, bent and with thinner or thicker strokes, as another hand would write the same."""
    out = mask
    side = mask.shape[0]
    thick = rng.random()
    if thick < 0.3:
        out = np.asarray(
            cv2.dilate(out, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [(2, 2), (3, 3)][int(thick < 0.12)])),
            np.uint8,
        )
    elif thick < 0.42 and out.mean() > 30:
        out = np.asarray(cv2.erode(out, np.ones((2, 2), np.uint8)), np.uint8)
    coarse = rng.normal(0, 0.022 * side, (2, 4, 4)).astype(np.float32)
    bend = [cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC) for part in coarse]
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    middle = side / 2
    slant, shear = rng.normal(0, 0.12), rng.normal(0, 0.05)
    x = middle + (xx - middle) + slant * (yy - middle) + bend[0]
    y = middle + (yy - middle) + shear * (xx - middle) + bend[1]
    return np.asarray(cv2.remap(out, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def segments(digit: str, rng: np.random.Generator) -> list[Stroke]:
    """A digit of single straight strokes along the guide: with gaps, overshot corners, uneven ends."""
    shapes = _SEGMENTS[digit]
    shape = shapes[int(rng.integers(len(shapes)))] if rng.random() < 0.3 else shapes[0]
    loose, gap = abs(rng.normal(0, 0.03)), rng.normal(0.0, 0.05)
    left, top = 0.29 + rng.normal(0, 0.025), 0.17 + rng.normal(0, 0.025)
    wide, high = 0.415 * rng.normal(1, 0.08), 0.66 * rng.normal(1, 0.06)
    lines = []
    for letter in rng.permutation(list(shape)):
        a, b = (np.array(end, float) for end in _ENDS[str(letter)])
        along = (b - a) * gap
        ends = np.stack([a + along, b - along]) + rng.normal(0, loose, (2, 2))
        points = ends[:1] + (ends[1:] - ends[:1]) * np.linspace(0, 1, 8)[:, None]
        lines.append((points * [wide, high] + [left, top]).astype(np.float32))
    if digit == "1" and rng.random() < 0.5:
        shift = np.array([rng.choice([0.0, -wide / 2 if shape == "bc" else wide / 2]), 0.0])
        lines = [(line + shift).astype(np.float32) for line in lines]
    return lines


def bent(lines: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Strokes of the box's unit square, slanted, stretched and bent together."""
    if not lines:
        return lines
    everything = np.concatenate(lines)
    centre = (everything.min(axis=0) + everything.max(axis=0)) / 2
    matrix = np.eye(2) + rng.normal(0, 0.09, (2, 2))
    waves = rng.normal(0, 0.02, (2, 2))
    phase = rng.uniform(0, 2 * np.pi, (2, 2))
    out = []
    for line in lines:
        p = (line - centre) @ matrix.T
        for axis in (0, 1):
            for other in (0, 1):
                p[:, axis] += waves[axis, other] * np.sin(4 * (line[:, other] - 0.5) + phase[axis, other])
        out.append((p + centre).astype(np.float32))
    return out


def cross(rng: np.random.Generator) -> list[Stroke]:
    """A filler X as others write it: narrow, small, curved, twice over, or of one stroke with a loop."""
    wide = rng.uniform(0.08, 0.2) if rng.random() < 0.5 else rng.uniform(0.16, 0.42)
    high = rng.uniform(0.14, 0.45)
    centre = 0.5 + rng.normal(0, 0.04, 2)
    lines = []
    for sign in (1.0, -1.0):
        ends = np.array([[-sign, -1.0], [0.0, 0.0], [sign, 1.0]]) * [wide, high]
        ends += rng.normal(0, 0.03, (3, 2)) * [min(1.0, 4 * wide), 1.0]
        t = np.linspace(0, 1, 12)[:, None]
        curve = (
            (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * (2 * ends[1] - 0.5 * (ends[0] + ends[2])) + t**2 * ends[2]
        )
        lines.append((curve + centre).astype(np.float32))
    if rng.random() < 0.12:
        top, foot = lines[0][-1], lines[1][-1]
        side = np.array([rng.uniform(0.02, 0.12), 0.0])
        t = np.linspace(0, 1, 8)[:, None]
        lines.append((top + (foot - top) * t + side * np.sin(np.pi * t)).astype(np.float32))
    if rng.random() < 0.08:
        lines += [(line + rng.normal(0, 0.02, 2)).astype(np.float32) for line in lines]
    return lines


def pen(rng: np.random.Generator) -> Writer:
    """A writer whose pen may also be a pencil, a broad marker, red or purple."""
    from dataclasses import replace

    writer = Writer.random(rng)
    kind = rng.random()
    if kind < 0.06:
        return replace(writer, stroke_mm=float(rng.uniform(2.0, 3.4)), alpha=float(rng.uniform(0.85, 1.0)))
    if kind < 0.12:
        grey = int(rng.integers(50, 110))
        return replace(writer, colour="pencil", ink_bgr=(grey, grey, grey), alpha=float(rng.uniform(0.35, 0.8)))
    if kind < 0.22:
        ink = [(52, 40, 186), (40, 30, 150), (120, 40, 110), (60, 90, 40), (170, 60, 20)][int(rng.integers(5))]
        return replace(writer, ink_bgr=ink)
    return writer
