from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap.camera.photograph import CLEAN, FIELD, HARSH, SETTINGS, SIZES, photograph
from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM

SMALL = (1000, 1778)


def _photo(seed: int, setting=FIELD, size=SMALL, page: int = 2, px_per_mm: float = 2.0) -> bytes:
    return photograph(raster_form(FORM, page, px_per_mm), np.random.default_rng(seed), setting, size)


def _tags(photo: bytes) -> list[int]:
    grey = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE)
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    _, ids, _ = cv2.aruco.ArucoDetector(family).detectMarkers(grey)
    return [] if ids is None else [int(found) for found in np.ravel(ids)]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_same_state_gives_the_same_file(name: str) -> None:
    """A photograph follows from page, state, setting and size, to the byte."""
    assert _photo(3, SETTINGS[name]) == _photo(3, SETTINGS[name])
    assert _photo(3, SETTINGS[name]) != _photo(4, SETTINGS[name])


def test_threads_do_not_change_the_file() -> None:
    """One thread or several give the same bytes, so a pool of processes does as well."""
    threads = cv2.getNumThreads()
    several = _photo(3)
    try:
        cv2.setNumThreads(1)
        assert _photo(3) == several
    finally:
        cv2.setNumThreads(threads)


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("size", SIZES[:2])
def test_a_clean_photograph_shows_the_pages_tag(page: int, size: tuple[int, int]) -> None:
    """OpenCV finds the tag in a clean photograph of every page, also in the smallest ones."""
    photo = _photo(page, CLEAN, size, page)
    assert _tags(photo) == [100 + page]


def test_a_page_on_its_side_gives_a_photograph_on_its_side() -> None:
    """Turned by a quarter the frame is landscape, upside down it stays portrait; both occur."""
    shapes = set()
    for seed in range(12):
        photo = _photo(seed, replace(CLEAN, turned=1.0), (300, 400), px_per_mm=0.5)
        shapes.add(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE).shape)
    assert shapes == {(400, 300), (300, 400)}


def test_the_sizes_are_those_of_the_setting() -> None:
    """Where no size is asked for, each of the setting's comes up and no other."""
    setting = replace(CLEAN, sizes=((200, 300), (150, 200)))
    seen = set()
    for seed in range(10):
        photo = _photo(seed, setting, None, px_per_mm=0.5)
        seen.add(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE).shape[::-1])
    assert seen == {(200, 300), (150, 200)}


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_sheet_lies_in_the_frame(seed: int) -> None:
    """Even in harsh photographs all of the paper is shown: black paper leaves the frame's rim lit."""
    setting = replace(HARSH, fingers=0.0, light=(1.0, 1.0), shadow=0.0, noise=(0.0, 0.1), curl=0.0, fold=0.0)
    photo = photograph(np.zeros((900, 600, 3), np.uint8), np.random.default_rng(seed), setting, (300, 400))
    grey = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE)
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    assert (rim > 12).mean() > 0.9
    assert (grey < 12).mean() > 0.2


@pytest.mark.parametrize("picture", [
    np.zeros((900, 600), np.uint8), np.zeros((900, 600, 3), np.float32), np.zeros((900, 600, 4), np.uint8),
])  # fmt: skip
def test_what_is_no_colour_picture_is_refused(picture: np.ndarray) -> None:
    """Only BGR pictures of bytes can be photographed."""
    with pytest.raises(ValueError, match="BGR uint8"):
        photograph(picture, np.random.default_rng(0))


@pytest.mark.slow
def test_most_field_photographs_show_the_tag() -> None:
    """In realistic photographs the tag is found nearly always."""
    found = sum(_tags(_photo(seed, FIELD)) == [102] for seed in range(40))
    assert found >= 38
