"""From boxes and bubbles to the numbers that a figure may be, each with its likelihood.

A leading x, dash, blank or 0 is an unused box. Boxes that are all unused hold no number: where a zero is
meant the paper says 0. What fits no pattern (a digit left of an empty box, a scribble) is "other": it is kept
as probability, so that the rest cannot look certain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sirekap.reading.model import Evidence

Array = npt.NDArray[np.float64]

BLANK, X, DASH = 10, 11, 12
SPOILT = 0.03  # odds of a spoilt box on paper against those among the boxes that the network was trained on
MISFIT = 0.02  # odds that someone writes a digit left of an empty box, against writing as the form asks
HALF_DARK, DARK_STEP = 0.22, 0.045  # darkness above the column's own at which a bubble is as likely filled as not

# What officers do with a column of bubbles, given what its box holds.
RIGHT_BUBBLE, NO_BUBBLE, WRONG_BUBBLE = 0.90, 0.08, 0.02
UNUSED_ZERO, UNUSED_NONE, UNUSED_OTHER = 0.40, 0.58, 0.02


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
    """(numbers, blank, other): likelihoods of 0 … 10^n − 1, of an empty figure, of anything else; sum 1."""
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
