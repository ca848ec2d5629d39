"""Readers of one box to compare with: each answers a digit or nothing, with a confidence of its own.

All but ours see the handwriting alone, because a printed frame and the dots of the guide are no part of what
they know: frame, dots, shadow and paper are taken away before, and the digit is enlarged (for OCR programs) or
fitted into 28 by 28 pixels about its centre of mass (for what was trained on MNIST).
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
EDGE = 0.13  # share of a crop on each side that is frame and surroundings
RIM = 0.1  # of what is left, on each side: ink that lies mostly there is the frame's rest
FAINT = 90  # of 255: fainter spots are paper, also where nothing darker is there to compare
DOT = 0.012  # of the inside's area: smaller spots are dots of the guide, or dirt
MNIST_DIGITS, MNIST_HELD, MNIST_EPOCHS = 50_000, 5_000, 2
WIDE, HIGH = 28, 20  # side of an MNIST picture, and longer side of the digit in it


def inside(picture: Image) -> Image:
    """The inside of a box in grey."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    h, w = grey.shape
    return grey[round(EDGE * h) : h - round(EDGE * h), round(EDGE * w) : w - round(EDGE * w)]


def ink(picture: Image, height: int = 96) -> Image:
    """The handwriting in a box, enlarged, white on black: without frame, dots of the guide, shadow and paper."""
    part = inside(picture)
    scale = height / part.shape[0]
    large = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    paper = cv2.blur(cv2.dilate(large, np.ones((31, 31), np.uint8)), (41, 41))
    dark = 255 - 255.0 * large / np.maximum(paper, 1)
    dark = np.clip(dark * 255 / max(40.0, float(np.percentile(dark, 99))), 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(cv2.GaussianBlur(dark, (0, 0), 1.5), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = np.where(dark > FAINT, mask, 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    h, w = mask.shape
    rim = np.ones((h, w), bool)
    rim[round(RIM * h) : h - round(RIM * h), round(RIM * w) : w - round(RIM * w)] = False
    keep = np.zeros_like(mask)
    for k in range(1, count):
        spot = labels == k
        if rim[spot].mean() < 0.6 and stats[k][cv2.CC_STAT_AREA] >= DOT * h * w:
            keep[spot] = 255
    around = cv2.dilate(keep, np.ones((5, 5), np.uint8))
    return np.asarray(np.where(around > 0, dark, 0), np.uint8)


def like_mnist(picture: Image) -> Image | None:
    """The digit as MNIST has it: 20 px at its longer side, its centre of mass in the middle of 28 by 28."""
    found = ink(picture)
    rows, columns = np.flatnonzero(found.max(axis=1) > 60), np.flatnonzero(found.max(axis=0) > 60)
    if not len(rows):
        return None
    part = found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = HIGH / max(part.shape)
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)
    # MNIST's strokes are white in the middle, however thin the pen.
    small = np.clip(small * 255 / max(60.0, float(np.percentile(small[small > 30], 75))), 0, 255)
    yy, xx = np.mgrid[0 : size[1], 0 : size[0]]
    mass = max(1.0, float(small.sum()))
    move = [WIDE / 2 - 0.5 - float((axis * small).sum()) / mass for axis in (xx, yy)]
    matrix = np.array([[1, 0, move[0]], [0, 1, move[1]]])
    return np.asarray(np.clip(cv2.warpAffine(small, matrix, (WIDE, WIDE)), 0, 255), np.uint8)


def printed(picture: Image) -> Image:
    """The handwriting as OCR programs like it: black on white, large, with white around it."""
    return np.asarray(
        cv2.copyMakeBorder(255 - ink(picture), 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=255), np.uint8
    )


def ours() -> Reader:
    """The reader that sirekap ships."""
    from sirekap.reading.digits import DigitReader

    def read(boxes: Sequence[Box]) -> list[Answer]:
        shares = DigitReader().classify([box.picture for box in boxes])
        return [
            (int(row.argmax()) if row.argmax() < 10 and row.max() >= SURE else None, float(row[:10].max()))
            for row in shares
        ]

    return read


def mnist_alone(cache: Path) -> Reader | str:
    """The same network trained on MNIST alone, shaken as ours is; it sees digits prepared as MNIST's were."""
    try:
        from training import data, material, measure, network
    except ImportError as error:
        return f"needs the training requirements ({error.name})"
    from sirekap.reading.digits import calibrated

    images, labels = data.mnist(cache)["train"]
    shares = np.eye(10, dtype=np.float32)[labels]
    cut = MNIST_DIGITS
    found = network.fit(
        data.Pictures(_inputs(images[:cut]), shares[:cut]), MNIST_EPOCHS, material.SEED, memory=0.98
    )
    held = slice(cut, cut + MNIST_HELD)
    logits = network.logits(found, _inputs(images[held]))
    calibration = measure.best_calibration(logits, shares[held])
    print(
        f"MNIST alone: {(logits.argmax(axis=1) == labels[held]).mean():.2%} of {MNIST_HELD} held-out MNIST digits"
    )

    def read(boxes: Sequence[Box]) -> list[Answer]:
        seen = [like_mnist(box.picture) for box in boxes]
        inputs = _inputs(np.stack([np.zeros((WIDE, WIDE), np.uint8) if s is None else s for s in seen]))
        rows = calibrated(network.logits(found, inputs), *calibration)
        return [
            (None, 0.0) if s is None else (int(r.argmax()) if r.max() >= SURE else None, float(r.max()))
            for s, r in zip(seen, rows, strict=True)
        ]

    return read


def _inputs(images: Image) -> Image:
    """MNIST's pictures as the network takes them: the digit in the first channel, no colour in the second."""
    from sirekap.reading.digits import SIDE

    out = np.full((len(images), 2, SIDE, SIDE), 128, np.uint8)
    for k, image in enumerate(images):
        out[k, 0] = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return out


def tesseract() -> Reader | str:
    """Tesseract, one character a picture, digits alone."""
    if shutil.which("tesseract") is None:
        return "tesseract is not installed (Debian: tesseract-ocr)"

    def read(boxes: Sequence[Box]) -> list[Answer]:
        with tempfile.TemporaryDirectory() as folder:
            names = [str(Path(folder) / f"{number:06d}.png") for number in range(len(boxes))]
            for name, box in zip(names, boxes, strict=True):
                cv2.imwrite(name, printed(box.picture))
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
            picture = cv2.cvtColor(printed(box.picture), cv2.COLOR_GRAY2BGR)
            found, _ = engine(picture, use_det=False, use_cls=False, use_rec=True)
            answers.append(_answer(str(found[0][0]), float(found[0][1])) if found else (None, 0.0))
        return answers

    return read


def _answer(text: str, confidence: float) -> Answer:
    """One digit, or nothing."""
    text = text.strip()
    one = len(text) == 1 and text.isascii() and text.isdigit()
    return (int(text), confidence) if one else (None, 0.0)
