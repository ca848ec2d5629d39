"""Addresses for e-mail are confirmed: a code goes to each, is shown once, and lasts a day.

No answer says whether an address is anybody's, or can be reached: what names an address hears that a mail is on
its way, and what shows a code that does not hold is never told why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction

from sirekap.codes import new_code, typed_code
from sirekap.store.accounts import is_blocked
from sirekap.store.loading import note
from sirekap.store.lockout import Kind, begin, succeed
from sirekap.store.models import Account, Digest, MailCode, MailCodeUse, MailWish
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace
from sirekap.store.vault import keyed

VALID = timedelta(hours=24)
EACH = timedelta(minutes=1)
A_DAY = 5  # codes for an account, and mails with codes to an address, whoever names it


@dataclass(frozen=True, slots=True)
class Letter:
    """How a code is written: `domain` of Message-IDs; `text` gives subject and body for language and code."""

    domain: str
    text: Callable[[str, str], tuple[str, str]]


def has_code(workspace: Workspace, wish: Any, at: datetime) -> bool:
    """Whether the latest code of an account was made for the address that it wishes, and still holds."""
    last = workspace.rows(MailCode).filter(account_id=wish.account_id).order_by("id").last()
    return last is not None and _holds(workspace, last, wish, at)


def send_code(workspace: Workspace, wish: Any, letter: Letter, at: datetime) -> None:
    """Make a code for the address of a wish and a mail that brings it; earlier codes of the account are void.

    Call it in a transaction that holds the account. Raises NotTaken (OFTEN) where the account asked too often;
    where many asked for the address, no mail goes out, and nothing tells.
    """
    rows = workspace.rows(MailCode).filter(at__gt=at - timedelta(days=1))
    own = rows.filter(account_id=wish.account_id)
    last = own.order_by("id").last()
    if own.count() >= A_DAY or (last is not None and last.at > at - EACH):
        raise NotTaken(Reason.OFTEN)
    target = _target(workspace, wish.address)
    much = rows.filter(target=target).count() >= A_DAY
    code = new_code()
    row = workspace.rows(MailCode).create(
        account_id=wish.account_id, target=target, digest=_digest(code), at=at, expires=at + VALID
    )
    waiting = workspace.rows(Digest)
    waiting.filter(account_id=wish.account_id, code__isnull=False, outcome="").delete()
    if not much:
        subject, body = letter.text(wish.language, code)
        message = f"<address-{uuid4().hex}@{letter.domain}>"
        waiting.create(
            account_id=wish.account_id, code=row, message=message, subject=subject, text=body, at=at, due=at
        )


def send_code_again(workspace: Workspace, login: str, letter: Letter, at: datetime) -> None:
    """A further code for the address that somebody named and did not confirm; else nothing. Raises as above."""
    with transaction.atomic(using=workspace.alias):
        account = workspace.rows(Account).select_for_update().get(login=login)
        wish = workspace.rows(MailWish).filter(account=account, confirmed_at=None).first()
        if wish is not None:
            send_code(workspace, wish, letter, at)


def confirm(workspace: Workspace, text: str, at: datetime, address: str = "") -> bool:
    """Show a code: whether an address is confirmed by it now. `address` is the network's, for guessing.

    Raises Refused where too many from there were wrong.
    """
    begin(workspace, Kind.MAIL, None, at, address)
    code = typed_code(text)
    row = None if code is None else workspace.rows(MailCode).filter(digest=_digest(code)).first()
    if row is None:
        return False
    with transaction.atomic(using=workspace.alias):
        account = workspace.rows(Account).select_for_update().get(pk=row.account_id)
        wish = workspace.rows(MailWish).filter(account=account).first()
        newer = workspace.rows(MailCode).filter(account=account, pk__gt=row.pk).exists()
        used = workspace.rows(MailCodeUse).filter(code=row).exists()
        if (
            wish is None
            or newer
            or used
            or not _holds(workspace, row, wish, at)
            or is_blocked(workspace, account)
        ):
            return False
        workspace.rows(MailCodeUse).create(code=row, at=at)
        wish.confirmed_at, wish.problem = at, ""
        wish.save(using=workspace.alias, update_fields=("confirmed_at", "problem"))
        note(workspace, "mail address confirmed", account.login, {}, account.login, at)
    succeed(workspace, Kind.MAIL, None, at, address)
    return True


def _holds(workspace: Workspace, code: Any, wish: Any, at: datetime) -> bool:
    return bool(code.expires > at and code.target == _target(workspace, wish.address))


def _target(workspace: Workspace, address: str) -> str:
    return keyed(workspace, address.casefold())


def _digest(code: str) -> str:
    return sha256(f"mail address\n{code}".encode()).hexdigest()
