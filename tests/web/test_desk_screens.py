"""The review desk in a real browser: three people on one differing sheet, by keyboard alone, in two languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sirekap.store.models import Sheet
from tests.example import consistent
from tests.web.conftest import PATIENT
from tests.web.desk_site import add_sheet, doubtful, make_desk
from tests.web.site import TestSite
from tests.web.test_screens import CHROMIUM, _check, base, beside_a_loop, browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
__all__ = ["base", "beside_a_loop", "browser"]

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
STATIONS = {"id": "3173011001001", "en": "3173011001002"}
LOOKED_AT = "3173011001003"
# On paper: the sum of valid votes is written wrongly, so that a finding waits once the figures are decided.
PAPER: dict[str, int | None] = {**consistent(), "suara_sah": 196, "disabilitas_j": None}
# Three digits fill the boxes and need no Enter: a key a digit, one Enter for each shorter figure, "-" for blank.
KEYS = sum(1 if v is None else len(str(v)) + (len(str(v)) < 3) for v in PAPER.values())
SHOTS = os.environ.get("SIREKAP_TEST_SHOTS")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A sheet for each language, and one to look at."""
    folder = tmp_path_factory.mktemp("desk")
    made = make_desk(folder, PATIENT)
    for station in (*STATIONS.values(), LOOKED_AT):
        add_sheet(made, folder / "photos", station, doubtful(suara_sah=196))
    made.workspace.public.mkdir(exist_ok=True)
    (made.workspace.public / "index.html").write_text("<!doctype html><html lang=id><title>x</title>")
    return made


