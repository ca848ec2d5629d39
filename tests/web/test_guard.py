"""What is refused before anything is looked at, and what every answer carries."""

import json
from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.flow.plenary_papers import MOST_FILE
from sirekap.store.setup import SETTINGS
from sirekap.store.uploads import MOST_CHUNK
from sirekap.web.limits import RATES, Buckets, Rate, multiplied
from sirekap.web.settings import MOST_JSON, WebSetting, web_setting
from sirekap.web.site import address_of
from sirekap.web.wsgi import served
from tests.store.people import PASSWORD
from tests.web.site import Client, TestSite

HASH = "a" * 64
LOGIN = {"login": "kpps-x", "password": PASSWORD, "device": "x"}

WRITES = {
    "a log-in": ("POST", "/api/v1/session", LOGIN),
    "a log-out": ("DELETE", "/api/v1/session", None),
    "a delivery": ("POST", "/api/v1/deliveries", {"sha256": HASH, "contest": "ppwp", "station": "1"}),
    "a piece": ("PUT", f"/api/v1/uploads/{HASH}?offset=0&size=3", None),
    "a form": ("POST", "/app/keluar", None),
    "an act of a plenary": ("POST", "/api/v1/plenaries/ppwp/317301/acts", {"act": "close"}),
    "a file of an objection": ("PUT", "/api/v1/plenaries/ppwp/317301/files", None),
}


@pytest.mark.parametrize("cookie", [True, False], ids=["with the cookie", "without it"])
@pytest.mark.parametrize(("method", "path", "body"), WRITES.values(), ids=WRITES)
def test_a_write_without_the_token_does_nothing(
    site: TestSite, method: str, path: str, body: object, cookie: bool
) -> None:
    """Also where the cookie is there: another site can make a browser send that, but not read it."""
    client = site.client("kpps")
    if not cookie:
        del client.cookies["sirekap_csrf"]
    answer = client.ask(
        method, path, json.dumps(body).encode() if body else b"abc", "application/json", csrf=False
    )
    assert answer.status == 403
    assert "csrf" in answer.text or "halaman kami" in answer.text
    assert site.client("kpps").get("/api/v1/me").status == 200


def test_a_token_of_another_browser_will_not_do(site: TestSite) -> None:
    """The header must say what this browser's cookie says."""
    client, other = site.client("kpps"), site.client()
    headers = {"X-CSRFToken": other.cookies["sirekap_csrf"]}
    assert client.ask("DELETE", "/api/v1/session", csrf=False, headers=headers).json["code"] == "csrf"


def test_what_an_account_sends_is_refused_under_another(site: TestSite) -> None:
    """A phone says whose work it sends: whoever else is logged in there by now does not send it."""
    parcel = {"sha256": HASH, "contest": "ppwp", "station": "3173011001001"}
    for login, status in (("kpps-x", 404), ("saksi-x", 401)):
        answer = site.client("kpps").post("/api/v1/deliveries", parcel, headers={"X-Sirekap-Login": login})
        assert answer.status == status, answer.body
    assert (
        answer.json["code"] == "other_account"
        and "Another account"
        in site.client("kpps").get("/api/v1/work?lang=en", headers={"X-Sirekap-Login": "saksi-x"}).text
    )


def test_another_origin_is_refused_even_with_the_token(site: TestSite) -> None:
    """A browser tells from where a write comes."""
    client = site.client("kpps")
    answer = client.ask("DELETE", "/api/v1/session", headers={"Origin": "https://elsewhere.example"})
    assert answer.json["code"] == "csrf"


ANSWERS = {
    "a page": "/app/masuk",
    "a page that is refused": "/app/unit/3173/",
    "the app": "/app/",
    "the API": "/api/v1/me",
    "an address of the API that is none": "/api/v1/none",
    "an asset": "/app/assets/web.css",
    "the published tree": "/index.html",
    "no address": "/none",
}


