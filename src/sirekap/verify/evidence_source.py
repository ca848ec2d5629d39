"""Where an evidence bundle is read from: the ZIP as it was made, or the folder it was unpacked into.

A ZIP must be what `record.stored_zip` makes of its contents, byte for byte: nothing can be hidden between its
files, and nothing is ever unpacked that could be larger than the file itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from sirekap.record.stored_zip import Entry, ending, local_header
from sirekap.verify.report import VerifyReport
from sirekap.verify.source import CHUNK, MOST_BYTES, Folder, Unreadable, safe_path


class Bundle(Protocol):
    """A bundle's files. `digest` and `read` raise Unreadable."""

    def digest(self, path: str) -> tuple[int, str]:
        """Size and SHA-256 in hex of a file."""

    def read(self, path: str) -> bytes:
        """A file's bytes."""

    def present(self) -> list[str] | None:
        """All files in order."""


class Zipped:
    """A bundle as one file; what is wrong with the archive itself is told to the report."""

    def __init__(self, path: Path, file: IO[bytes], report: VerifyReport) -> None:
        """`file` is the open archive."""
        self._file = file
        self._entries: dict[str, Entry] = {}
        try:
            with zipfile.ZipFile(file) as archive:
                infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            report.add(path.name, "archive", "a ZIP that can be read", error)
            return
        entries = [Entry(i.orig_filename, i.file_size, i.CRC, i.header_offset) for i in infos]
        for entry in entries:
            if not safe_path(entry.name):
                report.add(path.name, "path", "relative paths inside the bundle", repr(entry.name))
            elif entry.name in self._entries:
                report.add(entry.name, "archive", "each file once", "again")
            else:
                self._entries[entry.name] = entry
        self._check(path.name, entries, report)

    def _check(self, name: str, entries: list[Entry], report: VerifyReport) -> None:
        """Every byte beside the files' contents."""
        offset = 0
        for entry in entries:
            if entry.offset != offset or not self._holds(offset, [_header(entry)]):
                report.add(entry.name, "archive", "a header as the archive was made with", "another")
                offset = entry.offset
            offset += len(_header(entry)) + entry.size
        listed = [entry for entry in entries if safe_path(entry.name)]
        if not self._holds(offset, ending(listed), to_end=True):
            advice = "another; a bundle that was packed anew is checked as the folder it is unpacked into"
            report.add(name, "archive", "a list of files as the archive was made with", advice)

    def _holds(self, offset: int, parts: Iterable[bytes], *, to_end: bool = False) -> bool:
        """Whether these bytes stand at an offset, and nothing after them where `to_end`."""
        self._file.seek(offset)
        same = all(self._file.read(len(part)) == part for part in parts)
        return same and not (to_end and self._file.read(1))

    def _at(self, path: str) -> Entry:
        if path not in self._entries:
            raise Unreadable("no such file")
        entry = self._entries[path]
        self._file.seek(entry.offset + len(_header(entry)))
        return entry

    def digest(self, path: str) -> tuple[int, str]:
        """Size and SHA-256, read in pieces."""
        entry, found = self._at(path), sha256()
        left = entry.size
        while left and (chunk := self._file.read(min(left, CHUNK))):
            found.update(chunk)
            left -= len(chunk)
        return entry.size - left, found.hexdigest()

    def read(self, path: str) -> bytes:
        """The whole file."""
        entry = self._at(path)
        if entry.size > MOST_BYTES:
            raise Unreadable(f"more than {MOST_BYTES} bytes")
        return self._file.read(entry.size)

    def present(self) -> list[str] | None:
        """Every file of the archive."""
        return sorted(self._entries)


def _header(entry: Entry) -> bytes:
    try:
        return local_header(entry)
    except (UnicodeEncodeError, ValueError, OverflowError):
        return b"\0" * 30  # a name that no bundle holds: it is told as such


def open_bundle(path: Path, file: IO[bytes] | None, report: VerifyReport) -> Bundle:
    """The bundle in a folder, or in an open ZIP."""
    return Folder(path) if file is None else Zipped(path, file, report)
