"""Many questions answered as of one moment, without holding up anybody who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from sirekap.store.setup import Workspace


@contextmanager
def one_moment(workspace: Workspace) -> Iterator[None]:
    """Within it every question is answered as of the first one, whatever is written meanwhile; only ask.

    Not to be used within a transaction.
    """
    connection = connections[workspace.alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=workspace.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Django's own transactions take SQLite's lock of writers at once; whoever reads needs none.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
