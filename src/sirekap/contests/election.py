"""What is voted on, who stands for offices that one wins, and the election's own limits.

An election is described by `election.toml` (see docs/formats.md); who stands comes from a CSV of tickets.
Limits such as the voters on a station's roll are data of the election, not constants: 300 in Pemilu 2024
(KPU's regulation; the law's cap is 500), 600 in Pilkada 2024.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import NATION, Tier
from sirekap.tables import Row, read_table, whole_number

CONTEST_CODES = ("ppwp", "pdpr", "pdpd", "pdprdp", "pdprdk", "pkwkp", "pkwkk")
# Where a contest ends that does not go up to the nation: whose governor, regent or DPRD it is.
DECIDED_AT = {
    "pkwkp": Tier.PROVINCE,
    "pdprdp": Tier.PROVINCE,
    "pkwkk": Tier.REGENCY,
    "pdprdk": Tier.REGENCY,
}
SYNTHETIC_ID = 900_000
COLOURS = ("#3366aa", "#ee7733", "#228833", "#aa3377", "#66ccee", "#bbbb33", "#777777")


def decided_at(contest: str) -> Tier:
    """The tier at which a contest is decided, and above which it is summed no further.

    >>> decided_at("pkwkk").name, decided_at("ppwp").name
    ('REGENCY', 'NATION')
    """
    return DECIDED_AT.get(contest, Tier.NATION)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A pair that stands. `id` is KPU's where the input gives it, else 900000 + number, stable."""

    number: int
    id: int
    name: str
    colour: str

    @property
    def figure(self) -> str:
        """The name of the ticket's figure on a sheet."""
        return f"suara_{self.number}"


@dataclass(frozen=True, slots=True)
class Contest:
    """One thing voted on: its code (`ppwp` …), the form its stations fill, and who stands."""

    code: str
    form: str
    tickets: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True)
class Election:
    """An election's own data. `voters_per_station` limits a station's roll (a warning above it)."""

    name: str
    day: date
    voters_per_station: int
    contests: tuple[Contest, ...]
    nation: str = "INDONESIA"
    area: str = NATION

    def contest(self, code: str) -> Contest:
        """The contest of a code. Raises InputError for one that the election does not hold."""
        for contest in self.contests:
            if contest.code == code:
                return contest
        held = ", ".join(contest.code for contest in self.contests)
        raise InputError([Problem("election.toml", f"one of {held}", quoted(code), column="contest")])

    def with_tickets(self, code: str, tickets: tuple[Ticket, ...]) -> Election:
        """The same election with the contest's tickets replaced."""
        self.contest(code)
        return replace(
            self,
            contests=tuple(
                replace(contest, tickets=tickets) if contest.code == code else contest
                for contest in self.contests
            ),
        )


def parse_election(data: bytes, file: str = "election.toml") -> Election:
    """An election from `election.toml`. Raises InputError with every fault of the file."""
    try:
        tree = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([Problem(file, "TOML in UTF-8", str(error))]) from error
    problems: list[Problem] = []
    name = _field(tree, "name", str, file, problems)
    day = _field(tree, "day", date, file, problems)
    limits = _field(tree, "limits", dict, file, problems) or {}
    voters = _field(limits, "voters_per_station", int, file, problems)
    if isinstance(voters, int) and not 1 <= voters <= 999:
        problems.append(Problem(file, "1 to 999", str(voters), column="limits.voters_per_station"))
    contests = tuple(_contests(tree, file, problems))
    if problems:
        raise InputError(problems)
    assert name is not None and day is not None and voters is not None
    return Election(name, day, voters, contests, str(tree.get("nation", "INDONESIA")))


def _field(tree: Mapping[str, Any], key: str, kind: type, file: str, problems: list[Problem]) -> Any:
    value = tree.get(key)
    exact = kind is not date or type(value) is date  # a date-time is a date to Python, not to a calendar
    if isinstance(value, kind) and not isinstance(value, bool) and exact:
        return value
    found = "nothing" if value is None else quoted(value)
    problems.append(
        Problem(
            file,
            {str: "a text", int: "a whole number", date: "a date such as 2024-02-14", dict: "a table"}.get(
                kind, kind.__name__
            ),
            found,
            column=key,
        )
    )
    return None


