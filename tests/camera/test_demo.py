import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from sirekap.camera.demo import UNKNOWN_VILLAGE, DemoInputs, write_demo_inputs
from sirekap.camera.photograph import FIELD
from sirekap.contests import parse_election, parse_tickets
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.geography import NATION, parse_geography

TINY = replace(FIELD, sizes=((300, 400),))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> DemoInputs:
    """A demonstration of ten stations with tiny photographs."""
    return write_demo_inputs(tmp_path_factory.mktemp("demo"), 10, 5, TINY, error_share=0.5, workers=1)


def test_the_programs_own_parsers_accept_the_inputs(inputs: DemoInputs) -> None:
    """Geography, tickets and election load without a problem or a warning."""
    geography = parse_geography(inputs.geography.read_bytes(), "geography.csv")
    election = parse_election(inputs.election.read_bytes())
    tickets = parse_tickets(inputs.tickets.read_bytes(), "tickets.csv")
    assert geography.warnings == ()
    assert all(geography.has_station(station) for station in inputs.stations)
    assert election.contest("ppwp").form == FORM.id
    assert [ticket.name for ticket in tickets] == [f"Pasangan Calon {number}" for number in (1, 2, 3)]


def test_some_stations_are_missing_and_one_village_is_unknown(inputs: DemoInputs) -> None:
    """More stations are expected than photographed, and of one village nobody knows how many."""
    geography = parse_geography(inputs.geography.read_bytes(), "geography.csv")
    expected = geography.expected(NATION)
    known = [station for station in inputs.stations if not station.startswith(UNKNOWN_VILLAGE)]
    assert expected.stations > len(known)
    assert expected.unknown_villages == 1


def test_the_manifest_names_every_photograph_once(inputs: DemoInputs) -> None:
    """Each station has its pages' photographs in the manifest, and no photograph lies beside it."""
    rows = _rows(inputs.manifest)
    assert [row["station"] for row in rows] == [station for station in inputs.stations for _ in FORM.pages]
    files = {path.relative_to(inputs.folder).as_posix() for path in (inputs.folder / "photos").iterdir()}
    assert {row["photo"] for row in rows} == files
    assert len(rows) == len(files)


def test_the_truth_names_every_figure_of_every_station(inputs: DemoInputs) -> None:
    """A number or, for a blank, an empty cell for each station and figure."""
    rows = _rows(inputs.truth)
    assert [(row["station"], row["figure"]) for row in rows] == [
        (station, name) for station in inputs.stations for name in FORM.names]  # fmt: skip
    assert all(row["value"] == "" or row["value"].isdigit() for row in rows)
    assert 0 < len(inputs.inconsistent) < len(inputs.stations)


def test_progress_is_told_station_by_station(tmp_path: Path) -> None:
    """The callback counts up to the number of stations."""
    told: list[tuple[int, int]] = []
    write_demo_inputs(tmp_path, 2, 1, TINY, workers=1, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("stations", [0, 100_000])
def test_a_number_of_stations_that_cannot_be_is_refused(stations: int, tmp_path: Path) -> None:
    """No station at all, or more than the made-up villages hold."""
    with pytest.raises(ValueError, match="stations"):
        write_demo_inputs(tmp_path, stations)


@pytest.mark.slow
def test_a_pool_of_processes_writes_the_same_bytes(tmp_path: Path) -> None:
    """Two processes give what one gives, file by file."""
    for name, workers in (("one", 1), ("two", 2)):
        write_demo_inputs(tmp_path / name, 4, 8, TINY, workers=workers)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")


@pytest.mark.slow
def test_the_usual_demonstration_has_one_sheet_that_does_not_add_up(tmp_path: Path) -> None:
    """Twelve stations of the usual seed show what a finding looks like, on one sheet of page totals."""
    inputs = write_demo_inputs(tmp_path, setting=TINY, workers=1)
    assert len(inputs.stations) == 12
    assert len(inputs.inconsistent) == 1
