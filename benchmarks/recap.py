"""A nation's plenary over certificates of a nation's size, and its sums against the tally.

    python -m benchmarks.recap

Units and certificates of the whole country are made up and written into a workspace on SQLite: 38 provinces, 514
regencies, 7,277 districts, 823,236 stations in the certificates of their districts, one in a thousand of them
corrected, and some whose sheet changed since. Then the plenaries of the nation, of a province and of a regency
are looked at as their panels do: parts, sums, what keeps them from closing. Exit status 1 where one takes more
than MOST seconds, or where the sums of a sample of districts are not those of `tally`.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

PROVINCES, REGENCIES, DISTRICTS, STATIONS = 38, 514, 7277, 823_236
MOST, ROUNDS, SAMPLE, SEED = 1.0, 5, 20, 20240217
MOVED = 20  # stations whose sheet changed since, about so many
CONTEST = "ppwp"
ELECTION = b"""name = "Pemilu"
day = 2024-02-14
[limits]
voters_per_station = 300
[[contest]]
code = "ppwp"
form = "C.HASIL-PPWP/2024"
"""


def districts() -> dict[str, int]:
    """The districts with how many stations each has, by code; spread evenly over regencies and provinces."""
    found: dict[str, int] = {}
    for number in range(DISTRICTS):
        regency = number % REGENCIES
        province = 11 + regency % PROVINCES
        code = f"{province:02d}{regency // PROVINCES + 1:02d}{number // REGENCIES + 1:02d}"
        found[code] = STATIONS // DISTRICTS + (1 if number < STATIONS % DISTRICTS else 0)
    return found


def units(stations: dict[str, int]) -> Iterator[tuple[str, int, int | None]]:
    """Code, tier and stations of every unit; a district is one village."""
    yield "0", 0, None
    seen: set[str] = set()
    for code, number in sorted(stations.items()):
        for tier, length in ((1, 2), (2, 4), (3, 6)):
            if code[:length] not in seen:
                seen.add(code[:length])
                yield code[:length], tier, None
        yield f"{code}1001", 4, number


class Country:
    """A workspace of a nation's certificates."""

    def __init__(self, folder: Path) -> None:
        """Make it; this takes minutes."""
        from sirekap.forms import C_HASIL_PPWP_2024
        from sirekap.store.setup import create_workspace

        self.form, self.dice = C_HASIL_PPWP_2024, random.Random(SEED)
        self.stations = districts()
        self.workspace: Any = create_workspace(folder / "ws", ELECTION, database="")
        self._units()
        self._account()
        self.papers: dict[str, list[list[Any]]] = {}
        below = [self._district(code, number) for code, number in sorted(self.stations.items())]
        for length in (4, 2):
            below = self._above(below, length)

    def _units(self) -> None:
        from sirekap.store.models import Unit

        rows = [
            Unit(code=code, name=f"UNIT {code}", tier=tier, stations=number)
            for code, tier, number in units(self.stations)
        ]
        self.workspace.rows(Unit).bulk_create(rows, batch_size=5000)

    def _account(self) -> None:
        from sirekap.store.account_loading import create_accounts
        from sirekap.store.accounts import THE_PROGRAM, account_of
        from sirekap.store.loading import now

        self.at = now()
        text = b"role,unit,stands_for,name,login\nkpu_ri,0,,,ri-1\n"
        create_accounts(self.workspace, text, "people.csv", THE_PROGRAM, self.at, lambda issued: None)
        self.account = account_of(self.workspace, "ri-1")

    def _district(self, code: str, number: int) -> tuple[str, list[Any], list[Any]]:
        names = self.form.names
        parts, corrections = [], []
        for station in range(1, number + 1):
            where = f"{code}1001{station:03d}"
            values: list[int | None] = [self.dice.randrange(300) for _ in names]
            counted = list(values)
            if self.dice.random() < 0.001:  # one correction in a thousand stations
                counted[0] = (values[0] or 0) + 1
                corrections.append(_correction(where, names[0], values[0], counted[0]))
            parts.append([where, "d" * 64, 1, values, counted])
        self._write(code, parts, corrections, number)
        return code, _summed(parts), corrections

    def _above(self, below: list[tuple[str, list[Any], list[Any]]], length: int) -> list[Any]:
        groups: dict[str, list[tuple[str, list[Any], list[Any]]]] = {}
        for item in below:
            groups.setdefault(item[0][:length], []).append(item)
        found = []
        for code, items in sorted(groups.items()):
            parts = [[unit, f"1:{'b' * 64}", *sums] for unit, sums, _ in items]
            corrections = [one for _, _, some in items for one in some]
            self._write(code, parts, corrections, sum(sums[0] for _, sums, _ in items))
            found.append((code, _summed(parts), corrections))
        return found

    def _write(self, unit: str, parts: list[Any], corrections: list[Any], stations: int) -> None:
        from sirekap.store.models import MovedSheet, Plenary, PlenaryAct, RecapVersion

        rows = self.workspace.rows
        plenary = rows(Plenary).create(contest_id=CONTEST, unit=unit)
        told = {"who": "panel", "at": "2024-02-17T09:00:00Z"}
        acts = (
            {"act": "open", **told, "missing": [], "decision": ""},
            {"act": "close", **told, "version": 1, "digest": "b" * 64},
        )
        for number, act in enumerate(acts, start=1):
            rows(PlenaryAct).create(
                plenary=plenary, number=number, kind=act["act"], act=act, request=uuid4(), account=self.account,
                at=self.at,
            )  # fmt: skip
        version = rows(RecapVersion).create(
            plenary=plenary, version=1, body="b" * 64, figures=list(self.form.names), parts=parts,
            corrections=corrections, missing=[], stations=stations, expected=stations, unknown_villages=0,
            at=self.at,
        )  # fmt: skip
        if len(unit) == 6 and self.dice.random() < MOVED / DISTRICTS:
            rows(MovedSheet).create(version=version, station=parts[0][0], at=self.at)


