"""Activation codes: made, typed, and in QR codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.codes import ALPHABET, digest, grouped, new_code, payload, read_payload, typed_code, typed_login

CODES = st.text(ALPHABET, min_size=16, max_size=16)
LETTERS = "abcxyz0189"
LOGINS = st.builds(str.__add__, st.sampled_from(LETTERS), st.text(LETTERS + "._-", min_size=2, max_size=39))


@given(st.binary(min_size=10, max_size=10))
def test_a_code_holds_all_its_random_bits(data: bytes) -> None:
    """Sixteen characters tell eighty bits back."""
    code = new_code(lambda size: data[:size])
    number = 0
    for letter in code:
        number = number * 32 + ALPHABET.index(letter)
    assert number.to_bytes(10, "big") == data


TYPED = {
    "as printed": "7ZKM-04QR-AB12-CDEF",
    "without groups": "7ZKM04QRAB12CDEF",
    "small, with spaces": " 7zkm 04qr ab12 cdef ",
    "the letter O for 0": "7ZKM-O4QR-AB12-CDEF",
    "I for 1": "7ZKM-04QR-ABI2-CDEF",
    "l for 1": "7ZKM-04QR-ABl2-CDEF",
}
NONE = {
    "short": "7ZKM-04QR",
    "long": "7ZKM-04QR-AB12-CDEF-0",
    "U": "UZKM-04QR-AB12-CDEF",
    "empty": "",
    "huge": "0" * 10**6,
}


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_a_code_is_understood_however_it_is_typed(text: str) -> None:
    """Case, groups and look-alikes make no difference."""
    assert typed_code(text) == "7ZKM04QRAB12CDEF"


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_code_is_none(text: str) -> None:
    """Nothing is guessed into a code."""
    assert typed_code(text) is None


@given(CODES)
def test_a_printed_code_is_typed_back(code: str) -> None:
    """Groups are for the eye."""
    assert typed_code(grouped(code).lower()) == code


@given(LOGINS, CODES, st.sampled_from(["", "https://kpu.example/aktivasi", "http://127.0.0.1:8000/a?x=1"]))
def test_a_slips_qr_code_gives_login_and_code_back(login: str, code: str, address: str) -> None:
    """What is written is what is read."""
    assert read_payload(payload(login, code, address)) == (login, code)


@pytest.mark.parametrize(
    "text", ["", "SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:2", "https://x.example/", "SIREKAP:A:2:A:0"]
)
def test_a_foreign_qr_code_is_none_of_ours(text: str) -> None:
    """Other codes, and those of versions that are not known, give nothing."""
    assert read_payload(text) is None


def test_a_code_of_another_account_is_another_hash() -> None:
    """The same characters under two logins keep as two hashes, so a stolen table is searched one by one."""
    assert digest("3173011006272a", "0" * 16) != digest("3173011006272b", "0" * 16)
    assert typed_login(" 3173 0110 06272A ") == "3173011006272a"
