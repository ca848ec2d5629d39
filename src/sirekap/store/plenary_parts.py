"""What a plenary goes through: a district its stations' sheets, a tier above the certificates of the units below.

Everything is asked of the tables for one unit; no question loads a whole geography or all sheets of a contest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from sirekap.forms import Form
from sirekap.geography import LENGTH, NATION, OVERSEAS, Tier, tier_of
from sirekap.recap import CarriedUp, Closed, Corrected, Objected, Part, from_json, origin_of, total
from sirekap.review import State
from sirekap.store.certified import digest_of, last_versions, settled_values
from sirekap.store.generations import generations_of
from sirekap.store.models import Plenary, PlenaryAct, Sheet, Unit
from sirekap.store.moved import Moved, moved_within
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints


class Absent(StrEnum):
    """Why a part is not there: `Part.reason`."""

    NO_SHEET = "no_sheet"  # nothing came in
    REVIEW = "review"  # people at the desk have to decide first
    RERUN = "rerun"  # counted or voted again, and not settled yet
    PROVISIONAL = "provisional"  # nobody vouched for what was read
    NOT_BEGUN = "not_begun"  # the plenary below has not begun
    OPEN = "open"  # the plenary below is not closed, or was reopened


def part_codes(workspace: Workspace, contest: str, unit: str) -> tuple[str, ...]:
    """The parts of a unit's plenary by code: what `recap.parts` gives of a whole geography, and stations with a
    sheet in villages of which nobody gave the number of stations.
    """
    if tier_of(unit) is Tier.DISTRICT:
        return _stations(workspace, contest, unit)
    rows = workspace.rows(Unit)
    if unit == NATION:
        at_home = rows.filter(tier=int(Tier.PROVINCE)).exclude(code=OVERSEAS)
        overseas = rows.filter(within("code", [OVERSEAS]), tier=int(Tier.DISTRICT))
        codes = [*at_home.values_list("code", flat=True), *overseas.values_list("code", flat=True)]
    else:
        below = rows.filter(within("code", [unit]), tier=int(tier_of(unit)) + 1)
        codes = list(below.values_list("code", flat=True))
    return tuple(sorted(code for code in codes if _has_stations(workspace, code)))


def _stations(workspace: Workspace, contest: str, district: str) -> tuple[str, ...]:
    villages = workspace.rows(Unit).filter(within("code", [district]), tier=int(Tier.VILLAGE))
    known, unknown = [], []
    for code, stations in villages.values_list("code", "stations"):
        if stations is None:
            unknown.append(code)
        known += [f"{code}{number:03d}" for number in range(1, (stations or 0) + 1)]
    sheets = workspace.rows(Sheet).filter(within("station", unknown), contest_id=contest)
    return tuple(sorted([*known, *sheets.values_list("station", flat=True)]))


def known_stations(workspace: Workspace, unit: str) -> list[str]:
    """The stations of a unit, or the one station, of villages that gave their number, by code."""
    village = unit[: LENGTH[Tier.VILLAGE]]
    rows = workspace.rows(Unit).filter(within("code", [village]), tier=int(Tier.VILLAGE)).order_by("code")
    codes = (
        f"{code}{number:03d}"
        for code, stations in rows.values_list("code", "stations")
        for number in range(1, (stations or 0) + 1)
    )
    return [code for code in codes if unit == NATION or code.startswith(unit)]


def _has_stations(workspace: Workspace, code: str) -> bool:
    villages = workspace.rows(Unit).filter(within("code", [code]), tier=int(Tier.VILLAGE))
    return bool(villages.filter(Q(stations__gt=0) | Q(stations=None)).exists())


def expected_in(workspace: Workspace, unit: str) -> tuple[int, int]:
    """The stations that are known in a unit, and its villages whose number of stations nobody gave."""
    villages = workspace.rows(Unit).filter(within("code", [unit]), tier=int(Tier.VILLAGE))
    numbers = list(villages.values_list("stations", flat=True))
    return sum(number or 0 for number in numbers), numbers.count(None)


def parts_of(workspace: Workspace, contest: str, form: Form, unit: str) -> tuple[Part, ...]:
    """The parts of a unit's plenary as they stand now, by code."""
    codes = part_codes(workspace, contest, unit)
    if tier_of(unit) is Tier.DISTRICT:
        return _of_stations(workspace, contest, form, unit, codes)
    return _of_units(workspace, contest, form, codes)


