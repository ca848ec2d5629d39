"""Who may see a plenary, act in it and sign its certificates, and who acts in words for the public."""

from __future__ import annotations

from sirekap.access import ROLES, Mandate, may
from sirekap.access import Act as Doing
from sirekap.flow.desk import role_words
from sirekap.forms import Form
from sirekap.recap import holds_plenary
from sirekap.store.accounts import find_account
from sirekap.store.desk import Who
from sirekap.store.districts import parties_of
from sirekap.store.loading import tickets_of
from sirekap.store.models import Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

SEES = (Doing.HOLD_PLENARY, Doing.OBJECT, Doing.SIGN, Doing.REOPEN_PLENARY, Doing.SEE_BOARD)


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


def who_of(workspace: Workspace, signed: Signed, doing: Doing, unit: str) -> Who:
    """Who acts, in words for the public: the role and its unit, and the login."""
    mandate = held_mandate(signed, doing, unit)
    words = f"{role_words(workspace, mandate)} ({signed.login})"
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
