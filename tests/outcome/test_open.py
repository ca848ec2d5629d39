"""Could what is missing change the result? The answer against every way in which the open votes could fall."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.outcome import Answer, Open, Rule, Why, judge, rule_of, sentence

Parts = dict[str, list[int]]


def ways(tickets: int, open_votes: int) -> Iterator[tuple[int, ...]]:
    """Every way in which at most so many votes fall to tickets."""
    yield from (way for way in product(range(open_votes + 1), repeat=tickets) if sum(way) <= open_votes)


def result(rule: Rule, parts: Parts) -> tuple[bool, frozenset[int]]:
    """Who wins, leads or goes on, written once more and plainly: (one wins, the tickets)."""
    totals = [sum(column) for column in zip(*parts.values(), strict=True)]
    if not any(totals):
        return False, frozenset()
    order = sorted(totals, reverse=True)
    if rule is Rule.MOST:
        leads = frozenset(place for place, own in enumerate(totals) if own == order[0])
        return len(leads) == 1, leads
    provinces = [own for code, own in parts.items() if code != "99"]
    for place, own in enumerate(totals):
        wide = sum(1 for votes in provinces if sum(votes) and votes[place] / sum(votes) >= 0.2)
        if own > sum(totals) / 2 and (rule is Rule.HALF or wide > len(provinces) / 2):
            return True, frozenset({place})
    return False, frozenset(place for place, own in enumerate(totals) if own >= order[1])


def brute(rule: Rule, parts: Parts, opened: dict[str, int]) -> bool:
    """Whether any way leads to another result."""
    tickets = len(next(iter(parts.values())))
    before = result(rule, parts)[1]
    choices = [list(ways(tickets, opened[code])) for code in parts]
    for fall in product(*choices):
        after = {
            code: [a + b for a, b in zip(own, way, strict=True)]
            for (code, own), way in zip(parts.items(), fall, strict=True)
        }
        if result(rule, after)[1] != before:
            return True
    return False


def asked(contest: str, unit: str, parts: Parts, opened: dict[str, int], complete: bool = True) -> object:
    tickets = range(1, len(next(iter(parts.values()))) + 1)
    votes = {code: dict(zip(tickets, own, strict=True)) for code, own in parts.items()}
    return judge(contest, unit, tickets, votes, {c: Open(n, 0, 1, complete) for c, n in opened.items()})


@st.composite
def nations(draw: st.DrawFn) -> tuple[Parts, dict[str, int]]:
    """A few provinces and overseas, three or four tickets, a few votes and a few to come."""
    tickets = draw(st.integers(3, 4))
    codes = ["31", "32", "33", "99"][: draw(st.integers(1, 4))]
    own = st.lists(st.integers(0, 7), min_size=tickets, max_size=tickets)
    parts = {code: draw(own) for code in codes}
    left = 4
    opened = {}
    for code in codes:
        opened[code] = draw(st.integers(0, min(left, 2)))
        left -= opened[code]
    return parts, opened


@given(nations())
@settings(max_examples=300, deadline=None)
def test_the_president_as_every_way_tells(case: tuple[Parts, dict[str, int]]) -> None:
    """More than half, 20 % in more than half of the provinces, else two go on: exact, tie or not."""
    parts, opened = case
    judged = asked("ppwp", "0", parts, opened)
    assert judged.rule is Rule.SPREAD
    assert (judged.answer is Answer.YES) == brute(Rule.SPREAD, parts, opened)
    won, who = result(Rule.SPREAD, parts)
    assert (judged.won, judged.result) == (won, frozenset(place + 1 for place in who))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_the_most_votes_as_every_way_tells(own: list[int], more: int) -> None:
    """Of governors, regents and mayors, and of whoever leads in a unit."""
    judged = asked("pkwkk", "3173", {"3173": own}, {"3173": more})
    assert (judged.answer is Answer.YES) == brute(Rule.MOST, {"3173": own}, {"3173": more})


@given(st.lists(st.integers(0, 9), min_size=3, max_size=4), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_jakarta_as_every_way_tells(own: list[int], more: int) -> None:
    """More than half, else a second round."""
    judged = asked("pkwkp", "31", {"31": own}, {"31": more})
    assert judged.rule is Rule.HALF
    assert (judged.answer is Answer.YES) == brute(Rule.HALF, {"31": own}, {"31": more})


@given(nations(), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_no_stays_no_when_less_is_open(case: tuple[Parts, dict[str, int]], fewer: int) -> None:
    """What cannot change with so much open cannot with less."""
    parts, opened = case
    if asked("ppwp", "0", parts, opened).answer is Answer.NO:
        less = {code: max(0, number - fewer) for code, number in opened.items()}
        assert asked("ppwp", "0", parts, less).answer is Answer.NO


RULES: list[tuple[str, str, int, Rule | Why]] = [
    ("ppwp", "0", 3, Rule.SPREAD),
    ("ppwp", "0", 2, Rule.MOST),
    ("ppwp", "31", 3, Rule.MOST),
    ("pkwkp", "31", 3, Rule.HALF),
    ("pkwkp", "32", 3, Rule.MOST),
    ("pkwkp", "0", 3, Why.SEVERAL),
    ("pkwkk", "31", 3, Why.SEVERAL),
    ("pkwkk", "317301", 3, Rule.MOST),
    ("pdpr", "0", 18, Why.SEATS),
    ("pdpd", "31", 20, Why.SEATS),
    ("ppwp", "0", 0, Why.TICKETS),
]


@pytest.mark.parametrize(("contest", "unit", "tickets", "told"), RULES)
def test_what_decides_is_known_or_said_not_to_be(contest: str, unit: str, tickets: int, told: Rule | Why) -> None:
    """Seats are honestly not computed; a unit of several races has no one result."""
    assert rule_of(contest, unit, tickets) is told


@pytest.mark.parametrize(("own", "answer"), [([9, 1], Answer.UNKNOWN), ([1, 1], Answer.YES)])
def test_an_unknown_number_of_stations_is_never_a_no(own: Sequence[int], answer: Answer) -> None:
    """Yes where what is known to be open suffices; else it cannot be said."""
    judged = asked("ppwp", "31", {"31": list(own)}, {"31": 1}, complete=False)
    assert judged.answer is answer


def test_held_sheets_may_hold_as_much_as_missing_ones() -> None:
    """What a sheet in review was read as proves nothing."""
    votes = {"31": {1: 1000, 2: 600}}
    assert judge("ppwp", "31", [1, 2], votes, {"31": Open(0, 1, 300)}).answer is Answer.NO
    assert judge("ppwp", "31", [1, 2], votes, {"31": Open(1, 1, 300)}).answer is Answer.YES


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_sentence_names_margin_and_what_is_open(language: str) -> None:
    """In both languages, with numbers as people there write them."""
    opened = {"31": Open(10, 5, 300), "32": Open(0, 0, 300)}
    votes = {"31": {1: 90_000, 2: 10_000, 3: 500}, "32": {1: 10, 2: 100, 3: 0}}
    text = sentence(judge("ppwp", "0", [1, 2, 3], votes, opened), language)
    point = {"id": ".", "en": ","}[language]
    assert f"4{point}500" in text and f"79{point}910" in text and "20%" in text
    assert sentence(judge("pdpr", "0", [], {}, opened), language)
