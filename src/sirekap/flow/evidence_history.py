"""How a sheet came to stand where it stands: what happened, one thing after another, and its state after each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sirekap.access import Act
from sirekap.flow.evidence_bundle import Bundle
from sirekap.store.evidence_rows import SheetRows
from sirekap.store.rounds import RESOLUTION
from sirekap.store.standing import Standpoint, standpoints


class Happened(NamedTuple):
    """One thing: `what` (its kind), what is told of it, and whether the sheet may stand otherwise for it."""

    at: datetime
    what: str
    told: dict[str, Any]
    moves: bool = True


def history_of(bundle: Bundle, rows: SheetRows, point: Standpoint | None) -> list[dict[str, Any]]:
    """What happened to a sheet in the order of time, with `state` and `step` after each moment.

    Two things of one moment keep the order of the kinds in `_happened`. State and step are null before the sheet
    was weighed, and again after a rerun until the new one is.
    """
    things = sorted(_happened(bundle, rows), key=lambda thing: thing.at)
    moments = sorted({thing.at for thing in things if thing.moves})
    stood: dict[datetime, Standpoint | None] = {}
    for at in moments[:-1]:
        found = standpoints(bundle.workspace, bundle.contest, bundle.form, rows.station, until=at)
        stood[at] = found.get(rows.station)
    if moments:
        stood[moments[-1]] = point  # nothing moved it since
    history, after = [], None
    for thing in things:
        after = stood.get(thing.at, after)
        history.append(
            {
                "at": bundle.told(thing.at),
                "what": thing.what,
                **thing.told,
                "state": None if after is None else str(after.standing.state),
                "step": None if after is None else str(after.step),
            }
        )
    return history


def _happened(bundle: Bundle, rows: SheetRows) -> Iterator[Happened]:
    station = rows.station

    def who(row: Any, act: Act) -> dict[str, Any]:
        return {"who": bundle.who(row.account, act, station, row.at)}

    for row in rows.assignments:
        readings = rows.readings.get(row.photo_id, [])
        told = {"sha256": row.photo_id, "page": readings[-1].page if readings else None}
        yield Happened(row.created_at, "photo", told, moves=False)
    for row in rows.aside:
        yield Happened(row.at, "aside", {"sha256": row.sha256, "reason": row.reason}, moves=False)
    for row in rows.versions:
        yield Happened(row.created_at, "read", {"version": row.version})
    for row in rows.count.reruns:
        told = {"who": row.by, "kind": row.kind, "number": row.number, "ground": row.ground}
        yield Happened(row.at, "rerun", told)
    for row in rows.twins:
        other = row.station_two if row.station_one == station else row.station_one
        yield Happened(row.at, "twin", {"kind": row.kind, "other": other})
    for number, copy in enumerate(rows.copies, start=1):
        for row in copy.versions:
            yield Happened(row.created_at, "copy", {"copy": number, "version": row.version})
    for row in rows.confirmations:
        yield Happened(row.at, "confirmed", who(row, Act.CONFIRM))
    for row in rows.entries:
        decides = row.number == RESOLUTION
        told = {"round": row.round, "number": row.number, "reason": row.reason}
        what, act = ("decided", Act.RESOLVE) if decides else ("typed", Act.TYPE_ENTRY)
        yield Happened(row.at, what, {**who(row, act), **told})
    for row in rows.returns:
        yield Happened(row.at, "returned", {**who(row, Act.ACKNOWLEDGE), "reason": row.reason})
    for row in rows.answers:
        told = {"who": row.who, "rule": row.rule, "reason": row.reason}
        yield Happened(row.at, "answered", told)
