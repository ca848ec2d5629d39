"""Photographs come in piece by piece: nothing acknowledged is lost, nothing wrong kept, no disk filled."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sirekap.store import uploads
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace
from sirekap.store.uploads import UploadState, sweep_uploads, upload_chunk, upload_state
from tests.store.people import loaded
from tests.store.pictures import jpeg, png

LOGIN = "kpps-3173011001001-1"
PHOTO = jpeg(b"a photograph" * 500)


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A loaded workspace."""
    return loaded(tmp_path)


def send(workspace: Workspace, data: bytes, step: int = 1000, login: str = LOGIN) -> UploadState:
    """All of it, from where it stands."""
    state = upload_state(workspace, login, name_of(data))
    while not state.complete:
        piece = data[state.offset : state.offset + step]
        state = upload_chunk(workspace, login, name_of(data), state.offset, len(data), piece)
    return state


def refused(call: Callable[[], object]) -> NotTaken:
    """The refusal of a call that must be refused."""
    with pytest.raises(NotTaken) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("data", [PHOTO, png(b"x" * 5000)], ids=["JPEG", "PNG"])
def test_whole_upload_is_among_the_objects(workspace: Workspace, data: bytes) -> None:
    """What came in pieces is kept under its hash, and asking again says that it is complete."""
    assert upload_state(workspace, LOGIN, name_of(data)) == UploadState(0, None, False)
    assert send(workspace, data) == UploadState(len(data), len(data), True)
    assert workspace.objects.get(name_of(data)) == data
    assert upload_state(workspace, LOGIN, name_of(data)).complete


def test_upload_goes_on_where_it_stands(workspace: Workspace) -> None:
    """A piece at another place is not taken, and the true place is told."""
    upload_chunk(workspace, LOGIN, name_of(PHOTO), 0, len(PHOTO), PHOTO[:100])
    for offset in (0, 50, 101):
        error = refused(
            lambda at=offset: upload_chunk(workspace, LOGIN, name_of(PHOTO), at, len(PHOTO), PHOTO[at : at + 60])
        )
        assert (error.reason, error.offset, error.status) == (Reason.OFFSET, 100, 409)
    assert upload_state(workspace, LOGIN, name_of(PHOTO)) == UploadState(100, len(PHOTO), False)
    assert send(workspace, PHOTO).complete


def test_last_piece_again_is_no_fault(workspace: Workspace) -> None:
    """A phone that did not hear the answer sends the last piece again, and is told that all is there."""
    send(workspace, PHOTO)
    assert upload_chunk(workspace, LOGIN, name_of(PHOTO), 5000, len(PHOTO), PHOTO[5000:]).complete


BAD = {
    "another hash": (jpeg(b"one"), name_of(b"other"), Reason.HASH),
    "a text": (b"no picture at all", None, Reason.KIND),
    "a short text": (b"no", None, Reason.KIND),
    "a JPEG without a size": (b"\xff\xd8\xff\xd9 and nothing", None, Reason.KIND),
    "a JPEG of 100 megapixels": (jpeg(b"", 10_000, 10_000), None, Reason.KIND),
    "a PNG of 4 gigapixels": (png(b"", 65_000, 65_000), None, Reason.KIND),
    "a PNG cut in its header": (png(b"")[:20], None, Reason.KIND),
}


@pytest.mark.parametrize(("data", "name", "reason"), BAD.values(), ids=BAD.keys())
def test_bad_whole_is_thrown_away(workspace: Workspace, data: bytes, name: str | None, reason: Reason) -> None:
    """What is not what it was announced as is refused, and the upload begins again at 0."""
    name = name or name_of(data)
    error = refused(lambda: upload_chunk(workspace, LOGIN, name, 0, len(data), data))
    assert error.reason is reason
    assert upload_state(workspace, LOGIN, name) == UploadState(0, None, False)
    assert not workspace.objects.has(name_of(data))


WRONG = {
    "above 20 MB": ((0, uploads.MOST_BYTES + 1, b"x"), Reason.LARGE),
    "a piece above 1 MiB": ((0, 5_000_000, bytes(uploads.MOST_CHUNK + 1)), Reason.LARGE),
    "more than announced": ((0, 3, b"four"), Reason.INVALID),
    "before the beginning": ((-1, 10, b"x"), Reason.INVALID),
    "nothing": ((0, 10, b""), Reason.INVALID),
    "begun in the middle": ((10, 20, b"x"), Reason.OFFSET),
}


@pytest.mark.parametrize(("piece", "reason"), WRONG.values(), ids=WRONG.keys())
def test_wrong_piece_is_refused(workspace: Workspace, piece: tuple[int, int, bytes], reason: Reason) -> None:
    """A piece that cannot be right is refused before anything is written."""
    assert refused(lambda: upload_chunk(workspace, LOGIN, name_of(PHOTO), *piece)).reason is reason
    assert upload_state(workspace, LOGIN, name_of(PHOTO)).offset == 0


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "*"])
def test_what_is_no_hash_is_refused(workspace: Workspace, name: str) -> None:
    """A name that is no SHA-256 never reaches the file system; nor does what is no login."""
    assert refused(lambda: upload_state(workspace, LOGIN, name)).reason is Reason.INVALID
    assert refused(lambda: upload_state(workspace, "../x", name_of(b""))).reason is Reason.INVALID


