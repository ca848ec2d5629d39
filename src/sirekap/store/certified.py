"""What a district certified of a station's sheet, and that a sheet left that behind.

A sheet can change at any time, because evidence is always taken. `mark_moved` writes down, in the act's own
transaction, that it did so after its district's certificate; tiers above look at these few alone and not at every
sheet of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier
from sirekap.record.canonical import canonical
from sirekap.review import State
from sirekap.store.models import MovedSheet, RecapVersion
from sirekap.store.setup import Workspace

if TYPE_CHECKING:
    from sirekap.store.standing import Standpoint


def settled_values(form: Form, point: Standpoint | None) -> dict[str, int | None] | None:
    """A sheet's figures where it is settled, else None; what nobody can read is None as a blank is."""
    if point is None or point.standing.state is not State.SETTLED:
        return None
    return {name: point.figures[name].value for name in form.names if name in point.figures}


def digest_of(form: Form, point: Standpoint) -> str:
    """The SHA-256 of a settled sheet as a plenary reads it out: its version and its figures.

    A new photograph makes another version: who read out the old one has not seen it.
    """
    return sha256(
        canonical({"version": point.version.version, "figures": settled_values(form, point)})
    ).hexdigest()


def last_versions(workspace: Workspace, contest: str, units: Iterable[str]) -> dict[str, Any]:
    """The last version of each unit's certificate, by unit, whether it is reopened or not."""
    newest = workspace.rows(RecapVersion).filter(plenary=OuterRef("plenary")).order_by("-version")
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest, plenary__unit__in=list(units))
    rows = rows.filter(version=Subquery(newest.values("version")[:1]))  # a row holds all figures of its parts
    return {row.plenary.unit: row for row in rows.select_related("plenary")}


def mark_moved(workspace: Workspace, form: Form, sheet: Any, point: Standpoint | None, at: datetime) -> None:
    """Write down that a sheet left its district's last certificate behind, where it did.

    Call it within the act's transaction, under the sheet's lock: a district closes under those of all its sheets.
    """
    district = sheet.station[: LENGTH[Tier.DISTRICT]]
    version = last_versions(workspace, sheet.contest_id, [district]).get(district)
    if version is None:
        return
    certified = {code: digest for code, digest, *_ in version.parts}.get(sheet.station)
    now = None if point is None or point.standing.state is not State.SETTLED else digest_of(form, point)
    if now != certified:
        workspace.rows(MovedSheet).get_or_create(version=version, station=sheet.station, defaults={"at": at})
