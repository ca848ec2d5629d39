"""The Merkle tree of RFC 6962."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.log.tree import EMPTY, root_hash

# The entries and roots of the Certificate Transparency project's reference tree.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(entries: list[bytes]) -> bytes:
    """MTH as section 2.1 writes it, recursively."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    half = 1 << ((len(entries) - 1).bit_length() - 1)
    return sha256(b"\x01" + by_definition(entries[:half]) + by_definition(entries[half:])).digest()


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_known_roots(size: int, root: str) -> None:
    """The reference tree's roots come out."""
    assert root_hash(bytes.fromhex(entry) for entry in ENTRIES[:size]).hex() == root


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_root_is_the_definitions(entries: list[bytes]) -> None:
    """Hashing in one pass gives what the recursive definition gives."""
    assert root_hash(entries) == by_definition(entries)


def test_nothing_has_a_root() -> None:
    """The empty tree's root is the hash of nothing."""
    assert root_hash([]) == EMPTY
