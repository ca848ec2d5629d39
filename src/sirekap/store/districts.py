"""Electoral districts, parties and candidates in and out of the tables; all of one load or nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from sirekap.contests import Candidate, Party
from sirekap.contests import ElectoralDistrict as District
from sirekap.errors import InputError, Problem
from sirekap.geography import OVERSEAS, Tier
from sirekap.outcome.elected import DPD_PLACES
from sirekap.store.loading import BATCH, note
from sirekap.store.models import Candidate as CandidateRow
from sirekap.store.models import ElectoralDistrict, ElectoralUnit, Unit
from sirekap.store.models import Party as PartyRow
from sirekap.store.setup import Workspace


def store_districts(workspace: Workspace, districts: Iterable[District], source: str) -> tuple[str, ...]:
    """Replace all districts in one transaction; the units of theirs that the loaded geography does not hold.

    Numbers of seats that this file does not give stay as they were loaded before.
    """
    every = list(districts)
    with transaction.atomic(using=workspace.alias):
        known = dict(workspace.rows(ElectoralDistrict).exclude(seats=None).values_list("code", "seats"))
        workspace.rows(ElectoralDistrict).all().delete()
        workspace.rows(ElectoralDistrict).bulk_create(
            [
                ElectoralDistrict(
                    code=each.code,
                    contest_id=each.contest,
                    name=each.name,
                    seats=known.get(each.code) if each.seats is None else each.seats,
                )
                for each in every
            ],
            batch_size=BATCH,
        )
        units = [ElectoralUnit(district_id=each.code, unit=unit) for each in every for unit in each.units]
        workspace.rows(ElectoralUnit).bulk_create(units, batch_size=BATCH)
        note(workspace, "districts loaded", source, {"districts": len(every), "units": len(units)})
        held = set(workspace.rows(Unit).values_list("code", flat=True))
    return tuple(sorted({unit for each in every for unit in each.units} - held))


def store_seats(workspace: Workspace, seats: Mapping[str, int], source: str) -> None:
    """Set numbers of seats in one transaction. Raises InputError for a district that is not loaded."""
    with transaction.atomic(using=workspace.alias):
        held = set(workspace.rows(ElectoralDistrict).values_list("code", flat=True))
        strange = sorted(set(seats) - held)
        if strange:
            advice = "Load the districts with their units first; districts of other contests do not belong here."
            raise InputError(
                [
                    Problem(source, "a loaded district", code, column="kode_dapil", advice=advice)
                    for code in strange
                ]
            )
        for code, number in seats.items():
            workspace.rows(ElectoralDistrict).filter(code=code).update(seats=number)
        note(workspace, "seats loaded", source, {"districts": len(seats), "seats": sum(seats.values())})


def districts_of(workspace: Workspace, contest: str) -> tuple[District, ...]:
    """A contest's districts by code; none where they were not loaded. For the DPD the provinces, each of four."""
    if contest == "pdpd":
        rows = workspace.rows(Unit).filter(tier=int(Tier.PROVINCE)).exclude(code=OVERSEAS).order_by("code")
        named = rows.values_list("code", "name")
        return tuple(District(code, name, contest, DPD_PLACES, (code,)) for code, name in named)
    units: dict[str, list[str]] = {}
    of: Any = workspace.rows(ElectoralUnit).filter(district__contest=contest).order_by("district_id", "unit")
    for code, unit in of.values_list("district_id", "unit"):
        units.setdefault(code, []).append(unit)
    return tuple(
        District(row.code, row.name, contest, row.seats, tuple(units.get(row.code, ())))
        for row in workspace.rows(ElectoralDistrict).filter(contest_id=contest).order_by("code")
    )


def store_parties(workspace: Workspace, parties: Iterable[Party], source: str) -> None:
    """Replace all parties in one transaction."""
    rows = [
        PartyRow(number=each.number, given_id=each.id, name=each.name, colour=each.colour, aceh=each.aceh)
        for each in parties
    ]
    with transaction.atomic(using=workspace.alias):
        workspace.rows(PartyRow).all().delete()
        workspace.rows(PartyRow).bulk_create(rows)
        note(workspace, "parties loaded", source, {"parties": len(rows)})


def parties_of(workspace: Workspace) -> tuple[Party, ...]:
    """The parties by number; none where they were not loaded."""
    rows = workspace.rows(PartyRow).order_by("number")
    return tuple(Party(row.number, row.given_id, row.name, row.colour, row.aceh) for row in rows)


def store_candidates(workspace: Workspace, contest: str, candidates: Iterable[Candidate], source: str) -> None:
    """Replace a contest's candidates in one transaction."""
    rows = [
        CandidateRow(
            contest_id=contest,
            district=each.district,
            party=each.party,
            number=each.number,
            name=each.name,
            woman=each.woman,
        )
        for each in candidates
    ]
    with transaction.atomic(using=workspace.alias):
        workspace.rows(CandidateRow).filter(contest_id=contest).delete()
        workspace.rows(CandidateRow).bulk_create(rows, batch_size=BATCH)
        note(workspace, "candidates loaded", source, {"contest": contest, "candidates": len(rows)})


def candidates_of(workspace: Workspace, contest: str, districts: Iterable[str]) -> tuple[Candidate, ...]:
    """Who stands in these districts of a contest, by district, party and number."""
    rows = workspace.rows(CandidateRow).filter(contest_id=contest, district__in=list(districts))
    fields = ("district", "party", "number", "name", "woman")
    return tuple(Candidate(*row) for row in rows.order_by("district", "party", "number").values_list(*fields))
