"""A whole small election through the API and the browser, every sum of it computed a second time, naively."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import sign_certificate
from sirekap.record.certificate_reading import read_certificate
from sirekap.store.plenary_papers import trust
from sirekap.verify.certificates import CertificateReport, check_certificate
from tests.drawing.officers import NEEDS_TOKEN, authority, officer, on_token
from tests.example import consistent
from tests.web import test_screens as screens
from tests.web.site import TestSite
from tests.web.test_desk_screens import shoot
from tests.web.whole_election import (
    CLERKS,
    CONTESTS,
    DOUBTFUL,
    PANELS,
    WITNESS,
    Election,
    make_election,
)
from tests.web.whole_truth import DISTRICTS, NATION, PROVINCE, REGENCIES, STATIONS, UNITS, paper

# The same server as for the other pages.
base, beside_a_loop = screens.base, screens.beside_a_loop
pytestmark = screens.pytestmark
Page = Any

FIRST, SECOND, THIRD, _ = DISTRICTS
REGENCY = REGENCIES[0]
CORRECTED, TYPED = STATIONS[0], STATIONS[1]  # both of the first district
LATE = next(station for station in STATIONS if station.startswith(SECOND))
AGAIN = STATIONS[13]  # of the third district, whose votes for president are cast again
GONE = next(station for station in STATIONS if station.startswith(THIRD))
WIDE, PROJECTOR, PHONE = (
    {"width": 1280, "height": 800},
    {"width": 1920, "height": 1080},
    {"width": 360, "height": 740},
)


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    """Loaded, with every account activated; no photograph yet."""
    return make_election(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def site(election: Election) -> TestSite:
    """What the server of the other pages' tests serves."""
    election.workspace.public.mkdir(exist_ok=True)
    (election.workspace.public / "index.html").write_text("<!doctype html><html lang=id><title>x</title>")
    return TestSite(election.workspace, election.app, {}, {})


def test_a_whole_small_election(election: Election, base: str, tmp_path: Path) -> None:
    """From photographs to the nation's certificates; at every step each sum of each tier and version is the
    papers'.
    """
    sheets_come_in(election)
    a_sheet_is_typed_by_three_people(election)
    for contest in CONTESTS:
        election.compare_all(contest)
    the_first_district_sits(election, base)
    three_keys_sign(election, tmp_path)
    the_other_districts_sit(election)
    a_district_is_reopened_for_a_late_sheet(election)
    a_station_votes_again(election)
    for contest in CONTESTS:
        for unit in (*REGENCIES, PROVINCE, NATION):
            if (contest, unit) not in election.truth.closed:
                election.hold(contest, unit)
    papers_at_four_tiers_are_those_of_the_data(election, tmp_path)


def sheets_come_in(election: Election) -> None:
    """72 sheets but two: one never comes, one comes late; the reader is not sure of one."""
    for contest in CONTESTS:
        for station in STATIONS:
            if (contest, station) in (("ppwp", LATE), ("pdpd", GONE)):
                continue
            values = paper(contest, station)
            doubtful = {"suara_2": DOUBTFUL} if (contest, station) == ("ppwp", TYPED) else {}
            election.send(contest, station, {**values, **doubtful})
    election.read()
    for contest in CONTESTS:
        for station in STATIONS:
            if (contest, station) not in (("ppwp", LATE), ("pdpd", GONE), ("ppwp", TYPED)):
                election.confirm(contest, station, paper(contest, station))


def a_sheet_is_typed_by_three_people(election: Election) -> None:
    """Two type blind and differ, a third decides: it counts from then on."""
    values = paper("ppwp", TYPED)
    assert TYPED not in election.truth.parts("ppwp", FIRST)
    wrong = {**values, "suara_2": (values["suara_2"] or 0) + 1}
    first, second, third = CLERKS
    assert election.type_sheet(first, "ppwp", TYPED, wrong) == "kept"
    assert election.type_sheet(second, "ppwp", TYPED, values) == "differs"
    assert election.type_sheet(third, "ppwp", TYPED, values, "Angka kedua adalah 2") == "decided"
    election.truth.papers["ppwp", TYPED] = values


def the_first_district_sits(election: Election, base: str) -> None:
    """A witness objects and the panel corrects, in a browser; it closes once the objection is answered."""
    election.act("ppwp", FIRST, "open")
    for role, whom in (("Ketua PPK", ""), ("Anggota PPK 1", ""), ("Saksi", "Pasangan calon 2")):
        election.act("ppwp", FIRST, "attend", role=role, stands_for=whom, signing="signs")
    # Signing and checking signatures need an event loop of their own: this browser is gone by then.
    with screens.playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        a_witness_objects(election, chromium, base)
        the_panel_corrects(election, chromium, base)
        chromium.close()
    election.read_out("ppwp", FIRST)
    assert election.refused("ppwp", FIRST, "close") == ("blocked", "objections: 1")
    election.act("ppwp", FIRST, "answer", number=1, text="Dicocokkan dengan C.HASIL: saksi benar")
    election.close("ppwp", FIRST)
    for contest in CONTESTS[1:]:
        election.hold(contest, FIRST)