def _of_stations(
    workspace: Workspace, contest: str, form: Form, district: str, codes: Iterable[str]
) -> tuple[Part, ...]:
    points, counts = standpoints(workspace, contest, form, district), generations_of(workspace, contest, district)
    states = dict(
        workspace.rows(Sheet)
        .filter(within("station", [district]), contest_id=contest)
        .values_list("station", "state")
    )
    parts = []
    for code in codes:
        point = points.get(code)
        values = settled_values(form, point)
        if point is not None and values is not None:
            parts.append(Part(code, values, digest_of(form, point), 1, values))
        else:
            state = str(point.standing.state) if point is not None else states.get(code)
            reason = Absent.PROVISIONAL if state == State.PROVISIONAL else Absent.REVIEW
            if state is None:
                reason = Absent.NO_SHEET
            elif counts.of(code).number:
                reason = Absent.RERUN
            parts.append(Part(code, None, reason=str(reason)))
    return tuple(parts)


def _of_units(workspace: Workspace, contest: str, form: Form, codes: tuple[str, ...]) -> tuple[Part, ...]:
    closed = closed_units(workspace, contest, codes)
    versions = last_versions(workspace, contest, closed)
    moved = moved_within(workspace, contest, form, versions)
    carried = _carried(workspace, contest, versions)
    begun = set(workspace.rows(Plenary).filter(contest_id=contest, unit__in=codes).values_list("unit", flat=True))
    return tuple(
        _certified(form, code, versions[code], [item for item in moved if item.station.startswith(code)], carried)
        if code in versions
        else Part(code, None, reason=str(Absent.OPEN if code in begun else Absent.NOT_BEGUN))
        for code in codes
    )


def closed_units(workspace: Workspace, contest: str, units: Iterable[str]) -> tuple[str, ...]:
    """Those of these units whose plenary is closed: its last act is a closing."""
    last = workspace.rows(PlenaryAct).filter(plenary=OuterRef("pk")).order_by("-number").values("kind")[:1]
    rows = workspace.rows(Plenary).filter(contest_id=contest, unit__in=list(units)).annotate(last=Subquery(last))
    return tuple(rows.filter(last=Closed.name).values_list("unit", flat=True))


def _certified(
    form: Form, code: str, version: Any, moved: list[Moved], carried: Mapping[str, list[Objected]]
) -> Part:
    figures: tuple[str, ...] = tuple(version.figures)
    sheets = total(figures, (dict(zip(figures, part[3], strict=True)) for part in version.parts))
    for item in moved:
        for name in figures:
            before = (item.certified or {}).get(name) or 0
            change = ((item.now or {}).get(name) or 0) - before
            if not item.late and change:
                sheets[name] = (sheets[name] or 0) + change
    corrections = [from_json(tree) for tree in version.corrections]
    return Part(
        code,
        total(figures, (dict(zip(figures, part[4], strict=True)) for part in version.parts)),
        f"{version.version}:{version.body}",
        version.stations,
        sheets,
        tuple(item for item in corrections if isinstance(item, Corrected)),
        moved=tuple(item.station for item in moved if not item.late),
        late=tuple(item.station for item in moved if item.late),
        carried=tuple(carried.get(code, ())),
    )


def _carried(workspace: Workspace, contest: str, units: Iterable[str]) -> dict[str, list[Objected]]:
    """The objections that plenaries of these units carried up, by unit."""
    kinds = (Objected.name, CarriedUp.name)
    rows = workspace.rows(PlenaryAct).filter(
        plenary__contest_id=contest, plenary__unit__in=list(units), kind__in=kinds
    )
    raised: dict[str, Objected] = {}
    found: dict[str, list[Objected]] = {}
    for unit, tree in rows.order_by("plenary_id", "number").values_list("plenary__unit", "act"):
        act = from_json(tree)
        if isinstance(act, Objected):
            raised[origin_of(unit, act.number)] = act
        elif isinstance(act, CarriedUp):
            found.setdefault(unit, []).append(raised[origin_of(unit, act.number)])
    return found
