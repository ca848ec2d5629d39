"""The whole recount of a published tree, from a folder or a web address."""

from __future__ import annotations

from pathlib import Path

from sirekap.errors import InputError, Problem
from sirekap.forms import form_of
from sirekap.verify.manifest import MANIFEST, check_files, read_manifest
from sirekap.verify.pages import check_page, document_of, pages_of, words_of
from sirekap.verify.pictures import Pictures
from sirekap.verify.readings import FOLDER, check_reading, check_reading_page, reading_of
from sirekap.verify.recap import Recaps
from sirekap.verify.recount import LENGTHS, Recount
from sirekap.verify.report import Progress, VerifyReport
from sirekap.verify.reruns import check_rerun_page
from sirekap.verify.shapes import Document, Malformed, load, number, objects, text
from sirekap.verify.sheets import Rulebook, Sheet, check_sheet, read_sheet
from sirekap.verify.source import Folder, Source, Unanswered, Unreadable, Web
from sirekap.verify.tables import check_tables, station_cells
from sirekap.verify.units import UnitCheck, facts_of, read_unit

ELECTION = "data/election.json"
STATIONS, UNITS = "data/stations/", "data/units/"


def verify_tree(folder: Path, progress: Progress | None = None) -> VerifyReport:
    """Recount a published tree in a folder. `progress` is called with (files hashed, all files).

    Never raises for what stands in the tree: whatever is wrong becomes a difference of the report.
    """
    return _Verification(Folder(Path(folder)), progress).run()


def verify_url(url: str, progress: Progress | None = None) -> VerifyReport:
    """Recount a published tree at an http or https address; files outside the manifest cannot be seen there.

    Raises ValueError for another kind of address, InputError where nobody answers at it.
    """
    with Web(url) as source:
        try:
            source.read(MANIFEST)
        except Unanswered as error:
            advice = "Check the address and the connection, and try again."
            raise InputError([Problem(url, "a published tree", str(error), advice=advice)]) from error
        except Unreadable:
            pass  # it answers: what is missing is a difference
        return _Verification(source, progress).run()


