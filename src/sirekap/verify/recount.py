"""The recount: every sheet added up by hand, one after the other, into every unit above it.

Written apart from `sirekap.tally` on purpose, and as plainly as possible: two programs that agree are worth
more than one that is right about itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sirekap.figures import Figure
from sirekap.verify.sheets import Sheet

TIERS = ("nation", "province", "regency", "district", "village")
LENGTHS = (1, 2, 4, 6, 10)
VOTED, ROLL = "pengguna_total_j", "pemilih_dpt_j"


def units_above(village: str) -> tuple[str, ...]:
    """A village and every unit above it, the nation first.

    >>> units_above("3171011001")
    ('0', '31', '3171', '317101', '3171011001')
    """
    return ("0", *(village[:length] for length in LENGTHS[1:]))


@dataclass(slots=True)
class Pile:
    """Some sheets added up: how many, the sum of each figure, and on how many each was blank."""

    sheets: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    blanks: dict[str, int] = field(default_factory=dict)

    def add(self, figures: dict[str, Figure]) -> None:
        """Lay one more sheet on the pile."""
        self.sheets += 1
        for name, figure in figures.items():
            if figure.value is not None:
                self.sums[name] = self.sums.get(name, 0) + figure.value
            elif figure.status == "blank":
                self.blanks[name] = self.blanks.get(name, 0) + 1


@dataclass(slots=True)
class Unit:
    """What the recount knows of a unit."""

    known: int = 0
    unknown_villages: int = 0
    states: dict[str, int] = field(default_factory=lambda: {"settled": 0, "provisional": 0, "review": 0})
    unexpected: int = 0
    settled: Pile = field(default_factory=Pile)
    provisional: Pile = field(default_factory=Pile)


class Recount:
    """Sums of every unit. Give it the villages first, then the sheets."""

    def __init__(self, names: tuple[str, ...], tickets: tuple[str, ...]) -> None:
        """`names` are the form's figures in order, `tickets` those of the tickets' votes."""
        self.names, self.tickets = names, tickets
        self.units: dict[str, Unit] = {}
        self.villages: dict[str, int | None] = {}

    def add_unit(self, code: str) -> None:
        """A unit exists, even if no sheet of it does."""
        self.units.setdefault(code, Unit())

    def add_village(self, code: str, stations: int | None) -> None:
        """A village and how many stations it says it has."""
        self.villages[code] = stations
        for above in units_above(code):
            unit = self.units.setdefault(above, Unit())
            if stations is None:
                unit.unknown_villages += 1
            else:
                unit.known += stations

    def add_sheet(self, sheet: Sheet) -> None:
        """A sheet, into its village and all above. A sheet in review is counted as in, and adds nothing."""
        village = sheet.station[:10]
        for above in units_above(village):
            unit = self.units.setdefault(above, Unit())
            unit.states[sheet.state] += 1
            if self.villages.get(village) is None:
                unit.unexpected += 1
            if sheet.state == "settled":
                unit.settled.add(sheet.figures)
            if sheet.state in ("settled", "provisional"):
                unit.provisional.add(sheet.figures)

    def document(self, code: str) -> dict[str, Any]:
        """What a unit's document must say: completeness, settled, provisional."""
        unit = self.units[code]
        present = sum(unit.states.values())
        nobody_knows = unit.known == 0 and unit.unknown_villages > 0
        return {
            "completeness": {
                "expected": None if nobody_knows else unit.known,
                "unknown_villages": unit.unknown_villages,
                "present": present,
                **unit.states,
                "missing": None if nobody_knows else unit.known - (present - unit.unexpected),
            },
            "settled": self._pile(unit.settled),
            "provisional": self._pile(unit.provisional),
        }

    def _pile(self, pile: Pile) -> dict[str, Any]:
        votes = sum(pile.sums.get(name, 0) for name in self.tickets)
        return {
            "sheets": pile.sheets,
            "sums": dict(pile.sums),
            "blanks": dict(pile.blanks),
            "shares": {name: ratio(pile.sums.get(name, 0), votes) for name in self.tickets} if votes else {},
            "turnout": ratio(pile.sums[VOTED], pile.sums[ROLL])
            if VOTED in pile.sums and pile.sums.get(ROLL)
            else None,
        }


def ratio(part: int, whole: int) -> int:
    """Hundredths of a percent, rounded half up: the nearest whole number to 10000 × part / whole.

    >>> ratio(1, 3), ratio(1, 20_000)
    (3333, 1)
    """
    hundredths, rest = divmod(10_000 * part, whole)
    return hundredths + (1 if 2 * rest >= whole else 0)
