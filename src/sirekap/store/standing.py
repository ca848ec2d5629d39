"""Where sheets stand: their latest reading, the officer's confirmation, copies beside them, who answers for what.

Everything is derived from rows that never change; `Sheet.state` repeats the outcome for quick questions and is
written by `stand_again`, in the transaction of the act that may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sirekap.figures import Figure
from sirekap.forms import Form
from sirekap.review import Acknowledgement, Standing, copied, differences, stand, vouch
from sirekap.rules import Finding
from sirekap.rules.numbered import COPIED
from sirekap.store.models import Acknowledgement as AcknowledgementRow
from sirekap.store.models import Confirmation, Sheet
from sirekap.store.setup import Workspace
from sirekap.store.versions import figures_of, finding_json, findings_of, latest_copies, latest_versions


@dataclass(frozen=True)
class Standpoint:
    """A sheet as it stands. `figures` and `findings` are those that count: the officer's where `confirmation`
    (a row) is there, else the machine's, `machine` in any case. `different` are the values of copies that differ.
    """

    version: Any
    confirmation: Any | None
    machine: Mapping[str, Figure]
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    different: Mapping[str, tuple[int, ...]]
    acknowledged: Mapping[str, Acknowledgement]
    standing: Standing

    def answered(self, finding: Finding) -> dict[str, Any]:
        """A finding with the values that it names: what an acknowledgement answers for."""
        values = {name: self.figures[name].value for name in finding.figures if name in self.figures}
        tree = {**finding_json(finding), "values": values}
        if finding.rule == COPIED:
            tree["copies"] = {name: list(self.different[name]) for name in finding.figures}
        return tree


def confirmations_of(workspace: Workspace, contest: str, station: str | None = None) -> dict[str, Any]:
    """The confirmation that counts, the latest, by station; with its account."""
    rows = workspace.rows(Confirmation).filter(contest_id=contest).select_related("account")
    if station is not None:
        rows = rows.filter(station=station)
    return {row.station: row for row in rows.order_by("id")}


def standpoints(
    workspace: Workspace, contest: str, form: Form, station: str | None = None, coming: Any | None = None
) -> dict[str, Standpoint]:
    """Every sheet of a contest that was weighed, or one station's, by station.

    `coming` is a station's confirmation that is about to be written.

    A word given for a finding holds for a newer version only where the finding and the values that it names are
    the same: nobody answers for what they have not seen.
    """
    versions = latest_versions(workspace, contest, station)
    confirmations = confirmations_of(workspace, contest, station)
    if coming is not None:
        confirmations[coming.station] = coming
    copies = latest_copies(workspace, contest, station)
    limit = workspace.election().voters_per_station
    words = _words(workspace, versions)
    return {
        version.sheet.station: _standpoint(
            form,
            version,
            confirmations.get(version.sheet.station),
            [figures_of(copy) for copy in copies.get(version.sheet.station, ())],
            words.get(key, ()),
            limit,
        )
        for key, version in versions.items()
    }


def stand_again(workspace: Workspace, contest: str, form: Form, station: str) -> Standpoint | None:
    """Write down where a sheet stands now; None where it was not weighed yet. Call it within a transaction."""
    point = standpoints(workspace, contest, form, station).get(station)
    if point is not None:
        state = str(point.standing.state)
        workspace.rows(Sheet).filter(contest_id=contest, station=station).exclude(state=state).update(state=state)
    return point


def _standpoint(
    form: Form,
    version: Any,
    confirmation: Any | None,
    copies: Iterable[Mapping[str, Figure]],
    words: Iterable[Any],
    limit: int,
) -> Standpoint:
    machine, own = figures_of(version), findings_of(version)
    vouched = confirmation is not None
    figures, findings = machine, own
    if confirmation is not None:
        figures, findings = vouch(form, machine, own, confirmation.figures, voters_per_station=limit)
    different = differences(form, figures, vouched, copies)
    findings = (*findings, *copied(different))
    bare = Standpoint(
        version, confirmation, machine, figures, findings, different, {}, stand(form, (), {}, (), ())
    )
    acknowledged = {}
    answers = [(finding, bare.answered(finding)) for finding in findings]
    for row in words:
        if any(finding.rule == row.rule and answer == row.finding for finding, answer in answers):
            at = row.at.isoformat().replace("+00:00", "Z")
            acknowledged[row.rule] = Acknowledgement(row.rule, row.who, row.reason, at)
    standing = stand(
        form, version.pages, figures, findings, acknowledged.values(), version.uncertain, vouched=vouched
    )
    return Standpoint(version, confirmation, machine, figures, findings, different, acknowledged, standing)


def _words(workspace: Workspace, versions: Mapping[int, Any]) -> dict[int, list[Any]]:
    """What people answered for, by sheet's key, the oldest first."""
    rows = workspace.rows(AcknowledgementRow).select_related("version").order_by("id")
    if len(versions) == 1:
        rows = rows.filter(version__sheet_id=next(iter(versions)))
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.version.sheet_id, []).append(row)
    return found
