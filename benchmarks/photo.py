"""Milliseconds a photograph, step by step, as a ratio to decoding the same JPEG to grey in the same run.

    python -m benchmarks.photo

Exit status 1 where a whole 12-megapixel photograph takes longer than LIMIT times decoding it to grey.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

STATIONS, REPEATS = 2, 7
LIMIT = 3.0
FLOOR, WHOLE = "decode to grey (the floor)", "the whole photograph"
LARGE, SMALL = (3000, 4000), (1000, 1778)

Times = dict[str, float]

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the processes that read set it: one core each


def _medians(work: dict[str, Callable[[], Any]]) -> Times:
    """Milliseconds of each step, the median of several rounds: in a round all take their turn, so that what
    else the machine does falls on all alike.
    """
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(REPEATS):
        for name, step in work.items():
            start = time.perf_counter()
            step()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(taken) for name, taken in times.items()}


def photographs(size: tuple[int, int] = LARGE) -> list[bytes]:
    """Simulated photographs of `size` (width, height in px) at the field setting, seed 7."""
    from dataclasses import replace

    from sirekap.camera.photograph import FIELD
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM

    setting = replace(FIELD, sizes=(size,))
    return [
        photo
        for number in range(1, STATIONS + 1)
        for photo in simulate_station(FORM, f"3171011001{number:03d}", 7, setting).photos
    ]


def steps(data: bytes) -> Times:
    """Milliseconds of each step for one photograph, on one core."""
    import cv2
    import numpy as np
    import simplejpeg

    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading import photo as reading
    from sirekap.reading.boxes import bubble_darkness, crops, cut, place_fields
    from sirekap.reading.decode import decode
    from sirekap.reading.likeness import likeness
    from sirekap.reading.located import ENOUGH, locate
    from sirekap.reading.page import find_page
    from sirekap.reading.quality import verdict
    from sirekap.reading.sheet import read_sheet

    cv2.setNumThreads(1)
    located = locate(data, FORM)
    image, grey, found = located.image, located.grey, located.found
    assert found is not None
    placed = place_fields(grey, FORM, found)
    boxes = [crop for item in placed for crop in crops(image, item)]
    reader = reading._reader()
    done = reading.read_photo(data, "photo.jpg", FORM)
    assert len(boxes) >= 9
    return _medians(
        {
            FLOOR: lambda: simplejpeg.decode_jpeg(data, colorspace="GRAY"),
            "decode to colour, at a half where that will do; strip": lambda: decode(data, least=ENOUGH),
            "colour to grey": lambda: np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)),
            "what it looks like (near-duplicates)": lambda: likeness(grey),
            "find the page": lambda: find_page(grey, FORM),
            "QR code": lambda: reading._qr(image, found),
            "register the boxes": lambda: place_fields(grey, FORM, found),
            "what is wrong with the photograph": lambda: verdict(grey, FORM, found, placed),
            "cut and classify the boxes": lambda: reader.read(
                [crop for item in placed for crop in crops(image, item)]
            ),
            "bubbles": lambda: [bubble_darkness(grey, item) for item in placed],
            "cuts for people": lambda: [reading._jpeg(cut(image, item)) for item in placed],
            WHOLE: lambda: reading.read_photo(data, "photo.jpg", FORM),
            "weigh one page's figures": lambda: read_sheet([done], FORM),
        }
    )


def whole(data: bytes) -> Times:
    """Milliseconds of one photograph, and of decoding it to grey."""
    import cv2
    import simplejpeg

    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.photo import read_photo

    cv2.setNumThreads(1)
    read_photo(data, "photo.jpg", FORM)
    floor, every = lambda: simplejpeg.decode_jpeg(data, colorspace="GRAY"), lambda: read_photo(data, "p", FORM)
    return _medians({FLOOR: floor, WHOLE: every})


def _mean(measured: list[Times]) -> Times:
    return {name: statistics.mean(one[name] for one in measured) for name in measured[0]}


def measure() -> tuple[str, float]:
    """A Markdown table, the mean over the photographs, in ms and as a ratio to the floor; and that ratio."""
    large, small = _mean([steps(data) for data in photographs()]), _mean([whole(d) for d in photographs(SMALL)])
    lines = ["| 12 megapixels | ms | × decoding to grey |", "|---|---|---|"]
    lines += [f"| {name} | {taken:.1f} | {taken / large[FLOOR]:.2f} |" for name, taken in large.items()]
    lines += ["", "| 1000×1778 pixels, as messengers send | ms | × decoding to grey |", "|---|---|---|"]
    lines += [f"| {name} | {taken:.1f} | {taken / small[FLOOR]:.2f} |" for name, taken in small.items()]
    return "\n".join(lines), large[WHOLE] / large[FLOOR]


def table() -> str:
    """What `measure` found, for docs/performance.md."""
    return measure()[0]


def main() -> None:
    """Print the table; fail where reading is slower than promised."""
    text, ratio = measure()
    print(text)
    print(f"\nA 12-megapixel photograph takes {ratio:.2f} times decoding it to grey, expected at most {LIMIT}.")
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
