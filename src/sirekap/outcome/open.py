"""Could what is missing or held back change the result of a unit?

The result is what the counted votes alone lead to. The answer is no only where every way in which the open
stations could still vote leads to the same result; `tests/outcome` tries all of them on small cases. A station
that is missing or held back holds at most as many votes as it may have voters: what a sheet in review is read
as proves nothing before somebody settles it, so nothing smaller is assumed of it.

Sources: UUD 1945 article 6A(3) and (4) and UU 7/2017 article 416 for the president (more than half of the votes,
with at least 20 % in more than half of the provinces, else a second round of the two with the most votes); the
Constitutional Court's decision 50/PUU-XII/2014 (of two pairs the one with more votes wins); UU 10/2016 articles
107 and 109 for governors, regents and mayors (the most votes); UU 2/2024 article 10 for the governor of Jakarta
(more than half, else a second round).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sirekap.contests import decided_at
from sirekap.geography import NATION, OVERSEAS, tier_of

JAKARTA = "31"
SHARE = 5  # one vote in five: 20 %
SEATS = frozenset({"pdpr", "pdprdp", "pdprdk", "pdpd"})


class Answer(StrEnum):
    """Whether the result can still change."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # it cannot be said; `Judged.why` says why not


class Rule(StrEnum):
    """What decides a contest in a unit."""

    MOST = "most"  # the most votes
    HALF = "half"  # more than half, else the two with the most go on
    SPREAD = "spread"  # and at least 20 % in more than half of the provinces
    SEATS = "seats"  # seats of parties by Sainte-Laguë (`seats_open`)
    FOUR = "four"  # the first four of a province (`seats_open`)


class Why(StrEnum):
    """Why it cannot be said, or what makes the answer."""

    MARGIN = "margin"  # the votes
    SEATS = "seats"  # the electoral districts or their numbers of seats are not loaded
    SEVERAL = "several"  # the unit holds several races
    TICKETS = "tickets"  # nobody knows who stands
    STATIONS = "stations"  # how many stations there are is unknown


@dataclass(frozen=True, slots=True)
class Open:
    """What does not count yet: stations `missing`, sheets `held` back in review, the most votes of one station.

    `complete` is False where some village's number of stations is unknown: there may be more.
    """

    missing: int
    held: int
    per_station: int
    complete: bool = True

    @property
    def votes(self) -> int:
        """The most votes that can still come."""
        return (self.missing + self.held) * self.per_station


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer for a contest in a unit.

    `result` are the tickets that win, lead or go on to a second round, by number (several that lead: a tie);
    `won`: one wins under the rule as counted. `margin` is how far the first is ahead of the second, `open` what
    can still come. `provinces` are those in which the first has at least 20 %, of `of_provinces`, with `SPREAD`.

    With `SEATS` and `FOUR` there is no `result`: `districts` are those in which a seat can change, of
    `of_districts`, and `margin` the fewest votes in one of all of them that change a seat there.
    """

    answer: Answer
    why: Why
    rule: Rule | None = None
    result: frozenset[int] = frozenset()
    won: bool = False
    margin: int = 0
    open: Open | None = None
    provinces: int | None = None
    of_provinces: int | None = None
    districts: tuple[str, ...] = ()
    of_districts: int | None = None


def rule_of(contest: str, unit: str, tickets: int) -> Rule | Why:
    """What decides a contest in a unit that one wins, or why that cannot be said; seats are `judge_seats`'s."""
    if contest in SEATS:
        return Why.SEATS
    if not tickets:
        return Why.TICKETS
    if tier_of(unit) < decided_at(contest):
        return Why.SEVERAL
    if contest == "ppwp" and unit == NATION and tickets > 2:
        return Rule.SPREAD
    # In a unit below the race's own it is asked who has the most votes there.
    return Rule.HALF if contest == "pkwkp" and unit == JAKARTA and tickets > 2 else Rule.MOST


