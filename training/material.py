"""Which pictures train, which tune, and which are only reported; all seeds and counts stand here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training import data, hands, sheets
from training.data import Pictures, RealBox

SEED = 20240214
MNIST_KEPT = 58_000  # of MNIST's 60,000 training digits; the others tune
TRAINING_SEEDS, TUNING_SEEDS = range(50, 100), range(1, 11)

SETS = {
    "real-tuning": "real boxes, tuning split",
    "spoilt-tuning": "the same, struck out or written over",
    "field-tuning": "boxes cut from simulated FIELD photographs, seeds 1 to 10",
    "harsh-tuning": "the same, HARSH",
    "font-tuning": "five handwriting fonts never trained on, in synthetic boxes",
    "real-test": "real boxes, test split",
    "real-test-recut": "the same, each cut anew 5 times (inside only, wider, shifted, small, relit)",
    "spoilt-test": "real boxes, test split, struck out or written over",
    "mnist-test": "MNIST test digits inked into synthetic boxes",
    "synthetic-test": "our handwriting in synthetic boxes, seed never trained on",
}


CALIBRATING = ("real-tuning", "real", "field-tuning", "harsh-tuning", "font-tuning")
"""The tuning sets that set the calibration: photographs of forms, and hands that were not trained on."""


@dataclass(frozen=True)
class Amounts:
    """How many pictures of each kind to train on; `copies` is how often each real box is cut anew.

    The second stage has `hard` new pictures and `repeated` of the first stage's; the third `hard_again` and
    `repeated_again`, and the sheets, those at FIELD `field_again` times.
    """

    synthetic: int = 80_000
    plotted: int = 8_000
    font_copies: int = 130
    mnist: int = 45_000
    copies: int = 12
    spoilt_copies: int = 2
    harsh_stations: int = 3
    field_stations: int = 1
    hard: int = 30_000
    repeated: int = 110_000
    hard_again: int = 8_000
    repeated_again: int = 40_000
    field_again: int = 4


@dataclass(frozen=True)
class First:
    """The first stage's pictures, and which rows of them are boxes of sheets at HARSH and at FIELD."""

    pictures: Pictures
    sheets: tuple[slice, slice]


def training(amounts: Amounts, real: list[RealBox], cache: Path, say: Callable[[str], None]) -> First:
    """The first stage; `real` are all real boxes, of which the training split is used."""
    own = [box for box in real if box.split == "train"]
    images, digits = data.mnist(cache)["train"]
    count = min(amounts.mnist, MNIST_KEPT)
    masks, shown = hands.glyphs(cache, hands.FONTS)
    found = data.synthetic(amounts.synthetic, SEED)
    say("own handwriting made")
    found += data.plotted(amounts.plotted, SEED + 3)
    found += data.masks_in_boxes(masks, shown, SEED + 4, 48 / hands.SIDE, amounts.font_copies)
    say("fonts made")
    found += data.mnist_in_boxes(images[:count], digits[:count], SEED + 1)
    say("MNIST made")
    rows = []
    for setting, stations in (("HARSH", amounts.harsh_stations), ("FIELD", amounts.field_stations)):
        begun = len(found)
        found += data.of_sheets(sheets.boxes(TRAINING_SEEDS, stations, setting))
        rows.append(slice(begun, len(found)))
        say(f"{setting} sheets made")
    if own:
        found += data.augmented(own, amounts.copies, SEED + 2) + data.plain(own)
        found += data.spoilt(own, amounts.spoilt_copies, SEED + 5)
    return First(found, (rows[0], rows[1]))


def second(first: Pictures, amounts: Amounts) -> Pictures:
    """The second stage: what the first network found hardest on tuning data, among pictures that it has seen."""
    rows = np.random.default_rng(SEED + 6).permutation(len(first))[: amounts.repeated]
    return Pictures(first.inputs[rows], first.shares[rows]) + data.hard(amounts.hard, SEED + 7)


def third(first: Pictures, sheet_rows: tuple[slice, slice], amounts: Amounts) -> Pictures:
    """The third stage: boxes as the reader cuts them (rows of HARSH and of FIELD), among the others."""
    rng = np.random.default_rng(SEED + 8)
    harsh, field = (np.arange(rows.start, rows.stop) for rows in sheet_rows)
    rows = np.concatenate(
        [rng.permutation(len(first))[: amounts.repeated_again], harsh, np.tile(field, amounts.field_again)]
    )
    return Pictures(first.inputs[rows], first.shares[rows]) + data.hard(amounts.hard_again, SEED + 9)


def tuning(real: list[RealBox], cache: Path) -> dict[str, Pictures]:
    """What chooses the epoch and the temperature, by name; those that SETS names are reported too."""
    own = [box for box in real if box.split == "tuning"]
    images, digits = data.mnist(cache)["train"]
    masks, shown = hands.glyphs(cache, hands.HELD_OUT)
    found = {
        "synthetic": data.synthetic(2500, SEED + 10),
        "mnist": data.mnist_in_boxes(images[MNIST_KEPT:], digits[MNIST_KEPT:], SEED + 12),
        "font-tuning": data.masks_in_boxes(masks, shown, SEED + 13, 48 / hands.SIDE, 30),
        "field-tuning": data.of_sheets(sheets.boxes(TUNING_SEEDS, 1, "FIELD")),
        "harsh-tuning": data.of_sheets(sheets.boxes(TUNING_SEEDS, 2, "HARSH")),
    }
    if own:
        found["real-tuning"] = data.plain(own)
        found["real"] = data.augmented(own, 5, SEED + 11)
        found["spoilt-tuning"] = data.spoilt(own, 1, SEED + 14)
    return found


def tests(real: list[RealBox], cache: Path) -> dict[str, Pictures]:
    """What chooses nothing, by name."""
    own = [box for box in real if box.split == "test"]
    found = {
        "synthetic-test": data.synthetic(10_000, SEED + 20),
        "mnist-test": data.mnist_in_boxes(*data.mnist(cache)["t10k"], SEED + 21),
    }
    if own:
        found["real-test"] = data.plain(own)
        found["real-test-recut"] = data.augmented(own, 5, SEED + 22)
        found["spoilt-test"] = data.spoilt(own, 1, SEED + 23)
    return found


def together(sets: dict[str, Pictures]) -> Pictures:
    """Several sets as one."""
    return Pictures(
        np.concatenate([part.inputs for part in sets.values()]),
        np.concatenate([part.shares for part in sets.values()]),
    )
