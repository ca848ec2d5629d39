"""Photographs with one thing wrong with each, and what is said of them."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
import simplejpeg

from sirekap.camera.photograph import CLEAN
from sirekap.camera.simulate import simulate_station
from sirekap.figures import Status
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.model import PhotoReading
from sirekap.reading.remarks import LABELS
from sirekap.reading.sheet import read_photo, read_sheet

Picture = np.ndarray
MM = np.float32([[0, 0], [600, 0], [600, 900], [0, 900]])


@cache
def clean() -> tuple[Picture, PhotoReading]:
    """Page 2, well photographed, 2250×3000 px, and its reading."""
    from dataclasses import replace

    setting = replace(CLEAN, sizes=((2250, 3000),))
    data = simulate_station(FORM, "3171011001007", 4, setting, error_share=0.0).photos[1]
    return simplejpeg.decode_jpeg(data, colorspace="BGR"), read_photo(data, "clean.jpg", FORM)


def matrix() -> Picture:
    return cv2.getPerspectiveTransform(MM, np.asarray(clean()[1].quad, np.float32))


def read(picture: Picture) -> PhotoReading:
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=90, colorspace="BGR")
    return read_photo(bytes(data), "made.jpg", FORM)


def at(x: float, y: float) -> tuple[int, int]:
    u, v = cv2.perspectiveTransform(np.float32([[[x, y]]]), matrix())[0, 0]
    return round(float(u)), round(float(v))


def blurred(picture: Picture, sigma: float) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def cut(picture: Picture, side: str) -> Picture:
    left, top = at(62, 90)
    right, bottom = at(525, 850)
    height, width = picture.shape[:2]
    crop = {
        "left": (left, 0, width, height),
        "top": (0, top, width, height),
        "right": (0, 0, right, height),
        "bottom": (0, 0, width, bottom),
    }[side]
    return picture[crop[1] : crop[3], crop[0] : crop[2]]


def over(picture: Picture, name: str, change: Callable[[Picture], Picture], share: float = 1.0) -> Picture:
    """The picture with the boxes of a figure, or only their left `share`, changed."""
    area = FORM.field(name).area
    (x0, y0), (x1, y1) = at(area.x - 6, area.y - 6), at(area.x - 6 + share * (area.w + 12), area.y + area.h + 6)
    out = picture.copy()
    out[y0:y1, x0:x1] = change(out[y0:y1, x0:x1])
    return out


def white(part: Picture) -> Picture:
    return np.full_like(part, 255)


def skin(part: Picture) -> Picture:
    return np.full_like(part, 140)


def dim(part: Picture) -> Picture:
    return (part * 0.45).astype(np.uint8)


def darkened(picture: Picture, share: float) -> Picture:
    return (picture * share).astype(np.uint8)


def shrunk(picture: Picture, side: int) -> Picture:
    """The same number of pixels, but the page fills only `side` of its height."""
    scale = side / picture.shape[0]
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    out = np.full((1600, 1200, 3), (70, 80, 90), np.uint8)
    out[100 : 100 + small.shape[0], 100 : 100 + small.shape[1]] = small
    return out


CASES: dict[str, tuple[Callable[[Picture], Picture], str, str, tuple[str, ...]]] = {
    "out of focus": (lambda p: blurred(p, 4.3), "blurred", "warn", ()),
    "cut at the top": (lambda p: cut(p, "top"), "cut", "warn", ("top",)),
    "cut at the bottom": (lambda p: cut(p, "bottom"), "cut", "warn", ("bottom",)),
    "cut at the bottom, through boxes": (
        lambda p: p[: at(300, 498)[1]],
        "cut",
        "refuse",
        ("bottom",),
    ),
    "glare on a figure": (lambda p: over(p, "suara_2", white), "glare", "refuse", ("suara_2",)),
    "a hand over a figure": (lambda p: over(p, "suara_3", skin), "unseen", "refuse", ("suara_3",)),
    "far away": (lambda p: shrunk(p, 1080), "small", "warn", ()),
    "late in the evening": (lambda p: darkened(p, 0.25), "dark", "warn", ()),
    "at night": (lambda p: darkened(p, 0.15), "dark", "refuse", ()),
    "half a figure in shadow": (lambda p: over(p, "suara_1", dim, 0.4), "shadow", "warn", ("suara_1",)),
}


def test_a_good_photograph_has_no_remark() -> None:
    """Nothing is said of a clean photograph."""
    assert clean()[1].remarks == () and clean()[1].problem is None


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_each_defect_is_named_with_its_place(name: str) -> None:
    """What is wrong is said with where and how bad, and nothing worse is said beside it."""
    change, code, severity, where = CASES[name]
    reading = read(change(clean()[0]))
    said = {(remark.code, remark.severity, remark.where) for remark in reading.remarks}
    assert (code, severity, where) in said
    assert {other for other, worst, _ in said if worst == "refuse"} <= {code}


@pytest.mark.parametrize("name", ["glare on a figure", "a hand over a figure"])
def test_a_figure_that_is_not_seen_is_not_guessed(name: str) -> None:
    """A covered figure is illegible, and its neighbours are read as before."""
    change, _, _, where = CASES[name]
    figures = read_sheet([read(change(clean()[0]))], FORM).figures
    plain = read_sheet([clean()[1]], FORM).figures
    assert figures[where[0]].status is Status.ILLEGIBLE
    assert all(figures[other].value == plain[other].value for other in plain if other != where[0])


def test_a_dark_picture_without_form_is_told_so() -> None:
    """Where nothing is found the problem says what is wrong with the picture itself."""
    reading = read(np.full((1200, 900, 3), 12, np.uint8))
    assert [remark.code for remark in reading.remarks] == ["no-form", "dark", "blurred"]
    assert reading.problem is not None and "too dark" in reading.problem


def test_remarks_survive_as_json_and_may_be_absent() -> None:
    """Remarks are kept with the reading; readings written before there were any still load."""
    tree = read(CASES["at night"][0](clean()[0])).as_json()
    assert [r.code for r in PhotoReading.from_json(tree).remarks] == [r["code"] for r in tree["remarks"]] != []
    del tree["remarks"]
    assert PhotoReading.from_json(tree).remarks == ()


def test_every_remark_has_both_languages() -> None:
    """Each wording stands in Indonesian and in English."""
    assert all(label.id and label.en and label.id != label.en for label in LABELS.values())
