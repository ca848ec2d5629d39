"""Our drawing laid over KPU's own blank: what is read must stand where KPU printed it, within a millimetre."""

import os
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Rect

SCALE = 4.0
TOLERANCE = 1.0
SHARED = Path(os.environ.get("SIREKAP_SHARED", Path(__file__).parents[2].parent / "shared"))
BLANK = SHARED / "forms" / "C.HASIL-PPWP.pdf"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BLANK.exists(), reason="KPU's blank is not beside the checkout (SIREKAP_SHARED)"),
    pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed"),
]

Grey = np.ndarray


@pytest.fixture(scope="module", params=[1, 2, 3])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Grey, Grey]:
    """A page's number, our drawing and KPU's at the same scale."""
    page = str(request.param)
    target = tmp_path_factory.mktemp("official") / "page"
    subprocess.run(["pdftoppm", "-r", str(SCALE * 25.4), "-f", page, "-l", page, "-singlefile", "-gray", "-png",
                    BLANK, target], check=True)  # fmt: skip
    official = cv2.imread(f"{target}.png", cv2.IMREAD_GRAYSCALE)
    ours = cv2.cvtColor(raster_form(FORM, request.param, SCALE), cv2.COLOR_BGR2GRAY)
    assert official is not None
    assert official.shape == ours.shape
    return request.param, ours, official


def _window(picture: Grey, rect: Rect, margin: float) -> tuple[Grey, float, float]:
    """The part of a picture around a rectangle in mm, and the mm of its top left corner."""
    x, y = int((rect.x - margin) * SCALE), int((rect.y - margin) * SCALE)
    w, h = int((rect.w + 2 * margin) * SCALE), int((rect.h + 2 * margin) * SCALE)
    return picture[y : y + h, x : x + w], x / SCALE, y / SCALE


def _box(picture: Grey, rect: Rect) -> np.ndarray:
    """Left, top, right and bottom of a printed box in mm: the middles of its dark lines."""
    found = []
    part, x, y = _window(picture, rect, 2.0)
    dark = part < 110
    quarter = part.shape[0] // 4
    for profile, start in ((dark[quarter:-quarter].mean(0), x), (dark[:, quarter:-quarter].mean(1), y)):
        at = np.flatnonzero(profile > 0.8)
        half = len(profile) / 2
        found += [(start + (at[at < half].mean() + 0.5) / SCALE), (start + (at[at > half].mean() + 0.5) / SCALE)]
    left, right, top, bottom = found
    return np.array([left, top, right, bottom])


def _bubble(picture: Grey, x: float, y: float, radius: float) -> np.ndarray:
    """The middle of a printed circle in mm, from the extent of its dark line."""
    part, left, top = _window(picture, Rect(x - radius, y - radius, 2 * radius, 2 * radius), 0.8)
    rows, columns = np.nonzero(part < 150)
    return np.array([left + (columns.min() + columns.max() + 1) / 2 / SCALE,
                     top + (rows.min() + rows.max() + 1) / 2 / SCALE])  # fmt: skip


def _mark(picture: Grey, point: tuple[float, float]) -> np.ndarray:
    """Where the two squares of a corner mark touch, in mm."""
    start = np.array([[point]], np.float32) * SCALE
    term = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 0.01)
    return cv2.cornerSubPix(picture, start, (12, 12), (-1, -1), term)[0, 0] / SCALE


def _tag(picture: Grey) -> tuple[int, np.ndarray]:
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    corners, ids, _ = cv2.aruco.ArucoDetector(family).detectMarkers(picture)
    return int(np.ravel(ids)[0]), corners[0][0] / SCALE


def test_every_box_stands_where_kpu_printed_it(both: tuple[int, Grey, Grey]) -> None:
    """The four sides of each digit box agree between the two printings and with the definition."""
    page, ours, official = both
    for field in FORM.fields_of(page):
        for box in field.boxes:
            mine, theirs = _box(ours, box), _box(official, box)
            defined = np.array([box.x, box.y, box.x + box.w, box.y + box.h])
            assert np.abs(mine - theirs).max() < TOLERANCE, field.name
            assert np.abs(mine - defined).max() < 0.5, field.name


def test_every_bubble_stands_where_kpu_printed_it(both: tuple[int, Grey, Grey]) -> None:
    """The middle of each bubble agrees between the two printings."""
    page, ours, official = both
    for field in FORM.fields_of(page):
        for column in range(3 if field.bubbles else 0):
            for digit in range(10):
                assert field.bubbles is not None
                centre = field.bubbles.centre(column, digit)
                mine, theirs = (_bubble(picture, *centre, field.bubbles.radius) for picture in (ours, official))
                assert np.abs(mine - theirs).max() < TOLERANCE, (field.name, column, digit)
                assert np.abs(mine - centre).max() < 0.5, (field.name, column, digit)


def test_the_corner_marks_stand_where_kpu_printed_them(both: tuple[int, Grey, Grey]) -> None:
    """The point of each of the four corner marks agrees between the two printings."""
    page, ours, official = both
    for mark in FORM.page(page).marks:
        mine, theirs = _mark(ours, mark.point), _mark(official, mark.point)
        assert np.abs(mine - theirs).max() < TOLERANCE, mark.name
        assert np.abs(mine - mark.point).max() < 0.5, mark.name


def test_the_tag_is_kpus_own(both: tuple[int, Grey, Grey]) -> None:
    """Number, place and the way up of the tag agree between the two printings."""
    page, ours, official = both
    (mine, my_corners), (theirs, their_corners) = _tag(ours), _tag(official)
    assert mine == theirs == 100 + page
    assert np.abs(my_corners - their_corners).max() < TOLERANCE


def test_the_dotted_guides_stand_where_kpu_printed_them(both: tuple[int, Grey, Grey]) -> None:
    """The extent of the grey dots in each guided box agrees between the two printings."""
    page, ours, official = both
    for field in FORM.fields_of(page):
        for box in field.boxes if field.guided else ():
            extents = []
            for picture in (ours, official):
                part, _, _ = _window(picture, box, -1.5)
                rows, columns = np.nonzero(part < 235)
                extents.append(np.array([columns.min(), columns.max(), rows.min(), rows.max()]) / SCALE)
            assert np.abs(extents[0] - extents[1]).max() < TOLERANCE, field.name
