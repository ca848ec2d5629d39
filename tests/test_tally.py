"""Totals: equal to a naive second implementation, honest about what they rest on."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.errors import InputError
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.geography import parse_geography
from sirekap.review import State
from sirekap.tally import SheetResult, tally
from tests.example import consistent, sheets

GEOGRAPHY = parse_geography(
    b"kode,nama,tingkat,tps\n11,A,1,\n1101,B,2,\n110101,C,3,\n1101011001,D,4,4\n1101011002,E,4,3\n"
    b"1102,F,2,\n110201,G,3,\n1102011001,H,4,2\n12,I,1,\n1201,J,2,\n120101,K,3,\n1201011001,L,4,5\n"
    b"99,LN,1,\n9901,M,2,\n990101,N,3,\n9901010002,POS,4,\n",
    "g.csv",
)
VILLAGES = [code for code in GEOGRAPHY.units if len(code) == 10]
STATIONS = [station for village in VILLAGES for station in GEOGRAPHY.stations(village)]
STATIONS += ["9901010002001", "9901010002002"]


def results() -> st.SearchStrategy[list[SheetResult]]:
    one = st.tuples(st.sampled_from(STATIONS), st.sampled_from(State), sheets(), st.booleans())
    several = st.lists(one, max_size=12, unique_by=lambda item: item[0])
    return several.map(lambda items: [
        SheetResult(station, state, {} if state is State.REVIEW
                    else values | ({"disabilitas_j": None} if blank else {}))
        for station, state, values, blank in items
    ])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(results())
def test_a_tally_equals_a_naive_recount(found: list[SheetResult]) -> None:
    """For every unit and figure the total is what adding up the station list by hand gives."""
    totals = tally(GEOGRAPHY, FORM, found)
    for code in GEOGRAPHY.units:
        mine = [sheet for sheet in found if code == "0" or sheet.station.startswith(code)]
        for states, sums in (((State.SETTLED,), totals[code].settled),
                             ((State.SETTLED, State.PROVISIONAL), totals[code].provisional)):  # fmt: skip
            counted = [sheet for sheet in mine if sheet.state in states]
            assert sums.sheets == len(counted)
            for name in FORM.names:
                assert sums.values.get(name, 0) == sum(sheet.figures[name] or 0 for sheet in counted)
                assert sums.blanks.get(name, 0) == sum(sheet.figures[name] is None for sheet in counted)
        completeness = totals[code].completeness
        assert completeness.present == len(mine)
        assert completeness.settled + completeness.provisional + completeness.review == completeness.present
        known = {sheet.station for sheet in mine if not sheet.station.startswith("9901010002")}
        assert completeness.missing == completeness.expected - len(known)


@settings(max_examples=30, deadline=None)
@given(results(), st.randoms())
def test_the_order_of_stations_does_not_matter(found: list[SheetResult], random: Random) -> None:
    """The same sheets in another order give the same totals."""
    shuffled = list(found)
    random.shuffle(shuffled)
    assert tally(GEOGRAPHY, FORM, shuffled) == tally(GEOGRAPHY, FORM, found)


def test_nothing_in_is_no_zero_result() -> None:
    """Without a sheet there is no sum at all, and every known station is missing."""
    total = tally(GEOGRAPHY, FORM, [])["0"]
    assert (total.provisional.sheets, total.provisional.values) == (0, {})
    assert (total.completeness.missing, total.completeness.unknown_villages) == (14, 1)


GOOD = SheetResult("1101011001001", State.PROVISIONAL, consistent())
REFUSED = {
    "a station twice": ([GOOD, GOOD], "each station once"),
    "an unknown station": ([SheetResult("1101011001009", State.PROVISIONAL, {})], "a station of this election"),
    "an open error": ([SheetResult(GOOD.station, State.PROVISIONAL, GOOD.figures, ("R12",))], "no open error"),
    "a figure of another form": ([SheetResult(GOOD.station, State.SETTLED, {"suara_9": 1})], "suara_9"),
}


@pytest.mark.parametrize(("found", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_tally_refuses(found: list[SheetResult], told: str) -> None:
    """A wrong total is worse than none: the tally stops and says why."""
    with pytest.raises(InputError, match=told):
        tally(GEOGRAPHY, FORM, found)


def test_a_sheet_in_review_adds_nothing() -> None:
    """A sheet in review is counted as in, and adds to no sum."""
    total = tally(GEOGRAPHY, FORM, [SheetResult(GOOD.station, State.REVIEW, {}, ("R12",))])["0"]
    assert (total.completeness.review, total.provisional.sheets, total.provisional.values) == (1, 0, {})
