"""Readers side by side on the same boxes in one run, for docs/reading.md.

    SIREKAP_DIGITS=BOXES.zip python -m benchmarks.compare [--write]

What is not installed is told and left out: the training requirements for the network trained on MNIST alone,
Debian's tesseract-ocr, PyPI's rapidocr-onnxruntime. Its results on real boxes are those of the test split,
which chose nothing; the simulated sheets are of seed 32, one of the tuning seeds. Tesseract and RapidOCR read a
sample where there are many boxes, evenly spread.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path

import numpy as np

from benchmarks import rivals
from benchmarks.crops import Box, Column, real, simulated
from benchmarks.rivals import Answer, Reader

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
SEED, STATIONS, HARSH_STATIONS = 32, 40, 20
SAMPLE = 600  # boxes that a slow reader gets at most
SLOW = ("Tesseract", "RapidOCR")
MOST_CERTAIN = 0.95
BUBBLE_SURE = 0.5  # a digit's share among the ten and none: more than all others together
SURE_HEAD = "wrong among the 95 % most certain"
HEAD = f"| reader | right | refused | silently wrong | {SURE_HEAD} | ms a box |\n|---|---|---|---|---|---|"


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, without correction).

    >>> [round(share, 3) for share in wilson(0, 100)]
    [0.0, 0.037]
    """
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def told(hits: int, of: int) -> str:
    """A count with its share and interval."""
    low, high = wilson(hits, of)
    return f"{hits} ({100 * hits / max(1, of):.1f} %; {100 * low:.1f}–{100 * high:.1f})"


def row(name: str, answers: Sequence[Answer], truth: Sequence[int | None], seconds: float) -> str:
    """A line of the table. `truth` None is a box that holds no digit: refusing it is right."""
    pairs = list(zip(answers, truth, strict=True))
    count = len(pairs)
    right = sum(answer == label for (answer, _), label in pairs)
    refused = sum(answer is None and label is not None for (answer, _), label in pairs)
    wrong = count - right - refused
    ranked = sorted(pairs, key=lambda pair: -pair[0][1])[: round(MOST_CERTAIN * count)]
    sure = sum(answer is not None and answer != label for (answer, _), label in ranked)
    cells = [told(right, count), told(refused, count), told(wrong, count), told(sure, len(ranked))]
    return f"| {name} | {' | '.join(cells)} | {1000 * seconds / max(1, count):.1f} |"


def readers(cache: Path) -> dict[str, Reader | str]:
    """All readers by name; a text is the reason why one cannot be run."""
    return {
        "Sirekap": rivals.ours(),
        "the same network, MNIST alone": rivals.mnist_alone(cache),
        "Tesseract, digits, one character": rivals.tesseract(),
        "RapidOCR, recognition": rivals.rapidocr(),
    }


def table(boxes: Sequence[Box], crew: dict[str, Reader | str]) -> str:
    """All readers on some boxes."""
    truth = [int(box.label) if box.label.isdigit() else None for box in boxes]
    lines = [HEAD]
    for name, reader in crew.items():
        if isinstance(reader, str):
            lines.append(f"| {name} | not run: {reader} | | | | |")
            continue
        step = -(-len(boxes) // SAMPLE) if name.startswith(SLOW) else 1
        start = time.perf_counter()
        answers = reader(boxes[::step])
        seconds = time.perf_counter() - start
        told_name = name if step == 1 else f"{name} (one box in {step}, {len(answers)})"
        lines.append(row(told_name, answers, truth[::step], seconds))
        print(lines[-1], flush=True)
    return "\n".join(lines)


def bubbles(columns: Sequence[Column]) -> str:
    """Plain thresholds of darkness against our likelihood, on columns of bubbles below a known digit."""
    truth: list[int | None] = [column.digit for column in columns]
    pages: dict[str, list[float]] = {}
    for column in columns:
        pages.setdefault(column.page, []).extend(column.darkness)
    otsu = {page: _otsu(values) for page, values in pages.items()}
    lines = [HEAD.replace(" ms a box |", "").replace("|---|---|---|---|---|---|", "|---|---|---|---|---|")]
    for name, answers in (
        ("Sirekap's likelihood", _by_likelihood(columns)),
        ("threshold at half the ink's darkness", _by_threshold(columns, lambda _: 0.5)),
        ("threshold by Otsu, for each page", _by_threshold(columns, lambda page: otsu[page])),
    ):
        lines.append(row(name, answers, truth, 0.0).rsplit("|", 2)[0] + "|")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def _by_threshold(columns: Sequence[Column], level: Callable[[str], float]) -> list[Answer]:
    """A digit where exactly one bubble is darker than the level; its confidence is the gap to the next."""
    answers: list[Answer] = []
    for column in columns:
        over = [digit for digit, value in enumerate(column.darkness) if value > level(column.page)]
        first, second = sorted(column.darkness)[-1:-3:-1]
        answers.append((over[0] if len(over) == 1 else None, first - second))
    return answers


def _otsu(values: Sequence[float]) -> float:
    """The threshold that parts values of 0 to 1 best into two groups (Otsu)."""
    import cv2

    grey = np.clip(np.asarray(values) * 255, 0, 255).astype(np.uint8).reshape(1, -1)
    return float(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]) / 255


def _by_likelihood(columns: Sequence[Column]) -> list[Answer]:
    from sirekap.reading.values import bubble_likelihoods

    shares = [bubble_likelihoods(column.darkness) for column in columns]
    shares = [share / share.sum() for share in shares]
    return [
        (int(s.argmax()) if s.argmax() < 10 and s.max() >= BUBBLE_SURE else None, float(s[:10].max()))
        for s in shares
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and with --write put the tables into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--stations", type=int, default=STATIONS)
    parser.add_argument("--harsh", type=int, default=HARSH_STATIONS, help="stations at the HARSH setting")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sirekap-training")
    options = parser.parse_args(arguments)
    crew = readers(options.cache)
    parts = []
    boxes = real("test")
    if isinstance(boxes, str):
        parts.append(f"Real boxes: not measured, {boxes}.")
    else:
        digits = [box for box in boxes if box.label.isdigit()]
        others = [box for box in boxes if not box.label.isdigit()]
        parts.append(f"Real boxes with a digit, test split ({len(digits)}):\n\n{table(digits, crew)}")
        note = "fillers, blanks; right is to give no digit"
        parts.append(f"Real boxes without a digit, test split ({len(others)}; {note}):\n\n{table(others, crew)}")
    for setting, stations in (("FIELD", options.stations), ("HARSH", options.harsh)):
        sheets = simulated(stations, SEED, setting)
        named = f"of {stations} simulated stations, {setting}, seed {SEED}"
        parts.append(f"Boxes with a digit {named} ({len(sheets.boxes)}):\n\n{table(sheets.boxes, crew)}")
        found = bubbles(sheets.columns)
        parts.append(f"Columns of bubbles below a digit {named} ({len(sheets.columns)}):\n\n{found}")
    print("\n\n".join(parts))
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        body = "<!-- compared -->\n" + "\n\n".join(parts) + "\n<!-- end -->"
        PAGE.write_text(re.sub(r"<!-- compared -->.*?<!-- end -->", lambda _: body, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
