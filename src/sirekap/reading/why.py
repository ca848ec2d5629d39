"""What each figure rests on, as it is kept and shown: from weighed evidence to `sirekap.figures.Why`."""

from __future__ import annotations

from collections.abc import Mapping

from sirekap.figures import Read, Why
from sirekap.reading.digits import CLASSES
from sirekap.reading.model import Evidence
from sirekap.reading.sums import BLANK
from sirekap.reading.values import bubble_chances
from sirekap.reading.weigh import Weighed

SHOWN = 0.005  # least probability of a class that is told beside the best
FILLED = 0.5  # chance from which a bubble is told as filled


def reasons_of(weighed: Mapping[str, Weighed], evidence: Mapping[str, Evidence]) -> dict[str, Why]:
    """Why each figure is given or refused, by name."""
    return {name: why(own, evidence[name]) for name, own in weighed.items()}


def why(weighed: Weighed, evidence: Evidence) -> Why:
    """Why one figure is given or refused."""
    return Why(
        weighed.ground,
        _read(weighed.written),
        weighed.likelihood,
        _read(weighed.winner),
        weighed.posterior,
        weighed.cautious,
        weighed.broken,
        tuple(tuple(best_classes(box)) for box in evidence.digits),
        tuple(filled_bubbles(column) for column in evidence.bubbles),
    )


def best_classes(box: tuple[float, ...], most: int = 3) -> list[tuple[str, float]]:
    """The likeliest classes of a box that are worth telling, best first."""
    ranked = sorted(zip(CLASSES, box, strict=True), key=lambda item: -item[1])
    return ranked[:1] + [item for item in ranked[1:most] if item[1] >= SHOWN]


def filled_bubbles(column: tuple[float, ...]) -> tuple[int, ...]:
    """The digits whose bubble looks filled, by the darkness of a column's ten."""
    return tuple(digit for digit, chance in enumerate(bubble_chances(column)) if chance > FILLED)


def _read(value: int) -> Read:
    if value >= 0:
        return value
    return "blank" if value == BLANK else "other"
