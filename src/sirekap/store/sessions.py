"""Getting in: activation, log-in, sessions per device, and ending them, also from afar.

A session shows what its holder may do by `Signed.mandates`: none of them where a second factor is needed and was
not shown, whatever was given to the account since. `at` is the time of the act in UTC; `address` the network
address it came from. Raises `Refused`, in words, wherever somebody is not let in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from sirekap.access import Mandate, second_factor
from sirekap.codes import digest, typed_code
from sirekap.store.accounts import Actor, account_of, is_blocked, mandates_of, must_manage
from sirekap.store.loading import note
from sirekap.store.lockout import Kind, Reason, Refused, begin, succeed
from sirekap.store.models import Account, Activation, ActivationUse, Blocking, Session, SessionEnd, SessionSeen
from sirekap.store.passwords import hashed, is_password, told
from sirekap.store.second_factor import Enrolment, enrol, has_second_factor, show
from sirekap.store.setup import Workspace

TOKEN_BYTES = 32
AGE = timedelta(days=7)  # a station's: from the day before to the end of its corrections
AGE_ABOVE = timedelta(hours=12)  # where a second factor is asked for
SEEN_EACH = timedelta(minutes=1)
LONGEST_DEVICE = 80


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. `token` is for the device alone: its SHA-256 is kept."""

    session: int
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a token stands for. `needs_second`: a second factor must be shown before anything is allowed;
    `has_second`: one is set up, so it need not be set up first.
    """

    session: int
    login: str
    name: str
    mandates: tuple[Mandate, ...]
    needs_second: bool
    has_second: bool

    @property
    def actor(self) -> Actor:
        """The holder as who does an act."""
        return Actor(self.login, self.mandates)


@dataclass(frozen=True, slots=True)
class Device:
    """A session as lists show it."""

    session: int
    device: str
    since: datetime
    seen: datetime
    two_factors: bool


def activate(
    workspace: Workspace, login: str, code: str, password: str, device: str, at: datetime, address: str = ""
) -> Opened:
    """Use a slip's code: the account gets this password, its earlier sessions end, this device is logged in."""
    account = account_of(workspace, login)
    begin(workspace, Kind.CODE, account, at, address)
    typed = typed_code(code)
    if account is None or typed is None:
        raise Refused(Reason.WRONG)
    said = digest(account.login, typed)
    rows = list(workspace.rows(Activation).filter(account=account).order_by("id"))
    if not any(compare_digest(row.digest, said) for row in rows):
        raise Refused(Reason.WRONG)
    succeed(workspace, Kind.CODE, account, at, address)
    if rows[-1].digest != said or rows[-1].expires <= at:
        raise Refused(Reason.VOID)
    if is_blocked(workspace, account):
        raise Refused(Reason.BLOCKED)
    faults = told(account, password)
    if faults:
        raise Refused(Reason.PASSWORD, details=faults)
    kept = hashed(password)
    try:
        with transaction.atomic(using=workspace.alias):
            workspace.rows(Account).select_for_update().get(pk=account.pk)
            if workspace.rows(Activation).filter(account=account, pk__gt=rows[-1].pk).exists():
                raise Refused(Reason.VOID)
            workspace.rows(ActivationUse).create(activation=rows[-1], at=at)
            _set_password(workspace, account, kept)
            ended = end_rows(workspace, account, account.login, at, remote=False)
            note(workspace, "account activated", account.login, {"sessions ended": ended}, account.login, at)
            return _open(workspace, account, device, at, two_factors=False)
    except IntegrityError as error:  # the code was used before
        raise Refused(Reason.VOID) from error


def log_in(
    workspace: Workspace,
    login: str,
    password: str,
    device: str,
    at: datetime,
    address: str = "",
    second: str | None = None,
    before: str | None = None,
) -> Opened:
    """Log a device in, with a second factor where one is shown at once (else `add_second_factor` takes it).

    `before` is the token of an earlier session of this device: it lets nobody in, but keeps the device from
    waiting for what others tried.
    """
    account = account_of(workspace, login)
    known = _known_device(workspace, account, before)
    begin(workspace, Kind.PASSWORD, account, at, address, known)
    if not is_password(account, password):
        raise Refused(Reason.WRONG)
    succeed(workspace, Kind.PASSWORD, account, at, address, known)
    if is_blocked(workspace, account):
        raise Refused(Reason.BLOCKED)
    if second is not None:
        show(workspace, account, second, at, address, known)
    return _open(workspace, account, device, at, two_factors=second is not None)


def add_second_factor(workspace: Workspace, token: str, second: str, at: datetime, address: str = "") -> Opened:
    """Show a second factor in a session that began without one: a new session takes its place."""
    session, account = _must_be_alive(workspace, token, at)
    show(workspace, account, second, at, address, session)
    with transaction.atomic(using=workspace.alias):
        _end(workspace, [session], account.login, at, remote=False)
        return _open(workspace, account, session.device, at, two_factors=True)


def set_up_second_factor(workspace: Workspace, token: str, at: datetime) -> Enrolment:
    """Set up a second factor, or another one in its place; `add_second_factor` with a code of it confirms it.

    Where one is in use it must have been shown in this session: a password alone must not replace it.
    """
    session, account = _must_be_alive(workspace, token, at)
    if has_second_factor(workspace, account) and not session.two_factors:
        raise Refused(Reason.SECOND_FIRST)
    return enrol(workspace, account, at)


