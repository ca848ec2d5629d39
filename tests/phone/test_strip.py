"""What leaves the phone holds nothing but the picture: the phone's rules against the server's, byte for byte."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import cv2
import numpy as np
import pytest

from benchmarks.phone_checks import judging_page
from sirekap.reading.strip import strip_jpeg
from tests.phone.evening import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
SECRET = b"6.1754S 106.8272E SM-A105F"
STRIP = """async text => {
  const { strip, sha256 } = await import('/strip.js');
  const kept = strip(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)));
  if (!kept) return null;
  const letters = Array.from(kept.bytes, byte => String.fromCharCode(byte)).join('');
  return {type: kept.type, hash: await sha256(kept.bytes), bytes: btoa(letters)};
}"""


def encoded(kind: str, *options: int) -> bytes:
    """A picture of noise, with a QR code's hardness."""
    rng = np.random.default_rng(4)
    done, data = cv2.imencode(kind, rng.integers(0, 255, (48, 64, 3), dtype=np.uint8), list(options))
    assert done
    return data.tobytes()


def segment(marker: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def exif(orientation: int) -> bytes:
    """An EXIF segment with an orientation, a camera's model and a GPS block."""
    entries = [(0x0112, 3, 1, struct.pack("<HH", orientation, 0)),
               (0x0110, 2, len(SECRET), struct.pack("<I", 100)),
               (0x8825, 4, 1, struct.pack("<I", 62))]  # fmt: skip
    body = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 3)
    body += b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    return segment(0xE1, b"Exif\x00\x00" + body.ljust(100, b"\x00") + SECRET)


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


JPEG = encoded(".jpg", cv2.IMWRITE_JPEG_QUALITY, 80)
PROGRESSIVE = encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
PNG = encoded(".png")
START, REST = JPEG[:2], JPEG[2:]
XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")
CASES = {
    "plain": JPEG,
    "EXIF with GPS and model": START + exif(6) + REST,
    "two EXIF segments": START + exif(6) + exif(3) + REST,
    "XMP": START + XMP + REST,
    "IPTC": START + segment(0xED, b"Photoshop 3.0\x008BIM" + SECRET) + REST,
    "colour profile": START + segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + SECRET) + REST,
    "comment": START + segment(0xFE, SECRET) + REST,
    "maker's segment": START + segment(0xE5, SECRET) + REST,
    "thumbnail in the JFIF header": START
    + segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01" + SECRET)
    + REST[18:],
    "after the picture": JPEG + SECRET,
    "a second picture after the first": JPEG + START + exif(1) + REST,
    "progressive": PROGRESSIVE,
    "comment between scans": PROGRESSIVE.replace(b"\xff\xda", segment(0xFE, SECRET) + b"\xff\xda"),
    "cut short": JPEG[:-200],
    "no picture": START + exif(1) + b"\xff\xd9",
    "a length that runs over the end": START + b"\xff\xe1\xff\xff" + SECRET,
}


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with judging_page() as opened:
        yield opened


def stripped(page: Any, data: bytes) -> tuple[bytes, dict[str, Any]] | None:
    found = page.evaluate(STRIP, base64.b64encode(data).decode())
    return None if found is None else (base64.b64decode(found["bytes"]), found)


@pytest.mark.parametrize("name", CASES)
def test_the_phone_strips_a_jpeg_as_the_server_does(page: Any, name: str) -> None:
    """The same bytes, the same refusals, and nothing of what was hidden; pixels are those of before."""
    found = stripped(page, CASES[name])
    expected = strip_jpeg(CASES[name]).data
    assert (None if found is None else found[0]) == expected
    if found is not None:
        assert SECRET not in found[0] and b"Exif" not in found[0]
        assert found[1]["hash"] == sha256(found[0]).hexdigest()
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        before, after = (cv2.imdecode(np.frombuffer(data, np.uint8), flags) for data in (CASES[name], found[0]))
        assert np.array_equal(before, after)


def test_a_png_keeps_its_picture_alone(page: Any) -> None:
    """Texts, times, EXIF and what follows the end are gone."""
    extra = chunk(b"tEXt", b"Comment\x00" + SECRET) + chunk(b"eXIf", SECRET) + chunk(b"tIME", bytes(7))
    found = stripped(page, PNG[:33] + extra + PNG[33:] + SECRET)
    assert found is not None
    assert found[1]["type"] == "image/png" and SECRET not in found[0]
    pictures = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in (PNG, found[0])]
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8", PNG[:20], io.BytesIO(b"RIFF....WEBP").getvalue()])
def test_what_is_no_jpeg_and_no_png_is_left_to_the_canvas(page: Any, data: bytes) -> None:
    """Nothing is guessed."""
    assert stripped(page, data) is None
