"""Which count of a station's sheet a row belongs to: the first one, or the one that a rerun began.

A rerun names the last rows of the count before it (`store.rerun_rows`). Whatever asks for a sheet's photographs,
versions, confirmations or copies takes those of one count: the latest, or that of a moment of the past.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from django.db import connections

from sirekap.review.reruns import before_text
from sirekap.store.loading import iso
from sirekap.store.models import Rerun, Sheet
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

Last = Literal[
    "last_version", "last_assignment", "last_confirmation", "last_delivery", "last_copy", "last_aside"
]  # fmt: skip
_KEYS = 1 << 60  # of PostgreSQL's advisory locks: above those that anything else here uses


@dataclass(frozen=True, slots=True)
class Generation:
    """One count of a sheet: `reruns` are the rows of those that led to it, the oldest first; `end` is the one
    that came after it, None for the latest.
    """

    reruns: tuple[Any, ...] = ()
    end: Any | None = None

    @property
    def number(self) -> int:
        """0 for the first count, else the number of the rerun that began it."""
        return len(self.reruns)

    def after(self, last: Last) -> int:
        """The last row, by its number or key, that is of an earlier count; 0 where none is."""
        return int(getattr(self.reruns[-1], last)) if self.reruns else 0

    def holds(self, last: Last, key: int) -> bool:
        """Whether a row, by its number or key, belongs to this count."""
        return self.after(last) < key and (self.end is None or key <= getattr(self.end, last))

    def ended_by(self, last: Last, key: int) -> Any | None:
        """The rerun since which a row counts no more; None for a row of this count."""
        return next((row for row in self.reruns if key <= getattr(row, last)), None)


FIRST = Generation()


class Generations:
    """The counts of some stations' sheets in one contest, all at the same moment."""

    def __init__(self, rows: Iterable[Any], until: datetime | None = None, before: int | None = None) -> None:
        """From rows of `Rerun` with their sheets, by number.

        `until` is a moment of the past; `before` takes each sheet's count before the rerun of that number.
        """
        by_station: dict[str, list[Any]] = {}
        for row in rows:
            by_station.setdefault(row.sheet.station, []).append(row)
        self._of = {station: _at(found, until, before) for station, found in by_station.items()}

    def of(self, station: str) -> Generation:
        """A station's count."""
        return self._of.get(station, FIRST)


def _at(rows: list[Any], until: datetime | None, before: int | None) -> Generation:
    past = [row for row in rows if (until is None or row.at <= until) and (before is None or row.number < before)]
    number = max((row.number for row in past), default=0)
    return Generation(tuple(rows[:number]), rows[number] if number < len(rows) else None)


def generations_of(
    workspace: Workspace,
    contest: str,
    station: str | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> Generations:
    """The counts of a contest's sheets, or of one station's or all of a unit's."""
    rows = workspace.rows(Rerun).filter(sheet__contest_id=contest)
    if station is not None:
        rows = rows.filter(within("sheet__station", {station}))
    return Generations(rows.select_related("sheet").order_by("sheet_id", "number"), until, before)


def generation_of(workspace: Workspace, contest: str, station: str, until: datetime | None = None) -> Generation:
    """The count of one station's sheet."""
    return generations_of(workspace, contest, station, until).of(station)


def latest_rerun(workspace: Workspace, sheet: Any) -> Any | None:
    """The rerun that began a sheet's latest count; None where it is the first one."""
    return workspace.rows(Rerun).filter(sheet=sheet).order_by("-number").first()


def told_before(rerun: Any) -> str:
    """The problem of a photograph of the count before a rerun."""
    return before_text(rerun.number, iso(rerun.at))


def locked_sheet(workspace: Workspace, contest: str, station: str) -> Any | None:
    """A station's sheet, locked until the transaction ends; None where there is none, and then nobody else who
    asks here makes or finds one until it ends.

    Whoever adds to a sheet holds this, so that it does not fall between two counts. SQLite has one writer.
    """
    rows = workspace.rows(Sheet).select_for_update().filter(contest_id=contest, station=station)
    sheet = rows.first()
    if sheet is not None:
        return sheet
    connection = connections[workspace.alias]
    if connection.vendor == "postgresql":
        key = _KEYS | int(sha256(f"{contest} {station}".encode()).hexdigest()[:14], 16)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        return rows.first()  # it may have been made while this waited
    return None
