"""Plenaries in the tables: their minutes, acts under the plenary's lock, closings with their versions.

Locks are taken from the top down: a plenary's own row, then those of the plenaries below or of the district's
sheets. So a sheet or a certificate below cannot change between what is looked at and what is certified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sirekap.forms import Form
from sirekap.geography import Tier, tier_of
from sirekap.recap import (
    Act,
    Blocked,
    Closed,
    NotAllowed,
    Part,
    Recap,
    Refusal,
    Stage,
    above,
    after,
    as_json,
    blocks,
    from_json,
    play,
    recapitulate,
)
from sirekap.recap import Plenary as Minutes
from sirekap.record.canonical import canonical
from sirekap.record.certificate import Certificate, body
from sirekap.store.desk import Who
from sirekap.store.loading import note
from sirekap.store.models import Plenary, PlenaryAct, RecapVersion, Sheet
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenary_parts import expected_in, part_codes, parts_of
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace


@dataclass(frozen=True)
class Sitting:
    """A unit's plenary of a contest as it stands: its minutes; parts and table when they are asked for."""

    workspace: Workspace
    contest: str
    unit: str
    form: Form
    acts: tuple[Act, ...]

    @cached_property
    def minutes(self) -> Minutes:
        """What the acts say so far."""
        return play(self.acts)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts as they stand now."""
        return parts_of(self.workspace, self.contest, self.form, self.unit)

    @cached_property
    def recap(self) -> Recap:
        """The table."""
        return recapitulate(self.form.names, self.minutes, self.parts)

    @property
    def blocks(self) -> tuple[Blocked, ...]:
        """What keeps it from closing."""
        return blocks(self.recap, self.minutes)

    @property
    def district(self) -> bool:
        """Whether its parts are stations."""
        return tier_of(self.unit) is Tier.DISTRICT


@dataclass(frozen=True)
class Closing:
    """What a certificate is made of: the sitting, the version it will have, when it closes, what it rests on."""

    sitting: Sitting
    version: int
    at: datetime
    sheets: str
    missing: tuple[tuple[str, str], ...]
    expected: int
    unknown_villages: int


def sitting_of(
    workspace: Workspace, contest: str, form: Form, unit: str, until: datetime | None = None
) -> Sitting:
    """A plenary as it stands, or its minutes as they stood at a moment; not begun where nobody opened it."""
    rows = workspace.rows(PlenaryAct).filter(plenary__contest_id=contest, plenary__unit=unit)
    if until is not None:
        rows = rows.filter(at__lte=until)
    acts = tuple(from_json(tree) for tree in rows.order_by("number").values_list("act", flat=True))
    return Sitting(workspace, contest, unit, form, acts)


def store_act(
    workspace: Workspace,
    contest: str,
    form: Form,
    unit: str,
    request: UUID,
    make: Callable[[Sitting], Act],
    who: Who,
    at: datetime,
) -> Sitting:
    """Write an act down that `make` makes of the plenary under its lock; how it stands then.

    The same request again changes nothing. Raises NotTaken: STAGE, CHANGED, INVALID as the minutes refuse it, and
    whatever `make` raises.
    """
    try:
        with transaction.atomic(using=workspace.alias):
            row = _locked(workspace, contest, unit)
            if _known(workspace, request, row, who):
                return sitting_of(workspace, contest, form, unit)
            sitting = sitting_of(workspace, contest, form, unit)
            return _written(sitting, row, request, make(sitting), who, at)
    except IntegrityError:  # the same request at the same moment, or the plenary's first two acts at once
        with transaction.atomic(using=workspace.alias):
            row = _locked(workspace, contest, unit)
            if not _known(workspace, request, row, who):
                raise NotTaken(Reason.STAGE, ["another act came at the same moment: try again"]) from None
        return sitting_of(workspace, contest, form, unit)


def store_closing(
    workspace: Workspace,
    contest: str,
    form: Form,
    unit: str,
    request: UUID,
    compose: Callable[[Closing], Certificate],
    who: Who,
    at: datetime,
) -> Any:
    """Close a plenary with its next version; the row of `RecapVersion`. The same request gives the same one.

    Raises NotTaken: STAGE, and BLOCKED with every reason.
    """
    with transaction.atomic(using=workspace.alias):
        row = _locked(workspace, contest, unit)
        if _known(workspace, request, row, who):
            return workspace.rows(RecapVersion).filter(plenary=row).order_by("-version").first()
        _lock_parts(workspace, contest, unit)
        sitting = sitting_of(workspace, contest, form, unit)
        if sitting.minutes.stage is not Stage.OPEN:
            raise NotTaken(Reason.STAGE, [f"expected a plenary that is open; it is {sitting.minutes.stage}"])
        if sitting.blocks:
            raise NotTaken(Reason.BLOCKED, [f"{item.block}: {', '.join(item.about)}" for item in sitting.blocks])
        closing = _closing(sitting, at)
        data = body(compose(closing))
        digest = workspace.objects.put(data)
        workspace.objects.secure(digest)
        _written(sitting, row, request, Closed(who.told, told_at(at), closing.version, digest), who, at)
        return _version(row, closing, digest)


def store_reopening(
    workspace: Workspace,
    contest: str,
    form: Form,
    unit: str,
    request: UUID,
    make: Callable[[Sitting], Act],
    who: Who,
    at: datetime,
) -> Sitting:
    """Reopen a plenary. Raises NotTaken: STAGE, INVALID, and ABOVE where the tier above is closed.

    From the top down alone: so no certificate stands over one that is open again.
    """
    higher = above(unit, contest)
    with transaction.atomic(using=workspace.alias):
        if higher is not None:
            list(workspace.rows(Plenary).select_for_update().filter(contest_id=contest, unit=higher))
        known = workspace.rows(PlenaryAct).filter(request=request).exists()
        if higher is not None and not known:
            stage = sitting_of(workspace, contest, form, higher).minutes.stage
            if stage is Stage.CLOSED:
                raise NotTaken(Reason.ABOVE, [f"expected {higher} to be reopened first; it is closed"])
        return store_act(workspace, contest, form, unit, request, make, who, at)


def version_of(workspace: Workspace, contest: str, unit: str, version: int | None = None) -> Any | None:
    """A version of a unit's certificate, or the last; None where there is none."""
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest, plenary__unit=unit)
    if version is not None:
        rows = rows.filter(version=version)
    return rows.select_related("plenary").order_by("-version").first()


