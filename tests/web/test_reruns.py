"""Ordering a rerun by the API and by the page, and what the sheet's page then says."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sirekap.flow.intake import ingest
from sirekap.store.models import Notice, Rerun, Sheet
from tests.example import consistent
from tests.flow.fakes import READER, pages, write_manifest
from tests.web.conftest import PATIENT
from tests.web.desk_site import hidden
from tests.web.site import STATION, TestSite, make_site

API = f"/api/v1/sheets/ppwp/{STATION}/reruns"
SHEET = f"/app/tps/{STATION}/ppwp/"
ORDER = f"{SHEET}ulang/"
GROUND = "Putusan pengawas 7/2024 & <saksi> tidak hadir"
NEW = consistent(women=60)


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A site with one sheet that was read."""
    made = make_site(tmp_path / "site", PATIENT)
    bring(made, tmp_path / "first", consistent())
    return made


def bring(site: TestSite, folder: Path, values: dict[str, Any]) -> None:
    """Photographs of the station's sheet come in and are read."""
    ingest(site.workspace, write_manifest(folder, pages(STATION, values, note=folder.name)), READER)


def body(**more: Any) -> dict[str, Any]:
    """An order as a program sends it."""
    return {"request": str(uuid4()), "kind": "penghitungan_ulang", "ground": GROUND, "after": 0, **more}


def test_a_program_orders_a_rerun_and_hears_the_same_again(site: TestSite) -> None:
    """201 with what was ordered; the same request answers alike; another without knowing of it 409."""
    client, sent = site.client("ppk"), body()
    first = client.post(f"{API}?lang=en", sent)
    assert first.status == 201, first.body
    assert {name: first.json[name] for name in ("number", "kind", "label", "ground", "by")} == {
        "number": 1, "kind": "penghitungan_ulang", "label": "Recount of the votes", "ground": GROUND,
        "by": "PPK TANAH ABANG",
    }  # fmt: skip
    assert client.post(f"{API}?lang=en", sent).json == first.json
    again = client.post(API, body())
    assert (again.status, again.json["code"]) == (409, "version")
    view = site.client("kpps").get(f"/api/v1/sheets/ppwp/{STATION}?lang=en").json
    assert (view["rerun"], view["version"], view["reruns"]) == (1, None, [first.json])


WRONG: list[dict[str, Any]] = [
    {"kind": "ulang"},
    {"ground": ""},
    {"ground": "x" * 501},
    {"ground": "a\nb"},
    {"after": -1},
    {"after": "0"},
    {"request": "1"},
    {"more": 1},
]


def test_what_is_no_order_is_refused(site: TestSite) -> None:
    """422, and nothing comes of it."""
    client = site.client("kpu_kabko")
    for wrong in WRONG:
        assert client.post(API, body(**wrong)).status == 422, wrong
    assert site.workspace.rows(Rerun).count() == 0


def test_a_district_is_shown_a_recount_alone_and_refused_the_rest(site: TestSite) -> None:
    """The form offers what may be ordered; what is sent all the same is refused."""
    text = site.client("ppk").get(ORDER).text
    assert 'value="penghitungan_ulang"' in text and 'value="susulan"' not in text
    refused = site.client("ppk").post(API, body(kind="pemungutan_ulang"))
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    answer = site.client("ppk").form(
        ORDER, act="order", kind="susulan", ground="x", after="0", request=str(uuid4())
    )
    assert answer.status == 422
    text = site.client("kpu_kabko").get(ORDER).text
    assert all(
        f'value="{kind}"' in text for kind in ("penghitungan_ulang", "pemungutan_ulang", "susulan", "lanjutan")
    )
    for role in ("kpps", "pps", "saksi", "bawaslu", "auditor"):
        assert ORDER not in site.client(role).get(SHEET).text
    assert ORDER in site.client("ppk").get(SHEET).text


