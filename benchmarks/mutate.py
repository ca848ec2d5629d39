"""Hostile photographs: real JPEG and PNG files of our own, broken in a way that a number names.

The same bases and the same number give the same bytes, so that whatever a number found can be looked at again.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

CANARY = b"GPS -6.2,106.8 nomor seri 4711"
"""Stands in the metadata of every base; it must not be in what is published."""

BEGINNINGS = (b"", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Adobe\0d", b"JFIF\0")
KINDS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"gAMA", b"tRNS", b"PLTE", b"acTL", b"quUx")

Mutation = Callable[[bytearray, Random], bytearray]


def segments(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the segments of a JPEG before its first scan, as far as they can be followed."""
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if end > len(data):
            break
        found.append((at, end))
        at = end
    return found


def chunks(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the chunks of a PNG, as far as they can be followed."""
    found, at = [], 8
    while at + 12 <= len(data):
        end = at + 12 + struct.unpack(">I", data[at : at + 4])[0]
        if end > len(data):
            break
        found.append((at, end))
        at = end
    return found


def _flip_bits(data: bytearray, rng: Random) -> bytearray:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def _flip_head(data: bytearray, rng: Random) -> bytearray:
    """Bits of the first bytes, where lengths and tables stand."""
    for _ in range(rng.choice((1, 2, 4))):
        if data:
            data[rng.randrange(min(len(data), 700))] ^= 1 << rng.randrange(8)
    return data


def _bytes(data: bytearray, rng: Random) -> bytearray:
    for _ in range(rng.choice((1, 3, 16))):
        if data:
            data[rng.randrange(len(data))] = rng.choice((0, 0xFF, 0x80, 0x7F, rng.randrange(256)))
    return data


def _truncate(data: bytearray, rng: Random) -> bytearray:
    return data[: rng.randrange(len(data) + 1)]


def _cut_out(data: bytearray, rng: Random) -> bytearray:
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.choice((1, 2, 16, 1000, 20_000))]
    return data


def _repeat(data: bytearray, rng: Random) -> bytearray:
    start = rng.randrange(len(data) + 1)
    part = data[start : start + rng.choice((1, 8, 600, 9000))]
    data[start:start] = part * rng.choice((1, 2, 5))
    return data


def _append(data: bytearray, rng: Random) -> bytearray:
    return (
        data
        + CANARY
        + rng.randbytes(rng.choice((1, 100, 5000)))
        + rng.choice((b"", b"\xff\xd9", b"IEND\xaeB`\x82"))
    )


def _length(data: bytearray, rng: Random) -> bytearray:
    """A segment's or chunk's length that is not its length."""
    png = data.startswith(b"\x89PNG")
    places = chunks(bytes(data)) if png else segments(bytes(data))
    if not places:
        return data
    start, end = rng.choice(places)
    if png:
        value = rng.choice(
            (0, 1, end - start - 13, end - start - 11, 0x7FFFFFFF, 0xFFFFFFFF, rng.randrange(1 << 16))
        )
        data[start : start + 4] = struct.pack(">I", max(0, value))
    else:
        value = rng.choice((0, 1, 2, 3, end - start - 3, end - start - 1, 0xFFFF, rng.randrange(1 << 16)))
        data[start + 2 : start + 4] = struct.pack(">H", value & 0xFFFF)
    return data


def _swap(data: bytearray, rng: Random) -> bytearray:
    """Two segments or chunks in each other's place, or one of them twice, or left out."""
    places = chunks(bytes(data)) if data.startswith(b"\x89PNG") else segments(bytes(data))
    if len(places) < 2:
        return data
    (a, b), (c, d) = sorted(rng.sample(places, 2))
    how = rng.randrange(3)
    if how == 0:
        return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]
    if how == 1:
        return data[:a] + data[c:d] + data[a:]
    return data[:a] + data[b:]


