"""Activation slips as they come out of the printer."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import pytest
import zxingcpp

from sirekap.codes import grouped, read_payload
from sirekap.drawing.slips import PER_SHEET, Post, Slip, draw_slips

AT = datetime(2024, 2, 1, 8, tzinfo=UTC)
ADDRESS = "https://kpu.example/aktivasi"
LONG = "KECAMATAN YANG SANGAT PANJANG SEKALI NAMANYA, KABUPATEN KEPULAUAN SIAU TAGULANDANG BIARO, SULAWESI UTARA"
PLAIN = Slip(
    "3173011001001a", "", (Post("KPPS", "3173011001001", "TPS 001, GELORA, JAKARTA"),), AT, "7ZKM04QRAB12CDEF"
)
SLIPS = (
    PLAIN,
    replace(PLAIN, login="kpu_kabko-3173-a", name="Siti", posts=(Post("KPU", "3173", LONG),) * 4),
    replace(PLAIN, login="b" * 40, name='#let x = "\\" $ é'),
    replace(PLAIN, login="ccc", name="ꦲꦤ 王"),
    *(replace(PLAIN, login=f"31730110010{number:02d}a", code=f"{number:016d}") for number in range(10, 17)),
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Eleven slips: a full sheet and one more."""
    return draw_slips(SLIPS, 'Pemilu "2024"', AT, ADDRESS)


def test_the_same_slips_give_the_same_file(pdf: bytes) -> None:
    """PDF/A-2b, byte for byte."""
    assert draw_slips(SLIPS, 'Pemilu "2024"', AT, ADDRESS) == pdf
    assert b"pdfaid:part>2<" in pdf and b"pdfaid:conformance>B<" in pdf


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs Debian's poppler-utils")
def test_every_slip_can_be_scanned_and_read(pdf: bytes, tmp_path: Path) -> None:
    """At 150 dpi each QR code gives login and code back; login, code and unit stand in words beside it."""
    (tmp_path / "slips.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", tmp_path / "slips.pdf", tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 2
    found = []
    for page in pages:
        image = cv2.imread(str(page))
        assert image is not None
        found += [read_payload(code.text) for code in zxingcpp.read_barcodes(image)]
    assert sorted(item for item in found if item) == sorted((slip.login, slip.code) for slip in SLIPS)
    assert len(found) == len(SLIPS) == PER_SHEET + 1
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "slips.pdf", "-"], capture_output=True, text=True
    ).stdout
    for slip in SLIPS:
        assert slip.login in text and grouped(slip.code) in text
    assert "1 Februari 2024 pukul 15.00 WIB" in text and '#let x = "\\" $ é' in text and "?? ?" in text


def test_an_address_that_cannot_be_read_back_is_refused() -> None:
    """A second # would hide the code."""
    with pytest.raises(ValueError, match="no QR code"):
        draw_slips([PLAIN], "x", AT, "https://kpu.example/#a")


def test_a_slip_does_not_show_its_code_in_logs() -> None:
    """Its text for programmers leaves the code out."""
    assert PLAIN.code not in repr(PLAIN)
