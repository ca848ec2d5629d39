"""The posterior of all figures of a sheet together: likelihoods of each, times a factor for each equation.

An equation that shares one figure with the others hangs by that hinge: what it says of the hinge is one
message, and what all else says of the hinge comes back to its other figures. This is belief propagation on a
tree, which is exact (`leaves`, and `sums` for long ones). What is left, a table of men, women and both, is
summed by a beam over whole equations. The beam counts what it drops: a dropped assignment can still have led
to no more than its own weight times all that the equations not begun hold together. It is widened where that is
more than LOST of what was kept; what is lost even so counts against the sheet as a whole (`Joint.of`), so that
no sheet looks certain for what the beam left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sirekap.forms import Equation
from sirekap.reading.leaves import TOTAL, Leaf, eliminated, factors, log_factor, table
from sirekap.reading.sums import BLANK, OTHER, Array, Candidates, Sum

Integers = npt.NDArray[np.int64]

WIDTHS = (100, 1500)  # assignments kept: the next width where too much was dropped
STATES = 300  # assignments of one equation that are tried with each of those kept
LOST = 1e-6  # share of the whole that may be dropped without looking further
DEEP = 30.0  # logarithm below the best at which an assignment is dropped in any case


class Joint:
    """Candidates weighed with equations. `marginals` holds each figure's posterior over its candidates, and
    `lost` is at least the share of all assignments that the beam dropped: marginals are of those it kept.
    """

    def __init__(self, candidates: Mapping[str, Candidates], equations: Sequence[Equation]) -> None:
        """Weigh. Every figure of an equation must have candidates; likelihoods of each sum to one."""
        self._believed = dict(candidates)
        self._hung: list[tuple[Leaf | Sum, Array]] = []
        hung, self._rest = eliminated(equations)
        for equation, hinge, short in hung:
            leaf = Leaf(equation, hinge, self._believed) if short else Sum(equation, self._believed)
            message = leaf.message()
            own = self._believed[hinge]
            likelihood = own.likelihood * message
            self._believed[hinge] = Candidates(own.values, likelihood / likelihood.sum())
            self._hung.append((leaf, message))
        inner = {name for leaf, _ in self._hung for name in leaf.inner}
        self._outer = [name for name in candidates if name not in inner]
        self.marginals, self._log_sum, self.lost = self._middle()
        for leaf, message in reversed(self._hung):
            self.marginals.update(leaf.parts_given(self.marginals[leaf.hinge] / message))

    def of(self, choice: Mapping[str, int]) -> float:
        """The probability that every figure is the candidate at its index in `choice`, all at once."""
        share = {name: float(self._believed[name].likelihood[at]) for name, at in choice.items()}
        chosen = {name: int(self._believed[name].values[at]) for name, at in choice.items()}
        log = sum(float(np.log(share[name])) for name in self._outer)
        log += sum(log_factor(equation, chosen) for equation in self._rest)
        log += float(np.log(max(1 - self.lost, 1e-300))) - self._log_sum
        for leaf, message in self._hung:
            log += sum(float(np.log(share[name])) for name in leaf.inner)
            log += log_factor(leaf.equation, chosen) - float(np.log(message[choice[leaf.hinge]]))
        return float(np.exp(min(0.0, log)))

    def _middle(self) -> tuple[dict[str, Array], float, float]:
        """Marginals, the logarithm of the sum and the share lost, of what hangs by nothing."""
        held = {name for equation in self._rest for name in (equation.total, *equation.parts)}
        marginals = {name: self._believed[name].likelihood for name in self._outer if name not in held}
        if not self._rest:
            return marginals, 0.0, 0.0
        units = _units(self._rest, self._believed)
        for width in WIDTHS:
            beam = _Beam(units, self._believed, self._rest, width)
            if beam.lost < LOST:
                break
        return {**marginals, **beam.marginals()}, beam.log_sum, beam.lost


class _Unit:
    """Some figures tried together: assignments by candidate's index and value, each with its logarithm."""

    def __init__(self, names: Sequence[str], own: Mapping[str, Candidates], equation: Equation | None) -> None:
        self.names = tuple(names)
        weight = table([own[name] for name in names], equation is not None)
        self.log_sum = _log_sum(np.log(weight.ravel()))
        flat = np.log(np.maximum(weight.ravel(), 1e-300))
        keep = _best(flat, STATES)
        self.log = flat[keep]
        gone = np.ones(flat.size, bool)
        gone[keep] = False
        self.dropped = _log_sum(flat[gone])
        self.choice = np.stack(np.unravel_index(keep, weight.shape), axis=1).astype(np.int16)
        self.values = np.stack([own[n].values[self.choice[:, k]] for k, n in enumerate(names)], axis=1)


