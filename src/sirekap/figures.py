"""A sheet's numbers as they stand on paper: a value, blank, or illegible. Blank is never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.forms import Form


class Status(StrEnum):
    """How a figure was found."""

    READ = "read"
    BLANK = "blank"
    ILLEGIBLE = "illegible"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a sheet. `value` is set where `status` is read, and only there.

    `confidence` is the probability from 0 to 1 that the figure stands on the paper as given; for an
    illegible one, that of the best guess, which is not given.
    """

    value: int | None
    status: Status
    confidence: float

    def __post_init__(self) -> None:
        """Hold the invariant between value and status."""
        if (self.status is Status.READ) != (self.value is not None):
            raise ValueError(f"a figure that is {self.status} cannot have the value {self.value}")
        if self.value is not None and self.value < 0:
            raise ValueError(f"a figure cannot be negative: {self.value}")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a confidence is a probability, not {self.confidence}")

    @classmethod
    def read(cls, value: int, confidence: float = 1.0) -> Figure:
        """A figure that was read."""
        return cls(value, Status.READ, confidence)

    @classmethod
    def blank(cls, confidence: float = 1.0) -> Figure:
        """A figure that the paper leaves empty."""
        return cls(None, Status.BLANK, confidence)

    @classmethod
    def illegible(cls, confidence: float = 0.0) -> Figure:
        """A figure that nobody should guess."""
        return cls(None, Status.ILLEGIBLE, confidence)


Figures = Mapping[str, Figure]


def settled_values(figures: Figures, form: Form) -> dict[str, int | None]:
    """Values by name in the form's order; None for a blank. Raises ValueError for an illegible figure."""
    values: dict[str, int | None] = {}
    for name in form.names:
        figure = figures.get(name)
        if figure is None:
            continue
        if figure.status is Status.ILLEGIBLE:
            raise ValueError(f"{name} is illegible and has no value")
        values[name] = figure.value
    return values


def figure_order(form: Form, names: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Some of the form's figures, in the order of the form."""
    return tuple(name for name in form.names if name in names)
