"""What a recount found: a list of differences, each naming the file, what was expected, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be. `kind` is a short stable word such as "sha256" or "total"."""

    file: str
    kind: str
    expected: str
    found: str

    def __str__(self) -> str:
        """One line, ready for a terminal."""
        return f"{self.file}: {self.kind}: expected {self.expected}; found {self.found}"


@dataclass(slots=True)
class VerifyReport:
    """The outcome: `ok` where nothing differs. `root` is the manifest's root as recomputed, in hex.

    `notes` say what could not be checked here.
    """

    differences: list[Difference] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    units: int = 0
    stations: int = 0
    pages: int = 0
    plenaries: int = 0
    signatures: int = 0
    root: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was found as it must be."""
        return not self.differences

    def add(self, file: str, kind: str, expected: object, found: object) -> None:
        """Note a difference."""
        self.differences.append(Difference(file, kind, _shown(expected), _shown(found)))

    def compare(self, file: str, kind: str, expected: object, found: object) -> None:
        """Note a difference where the two are not equal (True is not 1)."""
        if expected != found or isinstance(expected, bool) != isinstance(found, bool):
            self.add(file, kind, expected, found)

    def compare_each(self, file: str, kind: str, expected: Sequence[object], found: Sequence[object]) -> None:
        """Two lists, item by item, so that the one that differs is named by its place."""
        for place, (wanted, given) in enumerate(zip_longest(expected, found), start=1):
            self.compare(file, f"{kind} {place}", wanted, given)


def _shown(value: object, most: int = 200) -> str:
    text = "nothing" if value is None else str(value)
    text = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
