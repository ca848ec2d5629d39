"""Units and stations by their codes, and what happened at one, by questions to the tables: no page loads a whole
geography. The counts and lists of boards are in `board_counts` and `board_lists`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sirekap.geography import LENGTH, Tier, path_of, tier_of
from sirekap.store.models import Assignment, Event, Unit
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or station with the names of all above it; codes from the nation down."""

    code: str
    path: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1][1]


def place_of(workspace: Workspace, code: str) -> Place | None:
    """A unit or station of this election; None where the code is none."""
    try:
        tier = tier_of(code)
    except ValueError:
        return None
    above = path_of(code)
    names = dict(workspace.rows(Unit).filter(code__in=above).values_list("code", "name"))
    if tier is Tier.STATION:
        village = workspace.rows(Unit).filter(code=code[: LENGTH[Tier.VILLAGE]], tier=int(Tier.VILLAGE)).first()
        number = int(code[-3:])
        if village is None or number < 1 or (village.stations is not None and number > village.stations):
            return None
        names[code] = f"TPS {code[-3:]}"
    if code not in names:
        return None
    return Place(code, tuple((unit, names[unit]) for unit in above if unit in names))


def below(workspace: Workspace, code: str) -> list[tuple[str, str]]:
    """The units that sum into this one, with their names, by code; none for a village."""
    tier = tier_of(code)
    if tier >= Tier.VILLAGE:
        return []
    rows = workspace.rows(Unit).filter(within("code", [code]), tier=int(tier) + 1).order_by("code")
    return list(rows.values_list("code", "name"))


def events_of(workspace: Workspace, contest: str, station: str) -> list[Any]:
    """Who did what about a station's sheet and its photographs, the latest first; at most 200."""
    photos = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station)
    subjects = [station, *photos.values_list("photo_id", flat=True)]
    rows = workspace.rows(Event).filter(subject__in=subjects).order_by("-id")
    return [row for row in rows[: 2 * MOST_EVENTS] if row.detail.get("contest", contest) == contest][:MOST_EVENTS]
