"""Procedural handwriting for result sheets: digits, fillers, words, tally marks, signatures, bubbles.

Nothing here comes from a font or from anyone's real hand. Everything is a function of a `Writer` (one
person's style) and a `numpy.random.Generator`: the same state gives the same strokes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sirekap.camera.pens import Stroke, Writer, draw
from sirekap.camera.strokes import DIGITS, LETTERS, SQUARE, Points, curve, dashed, glyph, straight, tremble

__all__ = [
    "SYMBOLS",
    "Stroke",
    "Writer",
    "draw",
    "fill_bubble",
    "signature",
    "strokes",
    "tally",
    "write_words",
]

SYMBOLS: tuple[str, ...] = (*"0123456789", "blank", "x", "dash", "scribble")
"""What a box may hold: the same names as the digit reader's classes."""

# Where a digit of size 1 stands in its box (x, y, width, height). The form's dotted guide spans the second.
_FREE_BOX = (0.28, 0.19, 0.44, 0.62)
_GUIDE_BOX = (0.29, 0.17, 0.415, 0.66)


def strokes(symbol: str, writer: Writer, rng: np.random.Generator) -> list[Stroke]:
    """One symbol as this writer puts it into a box, as polylines in the box's unit square (x right, y down).

    `symbol` is one of SYMBOLS; 'blank' gives no strokes. Strokes leave the box at times. Raises ValueError
    for any other symbol.
    """
    if symbol == "blank":
        return []
    if symbol in DIGITS:
        return _digit(symbol, writer, rng)
    makers: dict[str, Callable[[Writer, np.random.Generator], list[Points]]] = {
        "x": _cross, "dash": _dash, "scribble": _scribble,
    }  # fmt: skip
    if symbol not in makers:
        raise ValueError(f"unknown symbol {symbol!r}: expected one of {', '.join(SYMBOLS)}")
    return _finish(makers[symbol](writer, rng))


def _finish(lines: list[Points]) -> list[Stroke]:
    return [np.asarray(line, dtype=np.float32) for line in lines]


def _digit(symbol: str, writer: Writer, rng: np.random.Generator) -> list[Stroke]:
    """A digit in the writer's usual shape, or now and then in another."""
    follows_guide = writer.square if rng.random() < 0.93 else not writer.square
    if follows_guide:
        shapes = SQUARE[symbol]
        chosen = shapes[writer.shapes[int(symbol)] % len(shapes)]
    else:
        shapes = DIGITS[symbol]
        own = rng.random() < 0.9
        chosen = shapes[writer.shapes[int(symbol)] if own else int(rng.integers(len(shapes)))]
    lines = glyph(chosen, rng, writer.jitter, writer.rounding * (0.5 if follows_guide else 1.0))
    placed = _place(lines, symbol, follows_guide, writer, rng)
    if rng.random() < writer.retrace:
        placed = placed + [line + rng.normal(0, 0.015, (1, 2)) for line in placed]
    placed = [tremble(line, rng, 0.25 * writer.jitter) for line in placed]
    if follows_guide and rng.random() < 0.02:
        placed = [piece for line in placed for piece in dashed(line, int(rng.integers(4, 8)))]
    return _finish(placed)


def _place(
    lines: list[Points], symbol: str, follows_guide: bool, writer: Writer, rng: np.random.Generator
) -> list[Points]:
    """Digit strokes moved from the glyph's unit square to where this writer puts them in the box."""
    x, y, w, h = _GUIDE_BOX if follows_guide else _FREE_BOX
    # Along the guide people keep to its size; without it they write at their own.
    size = 1.0 + (writer.size - 1.0) * (0.4 if follows_guide else 1.0)
    size *= float(np.clip(rng.normal(1.0, 0.05), 0.8, 1.2))
    wide = w * size * (1.0 + (writer.width - 1.0) * (0.4 if follows_guide else 1.0))
    if symbol == "1" and not follows_guide:
        wide *= 0.6
    high = h * size
    if symbol == "0" and not follows_guide:
        # Noughts vary most: from a small ring to a tall slim one.
        high *= rng.uniform(0.6, 1.05)
    spread = 0.02 if follows_guide else 0.045
    centre = np.array([x + w / 2, y + h / 2 + writer.lift - 0.03]) + rng.normal(0, spread, 2)
    if follows_guide and symbol == "1" and rng.random() < 0.3:
        centre[0] = 0.5
    slant = writer.slant + rng.normal(0, 0.03)
    placed = []
    for line in lines:
        p = (line - 0.5) * np.array([wide, high])
        p[:, 0] -= slant * p[:, 1]
        placed.append(p + centre)
    return placed


