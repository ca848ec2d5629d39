"""From boxes, bubbles, tally marks and words to the numbers that a figure may be, each with its likelihood.

A leading x, dash, blank or 0 is an unused box. Boxes that are all unused hold no number: where a zero is
meant the paper says 0. What fits no pattern (a digit left of an empty box, a scribble) is "other": it is kept
as probability, so that the rest cannot look certain.

A figure is what stands in its boxes. Tally marks and words say the same where officers made no mistake, and no
more than that: each multiplies the likelihoods by a factor that is bounded, alone and together (`beside_factor`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sirekap.reading.model import Evidence, Told

Array = npt.NDArray[np.float64]

BLANK, X, DASH = 10, 11, 12
SPOILT = 0.03  # odds of a spoilt box on paper against those among the boxes that the network was trained on
MISFIT = 0.02  # odds that someone writes a digit left of an empty box, against writing as the form asks
HALF_DARK, DARK_STEP = 0.22, 0.045  # darkness above the column's own at which a bubble is as likely filled as not

# What officers do with a column of bubbles, given what its box holds.
RIGHT_BUBBLE, NO_BUBBLE, WRONG_BUBBLE = 0.90, 0.08, 0.02
UNUSED_ZERO, UNUSED_NONE, UNUSED_OTHER = 0.40, 0.58, 0.02

# What officers count and spell, given what the boxes say: shares of figures whose tally or words differ from it,
# and the most that one kind, and all together, may lift one number over another.
TALLY_DIFFERS, WORDS_DIFFER = 0.03, 0.015
NEAR = ((1, 0.3), (5, 0.2), (10, 0.1))  # by how much a tally differs, when it does, and how often
ONE_KIND, ALL_KINDS = 300.0, 2000.0
CONTRADICTS = {"tally": 0.99, "words": 0.95}  # probability of another number than a plain one in the boxes
NO_NUMBER = 0.9  # likelihood from which what stands in the boxes is no number, whatever else asks for one
PLAINLY = 0.97  # likelihood by boxes and bubbles from which what they say can be contradicted


def box_likelihoods(evidence: Evidence) -> Array:
    """Per box the likelihood of the digits 0 … 9 and, last, of an unused box; shape (boxes, 11).

    The bubbles below a box speak for it as its digit does; neither is trusted alone.
    """
    classes = np.asarray(evidence.digits, np.float64)
    table = np.empty((len(classes), 11))
    table[:, :10] = classes[:, :10]
    table[:, 10] = classes[:, [BLANK, X, DASH]].sum(axis=1)
    for box, column in enumerate(evidence.bubbles):
        table[box] *= bubble_likelihoods(column)
    return table


def bubble_chances(darkness: Sequence[float]) -> Array:
    """How likely each bubble of one column is filled, by itself."""
    dark = np.asarray(darkness, np.float64)
    level = float(np.median(np.sort(dark)[:6]))
    filled = 1 / (1 + np.exp(-np.clip((dark - level - HALF_DARK) / DARK_STEP, -6, 6)))
    return np.asarray(np.clip(filled, 0.004, 0.996))


def bubble_likelihoods(darkness: Sequence[float]) -> Array:
    """How well one column of bubbles fits each digit 0 … 9 and an unused box; shape (11,), largest 1.

    Darkness is measured against the column's own lighter half, so that shadow and moiré cancel.
    """
    filled = bubble_chances(darkness)
    none = float(np.prod(1 - filled))
    only = none * filled / (1 - filled)  # exactly this one is filled
    # two filled bubbles, or a shadow: any pattern may arise by accident, and then it says nothing
    accident = 0.02 * float(np.max([none, only.max()])) + 1e-6
    others = only.sum() - only
    table = np.empty(11)
    table[:10] = RIGHT_BUBBLE * only + NO_BUBBLE * none + WRONG_BUBBLE * others / 9 + accident
    table[10] = UNUSED_ZERO * only[0] + UNUSED_NONE * none + UNUSED_OTHER * others[0] / 9 + accident
    return np.asarray(table / table.max())


def number_likelihoods(evidence: Evidence) -> tuple[Array, float, float]:
    """(numbers, blank, other): likelihoods of 0 … 10^n − 1, of an empty figure, of anything else; sum 1.

    What stands beside the boxes tells between numbers alone: of an empty figure, and of what is no number, it
    says as little as of a number it knows nothing of. What boxes and bubbles plainly say stays plain.
    """
    numbers, blank, other = written_likelihoods(evidence)
    factor = beside_factor(evidence, numbers.size)
    if factor is None or max(blank, other) >= NO_NUMBER:
        return numbers, blank, other
    plain = int(np.argmax(numbers)) if numbers.max() >= PLAINLY else None
    numbers = numbers * factor
    least = float(factor.min())
    blank, other = blank * least, other * least
    norm = float(numbers.sum()) + blank + other
    if plain is not None and numbers[plain] < PLAINLY * norm:
        # plainly written is given as written: what contradicts it makes it doubtful, and no other number
        doubt = norm - float(numbers[plain])
        numbers[plain] = doubt * PLAINLY / (1 - PLAINLY)
        norm = float(numbers[plain]) + doubt
    return numbers / norm, blank / norm, other / norm


def beside_factor(evidence: Evidence, count: int) -> Array | None:
    """The factor of each number below `count` by tally and words, the largest 1; None where they say nothing."""
    factors = [
        _told_factor(told, differs, near, count)
        for told, differs, near in (
            (evidence.tally, TALLY_DIFFERS, NEAR),
            (evidence.words, WORDS_DIFFER, ()),
        )
        if told is not None
    ]
    if not factors:
        return None
    factor = np.prod(factors, axis=0)
    return np.asarray(np.maximum(factor / factor.max(), 1 / ALL_KINDS))


def _told_factor(told: Told, differs: float, near: Sequence[tuple[int, float]], count: int) -> Array:
    """One kind's factor: what it says, mixed with what it would say of another number by mistake."""
    said = np.full(count, told.rest / count)
    for value, share in told.values:
        if value < count:
            said[value] += share
    mistaken = np.full(count, (1.0 - sum(share for _, share in near)) / count)
    for by, share in near:
        mistaken[by:] += share / 2 * said[:-by]
        mistaken[:-by] += share / 2 * said[by:]
    factor = (1 - differs) * said + differs * mistaken
    return np.asarray(np.maximum(factor / factor.max(), 1 / ONE_KIND))


