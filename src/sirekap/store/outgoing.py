"""What is on its way to the outside: leased by one sender, tried again ever more rarely, given up after a day.

A lease ends by itself: what a killed sender had not noted as sent is sent again, with the same name.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from sirekap.store.setup import Workspace

SENT, GIVEN_UP, WAITING = "sent", "given_up", ""
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=24)
JITTER = 0.2


def wait_after(tries: int, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after so many tries: three times as long each time, a fifth more or less by chance."""
    plain: timedelta = min(FIRST_WAIT * 3 ** min(tries - 1, 20), LONGEST_WAIT)
    return plain * float(1 - JITTER + 2 * JITTER * chance())


def lease(workspace: Workspace, rows: Any, at: datetime, many: int) -> list[Any]:
    """Take some rows that are due, the longest waiting first, for this sender alone."""
    with transaction.atomic(using=workspace.alias):
        free = rows.filter(Q(until=None) | Q(until__lte=at), outcome=WAITING, due__lte=at)
        taken = list(free.select_for_update(skip_locked=True, of=("self",)).order_by("due", "id")[:many])
        for row in taken:
            row.tries, row.until = row.tries + 1, at + LEASE
            row.save(using=workspace.alias, update_fields=("tries", "until"))
    return taken


def settle(workspace: Workspace, row: Any, at: datetime, sent: bool, final: bool = False, **more: Any) -> str:
    """Note what became of a try; the outcome. `final`: another try would not help. `more` are further columns."""
    due = at if sent else at + wait_after(row.tries)
    over = final or due > row.at + PATIENCE
    outcome = SENT if sent else GIVEN_UP if over else WAITING
    named = type(row)._default_manager.using(workspace.alias).filter(pk=row.pk, outcome=WAITING)
    named.update(outcome=outcome, due=due, until=None, **more)
    return outcome
