"""What is stuck and where: sheets longest waiting, claims that ran out, photographs nobody read; and how fast it
goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Sum

from sirekap.geography import NATION
from sirekap.review import Step
from sirekap.store.board_names import OF_HOURS, STEPS
from sirekap.store.models import BoardCount, BoardHour, Delivery, DeskClaim, DeskClaimEnd, Sheet
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

FEW = 10
HOURS = 24
CLAIMS = 5000  # among which the nation looks for those that ran out
VILLAGES = 20  # in which waiting photographs are looked for


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something that waits: where, for what (a step, "claim" or "photo.read"), since when, who held it last."""

    what: str
    station: str
    since: datetime
    holder: str | None = None

    def waited(self, at: datetime) -> timedelta:
        """For how long."""
        return at - self.since


def longest(workspace: Workspace, contest: str, code: str, many: int = FEW) -> dict[Step, list[Stuck]]:
    """For each step of the desk the sheets that wait for it the longest."""
    found: dict[Step, list[Stuck]] = {}
    for step in STEPS:
        rows = workspace.rows(Sheet).filter(
            within("station", [code]), contest_id=contest, state="review", step=str(step), since__isnull=False
        )
        told = rows.order_by("since", "station").values_list("station", "since")[:many]
        found[step] = [Stuck(str(step), station, since) for station, since in told]
    return found


def lapsed(workspace: Workspace, contest: str, code: str, at: datetime, many: int = FEW) -> list[Stuck]:
    """Claims on sheets that still wait and that ran out without an end, of the last day, the latest first:
    somebody stopped in the middle.
    """
    ended = workspace.rows(DeskClaimEnd).filter(claim=OuterRef("pk"))  # PostgreSQL plans this better than a join
    rows = workspace.rows(DeskClaim).filter(~Exists(ended), until__lte=at, until__gt=at - timedelta(hours=HOURS))
    if code == NATION:  # most claims fit: among the latest
        latest = workspace.rows(DeskClaim).filter(until__lte=at).order_by("-until").values("pk")[:CLAIMS]
        rows = rows.filter(pk__in=latest, sheet__contest_id=contest, sheet__state="review")
    else:  # few fit: from the sheets on
        waits = workspace.rows(Sheet).filter(within("station", [code]), contest_id=contest, state="review")
        rows = rows.filter(sheet_id__in=waits.values("pk"))
    told = rows.order_by("-until").values_list("sheet__station", "until", "account__login")[:many]
    return [Stuck("claim", station, until, login) for station, until, login in told]


def unread(workspace: Workspace, contest: str, code: str, many: int = FEW) -> list[Stuck]:
    """Photographs that wait to be read, the oldest first, in the 20 villages where most of them do.

    Village by village: one question for all of them would make SQLite look at every delivery.
    """
    waits = workspace.rows(BoardCount).filter(within("village_id", [code]), contest_id=contest)
    waits = waits.annotate(waiting=F("delivered") - F("looked")).filter(waiting__gt=0)
    chosen = waits.order_by("-waiting", "village_id").values_list("village_id", flat=True)[:VILLAGES]
    found: list[tuple[datetime, str]] = []
    for village in list(chosen):
        rows = workspace.rows(Delivery).filter(within("station", [village]), contest_id=contest)
        found += rows.filter(result__isnull=True).order_by("at").values_list("at", "station")[:many]
    return [Stuck("unread", station, at) for at, station in sorted(found)[:many]]


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in the hour that begins at `at`: by the columns of `BoardHour`."""

    at: datetime
    counts: Mapping[str, int]


def throughput(workspace: Workspace, contest: str, code: str, at: datetime, hours: int = HOURS) -> list[Hour]:
    """The last hours of a unit, the latest first; a village's are not kept, so it has none."""
    last = at.astimezone(UTC)
    first = f"{last - timedelta(hours=hours - 1):%Y-%m-%d %H}"
    rows = workspace.rows(BoardHour).filter(within("district", [code]), contest_id=contest, hour__gte=first)
    sums = {name: Sum(name) for name in OF_HOURS}
    summed = {row.pop("hour"): row for row in rows.order_by().values("hour").annotate(**sums)}
    told = []
    for back in range(hours):
        moment = (last - timedelta(hours=back)).replace(minute=0, second=0, microsecond=0)
        told.append(Hour(moment, summed.get(f"{moment:%Y-%m-%d %H}", dict.fromkeys(OF_HOURS, 0))))
    return told
