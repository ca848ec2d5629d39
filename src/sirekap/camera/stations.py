"""Plausible figures of a polling station, and the honest mistakes people make when writing them down.

Everything is drawn from the numpy Generator that is passed in; the same state gives the same station.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sirekap.forms import Equation, Form

Figures = dict[str, int | None]

ERROR_SHARE = 0.05
"""The share of stations whose paper does not add up, where nothing else is said."""

# How often each mistake is made by those who make one.
_SLIPS: tuple[tuple[str, float], ...] = (("total", 0.5), ("transposed", 0.3), ("blank", 0.2))


@dataclass(frozen=True)
class StationFigures:
    """A station's figures as they stand on its paper, by their names in the form's vocabulary; None is blank.

    `counted` is what was really counted (before any mistake on paper). `consistent` tells whether the form's
    arithmetic holds on paper; `slip` says in words what went wrong where it does not.
    """

    figures: Figures
    counted: Figures
    consistent: bool = True
    slip: str = ""

    def with_human_error(
        self, form: Form, rng: np.random.Generator, share: float = ERROR_SHARE
    ) -> StationFigures:
        """The same station, with one honest mistake on paper in `share` (0 to 1) of all cases.

        A mistake is a total that does not fit, two digits that changed places, or a total left blank.
        """
        if rng.random() >= share:
            return self
        kinds, weights = zip(*_SLIPS, strict=True)
        kind = str(rng.choice(kinds, p=weights))
        name, value = _mistake(kind, form, self.figures, rng)
        was = self.figures[name]
        words = {"total": "wrong sum", "transposed": "digits changed places", "blank": "left blank"}[kind]
        slip = f"{name}: {words}, {was} became {'blank' if value is None else value}"
        return replace(self, figures={**self.figures, name: value}, consistent=False, slip=slip)


def regional_shares(tickets: int, rng: np.random.Generator) -> tuple[float, ...]:
    """What share of the valid votes each ticket has in one region; the shares sum to 1."""
    return tuple(float(share) for share in rng.dirichlet(np.full(tickets, 3.0)))


def station_figures(
    form: Form, rng: np.random.Generator, shares: Sequence[float], voters_per_station: int = 300
) -> StationFigures:
    """A station whose paper adds up. `shares` are its region's, one for each ticket, summing to about 1.

    Who gets the valid votes follows from the form's own sums, down to the last candidate. `voters_per_station`
    limits the roll. Raises ValueError where `shares` are not as many as the tickets.
    """
    if len(shares) != form.tickets:
        raise ValueError(f"{form.id} has {form.tickets} tickets, got {len(shares)} shares")
    roll = (
        int(rng.integers(200, voters_per_station + 1))
        if voters_per_station > 200 and rng.random() < 0.9
        else (int(rng.integers(max(1, min(60, voters_per_station)), min(200, voters_per_station) + 1)))
    )
    counted: Figures = {}
    _put(counted, "pemilih_dpt", roll, int(rng.binomial(roll, rng.normal(0.495, 0.02))))
    voted = {}
    turnout = float(np.clip(rng.normal(0.81, 0.07), 0.60, 0.95))
    for sex in "lp":
        voted[sex] = int(rng.binomial(_known(counted, f"pemilih_dpt_{sex}"), turnout))
    _put(counted, "pengguna_dpt", voted["l"] + voted["p"], voted["l"])
    for kind, mean in (("dptb", 1.2), ("non_dpt", 3.0)):
        # Many stations have none at all, a few near dormitories and barracks have many.
        many = int(rng.poisson(mean * rng.choice([0.0, 1.0, 4.0], p=[0.35, 0.55, 0.10])))
        _put(counted, f"pengguna_{kind}", many, int(rng.binomial(many, 0.5)))
    for sex in "lpj":
        counted[f"pengguna_total_{sex}"] = sum(
            _known(counted, f"pengguna_{kind}_{sex}") for kind in ("dpt", "dptb", "non_dpt")
        )
    _ballots(counted, roll, rng)
    _disabled(counted, rng)
    _votes(form, counted, shares, rng)
    return StationFigures({name: counted[name] for name in form.names}, dict(counted))


def holds(equation: Equation, figures: Mapping[str, int | None]) -> bool:
    """Whether an equation of a form holds; one of which all figures are blank says nothing and holds.

    Raises KeyError where a figure that it names is absent.
    """
    total, parts = figures[equation.total], [figures[name] for name in equation.parts]
    if total is None and all(part is None for part in parts):
        return True
    known = [part for part in parts if part is not None]
    return total is not None and len(known) == len(parts) and total == sum(known)


def _known(figures: Figures, name: str) -> int:
    value = figures[name]
    assert value is not None
    return value


def _put(figures: Figures, name: str, total: int, men: int) -> None:
    figures[f"{name}_l"], figures[f"{name}_p"], figures[f"{name}_j"] = men, total - men, total


def _ballots(figures: Figures, roll: int, rng: np.random.Generator) -> None:
    """Ballots received are the roll and 2 % more, rounded up; more voters than that get more from elsewhere."""
    used = _known(figures, "pengguna_total_j")
    returned = int(rng.choice([0, 1, 2, 3], p=[0.72, 0.18, 0.07, 0.03]))
    received = max(math.ceil(1.02 * roll), used + returned)
    figures["surat_suara_diterima"] = received
    figures["surat_suara_digunakan"] = used
    figures["surat_suara_dikembalikan"] = returned
    figures["surat_suara_sisa"] = received - used - returned


def _disabled(figures: Figures, rng: np.random.Generator) -> None:
    """Voters with disabilities: a few, none, or a row that was left empty."""
    if rng.random() < 0.1:
        for sex in "lpj":
            figures[f"disabilitas_{sex}"] = None
        return
    men, women = (min(int(rng.poisson(0.8)), _known(figures, f"pengguna_total_{sex}")) for sex in "lp")
    _put(figures, "disabilitas", men + women, men)


def _votes(form: Form, figures: Figures, shares: Sequence[float], rng: np.random.Generator) -> None:
    """Who voted, split into invalid votes and the tickets' votes; a station strays from its region's shares."""
    parts = {equation.total: equation.parts for equation in form.equations if len(equation.parts) > 1}
    voters = _known(figures, "pengguna_total_j")
    invalid = int(rng.binomial(voters, float(np.clip(rng.normal(0.024, 0.012), 0.0, 0.1))))
    own = rng.dirichlet(np.clip(np.asarray(shares), 0.01, None) * 40.0)
    for name, votes in zip(parts["suara_sah"], rng.multinomial(voters - invalid, own), strict=True):
        _split(figures, name, int(votes), parts, rng)
    figures["suara_sah"] = voters - invalid
    figures["suara_tidak_sah"] = invalid
    figures["suara_total"] = voters


def _split(
    figures: Figures, name: str, votes: int, parts: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> None:
    """A figure and, where the form sums it from others, these too: a few candidates draw most of a party's."""
    figures[name] = votes
    below = parts.get(name, ())
    if below:
        for part, own in zip(below, rng.multinomial(votes, rng.dirichlet(np.full(len(below), 0.6))), strict=True):
            _split(figures, part, int(own), parts, rng)


