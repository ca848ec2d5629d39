"""Work on hostile input in other processes that live on: limits of memory and time, and no task stops another.

Where `store.jobs.Pool` begins and ends its processes with one list of tasks, these serve a worker for hours.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

from sirekap.store.jobs import Crashed, begin_worker

Task = TypeVar("Task")
Result = TypeVar("Result")
WAITS = 10
TOO_MUCH = "it took too long or too much memory"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: bytes above what its process has at first, and seconds of processor time.

    Processor time, because on a night when everything is busy a good photograph must not be refused for it; ten
    times as long by the clock ends what only waits.
    """

    memory: int = 2 << 30
    seconds: float = 60.0


class GuardedPool(Generic[Task, Result]):
    """Runs a function over tasks. Use it as a context manager; `workers` None is one a processor, 0 this process.

    `function` and `initializer` stand at the top of a module. Where the function raises, or its process dies by
    its limits, the task's result is `Crashed`, and the others go on.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        initializer: Callable[[], None] | None = None,
        workers: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        """No process is begun before the first task."""
        self.function, self.initializer = function, initializer
        self.limits = limits or Limits()
        self.workers = (os.cpu_count() or 1) if workers is None else workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> GuardedPool[Task, Result]:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Result | Crashed]]:
        """Each task with its result, in the order of the tasks; all of them are begun at once."""
        waiting = list(tasks)
        if self.workers == 0:
            for task in waiting:
                yield task, guarded(task, self.function, 0.0)
            return
        running = [(task, self._submit(task)) for task in waiting]
        for task, future in running:
            yield task, self._result(task, future)

    def _submit(self, task: Task) -> Future[Result | Crashed]:
        work = partial(guarded, function=self.function, seconds=self.limits.seconds)
        for _ in range(2):
            if self._pool is None:
                self._pool = self._executor(self.workers)
            try:
                return self._pool.submit(work, task)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                self._pool = None
        raise RuntimeError("no process can be begun that lives until its first task")

    def _result(self, task: Task, future: Future[Result | Crashed]) -> Result | Crashed:
        try:
            return future.result()
        except BrokenProcessPool:
            pass
        # A death takes the tasks beside it along; alone, each shows whether it was the one.
        work = partial(guarded, function=self.function, seconds=self.limits.seconds)
        with self._executor(1) as alone:
            try:
                return alone.submit(work, task).result()
            except BrokenProcessPool:
                return Crashed(TOO_MUCH)

    def _executor(self, workers: int) -> ProcessPoolExecutor:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in `jobs.Pool`
        begin = partial(_begin, self.initializer, self.limits.memory)
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin)


def guarded(task: Task, function: Callable[[Task], Result], seconds: float) -> Result | Crashed:
    """In the worker: the function's result, or why there is none. `seconds` 0 sets no limit.

    The timers end the process itself: a decoder in C would not hear an exception.
    """
    if seconds:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, WAITS * seconds)
    try:
        return function(task)
    except MemoryError:
        return Crashed(TOO_MUCH)
    except Exception as error:  # one bad photograph must not stop those behind it
        return Crashed(f"the reader failed over it ({type(error).__name__}: {error})"[:300])
    finally:
        if seconds:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)


def _begin(initializer: Callable[[], None] | None, memory: int) -> None:
    """What a worker does first."""
    begin_worker(initializer)
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = Path("/proc/self/statm")
    if status.exists():  # Linux; elsewhere the limit of time alone holds
        size = int(status.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))
