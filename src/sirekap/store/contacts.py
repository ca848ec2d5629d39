"""Telephone numbers of those who can be asked about a station: loaded from a CSV, shown to few, told to nobody.

A load replaces all of them. Numbers stand in this table alone: no event, log, error or published file holds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from sirekap.access import Act, Mandate, may
from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import LENGTH, NATION, Geography, Tier, path_of, tier_of
from sirekap.store.loading import BATCH, geography_of, note
from sirekap.store.models import Contact
from sirekap.store.setup import Workspace
from sirekap.tables import Row, read_table

COLUMNS = ("unit", "role", "telephone")
LONGEST_ROLE = 80
FEWEST_DIGITS, MOST_DIGITS = 5, 15  # ITU-T E.164 has at most 15


@dataclass(frozen=True, slots=True)
class Number:
    """Whom to call: a role at a unit or station."""

    unit: str
    role: str
    telephone: str


def load_contacts(workspace: Workspace, data: bytes, file: str) -> int:
    """Replace all numbers by those of a CSV, all rows or none; how many. Raises InputError with every bad row."""
    geography = geography_of(workspace)
    table = read_table(data, file, COLUMNS)
    problems = list(table.problems)
    numbers: dict[Number, int] = {}
    for row in table.rows:
        found = _number(row, file, geography)
        if isinstance(found, Problem):
            problems.append(found)
        elif found in numbers:
            again = f"it again (first in row {numbers[found]})"
            problems.append(Problem(file, "each number of a role once", again, row.line, "telephone"))
        else:
            numbers[found] = row.line
    if not table.rows and not problems:
        problems.append(Problem(file, "at least one number", "a header and no rows"))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0))
    rows = [Contact(unit=n.unit, role=n.role, telephone=n.telephone) for n in numbers]
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Contact).all().delete()
        workspace.rows(Contact).bulk_create(rows, BATCH)
        note(workspace, "contacts loaded", file, {"contacts": len(rows)})
    return len(rows)


def contacts_for(
    workspace: Workspace, stations: Sequence[str], mandates: Iterable[Mandate]
) -> dict[str, tuple[Number, ...]]:
    """Whom somebody may call about each of these stations: the station's own numbers, else those of the nearest
    unit above it that has any.

    Only numbers of units at which the mandates allow it: nobody learns those of the offices above their own.
    """
    held = tuple(mandates)
    asked = {unit for station in stations for unit in path_of(station)}
    seen = sorted(unit for unit in asked if may(held, Act.SEE_CONTACTS, unit))
    numbers: dict[str, list[Number]] = {}
    rows = workspace.rows(Contact).filter(unit__in=seen).order_by("unit", "role", "telephone")
    for unit, role, telephone in rows.values_list("unit", "role", "telephone"):
        numbers.setdefault(unit, []).append(Number(unit, role, telephone))
    told = {}
    for station in stations:
        nearest = next((unit for unit in reversed(path_of(station)) if unit in numbers), None)
        told[station] = () if nearest is None else tuple(numbers[nearest])
    return told


def _number(row: Row, file: str, geography: Geography) -> Number | Problem:
    """A row's number, or its first fault; a fault never quotes the number itself."""
    unit = row["unit"]
    try:
        tier = tier_of(unit)
    except ValueError:
        expected = f"a code of {', '.join(str(n) for n in LENGTH.values())} digits ({NATION} for the nation)"
        return Problem(file, expected, quoted(unit), row.line, "unit")
    if not (geography.has_station(unit) if tier is Tier.STATION else unit in geography.units):
        advice = "See the geography that was loaded."
        return Problem(file, "a unit or station of this election", quoted(unit), row.line, "unit", advice)
    role = row["role"]
    if not role or not role.isprintable() or len(role) > LONGEST_ROLE:
        expected = f"the name of a role in one line, at most {LONGEST_ROLE} letters"
        return Problem(file, expected, quoted(role) if role else "an empty cell", row.line, "role")
    telephone = re.sub(r"[\s().-]", "", row["telephone"])
    if not re.fullmatch(rf"\+?[0-9]{{{FEWEST_DIGITS},{MOST_DIGITS}}}", telephone, re.ASCII):
        expected = (
            f"a telephone number of {FEWEST_DIGITS} to {MOST_DIGITS} digits, with + before a country's code"
        )
        found = f"{len(row['telephone'])} signs that are none" if row["telephone"] else "an empty cell"
        return Problem(file, expected, found, row.line, "telephone")
    return Number(unit, role, telephone)
