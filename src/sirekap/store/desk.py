"""The review desk's acts on one sheet, each in one transaction under the sheet's lock.

A claim is live until its time is over or it is ended. Whatever is asked for again with the same request (a UUID)
is answered as before. Who may act where is `flow.desk`'s to know; that nobody acts twice on a sheet is held here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sirekap.forms import Form
from sirekap.review import Entry, Step
from sirekap.review.desk import TYPING, UNREADABLE, Value
from sirekap.rules import Severity
from sirekap.store.generations import latest_rerun
from sirekap.store.loading import note
from sirekap.store.models import (
    Account,
    Acknowledgement,
    DeskAnswer,
    DeskClaim,
    DeskClaimEnd,
    DeskEntry,
    DeskReturn,
    DeskSeen,
    SeenSince,
    Sheet,
)
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notify import notify_return
from sirekap.store.rounds import RESOLUTION
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, stand_again, standpoints

CLAIM_TIME = timedelta(minutes=10)
DONE, BACK, SKIPPED, RERUN = "done", "back", "skipped", "rerun"
KEPT, AGREED, DIFFERS, DECIDED = "kept", "agreed", "differs", "decided"


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: a row of `Account`, the session's key, and the words that stand for them in public."""

    account: Any
    session: int | None
    told: str

    @property
    def login(self) -> str:
        """The account's login."""
        return str(self.account.login)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sheet that somebody holds."""

    claim: int
    contest: str
    station: str
    version: int
    step: Step
    until: datetime


def claimed(row: Any) -> Claimed:
    """A claim's row, with its sheet and version."""
    sheet = row.sheet
    return Claimed(row.pk, sheet.contest_id, sheet.station, row.version.version, Step(row.step), row.until)


def live_claims(workspace: Workspace, at: datetime) -> Any:
    """The rows of claims that hold at a moment, with their sheets and versions."""
    rows = workspace.rows(DeskClaim).filter(until__gt=at, end__isnull=True)
    return rows.select_related("sheet", "version")


def held_by(workspace: Workspace, account: Any, at: datetime) -> Claimed | None:
    """What an account holds; nobody holds two sheets."""
    row = live_claims(workspace, at).filter(account=account).order_by("id").last()
    return None if row is None else claimed(row)


def take(workspace: Workspace, form: Form, sheet: int, who: Who, at: datetime) -> Claimed:
    """Take a sheet, by its key. Raises NotTaken: HELD, STEP where nothing waits, OWN."""
    with transaction.atomic(using=workspace.alias):
        # The account first, so that one person who asks twice at once does not get two sheets.
        workspace.rows(Account).select_for_update().get(pk=who.account.pk)
        row = _lock(workspace, sheet)
        mine = held_by(workspace, who.account, at)
        if mine is not None:
            if (mine.contest, mine.station) == (row.contest_id, row.station):
                return mine
            raise NotTaken(
                Reason.CLAIM, [f"expected one sheet at a time; you hold {mine.station} {mine.contest}"]
            )
        if live_claims(workspace, at).filter(sheet=row).exists():
            raise NotTaken(Reason.HELD)
        point = _point(workspace, form, row)
        step = point.step
        if step in (Step.NOTHING, Step.PHOTO):
            raise NotTaken(Reason.STEP)
        if not may_do(workspace, row, point, step, who.account):
            raise NotTaken(Reason.OWN)
        claim = workspace.rows(DeskClaim).create(
            sheet=row,
            version=point.version,
            account=who.account,
            session_id=who.session,
            step=str(step),
            at=at,
            until=at + CLAIM_TIME,
        )
        _note(workspace, "sheet taken", row, {"step": str(step)}, who, at)
        return claimed(claim)


def may_do(workspace: Workspace, sheet: Any, point: Standpoint, step: Step, account: Any) -> bool:
    """Whether a person had no hand in a sheet that forbids this step to them."""
    if point.confirmation is not None and point.confirmation.account_id == account.pk:
        return False
    if step is Step.FINDINGS:
        return any(not answered_by(workspace, point, rule, account) for rule in point.standing.open_errors)
    if account.login in point.round.round.people:
        return False
    return step is Step.RESOLVE or not has_seen(workspace, sheet, account)


def has_seen(workspace: Workspace, sheet: Any, account: Any) -> bool:
    """Whether somebody saw figures of a sheet's latest count before."""
    rerun = latest_rerun(workspace, sheet)
    if rerun is None:
        return bool(workspace.rows(DeskSeen).filter(sheet=sheet, account=account).exists())
    return bool(workspace.rows(SeenSince).filter(rerun=rerun, account=account).exists())


