"""The counts of boards: how many stations of a unit are in, read, settled, stuck or missing, and of each part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, Sum, Value
from django.db.models.functions import Coalesce, Left

from sirekap.geography import LENGTH, Tier, tier_of
from sirekap.store.board import below
from sirekap.store.board_names import OF_EVENTS, OF_SHEETS
from sirekap.store.models import BoardCount, Unit
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

COUNTED = (*OF_SHEETS, *OF_EVENTS)


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit's counts in a contest.

    `expected` are the stations of villages whose number is known, `unknown` the villages where it is not;
    `missing` the known ones without a photograph. `counts` are by the columns of `BoardCount`.
    """

    code: str
    name: str
    expected: int
    unknown: int
    missing: int
    counts: Mapping[str, int]

    def __getitem__(self, column: str) -> int:
        """One count; 0 where nothing was counted."""
        return self.counts.get(column, 0)

    @property
    def complete(self) -> bool:
        """Whether every village's number of stations is known."""
        return self.unknown == 0


@dataclass(frozen=True, slots=True)
class Board:
    """A unit's counts, and those of each unit directly below it, by code."""

    own: Tally
    below: tuple[Tally, ...]


def board(workspace: Workspace, contest: str, code: str, name: str, columns: Sequence[str] = COUNTED) -> Board:
    """The board of a nation, province, regency, district or village: three questions, whatever its size.

    `columns` are those that are counted.
    """
    tier = tier_of(code)
    if tier is Tier.STATION:
        raise ValueError(f"{code} is a station: boards count stations of a unit")
    found = parts(workspace, contest, code, Tier(min(tier + 1, Tier.VILLAGE)), columns)
    if tier is Tier.VILLAGE:
        return Board(_named(found.get(code), code, name), ())
    tallies = tuple(_named(found.get(unit), unit, called) for unit, called in below(workspace, code))
    return Board(_together(code, name, tallies), tallies)


def parts(
    workspace: Workspace, contest: str, code: str, tier: Tier, columns: Sequence[str] = COUNTED
) -> dict[str, Tally]:
    """The counts within a unit, by the code of a tier's units, nameless; `columns` are those that are summed.

    Units and counts are summed apart and put together here: a join of all villages first is twice as slow.
    """
    digits = LENGTH[tier]
    kept = workspace.rows(BoardCount).filter(within("village_id", [code]), contest_id=contest)
    grouped = kept.order_by().annotate(key=Left("village_id", digits)).values("key")
    sums = {f"all_{name}": Sum(name) for name in columns}
    counts = {row["key"]: {name: row[f"all_{name}"] for name in columns} for row in grouped.annotate(**sums)}
    rows = workspace.rows(Unit).filter(within("code", [code]), tier=int(Tier.VILLAGE)).order_by()
    units = rows.annotate(key=Left("code", digits)).values_list("key")
    told = list(units.annotate(all=Coalesce(Sum("stations"), Value(0)), no=Count("code") - Count("stations")))
    outside: dict[str, int] = {}
    if any(unknown for _, _, unknown in told):
        strange = villages(workspace, contest, code).filter(stations=None).order_by()
        of = strange.annotate(key=Left("code", digits)).values_list("key")
        outside = dict(of.annotate(all=Coalesce(Sum("kept__sheets"), Value(0))))
    found = {}
    for key, expected, unknown in told:
        own = counts.get(key, {})
        there = own.get("sheets", 0) - outside.get(key, 0)
        found[key] = Tally(key, "", expected, unknown, max(0, expected - there), own)
    return found


def villages(workspace: Workspace, contest: str, code: str) -> Any:
    """The villages of a unit, each with the row that counts it as `kept`."""
    rows = workspace.rows(Unit).filter(within("code", [code]), tier=int(Tier.VILLAGE))
    return rows.annotate(kept=FilteredRelation("counts", condition=Q(counts__contest=contest)))


def gaps(workspace: Workspace, contest: str, code: str) -> Any:
    """Villages of a unit with stations that are missing: (code, stations, sheets), by code."""
    rows = villages(workspace, contest, code).annotate(there=Coalesce(F("kept__sheets"), Value(0)))
    return rows.filter(stations__gt=F("there")).order_by("code").values_list("code", "stations", "there")


def _named(found: Tally | None, code: str, name: str) -> Tally:
    if found is None:
        return Tally(code, name, 0, 0, 0, {})
    return Tally(code, name, found.expected, found.unknown, found.missing, found.counts)


def _together(code: str, name: str, parts: Iterable[Tally]) -> Tally:
    tallies = list(parts)
    return Tally(
        code,
        name,
        sum(part.expected for part in tallies),
        sum(part.unknown for part in tallies),
        sum(part.missing for part in tallies),
        {column: sum(part[column] for part in tallies) for column in COUNTED},
    )
