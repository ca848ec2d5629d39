"""How much of a long table of cases is tried: all of them with SIREKAP_THOROUGH=1, else every few."""

import os
from collections.abc import Sequence
from typing import TypeVar

Row = TypeVar("Row")
THOROUGH = os.environ.get("SIREKAP_THOROUGH", "") not in ("", "0")


def some(rows: Sequence[Row], each: int) -> list[Row]:
    """Every `each`th of these rows, beginning with the first; all of them where tests are to be thorough."""
    return list(rows) if THOROUGH else list(rows[::each])
