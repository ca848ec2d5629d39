"""What makes reading fast gives what the slow way gives: smaller pictures, short ways, sums instead of loops."""

import re
from functools import cache

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st

from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading import located, page
from sirekap.reading.boxes import _discs, place_fields
from sirekap.reading.decode import decode
from sirekap.reading.digits import DigitReader
from sirekap.reading.flatten import distance_mm, percentile, project, warp
from sirekap.reading.located import Located, locate
from sirekap.reading.register import EDGE, MARGIN, SCALE, best, darkness, outline
from sirekap.reading.strip import _markers
from sirekap.reading.tags import find_tags
from sirekap.reading.usual import usual
from tests.reading.pictures import jpeg, plain
from tests.reading.test_sheet import station

CORNERS = ((0.0, 0.0), (600.0, 0.0), (600.0, 900.0), (0.0, 900.0))


@cache
def large(fill: float = 1.0) -> bytes:
    """Page 1 as a photograph of 4,000 pixels' height, of which what was photographed takes a share."""
    picture = simplejpeg.decode_jpeg(station().photos[0], colorspace="BGR")
    scale = 4000 * fill / picture.shape[0]
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    rest = 4000 - picture.shape[0]
    picture = cv2.copyMakeBorder(picture, 0, rest, 0, rest, cv2.BORDER_REPLICATE)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(picture), colorspace="BGR", colorsubsampling="420"))


@cache
def at_half() -> Located:
    return locate(large(), FORM)


@pytest.mark.slow
def test_a_large_photograph_is_read_at_half_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page lies where it lies in the whole photograph, to half a millimetre; the same bytes are published."""
    half = at_half()
    monkeypatch.setattr(located, "ENOUGH", 4000)
    whole = locate(large(), FORM)
    assert (half.reduced, whole.reduced) == (2, 1) and half.published == whole.published == large()
    assert half.found is not None and whole.found is not None
    grown = page.enlarged(half.found, 2)
    for corner in CORNERS:
        assert distance_mm(whole.found.matrix, corner, project(grown.matrix, *corner)) < 0.5


def test_a_page_that_is_small_in_a_large_photograph_is_decoded_in_full() -> None:
    """Boxes smaller than the network needs them are not made smaller still."""
    small = locate(large(0.6), FORM)
    assert small.found is not None
    assert (small.reduced, max(small.image.shape)) == (1, 4000)


@pytest.mark.parametrize(("least", "by"), [(None, 1), (401, 1), (400, 2), (200, 4), (90, 8), (1, 8)])
def test_pictures_are_reduced_to_no_less_than_asked(least: int | None, by: int) -> None:
    """The longer side is halved while it stays long enough; an odd pixel is kept."""
    decoded = decode(jpeg(plain(501, 801)), least=least)
    assert (decoded.reduced, decoded.image.shape) == (by, (-(-801 // by), -(-501 // by), 3))


@pytest.mark.slow
def test_the_short_way_finds_what_the_long_way_finds() -> None:
    """From tag to marks at once, or with every candidate tried: the same page to a millimetre."""
    grey = at_half().grey
    short = usual(grey, FORM, page.SURE_LAYOUT)
    (tag,) = find_tags(grey, FORM)
    long = page._from_tag(grey, FORM, *tag)
    assert short is not None and long is not None and short.page == long.page
    assert max(distance_mm(long.matrix, c, project(short.matrix, *c)) for c in CORNERS) < 1.0


def test_boxes_sought_together_lie_where_they_lie_alone() -> None:
    """Each box cut out and compared by itself gives its place to a tenth of a millimetre."""
    grey, found = at_half().grey, at_half().found
    assert found is not None
    for item in place_fields(grey, FORM, found)[::4]:
        for index, printed in enumerate(item.field.boxes):
            box, around = item.box(index), MARGIN + EDGE / SCALE
            template = outline(((0.0, 0.0, box.w, box.h),))
            size = (box.w + 2 * around, box.h + 2 * around)
            flat = warp(grey, item.matrix, (box.x - around, box.y - around), size, SCALE)
            (dx, dy), _ = best(darkness(flat), template, EDGE)
            assert np.hypot(dx, dy) < 0.12, (item.field.name, printed)


def test_discs_are_measured_as_one_by_one() -> None:
    """Also where they leave the picture in part or whole."""
    flat = np.random.default_rng(1).integers(0, 256, (40, 60), dtype=np.uint8)
    u, v, radius = np.asarray([1.3, 20.7, 58.9, 90.0]), np.asarray([0.2, 19.5, 39.9]), 3.3
    ys, xs = np.mgrid[0:40, 0:60] + 0.5
    for column, row in np.ndindex(4, 3):
        inside = (xs - u[column]) ** 2 + (ys - v[row]) ** 2 <= radius**2
        expected = flat[inside].mean() if inside.any() else 255.0
        assert _discs(flat, u, v, radius)[column, row] == pytest.approx(expected)


@given(st.binary(min_size=1, max_size=40), st.sampled_from([0, 3, 50, 75, 80, 100]))
def test_percentiles_are_numpys(levels: bytes, q: int) -> None:
    """Counting grey levels gives what sorting them gives."""
    flat = np.frombuffer(levels, np.uint8)
    assert percentile(flat, q) == pytest.approx(np.percentile(flat, q))


@given(st.lists(st.sampled_from([0, 1, 0xC0, 0xD0, 0xD7, 0xD8, 0xD9, 0xFF]), min_size=1, max_size=30).map(bytes))
def test_markers_are_all_found(data: bytes) -> None:
    """0xFF before anything but 0, 0xFF and a restart."""
    assert list(_markers(data)) == [m.start() for m in re.finditer(rb"\xff(?=[^\x00\xd0-\xd7\xff])", data)]


def test_boxes_read_together_read_as_apart() -> None:
    """A box's probabilities do not depend on which others are read with it."""
    boxes = list(np.random.default_rng(2).integers(0, 256, (40, 50, 50, 3), dtype=np.uint8))
    reader = DigitReader()
    apart = np.concatenate([reader.classify(boxes[:7]), reader.classify(boxes[7:])])
    assert np.array_equal(reader.classify(boxes), apart)
