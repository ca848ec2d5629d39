"""How much is read right: simulated stations at a camera setting, read from their photographs.

    python -m benchmarks.accuracy --stations 100 --seed 20240214

Nothing is trained or tuned on seed 20240214; tuning uses the seeds 1 to 99. A simulator measures the reader
against itself: what it says of real paper is an upper bound at best.
"""

from __future__ import annotations

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

TEST_SEED = 20240214
FORM = "C.HASIL-PPWP/2024"


@dataclass
class Measured:
    """Counts over all stations; `wrong` lists accepted sheets with a wrong figure."""

    sheets: int = 0
    complete: int = 0
    accepted: int = 0
    accepted_complete: int = 0
    figures: int = 0
    right: int = 0
    wrong_read: int = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def station_code(index: int) -> str:
    """Stations over several regencies, so that shares differ."""
    return f"{11 + index % 20}01012001{index % 900 + 1:03d}"


def read_one(job: tuple[int, int, str, bool, str]) -> dict[str, Any]:
    """Simulate one station, read it, and compare with what stands on its paper."""
    import cv2

    from sirekap.camera import photograph
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import FORMS
    from sirekap.reading.sheet import read_photo, read_sheet
    from sirekap.review import Decision

    cv2.setNumThreads(1)
    seed, index, setting, with_qr, form_id = job
    form, station = FORMS[form_id], station_code(index)
    made = simulate_station(form, station, seed, getattr(photograph, setting), with_qr=with_qr)
    readings = [read_photo(data, f"{station}-p{page}.jpg", form) for page, data in enumerate(made.photos, 1)]
    sheet = read_sheet(readings, form, station=station, voters_per_station=300)
    differing = []
    for name, truth in made.truth.items():
        figure = sheet.figures.get(name)
        found = "absent" if figure is None else figure.status.value if figure.value is None else figure.value
        if found != ("blank" if truth is None else truth):
            differing.append((name, truth, found, 0.0 if figure is None else round(figure.confidence, 4)))
    return {
        "station": station,
        "consistent": made.consistent,
        "accepted": sheet.decision is Decision.ACCEPT,
        "figures": len(made.truth),
        "differing": differing,
        "problems": [reading.problem for reading in readings if reading.problem],
        "pages": list(sheet.pages),
    }


def measure(
    stations: int, seed: int, setting: str = "FIELD", *, with_qr: bool = False, form: str = FORM
) -> Measured:
    """Read `stations` simulated stations on all cores."""
    result = Measured()
    jobs = [(seed, index, setting, with_qr, form) for index in range(stations)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for one in pool.map(read_one, jobs):
            result.sheets += 1
            result.complete += one["consistent"]
            result.accepted += one["accepted"]
            result.accepted_complete += one["accepted"] and one["consistent"]
            result.figures += one["figures"]
            result.right += one["figures"] - len(one["differing"])
            result.wrong_read += sum(isinstance(item[2], int) for item in one["differing"])
            if one["accepted"] and one["differing"]:
                result.wrong.append(one["station"])
            if one["differing"] or one["problems"] or (one["consistent"] and not one["accepted"]):
                result.notes.append(json.dumps(one))
    return result


def main() -> None:
    """Print the figures, and with --notes every station that was not read right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=TEST_SEED)
    parser.add_argument("--setting", default="FIELD", choices=["CLEAN", "FIELD", "HARSH"])
    parser.add_argument("--form", default=FORM)
    parser.add_argument("--qr", action="store_true", help="print the stations' QR codes on the forms")
    parser.add_argument("--notes", type=Path, help="write the stations that were not read right, one JSON a line")
    options = parser.parse_args()
    found = measure(options.stations, options.seed, options.setting, with_qr=options.qr, form=options.form)
    if options.notes:
        options.notes.write_text("\n".join(found.notes) + "\n", encoding="utf-8")
    print(f"{found.sheets} sheets at {options.setting}, seed {options.seed}; {found.complete} add up on paper")
    print(
        f"accepted: {found.accepted}; of those that add up {found.accepted_complete / max(1, found.complete):.1%}"
    )
    print(f"accepted with a wrong figure: {len(found.wrong)} {found.wrong}")
    print(f"figures right: {found.right / max(1, found.figures):.2%} of {found.figures}")
    print(f"figures given wrong: {found.wrong_read}")


if __name__ == "__main__":
    main()
