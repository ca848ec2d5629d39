"""Whose sheet, whose phone: stations chosen by QR code, officers of an area, several accounts, a full store."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sirekap.store.accounts import find_account
from sirekap.store.loading import now
from sirekap.store.models import Delivery
from sirekap.store.sessions import _open
from sirekap.store.setup import open_workspace
from tests.phone.evening import (
    CHROMIUM,
    FLAGS,
    OFFICER,
    PHONE,
    STATION,
    Server,
    aside,
    free_port,
    log_in,
    make_workspace,
    sheet_of,
    until,
)

zxingcpp = pytest.importorskip("zxingcpp")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
SECOND, THIRD = "3173011001002", "3173011001003"
PEOPLE = (
    f"kpps,{STATION},,,{OFFICER}\nkpps,{SECOND},,,kpps-2\npps,3173011001,,,pps-1\nppk,317301,,,ppk-1\n"
    f"saksi,{STATION},900001,,saksi-2\nsaksi,{SECOND},900001,,saksi-2\n"
)
# Debian's Chromium reads no QR codes; phones do. This one asks a real reader about the very picture.
DETECTOR = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code']; }
  async detect(source) {
    const canvas = document.createElement('canvas');
    canvas.width = source.videoWidth || source.naturalWidth;
    canvas.height = source.videoHeight || source.naturalHeight;
    if (!canvas.width) return [];
    canvas.getContext('2d').drawImage(source, 0, 0);
    return (await window.readCodes(canvas.toDataURL('image/jpeg', 0.9))).map((rawValue) => ({ rawValue }));
  }
};"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with officers of two stations, of a village and a district, and a witness of two stations."""
    made = Server(aside(make_workspace, tmp_path_factory.mktemp("area"), PEOPLE).path, free_port(), reads=False)
    made.start()
    yield made
    made.kill()