def see(workspace: Workspace, contest: str, station: str, account: Any, at: datetime) -> None:
    """Somebody who may type looks at a sheet's figures; kept. Raises NotTaken (BLIND) while they type it."""
    sheet = workspace.rows(Sheet).filter(contest_id=contest, station=station).first()
    if sheet is None:
        return
    typing = [str(step) for step in TYPING]
    with transaction.atomic(using=workspace.alias):
        if not has_seen(workspace, sheet, account):
            _lock(workspace, sheet.pk)  # so that nobody takes it between looking and writing down
        if live_claims(workspace, at).filter(sheet=sheet, account=account, step__in=typing).exists():
            raise NotTaken(Reason.BLIND)
        rerun = latest_rerun(workspace, sheet)
        if rerun is None:
            workspace.rows(DeskSeen).get_or_create(sheet=sheet, account=account, defaults={"at": at})
        else:
            workspace.rows(SeenSince).get_or_create(rerun=rerun, account=account, defaults={"at": at})


def end_claims(workspace: Workspace, sheet: Any, at: datetime) -> None:
    """Nobody holds a sheet any more, because its count begins anew; call it under the sheet's lock."""
    for row in workspace.rows(DeskClaim).filter(sheet=sheet, end__isnull=True):
        workspace.rows(DeskClaimEnd).create(claim=row, how=RERUN, reason="", at=at)


def end_claim(workspace: Workspace, claim: int, who: Who, how: str, reason: str, at: datetime) -> None:
    """Hand a sheet back, or skip it with a reason. Raises NotTaken (CLAIM). Again does nothing."""
    with transaction.atomic(using=workspace.alias):
        row = _claim(workspace, claim, who)
        before = workspace.rows(DeskClaimEnd).filter(claim=row).first()
        if before is not None and before.how == how:
            return
        _must_be_live(workspace, row, at)
        workspace.rows(DeskClaimEnd).create(claim=row, how=how, reason=reason, at=at)
        _note(workspace, "sheet handed back", row.sheet, {"how": how, "reason": reason}, who, at)


def must_be_typed(form: Form, figures: Mapping[str, Value]) -> None:
    """Every figure of the form, a number its boxes hold, None or UNREADABLE. Raises NotTaken (INVALID)."""
    faults = [f"{name}: expected a figure of {form.id}" for name in figures if name not in form.names]
    for field in form.fields:
        if field.name not in figures:
            faults.append(f"{field.name}: expected a number, null or {UNREADABLE!r}; found nothing")
            continue
        value = figures[field.name]
        fits = value is None or value == UNREADABLE or (type(value) is int and 0 <= value <= field.most)
        if not fits:
            faults.append(
                f"{field.name}: expected 0 to {field.most}, null or {UNREADABLE!r}; found {value!r:.20}"
            )
    if faults:
        raise NotTaken(Reason.INVALID, faults[:20])


def store_entry(
    workspace: Workspace,
    form: Form,
    claim: int,
    request: UUID,
    figures: Mapping[str, Value],
    reason: str,
    who: Who,
    at: datetime,
) -> Mapping[str, Any]:
    """Write down what somebody typed, or how a third person decides; the answer, {"outcome"}.

    Raises NotTaken: CLAIM, VERSION where the sheet was read anew, STEP, INVALID.
    """
    earlier = workspace.rows(DeskEntry).filter(request=request).first()
    if earlier is not None:
        return _same(earlier, who)
    try:
        with transaction.atomic(using=workspace.alias):
            return _enter(workspace, form, claim, request, figures, reason, who, at)
    except IntegrityError:  # the same request at the same moment
        earlier = workspace.rows(DeskEntry).filter(request=request).first()
        if earlier is None:
            raise
        return _same(earlier, who)


def _enter(
    workspace: Workspace,
    form: Form,
    claim: int,
    request: UUID,
    figures: Mapping[str, Value],
    reason: str,
    who: Who,
    at: datetime,
) -> Mapping[str, Any]:
    row = _claim(workspace, claim, who)
    _must_be_live(workspace, row, at)
    point = _point(workspace, form, row.sheet)
    if point.version.pk != row.version_id:
        raise NotTaken(Reason.VERSION)
    step = point.step
    if str(step) != row.step or step not in (*TYPING, Step.RESOLVE):
        raise NotTaken(Reason.STEP)
    entry = Entry(who.login, {name: figures[name] for name in form.names})
    before = point.round.round
    if step is Step.RESOLVE:
        after, number = replace(before, resolution=entry), RESOLUTION
        outcome = DECIDED
    else:
        after, number = replace(before, entries=(*before.entries, entry)), len(before.entries) + 1
        outcome = KEPT if number == 1 else DIFFERS if after.differ else AGREED
    answer = {"outcome": outcome}
    workspace.rows(DeskEntry).create(
        request=request, claim=row, sheet=row.sheet, version=point.version, round=point.round.number,
        number=number, account=who.account, session_id=who.session, figures=dict(entry.figures), reason=reason,
        answer=answer, at=at,
    )  # fmt: skip
    workspace.rows(DeskClaimEnd).create(claim=row, how=DONE, reason="", at=at)
    stand_again(workspace, row.sheet.contest_id, form, row.sheet.station, at)
    act = "entry decided" if step is Step.RESOLVE else "entry typed"
    _note(workspace, act, row.sheet, {"number": number, **answer}, who, at)
    return answer


