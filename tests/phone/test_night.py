"""Photographs without a network, a phone switched off, a server that is killed: each arrives once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from sirekap.store.models import Delivery
from sirekap.store.setup import open_workspace
from tests.phone.evening import CHROMIUM, FLAGS, PHONE, STATION, Server, aside, log_in, sheet_of, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


def phone(chromium: Any, folder: Path) -> Any:
    """A browser whose store lasts, as a phone's does."""
    return chromium.launch_persistent_context(str(folder), executable_path=CHROMIUM, args=FLAGS, **PHONE)


def take(page: Any, server: Server, contest: str, number: int, photo: bytes) -> None:
    """Give the app one photograph as its camera button does, and keep it."""
    page.goto(f"{server.address}/app/#/tps/{STATION}/{contest}/foto/{number}")
    page.get_by_role("heading", name=f"Halaman {number} dari").wait_for()
    page.locator("#berkas").set_input_files(
        {"name": f"{contest}-{number}.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    page.locator(".verdict").wait_for()
    doubtful = "meragukan" in page.locator(".verdict").inner_text()
    for _ in range(1 + doubtful):
        page.locator("#simpan").tap()
    page.locator(".verdict").wait_for(state="detached")


def slow_network(context: Any, page: Any) -> None:
    """A chunk takes about a second, as in a village."""
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    limits = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 400_000}
    network.send("Network.emulateNetworkConditions", limits)


def deliveries(folder: Path) -> list[tuple[str, int, str]]:
    """Contest, page and hash of all that was delivered."""
    return list(open_workspace(folder).rows(Delivery).values_list("contest_id", "page", "sha256"))


def waiting(page: Any) -> int:
    """How many photographs the phone has not got a receipt for."""
    return int(
        page.evaluate(
            "SirekapSending.all('photos').then(list => list.filter(photo => photo.state !== 'delivered').length)"
        )
    )


def test_six_photographs_of_a_night_without_network_are_each_delivered_once(
    chromium: Any, server: Server, tmp_path: Path
) -> None:
    """Network off, six photographs, the phone restarted, network on, the server killed amid a chunk."""
    context = phone(chromium, tmp_path / "phone")
    page = context.new_page()
    log_in(page, server, "kpps-1")
    until(page, "navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    photos = [("ppwp", k, data) for k, data in enumerate(sheet_of("ppwp").photos, 1)]
    photos += [("pkwkp", k, data) for k, data in enumerate(sheet_of("pkwkp").photos, 1)]
    for contest, number, data in photos:
        take(page, server, contest, number, data)
    assert waiting(page) == 6
    context.close()  # the phone is switched off

    context = phone(chromium, tmp_path / "phone")
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{server.address}/app/#/kirim")
    page.get_by_text("6 menunggu dikirim").first.wait_for()

    slow_network(context, page)
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(page, "SirekapSending.all('photos').then(list => list.some(photo => photo.offset > 0))")
    page.wait_for_timeout(300)  # the next chunk is on its way
    server.kill()
    assert aside(deliveries, server.folder) == [], (
        "the server was to be killed before the first photograph was whole"
    )
    server.start()
    deadline = time.monotonic() + 150
    while waiting(page) and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    assert waiting(page) == 0
    rows = aside(deliveries, server.folder)
    assert sorted((contest, page) for contest, page, _ in rows) == [
        (c, n) for c in ("pkwkp", "ppwp") for n in (1, 2, 3)
    ]
    assert len({sha for _, _, sha in rows}) == 6
    page.locator("summary").first.tap()
    page.get_by_text("Tanda tangan server cocok.").first.wait_for()
    context.close()
