"""What KPU's own blanks, real ink and a second camera showed (`benchmarks.official`): each as a small case."""

from functools import cache

import cv2
import numpy as np
import pytest
import simplejpeg

from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading import located
from sirekap.reading.boxes import place_fields, unseen
from sirekap.reading.lines import Bend
from sirekap.reading.page import Found, find_page
from sirekap.reading.photo import read_photo
from sirekap.reading.quality import verdict
from sirekap.reading.runs_out import lost_sides
from sirekap.reading.tags import find_tags, tag_shown

SCALE = 2.0  # px/mm
MARGIN = 60  # px of a dark table around the sheet
MATRIX = np.asarray([[SCALE, 0, MARGIN - 0.5], [0, SCALE, MARGIN - 0.5], [0, 0, 1]])
GRID = np.asarray([(x, y) for x in range(0, 601, 60) for y in range(0, 901, 60)], float)


@cache
def page(number: int) -> np.ndarray:
    """A blank page on a dark table, BGR."""
    paper = np.minimum(raster_form(FORM, number, SCALE), 225)
    return np.asarray(cv2.copyMakeBorder(paper, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=(70, 80, 90)))


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def blurred(number: int) -> np.ndarray:
    """So blurred that no tag is seen by itself, while boxes of 20 mm still are."""
    return grey(cv2.GaussianBlur(page(number), (0, 0), 4.2))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_blurred_tag_is_known_where_it_should_be(number: int) -> None:
    """The page's own tag shows in its place though none is found in the picture, and no other page's does."""
    picture = blurred(number)
    assert find_tags(picture, FORM) == []
    shown = {other.number: tag_shown(picture, other, MATRIX) for other in FORM.pages}
    assert shown.pop(number) > 0.65 and max(shown.values()) < 0.5


def test_a_page_without_tag_in_its_place_shows_none() -> None:
    """Neither paper, nor a hand, nor a form printed without tag is taken for one."""
    tag = FORM.page(2).tag
    assert tag is not None
    for value in (225, 140):
        picture = page(2).copy()
        x, y = (round(v * SCALE) + MARGIN for v in (tag.rect.x, tag.rect.y))
        picture[y - 8 : y + 72, x - 8 : x + 72] = value
        assert tag_shown(grey(picture), FORM.page(2), MATRIX) < 0.5


@pytest.mark.slow
def test_a_blurred_page_is_found_with_its_tag() -> None:
    """A page whose tag is too blurred to be found by itself is found by its lines, and its tag counts."""
    found = find_page(blurred(2), FORM)
    assert found is not None and found.page.number == 2 and found.tag


@pytest.mark.parametrize("way", [-23.0, 23.0])
def test_rows_that_show_better_a_box_further_are_not_read(way: float) -> None:
    """Where a wrong bend lays the rows one box to the side, no figure is read: 72 would become 720."""
    picture, sheet = grey(page(1)), FORM.page(1)
    straight = Found(sheet, MATRIX, (), True, 0.9, Bend(GRID, np.zeros_like(GRID), 80.0))
    led = Found(sheet, MATRIX, (), True, 0.9, Bend(GRID, np.zeros_like(GRID) + np.asarray((way, 0.0)), 80.0))
    right, wrong = (place_fields(picture, FORM, found) for found in (straight, led))
    assert not any(unseen(item, right) for item in right)
    assert all(unseen(item, wrong) for item in wrong)


@pytest.mark.parametrize("way", [-23.0, 23.0])
def test_a_page_laid_a_box_to_the_side_is_moved_back(way: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page was found one box to the side, it is moved to where all of its boxes show, and is read."""
    data = bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(page(1)), quality=90, colorspace="BGR"))
    matrix = MATRIX @ np.asarray([[1, 0, way], [0, 1, 0], [0, 0, 1]])
    flat = Bend(GRID, np.zeros_like(GRID), 80.0)
    led = Found(FORM.page(1), matrix, (), True, 0.9, flat)
    monkeypatch.setattr(located, "find_page", lambda grey, form: led)
    found = located.locate(data, FORM).found
    assert found is not None and np.abs(found.matrix - MATRIX).max() < 3 * SCALE
    placed = place_fields(grey(page(1)), FORM, found)
    assert not any(unseen(item, placed) for item in placed)


def test_a_row_of_which_no_box_is_seen_by_itself_is_not_read() -> None:
    """Lines that happen to lie as a whole row's do, without any box, are no row of boxes."""
    from dataclasses import replace

    placed = place_fields(grey(page(1)), FORM, Found(FORM.page(1), MATRIX, (), True, 0.9))
    doubtful = replace(placed[0], seen=0.9, own=(0.1, 0.05, 0.12))
    assert unseen(doubtful, (doubtful, *placed[1:])) and not unseen(placed[0], placed)


CUTS = {
    "right": (2, lambda p: p[:, : MARGIN + round(260 * SCALE)]),
    "top": (2, lambda p: p[MARGIN + round(345 * SCALE) :]),
    "left": (1, lambda p: p[:, MARGIN + round(330 * SCALE) :]),
    "bottom": (1, lambda p: p[: MARGIN + round(420 * SCALE)]),
}


@pytest.mark.parametrize("side", CUTS)
def test_a_page_cut_too_deep_says_where(side: str) -> None:
    """Of a page of which too little is left to be found the side is named at which it runs out."""
    number, cut = CUTS[side]
    assert side in lost_sides(grey(cut(page(number))), FORM)


def test_what_is_no_form_at_all_is_not_said_to_be_cut_off() -> None:
    """A table, planks and squared paper run out of the picture without being a page."""
    planks = np.full((1200, 900), 150, np.uint8)
    planks[::120] = planks[1::120] = 60
    squares = planks.copy()
    squares[:, ::120] = 60
    for picture in (np.full((1200, 900), 150, np.uint8), planks, squares):
        assert lost_sides(picture, FORM) == ()


def test_a_strip_of_a_page_is_told_as_cut_off() -> None:
    """The problem says that the sheet is cut off, and where, beside that no page was found."""
    strip = np.ascontiguousarray(page(2)[:, : MARGIN + round(175 * SCALE)])
    reading = read_photo(bytes(simplejpeg.encode_jpeg(strip, colorspace="BGR")), "strip.jpg", FORM)
    assert reading.page is None and reading.problem is not None
    assert "cut off at this edge" in reading.problem and "right" in reading.problem
    assert ("cut", ("right",)) in {(r.code, r.where) for r in verdict(grey(strip), FORM, None, ())}