def _units(equations: Sequence[Equation], own: Mapping[str, Candidates]) -> list[_Unit]:
    """Equations that share no figure, each tried as a whole, and the other figures one by one."""
    taken: set[str] = set()
    units = []
    for equation in equations:
        names = (equation.total, *equation.parts)
        if not taken & set(names) and len(names) <= 3:
            units.append(_Unit(names, own, equation))
            taken |= set(names)
    for equation in equations:
        for name in (equation.total, *equation.parts):
            if name not in taken:
                units.append(_Unit((name,), own, None))
                taken.add(name)
    return units


class _Beam:
    """Assignments of units, one after another, the likeliest kept."""

    def __init__(
        self, units: Sequence[_Unit], own: Mapping[str, Candidates], equations: Sequence[Equation], width: int
    ) -> None:
        self._own = own
        self._names = [name for unit in units for name in unit.names]
        place = {name: index for index, name in enumerate(self._names)}
        columns = [[place[name] for name in (e.total, *e.parts)] for e in equations]
        choice, values = np.zeros((1, 0), np.int16), np.zeros((1, 0), np.int64)
        score = np.zeros(1)
        dropped, ahead, done = -np.inf, sum(unit.log_sum for unit in units), 0
        for unit in units:
            ahead -= unit.log_sum
            grid = score[:, None] + unit.log[None, :]
            dropped = np.logaddexp(dropped, _log_sum(score) + unit.dropped + ahead)
            end = done + len(unit.names)
            for column in columns:
                # an equation within a unit stands in its weights already
                if done <= max(column) < end and min(column) < done:
                    grid += _factors(values, unit.values, column)
            keep = _best(grid.ravel(), width)
            gone = np.ones(grid.size, bool)
            gone[keep] = False
            dropped = np.logaddexp(dropped, _log_sum(grid.ravel()[gone]) + ahead)
            row, at = np.divmod(keep, len(unit.log))
            choice = np.concatenate([choice[row], unit.choice[at]], axis=1)
            values = np.concatenate([values[row], unit.values[at]], axis=1)
            score, done = grid.ravel()[keep], end
        self._choice, self._score = choice, score
        self.log_sum = _log_sum(score)
        self.lost = float(np.exp(dropped - np.logaddexp(dropped, self.log_sum)))

    def marginals(self) -> dict[str, Array]:
        """Each figure's posterior among what was kept."""
        weight = np.exp(self._score - self.log_sum)
        return {
            name: np.asarray(
                np.bincount(self._choice[:, index], weights=weight, minlength=len(self._own[name].values)),
                np.float64,
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
    most = float(scores.max()) if len(scores) else -np.inf
    return most + float(np.log(np.exp(scores - most).sum())) if np.isfinite(most) else -np.inf


def _factors(values: Integers, own: Integers, columns: Sequence[int]) -> Array:
    """Logarithms of an equation's factors, shape (rows, states), for assignments `values` of the figures before
    and the states `own` of the unit tried next. `columns` are the equation's figures, total first.
    """
    done = values.shape[1]
    before = [(at, column) for at, column in enumerate(columns) if column < done]
    here = [(at, column - done) for at, column in enumerate(columns) if column >= done]
    left, right = _partial(values, before), _partial(own, here)
    difference, blanks = left[0][:, None] + right[0][None, :], left[1][:, None] + right[1][None, :]
    unknown = left[2][:, None] | right[2][None, :]
    return np.asarray(np.log(factors(difference, blanks, unknown, len(columns))))


def _partial(
    values: Integers, places: Sequence[tuple[int, int]]
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """For rows of values and some (place in the equation, column): total less parts, blanks, any OTHER."""
    chosen = values[:, [column for _, column in places]]
    signs = np.asarray([1 if at == 0 else -1 for at, _ in places])
    weights = np.asarray([TOTAL if at == 0 else 1 for at, _ in places])
    blanks = ((chosen == BLANK) * weights).sum(axis=1)
    return (chosen * signs).sum(axis=1), blanks, (chosen == OTHER).any(axis=1)
