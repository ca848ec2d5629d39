"""Hostile photographs by the thousand: nothing may crash, hang, fill the memory or let metadata through.

    python -m benchmarks.fuzz --runs 100000

Each run breaks one of our own simulated photographs (`benchmarks.mutate`) and decodes it in a child process
under a limit of memory and of time; every 100th is read as a whole photograph. A finding is told with the
number that makes it again: `python -m benchmarks.fuzz --first NUMBER --runs 1`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.mutate import CANARY, mutate

MEMORY = 1 << 30  # bytes that reading may take on top of the program itself
SECONDS = 10.0  # for one input
WHOLE = 100  # every so many runs the whole photograph is read
CHUNK = 500


@dataclass
class Found:
    """Counts of all runs; `findings` are (number, what was done, what happened)."""

    runs: int = 0
    photographs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[int, str, str]] = field(default_factory=list)
    slowest: float = 0.0
    slowest_run: int = 0
    peak: int = 0


def decode_once(data: bytes) -> str:
    """Decode hostile bytes: "decoded" or "refused". Raises AssertionError where a promise is broken."""
    import numpy as np

    from sirekap.reading.decode import MOST_PIXELS, Unreadable, decode
    from sirekap.reading.strip import strip_jpeg

    try:
        decoded = decode(data)
    except Unreadable as error:
        assert str(error), "a refusal says why"
        return "refused"
    image, published = decoded.image, decoded.published
    assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
    assert image.shape[0] * image.shape[1] <= MOST_PIXELS
    assert published.startswith(b"\xff\xd8\xff") and CANARY not in published, "metadata is published"
    assert strip_jpeg(published)[:2] == (published, 1), "what is published can be stripped further"
    if len(published) % 8 == 0:  # an eighth of them: it costs as much as decoding
        again = decode(published)
        assert again.image.shape == image.shape, "what is published shows something else"
        assert again.published == published, "what is published is published otherwise"
    return "decoded"


def read_once(data: bytes) -> str:
    """Read hostile bytes as a photograph; it never raises, and what it says can be kept."""
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.model import PhotoReading
    from sirekap.reading.photo import read_photo

    reading = read_photo(data, "photo.jpg", FORM)
    assert CANARY not in reading.published, "metadata is published"
    document = json.loads(json.dumps(reading.as_json(), allow_nan=False))
    PhotoReading.from_json(document)
    return "no page" if reading.problem else "page read"


def _child(pipe: Connection, memory: int) -> None:
    """Run numbers as they come; tell of each that it begins, and what became of all of a chunk."""
    import cv2

    from benchmarks.bases import bases, photographs

    cv2.setNumThreads(1)
    small, pages = bases()
    decode_once(small["JPEG"])
    read_once(photographs()[0])  # loads the network before the limit is set
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send(("ready", 0, "", 0.0, 0))
    while True:
        for number in pipe.recv():
            whole = number % WHOLE == 0
            pipe.send(("begin", number, "", 0.0, 0))
            what, data = mutate(pages if whole else small, number)
            start = time.perf_counter()
            try:
                outcome = read_once(data) if whole else decode_once(data)
            except BaseException as error:
                outcome = f"! {what}: {type(error).__name__}: {str(error)[:200]}"
            peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
            pipe.send(("end", number, outcome, time.perf_counter() - start, peak))
        pipe.send(("done", 0, "", 0.0, 0))


class _Worker:
    """A child process with the run it is at."""

    def __init__(self, memory: int) -> None:
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_child, args=(other, memory), daemon=True)
        self.process.start()
        other.close()
        self.left: list[int] = []
        self.began = time.monotonic()
        self.ready = False

    def give(self, numbers: list[int]) -> None:
        self.left = numbers
        self.began = time.monotonic()
        if numbers and self.ready:
            self.pipe.send(numbers)


def fuzz(first: int, runs: int, workers: int, memory: int = MEMORY, seconds: float = SECONDS) -> Found:
    """Run the numbers from `first`; a child that dies or hangs is a finding, and another goes on."""
    found = Found()
    chunks = [list(range(at, min(at + CHUNK, first + runs))) for at in range(first, first + runs, CHUNK)]
    chunks.reverse()
    crew = [_Worker(memory) for _ in range(min(workers, len(chunks)))]
    for worker in crew:
        worker.give(chunks.pop())
    while crew:
        for worker in list(crew):
            end = _follow(worker, found, seconds)
            if end is None:
                continue
            left = worker.left or (chunks.pop() if chunks else [])
            if end:  # it died: another takes the rest
                crew.remove(worker)
                if left:
                    worker = _Worker(memory)
                    crew.append(worker)
            if not left and worker in crew:
                worker.process.terminate()
                crew.remove(worker)
                continue
            worker.give(left)
    return found


def _follow(worker: _Worker, found: Found, seconds: float) -> bool | None:
    """Take what a worker tells: None while it works, False when its chunk is done, True when it is gone."""
    try:
        while worker.pipe.poll(0.02):
            kind, number, outcome, took, peak = worker.pipe.recv()
            worker.began = time.monotonic()
            if kind == "ready":
                worker.ready = True
                worker.pipe.send(worker.left)
            elif kind == "end":
                worker.left = worker.left[1:]
                _count(found, number, outcome, took, peak)
            elif kind == "done":
                return False
    except EOFError:
        worker.process.join()
        return _lost(worker, found, f"the process ended with status {worker.process.exitcode}")
    if worker.ready and worker.left and time.monotonic() - worker.began > seconds:
        worker.process.kill()
        worker.process.join()
        return _lost(worker, found, f"not done after {seconds:.0f} s")
    return None


def _lost(worker: _Worker, found: Found, why: str) -> bool:
    if not worker.ready:
        raise RuntimeError(f"a child could not start: {why}")
    number, *worker.left = worker.left
    _count(found, number, f"! {why}", 0.0, 0)
    return True


def _count(found: Found, number: int, outcome: str, took: float, peak: int) -> None:
    found.runs += 1
    found.photographs += number % WHOLE == 0
    found.peak = max(found.peak, peak)
    if took > found.slowest:
        found.slowest, found.slowest_run = took, number
    if outcome.startswith("!"):
        found.outcomes["findings"] += 1
        found.findings.append((number, "whole" if number % WHOLE == 0 else "decode", outcome[2:]))
        print(f"{number}: {outcome[2:]}", flush=True)
    else:
        found.outcomes[outcome] += 1


def main(arguments: list[str] | None = None) -> int:
    """Run, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, help="write the findings there, one JSON a line")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    found = fuzz(options.first, options.runs, options.workers)
    if options.out:
        lines: list[Any] = [json.dumps({"run": n, "how": how, "what": what}) for n, how, what in found.findings]
        options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    told = ", ".join(f"{name} {count:,}" for name, count in sorted(found.outcomes.items()))
    took, peak = time.monotonic() - start, found.peak / 2**20
    print(f"{found.runs:,} runs, {found.photographs:,} of them whole photographs, in {took:.0f} s")
    print(told)
    print(f"slowest {found.slowest:.2f} s (run {found.slowest_run}); most memory on top {peak:.0f} MiB")
    print(f"crashes, hangs, over memory, broken promises: {len(found.findings)}")
    return 1 if found.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