def read_codes(address: str) -> list[str]:
    """The texts of the QR codes in a picture that a page sends as a data address."""
    data = np.frombuffer(base64.b64decode(address.partition(",")[2]), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def phone_of(browser: Any, scans: bool = True, **more: Any) -> Any:
    """A phone of its own, whose browser reads QR codes."""
    context = browser.new_context(**PHONE, **more)
    if scans:
        context.expose_function("readCodes", read_codes)
        context.add_init_script(DETECTOR)
    return context


def session_of(folder: Path, login: str) -> str:
    """The token of a session in which a second factor was shown."""
    workspace = open_workspace(folder)
    return _open(workspace, find_account(workspace, login), "tes", now(), two_factors=True).token


def enter(context: Any, server: Server, login: str) -> Any:
    """A page of somebody above the station, logged in with both factors."""
    token = aside(session_of, server.folder, login)
    context.add_cookies([{"name": "sirekap_session", "value": token, "url": server.address}])
    page = context.new_page()
    page.goto(f"{server.address}/app/")
    page.locator("#kode, a.card").first.wait_for()
    return page


def take(page: Any, server: Server, path: str, photo: bytes) -> None:
    """Give a photograph for the page that an address names, and wait for the verdict."""
    page.goto(f"{server.address}/app/#/tps/{path}")
    page.locator("#berkas").wait_for(state="attached")
    give(page, photo)


def give(page: Any, photo: bytes) -> None:
    """Choose a photograph as the camera button does."""
    page.locator("#berkas").set_input_files({"name": "f.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.locator(".verdict").wait_for()


def keep(page: Any) -> None:
    """Keep it, where it is doubtful at the second press."""
    for _ in range(1 + ("meragukan" in page.locator(".verdict").inner_text())):
        page.locator("#simpan").tap()
    page.locator(".verdict").wait_for(state="detached")


def sent(page: Any) -> None:
    """Wait until the server has all of this account's photographs."""
    mine = "SirekapSending.meta('login').then(login => SirekapSending.all('photos')"
    until(page, f"{mine}.then(l => l.filter(p => p.account === login).every(p => p.state === 'delivered')))")


def deliveries(folder: Path) -> list[tuple[str, str, int, str]]:
    """Account, station, page and source of all that was delivered."""
    rows = open_workspace(folder).rows(Delivery).order_by("id")
    return list(rows.values_list("account__login", "station", "page", "source"))


def test_sheet_of_another_station_is_named_before_anything_is_sent(browser: Any, shared: Server) -> None:
    """An officer of one station cannot keep it; nothing of it leaves the phone."""
    context = phone_of(browser)
    page = context.new_page()
    log_in(page, shared, OFFICER)
    foreign = sheet_of("ppwp", station=SECOND, with_qr=True).photos[0]
    take(page, shared, f"{STATION}/ppwp/foto/1", foreign)
    assert page.locator(".verdict").inner_text() == "Foto ini harus diambil ulang"
    assert SECOND in page.locator(".remarks").inner_text()
    page.get_by_text("Akun Anda tidak mengirim untuk TPS itu").wait_for()
    assert page.locator("#simpan, #pindah").count() == 0
    assert page.evaluate("SirekapSending.all('photos').then(list => list.length)") == 0
    page.locator("#ulang").tap()
    page.locator("#berkas").wait_for(state="attached")
    give(page, sheet_of("ppwp", with_qr=True).photos[0])
    keep(page)
    sent(page)
    assert (OFFICER, STATION, 1, "officer") in aside(deliveries, shared.folder)
    context.close()


def test_witness_of_two_stations_sends_each_sheet_for_its_own(browser: Any, shared: Server) -> None:
    """Both stations are listed; a sheet of the other one is used there by one press, with its page."""
    context = phone_of(browser)
    page = context.new_page()
    log_in(page, shared, "saksi-2")
    assert page.locator("a.card").count() == 2 and page.locator("#kode").count() == 1
    other = sheet_of("ppwp", station=SECOND, with_qr=True).photos[1]
    take(page, shared, f"{STATION}/ppwp/foto/1", other)
    assert "TPS 002" in page.locator(".remarks").inner_text()
    move = page.locator("#pindah")
    assert "TPS 002" in move.inner_text() and "Halaman 2 dari 3" in move.inner_text()
    move.tap()
    page.get_by_role("heading", name="Halaman 2 dari 3").wait_for()
    assert page.locator("#pindah").count() == 0 and page.locator(".kicker a").get_attribute("href").count(SECOND)
    keep(page)
    sent(page)
    assert [row for row in aside(deliveries, shared.folder) if row[0] == "saksi-2"] == [
        ("saksi-2", SECOND, 2, "copy")
    ]
    context.close()


def test_photograph_of_another_page_is_used_for_that_page(browser: Any, shared: Server) -> None:
    """By the page's tag, where the browser reads no QR codes; the screen then goes on with what is missing."""
    context = phone_of(browser, scans=False)
    page = context.new_page()
    log_in(page, shared, "kpps-2")
    take(page, shared, f"{SECOND}/pkwkp/foto/1", sheet_of("pkwkp").photos[1])
    assert "halaman lain" in page.locator(".remarks").inner_text()
    page.locator("#pindah").tap()
    page.get_by_role("heading", name="Halaman 2 dari").wait_for()
    keep(page)
    page.get_by_role("heading", name="Halaman 1 dari").wait_for()
    page.locator("#berkas").wait_for(state="attached")
    sent(page)
    assert ("kpps-2", SECOND, 2, "officer") in aside(deliveries, shared.folder)
    context.close()


@pytest.mark.parametrize("login", ["pps-1", "ppk-1"])
def test_officer_of_an_area_sends_for_a_station_of_it(browser: Any, shared: Server, login: str) -> None:
    """By the station's code; a station outside is refused by name; figures stay with the station's officer."""
    context = phone_of(browser)
    page = enter(context, shared, login)
    page.locator("#kode").fill("3173021001001")
    page.locator("#cari button").first.tap()
    page.locator("#kode-salah", has_text="3173021001001").wait_for()
    page.locator("#kode").fill(THIRD)
    page.locator("#cari button").first.tap()
    page.get_by_role("heading", name="TPS 003").wait_for()
    page.get_by_role("link", name="Presiden").tap()
    page.get_by_text("Hanya KPPS TPS ini").wait_for()
    assert page.locator("#angka, #hasil").count() == 0
    number = 1 if login == "pps-1" else 2
    take(page, shared, f"{THIRD}/ppwp/foto/{number}", sheet_of("ppwp", station=THIRD).photos[number - 1])
    keep(page)
    sent(page)
    assert (login, THIRD, number, "officer") in aside(deliveries, shared.folder)
    page.goto(f"{shared.address}/app/#/")
    page.get_by_role("link", name="TPS 003").wait_for()
    context.close()


def test_camera_on_a_forms_code_opens_its_station_contest_and_page(
    chromium: Any, shared: Server, tmp_path: Path
) -> None:
    """Nothing is typed: the code names all three."""
    photo = sheet_of("ppwp", station=SECOND, with_qr=True).photos[2]
    picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    at = zxingcpp.read_barcodes(picture)[0].position
    x, y, side = at.top_left.x, at.top_left.y, at.bottom_right.x - at.top_left.x
    near = picture[max(0, y - side) : y + 2 * side, max(0, x - side) : x + 2 * side]  # held before the code
    film = tmp_path / "film.mjpeg"
    film.write_bytes(cv2.imencode(".jpg", cv2.resize(near, (960, 960)))[1].tobytes() * 3)
    more = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    opened = chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *more])
    context = phone_of(opened, permissions=["camera"])
    page = enter(context, shared, "pps-1")
    page.get_by_role("button", name="Pindai QR di formulir").tap()
    page.get_by_role("heading", name="Halaman 3 dari 3").wait_for()
    assert page.url.endswith(f"#/tps/{SECOND}/ppwp/foto/3")
    opened.close()


def log_out(page: Any, server: Server) -> None:
    """By the app's link and the server's button."""
    page.goto(f"{server.address}/app/#/")
    page.locator("#keluar").tap()
    page.wait_for_url("**/app/keluar")
    page.locator("main form button").tap()
    page.wait_for_url("**/app/masuk**")


def test_accounts_on_one_phone_see_and_send_only_their_own(browser: Any, server: Server, tmp_path: Path) -> None:
    """What waits outlives the log-out, is told without names, never goes out as another's, and goes out later."""
    people = f"kpps,{STATION},,,{OFFICER}\nkpps,{STATION},,,kpps-1b\n"
    server.kill()
    server.folder = aside(make_workspace, tmp_path / "two", people).path
    server.start()
    context = phone_of(browser, scans=False)
    page = context.new_page()
    log_in(page, server, OFFICER)
    until(page, "navigator.serviceWorker.controller !== null")
    page.route("**/api/v1/uploads/**", lambda route: route.abort())  # the network is too weak for photographs
    take(page, server, f"{STATION}/ppwp/foto/1", sheet_of("ppwp").photos[0])
    keep(page)
    log_out(page, server)
    page.goto(f"{server.address}/app/")
    page.get_by_text("1 foto atau konfirmasi dari akun lain menunggu").wait_for()
    assert OFFICER not in page.locator("body").inner_text()

    log_in(page, server, "kpps-1b")
    page.get_by_text("1 foto atau konfirmasi dari akun lain menunggu").wait_for()
    page.goto(f"{server.address}/app/#/kirim")
    page.get_by_text("Belum ada foto di ponsel ini.").wait_for()
    page.unroute("**/api/v1/uploads/**")
    take(page, server, f"{STATION}/ppwp/foto/2", sheet_of("ppwp").photos[1])
    keep(page)
    sent(page)
    # As if the log-in had not been noticed yet, such as by a service worker that wakes just then.
    page.evaluate(
        f"SirekapSending.keep('login', '{OFFICER}').then(SirekapSending.hurry).then(SirekapSending.run)"
    )
    assert [row[0] for row in aside(deliveries, server.folder)] == ["kpps-1b"]
    left = "SirekapSending.all('photos').then(list => list.filter(photo => photo.state === 'waiting').length)"
    assert page.evaluate(left) == 1
    log_out(page, server)

    log_in(page, server, OFFICER)
    sent(page)
    assert aside(deliveries, server.folder) == [
        ("kpps-1b", STATION, 2, "officer"), (OFFICER, STATION, 1, "officer"),
    ]  # fmt: skip
    page.goto(f"{server.address}/app/#/kirim")
    page.locator("summary").first.wait_for()
    assert page.locator("summary").count() == 1
    context.close()


FILL = """async () => {
  for (const size of [50000, 5000, 500, 50]) {
    for (let k = 0; k < 200; k += 1) {
      try {
        await SirekapSending.put('drafts', { key: `isi ${size} ${k}`, figures: {},
          more: crypto.getRandomValues(new Uint8Array(size)) });
      } catch (error) {
        if (error.name !== 'QuotaExceededError') throw error;
        break;
      }
    }
  }
}"""


def quota(context: Any, page: Any, server: Server, size: int | None) -> None:
    """Give the app's store so many bytes; None as many as the disk has."""
    wanted = {"origin": server.address, **({} if size is None else {"quotaSize": size})}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", wanted)


def test_full_store_says_what_to_do_and_loses_nothing(chromium: Any, server: Server) -> None:
    """The photograph stays on the screen, can be saved as a file, and is kept once there is room; figures too."""
    opened = chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-features=StaticStorageQuota"])
    context = phone_of(opened, scans=False, accept_downloads=True)
    page = context.new_page()
    quota(context, page, server, 2_000_000)  # a store looks at its limit before it first writes
    log_in(page, server, OFFICER)
    until(page, "navigator.serviceWorker.controller !== null")
    photo = sheet_of("pkwkp").photos[0]
    page.goto(f"{server.address}/app/#/tps/{STATION}/pkwkp/foto/1")
    page.locator("#berkas").wait_for(state="attached")
    page.evaluate(FILL)
    give(page, photo)
    for _ in range(1 + ("meragukan" in page.locator(".verdict").inner_text())):
        page.locator("#simpan").tap()
    page.locator("#simpan-lagi").wait_for()
    told = page.locator("main").inner_text()
    assert "penuh" in told and "Jangan tutup" in told and "Hapus" in told.title()
    assert page.evaluate("SirekapSending.all('photos').then(list => list.length)") == 0
    with page.expect_download() as saved:
        page.locator("#unduh").tap()
    stripped = saved.value.path().read_bytes()
    assert cv2.imdecode(np.frombuffer(stripped, np.uint8), cv2.IMREAD_COLOR) is not None
    assert saved.value.suggested_filename == f"sirekap-{STATION}-pkwkp-1.jpg"
    page.locator("#simpan-lagi").tap()
    page.locator("#kabar", has_text="Masih penuh").wait_for(state="attached")
    assert page.locator("img.taken").count() == 1
    quota(context, page, server, 4_000_000)
    page.locator("#simpan-lagi").tap()
    page.get_by_role("heading", name="Halaman 2 dari").wait_for()
    sent(page)
    assert [row[1:3] for row in aside(deliveries, server.folder)] == [(STATION, 1)]

    page.goto(f"{server.address}/app/#/tps/{STATION}/pkwkp/angka")
    page.locator("#konfirmasi").wait_for()
    for name, value in sheet_of("pkwkp").truth.items():
        page.locator(f"#f-{name}").fill(str(value or 0))
    page.evaluate(FILL)
    page.locator("#konfirmasi").tap()
    page.locator("main [role=alert]", has_text="penuh").wait_for()
    name, value = next((n, v) for n, v in sheet_of("pkwkp").truth.items() if v)
    assert page.locator(f"#f-{name}").input_value() == str(value)
    quota(context, page, server, None)
    page.locator("#konfirmasi").tap()
    page.locator("#serahkan").wait_for()
    opened.close()
