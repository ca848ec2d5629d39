"""Which races nothing that waits could change any more: their sheets come last in the review desk's queue.

A race is a contest in the unit where it is decided: the president in the nation, a governor in a province, a
regent in a regency (`contests.decided_at`), the seats of parties in an electoral district, the four of the DPD in
a province. Where it cannot be said, the race counts as open. Who of a party's list takes its seats is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from sirekap.contests import ElectoralDistrict, decided_at
from sirekap.geography import LENGTH, NATION, Tier, tier_of
from sirekap.outcome import Answer
from sirekap.outcome.house import WITH_THRESHOLD
from sirekap.outcome.open import SEATS
from sirekap.store.board_counts import board
from sirekap.store.board_outcome import judged
from sirekap.store.board_seats import Nation, judge_districts, nation_of
from sirekap.store.districts import districts_of
from sirekap.store.kept import Kept
from sirekap.store.models import Unit
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

SECONDS = 60.0
MOST = 40  # races looked at for one queue; of a nation with more of them all count as open
KEPT = Kept(SECONDS)


def last_in_queue(workspace: Workspace, units: Iterable[str]) -> list[Any]:
    """What a queue is ordered by first: 0 where a race within these units is open, 1 where it is decided.

    Nothing where none is decided: PostgreSQL takes a bare number for a column's place.
    """
    units = list(units)
    decided = [
        Q(contest_id=contest) & within("station", [area])
        for contest, area in races(workspace, units)
        if is_decided(workspace, contest, area)
    ]
    decided += [
        Q(contest_id=contest) & within("station", district.units)
        for contest, district in seat_races(workspace, units)
        if seats_are_decided(workspace, contest, district)
    ]
    if not decided:
        return []
    return [Case(When(reduce(or_, decided), then=Value(1)), default=Value(0), output_field=IntegerField())]


def races(workspace: Workspace, units: list[str]) -> Iterator[tuple[str, str]]:
    """The races of this election that one wins, of which some station lies in these units: contest and unit of
    decision.
    """
    for contest in workspace.election().contests:
        if contest.code in SEATS:
            continue
        tier = decided_at(contest.code)
        areas = sorted({area for unit in units for area in _areas(workspace, unit, tier)})
        if len(areas) <= MOST:
            yield from ((contest.code, area) for area in areas)


def seat_races(workspace: Workspace, units: list[str]) -> Iterator[tuple[str, ElectoralDistrict]]:
    """The districts in which seats are won and of which some station lies in these units, by contest."""
    for contest in workspace.election().contests:
        if contest.code in SEATS:
            every = districts_of(workspace, contest.code)
            touched = [each for each in every if any(each.touches(unit) for unit in units)]
            if len(touched) <= MOST:
                yield from ((contest.code, each) for each in touched)


def _areas(workspace: Workspace, unit: str, tier: Tier) -> list[str]:
    if tier is Tier.NATION:
        return [NATION]
    if tier_of(unit) >= tier:
        return [unit[: LENGTH[tier]]]
    rows = workspace.rows(Unit).filter(within("code", [unit]), tier=int(tier)).order_by("code")
    return list(rows.values_list("code", flat=True)[: MOST + 1])


def is_decided(workspace: Workspace, contest: str, area: str) -> bool:
    """Whether nothing that is missing or held back could change a race's result; looked at once a minute."""

    def ask() -> bool:
        limit = workspace.election().voters_per_station
        counts = board(workspace, contest, area, area, ("sheets", "review"))
        return judged(workspace, contest, counts, limit).answer is Answer.NO

    return bool(KEPT.get((workspace.alias, contest, area), ask))


def seats_are_decided(workspace: Workspace, contest: str, district: ElectoralDistrict) -> bool:
    """Whether nothing that is missing or held back could change a seat of a district; looked at once a minute."""

    def ask() -> bool:
        limit = workspace.election().voters_per_station
        nation = _nation(workspace, contest, limit) if contest in WITH_THRESHOLD else None
        return judge_districts(workspace, contest, [district], limit, nation).answer is Answer.NO

    return bool(KEPT.get((workspace.alias, contest, "district", district.code), ask))


def _nation(workspace: Workspace, contest: str, limit: int) -> Nation:
    """The nation's part of the answer, for all districts that are looked at within a minute."""
    found: Nation = KEPT.get((workspace.alias, contest, "nation"), lambda: nation_of(workspace, contest, limit))
    return found
