"""Photographs in: what becomes of each, and that nothing is lost, counted twice or stopped by its neighbour."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.flow.intake import ingest
from sirekap.flow.steps import init_workspace, load_contests, load_geography, review_workspace, tally_workspace
from sirekap.review import State
from sirekap.store.models import SheetVersion
from sirekap.store.setup import Workspace, open_workspace
from sirekap.store.state import public_state, station_records
from tests.example import consistent
from tests.flow.fakes import (
    GEOGRAPHY,
    KILL,
    NOT_A_PICTURE,
    OTHER,
    READER,
    STATION,
    dump,
    pages,
    photo,
    read_photo,
    write_inputs,
    write_manifest,
)

ROOT = Path(__file__).parent.parent.parent


def test_whole_consistent_sheet_is_accepted(workspace: Workspace, tmp_path: Path) -> None:
    """A sheet with all pages and right arithmetic counts as provisional, from the village to the nation."""
    report = ingest(workspace, write_manifest(tmp_path / "in", pages(STATION)), READER)
    assert (report.new, report.accepted, report.review, report.problems) == (3, [STATION], [], [])
    total = tally_workspace(workspace).totals["0"]
    assert total.provisional.values["suara_1"] == consistent()["suara_1"]
    assert total.settled.sheets == 0
    assert total.completeness.missing == 2


def test_record_leads_from_figure_to_photograph(workspace: Workspace, tmp_path: Path) -> None:
    """Every published figure names its photograph and the cut of it, and both are kept."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION)), READER)
    (record,) = public_state(workspace, "ppwp").stations
    assert [item.role for item in record.photos] == ["used"] * 3
    for name, item in record.figures.items():
        assert item.photo is not None and item.cut is not None
        assert workspace.objects.get(item.cut) == f"{item.photo} {name}".encode()
    for shown in record.photos:
        assert workspace.objects.get(shown.published) == b"P" + workspace.objects.get(shown.sha256)


def test_ingest_twice_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    """The same manifest again leaves every row of the database as it is."""
    rows = [
        *pages(STATION),
        ("3173011001009", "unknown.jpg", photo(1, note="x")),
        (OTHER, "bad.jpg", NOT_A_PICTURE),
    ]
    manifest = write_manifest(tmp_path / "in", rows)
    ingest(workspace, manifest, READER)
    before = dump(workspace)
    report = ingest(workspace, manifest, READER)
    assert dump(workspace) == before
    assert (report.new, report.known) == (0, 3)


def test_unknown_station_is_set_aside_and_taken_later(workspace: Workspace, tmp_path: Path) -> None:
    """A photograph of an unknown station is kept with the reason, and counts once the geography knows it."""
    late = "3173011001004"
    manifest = write_manifest(tmp_path / "in", pages(late))
    report = ingest(workspace, manifest, READER)
    assert len(report.set_aside) == 3 and report.new == 0
    assert "row 2, column station" in str(report.set_aside[0]) and late in str(report.set_aside[0])
    waiting = review_workspace(workspace).photos
    assert [item.station for item in waiting] == [late] * 3
    assert all(workspace.objects.has(item.sha256) for item in waiting)
    (tmp_path / "in/geography.csv").write_text(GEOGRAPHY.replace("GELORA,4,3", "GELORA,4,4"))
    load_geography(workspace, tmp_path / "in/geography.csv")
    assert ingest(workspace, manifest, READER).accepted == [late]
    assert review_workspace(workspace).photos == ()


@pytest.mark.parametrize("station", ["31730110010", "abc", "3173011001000", "٣١٧٣٠١١٠٠١٠٠١", "9173011001001"])
def test_bad_station_code_is_set_aside(workspace: Workspace, tmp_path: Path, station: str) -> None:
    """Whatever stands in the station's cell, the photograph's bytes are kept and the row is named."""
    report = ingest(workspace, write_manifest(tmp_path / "in", [(station, "a.jpg", photo(1))]), READER)
    assert len(report.set_aside) == 1 and "row 2" in str(report.set_aside[0])
    assert workspace.objects.has(review_workspace(workspace).photos[0].sha256)


