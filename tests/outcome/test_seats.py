"""Sainte-Laguë, the threshold and the margins, against two other ways of counting and by applying them."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.outcome.margins import gain, gains, last_seat, loss, losses
from sirekap.outcome.seats import Allocation, allocate, taking_part, threshold
from tests.outcome.second import by_divisor, by_sorting, share_of_nation

SMALL = st.dictionaries(st.integers(1, 24), st.integers(0, 12), min_size=1, max_size=5)
LARGE = st.dictionaries(st.integers(1, 24), st.integers(0, 900_000), min_size=1, max_size=18)
HOUSE = st.integers(0, 12)

# Votes by party, seats, seats by party: worked by hand, each line with the quotients that decide.
WORKED = {
    # 30000 20000 15000 10000(30000/3) 7000 6666.7(20000/3); next 6000(30000/5)
    "six seats of a newspaper's example": (
        {1: 30_000, 2: 20_000, 3: 15_000, 4: 7_000, 5: 5_000},
        6,
        [2, 2, 1, 1, 0],
    ),
    # 28000 15000 10000 9333.3 6000 5600 5000(15000/3); next 4000(28000/7)
    "seven seats": ({1: 28_000, 2: 15_000, 3: 10_000, 4: 6_000, 5: 3_000}, 7, [3, 2, 1, 1, 0]),
    # 100 33.3 20 against 34 11.3: 100 34 33.3 20
    "three to one": ({1: 100, 2: 34}, 4, [3, 1]),
    "one party": ({7: 5}, 3, [3]),
    "a party without a vote wins nothing": ({1: 5, 2: 0}, 9, [9, 0]),
    "no seats": ({1: 5, 2: 3}, 0, [0, 0]),
    "level, and room for both": ({1: 10, 2: 10}, 2, [1, 1]),
}


@pytest.mark.parametrize(("votes", "seats", "won"), WORKED.values(), ids=WORKED.keys())
def test_seats_are_those_worked_by_hand(votes: Mapping[int, int], seats: int, won: list[int]) -> None:
    """Named districts of a few parties."""
    found = allocate(seats, votes)
    assert [found.won[party] for party in sorted(votes)] == won
    assert found.decided


def test_each_seat_tells_all_quotients_who_won_and_what_it_turned_on() -> None:
    """The fourth seat of the example: 10,000 (30,000 / 3) before 7,000."""
    found = allocate(6, {1: 30_000, 2: 20_000, 3: 15_000, 4: 7_000, 5: 5_000})
    step = found.steps[3]
    assert [(each.party, each.votes, each.divisor) for each in step.quotients] == [
        (1, 30_000, 3),
        (4, 7_000, 1),
        (2, 20_000, 3),
        (3, 15_000, 3),
        (5, 5_000, 1),
    ]
    assert (step.seat, step.party, step.level) == (4, 1, (1,))
    assert step.turned_on is not None and step.turned_on.party == 4
    assert [each.party for each in found.steps] == [1, 2, 3, 1, 4, 2]


TIES = {
    "two level for one seat": ({1: 10, 2: 10}, 1, [0, 0], 1, (1, 2)),
    "three level for two": ({1: 9, 2: 9, 3: 9}, 2, [0, 0, 0], 2, (1, 2, 3)),
    "30 / 3 and 10 / 1 for the last": ({1: 30, 2: 10}, 2, [1, 0], 1, (1, 2)),
    "level again after a seat each": ({1: 9, 2: 9}, 3, [1, 1], 1, (1, 2)),
}


@pytest.mark.parametrize(("votes", "seats", "won", "left", "level"), TIES.values(), ids=TIES.keys())
def test_a_tie_is_told_and_given_to_nobody(
    votes: Mapping[int, int], seats: int, won: list[int], left: int, level: tuple[int, ...]
) -> None:
    """The seats that nobody is first for stand in no party's number."""
    found = allocate(seats, votes)
    assert list(found.won.values()) == won
    assert found.tie is not None and (found.tie.seats, found.tie.parties) == (left, level)
    assert [step.party for step in found.steps[-left:]] == [None] * left
    assert not found.decided and last_seat(found) is None


def test_where_nobody_has_a_vote_seats_stay_unfilled() -> None:
    """Zero is no quotient that wins."""
    found = allocate(3, {1: 0, 2: 0})
    assert (found.unfilled, found.won, found.decided) == (3, {1: 0, 2: 0}, False)
    assert [each.votes for each in gains(found)] == [1, 1]


