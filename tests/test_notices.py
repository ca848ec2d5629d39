"""Who is told what, as a table; and which change of a sheet is told at all."""

import pytest

from sirekap.access import ROLES, Mandate
from sirekap.review import State, Step
from sirekap.review.notices import OF_UNITS, PERSONAL, Kind, Seen, is_told, kinds_of, units_told

STATION = "3173011001001"
DESK = {Kind.FIRST, Kind.FINDINGS, Kind.RESOLVE, Kind.RERUN}
OFFICER = {Kind.LOOKED_AT, Kind.SETTLED, Kind.RERUN, Kind.ASIDE, Kind.REFUSED}
SUPERVISOR = {Kind.DIFFERS, Kind.RERUN}
NOTHING: set[Kind] = set()
HEARS = [
    (Mandate("kpps", STATION), OFFICER),
    (Mandate("kpps", "3173011001002"), NOTHING),
    (Mandate("pps", "3173011001"), NOTHING),
    (Mandate("ppk", "317301"), DESK),
    (Mandate("ppk", "317302"), NOTHING),
    (Mandate("kpu_kabko", "3173"), NOTHING),
    (Mandate("kpu_prov", "31"), NOTHING),
    (Mandate("kpu_ri", "0"), NOTHING),
    (Mandate("saksi", STATION, "900001"), NOTHING),
    (Mandate("bawaslu", "3173011001"), SUPERVISOR),
    (Mandate("bawaslu", "0"), SUPERVISOR),
    (Mandate("bawaslu", "3173011002"), NOTHING),
    (Mandate("ppid", "3173"), NOTHING),
    (Mandate("auditor", "3173"), NOTHING),
    (Mandate("admin", "3173"), NOTHING),
]


@pytest.mark.parametrize(("mandate", "kinds"), HEARS, ids=[f"{m.role} {m.unit}" for m, _ in HEARS])
def test_who_hears_of_a_station(mandate: Mandate, kinds: set[Kind]) -> None:
    """The desk of the district, the station's officer, its supervisors; nobody of another place or side."""
    assert {kind for kind in Kind if is_told([mandate], kind, STATION)} == kinds


def test_every_role_is_in_the_table() -> None:
    """A new role must be thought about; the overseas committee is the district of its tree."""
    assert {mandate.role for mandate, _ in HEARS} | {"ppln"} == set(ROLES)
    assert is_told([Mandate("ppln", "990101")], Kind.FIRST, "9901010001001")


def test_lists_and_single_questions_agree() -> None:
    """The units that a list is narrowed to are those of which each station is told."""
    for mandate, _ in HEARS:
        for kind in OF_UNITS:
            inside = any(unit == "0" or STATION.startswith(unit) for unit in units_told([mandate], kind))
            assert inside == is_told([mandate], kind, STATION)
    assert {Kind.CLAIM_OVER, Kind.RETURNED} == PERSONAL


WAITS, TYPED, TWO, OPEN = (
    Seen(State.REVIEW, step) for step in (Step.FIRST, Step.SECOND, Step.RESOLVE, Step.FINDINGS)
)
NEW, PHOTO = Seen(), Seen(State.REVIEW, Step.PHOTO)
CERTAIN, DONE = Seen(State.PROVISIONAL), Seen(State.SETTLED)
CHANGES = [
    (NEW, WAITS, (Kind.FIRST, Kind.LOOKED_AT)),
    (NEW, OPEN, (Kind.FINDINGS, Kind.LOOKED_AT)),
    (NEW, PHOTO, ()),
    (NEW, CERTAIN, ()),
    (CERTAIN, DONE, (Kind.SETTLED,)),
    (PHOTO, WAITS, (Kind.FIRST, Kind.LOOKED_AT)),
    (WAITS, TYPED, ()),
    (TYPED, TWO, (Kind.RESOLVE,)),
    (TYPED, DONE, (Kind.SETTLED,)),
    (TWO, OPEN, (Kind.FINDINGS,)),
    (OPEN, WAITS, (Kind.FIRST,)),
    (OPEN, OPEN, ()),
    (DONE, DONE, ()),
    (DONE, Seen(State.REVIEW, Step.FIRST, True), (Kind.FIRST, Kind.LOOKED_AT, Kind.DIFFERS)),
    (Seen(State.REVIEW, Step.FIRST, True), Seen(State.REVIEW, Step.SECOND, True), ()),
    (WAITS, Seen(State.REVIEW, Step.FIRST, True), (Kind.DIFFERS,)),
]


@pytest.mark.parametrize(("before", "after", "kinds"), CHANGES)
def test_which_change_is_told(before: Seen, after: Seen, kinds: tuple[Kind, ...]) -> None:
    """What comes to the desk, is settled or begins to differ; what stays as it was is not told again."""
    assert kinds_of(before, after) == kinds
