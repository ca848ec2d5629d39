"""Numbers in words: the closed vocabulary, and drawn lines read back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.camera.fill import fill_page
from sirekap.camera.handwriting import Writer
from sirekap.drawing import raster_form
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms.words import number_words
from sirekap.reading.vocabulary import LETTERS, SLIP, letters_of, number_scores
from sirekap.reading.words import WordReader, shares, written_line
from sirekap.reading.writing import line_picture
from tests.camera.test_fill import BUSY


def steps(word: str, blur: float = 0.02) -> np.ndarray:
    """What the network gives for letters that are clearly written: pauses between letters."""
    rows = np.full((2 * len(word) + 1, 27), blur / 26)
    rows[0::2, 0] = 1 - blur
    for index, letter in enumerate(word):
        rows[2 * index + 1, LETTERS.index(letter) + 1] = 1 - blur
    return rows


def _right(numbers: list[int]) -> list[int]:
    return [n for n in numbers if int(np.argmax(number_scores(steps(number_words(n).replace(" ", ""))))) == n]


def test_numbers_are_spelt_as_the_form_wants() -> None:
    """The words of a number are that number and no other."""
    some = [*range(22), 99, 100, 101, 110, 111, 119, 120, 199, 200, 345, 999]
    assert _right(some) == some


@pytest.mark.slow
def test_every_number_has_its_words() -> None:
    """All of 0 to 999."""
    assert _right(list(range(1000))) == list(range(1000))


WRITTEN = {
    "NIHIL": 0, "KOSONG": 0, "SATURATUSLIMA": 105, "SEBILANPULUH": 90, "DLAPANBELAS": 18, "DUARATUSTIGA": 203,
    "SEMBILAANRATUS": 900, "ENAMPULUTUJUH": 67,
}  # fmt: skip


@pytest.mark.parametrize(("word", "number"), WRITTEN.items())
def test_other_spellings_are_understood(word: str, number: int) -> None:
    """Joined words, a letter too few or too many, and other words for nought."""
    numbers, unread = shares(number_scores(steps(word)), 2.0, 1e-4)
    assert int(np.argmax(numbers)) == number and numbers[number] > unread
    assert letters_of(steps(word)) == word.replace("AA", "AA")


@pytest.mark.parametrize("word", ["JOKOWIDODO", "TEBETTIMUR", "SAKSI", "DITULISHURUFKAPITAL"])
def test_what_is_no_number_word_is_unread(word: str) -> None:
    """Names and print are no evidence for the nearest number."""
    _, unread = shares(number_scores(steps(word)), 2.0, 1e-4)
    assert unread > 0.9


def _by_hand(table: np.ndarray, word: str) -> float:
    """The probability of one word by the plain recursion of CTC."""
    table = (1 - SLIP) * table + SLIP / 27
    table = table / table.max(axis=1, keepdims=True)
    labels = [0, *(k for letter in word for k in (LETTERS.index(letter) + 1, 0))]
    now = np.zeros(len(labels))
    now[:2] = table[0, labels[:2]]
    for row in table[1:]:
        then = now.copy()
        then[1:] += now[:-1]
        for s in range(2, len(labels)):
            if labels[s] and labels[s] != labels[s - 2]:
                then[s] += now[s - 2]
        now = then * row[labels]
    return float(now[-1] + now[-2])


@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 11, 40, 88, 200, 307, 660, 999]))
@settings(max_examples=8, deadline=None)
def test_scores_are_exact(seed: int, number: int) -> None:
    """Where heads and ends meet, the score is the one of the whole word by itself."""
    table = np.random.default_rng(seed).dirichlet(np.full(27, 0.3), 40)
    assert number_scores(table)[number] == pytest.approx(_by_hand(table, number_words(number).replace(" ", "")))


def test_drawn_words_are_read() -> None:
    """The lines of the last page, written by a hand of the simulator, are read as their numbers."""
    scale = 2.0
    rng = np.random.default_rng(7)
    values = {"suara_sah": 214, "suara_tidak_sah": 9, "suara_total": 223}
    figures = {**dict.fromkeys(FORM.names), **values}
    page = fill_page(FORM, 3, figures, Writer.random(rng), rng, habits=BUSY, px_per_mm=scale)
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    lines = [_line(grey, name, scale) for name in values]
    assert all(line is not None for line in lines)
    read = WordReader().read([line for line in lines if line is not None])
    assert [int(np.argmax(words.numbers)) for words in read] == list(values.values())
    assert min(words.numbers.max() for words in read) > 0.6


def test_an_empty_line_says_nothing() -> None:
    """A printed form without writing has no words; neither have noise and rules."""
    scale = 2.0
    for page, names in ((2, ("suara_1", "suara_3")), (3, ("suara_sah", "suara_tidak_sah", "suara_total"))):
        grey = cv2.cvtColor(raster_form(FORM, page, scale), cv2.COLOR_BGR2GRAY)
        assert all(_line(grey, name, scale) is None for name in names)
    rng = np.random.default_rng(1)
    noise = rng.normal(180, 12, (92, 600)).clip(0, 255).astype(np.uint8)
    assert line_picture(noise, 6) is None
    ruled = np.full((92, 600), 230, np.uint8)
    cv2.line(ruled, (0, 40), (599, 48), 60, 2)
    assert line_picture(ruled, 6) is None


def _line(grey: np.ndarray, name: str, scale: float) -> np.ndarray | None:
    area = FORM.field(name).words
    assert area is not None
    return written_line(grey, np.diag([scale, scale, 1.0]), area, (0.0, 0.0))
