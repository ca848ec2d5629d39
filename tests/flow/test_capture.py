"""From a phone to a confirmed sheet: delivered once, read once, settled by people, compared with copies."""

from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow.capture import Parcel, deliver
from sirekap.flow.capture_views import copy_view, cut_of, photo_of, sheet_view, work_of
from sirekap.flow.steps import acknowledge, publish_workspace, tally_workspace
from sirekap.flow.worker import eta, eta_words, pending_deliveries
from sirekap.publish import publish_site
from sirekap.review import Cause, State
from sirekap.store.keys import is_receipt, public_keys
from sirekap.store.models import Assignment, Confirmation, Delivery, Event, SetAside, Sheet
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace
from sirekap.store.waiting import waiting_photos
from sirekap.verify import verify_tree
from tests.example import consistent
from tests.flow.capturing import (
    AT,
    CONTEST,
    SALINAN,
    peopled,
    send,
    send_sheet,
    shot,
    signed,
    upload,
    vouch,
    work,
)
from tests.flow.fakes import NOT_A_PICTURE, OTHER, STATION
from tests.store.pictures import jpeg


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A loaded workspace with one account of each kind."""
    return peopled(tmp_path)


def refused(call: Callable[[], object]) -> NotTaken:
    """The refusal of a call that must be refused."""
    with pytest.raises(NotTaken) as caught:
        call()
    return caught.value


def state(workspace: Workspace) -> str:
    """Where the station's sheet stands."""
    return str(workspace.rows(Sheet).get(station=STATION).state)


def settled_votes(workspace: Workspace) -> int | None:
    """The settled votes of ticket 1 in the nation."""
    return tally_workspace(workspace).totals["0"].settled.values.get("suara_1")


def test_photograph_delivered_again_gives_the_same_receipt(workspace: Workspace) -> None:
    """A phone that did not hear the answer sends again: nothing is there twice, the receipt is the server's."""
    first = send(workspace, "ketua-1", shot(1))
    again = send(workspace, "ketua-1", shot(1))
    assert (first.new, again.new) == (True, False)
    assert first.receipt == again.receipt
    assert is_receipt(first.receipt, public_keys(workspace))
    assert first.status == "pending"
    assert "dibaca dalam kira-kira" in first.message
    assert workspace.rows(Delivery).count() == pending_deliveries(workspace) == 1
    other = send(workspace, "ketua-1b", shot(1))  # the station's second account has the same photograph
    assert (other.new, other.receipt) == (False, first.receipt)


def test_read_sheet_is_provisional_until_it_is_confirmed(workspace: Workspace) -> None:
    """Photographs are read once, the sheet is accepted, and the officer's confirmation settles it."""
    send_sheet(workspace, "ketua-1")
    assert work(workspace).read == 3
    assert not work(workspace)
    assert state(workspace) == "provisional"
    assert settled_votes(workspace) is None
    assert send(workspace, "ketua-1", shot(1, note="ketua-1")).status == "read"
    done = vouch(workspace, 1)
    assert (done.state, done.marked) == ("settled", ())
    assert state(workspace) == "settled"
    assert settled_votes(workspace) == 31
    acts = list(workspace.rows(Event).filter(act="sheet confirmed").values_list("who", "subject"))
    assert acts == [("ketua-1", STATION)]


WHO_MAY = {
    "its own officer": ("ketua-1", "officer"),
    "another station's officer": ("ketua-2", None),
    "the village's panel": ("pps-1", "officer"),
    "the district's panel": ("ppk-1", "officer"),
    "a witness of the station": ("saksi-1", "copy"),
    "a witness of the district": ("saksi-2", "copy"),
    "a supervisor": ("panwas-1", "copy"),
    "an auditor": ("audit-1", None),
}


@pytest.mark.parametrize(("login", "source"), WHO_MAY.values(), ids=WHO_MAY.keys())
def test_mandate_decides_what_is_delivered(workspace: Workspace, login: str, source: str | None) -> None:
    """Officers deliver the sheet, witnesses and supervisors their copy, others nothing."""
    if source is None:
        assert refused(lambda: send(workspace, login, shot(1))).reason is Reason.FORBIDDEN
        assert workspace.rows(Delivery).count() == 0
    else:
        assert send(workspace, login, shot(1)).receipt["source"] == source


