"""A plenary's table against a naive recount, and what keeps it from closing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.geography import parse_geography
from sirekap.recap import (
    Act,
    Answered,
    Attended,
    Block,
    Blocked,
    Corrected,
    NotAllowed,
    Objected,
    ObjectionKind,
    Opened,
    Part,
    Plenary,
    ReadOut,
    Refusal,
    Signing,
    above,
    after,
    blocks,
    holds_plenary,
    parts,
    play,
    recapitulate,
    unexplained,
    waiting_objections,
)

WHO, AT = "PPK", "2024-02-17T08:00:00Z"
NAMES = ("suara_1", "suara_2")
ONE = {"suara_1": 31, "suara_2": 5}
TWO = {"suara_1": 10, "suara_2": None}
BELOW = Objected(WHO, AT, 3, ObjectionKind.OBJECTION, "Saksi 02", "Selisih suara")


def station(code: str, values: dict[str, int | None], digest: str = "d") -> Part:
    return Part(code, values, digest, 1, values)


def correct(part: str, figure: str, before: int | None, after: int | None) -> Corrected:
    return Corrected(WHO, AT, part, figure, before, after, "salah tulis", "BA 1")


def opened(*acts: Act, missing: tuple[str, ...] = ()) -> Plenary:
    panel = Attended(WHO, AT, "Ketua PPK", "", Signing.SIGNS)
    return play((Opened(WHO, AT, missing, "tidak ada" if missing else ""), panel, *acts))


def test_a_correction_stands_beside_what_the_sheet_says() -> None:
    """The sheet's sum, the certified sum and the correction between them are all there."""
    plenary = opened(ReadOut(WHO, AT, "a", "d"), ReadOut(WHO, AT, "b", "d"), correct("a", "suara_1", 31, 37))
    recap = recapitulate(NAMES, plenary, [station("a", dict(ONE)), station("b", dict(TWO))])
    assert recap.sheets == {"suara_1": 41, "suara_2": 5}
    assert recap.counted == {"suara_1": 47, "suara_2": 5}
    assert recap.stations == 2 and len(recap.corrections) == 1
    assert blocks(recap, plenary) == ()


def test_a_figure_that_is_blank_everywhere_sums_to_blank() -> None:
    """Blank is never zero."""
    recap = recapitulate(NAMES, opened(), [station("b", dict(TWO))])
    assert recap.counted["suara_2"] is None


