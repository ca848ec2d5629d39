"""The skeletons of digits and letters, and the small geometry that turns them into natural strokes.

A skeleton is text: strokes separated by `|`; within a stroke, parts separated by `;` that join; a part
starts with `-` (straight lines through its points) or `~` (a smooth curve through them), followed by points
`x,y` in the glyph's unit square, x right and y down.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

# Several shapes of each digit, as written on Indonesian forms.
DIGITS: dict[str, tuple[str, ...]] = {
    "0": (
        "~.5,0 .12,.18 0,.55 .2,.92 .55,1 .9,.8 1,.45 .85,.12 .5,0 .4,.03",
        "~.7,.02 .3,.06 .02,.4 .1,.85 .5,1 .9,.85 .98,.45 .8,.12 .5,.03",
        "-.12,0 .88,0 .88,1 .12,1 .12,0",
    ),
    "1": (
        "-.5,0 .5,1",
        "-.2,.24 .52,0 .52,1",
        "-.2,.22 .5,0 .5,1|-.1,1 .9,.99",
        "-.5,0 .5,1|-.2,0 .8,.01|-.15,1 .85,.99",
    ),
    "2": (
        "~.05,.25 .25,.03 .62,0 .92,.22 .75,.52 .35,.82 .02,1;-.02,1 1,.98",
        "~.08,.28 .3,.02 .75,.05 .88,.32 .45,.75 .1,.98 0,.86 .2,.78 .55,.92 1,.97",
        "~.05,.08 .5,0 .95,.1 .9,.4 .5,.62 .05,.98;-.05,.98 .98,1",
    ),
    "3": (
        "~.08,.12 .45,0 .88,.12 .8,.38 .35,.48;~.35,.48 .85,.55 .98,.78 .6,1 .02,.9",
        "-.05,.02 .95,0 .4,.42;~.4,.42 .9,.5 .97,.8 .55,1 0,.9",
        "~.05,.05 .6,0 .95,.2 .75,.42 .45,.47;~.45,.47 .95,.6 .9,.9 .5,1 .02,.98",
    ),
    "4": (
        "-.15,0 .02,.55 1,.53|-.76,.15 .7,1",
        "-.7,0 0,.66 1,.65|-.7,0 .69,1",
        "~.15,0 .06,.3 .12,.5 .5,.52 .95,.46|-.9,.02 .75,1",
        "-.05,0 .03,.52 .98,.5|-.95,0 .93,1",
        "-.5,0 0,.68 1,.64|-.5,0 .78,1",
    ),
    "5": (
        "-.2,0 .15,.45;~.15,.45 .6,.38 .95,.62 .75,.95 .05,.95|-.2,.02 .92,0",
        "-.95,0 .2,.02 .12,.42;~.12,.42 .55,.36 .97,.62 .8,.95 .02,.95",
        "~.95,.02 .3,.05 .15,.4 .6,.5 .9,.72 .6,1 0,.92",
        "-.9,.0 .1,.0 .08,.45 .6,.45;~.6,.45 .98,.55 .95,.9 .6,1 .02,1",
    ),
    "6": (
        "~.75,0 .3,.25 .02,.65 .25,.98 .7,.98 .95,.72 .7,.5 .3,.55 .05,.72",
        "~.9,.05 .4,.05 .08,.4 .08,.85 .5,1 .93,.85 .85,.55 .45,.48 .1,.62",
        "~.6,0 .2,.35 .02,.72 .3,1 .8,.97 .98,.72 .75,.52 .35,.55 .1,.75",
    ),
    "7": (
        "-0,.05 1,0 .35,1",
        "-0,.04 1,0 .4,1|-.25,.5 .9,.47",
        "-.02,.2 .04,.02 1,0 .45,1",
        "~0,.03 .5,.06 1,0;~1,0 .65,.4 .45,1",
    ),
    "8": (
        "~.85,.15 .5,0 .15,.18 .3,.42 .75,.6 .9,.82 .5,1 .1,.82 .25,.58 .7,.4 .88,.2 .8,.1",
        "~.5,0 .15,.12 .2,.4 .5,.47 .8,.38 .85,.12 .5,0|~.5,.47 .1,.6 .05,.88 .5,1 .95,.88 .9,.6 .5,.47",
        "-.1,.1 .9,.02 .95,.3 .1,.7 .1,1 .9,.95 .9,.65 .15,.3 .1,.1",
        "~.5,.48 .12,.25 .35,0 .7,.02 .85,.25 .5,.48 .08,.75 .3,1 .75,.99 .93,.75 .52,.48",
    ),
    "9": (
        "~.92,.25 .6,0 .15,.12 .1,.42 .5,.52 .88,.3 .92,.15;-.92,.15 .8,1",
        "~.92,.25 .6,0 .15,.12 .08,.4 .5,.52 .88,.35 .92,.2;~.92,.2 .95,.6 .8,.92 .4,1 .08,.9",
        "~.85,.1 .4,0 .1,.2 .25,.45 .7,.4 .9,.1;-.9,.1 .85,1 .15,.97",
        "~.9,.15 .5,0 .1,.15 .08,.42 .45,.52 .9,.4;~.9,.15 .93,.55 .7,.95 .4,1",
    ),
}

# Digits drawn along a seven-segment guide.
SQUARE: dict[str, tuple[str, ...]] = {
    "0": ("-0,0 1,0 1,1 0,1 0,0", "-0,0 0,1 1,1 1,0 0,0", "-0,0 0,1|-0,0 1,0 1,1|-0,1 1,1"),
    "1": ("-.5,0 .5,1", "-1,0 1,1", "-.5,0 .5,1", "-.3,.15 .5,0 .5,1"),
    "2": ("-0,0 1,0 1,.5 0,.5 0,1 1,1",),
    "3": ("-0,0 1,0 1,1 0,1|-.1,.5 1,.5", "-0,0 1,0 1,.5 .15,.5;-1,.5 1,1 0,1",
          "-0,0 1,0 1,.48 .3,.5 1,.53 1,1 0,1"),
    "4": ("-0,0 0,.5 1,.5|-1,0 1,1", "-0,0 0,.52 .98,.5|-.95,0 .95,1"),
    "5": ("-1,0 0,0 0,.5 1,.5 1,1 0,1", "-0,0 0,.5 1,.5 1,1 0,1|-0,0 1,0"),
    "6": ("-1,0 0,0 0,1 1,1 1,.5 0,.5", "-0,0 0,1 1,1 1,.5 0,.5", "-.95,0 0,.02 0,1 1,1 1,.5 0,.52"),
    "7": ("-0,0 1,0 1,1", "-0,0 1,0 .8,1", "-0,.2 0,0 1,0 1,1"),
    "8": ("-0,0 1,0 1,1 0,1 0,0|-0,.5 1,.5", "-1,.5 1,0 0,0 0,1 1,1 1,.5 0,.5",
          "-0,0 0,1|-1,0 1,1|-0,0 1,0|-0,.5 1,.5|-0,1 1,1"),
    "9": ("-1,.5 0,.5 0,0 1,0 1,1 0,1", "-1,.5 0,.5 0,0 1,0 1,1", "-1,0 0,0 0,.5 1,.5|-1,0 1,1 0,1"),
}  # fmt: skip

# Capital letters; a letter's box is its own width by 1.
LETTERS: dict[str, str] = {
    "A": "-0,1 .5,0 1,1|-.18,.62 .82,.62",
    "B": "-0,0 0,1|~0,0 .7,.03 .8,.3 .1,.48;~.1,.48 .9,.55 .95,.9 0,1",
    "C": "~.95,.15 .5,0 .05,.3 .05,.7 .45,1 .98,.85",
    "D": "-0,0 0,1|~0,0 .7,.08 1,.5 .7,.92 0,1",
    "E": "-.9,0 0,0 0,1 .95,1|-0,.5 .75,.5",
    "F": "-.95,0 0,0 0,1|-0,.48 .75,.48",
    "G": "~.95,.15 .5,0 .05,.3 .05,.75 .5,1 .95,.85;-.95,.85 .95,.55 .55,.55",
    "H": "-0,0 0,1|-1,0 1,1|-0,.5 1,.5",
    "I": "-.5,0 .5,1",
    "J": "~.75,0 .78,.5 .7,.9 .35,1 .02,.82",
    "K": "-0,0 0,1|-.9,0 .05,.55 .98,1",
    "L": "-0,0 0,1 .95,.98",
    "M": "-0,1 .1,0 .5,.65 .9,0 1,1",
    "N": "-0,1 .02,0 .98,1 1,0",
    "O": "~.5,0 .08,.2 .02,.6 .3,.97 .7,.97 1,.55 .9,.15 .5,0",
    "P": "-0,1 0,0;~0,0 .8,.03 .9,.4 .1,.55",
    "Q": "~.5,0 .08,.2 .02,.6 .3,.97 .7,.97 1,.55 .9,.15 .5,0|-.6,.7 1,1.05",
    "R": "-0,1 0,0;~0,0 .8,.03 .9,.38 .1,.52;-.1,.52 .95,1",
    "S": "~.92,.12 .5,0 .1,.2 .4,.46 .85,.65 .75,.95 .3,1 .02,.88",
    "T": "-0,0 1,0|-.5,0 .5,1",
    "U": "~0,0 .02,.6 .2,.95 .7,.97 .97,.65 1,0",
    "V": "-0,0 .48,1 1,0",
    "W": "-0,0 .22,1 .5,.3 .78,1 1,0",
    "X": "-0,0 1,1|-1,0 0,1",
    "Y": "-0,0 .5,.48 1,0|-.5,.48 .45,1",
    "Z": "-0,0 1,0 0,1 1,1",
}


@cache
def _parse(skeleton: str) -> tuple[tuple[tuple[str, Points], ...], ...]:
    """A skeleton's strokes, each a tuple of (kind, points of shape (n, 2))."""
    strokes = []
    for stroke in skeleton.split("|"):
        parts = []
        for part in stroke.split(";"):
            pairs = [pair.split(",") for pair in part[1:].split()]
            parts.append((part[0], np.array([[float(x), float(y)] for x, y in pairs])))
        strokes.append(tuple(parts))
    return tuple(strokes)


