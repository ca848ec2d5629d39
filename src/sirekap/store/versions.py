"""Rows of a sheet's or copy's versions as the core's values: figures, findings, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sirekap.figures import Figure, Status, Why
from sirekap.rules import Finding, Severity
from sirekap.store.generations import Generations, generations_of
from sirekap.store.models import CopyVersion, SheetVersion
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace


def latest_versions(
    workspace: Workspace,
    contest: str,
    station: str | None = None,
    until: datetime | None = None,
    counts: Generations | None = None,
) -> dict[int, Any]:
    """The newest version of each sheet's count by the sheet's key, with its sheet; of a station, a unit, or all.

    `until`: as it was at a moment. `counts` are the counts that are asked for, where the caller knows them.
    """
    counts = counts or generations_of(workspace, contest, station, until)
    rows = workspace.rows(SheetVersion).filter(sheet__contest_id=contest).select_related("sheet")
    if station is not None:
        rows = rows.filter(within("sheet__station", {station}))
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    return {
        version.sheet_id: version
        for version in rows.order_by("sheet_id", "version")
        if counts.of(version.sheet.station).holds("last_version", version.version)
    }


def latest_copies(
    workspace: Workspace,
    contest: str,
    station: str | None = None,
    until: datetime | None = None,
    counts: Generations | None = None,
) -> dict[str, list[Any]]:
    """The newest version of each copy by station, each with its copy and account, the oldest copy first.

    `until` and `counts` as in `latest_versions`.
    """
    counts = counts or generations_of(workspace, contest, station, until)
    rows = workspace.rows(CopyVersion).filter(copy__contest_id=contest)
    if station is not None:
        rows = rows.filter(within("copy__station", {station}))
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    newest = {
        row.copy_id: row
        for row in rows.select_related("copy__account").order_by("copy_id", "version")
        if counts.of(row.copy.station).holds("last_copy", row.pk)
    }
    by_station: dict[str, list[Any]] = {}
    for row in newest.values():
        by_station.setdefault(row.copy.station, []).append(row)
    return by_station


def figures_of(version: Any) -> dict[str, Figure]:
    """A version's figures by name."""
    return {
        name: Figure(value, Status(status), confidence)
        for name, (value, status, confidence) in version.figures.items()
    }


def findings_of(version: Any) -> tuple[Finding, ...]:
    """The findings of a version's own figures, in their order; `store.standing` knows those that stand."""
    return tuple(
        Finding(row["rule"], Severity(row["severity"]), tuple(row["figures"]), row["left"], row["right"])
        for row in version.findings
    )


def reasons_of(version: Any) -> dict[str, Why]:
    """What a version's figures rest on, by name; nothing for versions of before this was kept."""
    return {name: Why.from_json(tree) for name, tree in (version.why or {}).items()}


def figure_json(figure: Figure) -> list[Any]:
    """A figure as versions keep it."""
    return [figure.value, str(figure.status), round(figure.confidence, 6)]


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as versions keep it."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "figures": list(finding.figures),
        "left": finding.left,
        "right": finding.right,
    }


def weighing_json(weighing: Any) -> Mapping[str, Any]:
    """The columns that a sheet's and a copy's version share, from an `intake.Weighing`."""
    return {
        "photos": list(weighing.photos),
        "pages": list(weighing.pages),
        "figures": {name: figure_json(figure) for name, figure in weighing.figures.items()},
        "findings": [finding_json(finding) for finding in weighing.findings],
        "used": {str(page): photo for page, photo in weighing.used.items()},
        "beside": list(weighing.beside),
        "problems": dict(weighing.problems),
        "uncertain": list(weighing.uncertain),
        "why": {name: why.as_json() for name, why in weighing.why.items()},
    }
