"""Two processes against one, and the memory of one that reads for hours.

    python -m benchmarks.scaling --photos 600             # speed-up of two processes, five rounds each
    python -m benchmarks.scaling --memory 10000           # resident memory while reading 10,000 photographs

The photographs lie on disk before the clock starts: simulated ones of all sizes, turned ones, broken ones, ones
without a form. A process uses one core. Meant for a machine that does nothing else. Exit status 1 where two
processes are less than LEAST times as fast as one, or where memory grew by more than GROWTH.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

STATIONS, SEED, ROUNDS, SAMPLES = 8, 8, 5, 20
LEAST, GROWTH = 1.8, 0.05


def make(folder: Path) -> list[Path]:
    """Some thirty different photographs in a folder: sound ones and bad ones of each kind."""
    import cv2
    import numpy as np
    import simplejpeg

    from sirekap.camera.photograph import FIELD, HARSH
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM

    sound = [
        photo
        for number in range(1, STATIONS + 1)
        for photo in simulate_station(
            FORM, f"3171011001{number:03d}", SEED, FIELD if number % 4 else HARSH
        ).photos
    ]
    turned = b"\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06"
    empty = np.full((3000, 2250, 3), (90, 140, 180), np.uint8)
    png = cv2.imencode(".png", cv2.imdecode(np.frombuffer(sound[0], np.uint8), cv2.IMREAD_COLOR))[1]
    bad = {
        "turned.jpg": sound[1][:2] + turned + bytes(7) + sound[1][2:],
        "scan.png": png.tobytes(),
        "truncated.jpg": sound[2][: len(sound[2]) // 2],
        "flipped.jpg": sound[3][:5000] + bytes([sound[3][5000] ^ 0x55]) + sound[3][5001:],
        "no-form.jpg": simplejpeg.encode_jpeg(empty, colorspace="BGR"),
        "no-picture.jpg": b"\xff\xd8\xff" + bytes(1000),
    }
    files = {f"{number:02d}.jpg": data for number, data in enumerate(sound)} | bad
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def _read(files: Sequence[Path], count: int, first: int = 0) -> None:
    """Read `count` photographs, over and over from the files."""
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.photo import read_photo

    for number in range(first, first + count):
        file = files[number % len(files)]
        read_photo(file.read_bytes(), file.name, FORM)


def _one_core() -> None:
    import cv2

    cv2.setNumThreads(1)


def _timed(files: Sequence[Path], count: int, first: int, start: Barrier, results: Any) -> None:
    """In a process of its own: warm up, wait for the others, read, and tell when that was done."""
    _one_core()
    _read(files, len(files))
    start.wait()
    began = time.perf_counter()
    _read(files, count, first)
    results.put(time.perf_counter() - began)


def seconds(files: Sequence[Path], photos: int, processes: int) -> float:
    """How long some processes take together for `photos` photographs, each its share."""
    context = get_context("spawn")
    start, results = context.Barrier(processes), context.Queue()
    share = photos // processes
    workers = [
        context.Process(target=_timed, args=(files, share, number * share, start, results))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    taken = max(results.get() for _ in workers)
    for worker in workers:
        worker.join()
    return taken


def resident() -> float:
    """This process's resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _remembered(files: Sequence[Path], photos: int, results: Any) -> None:
    """In a process of its own: resident memory after each twentieth of the photographs."""
    _one_core()
    step = max(1, photos // SAMPLES)
    samples = []
    for done in range(0, photos, step):
        _read(files, step, done)
        samples.append(resident())
    results.put(samples)


def memory(files: Sequence[Path], photos: int) -> list[float]:
    """MiB of a process while it reads so many photographs, twenty samples."""
    context = get_context("spawn")
    results = context.Queue()
    worker = context.Process(target=_remembered, args=(files, photos, results))
    worker.start()
    samples: list[float] = results.get()
    worker.join()
    return samples


def speed_up(files: Sequence[Path], photos: int) -> float:
    """One process and two in turn, ROUNDS times; the median ratio."""
    ratios = []
    for number in range(1, ROUNDS + 1):
        one, two = seconds(files, photos, 1), seconds(files, photos, 2)
        ratios.append(one / two)
        print(f"round {number}: one process {photos / one:.1f}/s, two {photos / two:.1f}/s, × {one / two:.2f}")
    return statistics.median(ratios)


def main() -> None:
    """Measure what is asked for, and fail where it is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=0, help="photographs a round for one and two processes")
    parser.add_argument("--memory", type=int, default=0, help="photographs that one process reads")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of the processes to come; numpy reads it when it is loaded
    held = True
    with tempfile.TemporaryDirectory() as folder:
        files = make(Path(folder))
        if options.photos:
            ratio = speed_up(files, options.photos)
            held &= ratio >= LEAST
            print(f"two processes are {ratio:.2f} times as fast as one, expected at least {LEAST}")
        if options.memory:
            samples = memory(files, options.memory)
            early, late = statistics.mean(samples[1:3]), statistics.mean(samples[-2:])
            held &= late <= early * (1 + GROWTH)
            print("MiB after each twentieth: " + " ".join(f"{sample:.0f}" for sample in samples))
            print(
                f"from {early:.0f} to {late:.0f} MiB over {options.memory:,} photographs: {late / early - 1:+.1%}"
            )
    sys.exit(not held)


if __name__ == "__main__":
    main()
