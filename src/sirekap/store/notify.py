"""Notices are written in the transaction of the act that causes them: a crash loses none and doubles none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connections, transaction

from sirekap.review import Cause, Step
from sirekap.review.notices import Kind, Seen, kinds_of
from sirekap.review.standing import State
from sirekap.store.models import DeskEntry, Notice, SetAside
from sirekap.store.setup import Workspace

_LOCK = 0x51E4A9  # one of PostgreSQL's advisory locks: any number that nothing else here uses


def notify(
    workspace: Workspace,
    kind: Kind,
    contest: str,
    station: str,
    at: datetime,
    account: int | None = None,
    claim: int | None = None,
) -> None:
    """Write a notice; call it within the transaction of its act. `account`: the key of whom alone it concerns."""
    _begin(workspace)
    workspace.rows(Notice).create(
        kind=str(kind), contest=contest, station=station, account_id=account, claim_id=claim, at=at
    )


def notify_standing(workspace: Workspace, sheet: Any, changed: dict[str, Any], at: datetime) -> None:
    """What is told when a sheet's row (as it was) is changed to these values."""
    now = {name: changed.get(name, getattr(sheet, name)) for name in ("state", "step", "causes")}
    before = _seen(sheet.state, sheet.step, sheet.causes)
    for kind in kinds_of(before, _seen(now["state"], now["step"], now["causes"])):
        notify(workspace, kind, sheet.contest_id, sheet.station, at)


def notify_return(workspace: Workspace, version: Any, round_: int, sheet: Any, at: datetime) -> None:
    """Tell whoever typed a round of a version that it decides nothing any more."""
    rows = workspace.rows(DeskEntry).filter(version=version, round=round_).order_by("number")
    for account in rows.values_list("account_id", flat=True):
        notify(workspace, Kind.RETURNED, sheet.contest_id, sheet.station, at, account)


def notify_refusal(workspace: Workspace, delivery: Any, own: bool, at: datetime) -> None:
    """Tell that a delivered photograph was set aside or refused; `own`: it is its sender's copy alone."""
    aside = workspace.rows(SetAside).filter(
        contest_id=delivery.contest_id, sha256=delivery.sha256, station=delivery.station
    )
    kind = Kind.ASIDE if not own and aside.exists() else Kind.REFUSED
    account = delivery.account_id if own else None
    notify(workspace, kind, delivery.contest_id, delivery.station, at, account)


def last_for_sure(workspace: Workspace) -> int:
    """The last notice below which none will be written any more; call it outside of transactions.

    PostgreSQL numbers rows before their transactions end, so a lower number can come to light after a higher
    one: whoever goes by numbers would miss it. Writers share a lock until they end; while one has it alone,
    none is under way. SQLite has one writer at a time.
    """
    connection = connections[workspace.alias]
    if connection.vendor != "postgresql":
        return _last(workspace)
    with transaction.atomic(using=workspace.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return _last(workspace)


def _last(workspace: Workspace) -> int:
    last: int | None = workspace.rows(Notice).order_by("-id").values_list("id", flat=True).first()
    return last or 0


def _begin(workspace: Workspace) -> None:
    connection = connections[workspace.alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def _seen(state: str, step: str, causes: int) -> Seen:
    return Seen(State(state), Step(step), bool(causes & Cause.COPY.bit))
