"""The forms of other contests: their figures, sums and rules follow from the definition alone."""

import numpy as np
import pytest

from sirekap.camera.stations import holds, regional_shares, station_figures
from sirekap.figures import Figure
from sirekap.forms import FORMS, Form
from sirekap.forms.c_hasil_dpd_2024 import dpd
from sirekap.forms.c_hasil_dpr_2024 import dpr
from sirekap.forms.validate import validate_form
from sirekap.rules import check, explain, rules_of

ALL = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


def _station(form: Form, seed: int = 1) -> dict[str, int | None]:
    rng = np.random.default_rng(seed)
    return station_figures(form, rng, regional_shares(form.tickets, rng)).figures


def _figures(values: dict[str, int | None]) -> dict[str, Figure]:
    return {name: Figure.blank() if value is None else Figure.read(value) for name, value in values.items()}


@ALL
def test_every_form_can_be_filled_and_adds_up(form: Form) -> None:
    """A made-up station has every figure of the form, each in its boxes, and no rule speaks."""
    for seed in range(5):
        values = _station(form, seed)
        assert tuple(values) == form.names
        assert all(holds(equation, values) for equation in form.equations)
        assert all(value is None or 0 <= value <= form.field(name).most for name, value in values.items())
        assert [f.rule for f in check(form, _figures(values)) if f.severity == "error"] == []


@ALL
def test_every_equation_of_every_form_speaks_and_is_explained(form: Form) -> None:
    """A total that is off by one is found by its own rule and told with both numbers in two languages."""
    values = _station(form)
    for equation in form.equations:
        if values[equation.total] is None:
            continue
        wrong = {**values, equation.total: (values[equation.total] or 0) + 1}
        finding = next(f for f in check(form, _figures(wrong)) if f.rule == equation.rule)
        for language in ("id", "en"):
            assert str(finding.left) in explain(form, finding, language)


@ALL
def test_the_same_arithmetic_has_the_same_number_in_every_form(form: Form) -> None:
    """R01 to R11, R13, R14 and R20 to R24 name the same figures everywhere; R12 sums the valid votes."""
    rules, known = rules_of(form.id), rules_of("C.HASIL-PPWP/2024")
    assert list(rules) == sorted(rules)
    for number, rule in known.items():
        if number not in ("R12", "R30", "R40", "R41", "R42", "R43", "R44", "R45"):
            assert rules[number].figures == rule.figures
    assert rules["R12"].figures[0] == "suara_sah" and len(rules["R12"].figures) == form.tickets + 1


def test_a_party_is_summed_from_its_own_votes_and_its_candidates() -> None:
    """R51 to R68 are the sums of parties 1 to 18."""
    form = FORMS["C.HASIL-DPR/2024"]
    sums = {e.rule: e for e in form.equations if e.rule > "R50"}
    assert list(sums) == [f"R{50 + party}" for party in range(1, 19)]
    assert sums["R53"].total == "suara_partai_3_total"
    assert sums["R53"].parts == ("suara_partai_3", *(f"suara_caleg_3_{n}" for n in range(1, 11)))


@pytest.mark.parametrize("candidates", [2, 6, 7, 54])
def test_any_number_of_candidates_gives_a_sound_dpd_form(candidates: int) -> None:
    """From two to fifty-four stand; six have room on a page."""
    form = dpd(candidates, f"C.HASIL-DPD/2024-{candidates}", 201)
    validate_form(form, ())
    assert len(form.pages) == 2 + -(-candidates // 6) and f"suara_{candidates}" in form.names


@pytest.mark.parametrize("candidates", [(3,), (10, 1, 4, 7), (10,) * 24])
def test_any_list_of_parties_gives_a_sound_dpr_form(candidates: tuple[int, ...]) -> None:
    """Parties may have different numbers of candidates."""
    form = dpr(candidates, "C.HASIL-DPR/2024-X", 221)
    validate_form(form, ())
    assert len([name for name in form.names if name.startswith("suara_caleg_")]) == sum(candidates)


@pytest.mark.parametrize("candidates", [(), (0,), (11,), (1,) * 25])
def test_a_dpr_form_that_has_no_room_is_refused(candidates: tuple[int, ...]) -> None:
    """No party, a party without candidates, too many of either."""
    with pytest.raises(ValueError, match="parties with"):
        dpr(candidates, "C.HASIL-DPR/2024-X", 221)


@pytest.mark.parametrize("candidates", [1, 55])
def test_a_dpd_form_that_has_no_room_is_refused(candidates: int) -> None:
    """One candidate is no election, fifty-five have no tags."""
    with pytest.raises(ValueError, match="2 to 54"):
        dpd(candidates, "C.HASIL-DPD/2024-X", 201)
