"""The constants of weighing that are fitted, not judged: `models/weighing.json`, by `benchmarks.calibrate`.

They belong to one digit network, which the file names by its SHA-256: a new network needs a new fit.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "models" / "weighing.json"


@dataclass(frozen=True, slots=True)
class Tuned:
    """How much the network's probabilities are worth on one photograph.

    Its logits are divided by exp(`heat` + `hardness` × u), where u is the photograph's mean doubt (one less the
    largest probability of a box); then `doubt` is spread over all classes. `same_hand` divides them again: boxes
    of one writer err alike, so that they count for less than as many writers' boxes would.
    """

    heat: float
    hardness: float
    doubt: float
    same_hand: float

    def as_json(self) -> dict[str, Any]:
        """A JSON object of the constants."""
        return asdict(self)


@lru_cache(maxsize=1)
def tuned() -> Tuned:
    """The constants that are shipped."""
    tree = json.loads(PATH.read_text(encoding="utf-8"))
    return Tuned(**{name: float(tree[name]) for name in Tuned.__slots__})