def opened(election: Election, browser: Any, base: str, login: str, size: Any) -> Page:
    """A browser in which somebody is logged in."""
    context = browser.new_context(viewport=size)
    token = election.clients[login].cookies["sirekap_session"]
    context.add_cookies([{"name": "sirekap_session", "value": token, "url": base}])
    return context.new_page()


def a_witness_objects(election: Election, browser: Any, base: str) -> None:
    """On the working page, about a station, with a file."""
    page = opened(election, browser, base, WITNESS, PHONE)
    page.goto(f"{base}/app/pleno/{FIRST}/ppwp/?lang=id")
    page.locator("summary", has_text="Catat keberatan").click()
    page.select_option("#o-part", CORRECTED)
    page.fill("#o-text", "Suara pasangan calon 2 di TPS 001 tertukar")
    page.set_input_files(
        "#o-files", {"name": "salinan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    page.locator("[data-status]", has_text="salinan.pdf terkirim").wait_for()
    page.locator("form:has(input[value=object]) button").click()
    page.wait_for_url("**/#keberatan")
    shoot(page, "objection-phone-full")
    filed = election.see("ppwp", FIRST)["objections"]
    assert [(one["by"], one["part"], one["open"]) for one in filed] == [
        ("Saksi nomor urut 2 (DUA)", CORRECTED, True)
    ]
    name, digest = filed[0]["files"][0]["name"], filed[0]["files"][0]["sha256"]
    got = election.panel(FIRST).get(f"/api/v1/plenaries/ppwp/{FIRST}/files/{digest}")
    assert (name, got.body) == ("salinan.pdf", b"%PDF-1.7 x")
    page.context.close()


def the_panel_corrects(election: Election, browser: Any, base: str) -> None:
    """On the projector: a figure with reason and minutes, then the station is read out."""
    page = opened(election, browser, base, PANELS[FIRST], PROJECTOR)
    page.goto(f"{base}/app/pleno/{FIRST}/ppwp/bagian/{CORRECTED}/?lang=id")
    page.locator("tr#suara_2 a", has_text="Betulkan").click()
    for selector, text in {"#c-after": "102", "#c-reason": "Tertukar saat disalin", "#c-minutes": "BA 4"}.items():
        page.fill(selector, text)
    page.locator("button", has_text="Catat pembetulan").click()
    page.locator("tr#suara_2.corrected").wait_for()
    shoot(page, "projector-corrected-full")
    before = paper("ppwp", CORRECTED)["suara_2"] or 0
    election.truth.correct("ppwp", FIRST, CORRECTED, "suara_2", 102 - before)
    election.see("ppwp", FIRST)
    page.locator("button", has_text="Telah dibacakan").first.click()
    page.wait_for_url(f"**/bagian/{STATIONS[1]}/")
    page.set_viewport_size(WIDE)
    page.goto(f"{base}/app/pleno/{FIRST}/ppwp/")
    shoot(page, "working-full")
    page.context.close()


def three_keys_sign(election: Election, folder: Path) -> None:
    """The chair and the witness from PKCS#12, a member from a token: each fetches, signs and brings it back."""
    trust(election.workspace, authority().certificate, "authority.pem")
    data = election.data("ppwp", FIRST, 1)
    places = signing_places(read_certificate(data, "data"))
    assert [place.person.role for place in places] == ["Ketua PPK", "Anggota PPK 1", "Saksi"]
    with ExitStack() as held:
        member = (
            held.enter_context(on_token(folder, "Anggota PPK 1")) if has_token() else officer("Anggota PPK 1")
        )
        keys = (officer("Ketua PPK"), member, officer("Saksi"))
        for number, (login, key, place) in enumerate(
            zip((PANELS[FIRST], CLERKS[0], WITNESS), keys, places, strict=True), 1
        ):
            client = election.clients[login]
            where = f"{election.where('ppwp', FIRST, 1)}/certificate.pdf"
            signed = sign_certificate(client.get(where).body, key, place)
            answer = client.ask("PUT", where, signed, "application/octet-stream")
            assert answer.status == 200 and answer.json["number"] == number, answer.body
    pdf = election.paper("ppwp", FIRST, 1)
    report = checked(pdf, data)
    assert report.valid and report.complete and report.data_matches
    assert [signature.name for signature in report.signatures] == ["Ketua PPK", "Anggota PPK 1", "Saksi"]
    if shutil.which("pdfsig"):
        (folder / "signed.pdf").write_bytes(pdf)
        told = subprocess.run(["pdfsig", "-nocert", folder / "signed.pdf"], capture_output=True, text=True).stdout
        assert re.findall(r"Signature Validation: (.*)", told) == ["Signature is Valid."] * 3


def has_token() -> bool:
    """Whether SoftHSM is on this machine."""
    return not NEEDS_TOKEN.mark.args[0]


def checked(pdf: bytes, data: bytes) -> CertificateReport:
    """By our own verifier, with the authority of these tests as the only root."""
    return check_certificate(pdf, [authority().certificate], data)


def the_other_districts_sit(election: Election) -> None:
    """Two stations are missing: their districts open by a decision alone, and their certificates name them."""
    for contest in CONTESTS:
        for unit in DISTRICTS[1:]:
            decision = ""
            if (contest, unit) in (("ppwp", SECOND), ("pdpd", THIRD)):
                assert election.refused(contest, unit, "open")[0] == "invalid"
                decision = "Keputusan PPK 5/2024: satu TPS belum ada"
            election.hold(contest, unit, decision)


def a_district_is_reopened_for_a_late_sheet(election: Election) -> None:
    """It comes after its certificate: the regency is told, reopens the district, and counts its version 2."""
    election.send("ppwp", LATE, paper("ppwp", LATE))
    election.read()
    election.begin("ppwp", REGENCY)
    election.read_out("ppwp", REGENCY)
    election.confirm("ppwp", LATE, paper("ppwp", LATE))
    parts = {part["code"]: part for part in election.see("ppwp", REGENCY)["parts"]}
    assert (parts[SECOND]["late"], parts[FIRST]["late"]) == ([LATE], [])
    said = {"ground": "Lembar TPS menyusul; saran Bawaslu 12", "minutes": "BA 9"}
    assert election.refused("ppwp", SECOND, "reopen", **said)[0] == "forbidden"
    election.act("ppwp", SECOND, "reopen", by=PANELS[REGENCY], **said)
    assert election.refused("ppwp", REGENCY, "close") == ("blocked", f"missing: {SECOND}")
    election.read_out("ppwp", SECOND)
    election.close("ppwp", SECOND)
    assert election.refused("ppwp", REGENCY, "close") == ("blocked", f"unread: {SECOND}")
    election.read_out("ppwp", REGENCY)
    election.close("ppwp", REGENCY)


def a_station_votes_again(election: Election) -> None:
    """A rerun after its district closed: the regency cannot close until the new sheet stands in a version 2."""
    other = REGENCIES[1]
    election.begin("ppwp", other)
    election.read_out("ppwp", other)
    election.order_rerun("ppwp", AGAIN, PANELS[other], "pemungutan_ulang", "Saran Bawaslu 21: pemilih ganda")
    code, told = election.refused("ppwp", other, "close")
    assert code == "blocked" and f"changed: {THIRD} {AGAIN}" in told
    values = {**paper("ppwp", AGAIN), **consistent((60, 61, 62), women=70)}
    election.send("ppwp", AGAIN, values)
    election.read()
    election.confirm("ppwp", AGAIN, values)
    assert election.see("ppwp", other)["blocks"][0]["block"] == "changed"
    said = {"ground": "Pemungutan suara ulang", "minutes": "BA 11"}
    election.act("ppwp", THIRD, "reopen", by=PANELS[other], **said)
    election.read_out("ppwp", THIRD)
    election.close("ppwp", THIRD)
    election.read_out("ppwp", other)
    election.close("ppwp", other)


def papers_at_four_tiers_are_those_of_the_data(election: Election, folder: Path) -> None:
    """Each PDF carries the hash of its version's data; a closed plenary is not reopened under a closed one."""
    for unit in (SECOND, REGENCY, PROVINCE, NATION):
        version = len(election.truth.versions["ppwp", unit])
        data = election.data("ppwp", unit, version)
        report = checked(election.paper("ppwp", unit, version), data)
        assert report.data_matches and not report.signatures, unit
    said = {"ground": "x", "minutes": "x"}
    assert election.refused("ppwp", REGENCY, "reopen", by=PANELS[PROVINCE], **said)[0] == "above"
    closed = {(contest, unit) for contest in CONTESTS for unit in UNITS}
    assert election.truth.closed == closed
    assert sum(map(len, election.truth.versions.values())) == len(closed) + 2
