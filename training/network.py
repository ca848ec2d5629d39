"""The network, its training and its export."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sirekap.reading.digits import SIDE
from training.data import Pictures


def _block(before: int, after: int, kernel: int, step: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, step, kernel // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


class Network(nn.Module):
    """Four convolutions and two dense layers, 0.16 million parameters; takes raw uint8 inputs."""

    def __init__(self, classes: int) -> None:
        """`classes` is the number of answers."""
        super().__init__()
        self.features = nn.Sequential(
            _block(2, 16, 5, 2), _block(16, 32, 3, 1), nn.MaxPool2d(2),
            _block(32, 48, 3, 1), nn.MaxPool2d(2), _block(48, 64, 3, 1), nn.Flatten(),
        )  # fmt: skip
        side = SIDE // 8
        self.head = nn.Sequential(
            nn.Dropout(0.2),
            nn.Linear(64 * side * side, 72),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(72, classes),
        )

    def forward(self, boxes: torch.Tensor) -> torch.Tensor:
        """Logits of shape (n, classes) for boxes of shape (n, 2, SIDE, SIDE), uint8 or float of 0 to 255."""
        found: torch.Tensor = self.head(self.features(boxes.float() / 255.0 - 0.5))
        return found


def _shake(batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Small shifts, turns, scales and strengths, different for each box; float of 0 to 255."""
    n = len(batch)
    noise = torch.randn(n, 6, generator=generator) * torch.tensor([0.05, 0.05, 0.05, 0.05, 0.04, 0.04])
    turn = torch.zeros(n, 2, 3)
    turn[:, 0, 0], turn[:, 1, 1] = 1 + noise[:, 0], 1 + noise[:, 1]
    turn[:, 0, 1], turn[:, 1, 0] = noise[:, 2], noise[:, 3]
    turn[:, :, 2] = noise[:, 4:]
    grid = nn.functional.affine_grid(turn, [n, 2, SIDE, SIDE], align_corners=False)
    out = nn.functional.grid_sample(batch.float(), grid, padding_mode="border", align_corners=False)
    gain = 1 + 0.12 * torch.randn(n, 1, 1, 1, generator=generator)
    out[:, :1] *= gain
    # At times no colour at all, so that grey photographs are read as well.
    grey = torch.rand(n, generator=generator) < 0.15
    out[grey, 1] = 128.0
    return out.clamp(0, 255)


def fit(
    pictures: Pictures,
    weights: npt.NDArray[np.float32],
    classes: int,
    epochs: int,
    seed: int,
    score: Callable[[Network], float] | None = None,
    say: Callable[[str], None] = print,
) -> Network:
    """A network trained on the pictures; `weights` of shape (n,) say how much each counts.

    With `score` (lower is better), the weights of the best epoch of the last third are kept.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Network(classes)
    inputs, labels = torch.from_numpy(pictures.inputs), torch.from_numpy(pictures.labels)
    shares = torch.from_numpy(weights)
    size = 256
    steps = math.ceil(len(labels) / size) * epochs
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.15)
    measure = nn.CrossEntropyLoss(label_smoothing=0.02, reduction="none")
    best, kept = math.inf, None
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for rows in torch.split(torch.randperm(len(labels), generator=generator), size):
            loss = (measure(network(_shake(inputs[rows], generator)), labels[rows]) * shares[rows]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
            total += float(loss.detach()) * len(rows)
        network.eval()
        found = score(network) if score else math.nan
        say(f"epoch {epoch + 1}/{epochs}: loss {total / len(labels):.4f}, tuning loss {found:.4f}")
        if score and epoch >= epochs * 2 // 3 and found < best:
            best, kept = found, {k: v.clone() for k, v in network.state_dict().items()}
    if kept:
        network.load_state_dict(kept)
    network.eval()
    return network


def logits(network: Network, inputs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The network's answers, of shape (n, classes)."""
    with torch.no_grad():
        parts = [network(part).numpy() for part in torch.split(torch.from_numpy(inputs), 1024)]
    return np.concatenate(parts).astype(np.float64)


def export(network: Network, path: Path) -> None:
    """Writes the network as ONNX with input `boxes` (n, 2, SIDE, SIDE) uint8 and output `logits`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (torch.zeros(2, 2, SIDE, SIDE, dtype=torch.uint8),), str(path), input_names=["boxes"],
        output_names=["logits"], dynamic_axes={"boxes": {0: "n"}, "logits": {0: "n"}}, dynamo=False,
    )  # fmt: skip
