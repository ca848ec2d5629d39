"""Plenaries from the tables to what is published: minutes, versions with papers, sheets that moved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sirekap.forms import Form
from sirekap.geography import LENGTH, NATION, Tier, path_of, tier_of
from sirekap.recap import Act, Closed, Corrected, from_json, play, total
from sirekap.record.recap_state import (
    How,
    MovedRecord,
    PlenaryRecord,
    SignatureRecord,
    Values,
    VersionRecord,
    uncorrected,
)
from sirekap.record.state import StationRecord
from sirekap.review import State
from sirekap.store.loading import iso
from sirekap.store.models import PlenaryAct, RecapVersion, SignedCertificate
from sirekap.store.moved import moved_within
from sirekap.store.setup import Workspace


def plenary_records(
    workspace: Workspace, contest: str, form: Form, stations: Iterable[StationRecord]
) -> tuple[PlenaryRecord, ...]:
    """The plenaries of a contest that were opened, by unit, beside the sheets of `stations` as published.

    All acts come from one question and the versions from a later one: a plenary that closes meanwhile is shown as
    it stood.
    """
    acts, papers = _acts(workspace, contest), _papers(workspace, contest)
    closed = {unit: sum(isinstance(act, Closed) for act in found) for unit, found in acts.items()}
    since = _Since(stations)
    versions: dict[str, list[VersionRecord]] = {}
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest).select_related("plenary")
    for row in rows.order_by("version").iterator(chunk_size=50):  # a row holds every figure of a district
        unit = row.plenary.unit
        if row.version > closed.get(unit, 0):
            continue
        versions.setdefault(unit, []).append(_version(row, acts[unit], papers.get(row.pk, [])))
        if row.version == closed[unit] and tier_of(unit) is Tier.DISTRICT:
            since.certified(unit, row)
    moved = since.moved(workspace, contest, form)
    return tuple(
        PlenaryRecord(unit, acts[unit], tuple(versions.get(unit, ())), tuple(moved.get(unit, ())))
        for unit in sorted(acts)
    )


def _acts(workspace: Workspace, contest: str) -> dict[str, tuple[Act, ...]]:
    rows = workspace.rows(PlenaryAct).filter(plenary__contest_id=contest).order_by("plenary__unit", "number")
    found: dict[str, list[Act]] = {}
    for unit, tree in rows.values_list("plenary__unit", "act").iterator():
        found.setdefault(unit, []).append(from_json(tree))
    return {unit: tuple(acts) for unit, acts in found.items()}


def _papers(workspace: Workspace, contest: str) -> dict[int, list[Any]]:
    """The papers of each version, by its key: as it was drawn, then with each signature."""
    found: dict[int, list[Any]] = {}
    rows = workspace.rows(SignedCertificate).filter(version__plenary__contest_id=contest)
    for row in rows.order_by("version_id", "number"):
        found.setdefault(row.version_id, []).append(row)
    return found


def _version(row: Any, acts: tuple[Act, ...], papers: list[Any]) -> VersionRecord:
    names = tuple(row.figures)
    place, closing = next(
        (i, act) for i, act in enumerate(acts) if isinstance(act, Closed) and act.version == row.version
    )
    minutes = play(acts[:place])
    counted = [(code, dict(zip(names, values, strict=True))) for code, _, _, _, values in row.parts]
    return VersionRecord(
        row.version,
        closing.at,
        row.body,
        row.stations,
        total(names, (dict(zip(names, part[3], strict=True)) for part in row.parts)),
        total(names, (uncorrected(values, minutes.corrections_of(code)) for code, values in counted)),
        total(names, (values for _, values in counted)),
        tuple(act for tree in row.corrections if isinstance(act := from_json(tree), Corrected)),
        papers[-1].sha256 if papers else None,
        tuple(SignatureRecord(paper.signer, iso(paper.at)) for paper in papers[1:]),
    )


class _Since:
    """Where published sheets and the districts' last certificates do not say the same."""

    def __init__(self, stations: Iterable[StationRecord]) -> None:
        self.settled = {record.station: record for record in stations if record.state is State.SETTLED}
        self.districts: set[str] = set()
        self.held: set[str] = set()
        self.how: dict[str, How] = {}

    def certified(self, district: str, row: Any) -> None:
        """A district's last version."""
        self.districts.add(district)
        for code, _, _, sheet, _ in row.parts:
            self.held.add(code)
            now = self._values(code)
            if now is None:
                self.how[code] = How.UNSETTLED
            elif now != dict(zip(row.figures, sheet, strict=True)):
                self.how[code] = How.FIGURES

    def moved(self, workspace: Workspace, contest: str, form: Form) -> Mapping[str, list[MovedRecord]]:
        """The stations by each unit that they lie in."""
        for station in self.settled:
            if station[: LENGTH[Tier.DISTRICT]] in self.districts and station not in self.held:
                self.how[station] = How.LATE
        for item in moved_within(workspace, contest, form, (NATION,)):
            if item.station in self.held and item.certified == self._values(item.station):
                self.how.setdefault(item.station, How.ANEW)
        found: dict[str, list[MovedRecord]] = {}
        for station in sorted(self.how):
            for unit in path_of(station):
                found.setdefault(unit, []).append(MovedRecord(station, self.how[station]))
        return found

    def _values(self, station: str) -> Values | None:
        record = self.settled.get(station)
        return None if record is None else {name: item.figure.value for name, item in record.figures.items()}
