"""Certificates as they come out of the printer."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.drawing.certificate import Drawer, draw_certificate
from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.certificate_table import number
from sirekap.drawing.text import LETTERS
from sirekap.forms.words import written_out
from sirekap.record.certificate import (
    Answered,
    Attendance,
    Certificate,
    Column,
    Group,
    Objection,
    Place,
    Signing,
    body_hash,
)
from sirekap.record.certificate_rows import decode_code
from tests.drawing import certificates

POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs Debian's poppler-utils")
NASTY = ("#panic()", "]", '"', "\\", '#let x = "\\" $ é', "*_`@<a>//", "A" * 300, "ꦲꦤ 王", "صندوق", "")


def text_of(pdf: bytes, folder: Path, *more: str) -> str:
    """What pdftotext finds."""
    (folder / "c.pdf").write_bytes(pdf)
    run = subprocess.run(["pdftotext", *more, folder / "c.pdf", "-"], capture_output=True, text=True, check=True)
    return run.stdout


def test_two_processes_draw_the_same_bytes() -> None:
    """PDF/A-2b, with nothing of the moment, the process or the machine in it."""
    code = (
        "import sys, hashlib; from tests.drawing.certificates import full;"
        "from sirekap.drawing.certificate import draw_certificate;"
        "print(hashlib.sha256(draw_certificate(full())).hexdigest())"
    )
    pdf = draw_certificate(certificates.full())
    other = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Jayapura", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert other.stdout.strip() == hashlib.sha256(pdf).hexdigest()
    assert b"pdfaid:part>2<" in pdf and b"pdfaid:conformance>B<" in pdf


MADE = {
    "district": certificates.full,
    "large district": lambda: certificates.district(12, 10),
    "regency, 18 parties": certificates.regency_dpr,
    "nation": certificates.nation,
}


@POPPLER
@pytest.mark.parametrize("name", MADE)
def test_every_figure_stands_on_the_paper(name: str, tmp_path: Path) -> None:
    """Row for row the numbers of the data, no more and no fewer: units, sums, running sums, totals, words."""
    certificate = MADE[name]()
    text = text_of(draw_certificate(certificate), tmp_path, "-layout")
    found = _by_line(text)
    for index, row in enumerate(certificate.rows):
        columns = [column for group in certificate.groups for column in group.columns if column.stations]
        numbers = [number(column.values[index]) for column in columns]
        printed = found[row.line]
        total = certificate.totals[index]
        assert _in_order(numbers, printed), f"{row.line}: {numbers} in {printed}"
        assert number(total) in printed
        assert " ".join((written_out(total) if total is not None else "KOSONG").lower().split()) in " ".join(
            text.split()
        )


def _by_line(text: str) -> dict[str, list[str]]:
    """The numbers after each of the form's lines, over all pages."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        start = re.match(r"\s*((?:I|II|III|IV|V)(?:\.[0-9A-C]+)*(?: \([234]\))?)\s{2,}\S", line)
        if start:
            found.setdefault(start[1], []).extend(
                re.findall(r"(?<=\s)(?:[0-9]{1,3}(?:\.[0-9]{3})*|–)(?=\s|$)", line)
            )
    return found


def _in_order(wanted: list[str], printed: list[str]) -> bool:
    rest = iter(printed)
    return all(any(item == other for other in rest) for item in wanted)


@POPPLER
def test_everything_else_stands_on_the_paper(tmp_path: Path) -> None:
    """Units, ground, missing station, difference, correction, objection, attendance, hash, footer, copy."""
    certificate = certificates.full()
    pdf = draw_certificate(certificate, copy_for="Saksi pasangan calon nomor urut 1")
    text = " ".join(text_of(pdf, tmp_path).split())
    for said in (
        "MODEL D.HASIL KECAMATAN-PPWP",
        "SALINAN untuk Saksi pasangan calon nomor urut 1",
        "Pemilu 2024, 14 Februari 2024",
        "TANAH ABANG (317301)",
        "JAKARTA PUSAT (3173)",
        "2, menggantikan versi 1 atas perintah KPU Kabupaten/Kota",
        "Saran perbaikan Bawaslu: TPS 002 dihitung ulang",
        "20 Februari 2024 pukul 17.30 WIB",
        "Keputusan PPK nomor 1",
        "Kotak suara hilang dalam banjir",
        "Salah jumlah pada lembar rekap desa",
        "+9",
        "Angka tertukar pada salinan",
        "Selisih jumlah di TPS 002. Minta hitung ulang.",
        "Listrik padam 20 menit.",
        "tidak bersedia",
        "Keberatan nomor 1 belum",
        body_hash(certificate),
        certificate.sheets,
        f"SHA-256 {body_hash(certificate)[:16]}…",
        "Halaman 1 dari",
    ):
        assert said in text, said


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs Debian's poppler-utils")
def test_the_qr_code_says_unit_contest_version_and_hash(tmp_path: Path) -> None:
    """Read back at 100 dpi."""
    certificate = certificates.full()
    (tmp_path / "c.pdf").write_bytes(draw_certificate(certificate))
    subprocess.run(
        ["pdftoppm", "-r", "100", "-l", "1", "-png", tmp_path / "c.pdf", tmp_path / "page"], check=True
    )
    image = cv2.imread(str(next(tmp_path.glob("page*.png"))))
    assert image is not None
    code = decode_code(zxingcpp.read_barcodes(image)[0].text)
    assert code is not None
    assert (code.unit, code.contest, code.version, code.sha256) == ("317301", "ppwp", 2, body_hash(certificate))


