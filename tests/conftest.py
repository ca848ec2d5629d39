"""What every test leaves behind it: no open database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _closed_databases() -> Iterator[None]:
    """Hundreds of workspaces are made in one process; a server has room for far fewer connections."""
    yield
    # A browser's test leaves an event loop running, in which Django refuses to touch a database.
    if _loop_runs() or "django.db" not in sys.modules:
        return
    if sys.modules["django.conf"].settings.configured:
        sys.modules["django.db"].connections.close_all()


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
