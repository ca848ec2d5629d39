"""Deliveries: written down once, claimed by workers, finished with a result; one without a result is pending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Sum

from sirekap.store.loading import PROGRAM, note
from sirekap.store.models import Assignment, Delivery, DeliveryClaim, DeliveryResult
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notify import notify_refusal
from sirekap.store.setup import Workspace

OFFICER, COPY = "officer", "copy"
PENDING, READ, REFUSED = "pending", "read", "refused"
CLAIM = timedelta(minutes=5)
MOST_A_SHEET = 60  # photographs that one account delivers for one sheet
DAY = timedelta(days=1)
MOST_A_DAY = 2_000_000_000  # bytes that one account delivers
RATE_OVER = 50  # the latest readings that tell how long one takes
Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is delivered; the fields of `Delivery`."""

    contest: str
    station: str
    sha256: str
    source: str
    page: int | None
    form: str | None
    name: str
    size: int

    def owner(self, login: str) -> str:
        """Whose delivery it is: officers of a station deliver together, a copy is its account's own."""
        return login if self.source == COPY else ""


def find_delivery(workspace: Workspace, order: Order, login: str) -> Any | None:
    """The row of a delivery that was taken before, with its result."""
    rows = workspace.rows(Delivery).select_related("result")
    return rows.filter(
        contest_id=order.contest,
        station=order.station,
        sha256=order.sha256,
        source=order.source,
        owner=order.owner(login),
    ).first()


def store_delivery(
    workspace: Workspace,
    order: Order,
    account: Any,
    session: int | None,
    at: datetime,
    receipt: Mapping[str, Any],
    beside: Callable[[Any], None],
) -> tuple[Any, bool]:
    """Write a delivery down with its receipt, in one transaction; the row, and whether it is new.

    `beside` is called in that transaction with the new row. Raises NotTaken (QUOTA) for an account that delivered
    too much; its bytes must be kept before.
    """
    found = find_delivery(workspace, order, account.login)
    if found is not None:
        return found, False
    _must_fit(workspace, order, account, at)
    try:
        with transaction.atomic(using=workspace.alias):
            row = workspace.rows(Delivery).create(
                contest_id=order.contest,
                station=order.station,
                sha256=order.sha256,
                source=order.source,
                owner=order.owner(account.login),
                account=account,
                session_id=session,
                size=order.size,
                page=order.page,
                form=order.form,
                name=order.name,
                receipt=dict(receipt),
                at=at,
            )
            detail = {"contest": order.contest, "station": order.station, "source": order.source}
            note(workspace, "photograph delivered", order.sha256, detail, account.login, at)
            beside(row)
    except IntegrityError:  # the same at the same moment
        found = find_delivery(workspace, order, account.login)
        if found is None:
            raise
        return found, False
    return row, True


def _must_fit(workspace: Workspace, order: Order, account: Any, at: datetime) -> None:
    own = workspace.rows(Delivery).filter(account=account)
    if own.filter(contest_id=order.contest, station=order.station).count() >= MOST_A_SHEET:
        raise NotTaken(Reason.QUOTA, [f"expected at most {MOST_A_SHEET} photographs of one sheet"])
    today = own.filter(at__gt=at - DAY).aggregate(Sum("size"))["size__sum"] or 0
    if today + order.size > MOST_A_DAY:
        raise NotTaken(Reason.QUOTA, [f"expected at most {MOST_A_DAY // 10**6} MB from one account in a day"])


def elsewhere(workspace: Workspace, contest: str, sha256: str, station: str) -> str | None:
    """Another station to which a photograph belongs in a contest, or for which an officer delivered it first."""
    rows = workspace.rows(Assignment).filter(contest_id=contest, photo_id=sha256)
    assigned: str | None = rows.values_list("sheet__station", flat=True).first()
    if assigned is not None:
        return assigned if assigned != station else None
    refused = workspace.rows(DeliveryResult).filter(delivery=OuterRef("pk"), outcome=REFUSED)
    sent = workspace.rows(Delivery).filter(~Exists(refused), contest_id=contest, sha256=sha256, source=OFFICER)
    found: str | None = sent.order_by("id").values_list("station", flat=True).first()
    return found if found != station else None  # the first one's claim holds


def status_of(delivery: Any) -> str:
    """pending, read or refused."""
    result = getattr(delivery, "result", None)
    return PENDING if result is None else str(result.outcome)


def pending_rows(workspace: Workspace) -> Any:
    """The deliveries that wait, as a query set."""
    results = workspace.rows(DeliveryResult).filter(delivery=OuterRef("pk"))
    return workspace.rows(Delivery).filter(~Exists(results))


def claim(workspace: Workspace, worker: str, limit: int, at: datetime) -> list[Any]:
    """Some deliveries that wait and that no living worker is at, the oldest first, for this worker alone.

    A claim ends by itself after five minutes: a worker that was killed keeps nothing back for longer.
    """
    with transaction.atomic(using=workspace.alias):
        taken = workspace.rows(DeliveryClaim).filter(delivery=OuterRef("pk"), until__gt=at)
        # Other workers skip the rows that are being claimed here, where the database can (PostgreSQL).
        rows = list(
            pending_rows(workspace)
            .filter(~Exists(taken))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("id")[:limit]
        )
        for row in rows:
            values = {"worker": worker, "until": at + CLAIM}
            workspace.rows(DeliveryClaim).update_or_create(delivery=row, defaults=values)
    return rows


def give_back(workspace: Workspace, deliveries: Sequence[Any], worker: str, at: datetime) -> None:
    """End this worker's claims, so that others need not wait for their end."""
    own = workspace.rows(DeliveryClaim).filter(delivery__in=[row.pk for row in deliveries], worker=worker)
    own.update(until=at)


def finish(
    workspace: Workspace,
    delivery: Any,
    outcome: str,
    at: datetime,
    problem: Label | None = None,
    remarks: Sequence[Mapping[str, Any]] = (),
    seconds: float | None = None,
) -> bool:
    """Write a delivery's result down, in one transaction; False where another worker was quicker."""
    with transaction.atomic(using=workspace.alias):
        _, new = workspace.rows(DeliveryResult).get_or_create(
            delivery=delivery,
            defaults={
                "outcome": outcome,
                "problem": None if problem is None else dict(problem),
                "remarks": [dict(remark) for remark in remarks],
                "seconds": seconds,
                "at": at,
            },
        )
        if new:
            detail = {"contest": delivery.contest_id, "station": delivery.station, "outcome": outcome}
            note(workspace, "photograph read", delivery.sha256, detail, PROGRAM, at)
            if outcome == REFUSED:
                notify_refusal(workspace, delivery, delivery.source == COPY, at)
    return bool(new)


def waiting_ahead(workspace: Workspace, delivery: Any | None = None) -> int:
    """How many deliveries wait, or wait before this one."""
    rows = pending_rows(workspace)
    return int((rows if delivery is None else rows.filter(pk__lt=delivery.pk)).count())


def seconds_each(workspace: Workspace, default: float) -> float:
    """How long one reading took of late, on the average; `default` where none was measured yet."""
    rows = workspace.rows(DeliveryResult).filter(seconds__isnull=False).order_by("-id")
    taken = list(rows.values_list("seconds", flat=True)[:RATE_OVER])
    return sum(taken) / len(taken) if taken else default
