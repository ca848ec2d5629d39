"""Long sums by messages give what counting every combination gives."""

import itertools

import numpy as np
import pytest

from sirekap.forms import Equation, Label
from sirekap.reading import weigh
from sirekap.reading.sums import BLANK, OTHER, Candidates, hanging

TEXT = Label("x", "x")


def _equation(total: str, *parts: str) -> Equation:
    return Equation("R01", total, parts, "", "", TEXT)


LONG = _equation("t", "a", "b", "c", "d")
SHORT = _equation("u", "t", "v")
PARTY = _equation("a", "p", "q", "r", "s")


def _made(rng: np.random.Generator, names: str) -> dict[str, Candidates]:
    made = {}
    for name in names:
        numbers = rng.choice(12, 2, replace=False) * (3 if name in "tua" else 1)
        values = np.asarray([*numbers, int(rng.choice([BLANK, OTHER]))])
        made[name] = Candidates(values, rng.dirichlet(np.ones(3)))
    return made


def _counted(candidates: dict[str, Candidates], equations: list[Equation]) -> dict[str, np.ndarray]:
    """Posteriors by going through every combination."""
    names = list(candidates)
    table = np.asarray(list(itertools.product(*(candidates[n].values for n in names))))
    score = np.log(np.asarray(list(itertools.product(*(candidates[n].likelihood for n in names))))).sum(axis=1)
    for equation in equations:
        score += weigh._factor(table[:, [names.index(n) for n in (equation.total, *equation.parts)]])
    weight = np.exp(score)
    return {
        name: np.asarray([weight[table[:, at] == value].sum() for value in candidates[name].values])
        / weight.sum()
        for at, name in enumerate(names)
    }


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("equations", [[LONG], [LONG, SHORT], [SHORT, LONG]], ids=["one", "two", "order"])
def test_messages_equal_counting(seed: int, equations: list[Equation]) -> None:
    """Every posterior of a sum and of what stands beside it is the exact one, blanks and others included."""
    names = "tabcduv" if SHORT in equations else "tabcd"
    candidates = _made(np.random.default_rng(seed), names)
    found, exact = weigh._posterior(candidates, equations), _counted(candidates, equations)
    for name in candidates:
        assert found[name] == pytest.approx(exact[name], abs=1e-9), name


@pytest.mark.parametrize("seed", range(10))
def test_sums_of_sums_equal_counting(seed: int) -> None:
    """A party's total is a part of the valid votes: messages pass through it both ways."""
    candidates = _made(np.random.default_rng(seed), "tabcdpqrs")
    found, exact = weigh._posterior(candidates, [LONG, PARTY]), _counted(candidates, [LONG, PARTY])
    for name in candidates:
        assert found[name] == pytest.approx(exact[name], abs=1e-9), name


def test_inner_sums_come_first() -> None:
    """A sum hangs once the sums of its parts are taken away; a short one stays with the rest."""
    assert hanging([LONG, PARTY, SHORT]) == ([PARTY, LONG], [SHORT])


def test_a_sum_whose_part_stands_elsewhere_does_not_hang() -> None:
    """Its part must then be weighed with the other equation."""
    assert hanging([LONG, _equation("b", "x")]) == ([], [LONG, _equation("b", "x")])
