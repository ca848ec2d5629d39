"""Photographs as they arrive: what is decoded, what is refused, what may be published."""

import numpy as np
import pytest

from sirekap.reading.decode import Unreadable, decode
from sirekap.reading.strip import strip_jpeg
from tests.reading.pictures import cmyk_jpeg, deep_png, jpeg, plain, png, with_exif

REFUSED = {
    "empty file": (b"", "empty"),
    "not an image": (b"Dear KPU, ...", "expected a JPEG or PNG photograph, found no image"),
    "another image format": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "found a WebP file; save it as JPEG"),
    "a phone's HEIC": (b"\x00\x00\x00\x18ftypheic\x00", "HEIC"),
    "a scan as PDF": (b"%PDF-1.7", "PDF"),
    "truncated JPEG": (jpeg()[:-4000], "truncated"),
    "half a header": (jpeg()[:20], "header is damaged"),
    "1×1 pixel": (jpeg(plain(1, 1)), "1×1 pixels are too few"),
    "200 megapixels in a small file": (png(20_000, 10_000), "200 megapixels, expected at most"),
    "truncated PNG": (deep_png()[:-200], "truncated"),
    "PNG without pixels": (png(600, 800), "damaged"),
    "forty megabytes": (b"\xff\xd8\xff" + bytes(41_000_000), "MB"),
}


@pytest.mark.parametrize(("data", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(data: bytes, told: str) -> None:
    """A file that cannot be a photograph is refused with the reason and what to do."""
    with pytest.raises(Unreadable, match=told):
        decode(data)


GOOD = {"JPEG": jpeg(), "16-bit PNG": deep_png(), "CMYK JPEG": cmyk_jpeg()}


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD.keys())
def test_what_is_decoded(data: bytes) -> None:
    """Every kind of photograph becomes 8-bit BGR of its size, and a JPEG to publish."""
    decoded = decode(data)
    assert decoded.image.shape == (800, 600, 3) and decoded.image.dtype == np.uint8
    assert decoded.published.startswith(b"\xff\xd8\xff")


def test_a_clean_photograph_is_published_as_it_is() -> None:
    """Without metadata the published bytes are the received ones: one hash for both."""
    data = jpeg()
    assert decode(data).published == data


def test_metadata_is_stripped_and_no_pixel_changes() -> None:
    """EXIF, comments and what follows the picture are gone from the published bytes; pixels are the same."""
    clean = jpeg()
    decoded = decode(with_exif(clean, 1) + jpeg(plain(500, 500)))
    assert decoded.published == clean
    assert b"GPS" not in decoded.published and b"nomor seri" not in decoded.published


SHAPES = {1: (800, 600), 2: (800, 600), 3: (800, 600), 4: (800, 600), 5: (600, 800), 6: (600, 800), 7: (600, 800),
          8: (600, 800)}  # fmt: skip


@pytest.mark.parametrize(("orientation", "shape"), SHAPES.items())
def test_exif_rotation_is_applied(orientation: int, shape: tuple[int, int]) -> None:
    """A photograph that its EXIF calls rotated comes out upright, and is published upright without EXIF."""
    picture = plain()
    decoded = decode(with_exif(jpeg(picture), orientation))
    assert decoded.image.shape[:2] == shape
    transposed = picture.swapaxes(0, 1)
    expected = {
        1: picture, 2: picture[:, ::-1], 3: picture[::-1, ::-1], 4: picture[::-1],
        5: transposed, 6: transposed[:, ::-1], 7: transposed[::-1, ::-1], 8: transposed[::-1],
    }[orientation]  # fmt: skip
    difference = np.abs(decoded.image.astype(int) - expected.astype(int))
    assert np.median(difference) < 12
    assert strip_jpeg(decoded.published)[1] == 1


def test_a_nonsense_orientation_is_ignored() -> None:
    """An orientation outside 1 to 8 leaves the photograph as it is."""
    assert decode(with_exif(jpeg(), 77)).image.shape == (800, 600, 3)
