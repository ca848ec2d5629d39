"""Notices as people read them: by the units of their mandates, newest first, and what is new since then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sirekap.access import Mandate
from sirekap.review.notices import OF_UNITS, Kind, units_told
from sirekap.store.models import Account, DeskClaim, Notice, NoticeCursor, NoticeSeen
from sirekap.store.notify import notify
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

MOST_COUNTED = 100
BATCH = 500
CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Span:
    """Notices of an account between two of them: after `since`, before `before`."""

    since: int = 0
    before: int | None = None


def some_notices(
    workspace: Workspace,
    login: str,
    mandates: Iterable[Mandate],
    many: int,
    span: Span = Span(),  # it cannot change
    oldest: bool = False,
) -> list[Any]:
    """Some notices that somebody is told, the newest first, or the `oldest`."""
    found: list[Any] = []
    for part in _parts(workspace, login, mandates, span):
        found += part.order_by("id" if oldest else "-id")[:many]
    return sorted(found, key=lambda row: int(row.pk), reverse=not oldest)[:many]


def how_many(
    workspace: Workspace, login: str, mandates: Iterable[Mandate], span: Span, most: int | None = None
) -> int:
    """How many notices somebody is told; counted up to `most`."""
    parts = _parts(workspace, login, mandates, span)
    number = sum(int((part if most is None else part[:most]).count()) for part in parts)
    return number if most is None else min(number, most)


def _parts(workspace: Workspace, login: str, mandates: Iterable[Mandate], span: Span) -> Iterator[Any]:
    """What somebody is told, as query sets: their own, and for each set of units the kinds told there.

    One at a time, because databases answer an "or" of them by looking through the notices of the whole nation.
    """
    held, kinds = tuple(mandates), dict[frozenset[str], list[str]]()
    rows = workspace.rows(Notice).filter(pk__gt=span.since)
    if span.before is not None:
        rows = rows.filter(pk__lt=span.before)
    yield rows.filter(account__login=login)
    for kind in OF_UNITS:
        units = units_told(held, kind)
        if units:
            kinds.setdefault(units, []).append(str(kind))
    for units, names in kinds.items():
        yield rows.filter(within("station", units), account=None, kind__in=names)


def last_seen(workspace: Workspace, login: str) -> int:
    """The last notice that somebody saw; 0 where they saw none yet."""
    row = workspace.rows(NoticeSeen).filter(account__login=login).values_list("last", flat=True).first()
    return int(row or 0)


def how_many_new(workspace: Workspace, login: str, mandates: Iterable[Mandate]) -> int:
    """How many notices somebody has not seen; counted up to a hundred, because every page asks."""
    return how_many(workspace, login, mandates, Span(last_seen(workspace, login)), MOST_COUNTED)


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