NO_PLACE = {
    "an unknown station": {"station": "3173011001999"},
    "a village": {"station": "3173011001"},
    "no code": {"station": "../x"},
    "an unknown contest": {"contest": "pdpr"},
    "an unknown form": {"form": "C.HASIL-X"},
    "a page that the form lacks": {"page": 4},
}


@pytest.mark.parametrize("change", NO_PLACE.values(), ids=NO_PLACE.keys())
def test_unknown_place_is_refused(workspace: Workspace, change: Mapping[str, object]) -> None:
    """A delivery for what does not exist is refused, and nothing is written down."""
    values = {"sha256": upload(workspace, "ketua-1", shot(1)), "contest": CONTEST, "station": STATION, **change}
    parcel = Parcel(**values)  # type: ignore[arg-type]  # a row of the table
    assert refused(lambda: deliver(workspace, signed(workspace, "ketua-1"), parcel, AT)).status == 404
    assert workspace.rows(Delivery).count() == 0


def test_hash_alone_delivers_nothing(workspace: Workspace) -> None:
    """Who has only the hash of a photograph has no photograph."""
    digest = upload(workspace, "ketua-1", shot(1))
    parcel = Parcel(digest, CONTEST, STATION)
    assert refused(lambda: deliver(workspace, signed(workspace, "saksi-1"), parcel, AT)).reason is Reason.NOTHING


def test_same_photograph_for_another_station_is_set_aside(workspace: Workspace) -> None:
    """It is kept and answered with the reason, and counts nowhere but at its first station."""
    send(workspace, "ketua-1", shot(1))
    other = send(workspace, "ketua-2", shot(1), OTHER)
    assert (other.status, other.new) == ("refused", True)
    assert "TPS lain" in other.message
    work(workspace)
    assert [row.sheet.station for row in workspace.rows(Assignment).all()] == [STATION]
    assert [photo.station for photo in waiting_photos(workspace, CONTEST)] == [OTHER]