def _written(sitting: Sitting, row: Any, request: UUID, act: Act, who: Who, at: datetime) -> Sitting:
    workspace = sitting.workspace
    try:
        after(sitting.minutes, act)
    except NotAllowed as refused:
        raise NotTaken(REASONS.get(refused.refusal, Reason.STAGE), [refused.detail]) from refused
    workspace.rows(PlenaryAct).create(
        plenary=row, number=len(sitting.acts) + 1, kind=act.name, act=as_json(act), request=request,
        account=who.account, session_id=who.session, at=at,
    )  # fmt: skip
    detail = {"contest": sitting.contest, "number": len(sitting.acts) + 1}
    note(workspace, f"plenary {act.name}", sitting.unit, detail, who.login, at)
    return Sitting(workspace, sitting.contest, sitting.unit, sitting.form, (*sitting.acts, act))


REASONS = {
    Refusal.DECISION: Reason.INVALID,
    Refusal.NOTHING_MISSING: Reason.INVALID,
    Refusal.WORDS: Reason.INVALID,
    Refusal.SAME: Reason.INVALID,
    Refusal.BEFORE: Reason.CHANGED,
    Refusal.WITHDRAWN: Reason.CHANGED,
    Refusal.NUMBER: Reason.CHANGED,
    Refusal.TAKEN_UP: Reason.CHANGED,
    Refusal.ANSWERED: Reason.CHANGED,
    Refusal.OPEN_OBJECTIONS: Reason.BLOCKED,
}


def _closing(sitting: Sitting, at: datetime) -> Closing:
    columns = [column for column in sitting.recap.columns if column.counted is not None]
    rests_on = [[column.part.code, column.part.digest] for column in columns]
    gone = [(column.part.code, column.part.reason) for column in sitting.recap.columns if column.counted is None]
    if not sitting.district:
        codes = [column.part.code for column in columns]
        rows = (version_of(sitting.workspace, sitting.contest, code) for code in codes)
        gone += [(code, reason) for row in rows if row is not None for code, reason in row.missing]
    expected, unknown = expected_in(sitting.workspace, sitting.unit)
    return Closing(
        sitting,
        len(sitting.minutes.versions) + 1,
        at,
        sha256(canonical(rests_on)).hexdigest(),
        tuple(sorted(gone)),
        expected,
        unknown,
    )


def _version(row: Any, closing: Closing, digest: str) -> Any:
    sitting = closing.sitting
    names = list(sitting.form.names)
    columns = [column for column in sitting.recap.columns if column.counted is not None]
    return sitting.workspace.rows(RecapVersion).create(
        plenary=row,
        version=closing.version,
        body=digest,
        figures=names,
        parts=[
            [
                column.part.code,
                column.part.digest,
                column.part.stations,
                [column.part.sheets.get(name) for name in names],
                [(column.counted or {}).get(name) for name in names],
            ]
            for column in columns
        ],
        corrections=[as_json(item) for item in sitting.recap.corrections],
        missing=[list(item) for item in closing.missing],
        stations=sitting.recap.stations,
        expected=closing.expected,
        unknown_villages=closing.unknown_villages,
        at=closing.at,
    )


def _locked(workspace: Workspace, contest: str, unit: str) -> Any:
    workspace.rows(Plenary).get_or_create(contest_id=contest, unit=unit)
    return workspace.rows(Plenary).select_for_update().get(contest_id=contest, unit=unit)


def _lock_parts(workspace: Workspace, contest: str, unit: str) -> None:
    if tier_of(unit) is Tier.DISTRICT:
        sheets = workspace.rows(Sheet).filter(within("station", [unit]), contest_id=contest)
        list(sheets.select_for_update().order_by("station").values_list("pk", flat=True))
        return
    below = workspace.rows(Plenary).filter(contest_id=contest, unit__in=part_codes(workspace, contest, unit))
    list(below.select_for_update().order_by("unit").values_list("pk", flat=True))


def _known(workspace: Workspace, request: UUID, row: Any, who: Who) -> bool:
    """Whether this very request was written down. Raises NotTaken (INVALID) where it was another's."""
    known = workspace.rows(PlenaryAct).filter(request=request).first()
    if known is None:
        return False
    if known.account_id != who.account.pk or known.plenary_id != row.pk:
        raise NotTaken(Reason.INVALID, ["request: expected a new UUID; found one of another act"])
    return True


def told_at(at: datetime) -> str:
    """A time as acts hold it: ISO 8601 in UTC, whole seconds."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
