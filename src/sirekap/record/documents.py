"""The published documents: election, unit and station as JSON values, and the same figures as CSV rows.

Pure: a `PublicState` in, plain dicts and lists out; docs/published-tree.md explains every field. Shares and
turnout are whole hundredths of a percent, so that no document depends on how a float is printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sirekap.errors import InputError, Problem
from sirekap.figures import Figure, Status
from sirekap.geography import NATION, Tier, Unit, parent_of, path_of
from sirekap.record.state import FindingRecord, PhotoRecord, PublicState, RerunRecord, StationRecord
from sirekap.review import State
from sirekap.review.reruns import LABELS
from sirekap.rules import explain
from sirekap.tally import Completeness, Sums, Total, tally

Document = dict[str, Any]
SUMS = ("settled", "provisional")
MISSING = "missing"
VOTED, ROLL = "pengguna_total_j", "pemilih_dpt_j"


@dataclass(frozen=True)
class PublicIndex:
    """A state with its totals, ready to be written down. Made by `index_of`."""

    state: PublicState
    totals: Mapping[str, Total]
    records: Mapping[str, StationRecord]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The form's figures in its order."""
        return self.state.form.names

    @cached_property
    def tickets(self) -> tuple[str, ...]:
        """The figures of the tickets' votes, in order of number."""
        return tuple(ticket.figure for ticket in self.state.contest.tickets)

    @cached_property
    def present(self) -> Mapping[str, list[str]]:
        """The stations that have a sheet, by village, in order."""
        villages: dict[str, list[str]] = {}
        for station in sorted(self.records):
            villages.setdefault(station[:-3], []).append(station)
        return villages

    def stations_of(self, village: str) -> list[str]:
        """A village's stations in order: the known ones, and those that came in beside them."""
        return sorted({*self.state.geography.stations(village), *self.present.get(village, ())})


def index_of(state: PublicState) -> PublicIndex:
    """The state with its totals.

    Raises InputError where `tally` does, and for a sheet that would count though a figure is illegible or
    absent or a page is missing: there is nothing yet that could count.
    """
    problems = [problem for record in state.stations for problem in _uncountable(state, record)]
    if problems:
        raise InputError(problems)
    totals = tally(state.geography, state.form, (record.result() for record in state.stations))
    return PublicIndex(state, totals, {record.station: record for record in state.stations})


def _uncountable(state: PublicState, record: StationRecord) -> Iterator[Problem]:
    if record.state is State.REVIEW:
        return
    for name in state.form.names:
        figure = record.figures.get(name)
        if figure is None or figure.figure.status is Status.ILLEGIBLE:
            found = "none" if figure is None else "an illegible one"
            yield Problem("publish", f"a figure {name} on a sheet that counts", found, column=record.station)
    if (record.state is State.SETTLED) != record.by_people:
        found = "that of people" if record.by_people else "nobody's"
        expected = f"for a {record.state} sheet {'no' if record.by_people else 'an'} officer's or desk's word"
        yield Problem("publish", expected, found, column=record.station)
    for page in record.pages_missing:
        yield Problem("publish", "all pages of a sheet that counts", f"no page {page}", column=record.station)


def election_document(index: PublicIndex) -> Document:
    """What is voted on, who stands, and which figures the form holds: /data/election.json."""
    state = index.state
    return {
        "schema": "sirekap/election/1",
        "name": state.election.name,
        "day": state.election.day.isoformat(),
        "nation": state.geography.units[NATION].name,
        "contest": state.contest.code,
        "form": state.form.id,
        "pages": [page.number for page in state.form.pages],
        "voters_per_station": state.election.voters_per_station,
        "tickets": [
            {"number": t.number, "id": t.id, "name": t.name, "colour": t.colour, "figure": t.figure}
            for t in state.contest.tickets
        ],
        "figures": [
            {
                "name": field.name,
                "page": field.page,
                "line": field.line,
                "label": {"id": field.label.id, "en": field.label.en},
                "may_be_blank": field.may_be_blank,
            }
            for field in state.form.fields
        ],
        "units": len(state.geography.units),
        "stations": len(state.stations),
    }


def unit_document(index: PublicIndex, code: str) -> Document:
    """One unit of any tier with its totals and what sums into it: /data/units/<code>.json."""
    geography = index.state.geography
    unit = geography.units[code]
    document = {
        "schema": "sirekap/unit/1",
        "contest": index.state.contest.code,
        "path": _path(index, code),
        **_unit_figures(index, unit),
    }
    if unit.tier is Tier.VILLAGE:
        document["stations_known"] = unit.stations
        document["stations"] = [_station_of_village(index, station) for station in index.stations_of(code)]
    else:
        document["children"] = [_unit_figures(index, child) for child in geography.children(code)]
    return document


