"""Readers of one box to compare with: each answers a digit or nothing, with a confidence of its own.

All but ours see the inside of the box alone, enlarged, because a printed frame is no part of what they know.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.crops import Box, Image

Answer = tuple[int | None, float]
Reader = Callable[[Sequence[Box]], list[Answer]]

SURE = 0.97  # probability from which the readers that give one are believed; `weigh.PLAIN` for a figure
EDGE = 0.15  # share of a crop on each side that is frame and surroundings
MNIST_DIGITS, MNIST_HELD, MNIST_EPOCHS = 55_000, 5_000, 4


def inside(picture: Image) -> Image:
    """The inside of a box in grey."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    h, w = grey.shape
    return grey[round(EDGE * h) : h - round(EDGE * h), round(EDGE * w) : w - round(EDGE * w)]


def enlarged(picture: Image, height: int = 96) -> Image:
    """The inside of a box as OCR programs like it: large, stretched to full contrast, with white around it."""
    part = inside(picture)
    scale = height / part.shape[0]
    large = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    stretched = cv2.normalize(large, np.empty_like(large), 0, 255, cv2.NORM_MINMAX)
    paper = int(np.percentile(stretched, 80))
    return np.asarray(cv2.copyMakeBorder(stretched, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=paper), np.uint8)


def ours() -> Reader:
    """The reader that sirekap ships."""
    from sirekap.reading.digits import DigitReader

    reader = DigitReader()

    def read(boxes: Sequence[Box]) -> list[Answer]:
        shares = reader.classify([box.picture for box in boxes])
        return [
            (int(row.argmax()) if row.argmax() < 10 and row.max() >= SURE else None, float(row[:10].max()))
            for row in shares
        ]

    return read


def mnist_alone(cache: Path) -> Reader | str:
    """The same network trained on MNIST as it is, or why it cannot be."""
    try:
        from training import data, measure, network
    except ImportError as error:
        return f"needs the training requirements ({error.name})"
    from sirekap.reading.digits import normalise

    images, labels = data.mnist(cache)["train"]
    inputs, classes = (
        normalise([np.pad(255 - image, 2, constant_values=255) for image in images]),
        labels.astype(np.int64),
    )
    cut = MNIST_DIGITS
    pictures = data.Pictures(inputs[:cut], classes[:cut])
    found = network.fit(pictures, np.ones(cut, np.float32), 10, MNIST_EPOCHS, 1)
    held = slice(cut, cut + MNIST_HELD)
    temperature = measure.best_temperature(network.logits(found, inputs[held]), classes[held])

    def read(boxes: Sequence[Box]) -> list[Answer]:
        shares = measure.softmax(
            network.logits(found, normalise([inside(b.picture) for b in boxes])), temperature
        )
        return [(int(r.argmax()) if r.max() >= SURE else None, float(r.max())) for r in shares]

    return read


def tesseract() -> Reader | str:
    """Tesseract, one character a picture, digits alone."""
    if shutil.which("tesseract") is None:
        return "tesseract is not installed (Debian: tesseract-ocr)"

    def read(boxes: Sequence[Box]) -> list[Answer]:
        with tempfile.TemporaryDirectory() as folder:
            names = [str(Path(folder) / f"{number:06d}.png") for number in range(len(boxes))]
            for name, box in zip(names, boxes, strict=True):
                cv2.imwrite(name, enlarged(box.picture))
            listed = Path(folder) / "list.txt"
            listed.write_text("\n".join(names) + "\n", encoding="utf-8")
            command = ["tesseract", str(listed), str(Path(folder) / "out"), "--psm", "10", "--dpi", "300"]
            command += ["-c", "tessedit_char_whitelist=0123456789", "tsv"]
            subprocess.run(command, check=True, capture_output=True, env={"OMP_THREAD_LIMIT": "1"})
            return _from_tsv((Path(folder) / "out.tsv").read_text(encoding="utf-8"), len(boxes))

    return read


def _from_tsv(text: str, count: int) -> list[Answer]:
    answers: list[Answer] = [(None, 0.0)] * count
    for line in text.splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) >= 12 and cells[0] == "5":
            answers[int(cells[1]) - 1] = _answer(cells[11], float(cells[10]) / 100)
    return answers


def rapidocr() -> Reader | str:
    """RapidOCR's recognition network on the box, without its search for text."""
    try:
        from rapidocr_onnxruntime import RapidOCR  # type: ignore[import-not-found]
    except ImportError:
        return "rapidocr-onnxruntime is not installed"
    engine = RapidOCR(intra_op_num_threads=1)

    def read(boxes: Sequence[Box]) -> list[Answer]:
        answers: list[Answer] = []
        for box in boxes:
            picture = cv2.cvtColor(enlarged(box.picture), cv2.COLOR_GRAY2BGR)
            found, _ = engine(picture, use_det=False, use_cls=False, use_rec=True)
            answers.append(_answer(str(found[0][0]), float(found[0][1])) if found else (None, 0.0))
        return answers

    return read


def _answer(text: str, confidence: float) -> Answer:
    """One digit, or nothing."""
    text = text.strip()
    one = len(text) == 1 and text.isascii() and text.isdigit()
    return (int(text), confidence) if one else (None, 0.0)
