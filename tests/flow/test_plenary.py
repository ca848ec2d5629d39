"""Plenaries over real sheets in a real database: sums, minutes, versions, and what is refused."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow import plenary
from sirekap.flow.reruns import order_rerun
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap import Block, ObjectionKind, Stage
from sirekap.record.certificate import body
from sirekap.record.certificate_reading import read_certificate
from sirekap.review.reruns import RerunKind
from sirekap.store import moved
from sirekap.store.loading import geography_of
from sirekap.store.models import MovedSheet, PlenaryAct, RecapVersion
from sirekap.store.not_taken import Reason
from sirekap.store.plenaries import version_of
from sirekap.store.plenary_parts import part_codes
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import CONTEST, signed
from tests.flow.desking import bring
from tests.flow.sitting import (
    AT,
    DISTRICT,
    ELSEWHERE,
    NATION,
    NEXT,
    PROVINCE,
    REGENCY,
    STATIONS,
    begin,
    certified,
    hold,
    paper,
    read_all,
    refused,
    seated,
    see,
    settle,
    shut,
    sums,
)


def by(workspace: Workspace, who: str, unit: str = DISTRICT) -> tuple[object, ...]:
    """The first arguments of most acts."""
    return workspace, signed(workspace, who), CONTEST, unit


def test_four_tiers_sum_what_the_sheets_say(tmp_path: Path) -> None:
    """From two districts to the nation each certificate holds the sums of the papers, and its data reads back."""
    workspace = seated(tmp_path)
    for unit, stations in (
        (DISTRICT, STATIONS), (NEXT, ELSEWHERE), (REGENCY, (*STATIONS, *ELSEWHERE)),
        (PROVINCE, (*STATIONS, *ELSEWHERE)), (NATION, (*STATIONS, *ELSEWHERE)),
    ):  # fmt: skip
        version = hold(workspace, unit)
        assert certified(version) == sums(stations), unit
        assert version.stations == version.expected == len(stations)
        data = workspace.objects.get(version.body)
        certificate = read_certificate(data, unit)
        assert body(certificate) == data
        assert dict(zip(FORM.names, certificate.totals, strict=True)) == sums(stations)
        assert certificate.differences == () and certificate.corrections == ()


def test_parts_are_those_of_the_whole_geography(tmp_path: Path) -> None:
    """What is asked of the tables for one unit is what the core says of the geography."""
    from sirekap.recap import parts

    workspace = seated(tmp_path, ())
    geography = geography_of(workspace)
    for unit in (DISTRICT, NEXT, REGENCY, PROVINCE, NATION):
        assert part_codes(workspace, CONTEST, unit) == parts(geography, unit)


def test_a_correction_leaves_the_sheet_alone_and_is_told_at_every_tier(tmp_path: Path) -> None:
    """The sheet says 31, the plenary 37: both stand in the certificates, with the reason and the minutes."""
    workspace = seated(tmp_path)
    begin(workspace, DISTRICT)
    read_all(workspace, DISTRICT)
    plenary.correct(*by(workspace, "ppk-1"), uuid4(), STATIONS[0], "suara_1", 31, 37, "salah tulis", "BA 4", AT)
    district = shut(workspace, DISTRICT)
    expected = sums(STATIONS)
    assert certified(district) == {**expected, "suara_1": expected["suara_1"] + 6}
    own = read_certificate(workspace.objects.get(district.body), "d")
    assert [(item.before, item.after, item.reason) for item in own.corrections] == [
        (31, 37, "salah tulis (BA 4)")
    ]
    hold(workspace, NEXT)
    regency = read_certificate(workspace.objects.get(hold(workspace, REGENCY).body), "k")
    assert [(item.figure, item.computed, item.certified) for item in regency.differences] == [
        ("suara_1", expected["suara_1"], expected["suara_1"] + 6)
    ]
    assert "salah tulis" in regency.differences[0].explanation
    hold(workspace, PROVINCE)
    nation = read_certificate(workspace.objects.get(hold(workspace, NATION).body), "n")
    assert "salah tulis" in nation.differences[0].explanation


def test_a_missing_station_needs_a_decision_that_names_it(tmp_path: Path) -> None:
    """Without one the plenary does not open; with one the certificate names the station, up to the nation."""
    workspace = seated(tmp_path, (*STATIONS[:2], *ELSEWHERE))
    error = refused(lambda: begin(workspace, DISTRICT))
    assert error.reason is Reason.INVALID and "decision" in str(error)
    version = hold(workspace, DISTRICT, "Kotak suara hanyut; keputusan PPK nomor 1")
    assert version.missing == [[STATIONS[2], "no_sheet"]]
    assert certified(version) == sums(STATIONS[:2])
    hold(workspace, NEXT)
    regency = hold(workspace, REGENCY)
    told = read_certificate(workspace.objects.get(regency.body), "k").completeness
    assert [item.place.code for item in told.missing] == [STATIONS[2]] and (told.expected, told.counted) == (5, 4)
    # It comes late: told above, and counted once its district is reopened.
    settle(workspace, tmp_path, STATIONS[2])
    late = {part.code: part.late for part in see(workspace, REGENCY).parts}
    assert late == {DISTRICT: (STATIONS[2],), NEXT: ()}


def test_a_tier_above_waits_for_the_tier_below(tmp_path: Path) -> None:
    """A regency does not open while a district is open, nor close over one that is reopened."""
    workspace = seated(tmp_path)
    hold(workspace, DISTRICT)
    assert refused(lambda: begin(workspace, REGENCY)).reason is Reason.INVALID
    hold(workspace, NEXT)
    begin(workspace, REGENCY)
    read_all(workspace, REGENCY)
    plenary.reopen(*by(workspace, "kab-1", NEXT), uuid4(), "saran Bawaslu", "BA 9", False, AT)
    error = refused(lambda: shut(workspace, REGENCY))
    assert error.reason is Reason.BLOCKED and "missing: 317302" in str(error)


def test_a_reopened_district_makes_a_second_version_and_the_first_stays(tmp_path: Path) -> None:
    """Reopened from above with ground and minutes; both versions can be recomputed from what they hold."""
    workspace = seated(tmp_path)
    first = hold(workspace, DISTRICT)
    hold(workspace, NEXT)
    hold(workspace, REGENCY)
    again = (uuid4(), "putusan Bawaslu 12", "BA 9", False, AT)
    assert refused(lambda: plenary.reopen(*by(workspace, "kab-1"), *again)).reason is Reason.ABOVE
    assert refused(lambda: plenary.reopen(*by(workspace, "ppk-1"), *again)).reason is Reason.FORBIDDEN
    plenary.reopen(*by(workspace, "prov-1", REGENCY), uuid4(), "putusan Bawaslu 12", "BA 1", False, AT)
    plenary.reopen(*by(workspace, "kab-1"), *again)
    plenary.correct(
        *by(workspace, "ppk-1"), uuid4(), STATIONS[1], "suara_2", paper(STATIONS[1])["suara_2"], 100, "tertukar",
        "BA 10", AT,
    )  # fmt: skip
    second = shut(workspace, DISTRICT)
    assert (first.version, second.version) == (1, 2)
    assert certified(version_of(workspace, CONTEST, DISTRICT, 1)) == sums(STATIONS)
    assert certified(second)["suara_2"] == sums(STATIONS)["suara_2"] - paper(STATIONS[1])["suara_2"] + 100
    told = read_certificate(workspace.objects.get(second.body), "d").replaces
    assert told is not None and (told.version, told.ground) == (1, "putusan Bawaslu 12")
    # The regency sees that the district's certificate is another one than it read out.
    error = refused(lambda: shut(workspace, REGENCY))
    assert error.reason is Reason.BLOCKED and "unread: 317301" in str(error)
    read_all(workspace, REGENCY)
    assert (
        certified(shut(workspace, REGENCY))["suara_2"]
        == certified(second)["suara_2"] + sums(ELSEWHERE)["suara_2"]
    )


def test_a_sheet_that_changes_after_its_certificate_blocks_the_tier_above(tmp_path: Path) -> None:
    """The officer confirms another number after the district closed: the regency cannot close over it."""
    workspace = seated(tmp_path)
    hold(workspace, DISTRICT)
    hold(workspace, NEXT)
    begin(workspace, REGENCY)
    read_all(workspace, REGENCY)
    settle(workspace, tmp_path, STATIONS[0], {**paper(STATIONS[0]), "suara_1": 32})
    assert workspace.rows(MovedSheet).count() == 1
    error = refused(lambda: shut(workspace, REGENCY))
    assert error.reason is Reason.BLOCKED and f"changed: 317301 {STATIONS[0]}" in str(error)
    settle(workspace, tmp_path, STATIONS[0], paper(STATIONS[0]))
    assert see(workspace, REGENCY).blocks == ()
    assert certified(shut(workspace, REGENCY)) == sums((*STATIONS, *ELSEWHERE))


def test_many_sheets_that_moved_are_found_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at one by one or by their district, they are the same."""
    workspace = seated(tmp_path, STATIONS)
    hold(workspace, DISTRICT)
    for number, station in enumerate(STATIONS):
        settle(workspace, tmp_path, station, consistent((50 + number, 120, 44), women=60 + number))
    many = moved.moved_within(workspace, CONTEST, FORM, [DISTRICT])
    monkeypatch.setattr(moved, "FEW", 99)
    assert many == moved.moved_within(workspace, CONTEST, FORM, [DISTRICT])
    assert [item.station for item in many] == list(STATIONS)
    assert [(item.certified or {}).get("suara_1") for item in many] == [31, 32, 33]


