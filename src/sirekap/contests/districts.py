"""Electoral districts (daerah pemilihan): where the seats of the DPR and the DPRD are won.

KPU lists them with the units that each is made of: regencies for the DPR (KPU regulation 6/2023), regencies or
districts for the provincial DPRD, districts or villages for the regency's. A unit that is split between districts
stands there once more as a heading ("KOTA MEDAN A", `is_pecah`), with the smaller units of each part below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import NATION, OVERSEAS, Tier, tier_of
from sirekap.tables import Row, read_table, whole_number, yes_or_no

# `jenis_dapil` as KPU writes it, and the contest's own code.
HOUSES = {"DPR RI": "pdpr", "DPRD PROVINSI": "pdprdp", "DPRD KABUPATEN/KOTA": "pdprdk"}
HOUSES |= {code: code for code in tuple(HOUSES.values())}
COLUMNS = ("kode_dapil", "jenis_dapil", "nama_dapil", "kode_wilayah")
ABROAD = "LUAR NEGERI"  # voters abroad belong to a district of Jakarta; KPU names them beside a unit of it
MOST_SEATS = 99


@dataclass(frozen=True, slots=True)
class ElectoralDistrict:
    """Where seats of a house are won: `units` are the codes that it is made of, none within another.

    `seats` is None where the source does not give them. Codes are unique among all contests.
    """

    code: str
    name: str
    contest: str
    seats: int | None
    units: tuple[str, ...]

    def holds(self, code: str) -> bool:
        """Whether a unit or station lies in it as a whole."""
        return any(code.startswith(unit) for unit in self.units)

    def touches(self, code: str) -> bool:
        """Whether it lies in a unit at least in part, or the unit in it; the nation touches all."""
        return code == NATION or self.holds(code) or any(unit.startswith(code) for unit in self.units)


@dataclass(slots=True)
class _Built:
    """A district while its rows are read."""

    row: int
    name: str
    contest: str
    seats: int | None
    units: dict[str, int] = field(default_factory=dict)
    split: dict[str, int] = field(default_factory=dict)


def parse_districts(data: bytes, file: str) -> tuple[ElectoralDistrict, ...]:
    """Districts from a CSV with a row for each unit of each, by code.

    Columns: `kode_dapil`, `jenis_dapil` (DPR RI, DPRD PROVINSI, DPRD KABUPATEN/KOTA, or a contest's code),
    `nama_dapil`, `kode_wilayah`; optional `kursi` (the same in all rows of a district), `is_pecah` (the row is
    the heading of a part of a split unit) and `nama` (a unit's name; where it says LUAR NEGERI the voters abroad,
    99, belong to the district too). Raises InputError with every bad row.
    """
    table = read_table(data, file, COLUMNS)
    problems = list(table.problems)
    built: dict[str, _Built] = {}
    for row in table.rows:
        problem = _take(row, file, built)
        if problem is not None:
            problems.append(problem)
    problems += _overlaps(built, file)
    problems += (
        Problem(file, f"the smaller units of {unit} in {code}", "none", line, "kode_wilayah")
        for code, district in built.items()
        for unit, line in district.split.items()
        if not any(other.startswith(unit) and other != unit for other in district.units)
    )
    if not built and not problems:
        problems.append(Problem(file, "at least one district", "a header and no rows"))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0))
    return tuple(
        ElectoralDistrict(code, one.name, one.contest, one.seats, tuple(sorted(one.units)))
        for code, one in sorted(built.items())
    )


def _take(row: Row, file: str, built: dict[str, _Built]) -> Problem | None:
    """Put one row where it belongs, or say what is wrong with it."""
    code, house, name, unit = (row[column] for column in COLUMNS)
    if not re.fullmatch(r"[0-9]{2,8}", code, re.ASCII):
        return Problem(file, "a district's code of 2 to 8 digits", quoted(code), row.line, "kode_dapil")
    if house not in HOUSES:
        return Problem(file, f"one of {', '.join(HOUSES)}", quoted(house), row.line, "jenis_dapil")
    if not name:
        return Problem(file, "a name", "an empty cell", row.line, "nama_dapil")
    seats = whole_number(row, "kursi", file, least=1, most=MOST_SEATS)
    if isinstance(seats, Problem):
        return seats
    split = yes_or_no(row, "is_pecah", file)
    if isinstance(split, Problem):
        return split
    try:
        tier = tier_of(unit)
    except ValueError:
        tier = Tier.STATION
    if tier in (Tier.NATION, Tier.STATION):
        return Problem(file, "a unit's code of 2, 4, 6 or 10 digits", quoted(unit), row.line, "kode_wilayah")
    district = built.setdefault(code, _Built(row.line, name, HOUSES[house], seats))
    told: tuple[tuple[str, object, object], ...] = (
        ("nama_dapil", district.name, name),
        ("jenis_dapil", district.contest, HOUSES[house]),
        ("kursi", district.seats, seats),
    )
    for column, before, now in told:
        if before != now:
            expected = f"{quoted(before)} as in row {district.row}"
            return Problem(file, expected, quoted(now), row.line, column)
    kept = district.split if split else district.units
    if unit in kept:
        return Problem(file, f"each unit once in {code}", f"{unit} again", row.line, "kode_wilayah")
    kept[unit] = row.line
    if ABROAD in row["nama"].upper():
        district.units.setdefault(OVERSEAS, row.line)
    return None


def _overlaps(built: Mapping[str, _Built], file: str) -> Iterator[Problem]:
    """A vote belongs to one district of a contest: no unit stands in two, or within another."""
    seen: dict[tuple[str, str], str] = {}
    rows = [(unit, line, code) for code, one in built.items() for unit, line in one.units.items()]
    for unit, line, code in sorted(rows, key=lambda row: (len(row[0]), row[1])):
        contest = built[code].contest
        for length in (2, 4, 6, 10):
            held = seen.get((contest, unit[:length])) if length <= len(unit) else None
            if held is not None:
                found = f"{unit} lies in {held} already"
                yield Problem(file, f"each unit in one district of {contest}", found, line, "kode_wilayah")
                break
        else:
            seen[contest, unit] = code


def parse_district_seats(data: bytes, file: str) -> dict[str, int]:
    """Seats by district's code from a CSV with the columns `kode_dapil` and `kursi`.

    Raises InputError with every bad row.
    """
    table = read_table(data, file, ("kode_dapil", "kursi"))
    problems = list(table.problems)
    seats: dict[str, int] = {}
    for row in table.rows:
        number = whole_number(row, "kursi", file, least=1, most=MOST_SEATS)
        code = row["kode_dapil"]
        if isinstance(number, Problem):
            problems.append(number)
        elif number is None:
            problems.append(Problem(file, "a number of seats", "an empty cell", row.line, "kursi"))
        elif not code or code in seats:
            found = "an empty cell" if not code else f"{code} again"
            problems.append(Problem(file, "each district once", found, row.line, "kode_dapil"))
        else:
            seats[code] = number
    if not seats and not problems:
        problems.append(Problem(file, "at least one district", "a header and no rows"))
    if problems:
        raise InputError(problems)
    return seats
