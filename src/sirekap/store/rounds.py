"""What people typed of sheets: rounds of blind entries, by the rows that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sirekap.review import Entry, Round
from sirekap.store.models import DeskEntry, DeskReturn
from sirekap.store.setup import Workspace

BLIND = (1, 2)
RESOLUTION = 3


@dataclass(frozen=True)
class SheetRound:
    """The round that a version of a sheet is in: its number, what was typed in it, and the rows of that."""

    number: int = 1
    round: Round = field(default_factory=Round)
    rows: tuple[Any, ...] = ()

    @property
    def decided_at(self) -> datetime | None:
        """When the figures were decided; None where they are not."""
        return None if self.round.decided is None else self.rows[-1].at

    @property
    def resolved(self) -> bool:
        """Whether a third person decided."""
        return self.round.resolution is not None


def rounds_of(
    workspace: Workspace, versions: Iterable[Any], station: str | None = None, until: datetime | None = None
) -> dict[int, SheetRound]:
    """The round of each of these versions, by the version's key; those that nobody typed are left out.

    `until`: as it was at a moment.
    """
    keys = {version.pk for version in versions}
    entries, returns = workspace.rows(DeskEntry), workspace.rows(DeskReturn)
    if station is not None:
        entries, returns = (rows.filter(version_id__in=keys) for rows in (entries, returns))
    if until is not None:
        entries, returns = entries.filter(at__lte=until), returns.filter(at__lte=until)
    number: dict[int, int] = {}
    for version, returned in returns.values_list("version_id", "round"):
        number[version] = max(number.get(version, 1), returned + 1)
    typed: dict[int, list[Any]] = {}
    for row in entries.select_related("account").order_by("version_id", "round", "number"):
        if row.round == number.get(row.version_id, 1):
            typed.setdefault(row.version_id, []).append(row)
    return {
        key: SheetRound(
            number.get(key, 1), _round(typed.get(key, ()), asked=key in number), tuple(typed.get(key, ()))
        )
        for key in (number.keys() | typed.keys()) & keys
    }


def _round(rows: Iterable[Any], asked: bool) -> Round:
    entries = {row.number: Entry(row.account.login, _values(row.figures)) for row in rows}
    return Round(tuple(entries[number] for number in BLIND if number in entries), entries.get(RESOLUTION), asked)


def _values(figures: Mapping[str, Any]) -> dict[str, Any]:
    return dict(figures)
