"""The review desk's queue: which sheets wait for people, in which order, and who holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q

from sirekap.geography import LENGTH, NATION, Tier
from sirekap.review import Cause, Step
from sirekap.review.desk import WORK
from sirekap.store.desk import SKIPPED, live_claims
from sirekap.store.models import DeskClaimEnd, Sheet
from sirekap.store.setup import Workspace


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sheet of the queue: `votes` in question, the `causes` for which it waits, who holds it until when."""

    sheet: int
    contest: str
    station: str
    step: Step
    causes: tuple[Cause, ...]
    votes: int
    since: datetime | None
    holder: str | None
    until: datetime | None


def queue(
    workspace: Workspace,
    units: Iterable[str],
    at: datetime,
    contest: str | None = None,
    steps: Sequence[Step] = WORK,
    cause: Cause | None = None,
    start: int = 0,
    many: int = 50,
) -> list[Waiting]:
    """Some sheets that wait within these units, those with the most votes in question first, then the longest
    waiting.
    """
    rows = _rows(workspace, units, contest, steps)
    if cause is not None:
        # Databases name the bits of a number differently; a remainder is the same everywhere.
        rows = rows.annotate(low=F("causes") % (2 * cause.bit)).filter(low__gte=cause.bit)
    chosen = list(rows.order_by("-weight", "since", "station")[start : start + many])
    holders = {row.sheet_id: row for row in live_claims(workspace, at).filter(sheet__in=chosen)}
    return [_waiting(row, holders.get(row.pk)) for row in chosen]


def candidates(
    workspace: Workspace,
    units: Iterable[str],
    at: datetime,
    account: Any,
    contest: str | None = None,
    steps: Sequence[Step] = WORK,
) -> Iterator[int]:
    """The keys of sheets that somebody could take next, in the queue's order: free, and not skipped by them."""
    rows = _rows(workspace, units, contest, steps)
    held = live_claims(workspace, at).values("sheet_id")
    skipped = workspace.rows(DeskClaimEnd).filter(how=SKIPPED, claim__account=account)
    rows = rows.exclude(pk__in=held).exclude(pk__in=skipped.values("claim__sheet_id"))
    yield from rows.order_by("-weight", "since", "station").values_list("pk", flat=True).iterator(100)


def how_many(
    workspace: Workspace, units: Iterable[str], contest: str | None = None, steps: Sequence[Step] = WORK
) -> int:
    """How many sheets wait within these units."""
    return int(_rows(workspace, units, contest, steps).count())


def within(field: str, units: Iterable[str]) -> Q:
    """Rows of these units, and of what lies in them; none where there are no units."""
    held = set(units)
    if NATION in held:
        return Q()
    parts = [Q(**{f"{field}__gte": unit, f"{field}__lte": _last(unit)}) for unit in sorted(held)]
    return reduce(or_, parts) if parts else Q(pk__in=())


def _last(code: str) -> str:
    """The last code that can lie within this one: a range, which every index serves.

    Of digits alone, because where a sign such as ":" stands among them depends on the database's collation.
    """
    return code.ljust(LENGTH[Tier.STATION], "9")


def _rows(workspace: Workspace, units: Iterable[str], contest: str | None, steps: Sequence[Step]) -> Any:
    rows = workspace.rows(Sheet).filter(step__in=[str(step) for step in steps])
    if contest is not None:
        rows = rows.filter(contest_id=contest)
    return rows.filter(within("station", units))


def _waiting(row: Any, claim: Any | None) -> Waiting:
    causes = tuple(cause for cause in Cause if row.causes & cause.bit)
    holder = None if claim is None else claim.account.login
    until = None if claim is None else claim.until
    return Waiting(
        row.pk, row.contest_id, row.station, Step(row.step), causes, row.weight, row.since, holder, until
    )
