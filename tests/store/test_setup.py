"""Workspaces: made whole or not at all, opened side by side, refused with reasons."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from sirekap.errors import InputError
from sirekap.flow.intake import ingest
from sirekap.flow.steps import init_workspace, load_contests, load_geography
from sirekap.store.loading import geography_of
from sirekap.store.models import Event, Ticket, Unit
from sirekap.store.setup import SETTINGS, open_workspace
from tests.flow.fakes import GEOGRAPHY, READER, TICKETS, photo, write_inputs, write_manifest


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    write_inputs(tmp_path / "in")
    return tmp_path / "in"


@pytest.mark.usefixtures("real_migrations")
def test_two_workspaces_in_one_process_stay_apart(tmp_path: Path, inputs: Path) -> None:
    """What is loaded into one workspace does not stand in another that is open at the same time."""
    first = init_workspace(tmp_path / "a", inputs / "election.toml")
    second = init_workspace(tmp_path / "b", inputs / "election.toml")
    load_geography(first, inputs / "geography.csv")
    assert first.rows(Unit).count() == 6 and second.rows(Unit).count() == 0
    assert len(geography_of(open_workspace(tmp_path / "a")).units) == 6
    with pytest.raises(InputError, match="sirekap load"):
        geography_of(second)


def test_query_without_a_workspace_fails(tmp_path: Path, inputs: Path) -> None:
    """A query that names no workspace fails instead of going to some database."""
    from django.core.exceptions import ImproperlyConfigured

    init_workspace(tmp_path / "a", inputs / "election.toml")
    with pytest.raises(ImproperlyConfigured):
        Unit.objects.count()


@pytest.mark.usefixtures("real_migrations")
def test_database_waits_and_keeps_its_references(tmp_path: Path, inputs: Path) -> None:
    """The database waits for other writers; SQLite has a write-ahead log, syncs and holds foreign keys."""
    from django.db import connections

    workspace = init_workspace(tmp_path / "a", inputs / "election.toml")
    with connections[workspace.alias].cursor() as cursor:
        if workspace.database.url:
            assert cursor.execute("SHOW lock_timeout").fetchone()[0] == "30s"
            return
        found = {}
        for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous"):
            found[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
    assert found == {"journal_mode": "wal", "busy_timeout": 30000, "foreign_keys": 1, "synchronous": 2}


@pytest.mark.usefixtures("real_migrations")
def test_folder_with_something_else_is_refused(tmp_path: Path, inputs: Path) -> None:
    """A folder that holds other files, a file, and a workspace are refused, and left as they are."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("x")
    for place in ("full", "full/letter.txt"):
        with pytest.raises(InputError, match="new or empty folder"):
            init_workspace(tmp_path / place, inputs / "election.toml")
    assert [item.name for item in (tmp_path / "full").iterdir()] == ["letter.txt"]
    init_workspace(tmp_path / "ws", inputs / "election.toml")
    with pytest.raises(InputError, match="found a workspace"):
        init_workspace(tmp_path / "ws", inputs / "election.toml")


@pytest.mark.usefixtures("real_migrations")
def test_interrupted_init_is_finished_by_the_next(tmp_path: Path, inputs: Path) -> None:
    """A folder without settings is no workspace yet; making it again finishes it."""
    init_workspace(tmp_path / "ws", inputs / "election.toml").close()
    (tmp_path / "ws" / SETTINGS).unlink()
    with pytest.raises(InputError, match=r"no sirekap\.toml"):
        open_workspace(tmp_path / "ws")
    init_workspace(tmp_path / "ws", inputs / "election.toml")
    assert open_workspace(tmp_path / "ws").election().name == "Pemilu contoh"


@pytest.mark.parametrize("text", ["", "format = 99\n", "format = \n", "format = 1\npublish = 3\n"])
def test_settings_that_are_not_understood_are_refused(tmp_path: Path, inputs: Path, text: str) -> None:
    """Damaged settings, and those of another version, name the file."""
    init_workspace(tmp_path / "ws", inputs / "election.toml").close()
    (tmp_path / "ws" / SETTINGS).write_text(text)
    with pytest.raises(InputError, match=r"sirekap\.toml"):
        open_workspace(tmp_path / "ws")


