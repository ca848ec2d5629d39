"""Workspaces of tests cost next to nothing: their tables are copied, and nothing is forced to disk.

Hundreds of tests make a workspace, and each would go through every migration there ever was. The first one in a
process does; what its database was then is kept in memory and laid down for those that follow: a few milliseconds
instead of seconds. Nor does SQLite wait for the disk at every commit, as the server of `tests/with_postgresql.py`
does not: that guards against a power cut, and tests kill processes only.

`tests/conftest.py` sees to both; `tests/store/test_cheap.py` holds that a copy is what a migrated database is.
A test of how workspaces are made, kept or brought along asks for the fixture `real_workspaces`; a command that is
run as a process of its own does everything as ever.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from sirekap.store import setup
from sirekap.store.database import FILE, DatabaseSetting
from sirekap.store.setup import Workspace, is_workspace
from tests.with_postgresql import programs

_for_django = DatabaseSetting.for_django


class Templates:
    """Stands where the step that migrates stands; `migrate` is that step."""

    def __init__(self, migrate: Callable[[Workspace], bool]) -> None:
        """Nothing is kept yet."""
        self.migrate = migrate
        self.file: bytes | None = None  # of SQLite
        self.script: str | None = None  # of PostgreSQL, see `dumped`
        self.schema = ""  # of which the script speaks
        self.used = 0

    def __call__(self, workspace: Workspace) -> bool:
        """As `migrate`: bring the tables to this version; whether they were of another."""
        # A workspace that is opened, or whose making was interrupted, is none of ours.
        if is_workspace(workspace.path) or not _is_empty(workspace):
            return self.migrate(workspace)
        url = workspace.database.url
        if (self.script if url else self.file) is not None:
            self._lay(workspace)
            self.migrate(workspace)  # finds nothing to do, or does it
            return True
        migrated = self.migrate(workspace)
        if url:
            self.script, self.schema = dumped(workspace), workspace.database.schema
        else:
            workspace.close()  # which brings the write-ahead log into the file
            self.file = (workspace.path / FILE).read_bytes()
        return migrated

    def _lay(self, workspace: Workspace) -> None:
        if self.file is not None and not workspace.database.url:
            (workspace.path / FILE).write_bytes(self.file)
        elif self.script is not None:
            with psycopg.connect(workspace.database.url) as server:
                # The name is random, so it stands nowhere else.
                server.execute(self.script.replace(self.schema, workspace.database.schema).encode())
        self.used += 1


@contextmanager
def cheap_workspaces() -> Iterator[Templates]:
    """Workspaces of this process are made and kept so until the end."""
    templates = Templates(setup._migrate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "_migrate", templates)
        patch.setattr(DatabaseSetting, "for_django", _unforced)
        yield templates


@contextmanager
def real_workspaces() -> Iterator[None]:
    """Workspaces that are made until the end are as anybody's."""
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(setup._migrate, Templates):
            patch.setattr(setup, "_migrate", setup._migrate.migrate)
            patch.setattr(DatabaseSetting, "for_django", _for_django)
        yield


def _unforced(setting: DatabaseSetting, folder: Path) -> dict[str, Any]:
    found = _for_django(setting, folder)
    if not setting.url:
        found["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    return found


def dumped(workspace: Workspace) -> str:
    """All of a schema in PostgreSQL as statements, rows too."""
    command = [str(programs() / "pg_dump"), "--no-owner", "--no-privileges", "--inserts"]
    command += ["--schema", workspace.database.schema, "--dbname", workspace.database.url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [
        line for line in text.splitlines() if not line.startswith(("\\", "--")) and line
    ]  # \restrict is psql's
    return "\n".join(lines).replace("CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS ", 1) + "\n"


def _is_empty(workspace: Workspace) -> bool:
    if not workspace.database.url:
        return not (workspace.path / FILE).exists()
    with connections[workspace.alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_tables WHERE schemaname = %s LIMIT 1", [workspace.database.schema])
        return cursor.fetchone() is None
