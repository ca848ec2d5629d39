"""President, governor, regent: the rule's conditions, against plain fractions and the official result of 2024."""

import csv
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.outcome import Open, Rule, judge
from sirekap.outcome.president import Ending, Race, jakarta, most, president
from tests.shared import shared

Votes = Mapping[str, Mapping[int, int]]


def nation(*rows: Sequence[int], overseas: Sequence[int] | None = None) -> Votes:
    """Provinces 11, 12 … with the votes of tickets 1, 2 …"""
    parts = {str(11 + place): dict(enumerate(row, start=1)) for place, row in enumerate(rows)}
    return parts if overseas is None else {**parts, "99": dict(enumerate(overseas, start=1))}


def ask(votes: Votes, tickets: int = 3) -> Race:
    return president(votes, range(1, tickets + 1), [code for code in votes if code != "99"])


# What is counted, how it ends, who is through, who is level for how many places.
ENDINGS = {
    "no half: the first two go on": (
        nation([60, 20, 20], [60, 20, 20], [10, 90, 0]),
        Ending.ROUND,
        (1, 2),
        (),
        0,
    ),
    "more than half, 20 % in two of three": (
        nation([80, 10, 10], [60, 20, 20], [19, 41, 40]),
        Ending.WON,
        (1,),
        (),
        0,
    ),
    "more than half, 20 % in one of two is not more than half": (
        nation([100, 0, 0], [19, 41, 40]),
        Ending.ROUND,
        (1, 2),
        (),
        0,
    ),
    "exactly half is not more than half": (nation([50, 30, 20]), Ending.ROUND, (1, 2), (), 0),
    "exactly 20 % is enough": (nation([20, 40, 40], [200, 10, 10], [9, 50, 1]), Ending.WON, (1,), (), 0),
    "overseas counts for the half and is no province": (
        nation([51, 25, 24], overseas=[0, 10, 0]),
        Ending.ROUND,
        (1, 2),
        (),
        0,
    ),
    "two level at the first place go on": (nation([40, 40, 20]), Ending.ROUND, (1, 2), (), 0),
    "three level at the first place": (nation([30, 30, 30]), Ending.LEVEL, (), (1, 2, 3), 2),
    "two level at the second": (nation([40, 30, 30]), Ending.LEVEL, (1,), (2, 3), 1),
    "nobody has a vote": (nation([0, 0, 0]), Ending.NOBODY, (), (), 0),
}


@pytest.mark.parametrize(("votes", "ending", "through", "level", "places"), ENDINGS.values(), ids=ENDINGS.keys())
def test_the_president_ends_as_the_law_says(
    votes: Votes, ending: Ending, through: tuple[int, ...], level: tuple[int, ...], places: int
) -> None:
    """Elected, a second round, or level with nobody put first."""
    found = ask(votes)
    assert (found.rule, found.ending) == (Rule.SPREAD, ending)
    assert (found.through, found.level, found.places) == (through, level, places)


def test_of_two_pairs_the_majority_alone_decides() -> None:
    """Constitutional Court 50/PUU-XII/2014: no provinces; level ones are voted on again (article 416 (3))."""
    found = ask(nation([100, 0], [0, 40], [0, 40]), 2)
    assert (found.rule, found.ending, found.through, found.needed) == (Rule.MOST, Ending.WON, (1,), 0)
    level = ask(nation([40, 0], [0, 40]), 2)
    assert (level.ending, level.through) == (Ending.ROUND, (1, 2))


def test_a_province_without_a_vote_is_still_one_of_all() -> None:
    """One of three provinces is not more than half, whatever the others have not counted yet."""
    found = president({"11": {1: 100, 2: 10, 3: 9}}, [1, 2, 3], ["11", "12", "13"])
    assert (found.ending, found.needed, found.rows[0].provinces) == (Ending.ROUND, 2, 1)


def test_what_it_hangs_on_is_told_in_votes() -> None:
    """70 of 100: 40 votes of others take the half; 20 % in both of two provinces hang on the nearer one."""
    found = ask(nation([50, 5, 5], [20, 10, 10]))
    assert (found.half_to_spare, found.wide_to_spare, found.lead) == (40, 61, 55)
    assert [(share.reached, share.others, share.own) for share in found.rows[1].shares] == [
        (False, 0, 9),
        (True, 11, 0),
    ]


PILKADA = {
    "the most votes": ({1: 40, 2: 35, 3: 25}, Ending.WON, (1,), ()),
    "level": ({1: 40, 2: 40, 3: 25}, Ending.LEVEL, (), (1, 2)),
    "one pair": ({1: 1}, Ending.WON, (1,), ()),
    "nobody": ({1: 0, 2: 0}, Ending.NOBODY, (), ()),
}


