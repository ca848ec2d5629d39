"""Where a sheet stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.figures import CERTAIN, Figure
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.review import (
    Acknowledgement,
    Decision,
    Standing,
    State,
    copied,
    decide,
    differences,
    overruled,
    stand,
    vouch,
)
from sirekap.rules import Finding, Severity, check
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


def test_officers_word_settles_a_sheet_that_a_machine_doubts() -> None:
    """Figures that nobody could read are the officer's, and nothing else keeps the sheet."""
    values = consistent()
    machine = figures(values) | {"suara_1": Figure.illegible(), "suara_2": Figure.read(5, 0.6)}
    counted, findings = vouch(FORM, machine, check(FORM, machine), values)
    assert {name: figure.value for name, figure in counted.items()} == values
    standing = stand(FORM, PAGES, counted, findings, (), ["suara_2"], vouched=True)
    assert standing == Standing(State.SETTLED)


def test_difference_between_photographs_outlives_the_officers_word() -> None:
    """R40 is about the photographs: the officer's figures do not make them agree."""
    conflict = Finding("R40", Severity.ERROR, ("suara_1",))
    sheet = figures(consistent())
    counted, findings = vouch(FORM, sheet, (conflict,), consistent())
    assert findings == (conflict,)
    assert stand(FORM, PAGES, counted, findings, (), vouched=True).open_errors == ("R40",)


@pytest.mark.parametrize("rule", ["R42", "R45"])
def test_answering_for_what_is_elsewhere_answers_for_no_doubtful_figure(rule: str) -> None:
    """Who says that a copy is wrong, or that another station's page is not this one, has not looked at what the
    machine doubts.
    """
    sheet = figures(consistent())
    findings = (Finding(rule, Severity.ERROR, ("suara_2",)),)
    entry = Acknowledgement(rule, "ketua PPK", "bukan lembar ini", AT)
    assert stand(FORM, PAGES, sheet, findings, (entry,)).state is State.PROVISIONAL
    assert stand(FORM, PAGES, sheet, findings, (entry,), ["suara_1"]).uncertain == ("suara_1",)


def test_a_copy_that_says_another_number_is_found() -> None:
    """Its values stand by figure, and make the finding."""
    different = differences(FORM, figures(consistent()), False, [{"suara_2": Figure.read(7)}])
    assert different == {"suara_2": (7,)}
    assert [finding.rule for finding in copied(different)] == ["R42"]


READINGS = st.builds(
    lambda value, confidence: Figure.blank(confidence) if value is None else Figure.read(value, confidence),
    st.none() | st.integers(0, 999),
    st.sampled_from((0.5, 0.99, CERTAIN, 1.0)),
) | st.just(Figure.illegible(0.3))


@given(
    machine=st.fixed_dictionaries(dict.fromkeys(FORM.names, READINGS)),
    confirmed=st.fixed_dictionaries({name: st.none() | st.integers(0, 999) for name in FORM.names}),
    agreed=st.sets(st.sampled_from(FORM.names)),
    pages=st.sets(st.sampled_from(PAGES)),
    copies=st.lists(st.dictionaries(st.sampled_from(FORM.names), READINGS, max_size=4), max_size=3),
)
def test_what_is_settled_is_whole_sound_and_unopposed(
    machine: dict[str, Figure],
    confirmed: dict[str, int | None],
    agreed: set[str],
    pages: set[int],
    copies: list[dict[str, Figure]],
) -> None:
    """Whatever was read, confirmed and copied: settled only by people, with all pages, with no open error."""
    confirmed |= {name: machine[name].value for name in agreed}
    seen = {name: figure for name, figure in machine.items() if FORM.field(name).page in pages}
    counted, findings = vouch(FORM, seen, check(FORM, seen), confirmed)
    different = differences(FORM, counted, True, copies)
    standing = stand(FORM, pages, counted, (*findings, *copied(different)), (), vouched=True)
    assert standing.state is not State.PROVISIONAL
    assert not standing.illegible
    assert {name: figure.value for name, figure in counted.items()} == {n: confirmed[n] for n in seen}
    if standing.state is State.SETTLED:
        assert pages == set(PAGES)
        assert not overruled(FORM, seen, confirmed)
        assert not different
        assert not [item for item in check(FORM, counted) if item.severity is Severity.ERROR]
    unvouched = stand(FORM, pages, seen, check(FORM, seen), ())
    assert unvouched.state is not State.SETTLED
