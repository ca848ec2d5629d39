"""The review desk: two people type blind, a third decides, findings are answered for; nobody alone."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.capture import confirm
from sirekap.flow.steps import publish_workspace
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.publish import publish_site
from sirekap.review import Cause, State, Step
from sirekap.store.desk import CLAIM_TIME, see
from sirekap.store.desk_queue import candidates, queue
from sirekap.store.loading import now
from sirekap.store.models import Account, DeskEntry, Sheet
from sirekap.store.not_taken import Reason
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints
from sirekap.verify.run import verify_tree
from tests.example import consistent
from tests.flow.capturing import AT, CONTEST, signed
from tests.flow.desking import bring, doubtful, enter, refused, staffed, take
from tests.flow.fakes import OTHER, STATION

MINUTE = timedelta(minutes=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A sheet with an illegible figure waits for the desk."""
    made = staffed(tmp_path)
    bring(made, tmp_path / "in", doubtful())
    return made


def sheet(workspace: Workspace, station: str = STATION) -> tuple[str, str]:
    """A sheet's state and step."""
    row = workspace.rows(Sheet).get(station=station)
    return row.state, row.step


def test_two_equal_entries_settle_a_sheet(workspace: Workspace, tmp_path: Path) -> None:
    """What two different people type the same is settled, published and found right by a stranger."""
    assert sheet(workspace) == ("review", "first")
    assert enter(workspace, "ppk-1") == "kept"
    assert sheet(workspace) == ("review", "second")
    assert enter(workspace, "ppk-2") == "agreed"
    assert sheet(workspace) == ("settled", "none")
    publish_workspace(workspace, publish_site, tmp_path / "out")
    report = verify_tree(tmp_path / "out")
    assert report.ok, report.differences[:3]


def test_entries_that_differ_are_decided_by_a_third_person(workspace: Workspace) -> None:
    """Neither of the two decides; whoever does gives a reason, and their figures count."""
    enter(workspace, "ppk-1")
    other = {**consistent(), "suara_1": 37}
    assert enter(workspace, "ppk-2", other) == "differs"
    assert sheet(workspace) == ("review", "resolve")
    for own in ("ppk-1", "ppk-2"):
        assert refused(lambda own=own: take(workspace, own)) is Reason.OWN
    claim = take(workspace, "ppk-3").claim
    who = signed(workspace, "ppk-3")
    assert refused(lambda: desk.enter(workspace, who, claim, uuid4(), consistent(), AT)) is Reason.INVALID
    done = desk.enter(workspace, who, claim, uuid4(), consistent(), AT, "angka 1 jelas di kotak ketiga")
    assert done == {"outcome": "decided"}
    assert sheet(workspace) == ("settled", "none")


def test_nobody_types_twice_or_after_seeing(workspace: Workspace) -> None:
    """Who typed first, who confirmed and who saw the figures are not given the sheet to type."""
    enter(workspace, "ppk-1")
    assert refused(lambda: take(workspace, "ppk-1")) is Reason.OWN
    see(workspace, CONTEST, STATION, workspace.rows(Account).get(login="ppk-2"), AT)
    assert refused(lambda: take(workspace, "ppk-2")) is Reason.OWN
    assert desk.take_next(workspace, signed(workspace, "ppk-2"), AT) is None
    assert take(workspace, "ppk-3").step is Step.SECOND


def test_a_sheet_is_held_by_one_person_until_their_time_is_over(workspace: Workspace) -> None:
    """Meanwhile it is given to nobody else; afterwards what the first one sends is not taken."""
    claim = take(workspace, "ppk-1")
    assert refused(lambda: take(workspace, "ppk-2")) is Reason.HELD
    assert desk.take_next(workspace, signed(workspace, "ppk-2"), AT) is None
    later = AT + CLAIM_TIME
    assert take(workspace, "ppk-2", later).step is Step.FIRST
    late = partial(desk.enter, workspace, signed(workspace, "ppk-1"), claim.claim, uuid4(), consistent(), later)
    assert refused(late) is Reason.CLAIM
    assert workspace.rows(DeskEntry).count() == 0