def store_answer(
    workspace: Workspace, form: Form, claim: int, request: UUID, rule: str, reason: str, who: Who, at: datetime
) -> Standpoint:
    """Answer for an error finding of a sheet that one holds; how it stands then.

    Raises NotTaken: CLAIM, VERSION, STEP where nobody needs to answer for it, OWN where this person did.
    """
    before = workspace.rows(DeskAnswer).filter(request=request).select_related("acknowledgement__version").first()
    with transaction.atomic(using=workspace.alias):
        row = _claim(workspace, claim, who)
        point = _point(workspace, form, row.sheet)
        if before is not None:
            if before.account_id != who.account.pk:
                raise NotTaken(Reason.INVALID, ["request: expected a new UUID; found one of another answer"])
            return point
        _must_be_live(workspace, row, at)
        if point.version.pk != row.version_id:
            raise NotTaken(Reason.VERSION)
        found = {item.rule: item for item in point.findings if item.severity is Severity.ERROR}
        if rule not in found or rule not in point.standing.open_errors or point.step is not Step.FINDINGS:
            raise NotTaken(Reason.STEP)
        if answered_by(workspace, point, rule, who.account):
            raise NotTaken(Reason.OWN)
        word = workspace.rows(Acknowledgement).create(
            version=point.version,
            rule=rule,
            finding=point.answered(found[rule]),
            who=who.told,
            reason=reason,
            at=at,
        )
        workspace.rows(DeskAnswer).create(
            request=request, acknowledgement=word, account=who.account, session_id=who.session
        )
        after = stand_again(workspace, row.sheet.contest_id, form, row.sheet.station, at)
        assert after is not None
        if all(answered_by(workspace, after, item, who.account) for item in after.standing.open_errors):
            workspace.rows(DeskClaimEnd).create(claim=row, how=DONE, reason="", at=at)
        detail = {"rule": rule, "reason": reason, "open": list(after.standing.open_errors)}
        _note(workspace, "finding acknowledged", row.sheet, detail, who, at)
        return after


def give_back_to_typing(
    workspace: Workspace, form: Form, claim: int, reason: str, who: Who, at: datetime
) -> Standpoint:
    """Have a sheet typed anew: what was typed decides nothing any more. Raises NotTaken: CLAIM, STEP."""
    with transaction.atomic(using=workspace.alias):
        row = _claim(workspace, claim, who)
        _must_be_live(workspace, row, at)
        point = _point(workspace, form, row.sheet)
        if point.step not in (Step.FINDINGS, Step.RESOLVE):
            raise NotTaken(Reason.STEP)
        workspace.rows(DeskReturn).create(
            version=point.version,
            round=point.round.number,
            account=who.account,
            session_id=who.session,
            reason=reason,
            at=at,
        )
        workspace.rows(DeskClaimEnd).create(claim=row, how=DONE, reason=reason, at=at)
        notify_return(workspace, point.version, point.round.number, row.sheet, at)
        after = stand_again(workspace, row.sheet.contest_id, form, row.sheet.station, at)
        assert after is not None
        _note(workspace, "entry returned", row.sheet, {"round": point.round.number, "reason": reason}, who, at)
        return after


def answered_by(workspace: Workspace, point: Standpoint, rule: str, account: Any) -> bool:
    """Whether a person's word stands for an open finding already."""
    finding = next(item for item in point.findings if item.rule == rule)
    rows = workspace.rows(DeskAnswer).filter(
        account=account,
        acknowledgement__version__sheet=point.version.sheet,
        acknowledgement__version__version__gt=point.count.after("last_version"),
        acknowledgement__rule=rule,
    )
    answer = point.answered(finding)
    return any(row.acknowledgement.finding == answer for row in rows.select_related("acknowledgement"))


def _same(entry: Any, who: Who) -> Mapping[str, Any]:
    if entry.account_id != who.account.pk:
        raise NotTaken(Reason.INVALID, ["request: expected a new UUID; found one of another entry"])
    answer: Mapping[str, Any] = entry.answer
    return answer


def _lock(workspace: Workspace, sheet: int) -> Any:
    return workspace.rows(Sheet).select_for_update().get(pk=sheet)


def _claim(workspace: Workspace, claim: int, who: Who) -> Any:
    """A claim of this person, its sheet locked. Raises NotTaken (CLAIM)."""
    row = workspace.rows(DeskClaim).filter(pk=claim, account=who.account).select_related("version").first()
    if row is None:
        raise NotTaken(Reason.CLAIM)
    row.sheet = _lock(workspace, row.sheet_id)
    return row


def _must_be_live(workspace: Workspace, claim: Any, at: datetime) -> None:
    if claim.until <= at or workspace.rows(DeskClaimEnd).filter(claim=claim).exists():
        raise NotTaken(Reason.CLAIM)


def _point(workspace: Workspace, form: Form, sheet: Any) -> Standpoint:
    point = standpoints(workspace, sheet.contest_id, form, sheet.station).get(sheet.station)
    if point is None:
        raise NotTaken(Reason.STEP)
    return point


def _note(workspace: Workspace, act: str, sheet: Any, detail: Mapping[str, Any], who: Who, at: datetime) -> None:
    note(workspace, act, sheet.station, {"contest": sheet.contest_id, **detail}, who.login, at)