def glyph(skeleton: str, rng: np.random.Generator, jitter: float, rounding: float) -> list[Points]:
    """The skeleton's strokes as a hand of this `jitter` and corner `rounding` writes them once.

    Returns polylines of shape (n, 2) in the glyph's unit square; points may leave it by about the jitter.
    """
    lines = []
    for parts in _parse(skeleton):
        # The shared end of two parts is jittered once, so that they still join.
        moved: list[Points] = []
        for kind, points in parts:
            shaken = points + rng.normal(0.0, jitter, points.shape)
            if moved and np.allclose(parts[len(moved) - 1][1][-1], points[0]):
                shaken[0] = moved[-1][-1]
            moved.append(curve(shaken) if kind == "~" else straight(shaken))
        lines.append(wear(np.concatenate(moved), rounding))
    return lines


def curve(points: Points, steps: int = 5) -> Points:
    """A Catmull-Rom curve through the points, `steps` samples for each span."""
    p = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    body = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([body.reshape(-1, 2), points[-1:]])


def straight(points: Points, steps: int = 6) -> Points:
    """Straight lines through the points, `steps` samples for each span."""
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    body = points[:-1, None, :] * (1 - t) + points[1:, None, :] * t
    return np.concatenate([body.reshape(-1, 2), points[-1:]])


