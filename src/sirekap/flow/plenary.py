"""Plenaries: open one, read out, correct, object, answer, carry up, attend, close, reopen.

Every function takes who asks as `Signed`, and refuses what the mandates do not allow. `at` is the time of the act
in UTC, `request` a UUID by which the same act asked for again changes nothing. Raises NotTaken with words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sirekap.access import ROLES, Mandate, may
from sirekap.access import Act as Doing
from sirekap.flow.plenary_certificate import composer
from sirekap.forms import Form
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
    holds_plenary,
    waiting_objections,
)
from sirekap.store.accounts import find_account
from sirekap.store.desk import Who
from sirekap.store.districts import parties_of
from sirekap.store.loading import tickets_of
from sirekap.store.models import PlenaryFile, Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest
from sirekap.store.plenaries import Sitting, sitting_of, store_act, store_closing, store_reopening
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

SEES = (Doing.HOLD_PLENARY, Doing.OBJECT, Doing.SIGN, Doing.REOPEN_PLENARY, Doing.SEE_BOARD)
LONGEST_LINE, LONGEST_TEXT = 500, 5000


def see_plenary(workspace: Workspace, signed: Signed, contest: str, unit: str) -> Sitting:
    """A plenary as it stands. Raises NotTaken: UNKNOWN where none is held there, FORBIDDEN."""
    form = must_hold(workspace, contest, unit)
    may_see(signed, unit)
    return sitting_of(workspace, contest, form, unit)


def may_see(signed: Signed, unit: str) -> None:
    """Raise NotTaken (FORBIDDEN) for who has nothing to do with a unit's plenaries."""
    if not any(may(signed.mandates, act, unit) for act in SEES):
        raise NotTaken(Reason.FORBIDDEN)


def may_sign(signed: Signed, unit: str) -> bool:
    """Whether somebody signs a unit's certificates."""
    return may(signed.mandates, Doing.SIGN, unit)


def must_hold(workspace: Workspace, contest: str, unit: str) -> Form:
    """The form of a contest of which a unit holds a plenary. Raises NotTaken (UNKNOWN)."""
    form = form_of_contest(workspace, contest)
    try:
        held = holds_plenary(unit, contest)
    except ValueError:
        held = False
    if not held or not workspace.rows(Unit).filter(code=unit).exists():
        raise NotTaken(Reason.UNKNOWN, ["expected a unit that holds a plenary of this contest"])
    return form


def open_plenary(
    workspace: Workspace, signed: Signed, contest: str, unit: str, request: UUID, decision: str, at: datetime
) -> Sitting:
    """Open it: with a decision where parts are missing, which names them, without one where none is."""
    words = line("decision", decision, needed=False)

    def make(sitting: Sitting, who: str) -> Act:
        missing = tuple(part.code for part in sitting.parts if part.figures is None)
        if len(missing) == len(sitting.parts):
            raise NotTaken(Reason.INVALID, ["expected at least one part that is there; found none"])
        return Opened(who, told(at), missing, words)

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
        return ReadOut(who, told(at), part, digest)

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
    why = line("reason", reason)
    where = line("minutes", minutes)

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
        return Corrected(who, told(at), part, figure, before, after, why, where)

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
    why, where = line("reason", reason), line("minutes", minutes)

    def make(sitting: Sitting, who: str) -> Act:
        return Withdrew(who, told(at), part, figure, before, after, why, where)

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
    author = author_of(workspace, signed, contest, unit) if own else line("by", by)

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
        return Objected(who, told(at), number, kind, author, words, part, tuple(attachments))

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
        return Objected(who, told(at), number, found.kind, found.by, found.text, part, found.attachments, origin)

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
        return Answered(who, told(at), number, words)

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
        return CarriedUp(who, told(at), number, words)

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
        line("role", role),
        line("stands_for", stands_for, needed=False),
        signing,
        line("reason", reason, needed=signing is Signing.REFUSES),
        line("person", person, needed=False),
    )

    def make(sitting: Sitting, who: str) -> Act:
        return Attended(who, told(at), act.role, act.stands_for, act.signing, act.reason, act.person)

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
    why, where = text_of("ground", ground), line("minutes", minutes)
    last = above(unit, contest) is None
    doing = Doing.HOLD_PLENARY if last else Doing.REOPEN_PLENARY
    must_do(signed, doing, unit)
    if last and not court:
        raise NotTaken(Reason.FORBIDDEN, ["the contest ends here: only a court's order reopens its plenary"])
    who = who_of(workspace, signed, doing, unit)

    def make(sitting: Sitting) -> Act:
        return Reopened(who.told, told(at), COURT if court else certified_into(unit), why, where)

    return store_reopening(workspace, contest, form, unit, request, make, who, at)


def who_of(workspace: Workspace, signed: Signed, doing: Doing, unit: str) -> Who:
    """Who acts, in words for the public: the role and its unit, and the login."""
    mandate = held_mandate(signed, doing, unit)
    name = workspace.rows(Unit).filter(code=mandate.unit).values_list("name", flat=True).first()
    words = f"{ROLES[mandate.role].name} {name or mandate.unit} ({signed.login})"
    return Who(find_account(workspace, signed.login), signed.session, words)


def held_mandate(signed: Signed, doing: Doing, unit: str) -> Mandate:
    """The mandate by which somebody does something. Raises NotTaken (FORBIDDEN)."""
    for mandate in signed.mandates:
        if may((mandate,), doing, unit):
            return mandate
    raise NotTaken(Reason.FORBIDDEN)


def must_do(signed: Signed, doing: Doing, unit: str) -> None:
    """Raise NotTaken (FORBIDDEN) where the mandates do not allow it."""
    held_mandate(signed, doing, unit)


def author_of(workspace: Workspace, signed: Signed, contest: str, unit: str) -> str:
    """Who objects, in words: the role, and for whom a witness stands, by number and name."""
    mandate = held_mandate(signed, Doing.OBJECT, unit)
    role = ROLES[mandate.role].name
    if mandate.stands_for is None:
        return role
    standing = [(each.id, each.number, each.name) for each in tickets_of(workspace, contest)]
    standing += [(each.id, each.number, each.name) for each in parties_of(workspace)]
    for given, number, name in standing:
        if str(given) == mandate.stands_for:
            return f"{role} nomor urut {number} ({name})"
    return f"{role} {mandate.stands_for}"


def told(at: datetime) -> str:
    """A time as acts hold it: ISO 8601 in UTC, whole seconds."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def line(name: str, text: str, needed: bool = True) -> str:
    """One line of words. Raises NotTaken (INVALID) where it is missing, too long or unprintable."""
    found = text.strip()
    if needed and not found:
        raise NotTaken(Reason.INVALID, [f"{name}: expected words; found nothing"])
    if len(found) > LONGEST_LINE or not found.isprintable():
        raise NotTaken(Reason.INVALID, [f"{name}: expected one line of at most {LONGEST_LINE} characters"])
    return found


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
