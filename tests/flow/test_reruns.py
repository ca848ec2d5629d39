"""A rerun: the count of a station begins anew, and nothing of the count before it counts any more."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.capture import confirm
from sirekap.flow.capture_views import copy_view, sheet_view
from sirekap.flow.intake import ingest
from sirekap.flow.reruns import figures_before, order_rerun, replaced_by_rerun
from sirekap.flow.steps import tally_workspace
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.review.notices import Kind
from sirekap.review.reruns import RerunKind
from sirekap.store.board_recount import differences
from sirekap.store.intake import waiting_stations
from sirekap.store.loading import now
from sirekap.store.models import (
    Assignment,
    Confirmation,
    CopyVersion,
    DeskClaimEnd,
    Event,
    Notice,
    Rerun,
    SetAside,
    Sheet,
    SheetVersion,
)
from sirekap.store.not_taken import Reason
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints
from sirekap.store.waiting import waiting_photos
from tests.example import consistent
from tests.flow.capturing import AT, CONTEST, READER, send, send_sheet, shot, signed, vouch, work
from tests.flow.desking import bring, doubtful, enter, refused, staffed, take
from tests.flow.fakes import OTHER, STATION, pages, write_manifest
from tests.flow.fakes import READER as FAKE
from tests.flow.rerunning import GROUND, rerun

NEW = consistent(women=60)
FRESH = {
    "state": "review", "step": "none", "causes": 0, "read": False, "confirmed": False, "answered": False,
    "votes": None,
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return staffed(tmp_path, "bawaslu,317301,,,panwas-1\n")


def row(workspace: Workspace, station: str = STATION) -> dict[str, Any]:
    """What the sheet's row says."""
    return dict(workspace.rows(Sheet).filter(station=station).values(*FRESH).get())


def settled(workspace: Workspace) -> dict[str, int]:
    """The nation's settled votes."""
    return dict(tally_workspace(workspace).totals["0"].settled.values)


def photos(workspace: Workspace, who: str = "ketua-1") -> dict[str, Any]:
    """The sheet's photographs as phones are told, by hash."""
    view = sheet_view(workspace, signed(workspace, who), CONTEST, STATION, "en")
    return {photo["sha256"]: photo for photo in view["photos"]}


def bring_again(workspace: Workspace, folder: Path, values: dict[str, Any], note: str = "again") -> None:
    """Other photographs of the station's sheet come in by a manifest, and are read."""
    rows = pages(STATION, values, note=note)
    ingest(workspace, write_manifest(folder / note, rows), FAKE)


def test_a_settled_sheet_is_counted_again_from_photograph_to_settled(workspace: Workspace) -> None:
    """Confirmed, counted again, photographed anew, read by the worker, confirmed: the new figures alone count."""
    send_sheet(workspace, "ketua-1")
    work(workspace)
    assert vouch(workspace, 1).state == "settled"
    assert settled(workspace)["pengguna_total_p"] == consistent()["pengguna_total_p"]
    assert rerun(workspace)["number"] == 1
    assert row(workspace) == FRESH
    assert settled(workspace) == {}
    assert standpoints(workspace, CONTEST, FORM, STATION) == {}
    send_sheet(workspace, "ketua-1", NEW, take="2")
    assert waiting_stations(workspace, CONTEST) == ()
    assert work(workspace).weighed == 1
    assert row(workspace)["state"] == "provisional"
    assert list(workspace.rows(SheetVersion).values_list("version", flat=True)) == [1, 2]
    assert vouch(workspace, 2, NEW).state == "settled"
    assert settled(workspace)["pengguna_total_p"] == NEW["pengguna_total_p"]
    assert tally_workspace(workspace).totals["0"].settled.sheets == 1
    assert differences(workspace) == []
    before = figures_before(workspace, CONTEST, STATION, 1)
    assert before == consistent()


def test_a_rerun_is_kept_with_its_ground_and_the_role_that_ordered_it(workspace: Workspace) -> None:
    """Number, kind, ground, role and time stand in the row; who ordered it stands in the events."""
    bring(workspace, workspace.path / "in", consistent())
    told = rerun(workspace, kind=RerunKind.REVOTE)
    assert (told["kind"], told["ground"], told["by"]) == (
        "pemungutan_ulang", GROUND, "KPU Kabupaten/Kota JAKARTA PUSAT",
    )  # fmt: skip
    kept = workspace.rows(Rerun).get()
    assert (kept.number, kept.account.login, kept.at) == (1, "kab-1", AT)
    event = workspace.rows(Event).get(act="rerun ordered")
    assert (event.who, event.subject, event.detail["ground"]) == ("kab-1", STATION, GROUND)
    assert [n.station for n in workspace.rows(Notice).filter(kind=str(Kind.RERUN))] == [STATION]
    view = sheet_view(workspace, signed(workspace, "ketua-1"), CONTEST, STATION, "en")
    assert (view["rerun"], view["reruns"][0]["label"]) == (1, "Voting run again")
    assert view["message"] == "Voting run again: photograph the new sheet."


