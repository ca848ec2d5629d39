"""Getting in by the pages and by the API: what is set, what is told, what is left."""

import re
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from sirekap.store.accounts import find_account, issue_code, set_blocked
from sirekap.store.loading import now
from tests.store.people import PASSWORD
from tests.web.site import HOLDERS, STATION, Client, TestSite

NEW = "tahu gejrot enak"
LOGIN = {"login": "kpps-x", "password": PASSWORD, "device": "HP"}


def admin(site: TestSite) -> object:
    """The nation's administrator as who does an act."""
    from sirekap.store.accounts import actor_of

    return actor_of(site.workspace, "admin-0", now())


def code_of(site: TestSite, login: str) -> str:
    """A fresh activation code."""
    account = find_account(site.workspace, login)
    return issue_code(site.workspace, account, admin(site), now()).code  # type: ignore[arg-type]  # an Actor


def test_a_slip_is_activated_by_a_form(fresh: TestSite) -> None:
    """The code works once, sets the password, and leads an officer to the phone app."""
    code, client = code_of(fresh, "kpps-x"), fresh.client()
    typed = {"login": " KPPS-X ", "code": code.lower(), "password": NEW, "again": NEW, "device": "HP Ani"}
    wrong = client.form("/app/aktivasi", **{**typed, "again": "another"})
    assert wrong.status == 422 and 'value="' + NEW not in wrong.text and "tidak sama" in wrong.text
    short = client.form("/app/aktivasi", **{**typed, "password": "short", "again": "short"})
    assert short.status == 403 and 'role="alert"' in short.text and "10" in short.text
    done = client.form("/app/aktivasi", **typed)
    assert (done.status, done.headers["Location"]) == (303, "/app/")
    assert client.get("/api/v1/me").json["login"] == "kpps-x" and "HP Ani" in client.get("/app/perangkat").text
    again = fresh.client().form("/app/aktivasi", **typed)
    assert again.status == 403 and "Minta slip baru" in again.text


def test_the_broken_rules_of_a_password_are_told_in_the_language(fresh: TestSite) -> None:
    """Django's own words and ours, in Indonesian and English."""
    code = code_of(fresh, "kpps-x")
    for language, words in (("id", "terlalu pendek"), ("en", "too short")):
        typed = {"login": "kpps-x", "code": code, "password": "x1", "again": "x1"}
        assert words in fresh.client().form(f"/app/aktivasi?lang={language}", **typed).text
    typed = {"login": "kpps-x", "code": code, "password": "xx kpps-x xx", "again": "xx kpps-x xx"}
    assert "memuat login" in fresh.client().form("/app/aktivasi", **typed).text


def test_log_in_and_out_by_the_api(fresh: TestSite) -> None:
    """201 with who it is; after the log-out the token opens nothing."""
    client = fresh.client()
    answer = client.post("/api/v1/session", LOGIN)
    assert answer.status == 201 and answer.json["mandates"] == [
        {"role": "kpps", "unit": STATION, "stands_for": None}
    ]
    assert "photo.send" in answer.json["acts"] and not answer.json["needs_second"]
    token = client.cookies["sirekap_session"]
    assert client.ask("DELETE", "/api/v1/session").status == 204 and "sirekap_session" not in client.cookies
    assert client.cookies["sirekap_device"] == token
    client.cookies["sirekap_session"] = token
    assert client.get("/api/v1/me").status == 401


REFUSED = {
    "a wrong password": ({"password": "wrong"}, 403, "wrong"),
    "nobody's login": ({"login": "nobody"}, 403, "wrong"),
    "a login that is a question to the database": ({"login": "' OR 1=1 --"}, 403, "wrong"),
    "a NUL": ({"login": "kpps\x00x"}, 403, "wrong"),
    "a second factor where none is": ({"second": "123456"}, 403, "no_second"),
    "a number for a password": ({"password": 5}, 422, "invalid"),
    "a field that nobody knows": ({"admin": True}, 422, "invalid"),
    "a password of a thousand letters": ({"password": "x" * 1000}, 422, "invalid"),
}


