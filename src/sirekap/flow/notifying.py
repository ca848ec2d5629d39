"""The rounds in which notices go out: claims that ran out, mails, webhooks. Beside a worker, or by themselves."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from sirekap.errors import InputError
from sirekap.flow.mail import send_mails
from sirekap.flow.webhooks import send_webhooks
from sirekap.store.loading import now
from sirekap.store.notices import claims_wait, tell_of_claims
from sirekap.store.setup import Workspace

EVERY_SECONDS = 5.0
log = logging.getLogger("sirekap.notices")


@dataclass(frozen=True, slots=True)
class Told:
    """What one round did: claims that were told to be over, mails sent, webhooks that took a notice."""

    claims: int = 0
    mails: int = 0
    calls: int = 0

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.claims or self.mails or self.calls)


def notify_once(workspace: Workspace, at: datetime) -> Told:
    """One round. Raises InputError for settings that cannot be used."""
    claims = 0
    while claims_wait(workspace, at):
        claims += tell_of_claims(workspace, at)
    return Told(claims, send_mails(workspace, at), send_webhooks(workspace, at))


def run_notifier(
    workspace: Workspace, once: bool = False, tell: Callable[[Told], None] = lambda told: None
) -> None:
    """Rounds until interrupted, or (`once`) until one finds nothing to do."""
    while True:
        told = notify_once(workspace, now())
        if told:
            tell(told)
        elif once:
            return
        else:
            time.sleep(EVERY_SECONDS)


@contextmanager
def sending(workspace: Workspace, once: bool = False) -> Iterator[None]:
    """Rounds in a thread beside a worker's own; with `once` one round at the end instead."""
    if once:
        yield
        notify_once(workspace, now())
        return
    stop = threading.Event()
    thread = threading.Thread(target=_rounds, args=(workspace, stop), daemon=True, name="sirekap notices")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(1)  # what it has under way is sent again by the next one


def _rounds(workspace: Workspace, stop: threading.Event) -> None:
    """A fault stops no worker: it is logged once, and the next round tries again."""
    before = ""
    try:
        while not stop.wait(EVERY_SECONDS):
            try:
                notify_once(workspace, now())
                before = ""
            except (InputError, DatabaseError, OSError) as error:
                if str(error) != before:
                    log.warning("notices: %s", error)
                before = str(error)
    finally:
        workspace.close()
