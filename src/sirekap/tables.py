"""CSV as people really send it: read strictly, told in full.

A table is bytes in, rows out, without I/O. A byte-order mark is taken off; a semicolon as separator (what
spreadsheets write where the comma is the decimal sign, as in Indonesia) is understood. A row that is not
UTF-8 or has too many cells becomes a `Problem` of its own and the other rows stay good: whether a table with
problems may be used in part is the caller's decision.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sirekap.errors import InputError, Problem, quoted

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on (the header is line 1) and its cells by column name, stripped."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell of a column; empty where the row is short or the column is absent."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The good rows of a CSV file and the problems of the others."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_table(data: bytes, file: str, required: Sequence[str]) -> Table:
    """Rows of a CSV file with a header line.

    `required` columns must all stand in the header; further columns are kept. Raises InputError where there
    is no header, a column is missing or stands twice, or the file is not text at all.
    """
    if data.startswith(BOM):
        data = data[len(BOM) :]
    if b"\x00" in data:
        raise InputError(
            [
                Problem(
                    file,
                    "a CSV file in UTF-8",
                    "NUL bytes (a binary or UTF-16 file)",
                    advice="Save it as CSV in UTF-8.",
                )
            ]
        )
    lines = data.splitlines()
    problems: list[Problem] = []
    texts = [_decoded(line, number, file, problems) for number, line in enumerate(lines, start=1)]
    if not any(text.strip() for text in texts):
        raise InputError([Problem(file, f"a header with {', '.join(required)}", "an empty file")])
    if problems and problems[0].row == 1:
        raise InputError(problems[:1])
    delimiter = ";" if texts[0].count(";") > texts[0].count(",") else ","
    reader = csv.reader((text + "\n" for text in texts), delimiter=delimiter, strict=False)
    columns = _header(next(reader), file, required)
    bad_lines = {problem.row for problem in problems}
    rows: list[Row] = []
    before = reader.line_num
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells) or bad_lines & set(range(line, before + 1)):
            continue
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            problems.append(
                Problem(
                    file,
                    f"{len(columns)} cells",
                    f"{len(cells)}",
                    line,
                    advice="Quote cells that hold a separator.",
                )
            )
            continue
        rows.append(Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=False))))
    problems.sort(key=lambda problem: problem.row or 0)
    return Table(file, columns, tuple(rows), tuple(problems))


def _decoded(line: bytes, number: int, file: str, problems: list[Problem]) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        column = line[: error.start].count(b",") + 1
        problems.append(
            Problem(
                file,
                "UTF-8 text",
                f"the byte 0x{byte:02X} in cell {column}",
                number,
                advice="The row looks like Latin-1 or Windows-1252; save the file as UTF-8.",
            )
        )
        return line.decode("latin-1")


def _header(cells: Sequence[str], file: str, required: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    problems = [
        Problem(
            file,
            f"a column {name}",
            f"the columns {', '.join(columns)}",
            1,
            name,
            "Add the column to the header line.",
        )
        for name in required
        if name not in columns
    ]
    problems += [
        Problem(file, "each column once", f"{name} more than once", 1, name)
        for name in sorted({name for name in columns if name and columns.count(name) > 1})
    ]
    if problems:
        raise InputError(problems)
    return columns


def whole_number(row: Row, column: str, file: str, *, least: int = 0, most: int = 10**9) -> int | Problem | None:
    """The cell as a whole number: None where it is empty, a Problem where it is no number in range."""
    text = row[column]
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        return Problem(file, f"a whole number from {least} to {most}", quoted(text), row.line, column)
    value = int(text)
    if not least <= value <= most:
        return Problem(file, f"a whole number from {least} to {most}", text, row.line, column)
    return value


def yes_or_no(row: Row, column: str, file: str) -> bool | Problem:
    """The cell as true (`true`, `ya`, `1`) or false (`false`, `tidak`, `0`, empty), in any case of letters.

    A Problem where it is neither.
    """
    text = row[column].lower()
    if text in ("true", "ya", "1"):
        return True
    if text in ("false", "tidak", "0", ""):
        return False
    return Problem(file, "true or false", quoted(row[column]), row.line, column)
