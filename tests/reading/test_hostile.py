"""Photographs made to harm: what the fuzzer of `benchmarks.fuzz` found, and a few hundred of its runs."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import lru_cache
from random import Random

import cv2
import numpy as np
import pytest

from benchmarks.bases import bases, small_bases, with_metadata
from benchmarks.fuzz import decode_once, read_once
from benchmarks.mutate import CANARY, MUTATIONS, mutate, segments
from sirekap.reading.decode import MOST_SCANS, Unreadable, decode
from tests.reading.pictures import plain

# Numbers of runs that once published metadata: a JFIF header with more than a header in it, segments between
# scans, markers that no decoder needs.
FOUND = (629, 1740, 2146, 3653, 4374, 4795, 6609, 9120, 11551, 14593, 14754, 14917, 17917)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """OpenCV's threads cost more than they give for small pictures."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@lru_cache(maxsize=1)
def small() -> dict[str, bytes]:
    return small_bases(plain(408, 544))


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def after_first(data: bytes, extra: bytes) -> bytes:
    """A JPEG with something put behind its first segment."""
    end = segments(data)[0][1]
    return data[:end] + extra + data[end:]


def before_last_scan(data: bytes, extra: bytes) -> bytes:
    """A progressive JPEG with something put between its scans."""
    at = data.rfind(b"\xff\xda")
    return data[:at] + extra + data[at:]


def scan_bomb(side: int, scans: int) -> bytes:
    """A small progressive JPEG whose decoder must go over all its pixels again and again."""
    ok, data = cv2.imencode(".jpg", np.full((side, side, 3), 200, np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert ok
    whole = bytes(data)
    at = whole.rfind(b"\xff\xda")
    return whole[:-2] + whole[at:-2] * scans + whole[-2:]


BIG_JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\x0a\x01" + CANARY)
BIG_ADOBE = segment(0xEE, b"Adobe\0d\0\0\0\0\0" + CANARY)
EXIF = segment(0xE1, b"Exif\0\0" + CANARY)
HIDDEN = {
    "a JFIF thumbnail": lambda: after_first(small()["JPEG"], BIG_JFIF),
    "a JFXX thumbnail": lambda: after_first(small()["JPEG"], segment(0xE0, b"JFXX\0\x13\x0a\x01" + CANARY)),
    "Adobe's segment, longer": lambda: after_first(small()["JPEG CMYK"], BIG_ADOBE),
    "a comment between scans": lambda: before_last_scan(small()["JPEG progressive"], segment(0xFE, CANARY)),
    "EXIF between scans": lambda: before_last_scan(small()["JPEG progressive"], EXIF),
    "two JFIF headers": lambda: after_first(
        small()["JPEG"], 2 * segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xEF, CANARY)
    ),
    "a second picture behind": lambda: small()["JPEG"] + with_metadata(small()["JPEG"]),
}  # fmt: skip


@pytest.mark.parametrize("make", HIDDEN.values(), ids=HIDDEN.keys())
def test_hidden_metadata_is_not_published(make) -> None:  # type: ignore[no-untyped-def]  # a row's maker
    """Metadata where few look for it is not in the published bytes, and the picture is still decoded."""
    data = make()
    assert CANARY in data
    decoded = decode(data)
    assert CANARY not in decoded.published
    assert decode(decoded.published).image.shape == decoded.image.shape == (544, 408, 3)


def test_picture_is_published_as_it_came_but_for_its_metadata() -> None:
    """Segments are taken out without touching a pixel, also of a progressive JPEG."""
    for kind in ("JPEG", "JPEG progressive", "JPEG with restarts", "JPEG grey"):
        decoded = decode(small()[kind])
        assert len(small()[kind]) - 300 < len(decoded.published) < len(small()[kind])
        assert np.array_equal(decode(decoded.published).image, decoded.image)


def test_scan_bomb_is_refused_before_it_is_decoded() -> None:
    """A file of a few kilobytes cannot keep the reader busy for hours with scans."""
    data = scan_bomb(2000, 100_000)
    assert len(data) < 12_000_000
    with pytest.raises(Unreadable, match=f"scans, expected at most {MOST_SCANS}"):
        decode(data)


@pytest.mark.parametrize("kind", ["JPEG", "JPEG progressive", "JPEG CMYK", "JPEG grey", "PNG", "PNG interlaced"])
def test_truncated_file_is_refused_and_not_filled_with_grey(kind: str) -> None:
    """Of whatever kind: half a picture is no photograph."""
    data = small()[kind]
    for share in (0.3, 0.6, 0.95):
        with pytest.raises(Unreadable):
            decode(data[: int(share * len(data))])


def test_orientation_of_inks_is_applied_once() -> None:
    """A CMYK photograph that EXIF calls turned comes out turned, not turned twice."""
    assert decode(with_metadata(small()["JPEG CMYK"], 6)).image.shape == (408, 544, 3)


@pytest.mark.parametrize("number", FOUND)
def test_what_the_fuzzer_found_stays_mended(number: int) -> None:
    """A run that broke a promise once keeps it now."""
    assert decode_once(mutate(bases()[0], number)[1]) in ("decoded", "refused")


@pytest.mark.slow
def test_three_hundred_mutations() -> None:
    """Broken files of every kind are decoded or refused in words, and nothing else happens."""
    outcomes = {decode_once(mutate(small(), number)[1]) for number in range(10_000_000, 10_000_300)}
    assert outcomes == {"decoded", "refused"}


def test_every_mutation_changes_bytes() -> None:
    """No mutation is without effect on a JPEG and on a PNG both: the fuzzer does what it says."""
    for name, mutation in MUTATIONS.items():
        changed = [
            bytes(mutation(bytearray(small()[kind]), Random(seed))) != small()[kind]
            for kind in ("JPEG progressive", "PNG")
            for seed in range(5)
        ]
        assert any(changed), name


@pytest.mark.slow
def test_whole_photograph_never_raises() -> None:
    """Broken photographs of real pages are read or told as a problem."""
    for number in range(20_000_000, 20_000_012):
        assert read_once(mutate(bases()[1], number)[1]) in ("page read", "no page")


def deep_bomb() -> bytes:
    """A PNG of 64 megapixels in 16 bits and four channels, of half a megabyte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = b"\0" + bytes(8 * 8000)
    body = b"".join([*(packer.compress(row * 100) for _ in range(80)), packer.flush()])
    head = struct.pack(">IIBBBBB", 8000, 8000, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


CHILD = """
import resource, sys
from pathlib import Path
import cv2
from sirekap.reading.decode import Unreadable, decode
cv2.setNumThreads(1)
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (1 << 30), size + (1 << 30)))
try:
    print(decode(sys.stdin.buffer.read()).image.shape)
except Unreadable as error:
    print("refused:", error)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory are Linux's")
@pytest.mark.parametrize("make", [deep_bomb, lambda: scan_bomb(8000, 50)], ids=["deep PNG", "progressive JPEG"])
def test_largest_picture_fits_in_a_gigabyte(make) -> None:  # type: ignore[no-untyped-def]  # a row's maker
    """The largest picture that is taken is decoded or refused within 1 GiB and half a minute."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=make(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert done.stdout.startswith((b"(8000, 8000, 3)", b"refused:"))
