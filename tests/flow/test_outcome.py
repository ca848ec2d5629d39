"""Who won, from sheets that came in: seats, people, what it rests on and what it lacks."""

from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.flow.intake import ingest
from sirekap.flow.outcome import load_candidates, load_districts, load_parties, outcome_workspace
from sirekap.outcome.house import Lack
from sirekap.outcome.president import Ending
from sirekap.store.districts import districts_of
from sirekap.store.setup import Workspace
from tests.flow.fakes import READER, STATION, pages, write_manifest
from tests.flow.seating import ONE, PARTIES, THREE, bring, counted, workspace_of
from tests.store.people import loaded

HEAD = "kode_dapil,jenis_dapil,nama_dapil,kode_wilayah\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two of three stations of the DPR are in."""
    made = workspace_of(tmp_path / "in")
    counted(made, tmp_path / "photos")
    return made


def test_seats_and_people_come_from_the_sheets(workspace: Workspace) -> None:
    """70 and 35 votes for three seats: 70, 35 and 70 / 3; party 3 is below 4 % of 106; by votes within lists."""
    view = outcome_workspace(workspace, "pdpr", "0", provisional=True)
    assert view.house is not None and view.house.threshold is not None
    assert view.house.threshold.through == {1, 2}
    one, two = view.house.districts
    assert one.allocation is not None and dict(one.allocation.won) == {1: 2, 2: 1}
    assert [place.number for place in one.elected[1].places] == [2, 1]
    assert [place.number for place in one.elected[2].places] == [2]
    assert two.allocation is not None and two.allocation.unfilled == 2
    assert (view.house.seats, view.house.undecided) == ({1: 2, 2: 1}, 2)
    assert (view.basis.counted, view.basis.expected, view.basis.missing) == (2, 3, 1)
    assert not view.basis.complete and not view.basis.final


def test_without_provisional_only_settled_sheets_count(workspace: Workspace) -> None:
    """Nobody settled one yet, and it says how many are left out."""
    view = outcome_workspace(workspace, "pdpr")
    assert view.house is not None and view.house.seats == {}
    assert (view.basis.counted, view.basis.provisional) == (0, 2)


def test_a_unit_tells_the_districts_that_lie_in_it_or_hold_it(workspace: Workspace) -> None:
    """A village has its district's seats; the threshold stays the nation's."""
    view = outcome_workspace(workspace, "pdpr", "3174011001", provisional=True)
    assert view.house is not None and view.house.threshold is not None
    assert [each.counted.district.code for each in view.house.districts] == ["3102"]
    assert view.house.threshold.total == 106


def test_level_candidates_are_told_apart_by_areas_of_their_votes(tmp_path: Path) -> None:
    """30 votes each; the second on the list has them in two stations, the first in one."""
    made = workspace_of(tmp_path / "in")
    bring(
        made, tmp_path / "p", "pdpr", ONE, {"suara_caleg_1_1": 30, "suara_caleg_1_2": 10, "suara_caleg_2_1": 60}
    )
    bring(made, tmp_path / "p", "pdpr", "3173011001002", {"suara_caleg_1_2": 20, "suara_caleg_2_1": 60})
    view = outcome_workspace(made, "pdpr", "3173", provisional=True)
    assert view.house is not None
    places = view.house.districts[0].elected[1].places
    assert [(place.number, str(place.by)) for place in places] == [(2, "areas")]


def test_the_four_of_a_province_are_told(tmp_path: Path) -> None:
    """Every number of the form counts as a candidate while none is loaded, and that is told."""
    made = workspace_of(tmp_path / "in")
    votes = {"suara_1": 9, "suara_2": 8, "suara_3": 7, "suara_4": 6, "suara_5": 6}
    bring(made, tmp_path / "p", "pdpd", THREE, votes)
    (province,) = outcome_workspace(made, "pdpd", "0", provisional=True).provinces
    assert [place.number for place in province.elected.places] == [1, 2, 3]
    assert province.elected.level is not None and province.elected.level.numbers == (4, 5)
    assert province.lacks == (Lack.CANDIDATES,)


