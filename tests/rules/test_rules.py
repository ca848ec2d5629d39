"""Every rule: when it speaks, when it is silent, what it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.figures import Figure
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Equation
from sirekap.rules import Severity, check, explain, rules_of
from tests.example import consistent, figures, sheets


@given(sheets())
def test_a_consistent_sheet_breaks_no_error_rule(values: dict[str, int]) -> None:
    """Arithmetic that holds raises no error, whatever the figures."""
    findings = check(FORM, figures(values), voters_per_station=300)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@given(sheets(), st.sampled_from(FORM.equations), st.integers(-50, 50).filter(bool))
def test_every_equation_notices_its_total(values: dict[str, int], equation: Equation, by: int) -> None:
    """A total that is off by anything is found by its own rule, with both numbers."""
    written = values[equation.total] + by
    if written < 0:
        return
    findings = check(FORM, figures(values | {equation.total: written}))
    mine = [finding for finding in findings if finding.rule == equation.rule]
    assert [(finding.left, finding.right) for finding in mine] == [(written, written - by)]


BROKEN = {
    "R01": {"pemilih_dpt_j": 1}, "R05": {"pengguna_total_j": 1}, "R08": {"pengguna_total_j": 1},
    "R10": {"surat_suara_diterima": 1}, "R11": {"suara_total": 1}, "R12": {"suara_sah": 1},
    "R13": {"suara_total": 1}, "R14": {"surat_suara_digunakan": 1},
    "R20": {"pemilih_dpt_l": 0}, "R21": {"pemilih_dpt_p": 0}, "R22": {"pemilih_dpt_j": 0},
    "R23": {"pemilih_dpt_j": 0}, "R24": {"disabilitas_j": 999}, "R25": {"pemilih_dpt_j": 301},
    "R30": {"suara_sah": None},
}  # fmt: skip


@pytest.mark.parametrize(("rule", "change"), BROKEN.items(), ids=BROKEN.keys())
def test_each_rule_speaks(rule: str, change: dict[str, int | None]) -> None:
    """A sheet changed in one place breaks the rule of that place, and the finding names the figure."""
    findings = check(FORM, figures(consistent() | change), voters_per_station=300)
    finding = next(finding for finding in findings if finding.rule == rule)
    assert set(change) <= set(finding.figures)
    for language in ("id", "en"):
        assert len(explain(FORM, finding, language)) > 20


def test_what_nobody_could_read_is_not_refuted() -> None:
    """An equation with an illegible or absent figure is silent."""
    sheet = figures(consistent()) | {"suara_sah": Figure.illegible()}
    del sheet["pengguna_total_j"]
    assert check(FORM, sheet) == ()


def test_a_blank_is_no_zero() -> None:
    """A blank required figure is finding R30, and no equation takes it for a zero."""
    values: dict[str, int | None] = {**consistent(invalid=0), "suara_tidak_sah": None}
    assert [finding.rule for finding in check(FORM, figures(values))] == ["R30"]


def test_a_blank_that_the_form_allows_is_no_finding() -> None:
    """Voters with disabilities may stay blank."""
    values: dict[str, int | None] = {
        **consistent(),
        "disabilitas_l": None,
        "disabilitas_p": None,
        "disabilitas_j": None,
    }
    assert check(FORM, figures(values)) == ()


def test_more_voters_than_the_roll_is_a_warning() -> None:
    """DPTb and DPK are outside the roll: exceeding it warns and refuses nothing."""
    values = consistent(more=-1)
    findings = check(FORM, figures(values))
    assert [(finding.rule, finding.severity) for finding in findings] == [("R23", Severity.WARNING)]


def test_rule_numbers_are_unique_and_quote_the_form() -> None:
    """Every arithmetic rule quotes a line of the form in both languages' screens."""
    rules = rules_of(FORM.id)
    assert len(rules) == len(FORM.equations) + len(FORM.at_most) + 8
    for number, rule in rules.items():
        assert rule.text.id and rule.text.en and rule.text.id != rule.text.en
        if number < "R25":
            assert rule.quote and rule.line
