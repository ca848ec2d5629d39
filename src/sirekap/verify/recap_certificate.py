"""A certificate against the minutes it was closed with: who, what, why, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from sirekap.forms import Form
from sirekap.recap import COURT, Corrected, ObjectionKind, Plenary, Signing
from sirekap.record.canonical import canonical
from sirekap.record.certificate import Answered, Certificate, Objection, Row
from sirekap.record.certificate_rows import rows_of
from sirekap.verify.recap_shapes import Recap, Version
from sirekap.verify.recap_sums import Counted, Found, columns_of
from sirekap.verify.report import VerifyReport

BY_COURT = "Putusan pengadilan"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every certificate of a tree must say: the election, its day, contest, form, who stands by figure."""

    election: str
    day: str
    contest: str
    form: Form
    stands: dict[str, str]


def check_certificate_data(
    file: str,
    recap: Recap,
    version: Version,
    certificate: Certificate,
    minutes: Plenary,
    frame: Frame,
    report: VerifyReport,
) -> None:
    """What a certificate says of its plenary, its minutes and the form. `minutes` are those before it closed."""
    what = f"version {version.number}"

    def same(part: str, expected: object, found: object) -> None:
        report.compare(file, f"{what} {part}", expected, found)

    same("election", frame.election, certificate.election)
    same("day", frame.day, certificate.day.isoformat())
    same("contest", frame.contest, certificate.contest)
    same("form", frame.form.id, certificate.form)
    same("path", [code for code, _ in recap.path], [place.code for place in certificate.path])
    same("number", version.number, certificate.version)
    same("closed_at", version.closed_at, _told(certificate))
    stands = {row.figure: row.who for row in certificate.rows}
    rows = [_row(row) for row in rows_of(frame.form, stands)]
    report.compare_each(file, f"{what} row", rows, [_row(row) for row in certificate.rows])
    for figure, who in frame.stands.items():
        same(f"{figure} who", who, stands.get(figure))
    same("replaces", _replaced(version, minutes), _replaces(certificate))
    opening = minutes.opening
    same("decision", "" if opening is None else opening.decision, certificate.completeness.decision)
    objections = [_objection(item) for item in certificate.objections]
    report.compare_each(file, f"{what} objection", _objections(minutes), objections)
    called = [[a.role, a.stands_for, str(a.signing), a.reason, a.person] for a in minutes.attendance]
    said = [[a.role, a.stands_for, str(a.signing), a.reason, a.name] for a in certificate.attendance]
    report.compare_each(file, f"{what} attendance", called, said)
    if not any(item.signing is Signing.SIGNS for item in minutes.attendance):
        report.add(file, f"{what} attendance", "somebody who signs", "nobody")


def check_columns(
    file: str,
    version: Version,
    certificate: Certificate,
    minutes: Plenary,
    columns: list[Counted],
    found: Found,
    below: dict[str, Found] | None,
    report: VerifyReport,
) -> None:
    """What a certificate says of its columns: what was read out, corrected, missing, and differs below."""
    what = f"version {version.number}"
    read = [[column.code, minutes.read.get(column.code)] for column in columns]
    for code, digest in read:
        if digest is None:
            report.add(file, f"{what}, {code}", "a part that was read out", "none")
    rests_on = sha256(canonical(read)).hexdigest()
    report.compare(file, f"{what} list of what it rests on", rests_on, certificate.sheets)
    codes = {column.code for column in columns}
    for act in minutes.corrections:
        if act.part not in codes:
            report.add(file, f"{what} correction", "a part that is counted", f"{act.part} {act.figure}")
    own = [_corrected(act) for column in columns for act in minutes.corrections_of(column.code)]
    said = [[c.station.code, c.figure, c.before, c.after, c.reason, c.by] for c in certificate.corrections]
    report.compare_each(file, f"{what} correction", own, said)
    differences = [] if below is None else list(_differences(columns, below))
    given = [[d.place.code, d.figure, d.computed, d.certified, d.explanation] for d in certificate.differences]
    report.compare_each(file, f"{what} difference", differences, given)
    _check_missing(file, what, certificate, minutes, found, report)
    for column in columns:
        _check_carried(file, what, minutes, (below or {}).get(column.code, _NONE), report)


def _check_missing(
    file: str, what: str, certificate: Certificate, minutes: Plenary, found: Found, report: VerifyReport
) -> None:
    """Every part that is not counted is named, with why, and by the decision to open without it."""
    missing = certificate.completeness.missing
    report.compare_each(file, f"{what} missing", found.missing, [item.place.code for item in missing])
    for item in missing:
        if not item.reason.strip():
            report.add(file, f"{what} missing", f"why {item.place.code} is", "nothing")
    for column in columns_of(certificate):
        if not column.stations and column.place.code not in minutes.missing_by_decision:
            report.add(file, f"{what} missing", f"a decision that names {column.place.code}", "none")


def _check_carried(file: str, what: str, minutes: Plenary, below: Found, report: VerifyReport) -> None:
    """What a unit below carried up was taken up, as it was said there."""
    for origin, act in below.carried.items():
        taken = [state.act for state in minutes.objections.values() if state.act.origin == origin]
        if not taken:
            report.add(file, f"{what} objection", f"{origin}, which was carried up", "nothing")
        for item in taken:
            said = [str(item.kind), item.by, item.text, list(item.attachments)]
            expected = [str(act.kind), act.by, act.text, list(act.attachments)]
            report.compare(file, f"{what} objection {origin}", expected, said)


_NONE = Found(0, {}, {}, (), (), {})


def _told(certificate: Certificate) -> str:
    return certificate.closed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _row(row: Row) -> list[object]:
    section = None if row.section is None else [row.section.id, row.section.en]
    return [row.figure, row.line, row.label.id, row.label.en, section]


def _replaced(version: Version, minutes: Plenary) -> list[object] | None:
    if version.number == 1 or minutes.reopening is None:
        return None
    last = minutes.reopening
    return [version.number - 1, BY_COURT if last.by == COURT else last.who, last.ground]


def _replaces(certificate: Certificate) -> list[object] | None:
    found = certificate.replaces
    return None if found is None else [found.version, found.by, found.ground]


def _objections(minutes: Plenary) -> list[list[object]]:
    found: list[list[object]] = []
    for state in minutes.objections.values():
        answer = state.answer.text if state.answer else state.carried.decision if state.carried else ""
        status = Answered.ANSWERED if state.answer else Answered.CARRIED_UP
        event = state.act.kind is ObjectionKind.EVENT
        found.append([state.act.number, state.act.by, state.act.text, answer, str(status), event])
    return found


def _objection(item: Objection) -> list[object]:
    return [item.number, item.by, item.text, item.answer, str(item.status), item.event]


def _corrected(act: Corrected) -> list[object]:
    return [act.part, act.figure, act.before, act.after, f"{act.reason} ({act.minutes})", act.who]


def _differences(columns: list[Counted], below: dict[str, Found]) -> Iterable[list[object]]:
    for column in columns:
        part = below.get(column.code, _NONE)
        for name, certified in part.certified.items():
            computed = part.sheets.get(name)
            if computed != certified:
                why = "; ".join(_explained(act) for act in part.corrections if act.figure == name)
                yield [column.code, name, computed, certified, why]


def _explained(act: Corrected) -> str:
    before, after = ("–" if value is None else str(value) for value in (act.before, act.after))
    return f"{act.part}: {before} menjadi {after}, {act.reason} ({act.minutes})"