BLOCKED = {
    "a part that is not there": (opened(), Part("a", None), Blocked(Block.MISSING, ("a",))),
    "a part that nobody read out": (opened(), station("a", dict(ONE)), Blocked(Block.UNREAD, ("a",))),
    "a part that changed since it was read out": (
        opened(ReadOut(WHO, AT, "a", "old")), station("a", dict(ONE)), Blocked(Block.UNREAD, ("a",)),
    ),
    "a correction of another value": (
        opened(ReadOut(WHO, AT, "a", "d"), correct("a", "suara_1", 30, 37)), station("a", dict(ONE)),
        Blocked(Block.LOOSE, ("a suara_1",)),
    ),
    "a correction of no part of this plenary": (
        opened(ReadOut(WHO, AT, "a", "d"), correct("z", "suara_1", 31, 37)), station("a", dict(ONE)),
        Blocked(Block.LOOSE, ("z suara_1",)),
    ),
    "a correction of a figure that the form lacks": (
        opened(ReadOut(WHO, AT, "a", "d"), correct("a", "suara_9", 31, 37)), station("a", dict(ONE)),
        Blocked(Block.LOOSE, ("a suara_9",)),
    ),
    "a certificate that its sheets left behind": (
        opened(ReadOut(WHO, AT, "a", "d")), Part("a", ONE, "d", 3, {"suara_1": 30, "suara_2": 5}),
        Blocked(Block.CHANGED, ("a suara_1",)),
    ),
    "a station that moved on below": (
        opened(ReadOut(WHO, AT, "a", "d")), replace(station("a", dict(ONE)), moved=("a001",)),
        Blocked(Block.CHANGED, ("a a001",)),
    ),
    "an objection from below that nobody took up": (
        opened(ReadOut(WHO, AT, "a", "d")), replace(station("a", dict(ONE)), carried=(BELOW,)),
        Blocked(Block.CARRIED, ("a/3",)),
    ),
    "nobody who signs": (
        play((Opened(WHO, AT), Attended(WHO, AT, "Saksi", "02", Signing.ABSENT), ReadOut(WHO, AT, "a", "d"))),
        station("a", dict(ONE)), Blocked(Block.NOBODY, ("",)),
    ),
    "an objection without an answer": (
        opened(ReadOut(WHO, AT, "a", "d"), Objected(WHO, AT, 1, ObjectionKind.EVENT, "Panwas", "hujan")),
        station("a", dict(ONE)), Blocked(Block.OBJECTIONS, ("1",)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKED)
def test_what_blocks_closing_is_named(case: str) -> None:
    """Each reason alone, with what it is about."""
    plenary, part, expected = BLOCKED[case]
    assert blocks(recapitulate(NAMES, plenary, [part]), plenary) == (expected,)


def test_what_a_decision_does_without_blocks_nothing() -> None:
    """A missing part that the opening's decision names may be missing."""
    plenary = opened(missing=("a",))
    assert blocks(recapitulate(NAMES, plenary, [Part("a", None)]), plenary) == ()


def test_an_objection_from_below_waits_until_it_is_taken_up_and_answered() -> None:
    """Carried up it blocks above: first until it is taken up there, then until it is answered."""
    part = replace(station("a", dict(ONE)), carried=(BELOW,))
    taken = Objected(WHO, AT, 1, BELOW.kind, BELOW.by, BELOW.text, "a", (), "a/3")
    plenary = opened(ReadOut(WHO, AT, "a", "d"), taken)
    recap = recapitulate(NAMES, plenary, [part])
    assert waiting_objections(recap) == {"a/3": BELOW}
    assert blocks(recap, plenary) == (Blocked(Block.OBJECTIONS, ("1",)),)
    assert blocks(recap, after(plenary, Answered(WHO, AT, 1, "Dihitung ulang"))) == ()
    with pytest.raises(NotAllowed) as refused:
        after(plenary, replace(taken, number=2))
    assert refused.value.refusal is Refusal.TAKEN_UP


def test_a_part_counted_twice_is_refused() -> None:
    """It would falsify the sum."""
    with pytest.raises(ValueError, match="twice"):
        recapitulate(NAMES, opened(), [station("a", dict(ONE)), station("a", dict(ONE))])


VALUES = st.one_of(st.none(), st.integers(0, 300))
SHEETS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=1, max_size=6)


@given(SHEETS, st.data())
def test_two_tiers_equal_a_naive_recount(sheets: list[dict[str, int | None]], data: st.DataObject) -> None:
    """Whatever is corrected in the districts, the regency's sums are the sheets' plus the named corrections."""
    moved = dict.fromkeys(NAMES, 0)
    below: list[Part] = []
    for at, values in enumerate(sheets):
        code, name = f"s{at}", data.draw(st.sampled_from(NAMES))
        new = data.draw(VALUES.filter(lambda value, old=values[name]: value != old))
        plenary = opened(ReadOut(WHO, AT, code, "d"), correct(code, name, values[name], new))
        recap = recapitulate(NAMES, plenary, [station(code, values)])
        assert blocks(recap, plenary) == ()
        moved[name] += (new or 0) - (values[name] or 0)
        below.append(Part(f"k{at}", recap.counted, "d", 1, values, recap.corrections))
    regency = recapitulate(NAMES, opened(), below)
    for name in NAMES:
        naive = sum(values[name] or 0 for values in sheets)
        assert (regency.sheets[name] or 0) == naive
        assert (regency.counted[name] or 0) == naive + moved[name]
    assert all(unexplained(column, NAMES) == () for column in regency.columns)
    # One vote more in any certificate, and it is told.
    forged = replace(below[0], figures={**(below[0].figures or {}), "suara_1": 999})
    assert unexplained(recapitulate(NAMES, opened(), [forged]).columns[0], NAMES) == ("suara_1",)


CSV = b"""kode,nama,tingkat,tps
31,DKI JAKARTA,1,
3171,JAKARTA PUSAT,2,
317101,GAMBIR,3,
3171011001,GAMBIR,4,2
317102,TANAH ABANG,3,
3171021001,GELORA,4,0
99,LUAR NEGERI,1,
9901,BELANDA,2,
990101,PPLN DEN HAAG,3,
9901010001,TPSLN,4,1
"""


def test_who_goes_through_what() -> None:
    """A district its stations, a regency its districts that have stations, the nation its provinces and PPLN."""
    geography = parse_geography(CSV, "geography.csv")
    assert parts(geography, "317101") == ("3171011001001", "3171011001002")
    assert parts(geography, "3171") == ("317101",)
    assert parts(geography, "0") == ("31", "990101")


@pytest.mark.parametrize(
    ("unit", "contest", "holds", "goes"),
    [
        ("317101", "ppwp", True, "3171"),
        ("3171", "pkwkk", True, None),
        ("31", "pkwkk", False, None),
        ("31", "pkwkp", True, None),
        ("0", "ppwp", True, None),
        ("990101", "ppwp", True, "0"),
        ("9901", "ppwp", False, "99"),
        ("3171011001", "ppwp", False, "317101"),
    ],
)
def test_where_a_contest_is_summed_up(unit: str, contest: str, holds: bool, goes: str | None) -> None:
    """Whose plenaries there are, and whose certificate goes where."""
    assert holds_plenary(unit, contest) is holds
    assert above(unit, contest) == goes
