"""Digit boxes and bubbles with what is written there: real ones where present, and simulated sheets."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy import station_code

Image = npt.NDArray[np.uint8]
NAMED = "SIREKAP_DIGITS"


@dataclass(frozen=True)
class Box:
    """A photographed box (BGR, with its frame) and its class."""

    picture: Image
    label: str


@dataclass(frozen=True)
class Column:
    """The darkness of ten bubbles below a box, the digit in it, and the page that they stand on."""

    darkness: tuple[float, ...]
    digit: int
    page: str


@dataclass(frozen=True)
class Guess:
    """A figure's likeliest value with the probability that is given for it, and whether it is right."""

    confidence: float
    right: bool
    refused: bool


@dataclass
class Sheets:
    """What simulated sheets give: boxes whose digit is known, bubble columns with theirs, and figures."""

    boxes: list[Box]
    columns: list[Column]
    figures: list[Guess]


def real(split: str) -> list[Box] | str:
    """The real boxes of one part of the training data, or the reason why there are none."""
    named = os.environ.get(NAMED)
    if not named:
        return f"{NAMED} names no archive of real boxes"
    if not Path(named).exists():
        return f"{named} is absent"
    from training.data import corrections, real_boxes

    return [Box(b.picture, b.label) for b in real_boxes(Path(named), corrections()) if b.split == split]


def simulated(stations: int, seed: int, setting: str) -> Sheets:
    """Sheets of a seed, read on all cores."""
    jobs = [(seed, index, setting) for index in range(stations)]
    found = Sheets([], [], [])
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for one in pool.map(_station, jobs):
            found.boxes += one.boxes
            found.columns += one.columns
            found.figures += one.figures
    return found


def _station(job: tuple[int, int, str]) -> Sheets:
    import cv2

    from sirekap.camera import photograph
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.model import Evidence
    from sirekap.reading.photo import read_photo
    from sirekap.reading.weigh import weigh_with_reasons

    cv2.setNumThreads(1)
    seed, index, setting = job
    made = simulate_station(FORM, station_code(index), seed, getattr(photograph, setting))
    out = Sheets([], [], [])
    evidence: dict[str, Evidence] = {}
    for data in made.photos:
        reading = read_photo(data, "photo.jpg", FORM)
        evidence.update(reading.evidence)
        _boxes(data, made.truth, f"{seed}-{index}-{len(evidence)}", out)
    for name, own in weigh_with_reasons(FORM, evidence).items():
        truth = made.truth[name]
        right = own.winner == (-1 if truth is None else truth)
        confidence = own.posterior
        if not own.ground.refused:  # a figure that is given is judged as it is given
            given, confidence = own.figure.value, own.figure.confidence
            right = given == truth
        out.figures.append(Guess(confidence, right, own.ground.refused))
    return out


def _boxes(data: bytes, truth: dict[str, int | None], page: str, out: Sheets) -> None:
    """The boxes and bubble columns of a page that hold a digit for certain: leading ones may be fillers.

    As in the reader, fields whose lines are not seen or that lie outside the picture are left out.
    """
    import cv2

    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.boxes import bubble_darkness, crops, place_fields, unseen
    from sirekap.reading.decode import decode
    from sirekap.reading.page import find_page
    from sirekap.reading.quality import in_picture

    image = decode(data).image
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = find_page(grey, FORM)
    if found is None:
        return
    placed = place_fields(grey, FORM, found)
    for item in placed:
        value = truth[item.field.name]
        if value is None or unseen(item, placed) or not in_picture(item, grey):
            continue
        digits = str(value).rjust(len(item.field.boxes))
        pictures = crops(image, item)
        out.boxes += [Box(p, d) for p, d in zip(pictures, digits, strict=True) if d != " "]
        columns = bubble_darkness(grey, item)
        out.columns += [Column(c, int(d), page) for c, d in zip(columns, digits, strict=False) if d != " "]
