"""Who won, from the sheets of a workspace: a race, a house by its districts, or the four of provinces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sirekap.contests import (
    ACEH,
    Candidate,
    ElectoralDistrict,
    Party,
    Ticket,
    decided_at,
    parse_candidates,
    parse_district_seats,
    parse_districts,
    parse_parties,
)
from sirekap.errors import InputError, Problem, quoted
from sirekap.flow.steps import contest_of
from sirekap.forms import Form, form_of
from sirekap.geography import LENGTH, NATION, OVERSEAS, Geography, Tier, tier_of
from sirekap.outcome.ballots import candidates_of as candidate_figures
from sirekap.outcome.ballots import votes_figure
from sirekap.outcome.house import (
    WITH_THRESHOLD,
    Areas,
    Basis,
    Counted,
    House,
    Lack,
    ProvinceResult,
    house,
    senators,
)
from sirekap.outcome.open import JAKARTA, SEATS
from sirekap.outcome.president import Race, jakarta, most, president
from sirekap.review import State
from sirekap.store.districts import (
    candidates_of,
    districts_of,
    parties_of,
    store_candidates,
    store_districts,
    store_parties,
    store_seats,
)
from sirekap.store.loading import geography_of, tickets_of
from sirekap.store.manifest import read_file
from sirekap.store.rollup import rollup
from sirekap.store.setup import Workspace
from sirekap.store.state import station_records
from sirekap.tally import SheetResult, Sums, Total

NOTHING = Basis(0, 0, 0, 0, 0)
OF_DISTRICT = (Tier.REGENCY, Tier.DISTRICT, Tier.VILLAGE)


@dataclass(frozen=True)
class Loaded:
    """What a load of districts brought: how many of which contests, seats, and units that no geography holds."""

    districts: int = 0
    seats: int = 0
    other_contests: int = 0
    strange: tuple[str, ...] = ()


def load_districts(workspace: Workspace, file: Path) -> Loaded:
    """Load electoral districts with their units, or only their numbers of seats, all or none.

    A file without the column `kode_wilayah` gives seats of districts that are loaded. Districts of contests that
    this election does not hold are left out. Raises InputError with every bad row.
    """
    data = read_file(file)
    held = {contest.code for contest in workspace.election().contests}
    head = data.split(b"\n", 1)[0]
    if b"kode_wilayah" not in head and b"kursi" in head:
        seats = parse_district_seats(data, str(file))
        store_seats(workspace, seats, file.name)
        return Loaded(len(seats), sum(seats.values()))
    every = parse_districts(data, str(file))
    own = [district for district in every if district.contest in held]
    if not own:
        expected = f"districts of a contest of this election ({', '.join(sorted(held))})"
        raise InputError([Problem(str(file), expected, f"{len(every)} of others", column="jenis_dapil")])
    strange = store_districts(workspace, own, file.name)
    return Loaded(len(own), sum(each.seats or 0 for each in own), len(every) - len(own), strange)


def load_parties(workspace: Workspace, file: Path) -> int:
    """Load the parties of the election, all or none; how many. Raises InputError with every bad row."""
    parties = parse_parties(read_file(file), str(file))
    store_parties(workspace, parties, file.name)
    return len(parties)


def load_candidates(workspace: Workspace, file: Path, contest: str | None = None) -> int:
    """Load who stands in a contest of seats, all or none; how many. Districts and parties come first.

    Raises InputError with every bad row, and for a contest of tickets.
    """
    code = contest_of(workspace, contest)
    if code not in SEATS:
        advice = "Tickets are loaded with `sirekap load DIR contests FILE.csv`."
        expected = f"a contest of seats ({', '.join(sorted(SEATS))})"
        raise InputError([Problem("--contest", expected, code, advice=advice)])
    districts = [each.code for each in districts_of(workspace, code)]
    parties = None if code == "pdpd" else [each.number for each in parties_of(workspace)]
    missing = "districts" if not districts else "parties" if parties == [] else None
    if missing is not None:
        what = "geography" if code == "pdpd" else missing
        advice = f"Load them first with `sirekap load {workspace.path} {what} FILE.csv`."
        raise InputError([Problem(str(workspace.path), f"the {missing} of {code}", "none", advice=advice)])
    candidates = parse_candidates(read_file(file), str(file), districts, parties)
    store_candidates(workspace, code, candidates, file.name)
    return len(candidates)


@dataclass(frozen=True)
class OutcomeView:
    """The outcome of a contest in a unit: `race`, `house` or `provinces`; who stands; what it rests on."""

    contest: str
    unit: str
    name: str
    basis: Basis
    race: Race | None = None
    house: House | None = None
    provinces: tuple[ProvinceResult, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    parties: tuple[Party, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def outcome_workspace(
    workspace: Workspace, contest: str, unit: str = NATION, provisional: bool = False
) -> OutcomeView:
    """Who won in a unit, from settled sheets, with `provisional` from the accepted ones too.

    Raises InputError for a unit that the geography does not hold or in which the contest is not decided, and
    where it is not loaded who stands.
    """
    code = workspace.election().contest(contest).code
    geography = geography_of(workspace)
    if unit not in geography.units:
        advice = "Codes have 2, 4, 6 or 10 digits; the nation is 0."
        raise InputError([Problem("--unit", "a unit of the geography", quoted(unit), advice=advice)])
    votes = _Votes(workspace, code, geography, provisional)
    if code not in SEATS:
        return _race(votes, unit)
    wanted = tuple(each for each in districts_of(workspace, code) if each.touches(unit))
    if not wanted:
        advice = f"Load them with `sirekap load {workspace.path} districts FILE.csv`."
        found = f"none in {geography.units[unit].name}"
        raise InputError([Problem(str(workspace.path), f"the districts of {code}", found, advice=advice)])
    return _four(votes, unit, wanted) if code == "pdpd" else _house(votes, unit, wanted)


class _Votes:
    """The sums of a contest by unit, and what they rest on."""

    def __init__(self, workspace: Workspace, contest: str, geography: Geography, provisional: bool) -> None:
        self.workspace, self.contest, self.geography = workspace, contest, geography
        self.provisional = provisional
        self.form: Form = form_of(workspace.election().contest(contest).form)
        self.results = [record.result() for record in station_records(workspace, contest)]
        self.totals: dict[str, Total] = rollup(geography, self.form, self.results)

    def sums(self, unit: str) -> Sums:
        """The sums that count in a unit; empty where the geography does not hold it."""
        total = self.totals.get(unit)
        if total is None:
            return Sums()
        return total.provisional if self.provisional else total.settled

    def of(self, units: Iterable[str], figures: Mapping[int, str]) -> dict[int, int]:
        """The votes in these units together, by number."""
        parts = [self.sums(unit).values for unit in units]
        return {number: sum(part.get(name, 0) for part in parts) for number, name in figures.items()}

    def basis(self, units: Iterable[str], figures: Iterable[str]) -> Basis:
        """What the votes of these units rest on, of the figures that are summed."""
        names, every = set(figures), NOTHING
        for unit in units:
            total = self.totals.get(unit)
            if total is None:
                continue
            count = total.completeness
            blank = sum(of for name, of in self.sums(unit).blanks.items() if name in names)
            every += Basis(
                count.expected,
                count.settled,
                count.provisional,
                count.review,
                max(0, count.missing),
                count.unknown_villages,
                blank,
                self.provisional,
            )
        return every

    def counts(self, result: SheetResult) -> bool:
        """Whether a sheet is one of those that are summed."""
        return result.state is State.SETTLED or (self.provisional and result.state is State.PROVISIONAL)


def _race(votes: _Votes, unit: str) -> OutcomeView:
    contest, geography = votes.contest, votes.geography
    tier = decided_at(contest)
    if tier_of(unit) is not tier or unit == OVERSEAS:
        expected = f"a {tier.name.lower()}, where {contest} is decided"
        raise InputError([Problem("--unit", expected, quoted(unit))])
    tickets = tickets_of(votes.workspace, contest)
    if not tickets:
        advice = f"Load them with `sirekap load {votes.workspace.path} contests FILE.csv`."
        raise InputError([Problem(str(votes.workspace.path), f"the tickets of {contest}", "none", advice=advice)])
    figures = {ticket.number: ticket.figure for ticket in tickets}
    numbers = list(figures)
    if contest == "ppwp":
        parts = [each.code for each in geography.children(NATION)]
        race = president({part: votes.of([part], figures) for part in parts}, numbers, parts)
    else:
        decide = jakarta if contest == "pkwkp" and unit == JAKARTA else most
        race = decide(votes.of([unit], figures), numbers)
    basis = votes.basis([unit], figures.values())
    return OutcomeView(contest, unit, geography.units[unit].name, basis, race=race, tickets=tickets)


def _four(votes: _Votes, unit: str, wanted: tuple[ElectoralDistrict, ...]) -> OutcomeView:
    figures = {number: votes_figure(votes.form, number) for number in range(1, votes.form.tickets + 1)}
    candidates = candidates_of(votes.workspace, votes.contest, [each.code for each in wanted])
    provinces = tuple(
        senators(
            each,
            votes.of(each.units, figures),
            [one for one in candidates if one.district == each.code],
            votes.basis(each.units, figures.values()),
        )
        for each in wanted
    )
    basis = sum((each.basis for each in provinces), NOTHING)
    name = votes.geography.units[unit].name
    return OutcomeView(votes.contest, unit, name, basis, provinces=provinces, candidates=candidates)


def _house(votes: _Votes, unit: str, wanted: tuple[ElectoralDistrict, ...]) -> OutcomeView:
    parties, form = parties_of(votes.workspace), votes.form
    figures = {number: votes_figure(form, number) for number in range(1, form.tickets + 1)}
    counted = [_counted(votes, each, figures, parties) for each in wanted]
    candidates = candidates_of(votes.workspace, votes.contest, [each.code for each in wanted])
    found = house(
        votes.contest,
        counted,
        candidates,
        nation=votes.of([NATION], figures),
        areas=lambda district: _areas(votes, district),
        basis=votes.basis([NATION], figures.values()) if votes.contest in WITH_THRESHOLD else None,
    )
    name = votes.geography.units[unit].name
    return OutcomeView(
        votes.contest, unit, name, found.basis, house=found, parties=parties, candidates=candidates
    )


def _counted(
    votes: _Votes, district: ElectoralDistrict, figures: Mapping[int, str], parties: Iterable[Party]
) -> Counted:
    """The votes of a district, and what is known to be lacking in them."""
    people = candidate_figures(votes.form)
    sums = [votes.sums(unit).values for unit in district.units]
    persons = {key: sum(part.get(name, 0) for part in sums) for key, name in people.items()}
    totals = votes.of(district.units, figures)
    parts = votes.of(district.units, {number: f"suara_partai_{number}" for number in figures})
    for (party, _), of in persons.items():
        parts[party] = parts.get(party, 0) + of
    aceh = votes.contest not in WITH_THRESHOLD and any(unit.startswith(ACEH) for unit in district.units)
    strange = any(party.number not in figures for party in parties if aceh or not party.aceh)
    lacks = {
        Lack.UNITS: any(unit not in votes.totals for unit in district.units),
        Lack.PARTIES: strange,
        Lack.PARTS: bool(people) and parts != totals,
    }
    basis = votes.basis(district.units, [*figures.values(), *people.values()])
    return Counted(district, totals, persons, basis, tuple(lack for lack, there in lacks.items() if there))


def _areas(votes: _Votes, district: ElectoralDistrict) -> Areas:
    """In how many regencies, districts, villages and stations of a district a candidate has votes."""

    def asked(party: int | None, number: int) -> tuple[int, ...]:
        figure = f"suara_{number}" if party is None else f"suara_caleg_{party}_{number}"
        stations = [
            result.station
            for result in votes.results
            if votes.counts(result) and district.holds(result.station) and result.figures.get(figure)
        ]
        tiers = [len({station[: LENGTH[tier]] for station in stations}) for tier in OF_DISTRICT]
        return (*tiers, len(stations))

    return asked
