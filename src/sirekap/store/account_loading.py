"""Accounts in bulk from a CSV: all rows or none, and the same file again changes nothing.

A row asks for one account with one mandate. A row without a login is there already where as many accounts hold
that mandate under that name as the file has such rows; a row with a login adds its mandate to that account, so
one login can stand in several rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, product
from string import ascii_lowercase
from typing import Any

from django.db import connections, transaction

from sirekap.access import ROLES, Mandate, clash
from sirekap.codes import LOGIN, digest, new_code, typed_login
from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import LENGTH, Geography, Tier, tier_of
from sirekap.store.accounts import CODE_DAYS, MOST_KPPS, THE_PROGRAM, Actor, Issued, in_force, may_give
from sirekap.store.loading import BATCH, PROGRAM, geography_of, note, tickets_of
from sirekap.store.models import Account, Activation, Contest, GivenMandate
from sirekap.store.passwords import NONE_YET
from sirekap.store.setup import Workspace
from sirekap.tables import Row, read_table

COLUMNS = ("role", "unit", "stands_for", "name")
LONGEST_NAME = 80
FEW = 500  # values of one query


@dataclass(frozen=True, slots=True)
class Wanted:
    """A good row: `login` is empty where one is to be made."""

    line: int
    mandate: Mandate
    name: str
    login: str


@dataclass
class Person:
    """An account as it is or will be; `lines` are the rows that ask for what is added."""

    login: str
    name: str
    held: list[Mandate] = field(default_factory=list)
    added: list[Mandate] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change: people who are new or get a mandate; `there` are the logins of all others."""

    people: tuple[Person, ...]
    there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Created:
    """What became of a file: codes of the new accounts, logins that were there, mandates added to such."""

    issued: tuple[Issued, ...]
    there: tuple[str, ...]
    added: int


def create_accounts(
    workspace: Workspace,
    data: bytes,
    file: str,
    by: Actor,
    at: datetime,
    deliver: Callable[[Sequence[Issued]], None],
    expires: datetime | None = None,
) -> Created:
    """Make the accounts that a CSV asks for, all or none; `file` is its name.

    `deliver` brings the one-time codes to paper before anything is kept: where it fails nothing has changed. It
    may take minutes, and nobody waits for the database meanwhile; where somebody else made accounts in the same
    place by then, nothing is kept either. Raises InputError with every bad row.
    """
    wanted, problems = _rows(workspace, data, file)
    plan = _plan(workspace, wanted, problems, file, by, at)
    ends = expires or at + timedelta(days=CODE_DAYS)
    new = [person for person in plan.people if person.pk is None]
    issued = tuple(Issued(p.login, p.name, tuple(p.added), ends, new_code()) for p in new)
    added = sum(len(person.added) for person in plan.people if person.pk is not None)
    if issued:
        deliver(issued)
    if not plan.people:
        return Created((), plan.there, 0)
    with transaction.atomic(using=workspace.alias):
        _lock(workspace)
        if _plan(workspace, wanted, problems, file, by, at) != plan:
            found = "others that were made meanwhile"
            advice = "Nothing was changed; do it again."
            raise InputError([Problem(file, "the accounts that were there at first", found, advice=advice)])
        _store(workspace, plan.people, issued, by, at)
        told = {"accounts": len(issued), "mandates added": added, "there": len(plan.there)}
        note(workspace, "accounts created", file, told, by.login, at)
    return Created(issued, plan.there, added)


def _rows(workspace: Workspace, data: bytes, file: str) -> tuple[list[Wanted], list[Problem]]:
    """The good rows, and the problems of the others."""
    geography, tickets = geography_of(workspace), _tickets(workspace)
    table = read_table(data, file, COLUMNS)
    problems = list(table.problems)
    wanted: list[Wanted] = []
    for row in table.rows:
        found = _wanted(row, file, geography, tickets)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            wanted.append(found)
    if not table.rows and not problems:
        problems.append(Problem(file, "at least one account", "a header and no rows"))
    return wanted, problems


