"""From boxes and bubbles to numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.reading.digits import CLASSES
from sirekap.reading.model import Evidence
from sirekap.reading.values import bubble_likelihoods, number_likelihoods


def box(symbol: str, certainty: float = 0.99) -> tuple[float, ...]:
    """Class probabilities of a box that shows `symbol`."""
    rest = (1 - certainty) / (len(CLASSES) - 1)
    return tuple(certainty if name == symbol else rest for name in CLASSES)


def column(*filled: int) -> tuple[float, ...]:
    """A column of bubbles with some filled."""
    return tuple(0.95 if digit in filled else 0.14 for digit in range(10))


def evidence(*symbols: str, bubbles: tuple[tuple[float, ...], ...] = (), certainty: float = 0.99) -> Evidence:
    return Evidence(tuple(box(symbol, certainty) for symbol in symbols), bubbles)


NUMBERS = {
    ("1", "2", "3"): 123, ("x", "3", "2"): 32, ("dash", "dash", "7"): 7, ("blank", "blank", "3"): 3,
    ("0", "0", "5"): 5, ("x", "0", "5"): 5, ("blank", "blank", "0"): 0, ("0", "0", "0"): 0, ("x", "x", "0"): 0,
    ("1", "0", "0"): 100, ("9", "9", "9"): 999, ("x", "8", "8"): 88,
}  # fmt: skip


@pytest.mark.parametrize(("symbols", "value"), NUMBERS.items(), ids=["".join(key) for key in NUMBERS])
def test_leading_fillers_are_unused_boxes(symbols: tuple[str, ...], value: int) -> None:
    """A leading X, dash, blank or 0 is an unused box; an X never becomes a digit."""
    numbers, blank, other = number_likelihoods(evidence(*symbols))
    assert int(np.argmax(numbers)) == value
    assert numbers[value] > 0.9 and blank < 0.05 and other < 0.1


EMPTY = [("blank",) * 3, ("x",) * 3, ("dash",) * 3, ("x", "blank", "dash")]


@pytest.mark.parametrize("symbols", EMPTY, ids=["".join(key) for key in EMPTY])
def test_boxes_without_a_digit_hold_no_number(symbols: tuple[str, ...]) -> None:
    """All boxes unused is blank, never 0."""
    numbers, blank, _ = number_likelihoods(evidence(*symbols))
    assert blank > 0.9 and numbers[0] < 0.01


STRANGE = [("3", "blank", "blank"), ("1", "x", "2"), ("scribble", "2", "3"), ("1", "scribble", "3")]


@pytest.mark.parametrize("symbols", STRANGE, ids=["".join(key) for key in STRANGE])
def test_what_fits_no_pattern_is_other(symbols: tuple[str, ...]) -> None:
    """A digit left of an empty box, or a scribble, is no number that anyone should give."""
    numbers, _, other = number_likelihoods(evidence(*symbols))
    assert other > 0.5 and numbers.max() < 0.5


def test_bubbles_decide_between_two_likely_digits() -> None:
    """Where the boxes waver between 3 and 8, the filled bubble tips the balance."""
    wavering = np.full(len(CLASSES), 1e-3)
    wavering[[3, 8]] = 0.47, 0.52
    boxes = (box("x"), box("4"), tuple(wavering / wavering.sum()))
    numbers, _, _ = number_likelihoods(Evidence(boxes, (column(0), column(4), column(3))))
    assert int(np.argmax(numbers)) == 43 and numbers[43] > 0.95


def test_contradicting_bubbles_make_unsure() -> None:
    """A bubble against a plainly written digit lowers the certainty, so that someone looks."""
    agreeing, _, _ = number_likelihoods(evidence("1", "2", "3", bubbles=(column(1), column(2), column(3))))
    against, _, _ = number_likelihoods(evidence("1", "2", "3", bubbles=(column(1), column(2), column(8))))
    assert agreeing[123] > 0.99 > against[123]


SILENT = {"none filled": column(), "all filled": column(*range(10)), "shadow": tuple(np.linspace(0.3, 0.6, 10))}


@pytest.mark.parametrize("darkness", SILENT.values(), ids=SILENT.keys())
def test_bubbles_that_say_nothing(darkness: tuple[float, ...]) -> None:
    """An empty, a wholly filled or a shadowed column prefers no digit strongly."""
    table = bubble_likelihoods(darkness)
    assert table[:10].max() / table[:10].min() < 12


@given(st.lists(st.lists(st.floats(0, 1), min_size=14, max_size=14), min_size=1, max_size=4))
def test_likelihoods_are_a_distribution(boxes: list[list[float]]) -> None:
    """Whatever the network says, numbers, blank and other together are one."""
    normed = tuple(tuple((value + 1e-9) / (sum(row) + 14e-9) for value in row) for row in boxes)
    numbers, blank, other = number_likelihoods(Evidence(normed))
    assert numbers.shape == (10 ** len(boxes),)
    assert numbers.sum() + blank + other == pytest.approx(1.0)
    assert numbers.min() >= 0 and blank >= 0 and other >= 0


@given(st.integers(0, 999), st.sampled_from(["0", "x", "dash", "blank"]))
def test_every_number_can_be_written_and_read(value: int, filler: str) -> None:
    """Any number, written with any filler, is the likeliest reading of its own boxes."""
    text = str(value)
    numbers, _, _ = number_likelihoods(evidence(*([filler] * (3 - len(text))), *text))
    assert int(np.argmax(numbers)) == value
