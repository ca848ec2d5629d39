"""How well tally marks and number words are read on simulated stations, kind by kind.

    python -m benchmarks.beside --stations 60 --seed 12 --setting HARSH

Right, refused and wrong are told apart: a number counts as given from a probability of 0.9. Words are asked for
every line here, also where reading would not ask them. Seeds are tuning seeds; nothing is claimed of real hands.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.accuracy import station_code

SURE = 0.9
KINDS = ("tally", "words")


def read_one(job: tuple[int, int, str]) -> Counter[tuple[str, str]]:
    """Counts of (kind, what became of it) over one station's figures."""
    import cv2
    import numpy as np

    from sirekap.camera import photograph
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.beside import find_grids, told_by_tally, told_by_words
    from sirekap.reading.boxes import place_fields, unseen
    from sirekap.reading.decode import decode
    from sirekap.reading.digits import DigitReader
    from sirekap.reading.page import find_page

    cv2.setNumThreads(1)
    seed, index, setting = job
    made = simulate_station(FORM, station_code(index), seed, getattr(photograph, setting))
    reader = DigitReader()
    found: Counter[tuple[str, str]] = Counter()
    for data in made.photos[1:]:
        image = decode(data).image
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        page = find_page(grey, FORM)
        if page is None:
            continue
        placed = place_fields(grey, FORM, page)
        seen = [item for item in placed if not unseen(item, placed)]
        tallies = {
            name: told_by_tally(grid, reader.read(grid.crops))
            for name, grid in find_grids(image, grey, page, seen).items()
        }
        words = told_by_words(grey, page, seen)
        for item in seen:
            name = item.field.name
            if item.field.tally is not None:
                found["tally", _fate(tallies.get(name), made.counted[name])] += 1
            if item.field.words is not None:
                found["words", _fate(words.get(name), made.truth[name])] += 1
    return found


def _fate(told: object, truth: int | None) -> str:
    """What became of one line or grid: nothing read, right, refused, or wrong."""
    values = getattr(told, "values", ())
    if not values:
        return "nothing read"
    value, share = values[0]
    return "refused" if share < SURE else "right" if value == truth else "wrong"


def main() -> None:
    """Print a table of the kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=60)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--setting", default="FIELD", choices=["CLEAN", "FIELD", "HARSH"])
    options = parser.parse_args()
    total: Counter[tuple[str, str]] = Counter()
    jobs = [(options.seed, index, options.setting) for index in range(options.stations)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for one in pool.map(read_one, jobs):
            total += one
    print("| kind | right | refused | wrong | nothing read |\n|---|---|---|---|---|")
    for kind in KINDS:
        cells = (str(total[kind, fate]) for fate in ("right", "refused", "wrong", "nothing read"))
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
