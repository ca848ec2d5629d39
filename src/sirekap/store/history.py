"""What makes a table history: triggers by which the database itself refuses to change or delete its rows.

For migrations from 0007 on; what an older migration did stands in it. Never change what this writes: tables that
are there keep the triggers that they were given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import migrations

SQLITE = """CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: rows are added, never changed or deleted'); END"""
POSTGRESQL = """CREATE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()"""  # migration 0002


def only_added_to(*models: str) -> Any:
    """A migration's operation after which the rows of these models (lower case) are added, and nothing else."""
    tables = tuple(f"store_{model}" for model in models)

    def protect(apps: Any, editor: Any) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        for name, table, act in _triggers(tables, postgresql):
            editor.execute((POSTGRESQL if postgresql else SQLITE).format(name=name, table=table, act=act))

    def release(apps: Any, editor: Any) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        for name, table, _ in _triggers(tables, postgresql):
            editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))

    return migrations.RunPython(protect, release)


def _triggers(tables: tuple[str, ...], postgresql: bool) -> Iterator[tuple[str, str, str]]:
    """Name, table and act of every trigger."""
    for table in tables:
        for act in ("UPDATE", "DELETE", *(("TRUNCATE",) if postgresql else ())):
            yield f"{table}_no_{act}", table, act