def _cross(writer: Writer, rng: np.random.Generator) -> list[Points]:
    """An X: small in the middle, tall, or from corner to corner; its arms slightly bent."""
    corner = rng.random() < (0.8 if writer.x_corner else 0.1)
    if corner:
        half = rng.uniform(0.42, 0.53, 2)
        centre = 0.5 + rng.normal(0, 0.015, 2)
    else:
        half = np.array([rng.uniform(0.15, 0.34), rng.uniform(0.18, 0.42)]) * writer.size
        centre = 0.5 + rng.normal(0, 0.04, 2)
    spread = 0.03 + 0.5 * writer.jitter
    arms = []
    for sign in (1.0, -1.0):
        ends = np.array([[-sign, -1.0], [sign, 1.0]]) * half + rng.normal(0, spread, (2, 2))
        ends[:, 0] -= writer.slant * ends[:, 1]
        middle = ends.mean(axis=0) + rng.normal(0, 0.02, 2)
        arms.append(curve(np.stack([ends[0], middle, ends[1]]) + centre, 8))
    return arms


def _dash(writer: Writer, rng: np.random.Generator) -> list[Points]:
    """A level stroke, or two, through the middle of the box."""
    lines = []
    for k in range(2 if rng.random() < 0.12 else 1):
        half = rng.uniform(0.13, 0.38)
        y = 0.5 + rng.normal(0, 0.06) + 0.14 * k
        tilt = rng.normal(0, 0.04)
        bend = rng.normal(0, 0.015)
        ends = np.array([[0.5 - half, y + tilt], [0.5, y + bend], [0.5 + half, y - tilt]])
        lines.append(curve(ends + rng.normal(0, 0.01, ends.shape), 6))
    return lines


def _scribble(writer: Writer, rng: np.random.Generator) -> list[Points]:
    """Something spoilt: a digit struck out, two digits on top of each other, or a dense zigzag."""
    kind = rng.choice(["struck", "two", "zigzag"], p=[0.5, 0.12, 0.38])
    lines: list[Points] = []
    if kind != "zigzag":
        first, second = rng.permutation(10)[:2]
        lines += [np.asarray(s, dtype=np.float64) for s in _digit(str(first), writer, rng)]
    if kind == "two":
        # Well apart: two digits along the guide, one exactly on the other, are just an 8 or a 9.
        turn = rng.uniform(0, 2 * np.pi)
        shift = rng.uniform(0.09, 0.17) * np.array([np.cos(turn), np.sin(turn)])
        for _ in range(int(rng.integers(1, 3))):
            lines += [np.asarray(s, dtype=np.float64) + shift for s in _digit(str(second), writer, rng)]
        third = str(rng.integers(10))
        lines += [np.asarray(s, dtype=np.float64) - shift for s in _digit(third, writer, rng)]
    elif kind == "struck" and rng.random() < 0.35:
        for _ in range(int(rng.integers(3, 6))):
            y = rng.uniform(0.3, 0.7)
            lines.append(straight(np.array([[0.12, y], [0.88, y]]) + rng.normal(0, 0.07, (2, 2))))
    else:
        lines.append(_zigzag(rng, int(rng.integers(9, 18)), 0.18, 0.82))
        if rng.random() < 0.4:
            lines.append(_zigzag(rng, int(rng.integers(5, 10)), 0.2, 0.8)[:, ::-1])
    return lines


def _zigzag(rng: np.random.Generator, turns: int, low: float, high: float) -> Points:
    """A pen moved to and fro `turns` times while it travels down the box."""
    y = np.linspace(low, high, turns) + rng.normal(0, 0.04, turns)
    left, right = rng.uniform(0.12, 0.32), rng.uniform(0.68, 0.88)
    x = np.where(np.arange(turns) % 2 == 0, left, right) + rng.normal(0, 0.05, turns)
    return curve(np.stack([x, y], axis=1), 5)


def write_words(text: str, writer: Writer, rng: np.random.Generator) -> list[Stroke]:
    """A line of words in capitals, as polylines in units of letter height; it starts at x = 0.

    Letters stand between y = 0 (top) and y = 1 (baseline). `text` may hold A-Z, a-z (written as capitals),
    spaces and hyphens. Raises ValueError for anything else.
    """
    lines: list[Points] = []
    x = 0.0
    for letter in text.upper():
        width = 0.55 * writer.width * float(rng.normal(1.0, 0.06))
        if letter == " ":
            x += 0.5
            continue
        if letter == "-":
            drawn = [straight(np.array([[0.1, 0.55], [0.9, 0.55]]) + rng.normal(0, writer.jitter, (2, 2)))]
        elif letter in LETTERS:
            drawn = glyph(LETTERS[letter], rng, writer.jitter, writer.rounding * 0.6)
        else:
            raise ValueError(f"cannot write {letter!r}: expected A-Z, spaces and hyphens")
        if letter == "I":
            width *= 0.4
        high = float(np.clip(rng.normal(1.0, 0.05), 0.85, 1.15))
        for line in drawn:
            p = line * np.array([width, high])
            p[:, 0] += x - writer.slant * (p[:, 1] - 0.5)
            p[:, 1] += 1.0 - high + rng.normal(0, 0.01)
            lines.append(p)
        x += width + 0.16
    return _finish(lines)


