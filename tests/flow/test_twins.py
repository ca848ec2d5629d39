"""Near-duplicates: the same photograph or page under two stations is found, shown and answered for."""

import json
import threading
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from sirekap.flow.intake import ingest, weigh_waiting
from sirekap.flow.steps import acknowledge
from sirekap.review import Cause, State
from sirekap.store.intake import Arrival, store_photo
from sirekap.store.models import Sheet, Twin
from sirekap.store.setup import Workspace
from sirekap.store.twins import ALIKE, FIGURES, LOOK, pairs_within
from tests.example import consistent
from tests.flow.capturing import CONTEST
from tests.flow.desking import bring, staffed
from tests.flow.fakes import OTHER, READER, STATION, pages, photo, read_photo, write_manifest
from tests.flow.histories import FORM, weigh

LIKENESS = "0123456789abcdef" * 4


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An election without photographs."""
    return staffed(tmp_path)


def sheet(workspace: Workspace, station: str) -> tuple[str, int]:
    """A sheet's state and causes."""
    row = workspace.rows(Sheet).get(station=station)
    return row.state, row.causes


def test_a_page_with_another_stations_numbers_sends_both_to_review(workspace: Workspace, tmp_path: Path) -> None:
    """Whichever came first, both wait until two people answer for the one that is right."""
    bring(workspace, tmp_path / "in", consistent(), OTHER)
    assert sheet(workspace, OTHER)[0] == "provisional"
    bring(workspace, tmp_path / "in", consistent())
    for station in (STATION, OTHER):
        assert sheet(workspace, station) == ("review", Cause.DUPLICATE.bit)
    kinds = {(pair.kind, pair.page, pair.stations) for pair in pairs_within(workspace, CONTEST, "0")}
    assert (FIGURES, 1, (OTHER, STATION)) in kinds
    for who, state in (("ketua PPK", State.REVIEW), ("anggota PPK", State.PROVISIONAL)):
        assert acknowledge(workspace, OTHER, "R45", who, "lembar aslinya sudah dilihat").state is state
    assert sheet(workspace, STATION)[0] == "review"


def test_pages_with_few_or_other_numbers_are_no_twins(workspace: Workspace, tmp_path: Path) -> None:
    """A page that differs in one number is another page, and small numbers repeat by chance."""
    small = {name: None if value is None else value % 10 for name, value in consistent().items()}
    bring(workspace, tmp_path / "in", small, OTHER)
    bring(workspace, tmp_path / "in", small)
    assert workspace.rows(Twin).count() == 0
    bring(workspace, tmp_path / "other", consistent(women=90), "3173011001003")
    assert workspace.rows(Twin).count() == 0


@pytest.mark.parametrize(("bits", "found"), [(0, True), (ALIKE, True), (ALIKE + 1, False)])
def test_a_photograph_that_looks_like_another_stations_is_found(
    workspace: Workspace, bits: int, found: bool
) -> None:
    """Up to so many bits may differ, as sending and shrinking a photograph changes them."""
    changed = f"{int(LIKENESS, 16) ^ ((1 << bits) - 1):064x}"
    for station, look in ((OTHER, LIKENESS), (STATION, changed)):
        arrive(workspace, station, look)
    assert [(pair.kind, pair.distance) for pair in pairs_within(workspace, CONTEST, "0")] == [
        (LOOK, bits)
    ] * found


def arrive(workspace: Workspace, station: str, look: str) -> None:
    """A photograph of one page comes in, and looks like this."""
    digest = sha256(station.encode()).hexdigest()
    reading = {"likeness": look}
    arrival = Arrival(digest, digest, f"{station}.jpg", 1, 1, None, reading, {})
    assert store_photo(workspace, CONTEST, station, arrival, "test", "fake")


def test_the_same_station_may_photograph_a_sheet_twice(workspace: Workspace, tmp_path: Path) -> None:
    """Two photographs of one station's page are no twins: that they agree is what they are for."""
    bring(workspace, tmp_path / "in", consistent())
    rows = [(STATION, "again.jpg", photo(1, consistent(), note="again"))]
    ingest(workspace, write_manifest(tmp_path / "in", rows, "again.csv"), READER)
    assert workspace.rows(Twin).count() == 0
    assert sheet(workspace, STATION)[0] == "provisional"


def test_a_kill_between_the_two_sheets_is_mended(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sheet must not count for ever because the program died when it had found the second."""

    class Killed(Exception):
        """The program ends here."""

    def die(*_: object) -> None:
        raise Killed

    bring(workspace, tmp_path / "in", consistent(), OTHER)
    with monkeypatch.context() as patch:
        patch.setattr("sirekap.store.intake._stand_again_elsewhere", die)
        with pytest.raises(Killed):
            bring(workspace, tmp_path / "in", consistent())
    assert (sheet(workspace, STATION)[0], sheet(workspace, OTHER)[0]) == ("review", "provisional")
    weigh_waiting(workspace, READER, CONTEST)
    assert sheet(workspace, OTHER) == ("review", Cause.DUPLICATE.bit)


def test_what_an_ingest_reports_knows_of_a_twin_that_came_later(workspace: Workspace, tmp_path: Path) -> None:
    """Both sheets of a pair are told as waiting, the first one too."""
    rows = [*pages(OTHER, consistent()), *pages(STATION, consistent())]
    report = ingest(workspace, write_manifest(tmp_path / "in", rows), READER)
    assert (report.accepted, sorted(report.review)) == ([], sorted([OTHER, STATION]))


def test_twins_that_arrive_at_once_are_found(workspace: Workspace, tmp_path: Path) -> None:
    """Two writers at the same moment do not overlook each other, by figures or by looks (PostgreSQL)."""
    stations = (STATION, OTHER)
    for station in stations:
        for page in (1, 2, 3):
            data = photo(page, consistent(), note=station)
            receive(workspace, station, data, LIKENESS if page == 1 else None)
    barrier, faults = threading.Barrier(2), []

    def at_once(station: str) -> None:
        try:
            barrier.wait(30)
            receive(workspace, station, photo(2, consistent(), note=f"{station} again"), "f" * 63 + "0")
            barrier.wait(30)
            weigh(workspace, station)
        except Exception as error:  # told below: a thread of its own fails in silence
            faults.append(error)
        finally:
            workspace.close()

    threads = [threading.Thread(target=at_once, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    kinds = Counter((pair.kind, pair.page) for pair in pairs_within(workspace, CONTEST, "0"))
    assert kinds[LOOK, None] == 2
    assert kinds[FIGURES, 1] == 1
    assert {sheet(workspace, station)[0] for station in stations} == {"review"}


def receive(workspace: Workspace, station: str, data: bytes, look: str | None) -> None:
    """A photograph as the fake reader reads it, which looks like this."""
    reading = read_photo(data, f"{station}.jpg", FORM)
    tree = {**json.loads(json.dumps(reading.as_json())), "likeness": look}
    digest = sha256(data).hexdigest()
    arrival = Arrival(digest, digest, f"{station}.jpg", len(data), reading.page, None, tree, {})
    assert store_photo(workspace, CONTEST, station, arrival, "test", "fake")
