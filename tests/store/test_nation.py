"""The whole country's geography, where it is at hand."""

import gzip
import time
from pathlib import Path

import pytest

from sirekap.flow.steps import init_workspace, load_geography
from sirekap.store.loading import geography_of
from sirekap.store.models import Unit
from tests.flow.fakes import write_inputs
from tests.shared import shared


@pytest.mark.slow
def test_whole_indonesia_loads_in_seconds(tmp_path: Path) -> None:
    """92,089 units are parsed and stored in less than half a minute on any machine, and read back the same."""
    (tmp_path / "geography.csv").write_bytes(gzip.decompress(shared("data/geography-2024.csv.gz").read_bytes()))
    write_inputs(tmp_path / "in")
    workspace = init_workspace(tmp_path / "ws", tmp_path / "in/election.toml")
    began = time.monotonic()
    geography = load_geography(workspace, tmp_path / "geography.csv")
    assert time.monotonic() - began < 30
    assert workspace.rows(Unit).count() == 92_090  # with the nation
    assert geography_of(workspace) == geography
