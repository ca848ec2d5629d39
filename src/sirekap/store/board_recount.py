"""The counts of boards, counted anew from what they count, and compared: the proof that they can be believed.

Nothing else reads whole tables for boards. Run it while nobody writes, or its answer may be of two moments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from sirekap.geography import LENGTH, Tier
from sirekap.review import Cause
from sirekap.store.board_names import OF_EVENTS, OF_HOURS, OF_SHEETS, STEPS
from sirekap.store.board_votes import WIDE
from sirekap.store.loading import BATCH, note
from sirekap.store.models import (
    BoardCount,
    BoardHour,
    BoardTotals,
    Delivery,
    DeliveryResult,
    DeskEntry,
    Sheet,
)
from sirekap.store.rounds import RESOLUTION
from sirekap.store.setup import Workspace
from sirekap.store.standing import stand_older

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that is not what counting anew gives."""

    where: str
    kept: int
    counted: int


@dataclass
class Counted:
    """All counts of boards: by contest, village and column; by contest, village and ticket; by hour."""

    villages: Counter[Key]
    votes: Counter[Key]
    hours: Counter[Key]


def differences(workspace: Workspace) -> list[Difference]:
    """Where the kept counts differ from what is there; none where all is well. Hours of settling are acts that
    leave no row of their own, and are not compared.
    """
    kept, counted = _kept(workspace), _counted(workspace)
    found = []
    for one, other in (
        (kept.villages, counted.villages),
        (kept.votes, counted.votes),
        (kept.hours, counted.hours),
    ):
        for key in sorted(one.keys() | other.keys()):
            if one[key] != other[key]:
                found.append(Difference(" ".join(key), one[key], other[key]))
    return found


def recount(workspace: Workspace) -> list[Difference]:
    """Put right what differs, in one transaction, and say what did."""
    with transaction.atomic(using=workspace.alias):
        stand_older(workspace)
        found = differences(workspace)
        if found:
            _write(workspace, _counted(workspace))
            note(workspace, "boards recounted", "boards", {"differences": len(found)})
    return found


def _kept(workspace: Workspace) -> Counted:
    counted = Counted(Counter(), Counter(), Counter())
    columns = (*OF_SHEETS, *OF_EVENTS)
    for contest, village, *values in workspace.rows(BoardCount).values_list("contest_id", "village_id", *columns):
        for name, value in zip(columns, values, strict=True):
            counted.villages[contest, village, name] = value
    columns = tuple(f"v{place}" for place in range(WIDE))
    rows = workspace.rows(BoardTotals).values_list("contest_id", "village", "part", *columns)
    for contest, village, part, *all_votes in rows:
        for place, votes in enumerate(all_votes):
            counted.votes[contest, village, str(part * WIDE + place + 1)] = votes
    names = [name for name in OF_HOURS if name != "settled"]
    rows = workspace.rows(BoardHour).values_list("contest_id", "district", "hour", *names)
    for contest, district, hour, *values in rows:
        for name, value in zip(names, values, strict=True):
            counted.hours[contest, district, hour, name] = value
    return counted


def _counted(workspace: Workspace) -> Counted:
    counted = Counted(Counter(), Counter(), Counter())
    for sheet in workspace.rows(Sheet).iterator(BATCH):
        where = (sheet.contest_id, sheet.station[: LENGTH[Tier.VILLAGE]])
        for name, value in _measures(sheet).items():
            counted.villages[(*where, name)] += value
        for number, votes in enumerate(sheet.votes or (), start=1):
            counted.votes[(*where, str(number))] += votes
    acts: list[tuple[Any, str, str]] = []
    fields = ("contest_id", "station", "at")
    acts += [(row, "delivered", "received") for row in workspace.rows(Delivery).values_list(*fields)]
    of = ("delivery__contest_id", "delivery__station", "at", "outcome")
    for *row, outcome in workspace.rows(DeliveryResult).values_list(*of):
        acts.append((row, "looked", "read" if outcome == "read" else ""))
    of = ("sheet__contest_id", "sheet__station", "at", "number")
    for *row, number in workspace.rows(DeskEntry).values_list(*of):
        acts.append((row, *(2 * ("decided" if number == RESOLUTION else "typed",))))
    for (contest, station, at), kept, hourly in acts:
        counted.villages[contest, station[: LENGTH[Tier.VILLAGE]], kept] += 1
        if hourly:
            counted.hours[contest, station[: LENGTH[Tier.DISTRICT]], _hour(at), hourly] += 1
    return counted


def _measures(sheet: Any) -> dict[str, int]:
    """What one sheet adds to its village's counts."""
    review = sheet.state == "review"
    told = dict.fromkeys(OF_SHEETS, 0)
    told |= {"sheets": 1, "read": int(sheet.read), "confirmed": int(sheet.confirmed), sheet.state: 1}
    told["acknowledged"] = int(sheet.answered and not review)
    told |= {f"step_{step}": int(sheet.step == str(step)) for step in STEPS}
    told |= {f"cause_{cause}": int(bool(sheet.causes & cause.bit)) for cause in Cause}
    told["weight"] = sheet.weight if review else 0
    return told


def _hour(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H}"


def _write(workspace: Workspace, counted: Counted) -> None:
    villages: dict[Key, dict[str, int]] = {}
    for (contest, village, name), value in counted.villages.items():
        villages.setdefault((contest, village), {})[name] = value
    hours: dict[Key, dict[str, int]] = {}
    for contest, district, hour, name, value in (
        (*row[:3], "settled", row[3])
        for row in workspace.rows(BoardHour).values_list("contest_id", "district", "hour", "settled")
    ):
        hours.setdefault((contest, district, hour), {})[name] = value
    for (contest, district, hour, name), value in counted.hours.items():
        hours.setdefault((contest, district, hour), {})[name] = value
    for model in (BoardCount, BoardTotals, BoardHour):
        workspace.rows(model).all().delete()
    made: list[Any] = [BoardCount(contest_id=c, village_id=v, **told) for (c, v), told in villages.items()]
    workspace.rows(BoardCount).bulk_create(made, BATCH)
    workspace.rows(BoardTotals).bulk_create(_totals(counted.votes), BATCH)
    made = [BoardHour(contest_id=c, district=d, hour=h, **told) for (c, d, h), told in hours.items()]
    workspace.rows(BoardHour).bulk_create(made, BATCH)


def _totals(votes: Counter[Key]) -> list[Any]:
    """Votes by contest, village and number as rows of 24 numbers."""
    rows: dict[tuple[str, str, int], dict[str, int]] = {}
    for (contest, village, number), all_ in votes.items():
        part, place = divmod(int(number) - 1, WIDE)
        rows.setdefault((contest, village, part), {})[f"v{place}"] = all_
    return [BoardTotals(contest_id=c, village=v, part=p, **told) for (c, v, p), told in rows.items()]