def test_handing_back_frees_a_sheet_and_skipping_keeps_it_away(workspace: Workspace) -> None:
    """A sheet handed back can be taken again by the same person; one skipped with a reason is given to others."""
    who = signed(workspace, "ppk-1")
    claim = take(workspace, "ppk-1").claim
    desk.hand_back(workspace, who, claim, AT)
    again = desk.take_next(workspace, who, AT + MINUTE)
    assert again is not None
    assert refused(lambda: desk.hand_back(workspace, who, again.claim, AT + MINUTE, skip=" ")) is Reason.INVALID
    desk.hand_back(workspace, who, again.claim, AT + MINUTE, skip="saya kenal ketua KPPS ini")
    assert desk.take_next(workspace, who, AT + 2 * MINUTE) is None
    assert desk.take_next(workspace, signed(workspace, "ppk-2"), AT + 2 * MINUTE) is not None


def test_the_same_request_is_answered_once(workspace: Workspace) -> None:
    """Whoever did not hear the answer asks again; there is one entry, and nobody else's request."""
    request, claim = uuid4(), take(workspace, "ppk-1").claim
    for _ in range(2):
        done = desk.enter(workspace, signed(workspace, "ppk-1"), claim, request, consistent(), AT)
        assert done == {"outcome": "kept"}
    assert workspace.rows(DeskEntry).count() == 1
    other = take(workspace, "ppk-2").claim
    stolen = partial(desk.enter, workspace, signed(workspace, "ppk-2"), other, request, consistent(), AT)
    assert refused(stolen) is Reason.INVALID


def test_what_nobody_can_read_waits_for_a_photograph(workspace: Workspace) -> None:
    """Two who say a figure is unreadable agree on that, and nothing is guessed."""
    unread = {**consistent(), "suara_1": "?"}
    enter(workspace, "ppk-1", unread)
    assert enter(workspace, "ppk-2", unread) == "agreed"
    assert sheet(workspace) == ("review", "photo")
    assert refused(lambda: take(workspace, "ppk-3")) is Reason.STEP


def test_findings_of_typed_figures_need_two_people_with_reasons(workspace: Workspace) -> None:
    """Paper that does not add up is settled as written once two people answer for it, neither of them twice."""
    wrong = {**consistent(), "suara_sah": 190}
    enter(workspace, "ppk-1", wrong)
    enter(workspace, "ppk-2", wrong)
    assert sheet(workspace) == ("review", "findings")
    for who, left in (("ppk-1", 2), ("kab-1", 1)):
        claim = take(workspace, who)
        assert claim.step is Step.FINDINGS
        for rule in ("R11", "R12"):
            desk.answer_for(workspace, signed(workspace, who), claim.claim, uuid4(), rule, "sesuai kertas", AT)
        if left == 2:
            assert sheet(workspace) == ("review", "findings")
            assert refused(lambda: take(workspace, "ppk-1")) is Reason.OWN
    assert sheet(workspace) == ("settled", "none")
    form_findings = standpoints(workspace, CONTEST, FORM, STATION)[STATION]
    assert {word.who.count("PPK TANAH ABANG (ppk-1)") for word in form_findings.acknowledged.values()} == {1}


def test_an_entry_that_does_not_fit_the_page_is_typed_again(workspace: Workspace) -> None:
    """Whoever sees it when answering gives the sheet back to typing, with a reason; what was typed stays kept."""
    wrong = {**consistent(), "suara_sah": 190}
    enter(workspace, "ppk-1", wrong)
    enter(workspace, "ppk-2", wrong)
    claim = take(workspace, "ppk-3").claim
    desk.type_again(workspace, signed(workspace, "ppk-3"), claim, "kotaknya jelas 187", AT)
    assert sheet(workspace) == ("review", "first")
    for who in ("ppk-1", "kab-1"):
        enter(workspace, who, at=AT + MINUTE)
    assert sheet(workspace) == ("settled", "none")
    assert workspace.rows(DeskEntry).count() == 4


def test_a_new_photograph_starts_a_new_round(workspace: Workspace, tmp_path: Path) -> None:
    """What was typed of an older version decides nothing, and who holds the old one must take it again."""
    enter(workspace, "ppk-1")
    claim = take(workspace, "ppk-2").claim
    bring(workspace, tmp_path / "again", {**doubtful(), "suara_2": 888})
    stale = partial(desk.enter, workspace, signed(workspace, "ppk-2"), claim, uuid4(), consistent(), AT)
    assert refused(stale) is Reason.VERSION
    assert sheet(workspace) == ("review", "first")