def _wanted(row: Row, file: str, geography: Geography, tickets: frozenset[str]) -> Wanted | Problem:
    """What a row asks for, or its first fault."""

    def fault(column: str, expected: str, found: str | None = None, advice: str = "") -> Problem:
        return Problem(file, expected, found or quoted(row[column]), row.line, column, advice)

    role, unit, stands_for = row["role"].lower(), row["unit"], row["stands_for"] or None
    if role not in ROLES:
        return fault("role", f"one of {', '.join(ROLES)}")
    try:
        tier_of(unit)
    except ValueError:
        return fault("unit", "a code of 2, 4, 6, 10 or 13 digits (0 for the nation)")
    if ROLES[role].stands_for != (stands_for is not None):
        names = ROLES[role].stands_for
        return fault(
            "stands_for", f"{'the id of a ticket or party' if names else 'nothing'} for {ROLES[role].name}"
        )
    if stands_for and tickets and stands_for not in tickets:
        return fault("stands_for", f"one of {', '.join(sorted(tickets))}")
    try:
        mandate = Mandate(role, unit, stands_for)
    except ValueError as error:
        return fault("unit", f"a unit of this role: {error}")
    if not (geography.has_station(unit) if len(unit) == LENGTH[Tier.STATION] else unit in geography.units):
        return fault("unit", "a unit of this election", advice="See the geography that was loaded.")
    name, login = row["name"], typed_login(row["login"])
    if not name.isprintable() or len(name) > LONGEST_NAME:
        return fault("name", f"a name of one line, at most {LONGEST_NAME} letters")
    if login and (not LOGIN.fullmatch(login) or login == PROGRAM):
        return fault("login", "3 to 40 of a-z 0-9 . _ - (or nothing: one is made)")
    return Wanted(row.line, mandate, name, login)


def _tickets(workspace: Workspace) -> frozenset[str]:
    """The ids that may be stood for, where every contest's are known; else none."""
    contests = list(workspace.rows(Contest).values_list("code", flat=True))
    held = [tickets_of(workspace, code) for code in contests]
    return frozenset(str(ticket.id) for tickets in held for ticket in tickets) if all(held) else frozenset()


