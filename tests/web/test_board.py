"""The board of a unit as a page, as files, and for everybody."""

import csv
import io
import re

import pytest

from sirekap.store.board import below, place_of
from sirekap.store.contacts import load_contacts
from sirekap.store.kept import Kept
from sirekap.store.models import Account, DeskClaim, Sheet, SheetVersion
from sirekap.web.csv_files import safe
from tests.web.site import TestSite

VILLAGE = "3173021001"
TELEPHONE = "081234500000"


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site with a few sheets: two in review, one final; one that nobody expected; a claim that ran out."""
    from datetime import timedelta

    from sirekap.store.loading import now
    from tests.web.conftest import PATIENT
    from tests.web.site import make_site

    site = make_site(tmp_path_factory.mktemp("board"), PATIENT)
    rows = site.workspace.rows
    at = now() - timedelta(hours=5)
    for number, state in ((1, "review"), (2, "review"), (55, "settled")):
        waits = {"step": "first", "causes": 1, "weight": 100 * number, "since": at} if state == "review" else {}
        rows(Sheet).create(contest_id="ppwp", station=f"{VILLAGE}{number:03d}", state=state, **waits)
    sheet = rows(Sheet).get(station=f"{VILLAGE}001")
    version = rows(SheetVersion).create(
        sheet=sheet, version=1, photos=[], pages=[], figures={}, findings=[], used={}, beside=[], problems={},
        uncertain=[], reader="x", created_at=at,
    )  # fmt: skip
    person = rows(Account).get(login="ppk-x")
    rows(DeskClaim).create(sheet=sheet, version=version, account=person, step="first", at=at, until=at)
    numbers = f"unit,role,telephone\n{VILLAGE},=Ketua PPS,{TELEPHONE}\n"
    load_contacts(site.workspace, numbers.encode(), "c.csv")
    return site


PLACES = {
    "a station": ("3173021001060", "TPS 060"),
    "a village": (VILLAGE, "CIKINI"),
    "the nation": ("0", "INDONESIA"),
    "a station beyond the last": ("3173021001061", None),
    "the station 000": ("3173021001000", None),
    "no tier": ("31730", None),
    "letters": ("abc", None),
    "nothing": ("", None),
    "digits of another script": ("٣١", None),
}


@pytest.mark.parametrize(("code", "name"), PLACES.values(), ids=PLACES)
def test_a_code_is_a_place_or_none(some: TestSite, code: str, name: str | None) -> None:
    """By questions to the tables alone."""
    found = place_of(some.workspace, code)
    assert (None if found is None else found.name) == name


def test_units_below_are_those_of_the_next_tier(some: TestSite) -> None:
    """None for a village."""
    assert [code for code, _ in below(some.workspace, "3173")] == ["317301", "317302"]
    assert below(some.workspace, VILLAGE) == []


def test_pages_follow_each_other_without_gap(some: TestSite) -> None:
    """Fifty stations a page, and links to the next and the one before."""
    client = some.client("kpu_kabko")
    first, second = client.get(f"/app/unit/{VILLAGE}/"), client.get(f"/app/unit/{VILLAGE}/?page=2")
    codes = [re.findall(rf"/app/tps/({VILLAGE}\d{{3}})/", page.text) for page in (first, second)]
    assert codes[0] + codes[1] == [f"{VILLAGE}{number:03d}" for number in range(1, 61)]
    assert "page=2" in first.text and "page=1" in second.text and "page=3" not in second.text


BAD = (
    "page=0", "page=x", "page=99999999999", "page=-1", "state=none", "contest=pdpr", "page=%00", "state=%27",
    "step=x", "cause=x", "hours=x", "hours=-1", "hours=9999", "order=x", "view=x",
)  # fmt: skip


@pytest.mark.parametrize("query", BAD)
def test_a_bad_question_is_told(some: TestSite, query: str) -> None:
    """404 in words."""
    assert some.client("kpu_kabko").get(f"/app/unit/{VILLAGE}/?{query}").status == 404


def test_upper_units_are_links_only_for_who_may_see_them(some: TestSite) -> None:
    """A district's panel is not led to a page that refuses it."""
    text = some.client("ppk").get("/app/unit/3173011001/").text
    assert 'href="/app/unit/317301/"' in text and 'href="/app/unit/3173/"' not in text


def test_filters_show_what_they_say(some: TestSite) -> None:
    """By state, step, cause and age, by votes in question; the form keeps what was asked."""
    client = some.client("kpu_kabko")

    def codes(query: str) -> list[str]:
        text = client.get(f"/app/unit/317302/?{query}").text
        return [code[-3:] for code in re.findall(rf'href="/app/tps/({VILLAGE}\d{{3}})/', text)]

    assert codes("state=settled") == ["055"]
    assert codes("step=first&hours=4") == ["001", "002"] and codes("hours=6") == []
    assert codes("cause=illegible&order=votes") == ["002", "001"] and codes("cause=copy") == []
    assert codes("state=&step=&cause=&hours=&order=code")[:3] == ["001", "002", "003"]
    assert len(codes("state=missing")) == 50
    text = client.get("/app/unit/317302/?step=first&hours=4").text
    assert '<option value="first" selected>' in text and 'value="4"' in text


def test_the_board_answers_whether_the_result_can_change(some: TestSite) -> None:
    """In both languages."""
    client = some.client("kpu_ri")
    assert "Ya, hasil di sini masih dapat berubah" in client.get("/app/unit/0/?lang=id").text
    assert "Yes, the result here can still change" in client.get("/app/unit/0/?lang=en").text


CALLS = {"kpu_kabko": True, "kpu_ri": True, "bawaslu": False, "auditor": False, "saksi": False}