def station_document(index: PublicIndex, station: str) -> Document:
    """One sheet with everything that it rests on: /data/stations/<code>.json."""
    state, record = index.state, index.records[station]
    published = {photo.sha256: photo.published for photo in record.photos}
    figures: Document = {}
    for field in state.form.fields:
        found = record.figures.get(field.name)
        if found is None:
            continue
        figures[field.name] = {
            **_figure(found.figure),
            **({} if found.machine is None else {"machine": _figure(found.machine)}),
            **({} if found.officer is None else {"officer": _figure(found.officer)}),
            "page": field.page,
            "photo": None if found.photo is None else published.get(found.photo, found.photo),
            "cut": found.cut,
        }
    return {
        "schema": "sirekap/station/1",
        "contest": state.contest.code,
        "form": state.form.id,
        "station": station,
        "name": state.geography.name_of(station),
        "path": _path(index, station),
        "state": str(record.state),
        "counted": record.state is not State.REVIEW,
        "confirmed_at": record.confirmed_at,
        "decided": _decided(record),
        "reruns": [_rerun(rerun) for rerun in record.reruns],
        "open_errors": list(record.open_errors),
        "pages_missing": list(record.pages_missing),
        "figures": figures,
        "findings": [_finding(state, finding) for finding in record.findings],
        "photos": [_photo(photo) for photo in record.photos],
    }


def _decided(record: StationRecord) -> Document | None:
    if record.decided is None:
        return None
    return {"at": record.decided.at, "how": "resolved" if record.decided.resolved else "agreed"}


def _rerun(rerun: RerunRecord) -> Document:
    return {
        "number": rerun.number,
        "kind": str(rerun.kind),
        "label": dict(LABELS[rerun.kind]),
        "ground": rerun.ground,
        "by": rerun.by,
        "at": rerun.at,
    }


def reading_document(index: PublicIndex, station: str) -> Document | None:
    """What a sheet's figures rest on, and where each box lies: /data/readings/<code>.json.

    None where nothing of it was kept, as for a sheet that was not weighed yet.
    """
    state, record = index.state, index.records[station]
    figures = {
        name: {**_figure(found.read), "why": found.why.as_json()}
        for name in state.form.names
        if (found := record.figures.get(name)) is not None and found.why is not None
    }
    if not figures:
        return None
    return {
        "schema": "sirekap/reading/1",
        "contest": state.contest.code,
        "form": state.form.id,
        "station": station,
        "name": state.geography.name_of(station),
        "path": _path(index, station),
        "figures": figures,
        "photos": [
            {
                "published": photo.published,
                "page": photo.page,
                "boxes": {
                    name: [[list(corner) for corner in quad] for quad in photo.boxes[name]]
                    for name in index.names
                    if name in photo.boxes and name in figures
                },
            }
            for photo in record.photos
            if photo.role == "used"
        ],
    }


def _figure(figure: Figure) -> Document:
    return {"value": figure.value, "status": str(figure.status), "confidence": _floor(figure.confidence)}


def _path(index: PublicIndex, code: str) -> list[Document]:
    name_of = index.state.geography.name_of
    return [{"code": part, "name": name_of(part)} for part in path_of(code)]


def _unit_figures(index: PublicIndex, unit: Unit) -> Document:
    total = index.totals[unit.code]
    return {
        "code": unit.code,
        "name": unit.name,
        "tier": unit.tier.name.lower(),
        "tingkat": int(unit.tier),
        "completeness": _completeness(total.completeness),
        "settled": _sums(index, total.settled),
        "provisional": _sums(index, total.provisional),
    }


def _completeness(found: Completeness) -> Document:
    """Where nobody knows any number of stations, `expected` and `missing` are null and never 0."""
    unknown = found.unknown_villages > 0 and found.expected == 0
    return {
        "expected": None if unknown else found.expected,
        "unknown_villages": found.unknown_villages,
        "present": found.present,
        "settled": found.settled,
        "provisional": found.provisional,
        "review": found.review,
        "missing": None if unknown else found.missing,
    }


def _sums(index: PublicIndex, sums: Sums) -> Document:
    return {
        "sheets": sums.sheets,
        "sums": {name: sums.values[name] for name in index.names if name in sums.values},
        "blanks": {name: sums.blanks[name] for name in index.names if name in sums.blanks},
        "shares": shares({name: sums.values.get(name, 0) for name in index.tickets}),
        "turnout": hundredths(sums.values.get(VOTED), sums.values.get(ROLL)),
    }


