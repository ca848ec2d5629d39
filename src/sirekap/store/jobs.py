"""Heavy work in other processes, results in order; knows nothing of what the work is, and needs no Django.

Bounded: at most two tasks a worker wait at any time, however long the input is. A task that takes its worker
process down (memory, a fault in a decoder) is told as `Crashed` and never stops the others.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
FEW = 2


@dataclass(frozen=True, slots=True)
class Crashed:
    """The process that worked on a task died."""

    reason: str = "the reader's process died over it"


@dataclass(frozen=True)
class Pool(Generic[Task, Result]):
    """How a function is run over many tasks.

    `function` and `initializer` stand at the top of a module, so that a new process can import them.
    `workers` None is one a processor, 0 this process alone. Up to two tasks are worked on in this process in
    any case: starting another one takes longer than they do.
    """

    function: Callable[[Task], Result]
    initializer: Callable[[], None] | None = None
    workers: int | None = None

    def map(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Result | Crashed]]:
        """Each task with its result, in the order of the tasks."""
        waiting = iter(tasks)
        first = list(islice(waiting, FEW + 1))
        if len(first) <= FEW or self.workers == 0:
            for task in chain(first, waiting):
                yield task, self.function(task)
            return
        workers = self.workers or os.cpu_count() or 1
        pool = self._executor(workers)
        running: deque[tuple[Task, Future[Result]]] = deque()
        try:
            for task in chain(first, waiting):
                pool = self._submit(pool, workers, task, running)
                if len(running) >= 2 * workers + 1:
                    task, future = running.popleft()
                    yield task, self._result(task, future)
            while running:
                task, future = running.popleft()
                yield task, self._result(task, future)
        finally:
            with _uninterrupted():
                pool.shutdown(wait=True, cancel_futures=True)

    def _executor(self, workers: int) -> ProcessPoolExecutor:
        # One process a core: numpy's matrix products would start threads of their own. It reads this when it is
        # loaded, which in a worker is before any function of ours runs.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        # spawn: a fork would copy open database connections and the decoders' threads.
        return ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=begin_worker, initargs=(self.initializer,)
        )

    def _submit(
        self,
        pool: ProcessPoolExecutor,
        workers: int,
        task: Task,
        running: deque[tuple[Task, Future[Result]]],
    ) -> ProcessPoolExecutor:
        try:
            running.append((task, pool.submit(self.function, task)))
        except BrokenProcessPool:
            pool.shutdown(wait=False)
            pool = self._executor(workers)
            running.append((task, pool.submit(self.function, task)))
        return pool

    def _result(self, task: Task, future: Future[Result]) -> Result | Crashed:
        try:
            return future.result()
        except BrokenProcessPool:
            return self._alone(task)

    def _alone(self, task: Task) -> Result | Crashed:
        """A death takes the innocent tasks beside it along; alone, each shows whether it was the one."""
        with self._executor(1) as pool:
            try:
                return pool.submit(self.function, task).result()
            except BrokenProcessPool:
                return Crashed()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl+C while workers are ended would leave them half ended, and the program waiting for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def begin_worker(initializer: Callable[[], None] | None) -> None:
    """What a worker does first."""
    # Ctrl+C reaches every process of the terminal; the parent alone answers it, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if initializer is not None:
        initializer()


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers; they would wait for tasks for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
