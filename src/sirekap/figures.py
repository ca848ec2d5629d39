"""A sheet's numbers as they stand on paper: a value, blank, or illegible. Blank is never zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sirekap.forms import Form

CERTAIN = 0.996
"""The least confidence of every figure of a sheet that is accepted: that all are right (decision 0005)."""


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


class Ground(StrEnum):
    """Why a machine gives a figure as it does, or refuses it."""

    PLAIN = "plain"  # it is plainly written, and nothing speaks against it
    DOUBTED = "doubted"  # it is plainly written, but the arithmetic speaks against it
    WEIGHED = "weighed"  # boxes, bubbles and arithmetic together are clear
    UNCLEAR = "unclear"  # refused: no value is clear
    PATTERN = "pattern"  # refused: what stands there is no number, such as a spoilt box
    UNBACKED = "unbacked"  # refused: arithmetic asks for a value that the boxes hardly show

    @property
    def refused(self) -> bool:
        """Whether the figure is illegible for this."""
        return self in (Ground.UNCLEAR, Ground.PATTERN, Ground.UNBACKED)


Read = int | str
"""A number, or "blank" or "other" (nothing that is a number)."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a figure's boxes: `kind` is "tally" or "words", `seen` what was read there (for tally
    each row as marks=subtotal, for words the letters), `value` the likeliest number with its `share`.
    `contradicts`: it clearly says another number than the boxes plainly do.
    """

    kind: str
    seen: str
    value: int
    share: float
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """What a machine's figure rests on.

    `written` is what its boxes and marks show best, with `likelihood` from 0 to 1; `winner` what is likeliest
    with the form's arithmetic too, with `posterior`; `cautious` is the same, or for the least certain figure the
    probability that all of the sheet are right at once. `broken` are the rules of
    the equations that do not hold with every figure as written. `boxes` holds for each box its best classes
    with their shares, `bubbles` for each column the digits whose bubbles look filled, `beside` what tally marks
    and words say where they were read.
    """

    ground: Ground
    written: Read
    likelihood: float
    winner: Read
    posterior: float
    cautious: float
    broken: tuple[str, ...] = ()
    boxes: tuple[tuple[tuple[str, float], ...], ...] = ()
    bubbles: tuple[tuple[int, ...], ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def doubted(self) -> bool:
        """Whether something on the sheet speaks against what plainly stands in the boxes."""
        return self.ground is Ground.DOUBTED or bool(self.broken) or any(b.contradicts for b in self.beside)

    def as_json(self) -> dict[str, Any]:
        """A JSON object; shares with four decimals, cut off and never rounded up to certainty."""
        return {
            "ground": str(self.ground),
            "written": self.written,
            "likelihood": cut_off(self.likelihood),
            "winner": self.winner,
            "posterior": cut_off(self.posterior),
            "cautious": cut_off(self.cautious),
            "broken": list(self.broken),
            "boxes": [[[symbol, cut_off(share)] for symbol, share in box] for box in self.boxes],
            "bubbles": [list(column) for column in self.bubbles],
            "beside": [{**asdict(beside), "share": cut_off(beside.share)} for beside in self.beside],
        }

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Why:
        """The reasons of `as_json`. Raises KeyError or ValueError for another shape."""
        return cls(
            Ground(tree["ground"]),
            tree["written"],
            tree["likelihood"],
            tree["winner"],
            tree["posterior"],
            tree["cautious"],
            tuple(tree["broken"]),
            tuple(tuple((symbol, share) for symbol, share in box) for box in tree["boxes"]),
            tuple(tuple(column) for column in tree["bubbles"]),
            tuple(Beside(**beside) for beside in tree.get("beside", ())),
        )


def cut_off(share: float) -> float:
    """A share with four decimals, never rounded up.

    >>> cut_off(0.99999)
    0.9999
    """
    return math.floor(share * 10_000) / 10_000


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
