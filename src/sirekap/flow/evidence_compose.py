"""An evidence bundle put together, as of one moment: plenaries, stations, pages, and what names all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sirekap.flow.evidence_bundle import Bundle
from sirekap.flow.evidence_plenary import write_plenary
from sirekap.flow.evidence_sheet import write_station
from sirekap.flow.form_views import TITLES
from sirekap.flow.plenary_certificate import names_of
from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier, tier_of
from sirekap.publish.evidence_pages import EvidencePages
from sirekap.record.evidence import (
    AUTHORITIES,
    ELECTION,
    ELECTION_SCHEMA,
    KEYS,
    MANIFEST,
    PLENARIES,
    SCHEMA,
    STATIONS,
    SUMS,
    file_name,
    manifest_text,
    sums_text,
)
from sirekap.record.handover import to_text
from sirekap.record.stored_zip import StoredZip, Writable
from sirekap.store.evidence_plenaries import plenaries_told_of, recap_versions
from sirekap.store.evidence_rows import stations_told_of
from sirekap.store.keys import known_keys
from sirekap.store.loading import iso
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenary_papers import trusted_roots
from sirekap.store.plenary_parts import known_stations
from sirekap.store.setup import Workspace
from sirekap.store.snapshot import one_moment
from sirekap.store.standing import standpoints

Progress = Callable[[int, int], None]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """What was put together; `at` is the moment of the last thing in it, ISO 8601."""

    name: str
    at: str
    stations: int
    plenaries: int
    photographs: int
    files: int
    bytes: int


def compose(
    workspace: Workspace, contest: str, form: Form, code: str, out: Writable, progress: Progress | None = None
) -> EvidenceReport:
    """Write the bundle of a station or unit that is known to a stream.

    Raises NotTaken (NOTHING) where nothing is kept of it, InputError where kept bytes are missing or changed.
    """
    with one_moment(workspace):
        stations = stations_told_of(workspace, contest, code)
        plenaries = plenaries_told_of(workspace, contest, code)
        if not stations and (not plenaries or tier_of(code) > Tier.DISTRICT):
            raise NotTaken(Reason.NOTHING)
        bundle = Bundle(workspace, contest, form, StoredZip(out))
        return _Composing(bundle, code, progress).run(stations, plenaries)


class _Composing:
    """One bundle under way; the order in which files are put in is that of `run`."""

    def __init__(self, bundle: Bundle, code: str, progress: Progress | None) -> None:
        self.bundle, self.code, self.progress = bundle, code, progress
        self.below = tier_of(code) > Tier.DISTRICT
        self.election = _election(bundle, code)
        self.pages = EvidencePages(self.election)
        self.last: datetime | None = None
        self.name = bundle.name_of(code)
        if tier_of(code) is Tier.STATION:
            self.name = f"{self.name}, {bundle.name_of(code[:-3])}"

    def run(self, stations: list[str], plenaries: list[str]) -> EvidenceReport:
        """Plenaries first: each station names its district's."""
        held = {unit: self._plenary(unit) for unit in plenaries}
        listed, last = [], None
        recaps = {
            unit: recap_versions(self.bundle.workspace, self.bundle.contest, unit) for unit in _districts(held)
        }
        points = standpoints(self.bundle.workspace, self.bundle.contest, self.bundle.form, self.code)
        for number, station in enumerate(stations, start=1):
            district = station[: LENGTH[Tier.DISTRICT]]
            last = write_station(self.bundle, station, points.get(station), recaps.get(district, []))
            self._note_last()
            listed.append(_listed(last))
            if tier_of(self.code) is not Tier.STATION:
                head = {"at": last["at"], "name": self.name}
                self._put(self.pages.station(head, last, held.get(district)), f"{STATIONS}/{station}/")
            if self.progress is not None:
                self.progress(number, len(stations))
        return self._finish(held, listed, last)

    def _plenary(self, unit: str) -> Document:
        document = write_plenary(self.bundle, unit, self.code if self.below else None)
        self._note_last()
        named = {act["part"] for act in (*document["acts"], *document["objections"]) if act.get("part")}
        names = {code: self._place(code) for code in named}
        head = {"at": document["at"], "name": self.name}
        self._put(self.pages.plenary(head, document, names), f"{PLENARIES}/{unit}/")
        return document

    def _place(self, code: str) -> str:
        name = self.bundle.name_of(code)
        return f"{name}, {self.bundle.name_of(code[:-3])}" if tier_of(code) is Tier.STATION else name

    def _note_last(self) -> None:
        last = self.bundle.last
        self.last = last if self.last is None or last is None else max(self.last, last)

    def _put(self, pages: Mapping[str, bytes], folder: str = "") -> None:
        for name, data in sorted(pages.items()):
            self.bundle.put(f"{folder}{name}", data)

    def _finish(
        self, plenaries: dict[str, Document], listed: list[Document], last: Document | None
    ) -> EvidenceReport:
        bundle = self.bundle
        assert self.last is not None  # there is a station or a plenary, and each has a time
        roots = [
            bundle.put(f"{AUTHORITIES}/authority-{number}.pem", pem)
            for number, pem in enumerate(trusted_roots(bundle.workspace) if plenaries else (), start=1)
        ]
        if bundle.receipts:
            keys = known_keys(bundle.workspace)
            tree = {"keys": [{"id": name, "public_key": to_text(key)} for name, key in keys.items()]}
            bundle.put_json(KEYS, tree)
        bundle.put_json(ELECTION, self.election)
        head = self._head(plenaries, listed, roots)
        single = last if tier_of(self.code) is Tier.STATION else None
        plenary = plenaries.get(self.code[: LENGTH[Tier.DISTRICT]])
        file = file_name(bundle.contest, self.code)
        self._put(self.pages.cover(head, file, _example(plenaries, roots), single, plenary))
        bundle.put(MANIFEST, manifest_text(head, bundle.files))
        bundle.archive.add(SUMS, sums_text(bundle.files))
        size = bundle.archive.finish()
        return EvidenceReport(
            self.name, head["at"], len(listed), len(plenaries), bundle.photographs, len(bundle.files) + 1, size
        )

    def _head(self, plenaries: dict[str, Document], listed: list[Document], roots: list[str]) -> Document:
        """What the manifest says beside the list of files, and the first page shows."""
        bundle = self.bundle
        assert self.last is not None
        there = {row["station"] for row in listed}
        return {
            "schema": SCHEMA,
            "contest": bundle.contest,
            "form": bundle.form.id,
            "code": self.code,
            "tier": tier_of(self.code).name.lower(),
            "name": self.name,
            "path": bundle.path_to(self.code),
            "at": iso(self.last),
            "photographs": bundle.photographs,
            "stations": listed,
            "missing": [code for code in known_stations(bundle.workspace, self.code) if code not in there],
            "plenaries": [_held(document) for _, document in sorted(plenaries.items())],
            "authorities": roots,
            "log": None,
        }


