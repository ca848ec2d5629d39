"""The Merkle tree of RFC 6962, section 2.1: one hash that stands for a list of entries in their order."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(entries: Iterable[bytes]) -> bytes:
    """The 32-byte root of all entries, in their order; the hash of nothing where there is none.

    Keeps one subtree a level, as a binary counter does, so that a million entries need twenty hashes of memory.
    """
    stack: list[tuple[int, bytes]] = []
    for entry in entries:
        level, digest = 0, leaf_hash(entry)
        while stack and stack[-1][0] == level:
            digest = node_hash(stack.pop()[1], digest)
            level += 1
        stack.append((level, digest))
    if not stack:
        return EMPTY
    digest = stack.pop()[1]
    while stack:
        digest = node_hash(stack.pop()[1], digest)
    return digest
