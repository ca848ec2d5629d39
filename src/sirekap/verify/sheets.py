"""One station's document against the form: its rules, what keeps it from counting, what it names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sirekap.figures import Figure, Status
from sirekap.forms import Form
from sirekap.review import CERTAIN
from sirekap.rules import Finding, Severity, check, explain, rules_of
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import (
    STATES,
    Document,
    Malformed,
    figures,
    flag,
    nested,
    number_or_none,
    objects,
    text,
    text_or_none,
    texts,
)

ROLES = ("used", "beside", "unread")
VOUCHED = "R41"  # a certain reading says otherwise than the officer: recomputed from both
COPIES = ("R42",)  # who answers for a copy's difference says nothing of figures that the machine doubts
UNSEEN = ("R40", *COPIES)  # two photographs differ, a copy differs: not to be seen from one sheet's figures


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What an election's sheets are checked against: its form, its contest, its limit of voters a station."""

    form: Form
    contest: str
    voters_per_station: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A station's document, read. `figures` are those that count, `machine` what was read where an officer
    confirmed them (`confirmed_at`).
    """

    station: str
    name: str
    state: str
    counted: bool
    open_errors: tuple[str, ...]
    pages_missing: tuple[int, ...]
    figures: dict[str, Figure]
    findings: tuple[Finding, ...]
    confirmed_at: str | None
    machine: dict[str, Figure]

    @property
    def read(self) -> dict[str, Figure]:
        """What the machine read."""
        return self.figures if self.confirmed_at is None else self.machine


def read_sheet(document: Document, rulebook: Rulebook) -> Sheet:
    """A sheet from its document. Raises Malformed for another shape."""
    for key, expected in (
        ("schema", "sirekap/station/1"),
        ("contest", rulebook.contest),
        ("form", rulebook.form.id),
    ):
        if document.get(key) != expected:
            raise Malformed(f"{key} {expected}", str(document.get(key)))
    state = text(document, "state")
    if state not in STATES:
        raise Malformed(f"a state of {', '.join(STATES)}", state)
    pages = document.get("pages_missing")
    known = [page.number for page in rulebook.form.pages]
    if not isinstance(pages, list) or not all(type(page) is int and page in known for page in pages):
        raise Malformed(f"page numbers of {rulebook.form.id} in pages_missing", str(pages))
    found = figures(document, confidence=True)
    strange = sorted(set(found) - set(rulebook.form.names))
    if strange:
        raise Malformed(f"figures of {rulebook.form.id}", ", ".join(strange))
    return Sheet(
        text(document, "station"),
        text(document, "name"),
        state,
        flag(document, "counted"),
        tuple(texts(document, "open_errors")),
        tuple(pages),
        found,
        tuple(_finding(item, rulebook.form) for item in objects(document, "findings")),
        text_or_none(document, "confirmed_at"),
        _machine(document),
    )


def _machine(document: Document) -> dict[str, Figure]:
    """What was read, beside the figures of a confirmed sheet; nothing where nobody confirmed it."""
    items = nested(document, "figures")
    read = {name: nested(item, "machine") for name, item in items.items() if "machine" in item}
    if read and set(read) != set(items):
        raise Malformed("what was read beside every figure, or beside none", ", ".join(sorted(read)))
    return figures({"figures": read}, confidence=True)


def _finding(item: Document, form: Form) -> Finding:
    rule, names = text(item, "rule"), texts(item, "figures")
    if rule not in rules_of(form.id):
        raise Malformed(f"a rule of {form.id}", rule)
    if not set(names) <= set(form.names):
        raise Malformed(f"figures of {form.id} in a finding", ", ".join(names))
    try:
        severity = Severity(text(item, "severity"))
    except ValueError as error:
        raise Malformed("error or warning in severity", text(item, "severity")) from error
    return Finding(rule, severity, tuple(names), number_or_none(item, "left"), number_or_none(item, "right"))


def check_sheet(
    file: str, document: Document, sheet: Sheet, rulebook: Rulebook, listed: Collection[str], report: VerifyReport
) -> None:
    """Everything that one document must hold by itself."""
    form = rulebook.form
    report.compare(file, "station", file.rpartition("/")[2].removesuffix(".json"), sheet.station)
    report.compare(file, "counted", sheet.state != "review", sheet.counted)
    _check_findings(file, document, sheet, rulebook, report)
    if sheet.state != "review":
        _check_countable(file, sheet, form, report)
    _check_confirmed(file, sheet, report)
    if sheet.state == "provisional":
        _check_certain(file, document, sheet, report)
    _check_pictures(file, document, sheet, form, listed, report)


def _check_pictures(
    file: str,
    document: Document,
    sheet: Sheet,
    form: Form,
    listed: Collection[str],
    report: VerifyReport,
) -> None:
    """Every figure stands on a page that was photographed, and what a sheet names is in the tree."""
    photos = {_photo(photo, form) for photo in objects(document, "photos")}
    for photo in sorted(photos):
        if f"photos/{photo}.jpg" not in listed:
            report.add(file, "photos", "a photograph of the tree", photo)
    for name, item in nested(document, "figures").items():
        page = form.field(name).page
        report.compare(file, f"figures.{name}.page", page, item.get("page"))
        if page in sheet.pages_missing:
            report.add(file, f"figures.{name}", "no figure of a page that is missing", "one")
        seen, cut = text_or_none(item, "photo"), text_or_none(item, "cut")
        if seen is not None and seen not in photos:
            report.add(file, f"figures.{name}.photo", "a photograph of this sheet", seen)
        if cut is not None and f"cuts/{cut}.jpg" not in listed:
            report.add(file, f"figures.{name}.cut", "a cut of the tree", cut)


def _photo(photo: Document, form: Form) -> str:
    """The published name of a sheet's photograph. Raises Malformed for another shape."""
    page, role = number_or_none(photo, "page"), text(photo, "role")
    if page is not None and page not in [known.number for known in form.pages]:
        raise Malformed(f"a page of {form.id}", str(page))
    if role not in ROLES:
        raise Malformed(f"a role of {', '.join(ROLES)}", role)
    text(photo, "received")
    text_or_none(photo, "problem")
    return text(photo, "published")