def _size(data: bytearray, rng: Random) -> bytearray:
    """Another width or height in the header; a PNG's checksum is made to fit. Most stay small."""
    value = rng.choice((0, 1, 8, 399, 400, 401, 700, 1500, 4000, 8000, 0x7FFF, 0xFFFF, rng.randrange(1 << 12)))
    second = rng.random() < 0.5
    if data.startswith(b"\x89PNG"):
        if len(data) >= 33:
            value = rng.choice((value, value, value, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 16))
            at = 20 if second else 16
            data[at : at + 4] = struct.pack(">I", value)
            data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
        return data
    for start, _ in segments(bytes(data)):
        if data[start + 1] in (0xC0, 0xC1, 0xC2, 0xC3):
            at = start + (5 if second else 7)
            data[at : at + 2] = struct.pack(">H", value & 0xFFFF)
    return data


def _frame(data: bytearray, rng: Random) -> bytearray:
    """A JPEG frame's kind, depth, components or sampling; a PNG's depth, colour or interlacing."""
    if data.startswith(b"\x89PNG"):
        if len(data) >= 33:
            data[24 + rng.randrange(5)] = rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))
            data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
        return data
    for start, end in segments(bytes(data)):
        if data[start + 1] in (0xC0, 0xC1, 0xC2, 0xC3):
            if rng.random() < 0.3:
                data[start + 1] = 0xC0 + rng.randrange(16)
            else:
                at = rng.choice((start + 4, start + 9, *range(start + 10, end)))
                data[at] = rng.choice((0, 1, 2, 3, 4, 0x11, 0x22, 0x41, 0x44, 0xFF, rng.randrange(256)))
    return data


def _application(data: bytearray, rng: Random) -> bytearray:
    """An application segment or comment, or an ancillary chunk, full of nonsense."""
    size = rng.choice((0, 1, 13, 300, 60_000))
    body = rng.choice(BEGINNINGS)
    body += CANARY + rng.randbytes(size)
    if data.startswith(b"\x89PNG"):
        kind = rng.choice(KINDS)
        chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        places = chunks(bytes(data))
        at = rng.choice(places)[1] if places else len(data)
        return data[:at] + chunk + data[at:]
    marker = rng.choice((*range(0xE0, 0xF0), 0xFE, 0xDB, 0xC4, 0xDD, 0xCC))
    segment = bytes((0xFF, marker)) + struct.pack(">H", min(0xFFFF, len(body) + 2)) + body
    places = segments(bytes(data))
    at = rng.choice(places)[rng.randrange(2)] if places else min(2, len(data))
    return data[:at] + segment + data[at:]


def _mend(data: bytearray, rng: Random) -> bytearray:
    """A PNG's bytes changed with its checksum made to fit, so that the decoder looks at them."""
    if not data.startswith(b"\x89PNG"):
        return _flip_head(data, rng)
    places = [(a, b) for a, b in chunks(bytes(data)) if b - a > 12]
    if not places:
        return data
    start, end = rng.choice(places)
    for _ in range(rng.choice((1, 1, 4))):
        data[rng.randrange(start + 8, end - 4)] = rng.randrange(256)
    data[end - 4 : end] = struct.pack(">I", zlib.crc32(data[start + 4 : end - 4]))
    return data


def _scans(data: bytearray, rng: Random) -> bytearray:
    """The whole rest from the last scan on again: more scans than a picture has."""
    at = data.rfind(b"\xff\xda")
    return data if at < 0 else data[:at] + data[at : at + 2000] * rng.choice((1, 3, 20, 200)) + data[at:]


MUTATIONS: dict[str, Mutation] = {
    "flipped bits": _flip_bits,
    "flipped bits of the header": _flip_head,
    "other bytes": _bytes,
    "truncated": _truncate,
    "a piece cut out": _cut_out,
    "a piece repeated": _repeat,
    "appended": _append,
    "a length edited": _length,
    "segments swapped": _swap,
    "a size edited": _size,
    "a frame edited": _frame,
    "application garbage": _application,
    "a chunk edited": _mend,
    "scans repeated": _scans,
}


def mutate(bases: dict[str, bytes], number: int) -> tuple[str, bytes]:
    """(what was done, the bytes) of a mutation's number: one to three mutations of one base."""
    rng = Random(number)
    base = rng.choice(sorted(bases))
    data = bytearray(bases[base])
    names = [rng.choice(sorted(MUTATIONS)) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    for name in names:
        data = MUTATIONS[name](data, rng)
    return f"{base}: {', '.join(names)}", bytes(data)