def _contests(tree: Mapping[str, Any], file: str, problems: list[Problem]) -> list[Contest]:
    tables = tree.get("contest")
    if not isinstance(tables, list) or not tables:
        problems.append(Problem(file, "at least one [[contest]]", "none", column="contest"))
        return []
    contests: list[Contest] = []
    for position, table in enumerate(tables, start=1):
        column = f"contest {position}"
        code, form = table.get("code"), table.get("form")
        if code not in CONTEST_CODES:
            problems.append(Problem(file, f"a code of {', '.join(CONTEST_CODES)}", quoted(code), column=column))
        elif any(contest.code == code for contest in contests):
            problems.append(Problem(file, "each contest once", f"{code} again", column=column))
        elif not isinstance(form, str):
            problems.append(Problem(file, "a form such as C.HASIL-PPWP/2024", quoted(form), column=column))
        else:
            contests.append(Contest(code, form))
    return contests


def parse_tickets(data: bytes, file: str) -> tuple[Ticket, ...]:
    """Tickets from a CSV, in order of number.

    Columns: `nomor_urut` and either `nama` or `calon_presiden` (with `calon_wakil_presiden`); optional `id`
    (KPU's) and `warna` (#rrggbb). Raises InputError with every bad row.
    """
    table = read_table(data, file, ("nomor_urut",))
    problems = list(table.problems)
    if "nama" not in table.columns and "calon_presiden" not in table.columns:
        raise InputError(
            [
                Problem(
                    file,
                    "a column nama or calon_presiden",
                    f"the columns {', '.join(table.columns)}",
                    1,
                    "nama",
                )
            ]
        )
    tickets: dict[int, Ticket] = {}
    for row in table.rows:
        ticket = _ticket(row, file)
        if isinstance(ticket, Problem):
            problems.append(ticket)
        elif ticket.number in tickets:
            problems.append(Problem(file, "each number once", str(ticket.number), row.line, "nomor_urut"))
        elif ticket.id in {other.id for other in tickets.values()}:
            problems.append(Problem(file, "each id once", str(ticket.id), row.line, "id"))
        else:
            tickets[ticket.number] = ticket
    missing = set(range(1, len(tickets) + 1)) - set(tickets)
    if missing and not problems:
        problems.append(
            Problem(file, "the numbers 1, 2, 3 … without a gap", f"no {min(missing)}", column="nomor_urut")
        )
    if not tickets and not problems:
        problems.append(Problem(file, "at least one ticket", "a header and no rows"))
    if problems:
        raise InputError(problems)
    return tuple(tickets[number] for number in sorted(tickets))


def numbered(row: Row, file: str) -> tuple[int, int, str] | Problem:
    """Number on the ballot, id and colour of who stands, from `nomor_urut` and optional `id` and `warna`.

    The id is KPU's, or 900000 + number; a colour that is not given is one of COLOURS.
    """
    number = whole_number(row, "nomor_urut", file, least=1, most=99)
    if isinstance(number, Problem):
        return number
    if number is None:
        return Problem(file, "a number", "an empty cell", row.line, "nomor_urut")
    kpu_id = whole_number(row, "id", file, least=1, most=10**12)
    if isinstance(kpu_id, Problem):
        return kpu_id
    colour = row["warna"] or COLOURS[(number - 1) % len(COLOURS)]
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        return Problem(file, "a colour such as #8CB9BD", quoted(colour), row.line, "warna")
    return number, SYNTHETIC_ID + number if kpu_id is None else kpu_id, colour


def _ticket(row: Row, file: str) -> Ticket | Problem:
    stands = numbered(row, file)
    if isinstance(stands, Problem):
        return stands
    names = [row["nama"]] if row["nama"] else [row["calon_presiden"], row["calon_wakil_presiden"]]
    name = " – ".join(part for part in names if part)
    if not name:
        return Problem(file, "a name", "an empty cell", row.line, "nama")
    number, given_id, colour = stands
    return Ticket(number, given_id, name, colour)
