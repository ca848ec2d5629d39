"""How measurements are counted: intervals, rows, bins. The figures of docs rest on it."""

import pytest

from benchmarks.compare import row, wilson
from benchmarks.reliability import bins, svg


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(0, 100, (0.0, 0.0370)), (100, 100, (0.9630, 1.0)), (50, 100, (0.4038, 0.5962)), (0, 0, (0.0, 1.0))],
)
def test_wilson_interval(hits: int, of: int, interval: tuple[float, float]) -> None:
    """The interval of a share is Wilson's, also at none and all."""
    assert wilson(hits, of) == pytest.approx(interval, abs=1e-4)


def test_right_refused_and_wrong_are_counted_apart() -> None:
    """Refusing a digit is refused, refusing what is no digit is right, any other answer is silently wrong."""
    line = row("r", [(1, 0.9), (None, 0.1), (None, 0.2), (7, 0.8)], [1, 2, None, None], 0.004)
    right, refused, wrong = (int(cell.split()[0]) for cell in line.split("|")[2:5])
    assert (right, refused, wrong) == (2, 1, 1)


def test_every_pair_falls_into_one_bin() -> None:
    """No confidence is lost, certainty included, and the diagram draws each bin."""
    found = bins([(0.2, False), (0.95, True), (0.9999, True), (1.0, True)])
    assert sum(count for _, _, count in found) == 4
    assert svg({"figures": found, "boxes": found}).count("<circle") == len(found) + 1
