"""The tiers of the election and their stations: who sums into whom.

Codes nest in 2, 4, 6, 10 and 13 digits: province, regency, district, village, station (KPU and the Ministry
of Home Affairs). The station's code is the village's and its number in three digits. Overseas is 99, with
the same nesting: 99, representation's country, its committee (PPLN), its way of voting, its station.
The nation is code "0".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import IntEnum

from sirekap.errors import InputError, Problem, quoted
from sirekap.tables import Row, Table, read_table, whole_number

NATION = "0"
OVERSEAS = "99"
COLUMNS = ("kode", "nama", "tingkat", "tps")
MOST_STATIONS_OF_A_VILLAGE = 999


class Tier(IntEnum):
    """`tingkat` of a unit; a station is the tier below the village."""

    NATION = 0
    PROVINCE = 1
    REGENCY = 2
    DISTRICT = 3
    VILLAGE = 4
    STATION = 5


LENGTH = {Tier.PROVINCE: 2, Tier.REGENCY: 4, Tier.DISTRICT: 6, Tier.VILLAGE: 10, Tier.STATION: 13}
TIER_OF_LENGTH = {length: tier for tier, length in LENGTH.items()}


def tier_of(code: str) -> Tier:
    """The tier that a code's length tells. Raises ValueError for a code of no tier.

    >>> tier_of("3173011006272").name
    'STATION'
    """
    if code == NATION:
        return Tier.NATION
    tier = TIER_OF_LENGTH.get(len(code))
    if tier is None or not (code.isascii() and code.isdigit()):
        raise ValueError(f"no unit has the code {quoted(code)}: codes have 2, 4, 6, 10 or 13 digits")
    return tier


def parent_of(code: str) -> str:
    """The code of the unit that this one sums into. Raises ValueError for the nation.

    >>> parent_of("3173011006272"), parent_of("31")
    ('3173011006', '0')
    """
    tier = tier_of(code)
    if tier is Tier.NATION:
        raise ValueError("the nation sums into no unit")
    return NATION if tier is Tier.PROVINCE else code[: LENGTH[Tier(tier - 1)]]


def path_of(code: str) -> tuple[str, ...]:
    """The codes from the nation down to this one, both included."""
    path = [code]
    while path[-1] != NATION:
        path.append(parent_of(path[-1]))
    return tuple(reversed(path))


def certified_into(code: str) -> str:
    """The unit whose plenary takes this unit's certificate: the parent, for a PPLN the nation.

    Raises ValueError for the nation.

    >>> certified_into("317301"), certified_into("990101")
    ('3173', '0')
    """
    overseas = code.startswith(OVERSEAS) and tier_of(code) is Tier.DISTRICT
    return NATION if overseas else parent_of(code)


@dataclass(frozen=True, slots=True)
class Unit:
    """An area of a tier. `stations` is None where the source does not know their number."""

    code: str
    name: str
    tier: Tier
    stations: int | None
    kpu_id: int | None = None

    @property
    def overseas(self) -> bool:
        """Whether the unit lies in the tree of the overseas committees (PPLN)."""
        return self.code.startswith(OVERSEAS)


@dataclass(frozen=True, slots=True)
class Expected:
    """How many stations a unit expects: those known, and the villages whose number nobody gave."""

    stations: int
    unknown_villages: int

    def __add__(self, other: Expected) -> Expected:
        """The two together."""
        return Expected(self.stations + other.stations, self.unknown_villages + other.unknown_villages)


@dataclass(frozen=True)
class Geography:
    """All units by code, ordered by code, with their children. Built by `parse_geography`."""

    units: Mapping[str, Unit]
    warnings: tuple[str, ...] = ()
    _children: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _expected: dict[str, Expected] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Index children and expectations once; both are asked for at every tier."""
        for code, unit in sorted(self.units.items()):
            if unit.tier is not Tier.NATION:
                self._children.setdefault(parent_of(code), []).append(code)
        for code, unit in self.units.items():
            if unit.tier is not Tier.VILLAGE:
                continue
            own = Expected(0, 1) if unit.stations is None else Expected(unit.stations, 0)
            for ancestor in path_of(code):
                self._expected[ancestor] = self._expected.get(ancestor, Expected(0, 0)) + own

    def children(self, code: str) -> tuple[Unit, ...]:
        """The units that sum into this one, by code; none for a village."""
        return tuple(self.units[child] for child in self._children.get(code, ()))

    def expected(self, code: str) -> Expected:
        """The stations that a unit expects, from its villages."""
        return self._expected.get(code, Expected(0, 0))

    def stations(self, village: str) -> Iterator[str]:
        """The codes of a village's known stations; none where their number is unknown."""
        for number in range(1, (self.units[village].stations or 0) + 1):
            yield f"{village}{number:03d}"

    def has_station(self, code: str) -> bool:
        """Whether the code is a station of this election.

        In a village whose number of stations is unknown any number counts as one: it cannot be refuted.
        """
        if len(code) != LENGTH[Tier.STATION] or not (code.isascii() and code.isdigit()):
            return False
        village = self.units.get(code[:-3])
        if village is None or village.tier is not Tier.VILLAGE:
            return False
        number = int(code[-3:])
        return number >= 1 and (village.stations is None or number <= village.stations)

    def name_of(self, code: str) -> str:
        """The unit's name, or "TPS 007" for a station."""
        return f"TPS {code[-3:]}" if len(code) == LENGTH[Tier.STATION] else self.units[code].name


