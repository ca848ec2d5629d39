"""Long sums weighed exactly: a party's candidates, the valid votes of many tickets.

A sum whose parts stand in no other equation hangs on the sheet by its total alone. What its parts say of the
total is one message (`Sum.message`), and what the rest of the sheet says of the total comes back to each part
(`Sum.parts_given`): belief propagation on a tree, which is exact, by convolution over partial sums. So
hundreds of figures cost little, where a beam over all of them would be slow and lose the right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sirekap.forms import Equation

Array = npt.NDArray[np.float64]

BLANK, OTHER = -1, -2

# P(an equation's total as written | its parts), by what is written.
HOLDS = 1.0
BROKEN = 3e-4  # 3 % of sheets break an equation, spread over some hundred wrong values
UNKNOWN = 1.3e-3  # "other": one value in a thousand would hold, the rest would break it
EMPTY = (
    0.07  # a blank where a number should be: five in a thousand, by the two equations that most figures are in
)
UNTOUCHED = 0.5  # all of an equation's figures blank: nothing was written there, which contradicts nothing


@dataclass(frozen=True)
class Candidates:
    """The values that a figure may have (BLANK and OTHER among them), each with its likelihood.

    `shown` is the likelihood by what stands on the paper alone, without what is known of elections (None: the
    same).
    """

    values: npt.NDArray[np.int64]
    likelihood: Array
    shown: Array | None = None


class Sum:
    """One sum and what is known of its parts. Shapes: a part's candidates (c,), the total's (t,)."""

    def __init__(self, equation: Equation, candidates: Mapping[str, Candidates]) -> None:
        """Take the candidates of total and parts; those of a part may hold messages of its own sum already."""
        self.equation, self.hinge, self.inner = equation, equation.total, equation.parts
        self.total = candidates[equation.total].values
        self.parts = [candidates[name] for name in equation.parts]
        self.most = max(0, int(self.total.max()))
        self.other = np.asarray([_share(part, OTHER) for part in self.parts])
        self.blank = np.asarray([_share(part, BLANK) for part in self.parts])
        self.number = np.asarray([float(part.likelihood[part.values >= 0].sum()) for part in self.parts])
        start = np.zeros(self.most + 1)
        start[0] = 1.0
        self.before = [start]  # distribution of the sum of the parts before each, up to the largest total
        for part in self.parts:
            self.before.append(_added(self.before[-1], part))
        self.after = [start]
        for part in reversed(self.parts):
            self.after.append(_added(self.after[-1], part))
        self.after = self.after[::-1]

    def message(self) -> Array:
        """What the parts say of each candidate of the total, shape (t,)."""
        return self._factor(np.ones(len(self.parts), bool), 0, self.before[-1])

    def parts_given(self, outside: Array) -> dict[str, Array]:
        """The posterior of each part's candidates. `outside`, shape (t,): what all else says of the total."""
        found = {}
        for index, (name, part) in enumerate(zip(self.equation.parts, self.parts, strict=True)):
            others = np.arange(len(self.parts)) != index
            numbers = {int(v): self._without(index, int(v)) for v in part.values if v >= 0}
            weight = [
                own * float(outside @ self._factor(others, int(value), numbers.get(int(value))))
                for value, own in zip(part.values, part.likelihood, strict=True)
            ]
            found[name] = np.asarray(weight) / sum(weight)
        return found

    def _without(self, index: int, value: int) -> Array:
        """The distribution of the whole sum where one part has a value, at the total's numbers alone."""
        sums = np.zeros(self.most + 1)
        first, last = self.before[index], self.after[index + 1]
        for total in self.total[self.total >= value]:
            rest = int(total) - value
            sums[total] = float(first[: rest + 1] @ last[rest::-1])
        return sums

    def _factor(self, among: npt.NDArray[np.bool_], value: int, sums: Array | None) -> Array:
        """The equation's factor for each candidate of the total, summed over the parts `among`, where the part
        left out (if any) is `value`. `sums` is the distribution of the whole sum, None where it is no number.
        """
        if value == OTHER:
            return np.full(len(self.total), UNKNOWN)
        one_left = not bool(among.all())
        readable = float(np.prod(1 - self.other[among]))
        unread = (1 - readable) * UNKNOWN
        written = 0.0 if sums is None else float(np.prod(self.number[among]))
        empty = 0.0 if one_left and value >= 0 else float(np.prod(self.blank[among]))
        factor = np.empty(len(self.total))
        for at, total in enumerate(self.total):
            if total == OTHER:
                factor[at] = UNKNOWN
            elif total == BLANK:
                some = max(0.0, readable - empty - written)  # some parts left out too: two omissions
                factor[at] = unread + UNTOUCHED * empty + EMPTY * written + EMPTY**2 * some
            else:
                holds = 0.0 if sums is None else float(sums[total])
                broken = max(0.0, written - holds)
                factor[at] = unread + EMPTY * max(0.0, readable - written) + BROKEN * broken + HOLDS * holds
        return factor


def _share(part: Candidates, value: int) -> float:
    return float(part.likelihood[part.values == value].sum())


def _added(sums: Array, part: Candidates) -> Array:
    """The distribution of a sum with one part more, cut off at the same length."""
    result = np.zeros_like(sums)
    for value, own in zip(part.values.tolist(), part.likelihood.tolist(), strict=True):
        if 0 <= value < len(sums):
            result[value:] += own * sums[: len(sums) - value]
    return result