@pytest.mark.usefixtures("real_migrations")
def test_bad_election_leaves_nothing_behind(tmp_path: Path, inputs: Path) -> None:
    """A bad election is refused before the folder is made; an unknown form too."""
    text = (inputs / "election.toml").read_text()
    for bad in ("name = 1", text.replace("2024-02-14", '"soon"'), text.replace("PPWP/2024", "XXX/1999")):
        (inputs / "bad.toml").write_text(bad)
        with pytest.raises(InputError, match=r"bad\.toml, column (name|day|contest 1\.form): expected"):
            init_workspace(tmp_path / "ws", inputs / "bad.toml")
        assert not (tmp_path / "ws").exists()


@pytest.mark.usefixtures("real_migrations")
def test_damaged_database_is_told_without_a_traceback(tmp_path: Path, inputs: Path) -> None:
    """A file that is no database is an input fault."""
    workspace = init_workspace(tmp_path / "ws", inputs / "election.toml")
    if workspace.database.url:
        pytest.skip("PostgreSQL keeps its own files")
    workspace.close()
    (tmp_path / "ws/sirekap.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(InputError, match=r"sirekap\.sqlite3"):
        open_workspace(tmp_path / "ws")


def test_refused_geography_leaves_the_database_untouched(tmp_path: Path, inputs: Path) -> None:
    """One bad row among good ones loads nothing and changes nothing."""
    workspace = init_workspace(tmp_path / "ws", inputs / "election.toml")
    load_geography(workspace, inputs / "geography.csv")
    before = list(workspace.rows(Unit).order_by("code").values()), workspace.rows(Event).count()
    (inputs / "bad.csv").write_text(GEOGRAPHY.replace("GELORA", "GELORA BARU") + "3199012001,ORPHAN,4,1\n")
    with pytest.raises(InputError, match="orphan"):
        load_geography(workspace, inputs / "bad.csv")
    assert (list(workspace.rows(Unit).order_by("code").values()), workspace.rows(Event).count()) == before


def test_tickets_must_fit_the_form(tmp_path: Path, inputs: Path) -> None:
    """Two tickets for a form of three are refused; loading three again replaces them."""
    workspace = init_workspace(tmp_path / "ws", inputs / "election.toml")
    (inputs / "two.csv").write_text(TICKETS.replace("3,TIGA\n", ""))
    with pytest.raises(InputError, match="3 tickets"):
        load_contests(workspace, inputs / "two.csv")
    assert workspace.rows(Ticket).count() == 0
    for _ in range(2):
        assert load_contests(workspace, inputs / "tickets.csv") == 3
    assert [item.name for item in workspace.election().contests[0].tickets] == ["SATU", "DUA", "TIGA"]


@pytest.mark.usefixtures("real_migrations")
def test_history_cannot_be_changed_even_from_outside(tmp_path: Path, inputs: Path) -> None:
    """The database itself refuses to change or delete what was written down."""
    workspace = init_workspace(tmp_path / "ws", inputs / "election.toml")
    load_geography(workspace, inputs / "geography.csv")
    workspace.close()
    acts = ["UPDATE store_event SET who = 'me'", "DELETE FROM store_event"]
    if workspace.database.url:
        for act in (*acts, "TRUNCATE store_event"):
            with (
                psycopg.connect(workspace.database.url) as server,
                pytest.raises(psycopg.errors.RaiseException, match="is history"),
            ):
                server.execute(f"SET search_path TO {workspace.database.schema}")
                server.execute(act)
        return
    database = sqlite3.connect(tmp_path / "ws/sirekap.sqlite3")
    for act in acts:
        with pytest.raises(sqlite3.IntegrityError, match="is history"):
            database.execute(act)
    database.close()


def test_committed_migrations_hold_the_models() -> None:
    """No model has changed without a migration."""
    from django.core.management import call_command

    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_geography_that_loses_a_photographed_station_is_refused(tmp_path: Path, inputs: Path) -> None:
    """A station that has photographs cannot vanish from the geography; the old one stays."""
    workspace = init_workspace(tmp_path / "ws", inputs / "election.toml")
    load_geography(workspace, inputs / "geography.csv")
    ingest(workspace, write_manifest(inputs, [("3173011001003", "a.jpg", photo(1))]), READER)
    (inputs / "fewer.csv").write_text(GEOGRAPHY.replace("GELORA,4,3", "GELORA,4,2"))
    with pytest.raises(InputError, match="no station 3173011001003"):
        load_geography(workspace, inputs / "fewer.csv")
    assert geography_of(workspace).has_station("3173011001003")
