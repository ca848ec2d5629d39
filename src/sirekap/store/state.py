"""From the tables to what is published: plain records, in an order that depends on the content alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sirekap.figures import Figure
from sirekap.forms import Form, form_of
from sirekap.record.state import (
    Decided,
    FigureRecord,
    FindingRecord,
    PhotoRecord,
    PublicState,
    Quads,
    RerunRecord,
    StationRecord,
)
from sirekap.review import State
from sirekap.review.reruns import RerunKind
from sirekap.store.generations import Generation, generations_of, told_before
from sirekap.store.loading import geography_of, iso
from sirekap.store.models import Assignment, Photo, PhotoReading, Sheet
from sirekap.store.plenary_papers import trusted_roots
from sirekap.store.recap_state import plenary_records
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, standpoints
from sirekap.store.versions import reasons_of

LAST_PAGE = 1000


def public_state(workspace: Workspace, contest: str) -> PublicState:
    """Everything of a contest that is published. Raises InputError without a geography or such a contest."""
    election = workspace.election()
    wanted = election.contest(contest)
    geography = geography_of(workspace)
    form, stations = form_of(wanted.form), station_records(workspace, contest)
    plenaries = plenary_records(workspace, contest, form, stations)
    return PublicState(election, wanted, form, geography, stations, plenaries, trusted_roots(workspace))


def station_records(workspace: Workspace, contest: str) -> tuple[StationRecord, ...]:
    """All sheets of a contest by station."""
    form = form_of(workspace.election().contest(contest).form)
    points = standpoints(workspace, contest, form)
    photos = _photos(workspace, contest)
    readings = _readings(workspace)
    counts = generations_of(workspace, contest)
    return tuple(
        _station(
            form,
            sheet.station,
            points.get(sheet.station),
            photos.get(sheet.pk, []),
            readings,
            counts.of(sheet.station),
        )
        for sheet in workspace.rows(Sheet).filter(contest_id=contest).order_by("station")
    )


def _photos(workspace: Workspace, contest: str) -> dict[int, list[tuple[int, Any]]]:
    """By sheet: its photographs, each with the key of its assignment."""
    photos = {photo.sha256: photo for photo in workspace.rows(Photo).all()}
    by_sheet: dict[int, list[tuple[int, Any]]] = {}
    rows = workspace.rows(Assignment).filter(contest_id=contest).values_list("sheet_id", "id", "photo_id")
    for sheet, key, sha256 in rows:
        by_sheet.setdefault(sheet, []).append((key, photos[sha256]))
    return by_sheet


class _Read(NamedTuple):
    """What a photograph was read as: its page or problem, its cuts and where its boxes lie, by figure."""

    page: int | None
    problem: str | None
    cuts: Mapping[str, str]
    boxes: Mapping[str, list[list[list[int]]]]


def _readings(workspace: Workspace) -> dict[str, _Read]:
    """By photograph: what is shown of it, from the newest reading."""
    fields = ("photo_id", "page", "problem", "cuts", "reading__boxes")
    rows = workspace.rows(PhotoReading).order_by("id").values_list(*fields)
    return {
        photo: _Read(page, problem, cuts, boxes or {}) for photo, page, problem, cuts, boxes in rows.iterator()
    }


def _photo_records(
    point: Standpoint | None,
    photos: list[tuple[int, Any]],
    readings: Mapping[str, _Read],
    count: Generation,
) -> tuple[PhotoRecord, ...]:
    """A sheet's photographs: those of its latest count first, each by page."""
    used: Mapping[str, str] = {} if point is None else point.version.used
    problems: Mapping[str, str] = {} if point is None else point.version.problems
    beside = [] if point is None else point.version.beside
    records = []
    for key, photo in photos:
        read = readings[photo.sha256]
        ended = count.ended_by("last_assignment", key)
        if ended is not None:
            record = PhotoRecord(
                photo.sha256, photo.published, read.page, "unread", told_before(ended), count=ended.number - 1
            )
        else:
            problem = read.problem or problems.get(photo.sha256)
            role = "used" if photo.sha256 in used.values() else "beside" if photo.sha256 in beside else "unread"
            boxes = _quads(read) if role == "used" else {}
            record = PhotoRecord(photo.sha256, photo.published, read.page, role, problem, boxes, count.number)
        records.append(record)
    records.sort(key=lambda r: (-r.count, r.page or LAST_PAGE, r.role != "used", r.sha256))
    return tuple(records)


def _reruns(count: Generation) -> tuple[RerunRecord, ...]:
    return tuple(
        RerunRecord(row.number, RerunKind(row.kind), row.ground, row.by, iso(row.at)) for row in count.reruns
    )


def _station(
    form: Form,
    station: str,
    point: Standpoint | None,
    photos: list[tuple[int, Any]],
    readings: Mapping[str, _Read],
    count: Generation,
) -> StationRecord:
    records, reruns = _photo_records(point, photos, readings, count), _reruns(count)
    if point is None:  # received, and not weighed yet
        pages = tuple(page.number for page in form.pages)
        return StationRecord(station, State.REVIEW, {}, (), records, pages, reruns=reruns)
    used: Mapping[str, str] = point.version.used
    figures = {}
    why = reasons_of(point.version)
    confirmed, decided_at = point.confirmation, point.round.decided_at
    by_people = confirmed is not None or decided_at is not None
    for name, figure in point.figures.items():
        photo = used.get(str(form.field(name).page))
        cut = None if photo is None else readings[photo].cuts.get(name)
        machine = point.machine[name] if by_people else None
        officer = None
        if decided_at is not None and confirmed is not None:
            value = confirmed.figures[name]
            officer = Figure.blank() if value is None else Figure.read(value)
        figures[name] = FigureRecord(figure, photo, cut, why.get(name), machine, officer)
    findings = tuple(FindingRecord(finding, point.acknowledged.get(finding.rule)) for finding in point.findings)
    standing = point.standing
    at = None if confirmed is None else iso(confirmed.at)
    decided = None if decided_at is None else Decided(iso(decided_at), point.round.resolved)
    return StationRecord(
        station, standing.state, figures, findings, records, standing.pages_missing, at, decided, reruns
    )


def _quads(read: _Read) -> dict[str, Quads]:
    return {
        name: tuple(tuple((int(x), int(y)) for x, y in quad) for quad in quads)
        for name, quads in read.boxes.items()
    }
