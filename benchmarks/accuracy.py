"""How much is read right: simulated stations photographed, read and compared with what stands on their paper.

    python -m benchmarks.accuracy --stations 500 --seed S [--setting HARSH] [--form FORM] [--jobs 2] [--write]

Tuning uses the seeds 1 to 99 and 20240214 to 20240216; nothing was trained or tuned on later ones. Figures are
right, refused or silently wrong, sheets accepted or not, each with its 95 % interval (Wilson); for wrong accepted
sheets the exact upper bound. A simulator measures the reader against itself: what it says of real paper is an
upper bound at best.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.figures import Status
from sirekap.review import Decision

if TYPE_CHECKING:
    from sirekap.reading.model import SheetReading

TUNING_SEED = 11
PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
HEAD = (
    "| form | photographs | stations | accepted, of those complete that add up | accepted with a wrong figure "
    "| figures right | refused | silently wrong |\n|---|---|---|---|---|---|---|---|"
)
Job = tuple[str, int, int, str, bool]


@dataclass
class Measured:
    """Counts over all stations; `accepted_wrong` lists accepted sheets with a wrong figure."""

    sheets: int = 0
    complete: int = 0
    accepted: int = 0
    accepted_complete: int = 0
    figures: int = 0
    refused: int = 0
    wrong: int = 0
    accepted_wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Figures given as they are written."""
        return self.figures - self.refused - self.wrong

    def row(self, form: str, setting: str) -> str:
        """A line of the table."""
        from benchmarks.intervals import share_told, upper_bound

        wrong = len(self.accepted_wrong)
        cells = [
            form,
            setting,
            f"{self.sheets:,}",
            share_told(self.accepted_complete, self.complete),
            f"{wrong} of {self.accepted:,} (at most {100 * upper_bound(wrong, self.accepted):.2f} %)",
            share_told(self.right, self.figures, 2),
            share_told(self.refused, self.figures, 2),
            share_told(self.wrong, self.figures, 2),
        ]
        return f"| {' | '.join(cells)} |"


def station_code(index: int) -> str:
    """Stations over several regencies, so that shares differ; each index up to 89,099 has its own."""
    return f"{11 + index % 20}01{index // 900 + 1:02d}2001{index % 900 + 1:03d}"


def compared(sheet: SheetReading, truth: Mapping[str, int | None]) -> dict[str, Any]:
    """What was given against what stands on the paper.

    `refused` are figures that were not given (illegible, or their page not read), `wrong` those given as
    something else than is written (name, written, given, confidence); `sure` is the least confidence of all.
    """
    refused, wrong = [], []
    for name, value in truth.items():
        figure = sheet.figures.get(name)
        if figure is None or figure.status is Status.ILLEGIBLE:
            refused.append(name)
        elif figure.value != value:
            wrong.append((name, value, figure.value, round(figure.confidence, 7)))
    return {
        "accepted": sheet.decision is Decision.ACCEPT,
        "figures": len(truth),
        "refused": refused,
        "wrong": wrong,
        "sure": min((figure.confidence for figure in sheet.figures.values()), default=0.0),
        "rules": [finding.rule for finding in sheet.findings],
        "pages_missing": list(sheet.pages_missing),
    }


def read_one(job: Job) -> dict[str, Any]:
    """Simulate one station, read it, and compare with what stands on its paper."""
    import cv2

    from sirekap.camera import photograph
    from sirekap.camera.simulate import simulate_station
    from sirekap.forms import FORMS
    from sirekap.reading.sheet import read_photo, read_sheet

    cv2.setNumThreads(1)
    form_id, seed, index, setting, with_qr = job
    form, station = FORMS[form_id], station_code(index)
    made = simulate_station(form, station, seed, getattr(photograph, setting), with_qr=with_qr)
    readings = [read_photo(data, f"{station}-p{page}.jpg", form) for page, data in enumerate(made.photos, 1)]
    sheet = read_sheet(readings, form, station=station, voters_per_station=300)
    return {
        "station": station,
        "consistent": made.consistent,
        "problems": [reading.problem for reading in readings if reading.problem],
    } | compared(sheet, made.truth)


def measure(
    stations: int,
    seed: int,
    setting: str = "FIELD",
    *,
    form: str = "C.HASIL-PPWP/2024",
    with_qr: bool = False,
    jobs: int | None = None,
) -> Measured:
    """Read `stations` simulated stations in `jobs` processes, as many as there are cores where it is None."""
    result = Measured()
    work = [(form, seed, index, setting, with_qr) for index in range(stations)]
    with ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for one in pool.map(read_one, work):
            result.sheets += 1
            result.complete += one["consistent"]
            result.accepted += one["accepted"]
            result.accepted_complete += one["accepted"] and one["consistent"]
            result.figures += one["figures"]
            result.refused += len(one["refused"])
            result.wrong += len(one["wrong"])
            if one["accepted"] and one["wrong"]:
                result.accepted_wrong.append(one["station"])
            if one["refused"] or one["wrong"] or one["problems"] or (one["consistent"] and not one["accepted"]):
                result.notes.append(json.dumps(one))
    return result


def written(text: str, form: str, setting: str, row: str, command: str) -> str:
    """The page's text with the row of this form and setting put between its markers, others kept."""
    found = re.search(r"<!-- accuracy -->\n(.*?)<!-- end accuracy -->", text, flags=re.S)
    if found is None:
        raise ValueError(
            "docs/reading.md has no <!-- accuracy --> … <!-- end accuracy -->: expected both markers"
        )
    start = f"| {form} | {setting} |"
    rows = [line for line in found[1].splitlines() if line.startswith("| C.") and not line.startswith(start)]
    told = f"- {form} {setting}: "
    commands = [line for line in found[1].splitlines() if line.startswith("- ") and not line.startswith(told)]
    body = "\n".join([HEAD, *sorted([*rows, row]), "", *sorted([*commands, f"{told}`{command}`"])])
    return text[: found.start(1)] + body + "\n" + text[found.end(1) :]


def main() -> None:
    """Print the figures, and with --notes every station that was not read right."""
    from sirekap.forms import FORMS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=TUNING_SEED)
    parser.add_argument("--setting", default="FIELD", choices=["CLEAN", "FIELD", "HARSH"])
    parser.add_argument("--form", default="C.HASIL-PPWP/2024", choices=sorted(FORMS))
    parser.add_argument("--jobs", type=int, help="processes; as many as there are cores where it is not given")
    parser.add_argument("--qr", action="store_true", help="print the stations' QR codes on the forms")
    parser.add_argument("--notes", type=Path, help="write the stations that were not read right, one JSON a line")
    parser.add_argument("--write", action="store_true", help="write the row into docs/reading.md")
    options = parser.parse_args()
    found = measure(
        options.stations, options.seed, options.setting, form=options.form, with_qr=options.qr, jobs=options.jobs
    )
    if options.notes:
        options.notes.write_text("\n".join(found.notes) + "\n", encoding="utf-8")
    row = found.row(options.form, options.setting)
    print(f"{found.sheets} sheets, seed {options.seed}; {found.complete} add up on paper; accepted wrong: "
          f"{found.accepted_wrong}\n{HEAD}\n{row}")  # fmt: skip
    if options.write:
        command = (
            f"python -m benchmarks.accuracy --stations {options.stations} --seed {options.seed} "
            f"--setting {options.setting} --form {options.form}"
        )
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(written(text, options.form, options.setting, row, command), encoding="utf-8")


if __name__ == "__main__":
    main()
