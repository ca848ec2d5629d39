"""Canonical JSON as RFC 8785 has it."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.record.canonical import canonical

# Appendix B of RFC 8785: the bits of a double and the text it must give.
NUMBERS = {
    "0000000000000000": "0", "8000000000000000": "0", "0000000000000001": "5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308", "4340000000000000": "9007199254740992",
    "4430000000000000": "295147905179352830000", "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23", "444b1ae4d6e2ef50": "1e+21", "3eb0c6f7a0b5ed8d": "0.000001",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7", "41b3de4355555553": "333333333.3333332",
    "becbf647612f3696": "-0.0000033333333333333333",
}  # fmt: skip


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_written_as_ecmascript_writes_them(bits: str, text: str) -> None:
    """Doubles of the RFC's appendix B give its texts."""
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == text


def test_keys_are_sorted_by_utf_16() -> None:
    """The RFC's own example of key order (section 3.2.3)."""
    keys = ["€", "\r", "\ufb33", "1", "😀", "\x80", "ö"]
    text = canonical(dict.fromkeys(keys, 0)).decode()
    assert list(json.loads(text)) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(-(2.0**53) + 1, 2.0**53 - 1),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(TREES)
def test_what_is_written_reads_back(tree: object) -> None:
    """Any document survives, and writing it again gives the same bytes."""
    data = canonical(tree)
    assert json.loads(data) == tree
    assert canonical(json.loads(data)) == data


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), "\ud800", {1: 2}, b"x", {1, 2}])
def test_what_json_cannot_hold_exactly_is_refused(value: object) -> None:
    """A value that another reader would read otherwise raises ValueError."""
    with pytest.raises(ValueError):
        canonical(value)
