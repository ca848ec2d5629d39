"""Small hostile and harmless pictures for tests of decoding."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import simplejpeg


def plain(width: int = 600, height: int = 800) -> np.ndarray:
    """A picture of nothing in particular: a smooth gradient, BGR."""
    y, x = np.mgrid[0:height, 0:width]
    return np.dstack([x % 256, y % 256, (x + y) % 256]).astype(np.uint8)


def jpeg(picture: np.ndarray | None = None) -> bytes:
    """A JPEG of the picture."""
    return bytes(
        simplejpeg.encode_jpeg(np.ascontiguousarray(plain() if picture is None else picture), colorspace="BGR")
    )


def exif(orientation: int) -> bytes:
    """An APP1 segment with an orientation and a position that must not be published."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    body = (
        b"Exif\x00\x00II*\x00\x08\x00\x00\x00"
        + struct.pack("<H", 1)
        + entries
        + b"\x00\x00\x00\x00"
        + b"GPS -6.2,106.8"
    )
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def with_exif(data: bytes, orientation: int) -> bytes:
    """The JPEG with EXIF after its start marker and a comment before its picture."""
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 11) + b"nomor seri "
    return data[:2] + exif(orientation) + comment + data[2:]


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, pixels: bytes | None = None) -> bytes:
    """A PNG of any stated size; without `pixels` it holds none, as a decompression bomb's header would."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(pixels or b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def deep_png() -> bytes:
    """A 16-bit PNG of 600×800 pixels."""
    ok, data = cv2.imencode(".png", plain().astype(np.uint16) * 257)
    assert ok
    return bytes(data)


def cmyk_jpeg() -> bytes:
    """A JPEG in four colours, as print shops make them."""
    picture = np.dstack([plain(), np.full((800, 600), 20, np.uint8)])
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(picture), colorspace="CMYK", colorsubsampling="444"))


def cat() -> bytes:
    """A photograph without a form: a round face with two pointed ears and whiskers."""
    picture = np.full((1600, 1200, 3), (90, 140, 180), np.uint8)
    cv2.circle(picture, (600, 850), 380, (60, 60, 70), -1)
    for side in (-1, 1):
        ear = np.array([[600 + side * 330, 700], [600 + side * 300, 330], [600 + side * 90, 520]])
        cv2.fillPoly(picture, [ear.astype(np.int32)], (60, 60, 70))
        cv2.circle(picture, (600 + side * 140, 780), 60, (80, 220, 200), -1)
        for row in range(3):
            cv2.line(
                picture, (600 + side * 60, 930 + 30 * row), (600 + side * 420, 880 + 60 * row), (230, 230, 230), 5
            )
    return jpeg(picture)
