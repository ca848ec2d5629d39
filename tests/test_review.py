"""Where a sheet stands."""

import pytest

from sirekap.figures import Figure
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.review import Acknowledgement, Decision, State, decide, stand
from sirekap.rules import check
from tests.example import consistent, figures

PAGES = (1, 2, 3)
AT = "2024-02-14T20:00:00+07:00"


def test_a_certain_consistent_sheet_is_provisional() -> None:
    """All pages, all figures, no error: accepted, as provisional and never as settled."""
    sheet = figures(consistent())
    assert decide(FORM, PAGES, sheet, check(FORM, sheet)) is Decision.ACCEPT
    assert stand(FORM, PAGES, sheet, check(FORM, sheet), ()).state is State.PROVISIONAL


WAITING = {
    "a missing page": ((1, 2), {}, "pages_missing"),
    "an illegible figure": (PAGES, {"suara_1": Figure.illegible()}, "illegible"),
    "a broken equation": (PAGES, {"suara_1": Figure.read(999)}, "open_errors"),
    "a blank total": (PAGES, {"suara_sah": Figure.blank()}, "open_errors"),
}


@pytest.mark.parametrize(("pages", "change", "why"), WAITING.values(), ids=WAITING.keys())
def test_what_sends_a_sheet_to_review(pages: tuple[int, ...], change: dict[str, Figure], why: str) -> None:
    """Each doubt alone keeps a sheet out of the totals, and says which doubt it is."""
    sheet = figures(consistent()) | change
    standing = stand(FORM, pages, sheet, check(FORM, sheet), ())
    assert standing.state is State.REVIEW
    assert getattr(standing, why)


def test_acknowledging_every_error_lets_the_sheet_count_as_written() -> None:
    """An inconsistent sheet leaves review when each of its errors is answered for, not before."""
    sheet = figures(consistent() | {"suara_sah": 1})
    findings = check(FORM, sheet)
    rules = {finding.rule for finding in findings}
    assert rules == {"R11", "R12"}
    one = Acknowledgement("R11", "ketua PPK", "tertulis demikian di kertas", AT)
    two = Acknowledgement("R12", "ketua PPK", "tertulis demikian di kertas", AT)
    assert stand(FORM, PAGES, sheet, findings, (one,)).open_errors == ("R12",)
    assert stand(FORM, PAGES, sheet, findings, (one, two)).state is State.PROVISIONAL


def test_an_uncertain_figure_waits_until_someone_answers_for_the_sheet() -> None:
    """A doubtful figure keeps a sheet in review; acknowledging every error answers for it too, not before."""
    sheet = figures(consistent())
    assert decide(FORM, PAGES, sheet, (), ["suara_1"]) is Decision.REVIEW
    broken = figures(consistent() | {"suara_sah": 1})
    findings = check(FORM, broken)
    entries = [Acknowledgement(rule, "ketua PPK", "tertulis demikian", AT) for rule in ("R11", "R12")]
    assert stand(FORM, PAGES, broken, findings, entries[:1], ["suara_1"]).uncertain == ("suara_1",)
    assert stand(FORM, PAGES, broken, findings, entries, ["suara_1"]).state is State.PROVISIONAL


def test_nothing_illegible_can_be_acknowledged() -> None:
    """Acknowledging does not let a sheet count whose figures nobody has."""
    sheet = figures(consistent()) | {"suara_1": Figure.illegible()}
    entry = Acknowledgement("R12", "ketua PPK", "sudah diperiksa", AT)
    assert stand(FORM, PAGES, sheet, check(FORM, sheet), (entry,)).state is State.REVIEW


@pytest.mark.parametrize(("who", "reason"), [("", "x"), ("x", " ")])
def test_an_acknowledgement_names_who_and_why(who: str, reason: str) -> None:
    """Nobody can acknowledge without a name or without a reason."""
    with pytest.raises(ValueError, match="who and why"):
        Acknowledgement("R12", who, reason, AT)
