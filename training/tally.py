"""Trains the counter of tally marks in a cell: `python -m training.tally`.

Writes src/sirekap/reading/models/tally.onnx, tally.json beside it, and the table of TALLY_CARD.md. Takes about
five minutes on one core. Everything is seeded; all data are synthetic.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from training.measure import best_temperature, softmax
from training.tally_data import Cells, grids

SEED = 20240414
HOME = Path(__file__).resolve().parent
MODEL = HOME.parent / "src" / "sirekap" / "reading" / "models" / "tally.onnx"
GRIDS = {"train": 1100, "tuning": 60, "test": 150}
MARKS = 6  # none to five
BATCH = 256


def _block(before: int, after: int, step: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, step, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class Network(nn.Module):
    """Four small convolutions and one dense layer; raw uint8 cells in, logits of 0 to 5 marks out."""

    def __init__(self) -> None:
        """A network with random weights."""
        super().__init__()
        self.features = nn.Sequential(
            _block(1, 10, 2), _block(10, 20, 2), _block(20, 32, 2), _block(32, 32, 1), nn.Flatten()
        )
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(32 * 4 * 6, MARKS))

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """Logits of shape (n, 6) for cells of shape (n, 32, 42)."""
        found: torch.Tensor = self.head(self.features(cells.float().unsqueeze(1) / 128.0 - 0.3))
        return found


def fit(cells: Cells, epochs: int, seed: int, score: Callable[[Network], float],
        say: Callable[[str], None]) -> Network:  # fmt: skip
    """A network trained on the cells, of the last third of epochs the one that `score` finds best (lowest)."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Network()
    inputs, labels = torch.from_numpy(cells.pictures), torch.from_numpy(cells.marks)
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    steps = -(-len(labels) // BATCH) * epochs
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.2)
    loss = nn.CrossEntropyLoss(label_smoothing=0.01)
    best, kept = np.inf, network.state_dict()
    for epoch in range(epochs):
        network.train()
        for rows in torch.split(torch.randperm(len(labels), generator=generator), BATCH):
            gain = 1 + 0.15 * torch.randn(len(rows), 1, 1, generator=generator)
            value = loss(network((inputs[rows].float() * gain).clamp(0, 255)), labels[rows])
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            rate.step()
        network.eval()
        reached = score(network)
        say(f"epoch {epoch + 1}/{epochs}: tuning {reached:.4f}")
        if epoch >= epochs * 2 // 3 and reached < best:
            best, kept = reached, {k: v.clone() for k, v in network.state_dict().items()}
    network.load_state_dict(kept)
    network.eval()
    return network


def logits(network: Network, cells: Cells) -> npt.NDArray[np.float64]:
    """The network's answers, of shape (n, 6)."""
    with torch.no_grad():
        parts = [network(part).numpy() for part in torch.split(torch.from_numpy(cells.pictures), 2048)]
    return np.concatenate(parts).astype(np.float64)


def main(arguments: list[str] | None = None) -> None:
    """Makes the cells, trains, calibrates, measures, and writes the model with its figures."""
    options = _options(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:6.0f} s] {text}", flush=True)

    made = {split: grids(many, SEED + k) for k, (split, many) in enumerate(GRIDS.items())}
    say("cells made")

    def score(network: Network) -> float:
        chance = softmax(logits(network, made["tuning"]))
        own = chance[np.arange(len(chance)), made["tuning"].marks]
        return float(-np.log(np.maximum(own, 1e-9)).mean())

    found = fit(made["train"], options.epochs, SEED, score, say)
    temperature = best_temperature(logits(found, made["tuning"]), made["tuning"].marks)
    measured = _figures(softmax(logits(found, made["test"]), temperature), made["test"].marks)
    say(json.dumps(measured))
    _write(found, options.out, temperature, measured, options.epochs)
    say(f"wrote {options.out}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.tally", description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL, help="the ONNX file to write")
    parser.add_argument("--epochs", type=int, default=12)
    return parser.parse_args(arguments)


def _figures(chance: npt.NDArray[np.float64], marks: npt.NDArray[np.int64]) -> dict[str, dict[str, int]]:
    """For each number of marks: cells, right, and wrong with a probability of at least 0.9."""
    out = {}
    best, sure = chance.argmax(axis=1), chance.max(axis=1) >= 0.9
    for own in range(MARKS):
        here = marks == own
        out[str(own)] = {
            "cells": int(here.sum()),
            "right": int((here & (best == own)).sum()),
            "wrong_over_0.9": int((here & sure & (best != own)).sum()),
        }
    return out


def _write(
    found: Network, out: Path, temperature: float, measured: dict[str, dict[str, int]], epochs: int
) -> None:
    """The ONNX file, its JSON and, for the shipped model, the model card's table."""
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        found, (torch.zeros(2, 32, 42, dtype=torch.uint8),), str(out), input_names=["cells"],
        output_names=["logits"], dynamic_axes={"cells": {0: "n"}, "logits": {0: "n"}}, dynamo=False,
    )  # fmt: skip
    card: dict[str, Any] = {
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "temperature": temperature,
        "parameters": sum(p.numel() for p in found.parameters()),
        "seed": SEED,
        "epochs": epochs,
        "trained_on": {"grids": GRIDS["train"]},
        "measured": measured,
    }
    out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    page = HOME / "TALLY_CARD.md"
    if out == MODEL and page.exists():
        rows = ["| marks in the cell | cells | right | wrong, surer than 0.9 |\n|---|---|---|---|\n"]
        for own, row in measured.items():
            right = f"{row['right'] / max(1, row['cells']):.1%}"
            rows.append(f"| {own} | {row['cells']} | {right} | {row['wrong_over_0.9']} |\n")
        text = page.read_text(encoding="utf-8")
        table = "<!-- measured -->\n" + "".join(rows) + "<!-- end -->"
        page.write_text(re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: table, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
