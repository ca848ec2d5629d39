"""Pages are found, or refused in words, under each condition that the simulator knows; never laid wrongly."""

import cv2
import numpy as np
import pytest

from benchmarks.finding import judged, photo
from sirekap.camera.conditions import PAGES, STRANGERS, TAGGED
from sirekap.forms import C_HASIL_PPWP_2024 as PPWP
from sirekap.forms import FORMS
from sirekap.reading.directions import by_directions
from sirekap.reading.size import reading_form
from tests.thorough import THOROUGH

COPY = FORMS["C.HASIL-SALINAN-PPWP/2024"]
SEED = 61
# what may be refused: the boxes are cut off, hidden in the dark, or on paper too strongly folded or slanted
MAY_REFUSE = {"very dark", "strongly blurred", "two folds", "slanted 50-60 degrees", "glare on a total",
              *(name for name in PAGES if name.startswith("cut"))}  # fmt: skip
COPY_MAY_REFUSE = MAY_REFUSE | {"one fold"}  # a fold moves the lines, and the copy has nothing else
WORDS = {
    "very dark": "too dark",
    "strongly blurred": "blurred",
    "cut deep at the bottom": "cut off at this edge",
    "glare on a total": "glare over these figures",
}


def _in_turn(names: list[str], pages: int) -> list[tuple[str, int]]:
    """Each condition with each page; where tests need not be thorough with one, the pages in turn."""
    every = [(name, page) for name in names for page in range(pages)]
    return every if THOROUGH else [(name, place % pages) for place, name in enumerate(names)]


def _holds(form_id: str, name: str, number: int) -> None:
    found = judged(form_id, *photo(form_id, name, number, SEED), name, number)
    may_refuse = COPY_MAY_REFUSE if form_id == COPY.id else MAY_REFUSE
    allowed = {"refused"} if name in STRANGERS else {"right", "refused"} if name in may_refuse else {"right"}
    assert found.kind in allowed, f"{found.off:.1f} mm off; {found.said}"
    if found.kind == "refused":
        assert found.said


@pytest.mark.slow
def test_a_page_without_tag_and_outline_is_found() -> None:
    """A page without tag on a table of its own white is found by its lines."""
    _holds(PPWP.id, "no tag, white table", 1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), _in_turn([*PAGES, *TAGGED, *STRANGERS], 3))
def test_each_condition_is_found_or_refused(name: str, number: int) -> None:
    """A page of the large form is found under each condition where its boxes can be seen, else refused."""
    _holds(PPWP.id, name, number)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), _in_turn([*PAGES, *STRANGERS], 2))
def test_each_condition_of_the_copy_is_found_or_refused(name: str, number: int) -> None:
    """The pages of the copy on A4, which has neither tag nor corner marks, likewise."""
    _holds(COPY.id, name, number)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_what_is_wrong_is_said(name: str) -> None:
    """Darkness, blur, a cut edge and glare are named, with what to do."""
    found = judged(PPWP.id, *photo(PPWP.id, name, 1, SEED), name, 1)
    assert WORDS[name] in found.said


@pytest.mark.slow
def test_the_directions_of_lines_lay_a_page_roughly() -> None:
    """From its lines alone a page is laid to a few centimetres, the right way up, before anything is bettered."""
    page, case = photo(PPWP.id, "no tag, white table", 0, SEED)
    grey = np.asarray(cv2.imdecode(np.frombuffer(case.data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    found, matrix = by_directions(grey, PPWP, PPWP.pages)[0]
    inner = np.asarray([(120.0, 180.0), (480.0, 180.0), (480.0, 720.0), (120.0, 720.0)])
    laid = cv2.perspectiveTransform(case.shot.at(inner)[None], np.linalg.inv(matrix))[0]
    assert found.number == page and np.abs(laid - inner).max() < 40


def test_forms_of_any_size_are_read_in_one_measure() -> None:
    """The copy on A4 is read as if it were 900 mm high, with all in it; a large form is read as it is."""
    large = reading_form(COPY)
    assert (large.height, round(large.width)) == (900.0, 636)
    box, printed = large.fields[0].boxes[0], COPY.fields[0].boxes[0]
    assert box.w / printed.w == pytest.approx(900 / 297) and large.names == COPY.names
    assert reading_form(large) is large and reading_form(PPWP) is PPWP
