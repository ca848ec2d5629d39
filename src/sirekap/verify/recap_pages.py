"""The pages against the plenaries: every number, and every sentence in its place, as the documents have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sirekap.geography import Tier, tier_of
from sirekap.recap import Act, Corrected, as_json
from sirekap.recap.plenary import Plenary
from sirekap.record.certificate import Certificate
from sirekap.record.moments import moment
from sirekap.record.recap_words import (
    act_text,
    attended_text,
    corrected_text,
    listed_corrections,
    moved_text,
    objected_text,
    outcome_text,
    place_text,
    standing_text,
)
from sirekap.verify.pages import Words, check_around, check_numbers
from sirekap.verify.reader import VOID, PageReader, large_numbers
from sirekap.verify.recap_shapes import SUMS, Recap
from sirekap.verify.report import VerifyReport

MARK = "data-says"
Names = Mapping[str, str]
Says = dict[str, list[str]]


class RecapReader(PageReader):
    """A page with its sentences: `says` are the texts of the elements that say what they say, by that name, and
    `papers` the certificates' files that it leads to.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self.says: Says = {}
        self.papers: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more element is open."""
        super().handle_starttag(tag, attrs)
        found = {name: value or "" for name, value in attrs}
        if "/certificates/" in found.get("href", ""):
            self.papers.append(found["href"].rpartition("/")[2])
        if tag not in VOID:
            self._open.append(found.get(MARK, ""))
            if found.get(MARK):
                self.says.setdefault(found[MARK], []).append("")

    def handle_endtag(self, tag: str) -> None:
        """An element is closed."""
        super().handle_endtag(tag)
        del self._open[len(self._stack) :]

    def handle_data(self, data: str) -> None:
        """Text, where people see it."""
        super().handle_data(data)
        if not (self._stack and self._stack[-1][1]):
            for name in filter(None, self._open):
                self.says[name][-1] += data


@dataclass(slots=True)
class Expected:
    """What a page must show: sentences by name in order, numbers by key, the files it leads to; `names` are those
    of places, which may hold numbers.
    """

    says: Says = field(default_factory=dict)
    values: dict[str, int | None] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_page(page: str, html: bytes, report: VerifyReport) -> RecapReader | None:
    """A page; None where it is no UTF-8, which is reported."""
    reader = RecapReader()
    try:
        reader.feed(html.decode("utf-8"))
    except UnicodeDecodeError as error:
        report.add(page, "malformed", "a page in UTF-8", error)
        return None
    reader.close()
    return reader


def check_says(page: str, reader: RecapReader, says: Says, report: VerifyReport) -> None:
    """Every sentence that a page must say, in its place and order, and no others there."""
    for name in sorted({*says, *reader.says}):
        expected = [_folded(text) for text in says.get(name, [])]
        found = [_folded(text) for text in reader.says.get(name, [])]
        report.compare_each(page, name, expected, found)


def check_recap_page(
    page: str, html: bytes, language: str, expected: Expected, words: Words, report: VerifyReport
) -> None:
    """A plenary's page in one language."""
    reader = read_page(page, html, report)
    if reader is None:
        return
    sentences = [*expected.names, *(text for texts in expected.says.values() for text in texts)]
    numbers = {"numbers": [value for value in expected.values.values() if value is not None]}
    check_around(page, reader, numbers, words, report, allowed=large_numbers("\n".join(sentences)))
    check_says(page, reader, expected.says, report)
    report.compare(page, "certificates", expected.papers, reader.papers)
    for shown in reader.found:
        name = shown.attributes.get("data-figure", "")
        if name in words.labels:
            label = " ".join(shown.before.get("what", "").split())
            report.compare(page, f"{name} label", words.label(name, language), label)
    check_numbers(page, reader, language, expected.values, list(expected.values), report)


