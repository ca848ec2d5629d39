"""A sheet's page: whose figures count, who answered for what, and how it stood before."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.intake import ingest
from sirekap.store.accounts import account_of, mandates_of
from sirekap.store.loading import now
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.fakes import READER, pages, write_manifest
from tests.web.site import STATION, TestSite, make_site

PAGE = f"/app/tps/{STATION}/ppwp/?lang=en"
MINUTE = timedelta(minutes=1)


def signed(workspace: Workspace, login: str) -> Signed:
    """Who acts, with the mandates of now."""
    mandates = mandates_of(workspace, account_of(workspace, login), now())
    return Signed(None, login, "", mandates, False, True)  # type: ignore[arg-type]  # no session


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A sheet that two people typed the same, wrongly added up on paper, and that one person answered for."""
    folder = tmp_path_factory.mktemp("sheet")
    made = make_site(folder)
    workspace, at = made.workspace, now()
    paper = {**consistent(), "suara_sah": 190}
    ingest(workspace, write_manifest(folder / "in", pages(STATION, {**paper, "suara_1": 888})), READER)
    for number, who in enumerate(("ppk-x", "kpu_kabko-x"), start=1):
        person, moment = signed(workspace, who), at + number * MINUTE
        claim = desk.take_sheet(workspace, person, "ppwp", STATION, moment).claim
        desk.enter(workspace, person, claim, uuid4(), paper, moment)
    person, moment = signed(workspace, "kpu_prov-x"), at + 3 * MINUTE
    claim = desk.take_sheet(workspace, person, "ppwp", STATION, moment).claim
    desk.answer_for(workspace, person, claim, uuid4(), "R12", "sesuai kertas", moment)
    return made


def test_the_desks_figures_count_and_say_so(site: TestSite) -> None:
    """What two people typed stands as the value, beside what the machine could not read."""
    text = site.client("auditor").get(PAGE).text
    assert '<span class="value">31</span>' in text
    assert "typed by two people: 31" in text
    assert "Two different people typed this sheet" in text


def test_a_first_answer_for_a_finding_is_shown(site: TestSite) -> None:
    """Who answered and why, also while a second person is missing."""
    text = site.client("auditor").get(PAGE).text
    assert "KPU Provinsi JAKARTA (kpu_prov-x)" in text
    assert "sesuai kertas" in text


def test_a_moment_of_the_past_is_shown_as_it_was(site: TestSite) -> None:
    """Between the two entries nothing was decided; what is no moment is no page."""
    client = site.client("auditor")
    before = (now() + 1.5 * MINUTE).isoformat()
    text = client.get(f"{PAGE}&at={quote(before)}").text
    assert "The sheet as it stood at" in text
    assert "typed by two people" not in text
    assert "/photos/" in text
    text = client.get(f"{PAGE}&at={quote((now() - MINUTE * 60).isoformat())}").text
    assert "/photos/" not in text
    assert '<span class="value">' not in text
    for wrong in ("yesterday", "2024-02-14T10:00:00"):
        assert client.get(f"{PAGE}&at={quote(wrong)}").status == 404
