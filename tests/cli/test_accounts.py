"""Accounts as an administrator makes them on the command line."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sirekap.flow.accounts import create_accounts, place_of
from sirekap.store.accounts import find_account
from sirekap.store.loading import geography_of, now
from sirekap.store.models import Account, Activation
from sirekap.store.sessions import activate, log_in, sessions_of, signed_in
from sirekap.store.setup import open_workspace
from tests.cli.conftest import Cli
from tests.store.people import BASE, HEAD, OTHER, PASSWORD, STATION, loaded


@pytest.fixture
def hasil(tmp_path: Path) -> Path:
    """A workspace without accounts; beside it a first file of accounts, and one of more."""
    return prepared(tmp_path)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for tests that change nothing."""
    return prepared(tmp_path_factory.mktemp("empty"))


def prepared(folder: Path) -> Path:
    """The workspace in a folder."""
    loaded(folder).close()
    (folder / "first.csv").write_text(BASE)
    (folder / "more.csv").write_text(f"{HEAD}kpps,{OTHER},,Ani,\nkpps,{OTHER},,Budi,\npps,3173011002,,,\n")
    return folder / "ws"


def slip_text(path: Path) -> str:
    """What stands on the slips."""
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs Debian's poppler-utils")
def test_from_an_empty_workspace_to_an_officer_who_is_let_in(cli: Cli, hasil: Path, tmp_path: Path) -> None:
    """The first file needs nobody, the next its administrator; each code of a slip works; all is listed."""
    first = tmp_path / "first.pdf"
    status, out, _ = cli("accounts", "create", hasil, tmp_path / "first.csv", "--slips", first)
    assert status == 0 and out.startswith("5 accounts made, 0 were there already.\n") and first.is_file()
    assert first.stat().st_mode & 0o777 == 0o600
    more = ("accounts", "create", hasil, tmp_path / "more.csv", "--slips", tmp_path / "slips")
    status, _, err = cli(*more)
    assert status == 2 and "row 2, column role" in err and "Name one with --by" in err
    assert not (tmp_path / "slips").exists()
    status, out, _ = cli(*more, "--by", "admin-3173-a", "--address", "https://kpu.example/a")
    assert status == 0 and f"Slips: {tmp_path}/slips/slips-3173.pdf" in out
    status, out, _ = cli(*more, "--by", "admin-3173-a")
    assert status == 0 and out.startswith("0 accounts made, 3 were there") and f"there: {OTHER}a" in out
    words = slip_text(tmp_path / "slips/slips-3173.pdf")
    assert "TPS 002, GELORA, TANAH ABANG" in words.replace("\n", " ") and "Ani" in words
    code = next(word for word in words.split() if len(word) == 19 and word.count("-") == 3)
    opened = activate(open_workspace(hasil), f"{OTHER}a", code, PASSWORD, "HP", now())
    assert signed_in(open_workspace(hasil), opened.token, now()) is not None
    status, out, _ = cli("accounts", "list", hasil, "--unit", OTHER)
    assert [line.split()[:3] for line in out.splitlines()[1:]] == [
        [f"{OTHER}a", "Ani", "active"],
        [f"{OTHER}b", "Budi", "waiting"],
    ]
    assert cli("accounts", "list", hasil, "--role", "auditor")[1] == "No accounts.\n"


def test_one_account_is_blocked_logged_out_and_given_a_new_slip(cli: Cli, hasil: Path, tmp_path: Path) -> None:
    """Each act names who did it; the older code is void; a slip is never written over another."""
    cli("accounts", "create", hasil, tmp_path / "first.csv", "--slips", tmp_path / "first.pdf")
    login, by = f"{STATION}a", ("--by", "admin-3173-a")
    for expected in ("is blocked.", "is blocked already."):
        assert cli("accounts", "block", hasil, login, *by)[:2] == (0, f"{login} {expected}\n")
    assert cli("accounts", "unblock", hasil, login, *by)[:2] == (0, f"{login} is not blocked.\n")
    status, _, err = cli("accounts", "block", hasil, login)
    assert status == 2 and "expected an administrator above KPPS" in err
    slip = tmp_path / "one.pdf"
    arguments = ("accounts", "slips", hasil, login, "--slips", slip, *by)
    assert cli(*arguments)[0] == 0
    workspace = open_workspace(hasil)
    before = workspace.rows(Activation).count()
    status, _, err = cli(*arguments)
    assert status == 2 and "File exists" in err and "never written over" in err
    assert workspace.rows(Activation).count() == before and slip.is_file()
    assert cli("accounts", "end-sessions", hasil, login, *by)[1] == f"0 sessions of {login} ended.\n"
    assert sessions_of(workspace, find_account(workspace, login), now()) == ()


BAD = {
    "a role that is none": (("list", "--role", "raja"), "--role: expected one of kpps"),
    "a unit that is none": (("list", "--unit", "317"), "--unit: expected the code of a unit"),
    "nobody's login": (("block", "nobody"), "expected the login of an account"),
    "an address with a #": (("create", "X", "--slips", "a.pdf", "--address", "http://x/#a"), "--address"),
    "slips where no folder can be": (("create", "X", "--slips", "/dev/null/a.pdf"), "a new file for the slips"),
}


@pytest.mark.parametrize(("argv", "told"), BAD.values(), ids=BAD)
def test_bad_usage_is_told(cli: Cli, empty: Path, argv: tuple[str, ...], told: str) -> None:
    """Status 2, in words; no account is made."""
    part, *rest = argv
    status, _, err = cli("accounts", part, empty, *(empty.parent / "first.csv" if x == "X" else x for x in rest))
    assert status == 2 and told in err
    assert open_workspace(empty).rows(Account).count() == 0


def test_many_slips_go_on_in_further_files(hasil: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One PDF a regency, and no more than it can hold; a mandate of the nation has a file of its own."""
    monkeypatch.setattr("sirekap.flow.accounts.PER_FILE", 3)
    workspace = open_workspace(hasil)
    created, files = create_accounts(workspace, tmp_path / "first.csv", tmp_path / "slips")
    assert [path.name for path in files] == ["slips-0.pdf", "slips-3173.pdf", "slips-3173-2.pdf"]
    assert len(created.issued) == 5
    with pytest.raises(Exception, match="File exists"):
        create_accounts(workspace, tmp_path / "more.csv", tmp_path / "slips", "admin-0-a")
    assert sorted(path.name for path in (tmp_path / "slips").iterdir()) == sorted(path.name for path in files)
    assert place_of(geography_of(workspace), "0") == "INDONESIA"
    with pytest.raises(Exception, match="do not go together"):
        log_in(workspace, "admin-0-a", "!", "x", now())
