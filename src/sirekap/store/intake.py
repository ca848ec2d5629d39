"""What arrives is written down here, each act in one transaction after its bytes are kept.

Everything is idempotent: what is written down already is left alone, so that an interrupted intake is finished
by doing it again. Readings come as plain JSON: the store does not know how photographs are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from sirekap.figures import Figure, Why
from sirekap.forms import Form, form_of
from sirekap.review import Standing, State
from sirekap.rules import Finding
from sirekap.store.generations import Last, generation_of, generations_of, locked_sheet, told_before
from sirekap.store.loading import note, now
from sirekap.store.models import Acknowledgement as AcknowledgementRow
from sirekap.store.models import Assignment, Delivery, Photo, PhotoReading, SetAside, Sheet, SheetVersion, Twin
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, stand_again
from sirekap.store.twins import note_figures, note_look
from sirekap.store.versions import latest_versions, weighing_json


@dataclass(frozen=True, slots=True)
class Arrival:
    """A photograph that was read: hashes of its bytes, of the published derivative and of its cuts."""

    sha256: str
    published: str
    name: str
    size: int
    page: int | None
    problem: str | None
    reading: Mapping[str, Any]
    cuts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Weighing:
    """What all photographs of a sheet said together; `photos` are those that were weighed, `why` is what
    each figure rests on.
    """

    photos: tuple[str, ...]
    pages: tuple[int, ...]
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    used: Mapping[int, str]
    beside: tuple[str, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    uncertain: tuple[str, ...] = ()
    why: Mapping[str, Why] = field(default_factory=dict)


class OfCountBefore(Exception):
    """A photograph belongs to the count before a rerun, whose row it names; nothing was written down."""

    def __init__(self, rerun: Any) -> None:
        """`problem` is what the photograph's record then says."""
        self.rerun, self.problem = rerun, told_before(rerun)
        super().__init__(self.problem)


def station_of_photo(workspace: Workspace, contest: str, sha256: str) -> str | None:
    """The station that a photograph is assigned to in a contest, whichever of its counts it belongs to."""
    rows = workspace.rows(Assignment).filter(contest_id=contest, photo_id=sha256)
    station: str | None = rows.values_list("sheet__station", flat=True).first()
    return station


def must_be_of_this_count(workspace: Workspace, contest: str, station: str, sha256: str) -> None:
    """Raise OfCountBefore for a photograph that was assigned to a station's sheet, or that its officer delivered,
    before the latest rerun.
    """
    count = generation_of(workspace, contest, station)
    if not count.reruns:
        return
    rows = workspace.rows(Assignment).filter(contest_id=contest, photo_id=sha256, sheet__station=station)
    sent = workspace.rows(Delivery).filter(contest_id=contest, sha256=sha256, station=station, owner="")
    keys: tuple[tuple[Last, Any], ...] = (("last_assignment", rows), ("last_delivery", sent))
    for last, found in keys:
        key = found.values_list("id", flat=True).first()
        ended = None if key is None else count.ended_by(last, key)
        if ended is not None:
            raise OfCountBefore(ended)


def store_photo(
    workspace: Workspace,
    contest: str,
    station: str,
    arrival: Arrival,
    source: str,
    reader: str,
    count: int | None = None,
) -> bool:
    """Write down a photograph, its reading and its sheet, in one transaction; False where it was there.

    `source` is the manifest's name; `count` the number of the station's count for which it was given (0: before
    any rerun), None for the latest. Its objects must be kept before. Raises OfCountBefore where another count
    has begun since.
    """
    with transaction.atomic(using=workspace.alias):
        sheet = locked_sheet(workspace, contest, station)
        if station_of_photo(workspace, contest, arrival.sha256) is not None:
            return False
        latest = generation_of(workspace, contest, station)
        if count is not None and count < latest.number:
            raise OfCountBefore(latest.reruns[count])
        at = now()
        photo, _ = workspace.rows(Photo).get_or_create(
            sha256=arrival.sha256,
            defaults={
                "published": arrival.published,
                "name": arrival.name,
                "size": arrival.size,
                "received_at": at,
            },
        )
        workspace.rows(PhotoReading).get_or_create(
            photo=photo,
            reader=reader,
            defaults={
                "page": arrival.page,
                "problem": arrival.problem,
                "reading": dict(arrival.reading),
                "cuts": dict(arrival.cuts),
                "created_at": at,
            },
        )
        if sheet is None:
            sheet = workspace.rows(Sheet).create(contest_id=contest, station=station, state="review")
        workspace.rows(Assignment).create(
            contest_id=contest, photo=photo, sheet=sheet, source=source, created_at=at
        )
        alike = note_look(workspace, contest, station, photo, arrival.reading.get("likeness"), at)
        note(workspace, "photograph received", arrival.sha256, {"contest": contest, "station": station})
    _stand_again_elsewhere(workspace, contest, alike)
    return True


def _stand_again_elsewhere(
    workspace: Workspace, contest: str, stations: Iterable[str], form: Form | None = None
) -> None:
    """Sheets that turn out to have a twin, each in a transaction of its own: nobody waits for two sheets."""
    for station in sorted(stations):
        with transaction.atomic(using=workspace.alias):
            list(workspace.rows(Sheet).select_for_update().filter(contest_id=contest, station=station))
            stand_again(workspace, contest, form or form_of(workspace.election().contest(contest).form), station)