REFUSED = {
    "another station's QR code": (shot(1, station=OTHER), "Kode QR"),
    "a damaged file": (jpeg(NOT_A_PICTURE), "rusak"),
    "a photograph that takes too much": (jpeg(b"endless"), "batas waktu"),
    "no page of the form": (shot(1, problem="no page of C.HASIL-PPWP/2024 was found"), "tidak ditemukan"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_photograph_is_refused_in_words_and_stops_nothing(
    workspace: Workspace, data: bytes, words: str
) -> None:
    """What cannot be read is told to the phone, and the photographs beside it are read."""
    send(workspace, "ketua-1", data)
    send(workspace, "ketua-1", shot(2))
    worked = work(workspace)
    assert (worked.read, worked.refused) == (1, 1)
    answer = send(workspace, "ketua-1", data)
    assert answer.status == "refused"
    assert words in answer.message
    photos = sheet_view(workspace, signed(workspace, "ketua-1"), CONTEST, STATION)["photos"]
    assert sorted(photo["status"] for photo in photos) == ["read", "refused"]


def changed(**values: int | None) -> dict[str, int | None]:
    """The example's figures with some changed."""
    return {**consistent(), **values}


INVALID = {
    "a figure missing": ({name: value for name, value in consistent().items() if name != "suara_1"}, "suara_1"),
    "a number too large": (changed(suara_1=1000), "suara_1"),
    "a negative number": (changed(suara_2=-1), "suara_2"),
    "a text": (changed(suara_3="7"), "suara_3"),  # type: ignore[arg-type]  # the wrong type is the case
    "yes": (changed(suara_3=True), "suara_3"),
    "an unknown figure": (changed(suara_9=1), "suara_9"),
}


@pytest.mark.parametrize(("figures", "name"), INVALID.values(), ids=INVALID.keys())
def test_confirmation_holds_every_figure(
    workspace: Workspace, figures: Mapping[str, int | None], name: str
) -> None:
    """A confirmation that is not whole is refused, and names what is wrong."""
    error = refused(lambda: vouch(workspace, None, figures))
    assert error.reason is Reason.INVALID
    assert any(name in detail for detail in error.details)


def test_only_the_station_confirms(workspace: Workspace) -> None:
    """Panels, witnesses and supervisors confirm nothing."""
    for login in ("ketua-2", "pps-1", "ppk-1", "saksi-1", "panwas-1", "audit-1"):
        assert refused(lambda who=login: vouch(workspace, None, login=who)).reason is Reason.FORBIDDEN
    assert workspace.rows(Confirmation).count() == 0


def test_a_figure_that_the_officer_alone_says_goes_to_the_desk(workspace: Workspace) -> None:
    """What the machine doubts or cannot read the officer gives; both are kept, and nobody settles alone."""
    send_sheet(workspace, "ketua-1", changed(suara_1=777, suara_2=888))
    work(workspace)
    assert state(workspace) == "review"
    done = vouch(workspace, 1)
    assert done.state == state(workspace) == "review"
    assert "Not clear" in done.marked[0]
    row = workspace.rows(Confirmation).get()
    assert row.corrections == ["suara_1", "suara_2"]
    assert row.machine["suara_1"][0] == 777
    assert row.figures["suara_1"] == 31
    sheet = workspace.rows(Sheet).get()
    assert (sheet.step, sheet.confirmed, sheet.causes) == ("first", True, Cause.UNBACKED.bit)


def test_overruling_a_certain_reading_must_be_insisted_on_and_is_reviewed(workspace: Workspace) -> None:
    """The first try names the figures; insisted on, the confirmation is kept and the sheet goes to review."""
    send_sheet(workspace, "ketua-1")
    work(workspace)
    figures = changed(suara_1=32, suara_2=119)
    error = refused(lambda: vouch(workspace, 1, figures))
    assert (error.reason, error.figures) == (Reason.INSIST, ("suara_1", "suara_2"))
    assert workspace.rows(Confirmation).count() == 0
    done = vouch(workspace, 1, figures, ("suara_1", "suara_2"))
    assert done.state == state(workspace) == "review"
    assert "clearly shows" in done.marked[0]
    assert acknowledge(workspace, STATION, "R41", "ketua PPK", "kertas sudah dilihat").state is State.REVIEW
    assert acknowledge(workspace, STATION, "R41", "anggota PPK", "kertas sudah dilihat").state is State.SETTLED
    assert settled_votes(workspace) == 32


def test_confirmed_figures_that_do_not_add_up_wait(workspace: Workspace) -> None:
    """An error of arithmetic is explained and keeps the sheet in review until someone answers for it."""
    wrong = changed(suara_sah=190)
    send_sheet(workspace, "ketua-1", wrong)
    work(workspace)
    done = vouch(workspace, 1, wrong)
    assert done.state == "review"
    assert len(done.marked) == 2
    for rule in ("R11", "R12"):
        for who in ("ketua PPK", "anggota PPK"):
            acknowledge(workspace, STATION, rule, who, "tertulis demikian")
    assert state(workspace) == "settled"


def test_same_request_gives_the_same_answer(workspace: Workspace) -> None:
    """A phone that did not hear the answer asks again; there is one confirmation, and nobody else's request."""
    request = uuid4()
    first = vouch(workspace, None, request=request)
    send_sheet(workspace, "ketua-1")
    work(workspace)
    again = vouch(workspace, None, request=request)
    assert (first.new, again.new) == (True, False)
    assert (first.state, first.message) == (again.state, again.message)
    assert workspace.rows(Confirmation).count() == 1
    error = refused(lambda: vouch(workspace, 1, request=request, login="ketua-1b"))
    assert error.reason is Reason.INVALID


def test_version_that_is_not_the_latest_is_refused(workspace: Workspace) -> None:
    """Nobody confirms what they have not seen."""
    send_sheet(workspace, "ketua-1")
    work(workspace)
    send(workspace, "ketua-1", shot(1, note="again"))
    work(workspace)
    for version in (None, 1, 3):
        assert refused(lambda at=version: vouch(workspace, at)).reason is Reason.VERSION
    assert vouch(workspace, 2).state == "settled"


def test_confirmed_before_any_reading(workspace: Workspace) -> None:
    """Figures typed first are kept; the photographs that come later settle the sheet, or send it to review."""
    assert vouch(workspace, None).state == "review"
    send_sheet(workspace, "ketua-1")
    work(workspace)
    assert state(workspace) == "settled"


def test_confirmed_first_and_read_otherwise_is_reviewed(workspace: Workspace) -> None:
    """A photograph that certainly shows another figure than was typed keeps the sheet out of the totals."""
    vouch(workspace, None, changed(suara_1=30, suara_2=121))
    send_sheet(workspace, "ketua-1")
    work(workspace)
    assert state(workspace) == "review"
    assert sheet_view(workspace, signed(workspace, "ketua-1"), CONTEST, STATION)["findings"][0]["rule"] == "R41"


def test_photograph_that_shows_otherwise_reopens_a_settled_sheet(workspace: Workspace) -> None:
    """A better photograph whose figures differ takes a confirmed sheet out of the settled totals."""
    send_sheet(workspace, "ketua-1")
    work(workspace)
    vouch(workspace, 1)
    send(workspace, "ketua-1", shot(1, note="the same figures again"))
    work(workspace)
    assert state(workspace) == "settled"
    send(workspace, "ketua-1", shot(2, changed(suara_1=30, suara_2=121), quality=0.9))
    work(workspace)
    assert state(workspace) == "review"
    assert settled_votes(workspace) is None


def test_page_that_is_missing_keeps_a_confirmed_sheet_waiting(workspace: Workspace) -> None:
    """Every figure that counts has its photograph: the last page settles the sheet."""
    for page in (1, 2):
        send(workspace, "ketua-1", shot(page))
    work(workspace)
    done = vouch(workspace, 1)
    assert done.state == "review"
    assert "page 3" in done.message
    send(workspace, "ketua-1", shot(3))
    work(workspace)
    assert state(workspace) == "settled"


@pytest.mark.parametrize("form", ["C.HASIL-PPWP/2024", SALINAN])
def test_copy_that_agrees_changes_nothing(workspace: Workspace, form: str) -> None:
    """A witness's copy, of either form and without saying which, is read apart from the sheet."""
    send_sheet(workspace, "ketua-1")
    pages = (1, 2) if form == SALINAN else (1, 2, 3)
    for page in pages:
        send(workspace, "saksi-1", shot(page, form=form, note="copy"))
    work(workspace)
    assert state(workspace) == "provisional"
    assert workspace.rows(Assignment).count() == 3
    view = copy_view(workspace, signed(workspace, "saksi-1"), CONTEST, STATION)
    assert (view["form"], view["pages"], view["state"]) == (form, list(pages), "read")
    assert "differences" not in view


def test_copy_that_differs_sends_the_sheet_to_review(workspace: Workspace) -> None:
    """A witness or supervisor sends it there; who answers for the difference settles the sheet again."""
    send_sheet(workspace, "ketua-1")
    work(workspace)
    vouch(workspace, 1)
    assert state(workspace) == "settled"
    send(workspace, "saksi-1", shot(2, changed(suara_1=131)))
    work(workspace)
    assert state(workspace) == "review"
    different = copy_view(workspace, signed(workspace, "ppk-1"), CONTEST, STATION)["differences"]
    assert different == [{"figure": "suara_1", "officer": 31, "copy": 131, "who": "saksi-1"}]
    assert acknowledge(workspace, STATION, "R42", "ketua PPK", "salinan salah tulis").state is State.REVIEW
    assert acknowledge(workspace, STATION, "R42", "anggota PPK", "salinan salah tulis").state is State.SETTLED
    send(workspace, "panwas-1", shot(2, changed(suara_1=41)))
    work(workspace)
    assert state(workspace) == "review"  # another difference than the one that was answered for


def test_uncertain_figure_of_a_copy_says_nothing(workspace: Workspace) -> None:
    """Only what both certainly give is compared: not doubtful, illegible or blank figures."""
    send_sheet(workspace, "ketua-1", changed(disabilitas_l=None))
    send(workspace, "saksi-1", shot(2, changed(suara_1=777, suara_2=888, suara_3=None)))
    send(workspace, "saksi-1", shot(1, changed(disabilitas_l=4)))
    work(workspace)
    assert copy_view(workspace, signed(workspace, "panwas-1"), CONTEST, STATION)["differences"] == []


def test_each_sees_only_their_own_copy(workspace: Workspace) -> None:
    """A witness sees no other witness's copy, nor its photographs and cuts."""
    data = shot(2, changed(suara_1=131))
    digest = send(workspace, "saksi-1", data).receipt["sha256"]
    work(workspace)
    other = signed(workspace, "saksi-2")
    assert copy_view(workspace, other, CONTEST, STATION)["figures"] == {}
    assert refused(lambda: photo_of(workspace, other, CONTEST, STATION, digest, copy=True)).status == 404
    assert refused(lambda: cut_of(workspace, other, CONTEST, STATION, "suara_1", copy=True)).status == 404
    own = signed(workspace, "saksi-1")
    assert photo_of(workspace, own, CONTEST, STATION, digest, copy=True).startswith(b"P")
    assert cut_of(workspace, own, CONTEST, STATION, "suara_1", copy=True)


def test_sheet_is_shown_to_whom_it_may_be(workspace: Workspace) -> None:
    """The answer has everything that the officer confirms by; outside the mandates there is no data at all."""
    send_sheet(workspace, "ketua-1", changed(suara_1=777))
    work(workspace)
    send(workspace, "ketua-1", shot(1, note="waits"))
    view = sheet_view(workspace, signed(workspace, "ketua-1"), CONTEST, STATION)
    assert (view["state"], view["version"], view["pending"], view["pages_missing"]) == ("review", 1, 1, [])
    figure = view["figures"]["suara_1"]
    assert (figure["value"], figure["certain"]) == (777, False)
    assert figure["cut"] == f"/api/v1/sheets/ppwp/{STATION}/cuts/suara_1"
    assert view["eta_seconds"] > 0
    assert cut_of(workspace, signed(workspace, "saksi-2"), CONTEST, STATION, "suara_1")
    for call in (sheet_view, copy_view):
        assert (
            refused(lambda see=call: see(workspace, signed(workspace, "ketua-2"), CONTEST, STATION)).status == 403
        )
    assert refused(lambda: sheet_view(workspace, signed(workspace, "ppid-1"), CONTEST, STATION)).status == 403


def test_work_names_the_station_and_its_forms(workspace: Workspace) -> None:
    """A station's officer need not name the station; a district's must; witnesses get the copy's form too."""
    own = work_of(workspace, signed(workspace, "ketua-1"), AT)
    (station,) = own["stations"]
    assert station["name"].startswith("TPS 001, GELORA")
    (form,) = station["contests"][0]["forms"]
    assert form["pages"][0]["tag"]["id"] == 101
    assert len(form["pages"][0]["marks"]) == 4
    assert work_of(workspace, signed(workspace, "ppk-1"), AT)["stations"] == []
    named = work_of(workspace, signed(workspace, "saksi-2"), AT, STATION)["stations"][0]
    assert named["source"] == "copy"
    assert [item["id"] for item in named["contests"][0]["forms"]] == ["C.HASIL-PPWP/2024", SALINAN]
    assert refused(lambda: work_of(workspace, signed(workspace, "ketua-1"), AT, OTHER)).status == 403


def test_eta_grows_with_the_queue(workspace: Workspace) -> None:
    """Who delivers behind many waits longer, and is told so in words."""
    before = eta(workspace)
    for number in range(30):
        send(workspace, "ketua-1", shot(1, note=str(number)))
    assert eta(workspace) > before
    assert eta_words(200, "en") == "received; it will be read in about 4 minutes"
    assert eta_words(60) == "diterima; dibaca dalam kira-kira 1 menit"
    assert eta_words(3) == "diterima; dibaca dalam kira-kira 5 detik"


def test_settled_sheet_is_published_and_verified(workspace: Workspace, tmp_path: Path) -> None:
    """What people settled counts as settled in the published tree, with the machine's figures beside it."""
    send_sheet(workspace, "ketua-1", changed(suara_1=777))
    work(workspace)
    vouch(workspace, 1)
    publish_workspace(workspace, publish_site, tmp_path / "public")
    report = verify_tree(tmp_path / "public")
    assert report.ok, report.differences[:5]


def test_set_aside_rows_name_the_delivery(workspace: Workspace) -> None:
    """Where a photograph was set aside, its delivery can be found."""
    send(workspace, "ketua-1", shot(1, station=OTHER))
    work(workspace)
    row = workspace.rows(Delivery).get()
    assert workspace.rows(SetAside).get().source == f"delivery {row.pk}"