def contradicting(evidence: Evidence) -> tuple[str, ...]:
    """The kinds, of "tally" and "words", that clearly say another number than boxes and bubbles plainly do."""
    kinds = {"tally": evidence.tally, "words": evidence.words}
    clear = {
        kind: told.values[0][0]
        for kind, told in kinds.items()
        if told is not None and told.values and told.values[0][1] >= CONTRADICTS[kind]
    }
    if not clear:
        return ()
    numbers, _, _ = written_likelihoods(evidence)
    written = int(np.argmax(numbers))
    if numbers[written] < PLAINLY:
        return ()
    return tuple(kind for kind, value in clear.items() if value != written)


def confirmed(evidence: Evidence) -> bool:
    """Whether boxes and bubbles plainly say what the tally clearly says: no third witness is then asked."""
    tally = evidence.tally
    if tally is None or not tally.values or tally.values[0][1] < CONTRADICTS["tally"]:
        return False
    numbers, _, _ = written_likelihoods(evidence)
    value = tally.values[0][0]
    return value < numbers.size and float(numbers[value]) >= PLAINLY


def written_likelihoods(evidence: Evidence) -> tuple[Array, float, float]:
    """As `number_likelihoods`, by boxes and bubbles alone."""
    table = box_likelihoods(evidence)
    count = len(table)
    total = table.sum(axis=1).prod()
    # a leading box may be unused or hold a 0; once a digit stands, every box must hold one
    numbers = table[-1, :10].copy()
    for box in range(count - 2, -1, -1):
        head = np.empty((10, numbers.size))
        head[0] = numbers * (table[box, 10] + table[box, 0])
        tail = _digits_only(table[box + 1 :])
        head[1:] = table[box, 1:10, None] * tail[None, :]
        numbers = head.reshape(-1)
    blank = float(table[:, 10].prod())
    scribble = SPOILT * _scribbled(evidence) * total
    other = MISFIT * max(0.0, float(total - numbers.sum() - blank)) + scribble
    norm = float(numbers.sum()) + blank + other
    return numbers / norm, blank / norm, other / norm


def _digits_only(table: Array) -> Array:
    """Likelihoods of all numbers whose every box holds a digit; shape (10^n,)."""
    numbers = np.ones(1)
    for row in table:
        numbers = (numbers[:, None] * row[None, :10]).reshape(-1)
    return numbers


def _scribbled(evidence: Evidence) -> float:
    """The odds that at least one box holds something spoilt or overwritten."""
    clean = float(np.prod([1 - min(0.999, box[13]) for box in evidence.digits]))
    return (1 - clean) / clean
