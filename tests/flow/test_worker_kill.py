"""A worker is killed -9 at every step: each delivery is read, weighed and counted exactly once."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sirekap.flow.worker import pending_deliveries, work_once
from sirekap.store.models import (
    Assignment,
    CopyAssignment,
    CopyVersion,
    Delivery,
    DeliveryResult,
    Photo,
    PhotoReading,
    SheetVersion,
)
from tests.example import consistent
from tests.flow.capturing import AT, READER, peopled, send_sheet, signed, vouch
from tests.flow.fakes import OTHER

CHILD = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from django.db import transaction
from sirekap.flow.worker import work_once
from sirekap.store.setup import open_workspace
from tests.flow.capturing import AT, READER
kill, calls = int(sys.argv[2]), 0
plain = transaction.Atomic.__exit__
def exiting(self, *args):
    # before and after every commit: where a kill leaves half of what belongs together, if anywhere
    global calls
    calls += 1
    if calls == kill:
        os.kill(os.getpid(), signal.SIGKILL)
    result = plain(self, *args)
    calls += 1
    if calls == kill:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
workspace = open_workspace(Path(sys.argv[1]))
transaction.Atomic.__exit__ = exiting
work_once(workspace, READER, 100, AT)
print(calls)
"""
STEPS = (1, 2, 3, 4, 5, 8, 13, 21, 34, 47, 60, 75, 90, 110, 130)


@pytest.mark.slow
def test_killed_at_any_step_everything_is_there_once(tmp_path: Path) -> None:
    """Whatever a killed worker left, the next one ends with the same rows as one that was never killed."""
    killed = 0
    for kill in STEPS:
        workspace = peopled(tmp_path / str(kill))
        vouch(workspace, None)
        send_sheet(workspace, "ketua-1")
        send_sheet(workspace, "ketua-2", consistent(women=90), OTHER)  # the same numbers would be R45
        send_sheet(workspace, "saksi-1")
        workspace.close()
        command = [sys.executable, "-c", CHILD, str(workspace.path), str(kill)]
        done = subprocess.run(command, cwd=Path.cwd(), env=os.environ, capture_output=True, check=False)
        assert done.returncode in (0, -9), done.stderr.decode()
        killed += done.returncode == -9
        later = AT + timedelta(minutes=6)  # the dead worker's claims have ended
        work_once(workspace, READER, 100, later)
        assert pending_deliveries(workspace) == 0
        counted = {
            model.__name__: workspace.rows(model).count()
            for model in (Delivery, DeliveryResult, Assignment, Photo, PhotoReading, CopyAssignment)
        }
        expected = {"Delivery": 9, "DeliveryResult": 9, "Assignment": 6, "Photo": 6, "PhotoReading": 6}
        assert counted == {**expected, "CopyAssignment": 3}
        assert workspace.rows(SheetVersion).count() == 2
        assert workspace.rows(CopyVersion).count() == 1
        states = sorted(workspace.rows(SheetVersion).values_list("sheet__state", flat=True))
        assert states == ["provisional", "settled"]
        assert signed(workspace, "ketua-1").login == "ketua-1"
        if done.returncode == 0:
            break
    assert killed > 5


def test_two_workers_share_the_deliveries(tmp_path: Path) -> None:
    """What one worker has claimed the other does not read; a claim that ended is read again."""
    from sirekap.store.receiving import claim

    workspace = peopled(tmp_path)
    send_sheet(workspace, "ketua-1")
    taken = claim(workspace, "one", 2, AT)
    rest = claim(workspace, "other", 100, AT)
    assert (len(taken), len(rest)) == (2, 1)
    assert {row.pk for row in taken}.isdisjoint(row.pk for row in rest)
    assert claim(workspace, "third", 100, AT) == []
    assert len(claim(workspace, "third", 100, AT + timedelta(minutes=5))) == 3