class Person:
    """Somebody at a keyboard; every key is counted."""

    def __init__(
        self, browser: Any, site: TestSite, base: str, login: str, language: str, size: Any = WIDE
    ) -> None:
        """Log in."""
        context = browser.new_context(viewport=size)
        context.add_cookies(
            [
                {"name": "sirekap_session", "value": site.tokens[login], "url": base},
                {"name": "sirekap_lang", "value": language, "url": base},
            ]
        )
        self.page, self._base, self.keys = context.new_page(), base, 0

    def key(self, *names: str) -> None:
        """Press keys."""
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def write(self, text: str) -> None:
        """Press the key of each letter."""
        self.key(*("Space" if letter == " " else letter for letter in text))

    def tab_to(self, selector: str) -> None:
        """Press Tab until an element has the focus."""
        for _ in range(80):
            if self.page.locator(f"{selector}:focus").count():
                return
            self.key("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def open_desk(self) -> None:
        """By address."""
        self.page.goto(f"{self._base}/app/meja/")

    def take(self, station: str) -> None:
        """The button of a sheet, reached by Tab."""
        self.tab_to(f"form:has(input[value='{station}']) button[value=take]")
        self.key("Enter")
        self.page.wait_for_url("**/app/meja/lembar/")

    def focused(self) -> str | None:
        """The name of the field that has the focus."""
        name: str | None = self.page.locator(":focus").get_attribute("name")
        return name

    def type_all(self, values: dict[str, int | None]) -> None:
        """Every figure in the form's order, and Enter on the last."""
        for name, value in values.items():
            assert self.focused() == f"f_{name}"
            text = "-" if value is None else str(value)
            self.write(text)
            last = name == list(values)[-1]
            if not last and value is not None and len(text) < 3:
                self.key("Enter")
        self.key("Enter")
        self.page.wait_for_url("**/app/meja/?done=*")

    def close(self) -> None:
        """Log off."""
        self.page.context.close()


def shoot(page: Any, name: str) -> None:
    """A picture for people to look at, where asked for."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=name.endswith("full"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_three_people_settle_a_sheet_by_keyboard_alone(
    browser: Any, site: TestSite, base: str, language: str
) -> None:
    """Two type blind and differ, a third decides with a reason, two answer for what does not add up: settled."""
    station = STATIONS[language]
    wrong = {**PAPER, "suara_2": 121}
    people = {n: Person(browser, site, base, f"clerk{n}", language) for n in (1, 2, 3, 4)}
    outcomes = []
    for number, values in ((1, wrong), (2, PAPER)):
        person = people[number]
        person.open_desk()
        _check(person.page)
        shoot(person.page, f"queue-{language}-full")
        person.take(station)
        _check(person.page)
        person.keys = 0
        person.type_all(values)
        outcomes.append(person.page.locator("#done").get_attribute("data-done"))
        assert person.keys == KEYS + 1 == 73  # the Enter that sends; docs/review.md names the number
        person.page.locator("button[value=next]:focus").wait_for()  # the next sheet is one Enter away
        print(f"{person.keys} keys for {len(PAPER)} figures")
    assert outcomes == ["kept", "differs"]
    third = people[3]
    third.open_desk()
    third.take(station)
    assert third.focused() == "f_suara_2"
    _check(third.page)
    shoot(third.page, f"resolve-{language}-full")
    third.write("120")
    assert third.focused() == "reason"
    third.write("The second digit is 2")
    third.key("Enter")
    third.page.wait_for_url("**/?done=decided")
    for number in (4, 1):
        person = people[number]
        person.open_desk()
        person.take(station)
        _check(person.page)
        shoot(person.page, f"findings-{language}-{number}-full")
        while person.page.locator("button[value=answer]").count():
            person.tab_to("section.finding-card input[name=reason]")
            person.write("so on paper")
            with person.page.expect_navigation():
                person.key("Enter")
    row = site.workspace.rows(Sheet).get(station=station)
    assert (row.state, row.step) == ("settled", "none")
    for person in people.values():
        person.close()


def test_what_is_typed_survives_a_reload_and_keeps_its_place(browser: Any, site: TestSite, base: str) -> None:
    """Typed values and the place come back; the server has none; another person in this tab sees nothing."""
    person = Person(browser, site, base, "clerk5", "id", PHONE)
    page = person.page
    person.open_desk()
    person.take(LOOKED_AT)
    shoot(page, "typing-phone")
    person.write("121")
    person.write("7")
    person.key("Enter")
    person.key("Enter")  # empty: asked for once more
    assert page.locator("#hint").text_content()
    person.key("Enter")
    person.write("?")
    place = person.focused()
    page.reload()
    assert person.focused() == place
    values = page.eval_on_selector_all("input[data-figure]", "all => all.slice(0, 4).map(one => one.value)")
    assert values == ["121", "7", "-", "?"]
    assert page.locator("section[data-page]:visible").count() == 1
    page.locator("section:visible button[data-turn='1']").click()
    assert person.focused() == "f_suara_1"
    page.locator("li:focus-within img.tall").evaluate("one => one.decode()")  # it has its height now
    beside = page.evaluate(
        "['#f_suara_1', 'li:focus-within img.tall']"
        ".map(one => document.querySelector(one).getBoundingClientRect().y)"
    )
    assert abs(beside[0] - beside[1]) < 24  # the digits stand at the top of a tall cut, and the keypad below
    shoot(page, "typing-phone-votes")
    _check(page)
    person.key("ArrowDown", "ArrowUp")
    assert person.focused() == "f_suara_1"
    with page.expect_navigation():
        page.locator("button[value=back]").click()
    page.context.add_cookies([{"name": "sirekap_session", "value": site.tokens["clerk4"], "url": base}])
    person.open_desk()
    person.take(LOOKED_AT)
    assert set(page.eval_on_selector_all("input[data-figure]", "all => all.map(one => one.value)")) == {""}
    with page.expect_navigation():
        page.locator("button[value=back]").click()
    person.close()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_faults_and_refusals_are_accessible(
    browser: Any, site: TestSite, base: str, language: str, size: Any
) -> None:
    """Typing, faults beside their fields, and what is told afterwards pass axe and fit a phone."""
    person = Person(browser, site, base, "clerk2", language, size)
    person.open_desk()
    person.take(LOOKED_AT)
    page = person.page
    shoot(page, f"typing-{language}-{size['width']}")
    page.evaluate("document.getElementById('entry').requestSubmit(document.querySelector('[value=enter]'))")
    page.wait_for_selector("[aria-invalid]")
    _check(page)
    shoot(page, f"faults-{language}-{size['width']}")
    page.locator("button[value=back]").click()
    page.wait_for_url("**/?done=back")
    page.locator("summary").click()
    _check(page)
    shoot(page, f"filters-{language}-{size['width']}-full")
    person.close()


def test_a_sheet_is_typed_without_scripts(browser: Any, site: TestSite, base: str) -> None:
    """Tab leads from figure to figure, and the button sends."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    context.add_cookies([{"name": "sirekap_session", "value": site.tokens["clerk3"], "url": base}])
    page = context.new_page()
    page.goto(f"{base}/app/meja/")
    page.locator(f"form:has(input[value='{LOOKED_AT}']) button[value=take]").click()
    for name, value in PAPER.items():
        if page.locator("a:focus").count():  # a page's photograph
            page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("name") == f"f_{name}"
        page.keyboard.type("-" if value is None else str(value))
        page.keyboard.press("Tab")
    page.locator("button[value=enter]").click()
    assert page.locator("#done").get_attribute("data-done") == "kept"
    context.close()


def test_a_sheet_that_was_read_anew_is_told_accessibly(
    browser: Any, site: TestSite, base: str, tmp_path: Path
) -> None:
    """The page that says so passes axe in both languages, and its button hands the sheet back."""
    person = Person(browser, site, base, "clerk4", "id", PHONE)
    person.open_desk()
    person.take(LOOKED_AT)
    add_sheet(site, tmp_path, LOOKED_AT, doubtful(suara_sah=197))
    for language in ("id", "en"):
        person.page.goto(f"{base}/app/meja/lembar/?lang={language}")
        _check(person.page)
        shoot(person.page, f"moved-{language}")
    person.page.locator("button[value=back]").click()
    person.page.wait_for_url("**/?done=back")
    person.close()
