"""Photographs with something wrong: repeatable, and with the truth of where their page lies."""

from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from sirekap.camera.conditions import PAGES, STRANGERS, TAGGED, Case, Subject, conditions_of
from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import FORMS

# conditions whose tag is in the picture, upright or not, flat enough for its corners to tell the truth
TOLD = ("usual", "curled", "one fold", "turned by 90", "turned by 270, told by EXIF", "cut off at the left",
        "scan", "another page beside", "slanted 45-50 degrees", "hanging from clips")  # fmt: skip


@cache
def subject() -> Subject:
    pages = [raster_form(FORM, page, 2000 / FORM.height) for page in (2, 3, 2)]
    return Subject(FORM, 2, *pages, px_per_mm=2000 / FORM.height)


def made(name: str) -> Case:
    return conditions_of(FORM)[name](subject(), np.random.default_rng(5))


def picture(case: Case) -> Any:
    return cv2.imdecode(np.frombuffer(case.data, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_the_truth_is_where_the_tag_is_seen(name: str) -> None:
    """The told place of the tag's corners is where OpenCV finds them, to 1.5 mm of the page."""
    case = made(name)
    assert case.shot is not None and FORM.page(2).tag is not None
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    corners, ids, _ = cv2.aruco.ArucoDetector(family).detectMarkers(picture(case))
    seen = next(quad[0] for quad, number in zip(corners, np.ravel(ids), strict=True) if number == 102)
    told = case.shot.at(FORM.page(2).tag.rect.corners)
    side = float(np.linalg.norm(told[1] - told[0]))
    gaps = np.linalg.norm(seen[:, None] - told[None], axis=2).min(axis=1)
    assert gaps.max() < 1.5 / FORM.page(2).tag.rect.w * side


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PAGES, *TAGGED, *STRANGERS])
def test_each_condition_is_repeatable(name: str) -> None:
    """The same page and state of chance give the same file, which is a picture."""
    assert made(name).data == made(name).data
    assert picture(made(name)).size > 100_000


def test_a_form_without_tag_cannot_lose_it() -> None:
    """Conditions of tags and marks are offered to forms that have them."""
    copy = FORMS["C.HASIL-SALINAN-PPWP/2024"]
    assert set(conditions_of(FORM)) - set(conditions_of(copy)) == set(TAGGED)
