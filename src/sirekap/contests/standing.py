"""Who stands where seats are won: parties, and the candidates of their lists and of the DPD."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sirekap.contests.election import numbered
from sirekap.errors import InputError, Problem, quoted
from sirekap.tables import Row, read_table, whole_number, yes_or_no

ACEH = "11"  # parties of Aceh stand there alone (UU 11/2006)
SEX = {"P": True, "L": False, "": None}  # whether it is a woman; empty is not known


@dataclass(frozen=True, slots=True)
class Party:
    """A party. `number` is its place on the ballot, which can leave gaps; `id` KPU's, else 900000 + number.

    `aceh`: it stands in Aceh alone, for the DPRA and the DPRK.
    """

    number: int
    id: int
    name: str
    colour: str
    aceh: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands in a district: `number` on the list of a `party`, or of a province for the DPD (party None).

    `district` is an electoral district's code, for the DPD a province's. `woman` is None where it is not known.
    """

    district: str
    party: int | None
    number: int
    name: str
    woman: bool | None


def parse_parties(data: bytes, file: str) -> tuple[Party, ...]:
    """Parties from a CSV, by number. Columns: `nomor_urut`, `nama`; optional `id`, `warna` (#rrggbb), `aceh`.

    Raises InputError with every bad row.
    """
    table = read_table(data, file, ("nomor_urut", "nama"))
    problems = list(table.problems)
    parties: dict[int, Party] = {}
    for row in table.rows:
        party = _party(row, file)
        if isinstance(party, Problem):
            problems.append(party)
        elif party.number in parties:
            problems.append(Problem(file, "each number once", str(party.number), row.line, "nomor_urut"))
        elif party.id in {other.id for other in parties.values()}:
            problems.append(Problem(file, "each id once", str(party.id), row.line, "id"))
        else:
            parties[party.number] = party
    if not parties and not problems:
        problems.append(Problem(file, "at least one party", "a header and no rows"))
    if problems:
        raise InputError(problems)
    return tuple(parties[number] for number in sorted(parties))


def _party(row: Row, file: str) -> Party | Problem:
    stands = numbered(row, file)
    if isinstance(stands, Problem):
        return stands
    if not row["nama"]:
        return Problem(file, "a name", "an empty cell", row.line, "nama")
    aceh = yes_or_no(row, "aceh", file)
    if isinstance(aceh, Problem):
        return aceh
    number, given_id, colour = stands
    return Party(number, given_id, row["nama"], colour, aceh)


def parse_candidates(
    data: bytes, file: str, districts: Collection[str], parties: Collection[int] | None
) -> tuple[Candidate, ...]:
    """Candidates from a CSV, by district, party and number.

    `districts` are the codes of the contest's districts. With `parties` these are lists: columns `kode_dapil`,
    `no_partai`, `nomor_urut`, `nama`, optional `jk` (L or P). With None it is the DPD: `kode_provinsi` in place
    of the first two. Raises InputError with every bad row.
    """
    where = "kode_provinsi" if parties is None else "kode_dapil"
    needed = (where, "nomor_urut", "nama") if parties is None else (where, "no_partai", "nomor_urut", "nama")
    table = read_table(data, file, needed)
    problems = list(table.problems)
    found: dict[tuple[str, int, int], Candidate] = {}
    for row in table.rows:
        candidate = _candidate(row, file, where, districts, parties)
        if isinstance(candidate, Problem):
            problems.append(candidate)
            continue
        key = (candidate.district, candidate.party or 0, candidate.number)
        if key in found:
            told = f"{candidate.number} of {candidate.district} again"
            problems.append(Problem(file, "each number of a list once", told, row.line, "nomor_urut"))
        else:
            found[key] = candidate
    if not found and not problems:
        problems.append(Problem(file, "at least one candidate", "a header and no rows"))
    if problems:
        raise InputError(problems)
    return tuple(found[key] for key in sorted(found))


def _candidate(
    row: Row, file: str, where: str, districts: Collection[str], parties: Collection[int] | None
) -> Candidate | Problem:
    district = row[where]
    if district not in districts:
        expected = "the code of a loaded district" if parties is not None else "a province's code"
        return Problem(file, expected, quoted(district), row.line, where)
    party = None
    if parties is not None:
        told = whole_number(row, "no_partai", file, least=1, most=99)
        if isinstance(told, Problem):
            return told
        if told not in parties:
            found = quoted(row["no_partai"])
            return Problem(file, "the number of a loaded party", found, row.line, "no_partai")
        party = told
    number = whole_number(row, "nomor_urut", file, least=1, most=99)
    if isinstance(number, Problem):
        return number
    if number is None:
        return Problem(file, "a number", "an empty cell", row.line, "nomor_urut")
    if not row["nama"]:
        return Problem(file, "a name", "an empty cell", row.line, "nama")
    if row["jk"].upper() not in SEX:
        return Problem(file, "L, P or an empty cell", quoted(row["jk"]), row.line, "jk")
    return Candidate(district, party, number, row["nama"], SEX[row["jk"].upper()])
