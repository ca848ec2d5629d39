"""The page of notices: what is one's own, newest first, marked as seen; the count in the menu; the API; mails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sirekap.review.notices import Kind
from sirekap.store.loading import now
from sirekap.store.models import Digest, MailWish, NoticeSeen
from sirekap.store.notify import notify
from tests.web.site import OTHER, STATION, TestSite


def tell(site: TestSite, kind: Kind, station: str = STATION, times: int = 1) -> None:
    """Notices, as their acts would write them."""
    for _ in range(times):
        notify(site.workspace, kind, "ppwp", station, now())


@pytest.fixture
def told(fresh: TestSite) -> TestSite:
    """A sheet waits, its officer heard so, a copy differs, and something happened elsewhere."""
    tell(fresh, Kind.FIRST)
    tell(fresh, Kind.LOOKED_AT)
    tell(fresh, Kind.DIFFERS)
    tell(fresh, Kind.FIRST, "3173021001001")
    return fresh


def test_the_page_shows_what_is_ones_own_and_marks_it_as_seen(told: TestSite) -> None:
    """The count stands in the menu of every page, and is gone once the page was opened."""
    client = told.client("ppk")
    assert "1 baru" in client.get("/app/unit/317301/").text
    page = client.get("/app/kabar/")
    assert page.status == 200 and page.text.count('<li class="card">') == 1
    assert "TPS 001 GELORA" in page.text and "Lembar menunggu diketik." in page.text and ">baru<" in page.text
    again = client.get("/app/kabar/?lang=en")
    assert "A sheet waits to be typed." in again.text and ">new<" not in again.text and "1 new" not in again.text
    assert "copy" not in again.text.partition("<main")[2].lower()


def test_nobody_is_led_from_blind_work_to_figures(told: TestSite) -> None:
    """The desk's notices have no link to the sheet's page; an officer's have."""
    link = f"/app/tps/{STATION}/ppwp/"
    assert link not in told.client("ppk").get("/app/kabar/").text
    assert link in told.client("kpps").get("/app/kabar/").text


def test_only_opening_the_newest_page_marks(told: TestSite) -> None:
    """Neither an earlier page, nor a HEAD request, nor the API."""
    client = told.client("ppk")
    client.ask("HEAD", "/app/kabar/")
    client.get("/app/kabar/?before=999")
    client.get("/api/v1/notices")
    assert told.workspace.rows(NoticeSeen).count() == 0
    client.get("/app/kabar/")
    assert told.workspace.rows(NoticeSeen).count() == 1


def test_earlier_notices_are_on_further_pages(fresh: TestSite) -> None:
    """Fifty a page; the menu counts up to a hundred."""
    tell(fresh, Kind.SETTLED, times=120)
    client = fresh.client("kpps")
    assert "99+ baru" in client.get("/app/perangkat").text
    sizes, path = [], "/app/kabar/"
    while path:
        text = client.get(path).text
        sizes.append(text.count('<li class="card">'))
        older = text.partition('href="/app/kabar/?before=')[2].partition('"')[0]
        path = f"/app/kabar/?before={older}" if older else ""
    assert sizes == [50, 50, 20]
    for wrong in ("x", "-1", "0", "9" * 30):
        assert client.get(f"/app/kabar/?before={wrong}").status == 404


def test_the_api_tells_what_came_since(told: TestSite) -> None:
    """The oldest first, a hundred at once, in the caller's language; and to nobody what is not theirs."""
    client = told.client("kpps")
    tell(told, Kind.SETTLED, times=100)
    first = client.get("/api/v1/notices", headers={"Accept-Language": "en"}).json
    assert first["more"] and len(first["notices"]) == 100 and first["seen"] == 0
    one = first["notices"][0]
    assert set(one) == {"id", "kind", "contest", "station", "at", "text"}
    assert one["text"] == "People above the station look at your sheet." and one["kind"] == "sheet.review"
    rest = client.get(f"/api/v1/notices?since={first['last']}").json
    assert len(rest["notices"]) == 1 and not rest["more"]
    assert client.get(f"/api/v1/notices?since={rest['last']}").json["last"] == rest["last"]
    assert [row["kind"] for row in told.client("bawaslu").get("/api/v1/notices").json["notices"]] == [
        "copy.differs"
    ]
    assert told.client("auditor").get("/api/v1/notices").json["notices"] == []
    assert client.get("/api/v1/notices?since=-1").status == 422


