"""Columns of bubbles as officers fill them: each case by its darkness, and drawn where the simulator can."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap.camera.fill import fill_page
from sirekap.camera.handwriting import Writer
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.boxes import Placed, bubble_darkness
from sirekap.reading.model import Evidence
from sirekap.reading.values import bubble_likelihoods, number_likelihoods
from tests.camera.test_fill import BUSY
from tests.reading.test_values import box

PAPER = 0.09
UNUSED = 10


def column(*, rest: float = PAPER, **filled: float) -> tuple[float, ...]:
    """A column with bubbles of some darkness: d3=0.6 is the bubble of 3."""
    return tuple(filled.get(f"d{digit}", rest) for digit in range(10))


ONE = {  # a column in which one bubble speaks: the digit that it says, and how much more than any other digit
    "full": (column(d3=0.6), 3, 30.0),
    "full, under a shadow": (column(rest=0.3, d3=0.8), 3, 30.0),
    "scribbled, partly outside": (column(d3=0.4), 3, 20.0),
    "loosely scribbled": (column(d3=0.33), 3, 5.0),
    "full, with a smear on its neighbour": (column(d3=0.6, d4=0.18), 3, 20.0),
    "full, all bubbles dirty": (column(rest=0.2, d7=0.55), 7, 20.0),
}
SILENT = {  # columns that tell no digit from another: the largest share between two of these digits
    "empty": (column(), range(10), 1.1),
    "ticked": (column(d3=0.19), range(10), 6.0),
    "double-filled": (column(d3=0.6, d8=0.6), (3, 8), 1.1),
    "all filled": (column(rest=0.6), range(10), 1.1),
}


@pytest.mark.parametrize(("darkness", "digit", "times"), ONE.values(), ids=list(ONE))
def test_a_filled_bubble_says_its_digit(darkness: tuple[float, ...], digit: int, times: float) -> None:
    """However it is filled, and whatever lies around it."""
    likelihood = bubble_likelihoods(darkness)[:10]
    others = np.delete(likelihood, digit)
    assert int(np.argmax(likelihood)) == digit and likelihood[digit] > times * others.max()


@pytest.mark.parametrize(("darkness", "digits", "times"), SILENT.values(), ids=list(SILENT))
def test_what_is_no_single_filled_bubble_decides_nothing(
    darkness: tuple[float, ...], digits: tuple[int, ...] | range, times: float
) -> None:
    """Empty, ticked and double-filled columns leave the digit to its box."""
    likelihood = bubble_likelihoods(darkness)[list(digits)]
    assert likelihood.max() <= times * likelihood.min()


def test_a_wrongly_filled_bubble_does_not_overturn_a_plain_box() -> None:
    """One bubble beside the digit that was written: the box stands, but no longer beyond doubt."""
    boxes = tuple(box(symbol, 0.9995) for symbol in "137")
    right = (column(d1=0.6), column(d3=0.6), column(d7=0.6))
    wrong = (right[0], column(d8=0.6), right[2])
    clean, doubted = (number_likelihoods(Evidence(boxes, bubbles))[0] for bubbles in (right, wrong))
    assert int(np.argmax(doubted)) == 137 and doubted[137] < clean[137]
    assert doubted[187] > clean[187]


def test_only_some_columns_filled_speak_for_themselves() -> None:
    """A column without a filled bubble takes nothing from the others."""
    boxes = tuple(box(symbol, 0.6) for symbol in "137")
    some = Evidence(boxes, (column(), column(d3=0.6), column(d7=0.6)))
    numbers, _, _ = number_likelihoods(some)
    assert int(np.argmax(numbers)) == 137
    assert numbers[137] > number_likelihoods(Evidence(boxes))[0][137]


@pytest.mark.parametrize(("kind", "said"), [("full", True), ("scribbled", True), ("tick", False)])
def test_drawn_bubbles_are_read(kind: str, said: bool) -> None:
    """Filled by a hand of the simulator: full and scribbled bubbles say their digit, a tick no other one."""
    scale, field = 2.0, FORM.field("suara_1")
    rng = np.random.default_rng(3)
    figures = {**dict.fromkeys(FORM.names), "suara_1": 137}
    habits = replace(BUSY, bubble=kind, tally=False, header=False, words={1: False, 2: False, 3: False})
    page = fill_page(FORM, 2, figures, Writer.random(rng), rng, habits=habits, px_per_mm=scale)
    placed = Placed(field, np.diag([scale, scale, 1.0]), ((0.0, 0.0),) * 3, 1.0)
    columns = bubble_darkness(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), placed)
    for darkness, digit in zip(columns, (1, 3, 7), strict=True):
        likelihood = bubble_likelihoods(darkness)[:10]
        assert int(np.argmax(likelihood)) == digit
        assert not said or likelihood[digit] > 20 * np.delete(likelihood, digit).max()
