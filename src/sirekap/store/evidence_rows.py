"""All rows that tell of a station's sheet, each kind in the order in which it was written, for `flow.evidence`.

Nothing is left out because it counts no more: what was set aside, given back or overtaken is evidence too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from sirekap.geography import LENGTH, Tier
from sirekap.store.generations import Generation, Last, generation_of
from sirekap.store.models import (
    Acknowledgement,
    Assignment,
    Confirmation,
    Copy,
    CopyAssignment,
    CopyVersion,
    Delivery,
    DeskClaim,
    DeskEntry,
    DeskReturn,
    Event,
    PhotoReading,
    SetAside,
    Sheet,
    SheetVersion,
    Twin,
    Unit,
)
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

# Acts that name no contest and belong to a station all the same; acts on accounts name none either.
WITHOUT_CONTEST = frozenset({"photograph set aside", "device certified"})


@dataclass(frozen=True, slots=True)
class CopyRows:
    """A copy with its photographs and versions."""

    copy: Any
    photos: list[Any]
    versions: list[Any]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """What is kept of a station's sheet of one contest; `readings` by the photograph's SHA-256, `count` the
    latest count with the reruns that led to it.
    """

    station: str
    count: Generation
    assignments: list[Any]
    readings: dict[str, list[Any]]
    versions: list[Any]
    confirmations: list[Any]
    claims: list[Any]
    entries: list[Any]
    returns: list[Any]
    answers: list[Any]
    copies: list[CopyRows]
    deliveries: list[Any]
    aside: list[Any]
    twins: list[Any]
    events: list[Any]

    def count_of(self, last: Last, key: int) -> int:
        """The number of the count that a row belongs to, by its number or key: 0 the first, else its rerun's."""
        ended = self.count.ended_by(last, key)
        return self.count.number if ended is None else int(ended.number) - 1


def stations_told_of(workspace: Workspace, contest: str, unit: str) -> list[str]:
    """The stations of a unit of which anything is kept, by code."""
    found: set[str] = set()
    for model in (Sheet, Delivery, Copy, Confirmation, SetAside):
        rows = workspace.rows(model).filter(within("station", [unit]), contest_id=contest)
        found |= set(rows.values_list("station", flat=True).distinct())
    digits = LENGTH[Tier.STATION]
    # What was set aside was perhaps given for a station that is none.
    found = {code for code in found if len(code) == digits and code.isascii() and code.isdigit()}
    villages = {code[: LENGTH[Tier.VILLAGE]] for code in found}
    rows = workspace.rows(Unit).filter(within("code", [unit[: LENGTH[Tier.VILLAGE]]]), tier=int(Tier.VILLAGE))
    known = villages & set(rows.values_list("code", flat=True))
    return sorted(code for code in found if code[: LENGTH[Tier.VILLAGE]] in known)


def bytes_of_photos(workspace: Workspace, contest: str, unit: str) -> int:
    """How many bytes of photographs were received for the stations of a unit, copies of witnesses too."""
    sheets = workspace.rows(Assignment).filter(within("sheet__station", [unit]), contest_id=contest)
    copies = workspace.rows(CopyAssignment).filter(within("copy__station", [unit]), copy__contest_id=contest)
    own = sheets.aggregate(all=Sum("photo__size"))["all"] or 0
    return int(own + (copies.aggregate(all=Sum("delivery__size"))["all"] or 0))


def sheet_rows(workspace: Workspace, contest: str, station: str) -> SheetRows:
    """Everything that is kept of a station's sheet."""
    here = {"contest_id": contest, "station": station}
    sheet = {"sheet__contest_id": contest, "sheet__station": station}
    assignments = _rows(workspace, Assignment, "photo", **sheet)
    readings: dict[str, list[Any]] = {}
    for row in _rows(workspace, PhotoReading, photo_id__in=[one.photo_id for one in assignments]):
        readings.setdefault(row.photo_id, []).append(row)
    twins = workspace.rows(Twin).filter(Q(station_one=station) | Q(station_two=station), contest_id=contest)
    copies = [_copy(workspace, copy) for copy in _rows(workspace, Copy, "account", **here)]
    deliveries = _rows(workspace, Delivery, "account", "result", **here)
    aside = _rows(workspace, SetAside, **here)
    own = [row.photo_id for row in assignments]
    others = [row.sha256 for row in (*deliveries, *aside)]
    of_version = {"version__sheet__contest_id": contest, "version__sheet__station": station}
    return SheetRows(
        station,
        generation_of(workspace, contest, station),
        assignments,
        readings,
        _rows(workspace, SheetVersion, **sheet),
        _rows(workspace, Confirmation, "account", "version", **here),
        _rows(workspace, DeskClaim, "account", "version", "end", **sheet),
        _rows(workspace, DeskEntry, "account", "version", **sheet),
        _rows(workspace, DeskReturn, "account", "version", **of_version),
        _rows(workspace, Acknowledgement, "version", **of_version),
        copies,
        deliveries,
        aside,
        list(twins.order_by("id")),
        _events(workspace, contest, station, own, others),
    )


def _copy(workspace: Workspace, copy: Any) -> CopyRows:
    photos = _rows(workspace, CopyAssignment, "delivery", copy=copy)
    return CopyRows(copy, photos, _rows(workspace, CopyVersion, copy=copy))


def _rows(workspace: Workspace, model: Any, *beside: str, **chosen: Any) -> list[Any]:
    rows = workspace.rows(model).filter(**chosen)
    return list((rows.select_related(*beside) if beside else rows).order_by("id"))


def _events(
    workspace: Workspace, contest: str, station: str, own: Iterable[str], others: Iterable[str]
) -> list[Any]:
    """Who did what about the sheet and its photographs; of photographs that belong to another station (`others`)
    only what was done here.
    """
    own = set(own)
    subjects = {station, *own, *others}
    rows = workspace.rows(Event).filter(subject__in=subjects).order_by("id")
    return [row for row in rows if _is_of(row, contest, station, own)]


def _is_of(event: Any, contest: str, station: str, own: Iterable[str]) -> bool:
    if event.detail.get("contest") != contest and event.act not in WITHOUT_CONTEST:
        return False
    return event.subject == station or event.subject in own or event.detail.get("station") == station