def judge(
    contest: str,
    unit: str,
    tickets: Sequence[int],
    votes: Mapping[str, Mapping[int, int]],
    opened: Mapping[str, Open],
) -> Judged:
    """The answer for a contest in a unit.

    `tickets` are the numbers of those who stand. `votes` are the sums of what counts, by part and ticket, and
    `opened` what is open in each part: for the nation its provinces (and 99), else the unit itself or whatever
    it is made of. A province that stands in neither has no stations.
    """
    every = together(opened.values())
    rule = rule_of(contest, unit, len(tickets))
    if isinstance(rule, Why):
        return Judged(Answer.UNKNOWN, rule, open=every)
    parts = {
        part: [votes.get(part, {}).get(number, 0) for number in tickets] for part in votes.keys() | opened.keys()
    }
    count = _Count(
        rule,
        [sum(column) for column in zip(*parts.values(), strict=True)] or [0] * len(tickets),
        every.votes,
        [
            (own, opened[part].votes if part in opened else 0)
            for part, own in parts.items()
            if part != OVERSEAS and rule is Rule.SPREAD
        ],
    )
    result = count.result()
    answer = Answer.YES if count.can_change() else Answer.NO if every.complete else Answer.UNKNOWN
    first, second = [*sorted(count.votes, reverse=True), 0][:2]
    best = count.votes.index(first)
    return Judged(
        answer,
        Why.STATIONS if answer is Answer.UNKNOWN else Why.MARGIN,
        rule,
        frozenset(tickets[place] for place in result),
        count.won(),
        first - second,
        every,
        count.provinces(best) if rule is Rule.SPREAD else None,
        len(count.parts) if rule is Rule.SPREAD else None,
    )


def together(opened: Iterable[Open]) -> Open:
    """What is open in several parts at once."""
    parts = list(opened)
    return Open(
        sum(part.missing for part in parts),
        sum(part.held for part in parts),
        max((part.per_station for part in parts), default=0),
        all(part.complete for part in parts),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """Votes by ticket, how many more can come, and the same for each province with `SPREAD`."""

    rule: Rule
    votes: Sequence[int]
    open: int
    parts: Sequence[tuple[Sequence[int], int]]

    def result(self) -> frozenset[int]:
        """The places of those who win, or who lead and go on; none where nobody has a vote."""
        if not any(self.votes):
            return frozenset()
        best = self.votes.index(max(self.votes))
        if self.rule is not Rule.MOST and self._wins(best):
            return frozenset({best})
        first, second = [*sorted(self.votes, reverse=True), 0][:2]
        level = first if self.rule is Rule.MOST else second
        return frozenset(place for place, own in enumerate(self.votes) if own >= level)

    def won(self) -> bool:
        """Whether one wins as counted."""
        if not any(self.votes):
            return False
        best = self.votes.index(max(self.votes))
        return len(self.result()) == 1 if self.rule is Rule.MOST else self._wins(best)

    def provinces(self, place: int) -> int:
        """In how many provinces a ticket has its share as counted."""
        return sum(1 for own, _ in self.parts if _share(own[place], sum(own)))

    def can_change(self) -> bool:
        """Whether the open votes can lead to another result."""
        if not self.open:
            return False
        if not any(self.votes):
            return True
        if self.rule is Rule.MOST:
            return self._lead_can_change()
        best = self.votes.index(max(self.votes))
        if self._wins(best):
            return not self._wins_whatever_comes(best)
        return any(self._can_win(place) for place in range(len(self.votes))) or self._pair_can_change()

    def _lead_can_change(self) -> bool:
        leads = self.result()
        if len(leads) > 1:
            return True  # one vote breaks a tie
        first, second = [*sorted(self.votes, reverse=True), 0][:2]
        return len(self.votes) > 1 and second + self.open >= first

    def _pair_can_change(self) -> bool:
        """Whether others can go on to a second round."""
        goes_on = self.result()
        level = min(self.votes[place] for place in goes_on)
        outside = [own for place, own in enumerate(self.votes) if place not in goes_on]
        if outside and max(outside) + self.open >= level:
            return True
        if len(goes_on) <= 2:
            return False
        # A tie at the second place breaks with one vote; where all of them tie, it takes a vote for each of two.
        return self.open >= (1 if any(self.votes[place] > level for place in goes_on) else 2)

    def _wins(self, place: int) -> bool:
        """Whether a ticket wins as counted."""
        half = 2 * self.votes[place] > sum(self.votes)
        return half and (self.rule is Rule.HALF or 2 * self.provinces(place) > len(self.parts))

    def _wins_whatever_comes(self, place: int) -> bool:
        """The worst for a ticket is that all goes to others, in all provinces at once."""
        if 2 * self.votes[place] <= sum(self.votes) + self.open:
            return False
        kept = sum(1 for own, more in self.parts if _share(own[place], sum(own) + more))
        return self.rule is Rule.HALF or 2 * kept > len(self.parts)

    def _can_win(self, place: int) -> bool:
        """The best for a ticket is that all comes to it."""
        if 2 * (self.votes[place] + self.open) <= sum(self.votes) + self.open:
            return False
        kept = sum(1 for own, more in self.parts if _share(own[place] + more, sum(own) + more))
        return self.rule is Rule.HALF or 2 * kept > len(self.parts)


def _share(own: int, of: int) -> bool:
    """At least 20 %; of nothing nobody has a share."""
    return of > 0 and SHARE * own >= of
