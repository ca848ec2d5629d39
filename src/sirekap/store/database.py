"""Which database a workspace has: a file beside its settings (SQLite), or a schema of its own in PostgreSQL."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sirekap.errors import InputError, Problem, quoted

FILE = "sirekap.sqlite3"
WAIT_SECONDS = 30
OLDEST = 150000  # PostgreSQL 15
SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,50}")
ADVICE = "Write postgresql://USER@HOST/DATABASE, or leave it empty for a file (SQLite)."


@dataclass(frozen=True, slots=True)
class DatabaseSetting:
    """`url` is empty for SQLite, else a PostgreSQL address without password; `schema` holds the tables."""

    url: str = ""
    schema: str = ""

    def for_django(self, folder: Path) -> dict[str, Any]:
        """What Django needs to connect. Raises InputError for an address that says no database."""
        if not self.url:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / FILE,
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                    # A writer takes its lock at once, so two of them wait instead of failing half-way.
                    "transaction_mode": "IMMEDIATE",
                    "timeout": WAIT_SECONDS,
                },
            }
        parts = _parts(self.url)
        named = {key.upper(): str(parts.pop(key, "")) for key in ("user", "host", "port")}
        # lock_timeout: as long as SQLite waits for another writer
        session = f"-c search_path={self.schema} -c lock_timeout={WAIT_SECONDS}s"
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.pop("dbname"),
            **named,
            "OPTIONS": {**parts, "options": session},
        }

    def told(self, folder: Path) -> str:
        """The database as messages name it."""
        return f"{self.url}, schema {self.schema}" if self.url else str(folder / FILE)


def new_setting(url: str, folder: Path) -> DatabaseSetting:
    """The setting of a workspace that is being made; the schema's name is kept so that an interrupted making
    finds it again. Raises InputError for an address that cannot be used or reached.
    """
    if not url:
        return DatabaseSetting()
    _parts(url)
    note = folder / ".schema"
    if not note.exists():
        note.write_text(f"sirekap_{secrets.token_hex(6)}", encoding="ascii")
    setting = DatabaseSetting(url, _known_schema(note.read_text(encoding="ascii"), str(note)))
    _make_schema(setting)
    return setting


def read_setting(tree: object, file: str) -> DatabaseSetting:
    """The setting from the table `database` of `sirekap.toml`; without one, SQLite. Raises InputError."""
    if tree is None:
        return DatabaseSetting()
    url = tree.get("url", "") if isinstance(tree, dict) else None
    if not isinstance(tree, dict) or not isinstance(url, str):
        raise InputError([Problem(file, "a text", quoted(url), column="database.url", advice=ADVICE)])
    if not url:
        return DatabaseSetting()
    _parts(url, file)
    return DatabaseSetting(url, _known_schema(str(tree.get("schema", "")), file))


def _known_schema(name: str, file: str) -> str:
    if not SCHEMA.fullmatch(name):
        raise InputError([Problem(file, "a schema's name", quoted(name), column="database.schema")])
    return name


def _parts(url: str, file: str = "--database") -> dict[str, Any]:
    """What a PostgreSQL address says. Raises InputError for another address and for one with a password."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    def refused(expected: str, found: str, advice: str = ADVICE) -> InputError:
        return InputError([Problem(file, expected, found, column="database.url", advice=advice)])

    if not url.startswith(("postgresql://", "postgres://")):
        raise refused("a PostgreSQL address", quoted(url))
    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise refused("a PostgreSQL address", str(error).strip()) from error
    if "password" in parts:
        advice = "Keep it in ~/.pgpass or PGPASSWORD: the settings lie in a folder that is copied."
        raise refused("an address without a password", "one with a password", advice)
    if not parts.get("dbname"):
        raise refused("the name of a database in the address", "none")
    return parts


def _make_schema(setting: DatabaseSetting) -> None:
    import psycopg
    from psycopg import sql

    try:
        with psycopg.connect(setting.url, connect_timeout=WAIT_SECONDS) as connection:
            if connection.info.server_version < OLDEST:
                found = f"version {connection.info.server_version // 10000}"
                raise InputError([Problem("--database", "PostgreSQL 15 or newer", found)])
            name = sql.Identifier(setting.schema)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    except psycopg.Error as error:
        expected = "a PostgreSQL server that can be reached, and a user that may create a schema"
        raise InputError([Problem("--database", expected, str(error).strip())]) from error
