"""Boxes as the reader itself cuts them: from simulated photographs whose truth is known.

What a drawn box lacks stands in these: the page's real print, a crop that is registered a little wrong, bent
paper, and the blur and noise of a photograph at its own resolution, enlarged to the crop's. Seeds 50 to 99 are
for training, 1 to 49 for tuning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from multiprocessing import Pool
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera import photograph
from sirekap.camera.fill import fill_page
from sirekap.camera.handwriting import Writer
from sirekap.camera.simulate import generator, simulate_station
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Field
from sirekap.reading.boxes import crops, place_fields, unseen
from sirekap.reading.decode import decode
from sirekap.reading.page import find_page
from sirekap.reading.quality import in_picture

Image = npt.NDArray[np.uint8]
Found = list[tuple[Image, str]]

UNUSED = "unused"
"""The label of a box before a number: X, dash, blank or 0, the simulator does not say which."""

# Messengers' photographs are the hardest and the cheapest to make.
SIZES = ((1000, 1778), (1000, 1778), (1200, 1600), (1200, 1600), (2250, 3000))
EMPTY = 0.25  # of the stations one page more, which nobody has filled


def boxes(seeds: Iterable[int], stations: int, setting: str) -> Found:
    """All boxes of `stations` stations of each seed as BGR crops with their labels, at a camera's setting."""
    jobs = [(seed, index, setting) for seed in seeds for index in range(stations)]
    with Pool() as pool:
        return [one for part in pool.map(_station, jobs, chunksize=2) for one in part]


def _station(job: tuple[int, int, str]) -> Found:
    cv2.setNumThreads(1)
    seed, index, name = job
    setting = replace(getattr(photograph, name), sizes=SIZES)
    code = f"{11 + (seed + index) % 20}01012001{index + 1:03d}"
    made = simulate_station(FORM, code, seed, setting)
    photos: list[tuple[bytes, dict[str, Any]]] = [(data, dict(made.truth)) for data in made.photos]
    rng = generator(seed, "empty", code)
    if rng.random() < EMPTY:
        page = int(rng.integers(1, len(FORM.pages) + 1))
        nothing = dict.fromkeys(made.truth)
        flat = fill_page(FORM, page, nothing, Writer.random(rng), rng, px_per_mm=2.0)
        photos.append((photograph.photograph(flat, rng, setting), nothing))
    return [one for data, truth in photos for one in _cut(data, truth)]


def _cut(data: bytes, truth: dict[str, int | None]) -> Found:
    image = decode(data).image
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = find_page(grey, FORM)
    if found is None:
        return []
    placed = place_fields(grey, FORM, found)
    out: Found = []
    for item in placed:
        if in_picture(item, grey) and not unseen(item, placed):
            out += zip(crops(image, item), labels(item.field, truth[item.field.name]), strict=True)
    return out


def labels(field: Field, value: int | None) -> list[str]:
    """What stands in each box of a field: a digit, 'blank', or UNUSED before the number.

    >>> from sirekap.forms import C_HASIL_PPWP_2024
    >>> labels(C_HASIL_PPWP_2024.fields_of(2)[0], 31)
    ['unused', '3', '1']
    """
    count = len(field.boxes)
    if value is None:
        return ["blank"] * count
    digits = str(value)
    return [UNUSED] * (count - len(digits)) + list(digits)
