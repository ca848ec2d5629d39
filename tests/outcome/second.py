"""Seats in two other ways, written apart from `sirekap.outcome`: all quotients sorted, and one divisor."""

from collections.abc import Mapping
from fractions import Fraction


def by_sorting(seats: int, votes: Mapping[int, int]) -> tuple[dict[int, int], set[int], int]:
    """All quotients at once, highest first: (certain seats by party, who is tied, for how many seats)."""
    every = sorted(
        (Fraction(own, 2 * seat + 1), party) for party, own in votes.items() if own for seat in range(seats + 1)
    )[::-1]
    won = dict.fromkeys(votes, 0)
    if not seats or not every:
        return won, set(), 0
    line = every[seats - 1][0]
    level = [party for quotient, party in every if quotient == line]
    above = [party for quotient, party in every if quotient > line]
    left = seats - len(above)
    sure = above + level if len(level) == left else above
    for party in sure:
        won[party] += 1
    return (won, set(), 0) if len(level) == left else (won, set(level), left)


def by_divisor(seats: int, votes: Mapping[int, int]) -> dict[int, int] | None:
    """Webster's way: one divisor for all, found by halving, with which the rounded votes are all the seats.

    None where no divisor gives the seats: there is a tie, or nobody has a vote.
    """
    low, high = Fraction(0), Fraction(2 * sum(votes.values()) + 1)
    for _ in range(200):
        middle = (low + high) / 2
        rounded = {party: int(own / middle + Fraction(1, 2)) for party, own in votes.items()}
        given = sum(rounded.values())
        if given == seats:
            return rounded
        low, high = (middle, high) if given > seats else (low, middle)
    return None


def share_of_nation(votes: Mapping[int, int]) -> set[int]:
    """Who has at least 4 % of all votes."""
    every = sum(votes.values())
    return {party for party, own in votes.items() if every and Fraction(own, every) >= Fraction(4, 100)}
