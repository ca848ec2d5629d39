"""Errors that say what was wrong, where, what was expected, and what to do.

Everything that the program raises on purpose is a `SirekapError`; the command line prints it without a
traceback and ends with status 2. A `Problem` is one fault in an input: a table of a thousand rows can have
many, and all of them are told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: where it stands, what was expected, what was found, and what to do.

    `row` is the line of the file as an editor numbers it (the header is line 1); None where the whole file
    is meant. `column` is the column's or field's name.
    """

    file: str
    expected: str
    found: str
    row: int | None = None
    column: str | None = None
    advice: str = ""

    def __str__(self) -> str:
        """One line, ready for a terminal."""
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        text = f"{where}: expected {self.expected}; found {self.found}."
        return f"{text} {self.advice}" if self.advice else text


class SirekapError(Exception):
    """Anything that the program refuses; its text is meant for the person who can mend it."""


class InputError(SirekapError):
    """An input was refused as a whole; `problems` names every fault that was found in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems; the message shows the first twenty and how many more there are."""
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - MOST_SHOWN
        if more > 0:
            lines.append(f"… and {more} more")
        super().__init__("\n".join(lines))


def quoted(value: object, most: int = 60) -> str:
    """A found value as it is shown in a message: quoted, and cut where it is long.

    >>> quoted("abc")
    '"abc"'
    """
    text = str(value)
    if len(text) > most:
        text = text[: most - 1] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + '"'
