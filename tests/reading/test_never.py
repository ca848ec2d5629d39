"""Paper that does not add up is given as it is written: never accepted, never mended."""

import numpy as np
import pytest

from benchmarks.never import BROKEN, broken
from sirekap.figures import Status
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.model import PhotoReading
from sirekap.reading.sheet import read_sheet
from sirekap.review import Decision
from tests.example import consistent
from tests.reading.test_weigh import wavering, written


def sheet_of(values: dict[str, int | None], **other) -> list[PhotoReading]:  # type: ignore[no-untyped-def]
    """Photographs that plainly show some figures; `other` evidence takes the place of it."""
    evidence = {name: written(value) for name, value in values.items()} | other
    return [
        PhotoReading(
            f"{page.number}.jpg",
            str(page.number),
            page.number,
            evidence={field.name: evidence[field.name] for field in FORM.fields_of(page.number)},
        )
        for page in FORM.pages
    ]


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("seed", range(3))
def test_paper_that_does_not_add_up_is_kept_as_written(case: str, seed: int) -> None:
    """Each kind of broken sum, and a blank form, goes to review; no figure is given as another."""
    paper = broken(case, dict(consistent()), np.random.default_rng(seed))
    found = read_sheet(sheet_of(paper), FORM, voters_per_station=300)
    assert found.decision is Decision.REVIEW
    given = {name: f.value for name, f in found.figures.items() if f.status is not Status.ILLEGIBLE}
    assert given == {name: paper[name] for name in given} and len(given) >= len(paper) - 1
    assert found.findings or len(given) < len(paper)


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_sheet_without_a_page_is_not_accepted(page: int) -> None:
    """However certain the other pages are."""
    photos = [photo for photo in sheet_of(dict(consistent())) if photo.page != page]
    assert read_sheet(photos, FORM).decision is Decision.REVIEW


def test_boxes_that_look_empty_are_not_filled_by_arithmetic() -> None:
    """A total whose boxes are likelier empty than anything stays without a number, though its sum is known."""
    values = consistent()
    faint = np.asarray(written(None).digits)
    faint[2, :] = 0.002
    faint[2, [10, values["suara_sah"] % 10]] = 0.7, 0.28
    boxes = [np.asarray(row) for row in written(values["suara_sah"]).digits]
    for box in (0, 1):
        faint[box] = 0.55 * faint[box] + 0.45 * boxes[box]
    item = type(written(None))(tuple(tuple(row / row.sum()) for row in faint))
    found = read_sheet(sheet_of(dict(values), suara_sah=item), FORM, voters_per_station=300)
    assert found.figures["suara_sah"].status is not Status.READ
    assert found.decision is Decision.REVIEW


def test_an_accepted_sheet_is_sure_as_a_whole() -> None:
    """The least certain figure's confidence is that all figures are right, and many small doubts add up."""
    values = dict(consistent(votes=(31, 120, 43)))
    plain = read_sheet(sheet_of(values), FORM)
    assert plain.decision is Decision.ACCEPT
    unsure = {name: wavering(value, 2, str(value % 10), "9" if value % 10 != 9 else "4", 0.97)
              for name, value in values.items() if name.startswith("disabilitas")}  # fmt: skip
    doubtful = read_sheet(sheet_of(values, **unsure), FORM)
    weakest = min(figure.confidence for figure in doubtful.figures.values())
    assert weakest < min(figure.confidence for figure in plain.figures.values())


def test_a_number_far_above_the_limit_needs_more_than_its_look() -> None:
    """A 1 that looks like a 7 makes 703 of 103. Where a station has 300 voters it is not given as 703, nor is it
    mended to 103, which the paper hardly shows; where both look alike the limit decides.
    """
    values = dict(consistent(votes=(103, 50, 43), women=90))
    seven = wavering(103, 0, "7", "1", 0.985)
    free = read_sheet(sheet_of(values, suara_1=seven), FORM)
    limited = read_sheet(sheet_of(values, suara_1=seven), FORM, voters_per_station=300)
    alike = wavering(103, 0, "7", "1", 0.6)
    assert free.figures["suara_1"].value == 703  # plainly written: never overruled
    assert limited.figures["suara_1"].status is Status.ILLEGIBLE and limited.decision is Decision.REVIEW
    decided = read_sheet(sheet_of(values, suara_1=alike), FORM, voters_per_station=300)
    assert decided.figures["suara_1"].value == 103