@pytest.mark.parametrize(("seats", "votes"), [(-1, {1: 1}), (1, {1: -1})])
def test_negative_numbers_are_refused(seats: int, votes: Mapping[int, int]) -> None:
    """A sum below nothing is a fault of whoever asks."""
    with pytest.raises(ValueError, match="whole numbers"):
        allocate(seats, votes)


@given(SMALL | LARGE, HOUSE)
@settings(max_examples=400, deadline=None)
def test_seats_are_the_same_by_sorting_all_quotients(votes: Mapping[int, int], seats: int) -> None:
    """Certain seats, who is tied and for how many: by fractions, sorted at once."""
    found = allocate(seats, votes)
    won, level, left = by_sorting(seats, votes)
    assert dict(found.won) == won
    assert (set(found.tie.parties), found.tie.seats) == (level, left) if found.tie else not level


@given(SMALL | LARGE, st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_seats_are_the_same_by_one_divisor(votes: Mapping[int, int], seats: int) -> None:
    """Webster's divisor exists just where the seats are decided, and rounds to the same."""
    found = allocate(seats, votes)
    rounded = by_divisor(seats, votes)
    assert (rounded is not None) == found.decided
    assert rounded is None or rounded == dict(found.won)


@given(SMALL | LARGE, HOUSE)
@settings(max_examples=200, deadline=None)
def test_all_seats_are_told(votes: Mapping[int, int], seats: int) -> None:
    """Certain, tied and unfilled seats are the district's; each step is one seat."""
    found = allocate(seats, votes)
    assert sum(found.won.values()) + (found.tie.seats if found.tie else 0) + found.unfilled == seats
    assert [step.seat for step in found.steps] == list(range(1, seats - found.unfilled + 1))


@given(SMALL | LARGE, HOUSE)
@settings(max_examples=200, deadline=None)
def test_one_seat_more_in_the_house_takes_none_from_anybody(votes: Mapping[int, int], seats: int) -> None:
    """House monotonicity."""
    before, after = allocate(seats, votes), allocate(seats + 1, votes)
    assert all(after.won[party] >= own for party, own in before.won.items())


@given(LARGE, HOUSE, st.integers(2, 1000))
@settings(max_examples=200, deadline=None)
def test_votes_times_a_number_and_other_numbers_of_parties_change_nothing(
    votes: Mapping[int, int], seats: int, times: int
) -> None:
    """Neither the size of the district nor a party's number on the ballot decides."""
    found = allocate(seats, votes)
    scaled = allocate(seats, {party: times * own for party, own in votes.items()})
    turned = allocate(seats, {100 - party: own for party, own in votes.items()})
    assert scaled.won == found.won
    assert {100 - party: own for party, own in turned.won.items()} == found.won
    assert (scaled.tie is None, turned.tie is None) == (found.tie is None, found.tie is None)


def changed(found: Allocation, party: int, by: int) -> Allocation:
    """The same district with so many votes more (or less) of a party."""
    return allocate(found.seats, {**found.votes, party: found.votes[party] + by})


@given(SMALL | LARGE, HOUSE)
@settings(max_examples=400, deadline=None)
def test_with_the_votes_of_its_margin_a_party_wins_a_seat_and_with_one_less_it_does_not(
    votes: Mapping[int, int], seats: int
) -> None:
    """And exactly level is a tie in which it stands."""
    found = allocate(seats, votes)
    for party in votes:
        margin = gain(found, party)
        if margin is None:
            assert found.won[party] == seats
            continue
        assert changed(found, party, margin.votes).won[party] > found.won[party]
        assert changed(found, party, margin.votes - 1).won[party] == found.won[party]
        if margin.level is None:
            assert changed(found, party, margin.votes - 1).won == found.won
        else:
            tie = changed(found, party, margin.level).tie
            assert margin.level == margin.votes - 1
            assert tie is not None and party in tie.parties
        if margin.level:
            assert changed(found, party, margin.level - 1).won == found.won


@given(SMALL | LARGE, HOUSE)
@settings(max_examples=400, deadline=None)
def test_with_the_votes_of_its_margin_less_a_party_loses_a_seat_and_with_one_more_it_does_not(
    votes: Mapping[int, int], seats: int
) -> None:
    """A party that nobody could take a seat from has no such margin."""
    found = allocate(seats, votes)
    for party in votes:
        margin = loss(found, party)
        if margin is None:
            alone = all(not own for other, own in votes.items() if other != party)
            assert not found.won[party] or alone
            continue
        assert 0 < margin.votes <= votes[party]
        assert changed(found, party, -margin.votes).won[party] < found.won[party]
        if margin.level is None:
            assert changed(found, party, 1 - margin.votes).won[party] == found.won[party]
        else:
            tie = changed(found, party, -margin.level).tie
            assert margin.level == margin.votes - 1
            assert tie is not None and party in tie.parties
            assert changed(found, party, 1 - margin.level).won[party] == found.won[party]


def test_the_last_seat_tells_its_holder_who_is_nearest_and_how_far_it_can_fall() -> None:
    """20,000 / 3 holds it; 30,000 needs 3,334 more (33,334 / 5), 5,000 only 1,667 more."""
    last = last_seat(allocate(6, {1: 30_000, 2: 20_000, 3: 15_000, 4: 7_000, 5: 5_000}))
    assert last is not None and last.holder == 2
    assert last.gain is not None and (last.gain.party, last.gain.votes, last.gain.level) == (5, 1_667, None)
    # It falls below 30,000 / 5 = 6,000 with less than 18,000.
    assert last.loss is not None and (last.loss.votes, last.loss.level) == (2_001, 2_000)


def test_margins_stand_the_nearest_first() -> None:
    """So that the first is what a seat hangs on."""
    found = allocate(6, {1: 30_000, 2: 20_000, 3: 15_000, 4: 7_000, 5: 5_000})
    # Each against 20,000 / 3, and party 2 itself against 7,000: 33,334 · 3 − …
    assert [(each.party, each.votes) for each in gains(found)] == [
        *((5, 1_667), (1, 3_334), (3, 5_001), (4, 13_001), (2, 15_001)),
    ]
    assert [each.votes for each in losses(found)] == sorted(each.votes for each in losses(found))


@given(st.dictionaries(st.integers(1, 24), st.integers(0, 60), min_size=1, max_size=18) | LARGE)
@settings(max_examples=300, deadline=None)
def test_the_threshold_is_four_in_a_hundred_and_its_margins_hold(votes: Mapping[int, int]) -> None:
    """Votes that a party lacks bring it in, one less does not; so with what it has to spare."""
    found = threshold(votes)
    assert found.through == share_of_nation(votes)
    for party, own in votes.items():
        more = found.short(party)
        if party in found.through:
            spare = found.to_spare(party)
            assert more == 0
            assert party in threshold({**votes, 99: spare}).through
            assert party not in threshold({**votes, 99: spare + 1}).through
        elif sum(votes.values()):
            assert party in threshold({**votes, party: own + more}).through
            assert party not in threshold({**votes, party: own + more - 1}).through


def test_exactly_four_percent_is_through_and_one_vote_less_is_not() -> None:
    """At least 4 %, in whole numbers."""
    assert threshold({1: 960_000, 2: 40_000}).through == {1, 2}
    assert threshold({1: 960_001, 2: 40_000}).through == {1}
    assert threshold({1: 0, 2: 0}).through == set()
    assert threshold({1: 960_001, 2: 40_000}).needed == 40_001


@given(LARGE, st.integers(1, 12))
@settings(max_examples=200, deadline=None)
def test_nobody_below_the_threshold_gets_a_seat_in_the_dpr(votes: Mapping[int, int], seats: int) -> None:
    """However many votes it has in the district."""
    through = threshold(votes).through
    found = allocate(seats, taking_part(dict.fromkeys(votes, 1_000_000), through))
    assert set(found.won) == through
    assert taking_part(votes, None) == votes


# Votes of the nation for the DPR in 2024, parties 1 to 17 and 24, as the press gave them on KPU's last decision
# (August 2024); eight parties had seats.
OF_2024 = (
    *(16_115_358, 20_071_345, 25_384_673, 23_208_488, 14_660_328, 972_898, 1_282_000, 12_781_241, 326_803),
    *(1_094_639, 406_884, 10_984_639, 484_487, 11_283_053, 4_260_108, 1_955_131, 5_878_708, 642_550),
)
NATION_2024 = dict(zip((*range(1, 18), 24), OF_2024, strict=True))


def test_the_threshold_of_2024_let_eight_parties_through() -> None:
    """Party 17 with 5,878,708 of 151,793,333 votes was short of 4 %: 201,069 votes more would have done."""
    found = threshold(NATION_2024)
    assert found.through == {1, 2, 3, 4, 5, 8, 12, 14}
    short = found.short(17)
    assert (found.total, short) == (151_793_333, 201_069)
    assert 17 in threshold({**NATION_2024, 17: 5_878_708 + short}).through
    assert 17 not in threshold({**NATION_2024, 17: 5_878_708 + short - 1}).through
