"""The boxes of a page drawn over its photograph: shapes in the photograph's pixels, for an SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sirekap.figures import Ground, Why
from sirekap.record.documents import Document

MARKS = {"blank": "_", "dash": "-", "scribble": "#"}


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its corners for `points`, what was read in it and where to write that, in pixels."""

    points: str
    symbol: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's boxes: `kind` of line; its number stands at `x`, `y`; `size` of a box in pixels."""

    name: str
    kind: str
    x: float
    y: float
    size: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The part of a photograph that holds boxes, as the `view` of an SVG, and the figures in it."""

    view: str
    figures: tuple[Figure, ...]


def kind(why: Why) -> str:
    """How a figure is drawn: given, doubt (the arithmetic does not fit) or refused."""
    if why.ground.refused:
        return "refused"
    return "doubt" if why.ground is Ground.DOUBTED or why.broken else "given"


def drawing(photo: Document, figures: Document) -> Drawing | None:
    """The figures of one used photograph of a reading document, in the form's order; None without any."""
    found = tuple(
        _figure(name, quads, Why.from_json(figures[name]["why"]))
        for name, quads in photo["boxes"].items()
        if name in figures and quads
    )
    if not found:
        return None
    corners = [corner for quads in photo["boxes"].values() for quad in quads for corner in quad]
    margin = 2 * max(figure.size for figure in found)
    left, top = (min(corner[axis] for corner in corners) - margin for axis in (0, 1))
    right, bottom = (max(corner[axis] for corner in corners) + margin for axis in (0, 1))
    return Drawing(f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}", found)


def _figure(name: str, quads: list[list[list[int]]], why: Why) -> Figure:
    first = quads[0]
    size = max(1.0, math.dist(first[0], first[3]))
    boxes = tuple(
        Box(" ".join(f"{x},{y}" for x, y in quad), _symbol(why, index), *_near(quad, 0.06, 0.3))
        for index, quad in enumerate(quads)
    )
    x, y = _near(first, -0.12, 0.65)
    return Figure(name, kind(why), x, y, round(size, 1), boxes)


def _near(quad: list[list[int]], along: float, down: float) -> tuple[float, float]:
    """A place in a box, in shares of its sides from the top left corner."""
    (x, y), (right, slant), _, (lean, bottom) = quad
    return (
        round(x + along * (right - x) + down * (lean - x), 1),
        round(y + along * (slant - y) + down * (bottom - y), 1),
    )


def _symbol(why: Why, box: int) -> str:
    symbol = why.boxes[box][0][0] if box < len(why.boxes) and why.boxes[box] else ""
    return MARKS.get(symbol, symbol)
