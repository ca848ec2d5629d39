"""The votes of electoral districts and what is open in them, from the counts of boards: `outcome.judge_seats`."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum
from django.db.models.functions import Left

from sirekap.contests import ElectoralDistrict
from sirekap.forms import form_of
from sirekap.geography import LENGTH, NATION, Tier, tier_of
from sirekap.outcome import Answer, Judged, Open, Why, judge_seats
from sirekap.outcome.house import WITH_THRESHOLD
from sirekap.outcome.open import together
from sirekap.outcome.seats_open import OpenDistrict
from sirekap.store.board_counts import Tally, parts
from sirekap.store.districts import districts_of
from sirekap.store.models import BoardVotes
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

MOST = 100  # districts looked at for one answer; the DPR has 84
COUNTS = ("sheets", "review")


def judged_seats(workspace: Workspace, contest: str, code: str, per_station: int) -> Judged:
    """Whether what is open could change a seat of a district that the unit lies in, touches or holds.

    A unit below a district asks for the whole district: its seats are won there.
    """
    touched = [each for each in districts_of(workspace, contest) if each.touches(code)]
    if len(touched) > MOST:
        return Judged(Answer.UNKNOWN, Why.SEVERAL)
    return judge_districts(workspace, contest, touched, per_station)


def judge_districts(
    workspace: Workspace, contest: str, districts: Sequence[ElectoralDistrict], per_station: int
) -> Judged:
    """Whether what is open could change a seat of these districts of a contest."""
    if not districts:
        return judge_seats(contest, ())
    form = form_of(workspace.election().contest(contest).form)
    numbers = range(1, form.tickets + 1)
    above = _above(districts)
    votes, counts = _votes(workspace, contest, above, districts), _counts(workspace, contest, above, districts)
    opened = [
        OpenDistrict(
            each.code,
            each.seats,
            {number: sum(votes.get((unit, number), 0) for unit in each.units) for number in numbers},
            together(_open(counts.get(unit), per_station) for unit in each.units),
        )
        for each in districts
    ]
    nation = None
    if contest in WITH_THRESHOLD:
        rows = workspace.rows(BoardVotes).filter(contest_id=contest).order_by().values_list("number")
        total = dict(rows.annotate(all=Sum("votes")))
        provinces = parts(workspace, contest, NATION, Tier.PROVINCE, COUNTS).values()
        everywhere = together(_open(each, per_station) for each in provinces)
        nation = ({number: total.get(number, 0) for number in numbers}, everywhere)
    return judge_seats(contest, opened, nation)


def _above(districts: Sequence[ElectoralDistrict]) -> list[str]:
    """The units that hold all of these districts, few enough to be asked for one by one."""
    for digits in (LENGTH[Tier.REGENCY], LENGTH[Tier.PROVINCE]):
        held = sorted({unit[:digits] for each in districts for unit in each.units})
        if len(held) <= 4:
            return held
    return [NATION]


def _votes(
    workspace: Workspace, contest: str, above: Sequence[str], districts: Sequence[ElectoralDistrict]
) -> dict[tuple[str, int], int]:
    """The votes that count by (unit of a district, number)."""
    rows = workspace.rows(BoardVotes).filter(within("village", above), contest_id=contest).order_by()
    found: dict[tuple[str, int], int] = {}
    for digits in _digits(districts):
        for unit, number, all_ in (
            rows.annotate(unit=Left("village", digits)).values_list("unit", "number").annotate(all=Sum("votes"))
        ):
            found[unit, number] = all_
    return found


def _counts(
    workspace: Workspace, contest: str, above: Sequence[str], districts: Sequence[ElectoralDistrict]
) -> dict[str, Tally]:
    """The counts of boards by unit of a district."""
    found: dict[str, Tally] = {}
    for digits in _digits(districts):
        for code in above:
            tier = max(tier_of("0" * digits), tier_of(code))
            found |= parts(workspace, contest, code, Tier(tier), COUNTS)
    return found


def _digits(districts: Sequence[ElectoralDistrict]) -> list[int]:
    return sorted({len(unit) for each in districts for unit in each.units})


def _open(tally: Tally | None, per_station: int) -> Open:
    """What is open in a unit. One that the geography does not hold can have any number of stations."""
    if tally is None:
        return Open(0, 0, per_station, complete=False)
    return Open(tally.missing, tally["review"], per_station, tally.complete)
