"""Whether bytes begin as a photograph does, and how large it says it is: from its header, no pixel is decoded."""

from __future__ import annotations

import struct

MOST_PIXELS = 64_000_000  # as `reading.decode`: what is refused there need not be kept here
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
END, SCAN = 0xD9, 0xDA


def fault_of(data: bytes) -> str | None:
    """What is wrong with bytes that should be a JPEG or PNG photograph, in words; None where nothing is."""
    if data.startswith(JPEG):
        size = _jpeg_size(data)
    elif data.startswith(PNG):
        size = struct.unpack(">II", data[16:24]) if len(data) >= 33 and data[12:16] == b"IHDR" else None
    else:
        return "expected a JPEG or PNG file, found another kind"
    if size is None:
        return "expected a header that tells the picture's size, found none"
    width, height = size
    if not 0 < width * height <= MOST_PIXELS:
        return f"expected at most {MOST_PIXELS // 1_000_000} megapixels, found {width} by {height} pixels"
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height as the first frame header says; None where there is none before the picture."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in ALONE:
            at += 2
            continue
        if marker in (END, SCAN):
            return None
        if marker in FRAMES:
            if at + 9 > len(data):
                return None
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