@pytest.mark.parametrize(("votes", "ending", "through", "level"), PILKADA.values(), ids=PILKADA.keys())
def test_a_regent_needs_the_most_votes(
    votes: Mapping[int, int], ending: Ending, through: tuple[int, ...], level: tuple[int, ...]
) -> None:
    """UU 10/2016 articles 107 and 109; level ones are told."""
    found = most(votes, sorted(votes))
    assert (found.ending, found.through, found.level) == (ending, through, level)


JAKARTA = {
    "more than half": ({1: 51, 2: 39, 3: 10}, Ending.WON, (1,)),
    "half is not more": ({1: 50, 2: 40, 3: 10}, Ending.ROUND, (1, 2)),
    "two pairs": ({1: 50, 2: 40}, Ending.WON, (1,)),
}


@pytest.mark.parametrize(("votes", "ending", "through"), JAKARTA.values(), ids=JAKARTA.keys())
def test_jakarta_needs_more_than_half(votes: Mapping[int, int], ending: Ending, through: tuple[int, ...]) -> None:
    """UU 2/2024 article 10."""
    found = jakarta(votes, sorted(votes))
    assert (found.ending, found.through) == (ending, through)


@pytest.mark.parametrize("votes", [{"77x": {1: 1}}, {"11": {9: 1}}, {"11": {1: -1}}])
def test_votes_of_nobody_and_nowhere_are_refused(votes: Votes) -> None:
    """A sum that belongs to no province or ticket would be lost silently."""
    with pytest.raises(ValueError):
        president(votes, [1, 2, 3], ["11"])


NATIONS = st.integers(1, 5).flatmap(
    lambda parts: st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=parts, max_size=parts)
)


def plainly(rows: Sequence[Sequence[int]], votes: Votes) -> int | None:
    """Who wins, written once more with fractions."""
    total = [sum(column) for column in zip(*rows, strict=True)]
    for ticket, own in enumerate(total, start=1):
        wide = sum(
            1
            for part in votes.values()
            if sum(part.values()) and Fraction(part[ticket], sum(part.values())) >= Fraction(1, 5)
        )
        if (
            sum(total)
            and Fraction(own, sum(total)) > Fraction(1, 2)
            and Fraction(wide, len(rows)) > Fraction(1, 2)
        ):
            return ticket
    return None


@given(NATIONS)
@settings(max_examples=400, deadline=None)
def test_who_wins_is_the_same_with_fractions_and_in_what_is_still_open(rows: list[list[int]]) -> None:
    """Also `outcome.open`, which counts for itself, comes to the same tickets."""
    votes = nation(*rows)
    found = ask(votes)
    winner = plainly(rows, votes)
    assert (found.through[0] if found.ending is Ending.WON else None) == winner
    judged = judge("ppwp", "0", [1, 2, 3], votes, {code: Open(0, 0, 300) for code in votes})
    assert judged.result == frozenset(found.through) | frozenset(found.level)
    assert judged.won == (found.ending is Ending.WON)


@given(NATIONS)
@settings(max_examples=300, deadline=None)
def test_votes_to_spare_are_the_fewest_that_take_a_condition_away(rows: list[list[int]]) -> None:
    """The half with that many of others and not with one less; each share likewise."""
    found = ask(nation(*rows))
    first = found.rows[0]
    if first.half:
        assert 2 * first.votes <= found.total + found.half_to_spare
        assert 2 * first.votes > found.total + found.half_to_spare - 1
    for row in found.rows:
        for share in row.shares:
            if share.reached:
                assert 5 * share.votes < share.of + share.others
                assert 5 * share.votes >= share.of + share.others - 1
            else:
                assert 5 * (share.votes + share.own) >= share.of + share.own
                less = share.own - 1
                assert share.of + less == 0 or 5 * (share.votes + less) < share.of + less


def test_2024_ended_as_it_was_declared() -> None:
    """Ticket 2 with 96,214,691 of 164,227,475 votes and at least 20 % in all 38 provinces."""
    with shared("data/president-2024-official-by-province.csv").open(encoding="utf-8") as file:
        votes = {
            row["kode"]: {number: int(row[f"paslon_0{number}"]) for number in (1, 2, 3)}
            for row in csv.DictReader(file)
        }
    found = president(votes, [1, 2, 3], [code for code in votes if code != "99"])
    assert (found.ending, found.through, found.total) == (Ending.WON, (2,), 164_227_475)
    assert [row.votes for row in found.rows] == [96_214_691, 40_971_906, 27_040_878]
    assert (found.rows[0].provinces, found.needed, found.half_to_spare) == (38, 20, 28_201_907)
