"""How far apart photographs look: the same one sent again against those of other stations.

    python -m benchmarks.likeness --stations 25 --seed 31

Each photograph of simulated stations is sent again shrunk to 1,000 pixels, cropped by a sixtieth, and brighter,
each saved as JPEG of quality 45. Prints how many bits of 256 differ, and what `store.twins.ALIKE` finds. Seeds
below 100 are tuning seeds: the threshold was set on them.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from typing import Any

import cv2
import numpy as np

from benchmarks.accuracy import station_code
from sirekap.camera.photograph import FIELD
from sirekap.camera.simulate import simulate_station
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.likeness import likeness
from sirekap.store.twins import ALIKE

LONGEST, QUALITY = 1000, 45
CHANGES = ("shrunk", "cropped", "brighter")


def sent_again(grey: Any, change: str) -> Any:
    """A photograph as a messenger or an editor changes it."""
    height, width = grey.shape
    if change == "shrunk":
        scale = LONGEST / max(height, width)
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    elif change == "cropped":
        grey = grey[height // 60 :, : -(width // 60)]
    else:
        grey = cv2.convertScaleAbs(grey, alpha=1.2, beta=10)
    return cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1], cv2.IMREAD_GRAYSCALE)


def apart(one: str, two: str) -> int:
    """How many bits differ."""
    return (int(one, 16) ^ int(two, 16)).bit_count()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=25)
    parser.add_argument("--seed", type=int, default=31)
    args = parser.parse_args()
    looks: list[str] = []
    again: dict[str, list[int]] = {change: [] for change in CHANGES}
    for index in range(args.stations):
        for data in simulate_station(FORM, station_code(index), args.seed, FIELD).photos:
            grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
            look = likeness(grey)
            looks.append(look)
            for change in CHANGES:
                again[change].append(apart(look, likeness(sent_again(grey, change))))
    for change, bits in again.items():
        found = sum(bit <= ALIKE for bit in bits)
        median, most = int(np.median(bits)), max(bits)
        print(f"{change}: median {median}, most {most} bits; {found} of {len(bits)} within {ALIKE}")
    others = [apart(one, two) for one, two in combinations(looks, 2)]
    false = sum(bit <= ALIKE for bit in others)
    print(f"other photographs: least {min(others)} bits; {false} of {len(others)} pairs within {ALIKE}")


if __name__ == "__main__":
    main()