def test_a_station_without_a_sheet_gets_one_by_a_later_voting(workspace: Workspace) -> None:
    """Nothing was ever voted there: the sheet's row is made, and waits for photographs like any other."""
    rerun(workspace, kind=RerunKind.LATER)
    assert row(workspace) == FRESH
    assert differences(workspace) == []
    send_sheet(workspace, "ketua-1")
    work(workspace)
    assert vouch(workspace, 1).state == "settled"


def test_the_same_request_gets_the_same_answer_and_another_person_none(workspace: Workspace) -> None:
    """One rerun, however often it is sent; the request of somebody else is refused."""
    request = uuid4()
    first = rerun(workspace, request=request, after=0)
    assert rerun(workspace, request=request, after=0) == first
    assert workspace.rows(Rerun).count() == 1
    assert refused(lambda: rerun(workspace, "ppk-1", request=request, after=0)) is Reason.INVALID


def test_who_does_not_know_of_a_rerun_orders_no_second_one(workspace: Workspace) -> None:
    """Two people order at once: the second is told to look first."""
    rerun(workspace, after=0)
    assert refused(lambda: rerun(workspace, "ppk-1", after=0)) is Reason.VERSION
    assert rerun(workspace, "ppk-1", after=1)["number"] == 2


def test_a_rerun_needs_a_ground_in_one_line(workspace: Workspace) -> None:
    """No words, several lines or too many are none."""
    for ground in ("", "   ", "a\nb", "x" * 501):
        assert refused(lambda ground=ground: rerun(workspace, ground=ground)) is Reason.INVALID
    assert workspace.rows(Rerun).count() == 0


MAY = {
    "ppk-1": {RerunKind.RECOUNT},
    "kab-1": set(RerunKind),
    "ppk-far": set(),
    "ketua-1": set(),
    "saksi-1": set(),
    "audit-1": set(),
    "panwas-1": set(),
}


def test_who_may_order_what(workspace: Workspace) -> None:
    """The regency any kind, the district a recount in its area, nobody else anything."""
    for who, kinds in MAY.items():
        for kind in RerunKind:
            if kind in kinds:
                rerun(workspace, who, kind)
            else:
                assert refused(lambda who=who, kind=kind: rerun(workspace, who, kind)) is Reason.FORBIDDEN


