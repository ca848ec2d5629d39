"""Work on hostile input: a task that takes too much is told, and stops nothing."""

import os

import pytest

from sirekap.store.guarded import TOO_MUCH, GuardedPool, Limits
from sirekap.store.jobs import Crashed

LIMITS = Limits(memory=400 << 20, seconds=2.0)


def work(task: str) -> str:
    """What a task's name says."""
    if task == "memory":
        return str(len(bytearray(2 << 30)))
    if task == "time":
        while True:
            pass
    if task == "death":
        os._exit(1)
    if task == "error":
        raise ValueError("no such thing")
    return task.upper()


@pytest.mark.slow
def test_bad_tasks_stop_nothing() -> None:
    """Too much memory, too much time, a death and an error are told of their tasks; the others are done."""
    tasks = ["a", "memory", "b", "time", "c", "death", "d", "error", "e"]
    with GuardedPool(work, None, 2, LIMITS) as pool:
        results = dict(pool.map(tasks))
        assert [results[name] for name in "abcde"] == list("ABCDE")
        assert all(results[name] == Crashed(TOO_MUCH) for name in ("memory", "time", "death"))
        assert "ValueError: no such thing" in results["error"].reason  # type: ignore[union-attr]  # Crashed
        assert dict(pool.map(["again"])) == {"again": "AGAIN"}


def test_without_processes_errors_are_told_too() -> None:
    """With no further process, for tests, an error is still no end of the work."""
    with GuardedPool(work, None, 0) as pool:
        assert [type(result) for _, result in pool.map(["a", "error"])] == [str, Crashed]
