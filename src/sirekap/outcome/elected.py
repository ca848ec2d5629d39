"""Who takes the places: a party's candidates by votes, and the four of a province for the DPD.

Sources: UU 7/2017 article 422 (DPR and DPRD: the most votes within the party's list in the district) and article
423 (DPD: the first four of the province; where the fourth is level with others, the one whose support is spread
more evenly over all regencies). KPU regulation 6/2024 on candidates of a list that are level: the one whose votes
are spread over more areas, tier by tier; then a woman before a man; then the order on the list; and where no
candidate of the list has a vote, the order on the list.

We read "spread over more areas" as the number of areas in which a candidate has at least one vote: regencies
first, then districts, villages, stations. How even a spread is (DPD) is not defined: such ties are told, not
decided. A tie is decided only by what is known; else it is told with what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

DPD_PLACES = 4  # of a province, UU 7/2017 article 196


class By(StrEnum):
    """What decided that somebody is in and others are not."""

    VOTES = "votes"
    AREAS = "areas"  # level in votes, votes in more areas
    SEX = "sex"  # level in those too, a woman before a man
    ORDER = "order"  # level in all of them: the order on the list; also where nobody on the list has a vote


class Needs(StrEnum):
    """What a tie that is not decided needs."""

    AREAS = "areas"  # in how many areas each has votes
    SEX = "sex"  # the sex of each
    EVEN = "even"  # how even each one's spread is: the law does not say how that is measured
    RULE = "rule"  # a rule that we could not find: candidates without a vote beside others with votes


@dataclass(frozen=True, slots=True)
class Running:
    """A candidate of one list or province, with what decides a tie.

    `areas` is in how many areas the candidate has votes: of regencies, districts, villages and stations as far as
    it is known, the widest first; empty where it is not. `woman` is None where the sex is not known.
    """

    number: int
    votes: int
    areas: tuple[int, ...] = ()
    woman: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is taken: `rank` from 1, by whom, and what decided it."""

    rank: int
    number: int
    votes: int
    by: By


@dataclass(frozen=True, slots=True)
class Level:
    """`places` that more candidates than that, `numbers`, are level for; `needs` would decide it."""

    places: int
    numbers: tuple[int, ...]
    votes: int
    needs: Needs


@dataclass(frozen=True, slots=True)
class Elected:
    """Who takes a number of places.

    `places` are certain, in order of votes (level ones by number, which decides nothing); `level` is what is left
    undecided; `vacant` are places for which the list has no candidate. `next` is the first who takes no place and
    is in no tie, None where there is nobody; with `more` votes more they would for certain, and one less makes
    them level with the last who is in or tied.
    """

    places: tuple[Place, ...]
    level: Level | None = None
    vacant: int = 0
    next: int | None = None
    more: int | None = None

    @property
    def decided(self) -> bool:
        """Whether every place has its person."""
        return self.level is None and not self.vacant


@dataclass(frozen=True, slots=True)
class _Broken:
    """Of those who are level for places: who is `inside` and by what; the `rest` stay level and need `needs`."""

    inside: tuple[tuple[Running, By], ...] = ()
    rest: tuple[Running, ...] = ()
    needs: Needs | None = None


Break = Callable[[int, tuple[Running, ...]], _Broken]


def of_list(places: int, running: Iterable[Running]) -> Elected:
    """Who of a party's list takes its places in a district (UU 7/2017 article 422, KPU regulation 6/2024).

    Raises ValueError for a negative number or a candidate given twice.
    """
    every = tuple(running)
    return _elect(places, every, _by_the_list if any(each.votes for each in every) else _by_order)


def of_province(running: Iterable[Running], places: int = DPD_PLACES) -> Elected:
    """Who of a province is elected to the DPD (UU 7/2017 article 423). Raises ValueError as `of_list` does."""
    return _elect(places, tuple(running), lambda _, level: _Broken(rest=level, needs=Needs.EVEN))


def _elect(places: int, running: tuple[Running, ...], broken: Break) -> Elected:
    if places < 0 or any(each.votes < 0 for each in running):
        raise ValueError("places and votes are whole numbers from 0")
    if len({each.number for each in running}) != len(running):
        raise ValueError("each candidate once")
    order = sorted(running, key=lambda each: (-each.votes, each.number))
    line = order[min(places, len(order)) - 1].votes if order and places else 0
    whole = not places or places >= len(order)
    level = () if whole else tuple(each for each in order if each.votes == line)
    sure = order[:places] if whole else [each for each in order if each.votes > line]
    inside = [(each, By.VOTES) for each in sure]
    left = min(places, len(order)) - len(sure)
    found = _Broken()
    if len(level) == left:
        inside += ((each, By.VOTES) for each in level)
    else:
        found = broken(left, level)
        inside += found.inside
    return _told(places, order, inside, found)


def _told(places: int, order: Sequence[Running], inside: Sequence[tuple[Running, By]], found: _Broken) -> Elected:
    taken = tuple(Place(rank, each.number, each.votes, by) for rank, (each, by) in enumerate(inside, start=1))
    level = None
    if found.needs is not None:
        numbers = tuple(each.number for each in found.rest)
        level = Level(places - len(taken), numbers, found.rest[0].votes, found.needs)
    standing = [*(each for each, _ in inside), *found.rest]
    numbers_in = {each.number for each in standing}
    vacant = max(0, places - len(order))
    outside = next((each for each in order if each.number not in numbers_in), None)
    if outside is None or not standing:
        return Elected(taken, level, vacant)
    more = min(each.votes for each in standing) - outside.votes + 1
    return Elected(taken, level, vacant, outside.number, more)


def _by_the_list(left: int, level: tuple[Running, ...]) -> _Broken:
    """More candidates of a list are level in votes than places are left: areas, then sex, then order."""
    if not level[0].votes:
        return _Broken(rest=level, needs=Needs.RULE)
    if not all(each.areas for each in level) or len({len(each.areas) for each in level}) != 1:
        return _Broken(rest=level, needs=Needs.AREAS)
    inside, level = _split(left, level, lambda each: each.areas, By.AREAS)
    if level and any(each.woman is None for each in level):
        return _Broken(inside, level, Needs.SEX)
    for key, by in ((_woman, By.SEX), (_order, By.ORDER)):
        if level:
            more, level = _split(left - len(inside), level, key, by)
            inside += more
    return _Broken(inside)


def _by_order(left: int, level: tuple[Running, ...]) -> _Broken:
    """Nobody on the list has a vote."""
    return _Broken(_split(left, level, _order, By.ORDER)[0])


def _woman(each: Running) -> tuple[int, ...]:
    return (int(bool(each.woman)),)


def _order(each: Running) -> tuple[int, ...]:
    return (-each.number,)


def _split(
    left: int, level: tuple[Running, ...], key: Callable[[Running], tuple[int, ...]], by: By
) -> tuple[tuple[tuple[Running, By], ...], tuple[Running, ...]]:
    """Who of the level ones is in by a key, the higher the better, and who is still level for what is left."""
    order = sorted(level, key=lambda each: (key(each), -each.number), reverse=True)
    line = key(order[left - 1])
    upto = [each for each in order if key(each) >= line]
    if len(upto) == left:
        return tuple((each, by) for each in upto), ()
    above = tuple((each, by) for each in upto if key(each) > line)
    return above, tuple(each for each in upto if key(each) == line)