def test_the_desk_outweighs_the_officer_and_says_so(workspace: Workspace) -> None:
    """Where the officer confirmed something else, that is a finding that two people must answer for."""
    officer = {**consistent(), "suara_1": 32, "suara_sah": 188, "suara_total": 194}
    done = confirm(
        workspace, signed(workspace, "ketua-1"), CONTEST, STATION, uuid4(), 1, officer,
        ("suara_sah", "suara_total"), AT,
    )  # fmt: skip
    assert done.state == "review"
    enter(workspace, "ppk-1")
    enter(workspace, "ppk-2")
    assert sheet(workspace) == ("review", "findings")
    point = standpoints(workspace, CONTEST, FORM, STATION)[STATION]
    assert point.standing.open_errors == ("R43",)
    assert point.figures["suara_1"].value == 31


def test_the_queue_puts_the_most_votes_first_and_says_why(workspace: Workspace, tmp_path: Path) -> None:
    """A figure in question weighs all its voters, a sum that is off by one weighs one."""
    here = consistent(women=90)
    values = {**here, "suara_total": here["suara_total"] + 1}
    bring(workspace, tmp_path / "in", values, OTHER)
    rows = queue(workspace, {"317301"}, AT)
    assert [(row.station, row.causes, row.step) for row in rows] == [
        (STATION, (Cause.ILLEGIBLE,), Step.FIRST),
        (OTHER, (Cause.FINDING,), Step.FINDINGS),
    ]
    assert rows[0].votes > rows[1].votes == 1
    assert [row.station for row in queue(workspace, {"31"}, AT, cause=Cause.FINDING)] == [OTHER]
    assert queue(workspace, {"317302"}, AT) == queue(workspace, set(), AT) == []


@pytest.mark.parametrize("who", ["ketua-1", "saksi-1", "audit-1", "ppk-far"])
def test_who_is_not_of_the_desk_or_of_the_unit_takes_nothing(workspace: Workspace, who: str) -> None:
    """Officers of stations, witnesses, auditors and other districts are refused."""
    assert refused(lambda: take(workspace, who)) is Reason.FORBIDDEN
    assert desk.take_next(workspace, signed(workspace, who), AT) is None


def test_any_past_state_can_be_shown(workspace: Workspace) -> None:
    """As a sheet stood at a moment, it stands for whoever asks about that moment."""
    read = now()  # photographs are read at the true time
    enter(workspace, "ppk-1", at=read + MINUTE)
    enter(workspace, "ppk-2", at=read + 3 * MINUTE)
    for minutes, state, step in (
        (0, State.REVIEW, Step.FIRST),
        (2, State.REVIEW, Step.SECOND),
        (4, State.SETTLED, Step.NOTHING),
    ):
        until = read + minutes * MINUTE
        point = standpoints(workspace, CONTEST, FORM, STATION, until=until)[STATION]
        assert (point.standing.state, point.step) == (state, step)
    assert standpoints(workspace, CONTEST, FORM, STATION, until=read - timedelta(days=1)) == {}


def test_the_queue_does_not_offer_what_waits_for_another_hand(workspace: Workspace, tmp_path: Path) -> None:
    """What somebody typed, saw or answered for is passed over before it is tried, until it is given back."""

    def offered(who: str, at: datetime = AT) -> list[str]:
        account = workspace.rows(Account).get(login=who)
        keys = list(candidates(workspace, {"317301"}, at, account))
        return [workspace.rows(Sheet).get(pk=key).station for key in keys]

    wrong = {**consistent(), "suara_sah": 190}
    assert offered("ppk-1") == [STATION]
    enter(workspace, "ppk-1", wrong)
    assert (offered("ppk-1"), offered("ppk-2")) == ([], [STATION])
    see(workspace, CONTEST, STATION, workspace.rows(Account).get(login="kab-1"), AT)
    assert offered("kab-1") == []
    enter(workspace, "ppk-2", consistent())
    assert (offered("ppk-1"), offered("ppk-2"), offered("kab-1")) == ([], [], [STATION])
    enter(workspace, "kab-1", wrong, reason="dilihat di foto")
    claim, later = take(workspace, "ppk-3", AT + MINUTE).claim, AT + MINUTE
    for rule in ("R11", "R12"):
        desk.answer_for(workspace, signed(workspace, "ppk-3"), claim, uuid4(), rule, "sesuai kertas", later)
    assert (offered("ppk-3", later), offered("ppk-1", later)) == ([], [STATION])
    claim = take(workspace, "ppk-1", later).claim
    desk.type_again(workspace, signed(workspace, "ppk-1"), claim, "kotaknya jelas 195", later)
    assert offered("ppk-1", later) == [STATION]
