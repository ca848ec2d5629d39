"""A ZIP archive whose bytes follow from its contents alone: the same contents give the same file anywhere.

Nothing is compressed (compression differs between versions of zlib; photographs gain nothing from it), every
time is 1980-01-01, and no system's attributes stand in it. Every header can be told from name, size and checksum
alone: whoever checks an archive compares it byte for byte. Format: PKWARE's APPNOTE, with ZIP64 where needed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import pack
from typing import Protocol

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
LONGEST_NAME = 1000
MOST_16, MOST_32 = 0xFFFF, 0xFFFFFFFF
VERSION, VERSION_64 = 20, 45
_UNIX = 3 << 8
_DATE = 1 << 5 | 1  # 1980-01-01, the earliest that a ZIP can hold
_MODE = 0o100644 << 16  # a file that everybody may read


class Writable(Protocol):
    """What an archive is written to; it is never read or moved about in."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive: its name, size, CRC-32, and where its header begins."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def length(self) -> int:
        """Header and content together."""
        return len(local_header(self)) + self.size


class StoredZip:
    """Writes one archive to a stream. Use: `add` each file, then `finish`."""

    def __init__(self, out: Writable) -> None:
        """`out` takes the archive's bytes from its beginning."""
        self.entries: dict[str, Entry] = {}
        self._out, self._offset = out, 0

    def add(self, name: str, data: bytes) -> None:
        """Add a file. Raises ValueError for a name that is no plain relative path, or is there already."""
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise ValueError(f"expected a relative path of letters, digits and -_.; found {name!r}")
        if name in self.entries:
            raise ValueError(f"{name} is added twice")
        if len(data) >= MOST_32:
            raise ValueError(f"{name}: expected less than 4 GiB; found {len(data)} bytes")
        entry = Entry(name, len(data), zlib.crc32(data), self._offset)
        self._out.write(local_header(entry))
        self._out.write(data)
        self.entries[name] = entry
        self._offset += entry.length

    def finish(self) -> int:
        """Write the list of files; the archive's size in bytes."""
        for part in ending(self.entries.values()):
            self._out.write(part)
            self._offset += len(part)
        return self._offset


def local_header(entry: Entry) -> bytes:
    """What stands before a file's content."""
    name = entry.name.encode("ascii")
    sizes = (entry.crc, entry.size, entry.size, len(name), 0)
    return pack("<4s5H3I2H", b"PK\3\4", VERSION, 0, 0, 0, _DATE, *sizes) + name


def ending(entries: Iterable[Entry]) -> Iterator[bytes]:
    """What stands behind the last file's content: the list, sorted by name, and where it is."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    start = sum(entry.length for entry in ordered)
    size = 0
    for entry in ordered:
        part = _listed(entry)
        size += len(part)
        yield part
    count = len(ordered)
    if count >= MOST_16 or start >= MOST_32 or size >= MOST_32:
        record = (44, _UNIX | VERSION_64, VERSION_64, 0, 0, count, count, size, start)
        yield pack("<4sQ2H2I4Q", b"PK\6\6", *record)
        yield pack("<4sIQI", b"PK\6\7", 0, start + size, 1)
    numbers = (0, 0, min(count, MOST_16), min(count, MOST_16), min(size, MOST_32), min(start, MOST_32), 0)
    yield pack("<4s4H2IH", b"PK\5\6", *numbers)


def _listed(entry: Entry) -> bytes:
    name, extra, needed = entry.name.encode("ascii"), b"", VERSION
    if entry.offset >= MOST_32:
        extra, needed = pack("<2HQ", 1, 8, entry.offset), VERSION_64
    head = (_UNIX | needed, needed, 0, 0, 0, _DATE, entry.crc, entry.size, entry.size, len(name), len(extra))
    tail = (0, 0, 0, _MODE, min(entry.offset, MOST_32))
    return pack("<4s6H3I2H3H2I", b"PK\1\2", *head, *tail) + name + extra
