"""Notices come with the acts that cause them, once, without figures or people, to those whom they concern."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from sirekap.flow import desk
from sirekap.flow.worker import work_once
from sirekap.review.notices import Kind
from sirekap.store.desk import CLAIM_TIME
from sirekap.store.models import Notice
from sirekap.store.notices import (
    Span,
    how_many_new,
    last_seen,
    mark_seen,
    some_notices,
    tell_of_claims,
)
from sirekap.store.notify import last_for_sure, notify
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import AT, READER, peopled, send, send_sheet, shot, signed, vouch, work
from tests.flow.desking import bring, doubtful, enter, staffed, take
from tests.flow.fakes import NOT_A_PICTURE, OTHER, STATION
from tests.store.pictures import jpeg


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A sheet with an illegible figure waits for the desk."""
    made = staffed(tmp_path)
    bring(made, tmp_path / "in", doubtful())
    return made


def kinds(workspace: Workspace) -> list[str]:
    """All notices in order."""
    return list(workspace.rows(Notice).order_by("id").values_list("kind", flat=True))


def told(workspace: Workspace, login: str) -> list[str]:
    """What somebody is told, the newest first."""
    return [row.kind for row in some_notices(workspace, login, signed(workspace, login).mandates, 50)]


def test_a_sheets_way_through_the_desk_is_told(workspace: Workspace) -> None:
    """It came to be typed, two entries differed, a third person settled it: desk and officer hear their part."""
    enter(workspace, "ppk-1")
    enter(workspace, "ppk-2", {**consistent(), "suara_1": 37})
    enter(workspace, "ppk-3", reason="angka 1 jelas")
    assert kinds(workspace) == ["desk.first", "sheet.review", "desk.resolve", "sheet.settled"]
    assert told(workspace, "ppk-1") == ["desk.resolve", "desk.first"]
    assert told(workspace, "ketua-1") == ["sheet.settled", "sheet.review"]
    for stranger in ("ppk-far", "saksi-1", "audit-1", "kab-1"):
        assert told(workspace, stranger) == []


def test_a_notice_holds_no_figure_and_no_person(workspace: Workspace) -> None:
    """Kind, contest, station and time are all that stands in one; the keys of one person's are not shown."""
    enter(workspace, "ppk-1")
    enter(workspace, "ppk-2", {**consistent(), "suara_1": 37})
    fields = {field.name for field in Notice._meta.fields}
    assert fields == {"id", "kind", "contest", "station", "account", "claim", "at"}
    for row in workspace.rows(Notice):
        text = json.dumps([row.kind, row.contest, row.station])
        assert "ppk" not in text.replace("ppwp", "") and row.station == STATION


def test_who_typed_hears_that_it_is_typed_anew(workspace: Workspace, tmp_path: Path) -> None:
    """Giving a sheet back to typing tells each of those whose entry decides nothing any more, and nobody else."""
    enter(workspace, "ppk-1")
    enter(workspace, "ppk-2", {**consistent(), "suara_1": 37})
    claim = take(workspace, "ppk-3").claim
    desk.type_again(workspace, signed(workspace, "ppk-3"), claim, "bukan halaman ini", AT)
    assert told(workspace, "ppk-1") == ["desk.first", "entry.returned", "desk.resolve", "desk.first"]
    assert told(workspace, "ppk-2").count("entry.returned") == 1
    assert "entry.returned" not in told(workspace, "ppk-3")


def test_a_claim_that_ran_out_is_told_once_to_its_holder(workspace: Workspace) -> None:
    """However often somebody looks; a claim that was handed back or done is not told."""
    one = take(workspace, "ppk-1").claim
    desk.hand_back(workspace, signed(workspace, "ppk-1"), one, AT)
    enter(workspace, "ppk-1")
    take(workspace, "ppk-2")
    assert tell_of_claims(workspace, AT + CLAIM_TIME / 2) == 0
    later = AT + CLAIM_TIME + timedelta(minutes=1)
    assert [tell_of_claims(workspace, later) for _ in range(2)] == [1, 0]
    assert told(workspace, "ppk-2") == ["claim.over", "desk.first"]
    assert "claim.over" not in told(workspace, "ppk-1")