def test_the_page_asks_once_more_and_says_what_is_replaced(site: TestSite) -> None:
    """Form, check, order; nothing happens before the last; the ground is shown as it was typed."""
    client = site.client("kpu_kabko")
    check = client.form(f"{ORDER}?lang=en", act="check", kind="pemungutan_ulang", ground=GROUND)
    assert check.status == 200 and site.workspace.rows(Rerun).count() == 0
    for words in (
        "Order this?",
        "photographs of the sheet: 3",
        "Provisional",
        "Voting run again",
        "&lt;saksi&gt;",
    ):
        assert words in check.text
    kept = {name: hidden(check.text, name) for name in ("request", "after", "kind")}
    change = client.form(ORDER, act="change", ground=GROUND, **kept)
    assert "&lt;saksi&gt;" in change.text and 'value="pemungutan_ulang" required' in change.text
    for _ in range(2):  # pressed twice
        done = client.form(ORDER, act="order", ground=GROUND, **kept)
        assert (done.status, done.headers["Location"]) == (303, f"{SHEET}?done=rerun")
    assert site.workspace.rows(Rerun).get().kind == "pemungutan_ulang"
    assert site.workspace.rows(Sheet).get(station=STATION).read is False
    late = client.form(f"{ORDER}?lang=en", act="order", ground=GROUND, **{**kept, "request": str(uuid4())})
    assert late.status == 409 and "Somebody else has just ordered" in late.text


FAULTS = [
    ({"kind": "", "ground": "x"}, "Choose what is done again."),
    ({"kind": "susulan", "ground": " "}, "Write the ground in one line"),
    ({"kind": "susulan", "ground": "a\nb"}, "Write the ground in one line"),
]


def test_a_form_that_lacks_something_says_so(site: TestSite) -> None:
    """The form is shown again with what was typed and what is wrong, at both of its steps."""
    client = site.client("kpu_kabko")
    for act in ("check", "order"):
        for sent, words in FAULTS:
            answer = client.form(f"{ORDER}?lang=en", act=act, **sent)
            assert answer.status == 422 and words in answer.text, (act, sent)
    assert site.workspace.rows(Rerun).count() == 0


def test_the_sheets_page_tells_of_the_rerun_and_shows_both_figures(site: TestSite, tmp_path: Path) -> None:
    """Kind, ground, role and time at once; the old figure beside the new one once that is read."""
    site.client("kpu_kabko").post(API, body())
    client = site.client("auditor")
    text = client.get(f"{SHEET}?lang=en").text
    for words in ("Recount of the votes", "KPU Kabupaten/Kota JAKARTA PUSAT", "&lt;saksi&gt;", "In review"):
        assert words in text
    assert "before rerun 1" in text  # of its photographs
    assert "before rerun 1: " not in text
    bring(site, tmp_path / "second", NEW)
    text = client.get(f"{SHEET}?lang=en").text
    old, new = consistent()["pengguna_total_p"], NEW["pengguna_total_p"]
    assert f'<span class="value">{new}</span>' in text
    assert f"before rerun 1: {old}" in text


def test_who_may_type_sees_no_figure_of_the_new_count_by_ordering(site: TestSite, tmp_path: Path) -> None:
    """The pages of the order show none, so whoever ordered may still type."""
    client = site.client("ppk")
    client.post(API, body())
    client.get(f"{SHEET}?done=rerun")
    client.form(ORDER, act="check", kind="penghitungan_ulang", ground="x")
    bring(site, tmp_path / "second", {**NEW, "suara_1": 888})
    taken = client.post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION})
    assert taken.status == 200, taken.body


def test_officers_desk_and_supervisors_are_told(site: TestSite) -> None:
    """A notice names the station, and leads nobody to a page with figures."""
    site.client("kpu_kabko").post(API, body())
    assert site.workspace.rows(Notice).filter(kind="sheet.rerun").count() == 1
    for role in ("kpps", "ppk", "bawaslu"):
        told = site.client(role).get("/api/v1/notices?since=0&lang=en").json["notices"]
        assert "counted or cast again" in " ".join(notice["text"] for notice in told), role
    text = site.client("ppk").get("/app/kabar/?lang=en").text
    assert "counted or cast again" in text and "GROUND" not in text
