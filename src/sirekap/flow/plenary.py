"""Plenaries: open one, read out, correct, object, answer, carry up, attend, close, reopen.

Every function takes who asks as `Signed`, and refuses what the mandates do not allow. `at` is the time of the act
in UTC, `request` a UUID by which the same act asked for again changes nothing. Raises NotTaken with words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sirekap.access import Act as Doing
from sirekap.access import may
from sirekap.flow.desk import one_line
from sirekap.flow.plenary_certificate import composer
from sirekap.flow.plenary_rights import author_of, may_see, must_do, must_hold, who_of
from sirekap.geography import Tier, certified_into, tier_of
from sirekap.recap import (
    COURT,
    Act,
    Answered,
    Attended,
    CarriedUp,
    Corrected,
    Objected,
    ObjectionKind,
    Opened,
    ReadOut,
    Reopened,
    Signing,
    Withdrew,
    above,
    waiting_objections,
)
from sirekap.store.models import PlenaryFile
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenaries import Sitting, sitting_of, store_act, store_closing, store_reopening, told_at
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

LONGEST_TEXT = 5000


def see_plenary(workspace: Workspace, signed: Signed, contest: str, unit: str) -> Sitting:
    """A plenary as it stands. Raises NotTaken: UNKNOWN where none is held there, FORBIDDEN."""
    form = must_hold(workspace, contest, unit)
    may_see(signed, unit)
    return sitting_of(workspace, contest, form, unit)


def open_plenary(
    workspace: Workspace, signed: Signed, contest: str, unit: str, request: UUID, decision: str, at: datetime
) -> Sitting:
    """Open it: with a decision where parts are missing, which names them, without one where none is."""
    words = one_line(decision, False, "decision")

    def make(sitting: Sitting, who: str) -> Act:
        missing = tuple(part.code for part in sitting.parts if part.figures is None)
        if len(missing) == len(sitting.parts):
            raise NotTaken(Reason.INVALID, ["expected at least one part that is there; found none"])
        return Opened(who, told_at(at), missing, words)

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


def read_out(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    part: str,
    digest: str,
    at: datetime,
) -> Sitting:
    """A part was read out before everyone; `digest` says which figures those were. Raises NotTaken (CHANGED)."""

    def make(sitting: Sitting, who: str) -> Act:
        found = _part(sitting, part)
        if found.digest != digest:
            raise NotTaken(Reason.CHANGED, [f"{part}: expected digest {found.digest}; found {digest[:64]}"])
        return ReadOut(who, told_at(at), part, digest)

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


def correct(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    part: str,
    figure: str,
    before: int | None,
    after: int | None,
    reason: str,
    minutes: str,
    at: datetime,
) -> Sitting:
    """Correct a figure of a part, with reason and minutes. Raises NotTaken: CHANGED where `before` is not so."""
    why = one_line(reason, True, "reason")
    where = one_line(minutes, True, "minutes")

    def make(sitting: Sitting, who: str) -> Act:
        _part(sitting, part)
        if figure not in sitting.form.names:
            raise NotTaken(
                Reason.INVALID, [f"figure: expected a figure of {sitting.form.id}; found {figure!r:.70}"]
            )
        most = sitting.form.field(figure).most if sitting.district else MOST_OF_A_UNIT
        if after is not None and not 0 <= after <= most:
            raise NotTaken(Reason.INVALID, [f"after: expected 0 to {most}, or null for blank; found {after}"])
        column = next(item for item in sitting.recap.columns if item.part.code == part)
        stands = (column.counted or {}).get(figure)
        if stands != before:
            raise NotTaken(Reason.CHANGED, [f"{part} {figure}: expected before to be {stands}; found {before}"])
        return Corrected(who, told_at(at), part, figure, before, after, why, where)

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


MOST_OF_A_UNIT = 999_999_999


def withdraw(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    part: str,
    figure: str,
    before: int | None,
    after: int | None,
    reason: str,
    minutes: str,
    at: datetime,
) -> Sitting:
    """Take a correction back, with reason and minutes: as when the sheet changed and it fits no more.

    Raises NotTaken (CHANGED) where no such correction stands.
    """
    why, where = one_line(reason, True, "reason"), one_line(minutes, True, "minutes")

    def make(sitting: Sitting, who: str) -> Act:
        return Withdrew(who, told_at(at), part, figure, before, after, why, where)

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


def file_objection(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    kind: ObjectionKind,
    text: str,
    at: datetime,
    by: str = "",
    part: str = "",
    attachments: Sequence[str] = (),
) -> Sitting:
    """File an objection or special event: a witness or supervisor their own, the panel for `by`, as on paper."""
    words = text_of("text", text)
    own = may(signed.mandates, Doing.OBJECT, unit)
    author = author_of(workspace, signed, contest, unit) if own else one_line(by, True, "by")

    def make(sitting: Sitting, who: str) -> Act:
        if part:
            _part(sitting, part, there=False)
        unknown = set(attachments) - set(
            workspace.rows(PlenaryFile)
            .filter(plenary__contest_id=contest, plenary__unit=unit, sha256__in=list(attachments))
            .values_list("sha256", flat=True)
        )
        if unknown:
            raise NotTaken(
                Reason.NOTHING, [f"attachments: expected files sent before; found {min(unknown)[:64]}"]
            )
        number = len(sitting.minutes.objections) + 1
        return Objected(who, told_at(at), number, kind, author, words, part, tuple(attachments))

    doing = Doing.OBJECT if own else Doing.HOLD_PLENARY
    return _act(workspace, signed, contest, unit, doing, request, make, at)


def take_up(
    workspace: Workspace, signed: Signed, contest: str, unit: str, request: UUID, origin: str, at: datetime
) -> Sitting:
    """Take up an objection that a unit below carried up, under this plenary's next number."""

    def make(sitting: Sitting, who: str) -> Act:
        found = waiting_objections(sitting.recap).get(origin)
        if found is None:
            raise NotTaken(
                Reason.CHANGED, [f"origin: expected one that a unit below carried up; found {origin!r:.40}"]
            )
        number = len(sitting.minutes.objections) + 1
        part = origin.partition("/")[0]
        return Objected(
            who, told_at(at), number, found.kind, found.by, found.text, part, found.attachments, origin
        )

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


