"""`python tests/drawing/test_blank.py` draws the golden pictures anew; look at them before you keep them."""

import re
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from sirekap.drawing import draw_form, raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms.qr import QrContent, decode_qr

GOLDEN = Path(__file__).parent / "golden"
GOLDEN_SCALE = 0.3
STATION = "9701011001001"
POINTS_PER_MM = 72 / 25.4
PAGES = pytest.mark.parametrize("page", [1, 2, 3])


def _golden(page: int) -> Path:
    return GOLDEN / f"c_hasil_ppwp_2024-p{page}.png"


def _small(page: int) -> np.ndarray:
    """The page at 2 px/mm, made smaller by averaging: less at the mercy of a renderer's antialiasing."""
    grey = cv2.cvtColor(raster_form(FORM, page, 2.0), cv2.COLOR_BGR2GRAY)
    size = round(FORM.width * GOLDEN_SCALE), round(FORM.height * GOLDEN_SCALE)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("station", [None, STATION])
def test_the_same_form_gives_the_same_file(station: str | None) -> None:
    """Two runs of draw_form give the same bytes, with and without a station."""
    assert draw_form(FORM, station) == draw_form(FORM, station)


def test_the_file_is_pdf_a_with_three_pages_of_600_by_900_mm() -> None:
    """The printable form claims PDF/A-2b and has the paper's size."""
    pdf = draw_form(FORM)
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert len(boxes) == 3
    for box in boxes:
        expected = [0, 0, FORM.width * POINTS_PER_MM, FORM.height * POINTS_PER_MM]
        assert [float(v) for v in box.split()] == pytest.approx(expected, abs=0.1)
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfaid:conformance>B<" in pdf


@PAGES
def test_a_raster_shows_the_pages_tag_in_its_place(page: int) -> None:
    """OpenCV finds the page's AprilTag, and each corner within half a millimetre, upside down as printed."""
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    scale = 3.0
    corners, ids, _ = cv2.aruco.ArucoDetector(family).detectMarkers(raster_form(FORM, page, scale))
    assert np.ravel(ids).tolist() == [100 + page]
    x1, y1, x2, y2 = (494.1, 107.3, 526.1, 139.3)
    expected = np.array([[x2, y2], [x1, y2], [x1, y1], [x2, y1]])
    assert np.abs(corners[0][0] / scale - expected).max() < 0.5


@PAGES
def test_a_page_looks_as_it_did(page: int) -> None:
    """The drawing equals the kept picture but for a renderer's small differences."""
    kept = cv2.imread(str(_golden(page)), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    difference = np.abs(_small(page).astype(int) - kept)
    assert difference.mean() < 1.0
    assert np.percentile(difference, 99.9) < 40


def test_a_raster_is_kept_and_cannot_be_spoilt() -> None:
    """The shared picture is the same object the next time, and writing on it fails."""
    first = raster_form(FORM, 2, 1.0)
    assert first is raster_form(FORM, 2, 1.0)
    assert first.shape == (900, 600, 3)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


@pytest.mark.parametrize(("page", "scale"), [(0, 1.0), (4, 1.0), (1, 0.0), (1, 1000.0)])
def test_a_page_or_scale_that_cannot_be_is_refused(page: int, scale: float) -> None:
    """A page that the form lacks and an absurd scale are errors, not empty or endless pictures."""
    with pytest.raises(ValueError, match=r"page|pixels"):
        raster_form(FORM, page, scale)


def test_a_station_that_is_none_gets_no_form() -> None:
    """A code of other than 13 digits cannot be printed."""
    with pytest.raises(ValueError, match="13 digits"):
        draw_form(FORM, "12")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed")
@PAGES
def test_the_printed_qr_code_names_station_form_and_page(page: int, tmp_path: Path) -> None:
    """Who scans a printed page learns its station, form and page."""
    pdf = tmp_path / "form.pdf"
    pdf.write_bytes(draw_form(FORM, STATION))
    number = str(page)
    subprocess.run(["pdftoppm", "-r", "60", "-f", number, "-l", number, "-singlefile", "-png", pdf,
                    tmp_path / "p"],
                   check=True)  # fmt: skip
    codes = zxingcpp.read_barcodes(cv2.imread(str(tmp_path / "p.png")), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [decode_qr(code.text) for code in codes] == [QrContent(STATION, FORM.id, page)]


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for number in (1, 2, 3):
        cv2.imwrite(str(_golden(number)), _small(number))
