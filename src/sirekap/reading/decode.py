"""Bytes to an upright picture, safely, and the bytes that may be published.

A photograph is hostile until decoded: its size is read from the header before any pixel is, so that a small
file cannot fill the memory. Only JPEG and PNG are taken, as phones and scanners write them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from sirekap.reading.strip import strip_jpeg

Image = npt.NDArray[np.uint8]

MOST_PIXELS = 64_000_000
MOST_BYTES = 40_000_000
MOST_SCANS = 64  # each costs a pass over all pixels; cameras write 1, progressive files about 10
LEAST_SIDE = 400
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
OTHERS = {b"RIFF": "WebP", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"%PDF": "PDF"}
QUALITY = 90


class Unreadable(Exception):
    """A photograph that cannot be decoded; the text says why and what to do."""


@dataclass(frozen=True)
class Decoded:
    """`image` is BGR, upright; `published` a JPEG of the same without EXIF (the same bytes where clean).

    `reduced` is how many pixels of the photograph one of `image` stands for, along each side.
    """

    image: Image
    published: bytes
    reduced: int = 1


def decode(data: bytes, *, least: int | None = None) -> Decoded:
    """Decode a photograph. Raises Unreadable with the reason in words.

    With `least` the picture may come out at a half, quarter or eighth of its size, its longer side at least
    `least` px: of a JPEG that costs no more than decoding it to grey. It is decoded in full where the
    published bytes must be encoded anew.
    """
    if not data:
        raise Unreadable("the file is empty; copy or send it again")
    if len(data) > MOST_BYTES:
        raise Unreadable(f"the file has {len(data) / 1e6:.0f} MB, expected at most {MOST_BYTES / 1e6:.0f} MB")
    if data.startswith(JPEG):
        return _decode_jpeg(data, least)
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


def _decode_jpeg(data: bytes, least: int | None) -> Decoded:
    clean, orientation, scans = strip_jpeg(data)
    if scans > MOST_SCANS:
        raise Unreadable(f"the JPEG has {scans} scans, expected at most {MOST_SCANS}; save it anew as plain JPEG")
    shown = data if clean is None else clean  # what is published is what was decoded
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(shown)
    except ValueError as error:
        raise Unreadable(f"the JPEG's header is damaged ({error}); send the photograph again") from error
    _check_size(width, height)
    inks = colours in ("CMYK", "YCCK")
    plain = orientation == 1 and clean is not None and not inks
    reduced = _reduced(max(height, width), least) if plain and least is not None else 1
    try:
        # strict: a truncated file is refused, not read as far as it goes with grey for the rest
        image: Image = simplejpeg.decode_jpeg(
            shown,
            colorspace="CMYK" if inks else "BGR",
            fastupsample=True,
            strict=True,
            min_height=-(-height // reduced) if reduced > 1 else 0,
            min_width=-(-width // reduced) if reduced > 1 else 0,
        )
    except ValueError as error:
        raise Unreadable(f"the JPEG is truncated or damaged ({error}); send the photograph again") from error
    if plain:
        return Decoded(image, shown, reduced)
    if inks:
        del image  # only OpenCV turns inks into colours, but it does not tell where a file is damaged
        image = _opencv(shown, "JPEG")
    image = _turn(image, orientation)
    return Decoded(image, _encode(image))


def _reduced(longer: int, least: int) -> int:
    """The largest of 1, 2, 4 and 8 that leaves a side of at least `least` px: libjpeg decodes these fast."""
    return next((by for by in (8, 4, 2) if longer >= by * least), 1)


def _opencv(data: bytes, kind: str) -> Image:
    """8-bit BGR of any depth and colour, not turned by EXIF."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise Unreadable(f"the {kind} is damaged ({error.err}); send the photograph again") from error
    if image is None:
        raise Unreadable(f"the {kind} is damaged; send the photograph again")
    return np.asarray(image, np.uint8)


def _decode_png(data: bytes) -> Decoded:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise Unreadable("the PNG's header is damaged; send the photograph again")
    width, height = struct.unpack(">II", data[16:24])
    _check_size(width, height)
    if b"IEND" not in data[-16:]:
        raise Unreadable("the PNG is truncated; send the photograph again")
    image = _opencv(data, "PNG")
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