def change_password(workspace: Workspace, token: str, old: str, new: str, at: datetime, address: str = "") -> int:
    """Change the password from within a session; all other sessions end: how many."""
    session, account = _must_be_alive(workspace, token, at)
    begin(workspace, Kind.PASSWORD, account, at, address, session)
    if not is_password(account, old):
        raise Refused(Reason.WRONG)
    succeed(workspace, Kind.PASSWORD, account, at, address, session)
    faults = told(account, new)
    if faults:
        raise Refused(Reason.PASSWORD, details=faults)
    kept = hashed(new)
    with transaction.atomic(using=workspace.alias):
        _set_password(workspace, account, kept)
        ended = end_rows(workspace, account, account.login, at, remote=True, but=session.pk)
        note(workspace, "password changed", account.login, {"sessions ended": ended}, account.login, at)
    return ended


def signed_in(workspace: Workspace, token: str, at: datetime) -> Signed | None:
    """Who a token stands for now; None where its session is over. The session is marked as seen."""
    found = _alive(workspace, token, at)
    if found is None:
        return None
    session, mandates = found
    if session.sessionseen.at <= at - SEEN_EACH:  # a request writes at most once a minute
        workspace.rows(SessionSeen).filter(session=session).update(at=at)
    account = session.account
    needs = second_factor(mandates) and not session.two_factors
    has = session.two_factors or has_second_factor(workspace, account)
    return Signed(session.pk, account.login, account.name, () if needs else mandates, needs, has)


def sessions_of(workspace: Workspace, account: Any, at: datetime) -> tuple[Device, ...]:
    """The devices that are logged in, the latest first."""
    rows = _open_rows(workspace, account).select_related("sessionseen").order_by("-id")
    age = _age(mandates_of(workspace, account, at))
    return tuple(
        Device(row.pk, row.device, row.at, row.sessionseen.at, row.two_factors)
        for row in rows
        if row.at + age > at
    )


def end_session(workspace: Workspace, account: Any, session: int, by: Actor, at: datetime) -> bool:
    """End one of an account's sessions, by its holder or an administrator; False where it is over.

    Raises InputError where `by` may not.
    """
    return _end_some(workspace, account, _open_rows(workspace, account).filter(pk=session), by, at) > 0


def end_sessions(workspace: Workspace, account: Any, by: Actor, at: datetime) -> int:
    """End all sessions of an account, by its holder or an administrator: how many. Raises InputError."""
    return _end_some(workspace, account, _open_rows(workspace, account), by, at)


def log_out(workspace: Workspace, token: str, at: datetime) -> bool:
    """End the session of a token, from its own device; False where it is over."""
    found = _alive(workspace, token, at)
    return found is not None and _end(workspace, [found[0]], found[0].account.login, at, remote=False) > 0


def end_rows(
    workspace: Workspace, account: Any, who: str, at: datetime, remote: bool, but: int | None = None
) -> int:
    """End all sessions of an account but one, without asking who may: how many."""
    return _end(workspace, _open_rows(workspace, account).exclude(pk=but), who, at, remote)


def _end_some(workspace: Workspace, account: Any, rows: Any, by: Actor, at: datetime) -> int:
    if by.login != account.login:
        must_manage(workspace, account, by, at)
    with transaction.atomic(using=workspace.alias):
        ended = _end(workspace, rows, by.login, at, remote=True)
        if ended:
            note(workspace, "sessions ended", account.login, {"sessions": ended}, by.login, at)
    return ended


def _end(workspace: Workspace, sessions: Iterable[Any], who: str, at: datetime, remote: bool) -> int:
    ends = [SessionEnd(session=session, ended_by=who, remote=remote, at=at) for session in sessions]
    # Somebody else may end the same one in this moment.
    workspace.rows(SessionEnd).bulk_create(ends, ignore_conflicts=True)
    return len(ends)


def _open(workspace: Workspace, account: Any, device: str, at: datetime, two_factors: bool) -> Opened:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    name = "".join(letter for letter in device if letter.isprintable())[:LONGEST_DEVICE]
    with transaction.atomic(using=workspace.alias):
        row = workspace.rows(Session).create(
            account=account, digest=_token_digest(token), device=name, two_factors=two_factors, at=at
        )
        workspace.rows(SessionSeen).create(session=row, at=at)
    return Opened(row.pk, token)


def _token_digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _set_password(workspace: Workspace, account: Any, kept: str) -> None:
    workspace.rows(Account).filter(pk=account.pk).update(password=kept)


def _open_rows(workspace: Workspace, account: Any) -> Any:
    return workspace.rows(Session).filter(account=account, sessionend=None)


def _age(mandates: tuple[Mandate, ...]) -> timedelta:
    return AGE_ABOVE if second_factor(mandates) else AGE


def _alive(workspace: Workspace, token: str, at: datetime) -> tuple[Any, tuple[Mandate, ...]] | None:
    """A token's session and its holder's mandates; None where it is ended or too old, or the account blocked."""
    rows = workspace.rows(Session).filter(digest=_token_digest(token), sessionend=None)
    # Asked with every request: whether the account is blocked comes with the session, in one query.
    blockings = workspace.rows(Blocking).filter(account=OuterRef("account")).order_by("-id")
    rows = rows.annotate(blocked_now=Subquery(blockings.values("blocked")[:1]))
    session = rows.select_related("account", "sessionseen").first()
    if session is None or session.blocked_now:
        return None
    mandates = mandates_of(workspace, session.account, at)
    return None if session.at + _age(mandates) <= at else (session, mandates)


def _must_be_alive(workspace: Workspace, token: str, at: datetime) -> tuple[Any, Any]:
    found = _alive(workspace, token, at)
    if found is None:
        raise Refused(Reason.ENDED)
    return found[0], found[0].account


def _known_device(workspace: Workspace, account: Any, token: str | None) -> Any:
    """The earlier session that a device shows, unless it was ended from afar: that device may be stolen."""
    if account is None or token is None:
        return None
    return (
        workspace.rows(Session)
        .filter(account=account, digest=_token_digest(token))
        .exclude(sessionend__remote=True)
        .first()
    )
