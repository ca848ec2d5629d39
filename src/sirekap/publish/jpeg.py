"""What the pages and the conscience need to know of a JPEG without decoding it: its size, its metadata."""

from __future__ import annotations

from collections.abc import Iterator

START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
APP1, SCAN, END = 0xE1, 0xDA, 0xD9


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The marker segments before the first scan; stops silently where the file is no JPEG."""
    if data[:2] != b"\xff\xd8":
        return
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in (SCAN, END):
            return
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None where the bytes are no JPEG.

    >>> size_of(b"GIF89a") is None
    True
    """
    for marker, body in _segments(data):
        if marker in START_OF_FRAME and len(body) >= 5:
            return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
    return None


def has_metadata(data: bytes) -> bool:
    """Whether it carries EXIF or XMP (an APP1 segment), where cameras write place, time and device."""
    return any(marker == APP1 for marker, _ in _segments(data))