def wear(line: Points, rounding: float) -> Points:
    """Corners worn off by up to `rounding` (0 keeps the line, 1 rounds strongly); the ends stay."""
    out = line
    for _ in range(round(rounding * 5)):
        if len(out) > 2:
            out = out.copy()
            out[1:-1] = 0.25 * out[:-2] + 0.5 * out[1:-1] + 0.25 * out[2:]
    return out


def dashed(line: Points, pieces: int) -> list[Points]:
    """The line in `pieces` short strokes with gaps between them, as people trace a dotted guide."""
    steps = np.linspace(0, len(line) - 1, pieces * 8)
    at = np.arange(len(line))
    fine = np.stack([np.interp(steps, at, line[:, k]) for k in range(2)], axis=1)
    return [fine[k * 8 : k * 8 + 6] for k in range(pieces)]


def tremble(line: Points, rng: np.random.Generator, amount: float) -> Points:
    """A slow unsteadiness along the line: two low waves of random phase, of about `amount`."""
    t = np.linspace(0, 2 * np.pi, len(line))[:, None]
    phase = rng.uniform(0, 2 * np.pi, (2, 2))
    size = rng.normal(0, amount, (2, 2))
    waves = size[0] * np.sin(t + phase[0]) + size[1] * np.sin(2.3 * t + phase[1])
    return np.asarray(line + waves)
