"""Could a seat still change: from the counts of boards, and in the order of the review desk's queue."""

from pathlib import Path

import pytest
from django.core.management import call_command

from sirekap.outcome import Answer, Rule, Why
from sirekap.store import desk_races
from sirekap.store.board_counts import board
from sirekap.store.board_outcome import judged
from sirekap.store.board_recount import differences
from sirekap.store.desk_queue import queue
from sirekap.store.kept import Kept
from sirekap.store.models import BoardTotals, Sheet, Unit
from sirekap.store.setup import Workspace, open_workspace
from tests.flow.capturing import AT
from tests.flow.seating import ONE, THREE, TWO, bring, counted, workspace_of


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Both stations of district 3101 count, the one of 3102 is missing; looked at anew each time."""
    monkeypatch.setattr(desk_races, "KEPT", Kept(0.0))
    made = workspace_of(tmp_path / "in")
    counted(made, tmp_path / "photos")
    return made


def ask(workspace: Workspace, contest: str, code: str) -> tuple[Answer, Why]:
    found = judged(workspace, contest, board(workspace, contest, code, code), 300)
    return found.answer, found.why


def test_votes_of_parties_with_their_candidates_are_kept_for_boards(workspace: Workspace) -> None:
    """By village and party; boards counted anew come to the same."""
    rows = workspace.rows(BoardTotals).filter(contest_id="pdpr")
    assert list(rows.values_list("village", "part", "v0", "v1", "v2", "v3")) == [("3173011001", 0, 70, 35, 1, 0)]
    assert differences(workspace) == []


def test_a_district_that_is_whole_is_decided_though_another_is_not(workspace: Workspace) -> None:
    """300 votes elsewhere throw neither party below 4 %, and no vote is left here."""
    assert ask(workspace, "pdpr", "3173") == (Answer.NO, Why.MARGIN)
    assert ask(workspace, "pdpr", "3173011001") == (Answer.NO, Why.MARGIN)
    assert ask(workspace, "pdpr", "3174") == (Answer.YES, Why.MARGIN)
    nation = judged(workspace, "pdpr", board(workspace, "pdpr", "0", "0"), 300)
    assert (nation.answer, nation.rule) == (Answer.YES, Rule.SEATS)
    assert (nation.districts, nation.of_districts) == (("3102",), 2)


def test_open_votes_of_another_district_count_for_the_threshold(workspace: Workspace) -> None:
    """With 800 votes open there, 35 of 106 can become less than 4 %: the seat of party 2 is open."""
    found = judged(workspace, "pdpr", board(workspace, "pdpr", "3173", "3173"), 800)
    assert (found.answer, found.margin) == (Answer.YES, 0)


def test_the_four_of_a_province_are_open_while_a_station_is_missing(workspace: Workspace, tmp_path: Path) -> None:
    """Every station of it in, and no tie: decided."""
    assert ask(workspace, "pdpd", "31") == (Answer.YES, Why.MARGIN)
    votes = {f"suara_{number}": 10 - number for number in range(1, 7)}
    for station in (ONE, TWO, THREE):
        bring(workspace, tmp_path / "dpd", "pdpd", station, votes)
    assert ask(workspace, "pdpd", "31") == (Answer.NO, Why.MARGIN)


def test_what_is_not_loaded_or_not_known_is_no_answer(workspace: Workspace, tmp_path: Path) -> None:
    """Without districts; where a village's number of stations is unknown."""
    bare = workspace_of(tmp_path / "bare", districts=None)
    assert ask(bare, "pdpr", "0") == (Answer.UNKNOWN, Why.SEATS)
    workspace.rows(Unit).filter(code="3173011001").update(stations=None)
    assert ask(workspace, "pdpr", "3173") == (Answer.UNKNOWN, Why.STATIONS)


def test_sheets_of_districts_that_are_decided_come_last(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many votes they hold."""
    (one, two) = (
        district for _, district in desk_races.seat_races(workspace, ["0"]) if district.contest == "pdpr"
    )
    assert desk_races.seats_are_decided(workspace, "pdpr", one)
    assert not desk_races.seats_are_decided(workspace, "pdpr", two)
    assert [each.code for _, each in desk_races.seat_races(workspace, ["3174011001"])] == ["3102", "31"]
    workspace.rows(Sheet).filter(station=TWO).update(state="review", step="first", weight=99, votes=None)
    workspace.rows(Sheet).create(contest_id="pdpr", station=THREE, state="review", step="first", weight=1)
    assert [row.station for row in queue(workspace, {"0"}, AT)] == [TWO, THREE]
    monkeypatch.setattr(desk_races, "seats_are_decided", lambda _, contest, district: district.code == "3101")
    assert [row.station for row in queue(workspace, {"0"}, AT)] == [THREE, TWO]


@pytest.mark.usefixtures("real_workspaces")
def test_votes_of_before_seats_were_computed_come_onto_boards(workspace: Workspace) -> None:
    """When the workspace is opened by this version."""
    workspace.rows(Sheet).update(votes=None)
    assert not workspace.rows(BoardTotals).filter(v0__gt=0).exists()
    call_command("migrate", "store", "0010", database=workspace.alias, verbosity=0, interactive=False)
    workspace.close()
    opened = open_workspace(workspace.path)
    assert opened.rows(BoardTotals).filter(village="3173011001", part=0).get().v0 == 70
    assert differences(opened) == []
