"""Bytes to an upright picture, safely, and the bytes that may be published.

A photograph is hostile until decoded: its size is read from the header before any pixel is, so that a small
file cannot fill the memory. Only JPEG and PNG are taken, as phones and scanners write them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

Image = npt.NDArray[np.uint8]

MOST_PIXELS = 64_000_000
MOST_BYTES = 40_000_000
LEAST_SIDE = 400
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
OTHERS = {b"RIFF": "WebP", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"%PDF": "PDF"}
QUALITY = 90
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # not stuffing, filling or restart


class Unreadable(Exception):
    """A photograph that cannot be decoded; the text says why and what to do."""


@dataclass(frozen=True)
class Decoded:
    """`image` is BGR, upright; `published` a JPEG of the same without EXIF (the same bytes where clean)."""

    image: Image
    published: bytes


def decode(data: bytes) -> Decoded:
    """Decode a photograph. Raises Unreadable with the reason in words."""
    if not data:
        raise Unreadable("the file is empty; copy or send it again")
    if len(data) > MOST_BYTES:
        raise Unreadable(f"the file has {len(data) / 1e6:.0f} MB, expected at most {MOST_BYTES / 1e6:.0f} MB")
    if data.startswith(JPEG):
        return _decode_jpeg(data)
    if data.startswith(PNG):
        return _decode_png(data)
    kind = next((name for magic, name in OTHERS.items() if data.startswith(magic)), None)
    if kind is None and data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        kind = "HEIC/AVIF"
    found = f"a {kind} file" if kind else "no image"
    raise Unreadable(f"expected a JPEG or PNG photograph, found {found}; save it as JPEG and send it again")


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unreadable(
            f"{width}×{height} pixels are {width * height / 1e6:.0f} megapixels, expected at most "
            f"{MOST_PIXELS / 1e6:.0f}; set the camera to a smaller size"
        )
    if min(width, height) < LEAST_SIDE:
        raise Unreadable(
            f"{width}×{height} pixels are too few to read, expected at least {LEAST_SIDE} on the short side; "
            "send the original photograph"
        )


def _decode_jpeg(data: bytes) -> Decoded:
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError as error:
        raise Unreadable(f"the JPEG's header is damaged ({error}); send the photograph again") from error
    _check_size(width, height)
    clean, orientation = strip_jpeg(data)
    try:
        if colours in ("CMYK", "YCCK"):
            decoded = cv2.imdecode(np.frombuffer(clean, np.uint8), cv2.IMREAD_COLOR)
            if decoded is None:
                raise ValueError("CMYK data that cannot be decoded")
            image: Image = np.asarray(decoded, np.uint8)
            orientation = orientation or 1
            return Decoded(upright := _turn(image, orientation), _encode(upright))
        # strict: a truncated file is refused, not read as far as it goes with grey for the rest
        image = simplejpeg.decode_jpeg(data, colorspace="BGR", fastupsample=True, strict=True)
    except ValueError as error:
        raise Unreadable(f"the JPEG is truncated or damaged ({error}); send the photograph again") from error
    if orientation == 1:
        return Decoded(image, clean)
    image = _turn(image, orientation)
    return Decoded(image, _encode(image))


def _decode_png(data: bytes) -> Decoded:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise Unreadable("the PNG's header is damaged; send the photograph again")
    width, height = struct.unpack(">II", data[16:24])
    _check_size(width, height)
    if b"IEND" not in data[-16:]:
        raise Unreadable("the PNG is truncated; send the photograph again")
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise Unreadable("the PNG is damaged; send the photograph again")
    image: Image = np.asarray(decoded, np.uint8)  # IMREAD_COLOR makes 8-bit BGR of 16 bits and of grey
    return Decoded(image, _encode(image))


def _encode(image: Image) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality=QUALITY, colorspace="BGR"))


def _turn(image: Image, orientation: int) -> Image:
    """The picture as EXIF orientation 1 … 8 means it (CIPA DC-008, tag 0x0112)."""
    if orientation in (2, 4, 5, 7):
        image = np.asarray(cv2.flip(image, 1 if orientation in (2, 5, 7) else 0), np.uint8)
    turns = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
    turns |= {5: cv2.ROTATE_90_COUNTERCLOCKWISE, 7: cv2.ROTATE_90_CLOCKWISE}
    if orientation in turns:
        image = np.asarray(cv2.rotate(image, turns[orientation]), np.uint8)
    return np.ascontiguousarray(image)


def strip_jpeg(data: bytes) -> tuple[bytes, int]:
    """The JPEG without metadata (pixels untouched) and its EXIF orientation (1 where it tells none).

    Kept are the segments that decoding needs: APP0 (JFIF) and APP14 (Adobe's colour transform). EXIF, XMP,
    maker notes, ICC profiles (they name devices), comments and whatever follows the picture are left out.
    """
    out = bytearray(data[:2])
    orientation, at = 1, 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + length]
        if marker == 0xDA:
            end = data.rfind(b"\xff\xd9") + 2
            out += data[at : _end_of_scan(data, at) or (end if end > at else len(data))]
            return bytes(out), orientation
        if marker == 0xE1 and segment[4:10] == b"Exif\x00\x00":
            orientation = _orientation(segment[10:])
        if not (marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE)):
            out += segment
        at += 2 + length
    return bytes(data), orientation


def _end_of_scan(data: bytes, at: int) -> int | None:
    """The position after the picture's own end marker, so that appended pictures (MPF) are left out."""
    position = at + 1
    while (found := _MARKER.search(data, position)) is not None:
        position = found.start()
        if data[position + 1] == 0xD9:
            return position + 2
        if position + 4 <= len(data):
            position += 1 + struct.unpack(">H", data[position + 2 : position + 4])[0]
        position += 1
    return None


def _orientation(tiff: bytes) -> int:
    """EXIF tag 0x0112 of a TIFF header; 1 where it is absent or damaged."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        offset = struct.unpack(order + "I", tiff[4:8])[0]
        count = struct.unpack(order + "H", tiff[offset : offset + 2])[0]
        for entry in range(min(count, 512)):
            start = offset + 2 + 12 * entry
            tag, _, _, value = struct.unpack(order + "HHIH", tiff[start : start + 10])
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1
