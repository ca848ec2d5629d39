"""All rows of plenaries that an evidence bundle holds, for `flow.evidence`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sirekap.geography import LENGTH, Tier, tier_of
from sirekap.recap import Objected, from_json
from sirekap.store.models import MovedSheet, Plenary, PlenaryAct, PlenaryFile, RecapVersion, SignedCertificate
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace


@dataclass(frozen=True, slots=True)
class PlenaryRows:
    """A plenary's minutes, versions with their papers by the version's key, files that objections name by their
    SHA-256, and sheets that left its certificate behind.
    """

    unit: str
    acts: list[Any]
    versions: list[Any]
    papers: dict[int, list[Any]]
    files: dict[str, Any]
    moved: list[Any]


def plenaries_told_of(workspace: Workspace, contest: str, unit: str) -> list[str]:
    """The units within one whose plenary has begun, by code; of a village or station its district's."""
    root = unit[: LENGTH[Tier.DISTRICT]] if tier_of(unit) > Tier.DISTRICT else unit
    begun = workspace.rows(PlenaryAct).filter(within("plenary__unit", [root]), plenary__contest_id=contest)
    return sorted(set(begun.values_list("plenary__unit", flat=True)))


def recap_versions(workspace: Workspace, contest: str, unit: str) -> list[Any]:
    """Every version of a unit's certificate, the first one first."""
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest, plenary__unit=unit)
    return list(rows.order_by("version"))


def plenary_rows(workspace: Workspace, contest: str, unit: str) -> PlenaryRows:
    """Everything of a plenary."""
    plenary = workspace.rows(Plenary).get(contest_id=contest, unit=unit)
    acts = list(workspace.rows(PlenaryAct).filter(plenary=plenary).order_by("number"))
    papers: dict[int, list[Any]] = {}
    for row in workspace.rows(SignedCertificate).filter(version__plenary=plenary).order_by("version", "number"):
        papers.setdefault(row.version_id, []).append(row)
    objections = [act for row in acts if isinstance(act := from_json(row.act), Objected)]
    # What was taken up from below names files that were sent to the plenary there.
    wanted = {digest for act in objections for digest in act.attachments}
    files = workspace.rows(PlenaryFile).filter(plenary__contest_id=contest, sha256__in=wanted).order_by("-id")
    moved = workspace.rows(MovedSheet).filter(version__plenary=plenary).select_related("version").order_by("id")
    return PlenaryRows(
        unit,
        acts,
        recap_versions(workspace, contest, unit),
        papers,
        {row.sha256: row for row in files},
        list(moved),
    )