def test_other_size_begins_again(workspace: Workspace) -> None:
    """A wrong size announced at first does not block the hash for ever."""
    upload_chunk(workspace, LOGIN, name_of(PHOTO), 0, 9999, PHOTO[:100])
    assert upload_chunk(workspace, LOGIN, name_of(PHOTO), 0, len(PHOTO), PHOTO[:200]).offset == 200
    assert (
        refused(lambda: upload_chunk(workspace, LOGIN, name_of(PHOTO), 200, 9999, PHOTO[200:300])).offset == 200
    )


def test_who_does_not_have_the_photograph_is_told_nothing(workspace: Workspace) -> None:
    """A photograph that another account sent is not there for this one: a copy is more than a hash."""
    send(workspace, PHOTO)
    assert upload_state(workspace, "saksi-1", name_of(PHOTO)) == UploadState(0, None, False)
    assert send(workspace, PHOTO, login="saksi-1").complete


def test_account_cannot_fill_the_disk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads that are not delivered have a limit for each account; another account goes on."""
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    for number in range(2):
        send(workspace, jpeg(b"%d" % number))
    assert refused(lambda: send(workspace, jpeg(b"third"))).reason is Reason.QUOTA
    assert send(workspace, jpeg(b"third"), login="kpps-2").complete
    monkeypatch.setattr(uploads, "LEAST_FREE", 10**18)
    assert refused(lambda: send(workspace, jpeg(b"fourth"), login="kpps-3")).status == 429


def test_old_parts_are_swept(workspace: Workspace) -> None:
    """What nobody went on with for a week is thrown away, what is new stays."""
    upload_chunk(workspace, LOGIN, name_of(PHOTO), 0, len(PHOTO), PHOTO[:100])
    assert sweep_uploads(workspace) == 0
    (part,) = (workspace.path / "uploads").glob("*/*")
    os.utime(part, (0, 0))
    assert sweep_uploads(workspace) == 1
    assert upload_state(workspace, LOGIN, name_of(PHOTO)).offset == 0


def test_requests_at_once_do_not_corrupt(workspace: Workspace) -> None:
    """Eight phones that send the same photograph at once bring it in once, whole."""
    wrong: list[BaseException] = []

    def work(step: int) -> None:
        try:
            for _ in range(1000):
                state = upload_state(workspace, LOGIN, name_of(PHOTO))
                if state.complete:
                    return
                piece = PHOTO[state.offset : state.offset + step]
                try:
                    upload_chunk(workspace, LOGIN, name_of(PHOTO), state.offset, len(PHOTO), piece)
                except NotTaken as error:
                    assert error.reason is Reason.OFFSET
            raise AssertionError("never complete")
        except BaseException as error:  # told in the test's own thread
            wrong.append(error)
        finally:
            workspace.close()

    threads = [threading.Thread(target=work, args=(100 + 37 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert workspace.objects.get(name_of(PHOTO)) == PHOTO


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300)), max_size=12), salt=st.integers(0, 10**6)
)
def test_any_order_of_pieces_ends_whole(workspace: Workspace, steps: list[tuple[int, int]], salt: int) -> None:
    """Whatever pieces are tried, the part is always the true beginning of the photograph."""
    data = jpeg(b"%d " % salt * 40)
    for offset, length in steps:
        piece = data[offset : offset + length]
        before = upload_state(workspace, LOGIN, name_of(data))
        try:
            upload_chunk(workspace, LOGIN, name_of(data), offset, len(data), piece)
        except NotTaken as error:
            assert error.reason in (Reason.OFFSET, Reason.INVALID)
            assert upload_state(workspace, LOGIN, name_of(data)) == before
    assert send(workspace, data, 77).complete
    assert workspace.objects.get(name_of(data)) == data


CHILD = """
import os, signal, sys
from pathlib import Path
from sirekap.store import uploads
from sirekap.store.setup import open_workspace
folder, name, total, kill = sys.argv[1:5]
data = sys.stdin.buffer.read()
workspace = open_workspace(Path(folder))
calls = 0
def die(function):
    def wrapped(*args, **more):
        global calls
        calls += 1
        if calls == int(kill):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **more)
    return wrapped
for step in ("fsync", "pwrite", "unlink"):
    setattr(os, step, die(getattr(os, step)))
Path.unlink = die(Path.unlink)
Path.touch = die(Path.touch)
state = uploads.upload_state(workspace, "kpps-1", name)
while not state.complete:
    piece = data[state.offset : state.offset + 2000]
    state = uploads.upload_chunk(workspace, "kpps-1", name, state.offset, int(total), piece)
    print(state.offset, flush=True)
"""


@pytest.mark.slow
def test_kill_at_any_step_loses_nothing_acknowledged(workspace: Workspace) -> None:
    """A server killed at each of its steps: the next one goes on from at least what was acknowledged."""
    for kill in range(1, 30):
        data = jpeg(b"%d" % kill + b"x" * 6000)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(workspace.path), name_of(data), str(len(data)), str(kill)],
            input=data, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, -9), done.stderr.decode()
        acknowledged = max([0, *map(int, done.stdout.split())])
        state = upload_state(workspace, "kpps-1", name_of(data))
        assert state.offset >= acknowledged
        assert send(workspace, data, login="kpps-1").complete
        assert workspace.objects.get(name_of(data)) == data
        uploads.settle_upload(workspace, "kpps-1", name_of(data))
        if done.returncode == 0:
            break
    else:
        raise AssertionError("the child was always killed")
    assert kill > 5
