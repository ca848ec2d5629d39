"""Accounts as an administrator looks for them: in the units of a mandate, by login, unit or name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from sirekap.geography import NATION
from sirekap.store.accounts import Listed, is_blocked, mandates_of
from sirekap.store.models import Account, GivenMandate
from sirekap.store.passwords import NONE_YET
from sirekap.store.setup import Workspace

MOST = 50


def search(workspace: Workspace, roots: Iterable[str], text: str, at: datetime, most: int = MOST) -> list[Listed]:
    """Accounts that hold or held a mandate at or below one of the units, by login, at most `most` and one.

    `text` is the beginning of a login or of a unit's code, or a part of a name; empty finds all.
    """
    within = Q(pk__in=[])
    for root in roots:
        within |= Q() if root == NATION else Q(unit__startswith=root)
        if root == NATION:
            within = Q(pk__gt=0)
            break
    said = "".join(letter for letter in text if letter.isprintable()).strip()[:60]
    rows = workspace.rows(GivenMandate).filter(within)
    if said:
        rows = rows.filter(
            Q(account__login__startswith=said.lower())
            | Q(unit__startswith=said)
            | Q(account__name__icontains=said)
        )
    logins = rows.order_by("account__login").values_list("account_id", flat=True).distinct()[: most + 1]
    accounts = workspace.rows(Account).filter(pk__in=list(logins)).order_by("login")
    return [listed(workspace, account, at) for account in accounts]


def listed(workspace: Workspace, account: Account, at: datetime) -> Listed:
    """One account as lists show it."""
    blocked = is_blocked(workspace, account)
    state = "blocked" if blocked else "waiting" if account.password == NONE_YET else "active"
    return Listed(account.login, account.name, state, mandates_of(workspace, account, at))


def held_at(workspace: Workspace, account: Account) -> tuple[str, ...]:
    """Every unit at which an account holds or held a mandate."""
    return tuple(workspace.rows(GivenMandate).filter(account=account).values_list("unit", flat=True))
