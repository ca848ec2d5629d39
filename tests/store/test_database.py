"""The database setting: which addresses are taken, and what is refused in words."""

from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.flow.steps import init_workspace
from sirekap.store.database import DatabaseSetting, new_setting, read_setting
from sirekap.store.setup import open_workspace
from tests.flow.fakes import write_inputs

REFUSED = {
    "another kind of database": ({"url": "mysql://db/x"}, "expected a PostgreSQL address"),
    "a password in the address": (
        {"url": "postgresql://u:secret@h/x", "schema": "a"},
        "expected an address without a password",
    ),
    "no database in the address": ({"url": "postgresql://h", "schema": "a"}, "the name of a database"),
    "no address at all": ({"url": "postgresql://[", "schema": "a"}, "expected a PostgreSQL address"),
    "a number": ({"url": 5}, "expected a text"),
    "no schema": ({"url": "postgresql://h/x"}, "expected a schema's name"),
    "a schema that is a statement": ({"url": "postgresql://h/x", "schema": "a; DROP TABLE b"}, "a schema's name"),
    "no table": ("postgresql://h/x", "expected a text"),
}


@pytest.mark.parametrize(("tree", "told"), REFUSED.values(), ids=REFUSED)
def test_a_setting_that_cannot_be_used_is_refused_without_its_password(tree: object, told: str) -> None:
    """The fault is told with file and field; a password is never repeated."""
    with pytest.raises(InputError, match=told) as refused:
        read_setting(tree, "sirekap.toml")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("tree", [None, {}, {"url": ""}])
def test_without_an_address_the_database_is_a_file(tree: object, tmp_path: Path) -> None:
    """No table, an empty one, an empty address: SQLite beside the settings."""
    setting = read_setting(tree, "sirekap.toml")
    assert setting == DatabaseSetting()
    assert setting.for_django(tmp_path)["NAME"] == tmp_path / "sirekap.sqlite3"


def test_an_address_becomes_a_connection_to_one_schema(tmp_path: Path) -> None:
    """User, host, port and options reach the driver; the tables lie in the workspace's own schema."""
    tree = {"url": "postgresql://hasil@db.example:5433/pemilu?sslmode=verify-full", "schema": "sirekap_1"}
    found = read_setting(tree, "sirekap.toml").for_django(tmp_path)
    assert (found["NAME"], found["USER"], found["HOST"], found["PORT"]) == (
        "pemilu",
        "hasil",
        "db.example",
        "5433",
    )
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert "search_path=sirekap_1" in found["OPTIONS"]["options"]


@pytest.mark.usefixtures("real_migrations")
def test_a_server_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    """Making a workspace on a server that is not there is an input fault, and nothing is made."""
    write_inputs(tmp_path)
    with pytest.raises(InputError, match="a PostgreSQL server that can be reached"):
        new_setting("postgresql:///x?host=/nonexistent", tmp_path)
    with pytest.raises(InputError, match="a PostgreSQL server"):
        init_workspace(tmp_path / "ws", tmp_path / "election.toml", database="postgresql:///x?host=/nonexistent")
    with pytest.raises(InputError, match=r"no sirekap\.toml"):
        open_workspace(tmp_path / "ws")


def test_an_interrupted_making_finds_its_schema_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema's name is written down before the schema is made, so that no second one is left behind."""
    monkeypatch.setattr("sirekap.store.database._make_schema", lambda setting: None)
    first = new_setting("postgresql:///x", tmp_path)
    assert new_setting("postgresql:///x", tmp_path) == first
