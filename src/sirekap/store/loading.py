"""Inputs in and out of the tables: geography, contests, tickets; all of one load or nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from sirekap.contests import Election
from sirekap.contests import Ticket as ContestTicket
from sirekap.errors import InputError, Problem
from sirekap.geography import NATION, Geography, Tier
from sirekap.geography import Unit as GeographyUnit
from sirekap.store.models import Contest, Event, Sheet, Ticket, Unit
from sirekap.store.setup import Workspace

PROGRAM = "sirekap"
BATCH = 5000


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    """A time in UTC as it stands outside the tables: ISO 8601, ending in Z."""
    return at.isoformat().replace("+00:00", "Z")


def note(
    workspace: Workspace,
    act: str,
    subject: str,
    detail: dict[str, Any],
    who: str = PROGRAM,
    at: datetime | None = None,
) -> None:
    """Write one act down; call it inside the transaction of the act itself. `at` None is now."""
    workspace.rows(Event).create(at=at or now(), who=who, act=act, subject=subject, detail=detail)


def store_geography(workspace: Workspace, geography: Geography, source: str) -> None:
    """Replace all units in one transaction.

    Raises InputError, with the tables untouched, where a station that has a sheet would be gone.
    """
    rows = [
        Unit(code=unit.code, name=unit.name, tier=int(unit.tier), stations=unit.stations, kpu_id=unit.kpu_id)
        for unit in geography.units.values()
    ]
    with transaction.atomic(using=workspace.alias):
        stations = workspace.rows(Sheet).values_list("station", flat=True).distinct()
        lost = sorted(station for station in stations if not geography.has_station(station))
        if lost:
            raise InputError(
                [
                    Problem(
                        source,
                        "every station that has photographs",
                        f"no station {station}",
                        column="kode",
                        advice="A geography that loses them is not loaded.",
                    )
                    for station in lost
                ]
            )
        workspace.rows(Unit).all().delete()
        workspace.rows(Unit).bulk_create(rows, batch_size=BATCH)
        note(workspace, "geography loaded", source, {"units": len(rows)})


def geography_of(workspace: Workspace) -> Geography:
    """The loaded geography. Raises InputError where none was loaded."""
    fields = ("code", "name", "tier", "stations", "kpu_id")
    rows: Iterable[tuple[Any, ...]] = workspace.rows(Unit).order_by("code").values_list(*fields)
    units = {
        code: GeographyUnit(code, name, Tier(tier), stations, kpu_id)
        for code, name, tier, stations, kpu_id in rows
    }
    if NATION not in units:
        advice = f"Load one with `sirekap load {workspace.path} geography FILE.csv`."
        raise InputError([Problem(str(workspace.path), "a geography", "none", advice=advice)])
    return Geography(units)


def has_geography(workspace: Workspace) -> bool:
    """Whether a geography was loaded."""
    return bool(workspace.rows(Unit).filter(code=NATION).exists())


def store_contests(workspace: Workspace, election: Election) -> None:
    """Make the rows of an election's contests; those that are there stay."""
    with transaction.atomic(using=workspace.alias):
        for contest in election.contests:
            workspace.rows(Contest).get_or_create(code=contest.code, defaults={"form": contest.form})


def store_tickets(workspace: Workspace, contest: str, tickets: tuple[ContestTicket, ...], source: str) -> None:
    """Replace a contest's tickets in one transaction."""
    rows = [
        Ticket(
            contest_id=contest, number=ticket.number, given_id=ticket.id, name=ticket.name, colour=ticket.colour
        )
        for ticket in tickets
    ]
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Ticket).filter(contest_id=contest).delete()
        workspace.rows(Ticket).bulk_create(rows)
        note(workspace, "tickets loaded", source, {"contest": contest, "tickets": len(rows)})


def tickets_of(workspace: Workspace, contest: str) -> tuple[ContestTicket, ...]:
    """A contest's tickets in order of number; none where they were not loaded yet."""
    rows = workspace.rows(Ticket).filter(contest_id=contest).order_by("number")
    return tuple(ContestTicket(row.number, row.given_id, row.name, row.colour) for row in rows)
