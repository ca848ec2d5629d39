"""Which act may follow which in a plenary, and what its minutes say after them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.recap import (
    COURT,
    Act,
    Answered,
    Attended,
    CarriedUp,
    Closed,
    Corrected,
    NotAllowed,
    Objected,
    ObjectionKind,
    Opened,
    ReadOut,
    Refusal,
    Reopened,
    Signing,
    Stage,
    Withdrew,
    after,
    as_json,
    from_json,
    play,
)

WHO, AT = "PPK Gambir", "2024-02-17T08:00:00Z"
STATION = "3171011001001"
OPEN = Opened(WHO, AT)
READ = ReadOut(WHO, AT, STATION, "a1")
CORRECT = Corrected(WHO, AT, STATION, "suara_1", 31, 37, "salah tulis", "BA 4")
OBJECT = Objected(WHO, AT, 1, ObjectionKind.OBJECTION, "Saksi 02", "Jumlah tidak sesuai", STATION, ("ab" * 32,))
ANSWER = Answered(WHO, AT, 1, "Dihitung ulang di depan saksi")
CARRY = CarriedUp(WHO, AT, 1, "Dibawa ke rapat pleno kabupaten")
ATTEND = Attended(WHO, AT, "Saksi", "02", Signing.REFUSES, "menunggu jawaban")
CLOSE = Closed(WHO, AT, 1, "c1")
REOPEN = Reopened("KPU Kabupaten", AT, "3171", "putusan Bawaslu", "BA 9")
WITHDRAW = Withdrew(WHO, AT, STATION, "suara_1", 31, 37, "lembar dibaca ulang", "BA 5")
EVERY = (OPEN, READ, CORRECT, WITHDRAW, OBJECT, ANSWER, CARRY, ATTEND, CLOSE, REOPEN)


@pytest.mark.parametrize("act", EVERY, ids=lambda act: act.name)
def test_an_act_is_kept_as_it_was(act: Act) -> None:
    """Every kind of act comes back from its JSON as it went in."""
    assert from_json(as_json(act)) == act


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"act": "dance"},
        {"act": "open"},
        {**as_json(OPEN), "more": 1},
        {**as_json(OBJECT), "kind": "x"},
        {**as_json(ATTEND), "signing": "maybe"},
        {"act": "attend", "who": "a", "at": "b"},
    ],
)
def test_what_is_no_act_is_refused(tree: dict[str, object]) -> None:
    """A tree of another kind, with too little or too much, raises ValueError."""
    with pytest.raises(ValueError):
        from_json(tree)


def test_a_whole_plenary_with_a_second_version() -> None:
    """Opened, read, corrected, objected, answered, closed, reopened and closed again: nothing of it is lost."""
    plenary = play((OPEN, READ, CORRECT, OBJECT, ANSWER, ATTEND, CLOSE, REOPEN, Closed(WHO, AT, 2, "c2")))
    assert plenary.stage is Stage.CLOSED
    assert [version.digest for version in plenary.versions] == ["c1", "c2"]
    assert plenary.corrections == (CORRECT,) and plenary.read == {STATION: "a1"}
    assert plenary.reopening == REOPEN and plenary.attendance == (ATTEND,)


REFUSED = {
    "nothing before it opens": ((), READ, Refusal.STAGE),
    "it opens once": ((OPEN,), OPEN, Refusal.STAGE),
    "missing parts need a decision": ((), Opened(WHO, AT, (STATION,)), Refusal.DECISION),
    "a decision needs missing parts": ((), Opened(WHO, AT, (), "tanpa"), Refusal.NOTHING_MISSING),
    "who acts is named": ((), Opened(" ", AT), Refusal.WORDS),
    "a correction needs a reason": (
        (OPEN,), Corrected(WHO, AT, STATION, "suara_1", 1, 2, " ", "BA"), Refusal.WORDS,
    ),
    "a correction needs minutes": ((OPEN,), Corrected(WHO, AT, STATION, "suara_1", 1, 2, "x", ""), Refusal.WORDS),
    "a correction changes something": (
        (OPEN,), Corrected(WHO, AT, STATION, "suara_1", 2, 2, "x", "BA"), Refusal.SAME,
    ),
    "objections are numbered without a gap": (
        (OPEN,), Objected(WHO, AT, 2, ObjectionKind.EVENT, "Panwas", "x"), Refusal.NUMBER,
    ),
    "an answer needs its objection": ((OPEN,), ANSWER, Refusal.NUMBER),
    "an objection is answered once": ((OPEN, OBJECT, ANSWER), CARRY, Refusal.ANSWERED),
    "who does not sign says why": ((OPEN,), Attended(WHO, AT, "Saksi", "02", Signing.REFUSES), Refusal.WORDS),
    "an open objection blocks closing": ((OPEN, OBJECT), CLOSE, Refusal.OPEN_OBJECTIONS),
    "versions are numbered without a gap": ((OPEN,), Closed(WHO, AT, 2, "c"), Refusal.VERSION),
    "only what stands is taken back": ((OPEN, CORRECT, WITHDRAW), WITHDRAW, Refusal.WITHDRAWN),
    "taking back needs a reason": (
        (OPEN, CORRECT), Withdrew(WHO, AT, STATION, "suara_1", 31, 37, "", "BA"), Refusal.WORDS,
    ),
    "nothing is corrected after it closed": ((OPEN, CLOSE), CORRECT, Refusal.STAGE),
    "what is open is not reopened": ((OPEN,), REOPEN, Refusal.STAGE),
    "reopening needs a ground": ((OPEN, CLOSE), Reopened(WHO, AT, COURT, "", "BA"), Refusal.WORDS),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_follow_is_refused(case: str) -> None:
    """Each act that the minutes do not allow says why."""
    before, act, refusal = REFUSED[case]
    with pytest.raises(NotAllowed) as told:
        after(play(before), act)
    assert told.value.refusal is refusal and str(told.value)


def test_an_objection_carried_up_blocks_nothing() -> None:
    """By decision it goes to the tier above, unanswered."""
    assert play((OPEN, OBJECT, CARRY, CLOSE)).objections[1].carried == CARRY


def test_a_correction_that_is_taken_back_counts_no_more_and_stays_in_the_minutes() -> None:
    """The last one that says exactly this; others of the same figure stand."""
    other = Corrected(WHO, AT, STATION, "suara_1", 37, 40, "salah tulis", "BA 4")
    assert play((OPEN, CORRECT, other, WITHDRAW)).corrections == (other,)
    assert play((OPEN, CORRECT, CORRECT, WITHDRAW)).corrections == (CORRECT,)


def test_a_seat_that_signs_after_all_stands_once() -> None:
    """What is said later of the same seat counts."""
    signs = Attended(WHO, AT, "Saksi", "02", Signing.SIGNS)
    assert play((OPEN, ATTEND, signs)).attendance == (signs,)


@given(st.lists(st.sampled_from(EVERY), max_size=12))
def test_no_history_closes_with_an_open_objection_or_loses_a_version(acts: list[Act]) -> None:
    """Whatever is tried in whatever order, refusals change nothing and every closing is kept."""
    plenary, closings = play(()), 0
    for act in acts:
        try:
            plenary = after(plenary, act)
        except NotAllowed:
            continue
        closings += act.name == "close"
        if act.name == "close":
            assert not plenary.open_objections
    assert len(plenary.versions) == closings