def _lock(workspace: Workspace) -> None:
    """Let one load at a time look at what is there: SQLite does so by itself."""
    connection = connections[workspace.alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE store_account IN SHARE ROW EXCLUSIVE MODE")


def _plan(
    workspace: Workspace,
    wanted: Sequence[Wanted],
    problems: Sequence[Problem],
    file: str,
    by: Actor,
    at: datetime,
) -> Plan:
    """Who is new or gets a further mandate, and who is there. Raises InputError with every problem."""
    first = not workspace.rows(Account).exists()
    plan, told = _compared(workspace, wanted, file, at)
    found = [*problems, *told, *_not_given(plan.people, by, first, file)]
    if found:
        raise InputError(sorted(found, key=lambda problem: problem.row or 0))
    return plan


def _compared(
    workspace: Workspace, wanted: Sequence[Wanted], file: str, at: datetime
) -> tuple[Plan, list[Problem]]:
    """The rows beside what is there, and what cannot be."""
    problems: list[Problem] = []
    people = _known(workspace, {row.login for row in wanted if row.login}, at)
    holders = _holders(workspace, wanted, at)
    stations = Counter(mandate.unit for mandate, _, _ in holders if mandate.role == "kpps")
    pool: dict[tuple[Mandate, str], list[str]] = defaultdict(list)
    named = {row.login for row in wanted if row.login}
    for mandate, name, login in sorted(holders, key=lambda holder: holder[2], reverse=True):
        if login not in named:  # an account that has a row of its own matches no other
            pool[mandate, name].append(login)
    taken = _taken(workspace, wanted) | named
    letters: dict[str, Iterator[str]] = {}
    there: list[str] = []
    changed: dict[str, Person] = {}
    for row in wanted:
        if not row.login and pool[row.mandate, row.name]:
            there.append(pool[row.mandate, row.name].pop())
            continue
        login = row.login or _new_login(row.mandate, taken, letters)
        person = people.setdefault(login, Person(login, row.name))
        if row.mandate in person.held:
            there.append(login)
            continue
        if row.mandate.role == "kpps":
            stations[row.mandate.unit] += 1
        problems += _faults(person, row, stations, file)
        person.added.append(row.mandate)
        person.lines.append(row.line)
        changed[login] = person
    return Plan(tuple(changed.values()), tuple(there)), problems


def _faults(person: Person, row: Wanted, stations: Counter[str], file: str) -> Iterator[Problem]:
    """What speaks against giving a person the mandate of a row."""
    if row.name and row.name != person.name:
        expected = f"{quoted(person.name)}, as {person.login} is called, or nothing"
        yield Problem(file, expected, quoted(row.name), row.line, "name", "A login is one person's.")
    if row.mandate in person.added:
        yield Problem(file, f"each mandate of {person.login} once", "it again", row.line, "login")
    sides = clash([*person.held, *person.added, row.mandate])
    if sides is not None:
        found = f"{person.login} as {sides[0]} and {sides[1]}"
        yield Problem(file, "mandates of one side", found, row.line, "role", "Nobody acts for two sides.")
    if row.mandate.role == "kpps" and stations[row.mandate.unit] > MOST_KPPS:
        expected = f"at most {MOST_KPPS} accounts of KPPS for {row.mandate.unit}"
        yield Problem(file, expected, str(stations[row.mandate.unit]), row.line, "unit")


def _not_given(people: Iterable[Person], by: Actor, first: bool, file: str) -> Iterator[Problem]:
    """The rows whose mandates `by` may not give, or not to that person, who holds another one from above."""
    advice = "Name one with --by." if by is THE_PROGRAM else ""
    for person in people:
        for line, mandate in zip(person.lines, person.added, strict=True):
            for needed in (mandate, *person.held):
                if not may_give(by, needed, first):
                    expected = f"an administrator who may make {ROLES[needed.role].name} of {needed.unit}"
                    yield Problem(file, expected, by.login, line, "role", advice)
                    break


def _known(workspace: Workspace, logins: Iterable[str], at: datetime) -> dict[str, Person]:
    """The accounts of these logins with what they hold."""
    people: dict[int, Person] = {}
    for part in _parts(sorted(logins)):
        rows = workspace.rows(Account).filter(login__in=part).values_list("id", "login", "name")
        people |= {pk: Person(login, name, pk=pk) for pk, login, name in rows}
        held = in_force(workspace, at).filter(account__login__in=part).order_by("id")
        for pk, *mandate in held.values_list("account_id", "role", "unit", "stands_for"):
            people[pk].held.append(Mandate(*mandate))
    return {person.login: person for person in people.values()}


def _holders(workspace: Workspace, wanted: Sequence[Wanted], at: datetime) -> list[tuple[Mandate, str, str]]:
    """Mandates in force in the area of a file, each with its holder's name and login."""
    rows = in_force(workspace, at).filter(unit__startswith=_area(wanted))
    fields = ("role", "unit", "stands_for", "account__name", "account__login")
    return [(Mandate(*mandate), name, login) for *mandate, name, login in rows.values_list(*fields).iterator()]


def _area(wanted: Sequence[Wanted]) -> str:
    """What the codes of all units begin with: a regency's file looks at that regency alone."""
    return _beginning([row.mandate.unit for row in wanted])


def _beginning(words: Sequence[str]) -> str:
    """What all words begin with."""
    if not words:
        return ""
    first, last = min(words), max(words)
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _taken(workspace: Workspace, wanted: Sequence[Wanted]) -> set[str]:
    """The logins in use among those that could be made for these rows."""
    starts = {_stem(row.mandate) for row in wanted}
    by_role = defaultdict(list)
    for start in starts:
        by_role[start.partition("-")[0] if "-" in start else ""].append(start)
    taken: set[str] = set()
    for stems in by_role.values():
        rows = workspace.rows(Account).filter(login__startswith=_beginning(stems))
        taken.update(rows.values_list("login", flat=True).iterator())
    return taken


def _stem(mandate: Mandate) -> str:
    return mandate.unit if mandate.role == "kpps" else f"{mandate.role}-{mandate.unit}-"


def _new_login(mandate: Mandate, taken: set[str], letters: dict[str, Iterator[str]]) -> str:
    """The next free login of a unit: its code and a, b, … z, aa, …; before it the role, but for KPPS."""
    stem = _stem(mandate)
    following = letters.setdefault(stem, _letters())
    login = next(login for letter in following if (login := stem + letter) not in taken)
    taken.add(login)
    return login


def _letters() -> Iterator[str]:
    return ("".join(word) for length in count(1) for word in product(ascii_lowercase, repeat=length))


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + FEW] for start in range(0, len(values), FEW))


def _store(
    workspace: Workspace, people: Sequence[Person], issued: Sequence[Issued], by: Actor, at: datetime
) -> None:
    """Write accounts, mandates and the hashes of the codes down."""
    made: dict[str, Any] = {
        item.login: Account(
            login=item.login, name=item.name, password=NONE_YET, created_at=at, created_by=by.login
        )
        for item in issued
    }
    workspace.rows(Account).bulk_create(made.values(), batch_size=BATCH)
    given = [
        GivenMandate(
            account_id=person.pk or made[person.login].pk,
            role=mandate.role, unit=mandate.unit, stands_for=mandate.stands_for,
            since=at, until=None, given_by=by.login, at=at,
        )
        for person in people
        for mandate in person.added
    ]  # fmt: skip
    workspace.rows(GivenMandate).bulk_create(given, batch_size=BATCH)
    codes = [
        Activation(
            account=made[item.login], digest=digest(item.login, item.code),
            issued_by=by.login, at=at, expires=item.expires,
        )
        for item in issued
    ]  # fmt: skip
    workspace.rows(Activation).bulk_create(codes, batch_size=BATCH)
