"""Reads what a single box holds: a digit, nothing, a filler, or something spoilt.

The network is small and runs on one processor core; it is trained by `training/` (see its model card for
what was measured). Its probabilities are calibrated; deciding anything from them is left to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.reading.network import load_network

SIDE = 40
"""Side of the network's input in pixels."""

CLASSES: tuple[str, ...] = (*"0123456789", "blank", "x", "dash", "scribble")

DOUBTFUL = 0.985  # probability below which a box is looked at again
STRIP = 0.06  # of a crop's side, that is left out at one side
TURNS = ((-5.0, 1.0), (5.0, 1.0), (0.0, 0.9), (0.0, 1.1))  # degrees and enlargement of the further looks

_MODELS = Path(__file__).parent / "models"
_BATCH = 32
# A box whose darkest stroke is fainter than this share of the paper counts as empty paper, and is not
# stretched any further: otherwise paper grain would look like ink.
_FAINTEST = 0.16
# From a pixel's share of the paper's blue, green and red: darkness (blue ink is darkest in red, black print
# in all three), and blue against red.
_MIX = np.array([[0.15, 1.0], [0.35, 0.0], [0.5, -1.0]], dtype=np.float32)


class DigitReader:
    """Reads boxes with one network held in memory; safe to share between threads."""

    def __init__(self, model: Path | None = None) -> None:
        """Loads `model` (an ONNX file with its JSON of the same name beside it), or the one shipped.

        Raises FileNotFoundError where a file is missing, ValueError where the two do not belong together.
        """
        path = model or _MODELS / "digits.onnx"
        self._session, card = load_network(path)
        if tuple(card["classes"]) != CLASSES or card["side"] != SIDE:
            raise ValueError(f"{path.stem}.json describes a network for other classes or another input size")
        self._temperature = float(card["temperature"])
        self._sharpening = float(card.get("sharpening", 0.0))
        self.classes: tuple[str, ...] = CLASSES
        self.card: dict[str, Any] = card

    def classify(self, crops: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.float32]:
        """Calibrated probabilities of shape (len(crops), 14), columns as in `classes`; each row sums to 1.

        A crop is one box as uint8, grey of shape (h, w) or (h, w, 1), or BGR of shape (h, w, 3), of any size
        from 1x1: with its printed frame, with up to about 12 % around it, or only its inside, and up to about
        8 % off centre. Raises TypeError for a crop that is not an uint8 array, ValueError for a wrong shape.
        """
        out = np.empty((len(crops), len(CLASSES)), dtype=np.float32)
        for start in range(0, len(crops), _BATCH):
            batch = normalise(crops[start : start + _BATCH])
            logits = self._session.run(None, {"boxes": batch})[0].astype(np.float64)
            out[start : start + len(batch)] = calibrated(logits, self._temperature, self._sharpening)
        return out

    def read(self, crops: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.float32]:
        """As `classify`, but boxes in doubt are looked at eight times more: without a strip at each side, turned
        a little to both sides, smaller and larger. What is said of them is the geometric mean: a box read by the
        light of its grain does not hold.
        """
        out = self.classify(crops)
        doubtful = np.flatnonzero(out.max(axis=1) < DOUBTFUL).tolist()
        if not doubtful:
            return out
        again = self.classify([part for index in doubtful for part in _looks(crops[index])])
        looks = np.concatenate([out[doubtful, None], again.reshape(len(doubtful), -1, len(CLASSES))], axis=1)
        powers = np.exp(np.log(np.maximum(looks, 1e-9)).mean(axis=1))
        out[doubtful] = powers / powers.sum(axis=1, keepdims=True)
        return out


def _looks(crop: npt.NDArray[np.generic]) -> list[npt.NDArray[np.generic]]:
    """The crop without a strip at its left, right, top and bottom; turned; smaller and larger."""
    down, along = (max(1, round(STRIP * side)) for side in crop.shape[:2])
    if min(crop.shape[0] - down, crop.shape[1] - along) < 1:
        return [crop] * (4 + len(TURNS))
    return [
        crop[:, along:],
        crop[:, :-along],
        crop[down:],
        crop[:-down],
        *(_turned(crop, angle, zoom) for angle, zoom in TURNS),
    ]


