"""Stations photographed and read once, kept with the crops of their boxes, so that weighing can be tried on them.

    python -m benchmarks.gathered --stations 100 --seed 41 --setting HARSH --to FOLDER [--form FORM] [--jobs 1]

A station is a file of the folder, which lies outside the repository; what is there already is not made again.
`load` classifies the crops anew with the network shipped now: after a new network nothing is photographed again.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.accuracy import station_code
from sirekap.camera.photograph import SETTINGS
from sirekap.camera.simulate import simulate_station
from sirekap.camera.stations import Figures
from sirekap.forms import FORMS
from sirekap.reading import photo
from sirekap.reading.digits import DigitReader
from sirekap.reading.model import PhotoReading

Job = tuple[str, int, int, str, str]


@dataclass(frozen=True)
class Gathered:
    """A station's paper and its photographs as read; `crops` as JPEG files, photo by photo, box by box."""

    station: str
    setting: str
    truth: Figures
    consistent: bool
    photos: tuple[PhotoReading, ...]
    crops: tuple[tuple[bytes, ...], ...]


class _Recorder:
    """A digit reader that keeps what it was shown."""

    def __init__(self) -> None:
        self.reader, self.seen = DigitReader(), []  # type: ignore[var-annotated]  # pictures of any size

    def classify(self, crops: Sequence[Any]) -> Any:
        self.seen = list(crops)
        return self.reader.read(crops)


def gather(job: Job) -> str:
    """Photograph and read one station, and keep it; its name."""
    form_id, seed, index, setting, folder = job
    station = station_code(index)
    path = Path(folder) / f"{form_id.replace('/', '-')}-{setting}-{seed}-{index:05d}.pickle"
    if path.exists():
        return path.name
    cv2.setNumThreads(1)
    form = FORMS[form_id]
    recorder = _Recorder()
    photo._reader = lambda: recorder  # type: ignore[assignment, return-value]  # in this process alone
    made = simulate_station(form, station, seed, SETTINGS[setting.lower()])
    readings, crops = [], []
    for number, data in enumerate(made.photos, 1):
        recorder.seen = []
        reading = photo.read_photo(data, f"{station}-p{number}.jpg", form)
        readings.append(replace(reading, published=b"", cuts={}))
        crops.append(tuple(cv2.imencode(".png", crop)[1].tobytes() for crop in recorder.seen))
    one = Gathered(station, setting, made.truth, made.consistent, tuple(readings), tuple(crops))
    path.with_suffix(".part").write_bytes(pickle.dumps(one))
    path.with_suffix(".part").rename(path)
    return path.name


def load(folder: Path, pattern: str = "*", *, anew: bool = True) -> Iterator[Gathered]:
    """What was kept, in order; with `anew` the boxes are classified by the network shipped now."""
    reader = DigitReader()
    for path in sorted(folder.glob(f"{pattern}.pickle")):
        one = pickle.loads(path.read_bytes())
        yield replace(one, photos=tuple(_anew(one, at, reader) for at in range(len(one.photos)))) if anew else one


def _anew(one: Gathered, at: int, reader: DigitReader) -> PhotoReading:
    reading = one.photos[at]
    if not one.crops[at]:
        return reading
    pictures = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in one.crops[at]]
    rows = iter(reader.read(pictures))
    evidence = {}
    for name, item in reading.evidence.items():
        classes = tuple(tuple(float(p) for p in next(rows)) for _ in item.digits)
        hidden = len(set(item.digits[0])) == 1  # its lines were not seen: it stays without evidence
        evidence[name] = item if hidden else replace(item, digits=classes)
    return replace(reading, evidence=evidence)


def main() -> None:
    """Photograph, read and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--setting", default="FIELD", choices=["CLEAN", "FIELD", "HARSH"])
    parser.add_argument("--form", default="C.HASIL-PPWP/2024", choices=sorted(FORMS))
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    jobs = [(options.form, options.seed, i, options.setting, str(options.to)) for i in range(options.stations)]
    from benchmarks import gathered  # what is kept names its class by this module, not by __main__

    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for name in pool.map(gathered.gather, jobs):
            print(name, flush=True)


if __name__ == "__main__":
    main()
