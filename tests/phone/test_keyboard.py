"""The phone app by keyboard alone, as who cannot point uses it: every stop seen and in order, every act done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.keyboard import faults_by_keyboard, press, tab_to, to_top
from tests.phone.evening import (
    CHROMIUM,
    OFFICER,
    PHONE,
    STATION,
    WITNESS,
    Server,
    aside,
    blurred,
    free_port,
    log_in,
    make_workspace,
    sheet_of,
    until,
)
from tests.store.people import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
BASE = f"/app/#/tps/{STATION}"
CHECKED = "SirekapSending.all('photos').then(list => list.length && list.every(photo => photo.receipt))"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of this file; it reads nothing."""
    made = Server(aside(make_workspace, tmp_path_factory.mktemp("keys")).path, free_port(), reads=False)
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def phone(browser: Any, shared: Server) -> Iterator[Any]:
    """An officer's phone on which a contest is photographed, sent and confirmed, for looking at every screen."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    shown(page, shared, f"{BASE}/ppwp/foto/1", "#berkas + label")
    give(page, sheet_of("ppwp").photos[0])
    page.keyboard.press("Tab")
    press(page, "#simpan")
    page.get_by_role("heading", name="Halaman 2 dari 3").wait_for()
    until(page, CHECKED)
    confirm_all(page, shared, "pkwkp")
    yield page
    context.close()


def shown(page: Any, server: Server, path: str, there: str) -> None:
    """Open a screen as for the first time, and wait for it."""
    page.goto("about:blank")
    page.goto(server.address + path)
    page.locator(there).first.wait_for()
    page.wait_for_timeout(400)  # what comes from the server is there too


def give(page: Any, photo: bytes) -> None:
    """Choose a photograph by keyboard: Enter on the file button, then what the phone's own dialog gives."""
    with page.expect_file_chooser() as asked:
        press(page, "#berkas")
    asked.value.set_files({"name": "f.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.locator(".verdict").wait_for()


def confirm_all(page: Any, server: Server, contest: str) -> None:
    """Type every figure; Enter leads to the next and at last to the button that sends."""
    shown(page, server, f"{BASE}/{contest}/angka", "#konfirmasi")
    truth = sheet_of(contest).truth
    names = page.evaluate("[...document.querySelectorAll('ol.figures input')].map(item => item.id.slice(2))")
    to_top(page)
    tab_to(page, f"#f-{names[0]}")
    for name in names:
        assert page.evaluate("document.activeElement.id") == f"f-{name}"
        if truth[name] is None:
            tab_to(page, f"#r-{name} button[aria-pressed]")
            page.keyboard.press("Space")
            tab_to(page, "input, #konfirmasi")
        else:
            page.keyboard.type(str(truth[name]))
            page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "konfirmasi"
    page.keyboard.press("Enter")
    page.locator("#serahkan").wait_for()


SCREENS = {
    "start": ("/app/#/", "a.card"),
    "contest": (f"{BASE}/ppwp", "#ambil-1"),
    "contest confirmed": (f"{BASE}/pkwkp", "#hasil"),
    "capture": (f"{BASE}/ppwp/foto/1", "#berkas + label"),
    "figures": (f"{BASE}/ppwp/angka", "#konfirmasi"),
    "figures confirmed": (f"{BASE}/pkwkp/angka", "#serahkan"),
    "hand-over": (f"{BASE}/pkwkp/hasil", ".qr svg"),
    "hand-over before": (f"{BASE}/pdpd/hasil", "h1"),
    "check": ("/app/periksa", "#teks"),
    "queue": ("/app/#/kirim", "summary"),
    "unknown": ("/app/#/tps/9999999999999/ppwp", "h1"),
}


@pytest.mark.parametrize("name", SCREENS)
def test_tab_reaches_everything_in_order_and_shows_where_it_is(phone: Any, shared: Server, name: str) -> None:
    """From the skip link to the foot: every link, button and field, none twice, none hidden, and out again."""
    shown(phone, shared, *SCREENS[name])
    assert faults_by_keyboard(phone) == []


@pytest.mark.parametrize("verdict", ["good", "refuse"])
def test_the_verdict_of_a_photograph_is_reached_too(phone: Any, shared: Server, verdict: str) -> None:
    """The focus goes to the verdict's words, and from there to keeping or taking again."""
    shown(phone, shared, f"{BASE}/pdpd/foto/1", "#berkas + label")
    photo = sheet_of("pdpd").photos[0]
    give(phone, photo if verdict == "good" else blurred(photo))
    assert phone.evaluate("document.activeElement.className") == f"verdict {verdict}"
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.id") == ("simpan" if verdict == "good" else "ulang")
    assert faults_by_keyboard(phone) == []
    press(phone, "#ulang")
    phone.locator("#berkas").wait_for(state="attached")
    assert phone.evaluate("document.activeElement.tagName") == "H1"


def test_nobody_logged_in_gets_in_by_keyboard(browser: Any, shared: Server) -> None:
    """The first screen, the log-in, and back in the app."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    shown(page, shared, "/app/", "a.button")
    assert faults_by_keyboard(page) == []
    press(page, "main a.button")
    page.locator("#login").wait_for()
    assert faults_by_keyboard(page) == []
    press(page, "#login", "End")
    page.keyboard.type(OFFICER)
    press(page, "#password", "End")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("a.card").first.wait_for()
    press(page, "#kepala button", "Space")
    page.locator("html[lang=en]").wait_for()
    until(page, "document.activeElement.tagName === 'BUTTON'")
    context.close()


def test_an_evening_is_done_by_keyboard_alone(browser: Any, shared: Server) -> None:
    """From the station to the photograph, the figures, the hand-over, the check and the way out; no pointer."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    press(page, "a.card[href$='/pdpd']")
    page.locator("#ambil-2").wait_for()
    press(page, "#ambil-2")
    page.get_by_role("heading", name="Halaman 2 dari").wait_for()
    page.locator("#berkas").wait_for(state="attached")
    give(page, sheet_of("pdpd").photos[1])
    for _ in range(1 + ("meragukan" in page.locator(".verdict").inner_text())):
        tab_to(page, "#simpan")
        page.keyboard.press("Enter")
    page.locator(".verdict").wait_for(state="detached")
    until(page, CHECKED)

    confirm_all(page, shared, "pdpd")
    tab_to(page, "#serahkan")
    page.keyboard.press("Enter")
    page.locator(".qr svg").wait_for()
    press(page, "#salin")
    page.get_by_text("Tautan disalin.").first.wait_for()
    address = page.locator("#tautan").input_value()

    shown(page, shared, "/app/periksa", "#teks")
    press(page, "#teks", "End")
    page.keyboard.insert_text(address)
    tab_to(page, "main form button")
    page.keyboard.press("Space")
    page.locator(".verdict.good").wait_for()
    assert faults_by_keyboard(page) == []

    shown(page, shared, "/app/#/", "a.card")
    press(page, "a.status")
    page.locator("summary").first.wait_for()
    press(page, "summary")
    page.get_by_text("Tanda tangan server cocok.").first.wait_for()
    assert faults_by_keyboard(page) == []
    shown(page, shared, "/app/#/", "#keluar")
    press(page, "#keluar")
    page.wait_for_url("**/app/keluar")
    press(page, "main form button")
    page.wait_for_url(re.compile("/app/masuk"))
    context.close()


def test_a_photograph_that_waits_is_deleted_at_the_second_press(browser: Any, shared: Server) -> None:
    """And what is sent meanwhile takes the focus from nobody."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    until(page, "navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    shown(page, shared, f"{BASE}/pdpd/foto/1", "#berkas + label")
    give(page, sheet_of("pdpd").photos[0])
    for _ in range(1 + ("meragukan" in page.locator(".verdict").inner_text())):
        tab_to(page, "#simpan")
        page.keyboard.press("Enter")
    page.locator(".verdict").wait_for(state="detached")
    shown(page, shared, "/app/#/kirim", "[id^=hapus-]")
    assert faults_by_keyboard(page) == []
    press(page, "[id^=hapus-]")
    page.evaluate("""SirekapSending.all('photos').then(list =>
        SirekapSending.put('photos', {...list[0], next_try: Date.now() + 9e6, error: {code: 'network'}})
    ).then(() => SirekapSending.tell({photo: 1}))""")
    page.wait_for_timeout(600)
    assert page.evaluate("document.activeElement.id").startswith("hapus-")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    if page.locator("[id^=hapus-]").count():  # drawn anew meanwhile: it asks again
        page.keyboard.press("Enter")
    page.locator("[id^=hapus-]").wait_for(state="detached")
    for selector in ("a.status", "#kepala button", "a.brand"):
        to_top(page)
        tab_to(page, selector)
        page.evaluate("window.dispatchEvent(new Event('offline'))")
        page.wait_for_timeout(400)
        assert page.evaluate("(s) => document.activeElement.matches(s)", selector), selector
    context.close()


def test_a_witness_chooses_the_form_with_the_arrows(browser: Any, shared: Server) -> None:
    """One stop for the group, and the focus stays in it while the pages change below."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, WITNESS)
    shown(page, shared, f"{BASE}/ppwp", "#ambil-1")
    assert faults_by_keyboard(page) == []
    press(page, "input[name=form]", "ArrowDown")
    page.get_by_role("heading", name="Halaman 2 dari 2").wait_for()
    assert page.evaluate("document.activeElement.id") == "form-1"
    press(page, "input[name=form]", "ArrowUp")
    page.get_by_role("heading", name="Halaman 2 dari 3").wait_for()
    context.close()
