"""Electoral districts, parties and candidates: what is loaded, what is refused."""

from collections import Counter

import pytest

from sirekap.contests import parse_candidates, parse_district_seats, parse_districts, parse_parties
from sirekap.errors import InputError
from tests.shared import shared

HEAD = "kode_dapil,jenis_dapil,nama_dapil,kode_wilayah,nama,is_pecah,kursi\n"
JAKARTA = (
    "3102,DPR RI,DKI JAKARTA II,3171,JAKARTA PUSAT + LUAR NEGERI,False,7\n"
    "3102,DPR RI,DKI JAKARTA II,3174,JAKARTA SELATAN,False,7\n"
)
SPLIT = (
    "120001,DPRD PROVINSI,SUMATERA UTARA 1,1271,KOTA MEDAN A,True,\n"
    "120001,DPRD PROVINSI,SUMATERA UTARA 1,127101,MEDAN KOTA,False,\n"
    "120002,DPRD PROVINSI,SUMATERA UTARA 2,1271,KOTA MEDAN B,True,\n"
    "120002,DPRD PROVINSI,SUMATERA UTARA 2,127102,MEDAN BARAT,False,\n"
)


def test_a_district_holds_its_units_and_voters_abroad() -> None:
    """Where KPU writes LUAR NEGERI beside a unit, 99 belongs to the district."""
    (district,) = parse_districts((HEAD + JAKARTA).encode(), "d.csv")
    assert (district.contest, district.seats, district.units) == ("pdpr", 7, ("3171", "3174", "99"))
    assert district.holds("3174011001001") and district.holds("9901") and not district.holds("3172")
    assert district.touches("31") and district.touches("0") and not district.touches("32")


def test_a_split_unit_is_a_heading_of_its_parts() -> None:
    """The smaller units below it are what each district is made of."""
    one, two = parse_districts((HEAD + SPLIT).encode(), "d.csv")
    assert (one.units, two.units, one.seats) == (("127101",), ("127102",), None)


BAD_DISTRICTS = {
    "code of letters": (JAKARTA.replace("3102,DPR", "31A2,DPR", 1), "row 2, column kode_dapil"),
    "unknown house": (JAKARTA.replace("DPR RI", "DPD", 1), "row 2, column jenis_dapil"),
    "no name": (JAKARTA.replace("DKI JAKARTA II", "", 1), "row 2, column nama_dapil"),
    "another name": (JAKARTA.replace("DKI JAKARTA II", "DKI", 1), "row 3, column nama_dapil"),
    "other seats": (JAKARTA.replace("False,7", "False,8", 1), 'row 3, column kursi: expected "8" as in row 2'),
    "no seats": (JAKARTA.replace("False,7", "False,0", 1), "row 2, column kursi"),
    "neither true nor false": (JAKARTA.replace("False", "kadang", 1), "row 2, column is_pecah"),
    "no unit": (JAKARTA.replace(",3171,", ",317,", 1), "row 2, column kode_wilayah"),
    "a unit twice": (JAKARTA.replace(",3174,", ",3171,", 1), "row 3, column kode_wilayah"),
    "a unit in two districts": (
        JAKARTA + "3103,DPR RI,DKI JAKARTA III,3171,X,False,8\n",
        "row 4, column kode_wilayah.*lies in 3102 already",
    ),
    "a unit within another's": (
        JAKARTA + "3103,DPR RI,DKI JAKARTA III,317101,X,False,8\n",
        "row 4, column kode_wilayah.*lies in 3102 already",
    ),
    "a split unit without parts": (SPLIT.splitlines(keepends=True)[0], "the smaller units of 1271 in 120001"),
    "no rows": ("", "at least one district"),
}


@pytest.mark.parametrize(("rows", "told"), BAD_DISTRICTS.values(), ids=BAD_DISTRICTS.keys())
def test_bad_districts_are_refused(rows: str, told: str) -> None:
    """A fault names row, column, what was expected and what was found."""
    with pytest.raises(InputError, match=told):
        parse_districts((HEAD + rows).encode(), "d.csv")


def test_every_bad_row_of_districts_is_told() -> None:
    """Not the first alone."""
    rows = JAKARTA.replace("DPR RI", "DPD", 1).replace(",3174,", ",31,7,")
    with pytest.raises(InputError) as told:
        parse_districts((HEAD + rows).encode(), "d.csv")
    assert len(told.value.problems) == 2


def test_seats_can_come_in_a_file_of_their_own() -> None:
    """By the district's code."""
    assert parse_district_seats(b"kode_dapil,kursi\n3101,6\n3102,7\n", "s.csv") == {"3101": 6, "3102": 7}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("3101,\n", "row 2, column kursi"),
        ("3101,x\n", "row 2, column kursi"),
        ("3101,6\n3101,6\n", "row 3, column kode_dapil"),
        (",6\n", "row 2, column kode_dapil"),
        ("", "at least one"),
    ],
)
def test_bad_seats_are_refused(rows: str, told: str) -> None:
    """A fault names row and column."""
    with pytest.raises(InputError, match=told):
        parse_district_seats(f"kode_dapil,kursi\n{rows}".encode(), "s.csv")