def test_a_rerun_of_a_counted_station_makes_its_district_certify_anew(tmp_path: Path) -> None:
    """The old count leaves the certificate behind; the new one is read out and counted in the next version."""
    workspace = seated(tmp_path)
    hold(workspace, DISTRICT)
    hold(workspace, NEXT)
    begin(workspace, REGENCY)
    read_all(workspace, REGENCY)
    head, station = signed(workspace, "kab-1"), STATIONS[1]
    order_rerun(workspace, head, CONTEST, station, uuid4(), RerunKind.REVOTE, "putusan Bawaslu 7", 0, AT)
    assert f"changed: 317301 {station}" in str(refused(lambda: shut(workspace, REGENCY)))
    plenary.reopen(*by(workspace, "kab-1"), uuid4(), "putusan Bawaslu 7", "BA 3", False, AT)
    gone = next(part for part in see(workspace, DISTRICT).parts if part.code == station)
    assert (gone.figures, gone.reason) == (None, "rerun")
    assert f"missing: {station}" in str(refused(lambda: shut(workspace, DISTRICT)))
    again = {**consistent((50, 60, 70), women=70)}
    bring(workspace, tmp_path / "again", again, station)
    settle(workspace, tmp_path, station, again)
    assert f"unread: {station}" in str(refused(lambda: shut(workspace, DISTRICT)))
    read_all(workspace, DISTRICT)
    second = shut(workspace, DISTRICT)
    others = sums((STATIONS[0], STATIONS[2]))
    assert certified(second) == {name: others[name] + again[name] for name in FORM.names}
    read_all(workspace, REGENCY)
    regency = certified(shut(workspace, REGENCY))
    assert regency == {name: others[name] + again[name] + sums(ELSEWHERE)[name] for name in FORM.names}


