"""Reruns: order one, and what is told of those that were ordered.

Every function takes who asks as `Signed`, and refuses what the mandates do not allow (`review.reruns`). `at` is
the time of the act in UTC. Raises NotTaken with words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sirekap.access import may
from sirekap.flow.desk import one_line, role_words
from sirekap.review.reruns import ACTS, LABELS, MEANINGS, RerunKind, kinds_for
from sirekap.store.accounts import find_account
from sirekap.store.generations import Generation, generation_of
from sirekap.store.loading import iso
from sirekap.store.models import Assignment, Copy, Rerun, Sheet
from sirekap.store.places import form_of_contest, must_be
from sirekap.store.reruns import Order, store_rerun
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints

ORDERS = tuple(dict.fromkeys(ACTS.values()))


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a rerun would replace: the sheet's state, None where there is no sheet; the photographs and copies of
    its count; whether its officer confirmed it; `after` is the number of the latest rerun.
    """

    state: str | None
    photos: int
    copies: int
    confirmed: bool
    after: int


def order_rerun(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    station: str,
    request: UUID,
    kind: RerunKind,
    ground: str,
    after: int,
    at: datetime,
    language: str = "id",
) -> dict[str, Any]:
    """Order that a station's count of a contest begins anew, on a ground in one line; what is told of it.

    `after` is the number of the latest rerun of which the caller knows, 0 where of none. The same request again
    gets the same answer. Raises NotTaken: UNKNOWN, FORBIDDEN, INVALID, VERSION where another was ordered.
    """
    form = form_of_contest(workspace, contest)
    must_be(workspace, signed, station, ACTS[kind])
    text = one_line(ground, needed=True, name="ground")
    held = next(mandate for mandate in signed.mandates if may((mandate,), ACTS[kind], station))
    order = Order(request, contest, station, kind, text, role_words(workspace, held), after)
    row = store_rerun(workspace, form, order, find_account(workspace, signed.login), signed.session, at)
    return rerun_told(row, language)


def kinds_of(workspace: Workspace, signed: Signed, contest: str, station: str) -> tuple[RerunKind, ...]:
    """What the caller may order at a station. Raises NotTaken: UNKNOWN, FORBIDDEN where it is nothing."""
    form_of_contest(workspace, contest)
    must_be(workspace, signed, station, *ORDERS)
    return kinds_for(signed.mandates, station)


def replaced_by_rerun(workspace: Workspace, contest: str, station: str) -> Replaced:
    """What stands there now; no figure, because whoever orders may have to type the sheet."""
    count = generation_of(workspace, contest, station)
    sheet = workspace.rows(Sheet).filter(contest_id=contest, station=station).first()
    if sheet is None:
        return Replaced(None, 0, 0, False, count.number)
    photos = workspace.rows(Assignment).filter(sheet=sheet, pk__gt=count.after("last_assignment"))
    copies = workspace.rows(Copy).filter(contest_id=contest, station=station)
    copies = copies.filter(copyassignment__delivery_id__gt=count.after("last_delivery")).distinct()
    return Replaced(sheet.state, photos.count(), copies.count(), sheet.confirmed, count.number)


def reruns_told(count: Generation, language: str) -> list[dict[str, Any]]:
    """The reruns that led to a count, the oldest first."""
    return [rerun_told(row, language) for row in count.reruns]


def rerun_told(row: Any, language: str) -> dict[str, Any]:
    """One rerun, as the API answers it: number, kind and in words, ground, by whom in words, when."""
    kind = RerunKind(row.kind)
    return {
        "number": row.number,
        "kind": str(kind),
        "label": LABELS[kind][language],
        "meaning": MEANINGS[kind][language],
        "ground": row.ground,
        "by": row.by,
        "at": iso(row.at),
    }


def latest_reruns(workspace: Workspace, station: str) -> dict[str, dict[str, Any]]:
    """A station's latest rerun by contest, as phones keep it: number, kind in both languages, when."""
    rows = workspace.rows(Rerun).filter(sheet__station=station).select_related("sheet").order_by("number")
    return {
        row.sheet.contest_id: {
            "number": row.number,
            "label": dict(LABELS[RerunKind(row.kind)]),
            "at": iso(row.at),
        }
        for row in rows
    }


def figures_before(workspace: Workspace, contest: str, station: str, number: int) -> dict[str, int | None]:
    """What counted last, by name, of the count that a rerun ended, None for blank; nothing where none was read.

    Illegible figures are left out.
    """
    form = form_of_contest(workspace, contest)
    point = standpoints(workspace, contest, form, station, before=number).get(station)
    if point is None:
        return {}
    return {name: figure.value for name, figure in point.figures.items() if figure.status != "illegible"}
