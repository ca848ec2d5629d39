"""Calibration, and the figures that the model card reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS
from sirekap.reading.digits import calibrated

Logits = npt.NDArray[np.float64]
EDGES = (0.5, 0.8, 0.9, 0.97, 0.99, 0.999)
Shares = npt.NDArray[np.float32]
"""What is right, as `training.data.Pictures` holds it."""


Calibration = tuple[float, float]
"""Temperature and sharpening; see `sirekap.reading.digits.calibrated`."""

PLAIN: Calibration = (1.0, 0.0)


def loss(logits: Logits, shares: Shares, calibration: Calibration = PLAIN) -> float:
    """Mean cross entropy; where any of several classes is right, of their sum."""
    found = np.log(np.maximum(calibrated(logits, *calibration), 1e-12))
    several = shares.sum(axis=1) > 1.5
    single = -(shares * found).sum(axis=1)
    either = -np.log(np.maximum((shares * np.exp(found)).sum(axis=1), 1e-12))
    return float(np.where(several, either, single).mean())


def best_calibration(logits: Logits, shares: Shares) -> Calibration:
    """The temperature and sharpening of least loss, of a fixed grid."""
    grid = [
        (float(t), float(g))
        for t in np.round(np.arange(0.6, 1.6, 0.05), 2)
        for g in (0.0, 0.025, 0.05, 0.075, 0.1, 0.15)
    ]
    return min(grid, key=lambda one: loss(logits, shares, one))


def figures(logits: Logits, shares: Shares, calibration: Calibration) -> dict[str, Any]:
    """Counts and rates of one set: right, wrong at over 0.99, filler or blank read as a digit, and so on.

    A box is right where its class has at least half of the shares. `reliability` lists, for bins of the highest
    probability, its mean, the share that was right and the number of boxes.
    """
    found = calibrated(logits, *calibration)
    read, top = found.argmax(axis=1), found.max(axis=1)
    wrong = shares[np.arange(len(shares)), read] < 0.5
    several = shares.sum(axis=1) > 1.5
    truth = np.where(several, len(SYMBOLS), shares.argmax(axis=1))
    digit = truth < 10
    other = np.isin(truth, [SYMBOLS.index("x"), SYMBOLS.index("blank"), SYMBOLS.index("dash"), len(SYMBOLS)])
    spoilt = truth == SYMBOLS.index("scribble")
    return {
        "boxes": len(shares),
        "right": _rate(~wrong),
        "digits": int(digit.sum()),
        "digits_right": _rate(~wrong[digit]),
        "x_or_blank": int(other.sum()),
        "x_or_blank_right": _rate(~wrong[other]),
        "x_or_blank_read_as_digit": int((wrong[other] & (read[other] < 10)).sum()),
        "scribbles": int(spoilt.sum()),
        "scribbles_right": _rate(~wrong[spoilt]),
        "over_0.99": _rate(top > 0.99),
        "wrong_over_0.99": int((wrong & (top > 0.99)).sum()),
        "wrong_over_0.999": int((wrong & (top > 0.999)).sum()),
        "calibration_error": round(_calibration_error(top, ~wrong), 5),
        "loss": round(loss(logits, shares, calibration), 5),
        "reliability": _reliability(top, ~wrong),
        "confusions": _confusions(truth, read, wrong),
    }


def _reliability(top: Logits, right: npt.NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """For each bin of EDGES that is not empty: mean probability, share right, boxes."""
    bins = np.digitize(top, EDGES)
    return [
        (round(float(top[bins == k].mean()), 4), round(float(right[bins == k].mean()), 4), int((bins == k).sum()))
        for k in sorted(set(bins.tolist()))
    ]


def _rate(hits: npt.NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 5) if len(hits) else None


def _calibration_error(top: Logits, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over fifteen equal bins."""
    bins = np.minimum((top * 15).astype(int), 14)
    gaps = [abs(top[bins == k].mean() - right[bins == k].mean()) * (bins == k).mean() for k in set(bins.tolist())]
    return float(np.sum(gaps))


def _confusions(
    truth: npt.NDArray[np.int64], read: npt.NDArray[np.int64], wrong: npt.NDArray[np.bool_], most: int = 6
) -> list[str]:
    """The commonest mistakes, as 'true>read xN'."""
    names = (*SYMBOLS, "unused")
    pairs: dict[str, int] = {}
    for was, answer in zip(truth[wrong], read[wrong], strict=True):
        key = f"{names[int(was)]}>{names[int(answer)]}"
        pairs[key] = pairs.get(key, 0) + 1
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [f"{pair} x{count}" for pair, count in ranked[:most]]
