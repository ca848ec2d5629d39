"""A witness's copy from its bytes to the table of differences, all through the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sirekap.camera.photograph import FIELD
from sirekap.camera.simulate import people_of, simulate_station
from sirekap.flow.reader import standard_reader
from sirekap.flow.worker import work_once
from sirekap.forms import C_HASIL_PPWP_2024 as SHEET
from sirekap.forms import FORMS
from tests.example import consistent
from tests.flow.capturing import READER, shot
from tests.web.site import STATION, Answer, Client, TestSite
from tests.web.test_uploads import deliver, put

SALINAN = FORMS["C.HASIL-SALINAN-PPWP/2024"]
SHEETS, COPIES = f"/api/v1/sheets/ppwp/{STATION}", f"/api/v1/copies/ppwp/{STATION}"
PAGE = f"/app/tps/{STATION}/ppwp/"
CAMERA = replace(FIELD, sizes=((1500, 2000),), turned=0.0, fingers=0.0)
OFFICIALS = ("pps", "ppk", "kpu_kabko", "kpu_prov", "kpu_ri", "bawaslu", "auditor")
Figures = Mapping[str, int | None]


def send(client: Client, photos: Sequence[bytes], **more: object) -> None:
    """Send and deliver the pages of a sheet or copy."""
    for number, data in enumerate(photos, 1):
        assert put(client, data).json["complete"]
        assert deliver(client, data, page=number, **more).status == 201


def vouch(client: Client, figures: Figures, insisted: Sequence[str] = ()) -> Answer:
    """The officer's confirmation of the latest reading."""
    said: dict[str, Any] = {
        "request": "4a5e7d0e-34c5-4e0b-9b6c-2f3f4c3a9b10",
        "version": client.get(SHEETS).json["version"],
        "figures": dict(figures),
        "insisted": list(insisted),
    }
    return client.post(f"{SHEETS}/confirmation", said)


def table_of(page: str) -> str:
    """The differences of copies as the station's page shows them, without markup."""
    part = page.partition('id="copies"')[2].partition("</section>")[0]
    return " ".join(part.replace("<", " <").split())


def test_copy_that_differs_is_told_to_officials_and_sends_the_sheet_to_review(fresh: TestSite) -> None:
    """R42; officials and supervisors see figure, numbers and whose copy it is, a witness of one side does not."""
    values = consistent()
    officer, witness = fresh.client("kpps"), fresh.client("saksi")
    send(officer, [shot(page, values) for page in (1, 2, 3)])
    work_once(fresh.workspace, READER)
    assert vouch(officer, values).json["state"] == "settled"
    assert fresh.client("ppk").get(COPIES).json["differences"] == []
    other = values | {"suara_1": (values["suara_1"] or 0) + 100}
    send(witness, [shot(page, other, note="saksi") for page in (1, 2, 3)])
    work_once(fresh.workspace, READER)

    sheet = officer.get(SHEETS).json
    assert sheet["state"] == "review" and "R42" in sheet["confirmation"]["marked"]
    expected = {
        "figure": "suara_1", "officer": values["suara_1"], "copy": other["suara_1"], "who": "saksi-x",
    }  # fmt: skip
    for role in OFFICIALS:
        client = fresh.client(role)
        assert client.get(COPIES).json["differences"] == [expected], role
        shown = client.get(f"{PAGE}?lang=en")
        assert "R42" in shown.text, role
        assert all(str(expected[key]) in table_of(shown.text) for key in ("officer", "copy", "who")), role
    own = witness.get(COPIES).json
    assert own["figures"]["suara_1"]["value"] == other["suara_1"] and own.get("differences") is None
    assert 'id="copies"' not in witness.get(PAGE).text


def test_copy_of_the_same_numbers_is_told_as_such(fresh: TestSite) -> None:
    """Nothing differs: the sheet stays settled and the page says so."""
    officer = fresh.client("kpps")
    send(officer, [shot(page) for page in (1, 2, 3)])
    send(fresh.client("bawaslu"), [shot(page, note="panwas") for page in (1, 2, 3)])
    work_once(fresh.workspace, READER)
    assert vouch(officer, consistent()).json["state"] == "settled"
    assert fresh.client("bawaslu").get(COPIES).json["differences"] == []
    assert "R42" not in fresh.client("ppk").get(PAGE).text


@pytest.mark.slow
def test_photographed_salinan_is_read_and_compared_by_the_real_reader(fresh: TestSite) -> None:
    """Two pages on A4 of a witness who wrote two numbers otherwise: read right, and the two are told."""
    paper = people_of(SHEET, STATION, 11, CAMERA, error_share=0.0).paper
    sheet = simulate_station(SHEET, STATION, 11, CAMERA, error_share=0.0, paper=paper)
    moved = {"suara_1": (paper.figures["suara_1"] or 0) - 1, "suara_2": (paper.figures["suara_2"] or 0) + 1}
    theirs = replace(paper, figures={**paper.figures, **moved}, counted={**paper.counted, **moved})
    copy = simulate_station(SALINAN, STATION, 12, CAMERA, error_share=0.0, paper=theirs)
    reader = replace(standard_reader(), workers=0)

    witness = fresh.client("saksi")
    send(witness, copy.photos, form=SALINAN.id)
    work_once(fresh.workspace, reader)
    found = witness.get(COPIES).json
    assert (found["state"], found["form"], found["pages"]) == ("read", SALINAN.id, [1, 2])
    assert {name: figure["value"] for name, figure in found["figures"].items()} == copy.truth
    cut = witness.get(found["figures"]["suara_1"]["cut"])
    assert cut.status == 200 and cut.body.startswith(b"\xff\xd8\xff")

    officer = fresh.client("kpps")
    send(officer, sheet.photos)
    work_once(fresh.workspace, reader)
    answer = vouch(officer, sheet.truth, SHEET.names)
    assert answer.status == 201 and answer.json["state"] == "review"
    told = fresh.client("bawaslu").get(COPIES).json["differences"]
    assert [(row["figure"], row["officer"], row["copy"]) for row in told] == [
        (name, sheet.truth[name], moved[name]) for name in ("suara_1", "suara_2")
    ]
    assert "R42" in fresh.client("ppk").get(PAGE).text
