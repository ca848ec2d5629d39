"""The review desk's queue: which sheets wait for people, in which order, and who holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from sirekap.review import Cause, Step
from sirekap.review.desk import TYPING, WORK
from sirekap.store.desk import DONE, SKIPPED, live_claims
from sirekap.store.desk_races import last_in_queue
from sirekap.store.models import (
    DeskClaimEnd,
    DeskEntry,
    DeskReturn,
    DeskSeen,
    Rerun,
    SeenSince,
    Sheet,
    SheetVersion,
)
from sirekap.store.ranges import within
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
    """Some sheets that wait within these units: those of races that are still open first, among these those with
    the most votes in question, then the longest waiting.
    """
    rows = _rows(workspace, units, contest, steps)
    if cause is not None:
        # Databases name the bits of a number differently; a remainder is the same everywhere.
        rows = rows.annotate(low=F("causes") % (2 * cause.bit)).filter(low__gte=cause.bit)
    chosen = list(_ordered(workspace, units, rows)[start : start + many])
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
    """The keys of sheets that somebody could take next, in the queue's order: free, not skipped by them, and not
    waiting for another's hand after theirs.

    `store.desk.take` judges each of them; without the last it would judge a thousand sheets of a diligent clerk
    before it came to one that they may take.
    """
    rows = _rows(workspace, units, contest, steps)
    ends = workspace.rows(DeskClaimEnd).filter(claim__account=account)
    answered = ends.filter(how=DONE, claim__step=str(Step.FINDINGS), at__gte=OuterRef("since"))
    rows = (
        rows.exclude(pk__in=live_claims(workspace, at).values("sheet_id"))
        .exclude(pk__in=_skipped(workspace, ends))
        .exclude(pk__in=_typed_by(workspace, account), step__in=[str(Step.SECOND), str(Step.RESOLVE)])
        .exclude(_seen_by(workspace, account), step__in=[str(step) for step in TYPING])
        .exclude(Exists(answered.filter(claim__sheet=OuterRef("pk"))), step=str(Step.FINDINGS))
    )
    yield from _ordered(workspace, units, rows).values_list("pk", flat=True).iterator(100)


def _typed_by(workspace: Workspace, account: Any) -> Any:
    """The keys of sheets of which somebody typed the latest version, in the round that it is in."""
    newest = workspace.rows(SheetVersion).filter(sheet=OuterRef("sheet")).order_by("-version").values("pk")[:1]
    back = workspace.rows(DeskReturn).filter(version=OuterRef("version"), round=OuterRef("round"))
    rows = workspace.rows(DeskEntry).filter(~Exists(back), account=account, version=Subquery(newest))
    return rows.values("sheet_id")


def _skipped(workspace: Workspace, ends: Any) -> Any:
    """The keys of sheets that somebody skipped, by the ends of their claims; not those of which another count has
    begun since.
    """
    later = workspace.rows(Rerun).filter(
        sheet=OuterRef("claim__sheet"), last_version__gte=OuterRef("claim__version__version")
    )
    return ends.filter(~Exists(later), how=SKIPPED).values("claim__sheet_id")


def _seen_by(workspace: Workspace, account: Any) -> Q:
    """Sheets of whose latest count somebody saw figures (`store.desk.has_seen`)."""
    later = workspace.rows(Rerun).filter(sheet=OuterRef("rerun__sheet"), number__gt=OuterRef("rerun__number"))
    first = (
        workspace.rows(DeskSeen)
        .filter(account=account)
        .exclude(sheet__in=workspace.rows(Rerun).values("sheet_id"))
    )
    since = workspace.rows(SeenSince).filter(~Exists(later), account=account)
    return Q(pk__in=first.values("sheet_id")) | Q(pk__in=since.values("rerun__sheet_id"))


def how_many(
    workspace: Workspace, units: Iterable[str], contest: str | None = None, steps: Sequence[Step] = WORK
) -> int:
    """How many sheets wait within these units."""
    return int(_rows(workspace, units, contest, steps).count())


def _ordered(workspace: Workspace, units: Iterable[str], rows: Any) -> Any:
    return rows.order_by(*last_in_queue(workspace, units), "-weight", "since", "station")


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
