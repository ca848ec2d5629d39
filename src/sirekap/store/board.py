"""What lists of stations and units show, by questions to the tables: no page loads a whole geography."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Sum

from sirekap.geography import LENGTH, NATION, Tier, path_of, tier_of
from sirekap.store.models import Assignment, Event, Sheet, Unit
from sirekap.store.setup import Workspace

MISSING = "missing"
STATES = ("settled", "provisional", "review", MISSING)
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or station with the names of all above it; codes from the nation down."""

    code: str
    path: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1][1]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sheets of a contest a unit has in each state; `expected` None: a village's number is unknown."""

    expected: int | None
    by_state: Mapping[str, int]

    @property
    def present(self) -> int:
        """Stations that have a sheet."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station with the state of its sheet in each contest; "missing" where there is none."""

    code: str
    states: Mapping[str, str]


def place_of(workspace: Workspace, code: str) -> Place | None:
    """A unit or station of this election; None where the code is none."""
    try:
        tier = tier_of(code)
    except ValueError:
        return None
    above = path_of(code)
    names = dict(workspace.rows(Unit).filter(code__in=above).values_list("code", "name"))
    if tier is Tier.STATION:
        village = workspace.rows(Unit).filter(code=code[: LENGTH[Tier.VILLAGE]], tier=int(Tier.VILLAGE)).first()
        number = int(code[-3:])
        if village is None or number < 1 or (village.stations is not None and number > village.stations):
            return None
        names[code] = f"TPS {code[-3:]}"
    if code not in names:
        return None
    return Place(code, tuple((unit, names[unit]) for unit in above if unit in names))


def below(workspace: Workspace, code: str) -> list[tuple[str, str]]:
    """The units that sum into this one, with their names, by code; none for a village."""
    tier = tier_of(code)
    if tier >= Tier.VILLAGE:
        return []
    rows = _within(workspace.rows(Unit), "code", code).filter(tier=int(tier) + 1).order_by("code")
    return list(rows.values_list("code", "name"))


def counts(workspace: Workspace, code: str, contest: str) -> Counts:
    """The sheets of a contest in a unit, by state."""
    rows = _within(workspace.rows(Sheet).filter(contest_id=contest), "station", code)
    by_state = dict(rows.values_list("state").annotate(many=Count("id")))
    villages = _within(workspace.rows(Unit).filter(tier=int(Tier.VILLAGE)), "code", code)
    unknown = villages.filter(stations=None).exists()
    return Counts(None if unknown else villages.aggregate(all=Sum("stations"))["all"] or 0, by_state)


def stations(
    workspace: Workspace,
    code: str,
    contests: tuple[str, ...],
    contest: str,
    state: str | None,
    start: int,
    many: int,
) -> list[StationRow]:
    """Some stations of a unit, by code: those whose sheet of a contest is in a state, or all where it is None."""
    if state is None or state == MISSING:
        codes = _expected(workspace, code, contest, without_present=state == MISSING)
    else:
        rows = _within(workspace.rows(Sheet).filter(contest_id=contest, state=state), "station", code)
        codes = iter(rows.order_by("station").values_list("station", flat=True)[start : start + many])
        start = 0
    chosen = list(islice(codes, start, start + many))
    sheets = workspace.rows(Sheet).filter(station__in=chosen).values_list("station", "contest_id", "state")
    found: dict[str, dict[str, str]] = {}
    for station, of, standing in sheets:
        found.setdefault(station, {})[of] = standing
    return [StationRow(c, {of: found.get(c, {}).get(of, MISSING) for of in contests}) for c in chosen]


def events_of(workspace: Workspace, contest: str, station: str) -> list[Any]:
    """Who did what about a station's sheet and its photographs, the latest first; at most 200."""
    photos = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station)
    subjects = [station, *photos.values_list("photo_id", flat=True)]
    rows = workspace.rows(Event).filter(subject__in=subjects).order_by("-id")
    return [row for row in rows[: 2 * MOST_EVENTS] if row.detail.get("contest", contest) == contest][:MOST_EVENTS]


def _expected(workspace: Workspace, code: str, contest: str, without_present: bool) -> Iterator[str]:
    """Every station that a unit expects, and those that came though nobody expected them, by code."""
    villages = _within(workspace.rows(Unit).filter(tier=int(Tier.VILLAGE)), "code", code).order_by("code")
    for village, number in villages.values_list("code", "stations").iterator():
        here = workspace.rows(Sheet).filter(station__startswith=village)
        if number is None:
            there = set(here.filter(contest_id=contest).values_list("station", flat=True))
            codes = set(here.values_list("station", flat=True))
        else:
            codes = {f"{village}{one:03d}" for one in range(1, number + 1)}
            there = set()
        if without_present:
            codes -= there or set(here.filter(contest_id=contest).values_list("station", flat=True))
        yield from sorted(codes)


def _within(rows: Any, field: str, code: str) -> Any:
    return rows if code == NATION else rows.filter(**{f"{field}__startswith": code})
