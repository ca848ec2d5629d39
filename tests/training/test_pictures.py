"""The pictures that training makes: what they are labelled, that they repeat, and what is said of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sirekap.camera.handwriting import SYMBOLS
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from training import boxes, hands, lens, struck
from training.data import Pictures, shares_of
from training.measure import figures, loss
from training.sheets import UNUSED, labels

FIELD = FORM.fields_of(2)[0]


def paper(value: int = 230) -> np.ndarray:
    return np.full((60, 54, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, [UNUSED, UNUSED, "7"]), (0, [UNUSED, UNUSED, "0"]), (301, ["3", "0", "1"]), (None, ["blank"] * 3)],
)
def test_boxes_of_a_sheet_are_labelled_from_its_truth(value: int | None, expected: list[str]) -> None:
    """Digits stand right-aligned; what stands before them is unused, and an empty field is blank."""
    assert labels(FIELD, value) == expected


def test_shares_of_labels() -> None:
    """A class has all of its row, a doubtful one a part, and an unused box any of four."""
    rows = shares_of(["3", {"scribble": 0.4, "5": 0.6}, UNUSED])
    assert rows.sum(axis=1).tolist() == pytest.approx([1.0, 1.0, 4.0])
    assert rows[1, SYMBOLS.index("5")] == pytest.approx(0.6)
    assert {SYMBOLS[k] for k in np.flatnonzero(rows[2])} == {"0", "blank", "x", "dash"}


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_synthetic_boxes_repeat(symbol: str) -> None:
    """The same seed gives the same crop, BGR uint8, and shares that sum to 1 and name the symbol or a doubt."""
    (crop, shares), (again, _) = (boxes.synthetic(symbol, np.random.default_rng(4)) for _ in range(2))
    assert crop.dtype == np.uint8 and crop.shape[2] == 3 and min(crop.shape[:2]) >= 10
    assert np.array_equal(crop, again)
    assert sum(shares.values()) == pytest.approx(1.0) and symbol in shares


def test_spoilt_boxes_are_mostly_scribble() -> None:
    """Of 60 spoilt boxes all may be a scribble, and what they may be beside it is a digit."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        shares = struck.spoil_box(paper(), (5.0, 5.0, 44.0, 50.0), 2.5, rng)
        assert shares["scribble"] >= 0.4 and set(shares) <= {"scribble", *"0123456789"}


def test_nothing_written_over_a_box_is_no_second_digit() -> None:
    """An empty box laid on another adds no digit; a plainly written one does."""
    written = paper()
    cv2.line(written, (27, 14), (27, 46), (60, 40, 30), 4)
    level = paper()
    cv2.line(level, (12, 30), (42, 30), (60, 40, 30), 8)
    assert struck.overlay_real(written, paper(), np.random.default_rng(1)) is None
    both = struck.overlay_real(written, level, np.random.default_rng(1))
    assert both is not None and both.mean() < written.mean()


@pytest.mark.parametrize("digit", "0123456789")
def test_other_hands_leave_ink_in_the_box(digit: str) -> None:
    """Segments lie in the box's unit square or just outside; a plotted digit fills its mask."""
    rng = np.random.default_rng(6)
    points = np.concatenate(hands.segments(digit, rng))
    assert points.min() > -0.1 and points.max() < 1.1
    mask = hands.crooked(hands.plotted(digit, rng), rng)
    assert mask.shape == (hands.SIDE, hands.SIDE) and mask.max() > 200


def test_a_spoilt_picture_keeps_its_size() -> None:
    """Light, blur, noise and JPEG change the pixels, not the shape."""
    rng = np.random.default_rng(7)
    for strength in (0.5, 1.0):
        assert lens.spoil(paper(), rng, strength).shape == paper().shape


def test_loss_and_figures_count_either_class_of_an_unused_box_as_right() -> None:
    """An X read in an unused box costs nothing; a sure digit there is wrong and is counted as such."""
    shares = shares_of([UNUSED, UNUSED, "scribble"])
    sure = np.full((3, len(SYMBOLS)), -20.0)
    for row, symbol in enumerate(("x", "8", "scribble")):
        sure[row, SYMBOLS.index(symbol)] = 20.0
    assert loss(sure[:1], shares[:1]) == pytest.approx(0.0, abs=1e-6)
    found = figures(sure, shares, (1.0, 0.0))
    assert (found["boxes"], found["x_or_blank_read_as_digit"], found["scribbles_right"]) == (3, 1, 1.0)
    assert found["confusions"] == ["unused>8 x1"]


def test_pictures_join_in_order() -> None:
    """Two sets after one another keep inputs and shares together."""
    one = Pictures(np.zeros((2, 2, 4, 4), np.uint8), shares_of(["1", "2"]))
    two = Pictures(np.ones((1, 2, 4, 4), np.uint8), shares_of(["3"]))
    both = one + two
    assert len(both) == 3 and both.inputs[2].all() and both.shares[2, 3] == 1.0