def hundredths(part: int | None, whole: int | None) -> int | None:
    """Hundredths of a percent, rounded half up; None where there is nothing to divide.

    >>> hundredths(1, 3), hundredths(1, 0)
    (3333, None)
    """
    if part is None or not whole:
        return None
    return (2 * 10_000 * part + whole) // (2 * whole)


def shares(votes: Mapping[str, int]) -> dict[str, int]:
    """Each ticket's part of the votes of all tickets, in hundredths of a percent; none without votes.

    The whole is the sum of the tickets, not the sheets' own "valid votes" line, which may disagree with it.
    """
    whole = sum(votes.values())
    found = {name: hundredths(value, whole) for name, value in votes.items()}
    return {name: share for name, share in found.items() if share is not None}


def _floor(confidence: float) -> float:
    """Six decimals, never rounded up: 0.9999999 must not be shown as certainty."""
    return math.floor(confidence * 1_000_000) / 1_000_000


def _station_of_village(index: PublicIndex, station: str) -> Document:
    record = index.records.get(station)
    number = int(station[-3:])
    if record is None:
        return {"station": station, "number": number, "state": MISSING, "counted": False}
    return {
        "station": station,
        "number": number,
        "state": str(record.state),
        "counted": record.state is not State.REVIEW,
        "figures": {
            name: {"value": found.figure.value, "status": str(found.figure.status)}
            for name in index.names
            if (found := record.figures.get(name)) is not None
        },
        "findings": [found.finding.rule for found in record.findings],
    }


def _finding(state: PublicState, record: FindingRecord) -> Document:
    finding, by = record.finding, record.acknowledged
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "figures": list(finding.figures),
        "left": finding.left,
        "right": finding.right,
        "text": {language: explain(state.form, finding, language) for language in ("id", "en")},
        "acknowledged": None if by is None else {"who": by.who, "reason": by.reason, "at": by.at},
    }


def _photo(photo: PhotoRecord) -> Document:
    return {
        "published": photo.published,
        "received": photo.sha256,
        "page": photo.page,
        "role": photo.role,
        "problem": photo.problem,
        "count": photo.count,
    }


UNIT_KEYS = ("kode", "nama", "tingkat", "induk")
COUNT_KEYS = ("expected", "unknown_villages", "present", "settled", "provisional", "review", "missing")
STATION_KEYS = (
    "kode", "nama", "induk", "state", "counted", "reruns", "open_errors", "pages_missing", "findings",
)  # fmt: skip
Cell = str | int | None


def unit_columns(names: tuple[str, ...]) -> list[str]:
    """The header of units-<tier>.csv for a form's figures."""
    columns = [*UNIT_KEYS, *COUNT_KEYS, *(f"{key}_sheets" for key in SUMS)]
    for name in names:
        columns += [f"{name}_{key}{part}" for key in SUMS for part in ("", "_blanks")]
    return columns


def unit_row(names: tuple[str, ...], unit: Document) -> list[Cell]:
    """One row of units-<tier>.csv from a unit's document; None is an empty cell, never 0."""
    code = unit["code"]
    row: list[Cell] = [code, unit["name"], unit["tingkat"], None if code == NATION else parent_of(code)]
    row += [unit["completeness"][key] for key in COUNT_KEYS]
    row += [unit[key]["sheets"] for key in SUMS]
    for name in names:
        for key in SUMS:
            row += [unit[key]["sums"].get(name), unit[key]["blanks"].get(name, 0)]
    return row


def station_columns(names: tuple[str, ...]) -> list[str]:
    """The header of stations.csv: each figure, then the status of each figure."""
    return [*STATION_KEYS, *names, *(f"{name}_status" for name in names)]


def station_row(names: tuple[str, ...], document: Document) -> list[Cell]:
    """One row of stations.csv from a station's document. A figure without value has an empty cell; its
    status tells why: blank, illegible, or empty where its page was not photographed.
    """
    figures = document["figures"]
    row: list[Cell] = [
        document["station"],
        document["name"],
        document["station"][:-3],
        document["state"],
        "true" if document["counted"] else "false",
        len(document["reruns"]),
        " ".join(document["open_errors"]),
        " ".join(str(page) for page in document["pages_missing"]),
        " ".join(finding["rule"] for finding in document["findings"]),
    ]
    row += [figures[name]["value"] if name in figures else None for name in names]
    return row + [figures[name]["status"] if name in figures else None for name in names]
