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
from sirekap.verify.reruns import Rerun, check_reruns, read_reruns
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
DESK_OFFICER = "R43"  # the officer says otherwise than the review desk: recomputed from both
DESK_MACHINE = "R44"  # a certain reading says otherwise than the review desk: recomputed from both
HOW = ("agreed", "resolved")
# Who answers for a copy or for another station answers for no figure that a machine doubts.
ELSEWHERE = ("R42", "R45")
# Photographs, copies and stations compared: not to be seen from one sheet's figures.
UNSEEN = ("R40", *ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What an election's sheets are checked against: its form, its contest, its limit of voters a station."""

    form: Form
    contest: str
    voters_per_station: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A station's document, read. `figures` are those that count, `machine` what was read where people confirmed
    or typed them (`confirmed_at`, `decided_at`), `officer` what the officer confirmed where the desk decided.
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
    decided_at: str | None
    officer: dict[str, Figure]
    reruns: tuple[Rerun, ...] = ()

    @property
    def by_people(self) -> bool:
        """Whether the figures that count are people's word."""
        return self.confirmed_at is not None or self.decided_at is not None

    @property
    def read(self) -> dict[str, Figure]:
        """What the machine read."""
        return self.machine if self.by_people else self.figures


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
        _beside(document, "machine"),
        _decided_at(document),
        _beside(document, "officer"),
        read_reruns(document),
    )


def _beside(document: Document, key: str) -> dict[str, Figure]:
    """What stands beside the figures of a sheet that people confirmed or typed; nothing where nobody did."""
    items = nested(document, "figures")
    beside = {name: nested(item, key) for name, item in items.items() if key in item}
    if beside and set(beside) != set(items):
        raise Malformed(f"{key} beside every figure, or beside none", ", ".join(sorted(beside)))
    return figures({"figures": beside}, confidence=True)


def _decided_at(document: Document) -> str | None:
    if document.get("decided") is None:
        return None
    decided = nested(document, "decided")
    if text(decided, "how") not in HOW:
        raise Malformed(f"how the desk decided, {' or '.join(HOW)}", text(decided, "how"))
    return text(decided, "at")


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
    _check_people(file, sheet, report)
    check_reruns(file, document, sheet.reruns, report)
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
    recomputed = (*recomputed, *_between_people(sheet, form))
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


def _between_people(sheet: Sheet, form: Form) -> tuple[Finding, ...]:
    """Where a certain reading, or the officer, says another value than the people whose word counts."""
    named = [name for name in form.names if name in sheet.figures]
    sure = [name for name in named if name in sheet.machine and _is_certain(sheet.machine[name])]
    against = tuple(name for name in sure if _other(sheet, name, sheet.machine[name]))
    if sheet.decided_at is None:
        return (Finding(VOUCHED, Severity.ERROR, against),) if against else ()
    officer = tuple(n for n in named if n in sheet.officer and _other(sheet, n, sheet.officer[n]))
    found = [Finding(DESK_OFFICER, Severity.ERROR, officer)] if officer else []
    return (*found, *((Finding(DESK_MACHINE, Severity.WARNING, against),) if against else ()))


def _other(sheet: Sheet, name: str, said: Figure) -> bool:
    """Whether another value was said than counts; what nobody could read counts as no value."""
    counts = sheet.figures[name]
    unread = sheet.decided_at is not None and counts.status is Status.ILLEGIBLE
    return not unread and said.value != counts.value


def _is_certain(figure: Figure) -> bool:
    return figure.status is not Status.ILLEGIBLE and figure.confidence >= CERTAIN


def _check_people(file: str, sheet: Sheet, report: VerifyReport) -> None:
    """People settle, nobody else and nobody alone: when they did, with what was read beside it."""
    if not sheet.by_people:
        if sheet.state == "settled":
            report.add(file, "counted as settled", "when people confirmed or typed it", "nothing")
        if sheet.machine or sheet.officer:
            report.add(file, "confirmed_at", "when people confirmed or typed it", "nothing")
        return
    for key, at in (("confirmed_at", sheet.confirmed_at), ("decided.at", sheet.decided_at)):
        if at is not None and not _is_time(at):
            report.add(file, key, "an ISO 8601 date and time", at)
    if sheet.state == "provisional":
        report.add(file, "state", "settled, or review, because people confirmed or typed it", sheet.state)
    if (sheet.decided_at is not None and sheet.confirmed_at is not None) != bool(sheet.officer):
        expected = "what the officer confirmed beside what the desk decided, and nowhere else"
        report.add(file, "figures", expected, "none" if not sheet.officer else "it")
    for name, figure in sheet.figures.items():
        if name not in sheet.machine:
            report.add(file, f"figures.{name}", "what was read beside it", "nothing")
        unread = sheet.decided_at is not None and figure.status is Status.ILLEGIBLE
        if figure.confidence != (0 if unread else 1):
            report.add(file, f"figures.{name}", "people's word, with confidence 1", figure.confidence)
    if sheet.state == "settled" and sheet.decided_at is None:
        _check_backed(file, sheet, report)


def _check_backed(file: str, sheet: Sheet, report: VerifyReport) -> None:
    """Nobody settles a figure alone: what the officer says the machine read too, or surely otherwise (R41)."""
    for name, machine in sheet.machine.items():
        said = sheet.figures.get(name)
        if said is None or _is_certain(machine):
            continue
        if machine.status is Status.ILLEGIBLE or machine.value != said.value:
            report.add(
                file, f"figures.{name}", "a second source for a settled figure", "the officer's word alone"
            )


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
        finding.severity is Severity.ERROR and finding.rule not in ELSEWHERE and item.get("acknowledged")
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
