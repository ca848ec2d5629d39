"""Figures weighed with the form's arithmetic: soft evidence, never a mending."""

import numpy as np
import pytest
from hypothesis import given, settings

from sirekap.figures import Ground, Status
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.digits import CLASSES
from sirekap.reading.model import Evidence
from sirekap.reading.weigh import CERTAIN, weigh, weigh_sheet
from tests.example import consistent, sheets
from tests.reading.test_values import box


def written(value: int | None, certainty: float = 0.995) -> Evidence:
    """Three boxes that plainly show a value."""
    symbols = ["blank"] * 3 if value is None else list(str(value).rjust(3, "x"))
    return Evidence(tuple(box(symbol, certainty) for symbol in symbols))


def wavering(value: int, place: int, first: str, second: str, share: float = 0.5) -> Evidence:
    """Boxes of a value in which one digit may be `first` (with `share`) or `second`."""
    boxes = [box(symbol, 0.995) for symbol in str(value).rjust(3, "x")]
    unsure = np.full(len(CLASSES), 1e-4)
    unsure[[int(first), int(second)]] = share, 1 - share
    boxes[place] = tuple(unsure / unsure.sum())
    return Evidence(tuple(boxes))


def sheet(values: dict[str, int]) -> dict[str, Evidence]:
    return {name: written(value) for name, value in values.items()}


@settings(max_examples=25, deadline=None)
@given(sheets())
def test_a_plain_consistent_sheet_is_certain(values: dict[str, int]) -> None:
    """Figures that are plainly written and add up come out as written, all certain."""
    found = weigh(FORM, sheet(values))
    assert {name: figure.value for name, figure in found.items()} == values
    assert min(figure.confidence for figure in found.values()) >= CERTAIN


def test_arithmetic_decides_between_two_likely_digits() -> None:
    """A digit that may be 3 or 8 becomes the one that adds up, whichever looks likelier."""
    values = consistent(votes=(31, 120, 43))
    for share in (0.2, 0.5, 0.8):
        found = weigh(FORM, sheet(values) | {"suara_3": wavering(43, 2, "3", "8", share)})
        assert found["suara_3"].value == 43 and found["suara_3"].confidence > 0.98


def test_arithmetic_never_overrules_what_is_plainly_written() -> None:
    """A total that does not fit stays as written, and is not certain."""
    values = consistent() | {"suara_sah": 197}
    found = weigh(FORM, sheet(values))
    assert {name: figure.value for name, figure in found.items()} == values
    assert min(found[name].confidence for name in ("suara_sah", "suara_1", "suara_total")) < CERTAIN


def test_two_unsure_figures_that_cannot_be_told_apart_are_illegible() -> None:
    """Where 3+8 and 8+3 both add up, neither is guessed."""
    values = consistent(votes=(13, 18, 50))
    unsure = {"suara_1": wavering(13, 2, "3", "8"), "suara_2": wavering(18, 2, "8", "3")}
    found = weigh(FORM, sheet(values) | unsure)
    assert {found["suara_1"].status, found["suara_2"].status} == {Status.ILLEGIBLE}


def test_a_blank_total_stays_blank() -> None:
    """A figure that the paper leaves empty is blank, though arithmetic would know it."""
    found = weigh(FORM, sheet(consistent()) | {"suara_sah": written(None)})
    assert found["suara_sah"].status is Status.BLANK


def test_noise_is_illegible() -> None:
    """Boxes that show nothing in particular give no figure."""
    noise = Evidence((tuple([1 / 14] * 14),) * 3)
    found = weigh(FORM, {name: noise for name in FORM.names if name.startswith("suara_")})
    assert {figure.status for figure in found.values()} == {Status.ILLEGIBLE}


def test_pages_alone_are_weighed() -> None:
    """Figures of one page need no other page."""
    values = consistent()
    names = [field.name for field in FORM.fields_of(2)]
    found = weigh(FORM, {name: written(values[name]) for name in names})
    assert {name: figure.value for name, figure in found.items()} == {name: values[name] for name in names}


@pytest.mark.parametrize("certainty", [0.9, 0.95])
def test_doubtful_boxes_that_add_up_are_believed(certainty: float) -> None:
    """Many middling boxes that fit every equation support one another."""
    values = consistent()
    found = weigh(FORM, {name: written(value, certainty) for name, value in values.items()})
    wrong = [name for name, figure in found.items() if figure.value not in (None, values[name])]
    assert wrong == []
    assert sum(figure.value == values[name] for name, figure in found.items()) >= 24


def test_what_the_boxes_show_far_better_is_not_mended() -> None:
    """Where boxes show another digit more than seven times better than the one that adds up, neither is given."""
    values = consistent(votes=(31, 120, 43))
    lifted = weigh_sheet(FORM, sheet(values) | {"suara_3": wavering(43, 2, "3", "8", 0.1)}, 300)
    assert lifted.figures["suara_3"].ground is Ground.UNBACKED and lifted.sure == 0
    backed = weigh_sheet(FORM, sheet(values) | {"suara_3": wavering(43, 2, "3", "8", 0.4)}, 300)
    assert backed.figures["suara_3"].ground is Ground.WEIGHED and backed.sure >= CERTAIN


@pytest.mark.parametrize("written_as", [743, 943])
def test_a_plain_number_above_the_limit_is_not_mended(written_as: int) -> None:
    """A first digit that no station can reach is not read as the one that adds up."""
    values = consistent(votes=(143, 61, 40))
    found = weigh_sheet(FORM, sheet(values) | {"suara_1": written(written_as, 0.99)}, 300)
    assert found.figures["suara_1"].figure.value in (written_as, None)
    assert found.sure < CERTAIN