@pytest.mark.parametrize(("role", "calls"), CALLS.items(), ids=CALLS)
def test_telephone_numbers_are_for_officials_alone(some: TestSite, role: str, calls: bool) -> None:
    """On the page and in the file; nobody else finds one anywhere on a board."""
    client = some.client(role)
    unit = {"bawaslu": "3173011001", "saksi": "3173011001001"}.get(role, "317302")
    found = ""
    for path in ("?state=missing", "?view=stuck", "?view=staff", "missing.csv", "stations.csv", "counts.csv"):
        found += client.get(f"/app/unit/{unit}/{path}").text
    assert (TELEPHONE in found) == calls
    assert TELEPHONE not in client.get("/api/v1/boards/ppwp/317302").text


STAFF = {"kpu_kabko": True, "auditor": True, "bawaslu": False, "saksi": False}


@pytest.mark.parametrize(("role", "sees"), STAFF.items(), ids=STAFF)
def test_staff_figures_are_for_officials_and_auditors(some: TestSite, role: str, sees: bool) -> None:
    """Witnesses and supervisors see what is stuck, and not who held it."""
    client = some.client(role)
    unit = {"bawaslu": "3173011001", "saksi": "3173011001001"}.get(role, "317302")
    if role != "saksi":  # a station has no board
        assert client.get(f"/app/unit/{unit}/?view=staff").status == (200 if sees else 403)
        assert client.get(f"/app/unit/{unit}/?view=stuck").status == 200
    assert client.get(f"/app/unit/{unit}/staff.csv").status == (200 if sees else 403)
    assert ("ppk-x" in client.get(f"/app/unit/{unit}/stuck.csv").text) == sees


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_files_hold_the_lists_with_headers_in_both_languages(some: TestSite) -> None:
    """What the page shows, and all of it."""
    client = some.client("kpu_kabko")
    assert table(client.get("/app/unit/317302/counts.csv?lang=id").text)[0][:5] == [
        "kode", "nama", "tps_diharapkan", "desa_tanpa_jumlah_tps", "belum_masuk",
    ]  # fmt: skip
    counts = table(client.get("/app/unit/317302/counts.csv?lang=en").text)
    assert counts[0][:5] == ["code", "name", "stations_expected", "villages_without_number", "missing"]
    assert counts[1][:6] == ["317302", "MENTENG", "60", "0", "57", "3"] and counts[2][0] == VILLAGE
    stations = table(client.get("/app/unit/317302/stations.csv?step=first&order=votes").text)
    assert [row[0][-3:] for row in stations[1:]] == ["002", "001"] and stations[1][2:4] == ["first", "illegible"]
    assert len(table(client.get("/app/unit/317302/stations.csv").text)) == 61
    missing = table(client.get("/app/unit/317302/missing.csv?lang=en").text)
    assert missing[0] == ["station", "number_of", "role", "telephone"] and len(missing) == 58
    assert missing[1] == [f"{VILLAGE}003", VILLAGE, "'=Ketua PPS", TELEPHONE]
    stuck = table(client.get("/app/unit/317302/stuck.csv").text)
    assert [row[0] for row in stuck[1:]] == ["first", "first", "pengambilan_habis"] and stuck[3][4] == "ppk-x"
    assert table(client.get("/app/unit/317302/staff.csv").text)[1][0] == "ppk-x"
    answer = client.get("/app/unit/317302/counts.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ppwp-317302-counts.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "  =1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """Spreadsheets take it as a text."""
    assert str(safe(cell)).startswith("'")
    assert safe("3173") == "3173" and safe(-5) == -5


def test_everybody_may_ask_for_counts(some: TestSite) -> None:
    """Without a session, kept by caches for 30 seconds, and no cookie comes with it."""
    client = some.client()
    client.cookies.clear()
    answer = client.get("/api/v1/boards/ppwp/317302")
    assert answer.status == 200 and not answer.cookies
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    told = answer.json
    assert set(told) == {
        "contest", "as_of", "below", "unit", "name", "expected", "villages_unknown", "missing", "photographed",
        "read", "confirmed", "in_review", "provisional", "settled", "acknowledged",
    }  # fmt: skip
    assert (told["expected"], told["missing"], told["photographed"], told["in_review"]) == (60, 57, 3, 2)
    assert [part["unit"] for part in told["below"]] == [VILLAGE]


@pytest.mark.parametrize(
    "path", ["ppwp/3173021001001", "ppwp/99", "pdpr/0", "ppwp/31730", "ppwp/x", "PPWP/0", "ppwp/%D9%A3%D9%A1"]
)
def test_what_is_no_board_is_told(some: TestSite, path: str) -> None:
    """404, and no cache keeps it."""
    answer = some.client().get(f"/api/v1/boards/{path}")
    assert (answer.status, answer.json["code"]) == (404, "unknown")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_an_answer_is_kept_for_a_while_and_made_anew_once() -> None:
    """While one makes it anew the others get the older one; a refusal is not kept."""
    at, made = [0.0], [0]
    kept = Kept(30, lambda: at[0])

    def make() -> int:
        made[0] += 1
        if made[0] == 2:
            assert kept.get("a", lambda: 99) == 1  # asked by somebody else meanwhile
        return made[0]

    assert [kept.get("a", make) for _ in range(3)] == [1, 1, 1]
    at[0] = 31
    assert kept.get("a", make) == 2 and kept.get("b", lambda: 7) == 7
    with pytest.raises(RuntimeError):
        kept.get("c", _refuse)
    assert kept.get("c", lambda: 5) == 5


def _refuse() -> int:
    raise RuntimeError
