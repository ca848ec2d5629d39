"""The tables of a new workspace are copied from the first one of this process instead of migrated anew.

Hundreds of tests make a workspace, and each would go through every migration there ever was. The first one in a
process does; what its database was then is kept in memory and laid down for those that follow: a few milliseconds
instead of seconds. `tests/conftest.py` sees to it, `tests/store/test_templates.py` holds that a copy is what a
migrated database is. A test of how workspaces are made or brought along asks for the fixture `real_migrations`;
a command that is run as a process of its own migrates anyway.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connections

from sirekap.store import setup
from sirekap.store.database import FILE
from sirekap.store.setup import Workspace, is_workspace
from tests.with_postgresql import programs


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
def laid_down() -> Iterator[Templates]:
    """New workspaces of this process are copies until the end."""
    templates = Templates(setup._migrate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "_migrate", templates)
        yield templates


@contextmanager
def set_aside() -> Iterator[None]:
    """New workspaces are migrated until the end."""
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(setup._migrate, Templates):
            patch.setattr(setup, "_migrate", setup._migrate.migrate)
        yield


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
