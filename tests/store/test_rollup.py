"""The fast roll-up equals the tally, figure by figure and refusal by refusal."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.errors import InputError
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.geography import parse_geography
from sirekap.review import State
from sirekap.store.rollup import rollup, rollup_table
from sirekap.tally import SheetResult, tally

GEOGRAPHY = parse_geography(
    b"kode,nama,tingkat,tps\n11,A,1,\n1101,AA,2,\n110101,AAA,3,\n1101011001,X,4,3\n1101011002,Y,4,\n"
    b"110102,AAB,3,\n1101021001,Z,4,2\n12,B,1,\n1201,BA,2,\n120101,BAA,3,\n1201011001,V,4,0\n99,L,1,\n",
    "g.csv",
)
STATIONS = ("1101011001001", "1101011001003", "1101011002001", "1101011002777", "1101021001001", "1101021001002")
VALUES = st.dictionaries(st.sampled_from(FORM.names), st.none() | st.integers(0, 999), max_size=6)
RESULT = st.tuples(st.sampled_from(list(State)), VALUES)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.sampled_from(STATIONS), RESULT))
def test_rollup_equals_tally(sheets: dict[str, tuple[State, dict[str, int | None]]]) -> None:
    """Any sheets, in any states, with blanks and absent figures, give the totals that define them."""
    results = [SheetResult(station, state, values) for station, (state, values) in sheets.items()]
    assert rollup(GEOGRAPHY, FORM, results, few=-1) == tally(GEOGRAPHY, FORM, results)


@pytest.mark.parametrize(
    "results",
    [
        [SheetResult(STATIONS[0], State.SETTLED, {})] * 2,
        [SheetResult("9999999999999", State.SETTLED, {})],
        [SheetResult(STATIONS[0], State.PROVISIONAL, {}, ("R12",))],
        [SheetResult(STATIONS[0], State.SETTLED, {"suara_99": 1})],
    ],
)
def test_rollup_refuses_what_tally_refuses(results: list[SheetResult]) -> None:
    """A repeated or unknown station, an open error and a strange figure are refused in the same words."""
    with pytest.raises(InputError) as expected:
        tally(GEOGRAPHY, FORM, results)
    with pytest.raises(InputError) as found:
        rollup(GEOGRAPHY, FORM, results, few=-1)
    assert str(found.value) == str(expected.value)


def test_few_sheets_are_added_up_without_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the definition itself, also of a form with hundreds of figures; one sheet more goes through columns."""
    results = [SheetResult(station, State.SETTLED, {"suara_1": 7}) for station in STATIONS[:2]]
    expected = tally(GEOGRAPHY, FORM, results)
    assert rollup(GEOGRAPHY, FORM, results, few=1) == expected
    monkeypatch.setattr("sirekap.store.rollup.rollup_table", None)
    assert rollup(GEOGRAPHY, FORM, results, few=2) == expected
    with pytest.raises(TypeError):
        rollup(GEOGRAPHY, FORM, results, few=1)


def test_table_with_a_repeated_station_is_refused() -> None:
    """Columns that hold a station twice are refused: a wrong total is worse than none."""
    table = pa.table({"station": [STATIONS[0]] * 2, "state": ["settled", "review"], "suara_1": [1, 2]})
    with pytest.raises(InputError, match=STATIONS[0]):
        rollup_table(table)
