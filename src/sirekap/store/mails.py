"""Digests by e-mail: what a person wishes, and digests made of what is new for them, each once.

Nothing but a code goes to an address before it was confirmed (`store.mail_addresses`).

A digest and how far its person has been told are written in one transaction; only then it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from sirekap.store.accounts import is_blocked, mandates_of
from sirekap.store.loading import note
from sirekap.store.models import Account, Digest, MailWish
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notices import Span, how_many, some_notices
from sirekap.store.notify import last_for_sure
from sirekap.store.outgoing import SENT
from sirekap.store.setup import Workspace

NONE, HOURLY, AT_ONCE = "none", "hourly", "at_once"
HOW = (NONE, HOURLY, AT_ONCE)
WAITS = {HOURLY: timedelta(hours=1), AT_ONCE: timedelta(minutes=1)}
MOST_LINES = 50
LONGEST_ADDRESS = 254
Text = Callable[[str, list[Any], int], tuple[str, str]]
Ask = Callable[[Any], None]


def wish_of(workspace: Workspace, login: str) -> Any | None:
    """How somebody wants mails; None where they want none."""
    return workspace.rows(MailWish).filter(account__login=login).first()


def set_wish(
    workspace: Workspace, login: str, how: str, address: str, language: str, at: datetime, ask: Ask | None = None
) -> None:
    """Somebody chooses; with "none" their address is forgotten.

    A changed address has to be confirmed anew. `ask` is called with the wish, in the same transaction, where its
    address is not confirmed. Raises NotTaken (INVALID) for no address, and whatever `ask` raises.
    """
    if how not in HOW:
        raise NotTaken(Reason.INVALID, [f"how: expected {', '.join(HOW)}"])
    text = address.strip()
    if how != NONE and not is_address(text):
        raise NotTaken(Reason.INVALID, ["address: expected an e-mail address"])
    last = last_for_sure(workspace)
    with transaction.atomic(using=workspace.alias):
        account = workspace.rows(Account).select_for_update().get(login=login)
        before = workspace.rows(MailWish).filter(account=account).first()
        changed = before is None or how == NONE or before.address != text
        if changed:  # what waits was for the earlier address
            workspace.rows(Digest).filter(account=account, outcome="").delete()
        if how == NONE:
            workspace.rows(MailWish).filter(account=account).delete()
        else:
            told = {"how": how, "address": text, "language": language, "due": at, "problem": ""}
            told |= {"confirmed_at": None} if changed else {}
            first = {**told, "last": last}
            rows = workspace.rows(MailWish)
            wish, _ = rows.update_or_create(account=account, defaults=told, create_defaults=first)
            if ask is not None and wish.confirmed_at is None:
                ask(wish)
        note(workspace, "mail chosen", login, {"how": how}, login, at)


def is_address(text: str) -> bool:
    """Whether this can be an e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_ADDRESS and text.isascii() and text.isprintable()


def make_digests(workspace: Workspace, at: datetime, domain: str, text: Text) -> int:
    """Write a digest for each person for whom there is something new and whose next one is due; how many.

    `text` gives subject and body in a language for the newest notices and how many there are in all.
    """
    horizon = last_for_sure(workspace)
    due = workspace.rows(MailWish).filter(due__lte=at, last__lt=horizon, confirmed_at__isnull=False)
    made = 0
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic(using=workspace.alias):
            wish = due.select_for_update().select_related("account").filter(pk=key).first()
            if wish is not None:  # no other sender was quicker
                made += _digest(workspace, wish, horizon, at, domain, text)
    return made


def _digest(workspace: Workspace, wish: Any, horizon: int, at: datetime, domain: str, text: Text) -> bool:
    account, since = wish.account, wish.last
    wish.last, wish.due = horizon, at + WAITS[wish.how]
    wish.save(using=workspace.alias, update_fields=("last", "due"))
    if is_blocked(workspace, account):
        return False
    held, span = mandates_of(workspace, account, at), Span(since, horizon + 1)
    newest = some_notices(workspace, account.login, held, MOST_LINES, span)
    if not newest:
        return False
    subject, body = text(wish.language, newest, how_many(workspace, account.login, held, span))
    message = f"<notices-{uuid4().hex}@{domain}>"
    workspace.rows(Digest).create(account=account, message=message, subject=subject, text=body, at=at, due=at)
    return True


def waiting_digests(workspace: Workspace) -> Any:
    """The mails that may go out, for `outgoing.lease`: codes, and digests to confirmed addresses."""
    confirmed = workspace.rows(MailWish).filter(confirmed_at__isnull=False).values("account")
    return workspace.rows(Digest).filter(Q(code__isnull=False) | Q(account__in=confirmed))


def note_mail(workspace: Workspace, digest: Any, outcome: str, problem: str) -> None:
    """Keep the text no longer than it is needed, and tell its person on their page why a mail did not arrive.

    Of a code nothing is told: what a mail server says of an address is not for whoever typed one in.
    """
    if outcome:
        workspace.rows(Digest).filter(pk=digest.pk).update(text="")
    if digest.code_id is not None:
        return
    told = "" if outcome == SENT else problem
    workspace.rows(MailWish).filter(account_id=digest.account_id).update(problem=told)