def _correction(station: str, figure: str, before: int | None, after: int | None) -> dict[str, Any]:
    told = {"who": "panel", "at": "2024-02-17T09:00:00Z", "reason": "salah tulis", "minutes": "BA 1"}
    return {"act": "correct", **told, "part": station, "figure": figure, "before": before, "after": after}


def _summed(parts: list[Any]) -> list[Any]:
    """Stations, sums of the sheets, certified sums."""
    sheets = [sum(column) for column in zip(*(part[3] for part in parts), strict=True)]
    counted = [sum(column) for column in zip(*(part[4] for part in parts), strict=True)]
    return [sum(part[2] for part in parts), sheets, counted]


def compared(country: Country) -> None:
    """The plenaries' sums of some districts against `tally` over their stations. Raises SystemExit."""
    from sirekap.geography import parse_geography
    from sirekap.review import State
    from sirekap.store.models import RecapVersion
    from sirekap.store.plenaries import sitting_of
    from sirekap.tally import SheetResult, tally

    names = country.form.names
    for code in country.dice.sample(sorted(country.stations), SAMPLE):
        village = f"{code}1001"
        lines = [
            f"{code[:2]},A,1,",
            f"{code[:4]},B,2,",
            f"{code},C,3,",
            f"{village},D,4,{country.stations[code]}",
        ]
        text = "\n".join(["kode,nama,tingkat,tps", *lines]) + "\n"
        row = country.workspace.rows(RecapVersion).get(plenary__unit=code)
        results = [
            SheetResult(part[0], State.SETTLED, dict(zip(names, part[3], strict=True))) for part in row.parts
        ]
        expected = tally(parse_geography(text.encode(), "g.csv"), country.form, results)[code].settled.values
        sitting = sitting_of(country.workspace, CONTEST, country.form, code[:4])
        part = next(item for item in sitting.parts if item.code == code)
        if dict(part.sheets) != {name: expected[name] for name in names}:
            raise SystemExit(f"{code}: the plenary's sums are not those of the tally")


def timed(country: Country, unit: str) -> float:
    """The median seconds of processor for looking at a plenary: parts, sums, what keeps it from closing."""
    from sirekap.store.plenaries import sitting_of

    taken = []
    for _ in range(ROUNDS):
        country.workspace.close()
        start = time.process_time()
        sitting = sitting_of(country.workspace, CONTEST, country.form, unit)
        assert sitting.recap.counted and sitting.blocks
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Make the country, compare, measure."""
    held = True
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        country = Country(Path(folder))
        print(f"made in {time.perf_counter() - start:.0f} s")
        compared(country)
        print(f"{SAMPLE} districts: the plenaries' sums are those of the tally")
        for unit, name in (("0", "the nation"), ("11", "a province"), ("1101", "a regency")):
            seconds = timed(country, unit)
            held &= seconds <= MOST
            print(f"{name} ({unit}): {1000 * seconds:.0f} ms of processor, expected at most {1000 * MOST:.0f}")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
