"""The app's screens against the real server: accessible, small, one sender, for officers and witnesses."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import cv2
import numpy as np
import pytest

from sirekap.forms import form_of
from sirekap.review.reruns import RerunKind
from sirekap.store.accounts import account_of
from sirekap.store.loading import now
from sirekap.store.models import Delivery
from sirekap.store.reruns import Order, store_rerun
from sirekap.store.setup import open_workspace
from sirekap.web import shell
from tests.phone.evening import (
    CHROMIUM,
    CONTESTS,
    FLAGS,
    OFFICER,
    PEOPLE,
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

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """[...document.querySelectorAll('a, button, textarea, summary, input:not(.away)')].filter(item => {
  const box = item.getBoundingClientRect();
  const label = item.type === 'radio' ? item.closest('label').getBoundingClientRect() : box;
  return box.width && (label.height < 44 || label.width < 44) && !item.classList.contains('skip');
}).map(item => item.outerHTML.slice(0, 100))"""
BASE = f"/app/#/tps/{STATION}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of this file; it reads nothing."""
    made = Server(aside(make_workspace, tmp_path_factory.mktemp("app")).path, free_port(), reads=False)
    made.start()
    yield made
    made.kill()


def give(page: Any, photo: bytes) -> None:
    """Choose a photograph as the camera button does, and wait for the verdict."""
    page.locator("#berkas").set_input_files({"name": "f.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.locator(".verdict").wait_for()


def faults(page: Any) -> list[str]:
    """What axe finds, what is too small for a thumb, and whether the screen is wider than the phone."""
    found = axe.Axe().run(page, options={"runOnly": RULES}).response["violations"]
    told = [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found]
    told += [f"too small: {item}" for item in page.evaluate(SMALL)]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return told + ([f"{wide} px wide"] if wide > 360 else [])


def test_no_screen_has_a_fault_that_axe_finds(browser: Any, shared: Server) -> None:
    """Every screen, in both languages where words are longest: AAA contrast, 44 px targets, 360 px wide."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{shared.address}/app/")
    page.get_by_role("link", name="Masuk").wait_for()
    assert faults(page) == [], "welcome"
    log_in(page, shared, OFFICER)
    for language in ("id", "en"):
        screens = {
            "start": ("/app/#/", "a.card"), "contest": (f"{BASE}/ppwp", "#ambil-1"),
            "camera": (f"{BASE}/ppwp/foto/1", "#berkas + label"),
            "figures": (f"{BASE}/ppwp/angka", "#konfirmasi"),
            "queue": ("/app/#/kirim", "h1"), "hand-over before": (f"{BASE}/pdpd/hasil", "h1"),
            "check": ("/app/periksa", "#teks"), "unknown": ("/app/#/tps/9999999999999/ppwp", "h1"),
        }  # fmt: skip
        for name, (path, there) in screens.items():
            page.goto(shared.address + path)
            page.locator(there).first.wait_for()
            assert faults(page) == [], f"{name}, {language}"
        page.goto(f"{shared.address}{BASE}/ppwp/foto/1")
        for photo in (blurred(sheet_of("ppwp").photos[0]), sheet_of("ppwp").photos[0]):
            page.locator("#berkas").wait_for(state="attached")
            give(page, photo)
            assert faults(page) == [], f"verdict, {language}"
            page.locator("#ulang").tap()
        page.locator("#kepala button").tap()
        page.locator("html[lang=en]" if language == "id" else "html[lang=id]").wait_for()
    page.goto(f"{shared.address}{BASE}/pkwkp/angka")
    page.locator("#konfirmasi").wait_for()
    for name, value in sheet_of("pkwkp").truth.items():
        page.locator(f"#f-{name}").fill(str(0 if name == "suara_sah" else value or 0))
    assert faults(page) == [], "sums that do not fit"
    page.locator("#konfirmasi").tap()
    page.locator("#serahkan").wait_for()
    assert faults(page) == [], "confirmed"
    page.goto(f"{shared.address}{BASE}/pkwkp/hasil")
    page.locator(".qr svg").wait_for()
    assert faults(page) == [], "hand-over"
    page.goto(page.locator("#tautan").input_value())
    page.locator(".verdict").wait_for()
    assert faults(page) == [], "checked"
    context.close()


def test_less_than_300_kilobytes_come_before_the_first_photograph(browser: Any, shared: Server) -> None:
    """All bodies of the first visit after the log-in, uncompressed; the worker asks for no body anew."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    page.goto("about:blank")
    fresh = browser.new_context(**PHONE, storage_state=context.storage_state())
    page = fresh.new_page()
    sizes: dict[str, int] = {}

    def count(response: Any) -> None:
        """Note how much came; 304 brings nothing."""
        if response.ok and response.request.redirected_to is None:
            sizes[response.url] = sizes.get(response.url, 0) + len(response.body())

    fresh.on("response", count)
    page.goto(f"{shared.address}{BASE}/ppwp/foto/1")
    page.locator("#berkas").wait_for(state="attached")
    until(page, "navigator.serviceWorker.controller !== null")
    page.wait_for_timeout(1000)
    assert any("/api/v1/work" in url for url in sizes)
    assert sum(sizes.values()) < 300_000, sorted(sizes.items(), key=lambda item: -item[1])[:8]
    context.close()
    fresh.close()


# The contests of a general election as far as there are forms.
GENERAL = {"ppwp": "C.HASIL-PPWP/2024", "pdpr": "C.HASIL-DPR/2024", "pdpd": "C.HASIL-DPD/2024"}


@pytest.mark.parametrize("login", [OFFICER, WITNESS])
def test_a_general_election_with_all_its_lists_stays_below_300_kilobytes_too(
    browser: Any, tmp_path: Path, login: str, request: pytest.FixtureRequest
) -> None:
    """As the network carries it, headers and the service worker's own fetches counted: 18 parties' candidates."""
    server = Server(aside(make_workspace, tmp_path, PEOPLE, GENERAL).path, free_port(), reads=False)
    request.addfinalizer(server.kill)
    server.start()
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, server, login)
    page.goto("about:blank")
    fresh = browser.new_context(**PHONE, storage_state=context.storage_state())
    page = fresh.new_page()
    carried: dict[str, int] = {}

    def count(request: Any) -> None:
        """What came over the network; nothing of what the browser had."""
        sizes = request.sizes()
        carried[request.url] = (
            carried.get(request.url, 0) + sizes["responseBodySize"] + sizes["responseHeadersSize"]
        )

    fresh.on("requestfinished", count)
    page.goto(f"{server.address}{BASE}/pdpr/foto/1")
    page.locator("#berkas").wait_for(state="attached")
    until(page, "navigator.serviceWorker.controller !== null")
    page.wait_for_timeout(1000)
    assert sum(carried.values()) < 150_000, sorted(carried.items(), key=lambda item: -item[1])[:8]
    work = next(size for url, size in carried.items() if "/api/v1/work" in url)
    whole = page.evaluate("SirekapSending.ask('GET', '/work').then(answer => JSON.stringify(answer).length)")
    assert work < 20_000 < 80_000 < whole, (work, whole)
    context.close()
    fresh.close()
    server.kill()


def test_two_tabs_deliver_a_photograph_once(browser: Any, shared: Server) -> None:
    """Both wake at once; one sends."""
    context = browser.new_context(**PHONE)
    first = context.new_page()
    log_in(first, shared, OFFICER)
    second = context.new_page()
    second.goto(f"{shared.address}/app/#/kirim")
    second.locator("h1").wait_for()
    context.set_offline(True)
    first.goto(f"{shared.address}{BASE}/pdpd/foto/1")
    first.locator("#berkas").wait_for(state="attached")
    give(first, sheet_of("pdpd").photos[0])
    first.locator("#simpan").tap()
    first.locator(".verdict").wait_for(state="detached")
    sent: list[str] = []
    context.on(
        "request", lambda r: sent.append(r.method) if r.method in ("PUT", "POST") and "/api/" in r.url else None
    )
    context.set_offline(False)
    for tab in (first, second):
        tab.evaluate("window.dispatchEvent(new Event('online'))")
    until(second, "SirekapSending.all('photos').then(list => list.every(photo => photo.state === 'delivered'))")
    second.wait_for_timeout(1000)
    chunks = -(-len(sheet_of("pdpd").photos[0]) // (256 * 1024))
    assert sent.count("POST") == 1 and sent.count("PUT") <= chunks
    context.close()


@pytest.fixture
def versions() -> Iterator[tuple[str, list[str]]]:
    """The shell alone, whose version a test can change: its address, and the version it gives out."""
    given = ["first"]

    class Shell(http.server.BaseHTTPRequestHandler):
        """The shell's files and no API."""

        def do_GET(self) -> None:
            """Answer as docs/capture.md says."""
            path = self.path.partition("?")[0]
            worker = shell.service_worker().replace(shell.version(), given[0]).encode()
            found = {
                "/app/": (shell.PAGE.read_bytes(), "text/html"), "/app/sw.js": (worker, "text/javascript"),
                "/app/forms.json": (shell.forms_document(), "application/json"),
            }.get(path) or shell.asset(path.removeprefix(shell.ADDRESS))  # fmt: skip
            self.send_response(200 if found else 503)
            self.send_header("Content-Type", found[1] if found else "text/plain")
            self.end_headers()
            self.wfile.write(found[0] if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shell) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", given
        server.shutdown()


def test_a_new_version_takes_over_without_losing_what_waits(
    browser: Any, versions: tuple[str, list[str]]
) -> None:
    """The worker of another version is offered, taken, and the photograph still waits; no API answer is kept."""
    address, given = versions
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{address}/app/")
    until(page, "navigator.serviceWorker.controller !== null")
    item = "{id: 'x', account: 'ketua', state: 'waiting', taken_at: 1, station: '', contest: ''}"
    page.evaluate(f"SirekapSending.put('photos', {item})")
    page.evaluate("document.body.setAttribute('data-old', '1')")
    given[0] = "second"
    page.evaluate("navigator.serviceWorker.getRegistration('/app/').then(r => r.update())")
    page.get_by_role("button", name="Pakai versi baru").tap()
    page.locator("body:not([data-old])").wait_for()
    page.get_by_role("link", name="Masuk").wait_for()
    assert page.evaluate("SirekapSending.get('photos', 'x').then(Boolean)")
    until(page, "caches.keys().then(names => names.join() === 'sirekap-shell-second')")
    kept = page.evaluate("caches.open('sirekap-shell-second').then(c => c.keys()).then(l => l.map(r => r.url))")
    assert len(kept) == len(shell.shell_files()) and not any("/api/" in url for url in kept)
    context.close()


def test_the_app_opens_while_the_server_is_down(chromium: Any, tmp_path: Path) -> None:
    """After one visit: stations, contests and the camera's screen; nothing of it needs the server."""
    server = Server(aside(make_workspace, tmp_path).path, free_port(), reads=False)
    server.start()
    context = chromium.launch_persistent_context(
        str(tmp_path / "p"), executable_path=CHROMIUM, args=FLAGS, **PHONE
    )
    page = context.new_page()
    log_in(page, server, OFFICER)
    until(page, "navigator.serviceWorker.controller !== null")
    server.kill()
    page.goto(f"{server.address}/app/")
    page.get_by_role("link", name="Presiden").tap()
    page.locator("#ambil-2").tap()
    page.get_by_role("heading", name="Halaman 2 dari 3").wait_for()
    context.close()


def test_a_witness_photographs_a_copy_as_a_second_source(browser: Any, shared: Server) -> None:
    """The form may be chosen, no figure is confirmed, and the delivery is a copy."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, WITNESS)
    page.goto(f"{shared.address}{BASE}/ppwp")
    page.get_by_text("sumber kedua").first.wait_for()
    assert page.locator("#angka").count() == 0
    page.get_by_label("C.HASIL-SALINAN-PPWP/2024").check()
    page.get_by_role("heading", name="Halaman 2 dari 2").wait_for()
    page.get_by_label("C.HASIL-PPWP/2024").check()
    page.locator("#ambil-1").tap()
    page.locator("#berkas").wait_for(state="attached")
    give(page, sheet_of("ppwp").photos[0])
    page.locator("#simpan").tap()
    until(page, "SirekapSending.all('photos').then(list => list.length && list.every(photo => photo.receipt))")
    assert ("copy", 1) in aside(sources, shared.folder)
    context.close()


def sources(folder: Path) -> list[tuple[str, int]]:
    """Source and page of all deliveries."""
    return list(open_workspace(folder).rows(Delivery).values_list("source", "page"))


def test_the_viewfinder_says_what_it_sees(chromium: Any, shared: Server, tmp_path: Path) -> None:
    """The wrong page by name, then the right one as good; the photograph of the camera button is kept."""
    picture = cv2.imdecode(np.frombuffer(sheet_of("ppwp").photos[1], np.uint8), cv2.IMREAD_COLOR)
    frame = cv2.imencode(".jpg", cv2.resize(picture, (1080, 1440)))[1].tobytes()
    film = tmp_path / "film.mjpeg"
    film.write_bytes(frame * 3)
    more = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    opened = chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *more])
    context = opened.new_context(**PHONE, permissions=["camera"])
    page = context.new_page()
    log_in(page, shared, OFFICER)
    page.goto(f"{shared.address}{BASE}/ppwp/foto/1")
    page.locator(".told", has_text="Ini halaman lain: C.HASIL-PPWP/2024 · Halaman 2 dari 3.").wait_for()
    page.goto(f"{shared.address}{BASE}/ppwp/foto/2")
    page.locator(".told", has_text="Bagus").wait_for()
    page.locator("#ambil").tap()
    page.locator(".verdict.good, .verdict.doubt").wait_for()
    opened.close()


KEYS = """new Promise((done) => {
  const asked = indexedDB.open('sirekap-keys', 1);
  asked.onsuccess = () => {
    const names = asked.result.objectStoreNames;
    if (!names.contains('keys')) { asked.result.close(); done(0); return; }
    const count = asked.result.transaction('keys').objectStore('keys').count();
    count.onsuccess = () => { asked.result.close(); done(count.result); };
  };
})"""


def test_logging_out_forgets_the_key_that_signs_results(browser: Any, shared: Server) -> None:
    """Without a network it is kept: the server would not hear of it, and results are handed over with it."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    page.goto(f"{shared.address}/app/#/")
    page.locator("#keluar").wait_for()
    until(page, f"{KEYS}.then((count) => count === 1)")
    context.set_offline(True)
    page.locator("#keluar").tap()
    assert page.evaluate(KEYS) == 1
    context.set_offline(False)
    page.locator("#keluar").tap()
    page.wait_for_url("**/app/keluar")
    assert page.evaluate(KEYS) == 0
    context.close()


def test_each_tickets_votes_carry_its_name(browser: Any, shared: Server) -> None:
    """The officer sees for whom a number is typed."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    page.goto(f"{shared.address}{BASE}/ppwp/angka")
    page.locator("#konfirmasi").wait_for()
    for number in (1, 2, 3):
        assert f"NAMA {number}" in page.locator(f"#r-suara_{number}").inner_text()
    context.close()


def ordered(folder: Path) -> None:
    """The station's votes of one contest are counted again."""
    workspace = open_workspace(folder)
    form = form_of(CONTESTS["pkwkp"])
    order = Order(uuid4(), "pkwkp", STATION, RerunKind.RECOUNT, "putusan", "KPU", 0)
    store_rerun(workspace, form, order, account_of(workspace, OFFICER), None, now())


TYPE_ALL = """() => document.querySelectorAll('.typed input').forEach((input) => {
  input.value = '0';
  for (const name of ['input', 'change']) input.dispatchEvent(new Event(name));
})"""


def test_after_a_rerun_the_app_asks_for_everything_anew(browser: Any, shared: Server) -> None:
    """What was typed and delivered before is shown no more; the confirmation says which rerun was known."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    page.goto(f"{shared.address}{BASE}/pkwkp/foto/1")
    page.locator("#berkas").wait_for(state="attached")
    give(page, sheet_of("pkwkp").photos[0])
    page.locator("#simpan").tap()
    until(page, "SirekapSending.all('photos').then(list => list.length && list.every(photo => photo.receipt))")
    page.goto(f"{shared.address}{BASE}/pkwkp/angka")
    page.locator("#f-suara_1").fill("31")
    aside(ordered, shared.folder)
    page.locator("#segarkan").tap()
    page.get_by_text("Penghitungan suara ulang").first.wait_for()
    assert page.locator("#f-suara_1").input_value() == ""
    page.goto(f"{shared.address}/app/")
    page.reload()
    until(
        page, "SirekapSending.all('meta').then(list => JSON.stringify(list).includes('Penghitungan suara ulang'))"
    )
    page.goto(f"{shared.address}{BASE}/pkwkp")
    page.get_by_text("foto lembar yang baru").first.wait_for()
    assert page.locator(".card.page .photo").count() == 0
    page.locator("#angka").tap()
    page.locator("#konfirmasi").wait_for()
    page.evaluate(TYPE_ALL)
    with page.expect_response("**/confirmation") as answered:
        page.locator("#konfirmasi").tap()
    assert answered.value.status == 201
    assert answered.value.request.post_data_json["rerun"] == 1
    context.close()
