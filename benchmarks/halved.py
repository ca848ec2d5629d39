"""Whether large photographs are read as well at half their size as in full: the same sheets, both ways.

    python -m benchmarks.halved --stations 60 --seed 14 --setting FIELD

Seeds 1 to 99 are tuning data.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

NEVER = 1_000_000  # px of a side that no photograph reaches: all is decoded in full


def count(photos: Sequence[bytes], truth: dict[str, int | None], form: Any, enough: int) -> Counter[str]:
    """Of one station: figures that are right and given wrong, and whether the sheet is accepted, also wrongly."""
    from sirekap.reading import located
    from sirekap.reading.sheet import read_photo, read_sheet
    from sirekap.review import Decision

    usual, located.ENOUGH = located.ENOUGH, enough
    try:
        readings = [read_photo(data, f"{page}.jpg", form) for page, data in enumerate(photos, 1)]
    finally:
        located.ENOUGH = usual
    sheet = read_sheet(readings, form, voters_per_station=300)
    found = {
        name: figure.status if figure.value is None else figure.value for name, figure in sheet.figures.items()
    }
    right = sum(found.get(name) == ("blank" if value is None else value) for name, value in truth.items())
    wrong = sum(isinstance(found.get(name), int) and found[name] != value for name, value in truth.items())
    accepted = sheet.decision is Decision.ACCEPT
    return Counter(
        {
            "right": right,
            "given wrong": wrong,
            "accepted": accepted,
            "accepted wrong": accepted and right < len(truth),
        }
    )


def main() -> None:
    """Print both counts."""
    from dataclasses import replace

    import cv2

    from benchmarks.accuracy import station_code
    from sirekap.camera.photograph import SETTINGS
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import C_HASIL_PPWP_2024 as FORM
    from sirekap.reading.located import ENOUGH

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=60)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--setting", default="FIELD", choices=["CLEAN", "FIELD", "HARSH"])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    setting = replace(SETTINGS[options.setting.lower()], sizes=((3000, 4000),))
    halved: Counter[str] = Counter()
    full: Counter[str] = Counter()
    for index in range(options.stations):
        made = simulate_station(FORM, station_code(index), options.seed, setting)
        halved += count(made.photos, dict(made.truth), FORM, ENOUGH)
        full += count(made.photos, dict(made.truth), FORM, NEVER)
    for name, counted in (("at half their size where that will do", halved), ("all in full", full)):
        told = ", ".join(
            f"{key} {counted[key]}" for key in ("right", "given wrong", "accepted", "accepted wrong")
        )
        print(f"{name}: {told}; of {options.stations} sheets")


if __name__ == "__main__":
    main()
