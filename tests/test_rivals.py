"""The rivals' side of the comparison is fair: they see the digit, and not the frame or the dots."""

import cv2
import numpy as np
import pytest

from benchmarks.compare import bubbles
from benchmarks.crops import Column
from benchmarks.rivals import like_mnist, printed


def box(*, dots: bool = False, digit: bool = True) -> np.ndarray:
    picture = np.full((56, 50, 3), 225, np.uint8)
    cv2.rectangle(picture, (3, 3), (46, 52), (40, 40, 40), 3)
    if dots:
        for y in range(14, 46, 4):
            cv2.circle(picture, (16, y), 0, (120, 120, 120), -1)
    if digit:
        cv2.line(picture, (30, 14), (30, 42), (90, 50, 30), 3)
    return picture


@pytest.mark.parametrize("dots", [False, True])
def test_a_digit_is_prepared_like_mnist(dots: bool) -> None:
    """The stroke alone is left, 20 px high and with its mass in the middle of 28 by 28."""
    found = like_mnist(box(dots=dots))
    assert found is not None and found.shape == (28, 28)
    rows, columns = np.nonzero(found > 60)
    assert 18 <= rows.max() - rows.min() + 1 <= 22 and columns.max() - columns.min() < 8
    assert abs(rows.mean() - 13.5) < 1 and abs(columns.mean() - 13.5) < 1


def test_an_empty_box_holds_nothing_for_anyone() -> None:
    """Frame and dots are no handwriting: nothing to read, and white paper for OCR programs."""
    assert like_mnist(box(dots=True, digit=False)) is None
    assert printed(box(dots=True, digit=False)).min() == 255


def test_bubbles_by_threshold_and_by_likelihood() -> None:
    """A plainly filled bubble is right for all; in a shadow as dark as half the ink only for the likelihood."""
    plain = Column((0.0,) * 3 + (0.9,) + (0.0,) * 6, 3, "a")
    shadow = Column((0.55,) * 5 + (1.0,) + (0.55,) * 4, 5, "b")
    ours, fixed, _ = bubbles([plain, shadow]).splitlines()[2:]
    assert [int(line.split("|")[2].split()[0]) for line in (ours, fixed)] == [2, 1]