def test_what_is_new_is_what_came_since_one_looked(workspace: Workspace) -> None:
    """One row a person, which never goes back; what is not theirs does not count."""
    mandates = signed(workspace, "ppk-1").mandates
    assert how_many_new(workspace, "ppk-1", mandates) == 1
    mark_seen(workspace, "ppk-1", last_for_sure(workspace), AT)
    assert how_many_new(workspace, "ppk-1", mandates) == 0
    enter(workspace, "ppk-1")
    enter(workspace, "ppk-2", {**consistent(), "suara_1": 37})
    assert how_many_new(workspace, "ppk-1", mandates) == 1
    mark_seen(workspace, "ppk-1", 1, AT)
    assert last_seen(workspace, "ppk-1") == 2
    new = some_notices(workspace, "ppk-1", mandates, 50, Span(2), oldest=True)
    assert [row.kind for row in new] == ["desk.resolve"]
    assert [row.kind for row in some_notices(workspace, "ppk-1", mandates, 50, Span(before=new[0].pk))] == [
        "desk.first"
    ]


def test_a_notice_is_history(workspace: Workspace) -> None:
    """The database itself refuses to change or delete one."""
    with pytest.raises(DatabaseError):
        workspace.rows(Notice).update(station=OTHER)
    with pytest.raises(DatabaseError):
        workspace.rows(Notice).all().delete()


def test_refused_and_differing_photographs_are_told(tmp_path: Path) -> None:
    """Officers of theirs, a witness of their own copy, supervisors of a copy that differs."""
    workspace = peopled(tmp_path)
    send_sheet(workspace, "ketua-1")
    work(workspace)
    vouch(workspace, 1)
    send(workspace, "ketua-1", jpeg(NOT_A_PICTURE))
    send(workspace, "ketua-1", shot(1, problem="too dark"))
    send_sheet(workspace, "saksi-1", {**consistent(), "suara_1": 99})
    send(workspace, "saksi-1", shot(1, problem="too dark", note="copy"))
    work(workspace)
    assert Counter(told(workspace, "ketua-1"))["photo.aside"] == 1
    assert Counter(told(workspace, "ketua-1"))["photo.refused"] == 1
    assert told(workspace, "saksi-1") == ["photo.refused"]
    assert told(workspace, "panwas-1") == ["copy.differs"]
    assert told(workspace, "ketua-2") == []
    assert str(Kind.DIFFERS) not in told(workspace, "ppk-1")


def test_numbers_are_sure_only_once_their_writers_ended(workspace: Workspace) -> None:
    """On PostgreSQL a lower number can be committed after a higher one: it is waited for."""
    if not workspace.database.url:
        pytest.skip("SQLite has one writer at a time")
    begun, sure = threading.Event(), threading.Event()
    ended: list[bool] = []

    def write() -> None:
        with transaction.atomic(using=workspace.alias):
            notify(workspace, Kind.SETTLED, "ppwp", STATION, AT)
            begun.set()
            sure.wait(1)
        ended.append(True)
        workspace.close()

    slow = threading.Thread(target=write)
    slow.start()
    begun.wait(10)
    notify(workspace, Kind.SETTLED, "ppwp", OTHER, AT)
    last = last_for_sure(workspace)
    sure.set()
    known = set(workspace.rows(Notice).filter(pk__lte=last).values_list("pk", flat=True))
    slow.join()
    assert ended and known == set(workspace.rows(Notice).values_list("pk", flat=True)) and len(known) == 4


CHILD = """
import os, signal, sys
from pathlib import Path
from django.db import transaction
from sirekap.store.setup import open_workspace
from tests.flow.desking import enter
kill, calls = int(sys.argv[2]), 0
plain = transaction.Atomic.__exit__
def exiting(self, *args):
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
enter(workspace, "ppk-2")
"""


@pytest.mark.slow
def test_a_kill_loses_no_notice_and_doubles_none(tmp_path: Path) -> None:
    """Killed before or after the commit of an entry, done again: settled once, told once."""
    killed = 0
    for kill in (1, 2, 3, 4, 5, 6, 7, 8):
        workspace = staffed(tmp_path / str(kill))
        bring(workspace, tmp_path / str(kill) / "in", doubtful())
        enter(workspace, "ppk-1")
        workspace.close()
        command = [sys.executable, "-c", CHILD, str(workspace.path), str(kill)]
        done = subprocess.run(command, cwd=Path.cwd(), env=os.environ, capture_output=True, check=False)
        assert done.returncode in (0, -9), done.stderr.decode()
        killed += done.returncode == -9
        if "sheet.settled" not in kinds(workspace):
            enter(workspace, "ppk-2", at=AT + CLAIM_TIME)
        assert kinds(workspace) == ["desk.first", "sheet.review", "sheet.settled"]
        if done.returncode == 0:
            break
    assert killed > 2
    assert not work_once(workspace, READER, 1, AT)
