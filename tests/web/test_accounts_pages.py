"""Accounts by pages: found, blocked, logged out, given a new slip; only by who stands above them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sirekap.store.account_search import search
from sirekap.store.accounts import find_account, is_blocked, mandates_of
from sirekap.store.loading import now
from sirekap.store.models import Event
from tests.store.people import HEAD, PASSWORD, make
from tests.web.site import STATION, TestSite

SEARCHES = {
    "by login": ("kpps", ["kpps-x"]),
    "by a unit and all below it": ("317301", ["bawaslu-x", "kpps-x", "ppk-x", "pps-x", "saksi-x"]),
    "in capitals": ("KPPS", ["kpps-x"]),
    "nothing fits": ("zzz", []),
    "a pattern of the database": ("%", []),
    "a NUL": ("\x00kpps", ["kpps-x"]),
}


@pytest.mark.parametrize(("text", "found"), SEARCHES.values(), ids=SEARCHES)
def test_accounts_are_found_by_login_unit_or_name(site: TestSite, text: str, found: list[str]) -> None:
    """Nothing that was typed is a pattern."""
    assert [item.login for item in search(site.workspace, ["3173"], text, now())] == found


def test_an_administrator_sees_the_accounts_of_their_unit_alone(fresh: TestSite) -> None:
    """One of another regency is neither listed nor opened."""
    make(fresh.workspace, f"{HEAD}kpu_prov,31,,Kepala,above\n", by=_above(fresh), at=now())
    client = fresh.client("admin")
    page = client.get("/app/akun/").text
    assert "kpps-x" in page and "above" not in page and "admin-0" not in page and "JAKARTA PUSAT" in page
    for login in ("above", "admin-0", "kpu_ri-x", "admin-x"):
        assert client.get(f"/app/akun/{login}/").status == 403
        assert client.form(f"/app/akun/{login}/", act="block", sure="1").status == 403
    assert client.get("/app/akun/nobody/").status == 404


def _above(site: TestSite) -> object:
    from sirekap.store.accounts import actor_of

    return actor_of(site.workspace, "admin-0", now())


def test_an_account_is_blocked_and_unblocked_with_a_tick(fresh: TestSite) -> None:
    """Without the tick nothing changes; who did it is written down."""
    client, account = fresh.client("admin"), find_account(fresh.workspace, "kpps-x")
    assert "Saya yakin" in client.form("/app/akun/kpps-x/", act="block").text
    assert not is_blocked(fresh.workspace, account)
    assert "Akun diblokir" in client.form("/app/akun/kpps-x/", act="block", sure="1").text
    assert is_blocked(fresh.workspace, account) and fresh.client("kpps").get("/api/v1/me").status == 401
    assert "Tidak ada yang berubah" in client.form("/app/akun/kpps-x/", act="block", sure="1").text
    client.form("/app/akun/kpps-x/", act="unblock", sure="1")
    assert not is_blocked(fresh.workspace, account)
    told = fresh.workspace.rows(Event).filter(subject="kpps-x", who="admin-x").order_by("id")
    assert list(told.values_list("act", flat=True)) == ["account blocked", "account unblocked"]


def test_sessions_second_factor_and_mandate_are_taken_away(fresh: TestSite) -> None:
    """Each by its own form; a mandate that is none, or not theirs, is refused."""
    client, account = fresh.client("admin"), find_account(fresh.workspace, "ppk-x")
    assert client.form("/app/akun/ppk-x/", act="end", sure="1").status == 200
    assert fresh.client("ppk").get("/api/v1/me").status == 401
    assert "Tidak ada" in client.form("/app/akun/ppk-x/", act="drop", sure="1").text
    named = {"act": "withdraw", "sure": "1", "role": "ppk", "unit": "317301"}
    assert client.form("/app/akun/ppk-x/", **{**named, "unit": "31"}).status == 422
    assert client.form("/app/akun/ppk-x/", **{**named, "role": "admin", "unit": "3173"}).status == 403
    assert "Mandat dicabut" in client.form("/app/akun/ppk-x/", **named).text
    assert mandates_of(fresh.workspace, account, now()) == ()
    assert client.get("/app/akun/ppk-x/").status == 200
    assert client.form("/app/akun/ppk-x/", act="sudo", sure="1").status == 422


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs Debian's poppler-utils")
def test_a_new_slip_is_downloaded_once_and_works(fresh: TestSite, tmp_path: Path) -> None:
    """A PDF for the printer, kept by no cache, with a code that activates; the older code is void."""
    answer = fresh.client("admin").form("/app/akun/kpps-x/", act="slip")
    assert answer.headers["Content-Type"] == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slip-kpps-x.pdf"'
    (tmp_path / "slip.pdf").write_bytes(answer.body)
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "slip.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", words)
    assert code is not None and STATION in words and "GELORA" in words
    typed = {"login": "kpps-x", "code": code[0], "password": PASSWORD + "!", "again": PASSWORD + "!"}
    assert fresh.client().form("/app/aktivasi", **typed).status == 303


HOSTILE = ("..%2f..%2fetc", "kpps-x%00", "<script>", "x" * 300, "kpps-x%2f", "%ff")


@pytest.mark.parametrize("login", HOSTILE)
def test_a_hostile_login_in_the_address_finds_nobody(site: TestSite, login: str) -> None:
    """404 in words, with nothing of it in the page as markup."""
    answer = site.client("admin").get(f"/app/akun/{login}/")
    assert answer.status in (400, 404) and "<script>" not in answer.text
