"""What every test finds and leaves behind it: new workspaces come from a template; no database stays open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _templates() -> Iterator[None]:
    """A test of the core alone does not wait for Django."""
    if "sirekap.store.setup" not in sys.modules:
        yield
        return
    from tests.templates import laid_down

    with laid_down():
        yield


@pytest.fixture
def real_migrations() -> Iterator[None]:
    """For a test of how a workspace is made: its tables come from the migrations, not from a template."""
    from tests.templates import set_aside

    with set_aside():
        yield


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
