"""What is written about a network: its JSON, which the reader loads, and the tables of the model card."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from sirekap.reading.digits import CLASSES, SIDE
from training.material import SETS
from training.measure import Calibration

PAGE = Path(__file__).with_name("MODEL_CARD.md")


def write_json(
    model: Path, calibration: Calibration, measured: dict[str, dict[str, Any]], more: dict[str, Any]
) -> None:
    """The JSON beside an ONNX file; `more` tells how it was made."""
    card = {
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "classes": list(CLASSES),
        "side": SIDE,
        "temperature": calibration[0],
        "sharpening": calibration[1],
        **more,
        "measured": measured,
    }
    model.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def write_page(measured: dict[str, dict[str, Any]]) -> None:
    """The tables between the marks of MODEL_CARD.md."""
    text = PAGE.read_text(encoding="utf-8")
    tables = "<!-- measured -->\n" + _table(measured) + "\n" + _reliability(measured) + "<!-- end -->"
    PAGE.write_text(re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: tables, text, flags=re.S), "utf-8")


def _table(measured: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    columns = (
        "set", "boxes", "right", "digits right", "X, dash, blank right", "… read as a digit", "scribbles right",
        "p > 0.99", "wrong there", "calibration error",
    )  # fmt: skip
    lines = ["| " + " | ".join(columns) + " |\n", "|" + "---|" * len(columns) + "\n"]
    for name, text in SETS.items():
        if name in measured:
            m = measured[name]
            cells = [
                text, m["boxes"], _percent(m["right"]), _percent(m["digits_right"]),
                _percent(m["x_or_blank_right"]), m["x_or_blank_read_as_digit"], _percent(m["scribbles_right"]),
                _percent(m["over_0.99"]), m["wrong_over_0.99"], m["calibration_error"],
            ]  # fmt: skip
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |\n")
    lines.append("\nMost frequent mistakes (true > read):\n\n")
    for name, text in SETS.items():
        if name in measured:
            lines.append(f"- {text}: {', '.join(measured[name]['confusions']) or 'none'}\n")
    return "".join(lines)


def _reliability(measured: dict[str, dict[str, Any]]) -> str:
    """What the probabilities of each set were worth."""
    lines = ["Mean probability → share right (boxes), by how high the probability is:\n\n"]
    for name, text in SETS.items():
        if name in measured:
            bins = [f"{p:.1%} → {right:.1%} ({count})" for p, right, count in measured[name]["reliability"]]
            lines.append(f"- {text}: {'; '.join(bins)}\n")
    return "".join(lines)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.2%}"