def parse_geography(data: bytes, file: str, nation: str = "INDONESIA") -> Geography:
    """Geography from a CSV with the columns `kode,nama,tingkat,tps` and, where KPU gave ids, `id`.

    An empty `tps` of a village is an unknown number of stations. Upper tiers are summed from the villages; a
    `tps` there that differs from the sum is told in `warnings` and never used. Raises InputError with every
    bad row (orphan, repeated code, wrong tier, no number); nothing is half-loaded.
    """
    table = read_table(data, file, COLUMNS)
    problems = list(table.problems)
    units: dict[str, Unit] = {}
    lines: dict[str, int] = {}
    faulty: set[str] = set()
    for row in table.rows:
        unit = _unit(row, file)
        if isinstance(unit, Problem):
            problems.append(unit)
            faulty.add(row["kode"])
        elif unit.code in units:
            problems.append(
                Problem(
                    file,
                    "each code once",
                    f"{unit.code} again (first in row {lines[unit.code]})",
                    row.line,
                    "kode",
                    "Take one of the two rows out.",
                )
            )
        else:
            units[unit.code], lines[unit.code] = unit, row.line
    problems += _orphans(units, lines, faulty, file)
    if not table.rows and not problems:
        problems.append(Problem(file, "at least one province", "a header and no rows"))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0))
    units.setdefault(NATION, Unit(NATION, nation, Tier.NATION, None))
    geography = Geography(units)
    return Geography(units, tuple(_disagreements(geography, table, lines)))


def _unit(row: Row, file: str) -> Unit | Problem:
    code = row["kode"]
    try:
        tier = tier_of(code)
    except ValueError:
        return Problem(file, "a code of 2, 4, 6 or 10 digits (0 for the nation)", quoted(code), row.line, "kode")
    if tier is Tier.STATION:
        return Problem(
            file,
            "a code of 2, 4, 6 or 10 digits",
            quoted(code),
            row.line,
            "kode",
            "Stations follow from the village's number of stations; take the row out.",
        )
    level = row["tingkat"]
    if level != str(int(tier)):
        return Problem(
            file, f"{int(tier)}, the tier of a code of {len(code)} digits", quoted(level), row.line, "tingkat"
        )
    most = MOST_STATIONS_OF_A_VILLAGE if tier is Tier.VILLAGE else 10**7
    stations = whole_number(row, "tps", file, most=most)
    if isinstance(stations, Problem):
        return stations
    kpu_id = whole_number(row, "id", file, most=10**12)
    if isinstance(kpu_id, Problem):
        return kpu_id
    if not row["nama"]:
        return Problem(file, "a name", "an empty cell", row.line, "nama")
    return Unit(code, row["nama"], tier, stations, kpu_id)


def _orphans(
    units: Mapping[str, Unit], lines: Mapping[str, int], faulty: Set[str], file: str
) -> Iterator[Problem]:
    """Rows without the unit above them; where that one's own row is faulty it is told already."""
    for code, unit in units.items():
        if unit.tier in (Tier.NATION, Tier.PROVINCE):
            continue
        parent = parent_of(code)
        if parent not in units and parent not in faulty:
            above = Tier(unit.tier - 1).name.lower()
            yield Problem(
                file,
                f"a row for its {above} {parent}",
                f"none, so {code} is an orphan",
                lines[code],
                "kode",
                f"Add the {above} or mend the code.",
            )


def _disagreements(geography: Geography, table: Table, lines: Mapping[str, int]) -> Iterator[str]:
    for code, unit in geography.units.items():
        if unit.tier in (Tier.NATION, Tier.VILLAGE) or unit.stations is None:
            continue
        expected = geography.expected(code)
        if expected.unknown_villages == 0 and expected.stations != unit.stations:
            yield (
                f"{table.file}, row {lines[code]}: {unit.name} ({code}) gives {unit.stations} stations, "
                f"its villages sum to {expected.stations}; the sum is used"
            )
