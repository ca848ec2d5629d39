"""What stands beside the boxes, tally marks and words: how each kind counts, and what none may do alone."""

from dataclasses import replace

import numpy as np
import pytest

from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.model import Evidence, PhotoReading, Told
from sirekap.reading.values import (
    ALL_KINDS,
    ONE_KIND,
    beside_factor,
    confirmed,
    contradicting,
    number_likelihoods,
    written_likelihoods,
)
from sirekap.reading.weigh import CERTAIN, weigh
from tests.example import consistent
from tests.reading.test_values import box
from tests.reading.test_weigh import written


def told(value: int, share: float = 0.995) -> Told:
    return Told(((value, share),), 1 - share)


def between(first: str, second: str) -> tuple[float, ...]:
    """A box that may hold either of two digits."""
    return tuple((a + b) / 2 for a, b in zip(box(first), box(second), strict=True))


PLAIN_33 = Evidence(tuple(box(symbol, 0.999) for symbol in ("x", "3", "3")))
DOUBTFUL = Evidence((box("x"), box("3"), between("3", "8")))  # 33 or 38

CASES = {  # evidence, tally, words: the number that is likeliest with them, and its least likelihood
    "doubtful, the tally says 38": (DOUBTFUL, told(38), None, 38, 0.97),
    "doubtful, the words say 33": (DOUBTFUL, None, told(33), 33, 0.97),
    "doubtful, both say 38": (DOUBTFUL, told(38), told(38), 38, 0.98),
    "plain, both agree": (PLAIN_33, told(33), told(33), 33, 0.99),
    "plain, the tally contradicts": (PLAIN_33, told(38), None, 33, 0.95),
    "plain, the words contradict": (PLAIN_33, None, told(138), 33, 0.6),
    "plain, the tally is one off": (PLAIN_33, told(34), None, 33, 0.6),
    "plain, both contradict": (PLAIN_33, told(38), told(38), 33, 0.95),
    "plain, the tally is unsure of 38": (PLAIN_33, told(38, 0.3), None, 33, 0.8),
}


@pytest.mark.parametrize(("evidence", "tally", "words", "value", "least"), CASES.values(), ids=list(CASES))
def test_kinds_of_evidence_are_weighed(
    evidence: Evidence, tally: Told | None, words: Told | None, value: int, least: float
) -> None:
    """What stands beside the boxes decides where they are doubtful, and overturns nothing that is plain."""
    numbers, _, _ = number_likelihoods(replace(evidence, tally=tally, words=words))
    assert int(np.argmax(numbers)) == value and numbers[value] > least


def test_agreement_of_independent_kinds_raises_a_figure() -> None:
    """Two kinds that agree leave less doubt than one, and one less than none."""
    none, one, two = (
        number_likelihoods(replace(PLAIN_33, tally=tally, words=words))[0][33]
        for tally, words in ((None, None), (told(33), None), (told(33), told(33)))
    )
    assert none < one < two


def test_what_is_not_there_says_nothing() -> None:
    """Without tally and words the likelihoods are those of the boxes; an unread line changes nothing."""
    assert beside_factor(PLAIN_33, 1000) is None
    unread = replace(PLAIN_33, words=Told((), 1.0, "XKCD"))
    assert np.allclose(number_likelihoods(unread)[0], number_likelihoods(PLAIN_33)[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("tally", "words", "bound"),
    [(told(38), None, ONE_KIND), (None, told(38), ONE_KIND), (told(38), told(38), ALL_KINDS)],
)
def test_no_kind_lifts_a_number_without_bound(tally: Told | None, words: Told | None, bound: float) -> None:
    """One kind may lift a number over another by a bounded factor, and all together by no more than another."""
    factor = beside_factor(replace(PLAIN_33, tally=tally, words=words), 1000)
    assert factor is not None
    assert factor.max() == 1.0 and factor.min() >= 1 / bound - 1e-12 and int(factor.argmax()) == 38


def test_a_spoilt_or_empty_figure_is_not_filled_from_beside() -> None:
    """A scribble stays no number and an empty figure blank, whatever tally and words say."""
    beside = {"tally": told(38), "words": told(38)}
    spoilt = Evidence((box("x"), box("3"), box("scribble", 0.999)), **beside)
    numbers, _, other = number_likelihoods(spoilt)
    assert other > 0.8 and numbers.max() < 0.2
    empty = Evidence((box("blank", 0.9999),) * 3, **beside)
    numbers, blank, _ = number_likelihoods(empty)
    assert blank > 0.9 and numbers.max() < 0.1


def test_a_contradicted_figure_is_given_as_written_but_goes_to_people() -> None:
    """Plain boxes whose tally clearly says another number stay as they are, but are not sure enough to accept."""
    values = consistent()
    evidence = {name: written(value) for name, value in values.items()}
    own = values["suara_1"] or 0
    evidence["suara_1"] = replace(evidence["suara_1"], tally=told(own + 7))
    assert contradicting(evidence["suara_1"]) == ("tally",)
    figure = weigh(FORM, evidence)["suara_1"]
    assert figure.value == own and figure.confidence < CERTAIN
    evidence["suara_1"] = replace(evidence["suara_1"], tally=told(own))
    assert contradicting(evidence["suara_1"]) == () and confirmed(evidence["suara_1"])


def test_doubtful_boxes_are_not_contradicted() -> None:
    """Only what is plain can be contradicted, and only by what is clear."""
    assert contradicting(replace(DOUBTFUL, tally=told(99))) == ()
    assert contradicting(replace(PLAIN_33, tally=told(38, 0.8))) == ()
    assert not confirmed(replace(DOUBTFUL, tally=told(38)))


def test_evidence_of_before_is_still_read() -> None:
    """A reading kept without tally and words loads; one with them comes back as it was."""
    old = {"digits": [list(box("3"))], "bubbles": []}
    assert Evidence.from_json(old) == Evidence((box("3"),))
    new = replace(PLAIN_33, tally=Told(((33, 0.99), (34, 0.004)), 0.006, "33=33"), words=told(33))
    kept = PhotoReading("a", "b", evidence={"suara_1": new})
    back = PhotoReading.from_json(kept.as_json()).evidence["suara_1"]
    assert back.tally == new.tally and back.words is not None and back.words.values == new.words.values
    assert "tally" not in PLAIN_33.as_json()


def test_boxes_alone_are_those_without_what_is_beside() -> None:
    """The likelihoods by boxes and bubbles do not change with tally or words."""
    alone = written_likelihoods(PLAIN_33)[0]
    assert np.array_equal(written_likelihoods(replace(PLAIN_33, tally=told(38)))[0], alone)
