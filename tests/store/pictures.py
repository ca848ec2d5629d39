"""Bytes that begin as a photograph does, with anything behind: what the doors of capture look at."""

import struct


def jpeg(content: bytes, width: int = 3000, height: int = 4000) -> bytes:
    """A JPEG's frame header, and `content` where the picture would be."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes((1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1))
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + content


def png(content: bytes, width: int = 3000, height: int = 4000) -> bytes:
    """A PNG's header, and `content` where the picture would be."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + bytes(4) + content
