"""Bytes on their way in: pieces of photographs, per account and hash, until they are whole.

A piece is on disk before it is acknowledged; a kill at any moment loses none that was. Bytes that are whole and
have the hash they were announced under go to the workspace's objects, and only then can they be delivered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.store.setup import Workspace

MOST_BYTES = 20_000_000
MOST_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class UploadState:
    """How much of an upload is there. `size` is None where nothing was said of it yet."""

    offset: int
    size: int | None
    complete: bool


def upload_state(workspace: Workspace, login: str, sha256: str) -> UploadState:
    """How much of an account's upload is there; offset 0 where nothing is. Bytes kept already are complete.

    Raises NotTaken (INVALID) for what is no SHA-256.
    """
    raise NotImplementedError


def upload_chunk(
    workspace: Workspace, login: str, sha256: str, offset: int, total: int, data: bytes
) -> UploadState:
    """Add a piece at `offset` of a photograph of `total` bytes; on disk when this returns.

    Raises NotTaken: OFFSET with the true offset where the upload stands elsewhere (the piece is not taken), LARGE
    above 20 MB or 1 MiB a piece, HASH or KIND where the whole is not what it was announced as (it is thrown away:
    begin again at 0), QUOTA, INVALID.
    """
    raise NotImplementedError
