"""A JPEG without anything but its picture, by its markers alone: no pixel is decoded and none changes.

What is kept is named, not what is left out: frames, tables, scans, a JFIF header without thumbnail, and Adobe's
colour transform. EXIF, XMP, thumbnails, maker notes, ICC profiles (they name devices), comments wherever they
stand, and all that follows the picture are left out.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})  # Huffman, arithmetic, quantisation, restart interval
SCAN, END, JFIF, EXIF, ADOBE, COMMENT = 0xDA, 0xD9, 0xE0, 0xE1, 0xEE, 0xFE


class Stripped(NamedTuple):
    """`data` is the JPEG without metadata; None where its structure leaves doubt about what is the picture.

    `orientation` is what EXIF tells (1 where it tells none), `scans` how often a scan begins.
    """

    data: bytes | None
    orientation: int
    scans: int


def strip_jpeg(data: bytes) -> Stripped:
    """The JPEG's picture without metadata. Takes time in proportion to the bytes, whatever they hold."""
    out = bytearray(data[:2])
    markers = _markers(data)
    orientation, scans, at = 1, 0, 2
    clean = True
    once: set[int] = set()
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == END:
            done = clean and scans > 0
            return Stripped(bytes(out) + b"\xff\xd9" if done else None, orientation, scans)
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            break
        segment = data[at:end]
        if marker == EXIF and EXIF not in once and segment[4:10] == b"Exif\x00\x00":
            orientation = _orientation(segment[10:])  # of several, the first counts
            once.add(EXIF)
        kept = _kept(marker, segment)
        if kept is None or (marker in once and kept and marker in (JFIF, ADOBE)):
            clean = False
        once.update({marker} if kept else ())
        out += kept or b""
        at = end
        if marker == SCAN:
            scans += 1
            after = int(np.searchsorted(markers, end))
            at = int(markers[after]) if after < len(markers) else len(data)
            out += data[end:at]
    return Stripped(None, orientation, scans)


def _markers(data: bytes) -> npt.NDArray[np.intp]:
    """Where 0xFF stands before a byte that makes it a marker, other than a restart within a scan."""
    codes = np.frombuffer(data, np.uint8)
    after = codes[1:]
    # bytes, not places, are compared: a file of nothing but 0xFF must not fill the memory with places
    found = (codes[:-1] == 0xFF) & (after != 0) & (after != 0xFF) & ((after & 0xF8) != 0xD0)
    return np.flatnonzero(found)


def _kept(marker: int, segment: bytes) -> bytes | None:
    """What is kept of a segment; empty for metadata, None where nobody knows what it is."""
    if marker in FRAMES or marker in TABLES or marker == SCAN:
        return segment
    body = segment[4:]
    if marker == JFIF and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00"
    if marker == ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
        return b"\xff\xee\x00\x0e" + body[:12]
    return b"" if marker == COMMENT or 0xE0 <= marker <= 0xEF else None


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
