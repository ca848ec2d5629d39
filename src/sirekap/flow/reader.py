"""Who reads, and how photographs reach other processes and come back in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib.resources import files

from sirekap.errors import Problem
from sirekap.forms import Form, form_of
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.store.jobs import Crashed, Pool
from sirekap.store.manifest import Entry, photo_bytes

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


def silent(done: int, total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Reader:
    """Who reads: one photograph (a function at the top of a module: it runs in other processes), one sheet.

    `version` names what read, for the record; below the
    confidence `certain` a figure is not vouched for. `workers` None is one a processor, 0 this process alone.
    """

    photo: Callable[[bytes, str, Form], PhotoReading]
    sheet: Callable[..., SheetReading]
    version: str
    certain: float = 0.0
    prepare: Callable[[], None] | None = None
    workers: int | None = None


def standard_reader() -> Reader:
    """The reader that sirekap ships. Raises ImportError where the extra `read` is not installed."""
    from sirekap import __version__
    from sirekap.reading.sheet import read_photo, read_sheet
    from sirekap.reading.weigh import CERTAIN

    card = json.loads((files("sirekap.reading") / "models" / "digits.json").read_bytes())
    version = f"sirekap {__version__}, digits {card['sha256'][:12]}"
    return Reader(read_photo, read_sheet, version, CERTAIN, _one_thread)


def _one_thread() -> None:
    """A worker uses one processor: the pool has one for each."""
    import cv2

    cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class PhotoTask:
    """One photograph on its way to a reading process; `fault` where there are no bytes to read."""

    entry: Entry
    data: bytes
    form: str
    fault: str | None = None


def _read_task(task: PhotoTask, photo: Callable[[bytes, str, Form], PhotoReading], keep: bool) -> PhotoReading:
    """In another process: the reading of a task, with its pictures only where they are kept."""
    if task.fault is not None:
        return PhotoReading(task.entry.photo, "", problem=task.fault)
    reading = photo(task.data, task.entry.photo, form_of(task.form))
    return reading if keep else replace(reading, published=b"", cuts={})


def read_entries(
    file: str, entries: Iterable[Entry], form: Form, reader: Reader, keep: bool
) -> Iterator[tuple[Entry, PhotoReading]]:
    """Each entry with its reading, in order; a file that cannot be read gives a reading with a problem.

    `keep` brings the pictures (published derivative, cuts) back from the reading process.
    """

    def tasks() -> Iterator[PhotoTask]:
        for entry in entries:
            data = photo_bytes(entry, file)
            fault = data.found if isinstance(data, Problem) else None
            yield PhotoTask(entry, b"" if isinstance(data, Problem) else data, form.id, fault)

    yield from read_tasks(tasks(), reader, keep)


def read_tasks(tasks: Iterable[PhotoTask], reader: Reader, keep: bool) -> Iterator[tuple[Entry, PhotoReading]]:
    """Each task's entry with its reading, in order; a process that dies is a problem of its photograph."""
    function = partial(_read_task, photo=reader.photo, keep=keep)
    pool: Pool[PhotoTask, PhotoReading] = Pool(function, reader.prepare, reader.workers)
    for task, result in pool.map(tasks):
        if isinstance(result, Crashed):
            digest = sha256(task.data).hexdigest()
            result = PhotoReading(task.entry.photo, digest, problem=result.reason)
        yield task.entry, result