def test_a_correction_that_fits_no_more_is_taken_back_and_the_plenary_closes(tmp_path: Path) -> None:
    """The station is counted again after a correction: it is loose then, and does not block for ever."""
    workspace = seated(tmp_path, STATIONS)
    begin(workspace, DISTRICT)
    said = (STATIONS[0], "suara_1", 31, 37, "salah tulis", "BA 4")
    plenary.correct(*by(workspace, "ppk-1"), uuid4(), *said, AT)
    again = (uuid4(), RerunKind.RECOUNT, "dihitung ulang", 0, AT)
    order_rerun(workspace, signed(workspace, "ppk-1"), CONTEST, STATIONS[0], *again)
    fresh = consistent((42, 120, 44), women=78)
    bring(workspace, tmp_path / "fresh", fresh, STATIONS[0])
    settle(workspace, tmp_path, STATIONS[0], fresh)
    read_all(workspace, DISTRICT)
    assert f"loose: {STATIONS[0]} suara_1" in str(refused(lambda: shut(workspace, DISTRICT)))
    withdraw = (*said[:4], "lembar dihitung ulang", "BA 5", AT)
    plenary.withdraw(*by(workspace, "ppk-1"), uuid4(), *withdraw)
    assert refused(lambda: plenary.withdraw(*by(workspace, "ppk-1"), uuid4(), *withdraw)).reason is Reason.CHANGED
    others = sums(STATIONS[1:])
    assert certified(shut(workspace, DISTRICT)) == {name: others[name] + fresh[name] for name in FORM.names}


