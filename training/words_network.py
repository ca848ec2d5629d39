"""The network that reads a line of letters: convolutions and CTC; its training and export."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sirekap.reading.writing import HEIGHT
from training.words_data import Line

CLASSES = 27  # blank, A … Z
BATCH = 48


def _block(before: int, after: int, step: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, step, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


def _along(before: int, after: int, spread: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(before, after, 5, padding=2 * spread, dilation=spread, bias=False),
        nn.BatchNorm1d(after),
        nn.ReLU(inplace=True),
    )


class Network(nn.Module):
    """Letters of a line: 24 rows become 3, then one; a step of the answer covers four columns."""

    def __init__(self) -> None:
        """A network with random weights."""
        super().__init__()
        self.features = nn.Sequential(
            _block(1, 16, 2), _block(16, 24), nn.MaxPool2d(2), _block(24, 40),
            nn.MaxPool2d((2, 1)), _block(40, 56),
        )  # fmt: skip
        self.columns = nn.Sequential(
            nn.Conv1d(56 * 3, 80, 1, bias=False), nn.BatchNorm1d(80), nn.ReLU(inplace=True),
            _along(80, 80, 1), _along(80, 80, 2),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Dropout(0.15), nn.Conv1d(80, CLASSES, 1))

    def forward(self, lines: torch.Tensor) -> torch.Tensor:
        """Log-probabilities of shape (n, W / 4, 27) for lines of shape (n, 24, W), uint8 or float of 0 to 255."""
        found = self.features(lines.float().unsqueeze(1) / 128.0 - 0.3)
        found = self.head(self.columns(found.flatten(1, 2)))
        return found.transpose(1, 2).log_softmax(2)


def packed(lines: Sequence[Line]) -> tuple[torch.Tensor, torch.Tensor]:
    """Lines side by side in one tensor (n, 24, widest), and how many steps each takes."""
    widths = [line.picture.shape[1] for line in lines]
    out = np.zeros((len(lines), HEIGHT, max(widths)), np.uint8)
    for k, line in enumerate(lines):
        out[k, :, : widths[k]] = line.picture
    return torch.from_numpy(out), torch.tensor([width // 4 for width in widths])


def _shaken(batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Other strength, small shifts, shears and stretches for each line, at times noise; float of 0 to 255."""
    n, _, width = batch.shape
    noise = torch.randn(n, 6, generator=generator)
    turn = torch.zeros(n, 2, 3)
    turn[:, 0, 0] = (1 + 0.05 * noise[:, 0]).clamp(0.94, 1.2)
    turn[:, 0, 2] = turn[:, 0, 0] - 1  # the line's left end stays
    turn[:, 1, 1] = 1 + 0.08 * noise[:, 1]
    turn[:, 1, 2] = 0.06 * noise[:, 2]
    turn[:, 0, 1] = 0.1 * noise[:, 3] * HEIGHT / width
    turn[:, 1, 0] = 0.05 * noise[:, 4]
    grid = nn.functional.affine_grid(turn, [n, 1, HEIGHT, width], align_corners=False)
    out = nn.functional.grid_sample(batch.float().unsqueeze(1), grid, align_corners=False)
    out = out * (1 + 0.15 * noise[:, 5]).view(n, 1, 1, 1)
    rough = torch.rand(n, 1, 1, 1, generator=generator).pow(3) * 25
    return (out + rough * torch.randn(out.shape, generator=generator)).clamp(0, 255).squeeze(1)


def fit(lines: Sequence[Line], epochs: int, seed: int, score: Callable[[Network], float],
        say: Callable[[str], None]) -> Network:  # fmt: skip
    """A network trained on the lines; of the last third of epochs the one that `score` finds best (lowest)."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Network()
    order = sorted(range(len(lines)), key=lambda k: lines[k].picture.shape[1])
    batches = [order[k : k + BATCH] for k in range(0, len(order), BATCH)]
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=len(batches) * epochs, pct_start=0.15)
    loss = nn.CTCLoss(zero_infinity=True)
    best, kept = math.inf, network.state_dict()
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for number in torch.randperm(len(batches), generator=generator).tolist():
            chosen = [lines[k] for k in batches[number]]
            pictures, steps = packed(chosen)
            targets = torch.tensor([ord(letter) - 64 for line in chosen for letter in line.letters])
            lengths = torch.tensor([len(line.letters) for line in chosen])
            found = network(_shaken(pictures, generator)).transpose(0, 1)
            value = loss(found, targets, steps, lengths)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]  # torch
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            rate.step()
            total += float(value.detach()) * len(chosen)
        network.eval()
        reached = score(network)
        say(f"epoch {epoch + 1}/{epochs}: loss {total / len(lines):.4f}, tuning {reached:.4f}")
        if epoch >= epochs * 2 // 3 and reached < best:
            best, kept = reached, {k: v.clone() for k, v in network.state_dict().items()}
    network.load_state_dict(kept)
    network.eval()
    return network


def answers(network: Network, lines: Sequence[Line]) -> list[npt.NDArray[np.float32]]:
    """Log-probabilities of shape (steps, 27) of each line, as the exported network gives them one by one."""
    found = []
    with torch.no_grad():
        for line in lines:
            found.append(network(torch.from_numpy(line.picture)[None])[0].numpy())
    return found


def loss_of(network: Network, lines: Sequence[Line]) -> float:
    """Mean CTC loss a letter."""
    loss = nn.CTCLoss(zero_infinity=True)
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(lines), BATCH):
            part = lines[start : start + BATCH]
            pictures, steps = packed(part)
            targets = torch.tensor([ord(letter) - 64 for line in part for letter in line.letters])
            lengths = torch.tensor([len(line.letters) for line in part])
            total += float(loss(network(pictures).transpose(0, 1), targets, steps, lengths)) * len(part)
    return total / max(1, len(lines))


def export(network: Network, path: Path) -> None:
    """Writes the network as ONNX: input `lines` (n, 24, w) uint8, output `letters` (n, w / 4, 27)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (torch.zeros(2, HEIGHT, 64, dtype=torch.uint8),), str(path), input_names=["lines"],
        output_names=["letters"], dynamic_axes={"lines": {0: "n", 2: "w"}, "letters": {0: "n", 1: "steps"}},
        dynamo=False,
    )  # fmt: skip
