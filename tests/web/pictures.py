"""Pictures that are not what they seem, made here byte by byte."""

import struct
import zlib

import cv2
import numpy as np


def jpeg(width: int = 900, height: int = 1350, seed: int = 0) -> bytes:
    """A JPEG of grey noise: no form, but a photograph for all that can be seen of its bytes."""
    noise = np.random.default_rng(seed).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", cv2.resize(noise, (width, height)))[1].tobytes())


def segment(marker: int, body: bytes) -> bytes:
    """One segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_exif(data: bytes, payload: bytes) -> bytes:
    """The same JPEG with an EXIF segment."""
    return data[:2] + segment(0xE1, b"Exif\x00\x00" + payload) + data[2:]


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds next to nothing."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")):
        parts.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    return b"".join(parts)


def jpeg_header(width: int, height: int) -> bytes:
    """The same JPEG as any, but its header says another size."""
    data = bytearray(jpeg())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(data)