def test_an_objection_blocks_until_answered_or_carried_up(tmp_path: Path) -> None:
    """A witness objects; carried up it blocks the regency until it is taken up and answered there."""
    workspace = seated(tmp_path)
    begin(workspace, DISTRICT)
    read_all(workspace, DISTRICT)
    plenary.file_objection(
        *by(workspace, "saksi-2"),
        uuid4(),
        ObjectionKind.OBJECTION,
        "Selisih suara di TPS 001",
        AT,
        part=STATIONS[0],
    )
    plenary.file_objection(
        *by(workspace, "ppk-1"), uuid4(), ObjectionKind.EVENT, "Listrik padam", AT, by="Panwaslu Kecamatan"
    )
    assert refused(lambda: shut(workspace, DISTRICT)).reason is Reason.BLOCKED
    plenary.answer(*by(workspace, "ppk-1"), uuid4(), 2, "Dilanjutkan setelah 20 menit", AT)
    plenary.carry_up(*by(workspace, "ppk-1"), uuid4(), 1, "Dibawa ke kabupaten", AT)
    own = read_certificate(workspace.objects.get(shut(workspace, DISTRICT).body), "d")
    assert [(item.by, str(item.status), item.event) for item in own.objections] == [
        ("Saksi nomor urut 2 (DUA)", "carried_up", False),
        ("Panwaslu Kecamatan", "answered", True),
    ]
    hold(workspace, NEXT)
    begin(workspace, REGENCY)
    read_all(workspace, REGENCY)
    assert [item.block for item in see(workspace, REGENCY).blocks] == [Block.CARRIED]
    plenary.take_up(*by(workspace, "kab-1", REGENCY), uuid4(), "317301/1", AT)
    assert [item.block for item in see(workspace, REGENCY).blocks] == [Block.OBJECTIONS]
    plenary.answer(*by(workspace, "kab-1", REGENCY), uuid4(), 1, "Dihitung ulang, hasil tetap", AT)
    assert shut(workspace, REGENCY).version == 1


def test_the_same_request_again_changes_nothing(tmp_path: Path) -> None:
    """An opening, a closing and an attendance that are sent twice stand once."""
    workspace = seated(tmp_path, STATIONS)
    request, closing = uuid4(), uuid4()
    for _ in range(2):
        plenary.open_plenary(*by(workspace, "ppk-1"), request, "", AT)
    begun = workspace.rows(PlenaryAct).count()
    assert begun == 1
    assert refused(lambda: begin(workspace, DISTRICT)).reason is Reason.STAGE
    from sirekap.recap import Signing

    plenary.attend(*by(workspace, "ppk-1"), uuid4(), "Ketua", "", Signing.SIGNS, "", "", AT)
    read_all(workspace, DISTRICT)
    rows = {plenary.close(*by(workspace, "ppk-1"), closing, AT).pk for _ in range(2)}
    assert len(rows) == 1 == workspace.rows(RecapVersion).count()
    assert see(workspace, DISTRICT).minutes.stage is Stage.CLOSED