def test_roles_that_hear_of_nothing_have_no_entry_in_the_menu(told: TestSite) -> None:
    """Their page is empty, and nothing is counted for them."""
    client = told.client("auditor")
    page = client.get("/app/kabar/").text
    assert page.count('href="/app/kabar/"') == 0 and "Belum ada kabar." in page
    assert 'href="/app/kabar/"' in told.client("kpps").get("/app/perangkat").text


def set_up_mail(site: TestSite) -> None:
    """The server sends mail."""
    file: Path = site.workspace.path / "sirekap.toml"
    file.write_text(file.read_text() + '\n[mail]\nhost = "127.0.0.1"\ntls = "none"\nfrom = "a@kpu.example"\n')


def test_mails_are_chosen_on_the_page(told: TestSite) -> None:
    """With an address; a wrong one is told and kept in the field; none at all forgets it."""
    client = told.client("ppk")
    assert "<form" not in client.get("/app/kabar/").text.partition("<main")[2]
    set_up_mail(told)
    assert 'type="email"' in client.get("/app/kabar/").text
    wrong = client.form("/app/kabar/", how="hourly", address='x"><b>')
    assert wrong.status == 422 and 'role="alert"' in wrong.text and "<b>" not in wrong.text.partition("<main")[2]
    assert "&#34;&gt;" in wrong.text
    assert client.form("/app/kabar/", how="hourly", address="saya@contoh.id").status == 200
    wish = told.workspace.rows(MailWish).get()
    assert (wish.account.login, wish.how, wish.address, wish.language) == (
        "ppk-x",
        "hourly",
        "saya@contoh.id",
        "id",
    )
    assert "saya@contoh.id" not in told.client("kpps").get("/app/kabar/").text
    assert client.form("/app/kabar/", csrf=False, how="none").status == 403
    client.form("/app/kabar/", how="none", address="")
    assert told.workspace.rows(MailWish).count() == 0


def test_settings_that_cannot_be_used_are_no_fault_of_who_chooses(told: TestSite) -> None:
    """Nothing is changed, in words; an address can be taken away all the same."""
    set_up_mail(told)
    client = told.client("ppk")
    client.form("/app/kabar/", how="hourly", address="saya@contoh.id")
    file = told.workspace.path / "sirekap.toml"
    file.write_text(file.read_text().replace('tls = "none"', 'tls = "perhaps"'))
    answer = client.form("/app/kabar/", how="hourly", address="lain@contoh.id")
    assert answer.status == 503 and "tidak ada yang diubah" in answer.text and "saya@contoh.id" in answer.text
    assert client.form("/app/kabar/", how="none", address="").status == 200
    assert told.workspace.rows(MailWish).count() == 0


def test_an_address_is_confirmed_on_any_device_and_nobody_is_told_whose_it_is(told: TestSite) -> None:
    """The letter's code, without a log-in; whatever is wrong with one, the answer is the same."""
    set_up_mail(told)
    client, stranger = told.client("ppk"), told.client(None)
    asked = client.form("/app/kabar/", how="hourly", address="saya@contoh.id").text
    assert "Surat dengan kode sedang dikirim" in asked and "saya@contoh.id belum dikonfirmasi" in asked
    assert client.form("/app/kabar/", act="again").status == 429
    letter = told.workspace.rows(Digest).get()
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", letter.text)
    assert code is not None and stranger.get("/app/surel").status == 200
    wrong = [stranger.form("/app/surel", code=one) for one in ("", "x", "0000-0000-0000-0000")]
    right = stranger.form("/app/surel", code=code[0])
    used = stranger.form("/app/surel", code=code[0])
    assert right.status == 200 and 'id="done"' in right.text
    said = {re.sub(r'value="[^"]*"', "", one.text.partition("<main")[2]) for one in (*wrong, used)}
    assert len(said) == 1 and {one.status for one in (*wrong, used)} == {422}
    for text in (right.text, *said):
        assert "contoh.id" not in text and "ppk-x" not in text
    assert "saya@contoh.id sudah dikonfirmasi" in client.get("/app/kabar/").text
    assert stranger.form("/app/surel", csrf=False, code="x").status == 403


def test_a_station_of_another_village_is_another_officers(told: TestSite) -> None:
    """What happens there is neither shown nor counted."""
    tell(told, Kind.SETTLED, OTHER)
    client = told.client("kpps")
    assert "1 baru" in client.get("/app/perangkat").text
    assert OTHER not in client.get("/app/kabar/").text
