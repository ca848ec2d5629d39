"""Trains the digit reader's network: `python -m training.train`.

Writes src/sirekap/reading/models/digits.onnx, digits.json beside it, and the tables of MODEL_CARD.md.
Everything is seeded.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from sirekap.camera.handwriting import SYMBOLS
from sirekap.reading.digits import CLASSES
from training import card, data, material, measure, network

HOME = Path(__file__).resolve().parent
MODEL = HOME.parent / "src" / "sirekap" / "reading" / "models" / "digits.onnx"


def main(arguments: list[str] | None = None) -> None:
    """Makes the pictures, trains, calibrates, measures, and writes the model with its figures."""
    options = _options(arguments)
    if CLASSES != SYMBOLS:
        raise ValueError("the reader's classes and the handwriting's symbols differ")
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
    tuning = material.tuning(real, options.cache)
    together = material.together(tuning)
    if options.measure_only:
        more = json.loads(options.out.with_suffix(".json").read_text(encoding="utf-8"))
        more = {key: more[key] for key in ("parameters", "seed", "epochs", "trained_on")}
    else:
        more = _train(options, real, together, say)
    forms = material.together({name: tuning[name] for name in material.CALIBRATING if name in tuning})
    calibration = measure.best_calibration(network.shipped_logits(options.out, forms.inputs), forms.shares)
    sets = tuning if options.no_test else tuning | material.tests(real, options.cache)
    measured = {}
    for name, held in sorted(sets.items()):
        figures = measure.figures(network.shipped_logits(options.out, held.inputs), held.shares, calibration)
        say(f"{name}: {json.dumps(figures)}")
        if name in material.SETS:
            measured[name] = figures
    card.write_json(options.out, calibration, measured, more)
    if options.out == MODEL:
        card.write_page(measured)
    say(f"wrote {options.out}, temperature and sharpening {calibration}")


def _train(
    options: argparse.Namespace, real: list[data.RealBox], tuning: data.Pictures, say: network.Say
) -> dict[str, Any]:
    """Trains, exports, and tells on what."""
    amounts = material.Amounts()
    first = material.training(amounts, real, options.cache, say)
    pictures = first.pictures
    say(f"{len(pictures)} training pictures made")

    def score(net: network.Network) -> float:
        return measure.loss(network.logits(net, tuning.inputs), tuning.shares)

    found = network.fit(pictures, options.epochs[0], material.SEED, score, say)
    say("second stage")
    more = material.second(pictures, amounts)
    found = network.fit(more, options.epochs[1], material.SEED + 1, score, say, start=found, rate=1e-3)
    say("third stage")
    more = material.third(pictures, first.sheets, amounts)
    found = network.fit(more, options.epochs[2], material.SEED + 2, score, say, start=found, rate=6e-4)
    network.export(found, options.out)
    own = sum(box.split == "train" for box in real)
    return {
        "parameters": sum(p.numel() for p in found.parameters()),
        "seed": material.SEED,
        "epochs": options.epochs,
        "trained_on": {"pictures": len(pictures), "real": own} | asdict(amounts),
    }


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    named = os.environ.get("SIREKAP_DIGITS")
    parser.add_argument("--real", type=Path, default=Path(named) if named else None,
                        help="zip file of real boxes; default: the variable SIREKAP_DIGITS")  # fmt: skip
    parser.add_argument("--out", type=Path, default=MODEL, help="the ONNX file to write")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sirekap-training",
                        help="folder for MNIST and the fonts")  # fmt: skip
    parser.add_argument("--epochs", type=int, nargs=3, default=[7, 3, 2], help="of the three stages")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-test", action="store_true", help="leave the test sets unread, while trying things")
    parser.add_argument("--measure-only", action="store_true", help="measure the network --out names, train none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
