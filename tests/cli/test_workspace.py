"""The commands of a workspace, as people type them."""

import csv
import io
import json
from pathlib import Path

import pytest

from sirekap.flow.intake import ingest
from sirekap.flow.steps import init_workspace, load_contests, load_geography
from tests.cli.conftest import Cli
from tests.example import consistent
from tests.flow.fakes import OTHER, READER, STATION, pages, photo, write_inputs, write_manifest


@pytest.fixture
def hasil(tmp_path: Path) -> Path:
    """A workspace with a good sheet, one that does not add up, and a photograph set aside."""
    write_inputs(tmp_path / "in")
    workspace = init_workspace(tmp_path / "hasil", tmp_path / "in/election.toml")
    load_geography(workspace, tmp_path / "in/geography.csv")
    load_contests(workspace, tmp_path / "in/tickets.csv")
    wrong = {**consistent(women=98), "suara_1": 32}
    rows = [*pages(STATION), *pages(OTHER, wrong), ("9100000000001", "lost.jpg", photo(1, note="lost"))]
    ingest(workspace, write_manifest(tmp_path / "in", rows), READER)
    return tmp_path / "hasil"


@pytest.mark.usefixtures("real_migrations")
def test_init_and_load_as_a_newcomer_would(cli: Cli, inputs: Path, tmp_path: Path) -> None:
    """A workspace is made, loaded and says what it holds."""
    ws = tmp_path / "ws"
    status, out, _ = cli("init", ws, "--election", inputs / "election.toml")
    assert status == 0 and "ppwp" in out and f"sirekap load {ws}" in out
    status, out, _ = cli("load", ws, "geography", inputs / "geography.csv")
    assert status == 0 and "units loaded" in out
    assert cli("load", ws, "contests", inputs / "tickets.csv")[:2] == (0, "3 tickets loaded.\n")
    assert cli("review", ws)[:2] == (0, "Nothing waits.\n")
    assert cli("init", ws, "--election", inputs / "election.toml")[0] == 2


@pytest.mark.slow
def test_ingest_publish_verify_with_the_real_parts(cli: Cli, inputs: Path, tmp_path: Path) -> None:
    """Photographs are taken in, published, and verified from the published files; a changed figure is found."""
    ws = tmp_path / "ws"
    cli("init", ws, "--election", inputs / "election.toml")
    cli("load", ws, "geography", inputs / "geography.csv")
    cli("load", ws, "contests", inputs / "tickets.csv")
    status, out, _ = cli("ingest", ws, inputs / "manifest.csv")
    assert status == 0 and out.startswith("6 photographs taken in, 0 known already, 0 set aside.")
    assert cli("ingest", ws, inputs / "manifest.csv")[1].startswith("0 photographs taken in, 6 known")
    for to in ("a", "b"):
        status, out, _ = cli("publish", ws, "--to", tmp_path / to)
        assert status == 0 and "root of the manifest" in out
    trees = [
        {p.relative_to(t): p.read_bytes() for p in t.rglob("*") if p.is_file()}
        for t in (tmp_path / "a", tmp_path / "b")
    ]
    assert trees[0] == trees[1]
    assert cli("verify", tmp_path / "a")[0] == 0
    page = tmp_path / "a/index.html"
    page.write_text(page.read_text() + " ")
    status, out, _ = cli("verify", tmp_path / "a")
    assert status == 1 and "NOT verified" in out and "index.html" in out


def test_review_lists_what_waits_and_why(cli: Cli, hasil: Path) -> None:
    """The finding with its numbers and the photograph that was set aside, with its reason."""
    status, out, _ = cli("review", hasil)
    assert status == 0
    assert OTHER in out and "R12" in out and "written 195, computed 196" in out and STATION not in out
    assert "lost.jpg (for 9100000000001)" in out and "1 sheets wait, 1 photographs are set aside" in out


def test_acknowledge_needs_a_name_and_a_reason(cli: Cli, hasil: Path) -> None:
    """Without --by or --reason it is refused; with them the sheet counts."""
    assert cli("acknowledge", hasil, OTHER, "R12")[0] == 2
    assert cli("acknowledge", hasil, OTHER, "R12", "--by", "A", "--reason", " ")[0] == 2
    status, _, err = cli("acknowledge", hasil, OTHER, "R12", "--by", "A\x1b[2J", "--reason", "b")
    assert status == 2 and "control characters" in err and "\x1b" not in err
    status, out, _ = cli("acknowledge", hasil, OTHER, "R12", "--by", "A", "--reason", "b")
    assert status == 0 and "a second person must answer" in out
    assert cli("acknowledge", hasil, OTHER, "R12", "--by", "A", "--reason", "b")[0] == 2
    status, out, _ = cli("acknowledge", hasil, OTHER, "R12", "--by", "B", "--reason", "b")
    assert status == 0 and "counts as written" in out
    assert OTHER not in cli("review", hasil)[1]


def test_tally_in_three_formats(cli: Cli, hasil: Path) -> None:
    """Table, CSV and JSON tell the same votes and completeness; no figure is no zero."""
    status, table, _ = cli("tally", hasil)
    assert status == 0 and "INDONESIA" in table and "provisional" in table
    rows = list(csv.DictReader(io.StringIO(cli("tally", hasil, "--format", "csv")[1])))
    units = json.loads(cli("tally", hasil, "--format", "json", "--contest", "ppwp")[1])["units"]
    assert [row["code"] for row in rows] == [unit["code"] for unit in units] == ["0", "31"]
    assert rows[0]["provisional_suara_1"] == str(units[0]["provisional"]["figures"]["suara_1"]) == "31"
    assert rows[0]["settled_suara_1"] == "" and units[0]["settled"]["figures"] == {}
    assert units[0]["stations"]["review"] == 1 and units[0]["stations"]["missing"] == 1


@pytest.mark.parametrize(
    "argv",
    [
        ("tally", "{ws}", "--unit", "42"),
        ("tally", "{ws}", "--contest", "pdpr"),
        ("tally", "{ws}", "--format", "xml"),
        ("tally", "{ws}/none"),
        ("ingest", "{ws}", "{ws}/none.csv"),
        ("load", "{ws}", "geography", "{ws}"),
        ("load", "{ws}", "people", "x.csv"),
        ("publish", "{ws}", "--to", "s3://bucket/prefix"),
        ("verify", "{ws}/none"),
        ("serve", "{ws}/none"),
        ("serve", "{ws}", "--port", "99999"),
        ("demo", "{ws}", "--stations", "0"),
        ("demo", "{ws}", "--no-serve"),
        ("forms", "draw", "C.NONE/1", "--out", "x.pdf"),
        ("forms", "draw", "C.HASIL-PPWP/2024", "--station", "12", "--out", "x.pdf"),
        (),
        ("count",),
    ],
)
def test_bad_usage_ends_with_2(cli: Cli, hasil: Path, argv: tuple[str, ...]) -> None:
    """Whatever is wrong is told on standard error, without a traceback, with status 2."""
    status, out, err = cli(*(word.format(ws=hasil) for word in argv))
    assert status == 2 and err and not out
