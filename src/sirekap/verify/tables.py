"""The CSV files against the recount: the header, every row, every cell."""

from __future__ import annotations

import csv
import io

from sirekap.verify.recount import LENGTHS, TIERS, Recount
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import COUNTS, SUMS
from sirekap.verify.sheets import Sheet
from sirekap.verify.source import Source, Unreadable

SEPARATOR = "\x1f"
STATIONS = "data/stations.csv"


def station_header(names: tuple[str, ...]) -> list[str]:
    """The columns of stations.csv."""
    first = ["kode", "nama", "induk", "state", "counted", "reruns", "open_errors", "pages_missing", "findings"]
    return [*first, *names, *(f"{name}_status" for name in names)]


def station_cells(sheet: Sheet, names: tuple[str, ...]) -> str:
    """The row that a sheet must have, its cells joined."""
    cells = [
        sheet.station,
        sheet.name,
        sheet.station[:10],
        sheet.state,
        "true" if sheet.counted else "false",
        str(len(sheet.reruns)),
        " ".join(sheet.open_errors),
        " ".join(str(page) for page in sheet.pages_missing),
        " ".join(finding.rule for finding in sheet.findings),
    ]
    figures = [sheet.figures.get(name) for name in names]
    cells += ["" if figure is None or figure.value is None else str(figure.value) for figure in figures]
    cells += ["" if figure is None else str(figure.status) for figure in figures]
    return SEPARATOR.join(cells)


def unit_header(names: tuple[str, ...]) -> list[str]:
    """The columns of units-<tier>.csv."""
    header = ["kode", "nama", "tingkat", "induk", *COUNTS, *(f"{key}_sheets" for key in SUMS)]
    for name in names:
        header += [f"{name}_{key}{part}" for key in SUMS for part in ("", "_blanks")]
    return header


def unit_cells(code: str, name: str, recount: Recount) -> list[str]:
    """The row that a unit must have."""
    tier = LENGTHS.index(len(code))
    above = "" if tier == 0 else "0" if tier == 1 else code[: LENGTHS[tier - 1]]
    unit = recount.document(code)
    cells = [code, name, str(tier), above]
    cells += ["" if unit["completeness"][key] is None else str(unit["completeness"][key]) for key in COUNTS]
    cells += [str(unit[key]["sheets"]) for key in SUMS]
    for figure in recount.names:
        for key in SUMS:
            cells += [str(unit[key]["sums"].get(figure, "")), str(unit[key]["blanks"].get(figure, 0))]
    return cells


def check_tables(
    source: Source,
    recount: Recount,
    names: dict[str, str],
    station_rows: dict[str, str],
    readable: set[str],
    report: VerifyReport,
) -> None:
    """All CSV files of the tree; one that is not there is reported."""
    rows = {code: cells.split(SEPARATOR) for code, cells in station_rows.items()}
    _check(source, STATIONS, station_header(recount.names), rows, readable, report)
    for tier, length in zip(TIERS, LENGTHS, strict=True):
        expected = {code: unit_cells(code, name, recount) for code, name in names.items() if len(code) == length}
        file = f"data/units-{tier}.csv"
        _check(source, file, unit_header(recount.names), expected, readable, report)


def _check(
    source: Source,
    file: str,
    header: list[str],
    expected: dict[str, list[str]],
    readable: set[str],
    report: VerifyReport,
) -> None:
    if file not in readable:
        report.add(file, "missing", "this table", "no such file")
        return
    try:
        rows = list(csv.reader(io.StringIO(source.read(file).decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error, Unreadable) as error:
        report.add(file, "malformed", "CSV in UTF-8", error)
        return
    if not rows or rows[0] != header:
        report.add(file, "header", ",".join(header), ",".join(rows[0]) if rows else "an empty file")
        return
    report.compare(file, "rows", sorted(expected), [row[0] if row else "" for row in rows[1:]])
    for line, row in enumerate(rows[1:], start=2):
        wanted = expected.get(row[0]) if row else None
        if wanted is None:
            continue
        if len(row) != len(header):
            report.add(file, f"row {line}", f"{len(header)} cells", len(row))
            continue
        for column, cell, found in zip(header, wanted, row, strict=True):
            report.compare(file, f"row {line}, {row[0]}, column {column}", cell, found)