def _districts(plenaries: Mapping[str, Document]) -> list[str]:
    return [unit for unit in plenaries if tier_of(unit) is Tier.DISTRICT]


def _listed(document: Document) -> Document:
    """A station as the manifest lists it."""
    last = document["certified"][-1] if document["certified"] else {"corrections": []}
    return {
        "station": document["station"],
        "name": document["name"],
        "village": document["path"][-2]["name"],
        "state": document["now"]["state"],
        "findings": sorted({finding["rule"] for finding in document["now"]["findings"]}),
        "reruns": len(document["reruns"]),
        "corrections": len(last["corrections"]),
    }


def _held(document: Document) -> Document:
    """A plenary as the manifest lists it."""
    return {
        "unit": document["unit"],
        "name": document["name"],
        "stage": document["stage"],
        "excerpt_of": document["excerpt_of"],
        "versions": [version["version"] for version in document["versions"]],
        "corrections": sum(act["act"] == "correct" for act in document["acts"]),
        "objections": len(document["objections"]),
    }


def _example(plenaries: Mapping[str, Document], roots: list[str]) -> dict[str, str] | None:
    """A signed paper with its data and an authority, for the page that says how to check one."""
    for _, document in sorted(plenaries.items()):
        for version in reversed(document["versions"]):
            if roots and len(version["papers"]) > 1:
                return {"paper": version["papers"][-1]["file"], "data": version["data"], "root": roots[0]}
    return None


def _election(bundle: Bundle, code: str) -> Document:
    """The election, and the figures of its form with who stands: election.json."""
    election = bundle.workspace.election()
    title = TITLES.get(bundle.contest, (bundle.contest, bundle.contest))
    names = names_of(bundle.workspace, bundle.contest, bundle.form, code)
    return {
        "schema": ELECTION_SCHEMA,
        "name": election.name,
        "day": election.day.isoformat(),
        "contest": bundle.contest,
        "title": dict(zip(("id", "en"), title, strict=True)),
        "form": bundle.form.id,
        "voters_per_station": election.voters_per_station,
        "figures": [
            {
                "name": field.name,
                "page": field.page,
                "line": field.line,
                "label": {"id": field.label.id, "en": field.label.en},
                "who": names.get(field.name, ""),
                "may_be_blank": field.may_be_blank,
            }
            for field in bundle.form.fields
        ],
    }