def _turned(crop: npt.NDArray[np.generic], angle: float, zoom: float) -> npt.NDArray[np.generic]:
    """The crop turned by degrees and enlarged about its middle; its edge goes on where nothing was."""
    height, width = crop.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, zoom)
    picture = np.ascontiguousarray(crop, dtype=np.uint8)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def calibrated(logits: npt.NDArray[np.float64], temperature: float, sharpening: float) -> npt.NDArray[np.float64]:
    """Probabilities from a network's answers, both of shape (n, classes).

    A temperature alone cannot do it: trained on softened labels, the network is too modest where it is sure and
    too bold where it is not. So the further the best answer leads, the more it is sharpened.
    """
    best = np.partition(logits, -2, axis=1)
    lead = best[:, -1:] - best[:, -2:-1]
    scaled = logits * ((1 + sharpening * lead) / temperature)
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def normalise(crops: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.uint8]:
    """What the network sees of the crops: uint8 of shape (len(crops), 2, SIDE, SIDE).

    Channel 0 is darkness against the paper around it, stretched to the darkest stroke; channel 1 is how much
    bluer (above 128) or redder (below) than the paper a place is, which tells ink from print. Raises as
    `DigitReader.classify` does.
    """
    small = np.empty((len(crops), SIDE, SIDE, 3), dtype=np.uint8)
    paper = np.empty_like(small)
    kernel = np.ones((11, 11), dtype=np.uint8)
    for k, crop in enumerate(crops):
        picture = _as_bgr(crop, k)
        shrinks = picture.shape[0] > SIDE or picture.shape[1] > SIDE
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        cv2.resize(picture, (SIDE, SIDE), dst=small[k], interpolation=how)
        # The brightest of a neighbourhood wider than any stroke is paper, also under a shadow.
        paper[k] = cv2.blur(cv2.dilate(small[k], kernel), (15, 15))
    share = np.divide(small, np.maximum(paper, 1, out=paper), dtype=np.float32).reshape(len(crops), -1, 3)
    mixed = share @ _MIX
    dark = 1.0 - mixed[..., 0]
    darkest = dark.mean(axis=1) + 2.5 * dark.std(axis=1)
    dark *= (255.0 / np.maximum(darkest, _FAINTEST))[:, None]
    out = np.empty((len(crops), 2, SIDE, SIDE), dtype=np.uint8)
    flat = out.reshape(len(crops), 2, -1)
    flat[:, 0] = np.clip(dark, 0, 255, out=dark)
    flat[:, 1] = np.clip(128 + 254 * mixed[..., 1], 0, 255)
    return out


def _as_bgr(crop: npt.NDArray[np.generic], index: int) -> npt.NDArray[np.uint8]:
    """The crop as BGR uint8; `index` is named in errors."""
    wanted = "expected uint8, grey (h, w) or (h, w, 1), or BGR (h, w, 3)"
    if not isinstance(crop, np.ndarray):
        raise TypeError(f"crop {index} is a {type(crop).__name__}: {wanted}")
    if crop.dtype != np.uint8:
        raise TypeError(f"crop {index} has type {crop.dtype}: {wanted}")
    if crop.ndim not in (2, 3) or (crop.ndim == 3 and crop.shape[2] not in (1, 3)):
        raise ValueError(f"crop {index} has shape {crop.shape}: {wanted}")
    if crop.size == 0:
        raise ValueError(f"crop {index} is empty, shape {crop.shape}: {wanted} of at least 1x1")
    if crop.ndim == 3 and crop.shape[2] == 3:
        return crop.astype(np.uint8, copy=False)
    grey = crop.reshape(crop.shape[:2])
    return np.asarray(np.repeat(grey[:, :, None], 3, axis=2), dtype=np.uint8)
