"""A workspace of a version before the review desk and boards is brought along when it is opened."""

from pathlib import Path

import pytest
from django.core.management import call_command

from sirekap.store.board_recount import differences
from sirekap.store.models import Notice, Sheet
from sirekap.store.setup import open_workspace
from tests.example import consistent
from tests.flow.desking import bring, doubtful, staffed
from tests.flow.fakes import OTHER, STATION


@pytest.mark.usefixtures("real_migrations")
def test_sheets_of_before_come_to_the_desk_and_onto_boards(tmp_path: Path) -> None:
    """Without it nobody would be told that they wait until something touched them."""
    workspace = staffed(tmp_path)
    bring(workspace, tmp_path / "in", doubtful())
    bring(workspace, tmp_path / "in", consistent(women=90), OTHER)
    call_command("migrate", "store", "0006", database=workspace.alias, verbosity=0, interactive=False)
    workspace.close()
    opened = open_workspace(workspace.path)
    told = {row.station: row for row in opened.rows(Sheet).all()}
    assert (told[STATION].state, told[STATION].step) == ("review", "first")
    assert told[STATION].causes > 0 and told[STATION].weight > 0
    assert told[OTHER].votes == [31, 120, 44]
    assert all(row.read and row.since for row in told.values())
    assert differences(opened) == []
    assert opened.rows(Notice).filter(kind="desk.first", station=STATION).count() == 1
