"""Seats of a house in one electoral district: the threshold, and Sainte-Laguë step by step.

Sources: UU 7/2017 article 414 (1): a party takes part in the seats of the DPR with at least 4 % of all valid
votes of the nation; (2): in the DPRD every party takes part. Articles 415 and 420: the valid votes of each party
in a district are divided by 1, 3, 5, 7 …; the highest quotients win the seats, one after the other.

Neither article says who wins where more parties are level than seats are left. Such seats are told as a `Tie` and
given to nobody. Every comparison is one of whole numbers: a / b > c / d where a · d > c · b.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cmp_to_key

THRESHOLD = (4, 100)  # of the valid votes of the nation, DPR only


@dataclass(frozen=True, slots=True)
class Quotient:
    """A party's votes over a divisor 1, 3, 5 …; it is compared as it stands and never divided."""

    party: int
    votes: int
    divisor: int

    def compared(self, other: Quotient) -> int:
        """Positive where this one is higher, negative where it is lower, 0 where they are level."""
        return self.votes * other.divisor - other.votes * self.divisor


@dataclass(frozen=True, slots=True)
class Step:
    """How one seat was won.

    `quotients` are what each party with a vote stood with, highest first; where they are level by number, which
    decides nothing. `party` is who won the seat, None where a tie is not decided. `level` are the parties at the
    highest quotient: several of them and a `party` mean that each won a seat, in whatever order.
    """

    seat: int
    quotients: tuple[Quotient, ...]
    party: int | None
    level: tuple[int, ...]

    @property
    def turned_on(self) -> Quotient | None:
        """The highest quotient of those who did not win this seat; None where nobody else has a vote."""
        return self.quotients[1] if len(self.quotients) > 1 else None


@dataclass(frozen=True, slots=True)
class Tie:
    """`seats` that more `parties` than that are level for, at a quotient; the law's text does not decide it."""

    seats: int
    parties: tuple[int, ...]
    quotient: Quotient


@dataclass(frozen=True, slots=True)
class Allocation:
    """The seats of a district.

    `votes` are those of the parties that take part. `won` are the seats that are certain, by party (0 included);
    `tie` holds the others where some are level, `unfilled` those for which nobody has a vote.
    """

    seats: int
    votes: Mapping[int, int]
    won: Mapping[int, int]
    steps: tuple[Step, ...]
    tie: Tie | None = None
    unfilled: int = 0

    @property
    def decided(self) -> bool:
        """Whether every seat has its party."""
        return self.tie is None and not self.unfilled

    def last(self, party: int) -> Quotient | None:
        """The quotient that won a party its last certain seat; None where it has none."""
        seats = self.won[party]
        return Quotient(party, self.votes[party], 2 * seats - 1) if seats else None

    def following(self, party: int) -> Quotient:
        """The quotient with which a party stands for one seat more than it has for certain."""
        return Quotient(party, self.votes[party], 2 * self.won[party] + 1)


def allocate(seats: int, votes: Mapping[int, int]) -> Allocation:
    """The seats of a district by Sainte-Laguë. `votes` are those of each party that takes part, 0 or more.

    Raises ValueError for a negative number.
    """
    if seats < 0 or any(own < 0 for own in votes.values()):
        raise ValueError("seats and votes are whole numbers from 0")
    won = dict.fromkeys(sorted(votes), 0)
    steps: list[Step] = []
    tie = None
    while len(steps) < seats:
        quotients = _standing(votes, won)
        if not quotients:
            break
        level = tuple(each.party for each in quotients if not each.compared(quotients[0]))
        left = seats - len(steps)
        if len(level) > left:
            tie = Tie(left, level, quotients[0])
            steps += (Step(seats - left + seat, quotients, None, level) for seat in range(1, left + 1))
            break
        winner = quotients[0].party
        won[winner] += 1
        steps.append(Step(len(steps) + 1, quotients, winner, level))
    return Allocation(seats, dict(votes), won, tuple(steps), tie, seats - len(steps))


def _standing(votes: Mapping[int, int], won: Mapping[int, int]) -> tuple[Quotient, ...]:
    """Each party's next quotient, highest first; a party without a vote never wins a seat."""
    found = [Quotient(party, votes[party], 2 * seats + 1) for party, seats in won.items() if votes[party]]
    return tuple(sorted(found, key=cmp_to_key(Quotient.compared), reverse=True))


@dataclass(frozen=True, slots=True)
class Threshold:
    """Who takes part in the seats of the DPR.

    `votes` are the valid votes of the nation by party, `total` all of them, `through` the parties with at least
    4 % of them (nobody where there are none).
    """

    votes: Mapping[int, int]
    total: int
    through: frozenset[int]

    @property
    def needed(self) -> int:
        """The fewest votes that are 4 % of the total as it stands."""
        part, of = THRESHOLD
        return -(-self.total * part // of)

    def short(self, party: int) -> int:
        """The fewest votes more with which a party would be through; they count in the total too."""
        part, of = THRESHOLD
        return max(0, -(-(part * self.total - of * self.votes[party]) // (of - part)))

    def to_spare(self, party: int) -> int:
        """How many votes of others a party that is through can bear before it is not any more."""
        part, of = THRESHOLD
        return max(0, of * self.votes[party] // part - self.total)


def threshold(votes: Mapping[int, int]) -> Threshold:
    """Who has at least 4 % of the valid votes of the nation (UU 7/2017 article 414 (1))."""
    part, of = THRESHOLD
    total = sum(votes.values())
    through = frozenset(party for party, own in votes.items() if own and of * own >= part * total)
    return Threshold(dict(votes), total, through)


def taking_part(votes: Mapping[int, int], through: Collection[int] | None) -> dict[int, int]:
    """The votes of the parties that take part in a district; `through` None is a house without a threshold."""
    return {party: own for party, own in votes.items() if through is None or party in through}