def test_parties_keep_their_numbers_and_ids() -> None:
    """Numbers may leave gaps: parties of Aceh stand between the others."""
    text = b"nomor_urut,nama,id,warna,aceh\n24,Ummat,100024,#000000,false\n18,Nanggroe,,,true\n"
    one, two = parse_parties(text, "p.csv")
    assert (one.number, one.id, one.aceh) == (18, 900_018, True)
    assert (two.number, two.id, two.colour, two.aceh) == (24, 100_024, "#000000", False)


BAD_PARTIES = {
    "no number": (",A,,,\n", "row 2, column nomor_urut"),
    "number twice": ("1,A,,,\n1,B,,,\n", "row 3, column nomor_urut"),
    "id twice": ("1,A,5,,\n2,B,5,,\n", "row 3, column id"),
    "bad id": ("1,A,x,,\n", "row 2, column id"),
    "no name": ("1,,,,\n", "row 2, column nama"),
    "bad colour": ("1,A,,red,\n", "row 2, column warna"),
    "Aceh or not": ("1,A,,,mungkin\n", "row 2, column aceh"),
    "no rows": ("", "at least one party"),
}


@pytest.mark.parametrize(("rows", "told"), BAD_PARTIES.values(), ids=BAD_PARTIES.keys())
def test_bad_parties_are_refused(rows: str, told: str) -> None:
    """A fault names row and column."""
    with pytest.raises(InputError, match=told):
        parse_parties(f"nomor_urut,nama,id,warna,aceh\n{rows}".encode(), "p.csv")


LIST = "kode_dapil,no_partai,nomor_urut,nama,jk\n"


def test_candidates_of_lists_and_of_provinces() -> None:
    """Sex is L, P or not known."""
    one, two = parse_candidates(f"{LIST}3101,2,1,A,P\n3101,1,1,B,\n".encode(), "c.csv", ["3101"], [1, 2])
    assert (one.party, one.woman, two.party, two.woman) == (1, None, 2, True)
    (senator,) = parse_candidates(b"kode_provinsi,nomor_urut,nama,jk\n31,4,C,L\n", "c.csv", ["31"], None)
    assert (senator.district, senator.party, senator.number, senator.woman) == ("31", None, 4, False)


BAD_CANDIDATES = {
    "unknown district": ("3109,1,1,A,L\n", "row 2, column kode_dapil"),
    "unknown party": ("3101,9,1,A,L\n", "row 2, column no_partai"),
    "no party": ("3101,,1,A,L\n", "row 2, column no_partai"),
    "party of letters": ("3101,x,1,A,L\n", "row 2, column no_partai"),
    "no number": ("3101,1,,A,L\n", "row 2, column nomor_urut"),
    "number of letters": ("3101,1,x,A,L\n", "row 2, column nomor_urut"),
    "number twice": ("3101,1,1,A,L\n3101,1,1,B,L\n", "row 3, column nomor_urut"),
    "no name": ("3101,1,1,,L\n", "row 2, column nama"),
    "sex": ("3101,1,1,A,X\n", "row 2, column jk"),
    "no rows": ("", "at least one candidate"),
}


@pytest.mark.parametrize(("rows", "told"), BAD_CANDIDATES.values(), ids=BAD_CANDIDATES.keys())
def test_bad_candidates_are_refused(rows: str, told: str) -> None:
    """A fault names row and column."""
    with pytest.raises(InputError, match=told):
        parse_candidates(f"{LIST}{rows}".encode(), "c.csv", ["3101"], [1])


def test_what_kpu_published_for_2024_is_understood() -> None:
    """84, 301 and 2,325 districts; 24 parties; every candidate of DPR and DPD has a district and a list."""
    districts = parse_districts(shared("data/electoral-districts-2024.csv").read_bytes(), "d.csv")
    assert Counter(each.contest for each in districts) == {"pdpr": 84, "pdprdp": 301, "pdprdk": 2325}
    seats = shared("data/dpr-2024-seats-per-district-unverified.csv").read_bytes()
    assert sum(parse_district_seats(seats.replace(b"kursi_from_third_party", b"kursi"), "s.csv").values()) == 580
    parties = parse_parties(shared("data/parties-2024.csv").read_bytes(), "p.csv")
    assert (len(parties), sum(party.aceh for party in parties)) == (24, 6)
    lists = shared("data/candidates-dpr-2024.csv").read_bytes()
    codes = [each.code for each in districts if each.contest == "pdpr"]
    assert len(parse_candidates(lists, "c.csv", codes, [party.number for party in parties])) == 9_917
    provinces = {each.units[0][:2] for each in districts}
    senators = shared("data/candidates-dpd-2024.csv").read_bytes()
    assert len(parse_candidates(senators, "c.csv", provinces, None)) == 668