def test_photo_of_two_stations_counts_for_the_first(workspace: Workspace, tmp_path: Path) -> None:
    """One photograph given for two stations is set aside for the second, which names the first."""
    first = pages(STATION)
    again = [(OTHER, f"again-{name}", data) for _, name, data in first]
    report = ingest(workspace, write_manifest(tmp_path / "in", [*first, *again]), READER)
    assert report.accepted == [STATION] and len(report.set_aside) == 3
    assert all(STATION in str(problem) for problem in report.set_aside)
    assert [record.station for record in station_records(workspace, "ppwp")] == [STATION]
    later = ingest(workspace, write_manifest(tmp_path / "in", again, "later.csv"), READER)
    assert len(later.set_aside) == 3 and later.new == 0


def test_first_claim_that_fails_does_not_block_the_second(workspace: Workspace, tmp_path: Path) -> None:
    """A photograph given first for an unknown station and then for its own is taken for its own."""
    data = photo(1)
    rows = [("9999999999999", "a.jpg", data), (STATION, "b.jpg", data)]
    report = ingest(workspace, write_manifest(tmp_path / "in", rows), READER)
    assert report.new == 1 and len(report.set_aside) == 1


def test_qr_code_of_another_station_is_set_aside(workspace: Workspace, tmp_path: Path) -> None:
    """A page whose QR code names another station does not count for this one, and can be given for its own."""
    data = photo(1, station=OTHER)
    report = ingest(workspace, write_manifest(tmp_path / "in", [(STATION, "a.jpg", data)]), READER)
    assert OTHER in str(report.set_aside[0]) and report.new == 0
    assert ingest(workspace, write_manifest(tmp_path / "in", [(OTHER, "a.jpg", data)]), READER).new == 1


def test_second_photograph_makes_a_second_version(workspace: Workspace, tmp_path: Path) -> None:
    """A further photograph is kept beside; the better one is proposed and a difference is finding R40."""
    ingest(workspace, write_manifest(tmp_path / "in", pages(STATION)), READER)
    other = {**consistent(), "suara_1": 32}
    better = (STATION, "better.jpg", photo(2, other, quality=0.9))
    report = ingest(workspace, write_manifest(tmp_path / "in", [better], "more.csv"), READER)
    assert report.review == [STATION]
    (record,) = station_records(workspace, "ppwp")
    assert record.figures["suara_1"].figure.value == 32
    assert "R40" in record.open_errors and "R12" in record.open_errors
    assert [item.role for item in record.photos] == ["used", "used", "beside", "used"]
    versions = workspace.rows(SheetVersion).order_by("version")
    assert [(v.version, v.figures["suara_1"][0]) for v in versions] == [(1, 31), (2, 32)]


def test_bad_photographs_do_not_stop_the_others(workspace: Workspace, tmp_path: Path) -> None:
    """What is no picture, missing or a folder is told with row and reason; the good sheet is accepted."""
    (tmp_path / "in/folder.jpg").mkdir(parents=True)
    rows = [
        (OTHER, "none.jpg", NOT_A_PICTURE),
        *pages(STATION),
        (OTHER, "seen.jpg", photo(1, problem="no page of the form was found")),
    ]
    manifest = write_manifest(tmp_path / "in", rows)
    manifest.write_text(manifest.read_text() + f"{OTHER},missing.jpg\n{OTHER},folder.jpg\n{OTHER}\n,x.jpg\n")
    report = ingest(workspace, manifest, READER)
    assert report.accepted == [STATION] and report.review == [OTHER]
    told = "\n".join(map(str, [*report.problems, *report.set_aside]))
    for row, text in (
        (2, "no JPEG or PNG"),
        (6, "no page of the form"),
        (7, "No such file"),
        (8, "Is a directory"),
        (9, "column photo: expected a value"),
        (10, "column station: expected a value"),
    ):
        assert any(f"row {row}" in line and text in line for line in told.splitlines()), (row, text, told)


