"""Guessing is slowed down: per account and kind of secret, and per network address.

After five failures in a row an account waits 30 seconds, then twice as long after each further one, up to
15 minutes. Logins follow from station codes, so a stranger could keep an officer waiting all night; therefore a
device on which the account was used before is counted apart from all others (`device`).

A code waits by address alone: nobody guesses eighty random bits, and so nobody can keep an officer from using it.

Mobile networks put thousands of people behind one address, so an address waits only after a hundred failures
within an hour. Tries while waiting are neither looked at nor counted. A try is written down as a failure before
the secret is looked at, so that a hundred tries at once are counted too, and once more if it was right.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction

from sirekap.errors import SirekapError
from sirekap.store.models import Account, Attempt
from sirekap.store.setup import Workspace

FREE = 5
FREE_OF_ADDRESS = 100
LONGEST_ADDRESS = 45  # of IPv6
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
REMEMBERED = timedelta(days=1)
REMEMBERED_OF_ADDRESS = timedelta(hours=1)


class Kind(StrEnum):
    """What is shown to get in."""

    PASSWORD = "password"
    CODE = "code"
    SECOND = "second factor"
    MAIL = "mail code"


class Reason(StrEnum):
    """Why somebody is not let in; screens word it in their language."""

    WRONG = "wrong"  # login and password, or login and code, do not go together
    WAIT = "wait"
    WAIT_ADDRESS = "wait address"
    BLOCKED = "blocked"
    VOID = "void"  # the code was used, is too old, or a newer one was issued
    PASSWORD = "password"  # the new password will not do
    SECOND = "second"  # the second factor is wrong
    SECOND_FIRST = "second first"  # one is in use and was not shown in this session
    USED = "used"  # this code of the second factor was used already
    NO_SECOND = "no second"  # none is set up
    ENDED = "ended"  # the session is over


_WORDS = {
    Reason.WRONG: "Login and secret do not go together.",
    Reason.WAIT: "Too many wrong tries for this account.",
    Reason.WAIT_ADDRESS: "Too many wrong tries from this network.",
    Reason.BLOCKED: "This account is blocked; ask who gave it to you.",
    Reason.VOID: "This code was used, is too old, or was replaced by a newer one; ask for a new slip.",
    Reason.PASSWORD: "This password will not do.",
    Reason.SECOND: "The code of the second factor is wrong.",
    Reason.SECOND_FIRST: "Show the second factor that is in use first.",
    Reason.USED: "This code was used already; wait for the next one.",
    Reason.NO_SECOND: "No second factor is set up.",
    Reason.ENDED: "This session is over; log in again.",
}


class Refused(SirekapError):
    """Somebody is not let in: why, for waiting how long, for passwords the rules that are broken."""

    def __init__(self, reason: Reason, wait: timedelta | None = None, details: tuple[str, ...] = ()) -> None:
        """Keep all three; the text says them in English."""
        self.reason, self.wait, self.details = reason, wait, details
        said = [_WORDS[reason], *details]
        if wait is not None:
            said.append(f"Try again in {in_words(wait)}.")
        super().__init__(" ".join(said))


def in_words(wait: timedelta) -> str:
    """How long, as people say it; never less than it is.

    >>> in_words(timedelta(seconds=30)), in_words(timedelta(seconds=61))
    ('30 seconds', '2 minutes')
    """
    seconds = -(-wait // timedelta(seconds=1))
    if seconds <= 60:
        return f"{seconds} second{'s' * (seconds != 1)}"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes"


def delay(failures: int, free: int = FREE) -> timedelta:
    """How long after the last of so many failures the next try must wait.

    >>> [delay(number).seconds for number in (4, 5, 6, 9, 10, 500)]
    [0, 30, 60, 480, 900, 900]
    """
    if failures < free:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures - free, 10)
    return min(doubled, LONGEST_WAIT)


def begin(
    workspace: Workspace,
    kind: Kind,
    account: Any,
    at: datetime,
    address: str = "",
    device: Any = None,
) -> None:
    """Write a try down, as a failure for now; call `succeed` if it was right. Raises Refused where it must wait.

    `account` None is a login of nobody: it counts against the address alone.
    """
    with transaction.atomic(using=workspace.alias):
        if account is not None and kind is not Kind.CODE:
            workspace.rows(Account).select_for_update().get(pk=account.pk)
            _check(_of_account(workspace, kind, account, device, at), FREE, at, Reason.WAIT)
        if address:
            _check(_of_address(workspace, address, at), FREE_OF_ADDRESS, at, Reason.WAIT_ADDRESS)
        _write(workspace, kind, account, at, address, device, right=False)


def succeed(
    workspace: Workspace, kind: Kind, account: Any, at: datetime, address: str = "", device: Any = None
) -> None:
    """The try was right: the account's failures of before count no more, nor does this try for the address."""
    _write(workspace, kind, account, at, address, device, right=True)


def _write(
    workspace: Workspace, kind: Kind, account: Any, at: datetime, address: str, device: Any, right: bool
) -> None:
    workspace.rows(Attempt).create(
        kind=str(kind), account=account, device=device, address=address[:LONGEST_ADDRESS], right=right, at=at
    )


def _of_account(
    workspace: Workspace, kind: Kind, account: Any, device: Any, at: datetime
) -> tuple[int, datetime | None]:
    """Failures since the last success within a day, and when the last one was."""
    rows = workspace.rows(Attempt).filter(account=account, kind=str(kind), device=device, at__gt=at - REMEMBERED)
    success = rows.filter(right=True).order_by("id").last()
    if success is not None:
        rows = rows.filter(id__gt=success.pk)
    last = rows.order_by("id").last()
    return (rows.count(), last.at) if last is not None else (0, None)


def _of_address(workspace: Workspace, address: str, at: datetime) -> tuple[int, datetime | None]:
    rows = workspace.rows(Attempt).filter(address=address[:LONGEST_ADDRESS], at__gt=at - REMEMBERED_OF_ADDRESS)
    last = rows.filter(right=False).order_by("id").last()
    failures = rows.filter(right=False).count() - rows.filter(right=True).count()
    return (failures, last.at) if last is not None else (0, None)


def _check(tries: tuple[int, datetime | None], free: int, at: datetime, reason: Reason) -> None:
    failures, last = tries
    if last is not None and last + delay(failures, free) > at:
        raise Refused(reason, last + delay(failures, free) - at)
