"""The list of photographs as it is handed in: a CSV with `station,photo`, photo paths relative to it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from sirekap.errors import InputError, Problem, quoted
from sirekap.tables import Row, read_table

COLUMNS = ("station", "photo")
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One good row: its line in the file, the station as given, the photograph as named and its path."""

    line: int
    station: str
    photo: str
    path: Path


@dataclass(frozen=True, slots=True)
class Manifest:
    """The good rows in their order, and the problems of the others."""

    file: str
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """The rows of a manifest; `path` is where the CSV lies.

    Raises InputError where a column is missing, the file is no table, or it holds no good row at all.
    """
    file = str(path)
    table = read_table(data, file, COLUMNS)
    problems = list(table.problems)
    entries: list[Entry] = []
    lines: dict[tuple[str, str], int] = {}
    for row in table.rows:
        problem = _fault(row, file, lines)
        if problem is not None:
            problems.append(problem)
            continue
        lines[row["station"], row["photo"]] = row.line
        entries.append(Entry(row.line, row["station"], row["photo"], path.parent / row["photo"]))
    if not entries:
        raise InputError(problems or [Problem(file, "at least one photograph", "a header and no rows")])
    problems.sort(key=lambda problem: problem.row or 0)
    return Manifest(file, tuple(entries), tuple(problems))


def _fault(row: Row, file: str, lines: dict[tuple[str, str], int]) -> Problem | None:
    for column in COLUMNS:
        if not row[column]:
            return Problem(file, "a value", "an empty cell", row.line, column)
        if not row[column].isprintable():
            return Problem(file, "printable text", quoted(row[column]), row.line, column)
    first = lines.get((row["station"], row["photo"]))
    if first is None:
        return None
    return Problem(
        file, "each row once", f"row {first} again", row.line, "photo", "The repeated row is left out."
    )


def photo_bytes(entry: Entry, file: str) -> bytes | Problem:
    """The photograph's bytes, or why there are none."""
    try:
        status = entry.path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end, a device neither
            kind = "Is a directory" if stat.S_ISDIR(status.st_mode) else "Is a pipe or a device"
            found = f"{quoted(entry.photo)}: {kind}"
            return Problem(file, "a regular file", found, entry.line, "photo", "Name the photograph itself.")
        size = status.st_size
        if size > MOST_BYTES:
            found = f"{quoted(entry.photo)} with {size:,} bytes"
            return Problem(file, f"a photograph of at most {MOST_BYTES:,} bytes", found, entry.line, "photo")
        return entry.path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found = f"{quoted(entry.photo)}: {reason}"
        advice = "Photo paths are relative to the CSV."
        return Problem(file, "a photograph that can be read", found, entry.line, "photo", advice)


def read_file(path: Path) -> bytes:
    """The bytes of an input file. Raises InputError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem(str(path), "a file that can be read", error.strerror or str(error))
        raise InputError([problem]) from error
