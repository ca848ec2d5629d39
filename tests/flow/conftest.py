from pathlib import Path

import pytest

from sirekap.flow.steps import init_workspace, load_contests, load_geography
from sirekap.store.setup import Workspace
from tests.flow.fakes import write_inputs


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A loaded workspace of five units."""
    write_inputs(tmp_path / "in")
    workspace = init_workspace(tmp_path / "ws", tmp_path / "in/election.toml")
    load_geography(workspace, tmp_path / "in/geography.csv")
    load_contests(workspace, tmp_path / "in/tickets.csv")
    return workspace
