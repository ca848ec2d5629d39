"""Calibration, and the figures that the model card reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS

Logits = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def softmax(logits: Logits, temperature: float = 1.0) -> Logits:
    """Probabilities of shape (n, classes)."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def loss(logits: Logits, labels: Labels, temperature: float = 1.0) -> float:
    """Mean negative log probability of the right class."""
    shares = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(shares, 1e-12)).mean())


def best_temperature(logits: Logits, labels: Labels) -> float:
    """The temperature of least loss, of a fixed grid from 0.3 to 3."""
    grid = np.round(np.arange(0.3, 3.0, 0.02), 2)
    return float(min(grid, key=lambda t: loss(logits, labels, float(t))))


def figures(logits: Logits, labels: Labels, temperature: float) -> dict[str, Any]:
    """Counts and rates of one set: right, wrong at over 0.99, filler or blank read as a digit, and so on."""
    shares = softmax(logits, temperature)
    read = shares.argmax(axis=1)
    top = shares.max(axis=1)
    wrong = read != labels
    digit, other = labels < 10, (labels == SYMBOLS.index("x")) | (labels == SYMBOLS.index("blank"))
    return {
        "boxes": len(labels),
        "right": _rate(~wrong),
        "digits": int(digit.sum()),
        "digits_right": _rate(~wrong[digit]),
        "x_or_blank": int(other.sum()),
        "x_or_blank_right": _rate(~wrong[other]),
        "x_or_blank_read_as_digit": int((read[other] < 10).sum()),
        "over_0.99": _rate(top > 0.99),
        "wrong_over_0.99": int((wrong & (top > 0.99)).sum()),
        "wrong_over_0.999": int((wrong & (top > 0.999)).sum()),
        "calibration_error": round(_calibration_error(top, ~wrong), 5),
        "loss": round(loss(logits, labels, temperature), 5),
        "confusions": _confusions(labels, read),
    }


def _rate(hits: npt.NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 5) if len(hits) else None


def _calibration_error(top: Logits, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over fifteen equal bins."""
    bins = np.minimum((top * 15).astype(int), 14)
    gaps = [abs(top[bins == k].mean() - right[bins == k].mean()) * (bins == k).mean() for k in set(bins.tolist())]
    return float(np.sum(gaps))


def _confusions(labels: Labels, read: npt.NDArray[np.int64], most: int = 6) -> list[str]:
    """The commonest mistakes, as 'true>read xN'."""
    pairs: dict[str, int] = {}
    for truth, answer in zip(labels[labels != read], read[labels != read], strict=True):
        key = f"{SYMBOLS[int(truth)]}>{SYMBOLS[int(answer)]}"
        pairs[key] = pairs.get(key, 0) + 1
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [f"{pair} x{count}" for pair, count in ranked[:most]]