def stand_twins(workspace: Workspace, contest: str, form: Form) -> None:
    """Let sheets stand again that have a twin and do not say so: whoever found it may have been killed since."""
    rows = workspace.rows(Twin).filter(contest_id=contest).values_list("station_one", "station_two")
    stations = {station for pair in rows for station in pair}
    sheets = workspace.rows(Sheet).filter(contest_id=contest, station__in=stations, read=True, answered=False)
    silent = sheets.exclude(state=State.REVIEW).values_list("station", flat=True)
    _stand_again_elsewhere(workspace, contest, list(silent), form)


def set_aside(
    workspace: Workspace, contest: str, sha256: str, station: str, name: str, source: str, reason: str
) -> bool:
    """Write down that a photograph counts nowhere, and why; False where that is written already."""
    with transaction.atomic(using=workspace.alias):
        _, new = workspace.rows(SetAside).get_or_create(
            contest_id=contest,
            sha256=sha256,
            station=station,
            reason=reason,
            defaults={"name": name, "source": source, "at": now()},
        )
        if new:
            note(workspace, "photograph set aside", sha256, {"station": station, "reason": reason})
    return bool(new)


def waiting_stations(workspace: Workspace, contest: str) -> tuple[str, ...]:
    """Stations with a photograph of their latest count that was not weighed yet, by code."""
    assigned: dict[str, set[str]] = {}
    counts = generations_of(workspace, contest)
    rows = workspace.rows(Assignment).filter(contest_id=contest)
    for key, station, photo in rows.values_list("id", "sheet__station", "photo_id"):
        if counts.of(station).holds("last_assignment", key):
            assigned.setdefault(station, set()).add(photo)
    versions = latest_versions(workspace, contest, counts=counts)
    weighed = {version.sheet.station: set(version.photos) for version in versions.values()}
    return tuple(sorted(station for station in assigned if weighed.get(station) != assigned[station]))


def readings_of(workspace: Workspace, contest: str, station: str) -> list[dict[str, Any]]:
    """The newest readings of the photographs of a station's latest count as JSON, in the order of arrival."""
    last = generation_of(workspace, contest, station).after("last_assignment")
    photos = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station, pk__gt=last)
    order = list(photos.order_by("id").values_list("photo_id", flat=True))
    newest: dict[str, dict[str, Any]] = {}
    for row in workspace.rows(PhotoReading).filter(photo_id__in=order).order_by("id"):
        newest[row.photo_id] = row.reading
    return [newest[sha256] for sha256 in order]


def store_weighing(
    workspace: Workspace, contest: str, station: str, form: Form, weighing: Weighing, reader: str
) -> bool:
    """Add a version of a station's sheet, in one transaction; False where it rests on no new photograph, or on
    those of a count that is over.
    """
    with transaction.atomic(using=workspace.alias):
        # Locked, so that no photograph arrives between what is looked at here and what is written.
        sheet = workspace.rows(Sheet).select_for_update().get(contest_id=contest, station=station)
        count = generation_of(workspace, contest, station)
        last = workspace.rows(SheetVersion).filter(sheet=sheet).order_by("-version").first()
        assigned = workspace.rows(Assignment).filter(sheet=sheet, pk__gt=count.after("last_assignment"))
        if not weighing.photos or set(assigned.values_list("photo_id", flat=True)) != set(weighing.photos):
            return False  # another process has brought a photograph meanwhile, and weighs it
        counts_yet = last is not None and count.holds("last_version", last.version)
        if counts_yet and set(last.photos) == set(weighing.photos):
            return False
        version = workspace.rows(SheetVersion).create(
            sheet=sheet,
            version=1 if last is None else last.version + 1,
            reader=reader,
            created_at=now(),
            **weighing_json(weighing),
        )
        same = note_figures(workspace, form, version, weighing.figures, version.created_at)
        point = stand_again(workspace, contest, form, station)
        state = "" if point is None else str(point.standing.state)
        detail = {"contest": contest, "version": version.version, "state": state}
        note(workspace, "sheet read", station, detail)
    _stand_again_elsewhere(workspace, contest, same, form)
    return True


def store_acknowledgement(
    workspace: Workspace, point: Standpoint, finding: Finding, form: Form, who: str, reason: str
) -> Standing:
    """Add someone's word for an error finding, in one transaction; the sheet's standing after it."""
    version, sheet = point.version, point.version.sheet
    with transaction.atomic(using=workspace.alias):
        workspace.rows(AcknowledgementRow).create(
            version=version,
            rule=finding.rule,
            finding=point.answered(finding),
            who=who,
            reason=reason,
            at=now(),
        )
        after = stand_again(workspace, sheet.contest_id, form, sheet.station)
        detail = {"contest": sheet.contest_id, "rule": finding.rule, "reason": reason}
        note(workspace, "finding acknowledged", sheet.station, detail, who)
    return point.standing if after is None else after.standing
