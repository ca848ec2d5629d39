import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.camera.stations import (
    ERROR_SHARE,
    StationFigures,
    holds,
    regional_shares,
    station_figures,
)
from sirekap.forms import C_HASIL_PPWP_2024 as FORM

SEEDS = st.integers(0, 2**63)


def _station(seed: int, voters_per_station: int = 300) -> StationFigures:
    rng = np.random.default_rng(seed)
    return station_figures(FORM, rng, regional_shares(FORM.tickets, rng), voters_per_station)


@given(SEEDS)
def test_a_stations_arithmetic_holds(seed: int) -> None:
    """Every equation and every warning's bound on the roll holds, and each figure fits its boxes."""
    figures = _station(seed).figures
    assert tuple(figures) == FORM.names
    for equation in FORM.equations:
        assert holds(equation, figures), equation.rule
    for field in FORM.fields:
        value = figures[field.name]
        assert (value is None and field.may_be_blank) or (value is not None and 0 <= value <= field.most)
    for sex in "lpj":
        assert figures[f"pengguna_dpt_{sex}"] <= figures[f"pemilih_dpt_{sex}"]


@given(SEEDS, st.sampled_from([1, 50, 200, 300, 600]))
def test_the_roll_keeps_the_elections_limit(seed: int, limit: int) -> None:
    """A station's roll never exceeds the limit; ballots are at least the roll and 2 %, rounded up."""
    figures = _station(seed, limit).figures
    assert 1 <= figures["pemilih_dpt_j"] <= limit
    assert figures["surat_suara_diterima"] >= math.ceil(1.02 * figures["pemilih_dpt_j"])


@given(SEEDS)
def test_a_mistake_breaks_the_arithmetic_and_is_told(seed: int) -> None:
    """With a mistake exactly one figure differs from what was counted, and an equation fails."""
    wrong = _station(seed).with_human_error(FORM, np.random.default_rng(seed), 1.0)
    changed = [name for name in FORM.names if wrong.figures[name] != wrong.counted[name]]
    assert not wrong.consistent
    assert len(changed) == 1
    assert wrong.slip.startswith(f"{changed[0]}: ")
    assert not all(holds(equation, wrong.figures) for equation in FORM.equations)


@pytest.mark.parametrize("share", [0.0, ERROR_SHARE, 0.3])
def test_mistakes_are_as_frequent_as_asked(share: float) -> None:
    """The share of inconsistent stations is near the stated one; the others are as counted."""
    rng = np.random.default_rng(7)
    sure = _station(1)
    stations = [sure.with_human_error(FORM, rng, share) for _ in range(3000)]
    wrong = [station for station in stations if not station.consistent]
    assert len(wrong) / len(stations) == pytest.approx(share, abs=0.02)
    assert all(station.figures == station.counted for station in stations if station.consistent)


def test_every_kind_of_mistake_occurs() -> None:
    """Wrong sums, changed digits and blank totals all come up."""
    rng = np.random.default_rng(3)
    slips = [_station(seed).with_human_error(FORM, rng, 1.0).slip for seed in range(60)]
    for words in ("wrong sum", "digits changed places", "left blank"):
        assert any(words in slip for slip in slips)


def test_shares_must_be_as_many_as_the_tickets() -> None:
    """A region with a share too many is refused."""
    with pytest.raises(ValueError, match="3 tickets, got 2"):
        station_figures(FORM, np.random.default_rng(0), (0.5, 0.5))


def test_a_blank_total_is_no_zero() -> None:
    """An equation with a blank among its figures fails, unless all of them are blank."""
    equation = FORM.equations[0]
    names = (equation.total, *equation.parts)
    assert holds(equation, dict.fromkeys(names))
    assert not holds(equation, {**dict.fromkeys(names, 0), equation.total: None})
    assert not holds(equation, {**dict.fromkeys(names, 0), equation.parts[0]: None})
