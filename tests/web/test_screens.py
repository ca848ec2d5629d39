"""The server's pages in a real browser, served by granian: accessible, 360 px wide, usable by keyboard alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sirekap.flow.intake import ingest
from sirekap.flow.mail_addresses import choose_mails
from sirekap.store.accounts import actor_of, find_account, issue_code
from sirekap.store.loading import now
from sirekap.web.limits import Buckets
from tests.flow.fakes import READER, consistent, pages, write_manifest
from tests.store.people import PASSWORD
from tests.web.plenary_site import seat
from tests.web.site import OTHER, STATION, TestSite, make_site

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PHONE = {"width": 360, "height": 740}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


@pytest.fixture(scope="module", autouse=True)
def beside_a_loop() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; what Django does here does not run in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site with a sheet in review (a figure of it does not add up) and plenaries, which sends mails."""
    folder = tmp_path_factory.mktemp("screens")
    made = make_site(folder, Buckets())
    wrong = {**consistent(), "suara_sah": 1}
    ingest(made.workspace, write_manifest(folder / "photos", pages(STATION, wrong)), READER)
    seat(made, folder / "plenaries")
    settings = made.workspace.path / "sirekap.toml"
    settings.write_text(
        f'{settings.read_text()}\n[mail]\nhost = "localhost"\ntls = "none"\nfrom = "a@b.example"\n'
    )
    choose_mails(made.workspace, "kpps-x", "hourly", "saya@contoh.id", "id", now())
    made.workspace.public.mkdir(exist_ok=True)
    (made.workspace.public / "index.html").write_text("<!doctype html><html lang=id><title>x</title>")
    return made


