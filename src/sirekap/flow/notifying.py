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
    """What one round did: claims that were told to be over, mails sent, webhooks that took a notice.

    `fault` is what was wrong with the mail server, empty where nothing was.
    """

    claims: int = 0
    mails: int = 0
    calls: int = 0
    fault: str = ""

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.claims or self.mails or self.calls)


def notify_once(workspace: Workspace, at: datetime) -> Told:
    """One round. Raises InputError for settings that cannot be used."""
    claims = 0
    while claims_wait(workspace, at):
        claims += tell_of_claims(workspace, at)
    complaints: list[str] = []
    mails = send_mails(workspace, at, complaints.append)
    return Told(claims, mails, send_webhooks(workspace, at), complaints[0] if complaints else "")


def run_notifier(
    workspace: Workspace, once: bool = False, tell: Callable[[Told], None] = lambda told: None
) -> None:
    """Rounds until interrupted, or (`once`) until one finds nothing to do."""
    before = ""
    while True:
        told = notify_once(workspace, now())
        if told or told.fault not in ("", before):
            tell(told)
        before = told.fault or (before if not told else "")
        if not told and once:
            return
        if not told:
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
            told = Told()
            try:
                told = notify_once(workspace, now())
                fault = told.fault
            except (InputError, DatabaseError, OSError) as error:
                fault = str(error)
            if fault not in ("", before):
                log.warning("notices: %s", fault)
            # Between two tries of a mail there are rounds that find nothing to do: the fault is the same one.
            before = fault or ("" if told else before)
    finally:
        workspace.close()
