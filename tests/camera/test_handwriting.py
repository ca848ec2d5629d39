"""The procedural handwriting: repeatable, varied, and drawn where it is asked for."""

from __future__ import annotations

import time

import numpy as np
import pytest

from sirekap.camera.handwriting import (
    SYMBOLS,
    Writer,
    draw,
    fill_bubble,
    signature,
    strokes,
    tally,
    write_words,
)


def _everything(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    writer = Writer.random(rng)
    lines = [line for symbol in SYMBOLS for line in strokes(symbol, writer, rng)]
    lines += write_words("SERATUS DUA PULUH-TIGA", writer, rng) + tally(5, writer, rng) + signature(rng)
    return lines + [line for kind in ("full", "scribbled", "tick") for line in fill_bubble(kind, writer, rng)]


def _page(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    writer = Writer.random(rng)
    page = np.full((60, 60, 3), 240, np.uint8)
    draw(page, strokes("8", writer, rng), (8, 6, 44, 48), writer, rng, 4.0)
    return page


def test_same_seed_same_writer_and_strokes() -> None:
    """The same generator state gives the same person, strokes and pixels; another seed gives others."""
    assert Writer.random(np.random.default_rng(5)) == Writer.random(np.random.default_rng(5))
    for first, second in zip(_everything(7), _everything(7), strict=True):
        np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(_page(3), _page(3))
    assert not np.array_equal(_page(3), _page(4))


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_strokes_lie_about_the_box(symbol: str) -> None:
    """Every symbol is polylines of (n, 2) whose centre is in the box and which leave it only a little."""
    rng = np.random.default_rng(1)
    for _ in range(40):
        lines = strokes(symbol, Writer.random(rng), rng)
        assert bool(lines) == (symbol != "blank")
        for line in lines:
            assert line.ndim == 2 and line.shape[1] == 2 and line.dtype == np.float32
            assert line.min() > -0.35 and line.max() < 1.35
        if lines:
            centre = np.concatenate(lines).mean(axis=0)
            assert np.all((centre > 0.1) & (centre < 0.9))


def test_one_writer_never_writes_a_digit_twice_alike() -> None:
    """Two sevens of one person differ, but less than the box is wide."""
    rng = np.random.default_rng(2)
    writer = Writer.random(rng)
    sevens = [strokes("7", writer, rng)[0] for _ in range(2)]
    assert not np.array_equal(sevens[0], sevens[1])


def test_writers_vary_in_pen_and_filler() -> None:
    """Among three hundred people all pen colours, fillers, and both square and round digits occur."""
    rng = np.random.default_rng(3)
    people = [Writer.random(rng) for _ in range(300)]
    assert {p.colour for p in people} == {"blue", "black", "red"}
    assert {p.filler for p in people} == {"x", "dash", "blank", "0"}
    assert {p.square for p in people} == {True, False}
    assert min(p.stroke_mm for p in people) < 0.6 and max(p.stroke_mm for p in people) > 1.6


def test_ink_darkens_only_near_the_box() -> None:
    """Drawing darkens paper inside the box, never brightens it, and leaves far pixels alone."""
    rng = np.random.default_rng(4)
    page = np.full((120, 120, 3), 230, np.uint8)
    writer = Writer.random(rng)
    draw(page, strokes("3", writer, rng), (40, 40, 40, 44), writer, rng, 4.0)
    assert page.max() == 230 and page[40:84, 40:80].min() < 150
    assert np.all(page[:20] == 230) and np.all(page[:, :20] == 230)


def test_drawing_outside_the_picture_is_left_out() -> None:
    """A box partly or wholly beyond the picture's edge draws what is visible and raises nothing."""
    rng = np.random.default_rng(4)
    page = np.full((30, 30, 3), 230, np.uint8)
    writer = Writer.random(rng)
    for box in ((-20, -20, 40, 40), (25, 25, 40, 40), (500, 500, 40, 40), (-300, 0, 40, 40)):
        draw(page, strokes("0", writer, rng), box, writer, rng, 4.0)
    draw(page, [], (0, 0, 30, 30), writer, rng, 4.0)


@pytest.mark.parametrize("picture", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.float32)])
def test_draw_refuses_other_pictures(picture: np.ndarray) -> None:
    """A grey or float picture is refused with what was expected."""
    rng = np.random.default_rng(4)
    with pytest.raises(ValueError, match="BGR uint8"):
        draw(picture, [], (0, 0, 9, 9), Writer.random(rng), rng, 4.0)


def test_unknown_things_are_refused() -> None:
    """An unknown symbol, letter, tally count or bubble kind is named in the error."""
    rng = np.random.default_rng(4)
    writer = Writer.random(rng)
    with pytest.raises(ValueError, match="'A'"):
        strokes("A", writer, rng)
    with pytest.raises(ValueError, match="'7'"):
        write_words("TUJUH 7", writer, rng)
    with pytest.raises(ValueError, match="6"):
        tally(6, writer, rng)
    with pytest.raises(ValueError, match="'half'"):
        fill_bubble("half", writer, rng)


@pytest.mark.parametrize("count", range(6))
def test_tally_draws_one_stroke_per_vote(count: int) -> None:
    """A tally box of n votes has n strokes; the fifth crosses the others."""
    rng = np.random.default_rng(count)
    lines = tally(count, Writer.random(rng), rng)
    assert len(lines) == count
    if count == 5:
        assert np.ptp(lines[4][:, 0]) > 0.7


def test_words_run_to_the_right() -> None:
    """A longer text is wider, and letters keep to their line."""
    rng = np.random.default_rng(6)
    writer = Writer.random(rng)
    short, long = (np.concatenate(write_words(t, writer, rng)) for t in ("SATU", "SATU SATU SATU"))
    assert long[:, 0].max() > 2 * short[:, 0].max()
    assert short[:, 1].min() > -0.6 and short[:, 1].max() < 1.6


def test_a_page_is_drawn_quickly() -> None:
    """Forty digits and a hundred tally marks at 4 px/mm take well under a second."""
    rng = np.random.default_rng(8)
    page = np.full((1320, 860, 3), 235, np.uint8)
    writer = Writer.random(rng)
    begun = time.perf_counter()
    for k in range(40):
        draw(page, strokes(str(k % 10), writer, rng), (10 + 20 * k, 50, 44, 50), writer, rng, 4.0)
    for k in range(100):
        draw(page, tally(5, writer, rng), (8 * k, 150, 28, 28), writer, rng, 4.0)
    assert time.perf_counter() - begun < 1.0
