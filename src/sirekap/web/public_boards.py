"""Boards for everybody: counts alone, asked of the database at most every 30 seconds by one process."""

from __future__ import annotations

from typing import Any

from sirekap.geography import Tier, tier_of
from sirekap.store.board import place_of
from sirekap.store.board_counts import Tally, board
from sirekap.store.kept import Kept
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace

SECONDS = 30
NAMES = {
    "photographed": "sheets",
    "read": "read",
    "confirmed": "confirmed",
    "in_review": "review",
    "provisional": "provisional",
    "settled": "settled",
    "acknowledged": "acknowledged",
}


KEPT = Kept(SECONDS)


def public_board(workspace: Workspace, contest: str, unit: str, kept: Kept = KEPT) -> dict[str, Any]:
    """The counts of a unit and of those directly below it. Raises NotTaken (UNKNOWN)."""
    return dict(kept.get((workspace.alias, contest, unit), lambda: _made(workspace, contest, unit)))


def _made(workspace: Workspace, contest: str, unit: str) -> dict[str, Any]:
    known = any(contest == held.code for held in workspace.election().contests)
    place = place_of(workspace, unit) if known else None
    if place is None or tier_of(unit) is Tier.STATION:
        raise NotTaken(Reason.UNKNOWN)
    found = board(workspace, contest, unit, place.name, tuple(NAMES.values()))
    return {
        "contest": contest,
        "as_of": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        **_told(found.own),
        "below": [_told(part) for part in found.below],
    }


def _told(tally: Tally) -> dict[str, Any]:
    """What everybody may know of a unit: nothing of people, causes or steps."""
    return {
        "unit": tally.code,
        "name": tally.name,
        "expected": tally.expected,
        "villages_unknown": tally.unknown,
        "missing": tally.missing,
        **{name: tally[column] for name, column in NAMES.items()},
    }