@pytest.mark.parametrize("path", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_forbids_frames_and_guessing(site: TestSite, path: str) -> None:
    """Nobody frames us, no type is guessed, no script but our own files runs; private answers are not kept."""
    headers = site.client("kpps").get(path).headers
    assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == "'none'" and policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'" and "unsafe" not in headers["Content-Security-Policy"]
    assert policy.get("script-src", "'self'") == "'self'" and headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"] and "Strict-Transport-Security" not in headers
    if path.startswith(("/app/", "/api/")) and "assets" not in path:
        assert headers["Cache-Control"] == "no-store"


PLENARIES = ("/app/pleno/", "/app/pleno/317301/ppwp/")


def test_pages_hold_no_script_and_no_style_of_their_own(site: TestSite) -> None:
    """The policy would refuse them; a page that needs one is broken."""
    for path in ("/app/masuk", "/app/aktivasi", "/app/perangkat", "/app/unit/317301/", *PLENARIES):
        text = site.client("ppk").get(path).text
        assert "<style" not in text and " style=" not in text and " on" + "click" not in text
        assert all("src=" in part.partition(">")[0] for part in text.split("<script")[1:])


HOSTS = {
    "this machine": ("localhost", 200),
    "with a port": ("127.0.0.1:8000", 200),
    "IPv6": ("[::1]:8000", 200),
    "a name of ours": ("pemilu.example", 200),
    "in capitals": ("Pemilu.Example:443", 200),
    "another's": ("evil.example", 400),
    "none": ("", 400),
    "one that ends as ours": ("x.pemilu.example", 400),
    "one with a path": ("pemilu.example/x", 400),
}


@pytest.mark.parametrize(("host", "status"), HOSTS.values(), ids=HOSTS)
def test_only_our_own_names_are_answered(site: TestSite, host: str, status: int) -> None:
    """A slip's address and the origin of writes follow from the Host header."""
    app = served(site.workspace, ("Pemilu.example",))
    assert Client(app, host=host).get("/api/v1/keys").status == status


def test_cookies_are_secure_outside_this_machine(fresh: TestSite) -> None:
    """HttpOnly and SameSite=Strict always; Secure but on a loopback name, where there is no TLS."""
    app = served(fresh.workspace, ("pemilu.example",))
    for host, secure in (("localhost", False), ("pemilu.example", True)):
        client = Client(app, host=host)
        first = client.get("/app/masuk").cookies["sirekap_csrf"]
        answer = client.post("/api/v1/session", LOGIN)
        assert answer.status == 201, answer.body
        for name in ("sirekap_session", "sirekap_device"):
            morsel = answer.cookies[name]
            assert morsel["httponly"] and morsel["samesite"] == "Strict" and bool(morsel["secure"]) is secure
        assert first["samesite"] == "Strict" and bool(first["secure"]) is secure and not first["httponly"]


def test_behind_a_proxy_https_and_addresses_are_believed_as_many_steps_as_there_are(site: TestSite) -> None:
    """With proxies = 1 the last entry counts; with 0 none does."""
    client = Client(_with(site, 1), host="localhost")
    answer = client.get("/api/v1/keys", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    answer = Client(_with(site, 0)).get("/api/v1/keys", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4"}
    assert [address_of(meta, proxies) for proxies in (0, 1, 2, 3)] == [
        "10.0.0.1",
        "1.2.3.4",
        "6.6.6.6",
        "10.0.0.1",
    ]


def _with(site: TestSite, proxies: int) -> object:
    settings = site.workspace.path / SETTINGS
    before = settings.read_text()
    try:
        settings.write_text(f"{before}\n[web]\nproxies = {proxies}\n")
        return served(site.workspace)
    finally:
        settings.write_text(before)


FILES = "/api/v1/plenaries/ppwp/317301"
BODIES = {
    "a JSON body of a megabyte": ("POST", "/api/v1/session", MOST_JSON + 1, {}, 413),
    "a form of a megabyte": ("POST", "/app/masuk", MOST_JSON + 1, {}, 413),
    "a piece above 1 MiB": ("PUT", f"/api/v1/uploads/{HASH}?offset=0&size=9", MOST_CHUNK + 1, {}, 413),
    "a piece without a length": ("PUT", f"/api/v1/uploads/{HASH}?offset=0&size=9", "", {}, 411),
    "a file of an objection above 10 MB": ("PUT", f"{FILES}/files", MOST_FILE + 1, {}, 413),
    "a file of an objection without a length": ("PUT", f"{FILES}/files", "", {}, 411),
    "a signed paper above 10 MB": ("PUT", f"{FILES}/versions/1/certificate.pdf", MOST_FILE + 1, {}, 413),
    "a length that is no number": ("POST", "/api/v1/session", "-5", {}, 411),
    "a chunked body": ("POST", "/api/v1/session", "", {"Transfer-Encoding": "chunked"}, 411),
}


@pytest.mark.parametrize(("method", "path", "length", "headers", "status"), BODIES.values(), ids=BODIES)
def test_a_body_is_judged_before_it_is_read(
    site: TestSite, method: str, path: str, length: object, headers: dict[str, str], status: int
) -> None:
    """By its headers alone: the body that is promised here never comes."""
    answer = site.client("kpps").ask(method, path, b"{}", "application/json", length=str(length), headers=headers)
    assert answer.status == status


def test_nothing_is_parsed_as_a_file(site: TestSite) -> None:
    """A multipart body is refused, whoever sends it."""
    answer = site.client("kpps").ask("POST", "/api/v1/deliveries", b"--x--", "multipart/form-data; boundary=x")
    assert (answer.status, answer.json["code"]) == (415, "multipart")


def test_a_body_cut_short_is_told(site: TestSite) -> None:
    """What arrived is not taken for the whole piece."""
    path = f"/api/v1/uploads/{HASH}?offset=0&size=300"
    answer = site.client("kpps").ask("PUT", path, b"\xff\xd8\xff", length="300")
    assert (answer.status, answer.json["code"]) == (400, "cut_short")


@pytest.mark.parametrize("path", ["/app/masuk", "/app/unit/3173/", "/api/v1/me"])
def test_a_question_of_thousands_of_fields_is_refused_in_words(site: TestSite, path: str) -> None:
    """What no page of ours asks is a bad request, and no fault."""
    fields = "&".join(f"a{number}=1" for number in range(5000))
    assert site.client("kpps").get(f"{path}?{fields}").status == 400


def test_too_many_requests_are_asked_to_wait(site: TestSite) -> None:
    """429 in words with Retry-After: by address, and by session for a device that asks without end."""
    slow = Buckets({"address": Rate(3, 0.5), "session": Rate(2, 0.1), "secret": Rate(1, 0.01)})
    app = served(site.workspace, buckets=slow)
    client = Client(app)
    assert [client.get("/api/v1/keys").status for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/app/masuk", headers={"Accept-Language": "en"})
    assert answer.headers["Retry-After"] == "2" and "Too many requests at once." in answer.text
    assert Client(app, address="10.9.9.9").get("/api/v1/keys").status == 200
    device = Client(app, address="10.8.8.8")
    device.cookies["sirekap_session"] = site.tokens["kpps"]
    assert [device.get("/api/v1/me").status for _ in range(3)] == [200, 200, 429]


def test_tries_of_secrets_are_fewer(site: TestSite) -> None:
    """A log-in costs a slow hash: an address gets so many a second."""
    app = served(
        site.workspace, buckets=Buckets({"address": Rate(99, 9), "session": Rate(9, 9), "secret": Rate(2, 0.1)})
    )
    client = Client(app)
    client.get("/app/masuk")
    tries = [client.post("/api/v1/session", {**LOGIN, "login": "nobody"}).json["code"] for _ in range(3)]
    assert tries == ["wrong", "wrong", "rate"]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_limits_hold_for_all_workers_together(workers: int) -> None:
    """Whichever process is asked, all of them let through no more than one alone would."""
    processes = [Buckets(multiplied(1 / workers), lambda: 0.0) for _ in range(workers)]
    for kind, rate in RATES.items():
        let = sum(process.take(kind, "a") == 0 for process in processes for _ in range(int(rate.burst) + 1))
        assert let == rate.burst


def test_buckets_fill_again_and_the_oldest_are_forgotten() -> None:
    """At the rate that was said, never above the burst, and with bounded memory."""
    now = [0.0]
    buckets = Buckets({"address": Rate(2, 0.5)}, lambda: now[0], most=2)
    assert [buckets.take("address", "a") for _ in range(3)] == [0, 0, 2]
    now[0] += 2
    assert [buckets.take("address", "a") for _ in range(2)] == [0, 2]
    now[0] += 1000
    assert [buckets.take("address", "a") for _ in range(3)] == [0, 0, 2]
    buckets.take("address", "b")
    buckets.take("address", "c")
    assert buckets.take("address", "a") == 0


SETTINGS_OF_WEB = {
    "hosts": ('[web]\nhosts = ["A.example"]\n', WebSetting(("a.example",))),
    "proxies": ("[web]\nproxies = 2\n", WebSetting(proxies=2)),
    "none": ("", WebSetting()),
    "a text for hosts": ('[web]\nhosts = "a"\n', "web.hosts"),
    "too many proxies": ("[web]\nproxies = 10\n", "web.proxies"),
    "no table": ("web = 1\n", "a table"),
}


@pytest.mark.parametrize(("text", "found"), SETTINGS_OF_WEB.values(), ids=SETTINGS_OF_WEB)
def test_the_settings_of_a_workspace_say_its_names(fresh: TestSite, text: str, found: object) -> None:
    """What is not understood is told with its column."""
    path = Path(fresh.workspace.path / SETTINGS)
    path.write_text(f"{text if text.startswith('web') else ''}{path.read_text()}\n{text if '[' in text else ''}")
    if isinstance(found, str):
        with pytest.raises(InputError, match=found):
            web_setting(fresh.workspace)
    else:
        assert web_setting(fresh.workspace) == found


def test_a_fault_of_ours_is_told_without_its_insides(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in words, JSON or page; the traceback goes to the log alone."""

    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr("sirekap.web.api.me_of", broken)
    monkeypatch.setattr("sirekap.web.pages.devices.sessions_of", broken)
    api, page = site.client("kpps").get("/api/v1/me"), site.client("kpps").get("/app/perangkat")
    assert api.status == page.status == 500 and api.json["code"] == "fault"
    assert "insides" not in api.text + page.text and "Traceback" not in api.text + page.text
