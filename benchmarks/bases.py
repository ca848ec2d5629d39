"""Photographs to break: small simulated ones, in every kind of file that phones and scanners write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from benchmarks.mutate import CANARY

Image = npt.NDArray[np.uint8]

ADAM7 = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1))


def with_metadata(data: bytes, orientation: int = 1) -> bytes:
    """A JPEG with EXIF, a comment and an application's segment, all of which hold the canary."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", 1) + entry + bytes(4) + CANARY
    out = data[:2]
    for marker, body in ((0xE1, exif), (0xFE, CANARY), (0xE2, b"MPF\x00" + CANARY)):
        out += bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
    return out + data[2:]


def png(
    picture: npt.NDArray[Any], depth: int, colour: int, *, palette: bytes = b"", interlaced: bool = False
) -> bytes:
    """A PNG written by hand: kinds that OpenCV does not write, and text chunks with the canary.

    `picture` holds whole rows of bytes already packed, of shape (height, bytes a row); with `interlaced` the
    rows of Adam7's passes follow each other, which is right for pictures of one byte a pixel alone.
    """

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = picture.shape[0], picture.shape[1] * 8 // (depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour])
    if interlaced:
        passes = (
            (0, 8, 0, 8),
            (0, 8, 4, 8),
            (4, 8, 0, 4),
            (0, 4, 2, 4),
            (2, 4, 0, 2),
            (0, 2, 1, 2),
            (1, 2, 0, 1),
        )
        rows = b"".join(b"\0" + row.tobytes() for y, dy, x, dx in passes for row in picture[y::dy, x::dx])
    else:
        rows = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    parts = chunk(b"IHDR", head) + chunk(b"tEXt", b"Comment\0" + CANARY)
    parts += chunk(b"PLTE", palette) if palette else b""
    body = zlib.compress(rows, 6)
    half = len(body) // 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + parts
        + chunk(b"IDAT", body[:half])
        + chunk(b"IDAT", body[half:])
        + chunk(b"IEND", b"")
    )


def _opencv(picture: Image, *options: int) -> bytes:
    ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80, *options])
    if not ok:
        raise ValueError("OpenCV wrote no JPEG")
    return bytes(data)


def small_bases(picture: Image) -> dict[str, bytes]:
    """Files of a small picture (BGR, at least 400 px a side), by kind."""
    small = np.ascontiguousarray(picture)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    inks = np.ascontiguousarray(np.dstack([small, np.full(small.shape[:2], 20, np.uint8)]))
    baseline = simplejpeg.encode_jpeg(small, quality=80, colorspace="BGR")
    progressive = _opencv(small, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    deep = (small[..., ::-1].astype(">u2") * 257).reshape(small.shape[0], -1).view(np.uint8)
    grey_palette = bytes(value for level in range(256) for value in (level, level, level))
    return {
        "JPEG": with_metadata(baseline),
        "JPEG turned by EXIF": with_metadata(baseline, 6),
        "JPEG progressive": with_metadata(progressive),
        "JPEG with restarts": with_metadata(_opencv(small, cv2.IMWRITE_JPEG_RST_INTERVAL, 4)),
        "JPEG grey": with_metadata(simplejpeg.encode_jpeg(grey[..., None], quality=80, colorspace="GRAY")),
        "JPEG CMYK": with_metadata(
            simplejpeg.encode_jpeg(inks, quality=80, colorspace="CMYK", colorsubsampling="444")
        ),
        "PNG": png(small[..., ::-1].reshape(small.shape[0], -1), 8, 2),
        "PNG of 16 bits": png(deep, 16, 2),
        "PNG with palette": png(grey, 8, 3, palette=grey_palette),
        "PNG interlaced": png(grey, 8, 0, interlaced=True),
        "PNG of one bit": png(np.packbits(grey > 128, axis=1), 1, 0),
    }


@lru_cache(maxsize=1)
def photographs() -> tuple[bytes, ...]:
    """The three pages of one simulated station at 3 megapixels, a size at which they can just be read."""
    from sirekap.camera.photograph import FIELD
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM

    setting = replace(FIELD, sizes=((1500, 2000),), turned=0.0)
    return simulate_station(FORM, "3171011001031", 31, setting).photos


def bases() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """(small files for `decode`, files on which a page is found for `read_photo`)."""
    first = np.asarray(cv2.imdecode(np.frombuffer(photographs()[0], np.uint8), cv2.IMREAD_COLOR), np.uint8)
    small = np.asarray(cv2.resize(first, (408, 544), interpolation=cv2.INTER_AREA), np.uint8)
    pages = {f"page {number}": with_metadata(data) for number, data in enumerate(photographs(), 1)}
    second = np.asarray(cv2.imdecode(np.frombuffer(photographs()[1], np.uint8), cv2.IMREAD_COLOR), np.uint8)
    pages["page 2, progressive"] = with_metadata(_opencv(second, cv2.IMWRITE_JPEG_PROGRESSIVE, 1))
    return small_bases(small), pages
