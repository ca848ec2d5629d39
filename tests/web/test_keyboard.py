"""Every page of the server by keyboard alone: all stops in order and seen, and what each page is for is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sirekap.store.accounts import actor_of, find_account, issue_code
from sirekap.store.loading import now
from sirekap.store.sessions import log_in
from tests.keyboard import faults_by_keyboard, press
from tests.store.people import PASSWORD
from tests.web import test_screens as screens
from tests.web.site import STATION, TestSite

# The same site, server and browser as for axe.
site, base, browser, beside_a_loop = screens.site, screens.base, screens.browser, screens.beside_a_loop
pytestmark = screens.pytestmark
Page = Any


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize(("role", "path"), screens.SCREENS.values(), ids=screens.SCREENS)
def test_tab_reaches_everything_in_order_and_shows_where_it_is(
    browser: Any, site: TestSite, base: str, role: str | None, path: str, scripts: bool
) -> None:
    """From the skip link to the foot: every link, button and field, none twice, none hidden, and out again."""
    page = screens.opened(browser, site, base, role, scripts)
    page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang=id")
    assert faults_by_keyboard(page) == []
    page.context.close()


def fresh_session(site: TestSite, base: str, page: Page, login: str) -> None:
    """Log a browser in with a session of its own, which the act may end."""
    opened = log_in(site.workspace, login, PASSWORD, "papan ketik", now())
    page.context.add_cookies([{"name": "sirekap_session", "value": opened.token, "url": base}])


def typed(page: Page, selector: str, text: str) -> None:
    """Go to a field by Tab and type."""
    press(page, selector, "End")
    page.keyboard.type(text)


def log_in_(page: Page, site: TestSite, base: str) -> None:
    """In with login and password."""
    typed(page, "#login", "kpps-x")
    typed(page, "#password", PASSWORD)
    press(page, "main form button")
    page.wait_for_url(f"{base}/app/")


def activate(page: Page, site: TestSite, base: str) -> None:
    """A slip's code and a new password: of somebody whose session no other test here needs, as it ends."""
    admin = actor_of(site.workspace, "admin-0", now())
    code = issue_code(site.workspace, find_account(site.workspace, "kpu_prov-x"), admin, now()).code
    said = {"#login": "kpu_prov-x", "#code": code, "#password": PASSWORD, "#again": PASSWORD}
    for selector, text in said.items():
        typed(page, selector, text)
    press(page, "main form button", "Space")
    page.wait_for_url(f"{base}/app/faktor-kedua")


def second(page: Page, site: TestSite, base: str) -> None:
    """A second factor is set up, down to the field for its first code."""
    press(page, "main form button")
    page.locator(".codes").wait_for()
    assert faults_by_keyboard(page) == []
    typed(page, "#code", "000000")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert faults_by_keyboard(page) == []


def end_device(page: Page, site: TestSite, base: str) -> None:
    """Another device's session ends."""
    log_in(site.workspace, "admin-x", PASSWORD, "ponsel lama", now())
    page.reload()
    press(page, "button[aria-label*='ponsel lama']", "Space")
    page.locator("[role=status]").wait_for()
    assert "ponsel lama" not in page.locator("main").inner_text()


def log_out(page: Page, site: TestSite, base: str) -> None:
    """Out; the app asks for a log-in again."""
    fresh_session(site, base, page, "kpps-x")
    page.goto(f"{base}/app/keluar")
    press(page, "main form button")
    page.wait_for_url(f"{base}/app/masuk**")


def search(page: Page, site: TestSite, base: str) -> None:
    """An account is found by a part of its login, and opened."""
    typed(page, "#q", "saksi")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=saksi**")
    press(page, "main a[href='/app/akun/saksi-x/']")
    page.wait_for_url("**/app/akun/saksi-x/")


def block(page: Page, site: TestSite, base: str) -> None:
    """An account is blocked: ticked that one is sure, pressed, told."""
    page.goto(f"{base}/app/akun/ppid-x/?lang=id")
    form = "form:has(input[name=act][value=block])"
    press(page, f"{form} input[name=sure]", "Space")
    press(page, f"{form} button")
    page.locator(".account-blocked").wait_for()


def choose(page: Page, site: TestSite, base: str) -> None:
    """The list shows only what needs people."""
    press(page, "#state", "ArrowDown")
    press(page, "main form button")
    page.wait_for_url("**state=**")


def turn(page: Page, site: TestSite, base: str) -> None:
    """Another view of the board is opened."""
    other = page.locator("main nav.data a:not([aria-current])").first
    path = other.get_attribute("href")
    press(page, f'main nav.data a[href="{path}"]')
    page.wait_for_url(f"**{path}")


def follow(page: Page, site: TestSite, base: str) -> None:
    """A station of the list is opened."""
    press(page, f"main a[href='/app/tps/{STATION}/ppwp/']")
    page.wait_for_url(f"**/app/tps/{STATION}/ppwp/")


def photograph(page: Page, site: TestSite, base: str) -> None:
    """A photograph of the sheet is opened."""
    press(page, ".photos figure a")
    page.wait_for_url("**/photos/**")


def wish(page: Page, site: TestSite, base: str) -> None:
    """Mails are asked for once an hour."""
    press(page, "#how", "ArrowDown")
    typed(page, "#address", "saya@contoh.id")
    press(page, "main form button")
    page.locator(".done").wait_for()


def confirm_address(page: Page, site: TestSite, base: str) -> None:
    """A code is typed and sent; one that does not hold is told beside its field."""
    typed(page, "#code", "AAAA-BBBB-CCCC-DDDD")
    press(page, "main form button")
    page.locator("#told[role=alert]").wait_for()


