"""The definition of C.HASIL-PPWP 2024 holds together."""

import json

import pytest

from sirekap.errors import InputError
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import form_of
from tests.shared import shared


def test_names_are_unique_and_known_to_the_arithmetic() -> None:
    """Every equation and warning speaks of figures that the form holds, each named once."""
    assert len(set(FORM.names)) == len(FORM.names) == 28
    for equation in FORM.equations:
        assert {equation.total, *equation.parts} <= set(FORM.names)
    for rule in FORM.at_most:
        assert {rule.small, rule.large} <= set(FORM.names)


def test_boxes_lie_on_the_page_and_apart() -> None:
    """No two boxes of a page overlap, and all lie inside the corner marks."""
    for page in FORM.pages:
        boxes = [box for field in FORM.fields_of(page.number) for box in field.boxes]
        for index, a in enumerate(boxes):
            assert a.x > 54 and a.x + a.w < 545 and a.y > 72 and a.y + a.h < 868
            for b in boxes[index + 1 :]:
                assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


def test_every_figure_is_checked_by_arithmetic() -> None:
    """No figure of the form stands outside every equation: a misread one can be noticed."""
    checked = {name for equation in FORM.equations for name in (equation.total, *equation.parts)}
    assert checked == set(FORM.names)


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    """Asking for a form that is not there tells which are."""
    with pytest.raises(InputError, match=r"C\.HASIL-PPWP/2024"):
        form_of("C.HASIL-DPR/1955")


def test_the_boxes_agree_with_the_measured_geometry() -> None:
    """The definition lies within a millimetre of an independent measurement of the official blank."""
    measured = json.loads(shared("forms/c_hasil_ppwp_2024_geometry.json").read_text())
    page_1, page_2, page_3 = measured["page1"], measured["page2"], measured["page3"]
    for sex in "lpj":
        field = FORM.field(f"pengguna_total_{sex}")
        assert [box.x for box in field.boxes] == pytest.approx(page_1[f"{sex.upper()}_x"], abs=1)
        assert field.boxes[0].y == pytest.approx(page_1["rows_y"]["pengguna_total"], abs=1)
    for number in "123":
        field = FORM.field(f"suara_{number}")
        assert field.bubbles is not None
        assert field.boxes[0].y == pytest.approx(page_2["box_y"][number], abs=1)
        assert field.bubbles.columns == pytest.approx(page_2["bubble_cx"], abs=1)
        assert field.bubbles.first_y == pytest.approx(page_2["bubble_cy_digit0"][number], abs=1)
    for name, key in (
        ("suara_sah", "A_suara_sah"),
        ("suara_tidak_sah", "B_tidak_sah"),
        ("suara_total", "C_total"),
    ):
        assert FORM.field(name).boxes[0].y == pytest.approx(page_3["box_y"][key], abs=1)
    x1, y1, x2, y2 = measured["tag_box_mm"]
    tag = FORM.page(1).tag.rect
    assert (tag.x, tag.y, tag.x + tag.w, tag.y + tag.h) == pytest.approx((x1, y1, x2, y2), abs=1)
