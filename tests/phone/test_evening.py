"""A station's whole evening on a phone of 360 × 740: log in, photograph, confirm, correct, hand over, check."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sirekap.store.setup import open_workspace
from sirekap.store.standing import confirmations_of
from tests.phone.evening import (
    CHROMIUM,
    CONTESTS,
    OFFICER,
    PHONE,
    STATION,
    Server,
    aside,
    blurred,
    free_port,
    log_in,
    make_workspace,
    sheet_of,
    until,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
READ_WITHIN = 240  # seconds for ten photographs on a busy machine


@pytest.fixture
def reading_server(tmp_path: Path) -> Iterator[Server]:
    """A server that also reads what is delivered."""
    made = Server(aside(make_workspace, tmp_path).path, free_port(), reads=True)
    made.start()
    yield made
    made.kill()


class Evening:
    """One officer's phone."""

    def __init__(self, page: Any, server: Server) -> None:
        """Note whatever goes wrong in the page."""
        self.page, self.server = page, server
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def go(self, path: str) -> None:
        """Open a screen of the app."""
        self.page.goto(f"{self.server.address}/app/#/tps/{STATION}/{path}")

    def give(self, photo: bytes) -> str:
        """Take a photograph; the verdict in words."""
        self.page.locator("#berkas").set_input_files(
            {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        self.page.locator(".verdict").wait_for()
        return str(self.page.locator(".verdict").inner_text())

    def keep(self) -> None:
        """Keep the photograph, where it is doubtful at the second press."""
        doubtful = "meragukan" in self.page.locator(".verdict").inner_text()
        for _ in range(1 + doubtful):
            self.page.locator("#simpan").tap()
        self.page.locator(".verdict").wait_for(state="detached")

    def capture(self, contest: str) -> None:
        """All pages of a contest, one after the other as the app asks for them."""
        self.go(contest)
        self.page.locator("#ambil-1").tap()
        for number, photo in enumerate(sheet_of(contest).photos, 1):
            self.page.get_by_role("heading", name=f"Halaman {number} dari").wait_for()
            self.give(photo)
            self.keep()
        self.page.get_by_role("heading", name="1. Foto setiap halaman").wait_for()

    def until_read(self, contest: str) -> None:
        """Wait for the reading of a whole sheet, and open its figures."""
        whole = "sheet.version && !sheet.pages_missing.length && !sheet.pending"
        call = f"SirekapSending.ask('GET', '/sheets/{contest}/{STATION}').then(sheet => {whole})"
        deadline = time.monotonic() + READ_WITHIN
        while not self.page.evaluate(call):
            assert time.monotonic() < deadline, f"{contest} was not read within {READ_WITHIN} seconds"
            self.page.wait_for_timeout(1000)
        self.go(f"{contest}/angka")
        self.page.locator("#konfirmasi").wait_for()

    def check_figures(self, contest: str, instead: dict[str, int] | None = None) -> int:
        """Confirm or correct every figure by keyboard, by what stands on the paper; how many were proposed."""
        truth, proposed = {**sheet_of(contest).truth, **(instead or {})}, 0
        for name, value in truth.items():
            row = self.page.locator(f"#r-{name}")
            field = row.locator("input")
            told = row.locator(".proposal").inner_text()
            if value is None:
                row.get_by_role("button", name="Kosong").tap()
            elif told.startswith(f"Terbaca: {value}"):
                proposed += 1
                field.press("Enter")
            else:
                field.fill(str(value))
                field.press("Enter")
            assert row.get_attribute("class") in ("done", "done changed"), name
        return proposed

    def confirm(self) -> None:
        """Send, and insist on what differs from a certain reading."""
        self.page.locator("#konfirmasi").tap()
        self.page.locator("#serahkan, #kirim-lagi").first.wait_for()
        self.page.wait_for_timeout(500)
        if self.page.locator("#kirim-lagi").count():
            for choice in self.page.locator("input[value=mine]").all():
                choice.check()
            self.page.locator("#kirim-lagi").tap()
        self.page.get_by_text("Konfirmasi diterima server.").first.wait_for()


def test_a_stations_whole_evening(browser: Any, reading_server: Server) -> None:
    """Three contests from log-in to a witness's phone that checks the result without a network."""
    context = browser.new_context(**PHONE)
    evening = Evening(context.new_page(), reading_server)
    page = evening.page
    log_in(page, reading_server, OFFICER)
    assert page.get_by_role("heading", level=1).inner_text().startswith("TPS 001")

    evening.go("ppwp/foto/1")
    page.locator("#berkas").wait_for(state="attached")
    assert evening.give(blurred(sheet_of("ppwp").photos[0])) == "Foto ini harus diambil ulang"
    assert page.locator("#simpan").count() == 0
    page.locator("#ulang").tap()
    assert evening.give(sheet_of("ppwp").photos[1]) == "Foto ini harus diambil ulang"
    assert "halaman lain" in page.locator(".remarks").inner_text()
    for contest in CONTESTS:
        evening.capture(contest)

    corrected = {"suara_tidak_sah": (sheet_of("ppwp").truth["suara_tidak_sah"] or 0) + 1}
    for contest in CONTESTS:
        evening.until_read(contest)
        proposed = evening.check_figures(contest, corrected if contest == "ppwp" else None)
        assert proposed >= 0.7 * len(sheet_of(contest).truth)
        if contest == "ppwp":
            page.get_by_text("hitungan tidak cocok").first.wait_for()
        evening.confirm()
    kept = aside(confirmed, reading_server.folder)
    assert kept["ppwp"]["suara_tidak_sah"] == corrected["suara_tidak_sah"]
    assert kept["pdpd"] == dict(sheet_of("pdpd").truth)

    witness = browser.new_context(**PHONE)
    theirs = witness.new_page()
    theirs.goto(f"{reading_server.address}/app/periksa")
    until(theirs, "navigator.serviceWorker.controller !== null")
    until(theirs, "SirekapSending.meta('keys').then(Boolean)")
    until(theirs, "SirekapSending.meta('forms').then(Boolean)")
    witness.set_offline(True)
    context.set_offline(True)
    for contest in CONTESTS:
        evening.go(f"{contest}/hasil")
        page.locator(".qr svg").wait_for()
        link = page.locator("#tautan").input_value()
        theirs.goto(link)
        theirs.reload()
        assert theirs.locator(".verdict").inner_text() == "ASLI"
        shown = theirs.locator("#hasil-periksa").inner_text()
        assert STATION in shown and CONTESTS[contest] in shown
        assert "Hitungan formulir cocok: " + ("tidak" if contest == "ppwp" else "ya") in shown
    changed = link[:-12] + ("A" if link[-12] != "A" else "B") + link[-11:]
    theirs.goto(changed)
    theirs.reload()
    assert theirs.locator(".verdict").inner_text() == "TIDAK SAH"
    assert evening.wrong == []
    witness.close()
    context.close()


def confirmed(folder: Path) -> dict[str, dict[str, int | None]]:
    """The values that officers confirmed, by contest."""
    workspace = open_workspace(folder)
    found = {contest: confirmations_of(workspace, contest, STATION)[STATION] for contest in CONTESTS}
    return {contest: dict(item.figures) for contest, item in found.items()}
