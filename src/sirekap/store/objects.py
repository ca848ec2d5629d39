"""Photographs and everything cut from them: bytes that are known by their SHA-256 and never change."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore

from sirekap.errors import InputError, Problem


class Objects:
    """A folder of objects, spread over 256 subfolders by the first two hex digits."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made where it does not exist."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(folder)

    def put(self, data: bytes) -> str:
        """Keep the bytes; their SHA-256. Bytes that are there already are left alone."""
        name = sha256(data).hexdigest()
        if not self.has(name):
            # Another process may be quicker, with the same bytes.
            try:
                with suppress(AlreadyExistsError):
                    obstore.put(self._store, _path(name), data, mode="create")
            except BaseError as error:
                problem = Problem(str(self.folder / _path(name)), "a file that can be written", str(error))
                raise InputError([problem]) from error
        return name

    def secure(self, name: str) -> None:
        """Force an object to disk: what is acknowledged must outlive a power cut."""
        path = self.folder / _path(name)
        for place in (path, path.parent, path.parent.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def get(self, name: str) -> bytes:
        """The bytes of a SHA-256. Raises InputError where they are missing or are not those bytes any more."""
        try:
            data = bytes(obstore.get(self._store, _path(name)).bytes())
        except FileNotFoundError as error:
            raise InputError([self._problem(name, "no such file")]) from error
        found = sha256(data).hexdigest()
        if found != name:
            raise InputError([self._problem(name, f"bytes with the SHA-256 {found}")])
        return data

    def has(self, name: str) -> bool:
        """Whether the bytes of a SHA-256 are kept here."""
        return (self.folder / _path(name)).is_file()

    def _problem(self, name: str, found: str) -> Problem:
        advice = "The file was changed or removed from outside; bring it back from a copy."
        return Problem(str(self.folder / _path(name)), "the object of this name", found, advice=advice)


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"
