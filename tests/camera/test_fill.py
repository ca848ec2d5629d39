from dataclasses import replace

import numpy as np
import pytest
import zxingcpp

from sirekap.camera.fill import Habits, Image, fill_page
from sirekap.camera.handwriting import Writer
from sirekap.camera.stations import Figures
from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Rect
from sirekap.forms.qr import QrContent, decode_qr

SCALE = 2.0
NOBODY = Habits(bubble="full", bubble_of_unused=False, tally=False, strike_unused=False,
                words={1: False, 2: False, 3: False}, header=False)  # fmt: skip
BUSY = Habits(bubble="full", bubble_of_unused=True, tally=True, strike_unused=True,
              words={1: True, 2: True, 3: True}, header=True)  # fmt: skip
PLACE = {"provinsi": "NUSA CONTOH", "kabupaten": "CONTOH UTARA", "kecamatan": "SUMBER-MISAL",
         "kelurahan": "UMPAMA JAYA", "tps": "007"}  # fmt: skip


def _page(page: int, figures: Figures, seed: int = 1, habits: Habits = NOBODY, **more: object) -> Image:
    rng = np.random.default_rng(seed)
    blank: Figures = dict.fromkeys(FORM.names)
    return fill_page(FORM, page, {**blank, **figures}, Writer.random(rng), rng, habits=habits,
                     px_per_mm=SCALE, **more)  # type: ignore[arg-type]  # keywords of the test  # fmt: skip


def _ink(picture: Image, page: int, place: Rect) -> float:
    """The mean darkening of a place in mm against the printed page, in grey levels."""
    rows = slice(round(place.y * SCALE), round((place.y + place.h) * SCALE))
    columns = slice(round(place.x * SCALE), round((place.x + place.w) * SCALE))
    printed = raster_form(FORM, page, SCALE)[rows, columns].astype(int)
    return float((printed - picture[rows, columns]).mean())


def test_the_same_state_fills_the_same_page() -> None:
    """Everything written follows from the generator's state."""
    pages = [_page(2, {"suara_1": 123}, seed, BUSY, place=PLACE) for seed in (5, 5, 6)]
    assert np.array_equal(pages[0], pages[1])
    assert not np.array_equal(pages[0], pages[2])


def test_a_blank_figure_leaves_its_cells_as_printed() -> None:
    """None writes neither digits nor bubbles nor words: blank is never zero."""
    picture = _page(2, {"suara_2": 45})
    field = FORM.field("suara_1")
    assert field.words is not None
    for place in (*field.boxes, field.words):
        assert _ink(picture, 2, place) == 0


@pytest.mark.parametrize("seed", range(8))
def test_digits_stand_to_the_right_and_their_bubbles_are_filled(seed: int) -> None:
    """Of 45 the last two boxes hold ink, and the bubbles 4 and 5 are darker than their neighbours."""
    picture = _page(2, {"suara_2": 45}, seed)
    field = FORM.field("suara_2")
    assert field.bubbles is not None
    assert all(_ink(picture, 2, box) > 1 for box in field.boxes[1:])
    for column, digit in ((1, 4), (2, 5)):
        dark = []
        for other in range(10):
            x, y = field.bubbles.centre(column, other)
            dark.append(_ink(picture, 2, Rect(x - 3, y - 3, 6, 6)))
        assert int(np.argmax(dark)) == digit


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_full_page_is_written_in_all_its_places(page: int) -> None:
    """Header, boxes, tally rows and words all hold ink where the people are diligent."""
    figures: Figures = dict.fromkeys(FORM.names, 123)
    picture = _page(page, figures, habits=BUSY, place=PLACE)
    assert picture.shape == (1800, 1200, 3)
    assert all(_ink(picture, page, area) > 0 for _, area in FORM.page(page).header)
    for field in FORM.fields_of(page):
        assert all(_ink(picture, page, box) > 0 for box in field.boxes)
        if field.tally is not None:
            assert _ink(picture, page, field.tally.cell(2, 0)) > 0
            assert _ink(picture, page, field.tally.subtotal_box(2, 1)) > 0


def test_tally_marks_follow_what_was_counted() -> None:
    """Where the paper's figure is wrong, the marks still show the count."""
    field = FORM.field("suara_1")
    assert field.tally is not None
    picture = _page(
        2,
        {"suara_1": 150},
        habits=replace(NOBODY, tally=True),
        counted=dict.fromkeys(FORM.names, 0) | {"suara_1": 61},
    )
    assert _ink(picture, 2, field.tally.cell(1, 0)) > 1
    assert _ink(picture, 2, field.tally.subtotal_box(2, 1)) == 0


@pytest.mark.parametrize("page", [1, 2, 3])
def test_the_qr_code_of_a_filled_page_can_be_read(page: int) -> None:
    """A page filled for a station names it."""
    picture = _page(page, {}, habits=BUSY, place=PLACE, station="9701011001007")
    codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [decode_qr(code.text) for code in codes] == [QrContent("9701011001007", FORM.id, page)]


@pytest.mark.parametrize("value", [-1, 1000])
def test_a_figure_that_its_boxes_cannot_hold_is_refused(value: int) -> None:
    """Three boxes hold 0 to 999."""
    with pytest.raises(ValueError, match="suara_1 has 3 boxes"):
        _page(2, {"suara_1": value})


def test_a_missing_figure_is_refused() -> None:
    """A figure of the page that nobody gave is an error, not a blank."""
    rng = np.random.default_rng(0)
    with pytest.raises(KeyError, match="suara_1"):
        fill_page(FORM, 2, {}, Writer.random(rng), rng, px_per_mm=1.0)