def expected_recap(
    recap: Recap, certificate: Certificate | None, officers: bool, words: Words, names: Names, language: str
) -> Expected:
    """What a plenary's page must show; `certificate` is that of its last version, None where there is none."""
    minutes, versions = recap.minutes, recap.versions
    made = Expected()

    def told(act: Act, text: str) -> str:
        return f"{moment(act.at, language)} {text} {act.who}"

    def label(name: str) -> str:
        return words.label(name, language)

    acts = [told(act, act_text(act, label, names, language)) for act in recap.acts]
    made.values = {f"{recap.unit} count acts": len(acts)}
    made.says = {
        "standing": [standing_text(minutes.stage, (v.closed_at for v in versions), language)],
        "act": acts,
        "moved": [moved_text(station, how, names, language) for station, how in recap.moved.items()],
        "objection": [objected_text(s.act, names, language) for s in minutes.objections.values()],
        "outcome": [outcome_text(s, language) for s in minutes.objections.values()],
        "file": [digest for s in minutes.objections.values() for digest in s.act.attachments],
        "attendance": [attended_text(act, language) for act in minutes.attendance],
    }
    made.names = [name for _, name in recap.path]
    if certificate is None or not versions:
        return made
    made.names += [
        place.name for group in certificate.groups for place in (group.place, *(c.place for c in group.columns))
    ]
    last = versions[-1]
    listed = listed_corrections(recap.unit, (as_json(act) for act in last.corrections))
    by_figure = [act for name in words.labels for act in listed if act.figure == name]
    completeness = certificate.completeness
    made.says |= {
        "correction": [told(act, corrected_text(act, label, names, language)) for act in by_figure],
        "decision": [completeness.decision] if completeness.missing and completeness.decision else [],
        "missing": [f"{place_text(m.place.code, names)}: {m.reason}" for m in completeness.missing],
        "version": [f"{v.number}, {moment(v.closed_at, language)}" for v in reversed(versions)],
        "hash": [v.data for v in reversed(versions)],
        "signature": [f"{who}, {moment(at, language)}" for v in reversed(versions) for who, at in v.signatures],
    }
    made.values |= _values(recap, certificate, tuple(words.labels), minutes)
    for version in reversed(versions):
        made.papers += [f"{version.data}.json", *([f"{version.paper}.pdf"] if version.paper else [])]
    made.papers += ["officers.pem"] if officers else []
    return made


def _values(
    recap: Recap, certificate: Certificate, names: tuple[str, ...], minutes: Plenary
) -> dict[str, int | None]:
    """The page's numbers by key, as `pages` makes keys."""
    district, unit, last = tier_of(recap.unit) is Tier.DISTRICT, recap.unit, recap.versions[-1]
    values: dict[str, int | None] = {
        f"{unit} {name} {key}": last.sums[key][name]
        for name in names
        for key in SUMS
        if not (district and key == "below")
    }
    for name in {act.figure for act in last.corrections}:
        change = (last.sums["certified"][name] or 0) - (last.sums["sheets"][name] or 0)
        values[f"{unit} {name} difference"] = change
    unlisted = len(last.corrections) - len(listed_corrections(unit, (as_json(act) for act in last.corrections)))
    if unlisted:
        values[f"{unit} count unlisted"] = unlisted
    values[f"{unit} count expected"] = certificate.completeness.expected
    values[f"{unit} count counted"] = certificate.completeness.counted
    corrected = {act.part for act in minutes.corrections}
    for group in certificate.groups:
        for code, columns in (
            [(group.place.code, group.columns)]
            if district
            else [(column.place.code, (column,)) for column in group.columns]
        ):
            values[f"{code} count counted"] = sum(column.stations for column in columns)
            if district:
                values[f"{code} count corrected"] = sum(c.place.code in corrected for c in columns)
    return values


def corrections_told(acts: Iterable[Corrected], words: Words, names: Names, language: str) -> list[str]:
    """What the page of a station that was corrected must say."""
    return [
        f"{moment(act.at, language)} "
        f"{corrected_text(act, lambda name: words.label(name, language), names, language)} {act.who}"
        for act in acts
    ]


def _folded(text: str) -> str:
    return " ".join(text.split())
