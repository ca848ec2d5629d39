"""Loads the networks that are shipped: an ONNX file with its JSON card of the same name beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def load_network(path: Path) -> tuple[Any, dict[str, Any]]:
    """An onnxruntime session on one thread, and the network's card.

    Raises FileNotFoundError where a file is missing, ValueError where the card names other weights.
    """
    import onnxruntime  # only who reads photographs needs it

    weights = path.read_bytes()
    card: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(weights).hexdigest()
    if card["sha256"] != digest:
        raise ValueError(f"{path.name} has SHA-256 {digest}, but {path.stem}.json names {card['sha256']}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"]), card
