"""Who may type a sheet blind is told none of its figures first: whatever shows them asks here."""

from __future__ import annotations

from datetime import datetime

from sirekap.access import Act
from sirekap.store.accounts import find_account
from sirekap.store.desk import see
from sirekap.store.loading import now
from sirekap.store.places import allowed
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace


def keep_blind(
    workspace: Workspace, signed: Signed, contest: str, station: str, at: datetime | None = None
) -> None:
    """Keep that somebody who may type sees a sheet's figures now: they will not be given it for typing.

    Raises NotTaken (BLIND) while they hold it for typing. Call it before any figure is answered.
    """
    if allowed(signed, Act.TYPE_ENTRY, station):
        see(workspace, contest, station, find_account(workspace, signed.login), at or now())
