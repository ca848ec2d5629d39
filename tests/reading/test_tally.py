"""Tally marks: what a grid of counted cells and its subtotals say, and drawn grids read back."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap.camera.fill import fill_page
from sirekap.camera.handwriting import Writer
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.grids import place_grid
from sirekap.reading.tally import (
    TallyReader,
    fit,
    marks_likelihood,
    number_likelihood,
    row_counts,
    rows_begun,
    subtotal_likelihood,
)
from tests.camera.test_fill import BUSY
from tests.reading.test_values import box

ROWS, COLUMNS = 5, 12


def cells(number: int, certainty: float = 0.97) -> np.ndarray:
    """The cells of a grid in which so many marks are seen."""
    table = np.full((ROWS * COLUMNS, 6), (1 - certainty) / 5)
    for index in range(ROWS * COLUMNS):
        table[index, int(np.clip(number - 5 * index, 0, 5))] = certainty
    return table.reshape(ROWS, COLUMNS, 6)


def subtotal(text: str) -> np.ndarray:
    """The two boxes of a subtotal; a space is an empty box."""
    return np.asarray([box("blank" if symbol == " " else symbol) for symbol in text])


@pytest.mark.parametrize("number", [1, 4, 5, 6, 57, 60, 61, 120, 299, 300])
def test_marks_say_their_number(number: int) -> None:
    """Rows are filled from the left, five marks a cell."""
    assert int(np.argmax(marks_likelihood(cells(number)))) == number
    assert sum(row_counts(cells(number))) == number
    assert rows_begun(cells(number)) == -(-number // 60)


SAID = {  # the two boxes: marks in the row that they say best, and whether they tell at all
    "60": (60, True), "37": (37, True), " 5": (5, True), "05": (5, True), "x7": (7, True), "  ": (0, False),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.items(), ids=[repr(text) for text in SAID])
def test_subtotals_say_what_their_row_holds(text: str, said: tuple[int, bool]) -> None:
    """One or two digits are a number of marks; an empty subtotal of a row with marks tells none from another."""
    likelihood = subtotal_likelihood(subtotal(text), 60)
    if said[1]:
        assert int(np.argmax(likelihood)) == said[0]
    else:
        assert np.ptp(likelihood[1:]) < 1e-3 * likelihood.max()


def test_subtotals_decide_where_marks_are_unclear() -> None:
    """A last cell that may hold two or three marks is settled by its row's subtotal."""
    unclear = cells(97)
    unclear[1, 7] = (0.02, 0.02, 0.47, 0.47, 0.01, 0.01)
    for text, number in (("37", 97), ("38", 98)):
        said = number_likelihood(unclear, [subtotal("60"), subtotal(text)])
        assert int(np.argmax(said)) == number and said[number] > 0.9


def test_marks_and_subtotals_that_disagree_are_sure_of_nothing() -> None:
    """Clear marks for 97 beside a clear subtotal for 95 leave both possible."""
    said = number_likelihood(cells(97), [subtotal("60"), subtotal("35")])
    assert said.max() < 0.99 or said[95] > 0


def test_a_grid_askew_says_little() -> None:
    """Cells that fit no number lessen what the grid says; one odd cell does not."""
    assert fit(cells(60), 60) == 1.0
    odd = cells(60)
    odd[0, 3] = np.eye(6)[2]
    assert fit(odd, 60) == 1.0
    odd[0, 6:] = np.eye(6)[0]
    assert fit(odd, 60) < 0.1


STYLES = ["strokes", "falling", "square"]


@pytest.mark.parametrize("style", STYLES)
def test_drawn_grids_are_counted(style: str) -> None:
    """Each way of making marks is counted, and the Z through unused rows is no mark."""
    scale = 2.0
    rng = np.random.default_rng(4)
    figures = {**dict.fromkeys(FORM.names), "suara_1": 97, "suara_2": 3, "suara_3": None}
    habits = replace(BUSY, marks=style, words={1: False, 2: False, 3: False})
    page = fill_page(FORM, 2, figures, Writer.random(rng), rng, habits=habits, px_per_mm=scale)
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    matrix = np.diag([scale, scale, 1.0])
    placed = []
    for name in ("suara_1", "suara_2", "suara_3"):
        grid = FORM.field(name).tally
        assert grid is not None
        found = place_grid(grey, matrix, grid, (1.5, -1.0))
        assert found is not None
        shifts = np.asarray([found.shift_at(x) for x in (200.0, 400.0)])
        assert np.abs(shifts - (-1.5, 1.0)).max() < 1.0
        placed.append(found)
    counted = [sum(row_counts(part)) for part in TallyReader().count(placed)]
    assert counted == [97, 3, 0]


def test_a_grid_that_is_not_there_is_not_read() -> None:
    """Empty paper and noise show no grid."""
    grid = FORM.field("suara_1").tally
    assert grid is not None
    noise = np.random.default_rng(1).normal(150, 40, (900, 700)).clip(0, 255).astype(np.uint8)
    for picture in (np.full((900, 700), 200, np.uint8), noise):
        assert place_grid(picture, np.eye(3), grid) is None
