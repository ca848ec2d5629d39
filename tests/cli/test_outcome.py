"""`sirekap outcome` and the loads before it, as people type them."""

import json
from pathlib import Path

import pytest

from sirekap.flow.intake import ingest
from tests.cli.conftest import Cli
from tests.flow.fakes import READER, STATION, pages, write_manifest
from tests.flow.seating import CANDIDATES, DISTRICTS, PARTIES, counted, workspace_of
from tests.store.people import loaded


@pytest.fixture
def hasil(tmp_path: Path) -> Path:
    """A workspace in which two of three stations of the DPR are in."""
    workspace = workspace_of(tmp_path / "in")
    counted(workspace, tmp_path / "photos")
    return workspace.path


def test_districts_parties_and_candidates_are_loaded(cli: Cli, hasil: Path, tmp_path: Path) -> None:
    """Each says how many; contests that the election does not hold are left out and told."""
    for name, text in (("d", DISTRICTS), ("p", PARTIES), ("c", CANDIDATES)):
        (tmp_path / f"{name}.csv").write_text(text)
    status, out, err = cli("load", hasil, "districts", tmp_path / "d.csv")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "2 districts loaded; the file gives them 5 seats.",
        "Districts of contests that this election does not hold: 1.",
    ]
    assert cli("load", hasil, "parties", tmp_path / "p.csv")[:2] == (0, "18 parties loaded.\n")
    told = cli("load", hasil, "candidates", tmp_path / "c.csv", "--contest", "pdpr")
    assert told[:2] == (0, "5 candidates loaded.\n")
    (tmp_path / "c.csv").write_text(CANDIDATES.replace("3102,1,1", "3102,77,1"))
    status, _, err = cli("load", hasil, "candidates", tmp_path / "c.csv", "--contest", "pdpr")
    assert status == 2 and "row 6, column no_partai" in err
    (tmp_path / "d.csv").write_text(DISTRICTS.replace(",3174,", ",3175,"))
    status, _, err = cli("load", hasil, "districts", tmp_path / "d.csv")
    assert status == 0 and "the geography does not hold: 3175 (1)" in err


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "id",
            [
                "SEMENTARA: menurut yang sudah dihitung; ini bukan hasil akhir.",
                "2 dari 3 TPS dihitung: 0 final, 2 sementara, 0 ditahan, 1 belum masuk.",
                "  tidak: 3 P3, 1 suara (kurang 4)",
                "  kursi 3: 1 P1, 70 : 3 = 23 1/3; berikutnya 2 P2, 35 : 3 = 11 2/3",
                "  kursi terakhir (1 P1) berpindah bila 2 P2 mendapat 36 suara lagi (sama dengan 35)",
                "    1. 2 Budi, 35 suara",
            ],
        ),
        (
            "en",
            [
                "PROVISIONAL: by what counts so far; this is no final result.",
                "  seat 3: 1 P1, 70 : 3 = 23 1/3; next 2 P2, 35 : 3 = 11 2/3",
                "  or if 1 P1 loses 36 votes (to 2 P2) (level with 35)",
                "  2 seats unfilled: nobody has a vote",
            ],
        ),
    ],
)
def test_the_outcome_tells_its_working(cli: Cli, hasil: Path, language: str, told: list[str]) -> None:
    """What it rests on, the threshold, each seat's quotients, what the last one hangs on, who takes it."""
    status, out, _ = cli("outcome", hasil, "pdpr", "--provisional", "--lang", language)
    assert status == 0
    assert [line for line in told if line not in out.splitlines()] == []


def test_without_provisional_it_says_what_is_left_out(cli: Cli, hasil: Path) -> None:
    """Nothing is settled yet."""
    status, out, _ = cli("outcome", hasil, "pdpr", "--lang", "en")
    assert status == 0 and "2 provisional stations do not count (--provisional counts them)." in out


def test_json_holds_every_step(cli: Cli, hasil: Path) -> None:
    """Quotients as votes and divisor, margins, people."""
    status, out, _ = cli("outcome", hasil, "pdpr", "--provisional", "--unit", "3173", "--format", "json")
    assert status == 0
    tree = json.loads(out)
    (district,) = tree["districts"]
    assert (tree["seats"], district["won"]) == ({"1": 2, "2": 1}, {"1": 2, "2": 1})
    assert district["steps"][2]["quotients"][0] == {"party": 1, "votes": 70, "divisor": 3}
    assert district["gains"][0] == {
        "party": 2,
        "votes": 36,
        "level": 35,
        "against": {"party": 1, "votes": 70, "divisor": 3},
    }
    assert [place["number"] for place in district["elected"]["1"]["places"]] == [2, 1]
    assert (tree["basis"]["counted"], tree["basis"]["final"], tree["threshold"]["needed"]) == (2, False, 5)


def test_a_race_tells_its_conditions(cli: Cli, tmp_path: Path) -> None:
    """The president from one sheet: 31, 120 and 44."""
    workspace = loaded(tmp_path)
    ingest(workspace, write_manifest(tmp_path / "photos", pages(STATION)), READER)
    status, out, _ = cli("outcome", workspace.path, "ppwp", "--provisional", "--lang", "en")
    assert status == 0 and "Elected: 2 DUA." in out
    assert "2 DUA: 120 of 195 votes; more than half; 20% in 1 of 1 provinces (1 needed)" in out
    status, out, _ = cli("outcome", workspace.path, "ppwp", "--format", "json")
    assert status == 0 and json.loads(out)["race"]["ending"] == "nobody"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pkwkp",), "one of pdpr, pdpd"),
        (("pdpr", "--unit", "77"), "a unit of the geography"),
        (("pdpr", "--unit", "x"), "a unit of the geography"),
    ],
)
def test_what_cannot_be_asked_is_refused(cli: Cli, hasil: Path, words: tuple[str, ...], told: str) -> None:
    """With what was expected, and status 2."""
    status, _, err = cli("outcome", hasil, *words)
    assert status == 2 and told in err
