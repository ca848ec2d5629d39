"""Elections and tickets: what is loaded, what is refused."""

import pytest

from sirekap.contests import parse_election, parse_tickets
from sirekap.errors import InputError
from tests.shared import shared

ELECTION = """
name = "Pemilihan Umum 2024"
day = 2024-02-14
[limits]
voters_per_station = 300
[[contest]]
code = "ppwp"
form = "C.HASIL-PPWP/2024"
"""


def test_an_election_is_read() -> None:
    """A complete election.toml gives the day, the limit and the contests."""
    election = parse_election(ELECTION.encode())
    assert (election.voters_per_station, election.day.year) == (300, 2024)
    assert election.contest("ppwp").form == "C.HASIL-PPWP/2024"


BAD_ELECTIONS = {
    "not TOML": ("name = ", "TOML"),
    "no name": (ELECTION.replace("name =", "nama ="), "column name"),
    "day with a time": (ELECTION.replace("2024-02-14", "2024-02-14T10:00:00"), "column day"),
    "day as a text": (ELECTION.replace("2024-02-14", '"kemarin"'), "column day"),
    "limit of nothing": (ELECTION.replace("= 300", "= 0"), "1 to 999"),
    "unknown contest": (ELECTION.replace('"ppwp"', '"presiden"'), "a code of ppwp"),
    "contest twice": (ELECTION + '[[contest]]\ncode = "ppwp"\nform = "F"\n', "ppwp again"),
    "no contest": (ELECTION.split("[[contest]]")[0], "at least one"),
}


@pytest.mark.parametrize(("text", "told"), BAD_ELECTIONS.values(), ids=BAD_ELECTIONS.keys())
def test_bad_elections_are_refused(text: str, told: str) -> None:
    """A fault in election.toml names the field."""
    with pytest.raises(InputError, match=told):
        parse_election(text.encode())


def test_tickets_without_ids_get_stable_synthetic_ones() -> None:
    """Where KPU's ids are absent the ids follow from the numbers."""
    tickets = parse_tickets(b"nomor_urut,nama\n2,B\n1,A\n", "t.csv")
    assert [(ticket.number, ticket.id, ticket.name) for ticket in tickets] == [(1, 900001, "A"), (2, 900002, "B")]
    assert tickets[0].figure == "suara_1"


BAD_TICKETS = {
    "no number": ("nomor_urut,nama\n,A\n", "row 2, column nomor_urut"),
    "number twice": ("nomor_urut,nama\n1,A\n1,B\n", "row 3, column nomor_urut"),
    "id twice": ("nomor_urut,id,nama\n1,5,A\n2,5,B\n", "row 3, column id"),
    "gap": ("nomor_urut,nama\n1,A\n3,B\n", "without a gap"),
    "no name": ("nomor_urut,nama\n1,\n", "row 2, column nama"),
    "bad colour": ("nomor_urut,nama,warna\n1,A,red\n", "row 2, column warna"),
    "no rows": ("nomor_urut,nama\n", "at least one ticket"),
    "no name column": ("nomor_urut\n1\n", "column nama"),
}


@pytest.mark.parametrize(("text", "told"), BAD_TICKETS.values(), ids=BAD_TICKETS.keys())
def test_bad_tickets_are_refused(text: str, told: str) -> None:
    """A fault in the tickets' file names row and column."""
    with pytest.raises(InputError, match=told):
        parse_tickets(text.encode(), "t.csv")


def test_the_tickets_of_2024_load_with_their_ids() -> None:
    """KPU's own columns are understood and its ids kept."""
    tickets = parse_tickets(shared("data/president-2024-tickets.csv").read_bytes(), "tickets.csv")
    assert [ticket.id for ticket in tickets] == [100025, 100026, 100027]
