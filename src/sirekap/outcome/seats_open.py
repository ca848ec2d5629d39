"""Could what is missing or held back change a seat?

For the seats of parties: the open votes of a district can change its seats just where all of them, given to one
party, bring it level with the weakest quotient that wins: votes for others only make that quotient higher. With a
threshold, open votes of the whole nation can also bring a party in or throw it out. No is said only where neither
a party with a seat can fall below it nor any party that can be above it reaches a seat here. For the DPD: where
the fifth can draw level with the fourth. `tests/outcome` tries all ways on small cases, both ways round.

It answers for the number of seats of each party, and for the four of the DPD; it does not answer for who of a
party's list takes the seats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sirekap.outcome.elected import DPD_PLACES, Running, of_province
from sirekap.outcome.margins import gains, weakest
from sirekap.outcome.open import Answer, Judged, Open, Rule, Why, together
from sirekap.outcome.seats import THRESHOLD, Allocation, allocate, taking_part, threshold


@dataclass(frozen=True, slots=True)
class OpenDistrict:
    """A district while votes are open: its seats (None: not known), the votes of each party or candidate that can
    be voted for there (0 included), what is open.
    """

    code: str
    seats: int | None
    votes: Mapping[int, int]
    open: Open


@dataclass(frozen=True, slots=True)
class Bar:
    """Who is over the threshold as counted, and who could still cross it in either direction."""

    through: frozenset[int]
    unsure: frozenset[int]


def bar(votes: Mapping[int, int], more: int) -> Bar:
    """The threshold of the nation with so many votes open there."""
    part, of = THRESHOLD
    total = sum(votes.values()) + more
    can = {party for party, own in votes.items() if own + more and of * (own + more) >= part * total}
    must = {party for party, own in votes.items() if own and of * own >= part * total}
    return Bar(threshold(votes).through, frozenset(can - must))


def seats_can_change(
    seats: int, votes: Mapping[int, int], more: int, limit: Bar | None = None
) -> tuple[bool, int | None]:
    """Whether open votes can change how many seats each party has, and the fewest votes in the district that do.

    `more` are the open votes of the district. The number is None where no votes do; 0 where a party with a seat
    (or level for one) can fall below the threshold whatever is voted here.
    """
    through: Set[int] = votes.keys() if limit is None else limit.through
    unsure: Set[int] = frozenset() if limit is None else limit.unsure
    if not seats:
        return False, None
    found = allocate(seats, taking_part(votes, through))
    level = found.tie.parties if found.tie else ()
    if any((found.won[party] or party in level) and party in unsure for party in found.won):
        return True, 0
    nearest = [each.votes - 1 if each.level is not None else each.votes for each in gains(found)]
    joining = [_to_join(found, votes[party]) for party in unsure - set(through) if party in votes]
    fewest = min((max(1, each) for each in nearest), default=None)
    reach = min(joining, default=None)
    can = (more > 0 and fewest is not None and fewest <= more) or (reach is not None and reach <= more)
    return can, min((each for each in (fewest, reach) if each is not None), default=None)


def _to_join(found: Allocation, votes: int) -> int:
    """The fewest votes more with which a party that joins only now has a seat or is level for one."""
    line = weakest(found)
    needed = 1 if line is None else -(-line.votes // line.divisor)
    return max(0, needed - votes)


def four_can_change(votes: Mapping[int, int], more: int) -> tuple[bool, int | None]:
    """Whether open votes can change who the four of a province are, and the fewest that do (None: none do)."""
    if len(votes) <= DPD_PLACES:
        return False, None  # all who stand are in
    found = of_province(Running(number, own) for number, own in votes.items())
    fewest = 1 if found.level is not None or found.more is None else max(1, found.more - 1)
    return fewest <= more, fewest


def judge_seats(
    contest: str, districts: Sequence[OpenDistrict], nation: tuple[Mapping[int, int], Open] | None = None
) -> Judged:
    """The answer for the districts that a unit lies in or holds.

    `nation` are the votes and what is open of the whole nation, for a contest with a threshold. UNKNOWN where
    there is no district, a number of seats is not known, or, unless the answer is yes, some village's number of
    stations is not.
    """
    four = contest == "pdpd"
    every = together(each.open for each in districts)
    if not districts or (not four and any(each.seats is None for each in districts)):
        return Judged(Answer.UNKNOWN, Why.SEATS, open=every)
    limit = None if nation is None else bar(nation[0], nation[1].votes)
    can: list[str] = []
    margins: list[int] = []
    for each in districts:
        more = each.open.votes
        changes, fewest = (
            four_can_change(each.votes, more)
            if four
            else seats_can_change(each.seats or 0, each.votes, more, limit)
        )
        can += [each.code] if changes else []
        margins += [fewest] if fewest is not None else []
    complete = every.complete and (nation is None or nation[1].complete)
    answer = Answer.YES if can else Answer.NO if complete else Answer.UNKNOWN
    return Judged(
        answer,
        Why.STATIONS if answer is Answer.UNKNOWN else Why.MARGIN,
        Rule.FOUR if four else Rule.SEATS,
        margin=min(margins, default=0),
        open=every,
        districts=tuple(can),
        of_districts=len(districts),
    )
