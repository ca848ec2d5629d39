"""A workspace with accounts, for tests: codes are caught where a slip would be printed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sirekap.flow.steps import init_workspace, load_contests, load_geography
from sirekap.store.account_loading import Created, create_accounts
from sirekap.store.accounts import THE_PROGRAM, Actor, Issued
from sirekap.store.passwords import Argon2
from sirekap.store.setup import Workspace
from tests.flow.fakes import write_inputs

AT = datetime(2024, 2, 1, 8, tzinfo=UTC)
PASSWORD = "nasi uduk enak"
STATION, OTHER = "3173011001001", "3173011001002"
HEAD = "role,unit,stands_for,name,login\n"
BASE = (
    f"{HEAD}admin,0,,Admin,\nadmin,3173,,Admin dua,\nkpps,{STATION},,,\nkpps,{STATION},,,\nppk,317301,,Ketua,\n"
)


def fast_passwords() -> None:
    """Hash with next to no memory: tests log in by the hundred."""
    Argon2.memory_cost, Argon2.time_cost = 8, 1


def loaded(folder: Path, geography: str | None = None) -> Workspace:
    """A loaded workspace of two villages, or of another geography, without accounts."""
    write_inputs(folder / "in")
    if geography is not None:
        (folder / "in/geography.csv").write_text(geography)
    workspace = init_workspace(folder / "ws", folder / "in/election.toml")
    load_geography(workspace, folder / "in/geography.csv")
    load_contests(workspace, folder / "in/tickets.csv")
    return workspace


def make(
    workspace: Workspace, text: str, by: Actor = THE_PROGRAM, at: datetime = AT
) -> tuple[Created, dict[str, str]]:
    """Accounts from a CSV, and their codes by login."""
    codes: dict[str, str] = {}

    def deliver(issued: Sequence[Issued]) -> None:
        codes.update({item.login: item.code for item in issued})

    return create_accounts(workspace, text.encode(), "people.csv", by, at, deliver), codes
