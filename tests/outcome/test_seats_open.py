"""Could what is open change a seat? The answer against every way in which the open votes could fall."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.outcome import Answer, Open, Rule, Why, sentence
from sirekap.outcome.seats_open import OpenDistrict, four_can_change, judge_seats, seats_can_change
from tests.outcome.second import by_sorting, share_of_nation

Votes = dict[int, int]


def ways(parties: Sequence[int], most: int) -> Iterator[Votes]:
    """Every way in which at most so many votes fall to parties."""
    for way in product(range(most + 1), repeat=len(parties)):
        if sum(way) <= most:
            yield dict(zip(parties, way, strict=True))


def added(votes: Mapping[int, int], way: Mapping[int, int]) -> Votes:
    return {party: own + way[party] for party, own in votes.items()}


SMALL = st.dictionaries(st.integers(1, 4), st.integers(0, 9), min_size=1, max_size=3)


@given(SMALL, st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_a_house_without_a_threshold_as_every_way_tells(votes: Votes, seats: int, more: int) -> None:
    """Yes just where some way gives other seats or another tie; and one vote less than the fewest never does."""
    before = by_sorting(seats, votes)
    fewest = next(
        (
            number
            for number in range(more + 1)
            if any(by_sorting(seats, added(votes, way)) != before for way in ways(sorted(votes), number))
        ),
        None,
    )
    can, told = seats_can_change(seats, votes, more)
    assert can == (fewest is not None)
    assert not can or told == fewest


@st.composite
def nations(draw: st.DrawFn) -> tuple[list[Votes], list[int], list[int]]:
    """Two districts with parties around 4 % of the nation, their seats and open votes."""
    parties = [1, 2, 3]
    big = st.integers(20, 40)
    few = st.integers(0, 4)
    votes = [{1: draw(big), 2: draw(few), 3: draw(st.integers(0, 12))} for _ in range(2)]
    assert all(set(each) == set(parties) for each in votes)
    return votes, [draw(st.integers(0, 4)) for _ in range(2)], [draw(st.integers(0, 3)) for _ in range(2)]


@given(nations())
@settings(max_examples=250, deadline=None)
def test_a_house_with_a_threshold_as_every_way_tells(nation: tuple[list[Votes], list[int], list[int]]) -> None:
    """Votes of another district can bring a party in or throw it out, and so change a seat here."""
    votes, seats, more = nation

    def result(parts: Sequence[Votes]) -> list[tuple[Votes, set[int], int]]:
        total = {party: sum(part[party] for part in parts) for party in (1, 2, 3)}
        through = share_of_nation(total)
        taking = [{party: part[party] for party in through} for part in parts]
        every = [by_sorting(n, part) for n, part in zip(seats, taking, strict=True)]
        return [({p: s for p, s in won.items() if s}, level, left) for won, level, left in every]

    before = result(votes)
    changed = [False, False]
    for one, two in product(ways((1, 2, 3), more[0]), ways((1, 2, 3), more[1])):
        after = result([added(votes[0], one), added(votes[1], two)])
        changed = [old or a != b for old, a, b in zip(changed, before, after, strict=True)]
    total = {party: votes[0][party] + votes[1][party] for party in (1, 2, 3)}
    for place in range(2):
        district = OpenDistrict("3101", seats[place], votes[place], Open(more[place], 0, 1))
        judged = judge_seats("pdpr", [district], (total, Open(sum(more), 0, 1)))
        assert (judged.answer is Answer.YES) == changed[place]


def four(votes: Mapping[int, int]) -> tuple[set[int], set[int]]:
    """Who is in and who is level for what is left, written once more."""
    order = sorted(votes.values(), reverse=True)
    if len(order) <= 4:
        return set(votes), set()
    line = order[3]
    above = {number for number, own in votes.items() if own > line}
    level = {number for number, own in votes.items() if own == line}
    return (above | level, set()) if len(above) + len(level) == 4 else (above, level)


@given(st.lists(st.integers(0, 6), min_size=3, max_size=6), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_the_four_of_a_province_as_every_way_tells(own: list[int], more: int) -> None:
    """Yes just where some way gives another four or another tie."""
    votes = dict(enumerate(own, start=1))
    changed = any(four(added(votes, way)) != four(votes) for way in ways(sorted(votes), more))
    assert four_can_change(votes, more)[0] == changed


@given(SMALL, st.integers(1, 6), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_no_stays_no_when_less_is_open(votes: Votes, seats: int, more: int) -> None:
    """What cannot change with so much open cannot with less."""
    if not seats_can_change(seats, votes, more)[0]:
        assert not any(seats_can_change(seats, votes, less)[0] for less in range(more))


def district(seats: int | None, more: int = 0, complete: bool = True) -> OpenDistrict:
    return OpenDistrict("3101", seats, {1: 1000, 2: 600}, Open(more, 0, 1, complete))


UNKNOWN = {
    "no districts": ([], Why.SEATS),
    "a number of seats is not known": ([district(3), district(None)], Why.SEATS),
    "a village's number of stations is not known": ([district(2, 1, False)], Why.STATIONS),
}


@pytest.mark.parametrize(("districts", "why"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_known_is_said(districts: list[OpenDistrict], why: Why) -> None:
    """Never no where something is lacking."""
    judged = judge_seats("pdprdp", districts)
    assert (judged.answer, judged.why) == (Answer.UNKNOWN, why)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_sentence_names_how_many_districts_and_how_few_votes(language: str) -> None:
    """Of two districts one can change: 600 / 1 holds against 1,000 / 3, and 200 more would do."""
    judged = judge_seats("pdprdp", [district(2, 799), district(2, 800)])
    assert (judged.rule, judged.districts, judged.of_districts) == (Rule.SEATS, ("3101",), 2)
    assert judged.margin == 800
    text = sentence(judged, language)
    assert "800" in text and "1" in text and "2" in text
    closed = sentence(judge_seats("pdprdp", [district(2, 799)]), language)
    assert closed.startswith(("Tidak, kursi", "No, the seats"))
    assert sentence(judge_seats("pdpd", [district(None, 799)]), language) != text
