"""Work in other processes: in order, bounded, and not stopped by a death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sirekap.store.jobs import Crashed, Pool


def work(number: int) -> int:
    """Ten times the number; the number 7 kills the process."""
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 10


@pytest.mark.slow
def test_a_process_that_dies_stops_nothing_else() -> None:
    """The task that killed its process is told as crashed; all others have their results, in order."""
    found = list(Pool(work, workers=2).map(range(12)))
    assert found == [(n, Crashed() if n == 7 else n * 10) for n in range(12)]


@pytest.mark.slow
def test_few_tasks_are_taken_before_they_are_needed() -> None:
    """A long input is not read into memory ahead of the work."""
    taken = []

    def tasks() -> Iterator[int]:
        for number in range(100, 200):
            taken.append(number)
            yield number

    results = Pool(work, workers=2).map(tasks())
    assert next(results) == (100, 1000)
    assert len(taken) <= 6
    results.close()  # type: ignore[attr-defined]  # a generator, as the annotation does not say


def test_two_tasks_run_in_this_process() -> None:
    """A command for a photograph or two does not wait for processes to start."""
    assert list(Pool(lambda _: os.getpid()).map([1, 2])) == [(1, os.getpid()), (2, os.getpid())]


SLEEPERS = """
import os, sys
from sirekap.store.jobs import Pool
from tests.store.test_jobs import pid_and_sleep
if __name__ == "__main__":
    for task, result in Pool(pid_and_sleep, workers=2).map(range(20)):
        print(result, flush=True)
"""


def pid_and_sleep(number: int) -> int:
    """The process that worked, after a moment."""
    time.sleep(0.2)
    return os.getpid()


@pytest.mark.slow
def test_workers_end_with_a_killed_parent() -> None:
    """No reading process stays behind when the command is killed."""
    command = [sys.executable, "-c", SLEEPERS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
        process.wait()
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{worker}") and time.monotonic() < deadline:  # noqa: PTH110  # no file
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{worker}")  # noqa: PTH110
