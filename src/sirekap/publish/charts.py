"""Charts as numbers for inline SVG: no script, no library, no other host. Text stays in HTML beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WIDTH, STEP = 1000, 1000 / 10_000
KINDS = ("settled", "provisional", "review", "missing")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a stacked bar, in the units of a bar 1000 wide."""

    kind: str
    x: float
    width: float


def bar_width(hundredths: int) -> str:
    """How long a share's bar is on a bar 1000 wide, always written the same way.

    >>> bar_width(5123)
    '512.3'
    """
    return f"{hundredths * STEP:.1f}"


def completeness_parts(completeness: dict[str, Any]) -> tuple[Part, ...]:
    """The stacked bar of a unit's stations; none where their number is not wholly known, because the bar
    would show a part of a whole that nobody knows.
    """
    expected = completeness["expected"]
    if not expected or completeness["unknown_villages"]:
        return ()
    parts, x = [], 0.0
    for kind in KINDS:
        width = round(WIDTH * completeness[kind] / expected, 1)
        if width > 0:
            parts.append(Part(kind, round(x, 1), width))
        x += width
    return tuple(parts)
