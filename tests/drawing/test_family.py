"""Every form is drawn from its definition alone.

`python tests/drawing/test_family.py` draws the golden pictures anew; look at them before you keep them.
"""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from sirekap.camera.fill import fill_page
from sirekap.camera.handwriting import Writer
from sirekap.camera.stations import regional_shares, station_figures
from sirekap.drawing import draw_form, raster_form
from sirekap.forms import FORMS, Form

GOLDEN = Path(__file__).parent / "golden"
PICTURES = (
    ("C.HASIL-DPD/2024", 3),
    ("C.HASIL-DPR/2024", 2),
    ("C.HASIL-KWK-BUPATI/2024-5", 2),
    ("C.HASIL-SALINAN-PPWP/2024", 1),
    ("C.HASIL-SALINAN-PPWP/2024", 2),
)
SIDE = 180  # pixels of a golden picture's width


def _golden(form_id: str, page: int) -> Path:
    name = re.sub("[^a-z0-9]+", "_", form_id.lower())
    return GOLDEN / f"{name}-p{page}.png"


def _small(form_id: str, page: int) -> np.ndarray:
    form = FORMS[form_id]
    picture = raster_form(form, page, 1200 / form.width)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (SIDE, round(SIDE * form.height / form.width)), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_is_a_file_with_its_pages(form: Form) -> None:
    """The printable file has as many pages as the definition, each of its size."""
    pdf = draw_form(form, "9701011001001")
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert len(boxes) == len(form.pages)
    expected = [0, 0, form.width * 72 / 25.4, form.height * 72 / 25.4]
    assert [float(v) for v in boxes[0].split()] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(("form_id", "page"), PICTURES)
def test_a_page_looks_as_it_did(form_id: str, page: int) -> None:
    """The drawing equals the kept picture but for a renderer's small differences."""
    kept = cv2.imread(str(_golden(form_id, page)), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    difference = np.abs(_small(form_id, page).astype(int) - kept)
    assert difference.mean() < 1.0 and np.percentile(difference, 99.9) < 40


@pytest.mark.parametrize(("form_id", "page"), PICTURES)
def test_every_box_of_a_page_is_filled(form_id: str, page: int) -> None:
    """The last box of each figure holds ink that the blank does not, on paper of any size."""
    form, rng = FORMS[form_id], np.random.default_rng(3)
    figures = station_figures(form, rng, regional_shares(form.tickets, rng)).figures
    scale = 1200 / form.width
    filled = fill_page(form, page, figures, Writer.random(rng), rng, px_per_mm=scale)
    blank = raster_form(form, page, scale)
    for field in form.fields_of(page):
        if figures[field.name] is not None:
            box = field.boxes[-1]
            x, y, w, h = (round(v * scale) for v in (box.x, box.y, box.w, box.h))
            assert (filled[y : y + h, x : x + w] != blank[y : y + h, x : x + w]).any(), field.name


if __name__ == "__main__":
    for form_id, number in PICTURES:
        cv2.imwrite(str(_golden(form_id, number)), _small(form_id, number))
