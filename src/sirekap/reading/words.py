"""Reads a number that is written out in words on a field of the form.

The network reads letters; what they may mean is a closed vocabulary (`vocabulary`). What fits no number word well
is "unread": its probability is kept, so that a name or a scrawl is no evidence for the nearest number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sirekap.forms import Rect
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, warp
from sirekap.reading.network import load_network
from sirekap.reading.vocabulary import letters_of, number_scores
from sirekap.reading.writing import HEIGHT, line_picture

SCALE = 2.0  # px/mm of a flattened field
NARROW = 100.0  # mm; on a narrower field people write smaller, and it is flattened at 1.5 SCALE
MORE = (6.0, 1.5)  # mm beside and above the field that are looked at too: it may lie a little off
LEAST_HIGH = 3.2  # mm; lower than this nobody writes, and small print is
PRINTED = 0.035  # share of a wide field at its right that is left out: what is printed beside it reaches in there

_MODEL = Path(__file__).parent / "models" / "words.onnx"


@dataclass(frozen=True)
class Words:
    """What stands on a line: its likeliest letters, the probability of each number 0 to 999, and of none."""

    letters: str
    numbers: npt.NDArray[np.float64]
    unread: float


class WordReader:
    """Reads lines with one network held in memory; safe to share between threads."""

    def __init__(self, model: Path | None = None) -> None:
        """Loads `model` (an ONNX file with its JSON of the same name beside it), or the one shipped.

        Raises FileNotFoundError where a file is missing, ValueError where the two do not belong together.
        """
        self._session, card = load_network(model or _MODEL)
        self._temperature = float(card["temperature"])
        self._unread = float(card["unread"])
        self.card: dict[str, Any] = card

    def read(self, lines: Sequence[Image]) -> list[Words]:
        """What stands on lines as of `line_picture`."""
        if not lines:
            return []
        batch = np.zeros((len(lines), HEIGHT, max(line.shape[1] for line in lines)), np.uint8)
        for k, line in enumerate(lines):
            batch[k, :, : line.shape[1]] = line
        found = np.exp(self._session.run(None, {"lines": batch})[0].astype(np.float64))
        return [self._words(steps[: line.shape[1] // 4]) for steps, line in zip(found, lines, strict=True)]

    def _words(self, steps: npt.NDArray[np.float64]) -> Words:
        numbers, unread = shares(number_scores(steps), self._temperature, self._unread)
        return Words(letters_of(steps), numbers, unread)


def shares(
    scores: npt.NDArray[np.float64], temperature: float, unread: float
) -> tuple[npt.NDArray[np.float64], float]:
    """Scores of the numbers as probabilities beside "unread", whose score is `unread`."""
    powers = scores ** (1 / temperature)
    none = unread ** (1 / temperature)
    total = float(powers.sum()) + none
    return powers / total, none / total


def written_line(grey: Image, matrix: Matrix, area: Rect, off: tuple[float, float]) -> Image | None:
    """The line on a field of the page, `off` mm from where the map has it; None where nothing is written."""
    scale = SCALE if area.w >= NARROW else 1.5 * SCALE
    right = PRINTED * area.w if area.w >= NARROW else 0.0
    origin = (area.x + off[0] - MORE[0], area.y + off[1] - MORE[1])
    size = (area.w + 2 * MORE[0] - right, area.h + MORE[1])  # below it small print may stand
    return line_picture(warp(grey, matrix, origin, size, scale), round(LEAST_HIGH * scale))
