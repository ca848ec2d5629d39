"""A certificate's columns added up by hand: from the sheets at a district, above it from the certificates below.

Written apart from `sirekap.recap.sums` on purpose, as the recount is apart from the tally.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sirekap.recap import Corrected, Objected, Plenary, origin_of
from sirekap.record.certificate import Certificate, Column
from sirekap.verify.recap_shapes import SUMS, Recap, Values, Version
from sirekap.verify.report import VerifyReport


@dataclass(frozen=True, slots=True)
class Found:
    """What a version was found to certify: sums, what lies between the sheets and these, what is missing, which
    objections it carried up.
    """

    stations: int
    sheets: Values
    certified: Values
    corrections: tuple[Corrected, ...]
    missing: tuple[str, ...]
    carried: dict[str, Objected]


@dataclass(frozen=True, slots=True)
class Counted:
    """A column that is counted: its code, what it says, what it said before this plenary's own corrections."""

    code: str
    stations: int
    values: Values
    before: Values


def columns_of(certificate: Certificate) -> list[Column]:
    """All columns in the order of their parts."""
    return [column for group in certificate.groups for column in group.columns]


def values_of(certificate: Certificate, column: Column) -> Values:
    """A column's values by figure."""
    return {row.figure: value for row, value in zip(certificate.rows, column.values, strict=True)}


def counted_columns(
    file: str, version: Version, certificate: Certificate, minutes: Plenary, report: VerifyReport
) -> list[Counted]:
    """The columns that count, each taken back through its corrections; one that does not fit is reported."""
    found = []
    for column in columns_of(certificate):
        if not column.stations:
            continue
        values = values_of(certificate, column)
        before = dict(values)
        for act in reversed(minutes.corrections_of(column.place.code)):
            what = f"version {version.number}, {act.part} {act.figure}"
            if act.figure not in before:
                report.add(file, what, "a figure of the form", "a correction of another")
                continue
            report.compare(file, what, _told(act.after, act), _told(before[act.figure], act))
            before[act.figure] = act.before
        found.append(Counted(column.place.code, column.stations, values, before))
    return found


def _told(value: int | None, act: Corrected) -> str:
    return f"{'blank' if value is None else value} after the correction {act.minutes}"


def compare_part(
    file: str, version: Version, column: Counted, known: Values, where: str, report: VerifyReport
) -> None:
    """A column before its corrections against what it rests on, figure by figure."""
    for name, value in column.before.items():
        if value != known.get(name):
            change = "" if column.values[name] == value else ", before its corrections"
            report.add(
                file,
                f"version {version.number}, {column.code} {name}",
                f"{_shown(known.get(name))}, as {where}",
                f"{_shown(value)}{change}",
            )


def _shown(value: int | None) -> str:
    return "blank" if value is None else str(value)


def added(parts: Iterable[Values], names: tuple[str, ...]) -> Values:
    """Figure by figure the sum; only blanks sum to blank."""
    sums: Values = dict.fromkeys(names)
    for part in parts:
        for name, value in part.items():
            if value is not None:
                sums[name] = (sums.get(name) or 0) + value
    return sums


def found_of(
    recap: Recap,
    version: Version,
    certificate: Certificate,
    minutes: Plenary,
    columns: list[Counted],
    below: dict[str, Found] | None,
    names: tuple[str, ...],
) -> Found:
    """What a version holds by its own columns; `below`: the certificates that it rests on, None at a district."""
    corrections: list[Corrected] = []
    missing = [column.place.code for column in columns_of(certificate) if not column.stations]
    for column in columns:
        if below is not None and column.code in below:
            corrections += below[column.code].corrections
            missing += below[column.code].missing
        corrections += minutes.corrections_of(column.code)
    sheets = [column.before for column in columns]
    if below is not None:
        sheets = [below[column.code].sheets for column in columns if column.code in below]
    return Found(
        sum(column.stations for column in columns),
        added(sheets, names),
        added((column.values for column in columns), names),
        tuple(corrections),
        tuple(sorted(missing)),
        {origin_of(recap.unit, act.number): act for act in minutes.carried},
    )


def check_sums(
    file: str,
    version: Version,
    columns: list[Counted],
    found: Found,
    names: tuple[str, ...],
    report: VerifyReport,
) -> None:
    """What the document says of a version against its columns."""
    what = f"version {version.number}"
    sums = {
        "sheets": found.sheets,
        "below": added((column.before for column in columns), names),
        "certified": found.certified,
    }
    for key in SUMS:
        for name in names:
            report.compare(file, f"{what} {key}.{name}", sums[key].get(name), version.sums[key][name])
    report.compare(file, f"{what} stations", found.stations, version.stations)
    expected, said = ([_act(item) for item in items] for items in (found.corrections, version.corrections))
    report.compare_each(file, f"{what} corrections", expected, said)


def _act(item: Corrected) -> str:
    change = f"{_shown(item.before)} to {_shown(item.after)}"
    return f"{item.part} {item.figure} {change}, {item.reason} ({item.minutes}), {item.who}, {item.at}"
