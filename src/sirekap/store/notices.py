"""Notices as people read them: by the units of their mandates, newest first, and what is new since then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sirekap.access import Mandate
from sirekap.review.notices import OF_UNITS, Kind, units_told
from sirekap.store.models import Account, DeskClaim, Notice, NoticeCursor, NoticeSeen
from sirekap.store.notify import notify
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

MOST_COUNTED = 100
BATCH = 500
CLAIMS = "claims"


def notices_for(workspace: Workspace, login: str, mandates: Iterable[Mandate]) -> Any:
    """The notices that somebody is told, as a query set without an order."""
    held = tuple(mandates)
    told = Q(account__login=login)
    kinds: dict[frozenset[str], list[str]] = {}
    for kind in OF_UNITS:
        units = units_told(held, kind)
        if units:
            kinds.setdefault(units, []).append(str(kind))
    for units, names in kinds.items():
        told |= Q(within("station", units), account=None, kind__in=names)
    return workspace.rows(Notice).filter(told)


def some_notices(
    workspace: Workspace,
    login: str,
    mandates: Iterable[Mandate],
    many: int,
    before: int | None = None,
    since: int | None = None,
) -> list[Any]:
    """Some notices of somebody, the newest first (`before` one), or the oldest first `since` one."""
    rows = notices_for(workspace, login, mandates)
    if since is not None:
        return list(rows.filter(pk__gt=since).order_by("id")[:many])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:many])


def last_seen(workspace: Workspace, login: str) -> int:
    """The last notice that somebody saw; 0 where they saw none yet."""
    row = workspace.rows(NoticeSeen).filter(account__login=login).values_list("last", flat=True).first()
    return int(row or 0)


def how_many_new(workspace: Workspace, login: str, mandates: Iterable[Mandate]) -> int:
    """How many notices somebody has not seen; counted up to a hundred, because every page asks."""
    rows = notices_for(workspace, login, mandates).filter(pk__gt=last_seen(workspace, login))
    return int(rows.order_by()[:MOST_COUNTED].count())


def mark_seen(workspace: Workspace, login: str, last: int, at: datetime) -> None:
    """Somebody saw all notices up to one; it never goes back."""
    account = workspace.rows(Account).get(login=login)
    row, new = workspace.rows(NoticeSeen).get_or_create(account=account, defaults={"last": last, "at": at})
    if not new and row.last < last:
        workspace.rows(NoticeSeen).filter(pk=row.pk, last__lt=last).update(last=last, at=at)


def tell_of_claims(workspace: Workspace, at: datetime) -> int:
    """Write a notice for each claim that ran out and was not ended; how many.

    Nobody acts when time runs out, so a worker looks, from the last claim that it looked at onwards.
    """
    told = 0
    with transaction.atomic(using=workspace.alias):
        cursor = cursor_of(workspace, CLAIMS)
        rows = workspace.rows(DeskClaim).filter(pk__gt=cursor.last).select_related("sheet", "end").order_by("id")
        for row in rows[:BATCH]:
            if row.until > at:
                break  # all later ones end later
            if getattr(row, "end", None) is None:
                sheet = row.sheet
                notify(
                    workspace, Kind.CLAIM_OVER, sheet.contest_id, sheet.station, row.until, row.account_id, row.pk
                )
                told += 1
            cursor.last = row.pk
        cursor.save(using=workspace.alias)
    return told


def claims_wait(workspace: Workspace, at: datetime) -> bool:
    """Whether `tell_of_claims` has something to do; asked often, so it writes nothing."""
    last = workspace.rows(NoticeCursor).filter(name=CLAIMS).values_list("last", flat=True).first() or 0
    row = workspace.rows(DeskClaim).filter(pk__gt=last).order_by("id").first()
    return row is not None and row.until <= at


def cursor_of(workspace: Workspace, name: str, start: int = 0) -> Any:
    """How far something has come, locked; call it within a transaction."""
    workspace.rows(NoticeCursor).get_or_create(name=name, defaults={"last": start})
    return workspace.rows(NoticeCursor).select_for_update().get(name=name)
