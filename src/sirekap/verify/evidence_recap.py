"""The recapitulation in an evidence bundle, recomputed: versions from their parts, parts from what lies below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sirekap.errors import InputError
from sirekap.geography import Tier, tier_of
from sirekap.recap import Corrected, from_json, total
from sirekap.record.canonical import canonical
from sirekap.record.certificate import Certificate
from sirekap.record.certificate_reading import read_certificate
from sirekap.record.evidence import PLENARY_SCHEMA, RECAP_SCHEMA
from sirekap.verify.evidence_source import Bundle
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Document, Malformed, load, nested, number, objects, text, texts
from sirekap.verify.source import Unreadable

Values = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a version: what was counted of a station or unit."""

    code: str
    digest: str
    stations: int
    sheets: Values
    certified: Values


@dataclass(frozen=True, slots=True)
class Rests:
    """What a version rests on: the file that says so, its parts, all corrections between them and its sheets."""

    file: str
    parts: list[Part]
    corrections: list[Corrected]


@dataclass(frozen=True, slots=True)
class Paper:
    """The last paper of a version: how many signed it, and when the server took it."""

    pdf: bytes
    data: bytes
    number: int
    at: datetime


class RecapCheck:
    """Checks plenaries one by one; `papers` are those with signatures, by file, `unsigned` how many have none."""

    def __init__(
        self,
        bundle: Bundle,
        found: Mapping[str, tuple[int, str]],
        report: VerifyReport,
        contest: str,
        stations: Mapping[str, Document],
    ) -> None:
        """`found` are size and SHA-256 of every file, `stations` their documents."""
        self.bundle, self.found, self.report = bundle, found, report
        self.contest, self.stations = contest, stations
        self.papers: dict[str, Paper] = {}
        self.versions = self.unsigned = 0
        self._rests: dict[tuple[str, str], Rests] = {}  # by unit and "version:hash"

    def plenary(self, path: str) -> None:
        """A plenary's document with all its versions."""
        try:
            document = self._load(path, PLENARY_SCHEMA)
            unit, acts = _unit_of(document), objects(document, "acts")
            for objection in objects(document, "objections"):
                for file in objects(objection, "files"):
                    self._same(text(file, "file"), text(file, "sha256"))
            closings = {(act["version"], act["digest"]) for act in acts if act.get("act") == "close"}
            versions = objects(document, "versions")
            for version in versions:
                told = number(version, "version"), text(version, "sha256")
                if told not in closings:
                    self.report.add(path, "closing", f"an act that closes with version {told[0]}", "none")
                self._version(path, unit, document.get("excerpt_of") is None, acts, version)
            if len(closings) != len(versions):
                self.report.add(path, "versions", f"{len(closings)}, as the minutes say", len(versions))
        except Malformed as error:
            self.report.add(path, "malformed", error.expected, error.found)
        except (KeyError, TypeError) as error:
            self.report.add(path, "malformed", "acts of a plenary", repr(error))

    def _load(self, path: str, schema: str) -> Document:
        try:
            document = load(self.bundle.read(path))
        except Unreadable as error:
            raise Malformed(f"the file {path}", str(error)) from error
        if document.get("schema") != schema:
            raise Malformed(f"the schema {schema}", str(document.get("schema")))
        if document.get("contest") != self.contest:
            raise Malformed(f"the contest {self.contest}", str(document.get("contest")))
        return document

    def _same(self, file: str, digest: str) -> bytes:
        """A file that a document names with its hash. Raises Malformed where it is not there."""
        if file not in self.found:
            raise Malformed(f"the file {file}", "none")
        self.report.compare(file, "sha256", digest, self.found[file][1])
        return self.bundle.read(file)

    def _version(self, path: str, unit: str, whole: bool, acts: list[Document], version: Document) -> None:
        self.versions += 1
        data_file, recap_file = text(version, "data"), text(version, "recap")
        data = self._same(data_file, text(version, "sha256"))
        try:
            recap = self._load(recap_file, RECAP_SCHEMA)
            figures, parts = _parts(recap)
            corrections = [from_json(tree) for tree in objects(recap, "corrections")]
            certificate = read_certificate(data, data_file)
        except InputError as error:
            self.report.add(data_file, "malformed", "the data of a certificate", error)
            return
        except (Malformed, ValueError) as error:
            self.report.add(recap_file, "malformed", "what a version rests on", error)
            return
        about = (number(version, "version"), text(version, "sha256"), unit)
        self.report.compare(
            recap_file, "version", about, (recap.get("version"), recap.get("sha256"), recap.get("unit"))
        )
        self.report.compare(
            data_file, "version", (about[0], unit, self.contest),
            (certificate.version, certificate.unit.code, certificate.contest),
        )  # fmt: skip
        made = [act for act in corrections if isinstance(act, Corrected)]
        rests = self._rests[unit, f"{about[0]}:{about[1]}"] = Rests(recap_file, parts, made)
        self._sums(path, version, figures, rests)
        self._certificate(data_file, certificate, figures, parts)
        if whole:
            self._minutes(path, recap_file, acts, recap, {part.code for part in parts})
        self._papers(version, data)

    def _sums(self, path: str, version: Document, figures: list[str], rests: Rests) -> None:
        """The version's sums from its parts; what was certified of each from its sheets and the corrections."""
        sums = nested(version, "sums")
        for name in ("sheets", "certified"):
            expected = total(figures, (getattr(part, name) for part in rests.parts))
            self.report.compare(path, f"sums of {name}", expected, nested(sums, name))
        for part in rests.parts:
            within = [act for act in rests.corrections if act.part.startswith(part.code)]
            self._corrected(
                rests.file, f"{part.code}: sheets and corrections", part.sheets, within, part.certified
            )

    def _corrected(
        self, file: str, what: str, before: Values, corrections: list[Corrected], after: Values
    ) -> None:
        """Figure by figure, what stood there with what was corrected is what stands there."""
        for figure in after:
            moved = sum((act.after or 0) - (act.before or 0) for act in corrections if act.figure == figure)
            expected, found = (before.get(figure) or 0) + moved, after[figure] or 0
            self.report.compare(file, f"{what}, {figure}", expected, found)

    def _certificate(self, file: str, certificate: Certificate, figures: list[str], parts: list[Part]) -> None:
        """The certificate's own table against the parts."""
        rows = [row.figure for row in certificate.rows]
        self.report.compare(file, "figures", figures, rows)
        columns = {
            column.place.code: dict(zip(rows, column.values, strict=False))
            for group in certificate.groups
            for column in group.columns
            if column.stations
        }
        counted = {part.code: part.certified for part in parts if part.stations}
        for code in sorted(columns.keys() | counted.keys()):
            self.report.compare(file, f"column {code}", counted.get(code), columns.get(code))
        sums = total(figures, (part.certified for part in parts))
        self.report.compare(file, "totals", sums, dict(zip(rows, certificate.totals, strict=False)))
        rests_on = canonical([[part.code, part.digest] for part in parts])
        self.report.compare(file, "sheets", sha256(rests_on).hexdigest(), certificate.sheets)
        self.report.compare(
            file, "stations", sum(part.stations for part in parts), certificate.completeness.counted
        )

    def _minutes(self, path: str, file: str, acts: list[Document], recap: Document, codes: set[str]) -> None:
        """Each correction of an own part is one of the minutes."""
        corrected = [{k: v for k, v in act.items() if k != "line"} for act in acts if act.get("act") == "correct"]
        for tree in objects(recap, "corrections"):
            if tree.get("part") in codes and tree not in corrected:
                self.report.add(file, "correction", f"one of the minutes in {path}", tree)

    def _papers(self, version: Document, data: bytes) -> None:
        """Each paper begins with the one before it; the last one's signatures are judged later."""
        before = b""
        papers = objects(version, "papers")
        for place, row in enumerate(papers):
            file = text(row, "file")
            pdf = self._same(file, text(row, "sha256"))
            self.report.compare(file, "number", place, number(row, "number"))
            if not pdf.startswith(before):
                self.report.add(file, "paper", "the paper before it with a signature added", "another beginning")
            before = pdf
        if len(papers) < 2:
            self.unsigned += 1
            return
        try:
            at = datetime.fromisoformat(text(papers[-1], "at"))
        except ValueError as error:
            raise Malformed("a time in papers", str(error)) from error
        self.papers[text(papers[-1], "file")] = Paper(before, data, len(papers) - 1, at)

    def links(self) -> None:
        """What versions say of their parts against what lies below, as far as the bundle holds it."""
        for (unit, _), rests in self._rests.items():
            district = tier_of(unit) is Tier.DISTRICT
            for part in rests.parts:
                if district and part.code in self.stations:
                    self._station(rests.file, part)
                elif not district:
                    self._unit(rests, part)

    def _station(self, file: str, part: Part) -> None:
        """A station's part names one of the versions of its sheet, with the figures that were read out."""
        document = self.stations[part.code]
        try:
            versions = [number(row, "version") for row in objects(document, "versions")]
        except Malformed as error:
            self.report.add(file, "malformed", error.expected, error.found)
            return
        made = (canonical({"version": version, "figures": part.sheets}) for version in versions)
        if part.digest not in {sha256(data).hexdigest() for data in made}:
            expected = f"a version of the sheet of {part.code} with these figures"
            self.report.add(file, "digest", expected, part.digest)

    def _unit(self, rests: Rests, part: Part) -> None:
        """A unit's part holds the sums of the version below that it names, after this plenary's corrections."""
        if not any(unit == part.code for unit, _ in self._rests):
            return  # the bundle does not hold it
        below = self._rests.get((part.code, part.digest))
        if below is None:
            self.report.add(rests.file, "digest", f"a version of {part.code} in the bundle", part.digest)
            return
        names = list(part.certified)
        sheets = total(names, (each.sheets for each in below.parts))
        certified = total(names, (each.certified for each in below.parts))
        own = [act for act in rests.corrections if act.part == part.code]
        self._corrected(rests.file, f"{part.code}: its sheets", sheets, [], part.sheets)
        self._corrected(rests.file, f"{part.code}: as certified below", certified, own, part.certified)