def test_a_photograph_of_the_count_before_is_told_so_and_counts_nowhere(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Sent again by the phone, or handed in by a manifest: told, set aside, in no version."""
    first = [shot(page) for page in (1, 2, 3)]
    for data in first:
        send(workspace, "ketua-1", data)
    work(workspace)
    rerun(workspace)
    again = send(workspace, "ketua-1", first[0], language="en")
    assert (again.new, again.status) == (False, "refused")
    assert again.message.startswith("it belongs to the count before rerun 1 of ")
    assert send(workspace, "ketua-1", first[0]).message.startswith("Foto ini milik hitungan sebelum")
    report = ingest(workspace, write_manifest(tmp_path / "m", [(STATION, "old.jpg", first[1])]), READER)
    assert (report.new, report.known, len(report.set_aside)) == (0, 0, 1)
    assert "the count before rerun 1" in str(report.set_aside[0])
    assert work(workspace).weighed == 0
    assert {photo["status"] for photo in photos(workspace).values()} == {"refused"}
    send_sheet(workspace, "ketua-1", NEW, take="2")
    work(workspace)
    version = workspace.rows(SheetVersion).get(version=2)
    assert len(version.photos) == 3
    assert row(workspace)["causes"] == 0
    told = [photo["problem"] for photo in photos(workspace).values()]
    assert len([problem for problem in told if problem and "before rerun 1" in problem]) == 3
    assert waiting_photos(workspace, CONTEST) == ()


def test_what_was_delivered_before_and_not_read_yet_is_of_the_count_before(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The worker refuses it in words, officer's photograph and copy alike; the new ones are read."""
    send(workspace, "ketua-1", shot(1))
    send(workspace, "saksi-1", shot(2))
    rerun(workspace)
    view = sheet_view(workspace, signed(workspace, "ketua-1"), CONTEST, STATION, "en")
    assert (view["pending"], view["photos"][0]["status"]) == (0, "refused")
    done = work(workspace)
    assert (done.read, done.refused, done.weighed) == (0, 2, 0)
    assert workspace.rows(Assignment).count() == 0
    assert workspace.rows(SetAside).get().reason.startswith("it belongs to the count before rerun 1")
    report = ingest(workspace, write_manifest(tmp_path / "m", [(STATION, "old.jpg", shot(1))]), READER)
    assert (report.new, len(report.set_aside)) == (0, 1)
    own = copy_view(workspace, signed(workspace, "saksi-1"), CONTEST, STATION, "en")
    assert (own["photos"][0]["status"], own["pending"]) == ("refused", 0)
    send_sheet(workspace, "ketua-1", NEW, take="2")
    work(workspace)
    assert row(workspace)["state"] == "provisional"


def test_a_confirmation_of_the_count_before_does_not_pass_for_the_new_one(workspace: Workspace) -> None:
    """Typed without a network before the rerun, sent after it: to be looked at once more."""
    rerun(workspace)
    person = signed(workspace, "ketua-1")

    def late(known: int) -> Any:
        return confirm(workspace, person, CONTEST, STATION, uuid4(), None, consistent(), (), AT, "en", known)

    assert refused(lambda: late(0)) is Reason.VERSION
    assert late(1).state == "review"
    assert row(workspace)["confirmed"]
    rerun(workspace)
    assert not row(workspace)["confirmed"]
    assert workspace.rows(Confirmation).count() == 1


def test_copies_of_the_count_before_differ_from_nothing(workspace: Workspace) -> None:
    """A witness's copy of the old sheet says nothing of the new one; a copy of the new one does."""
    send_sheet(workspace, "ketua-1")
    send_sheet(workspace, "saksi-1")
    work(workspace)
    rerun(workspace)
    send_sheet(workspace, "ketua-1", NEW, take="2")
    work(workspace)
    assert row(workspace)["state"] == "provisional"
    assert copy_view(workspace, signed(workspace, "saksi-1"), CONTEST, STATION)["version"] is None
    send_sheet(workspace, "saksi-1", {**NEW, "suara_1": 30}, take="2")
    work(workspace)
    assert standpoints(workspace, CONTEST, FORM, STATION)[STATION].different == {"suara_1": (30,)}
    assert list(workspace.rows(CopyVersion).values_list("version", flat=True)) == [1, 2]


def test_the_desk_begins_anew(workspace: Workspace, tmp_path: Path) -> None:
    """Who typed, saw, skipped or held the old sheet may work on the new one; what was typed decides nothing."""
    bring(workspace, tmp_path / "in", doubtful())
    enter(workspace, "ppk-1")
    sheet_view(workspace, signed(workspace, "ppk-2"), CONTEST, STATION)
    assert refused(lambda: take(workspace, "ppk-2")) is Reason.OWN
    skipped = take(workspace, "kab-1").claim
    desk.hand_back(workspace, signed(workspace, "kab-1"), skipped, AT, "tidak jelas")
    held = take(workspace, "ppk-3")
    rerun(workspace, "ppk-1")
    assert desk.held(workspace, signed(workspace, "ppk-3"), AT) is None
    assert workspace.rows(DeskClaimEnd).get(claim_id=held.claim).how == "rerun"
    assert (
        refused(lambda: desk.enter(workspace, signed(workspace, "ppk-3"), held.claim, uuid4(), consistent(), AT))
        is Reason.CLAIM
    )
    bring_again(workspace, tmp_path, {**NEW, "suara_1": 888})
    assert row(workspace)["step"] == "first"
    for who in ("ppk-2", "kab-1"):
        taken = desk.take_next(workspace, signed(workspace, who), AT)
        assert taken is not None and taken.version == 2
        desk.hand_back(workspace, signed(workspace, who), taken.claim, AT)
    assert enter(workspace, "ppk-1", NEW) == "kept"
    sheet_view(workspace, signed(workspace, "ppk-2"), CONTEST, STATION)
    assert refused(lambda: take(workspace, "ppk-2")) is Reason.OWN
    assert desk.take_next(workspace, signed(workspace, "ppk-2"), AT) is None
    assert enter(workspace, "ppk-3", NEW) == "agreed"
    assert row(workspace)["state"] == "settled"


def test_an_answer_for_a_finding_does_not_reach_the_new_count(workspace: Workspace, tmp_path: Path) -> None:
    """The same finding with the same values is to be answered for again, also by the same people."""
    wrong = {**consistent(), "suara_sah": 190}
    bring(workspace, tmp_path / "in", wrong)

    def answer(who: str) -> None:
        claim = take(workspace, who).claim
        for rule in standpoints(workspace, CONTEST, FORM, STATION)[STATION].standing.open_errors:
            desk.answer_for(workspace, signed(workspace, who), claim, uuid4(), rule, "sesuai kertas", AT)

    for who in ("ppk-1", "ppk-2"):
        answer(who)
    assert row(workspace)["answered"]
    rerun(workspace)
    bring_again(workspace, tmp_path, wrong)
    assert (row(workspace)["state"], row(workspace)["answered"]) == ("review", False)
    answer("ppk-1")
    assert row(workspace)["state"] == "review"
    answer("ppk-2")
    assert row(workspace)["answered"]


def test_the_old_sheet_is_no_near_duplicate_of_the_new_one(workspace: Workspace, tmp_path: Path) -> None:
    """The same numbers are counted again at the same station; another station's are still found."""
    bring(workspace, tmp_path / "in", consistent())
    rerun(workspace)
    bring_again(workspace, tmp_path, consistent())
    assert row(workspace)["state"] == "provisional"
    rerun(workspace)
    bring(workspace, tmp_path / "in", consistent(), OTHER)
    assert row(workspace, OTHER)["state"] == "provisional"  # the numbers of a count that is over are nobody's
    bring_again(workspace, tmp_path, consistent(), "third")
    assert {row(workspace, station)["step"] for station in (STATION, OTHER)} == {"findings"}


def test_the_past_is_shown_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    """Before the rerun the old figures stand, right after it none, later the new ones."""
    bring(workspace, tmp_path / "in", consistent())
    first = now()
    person = signed(workspace, "ketua-1")
    confirm(workspace, person, CONTEST, STATION, uuid4(), 1, consistent(), (), first)
    ordered = now()
    rerun(workspace, at=ordered)
    between = now()
    bring_again(workspace, tmp_path, NEW)
    last = now()

    def at(until: Any) -> dict[str, Any]:
        return sheet_view(workspace, person, CONTEST, STATION, "en", until=until)

    assert at(first - timedelta(days=1))["photos"] == []
    old = at(ordered - timedelta(microseconds=1))
    assert (old["state"], old["version"], old["rerun"]) == ("settled", 1, 0)
    assert all(photo["problem"] is None for photo in old["photos"])
    middle = at(between)
    assert (middle["state"], middle["version"], middle["rerun"], middle["confirmation"]) == (
        "review",
        None,
        1,
        None,
    )
    new = at(last)
    assert (new["version"], new["figures"]["pengguna_total_p"]["value"]) == (2, NEW["pengguna_total_p"])
    assert len(new["photos"]) == 6


def test_what_a_rerun_would_replace_is_told_before(workspace: Workspace) -> None:
    """The state, the photographs and copies of the count, the confirmation; no figure."""
    nothing = replaced_by_rerun(workspace, CONTEST, STATION)
    assert (nothing.state, nothing.photos, nothing.after) == (None, 0, 0)
    send_sheet(workspace, "ketua-1")
    send_sheet(workspace, "saksi-1")
    work(workspace)
    vouch(workspace, 1)
    found = replaced_by_rerun(workspace, CONTEST, STATION)
    assert (found.state, found.photos, found.copies, found.confirmed) == ("settled", 3, 1, True)
    rerun(workspace)
    found = replaced_by_rerun(workspace, CONTEST, STATION)
    assert (found.state, found.photos, found.copies, found.confirmed, found.after) == ("review", 0, 0, False, 1)


def test_an_unknown_station_or_contest_has_no_rerun(workspace: Workspace) -> None:
    """What is none is told so, whoever asks."""
    assert refused(lambda: rerun(workspace, station="3173011001009")) is Reason.UNKNOWN
    person = signed(workspace, "kab-1")
    assert (
        refused(
            lambda: order_rerun(workspace, person, "pkwkp", STATION, uuid4(), RerunKind.RECOUNT, GROUND, 0, AT)
        )
        is Reason.UNKNOWN
    )
