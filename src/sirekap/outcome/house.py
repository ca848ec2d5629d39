"""A house as a whole: the threshold, the seats of each electoral district, who takes them, and what is lacking.

`outcome.seats` decides seats, `outcome.elected` people; this puts them together from the votes of districts and
says what the result rests on. Nothing is guessed: a district whose number of seats is not known has none here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sirekap.contests import Candidate, ElectoralDistrict
from sirekap.outcome.elected import Elected, Needs, Running, of_list, of_province
from sirekap.outcome.margins import LastSeat, last_seat
from sirekap.outcome.seats import Allocation, Threshold, allocate, taking_part, threshold

WITH_THRESHOLD = frozenset({"pdpr"})

# In how many areas a candidate (party or None, number) has votes, the widest tier first; empty where not known.
Areas = Callable[[int | None, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What votes rest on, in stations: all that are `expected`, those `settled`, `provisional` (accepted and not
    yet settled), in `review`, `missing`; `unknown` villages whose number of stations nobody gave. `blank` is how
    often a figure that is summed was left blank on a sheet that counts. `with_provisional`: those count too.
    """

    expected: int
    settled: int
    provisional: int
    review: int
    missing: int
    unknown: int = 0
    blank: int = 0
    with_provisional: bool = False

    @property
    def counted(self) -> int:
        """How many stations the votes rest on."""
        return self.settled + (self.provisional if self.with_provisional else 0)

    @property
    def complete(self) -> bool:
        """Whether every station counts and every number is there."""
        return not (self.unknown or self.blank) and self.counted >= self.expected

    @property
    def final(self) -> bool:
        """Whether it is complete and people settled all of it."""
        return self.complete and not (self.with_provisional and self.provisional)

    def __add__(self, other: Basis) -> Basis:
        """The two together."""
        return Basis(
            self.expected + other.expected,
            self.settled + other.settled,
            self.provisional + other.provisional,
            self.review + other.review,
            self.missing + other.missing,
            self.unknown + other.unknown,
            self.blank + other.blank,
            self.with_provisional or other.with_provisional,
        )


class Lack(StrEnum):
    """What a district's result lacks, beside votes."""

    SEATS = "seats"  # how many seats it has is not loaded
    UNITS = "units"  # some of its units are not in the geography
    PARTIES = "parties"  # some party has no figure on the form
    PARTS = "parts"  # some party's total is not the sum of its own votes and its candidates'
    CANDIDATES = "candidates"  # who stands in it is not loaded


