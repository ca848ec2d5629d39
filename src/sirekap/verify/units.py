"""Every unit's document against the recount, and against the units above and below it."""

from __future__ import annotations

from typing import Any

from sirekap.verify.recount import LENGTHS, TIERS, Recount
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import (
    COUNTS,
    SUMS,
    Document,
    Malformed,
    figures,
    flag,
    nested,
    number,
    number_or_none,
    numbers,
    objects,
    text,
    texts,
)
from sirekap.verify.sheets import Sheet

FACT = "\x1f"


def facts(state: str, counted: bool, rules: list[str], found: dict[str, Any], names: tuple[str, ...]) -> str:
    """A sheet in one line, so that a nation of them fits into memory; for comparison only."""
    cells = [state, str(counted), " ".join(rules)]
    for name in names:
        figure = found.get(name)
        cells.append("absent" if figure is None else f"{figure.value} {figure.status}")
    return FACT.join(cells)


def facts_of(sheet: Sheet, names: tuple[str, ...]) -> str:
    """The facts of a station's own document."""
    rules = [finding.rule for finding in sheet.findings]
    return facts(sheet.state, sheet.counted, rules, sheet.figures, names)


def read_unit(document: Document, contest: str) -> None:
    """Check the shape of a unit's document down to the last number. Raises Malformed."""
    for key, expected in (("schema", "sirekap/unit/1"), ("contest", contest)):
        if document.get(key) != expected:
            raise Malformed(f"{key} {expected}", str(document.get(key)))
    _read_figures(document)
    for step in objects(document, "path"):
        text(step, "code"), text(step, "name")
    if document["tier"] == "village":
        number_or_none(document, "stations_known")
        for station in objects(document, "stations"):
            text(station, "station"), number(station, "number"), flag(station, "counted")
            if text(station, "state") != "missing":
                figures(station, confidence=False), texts(station, "findings")
    else:
        for child in objects(document, "children"):
            _read_figures(child)


def _read_figures(unit: Document) -> None:
    text(unit, "code"), text(unit, "name"), text(unit, "tier"), number(unit, "tingkat")
    completeness = nested(unit, "completeness")
    for key in COUNTS:
        number_or_none(completeness, key)
    for key in SUMS:
        found = nested(unit, key)
        number(found, "sheets"), number_or_none(found, "turnout")
        numbers(found, "sums"), numbers(found, "blanks"), numbers(found, "shares")


class UnitCheck:
    """Compares documents with a finished recount. `names` are the units' names by code, `sheets` the facts
    of every station that has a document.
    """

    def __init__(
        self, recount: Recount, names: dict[str, str], sheets: dict[str, str], report: VerifyReport
    ) -> None:
        """Index the units by the one above them."""
        self.recount, self.names, self.sheets, self.report = recount, names, sheets, report
        self.children: dict[str, list[str]] = {}
        for code in sorted(names):
            if code != "0":
                self.children.setdefault(_above(code), []).append(code)
        self.stations: dict[str, list[str]] = {}
        for station in sorted(sheets):
            self.stations.setdefault(station[:10], []).append(station)

    def check(self, file: str, document: Document) -> None:
        """One unit's document."""
        code = document["code"]
        if code not in self.names:
            return
        self.report.compare(file, "code", file.rpartition("/")[2].removesuffix(".json"), code)
        tier = LENGTHS.index(len(code))
        self._compare(file, "", code, document)
        steps = ("0", *(code[:length] for length in LENGTHS[1 : tier + 1]))
        path = [[step, self.names.get(step)] for step in steps]
        self.report.compare(file, "path", path, [[s["code"], s["name"]] for s in document["path"]])
        if document["tier"] == "village":
            self._check_stations(file, code, document)
            return
        listed = [child["code"] for child in document["children"]]
        self.report.compare(file, "children", self.children.get(code, []), listed)
        for child in document["children"]:
            if child["code"] in self.names:
                self._compare(file, f"child {child['code']} ", child["code"], child)

    def _compare(self, file: str, what: str, code: str, unit: Document) -> None:
        tier = LENGTHS.index(len(code))
        self.report.compare(file, f"{what}name", self.names[code], unit["name"])
        self.report.compare(file, f"{what}tier", [TIERS[tier], tier], [unit["tier"], unit["tingkat"]])
        expected = self.recount.document(code)
        for key in COUNTS:
            self.report.compare(
                file, f"{what}completeness.{key}", expected["completeness"][key], unit["completeness"][key]
            )
        for key in SUMS:
            for part in ("sheets", "turnout"):
                self.report.compare(file, f"{what}{key}.{part}", expected[key][part], unit[key][part])
            for part in ("sums", "blanks", "shares"):
                for name in sorted({*expected[key][part], *unit[key][part]}):
                    self.report.compare(
                        file,
                        f"{what}{key}.{part}.{name}",
                        expected[key][part].get(name),
                        unit[key][part].get(name),
                    )

    def _check_stations(self, file: str, code: str, document: Document) -> None:
        known = document["stations_known"]
        numbered = {f"{code}{number:03d}" for number in range(1, min(known or 0, 999) + 1)}
        present = self.stations.get(code, [])
        if known is not None:
            for station in present:
                if station not in numbered:
                    self.report.add(file, "stations_known", f"at most {known} stations", station)
        expected = sorted({*numbered, *present})
        self.report.compare(file, "stations", expected, [s["station"] for s in document["stations"]])
        for station in document["stations"]:
            self._check_listed(file, station)

    def _check_listed(self, file: str, station: Document) -> None:
        code = station["station"]
        sheet = self.sheets.get(code)
        self.report.compare(file, f"{code} number", code[-3:], f"{station['number']:03d}")
        if sheet is None or station["state"] == "missing":
            state = "missing" if sheet is None else sheet.split(FACT)[0]
            self.report.compare(file, f"{code} state", state, station["state"])
            self.report.compare(file, f"{code} counted", False, station["counted"])
            return
        found = facts(
            station["state"],
            station["counted"],
            station["findings"],
            figures(station, confidence=False),
            self.recount.names,
        )
        if found != sheet:
            parts = ("state", "counted", "findings", *self.recount.names)
            for part, expected, given in zip(parts, sheet.split(FACT), found.split(FACT), strict=True):
                self.report.compare(file, f"{code} {part}", expected, given)


def _above(code: str) -> str:
    """The unit that one sums into."""
    tier = LENGTHS.index(len(code))
    return "0" if tier == 1 else code[: LENGTHS[tier - 1]]
