"""The phone's own checks, in Chromium, on simulated photographs; many more: benchmarks.phone_checks."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.phone_checks import RIGHT, Case, cases, judging
from tests.phone.evening import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
PAGES = 8  # one photograph of each kind for the pages of three forms


@pytest.fixture(scope="module")
def judged() -> Iterator[list[tuple[Case, dict[str, Any], dict[str, Any]]]]:
    """Every case with what the app says of it as a photograph and as a frame of the viewfinder."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with judging() as judge:
        yield [(case, judge(case), judge(case, live=True)) for case in cases(PAGES)]


@pytest.mark.parametrize("kind", ["field", "harsh"])
def test_a_usable_photograph_is_not_refused(judged: Any, kind: str) -> None:
    """An ordinary one is good, a hard one at worst doubtful."""
    verdicts = [found["verdict"] for case, found, _ in judged if case.kind == kind]
    assert sum(verdict in RIGHT[kind] for verdict in verdicts) >= PAGES - 1
    if kind == "field":
        assert "refuse" not in verdicts


@pytest.mark.parametrize("kind", ["blurred", "cut", "wrong", "dark"])
def test_a_useless_photograph_is_never_called_good(judged: Any, kind: str) -> None:
    """All but one of eight are refused outright, and that one is doubtful; the viewfinder says the same."""
    for found in ([still for case, still, _ in judged if case.kind == kind],
                  [live for case, _, live in judged if case.kind == kind]):  # fmt: skip
        verdicts = [item["verdict"] for item in found]
        assert "good" not in verdicts
        assert verdicts.count("refuse") >= PAGES - 2


def test_another_page_is_named(judged: Any) -> None:
    """The page that the tag tells, not only that it is wrong."""
    for case, found, _ in judged:
        if case.kind == "wrong":
            remark = next(remark for remark in found["remarks"] if remark["code"] == "wrong-page")
            assert remark["form"] == case.form and remark["page"] != case.wanted


def test_the_side_that_is_cut_off_is_named(judged: Any) -> None:
    """Where the page was recognised."""
    for case, found, _ in judged:
        for remark in found["remarks"]:
            if case.kind == "cut" and remark["code"] == "cut":
                assert case.lost in remark["where"]