def _unit_of(document: Document) -> str:
    """The unit of a plenary. Raises Malformed."""
    unit = text(document, "unit")
    try:
        tier_of(unit)
    except ValueError as error:
        raise Malformed("the code of a unit", str(error)) from error
    return unit


def _parts(recap: Document) -> tuple[list[str], list[Part]]:
    """The parts of a version. Raises Malformed."""
    figures = texts(recap, "figures")
    rows: Any = recap.get("parts")
    if not isinstance(rows, list):
        raise Malformed("a list of parts", repr(rows)[:80])
    found = []
    for row in rows:
        if not (isinstance(row, list) and len(row) == 5):
            raise Malformed("a part [code, digest, stations, sheets, certified]", repr(row)[:80])
        code, digest, stations, sheets, certified = row
        if not (isinstance(code, str) and isinstance(digest, str) and type(stations) is int):
            raise Malformed("a code, a digest and a number of stations", repr(row[:3])[:80])
        found.append(Part(code, digest, stations, _values(figures, sheets), _values(figures, certified)))
    if len({part.code for part in found}) != len(found):
        raise Malformed("each part once", "one that stands twice")
    return figures, found


def _values(figures: list[str], values: Any) -> Values:
    good = isinstance(values, list) and len(values) == len(figures)
    if not good or not all(value is None or type(value) is int for value in values):
        raise Malformed(f"{len(figures)} whole numbers or nulls", repr(values)[:80])
    return dict(zip(figures, values, strict=True))
