"""Deliveries are read: the pending row in the database is the truth, and whoever comes next goes on.

A delivery is pending until it has a result. A worker claims some for a time, reads them in other processes,
writes each down with its result in one transaction, and weighs the sheets anew. A kill loses the reading alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sirekap.flow.reader import Reader
from sirekap.store.setup import Workspace


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did: deliveries read and refused, sheets and copies weighed."""

    read: int = 0
    refused: int = 0
    weighed: int = 0


def pending_deliveries(workspace: Workspace) -> int:
    """How many deliveries wait to be read."""
    raise NotImplementedError


def work_once(workspace: Workspace, reader: Reader, limit: int = 32, at: datetime | None = None) -> Worked:
    """Read at most `limit` deliveries that wait, the oldest first, and weigh what they change."""
    raise NotImplementedError


def run_worker(workspace: Workspace, reader: Reader, once: bool = False) -> None:
    """Work until interrupted, or (`once`) until nothing waits."""
    raise NotImplementedError


def eta(workspace: Workspace) -> int:
    """Seconds until a photograph that is delivered now is read, from the measured rate and the queue."""
    raise NotImplementedError


def eta_words(seconds: int, language: str = "id") -> str:
    """ "diterima; dibaca dalam kira-kira 3 menit"."""
    raise NotImplementedError
