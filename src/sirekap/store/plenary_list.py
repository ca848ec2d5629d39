"""Where many plenaries stand, for lists: their stage and last version, by a few questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from sirekap.recap import Closed, Stage
from sirekap.store.models import Plenary, PlenaryAct, RecapVersion
from sirekap.store.setup import Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's plenary of a contest: its stage, the last version and when it closed, None where none did."""

    contest: str
    unit: str
    stage: Stage
    version: int | None
    closed_at: datetime | None


def standings(workspace: Workspace, contest: str, units: Iterable[str]) -> tuple[Standing, ...]:
    """The plenaries of these units, in their order; those that nobody opened too."""
    wanted = list(units)
    last = workspace.rows(PlenaryAct).filter(plenary=OuterRef("pk")).order_by("-number").values("kind")[:1]
    rows = workspace.rows(Plenary).filter(contest_id=contest, unit__in=wanted).annotate(last=Subquery(last))
    kinds = dict(rows.values_list("unit", "last"))
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest, plenary__unit__in=wanted)
    closings = rows.order_by("version").values_list("plenary__unit", "version", "at")  # not their tables
    versions = {unit: (version, at) for unit, version, at in closings}
    found = []
    for unit in wanted:
        kind, (version, at) = kinds.get(unit), versions.get(unit, (None, None))
        stage = Stage.NOT_BEGUN if kind is None else Stage.CLOSED if kind == Closed.name else Stage.OPEN
        found.append(Standing(contest, unit, stage, version, at))
    return tuple(found)