@dataclass(frozen=True, slots=True)
class Counted:
    """The votes of a district: of each party with its candidates, and of each candidate by (party, number).

    `lacks` is what is known to be lacking in them.
    """

    district: ElectoralDistrict
    parties: Mapping[int, int]
    candidates: Mapping[tuple[int, int], int]
    basis: Basis
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class DistrictResult:
    """A district's seats. `allocation` is None where its number of seats is not known, `last` where none is last.

    `elected` are the people by party, for parties with a seat for certain; `lacks` what is not known.
    """

    counted: Counted
    allocation: Allocation | None
    last: LastSeat | None
    elected: Mapping[int, Elected]
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A house: `threshold` where it has one (of the whole nation), districts by code, the basis of all votes."""

    contest: str
    threshold: Threshold | None
    districts: tuple[DistrictResult, ...]
    basis: Basis

    @property
    def seats(self) -> dict[int, int]:
        """The certain seats by party, of the parties that take part."""
        total: dict[int, int] = {}
        for result in self.districts:
            for party, won in (result.allocation.won if result.allocation else {}).items():
                total[party] = total.get(party, 0) + won
        return dict(sorted(total.items()))

    @property
    def undecided(self) -> int:
        """Seats of districts with a known number that are tied, or for which nobody has a vote."""
        every = (result.allocation for result in self.districts if result.allocation is not None)
        return sum(one.unfilled + (one.tie.seats if one.tie else 0) for one in every)


def house(
    contest: str,
    counted: Iterable[Counted],
    candidates: Iterable[Candidate],
    nation: Mapping[int, int] | None = None,
    areas: Callable[[ElectoralDistrict], Areas] | None = None,
    wanted: Collection[str] | None = None,
    basis: Basis | None = None,
) -> House:
    """The seats of a house and who takes them.

    `nation` are all valid votes of the nation by party, for the threshold; None takes the sum of the districts
    given. `areas` tells in how many areas candidates have votes, asked only where they are level. `wanted` are
    the codes of the districts that are told; None tells all. `basis` is that of the nation's votes.
    """
    given = sorted(counted, key=lambda each: each.district.code)
    bar = None
    if contest in WITH_THRESHOLD:
        bar = threshold(_summed(each.parties for each in given) if nation is None else nation)
    lists: dict[str, dict[int, list[Candidate]]] = {}
    for candidate in candidates:
        lists.setdefault(candidate.district, {}).setdefault(candidate.party or 0, []).append(candidate)
    told = [each for each in given if wanted is None or each.district.code in wanted]
    results = tuple(_district(each, lists.get(each.district.code, {}), bar, areas) for each in told)
    nothing = Basis(0, 0, 0, 0, 0)
    return House(contest, bar, results, basis or sum((each.basis for each in told), nothing))


def _summed(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for part in parts:
        for party, votes in part.items():
            total[party] = total.get(party, 0) + votes
    return total


def _district(
    counted: Counted,
    lists: Mapping[int, list[Candidate]],
    bar: Threshold | None,
    areas: Callable[[ElectoralDistrict], Areas] | None,
) -> DistrictResult:
    lacks = (*counted.lacks, *(() if lists else (Lack.CANDIDATES,)))
    seats = counted.district.seats
    if seats is None:
        return DistrictResult(counted, None, None, {}, (Lack.SEATS, *lacks))
    found = allocate(seats, taking_part(counted.parties, None if bar is None else bar.through))
    spread = None if areas is None else areas(counted.district)
    elected = {
        party: elect(won, party, lists.get(party, ()), counted.candidates, spread)
        for party, won in found.won.items()
        if won and lists
    }
    return DistrictResult(counted, found, last_seat(found), elected, lacks)


def elect(
    places: int,
    party: int,
    candidates: Iterable[Candidate],
    votes: Mapping[tuple[int, int], int],
    areas: Areas | None = None,
) -> Elected:
    """Who of a party's list takes its places; areas are asked for the level ones alone."""
    running = [Running(each.number, votes.get((party, each.number), 0), (), each.woman) for each in candidates]
    found = of_list(places, running)
    if found.level is None or found.level.needs is not Needs.AREAS or areas is None:
        return found
    level = set(found.level.numbers)
    return of_list(
        places,
        [replace(each, areas=areas(party, each.number)) if each.number in level else each for each in running],
    )


@dataclass(frozen=True, slots=True)
class ProvinceResult:
    """Who of a province is elected to the DPD: the votes by number, and what they rest on."""

    district: ElectoralDistrict
    votes: Mapping[int, int]
    elected: Elected
    basis: Basis
    lacks: tuple[Lack, ...]


def senators(
    district: ElectoralDistrict, votes: Mapping[int, int], candidates: Iterable[Candidate], basis: Basis
) -> ProvinceResult:
    """Who of a province is elected to the DPD.

    `votes` are those of the numbers on the form. Where it is loaded who stands, those alone can be elected; else
    every number of the form counts as a candidate, and that is told.
    """
    standing = {each.number for each in candidates}
    own = {number: votes.get(number, 0) for number in sorted(standing or votes)}
    elected = of_province(Running(number, of) for number, of in own.items())
    absent = (Lack.PARTIES,) if standing - votes.keys() else ()
    lacks = absent if standing else (Lack.CANDIDATES,)
    return ProvinceResult(district, own, elected, basis, lacks)
