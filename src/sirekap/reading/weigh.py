"""Figures weighed together with the form's arithmetic, as soft evidence.

Each figure has a few candidate values with likelihoods from its boxes and bubbles. A sheet whose arithmetic
holds is far likelier than one whose does not, but paper can be inconsistent: breaking an equation costs a
factor, it is never forbidden. Long sums that hang on the sheet by their total alone are weighed exactly
(`sums`). The joint posterior of the rest is summed over the best assignments by a beam that keeps WIDTH of
them; candidates below LEAST are left to "other", which stands for every value not listed.

Arithmetic may decide between two likely digits. It never overrules what is plainly written: such a figure
stays as it is, and the equation it breaks becomes a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sirekap.figures import Figure, Ground
from sirekap.forms import Equation, Form
from sirekap.reading.model import Evidence
from sirekap.reading.sums import BLANK, BROKEN, EMPTY, HOLDS, OTHER, UNKNOWN, UNTOUCHED, Candidates, Sum, hanging
from sirekap.reading.values import contradicting, number_likelihoods
from sirekap.review import CERTAIN as CERTAIN

WIDTH = 1500
MOST_CANDIDATES = 10
LEAST = 2e-5

PLAIN = 0.97  # likelihood from which a value is plainly written
CLEAR = 0.985  # least posterior of a figure that is given at all
LIKELY = 0.03  # least share of the best likelihood that arithmetic may lift
COVERED = 0.8  # least likelihood of the listed values together: else one of them fits some sum by accident
MOST = 0.99999  # nothing that a machine read is certain
SAME_HAND = 0.5  # strength of the evidence for confidence: one hand errs alike in every box it writes


@dataclass(frozen=True, slots=True)
class Weighed:
    """A figure with what it rests on.

    `written` is what its boxes and bubbles show best, with its `likelihood`; `winner` what is likeliest with
    the arithmetic too, with its `posterior` and, under caution, `cautious`. Values are BLANK or OTHER where
    they are no number. `broken` are the equations that do not hold with every figure as written.
    """

    figure: Figure
    ground: Ground
    written: int
    likelihood: float
    winner: int
    posterior: float
    cautious: float
    broken: tuple[str, ...] = ()


def weigh(form: Form, evidence: Mapping[str, Evidence]) -> dict[str, Figure]:
    """Figures of all fields with evidence, each with its posterior probability, in the form's order."""
    return {name: weighed.figure for name, weighed in weigh_with_reasons(form, evidence).items()}


def weigh_with_reasons(form: Form, evidence: Mapping[str, Evidence]) -> dict[str, Weighed]:
    """As `weigh`, with the reasons."""
    names = [name for name in form.names if name in evidence]
    candidates = {name: _candidates(evidence[name]) for name in names}
    equations = [e for e in form.equations if all(n in candidates for n in (e.total, *e.parts))]
    posterior = _posterior(candidates, equations)
    cautious = _posterior({name: _weaker(own) for name, own in candidates.items()}, equations)
    weighed = {name: _weighed(candidates[name], posterior[name], cautious[name]) for name in names}
    weighed = {name: _contradicted(own, evidence[name]) for name, own in weighed.items()}
    return {name: replace(own, broken=_broken(name, weighed, equations)) for name, own in weighed.items()}


def _contradicted(weighed: Weighed, evidence: Evidence) -> Weighed:
    """The figure as it is, but for people to look at where tally marks or words clearly say another number."""
    figure = weighed.figure
    if figure.confidence < CERTAIN or not contradicting(evidence):
        return weighed
    return replace(weighed, figure=replace(figure, confidence=CERTAIN - 1e-3))


def _broken(name: str, weighed: Mapping[str, Weighed], equations: list[Equation]) -> tuple[str, ...]:
    """The figure's equations that what stands in the boxes does not satisfy."""
    rules = []
    for equation in equations:
        values = [weighed[n].written for n in (equation.total, *equation.parts)]
        if name in (equation.total, *equation.parts) and min(values) >= 0 and values[0] != sum(values[1:]):
            rules.append(equation.rule)
    return tuple(rules)


def _weaker(candidates: Candidates) -> Candidates:
    """The same candidates as if there were less evidence for each.

    Two boxes of one writer are not two witnesses: a narrow X that looks like a 1 does so in both, and then
    arithmetic agrees with the mistake.
    """
    likelihood = candidates.likelihood**SAME_HAND
    return Candidates(candidates.values, likelihood / likelihood.sum())


def _candidates(evidence: Evidence) -> Candidates:
    numbers, blank, other = number_likelihoods(evidence)
    best = np.argsort(numbers)[::-1][:MOST_CANDIDATES]
    best = best[(numbers[best] >= LEAST) | (np.arange(best.size) == 0)]
    rest = max(0.0, 1.0 - float(numbers[best].sum()) - blank - other)
    values = np.concatenate([best, [BLANK, OTHER]])
    return Candidates(values, np.concatenate([numbers[best], [max(blank, 1e-12), max(other + rest, 1e-9)]]))


