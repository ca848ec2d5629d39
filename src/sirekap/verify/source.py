"""Where a published tree is read from: a folder or a web address. Nothing in it is trusted, paths least."""

from __future__ import annotations

import http.client
import re
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

CHUNK = 1 << 20
MOST_BYTES = 1 << 30
PART = re.compile(r"[A-Za-z0-9_.-]{1,200}")
TIMEOUT = 60.0


class Unreadable(Exception):
    """A file that cannot be read; its text says why."""


class Unanswered(Unreadable):
    """Nobody answers at the address."""


def safe_path(path: object) -> bool:
    """Whether a manifest's path is relative, normalised and stays inside the tree.

    >>> safe_path("data/units/31.json"), safe_path("../x"), safe_path("/etc/x"), safe_path("a//b")
    (True, False, False, False)
    """
    if not isinstance(path, str) or len(path) > 1000:
        return False
    parts = path.split("/")
    return all(PART.fullmatch(part) and not part.startswith(".") for part in parts)


class Source(Protocol):
    """A tree to check. Both methods raise Unreadable for a file that is absent, too large or no file."""

    def digest(self, path: str) -> tuple[int, str]:
        """Size and SHA-256 in hex of a file."""

    def read(self, path: str) -> bytes:
        """A file's bytes; for documents and pages, not for photographs."""

    def present(self) -> list[str] | None:
        """All files of the tree in order; None where it cannot be listed."""


class Folder:
    """A tree in a folder. Symbolic links are refused: they could point anywhere."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the tree's root."""
        self.folder = folder

    def _open(self, path: str) -> IO[bytes]:
        place = self.folder
        for part in path.split("/"):
            place = place / part
            if place.is_symlink():
                raise Unreadable("a symbolic link")
        if not place.is_file():
            raise Unreadable("no such file")
        try:
            return place.open("rb")
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error

    def digest(self, path: str) -> tuple[int, str]:
        """Size and SHA-256, read in pieces."""
        with self._open(path) as file:
            return _digest(file, None)

    def read(self, path: str) -> bytes:
        """The whole file."""
        with self._open(path) as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Unreadable(f"more than {MOST_BYTES} bytes")
        return data

    def present(self) -> list[str] | None:
        """Every file below the folder, with forward slashes."""
        found = (place for place in self.folder.rglob("*") if place.is_symlink() or not place.is_dir())
        return sorted(place.relative_to(self.folder).as_posix() for place in found)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """A published tree may move within its host; it may not send the reader to another one."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """Refuse to leave the host or the two web schemes."""
        here, there = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if there.scheme not in ("http", "https") or there.netloc != here.netloc:
            raise Unreadable(f"a redirect to {there.scheme}://{there.netloc}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Web:
    """A tree at a web address. Documents are kept in a temporary folder so that each is fetched once;
    photographs are only hashed as they pass. Use it as a context manager.
    """

    def __init__(self, url: str, most_bytes: int = MOST_BYTES) -> None:
        """`url` is the address of the tree's root. Raises ValueError for anything but http and https."""
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"only http and https addresses can be verified, not {url}")
        self.url = url.rstrip("/") + "/"
        self.most_bytes = most_bytes
        self._opener = urllib.request.build_opener(_SameHost())
        self._kept = tempfile.TemporaryDirectory(prefix="sirekap-verify-")

    def __enter__(self) -> Web:
        """The source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Throw the kept documents away."""
        self._kept.cleanup()

    def _place(self, path: str) -> Path:
        return Path(self._kept.name) / sha256(path.encode()).hexdigest()

    def _open(self, path: str) -> IO[bytes]:
        try:
            response: IO[bytes] = self._opener.open(self.url + urllib.parse.quote(path), timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            error.close()
            raise Unreadable(f"HTTP status {error.code}") from error
        except urllib.error.URLError as error:
            raise Unanswered(str(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreadable(str(error)) from error
        return response

    def _fetch(self, path: str) -> tuple[int, str]:
        with self._open(path) as file, self._place(path).open("wb") as kept:
            return _digest(file, kept, self.most_bytes)

    def digest(self, path: str) -> tuple[int, str]:
        """Size and SHA-256 of what the host sends."""
        try:
            if path.startswith(("photos/", "cuts/")):
                with self._open(path) as file:
                    return _digest(file, None, self.most_bytes)
            return self._fetch(path)
        except (OSError, http.client.HTTPException) as error:
            raise Unreadable(str(error)) from error

    def read(self, path: str) -> bytes:
        """The file as it was fetched."""
        if not self._place(path).exists():
            self.digest(path)
        return self._place(path).read_bytes()

    def present(self) -> list[str] | None:
        """A host does not list its files."""
        return None


def _digest(file: IO[bytes], copy: IO[bytes] | None, most: int = MOST_BYTES) -> tuple[int, str]:
    size, found = 0, sha256()
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > most:
            raise Unreadable(f"more than {most} bytes")
        found.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return size, found.hexdigest()
