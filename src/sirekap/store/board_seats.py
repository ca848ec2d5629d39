"""The votes of electoral districts and what is open in them, from the counts of boards: `outcome.judge_seats`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sirekap.contests import ElectoralDistrict
from sirekap.forms import form_of
from sirekap.geography import LENGTH, NATION, Tier, tier_of
from sirekap.outcome import Answer, Judged, Open, Why, judge_seats
from sirekap.outcome.house import WITH_THRESHOLD
from sirekap.outcome.open import together
from sirekap.outcome.seats_open import OpenDistrict
from sirekap.store.board_counts import Tally, parts
from sirekap.store.board_votes import votes_within
from sirekap.store.districts import districts_of
from sirekap.store.setup import Workspace

MOST = 100  # districts looked at for one answer; the DPR has 84
COUNTS = ("sheets", "review")
Nation = tuple[Mapping[int, int], Open]


def judged_seats(workspace: Workspace, contest: str, code: str, per_station: int) -> Judged:
    """Whether what is open could change a seat of a district that the unit lies in, touches or holds.

    A unit below a district asks for the whole district: its seats are won there.
    """
    touched = [each for each in districts_of(workspace, contest) if each.touches(code)]
    if len(touched) > MOST:
        return Judged(Answer.UNKNOWN, Why.SEVERAL)
    return judge_districts(workspace, contest, touched, per_station)


def judge_districts(
    workspace: Workspace,
    contest: str,
    districts: Sequence[ElectoralDistrict],
    per_station: int,
    nation: Nation | None = None,
) -> Judged:
    """Whether what is open could change a seat of these districts of a contest.

    `nation` is what `nation_of` says of it, for who asks for many districts one by one.
    """
    if not districts:
        return judge_seats(contest, ())
    numbers, above = _numbers(workspace, contest), _above(districts)
    votes = {
        unit: own
        for digits in _digits(districts)
        for unit, own in votes_within(workspace, contest, above, digits, numbers[-1]).items()
    }
    counts = _counts(workspace, contest, above, districts)
    opened = [
        OpenDistrict(
            each.code,
            each.seats,
            _sum(numbers, (votes.get(unit, {}) for unit in each.units)),
            together(_open(counts.get(unit), per_station) for unit in each.units),
        )
        for each in districts
    ]
    if nation is None and contest in WITH_THRESHOLD:
        nation = nation_of(workspace, contest, per_station)
    return judge_seats(contest, opened, nation)


def nation_of(workspace: Workspace, contest: str, per_station: int) -> Nation:
    """The votes that count in the whole nation, by number, and what is open there."""
    numbers = _numbers(workspace, contest)
    votes = votes_within(workspace, contest, [NATION], 0, numbers[-1])
    provinces = parts(workspace, contest, NATION, Tier.PROVINCE, COUNTS).values()
    return _sum(numbers, votes.values()), together(_open(each, per_station) for each in provinces)


def _numbers(workspace: Workspace, contest: str) -> range:
    """The numbers that a contest's form has votes of."""
    return range(1, form_of(workspace.election().contest(contest).form).tickets + 1)


def _sum(numbers: Iterable[int], votes: Iterable[Mapping[int, int]]) -> dict[int, int]:
    every = list(votes)
    return {number: sum(own.get(number, 0) for own in every) for number in numbers}


def _above(districts: Sequence[ElectoralDistrict]) -> list[str]:
    """The units that hold all of these districts, few enough to be asked for one by one."""
    for digits in (LENGTH[Tier.REGENCY], LENGTH[Tier.PROVINCE]):
        held = sorted({unit[:digits] for each in districts for unit in each.units})
        if len(held) <= 4:
            return held
    return [NATION]


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
