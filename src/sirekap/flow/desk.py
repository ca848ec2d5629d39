"""The review desk: take a sheet, type it blind, decide between two entries, answer for findings.

Every function takes who asks as `Signed`, and refuses what the mandates do not allow. `at` is the time of the act
in UTC. What is shown to whom: `flow.desk_views`. Raises NotTaken with words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from sirekap.access import ROLES, Act, Mandate, may, roots
from sirekap.review import Step
from sirekap.review.desk import WORK, Value
from sirekap.store.accounts import find_account
from sirekap.store.desk import (
    BACK,
    SKIPPED,
    Claimed,
    Who,
    end_claim,
    give_back_to_typing,
    held_by,
    must_be_typed,
    store_answer,
    store_entry,
    take,
)
from sirekap.store.desk_queue import candidates
from sirekap.store.models import DeskClaim, Sheet, Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest, must_be
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint

ACTS = {
    Step.FIRST: Act.TYPE_ENTRY,
    Step.SECOND: Act.TYPE_ENTRY,
    Step.RESOLVE: Act.RESOLVE,
    Step.FINDINGS: Act.ACKNOWLEDGE,
}
LONGEST_REASON = 500
PASSED_OVER = (Reason.HELD, Reason.OWN, Reason.STEP)


def take_next(
    workspace: Workspace,
    signed: Signed,
    at: datetime,
    unit: str | None = None,
    contest: str | None = None,
    steps: Sequence[Step] = WORK,
) -> Claimed | None:
    """The sheet that somebody holds, else the first of the queue that they may work on; None where none waits.

    `unit` narrows the queue. Raises NotTaken (FORBIDDEN) for a unit outside the mandates.
    """
    who = who_of(workspace, signed)
    mine = held_by(workspace, who.account, at)
    if mine is not None:
        return mine
    for step in steps:
        if unit is not None and not may(signed.mandates, ACTS[step], unit):
            raise NotTaken(Reason.FORBIDDEN)
    allowed = {step: roots(signed.mandates, ACTS[step]) for step in steps}
    units = {unit} if unit is not None else {code for codes in allowed.values() for code in codes}
    for sheet in candidates(workspace, units, at, who.account, contest, steps):
        row = workspace.rows(Sheet).get(pk=sheet)
        step = Step(row.step)
        if step not in ACTS or not may(signed.mandates, ACTS[step], row.station):
            continue
        try:
            return take(workspace, form_of_contest(workspace, row.contest_id), sheet, who, at)
        except NotTaken as refused:  # another was quicker, or had a hand in it
            if refused.reason not in PASSED_OVER:
                raise
    return None


def take_sheet(workspace: Workspace, signed: Signed, contest: str, station: str, at: datetime) -> Claimed:
    """Take one sheet. Raises NotTaken: UNKNOWN, FORBIDDEN, STEP, HELD, OWN, CLAIM where one holds another."""
    form = form_of_contest(workspace, contest)
    must_be(workspace, signed, station, Act.TYPE_ENTRY, Act.RESOLVE, Act.ACKNOWLEDGE)
    row = workspace.rows(Sheet).filter(contest_id=contest, station=station).first()
    if row is None:
        raise NotTaken(Reason.STEP)
    step = Step(row.step)
    if step in ACTS and not may(signed.mandates, ACTS[step], station):
        raise NotTaken(Reason.FORBIDDEN)
    return take(workspace, form, row.pk, who_of(workspace, signed), at)


def hold_longer(
    workspace: Workspace, signed: Signed, contest: str, station: str, claim: int, at: datetime
) -> Claimed:
    """More time for the sheet that one holds, or holds no longer: hand it back and take it again, at once.

    Raises NotTaken as `take_sheet`, such as HELD where another was quicker.
    """
    with transaction.atomic(using=workspace.alias):
        mine = held(workspace, signed, at)
        if mine is not None and mine.claim == claim:
            hand_back(workspace, signed, claim, at)
        return take_sheet(workspace, signed, contest, station, at)


def held(workspace: Workspace, signed: Signed, at: datetime) -> Claimed | None:
    """What somebody works on."""
    return held_by(workspace, find_account(workspace, signed.login), at)


def enter(
    workspace: Workspace,
    signed: Signed,
    claim: int,
    request: UUID,
    figures: Mapping[str, Value],
    at: datetime,
    reason: str = "",
) -> Mapping[str, Any]:
    """Type a sheet blind, or decide between two entries (then with a reason); {"outcome"}: kept, agreed, differs,
    decided. The same request again gets the same answer.
    """
    row = _claim(workspace, signed, claim)
    form = form_of_contest(workspace, row.sheet.contest_id)
    must_be_typed(form, figures)
    text = one_line(reason, needed=row.step == str(Step.RESOLVE))
    return store_entry(workspace, form, claim, request, figures, text, who_of(workspace, signed, row), at)


def answer_for(
    workspace: Workspace, signed: Signed, claim: int, request: UUID, rule: str, reason: str, at: datetime
) -> Standpoint:
    """Answer for an error finding of the sheet that one holds, with a reason; how it stands then."""
    row = _claim(workspace, signed, claim)
    form = form_of_contest(workspace, row.sheet.contest_id)
    who = who_of(workspace, signed, row)
    return store_answer(workspace, form, claim, request, rule, one_line(reason, needed=True), who, at)


def type_again(workspace: Workspace, signed: Signed, claim: int, reason: str, at: datetime) -> Standpoint:
    """Have the sheet that one holds typed anew, with a reason: an entry does not fit the page."""
    row = _claim(workspace, signed, claim)
    form = form_of_contest(workspace, row.sheet.contest_id)
    who = who_of(workspace, signed, row)
    return give_back_to_typing(workspace, form, claim, one_line(reason, needed=True), who, at)


def hand_back(workspace: Workspace, signed: Signed, claim: int, at: datetime, skip: str | None = None) -> None:
    """Hand a sheet back; with `skip` a reason for which one does not want to be given it again."""
    row = _claim(workspace, signed, claim)
    how = BACK if skip is None else SKIPPED
    text = "" if skip is None else one_line(skip, needed=True)
    end_claim(workspace, claim, who_of(workspace, signed, row), how, text, at)


def who_of(workspace: Workspace, signed: Signed, claim: Any | None = None) -> Who:
    """Who acts, in words for the public: the role and its unit, and the login."""
    account = find_account(workspace, signed.login)
    told = signed.login
    if claim is not None:
        act, station = ACTS[Step(claim.step)], claim.sheet.station
        held = next((m for m in signed.mandates if may((m,), act, station)), None)
        if held is not None:
            told = f"{role_words(workspace, held)} ({signed.login})"
    return Who(account, signed.session, told)


def role_words(workspace: Workspace, mandate: Mandate) -> str:
    """A mandate in words for the public: "PPK TANAH ABANG"."""
    unit = workspace.rows(Unit).filter(code=mandate.unit).values_list("name", flat=True).first()
    return f"{ROLES[mandate.role].name} {unit or mandate.unit}"


def _claim(workspace: Workspace, signed: Signed, claim: int) -> Any:
    """A claim of the caller, for whose station the mandates still hold. Raises NotTaken: CLAIM, FORBIDDEN."""
    rows = workspace.rows(DeskClaim).filter(pk=claim, account__login=signed.login)
    row = rows.select_related("sheet").first()
    if row is None:
        raise NotTaken(Reason.CLAIM)
    if not may(signed.mandates, ACTS[Step(row.step)], row.sheet.station):
        raise NotTaken(Reason.FORBIDDEN)
    return row


def one_line(text: str, needed: bool, name: str = "reason") -> str:
    """One line of words. Raises NotTaken (INVALID) where it is missing, too long or unprintable."""
    line = text.strip()
    if needed and not line:
        raise NotTaken(Reason.INVALID, [f"{name}: expected words; found nothing"])
    if len(line) > LONGEST_REASON or not line.isprintable():
        raise NotTaken(Reason.INVALID, [f"{name}: expected one line of at most {LONGEST_REASON} characters"])
    return line
