"""Who of a list or a province is elected: by votes, by the rules for level ones, or told as undecided."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.outcome.elected import By, Elected, Needs, Running, of_list, of_province

MAN, WOMAN = False, True

# places, candidates as (number, votes, areas, woman), who is in with what decided it
DECIDED = {
    "the most votes, whatever the order of the list": (
        2,
        [(1, 50, (), None), (2, 90, (), None), (3, 70, (), None)],
        [(2, By.VOTES), (3, By.VOTES)],
    ),
    "level, and room for both": (
        2,
        [(1, 70, (), None), (2, 70, (), None), (3, 1, (), None)],
        [(1, By.VOTES), (2, By.VOTES)],
    ),
    "level: votes in more regencies": (
        1,
        [(1, 70, (2, 9), MAN), (2, 70, (3, 4), MAN)],
        [(2, By.AREAS)],
    ),
    "level, as many regencies: more districts": (
        1,
        [(1, 70, (2, 9), MAN), (2, 70, (2, 10), MAN)],
        [(2, By.AREAS)],
    ),
    "level in areas too: a woman": (
        1,
        [(1, 70, (2,), MAN), (2, 70, (2,), WOMAN)],
        [(2, By.SEX)],
    ),
    "level in all of it: the order of the list": (
        2,
        [(1, 99, (9,), MAN), (4, 70, (2,), WOMAN), (3, 70, (2,), WOMAN)],
        [(1, By.VOTES), (3, By.ORDER)],
    ),
    "three level for two: one by areas, one by sex": (
        2,
        [(1, 7, (1,), MAN), (2, 7, (2,), MAN), (3, 7, (1,), WOMAN)],
        [(2, By.AREAS), (3, By.SEX)],
    ),
    "nobody has a vote: the order of the list": (
        2,
        [(3, 0, (), None), (1, 0, (), None), (2, 0, (), None)],
        [(1, By.ORDER), (2, By.ORDER)],
    ),
    "no place": (0, [(1, 5, (), None)], []),
    "as many places as candidates": (1, [(4, 0, (), None)], [(4, By.VOTES)]),
}


def running(rows: Sequence[tuple[int, int, tuple[int, ...], bool | None]]) -> list[Running]:
    return [Running(*row) for row in rows]


@pytest.mark.parametrize(("places", "rows", "told"), DECIDED.values(), ids=DECIDED.keys())
def test_a_list_is_decided_by_the_first_rule_that_tells_them_apart(
    places: int,
    rows: Sequence[tuple[int, int, tuple[int, ...], bool | None]],
    told: Sequence[tuple[int, By]],
) -> None:
    """Votes, areas tier by tier, sex, order; each place says which it was."""
    found = of_list(places, running(rows))
    assert [(place.number, place.by) for place in found.places] == list(told)
    assert found.decided
    assert [place.rank for place in found.places] == list(range(1, places + 1))


UNDECIDED = {
    "areas unknown": (1, [(1, 7, (), MAN), (2, 7, (), WOMAN)], [], (1, (1, 2), Needs.AREAS)),
    "areas of one unknown": (1, [(1, 7, (3,), MAN), (2, 7, (), WOMAN)], [], (1, (1, 2), Needs.AREAS)),
    "sex unknown": (1, [(1, 7, (3,), None), (2, 7, (3,), WOMAN)], [], (1, (1, 2), Needs.SEX)),
    "one sure, sex of the others unknown": (
        2,
        [(1, 7, (3,), None), (2, 7, (3,), None), (3, 9, (), None)],
        [3],
        (1, (1, 2), Needs.SEX),
    ),
    "without a vote beside one who has": (
        2,
        [(1, 0, (), MAN), (2, 0, (), WOMAN), (3, 9, (), MAN)],
        [3],
        (1, (1, 2), Needs.RULE),
    ),
}


@pytest.mark.parametrize(("places", "rows", "sure", "level"), UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_is_not_known_decides_nothing(
    places: int,
    rows: Sequence[tuple[int, int, tuple[int, ...], bool | None]],
    sure: Sequence[int],
    level: tuple[int, tuple[int, ...], Needs],
) -> None:
    """The tie tells its places, its candidates and what would decide it."""
    found = of_list(places, running(rows))
    assert [place.number for place in found.places] == list(sure)
    assert found.level is not None and not found.decided
    assert (found.level.places, found.level.numbers, found.level.needs) == level


def test_a_list_with_fewer_candidates_than_seats_leaves_them_vacant() -> None:
    """The seats stay the party's; who sits on them the votes do not say."""
    found = of_list(3, [Running(1, 5), Running(2, 9)])
    assert [place.number for place in found.places] == [2, 1]
    assert (found.vacant, found.decided) == (1, False)


