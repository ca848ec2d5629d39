"""The download of a bundle: by whom, of what, and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow import evidence as flow
from sirekap.flow.capture import confirm
from sirekap.flow.evidence import write_evidence
from sirekap.flow.plenary import open_plenary
from sirekap.store.loading import now
from sirekap.web import evidence_api
from tests.example import consistent
from tests.web.conftest import PATIENT
from tests.web.desk_site import add_sheet, doubtful, make_desk, take
from tests.web.site import HOLDERS, OTHER, STATION, TestSite
from tests.web.test_sheet_page import signed

ADDRESS = f"/api/v1/evidence/ppwp/{STATION}"
MAY = ("ppk", "kpu_kabko", "kpu_prov", "kpu_ri", "bawaslu", "auditor")
UNITS = {"ppk": "317301", "bawaslu": "3173011001"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site with the settled sheet of one station, and its district's plenary open."""
    folder = tmp_path_factory.mktemp("evidence")
    made = make_desk(folder, PATIENT)
    add_sheet(made, folder, STATION)
    officer, panel = signed(made.workspace, "kpps-x"), signed(made.workspace, "ppk-x")
    confirm(made.workspace, officer, "ppwp", STATION, uuid4(), 1, consistent(), (), now())
    open_plenary(made.workspace, panel, "ppwp", "317301", uuid4(), "TPS lain belum masuk", now())
    return made


def test_officials_supervisors_and_auditors_get_what_the_command_makes(site: TestSite, tmp_path: Path) -> None:
    """The same bytes for each of them; KPPS, PPS, a witness, PPID and administrators get nothing."""
    write_evidence(site.workspace, STATION, tmp_path / "x.zip")
    expected = (tmp_path / "x.zip").read_bytes()
    for role in HOLDERS:
        answer = site.client(role).get(ADDRESS)
        if role not in MAY:
            assert (answer.status, answer.json["code"]) == (403, "forbidden"), role
            continue
        assert answer.status == 200 and answer.body == expected, role
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="bukti-ppwp-{STATION}.zip"'
        assert answer.headers["Content-Length"] == str(len(expected))
        assert answer.headers["Cache-Control"] == "no-store"
    assert site.client().get(ADDRESS).status == 401
    assert [path.name for path in site.workspace.path.iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.parametrize("role", UNITS)
def test_a_unit_s_bundle_is_for_who_may_have_all_of_it(role: str, site: TestSite) -> None:
    """Of the own unit; not of the unit above."""
    unit = UNITS[role]
    answer = site.client(role).get(f"/api/v1/evidence/ppwp/{unit}")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        head = json.loads(archive.read("manifest.json"))
    assert (head["code"], [row["station"] for row in head["stations"]]) == (unit, [STATION])
    assert site.client(role).get("/api/v1/evidence/ppwp/3173").status == 403


REFUSED = {
    "another contest": ("ppk", "/api/v1/evidence/pdpr/317301", 404, "unknown"),
    "no contest's name": ("ppk", "/api/v1/evidence/X%00/317301", 404, "unknown"),
    "no such station": ("ppk", f"/api/v1/evidence/ppwp/{STATION[:10]}009", 404, "unknown"),
    "no code": ("ppk", "/api/v1/evidence/ppwp/x", 404, "unknown"),
    "no code of a tier": ("ppk", "/api/v1/evidence/ppwp/31730", 404, "unknown"),
    "a station of which nothing came": ("ppk", f"/api/v1/evidence/ppwp/{OTHER}", 404, "nothing"),
}


@pytest.mark.parametrize(("role", "address", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_there_is_nothing_of_is_refused_in_words(
    role: str, address: str, status: int, code: str, site: TestSite
) -> None:
    answer = site.client(role).get(address)
    assert (answer.status, answer.json["code"]) == (status, code)


def test_a_bundle_too_large_for_a_browser_names_the_other_way(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is put together, and also where the disk has no room."""
    for name, value in (("MOST_BYTES", 10), ("RESERVE", 2**80)):
        with monkeypatch.context() as patch:
            patch.setattr(flow, name, value)
            answer = site.client("ppk").get(f"{ADDRESS}?lang=en")
        assert (answer.status, answer.json["code"]) == (413, "bundle")
        assert "whoever runs the server" in answer.json["message"]


def test_one_is_put_together_at_a_time(site: TestSite) -> None:
    """The next one is told when to come again; who may not have it is told that first."""
    with evidence_api.ONE:
        answer = site.client("ppk").get(ADDRESS)
        assert (answer.status, answer.json["code"], answer.headers["Retry-After"]) == (503, "busy", "30")
        assert site.client("saksi").get(ADDRESS).status == 403
    assert site.client("ppk").get(ADDRESS).status == 200


def test_whoever_has_the_bundle_types_none_of_it(tmp_path: Path) -> None:
    """Not while they hold a sheet of it for typing; and afterwards they are not given it."""
    site = make_desk(tmp_path / "desk", PATIENT)
    add_sheet(site, tmp_path, STATION, doubtful())
    one, two = site.client("clerk1"), site.client("clerk2")
    claim = take(one, STATION)["claim"]
    for address in (ADDRESS, "/api/v1/evidence/ppwp/317301"):
        assert (one.get(address).status, one.get(address).json["code"]) == (403, "blind")
    assert one.ask("DELETE", f"/api/v1/desk/claims/{claim}").status == 204
    assert two.get("/api/v1/evidence/ppwp/317301").status == 200
    assert two.post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION}).status == 403


@pytest.mark.parametrize("role", ["ppk", "auditor", "pps", "saksi"])
def test_the_sheets_page_leads_to_it(role: str, site: TestSite) -> None:
    """For those who may have it."""
    text = site.client(role).get(f"/app/tps/{STATION}/ppwp/").text
    assert (f'href="{ADDRESS}"' in text) == (role in MAY)


@pytest.mark.parametrize("role", ["ppk", "auditor", "bawaslu"])
def test_the_plenarys_page_leads_to_the_units(role: str, site: TestSite) -> None:
    """For those who may have it; a village's supervisor sees neither."""
    answer = site.client(role).get("/app/pleno/317301/ppwp/")
    assert ('href="/api/v1/evidence/ppwp/317301"' in answer.text) == (role != "bawaslu")