@pytest.mark.parametrize("value, reason", [(777, "uncertain figures"), (888, "illegible figures")])
def test_uncertain_figure_goes_to_review(workspace: Workspace, tmp_path: Path, value: int, reason: str) -> None:
    """A figure that the reader cannot vouch for keeps the sheet out of every total."""
    values = {**consistent(), "disabilitas_l": value, "disabilitas_j": value}
    report = ingest(workspace, write_manifest(tmp_path / "in", pages(STATION, values)), READER)
    assert report.review == [STATION]
    assert reason in review_workspace(workspace).reasons()
    assert tally_workspace(workspace).totals["0"].provisional.sheets == 0


def test_missing_page_goes_to_review_until_it_comes(workspace: Workspace, tmp_path: Path) -> None:
    """A sheet waits for its last page and is accepted when that arrives."""
    rows = pages(STATION)
    assert ingest(workspace, write_manifest(tmp_path / "in", rows[:2]), READER).review == [STATION]
    assert review_workspace(workspace).reasons() == {"pages missing": 1}
    assert ingest(workspace, write_manifest(tmp_path / "in", rows[2:]), READER).accepted == [STATION]


def test_without_geography_nothing_is_taken(tmp_path: Path) -> None:
    """A workspace without a geography refuses photographs and says what to do."""
    write_inputs(tmp_path / "in")
    workspace = init_workspace(tmp_path / "ws", tmp_path / "in/election.toml")
    with pytest.raises(InputError, match="sirekap load"):
        ingest(workspace, write_manifest(tmp_path / "in", pages(STATION)), READER)


KILLED = """
import sys
from pathlib import Path
from sirekap.flow.intake import ingest
from sirekap.store.setup import open_workspace
from tests.flow.fakes import READER
ingest(open_workspace(Path(sys.argv[1])), Path(sys.argv[2]), READER)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["photo:1", "photo:2", "photo:5", "photo:6", "sheet:1", "sheet:2"])
def test_kill_in_the_middle_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    """Killed at any moment and run again, an intake ends as one that was never interrupted."""
    rows = [*pages(STATION), *pages(OTHER), ("3173011001009", "unknown.jpg", photo(1, note="x"))]
    manifest = write_manifest(tmp_path / "in", rows)
    write_inputs(tmp_path / "in")
    ends = []
    for name in ("whole", "killed"):
        workspace = init_workspace(tmp_path / name, tmp_path / "in/election.toml")
        load_geography(workspace, tmp_path / "in/geography.csv")
        load_contests(workspace, tmp_path / "in/tickets.csv")
        workspace.close()
        if name == "killed":
            command = [sys.executable, "-c", KILLED, str(tmp_path / name), str(manifest)]
            done = subprocess.run(command, cwd=ROOT, env={**os.environ, KILL: moment}, capture_output=True)
            assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        workspace = open_workspace(tmp_path / name)
        ingest(workspace, manifest, READER)
        objects = sorted(p.name for p in (tmp_path / name / "objects").rglob("*") if p.is_file())
        ends.append((dump(workspace), objects, public_state(workspace, "ppwp").stations))
    assert ends[0] == ends[1]


def test_received_and_not_weighed_sheet_waits(workspace: Workspace, tmp_path: Path) -> None:
    """A sheet whose intake was interrupted before weighing shows as in review, without figures."""
    manifest = write_manifest(tmp_path / "in", pages(STATION))

    def interrupted(*args: object, **kwargs: object) -> object:
        raise KeyboardInterrupt

    from dataclasses import replace

    with pytest.raises(KeyboardInterrupt):
        ingest(workspace, manifest, replace(READER, sheet=interrupted))  # type: ignore[arg-type]  # a stand-in
    (record,) = station_records(workspace, "ppwp")
    assert record.state is State.REVIEW and record.pages_missing == (1, 2, 3) and not record.figures
    assert ingest(workspace, manifest, READER).accepted == [STATION]


def test_readings_survive_their_way_through_the_database(workspace: Workspace, tmp_path: Path) -> None:
    """What is weighed is what was read."""
    from sirekap.reading.model import PhotoReading
    from sirekap.store.intake import readings_of

    rows = pages(STATION)
    ingest(workspace, write_manifest(tmp_path / "in", rows), READER)
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM

    kept = [PhotoReading.from_json(tree) for tree in readings_of(workspace, "ppwp", STATION)]
    assert [item.as_json() for item in kept] == [read_photo(d, n, FORM).as_json() for _, n, d in rows]
