"""A phone walks the published site by its links, from the nation to a photograph, without JavaScript."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.publish import publish_site
from tests.publish.example_recap import DISTRICT, held
from tests.publish.example_state import example

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = {"width": 360, "height": 740}
WAY = ("PROVINSI CONTOH UTARA", "KOTA SATU", "KECAMATAN MELATI", "KELURAHAN MAWAR & ANGGREK")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    out = tmp_path_factory.mktemp("walk") / "public"
    made = example()
    publish_site(made.state(), made.objects, out)
    with served(out) as address:
        yield address


@contextmanager
def served(out: Path) -> Iterator[str]:
    """A tree at an address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        """Serves the tree without a word."""

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Walker:
    """A phone's page that notes whatever goes wrong on the way. Scripts of the page are off; the tests'
    own questions are asked through the engine, which needs none.
    """

    def __init__(self, browser: Any, site: str, scripts: bool) -> None:
        """Open a fresh phone."""
        self.context = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=scripts
        )
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        host = urlsplit(site).netloc
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on(
            "request",
            lambda request: (
                None if urlsplit(request.url).netloc == host else self.wrong.append(f"other host: {request.url}")
            ),
        )
        self.page.on(
            "response",
            lambda response: (
                self.wrong.append(f"{response.status}: {response.url}") if response.status >= 400 else None
            ),
        )

    def tap(self, name: str) -> None:
        """Tap the first link of a name in the page's main part, and check the page that comes."""
        self.follow(self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first)
        self.check()

    def follow(self, link: Any) -> None:
        """Tap a link and wait for where it leads."""
        with self.page.expect_navigation(wait_until="load"):
            link.tap()

    def check(self) -> None:
        """No sideways scrolling of the body, and every image that was asked for is there."""
        widths = self.page.evaluate(
            "[document.documentElement, document.body].map(e => e.scrollWidth)"
            ".concat(document.documentElement.clientWidth)"
        )
        assert widths[0] <= widths[2] and widths[1] <= widths[2], (self.page.url, widths)
        for image in self.page.locator("img").all():
            image.scroll_into_view_if_needed()
            handle = image.element_handle()
            self.page.wait_for_timeout(0)
            for _ in range(100):
                if handle.evaluate("image => image.complete && image.naturalWidth > 0"):
                    break
                self.page.wait_for_timeout(20)
            assert handle.evaluate("image => image.naturalWidth") > 0, self.page.url


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize(
    ("language", "nation", "station", "photo", "review"),
    [
        ("id", "Hasil lengkap: INDONESIA", "TPS 003", "Foto halaman 2", "belum dihitung"),
        ("en", "Full results: INDONESIA", "Station 003", "Photograph of page 2", "not counted"),
    ],
)
def test_a_phone_walks_from_the_nation_to_a_photograph(
    site: str, browser: Any, language: str, nation: str, station: str, photo: str, review: str, scripts: bool
) -> None:
    """Tapping links alone leads through every tier to the photograph; nothing fails on the way."""
    walker = Walker(browser, site, scripts)
    page = walker.page
    page.goto(site)
    walker.check()
    if language == "en":
        walker.follow(page.get_by_role("link", name="English", exact=True))
    assert page.locator("html").get_attribute("lang") == language
    walker.tap(nation)
    for name in WAY:
        walker.tap(name)
        assert page.get_by_role("heading", level=1).inner_text() == name
    walker.tap(station)
    assert page.get_by_text(review, exact=True).count() == 28
    assert page.get_by_role("heading", level=1).inner_text() == "TPS 003, KELURAHAN MAWAR & ANGGREK"
    page.get_by_role("main").get_by_role("link", name=photo, exact=True).first.tap()
    page.wait_for_url("**/photos/*.jpg")
    assert page.locator("img").evaluate("image => image.naturalWidth") == 64
    assert walker.wrong == []
    walker.context.close()


def test_a_plenarys_page_fits_a_phone(browser: Any, tmp_path: Path) -> None:
    """Nothing scrolls sideways but tables in their own frames, every entry can be tapped, and the minutes open
    without scripts.
    """
    state, objects = held(FORM, 2, 2, dict.fromkeys(FORM.names, 101), [("3171011001001", "suara_1", 6)])
    publish_site(state, objects.__getitem__, tmp_path / "public")
    with served(tmp_path / "public") as site:
        walker = Walker(browser, site, scripts=False)
        walker.page.goto(f"{site}id/units/{DISTRICT}.html", wait_until="networkidle")  # its icon too
        walker.tap("Disahkan dalam rapat pleno, versi 1, 17 Februari 2024, 16.00 WIB")
        assert walker.page.get_by_role("heading", level=1).inner_text() == "Rapat pleno: KECAMATAN MELATI"
        walker.page.get_by_text("Semua catatan menurut urutannya").tap()
        assert walker.page.get_by_text("Rapat pleno dibuka.", exact=True).is_visible()
        walker.check()
        assert small(walker.page) == []
        assert walker.wrong == []
        walker.context.close()


def test_the_language_can_be_changed_on_every_page(site: str, browser: Any) -> None:
    """The switch leads to the same page in the other language, and back."""
    walker = Walker(browser, site, scripts=False)
    walker.page.goto(f"{site}id/stations/3171011001001.html")
    walker.page.get_by_role("link", name="English", exact=True).tap()
    walker.page.wait_for_url("**/en/stations/3171011001001.html")
    walker.page.get_by_role("link", name="Bahasa Indonesia", exact=True).tap()
    walker.page.wait_for_url("**/id/stations/3171011001001.html")
    assert walker.wrong == []
    walker.context.close()


def test_the_keyboard_reaches_the_content_first(site: str, browser: Any) -> None:
    """The first tab stop is the skip link, and it leads to the main part."""
    walker = Walker(browser, site, scripts=True)
    walker.page.goto(f"{site}id/units/0.html")
    walker.page.keyboard.press("Tab")
    assert walker.page.evaluate("document.activeElement.className") == "skip"
    walker.page.keyboard.press("Enter")
    assert walker.page.evaluate("document.activeElement.id") == "isi"
    assert walker.wrong == []
    walker.context.close()


def small(page: Any) -> list[str]:
    """The links outside running text that a finger can miss."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('a:not(.skip), summary')].filter(a => {
            const box = a.getBoundingClientRect();
            return !a.closest('p') && (box.height < 24 || box.width < 24);
        }).map(a => a.textContent)"""
    )
    return found


@pytest.mark.parametrize("path", ["index.html", "id/units/0.html", "en/units/3171011001.html", "id/about.html"])
def test_what_a_finger_taps_is_large_enough(site: str, browser: Any, path: str) -> None:
    """Every link outside running text is at least 24 CSS pixels high and wide (WCAG 2.2, 2.5.8)."""
    walker = Walker(browser, site, scripts=True)
    walker.page.goto(site + path)
    assert small(walker.page) == []
    walker.context.close()
