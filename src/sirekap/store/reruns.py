"""A rerun is written down: in one transaction under the sheet's lock the count of a station begins anew.

Who may order one is `flow.reruns`'s to know. Nothing older is changed: the row says up to where the count before
went (`store.generations`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from sirekap.forms import Form
from sirekap.review.notices import Kind
from sirekap.review.reruns import RerunKind
from sirekap.store.desk import end_claims
from sirekap.store.generations import generation_of, locked_sheet
from sirekap.store.loading import note
from sirekap.store.models import (
    Account,
    Assignment,
    Confirmation,
    CopyVersion,
    Delivery,
    Rerun,
    SetAside,
    Sheet,
    SheetVersion,
)
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notify import notify
from sirekap.store.setup import Workspace
from sirekap.store.standing import stand_again


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody orders: `by` are their role and unit in words, `after` the number of the sheet's latest rerun
    of which they know, 0 where of none.
    """

    request: UUID
    contest: str
    station: str
    kind: RerunKind
    ground: str
    by: str
    after: int


def earlier_rerun(workspace: Workspace, order: Order, login: str) -> Any | None:
    """The row that the same request made before. Raises NotTaken (INVALID) where it was another's."""
    row = workspace.rows(Rerun).filter(request=order.request).select_related("account", "sheet").first()
    if row is None:
        return None
    if (row.account.login, row.sheet.contest_id, row.sheet.station) != (login, order.contest, order.station):
        raise NotTaken(Reason.INVALID, ["request: expected a new UUID; found one of another rerun"])
    return row


def store_rerun(
    workspace: Workspace, form: Form, order: Order, account: Any, session: int | None, at: datetime
) -> Any:
    """Begin a new count of a station's sheet; the row of the rerun. The same request again changes nothing.

    Raises NotTaken (VERSION) where another rerun was ordered that `order.after` does not know of.
    """
    earlier = earlier_rerun(workspace, order, account.login)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic(using=workspace.alias):
            return _store(workspace, form, order, account, session, at)
    except (IntegrityError, NotTaken):  # the same request at the same moment
        earlier = earlier_rerun(workspace, order, account.login)
        if earlier is None:
            raise
        return earlier


def _store(
    workspace: Workspace, form: Form, order: Order, account: Any, session: int | None, at: datetime
) -> Any:
    # The account first, as in `store.desk.take`: one person who does both at once waits, and not in a ring.
    workspace.rows(Account).select_for_update().get(pk=account.pk)
    sheet = locked_sheet(workspace, order.contest, order.station)
    number = generation_of(workspace, order.contest, order.station).number
    if order.after != number:
        raise NotTaken(Reason.VERSION, [f"after: expected {number}, the latest rerun; found {order.after}"])
    if sheet is None:
        sheet = workspace.rows(Sheet).create(contest_id=order.contest, station=order.station, state="review")
    row = workspace.rows(Rerun).create(
        sheet=sheet,
        number=number + 1,
        kind=str(order.kind),
        ground=order.ground,
        by=order.by,
        account=account,
        session_id=session,
        request=order.request,
        at=at,
        **_last_rows(workspace, sheet),
    )
    end_claims(workspace, sheet, at)
    stand_again(workspace, order.contest, form, order.station, at)
    notify(workspace, Kind.RERUN, order.contest, order.station, at)
    detail = {"contest": order.contest, "number": row.number, "kind": row.kind, "ground": row.ground}
    note(workspace, "rerun ordered", order.station, detail, account.login, at)
    return row


def _last_rows(workspace: Workspace, sheet: Any) -> dict[str, int]:
    """Up to where the count goes that ends here: the columns of `Rerun`."""
    here = {"contest_id": sheet.contest_id, "station": sheet.station}
    copies = workspace.rows(CopyVersion).filter(copy__contest_id=sheet.contest_id, copy__station=sheet.station)
    last = {
        "last_version": workspace.rows(SheetVersion).filter(sheet=sheet).aggregate(last=Max("version")),
        "last_assignment": workspace.rows(Assignment).filter(sheet=sheet).aggregate(last=Max("id")),
        "last_confirmation": workspace.rows(Confirmation).filter(**here).aggregate(last=Max("id")),
        "last_delivery": workspace.rows(Delivery).filter(**here).aggregate(last=Max("id")),
        "last_copy": copies.aggregate(last=Max("id")),
        "last_aside": workspace.rows(SetAside).filter(**here).aggregate(last=Max("id")),
    }
    return {name: found["last"] or 0 for name, found in last.items()}
