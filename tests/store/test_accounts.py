"""Accounts: made in bulk all or none, by who may; mandates, blocking, and history that stays."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from sirekap.access import Mandate
from sirekap.errors import InputError
from sirekap.store.account_loading import create_accounts
from sirekap.store.accounts import (
    THE_PROGRAM,
    Issued,
    actor_of,
    find_account,
    give_mandate,
    issue_code,
    list_accounts,
    mandates_of,
    set_blocked,
    withdraw_mandate,
)
from sirekap.store.models import ACCOUNT_HISTORY, Account, Activation, Event, GivenMandate
from sirekap.store.setup import Workspace
from tests.store.people import AT, BASE, HEAD, OTHER, STATION, loaded, make


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the accounts of BASE; tests add to it and take nothing away."""
    workspace = loaded(tmp_path_factory.mktemp("accounts"))
    make(workspace, BASE)
    return workspace


def counts(workspace: Workspace) -> tuple[int, ...]:
    return tuple(workspace.rows(model).count() for model in (Account, GivenMandate, Activation, Event))


def test_a_file_makes_accounts_once(tmp_path: Path) -> None:
    """Logins follow from unit and role; the same file again changes nothing and says who is there."""
    workspace = loaded(tmp_path)
    created, codes = make(workspace, BASE)
    logins = ["admin-0-a", "admin-3173-a", f"{STATION}a", f"{STATION}b", "ppk-317301-a"]
    assert sorted(codes) == sorted(item.login for item in created.issued) == sorted(logins)
    before = counts(workspace)
    again, none = make(workspace, BASE)
    assert (again.issued, none, sorted(again.there)) == ((), {}, sorted(logins))
    assert counts(workspace) == before
    more, codes = make(workspace, BASE + f"kpps,{OTHER},,,\n", actor_of(workspace, "admin-0-a", AT))
    assert list(codes) == [f"{OTHER}a"] and len(more.there) == 5


def test_no_code_stands_in_the_database(shared: Workspace) -> None:
    """Neither the code nor its groups stand in any row, nor in how an issued code is shown."""
    created, codes = make(shared, HEAD + f"bawaslu,{STATION},,Awas,\n", actor_of(shared, "admin-0-a", AT))
    (code,) = codes.values()
    kept = [str(row) for model in (Account, Activation, Event) for row in shared.rows(model).values()]
    assert not any(code in text for text in (*kept, repr(created)))
    assert shared.rows(Account).get(login=f"bawaslu-{STATION}-a").password == "!"


ROWS = {
    "an unknown role": ("raja,0,,,", "row 2, column role: expected one of kpps"),
    "no unit": ("kpps,317,,,", "row 2, column unit: expected a code of"),
    "a role at another tier": (
        "kpps,3173,,,",
        "column unit: expected a unit of this role: KPPS is held at a station",
    ),
    "a unit that the geography lacks": ("kpps,3173011001004,,,", "a unit of this election"),
    "a witness of nobody": (f"saksi,{STATION},,,", "column stands_for: expected the id of a ticket"),
    "a witness of an unknown ticket": (f"saksi,{STATION},77,,", "column stands_for: expected one of 900001"),
    "a KPPS of a ticket": (f"kpps,{OTHER},900001,,", "expected nothing for KPPS"),
    "a third KPPS": (f"kpps,{STATION},,Tiga,", "at most 2 accounts of KPPS for 3173011001001; found 3"),
    "a login with a space sign": (f"kpps,{OTHER},,,a!b", "column login"),
    "the program's login": (f"kpps,{OTHER},,,sirekap", "column login"),
    "somebody else's login": ("pps,3173011001,,Ani,ppk-317301-a", 'column name: expected "Ketua"'),
    "two sides": (f"bawaslu,{OTHER},,,ppk-317301-a", "found ppk-317301-a as PPK and Pengawas"),
    "one mandate twice": (
        f"kpps,{OTHER},,,satu\nkpps,{OTHER},,,satu",
        "row 3, column login: expected each",
    ),
    "too long a name": (f"kpps,{OTHER},,{'x' * 81},", "column name"),
    "no rows": ("", "at least one account"),
}


