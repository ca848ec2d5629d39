"""A published tree on disk: built beside the old one, described by its manifest, then swapped in.

A reader sees the old tree or the new one, never half of one; a kill at any moment leaves one of the two.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from hashlib import sha256
from pathlib import Path

from sirekap.errors import InputError, Problem
from sirekap.log.tree import root_hash
from sirekap.record.canonical import canonical

MANIFEST = "manifest.json"
SCHEMA = "sirekap/manifest/1"
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class TreeWriter:
    """Writes one published tree. Use: `write` and `keep` files, then `finish`; `discard` where it fails."""

    def __init__(self, out: Path) -> None:
        """Begin beside `out`. Raises InputError where `out` holds anything that is not a published tree."""
        self.out = Path(out).resolve()  # through a symbolic link to the folder it means
        self.building = self.out.with_name(f".{self.out.name}.building")
        self.retired = self.out.with_name(f".{self.out.name}.retired")
        self.files: dict[str, tuple[int, str]] = {}
        self._folders: set[Path] = set()
        self.out.parent.mkdir(parents=True, exist_ok=True)
        self._alone = _Alone(self.out.with_name(f".{self.out.name}.lock"), self.out)
        try:
            self._recover()
            _refuse_foreign(self.out)
            shutil.rmtree(self.building, ignore_errors=True)
            self.building.mkdir()
        except BaseException:
            self._alone.end()
            raise

    def _recover(self) -> None:
        """Finish what a kill between two renames left: the old tree stands aside and nothing in its place."""
        if self.retired.exists():
            if self.out.exists():
                shutil.rmtree(self.retired)
            else:
                self.retired.rename(self.out)

    def write(self, path: str, data: bytes) -> None:
        """Write one file; `path` is relative with forward slashes. Raises ValueError for a path given twice."""
        self._place(path).write_bytes(data)
        self.files[path] = (len(data), sha256(data).hexdigest())

    def keep(self, path: str, digest: str) -> bytes | None:
        """Take a content-named file over from the old tree: its bytes, or None where it has no good one."""
        old = self.out / path
        if old.is_symlink() or not old.is_file():
            return None
        data = old.read_bytes()
        if sha256(data).hexdigest() != digest:
            return None
        try:
            os.link(old, self._place(path))
        except OSError:  # a file system without hard links
            return None
        self.files[path] = (len(data), digest)
        return data

    def _place(self, path: str) -> Path:
        if path in self.files:
            raise ValueError(f"{path} is written twice")
        place = self.building / path
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        return place

    def finish(self, counts: dict[str, int]) -> str:
        """Write the manifest, swap the tree in, and return the manifest's root in hex."""
        root = self._swap(counts)
        self._alone.end()
        return root

    def _swap(self, counts: dict[str, int]) -> str:
        data, root = manifest_of(self.files, counts)
        (self.building / MANIFEST).write_bytes(data)
        if not self.out.exists():
            self.building.rename(self.out)
            return root
        if _exchange(self.building, self.out):
            shutil.rmtree(self.building)
        else:
            self.out.rename(self.retired)
            self.building.rename(self.out)
            shutil.rmtree(self.retired)
        return root

    def discard(self) -> None:
        """Throw away what was built; the old tree stays."""
        shutil.rmtree(self.building, ignore_errors=True)
        self._alone.end()


class _Alone:
    """Holds a lock file, so that two publications into one folder do not take each other's files away.

    The system lets go of it when a process dies, however it dies.
    """

    def __init__(self, file: Path, out: Path) -> None:
        """Take the lock. Raises InputError where another publication holds it."""
        self.file = file
        while True:
            self.handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o644)
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(self.handle)
                found = "another publication into it under way"
                advice = "Wait until it has ended."
                raise InputError([Problem(str(out), "a folder for oneself", found, advice=advice)]) from error
            if self._is_current():
                return
            os.close(self.handle)

    def _is_current(self) -> bool:
        """Whether the file that is held still has its name: who held it before may have taken it away."""
        try:
            return os.path.samestat(os.fstat(self.handle), self.file.stat())
        except FileNotFoundError:
            return False

    def end(self) -> None:
        """Let go; again does nothing."""
        if self.handle < 0:
            return
        self.file.unlink(missing_ok=True)
        os.close(self.handle)
        self.handle = -1


def manifest_of(files: dict[str, tuple[int, str]], counts: dict[str, int]) -> tuple[bytes, str]:
    """The manifest's bytes and its root, from size and SHA-256 by path.

    The root is the RFC 6962 hash over one canonical line `{"path","sha256","size"}` a file, sorted by path.
    """
    lines = [{"path": path, "size": size, "sha256": digest} for path, (size, digest) in sorted(files.items())]
    root = root_hash(canonical(line) for line in lines).hex()
    document = {
        "schema": SCHEMA,
        "counts": {**counts, "files": len(lines), "bytes": sum(size for size, _ in files.values())},
        "root": root,
    }
    # One file a line: a person can read it, and `diff` of two manifests names the files that changed.
    head = canonical(document)[:-1] + b',"files":[\n'
    return head + b",\n".join(canonical(line) for line in lines) + b"\n]}\n", root


def _refuse_foreign(out: Path) -> None:
    """Publishing replaces a whole folder, so it must be ours or empty."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    found = "a file"
    if out.is_dir():
        found = "a folder with other things in it"
        try:
            with (out / MANIFEST).open("rb") as manifest:
                if SCHEMA.encode() in manifest.read(4096):
                    return
        except OSError:
            pass
    raise InputError(
        [
            Problem(
                str(out),
                "a folder that is new, empty or a published tree",
                found,
                advice="Publishing replaces the whole folder; name another one.",
            )
        ]
    )


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step where the system can (Linux renameat2); else False."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))
