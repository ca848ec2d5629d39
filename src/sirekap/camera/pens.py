"""Pens, writers and ink: how a set of strokes becomes pixels on a picture of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Stroke = npt.NDArray[np.float32]
"""One polyline, shape (points, 2), columns x (right) and y (down)."""

Image = npt.NDArray[np.uint8]

# How often a pen of each colour lies on the table of a polling station, and its ink as BGR.
_INKS: tuple[tuple[str, float, tuple[int, int, int]], ...] = (
    ("blue", 0.56, (150, 62, 34)),
    ("black", 0.38, (46, 42, 40)),
    ("red", 0.06, (52, 40, 186)),
)

# The number of drawn shapes per digit; `strokes.DIGITS` holds as many.
ROUND_SHAPES: dict[str, int] = {
    "0": 3, "1": 4, "2": 3, "3": 3, "4": 5, "5": 4, "6": 3, "7": 4, "8": 4, "9": 4,
}  # fmt: skip

# What people put in an unused leading box, and how often.
FILLERS: tuple[tuple[str, float], ...] = (("x", 0.62), ("0", 0.22), ("blank", 0.11), ("dash", 0.05))


@dataclass(frozen=True)
class Writer:
    """One person's hand and pen; the same for every figure this person writes.

    Lengths ending in `_mm` are millimetres on the paper; `slant` is the sideways shift per unit of height;
    `size` scales the digits within their box; `jitter` is the spread of a control point as a share of the
    digit's size; `rounding` is how much corners are worn off (0 to 1).
    """

    colour: str
    ink_bgr: tuple[int, int, int]
    alpha: float
    stroke_mm: float
    pressure: float
    slant: float
    size: float
    width: float
    jitter: float
    rounding: float
    lift: float
    square: bool
    shapes: tuple[int, ...]
    filler: str
    x_corner: bool
    retrace: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Writer:
        """A person drawn at random; the same generator state gives the same person."""
        weights = np.array([share for _, share, _ in _INKS])
        colour, _, ink = _INKS[int(rng.choice(len(_INKS), p=weights / weights.sum()))]
        marker = rng.random() < 0.22
        # A marker is 1.0 to 2.6 mm wide, mostly at the thin end; a ballpoint 0.4 to 0.95, and covers less.
        stroke = 1.0 + 1.6 * rng.beta(1.0, 2.5) if marker else rng.uniform(0.4, 0.95)
        # Who writes with a thick marker must write large.
        size = rng.normal(1.0, 0.16) if stroke < 1.5 else rng.normal(1.15, 0.08)
        alpha = rng.uniform(0.85, 1.0) if marker else rng.uniform(0.55, 1.0)
        blue, green, red = (int(np.clip(c + rng.normal(0, 12), 0, 210)) for c in ink)
        square = bool(rng.random() < 0.5)
        fillers = [name for name, _ in FILLERS]
        return cls(
            colour=colour,
            ink_bgr=(blue, green, red),
            alpha=float(alpha),
            stroke_mm=float(stroke),
            pressure=float(rng.uniform(0.03, 0.22)),
            slant=float(rng.normal(0.0, 0.04) if square else rng.normal(0.10, 0.13)),
            size=float(np.clip(size, 0.55, 1.35)),
            width=float(np.clip(rng.normal(1.0, 0.15), 0.6, 1.4)),
            jitter=float(rng.uniform(0.008, 0.05)),
            rounding=float(rng.beta(1.0, 2.5)),
            lift=float(rng.uniform(0.0, 0.06)),
            square=square,
            shapes=tuple(int(rng.integers(ROUND_SHAPES[d])) for d in "0123456789"),
            filler=str(rng.choice(fillers, p=[share for _, share in FILLERS])),
            x_corner=bool(rng.random() < 0.3),
            retrace=float(rng.choice([0.0, 0.0, 0.0, 0.12])),
        )


def draw(
    image_bgr: Image,
    strokes: Sequence[Stroke],
    box_px: tuple[float, float, float, float],
    writer: Writer,
    rng: np.random.Generator,
    px_per_mm: float,
) -> None:
    """Ink strokes onto a picture, in place.

    `image_bgr` is uint8 of shape (height, width, 3). `box_px` is (x, y, width, height): the strokes' unit
    square is stretched onto it; for strokes in units of letter height pass (x, baseline - h, h, h).
    Ink multiplies what is below it, as dye on paper does. What falls outside the picture is left out.
    Raises ValueError where the picture is not BGR uint8.
    """
    if image_bgr.dtype != np.uint8 or image_bgr.ndim != 3 or image_bgr.shape[2] != 3:
        raise ValueError(
            "draw expects a BGR uint8 picture of shape (height, width, 3), "
            f"got {image_bgr.dtype} {image_bgr.shape}"
        )
    x, y, w, h = box_px
    scale, origin = np.array([w, h]), np.array([x, y])
    lines = [np.asarray(s, dtype=np.float64) * scale + origin for s in strokes if len(s)]
    if not lines:
        return
    low = np.min([line.min(axis=0) for line in lines], axis=0)
    high = np.max([line.max(axis=0) for line in lines], axis=0)
    # One mask for a figure (crossings of one stroke over another do not darken), one each for a long line
    # of words, whose common mask would be mostly empty.
    groups = [lines] if float(np.prod(high - low)) < 20_000 else [[line] for line in lines]
    for group in groups:
        _ink(image_bgr, group, writer, rng, max(writer.stroke_mm * px_per_mm, 0.35))


def _ink(
    image: Image,
    lines: list[npt.NDArray[np.float64]],
    writer: Writer,
    rng: np.random.Generator,
    width_px: float,
) -> None:
    """Blend one group of lines (pixels of the picture) into it; `width_px` is the stroke's width."""
    fine = 4 if width_px < 3 else 2
    pad = width_px + 2
    low = np.floor(np.min([line.min(axis=0) for line in lines], axis=0) - pad).astype(int)
    high = np.ceil(np.max([line.max(axis=0) for line in lines], axis=0) + pad).astype(int)
    low = np.maximum(low, 0)
    high = np.minimum(high, [image.shape[1], image.shape[0]])
    if np.any(high <= low):
        return
    columns, rows = (int(v) for v in high - low)
    mask = np.zeros((rows * fine, columns * fine), np.uint8)
    for line in lines:
        _trace(mask, (line - low) * fine, width_px * fine, writer, rng)
    small = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    # A ballpoint skips and pools: a coarse field of coverage, stretched over the figure.
    field = 1.0 - writer.pressure * rng.random((4, 4), dtype=np.float32)
    small *= cv2.resize(field, (columns, rows)) * np.float32(writer.alpha)
    absorbed = 1.0 - np.array(writer.ink_bgr, dtype=np.float32) / 255.0
    region = image[low[1] : high[1], low[0] : high[0]]
    inked = region * (1.0 - small[..., None] * absorbed)
    region[...] = np.clip(inked + 0.5, 0, 255).astype(np.uint8)


def _trace(
    mask: npt.NDArray[np.uint8],
    line: npt.NDArray[np.float64],
    width: float,
    writer: Writer,
    rng: np.random.Generator,
) -> None:
    """Draw one line into the mask in a few pieces, each of its own width, as the hand's pressure changes."""
    pieces = int(np.clip(len(line) // 6, 1, 6))
    widths = width * (1.0 + writer.pressure * rng.uniform(-1.0, 1.0, pieces))
    bounds = np.linspace(0, len(line) - 1, pieces + 1).astype(int)
    fixed = np.round(line * 16).astype(np.int32)
    for start, end, w in zip(bounds[:-1], bounds[1:], widths, strict=True):
        thickness = max(1, round(float(w)))
        cv2.polylines(mask, [fixed[start : end + 1]], False, 255, thickness, cv2.LINE_AA, 4)
