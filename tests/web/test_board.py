"""The stations of a unit as lists: filtered, paged, counted."""

import re

import pytest

from sirekap.store.board import below, counts, place_of, stations
from sirekap.store.models import Sheet
from tests.web.site import TestSite

VILLAGE = "3173021001"


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site with a few sheets: two in review, one final; one that nobody expected."""
    from tests.web.conftest import PATIENT
    from tests.web.site import make_site

    site = make_site(tmp_path_factory.mktemp("board"), PATIENT)
    for number, state in ((1, "review"), (2, "review"), (55, "settled")):
        site.workspace.rows(Sheet).create(contest_id="ppwp", station=f"{VILLAGE}{number:03d}", state=state)
    return site


PLACES = {
    "a station": ("3173021001060", "TPS 060"),
    "a village": (VILLAGE, "CIKINI"),
    "the nation": ("0", "INDONESIA"),
    "a station beyond the last": ("3173021001061", None),
    "the station 000": ("3173021001000", None),
    "no tier": ("31730", None),
    "letters": ("abc", None),
    "nothing": ("", None),
    "digits of another script": ("٣١", None),
}


@pytest.mark.parametrize(("code", "name"), PLACES.values(), ids=PLACES)
def test_a_code_is_a_place_or_none(some: TestSite, code: str, name: str | None) -> None:
    """By questions to the tables alone."""
    found = place_of(some.workspace, code)
    assert (None if found is None else found.name) == name


def test_counts_and_filters_agree(some: TestSite) -> None:
    """Each state's stations are as many as are counted; missing are those without a sheet."""
    workspace = some.workspace
    count = counts(workspace, "317302", "ppwp")
    assert (count.expected, count.present, dict(count.by_state)) == (60, 3, {"review": 2, "settled": 1})
    found = stations(workspace, "317302", ("ppwp",), "ppwp", "review", 0, 50)
    assert [(row.code[-3:], row.states["ppwp"]) for row in found] == [("001", "review"), ("002", "review")]
    missing = stations(workspace, "317302", ("ppwp",), "ppwp", "missing", 0, 99)
    assert len(missing) == 57 and missing[0].code.endswith("003")
    assert [code for code, _ in below(workspace, "3173")] == ["317301", "317302"]
    assert below(workspace, VILLAGE) == []


def test_pages_follow_each_other_without_gap(some: TestSite) -> None:
    """Fifty stations a page, and links to the next and the one before."""
    client = some.client("kpu_kabko")
    first, second = client.get(f"/app/unit/{VILLAGE}/"), client.get(f"/app/unit/{VILLAGE}/?page=2")
    codes = [re.findall(rf"/app/tps/({VILLAGE}\d{{3}})/", page.text) for page in (first, second)]
    assert codes[0] + codes[1] == [f"{VILLAGE}{number:03d}" for number in range(1, 61)]
    assert "page=2" in first.text and "page=1" in second.text and "page=3" not in second.text


BAD = ("page=0", "page=x", "page=99999999999", "page=-1", "state=none", "contest=pdpr", "page=%00", "state=%27")


@pytest.mark.parametrize("query", BAD)
def test_a_bad_question_is_told(some: TestSite, query: str) -> None:
    """404 in words."""
    assert some.client("kpu_kabko").get(f"/app/unit/{VILLAGE}/?{query}").status == 404


def test_upper_units_are_links_only_for_who_may_see_them(some: TestSite) -> None:
    """A district's panel is not led to a page that refuses it."""
    text = some.client("ppk").get("/app/unit/3173011001/").text
    assert 'href="/app/unit/317301/"' in text and 'href="/app/unit/3173/"' not in text
