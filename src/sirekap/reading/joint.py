"""The posterior of all figures of a sheet together: likelihoods of each, times a factor for each equation.

Sums that hang on the sheet by their total alone are weighed exactly (`sums`). The rest is summed over
assignments by a beam that counts what it drops: likelihoods of a figure sum to one and no factor exceeds one, so
what a dropped assignment could still have led to is at most its own weight. The beam is widened until all that was
dropped is less than LOST of what was kept; at the greatest width the loss counts against every answer. So no
probability given here is too high for what the beam left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sirekap.forms import Equation
from sirekap.reading.sums import BLANK, BROKEN, EMPTY, HOLDS, OTHER, UNKNOWN, UNTOUCHED, Candidates, Sum, hanging

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WIDTHS = (400, 4000, 20_000)  # assignments kept: the next width where too much was dropped
LOST = 1e-6  # share of the whole that may be dropped without looking further
DEEP = 35.0  # logarithm below the best at which an assignment is dropped in any case


class Joint:
    """Candidates weighed with equations. `marginals` holds each figure's posterior over its candidates."""

    def __init__(self, candidates: Mapping[str, Candidates], equations: Sequence[Equation]) -> None:
        """Weigh. Every figure of an equation must have candidates; likelihoods of each sum to one."""
        loose, self._rest = hanging(equations)
        self._believed = dict(candidates)
        self._sums: list[tuple[Sum, Array]] = []
        for equation in loose:
            parts = Sum(equation, self._believed)
            message = parts.message()
            total = self._believed[equation.total]
            likelihood = total.likelihood * message
            self._believed[equation.total] = Candidates(total.values, likelihood / likelihood.sum())
            self._sums.append((parts, message))
        inner = {name for equation in loose for name in equation.parts}
        self._names = order([name for name in candidates if name not in inner], self._rest)
        for width in WIDTHS:
            beam = _Beam(self._names, self._believed, self._rest, width)
            if beam.lost < LOST:
                break
        self._log_sum, self.lost = beam.log_sum, beam.lost
        self.marginals = beam.marginals()
        for parts, message in reversed(self._sums):
            self.marginals.update(parts.parts_given(self.marginals[parts.equation.total] / message))

    def of(self, choice: Mapping[str, int]) -> float:
        """The probability that every figure is the candidate at its index in `choice`, all at once."""
        chosen = {name: self._believed[name].values[at] for name, at in choice.items()}
        share = {name: float(self._believed[name].likelihood[at]) for name, at in choice.items()}
        log = sum(float(np.log(share[name])) for name in self._names)
        log += sum(_log_factor(equation, chosen) for equation in self._rest)
        log += float(np.log1p(-self.lost)) - self._log_sum
        for parts, message in self._sums:
            log += sum(float(np.log(share[name])) for name in parts.equation.parts)
            log += _log_factor(parts.equation, chosen)
            log -= float(np.log(message[choice[parts.equation.total]]))
        return float(np.exp(min(0.0, log)))


def order(names: Sequence[str], equations: Sequence[Equation]) -> list[str]:
    """An order in which equations are complete early, so that the beam is pruned by them."""
    found: list[str] = []
    for equation in equations:
        found += [name for name in (equation.total, *equation.parts) if name not in found]
    return found + [name for name in names if name not in found]


def factor(values: Integers) -> Array:
    """Logarithm of the factor of an equation for rows (total, parts …)."""
    holds = values[:, 0] == values[:, 1:].sum(axis=1)
    found = np.where(holds, HOLDS, BROKEN)
    blank = values == BLANK
    found = np.where(blank.any(axis=1), EMPTY, found)
    found = np.where(blank.all(axis=1), UNTOUCHED, found)
    found = np.where((values == OTHER).any(axis=1), UNKNOWN, found)
    return np.asarray(np.log(found))


def _log_factor(equation: Equation, chosen: Mapping[str, int]) -> float:
    return float(factor(np.asarray([[chosen[name] for name in (equation.total, *equation.parts)]]))[0])


class _Beam:
    """Assignments of the figures `names`, one figure after another, the likeliest kept."""

    def __init__(
        self, names: Sequence[str], candidates: Mapping[str, Candidates], equations: Sequence[Equation], width: int
    ) -> None:
        self._names, self._own = names, candidates
        place = {name: index for index, name in enumerate(names)}
        columns = [[place[name] for name in (e.total, *e.parts)] for e in equations]
        self._choice = np.zeros((1, 0), np.int16)
        values = np.zeros((1, 0), np.int64)
        self._score = np.zeros(1)
        dropped = -np.inf
        for index, name in enumerate(names):
            own = candidates[name]
            grid = self._score[:, None] + np.log(own.likelihood)[None, :]
            for column in columns:
                if max(column) == index:
                    grid += _factors(values, own.values, column)
            keep = _best(grid.ravel(), width)
            gone = np.ones(grid.size, bool)
            gone[keep] = False
            dropped = np.logaddexp(dropped, _log_sum(grid.ravel()[gone]))
            row, at = np.divmod(keep, len(own.values))
            self._choice = np.concatenate([self._choice[row], at[:, None].astype(np.int16)], axis=1)
            values = np.concatenate([values[row], own.values[at][:, None]], axis=1)
            self._score = grid.ravel()[keep]
        kept = _log_sum(self._score)
        self.log_sum = kept
        self.lost = float(np.exp(dropped - np.logaddexp(dropped, kept)))

    def marginals(self) -> dict[str, Array]:
        """Each figure's posterior, lessened by what was dropped: they sum to 1 − lost."""
        weight = np.exp(self._score - self.log_sum) * (1 - self.lost)
        return {
            name: np.asarray(
                np.bincount(self._choice[:, index], weights=weight, minlength=len(self._own[name].values)), np.float64
            )
            for index, name in enumerate(self._names)
        }


def _best(scores: Array, width: int) -> Integers:
    """Where the best scores stand: at most `width`, none far below the best."""
    keep = np.flatnonzero(scores > scores.max() - DEEP)
    if len(keep) > width:
        keep = keep[np.argpartition(scores[keep], -width)[-width:]]
    return np.asarray(keep, np.int64)


def _log_sum(scores: Array) -> float:
    if not len(scores):
        return -np.inf
    most = float(scores.max())
    return most + float(np.log(np.exp(scores - most).sum())) if np.isfinite(most) else -np.inf


def _factors(values: Integers, own: Integers, columns: Sequence[int]) -> Array:
    """Logarithms of an equation's factors, shape (rows, candidates), for assignments `values` of all figures but
    the last and the candidates `own` of that one. `columns` are the equation's figures, total first.
    """
    last = values.shape[1]
    others = values[:, [column for column in columns if column != last]]
    signs = np.asarray([1 if at == 0 else -1 for at, column in enumerate(columns) if column != last])
    left = (others * signs).sum(axis=1)
    sign = 1 if columns[0] == last else -1
    holds = left[:, None] + sign * own[None, :] == 0
    blanks = (others == BLANK).sum(axis=1)[:, None] + (own == BLANK)[None, :]
    unknown = (others == OTHER).any(axis=1)[:, None] | (own == OTHER)[None, :]
    found = np.where(holds, HOLDS, BROKEN)
    found = np.where(blanks > 0, EMPTY, found)
    found = np.where(blanks == len(columns), UNTOUCHED, found)
    return np.asarray(np.log(np.where(unknown, UNKNOWN, found)))