def test_the_president_is_told_from_sheets(tmp_path: Path) -> None:
    """31, 120 and 44 votes of one station in one province."""
    made = loaded(tmp_path)
    ingest(made, write_manifest(tmp_path / "photos", pages(STATION)), READER)
    race = outcome_workspace(made, "ppwp", provisional=True).race
    assert race is not None
    assert (race.ending, race.through, race.needed, race.rows[0].provinces) == (Ending.WON, (2,), 1, 1)
    with pytest.raises(InputError, match="a nation, where ppwp is decided"):
        outcome_workspace(made, "ppwp", "31")


def test_what_is_lacking_is_told_and_nothing_is_guessed(tmp_path: Path) -> None:
    """A district without a number of seats has none; a unit that the geography does not hold is told."""
    made = workspace_of(tmp_path / "in")
    (tmp_path / "d.csv").write_text(f"{HEAD}3103,DPR RI,JAKARTA III,3174\n3103,DPR RI,JAKARTA III,3175\n")
    assert load_districts(made, tmp_path / "d.csv").strange == ("3175",)
    (tmp_path / "p.csv").write_text(PARTIES + "24,P24\n")
    load_parties(made, tmp_path / "p.csv")
    view = outcome_workspace(made, "pdpr", provisional=True)
    assert view.house is not None
    (district,) = view.house.districts
    assert district.allocation is None
    assert district.lacks == (Lack.SEATS, Lack.UNITS, Lack.PARTIES, Lack.CANDIDATES)


def test_seats_can_be_loaded_later_and_stay(tmp_path: Path) -> None:
    """A file with districts' codes and seats alone; a later load of units without seats keeps them."""
    made = workspace_of(tmp_path / "in")
    (tmp_path / "s.csv").write_text("kode_dapil,kursi\n3101,7\n")
    assert load_districts(made, tmp_path / "s.csv").seats == 7
    (tmp_path / "d.csv").write_text(f"{HEAD}3101,DPR RI,JAKARTA I,3173\n3102,DPR RI,JAKARTA II,3174\n")
    load_districts(made, tmp_path / "d.csv")
    assert [each.seats for each in districts_of(made, "pdpr")] == [7, 2]
    (tmp_path / "s.csv").write_text("kode_dapil,kursi\n3109,7\n")
    with pytest.raises(InputError, match="a loaded district; found 3109"):
        load_districts(made, tmp_path / "s.csv")


def test_districts_of_other_contests_are_left_out(tmp_path: Path) -> None:
    """The election holds no DPRD; a file of these alone is refused."""
    made = workspace_of(tmp_path / "in")
    assert [each.code for each in districts_of(made, "pdpr")] == ["3101", "3102"]
    (tmp_path / "d.csv").write_text(f"{HEAD}310001,DPRD PROVINSI,JAKARTA 1,3173\n")
    with pytest.raises(InputError, match="districts of a contest of this election"):
        load_districts(made, tmp_path / "d.csv")
    assert len(districts_of(made, "pdpr")) == 2


def test_what_must_come_first_is_said(tmp_path: Path) -> None:
    """Lists need districts; seats need districts too; a contest of tickets has no candidates."""
    made = workspace_of(tmp_path / "in", districts=None)
    with pytest.raises(InputError, match="the districts of pdpr; found none"):
        load_candidates(made, tmp_path / "in/c.csv", "pdpr")
    with pytest.raises(InputError, match="the districts of pdpr; found none"):
        outcome_workspace(made, "pdpr")
    with pytest.raises(InputError, match="a unit of the geography"):
        outcome_workspace(made, "pdpr", "77")
    with pytest.raises(InputError, match="a contest of seats"):
        load_candidates(loaded(tmp_path / "other"), tmp_path / "in/c.csv")
