"""Reads a grid of tally marks: how many stand in its cells, what its rows' subtotals say, which number fits.

A row is filled from the left, five marks a cell, and a row is begun when the one above is full. Each number has
thus one picture of the grid, and its likelihood is the product over the cells; the subtotal of each row begun
speaks for the row as its marks do. An empty grid says nothing: it is no evidence of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sirekap.reading.grids import AROUND, PlacedGrid
from sirekap.reading.network import load_network

Array = npt.NDArray[np.float64]

IN_CELL = 5  # marks of a full cell
CELL_ERRS = 0.02  # share of cells that officers fill otherwise, or that no network reads
ROW_ERRS = 0.06  # share of subtotals that do not say what the row holds
UNWRITTEN = 0.15  # share of rows with marks that have no subtotal
STRAY = 0.02  # share of rows without marks whose subtotal boxes hold something
MISFIT = 0.1  # probability of the marks that a number has in a cell below which the cell does not fit it
ASKEW = 0.6  # by which each such cell, after the first, lessens what the grid says
INK, LEAST_INK = 110, 0.015  # darkness of a pixel of ink, and its least share in a cell that may hold a mark

_MODEL = Path(__file__).parent / "models" / "tally.onnx"


class TallyReader:
    """Counts marks with one network held in memory; safe to share between threads."""

    def __init__(self, model: Path | None = None) -> None:
        """Loads `model` (an ONNX file with its JSON of the same name beside it), or the one shipped.

        Raises FileNotFoundError where a file is missing, ValueError where the two do not belong together.
        """
        self._session, card = load_network(model or _MODEL)
        self._temperature = float(card["temperature"])
        self.card: dict[str, Any] = card

    def count(self, placed: Sequence[PlacedGrid]) -> list[Array]:
        """For each grid the probabilities of 0 to 5 marks in each cell, shape (rows, columns, 6)."""
        if not placed:
            return []
        cells = np.concatenate([item.cells for item in placed])
        inner = cells[:, AROUND[0] + 2 : -AROUND[0] - 2, AROUND[1] + 2 : -AROUND[1] - 2]
        inked = (inner > INK).mean(axis=(1, 2)) > LEAST_INK
        chance = np.zeros((len(cells), 6))
        chance[:, 0] = 1.0
        if inked.any():
            logits = self._session.run(None, {"cells": np.ascontiguousarray(cells[inked])})[0].astype(np.float64)
            powers = np.exp((logits - logits.max(axis=1, keepdims=True)) / self._temperature)
            chance[inked] = powers / powers.sum(axis=1, keepdims=True)
        ends = np.cumsum([len(item.cells) for item in placed])[:-1]
        return [
            part.reshape(item.grid.rows, item.grid.columns, 6)
            for part, item in zip(np.split(chance, ends), placed, strict=True)
        ]


def rows_begun(cells: Array) -> int:
    """How many rows from the top hold marks: those whose subtotals are worth reading."""
    marked = 1.0 - cells[:, :, 0].min(axis=1) > 0.5
    return int(np.argmin(np.append(marked, False)))


def row_counts(cells: Array) -> list[int]:
    """The likeliest number of marks in each row."""
    return [int(row.argmax(axis=1).sum()) for row in cells]


def marks_likelihood(cells: Array) -> Array:
    """How well the marks fit each number from 0 to what the grid holds; the largest is 1."""
    chance = (1 - CELL_ERRS) * cells + CELL_ERRS / cells.shape[2]
    table = np.log(chance.reshape(-1, cells.shape[2]))
    count = len(table)
    full = np.concatenate([[0.0], np.cumsum(table[:, IN_CELL])])
    empty = np.concatenate([np.cumsum(table[::-1, 0])[::-1], [0.0]])
    own = np.empty(count * IN_CELL + 1)
    for marks in range(IN_CELL):  # a last cell of so many marks, all before it full, all after it empty
        own[marks:-1:IN_CELL] = full[:-1] + table[:, marks] + empty[1:]
    own[-1] = full[-1]
    return np.asarray(np.exp(own - own.max()))


def subtotal_likelihood(digits: Array, most: int) -> Array:
    """How well two subtotal boxes fit each number of marks in their row, 0 to `most`.

    `digits` are the digit reader's probabilities of shape (2, 14).
    """
    unused = digits[:, 10:13].sum(axis=1)  # blank, x or dash
    ones = digits[1, :10]
    tens = digits[0, :10].copy()
    tens[0] += unused[0]
    said = (tens[:, None] * ones[None, :]).reshape(-1)[: most + 1]
    nothing = float(unused[0] * unused[1])
    even = 1.0 / (most + 1)
    fits = (1 - UNWRITTEN) * said + UNWRITTEN * nothing
    fits[0] = (1 - STRAY) * nothing + STRAY * said[0]
    return np.asarray((1 - ROW_ERRS) * fits + ROW_ERRS * even)


def fit(cells: Array, number: int) -> float:
    """How far the grid looks like a number at all, 0 to 1: a grid that lies askew has cells that fit none."""
    flat = cells.reshape(-1, cells.shape[2])
    expected = np.clip(number - IN_CELL * np.arange(len(flat)), 0, IN_CELL)
    misfits = int((flat[np.arange(len(flat)), expected] < MISFIT).sum())
    return float(ASKEW ** max(0, misfits - 1))


def number_likelihood(cells: Array, subtotals: Sequence[Array]) -> Array:
    """How well marks and subtotals together fit each number from 0 to what the grid holds; sum 1.

    `subtotals` are the digit reader's probabilities, shape (2, 14), for the rows read, from the top.
    """
    fits = np.log(marks_likelihood(cells))
    a_row = cells.shape[1] * IN_CELL
    numbers = np.arange(len(fits))
    for row, digits in enumerate(subtotals):
        here = np.clip(numbers - row * a_row, 0, a_row)
        fits += np.log(subtotal_likelihood(digits, a_row))[here]
    weights = np.exp(fits - fits.max())
    return np.asarray(weights / weights.sum())
