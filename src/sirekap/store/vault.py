"""Secrets that must be read again (those of second factors), encrypted with a key that is not in the database;
and hashes by that key.

The key lies in the workspace's folder, readable to its owner alone: who takes the database alone, or a copy of
it, has no second factor of anybody. Where several machines share a PostgreSQL database they share this file.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from sirekap.errors import InputError, Problem
from sirekap.store.setup import KEY, Workspace

ADVICE = "Bring the file back from a copy; else take the second factors away, so that they are set up anew."


def seal(workspace: Workspace, secret: bytes) -> str:
    """The secret as it is kept. The key is made with the first one."""
    return Fernet(_key(workspace.path / KEY, make=True)).encrypt(secret).decode("ascii")


def unseal(workspace: Workspace, sealed: str) -> bytes:
    """The secret. Raises InputError where the key is gone or another one."""
    path = workspace.path / KEY
    try:
        return bytes(Fernet(_key(path, make=False)).decrypt(sealed.encode("ascii")))
    except (InvalidToken, ValueError) as error:
        raise InputError(
            [Problem(str(path), "the key of these second factors", "another", advice=ADVICE)]
        ) from error


def keyed(workspace: Workspace, text: str) -> str:
    """What is kept in place of a text that anybody could guess, such as an address: HMAC-SHA256 in hex."""
    return hmac.digest(_key(workspace.path / KEY, make=True), b"keyed\n" + text.encode(), "sha256").hex()


def _key(path: Path, make: bool) -> bytes:
    if make and not path.exists():
        # Whole or not at all, and only the first of two makers counts.
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    try:
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError([Problem(str(path), "the key of the second factors", found, advice=ADVICE)]) from error
