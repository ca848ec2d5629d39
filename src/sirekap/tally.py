"""The sums up the tiers, with completeness: the definition of a total.

A total rests on the sheets that people settled and, apart and marked, on those with the provisional ones. It
always tells how many stations it rests on and which are missing. Whatever adds faster (see `store`) must
equal this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sirekap.errors import InputError, Problem
from sirekap.forms import Form
from sirekap.geography import Expected, Geography, path_of
from sirekap.review import State


@dataclass(frozen=True, slots=True)
class SheetResult:
    """One station's sheet as the tally takes it: its state, and its figures (None is blank).

    `figures` is empty while the sheet is in review. `open_errors` must be empty unless it is.
    """

    station: str
    state: State
    figures: Mapping[str, int | None]
    open_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many stations a total rests on. `present` = settled + provisional + review.

    `missing` counts the known stations without a photograph; `unknown_villages` the villages whose
    number of stations nobody gave, so that no percentage is honest.
    """

    expected: int
    unknown_villages: int
    present: int
    settled: int
    provisional: int
    review: int
    missing: int


@dataclass(slots=True)
class Sums:
    """Figure by figure: the sum, and on how many sheets it was blank (which adds nothing, and is told)."""

    sheets: int = 0
    values: dict[str, int] = field(default_factory=dict)
    blanks: dict[str, int] = field(default_factory=dict)

    def add(self, figures: Mapping[str, int | None]) -> None:
        """Add one sheet."""
        self.sheets += 1
        for name, value in figures.items():
            if value is None:
                self.blanks[name] = self.blanks.get(name, 0) + 1
            else:
                self.values[name] = self.values.get(name, 0) + value


@dataclass(frozen=True, slots=True)
class Total:
    """A unit's total: `settled` rests on settled sheets, `provisional` on those and the provisional ones."""

    code: str
    completeness: Completeness
    settled: Sums
    provisional: Sums


def tally(geography: Geography, form: Form, sheets: Iterable[SheetResult]) -> dict[str, Total]:
    """Totals of every unit from the nation to the village, by code.

    Raises InputError for an unknown station, a station given twice, a sheet with an open error that would
    count, or a figure that the form does not hold: a wrong total is worse than none.
    """
    taken = _checked(geography, form, list(sheets))
    settled: dict[str, Sums] = {}
    both: dict[str, Sums] = {}
    counts: dict[str, list[int]] = {}
    extra: dict[str, int] = {}
    for sheet in taken:
        known = geography.units[sheet.station[:-3]].stations is not None
        for code in path_of(sheet.station)[:-1]:
            count = counts.setdefault(code, [0, 0, 0])
            count[(State.SETTLED, State.PROVISIONAL, State.REVIEW).index(sheet.state)] += 1
            extra[code] = extra.get(code, 0) + (0 if known else 1)
            if sheet.state is not State.REVIEW:
                both.setdefault(code, Sums()).add(sheet.figures)
            if sheet.state is State.SETTLED:
                settled.setdefault(code, Sums()).add(sheet.figures)
    return {
        code: Total(
            code,
            _completeness(geography.expected(code), counts.get(code, [0, 0, 0]), extra.get(code, 0)),
            settled.get(code, Sums()),
            both.get(code, Sums()),
        )
        for code in geography.units
    }


def _completeness(expected: Expected, counts: list[int], outside: int) -> Completeness:
    """`outside` are stations of villages with an unknown number: they are in, but were not expected."""
    present = sum(counts)
    settled, provisional, review = counts
    missing = expected.stations - (present - outside)
    return Completeness(
        expected.stations, expected.unknown_villages, present, settled, provisional, review, missing
    )


def _checked(geography: Geography, form: Form, sheets: list[SheetResult]) -> list[SheetResult]:
    problems: list[Problem] = []
    seen: set[str] = set()
    names = set(form.names)
    for sheet in sheets:
        if not geography.has_station(sheet.station):
            problems.append(Problem("tally", "a station of this election", sheet.station, column="station"))
        if sheet.station in seen:
            problems.append(
                Problem(
                    "tally",
                    "each station once",
                    f"{sheet.station} again",
                    column="station",
                    advice="A station counted twice would falsify every total above it.",
                )
            )
        seen.add(sheet.station)
        if sheet.state is not State.REVIEW and sheet.open_errors:
            problems.append(
                Problem(
                    "tally",
                    "no open error",
                    ", ".join(sheet.open_errors),
                    column=sheet.station,
                    advice="Review the sheet or acknowledge the finding.",
                )
            )
        strange = sorted(set(sheet.figures) - names)
        if strange:
            problems.append(Problem("tally", f"figures of {form.id}", ", ".join(strange), column=sheet.station))
    if problems:
        raise InputError(problems)
    return sheets
