"""Second factors: time-based codes (RFC 6238, SHA-1, six digits, 30 seconds) and recovery codes.

A code counts in its own step and in the ones before and after it (clocks differ), and once: a code of a step at
or before the last used one is refused. A second factor counts from its first used code on; until then the one
before it does.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import IntegrityError, transaction

from sirekap.codes import digest, new_code, typed_code
from sirekap.store.accounts import Actor, must_manage
from sirekap.store.loading import note
from sirekap.store.lockout import Kind, Reason, Refused, begin, succeed
from sirekap.store.models import Account, RecoveryCode, RecoveryUse, Totp, TotpEnd, TotpUse
from sirekap.store.setup import Workspace
from sirekap.store.vault import seal, unseal

SECONDS, DIGITS = 30, 6
SECRET_BYTES = 20
RECOVERY_CODES = 10
ISSUER = "Sirekap"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What its holder sees once: the address that authenticator apps read as a QR code, and recovery codes."""

    uri: str = field(repr=False)
    recovery: tuple[str, ...] = field(repr=False)


def has_second_factor(workspace: Workspace, account: Any) -> bool:
    """Whether a second factor is in use."""
    return _confirmed(workspace, account) is not None


def enrol(workspace: Workspace, account: Any, at: datetime) -> Enrolment:
    """Set a second factor up; it takes the place of an older one once a code of it was used.

    Asks nobody: `sessions.set_up_second_factor` does.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    codes = tuple(new_code() for _ in range(RECOVERY_CODES))
    sealed = seal(workspace, secret)
    with transaction.atomic(using=workspace.alias):
        totp = workspace.rows(Totp).create(account=account, secret=sealed, at=at)
        rows = [RecoveryCode(totp=totp, digest=digest(account.login, code)) for code in codes]
        workspace.rows(RecoveryCode).bulk_create(rows)
        note(workspace, "second factor set up", account.login, {}, account.login, at)
    return Enrolment(_totp(secret).get_provisioning_uri(account.login, ISSUER), codes)


def show(
    workspace: Workspace, account: Any, text: str, at: datetime, address: str = "", device: Any = None
) -> None:
    """Show a second factor: six digits, or a recovery code. Raises Refused where it is not right.

    The first code of a new second factor confirms it, also where an older one is in use.
    """
    rows = [row for row in (_latest(workspace, account), _confirmed(workspace, account)) if row is not None]
    if not rows:
        raise Refused(Reason.NO_SECOND)
    begin(workspace, Kind.SECOND, account, at, address, device)
    typed = re.sub(r"\s", "", text[:100])
    code = typed_code(text)
    if not any(
        _use_code(workspace, row, typed, at) if code is None else _use_recovery(workspace, row, account, code, at)
        for row in {row.pk: row for row in rows}.values()
    ):
        raise Refused(Reason.SECOND)
    succeed(workspace, Kind.SECOND, account, at, address, device)


def drop(workspace: Workspace, account: Any, by: Actor, at: datetime) -> bool:
    """Take an account's second factors away, so that one is set up anew; False where there is none.

    Raises InputError where `by` may not: one's own is replaced by setting up another.
    """
    must_manage(workspace, account, by, at)
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Account).select_for_update().get(pk=account.pk)
        rows = list(workspace.rows(Totp).filter(account=account, totpend=None))
        for row in rows:
            workspace.rows(TotpEnd).create(totp=row, ended_by=by.login, at=at)
        if rows:
            note(workspace, "second factor taken away", account.login, {}, by.login, at)
    return bool(rows)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # what every authenticator app can do


def _latest(workspace: Workspace, account: Any) -> Any:
    return workspace.rows(Totp).filter(account=account, totpend=None).order_by("id").last()


def _confirmed(workspace: Workspace, account: Any) -> Any:
    rows = workspace.rows(Totp).filter(account=account, totpend=None, totpuse__isnull=False)
    return rows.order_by("id").last()


def _use_code(workspace: Workspace, row: Any, typed: str, at: datetime) -> bool:
    """Whether six digits are a code of these minutes; then they are used up. Raises Refused where they were."""
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", typed):
        return False
    totp = _totp(unseal(workspace, row.secret))
    now = int(at.timestamp()) // SECONDS
    right = [
        s for s in (now - 1, now, now + 1) if compare_digest(totp.generate(s * SECONDS), typed.encode("ascii"))
    ]
    if not right:
        return False
    last = workspace.rows(TotpUse).filter(totp=row).order_by("step").last()
    step = next((step for step in right if last is None or step > last.step), None)
    if step is None:
        raise Refused(Reason.USED)
    try:
        with transaction.atomic(using=workspace.alias):
            workspace.rows(TotpUse).create(totp=row, step=step, at=at)
    except IntegrityError as error:  # somebody was quicker with the same code
        raise Refused(Reason.USED) from error
    return True


def _use_recovery(workspace: Workspace, row: Any, account: Any, code: str, at: datetime) -> bool:
    """Whether this is a recovery code of a confirmed second factor that was not used; then it is used up."""
    if not workspace.rows(TotpUse).filter(totp=row).exists():
        return False
    kept = workspace.rows(RecoveryCode).filter(totp=row, digest=digest(account.login, code)).first()
    if kept is None:
        return False
    try:
        with transaction.atomic(using=workspace.alias):
            workspace.rows(RecoveryUse).create(code=kept, at=at)
            note(workspace, "recovery code used", account.login, {}, account.login, at)
    except IntegrityError as error:
        raise Refused(Reason.USED) from error
    return True
