"""The network, its training and its export."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from sirekap.reading.digits import SIDE
from training.data import Pictures

SMOOTHING = 0.01
Say = Callable[[str], None]


def _block(before: int, after: int, kernel: int, step: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, step, kernel // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


class Network(nn.Module):
    """Five convolutions and two dense layers, 0.28 million parameters; takes raw uint8 inputs."""

    def __init__(self, classes: int) -> None:
        """`classes` is the number of answers."""
        super().__init__()
        self.features = nn.Sequential(
            _block(2, 20, 5, 2), _block(20, 32, 3, 1), nn.MaxPool2d(2), _block(32, 56, 3, 1),
            _block(56, 56, 3, 1), nn.MaxPool2d(2), _block(56, 80, 3, 1), nn.Flatten(),
        )  # fmt: skip
        side = SIDE // 8
        self.head = nn.Sequential(
            nn.Dropout(0.25),
            nn.Linear(80 * side * side, 88),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(88, classes),
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
    _add_noise(out, generator)
    # At times no colour at all, so that grey photographs are read as well.
    grey = torch.rand(n, generator=generator) < 0.15
    out[grey, 1] = 128.0
    return out.clamp(0, 255)


def _add_noise(batch: torch.Tensor, generator: torch.Generator) -> None:
    """Noise on a third of the boxes, in place: fine, or blotchy as in an enlarged photograph."""
    rows = torch.nonzero(torch.rand(len(batch), generator=generator) < 0.33)[:, 0]
    side = int(torch.randint(10, SIDE + 1, (), generator=generator))
    coarse = torch.randn(len(rows), 2, side, side, generator=generator)
    noise = nn.functional.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    level = 20 * torch.rand(len(rows), 1, 1, 1, generator=generator)
    batch[rows] += noise * level * torch.tensor([1.0, 0.5]).reshape(1, 2, 1, 1)


def _loss(found: torch.Tensor, shares: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross entropy with `smoothing`; where any of several classes is right, of their sum. See `Pictures`."""
    chances = found.log_softmax(dim=1)
    several = shares.sum(dim=1) > 1.5
    smooth = shares * (1 - smoothing) + smoothing / shares.shape[1]
    single = -(smooth * chances).sum(dim=1)
    either = -torch.logsumexp(chances + torch.log(shares.clamp(min=1e-9)), dim=1)
    return torch.where(several, either, single).mean()


def fit(
    pictures: Pictures,
    epochs: int,
    seed: int,
    score: Callable[[Network], float] | None = None,
    say: Say = print,
    *,
    start: Network | None = None,
    rate: float = 3e-3,
    memory: float = 0.998,
) -> Network:
    """A network trained on the pictures: the running mean of its weights, which errs less than the last ones.

    `start` is a trained network to go on from, `rate` the highest learning rate, `memory` how much of the mean
    a step leaves (a short training needs less, or its first weights weigh too much). With `score` (lower is
    better), the weights of the best epoch of the last third are kept.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Network(pictures.shares.shape[1])
    if start is not None:
        network.load_state_dict(start.state_dict())
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    running = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(memory), use_buffers=True)
    inputs, shares = torch.from_numpy(pictures.inputs), torch.from_numpy(pictures.shares)
    size = 256
    steps = math.ceil(len(shares) / size) * epochs
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.15)
    best, kept = math.inf, Network(pictures.shares.shape[1])
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for rows in torch.split(torch.randperm(len(shares), generator=generator), size):
            batch = _shake(inputs[rows], generator).contiguous(memory_format=torch.channels_last)
            # Half precision halves the time of a step; the weights and their mean stay whole.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found = network(batch)
            loss = _loss(found.float(), shares[rows], SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            running.update_parameters(network)
            total += float(loss.detach()) * len(rows)
        mean = cast(Network, running.module).eval()
        tuned = score(mean) if score else math.nan
        say(f"epoch {epoch + 1}/{epochs}: loss {total / len(shares):.4f}, tuning loss {tuned:.4f}")
        if not tuned >= best or epoch < epochs * 2 // 3:
            best = tuned if epoch >= epochs * 2 // 3 else math.inf
            kept.load_state_dict(mean.state_dict())
    kept.eval()
    return kept


def logits(network: Network, inputs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The network's answers, of shape (n, classes)."""
    with torch.no_grad():
        parts = [network(part).numpy() for part in torch.split(torch.from_numpy(inputs), 1024)]
    return np.concatenate(parts).astype(np.float64)


def shipped_logits(model: Path, inputs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The answers of an exported network, of shape (n, classes): what is measured is what is shipped."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.read_bytes(), providers=["CPUExecutionProvider"])
    parts = [session.run(None, {"boxes": inputs[k : k + 256]})[0] for k in range(0, len(inputs), 256)]
    return np.concatenate(parts).astype(np.float64)


def export(network: Network, path: Path) -> None:
    """Writes the network as ONNX with input `boxes` (n, 2, SIDE, SIDE) uint8 and output `logits`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (torch.zeros(2, 2, SIDE, SIDE, dtype=torch.uint8),), str(path), input_names=["boxes"],
        output_names=["logits"], dynamic_axes={"boxes": {0: "n"}, "logits": {0: "n"}}, dynamo=False,
    )  # fmt: skip
