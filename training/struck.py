"""Boxes whose content is spoilt: struck out, hatched, blotted, or written over with another digit.

Real boxes of the kind are too few to learn from, so strokes are laid over drawn digits, and over real ones of
the training split. Where a later, thicker digit can still be read, the label is shared between it and 'scribble'.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import strokes
from sirekap.camera.pens import Stroke, Writer, draw
from training import hands

Image = npt.NDArray[np.uint8]
Place = tuple[float, float, float, float]
Shares = dict[str, float]

SCRIBBLE: Shares = {"scribble": 1.0}

# A single line over one of these is part of another way to write it, or makes an X or another digit of it.
_NO_SINGLE = {"1", "7", "4", "0"}
_KINDS = {"lines": 0.3, "zigzag": 0.16, "hatch": 0.1, "cross": 0.14, "two": 0.16, "blot": 0.06, "corrected": 0.08}


def spoil_box(patch: Image, box: Place, px_per_mm: float, rng: np.random.Generator) -> Shares:
    """Writes a digit into the box (x, y, width, height in px) and spoils it, in place; the classes it may be."""
    writer = hands.pen(rng)
    digit = str(rng.integers(10))
    kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
    if kind == "corrected":
        return _corrected(patch, box, px_per_mm, writer, rng)
    draw(patch, digit_strokes(digit, writer, rng), box, writer, rng, px_per_mm)
    if kind == "two":
        _second(patch, box, px_per_mm, writer, digit, rng)
        return SCRIBBLE
    other = writer if rng.random() < 0.75 else hands.pen(rng)
    return strike(patch, box, px_per_mm, digit, other, rng, kind)


def digit_strokes(digit: str, writer: Writer, rng: np.random.Generator) -> list[Stroke]:
    """A digit in one of the drawn hands."""
    if rng.random() < 0.12:
        return hands.segments(digit, rng)
    lines = strokes(digit, writer, rng)
    return hands.bent(lines, rng) if rng.random() < 0.4 else lines


def strike(
    patch: Image,
    box: Place,
    px_per_mm: float,
    digit: str,
    writer: Writer,
    rng: np.random.Generator,
    kind: str | None = None,
) -> Shares:
    """Strikes out the digit that the box holds already, in place; the classes that the box may then be."""
    kind = kind or str(rng.choice(["lines", "zigzag", "hatch", "cross", "blot"], p=[0.45, 0.2, 0.12, 0.18, 0.05]))
    if kind == "blot":
        writer = replace(writer, stroke_mm=max(writer.stroke_mm, 1.2), alpha=max(writer.alpha, 0.85))
    lines = _over(kind, digit, rng)
    if writer.stroke_mm < 0.7 and rng.random() < 0.5:
        writer = replace(writer, stroke_mm=writer.stroke_mm * 1.3)
    draw(patch, lines, box, writer, rng, px_per_mm)
    if kind == "lines" and len(lines) == 1:
        return {"scribble": 0.85, digit: 0.15}
    return SCRIBBLE


def _over(kind: str, digit: str, rng: np.random.Generator) -> list[Stroke]:
    if kind == "lines":
        return _lines(digit, rng)
    if kind == "zigzag":
        return [_zigzag(rng, int(rng.integers(4, 14)))]
    if kind == "hatch":
        found = _parallel(rng, rng.uniform(0, np.pi), int(rng.integers(4, 9)))
        return found + (
            _parallel(rng, rng.uniform(0, np.pi), int(rng.integers(4, 8))) if rng.random() < 0.4 else []
        )
    if kind == "cross":
        half = np.array([rng.uniform(0.22, 0.48), rng.uniform(0.26, 0.48)])
        middle = 0.5 + rng.normal(0, 0.04, 2)
        return [
            _line(
                middle + half * [-s, -1] + rng.normal(0, 0.04, 2),
                middle + half * [s, 1] + rng.normal(0, 0.04, 2),
                rng,
            )
            for s in (1, -1)
        ]
    turns = int(rng.integers(6, 14))
    t = np.linspace(0, 2 * np.pi * turns, turns * 10)
    size = np.array([rng.uniform(0.12, 0.32), rng.uniform(0.15, 0.34)])
    swell = 0.25 + 0.75 * np.abs(np.sin(np.linspace(0.2, 3 * rng.uniform(0.7, 1.5), len(t))))
    loop = np.stack([np.cos(t), np.sin(t * rng.uniform(0.9, 1.1))], axis=1) * swell[:, None] * size
    return [(loop + 0.5 + rng.normal(0, 0.05, 2)).astype(np.float32)]


def _lines(digit: str, rng: np.random.Generator) -> list[Stroke]:
    """One line right through, or two or three side by side, level or slanting."""
    count = int(rng.choice([1, 2, 3], p=[0.35, 0.5, 0.15]))
    if count == 1 and digit in _NO_SINGLE:
        count = 2
    angle = rng.normal(0, 0.15) if rng.random() < 0.55 else rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
    return _parallel(rng, angle, count, spread=rng.uniform(0.07, 0.16) * max(1, count - 1))


def _parallel(rng: np.random.Generator, angle: float, count: int, spread: float | None = None) -> list[Stroke]:
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    reach = rng.uniform(0.26, 0.34) if spread is None else spread / 2
    middle = 0.5 + rng.normal(0, 0.05, 2)
    half = rng.uniform(0.3, 0.48)
    out = []
    for at in np.linspace(-reach, reach, count) if count > 1 else [0.0]:
        a, b = (middle + across * at + s * along * half + rng.normal(0, 0.03, 2) for s in (-1, 1))
        out.append(_line(a, b, rng))
    return out


def _line(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], rng: np.random.Generator) -> Stroke:
    t = np.linspace(0, 1, 12)[:, None]
    wave = np.sin(np.pi * t) * rng.normal(0, 0.02, 2) + np.sin(2 * np.pi * t) * rng.normal(0, 0.012, 2)
    return (a + (b - a) * t + wave).astype(np.float32)


def _zigzag(rng: np.random.Generator, turns: int) -> Stroke:
    """A pen to and fro over the digit, level or slanting."""
    y = np.linspace(rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.85), turns) + rng.normal(0, 0.03, turns)
    x = np.where(np.arange(turns) % 2 == 0, rng.uniform(0.12, 0.32), rng.uniform(0.68, 0.88))
    points = np.stack([x + rng.normal(0, 0.04, turns), y], axis=1) - 0.5
    angle = rng.normal(0, 0.5)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = points @ turn.T * rng.uniform(0.8, 1.1) + 0.5
    at = np.linspace(0, turns - 1, turns * 6)
    return np.stack([np.interp(at, np.arange(turns), points[:, k]) for k in (0, 1)], axis=1).astype(np.float32)


def _second(
    patch: Image, box: Place, px_per_mm: float, writer: Writer, first: str, rng: np.random.Generator
) -> None:
    """Another digit over the first with as much ink; not so that the two together are a third."""
    second = str((int(first) + int(rng.integers(1, 10))) % 10)
    # Along the guide one lies exactly on the other, and together they are an 8 or a 9.
    hand = replace(writer, square=not writer.square) if rng.random() < 0.7 else writer
    turn = rng.uniform(0, 2 * np.pi)
    least = 0.09 if hand is writer else 0.03
    shift = rng.uniform(least, 0.15) * np.array([np.cos(turn), np.sin(turn)])
    lines = [(line + shift).astype(np.float32) for line in strokes(second, hand, rng)]
    draw(patch, lines, box, hand, rng, px_per_mm)
    if rng.random() < 0.3:
        draw(patch, [line + np.float32(0.015) for line in lines], box, hand, rng, px_per_mm)


def _corrected(patch: Image, box: Place, px_per_mm: float, writer: Writer, rng: np.random.Generator) -> Shares:
    """A wrong digit, and the right one over it with a thicker or darker pen: which it is stays in doubt."""
    right = int(rng.integers(10))
    wrong = (right + int(rng.integers(1, 10))) % 10
    thin = replace(writer, stroke_mm=min(writer.stroke_mm, 0.8))
    draw(patch, strokes(str(wrong), thin, rng), box, thin, rng, px_per_mm)
    thick = replace(writer, stroke_mm=max(1.2, 1.8 * thin.stroke_mm), alpha=1.0)
    lines = strokes(str(right), thick, rng)
    for _ in range(2):
        again = [line + rng.normal(0, 0.012, 2).astype(np.float32) for line in lines]
        draw(patch, again, box, thick, rng, px_per_mm)
    return {"scribble": 0.4, str(right): 0.6}


def strike_real(picture: Image, digit: str, rng: np.random.Generator) -> tuple[Image, Shares]:
    """A real box, struck out with a pen of about its own ink."""
    out = picture.copy()
    h, w = out.shape[:2]
    box = (0.04 * w, 0.04 * h, 0.92 * w, 0.92 * h)
    inner = (
        out[round(0.2 * h) : round(0.8 * h), round(0.2 * w) : round(0.8 * w)].reshape(-1, 3).astype(np.float32)
    )
    darkness = inner.sum(axis=1)
    paper = np.percentile(inner, 80, axis=0)
    ink = np.clip(255 * inner[darkness <= np.percentile(darkness, 4)].mean(axis=0) / np.maximum(paper, 1), 0, 200)
    writer = hands.pen(rng)
    if rng.random() < 0.8:
        writer = replace(writer, ink_bgr=(int(ink[0]), int(ink[1]), int(ink[2])), alpha=1.0)
    shares = strike(out, box, h / 21, digit, writer, rng)
    if min(h, w) > 12:
        # The new strokes are as soft as the photograph.
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.4 + 0.006 * h), np.uint8)
    return out, shares


def overlay_real(below: Image, above: Image, rng: np.random.Generator) -> Image | None:
    """Two real boxes' digits on top of each other: the ink of `above`, without its frame, laid on `below`.

    None where the second digit adds too little that one sees: then the box shows a plain digit.
    """
    h, w = below.shape[:2]
    fitted = np.asarray(cv2.resize(above, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    edge = np.zeros((h, w), np.float32)
    cv2.rectangle(edge, (round(0.16 * w), round(0.16 * h)), (round(0.84 * w), round(0.84 * h)), 1.0, -1)
    edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), 0.02 * h + 0.3), np.float32)[..., None]
    shift = rng.uniform(-0.1, 0.1, 2) * [w, h]
    layer = 1 - (1 - _share_of_paper(fitted)) * edge
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    moved = np.asarray(cv2.warpAffine(layer, move, (w, h), borderValue=(1, 1, 1)), np.float32)
    # Thin grey differences of the paper are no ink; what is, is as dark as ink is.
    moved = np.where(moved > 0.88, 1.0, np.minimum(moved, moved * 1.05 - 0.05))
    inner = (slice(round(0.2 * h), round(0.8 * h)), slice(round(0.2 * w), round(0.8 * w)))
    paper = _share_of_paper(below)[inner].mean(axis=2) > 0.82
    added = paper & (moved[inner].mean(axis=2) < 0.72)
    if added.mean() < 0.1:
        return None
    return np.asarray(np.clip(below * moved, 0, 255), np.uint8)


def _share_of_paper(picture: Image) -> npt.NDArray[np.float32]:
    """Each pixel's brightness as a share of the paper's around it."""
    span = max(3, round(0.3 * picture.shape[0]) | 1)
    paper = cv2.blur(cv2.dilate(picture, np.ones((span, span), np.uint8)), (span, span))
    return np.clip(picture.astype(np.float32) / np.maximum(paper, 1), 0, 1).astype(np.float32)
