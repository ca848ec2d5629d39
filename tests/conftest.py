"""What every test leaves behind it: no open database."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _closed_databases() -> Iterator[None]:
    """Hundreds of workspaces are made in one process; a server has room for far fewer connections."""
    yield
    if "django.db" in sys.modules and sys.modules["django.conf"].settings.configured:
        sys.modules["django.db"].connections.close_all()