class _Verification:
    """One recount under way."""

    def __init__(self, source: Source, progress: Progress | None) -> None:
        self.source, self.progress = source, progress
        self.report = VerifyReport()
        self.readable: set[str] = set()
        self.listed: set[str] = set()

    def run(self) -> VerifyReport:
        entries = read_manifest(self.source, self.report)
        if not entries:
            if self.report.ok:
                self.report.add("manifest.json", "empty", "at least one file", "none")
            return self.report
        self.listed = {entry.path for entry in entries}
        self.readable = check_files(self.source, entries, self.report, self.progress)
        election = self._load(ELECTION)
        if election is None:
            if ELECTION not in self.listed:
                self.report.add(ELECTION, "missing", "the election", "no such file")
            return self.report
        try:
            rulebook, tickets = _rulebook(election)
            self.words = words_of(election)
        except Malformed as error:
            self.report.add(ELECTION, "malformed", error.expected, error.found)
            return self.report
        self._recount(election, rulebook, Recount(rulebook.form.names, tickets))
        return self.report

    def _load(self, file: str) -> Document | None:
        """A document, or None with the reason noted."""
        if file not in self.readable:
            return None
        try:
            return load(self.source.read(file))
        except Unreadable as error:
            self.report.add(file, "missing", "a file that the manifest lists", error)
        except Malformed as error:
            self.report.add(file, "malformed", error.expected, error.found)
        return None

    def _recount(self, election: Document, rulebook: Rulebook, recount: Recount) -> None:
        names = self._villages(rulebook, recount)
        self.recaps = Recaps(self.source, self.readable, rulebook.form, election, self.words, self.report)
        self.recaps.begin(names)
        self.pictures = Pictures(self.listed, self.report)
        rows: dict[str, str] = {}
        sheets: dict[str, str] = {}
        for file in self._documents(STATIONS):
            self._sheet(file, rulebook, recount, names, rows, sheets)
        self.report.units, self.report.stations = len(names), len(sheets)
        self.report.compare(ELECTION, "units", len(names), election.get("units"))
        self.report.compare(ELECTION, "stations", len(sheets), election.get("stations"))
        checker = UnitCheck(recount, names, sheets, self.report)
        for file in self._documents(UNITS):
            document = self._unit(file, rulebook, note=False)
            if document is not None:
                checker.check(file, document)
                self._pages(file, document)
        self.recaps.finish(recount, sheets)
        check_tables(self.source, recount, names, rows, self.readable, self.report)
        readings = {reading_of(station) for station in sheets}
        for file in self._documents(FOLDER):
            if file not in readings:
                self.report.add(file, "station", "a station that has a sheet", "none")
        for page in sorted(self.readable):
            place = document_of(page)
            if place is not None and place[1] not in self.listed:
                self.report.add(page, "page", f"the document {place[1]} that it shows", "none in the manifest")

    def _documents(self, folder: str) -> list[str]:
        return sorted(path for path in self.readable if path.startswith(folder) and path.endswith(".json"))

    def _villages(self, rulebook: Rulebook, recount: Recount) -> dict[str, str]:
        """First reading of the units: their names, and the stations that the villages say they have."""
        names: dict[str, str] = {}
        for file in self._documents(UNITS):
            document = self._unit(file, rulebook, note=True)
            if document is None:
                continue
            code = document["code"]
            if code in names:
                self.report.add(file, "code", "each unit once", f"{code} again")
                continue
            names[code] = document["name"]
            recount.add_unit(code)
            if document["tier"] == "village":
                recount.add_village(code, document["stations_known"])
        if "0" not in names:
            self.report.add(f"{UNITS}0.json", "missing", "the nation", "no such document")
        for code in sorted(names):
            above = "0" if len(code) <= 2 else code[: LENGTHS[LENGTHS.index(len(code)) - 1]]
            if above not in names:
                self.report.add(f"{UNITS}{above}.json", "missing", f"the unit above {code}", "no such document")
        return names

    def _unit(self, file: str, rulebook: Rulebook, *, note: bool) -> Document | None:
        """A unit's document of the right shape; `note` tells whether a fault is reported or was already."""
        before = len(self.report.differences)
        document = self._load(file)
        if document is not None:
            try:
                read_unit(document, rulebook.contest)
                code = document["code"]
                if not (
                    code.isascii() and code.isdigit() and len(code) in LENGTHS and (len(code) > 1 or code == "0")
                ):
                    raise Malformed("a code of 2, 4, 6 or 10 digits, or 0", code)
                if (len(code) == LENGTHS[-1]) != (document["tier"] == "village"):
                    raise Malformed(f"the tier of the code {code}", document["tier"])
            except Malformed as error:
                self.report.add(file, "malformed", error.expected, error.found)
                document = None
        if not note:
            del self.report.differences[before:]
        return document

    def _sheet(
        self,
        file: str,
        rulebook: Rulebook,
        recount: Recount,
        names: dict[str, str],
        rows: dict[str, str],
        sheets: dict[str, str],
    ) -> None:
        document = self._load(file)
        if document is None:
            return
        try:
            sheet = read_sheet(document, rulebook)
            check_sheet(file, document, sheet, rulebook, self.listed, self.report)
            self.pictures.check(file, document, sheet.state != "review", rulebook.form)
            path = [[text(step, "code"), text(step, "name")] for step in objects(document, "path")]
        except Malformed as error:
            self.report.add(file, "malformed", error.expected, error.found)
            return
        code = sheet.station
        if len(code) != 13 or not (code.isascii() and code.isdigit()) or code[:10] not in names:
            self.report.add(file, "station", "a station of a published village", code)
            return
        if code in sheets:
            self.report.add(file, "station", "each station once", f"{code} again")
            return
        above = [[unit, names.get(unit)] for unit in ("0", *(code[:length] for length in LENGTHS[1:]))]
        self.report.compare(file, "path", [*above, [code, f"TPS {code[-3:]}"]], path)
        self.report.compare(file, "name", f"TPS {code[-3:]}", sheet.name)
        rows[code] = station_cells(sheet, recount.names)
        sheets[code] = facts_of(sheet, recount.names)
        recount.add_sheet(sheet)
        for page, html, language in self._pages(file, document):
            check_rerun_page(page, html, language, sheet.reruns, self.report)
        self._reading(document, sheet, rulebook)

    def _reading(self, sheet_document: Document, sheet: Sheet, rulebook: Rulebook) -> None:
        """How the sheet was read, where the tree tells it."""
        file = reading_of(sheet.station)
        document = self._load(file)
        if document is None:
            return
        used = {item["published"] for item in objects(sheet_document, "photos") if item.get("role") == "used"}
        try:
            whys = check_reading(file, document, sheet, rulebook.form, used, self.report)
            self.report.compare(file, "path", sheet_document["path"], document.get("path"))
            self.report.compare(file, "contest", rulebook.contest, document.get("contest"))
        except Malformed as error:
            self.report.add(file, "malformed", error.expected, error.found)
            return
        for page, html, language in self._pages(file, document):
            check_reading_page(page, html, language, whys, self.report)

    def _pages(self, file: str, document: Document) -> list[tuple[str, bytes, str]]:
        """Check the pages of a document; each with its bytes and language."""
        read = []
        for page in pages_of(file):
            place = document_of(page)
            if page not in self.readable or place is None:
                if page not in self.listed:
                    self.report.add(page, "missing", f"a page for {file}", "none in the manifest")
                continue
            self.report.pages += 1
            try:
                html = self.source.read(page)
            except Unreadable as error:
                self.report.add(page, "missing", "a page", error)
                continue
            says = self.recaps.says(page, document, place[0])
            check_page(page, html, place[0], document, self.recaps.words_beside(says), self.report)
            self.recaps.check_beside(page, html, says)
            read.append((page, html, place[0]))
        return read


def _rulebook(election: Document) -> tuple[Rulebook, tuple[str, ...]]:
    """The form that the sheets are checked against, and the tickets' figures. Raises Malformed."""
    if election.get("schema") != "sirekap/election/1":
        raise Malformed("the schema sirekap/election/1", str(election.get("schema")))
    try:
        form = form_of(text(election, "form"))
    except InputError as error:
        raise Malformed("a form that this version knows", text(election, "form")) from error
    figures = [(text(item, "name"), number(item, "page")) for item in objects(election, "figures")]
    if figures != [(field.name, field.page) for field in form.fields]:
        raise Malformed(f"the figures of {form.id} in their order", ", ".join(name for name, _ in figures))
    tickets = tuple(text(item, "figure") for item in objects(election, "tickets"))
    if not set(tickets) <= set(form.names) or len(set(tickets)) != len(tickets):
        raise Malformed(f"tickets whose figures are of {form.id}, each once", ", ".join(tickets))
    return Rulebook(form, text(election, "contest"), number(election, "voters_per_station")), tickets
