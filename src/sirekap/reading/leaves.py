"""Equations that hang on the sheet by one figure, weighed exactly: short ones by their whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sirekap.forms import Equation
from sirekap.reading.sums import BLANK, BROKEN, EMPTY, HOLDS, OTHER, UNKNOWN, UNTOUCHED, Array, Candidates

SHORT = 4  # figures of an equation that is weighed by its whole table
TOTAL = 1000  # a blank total among the blanks of an equation, which has fewer parts

Hung = tuple[Equation, str, bool]  # an equation, the figure it hangs by, and whether it is short


def eliminated(equations: Sequence[Equation]) -> tuple[list[Hung], list[Equation]]:
    """(equations that hang by one figure, innermost first; those that are left).

    Once an equation is taken away, another that shared a figure with it may hang in turn. A long one can only
    hang by its total.
    """
    rest = list(equations)
    found: list[Hung] = []
    while True:
        loose = next((hung for equation in rest if (hung := _hung(equation, rest)) is not None), None)
        if loose is None:
            return found, rest
        found.append(loose)
        rest.remove(loose[0])


def _hung(equation: Equation, equations: Sequence[Equation]) -> Hung | None:
    names = (equation.total, *equation.parts)
    elsewhere = {name for e in equations if e is not equation for name in (e.total, *e.parts)}
    shared = [name for name in names if name in elsewhere] or [equation.total]
    short = len(names) <= SHORT
    if len(shared) > 1 or (not short and shared[0] != equation.total):
        return None
    return equation, shared[0], short


def factors(
    difference: npt.NDArray[np.generic],
    blanks: npt.NDArray[np.generic],
    unknown: npt.NDArray[np.bool_],
    count: int,
) -> Array:
    """P(an equation | what stands in its `count` figures), by total less parts, how many are blank, any OTHER.

    `blanks` counts a blank total as TOTAL: leaving it out and leaving parts out are two omissions.
    """
    parts, total = np.asarray(blanks, np.int64) % TOTAL, np.asarray(blanks, np.int64) >= TOTAL
    found = np.where(difference == 0, HOLDS, BROKEN)
    found = np.where((parts > 0) | total, EMPTY, found)
    found = np.where((parts > 0) & total, EMPTY**2, found)
    found = np.where(total & (parts == count - 1), UNTOUCHED, found)
    return np.asarray(np.where(unknown, UNKNOWN, found), np.float64)


def blanks_of(blank: npt.NDArray[np.bool_]) -> int:
    """The blanks of one equation (total, parts …) as `factors` counts them."""
    return TOTAL * int(blank[0]) + int(blank[1:].sum())


def log_factor(equation: Equation, chosen: Mapping[str, int]) -> float:
    """Logarithm of the factor of an equation with figures as chosen."""
    values = np.asarray([chosen[name] for name in (equation.total, *equation.parts)])
    difference = np.asarray([values[0] - values[1:].sum()])
    blanks, unknown = np.asarray([blanks_of(values == BLANK)]), np.asarray([(values == OTHER).any()])
    return float(np.log(factors(difference, blanks, unknown, len(values))[0]))


def table(own: Sequence[Candidates], equation: bool, *, without: int | None = None) -> Array:
    """The product of likelihoods for all assignments, one axis a figure, the total first; with `equation` times
    its factor, and without the likelihood of the figure at `without`.
    """
    count = len(own)

    def along(values: npt.NDArray[np.float64] | npt.NDArray[np.int64], axis: int) -> Array:
        return np.asarray(values, np.float64).reshape([-1 if k == axis else 1 for k in range(count)])

    weight = np.ones([len(c.values) for c in own])
    for axis, candidates in enumerate(own):
        if axis != without:
            weight = weight * along(candidates.likelihood, axis)
    if not equation:
        return weight
    difference, blanks, unknown = np.zeros(weight.shape), np.zeros(weight.shape), np.zeros(weight.shape, bool)
    for axis, candidates in enumerate(own):
        difference = difference + (1 if axis == 0 else -1) * along(candidates.values, axis)
        blanks = blanks + along((candidates.values == BLANK).astype(np.int64) * (1 if axis else TOTAL), axis)
        unknown = unknown | (along((candidates.values == OTHER).astype(np.int64), axis) > 0)
    return np.asarray(weight * factors(difference, blanks, unknown, count), np.float64)


class Leaf:
    """A short equation that hangs by its `hinge`; `inner` are its other figures."""

    def __init__(self, equation: Equation, hinge: str, candidates: Mapping[str, Candidates]) -> None:
        """Take the candidates of all its figures; those of inner ones may hold messages already."""
        self.equation, self.hinge = equation, hinge
        self._names = (equation.total, *equation.parts)
        self.inner = tuple(name for name in self._names if name != hinge)
        self._at = self._names.index(hinge)
        self._table = table([candidates[name] for name in self._names], True, without=self._at)

    def message(self) -> Array:
        """What the equation and its inner figures say of each candidate of the hinge."""
        return np.asarray(self._table.sum(axis=tuple(k for k in range(self._table.ndim) if k != self._at)))

    def parts_given(self, outside: Array) -> dict[str, Array]:
        """The posterior of each inner figure. `outside`: what all else says of the hinge's candidates."""
        weight = self._table * outside.reshape([-1 if k == self._at else 1 for k in range(self._table.ndim)])
        weight /= weight.sum()
        return {
            name: np.asarray(weight.sum(axis=tuple(k for k in range(weight.ndim) if k != axis)))
            for axis, name in enumerate(self._names)
            if axis != self._at
        }