def answer(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    number: int,
    text: str,
    at: datetime,
) -> Sitting:
    """Answer an objection."""
    words = text_of("text", text)

    def make(sitting: Sitting, who: str) -> Act:
        return Answered(who, told_at(at), number, words)

    return _act(workspace, signed, contest, unit, Doing.ANSWER, request, make, at)


def carry_up(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    number: int,
    decision: str,
    at: datetime,
) -> Sitting:
    """Carry an objection up by decision. Raises NotTaken (STAGE) where there is no tier above."""
    words = text_of("decision", decision)
    if above(unit, contest) is None:
        raise NotTaken(Reason.STAGE, ["the contest ends here: an objection is answered here"])

    def make(sitting: Sitting, who: str) -> Act:
        return CarriedUp(who, told_at(at), number, words)

    return _act(workspace, signed, contest, unit, Doing.ANSWER, request, make, at)


def attend(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    role: str,
    stands_for: str,
    signing: Signing,
    reason: str,
    person: str,
    at: datetime,
) -> Sitting:
    """Write down who was called, whether they are there, and whether they sign; a refusal with its reason."""
    act = Attended(
        "",
        "",
        one_line(role, True, "role"),
        one_line(stands_for, False, "stands_for"),
        signing,
        one_line(reason, signing is Signing.REFUSES, "reason"),
        one_line(person, False, "person"),
    )

    def make(sitting: Sitting, who: str) -> Act:
        return Attended(who, told_at(at), act.role, act.stands_for, act.signing, act.reason, act.person)

    return _act(workspace, signed, contest, unit, Doing.HOLD_PLENARY, request, make, at)


def close(workspace: Workspace, signed: Signed, contest: str, unit: str, request: UUID, at: datetime) -> Any:
    """Close it with its next version (a row of `RecapVersion`). Raises NotTaken: STAGE, BLOCKED."""
    form = must_hold(workspace, contest, unit)
    must_do(signed, Doing.HOLD_PLENARY, unit)
    who = who_of(workspace, signed, Doing.HOLD_PLENARY, unit)
    return store_closing(workspace, contest, form, unit, request, composer(workspace), who, at)


def reopen(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    request: UUID,
    ground: str,
    minutes: str,
    court: bool,
    at: datetime,
) -> Sitting:
    """Reopen it from the tier above, with ground and minutes; `court` where a court's order is the ground.

    Where the contest ends, only a court's order reopens, which that unit itself enters. Raises NotTaken: ABOVE
    where the tier above is closed.
    """
    form = must_hold(workspace, contest, unit)
    why, where = text_of("ground", ground), one_line(minutes, True, "minutes")
    last = above(unit, contest) is None
    doing = Doing.HOLD_PLENARY if last else Doing.REOPEN_PLENARY
    must_do(signed, doing, unit)
    if last and not court:
        raise NotTaken(Reason.FORBIDDEN, ["the contest ends here: only a court's order reopens its plenary"])
    who = who_of(workspace, signed, doing, unit)

    def make(sitting: Sitting) -> Act:
        return Reopened(who.told, told_at(at), COURT if court else certified_into(unit), why, where)

    return store_reopening(workspace, contest, form, unit, request, make, who, at)


def text_of(name: str, text: str) -> str:
    """Words of several lines. Raises NotTaken (INVALID) where they are missing, too long or unprintable."""
    found = "\n".join(row.rstrip() for row in text.strip().splitlines())
    if not found:
        raise NotTaken(Reason.INVALID, [f"{name}: expected words; found nothing"])
    if len(found) > LONGEST_TEXT or not found.replace("\n", "").replace("\t", "").isprintable():
        raise NotTaken(Reason.INVALID, [f"{name}: expected a text of at most {LONGEST_TEXT} characters"])
    return found


def _act(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    unit: str,
    doing: Doing,
    request: UUID,
    make: Callable[[Sitting, str], Act],
    at: datetime,
) -> Sitting:
    form = must_hold(workspace, contest, unit)
    must_do(signed, doing, unit)
    who = who_of(workspace, signed, doing, unit)
    return store_act(workspace, contest, form, unit, request, lambda sitting: make(sitting, who.told), who, at)


def _part(sitting: Sitting, code: str, there: bool = True) -> Any:
    """A part of the plenary, with figures where `there`. Raises NotTaken: INVALID for none, CHANGED."""
    found = next((part for part in sitting.parts if part.code == code), None)
    if found is None:
        kind = "station" if tier_of(sitting.unit) is Tier.DISTRICT else "unit"
        raise NotTaken(Reason.INVALID, [f"part: expected a {kind} of {sitting.unit}; found {code!r:.40}"])
    if there and found.figures is None:
        raise NotTaken(Reason.CHANGED, [f"{code}: expected figures; it is not there ({found.reason})"])
    return found
