"""The plenaries' pages without a browser: what is told, and what becomes of a form that is not taken."""

from __future__ import annotations

from urllib.parse import unquote
from uuid import uuid4

import pytest

from tests.web.conftest import PATIENT
from tests.web.plenary_site import CONTEST, DISTRICT, REGENCY, seat
from tests.web.site import OTHER, TestSite, make_site

PAGE = f"/app/pleno/{DISTRICT}/{CONTEST}/"
PART = f"{PAGE}bagian/{OTHER}/"
ODD = ["", "\x00", "9" * 40, "' OR 1=1 --", "٣١٧٣٠١", "a" * 6000]
TYPED = {
    "kind": "event", "text": "x", "by": "x", "part": "", "attachment": "", "number": "7", "decision": "x",
    "role": "x", "stands_for": "", "person": "", "signing": "refuses", "reason": "", "origin": "317301/9",
}  # fmt: skip
FORMS = {
    "open": ("decision",),
    "object": ("kind", "text", "by", "part", "attachment", "request", "act"),
    "take_up": ("origin",),
    "answer": ("number", "text"),
    "carry": ("number", "decision"),
    "attend": ("role", "signing"),
    "reopen": ("ground", "minutes", "court"),
}
CORRECTION = {"figure": "suara_1", "before": "31", "after": "", "reason": "x", "minutes": "x", "digest": "x"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """Plenaries at every stage."""
    folder = tmp_path_factory.mktemp("pages")
    made = make_site(folder, PATIENT)
    seat(made, folder / "plenaries")
    return made


@pytest.mark.parametrize("odd", ODD, ids=lambda text: repr(text[:12]))
def test_nothing_odd_is_a_fault_of_ours(site: TestSite, odd: str) -> None:
    """In an address or a field: refused in words, or taken; never 500."""
    client, at = site.client("ppk"), unquote(odd or "-").encode().decode("latin-1")
    for path in (
        f"/app/pleno/{at}/ppwp/", f"/app/pleno/{DISTRICT}/{at}/", f"{PAGE}bagian/{at}/", f"{PAGE}versi/{at}/",
        f"/api/v1/plenaries/{at}/{DISTRICT}", f"/api/v1/plenaries/ppwp/{at}",
        f"/api/v1/plenaries/ppwp/{DISTRICT}/parts/{at}",
        f"/api/v1/plenaries/ppwp/{DISTRICT}/versions/{at}",
    ):  # fmt: skip
        assert client.get(path).status in (400, 404, 422), path
    for act, names in FORMS.items():
        for name in names:
            sent = {**TYPED, "act": act, "request": str(uuid4()), name: odd}
            assert client.form(PAGE, **sent).status < 500, (act, name)
    for act, names in {
        "read": ("digest",),
        "correct": ("figure", "before", "after", "reason", "minutes"),
    }.items():
        for name in names:
            sent = {**CORRECTION, "act": act, "request": str(uuid4()), name: odd}
            assert client.form(PART, **sent).status < 500, (act, name)


def test_a_correction_that_is_not_taken_is_shown_again_as_it_was_typed(site: TestSite) -> None:
    """Beside what was wrong: nothing has to be typed twice."""
    sent = {**CORRECTION, "act": "correct", "request": str(uuid4())}
    answer = site.client("ppk").form(
        f"{PART}?lang=en", **sent | {"after": "3x", "reason": "Salah tulis", "minutes": "BA 7"}
    )
    assert answer.status == 422 and "expected a whole number" in answer.text
    assert all(f'value="{text}"' in answer.text for text in ("3x", "Salah tulis", "BA 7"))


def test_what_keeps_it_from_closing_names_stations_in_full(site: TestSite) -> None:
    """Each village has its TPS 001."""
    told = site.client("ppk").get(f"{PAGE}?lang=en").text
    assert f"Not read out, or changed since: TPS 001, BENDUNGAN HILIR ({OTHER})" in told
    assert "About TPS 001, BENDUNGAN HILIR" in told


def test_the_minutes_keep_an_objections_number_beside_the_place_of_the_act(site: TestSite) -> None:
    """The first objection is the second line of the minutes."""
    acts = site.client("ppk").get(f"/api/v1/plenaries/{CONTEST}/{DISTRICT}").json["acts"]
    filed = next(act for act in acts if act["act"] == "object")
    assert (filed["number"], filed["line"]) == (1, 2)
    told = site.client("ppk").get(f"{PAGE}?lang=en").text
    assert "filed number 1 by Saksi nomor urut 2 (DUA)" in told


def test_a_version_says_what_it_lacks(site: TestSite) -> None:
    """64 of 65 stations are missing from the regency's certificate, by a decision."""
    told = site.client("kpu_kabko").get(f"/app/pleno/{REGENCY}/{CONTEST}/versi/1/?lang=en").text
    assert "Stations that are not counted: 64 of 65." in told and "Tanah Abang menyusul" in told
