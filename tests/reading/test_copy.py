"""The copy on A4, found by its own lines: it has neither tag nor corner marks."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.finding import photo
from sirekap.camera import fill
from sirekap.camera.photograph import CLEAN, FIELD, photograph
from sirekap.camera.simulate import generator, simulate_station
from sirekap.camera.stations import regional_shares, station_figures
from sirekap.forms import C_HASIL_PPWP_2024 as PPWP
from sirekap.forms import FORMS, Form, register
from sirekap.reading.sheet import read_photo, read_sheet
from sirekap.review import Decision
from tests.shared import shared

COPY = FORMS["C.HASIL-SALINAN-PPWP/2024"]
STATION = "3171011001007"
KPU = "forms/C.HASIL_SALINAN-PPWP.pdf"


@pytest.mark.slow
def test_a_clean_copy_is_read_and_accepted() -> None:
    """Both pages of a copy, photographed in any order: every figure as it stands on the paper."""
    made = simulate_station(COPY, STATION, 5, CLEAN, error_share=0.0, with_qr=True)
    readings = [read_photo(data, "copy.jpg", COPY) for data in reversed(made.photos)]
    found = read_sheet(readings, COPY, voters_per_station=300)
    assert [reading.page for reading in readings] == [2, 1]
    assert {name: figure.value for name, figure in found.figures.items()} == made.truth
    assert (found.station, found.decision) == (STATION, Decision.ACCEPT)


@pytest.mark.slow
def test_the_sheet_is_no_copy_and_the_copy_no_sheet() -> None:
    """A large sheet is told by its tag where a copy is expected; a copy is refused where the sheet is."""
    sheet = photo(PPWP.id, "usual", 1)[1].data
    wrong = read_photo(sheet, "sheet.jpg", COPY)
    assert wrong.problem == f"page 2 of {PPWP.id} is seen, expected a page of {COPY.id}"
    copy = read_photo(photo(COPY.id, "usual", 1)[1].data, "copy.jpg", PPWP)
    assert copy.page is None and copy.problem is not None
    assert copy.problem.startswith(
        f"no page of {PPWP.id} was found; expected its tag, or most of its printed lines"
    )


def _plain(form_id: str) -> Form:
    """A made-up form without tag: the provincial election's sheet, its tags and marks left off."""
    form = FORMS["C.HASIL-KWK-GUBERNUR/2024-3"]
    pages = tuple(replace(page, tag=None, marks=()) for page in form.pages)
    return register(replace(form, id=form_id, pages=pages))


@pytest.mark.slow
def test_any_form_without_tag_is_read() -> None:
    """Nothing in reading knows the copy: another form without tag and marks is found and read as well."""
    form = _plain("C.HASIL-PLAIN/2024")
    try:
        made = simulate_station(form, STATION, 6, CLEAN, error_share=0.0)
        readings = [read_photo(data, "plain.jpg", form) for data in made.photos]
        found = read_sheet(readings, form, voters_per_station=300)
    finally:
        del FORMS[form.id]
    assert [reading.page for reading in readings] == [1, 2, 3]
    assert {name: figure.value for name, figure in found.figures.items()} == made.truth


def _official(page: int, folder: Path) -> np.ndarray:
    """KPU's own page: the framed picture on the annex's page, 2000 px high."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is absent (Debian: poppler-utils)")
    name = folder / f"kpu{page}"
    command = ["pdftoppm", "-r", "300", "-png", "-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run([*command, str(shared(KPU)), str(name)], check=True)
    picture = cv2.imread(f"{name}.png")
    dark = picture.min(axis=2) < 170
    columns = np.flatnonzero(dark.sum(axis=0) > 0.7 * 0.81 * len(dark))
    rows = np.flatnonzero(dark[:, columns[0] : columns[-1]].sum(axis=1) > 0.97 * (columns[-1] - columns[0]))
    inner = picture[rows[0] + 6 : rows[-1] - 6, columns[0] + 6 : columns[-1] - 6]
    return cv2.resize(inner, (round(2000 * COPY.width / COPY.height), 2000), interpolation=cv2.INTER_AREA)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_kpus_own_print_is_found_and_read(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KPU's page, whose fonts and texts are not ours, filled by our handwriting and photographed in the field."""
    monkeypatch.setattr(fill, "raster_form", lambda form, page, scale: _official(page, tmp_path))
    rng = generator(seed, "kpu")
    figures = station_figures(COPY, rng, regional_shares(COPY.tickets, rng), 300).figures
    writer = fill.Writer.random(rng)
    readings = []
    for page in (1, 2):
        picture = fill.fill_page(COPY, page, figures, writer, rng, px_per_mm=2000 / COPY.height)
        readings.append(read_photo(photograph(picture, rng, FIELD, (1500, 2000)), f"{page}.jpg", COPY))
    assert [reading.page for reading in readings] == [1, 2]
    found = read_sheet(readings, COPY, voters_per_station=300).figures
    right = sum(found[name].value == value for name, value in figures.items() if name in found)
    wrong = [name for name, f in found.items() if f.value is not None and f.value != figures[name]]
    assert wrong == [] and right >= 0.9 * len(figures)
