"""A workspace that tests copy from a template is what the migrations make."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sirekap.flow.steps import init_workspace
from sirekap.store import setup
from sirekap.store.setup import Workspace
from tests import templates
from tests.flow.fakes import write_inputs
from tests.templates import Templates


def described(workspace: Workspace) -> Any:
    """Tables, indexes, triggers, functions, sequences, and all rows but when each migration was applied."""
    workspace.close()
    if workspace.database.url:
        text = templates.dumped(workspace).replace(workspace.database.schema, "SCHEMA")
        migrated = "INSERT INTO SCHEMA.django_migrations VALUES ("
        return [line.rsplit(",", 1)[0] if line.startswith(migrated) else line for line in text.splitlines()]
    database = sqlite3.connect(workspace.path / "sirekap.sqlite3")
    found = {"sqlite_master": list(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))}
    for (table,) in list(database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")):
        columns = "app, name, id" if table == "django_migrations" else "*"
        found[table] = list(database.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2"))
    for pragma in ("journal_mode", "page_size", "encoding", "user_version", "application_id", "auto_vacuum"):
        found[pragma] = list(database.execute(f"PRAGMA {pragma}"))
    database.close()
    return found


def test_a_copied_database_is_a_migrated_one(tmp_path: Path) -> None:
    """In every table, index, trigger, sequence and row, apart from when its migrations were applied."""
    write_inputs(tmp_path / "in")
    copies = setup._migrate
    assert isinstance(copies, Templates)
    init_workspace(tmp_path / "first", tmp_path / "in/election.toml")
    before = copies.used
    copied = init_workspace(tmp_path / "copied", tmp_path / "in/election.toml")
    assert copies.used == before + 1
    with templates.set_aside():
        migrated = init_workspace(tmp_path / "migrated", tmp_path / "in/election.toml")
    assert copies.used == before + 1
    found = described(copied)
    assert found == described(migrated)
    assert "0011_districts" in str(found) and "store_event_no_" in str(found)


@pytest.mark.usefixtures("real_migrations")
def test_a_test_can_ask_for_the_migrations(tmp_path: Path) -> None:
    """Then its workspaces are made as anybody's are."""
    assert not isinstance(setup._migrate, Templates)
