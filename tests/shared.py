"""Facts and photographs that are not part of the project: tests that use them skip where they are absent."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("SIREKAP_SHARED", Path(__file__).parent.parent.parent / "shared"))


def shared(path: str) -> Path:
    """A file of the shared folder; skips the test with a reason where it is not there."""
    if not (FOLDER / path).exists():
        pytest.skip(f"{path} is not part of the project; set SIREKAP_SHARED to the folder that holds it")
    return FOLDER / path
