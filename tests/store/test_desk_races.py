"""Which races are decided already, and that their sheets come last."""

from pathlib import Path

import pytest

from sirekap.store import desk_races
from sirekap.store.desk_queue import queue
from sirekap.store.kept import Kept
from sirekap.store.models import Contest, Sheet
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import AT
from tests.flow.desking import bring, doubtful, staffed
from tests.flow.fakes import OTHER, STATION


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An election of six stations, looked at anew each time."""
    monkeypatch.setattr(desk_races, "KEPT", Kept(0.0))
    return staffed(tmp_path)


def test_a_race_is_open_while_what_waits_could_change_it(workspace: Workspace, tmp_path: Path) -> None:
    """One sheet of six decides nothing."""
    bring(workspace, tmp_path / "in", doubtful())
    assert not desk_races.is_decided(workspace, "ppwp", "0")


def test_a_race_is_decided_where_every_sheet_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing missing and nothing held back there is nothing left to change it."""
    from tests.store.people import loaded

    monkeypatch.setattr(desk_races, "KEPT", Kept(0.0))
    geography = "kode,nama,tingkat,tps\n31,A,1,\n3173,B,2,\n317301,C,3,\n3173011001,D,4,1\n"
    workspace = loaded(tmp_path, geography)
    assert not desk_races.is_decided(workspace, "ppwp", "0")
    bring(workspace, tmp_path / "in", consistent())
    assert desk_races.is_decided(workspace, "ppwp", "0")


def test_sheets_of_decided_races_come_last(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many votes they hold."""
    bring(workspace, tmp_path / "in", doubtful())
    contest = workspace.rows(Contest).create(code="pkwkk", form="C.HASIL-KWK/2024")
    workspace.rows(Sheet).create(contest=contest, station=OTHER, state="review", step="first", weight=1)
    order = [row.station for row in queue(workspace, {"0"}, AT)]
    assert order == [STATION, OTHER]
    monkeypatch.setattr(desk_races, "is_decided", lambda _, contest, area: contest == "ppwp" and area == "0")
    assert [row.station for row in queue(workspace, {"0"}, AT)] == [OTHER, STATION]


def test_races_are_those_of_the_units_asked_for(workspace: Workspace) -> None:
    """The president's race is the nation's wherever one looks from."""
    assert list(desk_races.races(workspace, ["317301"])) == [("ppwp", "0")]
