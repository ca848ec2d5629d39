"""The tiers: what is loaded, what is refused, who sums into whom."""

import gzip
import time

import pytest

from sirekap.errors import InputError
from sirekap.geography import Expected, Geography, Tier, parent_of, parse_geography, path_of, tier_of
from tests.shared import shared

HEAD = "kode,nama,tingkat,tps\n"
GOOD = HEAD + "11,ACEH,1,5\n1101,SELATAN,2,5\n110101,BAKONGAN,3,5\n1101012001,A,4,3\n1101012002,B,4,2\n"


def parse(text: str) -> Geography:
    return parse_geography(text.encode(), "g.csv")


REFUSED = {
    "orphan code": ("1101022001,C,4,2\n", "row 7, column kode: expected a row for its district 110102"),
    "repeated code": ("1101012001,C,4,2\n", r"row 7, column kode: expected each code once.*first in row 5"),
    "wrong tier": ("1101012003,C,3,2\n", "row 7, column tingkat: expected 4"),
    "no number": ("1101012003,C,4,dua\n", 'row 7, column tps: expected a whole number.*"dua"'),
    "too many stations": ("1101012003,C,4,1000\n", "row 7, column tps"),
    "code of five digits": ("11010,C,2,2\n", "row 7, column kode"),
    "letters in the code": ("11O1012003,C,4,2\n", "row 7, column kode"),
    "a station's code": ("1101012001001,C,5,\n", "row 7, column kode"),
    "no name": ("1101012003,,4,2\n", "row 7, column nama"),
}


@pytest.mark.parametrize(("row", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_rows_are_refused_with_row_column_and_reason(row: str, told: str) -> None:
    """One bad row refuses the file and names where it stands: nothing is half-loaded."""
    with pytest.raises(InputError, match=told):
        parse(GOOD + row)


def test_every_bad_row_is_told_at_once() -> None:
    """Two bad rows are two problems of one refusal."""
    with pytest.raises(InputError) as refused:
        parse(GOOD + "1101012003,C,4,x\n1101012004,,4,1\n")
    assert [problem.row for problem in refused.value.problems] == [7, 8]


def test_a_faulty_row_makes_no_orphans_of_its_children() -> None:
    """The unit's own fault is told, and not once more for every unit below it."""
    with pytest.raises(InputError) as refused:
        parse(GOOD + "110103,D,2,\n1101032001,C,4,2\n")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(7, "tingkat")]


def test_expected_stations_sum_up_the_tiers() -> None:
    """Every tier expects the stations of its villages."""
    geography = parse(GOOD)
    assert [geography.expected(code).stations for code in ("0", "11", "110101", "1101012002")] == [5, 5, 5, 2]
    assert list(geography.stations("1101012002")) == ["1101012002001", "1101012002002"]


def test_an_empty_station_count_is_an_unknown() -> None:
    """A village without a count is told as unknown at every tier above, never counted as zero."""
    geography = parse(GOOD + "1101012003,C,4,\n")
    assert geography.units["1101012003"].stations is None
    assert geography.expected("0") == Expected(5, 1)
    assert geography.has_station("1101012003007") and not geography.has_station("1101012003000")


def test_a_disagreeing_upper_count_is_a_warning() -> None:
    """A count of an upper tier that its villages do not sum to is told, and the sum is used."""
    geography = parse(GOOD.replace("SELATAN,2,5", "SELATAN,2,9"))
    assert geography.expected("1101").stations == 5
    assert "gives 9 stations, its villages sum to 5" in geography.warnings[0]


STATIONS = {"1101012001001": True, "1101012001003": True, "1101012001004": False, "1101012009001": False,
            "110101": False, "": False, "110101200100x": False}  # fmt: skip


@pytest.mark.parametrize(("code", "known"), STATIONS.items())
def test_known_stations(code: str, known: bool) -> None:
    """A station is known where its village has at least that many."""
    assert parse(GOOD).has_station(code) is known


def test_codes_nest() -> None:
    """A station's code tells the units that it sums into."""
    assert path_of("1101012001001") == ("0", "11", "1101", "110101", "1101012001", "1101012001001")
    assert tier_of("1101") is Tier.REGENCY and parent_of("1101") == "11"
    with pytest.raises(ValueError, match="2, 4, 6, 10 or 13"):
        tier_of("110")


def test_overseas_has_its_own_tree() -> None:
    """Code 99 is overseas, at every tier below it too."""
    geography = parse(GOOD + "99,LUAR NEGERI,1,\n9901,X,2,\n990101,Y,3,\n9901010001,POS,4,\n")
    assert geography.units["9901010001"].overseas and not geography.units["1101012001"].overseas
    assert [unit.code for unit in geography.children("0")] == ["11", "99"]


@pytest.mark.slow
def test_the_whole_of_indonesia_loads_in_seconds() -> None:
    """All 92,089 units of 2024 load, with three overseas units whose count nobody knows."""
    data = gzip.decompress(shared("data/geography-2024.csv.gz").read_bytes())
    start = time.perf_counter()
    geography = parse_geography(data, "geography-2024.csv")
    assert time.perf_counter() - start < 20
    assert len(geography.units) == 92_089 + 1
    assert geography.expected("0") == Expected(821_541, 3)
