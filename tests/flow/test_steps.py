"""Acknowledging, tallying, publishing."""

from pathlib import Path
from typing import Any

import pytest

from sirekap.errors import InputError
from sirekap.flow.intake import ingest
from sirekap.flow.steps import acknowledge, publish_workspace, review_workspace, tally_workspace
from sirekap.record.state import PublicState
from sirekap.review import State
from sirekap.store.models import Acknowledgement, Event
from sirekap.store.setup import Workspace
from sirekap.store.state import station_records
from tests.example import consistent
from tests.flow.fakes import OTHER, READER, STATION, dump, pages, photo, write_manifest

WRONG = {**consistent(), "suara_sah": 200, "suara_total": 203}


def test_acknowledged_sheet_counts_as_written(workspace: Workspace, tmp_path: Path) -> None:
    """A sheet with errors counts once each is answered for; the findings stay, with name and reason."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, WRONG)), READER)
    (record,) = station_records(workspace, "ppwp")
    assert record.open_errors == ("R12", "R13", "R14") and record.state is State.REVIEW
    for rule in ("R12", "R13", "R14"):
        assert acknowledge(workspace, STATION, rule, "Ketua PPK", "berita acara").state is State.REVIEW
    for rule in ("R12", "R14"):
        assert acknowledge(workspace, STATION, rule, "Anggota PPK", "berita acara").state is State.REVIEW
    assert tally_workspace(workspace).totals["0"].provisional.sheets == 0
    assert acknowledge(workspace, STATION, "R13", "Anggota PPK", "sudah dihitung").state is State.PROVISIONAL
    assert tally_workspace(workspace).totals["0"].provisional.values["suara_sah"] == 200
    (record,) = station_records(workspace, "ppwp")
    words = [item.acknowledged for item in record.findings]
    assert [(w.rule, w.who, w.reason) for w in words if w] == [
        ("R12", "Ketua PPK; Anggota PPK", "berita acara"),
        ("R13", "Ketua PPK; Anggota PPK", "berita acara; sudah dihitung"),
        ("R14", "Ketua PPK; Anggota PPK", "berita acara"),
    ]
    assert workspace.rows(Event).filter(act="finding acknowledged", who="Ketua PPK").count() == 3


def test_word_does_not_reach_further_than_what_was_seen(workspace: Workspace, tmp_path: Path) -> None:
    """A further photograph with other figures opens the finding again; one with the same figures does not."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, WRONG)), READER)
    for rule in ("R12", "R13", "R14"):
        for who in ("Ketua PPK", "Anggota PPK"):
            acknowledge(workspace, STATION, rule, who, "berita acara")
    same = (STATION, "same.jpg", photo(3, WRONG, quality=0.1))
    report = ingest(workspace, write_manifest(tmp_path / "in", [same], "same.csv"), READER)
    assert report.accepted == [STATION]
    worse = {**WRONG, "suara_sah": 250, "suara_total": 253}
    other = (STATION, "other.jpg", photo(3, worse, quality=0.9))
    report = ingest(workspace, write_manifest(tmp_path / "in", [other], "other.csv"), READER)
    assert report.review == [STATION]
    (record,) = station_records(workspace, "ppwp")
    assert set(record.open_errors) == {"R12", "R13", "R14", "R40"}
    assert workspace.rows(Acknowledgement).count() == 6


@pytest.mark.parametrize(
    "station, rule, who, reason, words",
    [
        (OTHER, "R12", "A", "b", "no sheet of"),
        (STATION, "R99", "A", "b", "R12, R13, R14"),
        (STATION, "R23", "A", "b", "R12, R13, R14"),
        (STATION, "R12", " ", "b", "--by"),
        (STATION, "R12", "A", "", "--reason"),
    ],
)
def test_refused_acknowledgements_write_nothing(
    workspace: Workspace, tmp_path: Path, station: str, rule: str, who: str, reason: str, words: str
) -> None:
    """No sheet, no such error, no name, no reason: refused with what was expected."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, WRONG)), READER)
    before = dump(workspace)
    with pytest.raises(InputError, match=words):
        acknowledge(workspace, station, rule, who, reason)
    assert dump(workspace) == before


def test_second_word_for_a_finding_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """Who answered first, and when, is told."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, WRONG)), READER)
    acknowledge(workspace, STATION, "R12", "Ketua PPK", "berita acara")
    with pytest.raises(InputError, match=r"Ketua PPK did on \d{4}-\d\d-\d\dT.*Z"):
        acknowledge(workspace, STATION, "R12", "Ketua PPK", "c")
    acknowledge(workspace, STATION, "R12", "Anggota PPK", "berita acara")
    with pytest.raises(InputError, match="Ketua PPK; Anggota PPK did on"):
        acknowledge(workspace, STATION, "R12", "B", "c")


def test_illegible_figure_cannot_be_acknowledged_away(workspace: Workspace, tmp_path: Path) -> None:
    """A sheet with an error and an illegible figure still waits after the error is answered for."""
    values: dict[str, int | None] = {**WRONG, "disabilitas_l": 888}
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, values)), READER)
    for rule in ("R12", "R13", "R14"):
        assert acknowledge(workspace, STATION, rule, "A", "b").state is State.REVIEW
        assert acknowledge(workspace, STATION, rule, "B", "b").state is State.REVIEW
    assert review_workspace(workspace).sheets[0].illegible == ("disabilitas_l",)


def test_tally_of_a_unit_shows_its_children(workspace: Workspace, tmp_path: Path) -> None:
    """A district shows its villages; a unit that is not there is refused."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION)), READER)
    view = tally_workspace(workspace, unit="317301")
    assert [unit.code for unit in view.children] == ["3173011001", "3173011002"]
    assert view.totals["3173011002"].completeness.unknown_villages == 1
    with pytest.raises(InputError, match="--unit"):
        tally_workspace(workspace, unit="42")
    with pytest.raises(InputError, match="pdpr"):
        tally_workspace(workspace, "pdpr")


def test_publisher_gets_state_and_objects(workspace: Workspace, tmp_path: Path) -> None:
    """The publisher is handed the state in an order of its own and the objects by hash."""
    ingest(workspace, write_manifest(tmp_path / "in", [*pages(OTHER), *pages(STATION)]), READER)

    def publish(state: PublicState, objects: Any, out: Path, progress: Any) -> tuple[list[str], bytes, Path]:
        assert state.contest.tickets and state.election.name == "Pemilu contoh"
        photo = state.stations[0].photos[0]
        return [record.station for record in state.stations], objects(photo.published)[:1], out

    assert publish_workspace(workspace, publish, tmp_path / "out") == ([STATION, OTHER], b"P", tmp_path / "out")
    assert publish_workspace(workspace, publish)[2] == workspace.public