def to_the_code(page: Page, site: TestSite, base: str) -> None:
    """An address waits for its code; the page leads to where that is typed."""
    press(page, "main a[href='/app/surel']")
    page.wait_for_url("**/app/surel")


def open_first(page: Page, site: TestSite, base: str) -> None:
    """The first of the plenaries below is opened."""
    press(page, "main a[href='/app/pleno/317301/ppwp/']")
    page.wait_for_url("**/app/pleno/317301/ppwp/")


def open_plenary(page: Page, site: TestSite, base: str) -> None:
    """The plenary opens; its unit is read out next."""
    press(page, "main form:has(input[value=open]) button")
    page.locator("main .stage-open").wait_for()
    assert faults_by_keyboard(page) == []
    press(page, "main a.button[href$='/bagian/3173/']")
    page.wait_for_url("**/bagian/3173/")


def correct(page: Page, site: TestSite, base: str) -> None:
    """A figure is corrected with reason and minutes, then the station read out."""
    for selector, text in {"#c-after": "37", "#c-reason": "Salah tulis", "#c-minutes": "BA 7"}.items():
        typed(page, selector, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("tr.corrected .big").inner_text() == "37"
    assert faults_by_keyboard(page) == []
    with page.expect_navigation():
        press(page, "main form:has(input[value=read]) button")
    page.wait_for_url("**/bagian/3173011002002/")


def hold(page: Page, site: TestSite, base: str) -> None:
    """An event is written down, every objection answered, somebody called, what waits read out: it closes."""
    press(page, "summary:has(+ form input[value=object])")
    press(page, "#o-kind", "ArrowDown")
    typed(page, "#o-by", "Panwaslu")
    typed(page, "#o-text", "Listrik padam sebentar")
    _send(page, "object")
    while page.locator("form:has(input[value=answer])").count():
        typed(page, "form:has(input[value=answer]) textarea", "Dicatat")
        _send(page, "answer")
    typed(page, "#a-role", "Ketua")
    _send(page, "attend")
    while page.locator("main a.button[href*=bagian]").count():
        press(page, "main a.button[href*=bagian]")
        page.locator("form:has(input[value=read])").first.wait_for()
        with page.expect_navigation():
            press(page, "form:has(input[value=read]) button")
        page.goto(f"{base}/app/pleno/317301/ppwp/")
    _send(page, "close")
    page.locator("main .stage-closed").wait_for()


def _send(page: Page, act: str) -> None:
    """Send the first form of an act, which is taken."""
    with page.expect_navigation():
        press(page, f"form:has(input[name=act][value={act}]) button")
    assert page.locator("#told").count() == 0


def reopen(page: Page, site: TestSite, base: str) -> None:
    """Reopened with ground and minutes; what was certified stays."""
    press(page, "summary:has(+ form input[value=reopen])")
    typed(page, "#r-ground", "Rekomendasi Bawaslu 12")
    typed(page, "#r-minutes", "BA 9")
    _send(page, "reopen")
    page.locator("main .stage-open").wait_for()
    assert page.locator("main a[href$='/versi/1/']").count() == 1


def data(page: Page, site: TestSite, base: str) -> None:
    """The data of a certificate is opened."""
    press(page, "main a[href$='/versions/1']")
    page.wait_for_url("**/versions/1")


def follow_unit(page: Page, site: TestSite, base: str) -> None:
    """From a unit's figures to its own plenary."""
    press(page, "main a[href='/app/pleno/3173/ppwp/']")
    page.wait_for_url("**/app/pleno/3173/ppwp/")


def skip(page: Page, site: TestSite, base: str) -> None:
    """Nothing is to be done here: the skip link leads to the words, and the menu away."""
    press(page, ".skip")
    assert page.evaluate("document.activeElement.id") == "isi"
    press(page, "nav li:not(:last-child) a, .brand")
    page.wait_for_load_state()


def order(page: Page, site: TestSite, base: str) -> None:
    """A rerun is chosen, grounded, checked and ordered."""
    press(page, "#kind-penghitungan_ulang", "ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#kind-susulan").is_checked()
    typed(page, "#ground", "Keputusan KPU 12/2024: banjir pada hari pemungutan suara")
    press(page, "main form button")
    page.locator("button.danger").wait_for()
    assert faults_by_keyboard(page) == []
    press(page, "main form button.danger")
    page.wait_for_url("**/ppwp/?done=rerun")
    assert "banjir" in page.locator("main").inner_text()
    screens._check(page)


ACTS: dict[str, Callable[[Page, TestSite, str], None]] = {
    "log in": log_in_,
    "activation": activate,
    "second factor": second,
    "devices": end_device,
    "log out": log_out,
    "notices": wish,
    "notices of an officer whose address is not confirmed": to_the_code,
    "an address to confirm": confirm_address,
    "accounts": search,
    "an account": block,
    "stations of a district": choose,
    "stations of a village": follow,
    "who has not reported": choose,
    "what is stuck": turn,
    "staff": turn,
    "the board of the nation": turn,
    "near-duplicates": skip,
    "a sheet": photograph,
    "a rerun": order,
    "a sheet that is not there": skip,
    "plenaries": open_first,
    "a plenary that has not begun": open_plenary,
    "a unit before the plenary": follow_unit,
    "a station before the plenary": correct,
    "a plenary at work": hold,
    "a version of a certificate": data,
    "a plenary that is closed": reopen,
    "a refusal": skip,
    "no such page": skip,
}


@pytest.mark.parametrize("name", screens.SCREENS)
def test_what_a_page_is_for_is_done_by_keyboard_alone(browser: Any, site: TestSite, base: str, name: str) -> None:
    """Tab, letters, Space and Enter; no pointer."""
    role, path = screens.SCREENS[name]
    page = screens.opened(browser, site, base, role)
    page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang=id")
    ACTS[name](page, site, base)
    page.context.close()
