"""Photographs of a simulated station, read as a whole; and photographs that are none."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import simplejpeg

from sirekap.camera.photograph import CLEAN
from sirekap.camera.simulate import SimulatedStation, simulate_station
from sirekap.figures import Status
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.model import PhotoReading
from sirekap.reading.sheet import read_photo, read_sheet
from sirekap.review import Decision
from tests.reading.pictures import cat
from tests.shared import shared

STATION, OTHER = "3171011001007", "3171011001008"
SEED = 4


@cache
def station(code: str = STATION, seed: int = SEED) -> SimulatedStation:
    return simulate_station(FORM, code, seed, CLEAN, error_share=0.0, with_qr=True)


@cache
def readings(code: str = STATION, seed: int = SEED) -> tuple[PhotoReading, ...]:
    photos = station(code, seed).photos
    return tuple(read_photo(data, f"{code}-p{page}.jpg", FORM) for page, data in enumerate(photos, start=1))


def test_a_clean_station_is_read_and_accepted() -> None:
    """Three clean photographs give every figure as it stands on the paper."""
    sheet = read_sheet(readings(), FORM, voters_per_station=300)
    assert {name: figure.value for name, figure in sheet.figures.items()} == station().truth
    assert (sheet.station, sheet.pages, sheet.decision) == (STATION, (1, 2, 3), Decision.ACCEPT)


@pytest.mark.slow
def test_the_order_of_photographs_does_not_matter() -> None:
    """Pages may arrive in any order: the tag tells which is which."""
    forwards, backwards = read_sheet(readings(), FORM), read_sheet(readings()[::-1], FORM)
    assert forwards.figures == backwards.figures and forwards.used == backwards.used


def test_a_missing_page_sends_the_sheet_to_review() -> None:
    """Without page 3 the sheet waits, and the figures of that page are absent, not zero."""
    sheet = read_sheet(readings()[:2], FORM)
    assert (sheet.pages_missing, sheet.decision) == ((3,), Decision.REVIEW)
    assert "suara_sah" not in sheet.figures


def test_the_same_photograph_twice_changes_nothing() -> None:
    """Repeating a photograph gives the same sheet."""
    again = read_sheet([*readings(), readings()[1]], FORM)
    assert again.figures == read_sheet(readings(), FORM).figures and again.beside == ()


@pytest.mark.slow
def test_a_photograph_of_another_station_takes_no_part() -> None:
    """A page whose QR code names another station is set apart with the reason."""
    mixed = [*readings()[:2], readings(OTHER)[2]]
    sheet = read_sheet(mixed, FORM, station=STATION)
    assert sheet.pages == (1, 2)
    assert "names station " + OTHER in sheet.problems[readings(OTHER)[2].sha256]


@pytest.mark.slow
def test_two_photographs_that_differ_are_a_conflict() -> None:
    """Another paper under the same station is finding R40, and the sheet waits."""
    other = next(seed for seed in range(SEED + 1, SEED + 9) if station(STATION, seed).truth != station().truth)
    sheet = read_sheet([*readings(), readings(STATION, other)[1]], FORM)
    conflict = [finding for finding in sheet.findings if finding.rule == "R40"]
    votes = ("suara_1", "suara_2", "suara_3")
    here, there = station().truth, station(STATION, other).truth
    assert conflict and set(conflict[0].figures) == {name for name in votes if here[name] != there[name]}
    assert sheet.decision is Decision.REVIEW and len(sheet.beside) == 1


@pytest.mark.slow
def test_a_photograph_that_names_its_station_goes_before_one_that_any_could_claim() -> None:
    """A better photograph without a QR code stays beside the one whose QR code names the station."""
    other = next(seed for seed in range(SEED + 1, SEED + 9) if station(STATION, seed).truth != station().truth)
    stray = replace(readings(STATION, other)[1], station=None, quality=1.0)
    sheet = read_sheet([*readings(), stray], FORM)
    assert sheet.used[2] == readings()[1].sha256 and sheet.beside == (stray.sha256,)


@pytest.mark.parametrize("turn", [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE])
def test_any_rotation_is_read(turn: int) -> None:
    """A photograph turned by a quarter, a half or three quarters shows the same figures."""
    picture = cv2.rotate(simplejpeg.decode_jpeg(station().photos[1], colorspace="BGR"), turn)
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=92, colorspace="BGR")
    sheet = read_sheet([read_photo(bytes(data), "turned.jpg", FORM)], FORM)
    assert {name: f.value for name, f in sheet.figures.items()} == {
        name: station().truth[name] for name in ("suara_1", "suara_2", "suara_3")
    }


@pytest.mark.slow
def test_without_its_tag_a_page_is_found_by_its_marks() -> None:
    """A thumb over the tag does not lose the page."""
    picture = simplejpeg.decode_jpeg(station().photos[1], colorspace="BGR")
    plain = read_photo(station().photos[1], "p2.jpg", FORM)
    quad = np.asarray(plain.quad, np.float32)
    mm = np.float32([[0, 0], [600, 0], [600, 900], [0, 900]])
    matrix = cv2.getPerspectiveTransform(mm, quad)
    thumb = cv2.perspectiveTransform(np.float32([[[490, 103], [530, 103], [530, 143], [490, 143]]]), matrix)
    cv2.fillPoly(picture, [thumb[0].astype(np.int32)], (120, 150, 190))
    data = bytes(simplejpeg.encode_jpeg(picture, quality=92, colorspace="BGR"))
    reading = read_photo(data, "thumb.jpg", FORM)
    assert reading.page == 2
    assert read_sheet([reading], FORM).figures["suara_1"].value == station().truth["suara_1"]


NONE = {"a cat": cat(), "a text": b"not a picture", "nothing": b"", "half a photograph": b""}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_form_has_a_problem_in_words(name: str) -> None:
    """A photograph without the form is told so, gives no figure, and stops nothing."""
    data = station().photos[0][:30_000] if name == "half a photograph" else NONE[name]
    bad = read_photo(data, f"{name}.jpg", FORM)
    assert bad.problem and bad.page is None and bad.evidence == {}
    sheet = read_sheet([bad, *readings()], FORM)
    assert sheet.pages == (1, 2, 3) and sheet.problems == {bad.sha256: bad.problem}


def test_a_reading_survives_as_json() -> None:
    """What is kept of a photograph weighs the same when it is loaded again."""
    kept = [PhotoReading.from_json(reading.as_json()) for reading in readings()]
    again, first = read_sheet(kept, FORM), read_sheet(readings(), FORM)
    assert {n: f.value for n, f in again.figures.items()} == {n: f.value for n, f in first.figures.items()}
    assert again.decision is first.decision


REAL = {
    2: {"suara_1": 123, "suara_2": 274, "suara_3": 32},
    3: {"suara_sah": 427, "suara_tidak_sah": 3, "suara_total": 430},
}


def real(page: int) -> PhotoReading:
    path = shared(f"forms/photos/pilpres-2024-hal{page}.jpg")
    return read_photo(path.read_bytes(), path.name, FORM)


@pytest.mark.parametrize("page", REAL)
def test_photographs_that_nobody_here_made(page: int) -> None:
    """Pages 2 and 3, photographed from a screen, each alone give what stands in their boxes."""
    sheet = read_sheet([real(page)], FORM)
    assert {name: figure.value for name, figure in sheet.figures.items()} == REAL[page]


def test_an_empty_page_is_blank_throughout() -> None:
    """Page 1, photographed empty from a screen with moiré, gives every figure blank."""
    figures = read_sheet([real(1)], FORM).figures
    assert len(figures) == 22 and {figure.status for figure in figures.values()} == {Status.BLANK}


def test_real_photographs_that_do_not_add_up_stay_as_written() -> None:
    """All three as one station: 123 + 274 + 32 is 429 and not 427, so figures as written, R12, review."""
    sheet = read_sheet([real(page) for page in (1, 2, 3)], FORM)
    assert [sheet.figures[name].value for name in (*REAL[2], *REAL[3])] == [*REAL[2].values(), *REAL[3].values()]
    finding = next(finding for finding in sheet.findings if finding.rule == "R12")
    assert (finding.left, finding.right, sheet.decision) == (427, 429, Decision.REVIEW)