@pytest.mark.parametrize(("rows", "told"), ROWS.values(), ids=ROWS)
def test_a_bad_row_is_told_and_nothing_is_made(shared: Workspace, rows: str, told: str) -> None:
    """Row, column, what was expected and found; the good row beside it is not made either."""
    before = counts(shared)
    good = "\nppk,317301,,Anggota,\n" if rows else ""
    with pytest.raises(InputError) as refused:
        make(shared, HEAD + rows + good, actor_of(shared, "admin-0-a", AT))
    assert told in str(refused.value) and len(refused.value.problems) == 1
    assert counts(shared) == before


GRANTS = {
    "a regency's administrator its stations": ("admin-3173-a", f"saksi,{STATION},900002,,", True),
    "a regency's administrator no second one": ("admin-3173-a", "admin,3173,,Teman,", False),
    "a regency's administrator nobody above": ("admin-3173-a", "kpu_ri,0,,,", False),
    "an officer nobody": ("ppk-317301-a", f"saksi,{STATION},900003,,", False),
    "the nation's administrator another regency's": ("admin-0-a", "admin,3173,,Ketiga,", True),
    "the program no station's once accounts are there": (None, f"saksi,{STATION},900003,,", False),
    "the program the nation's administrators": (None, "admin,0,,Cadangan,", True),
    "a regency's administrator nothing for somebody above": ("admin-3173-a", "ppid,3173,,,admin-0-a", False),
}


@pytest.mark.parametrize(("by", "row", "allowed"), GRANTS.values(), ids=GRANTS)
def test_who_may_make_whom(shared: Workspace, by: str | None, row: str, allowed: bool) -> None:
    """Accounts are made from above, by administrators alone."""
    actor = actor_of(shared, by, AT)
    if allowed:
        assert len(make(shared, HEAD + row + "\n", actor)[1]) == 1
        return
    with pytest.raises(InputError, match=f"row 2, column role: expected .*; found {actor.login}"):
        make(shared, HEAD + row + "\n", actor)


def test_codes_that_reach_no_paper_make_no_accounts(shared: Workspace) -> None:
    """Where the slips cannot be written the accounts are not made."""

    def fail(issued: Sequence[Issued]) -> None:
        raise OSError("no paper")

    before = counts(shared)
    row = f"{HEAD}saksi,{OTHER},900001,,\n".encode()
    with pytest.raises(OSError, match="no paper"):
        create_accounts(shared, row, "x.csv", actor_of(shared, "admin-0-a", AT), AT, fail)
    assert counts(shared) == before


def test_one_login_can_hold_several_mandates_of_one_side(shared: Workspace) -> None:
    """Rows of one login add up; a mandate more for an account that is there needs no new code."""
    admin = actor_of(shared, "admin-0-a", AT)
    created, codes = make(shared, f"{HEAD}pps,3173011001,,Budi,budi\npps,3173011002,,,budi\n", admin)
    assert list(codes) == ["budi"] and len(created.issued[0].mandates) == 2
    created, codes = make(shared, f"{HEAD}pps,3173011001,,Budi,budi\nppk,317301,,Budi,BUDI\n", admin)
    assert (codes, created.added, created.there) == ({}, 1, ("budi",))
    held = mandates_of(shared, find_account(shared, "budi"), AT)
    assert [mandate.unit for mandate in held] == ["3173011001", "3173011002", "317301"]


def test_a_mandate_begins_and_ends_and_both_stay(shared: Workspace) -> None:
    """What somebody held is asked for a time; giving twice and withdrawing twice change nothing."""
    admin = actor_of(shared, "admin-0-a", AT)
    make(shared, f"{HEAD}ppid,31,,,citra\n", admin)
    account, mandate = find_account(shared, "citra"), Mandate("ppid", "3173")
    hours = [AT + timedelta(hours=hour) for hour in range(6)]
    assert give_mandate(shared, account, mandate, admin, hours[1], until=hours[4])
    assert not give_mandate(shared, account, mandate, admin, hours[2])
    assert [mandate in mandates_of(shared, account, hour) for hour in hours] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert withdraw_mandate(shared, account, mandate, admin, hours[3])
    assert not withdraw_mandate(shared, account, mandate, admin, hours[3])
    assert [mandate in mandates_of(shared, account, hour) for hour in hours] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    told = {event.act for event in shared.rows(Event).filter(subject="citra", who="admin-0-a")}
    assert told == {"mandate given", "mandate withdrawn"}
    with pytest.raises(InputError, match="one side"):
        give_mandate(shared, account, Mandate("auditor", "31"), admin, hours[5])
    with pytest.raises(InputError, match="administrator above PPID of 31"):
        withdraw_mandate(shared, account, Mandate("ppid", "31"), actor_of(shared, "admin-3173-a", AT), hours[5])


