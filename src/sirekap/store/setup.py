"""A workspace is a folder; this opens it and ties Django to its database.

Django is configured once per process and knows no database at first. Every workspace that is opened becomes
a database alias of its own, so one process can hold several (tests do); each query names its workspace, and
one that forgets fails at once instead of writing to another's tables.
"""

from __future__ import annotations

import json
import os
import threading
import tomllib
from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sirekap.contests import Election, parse_election
from sirekap.errors import InputError, Problem, quoted
from sirekap.store.configuration import configure
from sirekap.store.database import FILE, DatabaseSetting, new_setting, read_setting
from sirekap.store.manifest import read_file
from sirekap.store.objects import Objects

SETTINGS = "sirekap.toml"
ELECTION = "election.toml"
OBJECTS = "objects"
UPLOADS = "uploads"  # see `store.uploads`
PUBLIC = "public"
KEY = "accounts.key"  # of the second factors; see `store.vault`
SERVER_KEY = "server.key"  # signs certificates and receipts; see `store.keys`
FORMAT = 1
ADDRESS = "SIREKAP_DATABASE"
OWN_FILES = frozenset(
    {ELECTION, FILE, f"{FILE}-wal", f"{FILE}-shm", OBJECTS, UPLOADS, KEY, SERVER_KEY, ".schema"}
)
_SETTINGS_TEXT = """# A Sirekap workspace: its database, photographs and settings lie beside this file.
format = {format}

[publish]
# Where the published tree is written, relative to this folder; `sirekap serve` shows it.
folder = "{public}"

[database]
# Empty: a file beside this one (SQLite). Else a PostgreSQL address without password, and the tables' schema.
url = {url}
schema = {schema}
"""
_lock = threading.Lock()


configure()


@dataclass(frozen=True)
class Workspace:
    """An open workspace: its folder, its database and the alias of it, its photographs, where it publishes."""

    path: Path
    alias: str
    objects: Objects
    public: Path
    database: DatabaseSetting

    def election(self) -> Election:
        """The election of `election.toml` with the tickets that were loaded. Raises InputError."""
        from sirekap.store.loading import tickets_of

        election = parse_election(read_file(self.path / ELECTION), str(self.path / ELECTION))
        for contest in election.contests:
            election = election.with_tickets(contest.code, tickets_of(self, contest.code))
        return election

    def rows(self, model: Any) -> Any:
        """All rows of a model in this workspace's database, as a query set."""
        return model._default_manager.using(self.alias)

    def close(self) -> None:
        """Close this thread's connection; the next query opens it again."""
        from django.db import connections

        connections[self.alias].close()


def is_workspace(path: Path) -> bool:
    """Whether the folder is a workspace whose making was finished."""
    return (path / SETTINGS).is_file()


def create_workspace(
    path: Path, election: bytes, file: str = ELECTION, beside: Set[str] = frozenset(), database: str | None = None
) -> Workspace:
    """Make a workspace in a new or empty folder from the bytes of an `election.toml`; `file` is its name.

    `beside` are names that may lie in the folder already. `database` is a PostgreSQL address, empty for SQLite;
    None takes it from the environment (SIREKAP_DATABASE).
    A folder whose making was interrupted is finished. Raises InputError for a folder that is a workspace or
    holds something else, and for a bad election; then nothing is written.
    """
    from sirekap.forms import form_of
    from sirekap.store.loading import store_contests

    parsed = parse_election(election, file)
    for position, contest in enumerate(parsed.contests, start=1):
        try:
            form_of(contest.form)
        except InputError as error:
            column = f"contest {position}.form"
            raise InputError([replace(found, file=file, column=column) for found in error.problems]) from error
    _must_be_free(path, OWN_FILES | beside)
    try:
        (path / OBJECTS).mkdir(parents=True, exist_ok=True)
        setting = new_setting(os.environ.get(ADDRESS, "") if database is None else database, path)
        write_file(path / ELECTION, election)
        workspace = _connected(path, PUBLIC, setting)
        _migrate(workspace)
        store_contests(workspace, parsed)
        # Last, because its presence says that everything else is there.
        told = {"url": json.dumps(setting.url), "schema": json.dumps(setting.schema)}  # TOML writes texts so too
        text = _SETTINGS_TEXT.format(format=FORMAT, public=PUBLIC, **told)
        write_file(path / SETTINGS, text.encode())
        (path / ".schema").unlink(missing_ok=True)
    except OSError as error:
        raise InputError([_os_problem(path, error, "a folder that can be written to")]) from error
    return workspace


def open_workspace(path: Path) -> Workspace:
    """Open the workspace in a folder, bringing its database to this version's tables.

    Raises InputError where the folder is none or its settings are not understood.
    """
    if not is_workspace(path):
        found = "no such folder" if not path.exists() else f"no {SETTINGS} in it"
        advice = f"Make one with `sirekap init {path} --election election.toml`."
        raise InputError([Problem(str(path), "a workspace", found, advice=advice)])
    name = str(path / SETTINGS)
    try:
        tree = tomllib.loads(read_file(path / SETTINGS).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([Problem(name, "TOML in UTF-8", str(error))]) from error
    if tree.get("format") != FORMAT:
        found = quoted(tree.get("format"))
        advice = "The workspace was made by another version of sirekap; open it with that one."
        raise InputError([Problem(name, str(FORMAT), found, column="format", advice=advice)])
    publish = tree.get("publish", {})
    public = publish.get("folder", PUBLIC) if isinstance(publish, dict) else None
    if not isinstance(public, str):
        raise InputError([Problem(name, "a text", quoted(public), column="publish.folder")])
    workspace = _connected(path, public, read_setting(tree.get("database"), name))
    if _migrate(workspace):
        from sirekap.store.standing import stand_older

        stand_older(workspace)
    return workspace


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _os_problem(path: Path, error: OSError, expected: str) -> Problem:
    return Problem(str(path), expected, error.strerror or str(error))


def _must_be_free(path: Path, own: Set[str]) -> None:
    if is_workspace(path):
        raise InputError(
            [
                Problem(
                    str(path),
                    "a new or empty folder",
                    "a workspace",
                    advice="Use it as it is, or choose another folder.",
                )
            ]
        )
    if path.exists() and not path.is_dir():
        raise InputError([Problem(str(path), "a new or empty folder", "a file")])
    strange = sorted(item.name for item in path.iterdir() if item.name not in own) if path.exists() else []
    if strange:
        raise InputError(
            [
                Problem(
                    str(path),
                    "a new or empty folder",
                    f"{quoted(strange[0])} in it",
                    advice="Choose another folder; nothing was changed.",
                )
            ]
        )


def _connected(path: Path, public: str, setting: DatabaseSetting) -> Workspace:
    from django.db import connections

    folder = path.resolve()
    alias = str(folder)
    with _lock:
        if alias not in connections.settings:
            known = connections.configure_settings({"default": {}, alias: setting.for_django(folder)})
            connections.settings[alias] = known[alias]
    return Workspace(folder, alias, Objects(folder / OBJECTS), folder / public, setting)


def _migrate(workspace: Workspace) -> bool:
    """Bring the tables to this version; whether they were of another."""
    from django.core.management import call_command
    from django.db import DatabaseError, connections
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connections[workspace.alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database=workspace.alias, verbosity=0, interactive=False)
            return True
        return False
    except DatabaseError as error:
        name = workspace.database.told(workspace.path)
        raise InputError([Problem(name, "the database of this workspace", str(error))]) from error
