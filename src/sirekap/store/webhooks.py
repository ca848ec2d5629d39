"""Webhooks: whom of the outside notices are told, and the calls that wait, failed or were taken.

A call for each notice and webhook is written once, with how far the webhook has come, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from sirekap.errors import InputError, Problem
from sirekap.review.notices import OF_UNITS, Kind
from sirekap.store.board import place_of
from sirekap.store.loading import PROGRAM, note
from sirekap.store.models import Notice, NoticeCursor, Webhook, WebhookCall, WebhookEnd
from sirekap.store.notices import cursor_of
from sirekap.store.notify import last_for_sure
from sirekap.store.outgoing import GIVEN_UP, SENT, WAITING
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace
from sirekap.store.vault import seal, unseal

BATCH = 500


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as lists show it, with how many of its calls stand where."""

    number: int
    unit: str
    kinds: tuple[Kind, ...]
    url: str
    waiting: int
    sent: int
    given_up: int
    problem: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A webhook as its sender needs it."""

    number: int
    url: str
    secret: bytes = field(repr=False)


def add_webhook(
    workspace: Workspace, unit: str, kinds: Collection[Kind], url: str, secret: bytes, at: datetime
) -> int:
    """Add one, from the next notice on; its number. Whether the address will do is the caller's to check.

    Raises InputError for a unit that is none, and for kinds that concern one person alone.
    """
    if place_of(workspace, unit) is None:
        raise InputError([Problem("webhooks", "a unit or station of this election", unit, column="--unit")])
    wrong = [str(kind) for kind in kinds if kind not in OF_UNITS]
    if wrong or not kinds:
        expected = f"some of {', '.join(OF_UNITS)}"
        raise InputError([Problem("webhooks", expected, ", ".join(wrong) or "none", column="--kinds")])
    sealed, last = seal(workspace, secret), last_for_sure(workspace)
    with transaction.atomic(using=workspace.alias):
        row = workspace.rows(Webhook).create(
            unit=unit, kinds=[str(kind) for kind in OF_UNITS if kind in kinds], url=url, secret=sealed,
            added_by=PROGRAM, at=at,
        )  # fmt: skip
        cursor_of(workspace, _name(row), last)
        note(
            workspace, "webhook added", f"webhook {row.pk}", {"unit": unit, "kinds": row.kinds, "url": url}, at=at
        )
    return int(row.pk)


def remove_webhook(workspace: Workspace, number: int, at: datetime) -> None:
    """Remove one; what it waits for is not sent any more. Raises InputError where there is none."""
    with transaction.atomic(using=workspace.alias):
        row = _live(workspace).select_for_update(of=("self",)).filter(pk=number).first()
        if row is None:
            advice = f"`sirekap webhooks list {workspace.path}` lists them."
            raise InputError([Problem("webhooks", "the number of a webhook", str(number), advice=advice)])
        workspace.rows(WebhookEnd).create(webhook=row, removed_by=PROGRAM, at=at)
        note(workspace, "webhook removed", f"webhook {number}", {}, at=at)


def webhooks(workspace: Workspace) -> list[Hook]:
    """Those that were not removed, in the order in which they were added."""
    counted: dict[tuple[int, str], int] = {
        (hook, outcome): many
        for hook, outcome, many in workspace.rows(WebhookCall)
        .values_list("webhook_id", "outcome")
        .annotate(many=Count("id"))
    }
    return [
        Hook(
            number=row.pk,
            unit=row.unit,
            kinds=tuple(Kind(kind) for kind in row.kinds),
            url=row.url,
            waiting=counted.get((row.pk, WAITING), 0),
            sent=counted.get((row.pk, SENT), 0),
            given_up=counted.get((row.pk, GIVEN_UP), 0),
            problem=_problem(workspace, row),
        )
        for row in _live(workspace).order_by("id")
    ]


def ready(workspace: Workspace) -> list[Ready]:
    """Those that were not removed, with their secrets. Raises InputError where the key is gone."""
    return [Ready(row.pk, row.url, unseal(workspace, row.secret)) for row in _live(workspace).order_by("id")]


def write_calls(workspace: Workspace, at: datetime) -> int:
    """Write a call for each new notice and webhook; how many."""
    hooks = list(_live(workspace).order_by("id"))
    if not hooks:
        return 0
    horizon, written = last_for_sure(workspace), 0
    come: dict[str, int] = dict(workspace.rows(NoticeCursor).values_list("name", "last"))
    for hook in hooks:
        last = come.get(_name(hook), 0)
        while last < horizon:
            last, many = _some_calls(workspace, hook, horizon, at)
            written += many
    return written


def _some_calls(workspace: Workspace, hook: Any, horizon: int, at: datetime) -> tuple[int, int]:
    with transaction.atomic(using=workspace.alias):
        cursor = cursor_of(workspace, _name(hook))
        rows = workspace.rows(Notice).filter(
            within("station", [hook.unit]), account=None, kind__in=hook.kinds, pk__gt=cursor.last, pk__lte=horizon
        )
        keys = list(rows.order_by("id").values_list("pk", flat=True)[:BATCH])
        new = [WebhookCall(webhook=hook, notice_id=key, at=at, due=at) for key in keys]
        workspace.rows(WebhookCall).bulk_create(new)
        cursor.last = keys[-1] if len(keys) == BATCH else max(horizon, cursor.last)
        cursor.save(using=workspace.alias)
    return int(cursor.last), len(keys)


def calls_of(workspace: Workspace, number: int) -> Any:
    """The calls of a webhook with their notices, as a query set for `outgoing.lease`."""
    return workspace.rows(WebhookCall).filter(webhook_id=number).select_related("notice")


def note_given_up(workspace: Workspace, call: Any, problem: str, at: datetime) -> None:
    """Put on record that a webhook was not told of a notice."""
    detail = {"notice": call.notice_id, "problem": problem}
    note(workspace, "webhook given up", f"webhook {call.webhook_id}", detail, at=at)


def _live(workspace: Workspace) -> Any:
    return workspace.rows(Webhook).filter(end=None)


def _name(hook: Any) -> str:
    return f"webhook {hook.pk}"


def _problem(workspace: Workspace, hook: Any) -> str:
    rows = workspace.rows(WebhookCall).filter(webhook=hook).exclude(problem="").exclude(outcome=SENT)
    return str(rows.order_by("-id").values_list("problem", flat=True).first() or "")