def _order(names: list[str], equations: list[Equation]) -> list[str]:
    """An order in which equations are complete early, so that the beam is pruned by them."""
    order: list[str] = []
    for equation in equations:
        order += [name for name in (equation.total, *equation.parts) if name not in order]
    return order + [name for name in names if name not in order]


def _posterior(
    candidates: Mapping[str, Candidates], equations: list[Equation]
) -> dict[str, npt.NDArray[np.float64]]:
    """Marginal probabilities of each figure's candidates: long sums by messages, the rest by the beam."""
    loose, rest = hanging(equations)
    believed = dict(candidates)
    sums: list[tuple[Sum, npt.NDArray[np.float64]]] = []
    for equation in loose:
        parts = Sum(equation, believed)
        message = parts.message()
        total = believed[equation.total]
        likelihood = total.likelihood * message
        believed[equation.total] = Candidates(total.values, likelihood / likelihood.sum())
        sums.append((parts, message))
    inner = {name for equation in loose for name in equation.parts}
    posterior = _beam(_order([name for name in candidates if name not in inner], rest), believed, rest)
    for parts, message in reversed(sums):
        posterior.update(parts.parts_given(posterior[parts.equation.total] / message))
    return posterior


def _beam(
    order: list[str], candidates: Mapping[str, Candidates], equations: list[Equation]
) -> dict[str, npt.NDArray[np.float64]]:
    """Marginal probabilities of each figure's candidates."""
    choice = np.zeros((1, 0), np.int64)
    values = np.zeros((1, 0), np.int64)
    score = np.zeros(1)
    place = {name: index for index, name in enumerate(order)}
    for index, name in enumerate(order):
        own = candidates[name]
        width, count = len(score), len(own.values)
        choice = np.hstack([np.repeat(choice, count, axis=0), np.tile(np.arange(count), width)[:, None]])
        values = np.hstack([np.repeat(values, count, axis=0), np.tile(own.values, width)[:, None]])
        score = np.repeat(score, count) + np.tile(np.log(own.likelihood), width)
        for equation in equations:
            columns = [place[n] for n in (equation.total, *equation.parts)]
            if max(columns) == index:
                score = score + _factor(values[:, columns])
        if len(score) > WIDTH:
            keep = np.argpartition(score, -WIDTH)[-WIDTH:]
            choice, values, score = choice[keep], values[keep], score[keep]
    weight = np.exp(score - score.max())
    weight /= weight.sum()
    return {
        name: np.asarray(
            np.bincount(choice[:, place[name]], weights=weight, minlength=len(candidates[name].values)),
            np.float64,
        )
        for name in order
    }


def _factor(values: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Logarithm of the factor of an equation for rows (total, parts …)."""
    holds = values[:, 0] == values[:, 1:].sum(axis=1)
    factor = np.where(holds, HOLDS, BROKEN)
    blank = values == BLANK
    factor = np.where(blank.any(axis=1), EMPTY, factor)
    factor = np.where(blank.all(axis=1), UNTOUCHED, factor)
    factor = np.where((values == OTHER).any(axis=1), UNKNOWN, factor)
    return np.asarray(np.log(factor))


def _weighed(
    candidates: Candidates, posterior: npt.NDArray[np.float64], cautious: npt.NDArray[np.float64]
) -> Weighed:
    """What is given for a figure: as plainly written, else the clear winner of all evidence, else illegible.

    Its confidence is the smaller of the two posteriors.
    """
    written = int(np.argmax(candidates.likelihood))
    winner = int(np.argmax(posterior))
    likelihood = float(candidates.likelihood[written])

    def result(figure: Figure, ground: Ground) -> Weighed:
        values = candidates.values
        shares = float(posterior[winner]), float(cautious[winner])
        return Weighed(figure, ground, int(values[written]), likelihood, int(values[winner]), *shares)

    if likelihood >= PLAIN and candidates.values[written] != OTHER:
        # on a sheet that does not add up the posterior may doubt a plain figure: its boxes speak for it
        if posterior[written] < CLEAR:
            own = min(candidates.likelihood[written], CERTAIN - 1e-3)
            return result(_given(candidates, written, own), Ground.DOUBTED)
        own = min(posterior[written], cautious[written])
        return result(_given(candidates, written, own), Ground.PLAIN)
    covered = candidates.likelihood[:-1].sum() >= COVERED
    backed = bool(covered and candidates.likelihood[winner] >= LIKELY * candidates.likelihood[written])
    confidence = float(min(posterior[winner], cautious[winner]))
    if candidates.values[winner] != OTHER and backed and posterior[winner] >= CLEAR:
        return result(_given(candidates, winner, confidence), Ground.WEIGHED)
    unbacked = Ground.UNCLEAR if backed else Ground.UNBACKED
    ground = Ground.PATTERN if candidates.values[winner] == OTHER else unbacked
    return result(Figure.illegible(_probability(confidence)), ground)


def _given(candidates: Candidates, index: int, confidence: float) -> Figure:
    value = int(candidates.values[index])
    if value == BLANK:
        return Figure.blank(_probability(float(confidence)))
    return Figure.read(value, _probability(float(confidence)))


def _probability(value: float) -> float:
    return min(MOST, max(0.0, value))
