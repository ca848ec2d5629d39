"""Figures weighed together with the form's arithmetic, as soft evidence.

Each figure has a few candidate values with likelihoods from its boxes and bubbles. A sheet whose arithmetic
holds is far likelier than one whose does not, but paper can be inconsistent: breaking an equation costs a
factor, it is never forbidden. `joint` gives the posterior of all figures together; candidates below LEAST are
left to "other", which stands for every value not listed.

Arithmetic may decide between likely digits. It never overrules what is plainly written: such a figure
stays as it is, and the equation it breaks becomes a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sirekap.figures import Figure, Ground
from sirekap.forms import Equation, Form
from sirekap.reading.joint import Joint
from sirekap.reading.model import Evidence
from sirekap.reading.sums import BLANK, EMPTY, OTHER, Candidates
from sirekap.reading.tuned import Tuned, tuned
from sirekap.reading.values import NO_NUMBER, contradicting, number_likelihoods
from sirekap.review import CERTAIN as CERTAIN

ROOM, OVER = 1.2, 0.01  # above 1.2 times the election's limit of voters a figure is a hundred times less likely

MOST_CANDIDATES = 24
LEAST = 1e-5

PLAIN = 0.97  # likelihood from which a value is plainly written
CLEAR = 0.985  # least posterior of a figure that is given at all
ANCHOR = 0.9  # share from which a box is clear
# Least share of the best likelihood that arithmetic may lift. Where the boxes show another value seven times
# better it may well stand there, on paper that does not add up: nothing is given, people look.
LIKELY = 0.15
DOUBTED = 0.75  # of plainly written figures that the arithmetic doubts as many are right (benchmarks.reliability)
MOST = 0.999999  # nothing that a machine read is certain


@dataclass(frozen=True, slots=True)
class Weighed:
    """A figure with what it rests on.

    `written` is what its boxes and bubbles show best, with its `likelihood`; `winner` what is likeliest with
    the arithmetic too, with its `posterior`. `cautious` is the same, but for the least certain figure of a
    sheet the probability that all its figures are right at once. Values are BLANK or OTHER where they are no
    number. `broken` are the equations that do not hold with every figure as written.
    """

    figure: Figure
    ground: Ground
    written: int
    likelihood: float
    winner: int
    posterior: float
    cautious: float
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeighedSheet:
    """All figures of a sheet; `sure` is the probability that every one is given as it is written, 0 where one is
    refused.
    """

    figures: Mapping[str, Weighed]
    sure: float


def weigh(form: Form, evidence: Mapping[str, Evidence], limit: int | None = None) -> dict[str, Figure]:
    """Figures of all fields with evidence, each with its posterior probability, in the form's order.

    The confidence of the least certain figure is that of the whole sheet: that all of them are right. `limit` is
    the election's of voters at a station, where it is known: numbers far above it are unlikely, not impossible.
    """
    return {name: weighed.figure for name, weighed in weigh_with_reasons(form, evidence, limit).items()}


def weigh_with_reasons(
    form: Form, evidence: Mapping[str, Evidence], limit: int | None = None
) -> dict[str, Weighed]:
    """As `weigh`, with the reasons."""
    sheet = weigh_sheet(form, evidence, limit)
    found = dict(sheet.figures)
    if found and sheet.sure > 0:
        weakest = min(found, key=lambda name: found[name].figure.confidence)
        figure = found[weakest].figure
        lowered = replace(figure, confidence=min(figure.confidence, _probability(sheet.sure)))
        found[weakest] = replace(
            found[weakest], figure=lowered, cautious=min(sheet.sure, found[weakest].cautious)
        )
    return found


def weigh_sheet(
    form: Form, evidence: Mapping[str, Evidence], limit: int | None = None, constants: Tuned | None = None
) -> WeighedSheet:
    """As `weigh`, with the reasons and each figure's own confidence. `constants` None are those shipped."""
    evidence = softened(form, evidence, constants or tuned())
    candidates = all_candidates(form, evidence, limit)
    names = list(candidates)
    equations = [e for e in form.equations if all(n in candidates for n in (e.total, *e.parts))]
    joint = Joint(candidates, equations)
    chosen = {name: _weighed(candidates[name], joint.marginals[name], anchored(evidence[name])) for name in names}
    weighed = {name: own for name, (own, _) in chosen.items()}
    refused = any(own.ground.refused for own in weighed.values())
    sure = 0.0 if refused or not names else joint.of({name: at for name, (_, at) in chosen.items()})
    doubted = {name: _contradicted(own, evidence[name]) for name, own in weighed.items()}
    if doubted != weighed:
        weighed, sure = doubted, min(sure, CERTAIN - 1e-3)
    return WeighedSheet(
        {name: replace(own, broken=_broken(name, weighed, equations)) for name, own in weighed.items()}, sure
    )


def softened(form: Form, evidence: Mapping[str, Evidence], constants: Tuned) -> dict[str, Evidence]:
    """The evidence with the network's probabilities made to mean what they say, photograph by photograph."""
    pages: dict[int, list[str]] = {}
    for name in evidence:
        pages.setdefault(form.field(name).page, []).append(name)
    found: dict[str, Evidence] = {}
    for names in pages.values():
        rows = np.asarray([box for name in names for box in evidence[name].digits], np.float64)
        soft = iter(soften(rows, constants).tolist())
        for name in names:
            digits = tuple(tuple(next(soft)) for _ in evidence[name].digits)
            found[name] = replace(evidence[name], digits=digits)
    return {name: found[name] for name in evidence}


