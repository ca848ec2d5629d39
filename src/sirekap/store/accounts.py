"""Accounts and their mandates: found, listed, given, withdrawn, blocked; every act with who and when.

`at` is the time of the act in UTC: nothing here looks at a clock. Who does an act is an `Actor`; an act that its
mandates do not allow is refused, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from sirekap.access import ROLES, Act, Mandate, clash, may_grant
from sirekap.codes import LOGIN, digest, new_code, typed_login
from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import NATION
from sirekap.store.loading import PROGRAM, note
from sirekap.store.models import Account, Activation, Blocking, GivenMandate, WithdrawnMandate
from sirekap.store.passwords import NONE_YET
from sirekap.store.setup import Workspace

CODE_DAYS = 30
MOST_KPPS = 2  # accounts of a station


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does an act: a login and its mandates at that time, or the program itself (`THE_PROGRAM`)."""

    login: str
    mandates: tuple[Mandate, ...]


THE_PROGRAM = Actor(PROGRAM, ())


@dataclass(frozen=True, slots=True)
class Issued:
    """A one-time code on its way to a slip: the only place where it stands in clear."""

    login: str
    name: str
    mandates: tuple[Mandate, ...]
    expires: datetime
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as lists show it; `state` is waiting (for its activation), active or blocked."""

    login: str
    name: str
    state: str
    mandates: tuple[Mandate, ...]


def account_of(workspace: Workspace, login: str) -> Any:
    """The account of a login as typed; None where there is none."""
    name = typed_login(login)
    # What is no login is not asked for: PostgreSQL takes no NUL.
    return workspace.rows(Account).filter(login=name).first() if LOGIN.fullmatch(name) else None


def find_account(workspace: Workspace, login: str) -> Any:
    """The account of a login as typed. Raises InputError where there is none."""
    account = account_of(workspace, login)
    if account is None:
        advice = f"`sirekap accounts list {workspace.path}` lists them."
        raise InputError([Problem("accounts", "the login of an account", quoted(login), advice=advice)])
    return account


def in_force(workspace: Workspace, at: datetime) -> Any:
    """The mandates in force at a time, as a query set."""
    return workspace.rows(GivenMandate).filter(
        Q(until=None) | Q(until__gt=at),
        Q(withdrawnmandate=None) | Q(withdrawnmandate__at__gt=at),
        since__lte=at,
    )


def mandates_of(workspace: Workspace, account: Any, at: datetime) -> tuple[Mandate, ...]:
    """What an account holds at a time, in the order in which it was given."""
    rows = in_force(workspace, at).filter(account=account).order_by("id")
    return tuple(Mandate(row.role, row.unit, row.stands_for) for row in rows)


def is_blocked(workspace: Workspace, account: Any) -> bool:
    """Whether an account is blocked: its latest blocking row says so."""
    latest = workspace.rows(Blocking).filter(account=account).order_by("id").last()
    return latest is not None and bool(latest.blocked)


def actor_of(workspace: Workspace, login: str | None, at: datetime) -> Actor:
    """Who acts under a login; the program itself where none is named. Raises InputError."""
    if login is None:
        return THE_PROGRAM
    account = find_account(workspace, login)
    if is_blocked(workspace, account):
        raise InputError(
            [Problem("accounts", "an account that is not blocked", quoted(account.login), column="--by")]
        )
    return Actor(account.login, mandates_of(workspace, account, at))


def may_give(actor: Actor, given: Mandate, first: bool = False) -> bool:
    """Whether somebody may give a mandate.

    The program itself gives those of the `first` accounts of a workspace, and later those of the nation's
    administrators, above whom nobody stands.
    """
    if actor is THE_PROGRAM:
        manages = Act.MANAGE_ACCOUNTS in ROLES[given.role].acts
        return first or (manages and given.unit == NATION)
    return may_grant(actor.mandates, given)


def must_manage(workspace: Workspace, account: Any, actor: Actor, at: datetime) -> None:
    """Raise InputError where somebody may not manage an account: give every mandate that it holds.

    For an account that holds none any more, those that it held count.
    """
    rows = workspace.rows(GivenMandate).filter(account=account).order_by("id")
    past = tuple(Mandate(row.role, row.unit, row.stands_for) for row in rows)
    for mandate in mandates_of(workspace, account, at) or past:
        if not may_give(actor, mandate):
            raise InputError([_not_theirs(actor, mandate, account.login)])


def _not_theirs(actor: Actor, mandate: Mandate, login: str) -> Problem:
    expected = f"an administrator above {ROLES[mandate.role].name} of {mandate.unit} for {login}"
    advice = "Name one with --by." if actor is THE_PROGRAM else ""
    return Problem("accounts", expected, actor.login, column="--by", advice=advice)


def give_mandate(
    workspace: Workspace, account: Any, mandate: Mandate, by: Actor, at: datetime, until: datetime | None = None
) -> bool:
    """Give an account a further mandate from `at` on; False where it holds it.

    Raises InputError where `by` may not give it, it clashes with another one, or the station has its two KPPS.
    Whether the unit is one of the election's is the caller's to check.
    """
    must_manage(workspace, account, by, at)
    if not may_give(by, mandate):
        raise InputError([_not_theirs(by, mandate, account.login)])
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Account).select_for_update().get(pk=account.pk)
        held = mandates_of(workspace, account, at)
        if mandate in held:
            return False
        sides = clash([*held, mandate])
        if sides is not None:
            found = f"{account.login} as {sides[0]} and {sides[1]}"
            raise InputError([Problem("accounts", "mandates of one side", found)])
        there = in_force(workspace, at).filter(role=mandate.role, unit=mandate.unit).count()
        if mandate.role == "kpps" and there >= MOST_KPPS:
            found = f"{there} there already"
            raise InputError([Problem("accounts", f"at most {MOST_KPPS} KPPS of {mandate.unit}", found)])
        workspace.rows(GivenMandate).create(
            account=account, role=mandate.role, unit=mandate.unit, stands_for=mandate.stands_for,
            since=at, until=until, given_by=by.login, at=at,
        )  # fmt: skip
        note(workspace, "mandate given", account.login, _told(mandate), by.login, at)
    return True


def withdraw_mandate(workspace: Workspace, account: Any, mandate: Mandate, by: Actor, at: datetime) -> bool:
    """End a mandate; False where it is not in force. Raises InputError where `by` may not."""
    if not may_give(by, mandate):
        raise InputError([_not_theirs(by, mandate, account.login)])
    named = {"role": mandate.role, "unit": mandate.unit, "stands_for": mandate.stands_for}
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Account).select_for_update().get(pk=account.pk)
        rows = list(in_force(workspace, at).filter(account=account, **named))
        for row in rows:
            workspace.rows(WithdrawnMandate).create(mandate=row, withdrawn_by=by.login, at=at)
        if rows:
            note(workspace, "mandate withdrawn", account.login, _told(mandate), by.login, at)
    return bool(rows)


def _told(mandate: Mandate) -> dict[str, str | None]:
    return {"role": mandate.role, "unit": mandate.unit, "stands_for": mandate.stands_for}


def set_blocked(workspace: Workspace, account: Any, blocked: bool, by: Actor, at: datetime) -> bool:
    """Block or unblock an account; False where it is so already. Raises InputError where `by` may not.

    A blocked account's sessions end, so that unblocking brings none of them back.
    """
    from sirekap.store.sessions import end_rows

    must_manage(workspace, account, by, at)
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Account).select_for_update().get(pk=account.pk)
        if is_blocked(workspace, account) == blocked:
            return False
        workspace.rows(Blocking).create(account=account, blocked=blocked, done_by=by.login, at=at)
        ended = end_rows(workspace, account, by.login, at, remote=True) if blocked else 0
        act = "account blocked" if blocked else "account unblocked"
        note(workspace, act, account.login, {"sessions ended": ended} if blocked else {}, by.login, at)
    return True


def issue_code(
    workspace: Workspace,
    account: Any,
    by: Actor,
    at: datetime,
    deliver: Callable[[Issued], None] = lambda issued: None,
    expires: datetime | None = None,
) -> Issued:
    """A new one-time code for an account; the older one is void from now on.

    `deliver` brings it to paper before anything is written down: where that fails nothing has changed. Raises
    InputError where `by` may not.
    """
    must_manage(workspace, account, by, at)
    ends = expires or at + timedelta(days=CODE_DAYS)
    issued = Issued(account.login, account.name, mandates_of(workspace, account, at), ends, new_code())
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Account).select_for_update().get(pk=account.pk)
        workspace.rows(Activation).create(
            account=account, digest=digest(account.login, issued.code), issued_by=by.login, at=at, expires=ends
        )
        note(workspace, "code issued", account.login, {"expires": ends.isoformat()}, by.login, at)
        deliver(issued)
    return issued


def list_accounts(
    workspace: Workspace, at: datetime, unit: str = NATION, role: str | None = None
) -> Iterator[Listed]:
    """Accounts by login, with their mandates in force, of a role and of a unit and those below it.

    Accounts without a mandate in force are listed only where neither is named.
    """
    every = unit == NATION and role is None
    rows = in_force(workspace, at).order_by("id")
    if role is not None:
        rows = rows.filter(role=role)
    if unit != NATION:
        rows = rows.filter(unit__startswith=unit)
    held: dict[int, list[Mandate]] = {}
    for account, *mandate in rows.values_list("account_id", "role", "unit", "stands_for").iterator():
        held.setdefault(account, []).append(Mandate(*mandate))
    blockings: Iterable[tuple[int, bool]] = (
        workspace.rows(Blocking).order_by("id").values_list("account", "blocked")
    )
    blocked = dict(blockings)
    fields = ("id", "login", "name", "password")
    for pk, login, name, password in workspace.rows(Account).order_by("login").values_list(*fields).iterator():
        if every or pk in held:
            state = "blocked" if blocked.get(pk) else "waiting" if password == NONE_YET else "active"
            yield Listed(login, name, state, tuple(held.get(pk, ())))