@pytest.fixture(scope="module")
def base(site: TestSite) -> Iterator[str]:
    """The address of the site, served as `sirekap serve` does."""
    command = [
        sys.executable,
        "-m",
        "sirekap.cli.main",
        "serve",
        str(site.workspace.path),
        "--port",
        "0",
        "--no-worker",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        address = line.split(" at ")[1].split()[0].rstrip("/")
        _wait(address)
        yield address
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            raise


def _wait(address: str) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

    for _ in range(200):
        try:
            with urlopen(f"{address}/api/v1/keys", timeout=5):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not begin to answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Any, site: TestSite, base: str, role: str | None, scripts: bool = True) -> Any:
    """A phone's page, logged in as somebody of a role."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=scripts)
    if role is not None:
        context.add_cookies([{"name": "sirekap_session", "value": site.tokens[role], "url": base}])
    return context.new_page()


SCREENS = {
    "log in": (None, "/app/masuk"),
    "activation": (None, "/app/aktivasi"),
    "second factor": ("kpps", "/app/faktor-kedua"),
    "devices": ("admin", "/app/perangkat"),
    "log out": ("kpps", "/app/keluar"),
    "notices": ("ppk", "/app/kabar/"),
    "notices of an officer whose address is not confirmed": ("kpps", "/app/kabar/"),
    "an address to confirm": (None, "/app/surel"),
    "accounts": ("admin", "/app/akun/"),
    "an account": ("admin", "/app/akun/kpps-x/"),
    "stations of a district": ("ppk", "/app/unit/317301/"),
    "stations of a village": ("bawaslu", "/app/unit/3173011001/"),
    "who has not reported": ("kpu_kabko", "/app/unit/3173/?state=missing"),
    "what is stuck": ("ppk", "/app/unit/317301/?view=stuck"),
    "staff": ("auditor", "/app/unit/3173/?view=staff"),
    "the board of the nation": ("kpu_ri", "/app/unit/0/"),
    "near-duplicates": ("ppk", "/app/unit/317301/kembar/"),
    "a sheet": ("ppk", f"/app/tps/{STATION}/ppwp/"),
    "a rerun": ("kpu_kabko", "/app/tps/3173011001003/ppwp/ulang/"),
    "a sheet that is not there": ("ppk", "/app/tps/3173011001002/ppwp/"),
    "plenaries": ("kpu_kabko", "/app/pleno/"),
    "a plenary that has not begun": ("prov-2", "/app/pleno/31/ppwp/"),
    "a unit before the plenary": ("prov-2", "/app/pleno/31/ppwp/bagian/3173/"),
    "a station before the plenary": ("ppk", f"/app/pleno/317301/ppwp/bagian/{OTHER}/?figure=suara_1"),
    "a plenary at work": ("ppk", "/app/pleno/317301/ppwp/"),
    "a version of a certificate": ("kpu_kabko", "/app/pleno/3173/ppwp/versi/1/"),
    "a plenary that is closed": ("prov-2", "/app/pleno/3173/ppwp/"),
    "a refusal": ("kpps", "/app/unit/3173/"),
    "no such page": (None, "/app/none"),
}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("role", "path"), SCREENS.values(), ids=SCREENS)
def test_every_screen_is_accessible_and_fits_a_phone(
    browser: Any, site: TestSite, base: str, role: str | None, path: str, language: str
) -> None:
    """axe finds nothing (WCAG 2.2 AA, best practices), nothing scrolls sideways, every target is large enough."""
    page = opened(browser, site, base, role)
    page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    _check(page)
    page.context.close()


def _check(page: Any) -> None:
    found = axe.Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], widths
    small = page.evaluate(
        """[...document.querySelectorAll('a:not(.skip), button, input:not([type=hidden]), select')].filter(a => {
            const box = a.getBoundingClientRect();
            return a.checkVisibility() && !a.closest('p') && (box.height < 24 || box.width < 24);
        }).map(a => a.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_secrets_that_are_shown_once_and_refusals_are_accessible_too(
    browser: Any, site: TestSite, base: str, language: str
) -> None:
    """The QR code of a second factor with its recovery codes, and a log-in that is refused."""
    page = opened(browser, site, base, "kpps")
    page.goto(f"{base}/app/faktor-kedua?lang={language}")
    page.get_by_role("main").get_by_role("button").tap()
    page.wait_for_selector(".codes")
    _check(page)
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    page.goto(f"{base}/app/keluar")
    page.context.clear_cookies(name="sirekap_session")
    page.goto(f"{base}/app/masuk?lang={language}")
    page.fill("#login", "nobody")
    page.fill("#password", "x")
    page.get_by_role("main").get_by_role("button").tap()
    page.wait_for_selector("[role=alert]")
    _check(page)
    page.context.close()


def test_the_log_in_works_by_keyboard_alone_and_without_scripts(browser: Any, site: TestSite, base: str) -> None:
    """Tab from the skip link to the fields, type, Enter: in."""
    page = opened(browser, site, base, None, scripts=False)
    page.goto(f"{base}/app/masuk?lang=id&next=x")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"
    page.keyboard.press("Enter")
    way = []
    for _ in range(6):
        page.keyboard.press("Tab")
        way.append(page.locator(":focus").get_attribute("name"))
        if way[-1] == "login":
            page.keyboard.type("kpps-x")
        if way[-1] == "password":
            page.keyboard.type(PASSWORD)
            break
    assert way == ["login", "password"]
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/app/")
    page.goto(f"{base}/app/perangkat")
    assert "kpps-x" in page.content()
    page.context.close()


def test_a_letters_link_fills_the_form_and_confirms_nothing_by_itself(
    browser: Any, site: TestSite, base: str
) -> None:
    """The code behind # never reaches the server before the button is pressed, by Enter alone."""
    page = opened(browser, site, base, None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto(f"{base}/app/surel?lang=en#SIREKAP:S:1:7ZKM04QRAB12CDEF")
    assert page.input_value("#code") == "7ZKM-04QR-AB12-CDEF" and "#" not in page.url
    assert not any("7ZKM" in one or one.startswith("POST") for one in asked)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    _check(page)
    page.context.close()


def test_a_slip_fills_the_form_and_leaves_no_trace(browser: Any, site: TestSite, base: str) -> None:
    """The code behind # is put into the form and taken out of the address; the form alone sends it."""
    admin = actor_of(site.workspace, "admin-0", now())
    code = issue_code(site.workspace, find_account(site.workspace, "pps-x"), admin, now()).code
    page = opened(browser, site, base, None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{base}/app/aktivasi#SIREKAP:A:1:PPS-X:{code}")
    assert page.input_value("#login") == "pps-x" and page.input_value("#code").replace("-", "") == code
    assert "#" not in page.url and not any(code in url for url in asked) and wrong == []
    assert page.locator("#filled").is_visible()
    page.fill("#password", "sayur lodeh enak")
    page.fill("#again", "sayur lodeh enak")
    page.get_by_role("main").get_by_role("button").tap()
    page.wait_for_url(f"{base}/app/faktor-kedua")
    page.context.close()


def test_a_picture_of_the_sheet_is_shown_to_who_may_see_it(browser: Any, site: TestSite, base: str) -> None:
    """The page asks for cuts of its own host alone, and reports no breach of its policy."""
    page = opened(browser, site, base, "ppk")
    breaches: list[str] = []
    page.on(
        "console", lambda message: breaches.append(message.text) if "Content Security" in message.text else None
    )
    answers: dict[str, int] = {}
    page.on("response", lambda response: answers.update({response.url: response.status}))
    page.goto(f"{base}/app/tps/{STATION}/ppwp/?lang=en")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    assert breaches == [] and all(url.startswith(base) for url in answers)
    assert any("/cuts/" in url and status == 200 for url, status in answers.items())
    page.context.close()


def test_the_server_ends_when_it_is_told_to(site: TestSite, tmp_path: Path) -> None:
    """Ctrl+C ends every process, the reading one too; a taken port is told in words."""
    command = [sys.executable, "-m", "sirekap.cli.main", "serve", str(site.workspace.path), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split(" at ")[1].split()[0].rstrip("/")
        _wait(address)
        port = address.rpartition(":")[2]
        second = subprocess.run([*command[:-1], port, "--no-worker"], capture_output=True, text=True, timeout=60)
        os.killpg(server.pid, signal.SIGINT)
        _, err = server.communicate(timeout=60)
    assert server.returncode == 0 and "Traceback" not in err, err
    assert second.returncode == 2 and "--port" in second.stderr
    for _ in range(100):  # multiprocessing's own helper ends a moment later
        try:
            os.killpg(server.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(server.pid, signal.SIGKILL)
    raise AssertionError("a process of the server went on")