def soften(rows: npt.NDArray[np.float64], constants: Tuned) -> npt.NDArray[np.float64]:
    """Class probabilities of the boxes of one photograph, shape (boxes, classes), calibrated; see `Tuned`."""
    heat = np.exp(constants.heat + constants.hardness * doubtfulness(rows)) * constants.same_hand
    powers = np.maximum(rows, 1e-9) ** (1 / heat)
    powers /= powers.sum(axis=1, keepdims=True)
    return np.asarray((1 - constants.doubt) * powers + constants.doubt / rows.shape[1])


def doubtfulness(rows: npt.NDArray[np.float64]) -> float:
    """The mean doubt of a photograph's boxes; those whose lines were not seen say nothing and are left out."""
    most = rows.max(axis=1)
    said = most > 1.001 / rows.shape[1]
    return float((1 - most[said]).mean()) if said.any() else 0.0


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


def all_candidates(
    form: Form, evidence: Mapping[str, Evidence], limit: int | None = None
) -> dict[str, Candidates]:
    """The candidates of every figure with evidence, in the form's order."""
    found = {name: candidates_of(evidence[name], limit) for name in form.names if name in evidence}
    untouched = {name for name, own in found.items() if own.values[int(np.argmax(own.likelihood))] == BLANK}
    for name in found:
        equations = [e for e in form.equations if name in (e.total, *e.parts)]
        # a figure alone is seldom left blank; where nobody wrote in its row, that is one cause and not many
        row = {other for e in equations for other in (e.total, *e.parts)} - {name}
        if len(equations) < 2 and not form.field(name).may_be_blank and not (row and row <= untouched):
            found[name] = candidates_of(evidence[name], limit, EMPTY)
    return found


def candidates_of(evidence: Evidence, limit: int | None = None, blanks: float = 1.0) -> Candidates:
    """The likeliest numbers of a figure, then BLANK and OTHER; likelihoods sum to one.

    `blanks`: how likely the figure is to be left blank, beyond what its equations say of that (`sums.EMPTY`).
    """
    shown, blank, other = number_likelihoods(evidence)
    blank *= blanks
    best = np.argsort(shown)[::-1][:MOST_CANDIDATES]
    best = best[(shown[best] >= LEAST * (shown.sum() + blank + other)) | (np.arange(best.size) == 0)]
    values = np.concatenate([best, [BLANK, OTHER]])

    def shares(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rest = max(0.0, float(numbers.sum() - numbers[best].sum()))
        found = np.concatenate([numbers[best], [max(blank, 1e-12), max(other + rest, 1e-9)]])
        return np.asarray(found / found.sum())

    believed = shown.copy()
    if limit is not None and len(believed) > int(ROOM * limit):
        believed[int(ROOM * limit) + 1 :] *= OVER
    return Candidates(values, shares(believed), shares(shown))


def anchored(evidence: Evidence) -> bool:
    """Whether at least one box of a figure is clear: a digit from 1 to 9, or unused (0 and fillers together)."""
    rows = np.asarray(evidence.digits)
    return bool(max(rows[:, 1:10].max(), rows[:, [0, 10, 11, 12]].sum(axis=1).max()) >= ANCHOR)


def _weighed(candidates: Candidates, posterior: npt.NDArray[np.float64], steady: bool) -> tuple[Weighed, int]:
    """What is given for a figure, and at which candidate: as plainly written, else the clear winner of all
    evidence, else illegible. Where it is not `steady`, arithmetic may only confirm what its boxes show best.
    """
    shown = candidates.likelihood if candidates.shown is None else candidates.shown
    written = int(np.argmax(candidates.likelihood))
    winner = int(np.argmax(posterior))
    likelihood = float(candidates.likelihood[written])
    values = candidates.values

    def result(figure: Figure, ground: Ground, at: int) -> tuple[Weighed, int]:
        share = float(posterior[winner])
        return Weighed(figure, ground, int(values[written]), likelihood, int(values[winner]), share, share), at

    if likelihood >= PLAIN and values[written] != OTHER:
        # on a sheet that does not add up the posterior may doubt a plain figure: its boxes speak for it
        if posterior[written] < CLEAR:
            return result(_given(candidates, written, min(likelihood, DOUBTED)), Ground.DOUBTED, written)
        return result(_given(candidates, written, posterior[written]), Ground.PLAIN, written)
    spoilt = bool(values[written] == OTHER and likelihood >= NO_NUMBER)
    listed = float(shown[:-1].max())
    # where no box is clear all may be noise on empty paper; boxes that look empty are never filled by
    # arithmetic, nor those that hardly show what it asks for
    backed = bool(shown[winner] >= max(LIKELY * listed, shown[-2]))
    confidence = float(posterior[winner])
    backed = backed and (steady or winner == written)
    if values[winner] != OTHER and backed and not spoilt and confidence >= CLEAR:
        return result(_given(candidates, winner, confidence), Ground.WEIGHED, winner)
    unbacked = Ground.UNCLEAR if backed else Ground.UNBACKED
    ground = Ground.PATTERN if values[winner] == OTHER or spoilt else unbacked
    return result(Figure.illegible(_probability(confidence)), ground, winner)


def _given(candidates: Candidates, index: int, confidence: float) -> Figure:
    value = int(candidates.values[index])
    if value == BLANK:
        return Figure.blank(_probability(float(confidence)))
    return Figure.read(value, _probability(float(confidence)))


def _probability(value: float) -> float:
    return min(MOST, max(0.0, value))