def test_minutes_can_be_shown_as_they_stood(tmp_path: Path) -> None:
    """A plenary of an hour ago has the acts of an hour ago."""
    from sirekap.store.plenaries import sitting_of

    workspace = seated(tmp_path, STATIONS)
    hold(workspace, DISTRICT)
    plenary.reopen(*by(workspace, "kab-1"), uuid4(), "putusan", "BA 2", False, AT + timedelta(hours=1))
    assert see(workspace, DISTRICT).minutes.stage is Stage.OPEN
    assert sitting_of(workspace, CONTEST, FORM, DISTRICT, AT).minutes.stage is Stage.CLOSED


REFUSED = {
    "a reading of other figures": (
        lambda w: plenary.read_out(*by(w, "ppk-1"), uuid4(), STATIONS[0], "0" * 64, AT), Reason.CHANGED,
    ),
    "a reading of a station elsewhere": (
        lambda w: plenary.read_out(*by(w, "ppk-1"), uuid4(), ELSEWHERE[0], "0" * 64, AT), Reason.INVALID,
    ),
    "a correction of a value that does not stand there": (
        lambda w: plenary.correct(
            *by(w, "ppk-1"), uuid4(), STATIONS[0], "suara_1", 30, 37, "salah", "BA", AT
        ), Reason.CHANGED,
    ),
    "a correction without minutes": (
        lambda w: plenary.correct(*by(w, "ppk-1"), uuid4(), STATIONS[0], "suara_1", 31, 37, "salah", " ", AT),
        Reason.INVALID,
    ),
    "a correction beyond the boxes of the form": (
        lambda w: plenary.correct(
            *by(w, "ppk-1"), uuid4(), STATIONS[0], "suara_1", 31, 1000, "salah", "BA", AT
        ), Reason.INVALID,
    ),
    "a correction by another district's panel": (
        lambda w: plenary.correct(*by(w, "ppk-2"), uuid4(), STATIONS[0], "suara_1", 31, 37, "s", "BA", AT),
        Reason.FORBIDDEN,
    ),
    "a witness's correction": (
        lambda w: plenary.correct(*by(w, "saksi-2"), uuid4(), STATIONS[0], "suara_1", 31, 37, "s", "BA", AT),
        Reason.FORBIDDEN,
    ),
    "an answer to no objection": (lambda w: plenary.answer(*by(w, "ppk-1"), uuid4(), 1, "x", AT), Reason.CHANGED),
    "an objection with a file that nobody sent": (
        lambda w: plenary.file_objection(
            *by(w, "saksi-2"), uuid4(), ObjectionKind.OBJECTION, "lihat foto", AT, attachments=("ab" * 32,)
        ), Reason.NOTHING,
    ),
    "closing before anything was read out": (
        lambda w: plenary.close(*by(w, "ppk-1"), uuid4(), AT), Reason.BLOCKED,
    ),
    "reopening what is open": (
        lambda w: plenary.reopen(*by(w, "kab-1"), uuid4(), "g", "m", False, AT), Reason.STAGE,
    ),
    "a village's plenary": (lambda w: plenary.see_plenary(*by(w, "ppk-1", "3173011001")), Reason.UNKNOWN),
    "an unknown unit's plenary": (lambda w: plenary.see_plenary(*by(w, "ppk-1", "317399")), Reason.UNKNOWN),
    "a code of no tier": (lambda w: plenary.see_plenary(*by(w, "ppk-1", "31730")), Reason.UNKNOWN),
    "another district's plenary": (lambda w: plenary.see_plenary(*by(w, "ppk-2")), Reason.FORBIDDEN),
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A district's plenary that is open; refusals change nothing, so all share it."""
    workspace = seated(tmp_path_factory.mktemp("opened"), STATIONS)
    begin(workspace, DISTRICT)
    return workspace


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_is_refused_and_changes_nothing(opened: Workspace, case: str) -> None:
    """Each bad act has its reason, and leaves the minutes as they were."""
    act, reason = REFUSED[case]
    before = opened.rows(PlenaryAct).count()
    assert refused(lambda: act(opened)).reason is reason
    assert opened.rows(PlenaryAct).count() == before