def tally(count: int, writer: Writer, rng: np.random.Generator, style: str = "strokes") -> list[Stroke]:
    """Tally marks (turus) in one box's unit square.

    `style` is 'strokes' (up to four upright strokes, the fifth rising across them), 'falling' (the fifth falls)
    or 'square' (four sides, the fifth across). Raises ValueError where `count` is not 0 to 5 or for other styles.
    """
    if not 0 <= count <= 5:
        raise ValueError(f"a tally box holds 0 to 5 marks, not {count}")
    if style == "square":
        return _square(count, rng)
    if style not in ("strokes", "falling"):
        raise ValueError(f"unknown tally marks {style!r}: expected 'strokes', 'falling' or 'square'")
    lines = []
    for k in range(min(count, 4)):
        x = 0.2 + 0.2 * k + rng.normal(0, 0.02)
        top, foot = 0.14 + rng.normal(0, 0.04), 0.86 + rng.normal(0, 0.04)
        lean = 0.5 * writer.slant * 0.7 + rng.normal(0, 0.02)
        ends = np.array([[x + lean, top], [x + rng.normal(0, 0.015), 0.5], [x - lean, foot]])
        lines.append(curve(ends, 4))
    if count == 5:
        ends = np.array([[0.06, 0.74], [0.5, 0.5], [0.94, 0.26]]) + rng.normal(0, 0.035, (3, 2))
        if style == "falling":
            ends[:, 1] = 1.0 - ends[:, 1]
        lines.append(curve(ends, 5))
    return _finish(lines)


def _square(count: int, rng: np.random.Generator) -> list[Stroke]:
    """The left, upper, right and lower side of a square, then its diagonal."""
    corners = np.array([[0.24, 0.84], [0.24, 0.16], [0.76, 0.16], [0.76, 0.84], [0.24, 0.84], [0.76, 0.16]])
    lines = []
    for side in range(count):
        ends = corners[side : side + 2] + rng.normal(0, 0.025, (2, 2))
        middle = ends.mean(axis=0) + rng.normal(0, 0.015, 2)
        lines.append(curve(np.stack([ends[0], middle, ends[1]]), 4))
    return _finish(lines)


def signature(rng: np.random.Generator) -> list[Stroke]:
    """A squiggle in the unit square of the signature's field: loops that travel right, and a flourish."""
    loops = int(rng.integers(4, 9))
    t = np.linspace(0, loops * 2 * np.pi, loops * 14)
    height = np.interp(t, np.linspace(0, t[-1], loops + 2), rng.uniform(0.08, 0.34, loops + 2))
    x = np.linspace(0.1, 0.85, len(t)) + rng.uniform(0.02, 0.06) * np.cos(t)
    y = 0.5 + rng.normal(0, 0.03) + height * np.sin(t + rng.uniform(0, 6.28))
    flourish = np.array([[0.08, 0.75], [0.5, 0.7], [0.95, 0.6]]) + rng.normal(0, 0.06, (3, 2))
    lines = [np.stack([x, y], axis=1)]
    if rng.random() < 0.7:
        lines.append(curve(flourish, 6))
    return _finish(lines)


def fill_bubble(kind: str, writer: Writer, rng: np.random.Generator) -> list[Stroke]:
    """A mark in a bubble, in the unit square around its circle.

    `kind` is 'full' (tightly filled), 'scribbled' (loosely, partly outside) or 'tick'. Raises ValueError else.
    """
    if kind == "full":
        t = np.linspace(0, 6 * np.pi, 60)
        radius = np.linspace(0.04, 0.40, 60) + rng.normal(0, 0.015, 60)
        line = 0.5 + rng.normal(0, 0.02, 2) + np.stack([radius * np.cos(t), radius * np.sin(t)], axis=1)
        return _finish([line, line * 0.9 + 0.05, 0.5 + (line - 0.5) * [-0.75, 0.8]])
    if kind == "scribbled":
        turns = int(rng.integers(6, 11))
        y = np.linspace(0.08, 0.92, turns) + rng.normal(0, 0.04, turns)
        reach = 0.12 + 0.36 * np.sqrt(np.clip(1 - (2 * y - 1) ** 2, 0, 1))
        x = 0.5 + np.where(np.arange(turns) % 2 == 0, -1, 1) * reach + rng.normal(0, 0.05, turns)
        return _finish([curve(np.stack([x, y], axis=1), 5)])
    if kind == "tick":
        ends = np.array([[0.05, 0.5], [0.4, 0.95], [1.0, -0.1]]) + rng.normal(0, 0.06, (3, 2))
        return _finish([tremble(straight(ends), rng, 0.3 * writer.jitter)])
    raise ValueError(f"unknown kind of bubble {kind!r}: expected 'full', 'scribbled' or 'tick'")