def _mistake(kind: str, form: Form, figures: Figures, rng: np.random.Generator) -> tuple[str, int | None]:
    """The figure that is written wrongly, and what is written instead (None: nothing)."""
    ruled = {name for equation in form.equations for name in (equation.total, *equation.parts)}
    strict = [field for field in form.fields if field.name in ruled and not field.may_be_blank]
    totals = [field for field in strict if any(equation.total == field.name for equation in form.equations)]
    if kind == "transposed":
        choices = [
            (field.name, other) for field in strict if (other := _transposed(figures[field.name])) is not None
        ]
        if choices:
            name, value = choices[int(rng.integers(len(choices)))]
            return name, value
    field = totals[int(rng.integers(len(totals)))]
    if kind == "blank":
        return field.name, None
    right = _known(figures, field.name)
    wrong = [value for by in (-100, -10, -2, -1, 1, 2, 10, 100) if 0 <= (value := right + by) <= field.most]
    return field.name, wrong[int(rng.integers(len(wrong)))]


def _transposed(value: int | None) -> int | None:
    """The number with its last two differing neighbours changed, None where it has none."""
    digits = list("" if value is None else str(value))
    for right in range(len(digits) - 1, 0, -1):
        if digits[right] != digits[right - 1] and not (right == 1 and digits[1] == "0"):
            digits[right - 1], digits[right] = digits[right], digits[right - 1]
            return int("".join(digits))
    return None
