"""Who is elected president, governor, regent or mayor, with every condition of the rule as it was counted.

Sources: UUD 1945 article 6A (3) and (4), UU 7/2017 article 416: more than half of all votes, and at least 20 % of
the votes in each of more than half of the provinces; else a second round of the first two. Where two are level at
the first place both go on (416 (3)); where three or more are level there, or two or more at the second, the wider
spread of their votes decides, tier by tier (416 (4), (5)). Of two pairs the one with more votes wins
(Constitutional Court 50/PUU-XII/2014). Overseas (99) is no province; its votes count for the half.
UU 10/2016 articles 107 and 109: the most votes; level ones by the more even spread over the districts (regent,
mayor) or regencies (governor). UU 2/2024 article 10, governor of Jakarta: more than half, else a second round.

What the law leaves to the spread of votes is told as `level` and not decided: it does not say how to measure it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sirekap.geography import OVERSEAS
from sirekap.outcome.open import SHARE, Rule


class Ending(StrEnum):
    """What a count of all votes leads to."""

    WON = "won"  # one is elected
    ROUND = "round"  # two go on to a second round
    LEVEL = "level"  # more are level than the rule has places: `Race.level`
    NOBODY = "nobody"  # nobody has a vote


@dataclass(frozen=True, slots=True)
class Share:
    """A ticket in a province: its votes, all votes there, and whether it has at least 20 % of them.

    `others` are the fewest votes more of others that take the 20 % away, or 0 where they are not reached;
    `own` the fewest more of its own that reach them, or 0 where they are.
    """

    province: str
    votes: int
    of: int
    reached: bool
    others: int
    own: int


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket's conditions. `half`: more than half of all votes; `wide`: 20 % in over half of the provinces.

    `provinces` are those with 20 %, of all in `shares`; both are empty where the rule asks for none.
    """

    ticket: int
    votes: int
    half: bool
    wide: bool
    provinces: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Race:
    """How a race ends.

    `rows` are the tickets, most votes first (level ones by number, which decides nothing). `through` are the one
    who won or those who certainly go on; `level` are tied for the `places` that are left. `needed` is how many
    provinces are more than half. `half_to_spare` are the fewest votes more of others that take the half from the
    first one, `wide_to_spare` those that take the provinces from it (each in the provinces where it takes the
    fewest), both 0 where it does not have them; `lead` is how far the first is ahead of the second.
    """

    rule: Rule
    ending: Ending
    total: int
    rows: tuple[Row, ...]
    through: tuple[int, ...]
    level: tuple[int, ...] = ()
    places: int = 0
    needed: int = 0
    half_to_spare: int = 0
    wide_to_spare: int = 0
    lead: int = 0


def president(votes: Mapping[str, Mapping[int, int]], tickets: Sequence[int], provinces: Collection[str]) -> Race:
    """The president's race. `votes` by province (and 99) and ticket; `provinces` are all of the nation's, also
    those without a vote. Raises ValueError for votes of a unit or ticket that is none of these.
    """
    own = sorted(set(provinces) - {OVERSEAS})
    strange = set(votes) - set(own) - {OVERSEAS}
    if strange:
        raise ValueError(f"no provinces: {', '.join(sorted(strange))}")
    total = _summed(votes.values(), tickets)
    if len(tickets) <= 2:
        return _ended(Rule.MOST, total, {}, (), again=True)
    shares = {
        ticket: tuple(_share(province, ticket, votes.get(province, {}), tickets) for province in own)
        for ticket in tickets
    }
    return _ended(Rule.SPREAD, total, shares, own)


def most(votes: Mapping[int, int], tickets: Sequence[int]) -> Race:
    """Governor, regent or mayor: the most votes (UU 10/2016 articles 107 and 109)."""
    return _ended(Rule.MOST, _summed([votes], tickets), {}, ())


def jakarta(votes: Mapping[int, int], tickets: Sequence[int]) -> Race:
    """Governor of Jakarta: more than half, else a second round (UU 2/2024 article 10); of two, the most votes."""
    return _ended(Rule.HALF if len(tickets) > 2 else Rule.MOST, _summed([votes], tickets), {}, ())


def _summed(parts: Collection[Mapping[int, int]], tickets: Sequence[int]) -> dict[int, int]:
    strange = {ticket for part in parts for ticket in part} - set(tickets)
    if strange or any(own < 0 for part in parts for own in part.values()):
        raise ValueError(f"votes from 0 of those who stand, and of nobody else ({sorted(strange)})")
    return {ticket: sum(part.get(ticket, 0) for part in parts) for ticket in sorted(tickets)}


def _share(province: str, ticket: int, votes: Mapping[int, int], tickets: Sequence[int]) -> Share:
    own, of = votes.get(ticket, 0), sum(votes.get(each, 0) for each in tickets)
    reached = of > 0 and SHARE * own >= of
    if reached:
        return Share(province, own, of, True, SHARE * own - of + 1, 0)
    # own + x >= (of + x) / 5, and at least one vote where there is none
    more = max(1, -(-(of - SHARE * own) // (SHARE - 1)))
    return Share(province, own, of, False, 0, more)


def _ended(
    rule: Rule,
    total: Mapping[int, int],
    shares: Mapping[int, tuple[Share, ...]],
    provinces: Sequence[str],
    again: bool = False,
) -> Race:
    """`again`: two that are level at the first place are voted on again, whatever the rule."""
    every, needed = sum(total.values()), len(provinces) // 2 + 1 if rule is Rule.SPREAD else 0
    rows = []
    for ticket in sorted(total, key=lambda each: (-total[each], each)):
        wide = sum(1 for share in shares.get(ticket, ()) if share.reached)
        rows.append(
            Row(ticket, total[ticket], 2 * total[ticket] > every, wide >= needed, wide, shares.get(ticket, ()))
        )
    through, level, places, ending = _outcome(rule, rows, again)
    first, second = rows[0] if rows else None, rows[1].votes if len(rows) > 1 else 0
    if first is None:
        return Race(rule, ending, every, (), through)
    spare = sorted(share.others for share in first.shares if share.reached)
    return Race(
        rule,
        ending,
        every,
        tuple(rows),
        through,
        level,
        places,
        needed,
        max(0, 2 * first.votes - every),
        sum(spare[: first.provinces - needed + 1]) if needed and first.provinces >= needed else 0,
        first.votes - second,
    )


def _outcome(
    rule: Rule, rows: Sequence[Row], again: bool
) -> tuple[tuple[int, ...], tuple[int, ...], int, Ending]:
    """Who is through, who is level for how many places, and what that is called."""
    if not rows or not rows[0].votes:
        return (), (), 0, Ending.NOBODY
    first = rows[0]
    at_first = tuple(row.ticket for row in rows if row.votes == first.votes)
    if rule is Rule.MOST and not (again and len(at_first) == 2):
        return (at_first, (), 0, Ending.WON) if len(at_first) == 1 else ((), at_first, 1, Ending.LEVEL)
    if len(at_first) == 1 and first.half and (rule is Rule.HALF or first.wide):
        return at_first, (), 0, Ending.WON
    if len(at_first) == 2:
        return at_first, (), 0, Ending.ROUND
    if len(at_first) > 2:
        return (), at_first, 2, Ending.LEVEL
    at_second = tuple(row.ticket for row in rows if row.votes == rows[1].votes)
    if len(at_second) == 1:
        return (*at_first, *at_second), (), 0, Ending.ROUND
    return at_first, at_second, 1, Ending.LEVEL
