"""Bytes on their way in: pieces of photographs, per account and hash, until they are whole.

In the workspace's folder `uploads/`, one folder an account, one file an upload: `SHA256.TOTAL.part` grows piece
by piece; `SHA256.TOTAL.kept` is empty and says that the whole is among the workspace's objects and was not
delivered yet. A piece is on disk before it is acknowledged, so a kill at any moment loses none that was. Two
requests for one upload wait for each other (a lock on the part). The length of the part is the truth.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from pathlib import Path

from sirekap.codes import LOGIN
from sirekap.store.models import Delivery
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.picture_header import fault_of
from sirekap.store.setup import UPLOADS, Workspace

MOST_BYTES = 20_000_000
MOST_CHUNK = 1 << 20
MOST_OPEN = 40  # uploads of one account that are not delivered yet: five sheets of eight pages
MOST_OPEN_BYTES = 240_000_000
LEAST_FREE = 500_000_000  # bytes of the disk that uploads leave free
STALE_SECONDS = 7 * 24 * 3600
SHA256 = re.compile(r"[0-9a-f]{64}")
PART, KEPT = ".part", ".kept"


@dataclass(frozen=True, slots=True)
class UploadState:
    """How much of an upload is there. `size` is None where nothing was said of it yet."""

    offset: int
    size: int | None
    complete: bool


def upload_state(workspace: Workspace, login: str, sha256: str) -> UploadState:
    """How much of an account's upload is there; offset 0 where nothing is.

    Bytes that others sent are not told: who does not have a photograph cannot deliver it. Raises NotTaken
    (INVALID) for what is no SHA-256.
    """
    folder = _folder(workspace, login, sha256)
    kept = _found(folder, sha256, KEPT)
    if kept is not None:
        return UploadState(_total(kept), _total(kept), True)
    sent = workspace.rows(Delivery).filter(sha256=sha256, account__login=login)
    size = sent.values_list("size", flat=True).first()
    if size is not None:
        return UploadState(size, size, True)
    part = _found(folder, sha256, PART)
    if part is None:
        return UploadState(0, None, False)
    total = _total(part)
    with suppress(FileNotFoundError):  # another request may just have finished it
        size = part.stat().st_size
        if size < total:
            return UploadState(size, total, False)
    with _locked(part, make=False) as handle:  # killed after the last piece: go on from there
        if handle is None:
            return upload_state(workspace, login, sha256)
        try:
            return _finish(workspace, folder, part, sha256, total)
        except NotTaken:
            return UploadState(0, None, False)


def upload_chunk(
    workspace: Workspace, login: str, sha256: str, offset: int, total: int, data: bytes
) -> UploadState:
    """Add a piece at `offset` of a photograph of `total` bytes; on disk when this returns.

    Raises NotTaken: OFFSET with the true offset where the upload stands elsewhere (the piece is not taken), LARGE
    above 20 MB or 1 MiB a piece, HASH or KIND where the whole is not what it was announced as (it is thrown away:
    begin again at 0), QUOTA, INVALID.
    """
    folder = _folder(workspace, login, sha256)
    if offset < 0 or total < 1 or not data:
        raise NotTaken(Reason.INVALID, [f"expected bytes of a file from 1 byte on; found {offset} of {total}"])
    if total > MOST_BYTES or len(data) > MOST_CHUNK:
        raise NotTaken(Reason.LARGE, [f"expected at most {MOST_CHUNK} bytes a piece; found {len(data)}"])
    state = upload_state(workspace, login, sha256)
    if state.complete:
        return state
    if offset + len(data) > total:
        raise NotTaken(Reason.INVALID, [f"expected {total} bytes in all; found more"])
    if state.size not in (None, total):
        _begin_again(folder, sha256, state, total, offset)
    elif state.size is None:
        _must_fit(workspace, folder, total, offset)
    path = folder / f"{sha256}.{total}{PART}"
    with _locked(path) as handle:
        if handle is None:  # finished or thrown away by another request meanwhile
            return _elsewhere(workspace, login, sha256, offset)
        end = os.fstat(handle).st_size
        if offset != end:
            raise NotTaken(Reason.OFFSET, offset=end)
        if end == 0 and len(data) >= 8:
            _must_begin_as_picture(path, data)
        _append(handle, data, offset)
        if end == 0:
            _sync_folder(folder)
        if offset + len(data) < total:
            return UploadState(offset + len(data), total, False)
        return _finish(workspace, folder, path, sha256, total)


def _append(handle: int, data: bytes, offset: int) -> None:
    """Write a piece and force it to disk."""
    written = 0
    try:
        while written < len(data):
            written += os.pwrite(handle, data[written:], offset + written)
        os.fsync(handle)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NotTaken(Reason.QUOTA, ["expected room on the server's disk; found none"]) from error
        raise


def settle_upload(workspace: Workspace, login: str, sha256: str) -> None:
    """Its delivery is written down: the mark that it was not delivered yet goes."""
    folder = _folder(workspace, login, sha256)
    kept = _found(folder, sha256, KEPT)
    if kept is not None:
        kept.unlink(missing_ok=True)


def sweep_uploads(workspace: Workspace, now: float | None = None) -> int:
    """Throw away uploads that nobody has gone on with for a week: how many."""
    moment = time.time() if now is None else now
    swept = 0
    for path in (workspace.path / UPLOADS).glob("*/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment - STALE_SECONDS:
                path.unlink()
                swept += 1
    return swept


def _folder(workspace: Workspace, login: str, sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise NotTaken(Reason.INVALID, ["expected a SHA-256 in 64 lower-case hex digits"])
    if not LOGIN.fullmatch(login):
        raise NotTaken(Reason.INVALID, ["expected the login of an account"])
    return workspace.path / UPLOADS / login


def _found(folder: Path, sha256: str, kind: str) -> Path | None:
    return next(iter(sorted(folder.glob(f"{sha256}.*{kind}"))), None)


def _total(path: Path) -> int:
    return int(path.name.split(".")[1])


def _begin_again(folder: Path, sha256: str, state: UploadState, total: int, offset: int) -> None:
    """The same hash with another size: the first announcement was wrong, unless this one is."""
    if offset != 0:
        raise NotTaken(Reason.OFFSET, [f"expected {state.size} bytes in all; found {total}"], state.offset)
    old = folder / f"{sha256}.{state.size}{PART}"
    old.unlink(missing_ok=True)


def _must_fit(workspace: Workspace, folder: Path, total: int, offset: int) -> None:
    """Room for one more upload of this account, and on the disk."""
    if offset != 0:
        raise NotTaken(Reason.OFFSET, offset=0)
    opened = [_total(path) for path in folder.glob("*.*.*")]
    if len(opened) >= MOST_OPEN or sum(opened) + total > MOST_OPEN_BYTES:
        found = f"expected at most {MOST_OPEN} uploads that are not delivered; found {len(opened)}"
        raise NotTaken(Reason.QUOTA, [found])
    if shutil.disk_usage(workspace.path).free < LEAST_FREE + total:
        raise NotTaken(Reason.QUOTA, ["expected room on the server's disk; found next to none"])
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _must_begin_as_picture(path: Path, data: bytes) -> None:
    """Refuse at the first piece what is no picture, before twenty megabytes of it came in."""
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        path.unlink(missing_ok=True)
        raise NotTaken(Reason.KIND, [fault_of(data) or ""])


@contextmanager
def _locked(path: Path, make: bool = True) -> Iterator[int | None]:
    """The part for this request alone, made where it is not there (`make`); None where it was taken away.

    The system lets go of the lock when a process dies, however it dies.
    """
    try:
        handle = os.open(path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            current = os.path.samestat(os.fstat(handle), path.stat())
        except FileNotFoundError:
            current = False
        yield handle if current else None
    finally:
        os.close(handle)


def _elsewhere(workspace: Workspace, login: str, sha256: str, offset: int) -> UploadState:
    state = upload_state(workspace, login, sha256)
    if not state.complete:
        raise NotTaken(Reason.OFFSET, offset=state.offset)
    return state


def _finish(workspace: Workspace, folder: Path, path: Path, sha256: str, total: int) -> UploadState:
    """The part is whole: into the objects where it is what it was announced as, else away."""
    whole = path.read_bytes()
    fault = fault_of(whole)
    if sha256_of(whole).hexdigest() != sha256:
        path.unlink(missing_ok=True)
        raise NotTaken(Reason.HASH)
    if fault is not None:
        path.unlink(missing_ok=True)
        raise NotTaken(Reason.KIND, [fault])
    workspace.objects.put(whole)
    workspace.objects.secure(sha256)
    # One step: a kill leaves the whole part, which the next piece or question finishes, or the mark.
    kept = folder / f"{sha256}.{total}{KEPT}"
    kept.touch()
    path.unlink(missing_ok=True)
    _sync_folder(folder)
    return UploadState(total, total, True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
