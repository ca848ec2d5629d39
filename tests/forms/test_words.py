import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.forms.words import number_words

NUMBERS = st.integers(0, 999)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "NOL"),
        (1, "SATU"),
        (10, "SEPULUH"),
        (11, "SEBELAS"),
        (12, "DUA BELAS"),
        (20, "DUA PULUH"),
        (21, "DUA PULUH SATU"),
        (100, "SERATUS"),
        (101, "SERATUS SATU"),
        (110, "SERATUS SEPULUH"),
        (111, "SERATUS SEBELAS"),
        (115, "SERATUS LIMA BELAS"),
        (200, "DUA RATUS"),
        (274, "DUA RATUS TUJUH PULUH EMPAT"),
        (999, "SEMBILAN RATUS SEMBILAN PULUH SEMBILAN"),
    ],
)
def test_numbers_are_written_as_in_indonesian(number: int, words: str) -> None:
    """The irregular words (sepuluh, sebelas, belas, seratus) and the regular ones come out right."""
    assert number_words(number) == words


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_their_words(a: int, b: int) -> None:
    """Words tell every number from every other."""
    assert (number_words(a) == number_words(b)) == (a == b)


@pytest.mark.parametrize("number", [-1, 1000])
def test_numbers_beyond_three_boxes_are_refused(number: int) -> None:
    """A number that no field can hold has no words."""
    with pytest.raises(ValueError, match="0 to 999"):
        number_words(number)
