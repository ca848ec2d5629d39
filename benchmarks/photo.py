"""Milliseconds a photograph, step by step, as a ratio to decoding the same JPEG to grey in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

STATIONS, REPEATS = 2, 5


def _median_ms(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def photographs() -> list[bytes]:
    """Simulated 12-megapixel photographs at the field setting, seed 7."""
    from dataclasses import replace

    from sirekap.camera.photograph import FIELD
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM

    setting = replace(FIELD, sizes=((3000, 4000),))
    return [
        photo
        for number in range(1, STATIONS + 1)
        for photo in simulate_station(FORM, f"3171011001{number:03d}", 7, setting).photos
    ]


def steps(data: bytes) -> dict[str, float]:
    """Milliseconds of each step for one photograph, on one core; the median of several runs."""
    import cv2
    import numpy as np
    import simplejpeg

    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading import photo as reading
    from sirekap.reading.boxes import bubble_darkness, crops, cut, place_fields
    from sirekap.reading.decode import decode
    from sirekap.reading.page import find_page
    from sirekap.reading.sheet import read_sheet

    cv2.setNumThreads(1)
    image = decode(data).image
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = find_page(grey, FORM)
    assert found is not None
    placed = place_fields(grey, FORM, found)
    boxes = [crop for item in placed for crop in crops(image, item)]
    reader = reading._reader()
    done = reading.read_photo(data, "photo.jpg", FORM)
    work: dict[str, Callable[[], Any]] = {
        "decode to grey (the floor)": lambda: simplejpeg.decode_jpeg(data, colorspace="GRAY"),
        "decode to colour, strip": lambda: decode(data),
        "colour to grey": lambda: cv2.cvtColor(image, cv2.COLOR_BGR2GRAY),
        "find the page": lambda: find_page(grey, FORM),
        "QR code": lambda: reading._qr(image, found),
        "register the boxes": lambda: place_fields(grey, FORM, found),
        "cut and classify the boxes": lambda: reader.classify(
            [crop for item in placed for crop in crops(image, item)]
        ),
        "bubbles": lambda: [bubble_darkness(grey, item) for item in placed],
        "cuts for people": lambda: [reading._jpeg(cut(image, item)) for item in placed],
        "the whole photograph": lambda: reading.read_photo(data, "photo.jpg", FORM),
        "weigh one page's figures": lambda: read_sheet([done], FORM),
    }
    assert len(boxes) >= 9
    return {name: _median_ms(step) for name, step in work.items()}


def table() -> str:
    """A Markdown table: the mean over the photographs, in ms and as a ratio to the floor."""
    measured = [steps(data) for data in photographs()]
    names = list(measured[0])
    mean = {name: statistics.mean(one[name] for one in measured) for name in names}
    floor = mean[names[0]]
    lines = ["| step | ms | × decoding to grey |", "|---|---|---|"]
    lines += [f"| {name} | {mean[name]:.1f} | {mean[name] / floor:.2f} |" for name in names]
    return "\n".join(lines)