def nasty(word: str) -> Certificate:
    """A certificate with one word wherever people's words stand."""
    full = certificates.full()
    place = full.groups[-1].place
    return replace(
        full,
        election=word,
        path=(*full.path[:-1], Place(full.unit.code, word)),
        groups=(
            Group(
                Place(place.code, word),
                (Column(Place(f"{place.code}001", word), full.groups[0].columns[0].values),),
            ),
        ),
        completeness=replace(full.completeness, expected=1, counted=1, missing=(), decision=word),
        objections=(Objection(1, word, word, word, Answered.ANSWERED),),
        differences=(replace(full.differences[0], explanation=word),),
        corrections=(replace(full.corrections[0], reason=word, by=word),),
        attendance=(
            Attendance(word, word, Signing.SIGNS, "", word),
            Attendance(word, word, Signing.REFUSES, word),
        ),
        rows=tuple(replace(row, who=word if row.figure == "suara_1" else row.who) for row in full.rows),
        sheets=word,
    )


@POPPLER
@pytest.mark.parametrize("word", NASTY)
def test_words_of_people_are_never_code(word: str, tmp_path: Path) -> None:
    """They are printed as they are; letters without a glyph as "?"."""
    text = text_of(draw_certificate(nasty(word), copy_for=word), tmp_path)
    if word.isascii():
        assert word in re.sub(r"\s|\u200b", "", text) or word in text
    assert "versi 2" in text


@POPPLER
@pytest.mark.parametrize(
    "word", ["KABUPATENSANGATPANJANGSEKALINAMANYATANPASPASI", "Kata " * 60, "PERTANGGUNGJAWABAN" * 5]
)
def test_nothing_runs_out_of_the_page(word: str, tmp_path: Path) -> None:
    """Every word lies within the margins, however long the names are."""
    boxes = text_of(draw_certificate(nasty(word), copy_for=word), tmp_path, "-bbox")
    edges = [tuple(map(float, found)) for found in re.findall(r'xMin="([0-9.]+)" .*?xMax="([0-9.]+)"', boxes)]
    assert edges and min(left for left, _ in edges) > 25 and max(right for _, right in edges) < 842 - 25


@settings(max_examples=60, deadline=None)
@given(st.text(st.one_of(st.sampled_from(sorted(map(chr, LETTERS))), st.characters()), max_size=80))
def test_no_text_stops_the_drawing(word: str) -> None:
    """Whatever stands in an objection or a name."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return  # no text of the database's
    assert _DRAWER.draw(nasty(word))


_DRAWER = Drawer()


def test_those_who_sign_have_places_on_the_last_pages() -> None:
    """Each within the page, none over another, as many pages as are needed."""
    people = tuple(Attendance(f"Anggota {number}", "", Signing.SIGNS) for number in range(30))
    certificate = replace(certificates.full(), attendance=people)
    places = signing_places(certificate)
    assert [place.person for place in places] == list(people)
    assert [place.page for place in places] == [-3] * 12 + [-2] * 12 + [-1] * 6
    assert len({(place.page, place.rect) for place in places}) == 30
    assert all(place.rect.x + place.rect.w <= 287 and place.rect.y + place.rect.h <= 195 for place in places)
    assert draw_certificate(certificate)


def test_a_certificate_without_anything_to_tell_can_be_drawn() -> None:
    """No attendance, no columns, every figure blank."""
    plain = certificates.full()
    empty = replace(
        plain,
        groups=(),
        attendance=(),
        objections=(),
        corrections=(),
        differences=(),
        completeness=replace(plain.completeness, counted=0),
    )
    assert draw_certificate(empty)