def test_blocking_is_for_those_above(shared: Workspace) -> None:
    """Nobody blocks somebody above or beside, nor as a blocked administrator; blocking twice changes nothing."""
    admin, regency = (actor_of(shared, login, AT) for login in ("admin-0-a", "admin-3173-a"))
    make(shared, f"{HEAD}admin,3173,,Dedi,dedi\n", admin)
    account = find_account(shared, "dedi")
    for actor in (regency, THE_PROGRAM, actor_of(shared, "ppk-317301-a", AT)):
        with pytest.raises(InputError, match="--by: expected an administrator above Administrator of 3173"):
            set_blocked(shared, account, True, actor, AT)
    assert set_blocked(shared, account, True, admin, AT)
    assert not set_blocked(shared, account, True, admin, AT)
    assert next(item for item in list_accounts(shared, AT) if item.login == "dedi").state == "blocked"
    with pytest.raises(InputError, match="not blocked"):
        actor_of(shared, "dedi", AT)
    assert set_blocked(shared, account, False, admin, AT)


def test_accounts_are_listed_by_unit_and_role(shared: Workspace) -> None:
    """A list holds a unit and what is below it, of one role where one is named."""
    listed = [item.login for item in list_accounts(shared, AT, STATION, "kpps")]
    assert listed == [f"{STATION}a", f"{STATION}b"]
    assert {item.state for item in list_accounts(shared, AT, "3173", "kpps")} == {"waiting"}
    assert "admin-0-a" in [item.login for item in list_accounts(shared, AT, role="admin")]
    assert [item.login for item in list_accounts(shared, AT, "32")] == []


def test_an_unknown_login_is_told(shared: Workspace) -> None:
    """The error says where logins are listed."""
    with pytest.raises(InputError, match="sirekap accounts list"):
        find_account(shared, "nobody")


def test_history_of_accounts_cannot_be_changed(tmp_path: Path) -> None:
    """The database refuses to change or delete it; of an account the password alone can change."""
    workspace = loaded(tmp_path)
    make(workspace, BASE)
    issue_code(workspace, find_account(workspace, "admin-0-a"), THE_PROGRAM, AT)
    workspace.close()
    tables = [model._meta.db_table for model in ACCOUNT_HISTORY]
    acts = [f"UPDATE {table} SET id = 1" for table in tables] + [f"DELETE FROM {table}" for table in tables]
    acts += [
        "UPDATE store_account SET login = 'x'",
        "UPDATE store_account SET name = 'x'",
        "DELETE FROM store_account",
    ]
    filled = ("store_givenmandate", "store_activation", "store_account")
    if workspace.database.url:
        for act in (*acts, *(f"TRUNCATE {table} CASCADE" for table in (*tables, "store_account"))):
            with psycopg.connect(workspace.database.url) as server:
                server.execute(f"SET search_path TO {workspace.database.schema}")
                with pytest.raises(psycopg.errors.RaiseException, match="is history"):
                    server.execute(act)
        return
    database = sqlite3.connect(tmp_path / "ws/sirekap.sqlite3")
    for act in acts:
        if set(act.split()) & set(filled):  # SQLite asks row by row
            with pytest.raises(sqlite3.IntegrityError, match="is history"):
                database.execute(act)
    triggers = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {
        f"{table}_no_{act}" for table in (*tables, "store_account") for act in ("UPDATE", "DELETE")
    } <= triggers
    database.close()


def test_accounts_made_while_slips_are_drawn_are_not_overrun(tmp_path: Path) -> None:
    """Somebody else's load of the same station wins; this one changes nothing and says so."""
    workspace = loaded(tmp_path)
    make(workspace, BASE)
    admin = actor_of(workspace, "admin-0-a", AT)
    row = f"{HEAD}kpps,{OTHER},,,\n"

    def meanwhile(issued: Sequence[Issued]) -> None:
        make(workspace, row, admin)

    with pytest.raises(InputError, match="made meanwhile"):
        create_accounts(workspace, row.encode(), "x.csv", admin, AT, meanwhile)
    assert [item.login for item in list_accounts(workspace, AT, OTHER)] == [f"{OTHER}a"]