def test_the_first_four_of_a_province_are_elected() -> None:
    """The fifth is told with what is missing: one more than the distance to the fourth."""
    votes = [500, 100, 400, 300, 200, 150]
    found = of_province(Running(number, own) for number, own in enumerate(votes, start=1))
    assert [place.number for place in found.places] == [1, 3, 4, 5]
    assert (found.next, found.more) == (6, 51)


def test_level_at_the_fourth_place_of_a_province_is_told() -> None:
    """Article 423 (2) asks for the more even spread and does not say how that is measured."""
    found = of_province(Running(number, own) for number, own in enumerate([9, 8, 7, 6, 6, 5], start=1))
    assert [place.number for place in found.places] == [1, 2, 3]
    assert found.level is not None
    assert (found.level.numbers, found.level.places, found.level.needs) == ((4, 5), 1, Needs.EVEN)
    assert (found.next, found.more) == (6, 2)


@pytest.mark.parametrize("rows", [[Running(1, -1)], [Running(1, 1), Running(1, 2)]])
def test_impossible_candidates_are_refused(rows: list[Running]) -> None:
    """Votes below nothing, a candidate twice."""
    with pytest.raises(ValueError):
        of_list(1, rows)


CANDIDATES = st.lists(
    st.tuples(st.integers(0, 6), st.tuples(st.integers(0, 2), st.integers(0, 2)), st.sampled_from([True, False])),
    max_size=7,
).map(lambda rows: [Running(number, *row) for number, row in enumerate(rows, start=1)])


def inside(found: Elected) -> set[int]:
    return {place.number for place in found.places}


@given(CANDIDATES, st.integers(0, 8))
@settings(max_examples=400, deadline=None)
def test_a_list_of_which_all_is_known_goes_by_one_order(rows: list[Running], places: int) -> None:
    """Written once more as one sorted list; only those without a vote beside others can stay undecided."""
    found = of_list(places, rows)
    if any(each.votes for each in rows):
        order = sorted(rows, key=lambda r: (r.votes, r.areas, r.woman, -r.number), reverse=True)
    else:
        order = sorted(rows, key=lambda r: r.number)
    expected = {each.number for each in order[:places]}
    if found.level is None:
        assert inside(found) == expected
    else:
        assert found.level.needs is Needs.RULE
        assert all(not each.votes for each in rows if each.number in found.level.numbers)
        assert inside(found) == {each.number for each in rows if each.votes}
    told = len(found.places) + found.vacant + (found.level.places if found.level else 0)
    assert told == places


@given(CANDIDATES, st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_the_next_one_is_in_with_the_votes_it_lacks_and_not_with_two_less(
    rows: list[Running], places: int
) -> None:
    """With one less it is level with the last; with two less it is behind."""
    found = of_province(rows, places)
    if found.next is None or found.more is None:
        return

    def with_votes(more: int) -> Elected:
        return of_province(
            [Running(each.number, each.votes + (more if each.number == found.next else 0)) for each in rows],
            places,
        )

    assert found.next in inside(with_votes(found.more))
    level = with_votes(found.more - 1)
    assert found.next not in inside(level) and level.level is not None and found.next in level.level.numbers
    if found.more > 1:
        behind = with_votes(found.more - 2)
        assert found.next not in inside(behind)
        assert behind.level is None or found.next not in behind.level.numbers