@pytest.mark.parametrize(("change", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_who_is_not_let_in_is_told_why(site: TestSite, change: dict[str, object], status: int, code: str) -> None:
    """In the language that was asked for, and without a cookie."""
    for language in ("id", "en"):
        client = site.client(address=f"10.2.0.{len(code)}")
        answer = client.post("/api/v1/session", {**LOGIN, **change}, headers={"Accept-Language": language})
        assert (answer.status, answer.json["code"]) == (status, code) and "sirekap_session" not in client.cookies
        assert answer.headers["Content-Language"] == language


def test_wrong_tries_wait_and_a_device_of_before_does_not(fresh: TestSite) -> None:
    """403 with Retry-After for strangers; the officer's own phone gets in."""
    phone = fresh.client()
    phone.post("/api/v1/session", LOGIN)
    phone.ask("DELETE", "/api/v1/session")
    stranger = fresh.client(address="10.3.3.3")
    codes = [stranger.post("/api/v1/session", {**LOGIN, "password": "x"}).json["code"] for _ in range(6)]
    assert codes == ["wrong"] * 5 + ["wait"]
    answer = stranger.form("/app/masuk", login="kpps-x", password=PASSWORD)
    assert answer.status == 403 and 25 <= int(answer.headers["Retry-After"]) <= 31 and "detik" in answer.text
    assert phone.post("/api/v1/session", LOGIN).status == 201


def test_the_second_factor_is_set_up_by_pages_alone(fresh: TestSite) -> None:
    """Password, QR code and recovery codes once, a code of the app, and the board; then a recovery code."""
    client = fresh.client()
    answer = client.form("/app/masuk", login="ppk-x", password=PASSWORD, next="/app/unit/3173011001/")
    assert answer.headers["Location"] == "/app/faktor-kedua"
    shown = client.form("/app/faktor-kedua", act="set up", next="/app/unit/3173011001/")
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', shown.text)
    recovery = re.findall(r"<li><code>([0-9A-Z-]{19})</code></li>", shown.text)
    assert key is not None and len(recovery) == 10 and "data:image/svg+xml;base64," in shown.text
    assert client.form("/app/faktor-kedua", code="000000").status == 403
    done = client.form("/app/faktor-kedua", code=totp(key[1]), next="/app/unit/3173011001/")
    assert (done.status, done.headers["Location"]) == (303, "/app/unit/3173011001/")
    assert client.get("/app/unit/3173011001/").status == 200
    assert recovery[0] not in client.get("/app/faktor-kedua").text
    other = fresh.client()
    other.form("/app/masuk", login="ppk-x", password=PASSWORD)
    assert other.form("/app/faktor-kedua", code=recovery[0].lower()).status == 303
    assert other.form("/app/faktor-kedua", code=recovery[0]).status == 403
    third = fresh.client()
    third.form("/app/masuk", login="ppk-x", password=PASSWORD)
    assert "tunjukkan" in third.form("/app/faktor-kedua", act="set up").text.lower()


def totp(key: str) -> str:
    """The six digits that an authenticator app shows for a key now."""
    import base64

    secret = base64.b32decode(key.replace(" ", ""))
    return TOTP(secret, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


ONWARD = {
    "the page that was asked for": ("/app/perangkat", "/app/perangkat"),
    "another host": ("//evil.example/app/", "/app/"),
    "another scheme": ("https://evil.example/app/", "/app/"),
    "a script": ("javascript:alert(1)", "/app/"),
    "a back slash": ("/app/\\evil.example", "/app/"),
    "a line": ("/app/\r\nSet-Cookie: x=1", "/app/"),
    "the API": ("/api/v1/me", "/app/"),
}


@pytest.mark.parametrize(("wanted", "leads"), ONWARD.values(), ids=ONWARD)
def test_a_log_in_leads_to_our_own_pages_alone(site: TestSite, wanted: str, leads: str) -> None:
    """Nobody sends an officer elsewhere by a link to the log-in."""
    answer = site.client().form("/app/masuk", login="kpps-x", password=PASSWORD, next=wanted)
    assert (answer.status, answer.headers["Location"]) == (303, leads)


def test_devices_are_listed_and_ended_from_afar(fresh: TestSite) -> None:
    """One's own alone; ending one by its number, all at once, and nobody else's."""
    phone, tablet = fresh.client(), fresh.client()
    phone.post("/api/v1/session", {**LOGIN, "device": "HP <b>Ani</b>"})
    tablet.post("/api/v1/session", {**LOGIN, "device": "tablet"})
    listed = phone.get("/app/perangkat").text
    assert "HP &lt;b&gt;Ani" in listed and "<b>Ani" not in listed
    numbers = re.findall(r'name="session" value="(\d+)"', listed)
    mine = re.findall(r'name="session" value="(\d+)"', fresh.client("saksi").get("/app/perangkat").text)
    phone.form("/app/perangkat", session=mine[0])
    assert fresh.client("saksi").get("/api/v1/me").status == 200
    assert phone.form("/app/perangkat", session=numbers[0]).status == 200
    assert tablet.get("/api/v1/me").status == 401 and phone.get("/api/v1/me").status == 200
    assert phone.form("/app/perangkat", session="9" * 40).status == 200
    assert phone.form("/app/perangkat", session="all").headers["Location"] == "/app/masuk"
    assert phone.get("/api/v1/me").status == 401


def test_a_blocked_account_is_out_at_once(fresh: TestSite) -> None:
    """Its sessions end with the next request."""
    client = fresh.client("kpps")
    assert client.get("/api/v1/me").status == 200
    set_blocked(fresh.workspace, find_account(fresh.workspace, "kpps-x"), True, admin(fresh), now())  # type: ignore[arg-type]
    assert client.get("/api/v1/me").status == 401
    assert client.post("/api/v1/session", LOGIN).json["code"] == "blocked"


LANGUAGES = {
    "nothing says": ({}, "", "id"),
    "the address": ({}, "?lang=en", "en"),
    "the browser": ({"Accept-Language": "en-GB,en;q=0.9,id;q=0.8"}, "", "en"),
    "a browser of neither": ({"Accept-Language": "fr"}, "", "id"),
    "the address against the browser": ({"Accept-Language": "en"}, "?lang=id", "id"),
    "a language that is none": ({}, "?lang=xx", "id"),
}


@pytest.mark.parametrize(("headers", "query", "language"), LANGUAGES.values(), ids=LANGUAGES)
def test_the_language_follows_the_address_then_the_cookie_then_the_browser(
    site: TestSite, headers: dict[str, str], query: str, language: str
) -> None:
    """And what the address chose is remembered."""
    client = Client(site.app)
    assert f'<html lang="{language}">' in client.get(f"/app/masuk{query}", headers=headers).text
    if query == "?lang=en":
        assert '<html lang="en">' in client.get("/app/masuk").text


def test_every_role_is_led_to_its_work(site: TestSite) -> None:
    """Officers and witnesses of a station to the app, panels to their stations, administrators to accounts."""
    leads = {role: site.client(role).get("/app/masuk").headers["Location"] for role in HOLDERS}
    assert leads["kpps"] == leads["saksi"] == "/app/"
    assert leads["kpu_kabko"] == leads["auditor"] == "/app/unit/3173/"
    assert leads["admin"] == "/app/akun/" and leads["ppid"] == "/app/perangkat"
