"""One plenary against what it rests on: minutes, the sheets or the certificates below, pages and papers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sirekap.geography import NATION, OVERSEAS, Tier, path_of, tier_of
from sirekap.recap import (
    COURT,
    CarriedUp,
    Corrected,
    Objected,
    Opened,
    Plenary,
    ReadOut,
    Reopened,
    Stage,
    Withdrew,
    above,
)
from sirekap.recap import holds_plenary as holds
from sirekap.record.certificate import Certificate
from sirekap.record.recap_state import How
from sirekap.record.recap_words import holder_of
from sirekap.verify.pages import Words
from sirekap.verify.recap_certificate import Frame, check_certificate_data, check_columns
from sirekap.verify.recap_pages import check_recap_page, expected_recap
from sirekap.verify.recap_papers import FOLDER as CERTIFICATES
from sirekap.verify.recap_papers import OFFICERS, Papers
from sirekap.verify.recap_shapes import Recap, Version, read_certified
from sirekap.verify.recap_sheets import check_earlier, check_last, check_late, settled_values
from sirekap.verify.recap_sums import (
    Counted,
    Found,
    check_sums,
    columns_of,
    compare_part,
    counted_columns,
    found_of,
)
from sirekap.verify.recount import Recount
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Malformed
from sirekap.verify.source import Source, Unreadable


@dataclass(slots=True)
class Brief:
    """What is kept of a plenary: its stage, its closings' times, the last version, and by its digest what each
    version certifies.
    """

    stage: Stage
    closings: tuple[str, ...]
    last: str
    moved: dict[str, How]
    found: dict[str, Found] = field(default_factory=dict)


@dataclass(slots=True)
class Context:
    """What all plenaries of a tree are checked with. `names` are the units' by code, `sheets` the facts of
    stations, `briefs` the plenaries by unit, `used` the certificates' files that some version names.
    """

    source: Source
    readable: set[str]
    frame: Frame
    words: Words
    papers: Papers
    report: VerifyReport
    names: dict[str, str] = field(default_factory=dict)
    recount: Recount = field(default_factory=lambda: Recount((), ()))
    sheets: dict[str, str] = field(default_factory=dict)
    briefs: dict[str, Brief] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def check_recap(context: Context, file: str, recap: Recap, stations: list[str]) -> None:
    """Check a plenary; those below it were checked before. `stations` are the sheets in it, of a district."""
    _Check(context, file, recap, stations).run()


class _Check:
    """One plenary against what it rests on."""

    def __init__(self, context: Context, file: str, recap: Recap, stations: list[str]) -> None:
        self.context, self.file, self.recap, self.stations = context, file, recap, stations
        self.report, self.form, self.contest = context.report, context.frame.form, context.frame.contest
        self.district = tier_of(recap.unit) is Tier.DISTRICT

    def run(self) -> None:
        recap, report, file = self.recap, self.report, self.file
        path = [[code, self.context.names.get(code)] for code in path_of(recap.unit)]
        report.compare(file, "path", path, [list(step) for step in recap.path])
        report.compare(file, "name", self.context.names[recap.unit], recap.name)
        report.compare(file, "stage", str(recap.minutes.stage), recap.stage)
        closings = [[act.version, act.digest, act.at] for act in recap.minutes.versions]
        told = [[version.number, version.data, version.closed_at] for version in recap.versions]
        report.compare_each(file, "version", closings, told)
        self._acts()
        closed = {act.version for act in recap.minutes.versions}
        last: Certificate | None = None
        unmoved = self._unmoved()
        for version in recap.versions:
            if version.number in closed:
                last = self._version(version, unmoved)
        if not self.district:
            self._moved_below()
        self._pages(last)

    def _acts(self) -> None:
        """Acts are about parts of this unit, and reopened from where they can be."""
        unit, higher = self.recap.unit, above(self.recap.unit, self.contest)
        for number, act in enumerate(self.recap.acts, start=1):
            what = f"act {number}"
            parts: tuple[str, ...] = ()
            match act:
                case Opened():
                    parts = act.missing
                case ReadOut() | Corrected() | Withdrew():
                    parts = (act.part,)
                case Objected():
                    parts = (act.part,) if act.part and not act.origin else ()
                case Reopened():
                    if act.by not in (COURT, higher):
                        self.report.add(self.file, what, f"reopened by {higher or 'a court'}", act.by)
                case CarriedUp() if higher is None:
                    self.report.add(self.file, what, "no objection carried up from where the contest ends", "one")
            for part in parts:
                if not _is_part(part, unit):
                    self.report.add(self.file, what, f"a part of {unit}", part)

    def _version(self, version: Version, unmoved: dict[str, str]) -> Certificate | None:
        """One version; its certificate."""
        context, recap, report, file = self.context, self.recap, self.report, self.file
        path = f"{CERTIFICATES}{version.data}.json"
        context.used |= {path, f"{CERTIFICATES}{version.paper}.pdf"}
        try:
            if path not in context.readable:
                raise Unreadable("no such file")
            data = context.source.read(path)
            certificate = read_certified(data, path)
        except Unreadable as error:
            report.add(path, "missing", f"version {version.number} of {file}", error)
            return None
        except Malformed as error:
            report.add(path, "malformed", error.expected, error.found)
            return None
        minutes, is_last = recap.until(version.number), version is recap.versions[-1]
        check_certificate_data(file, recap, version, certificate, minutes, context.frame, report)
        columns = counted_columns(file, version, certificate, minutes, report)
        below = None if self.district else self._below(version, columns, minutes, is_last)
        names = self.form.names
        found = found_of(recap, version, certificate, minutes, columns, below, names)
        check_sums(file, version, columns, found, names, report)
        check_columns(file, version, certificate, minutes, columns, found, below, report)
        if is_last:
            self._whole(version, certificate)
        if self.district and is_last:
            counted = {column.code for column in columns}
            check_last(file, recap, version, columns, self._settled, report)
            check_late(file, recap, counted, self.stations, self._settled, report)
        elif self.district:
            check_earlier(file, version, columns, minutes, unmoved, self._settled, report)
        context.briefs[recap.unit].found[version.digest] = found
        context.papers.check(version, data, file)
        return certificate

    def _settled(self, station: str) -> dict[str, int | None] | None:
        return settled_values(self.context.sheets.get(station), self.form.names)

    def _unmoved(self) -> dict[str, str]:
        """By station the digest that was read out for the last version, where its sheet still stands so."""
        if not self.district or not self.recap.minutes.versions:
            return {}
        read = self.recap.until(len(self.recap.minutes.versions)).read
        return {code: digest for code, digest in read.items() if self._stands(code)}

    def _stands(self, code: str) -> bool:
        return self.recap.moved.get(code, How.ANEW) is How.ANEW and self._settled(code) is not None

    def _below(
        self, version: Version, columns: list[Counted], minutes: Plenary, is_last: bool
    ) -> dict[str, Found]:
        """The certificates below that were read out; each column is what its own says."""
        below: dict[str, Found] = {}
        for column in columns:
            what, digest = f"version {version.number}, {column.code}", minutes.read.get(column.code, "")
            brief = self.context.briefs.get(column.code)
            found = None if brief is None else brief.found.get(digest)
            if brief is None or found is None:
                self.report.add(self.file, what, "a published certificate that was read out", digest or "none")
                continue
            if is_last and self.recap.minutes.stage is Stage.CLOSED:
                told = "closed" if brief.stage is Stage.CLOSED else "open"
                self.report.compare(self.file, what, f"closed with {digest}", f"{told} with {brief.last}")
            self.report.compare(self.file, f"{what} stations", found.stations, column.stations)
            compare_part(self.file, version, column, found.certified, f"certified by {digest}", self.report)
            below[column.code] = found
        return below

    def _whole(self, version: Version, certificate: Certificate) -> None:
        """The last version's columns are all parts of the unit, under their names; its stations are counted."""
        what, unit = f"version {version.number}", self.recap.unit
        listed = {column.place.code for column in columns_of(certificate)}
        known, possible = self._parts()
        for code in sorted(known - listed):
            self.report.add(self.file, what, f"a column for {code}", "none")
        for code in sorted(listed - known - possible):
            self.report.add(self.file, what, f"parts of {unit}", code)
        expected = self.context.recount.units[unit]
        completeness = certificate.completeness
        self.report.compare(self.file, f"{what} expected", expected.known, completeness.expected)
        self.report.compare(
            self.file, f"{what} unknown villages", expected.unknown_villages, completeness.unknown_villages
        )
        places = [*certificate.path, *(item.place for item in completeness.missing)]
        places += [
            place for group in certificate.groups for place in (group.place, *(c.place for c in group.columns))
        ]
        for place in places:
            name = f"TPS {place.code[-3:]}" if len(place.code) == 13 else self.context.names.get(place.code)
            self.report.compare(self.file, f"{what} name of {place.code}", name, place.name)

    def _parts(self) -> tuple[set[str], set[str]]:
        """What a certificate of this unit must list, and what it may: stations that nobody expected."""
        unit, recount = self.recap.unit, self.context.recount
        if not self.district:
            children = {code for code in self.context.names if _is_part(code, unit) and holds(code, self.contest)}
            found = {code: recount.units[code] for code in children if code in recount.units}
            return {code for code, item in found.items() if item.known or item.unknown_villages}, set()
        villages = {code: number for code, number in recount.villages.items() if code.startswith(unit)}
        known = {f"{code}{n:03d}" for code, number in villages.items() for n in range(1, (number or 0) + 1)}
        return known, {station for station in self.stations if villages.get(station[:10]) is None}

    def _moved_below(self) -> None:
        """A unit above tells every station that moved within it, as its districts tell."""
        unit = self.recap.unit
        within = {
            station: how
            for code, brief in self.context.briefs.items()
            if tier_of(code) is Tier.DISTRICT and (unit == NATION or code.startswith(unit))
            for station, how in brief.moved.items()
        }
        for station in sorted({*within, *self.recap.moved}):
            expected, found = within.get(station), self.recap.moved.get(station)
            self.report.compare(self.file, f"moved {station}", expected, found)

    def _pages(self, last: Certificate | None) -> None:
        for language in ("id", "en"):
            page = f"{language}/recap/{self.recap.unit}.html"
            if page not in self.context.readable:
                self.report.add(page, "missing", f"a page for {self.file}", "none in the manifest")
                continue
            officers = OFFICERS in self.context.readable
            expected = expected_recap(
                self.recap, last, officers, self.context.words, self.context.names, language
            )
            self.report.pages += 1
            html = self.context.source.read(page)
            check_recap_page(page, html, language, expected, self.context.words, self.report)


def _is_part(code: str, unit: str) -> bool:
    """Whether a unit's plenary can go through a station or unit; 99 and its countries hold none."""
    try:
        return holder_of(code) == unit and code != OVERSEAS
    except ValueError:
        return False