def _check_findings(
    file: str, document: Document, sheet: Sheet, rulebook: Rulebook, report: VerifyReport
) -> None:
    form = rulebook.form
    recomputed = check(form, sheet.figures, voters_per_station=rulebook.voters_per_station)
    against = _overruled(sheet, form)
    if against:
        recomputed = (*recomputed, Finding(VOUCHED, Severity.ERROR, against))
    published = [finding for finding in sheet.findings if finding.rule not in UNSEEN]
    for finding in recomputed:
        if finding not in published:
            report.add(file, "findings", _told(finding), _same_rule(published, finding.rule))
    for finding in published:
        if finding not in recomputed:
            report.add(file, "findings", _same_rule(list(recomputed), finding.rule), _told(finding))
    open_errors = set()
    for item, finding in zip(objects(document, "findings"), sheet.findings, strict=True):
        answered = item.get("acknowledged")
        if answered is not None:
            answer = nested(item, "acknowledged")
            if not (text(answer, "who").strip() and text(answer, "reason").strip() and text(answer, "at")):
                report.add(file, "acknowledged", "who, when and why", answer)
            if not _is_time(text(answer, "at")):
                report.add(file, "acknowledged", "an ISO 8601 date and time", answer["at"])
        elif finding.severity is Severity.ERROR:
            open_errors.add(finding.rule)
        wording = nested(item, "text")
        for language in ("id", "en"):
            report.compare(file, f"{finding.rule} text", explain(form, finding, language), wording.get(language))
    report.compare(file, "open_errors", sorted(open_errors), list(sheet.open_errors))


def _overruled(sheet: Sheet, form: Form) -> tuple[str, ...]:
    """Where a certain reading says another value than the officer confirmed."""
    return tuple(
        name
        for name in form.names
        if name in sheet.machine
        and name in sheet.figures
        and sheet.machine[name].status is not Status.ILLEGIBLE
        and sheet.machine[name].confidence >= CERTAIN
        and sheet.machine[name].value != sheet.figures[name].value
    )


def _check_confirmed(file: str, sheet: Sheet, report: VerifyReport) -> None:
    """People settle, nobody else: a settled sheet was confirmed, with what was read beside every figure."""
    if sheet.confirmed_at is None:
        if sheet.state == "settled":
            report.add(file, "counted as settled", "when an officer confirmed it", "nothing")
        if sheet.machine:
            report.add(file, "confirmed_at", "when an officer confirmed it", "nothing")
        return
    if not _is_time(sheet.confirmed_at):
        report.add(file, "confirmed_at", "an ISO 8601 date and time", sheet.confirmed_at)
    if sheet.state == "provisional":
        report.add(file, "state", "settled, or review, because an officer confirmed it", sheet.state)
    for name, figure in sheet.figures.items():
        if name not in sheet.machine:
            report.add(file, f"figures.{name}", "what was read beside it", "nothing")
        if figure.confidence != 1:
            report.add(file, f"figures.{name}", "an officer's word, with confidence 1", figure.confidence)


def _check_countable(file: str, sheet: Sheet, form: Form, report: VerifyReport) -> None:
    """A sheet that counts has all its pages and figures, each legible, and no error that is open."""
    kind = f"counted as {sheet.state}"
    if sheet.open_errors:
        report.add(file, kind, "no open error", ", ".join(sheet.open_errors))
    if sheet.pages_missing:
        report.add(file, kind, "all pages", f"no page {', '.join(map(str, sheet.pages_missing))}")
    for name in form.names:
        figure = sheet.figures.get(name)
        if figure is None:
            report.add(file, kind, f"a figure {name}", "none")
        elif figure.status is Status.ILLEGIBLE:
            report.add(file, kind, f"a legible {name}", "an illegible one")


def _check_certain(file: str, document: Document, sheet: Sheet, report: VerifyReport) -> None:
    """A doubtful figure counts only where someone answers for the sheet as written."""
    answered = any(
        finding.severity is Severity.ERROR and finding.rule not in COPIES and item.get("acknowledged") is not None
        for item, finding in zip(objects(document, "findings"), sheet.findings, strict=True)
    )
    for name, figure in sheet.figures.items():
        if not answered and not figure.confidence >= CERTAIN:
            report.add(file, "counted as provisional", f"{name} with confidence {CERTAIN}", figure.confidence)


def _is_time(at: str) -> bool:
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    return "T" in at


def _told(finding: Finding) -> str:
    numbers = "" if finding.left is None else f" ({finding.left} and {finding.right})"
    return f"{finding.rule} {finding.severity}{numbers} on {', '.join(finding.figures)}"


def _same_rule(findings: list[Finding], rule: str) -> str:
    told = [_told(finding) for finding in findings if finding.rule == rule]
    return "; ".join(told) if told else f"no {rule}"
