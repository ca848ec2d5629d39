"""How many votes a seat hangs on: the fewest more that would win one, the fewest less that would lose one.

Votes are added to or taken from one party in one district; all others stay as they are, and so does who is over
the threshold. A party wins one seat more where its next quotient beats the weakest one with which another party
holds a seat, and loses its last where that falls below the best one of another party that won nothing: the order
of the others among themselves never changes. All of it is in whole numbers and exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cmp_to_key

from sirekap.outcome.seats import Allocation, Quotient


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a party is from one seat more, or from one less.

    With `votes` more (or less) the seat changes for certain, and with fewer than that it does not. `level` is how
    many more (or less) bring it exactly level, so that the seat hangs on a tie; None where no whole number does.
    `against` is the quotient it is measured by, None where nobody else has a vote.
    """

    party: int
    votes: int
    level: int | None
    against: Quotient | None


@dataclass(frozen=True, slots=True)
class LastSeat:
    """What the last seat hangs on: who holds it, who is nearest to it (`gain`), how far it can fall (`loss`)."""

    holder: int
    gain: Margin | None
    loss: Margin | None


def gain(allocation: Allocation, party: int) -> Margin | None:
    """The fewest more votes that win a party one seat more; None where there is none that it could win."""
    if allocation.won[party] >= allocation.seats:
        return None
    own = allocation.following(party)
    rival = weakest(allocation, party)
    if rival is None:
        return Margin(party, 1, None, None)  # nobody has a vote: the first one takes all
    product = rival.votes * own.divisor
    level = product // rival.divisor - own.votes if product % rival.divisor == 0 else None
    return Margin(party, product // rival.divisor + 1 - own.votes, level, rival)


def loss(allocation: Allocation, party: int) -> Margin | None:
    """The fewest votes less that lose a party its last certain seat; None where it has none or nobody else could
    take it.
    """
    own = allocation.last(party)
    rival = _strongest(allocation, party)
    if own is None or rival is None:
        return None
    product = rival.votes * own.divisor
    level = own.votes - product // rival.divisor if product % rival.divisor == 0 else None
    return Margin(party, own.votes - (product - 1) // rival.divisor, level, rival)


def gains(allocation: Allocation) -> tuple[Margin, ...]:
    """The nearest first: each party's way to one seat more."""
    found = (gain(allocation, party) for party in allocation.won)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: (each.votes, each.party)))


def losses(allocation: Allocation) -> tuple[Margin, ...]:
    """The nearest first: each holder's way to one seat less."""
    found = (loss(allocation, party) for party in allocation.won)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: (each.votes, each.party)))


def last_seat(allocation: Allocation) -> LastSeat | None:
    """What the last seat hangs on; None where it is tied, nobody has a vote or there is no seat."""
    if not allocation.decided or not allocation.steps:
        return None
    holder = allocation.steps[-1].party
    assert holder is not None  # every seat has its party
    nearest = (each for each in gains(allocation) if each.party != holder)
    return LastSeat(holder, next(nearest, None), loss(allocation, holder))


def weakest(allocation: Allocation, but: int | None = None) -> Quotient | None:
    """The weakest quotient that holds a seat, or could by the tie, of a party other than `but`; None where none
    does.
    """
    if allocation.tie is not None:
        return allocation.tie.quotient
    held = (allocation.last(other) for other in allocation.won if other != but)
    return min((each for each in held if each is not None), key=cmp_to_key(Quotient.compared), default=None)


def _strongest(allocation: Allocation, party: int) -> Quotient | None:
    """The best quotient of another party that would win the seat that this one loses.

    In a tie that is the level of the tie; a party that is itself in it gives room to the others first, and where
    they all have their seat then, the next one after them stands for its last certain seat.
    """
    tie = allocation.tie
    others = [other for other in allocation.won if other != party and allocation.votes[other]]
    if tie is not None and (party not in tie.parties or tie.seats < len(tie.parties) - 1):
        return tie.quotient
    taken = () if tie is None else tie.parties
    return _best(
        Quotient(other, allocation.votes[other], 2 * (allocation.won[other] + (other in taken)) + 1)
        for other in others
    )


def _best(quotients: Iterable[Quotient]) -> Quotient | None:
    return max(quotients, key=cmp_to_key(Quotient.compared), default=None)
