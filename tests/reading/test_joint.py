"""The joint posterior of a sheet against counting every assignment, by a second implementation."""

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.forms import Equation, Label
from sirekap.reading import joint
from sirekap.reading.joint import Joint
from sirekap.reading.leaves import eliminated
from sirekap.reading.sums import BLANK, BROKEN, EMPTY, HOLDS, OTHER, UNKNOWN, UNTOUCHED, Candidates

TEXT = Label("x", "x")


def equation(total: str, *parts: str) -> Equation:
    return Equation(f"R-{total}", total, parts, "", "", TEXT)


FORMS = {
    "one long sum": [equation("t", *"abcd")],
    "a long sum beside a short one": [equation("t", *"abcd"), equation("u", "t", "v")],
    "sums of sums": [equation("t", *"abcd"), equation("a", *"pqrs")],
    "a chain of equals": [equation("t", "a", "b"), equation("u", "t"), equation("v", "u")],
    "two sheets in one": [equation("t", "a", "b"), equation("u", "p", "q")],
    "men, women, both": [equation("c", "a", "b"), equation("r", "p", "q"), equation("t", "u", "v"),
                         equation("u", "a", "p"), equation("v", "b", "q"), equation("t", "c", "r")],
}  # fmt: skip


def names_of(equations: Sequence[Equation]) -> list[str]:
    return sorted({name for e in equations for name in (e.total, *e.parts)})


def made(names: Sequence[str], rng: np.random.Generator, most: int = 3) -> dict[str, Candidates]:
    """A few candidates for each figure, small numbers so that sums fit now and then."""
    found = {}
    for name in names:
        numbers = rng.choice(9, most - 1, replace=False) * (2 if name in "tu" else 1)
        values = np.asarray([*numbers, rng.choice([BLANK, OTHER])])
        found[name] = Candidates(values, rng.dirichlet(np.ones(len(values))))
    return found


def naive_factor(values: Sequence[int]) -> float:
    """The factor of one equation (total, parts …), in plain words."""
    if OTHER in values:
        return UNKNOWN
    if all(value == BLANK for value in values):
        return UNTOUCHED
    if BLANK in values:
        return EMPTY**2 if values[0] == BLANK and BLANK in values[1:] else EMPTY
    return HOLDS if values[0] == sum(values[1:]) else BROKEN


def counted(own: Mapping[str, Candidates], equations: Sequence[Equation]) -> dict[tuple[int, ...], float]:
    """The posterior of every assignment (candidates' indices, in the order of `own`), none left out."""
    weights = {}
    for choice in itertools.product(*(range(len(c.values)) for c in own.values())):
        value = {name: int(c.values[at]) for (name, c), at in zip(own.items(), choice, strict=True)}
        weight = math.prod(float(c.likelihood[at]) for c, at in zip(own.values(), choice, strict=True))
        for e in equations:
            weight *= naive_factor([value[name] for name in (e.total, *e.parts)])
        weights[choice] = weight
    whole = sum(weights.values())
    return {choice: weight / whole for choice, weight in weights.items()}


@pytest.mark.parametrize("equations", FORMS.values(), ids=FORMS.keys())
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_posterior_is_that_of_counting_every_assignment(equations: list[Equation], seed: int) -> None:
    """Marginals, and the probability of whole sheets, equal brute force, blanks and unlisted values included."""
    names = names_of(equations)
    own = made(names, np.random.default_rng(seed), 3 if len(names) < 9 else 2)
    exact, found = counted(own, equations), Joint(own, equations)
    for at, name in enumerate(own):
        marginal = np.zeros(len(own[name].values))
        for choice, weight in exact.items():
            marginal[choice[at]] += weight
        assert found.marginals[name] == pytest.approx(marginal, abs=1e-6), name
    best = max(exact, key=lambda choice: exact[choice])
    for choice in (best, tuple(0 for _ in names)):
        assert found.of(dict(zip(names, choice, strict=True))) == pytest.approx(exact[choice], rel=1e-4, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_parts_and_equations_changes_nothing(seed: int) -> None:
    """Parts and equations are weighed alike in any order."""
    rng, equations = np.random.default_rng(seed), FORMS["men, women, both"]
    own = made(names_of(equations), rng)
    turned = [
        Equation(e.rule, e.total, tuple(rng.permutation(e.parts).tolist()), e.line, e.quote, e.text)
        for e in (equations[at] for at in rng.permutation(len(equations)))
    ]
    one, other = Joint(own, equations), Joint(own, turned)
    for name in own:
        assert one.marginals[name] == pytest.approx(other.marginals[name], abs=1e-5), name


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_beam_too_narrow_claims_less_not_more(seed: int) -> None:
    """What the beam drops counts against the sheet: no claim is above the truth."""
    equations = FORMS["men, women, both"]
    own = made(names_of(equations), np.random.default_rng(seed))
    exact = counted(own, equations)
    best = max(exact, key=lambda choice: exact[choice])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joint, "WIDTHS", (3,))
        patch.setattr(joint, "STATES", 5)
        found = Joint(own, equations)
    assert found.lost > 0
    assert found.of(dict(zip(own, best, strict=True))) <= exact[best] + 1e-9


def test_inner_sums_are_taken_away_first() -> None:
    """A sum hangs once the sums of its parts are taken away; one that shares two figures stays."""
    long, party = FORMS["sums of sums"]
    assert [hung[0] for hung in eliminated([long, party])[0]] == [party, long]
    ring = [equation("t", "a", "b"), equation("t", "a")]
    assert eliminated(ring) == ([], ring)
    assert eliminated([long, equation("b", "x", "c")])[1] == [long, equation("b", "x", "c")]
