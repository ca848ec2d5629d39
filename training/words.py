"""Trains the reader of number words: `python -m training.words`.

Writes src/sirekap/reading/models/words.onnx, words.json beside it, and the table of WORDS_CARD.md. Fonts are
fetched with npm once. Takes about half an hour on one core. Everything is seeded.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from sirekap.forms.words import number_words
from sirekap.reading.vocabulary import LETTERS, NOUGHTS, number_scores
from sirekap.reading.words import shares
from training import words_network as network
from training.words_data import FONTS, Hand, Line, fetch, lines

SEED = 20240314
HOME = Path(__file__).resolve().parent
MODEL = HOME.parent / "src" / "sirekap" / "reading" / "models" / "words.onnx"
SURE = 0.9  # probability from which a number counts as given in what is measured here
GROUPS = {
    "right": "number words, rightly spelt",
    "misspelt": "number words with one letter too many, too few or wrong",
    "other": "other words (right is to give no number)",
}


def main(arguments: list[str] | None = None) -> None:
    """Makes the lines, trains, calibrates, measures, and writes the model with its figures."""
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:6.0f} s] {text}", flush=True)

    fonts = fetch(options.cache)
    many = {"train": options.lines, "tuning": 800, "test": 1500}
    made = {split: lines(Hand(fonts, FONTS[split]), many[split], SEED + seed) for seed, split in enumerate(many)}
    say(f"{', '.join(f'{len(part)} {split}' for split, part in made.items())} lines made")
    found = network.fit(
        made["train"], options.epochs, SEED, lambda net: network.loss_of(net, made["tuning"]), say
    )
    finish(found, made, options.out, options.epochs, say)


def finish(found: network.Network, made: dict[str, list[Line]], out: Path, epochs: int, say: Any) -> None:
    """Calibrates the trained network, measures it and writes it with its card."""
    scores = {split: _scores(found, made[split]) for split in ("tuning", "test")}
    temperature, unread = _calibrated(made["tuning"], scores["tuning"])
    measured = {split: _figures(made[split], scores[split], temperature, unread) for split in scores}
    say(f"temperature {temperature}, unread {unread}: {json.dumps(measured)}")
    network.export(found, out)
    card = {
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "letters": LETTERS,
        "temperature": temperature,
        "unread": unread,
        "parameters": sum(p.numel() for p in found.parameters()),
        "seed": SEED,
        "epochs": epochs,
        "trained_on": {"lines": len(made["train"]), "fonts": FONTS},
        "measured": measured,
    }
    out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    page = HOME / "WORDS_CARD.md"
    if out == MODEL and page.exists():
        text = page.read_text(encoding="utf-8")
        table = "<!-- measured -->\n" + _table(measured) + "<!-- end -->"
        page.write_text(re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: table, text, flags=re.S), "utf-8")
    say(f"wrote {out}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.words", description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL, help="the ONNX file to write")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sirekap-training",
                        help="folder for the fonts' packages")  # fmt: skip
    parser.add_argument("--lines", type=int, default=12_000, help="lines to train on")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


def _scores(found: network.Network, held: Sequence[Line]) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    return [number_scores(np.exp(steps.astype(np.float64))) for steps in network.answers(found, held)]


def _group(line: Line) -> str:
    if line.number is None:
        return "other"
    plain = {number_words(line.number).replace(" ", "")}
    if 100 <= line.number < 200:
        plain.add("SATURATUS" + number_words(line.number).replace(" ", "")[len("SERATUS") :])
    if line.number == 0:
        plain.update(NOUGHTS)
    return "right" if line.letters in plain else "misspelt"


def _calibrated(held: Sequence[Line], scores: Sequence[Any]) -> tuple[float, float]:
    """Temperature and score of "unread" under which the tuning lines are likeliest."""
    best = (np.inf, 1.0, 1e-4)
    for temperature in (1.0, 1.3, 1.7, 2.2, 2.8, 3.5, 4.5, 6.0):
        for unread in (1e-2, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10):
            total = 0.0
            for line, score in zip(held, scores, strict=True):
                numbers, none = shares(score, temperature, unread)
                own = none if line.number is None else float(numbers[line.number]) + none / 1000
                total -= float(np.log(max(own, 1e-12)))
            best = min(best, (total / len(held), temperature, unread))
    return best[1], best[2]


def _figures(
    held: Sequence[Line], scores: Sequence[Any], temperature: float, unread: float
) -> dict[str, dict[str, int]]:
    """Per group of lines: how many were read right, refused and wrong."""
    out: dict[str, dict[str, int]] = {}
    for line, score in zip(held, scores, strict=True):
        numbers, _ = shares(score, temperature, unread)
        best = int(numbers.argmax())
        given = best if numbers[best] >= SURE else None
        row = out.setdefault(_group(line), {"lines": 0, "right": 0, "refused": 0, "wrong": 0})
        row["lines"] += 1
        kind = "right" if given == line.number else "refused" if given is None else "wrong"
        row[kind] += 1
    return out


def _table(measured: dict[str, dict[str, dict[str, int]]]) -> str:
    """The figures as a Markdown table."""
    rows = ["| lines | of | right | refused | wrong |\n|---|---|---|---|---|\n"]
    for split, text in (("test", "test fonts"), ("tuning", "tuning fonts")):
        for group, name in GROUPS.items():
            row = measured[split].get(group)
            if row:
                cells = [
                    f"{row[kind] / row['lines']:.1%} ({row[kind]})" for kind in ("right", "refused", "wrong")
                ]
                rows.append(f"| {text}: {name} | {row['lines']} | {' | '.join(cells)} |\n")
    return "".join(rows)


if __name__ == "__main__":
    main()
