"""What must never be accepted, and never mended: blank forms, missing pages, paper whose own sums do not fit.

    python -m benchmarks.never --sheets 500 --photos 20 --seed 53 [--jobs 2] [--write]

Each case at the level of crops (`crop_level`), `--sheets` of it, every other one HARSH, and `--photos` whole
stations photographed. Accepted: the sheet would be published as provisional. Mended: all its figures are given,
no finding is raised, and one of them is not what the paper says. Overwritten figures on paper that adds up may be
accepted, but not wrong.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.accuracy import compared, station_code
from benchmarks.crop_level import evidence, shoot
from benchmarks.intervals import share_told
from sirekap.camera import fill
from sirekap.camera.photograph import FIELD, HARSH
from sirekap.camera.simulate import generator, people_of, simulate_station
from sirekap.camera.stations import StationFigures, holds
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.digits import DigitReader
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.reading.sheet import read_photo, read_sheet
from sirekap.rules import Severity

Paper = dict[str, int | None]
Change = Callable[[Paper, np.random.Generator], Paper]
PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
LIKE = {"1": "7", "7": "1", "3": "8", "8": "3", "0": "6", "6": "0", "5": "6", "4": "9", "9": "4", "2": "7"}
TRIES = 200


def _other(low: int, high: int, *, totals: bool) -> Change:
    """A total or a part of an equation that is off by `low` to `high`, up or down."""

    def change(figures: Paper, rng: np.random.Generator) -> Paper:
        equation = FORM.equations[int(rng.integers(len(FORM.equations)))]
        name = equation.total if totals else str(rng.choice(equation.parts))
        by = int(rng.integers(low, high + 1)) * int(rng.choice([-1, 1]))
        return {**figures, name: (figures[name] or 0) + by}

    return change


def _alike(figures: Paper, rng: np.random.Generator) -> Paper:
    """A digit written as the one that it is most often mistaken for."""
    name = str(rng.choice([name for name in FORM.names if figures[name]]))
    digits = list(str(figures[name]))
    at = int(rng.integers(len(digits)))
    digits[at] = LIKE[digits[at]]
    return {**figures, name: int("".join(digits))}


def _moved(figures: Paper, rng: np.random.Generator) -> Paper:
    """One vote too few in a figure and one too many in another, so that two equations break."""
    few, many = (str(name) for name in rng.choice(FORM.names, 2, replace=False))
    return {**figures, few: (figures[few] or 0) - 1, many: (figures[many] or 0) + 1}


def _emptied(figures: Paper, rng: np.random.Generator) -> Paper:
    """A required figure left blank."""
    name = str(rng.choice([field.name for field in FORM.fields if not field.may_be_blank]))
    return {**figures, name: None}


def _empty(figures: Paper, rng: np.random.Generator) -> Paper:
    return dict.fromkeys(figures)


BROKEN: dict[str, Change] = {
    "a total off by 1 or 2": _other(1, 2, totals=True),
    "a part off by 1 or 2": _other(1, 2, totals=False),
    "a total off by 3 to 20": _other(3, 20, totals=True),
    "a total off by 21 to 300": _other(21, 300, totals=True),
    "a part off by 21 to 300": _other(21, 300, totals=False),
    "a digit like a misread (1 as 7, 3 as 8 …)": _alike,
    "one vote moved between two figures": _moved,
    "a required figure left blank": _emptied,
    "a blank form": _empty,
}
PAGE_GONE, STRANGER, OVER = (
    "a page was not photographed",
    "a page of another station",
    "an overwritten digit in ten",
)
CASES = (*BROKEN, PAGE_GONE, STRANGER, OVER)


def broken(case: str, figures: Paper, rng: np.random.Generator) -> Paper:
    """Figures that can be written and do not add up, or a blank form. Raises ValueError where none is found."""
    for _ in range(TRIES):
        found = BROKEN[case](figures, rng)
        fits = all(0 <= (found[field.name] or 0) <= field.most for field in FORM.fields)
        wrong = any(not holds(equation, found) for equation in FORM.equations) or not any(
            value is not None for value in found.values()
        )
        if fits and wrong:
            return found
    raise ValueError(f"no paper found for {case!r}")


def crop_sheet(case: str, seed: int, index: int, reader: DigitReader) -> tuple[SheetReading, Paper]:
    """One sheet of a case at the level of crops, and what its paper says."""
    setting = HARSH if index % 2 else FIELD
    at = people_of(FORM, station_code(index), seed, setting, error_share=0.0)
    paper = dict(at.paper.figures)
    if case in BROKEN:
        paper = broken(case, paper, at.rng)
    pages = [page.number for page in FORM.pages]
    gone = int(at.rng.choice(pages)) if case == PAGE_GONE else 0
    strange = int(at.rng.choice(pages)) if case == STRANGER else 0
    usual = fill.OVERWRITTEN
    fill.OVERWRITTEN = 0.1 if case == OVER else usual
    photos = []
    for page in pages:
        if page == gone:
            continue
        own = (
            at if page != strange else people_of(FORM, station_code(index + 450), seed, setting, error_share=0.0)
        )
        figures = paper if page != strange else own.paper.figures
        paper |= {field.name: figures[field.name] for field in FORM.fields_of(page)}
        shot = shoot(FORM, page, figures, own.writer_of(FORM, page), own.habits, setting, own.size, own.rng)
        photos.append(PhotoReading(f"{page}.jpg", str(page), page, evidence=evidence((shot,), reader)))
    fill.OVERWRITTEN = usual
    return read_sheet(photos, FORM, voters_per_station=300), paper


def photo_sheet(case: str, seed: int, index: int) -> tuple[SheetReading, Paper]:
    """The same from whole photographs."""
    setting = HARSH if index % 2 else FIELD
    station, rng = station_code(index), generator(seed, "never", case, str(index))
    drawn = people_of(FORM, station, seed, setting, error_share=0.0).paper
    paper = dict(drawn.figures)
    if case in BROKEN:
        paper = broken(case, paper, rng)
    usual = fill.OVERWRITTEN
    fill.OVERWRITTEN = 0.1 if case == OVER else usual
    made = simulate_station(FORM, station, seed, setting, paper=_written(drawn, paper))
    photos = list(made.photos)
    if case == PAGE_GONE:
        photos.pop(int(rng.integers(len(photos))))
    if case == STRANGER:
        other = simulate_station(FORM, station_code(index + 450), seed, setting, error_share=0.0)
        page = int(rng.integers(len(photos)))
        photos[page] = other.photos[page]
        paper |= {field.name: other.truth[field.name] for field in FORM.fields_of(page + 1)}
    fill.OVERWRITTEN = usual
    readings = [read_photo(data, f"{number}.jpg", FORM) for number, data in enumerate(photos)]
    return read_sheet(readings, FORM, station=station, voters_per_station=300), paper


def _written(drawn: StationFigures, paper: Paper) -> StationFigures:
    return replace(drawn, figures=paper, counted=paper)


def outcome(sheet: SheetReading, paper: Mapping[str, int | None]) -> Counter[str]:
    """What became of a sheet."""
    found = compared(sheet, paper)
    errors = any(finding.severity is Severity.ERROR for finding in sheet.findings)
    mended = bool(found["wrong"]) and not found["refused"] and not errors
    return Counter(
        sheets=1, accepted=int(found["accepted"]), accepted_wrong=int(found["accepted"] and bool(found["wrong"])),
        mended=int(mended), wrong=len(found["wrong"]), figures=found["figures"],
    )  # fmt: skip


def work(job: tuple[str, int, int, int, bool]) -> tuple[str, bool, Counter[str]]:
    """Some sheets of a case, at the level of crops or of photographs."""
    case, seed, start, count, photos = job
    cv2.setNumThreads(1)
    reader = DigitReader()
    total: Counter[str] = Counter()
    for index in range(start, start + count):
        sheet, paper = photo_sheet(case, seed, index) if photos else crop_sheet(case, seed, index, reader)
        total.update(outcome(sheet, paper))
    return case, photos, total


def table(counts: Mapping[tuple[str, bool], Counter[str]]) -> str:
    """A row a case and level."""
    lines = [
        "| paper | level | sheets | accepted | accepted wrong | mended | figures given wrong |",
        "|---" * 7 + "|",
    ]
    for (case, photos), c in counts.items():
        cells = [share_told(c[key], c["sheets"]) for key in ("accepted", "accepted_wrong", "mended")]
        level = "photographs" if photos else "crops"
        wrong = share_told(c["wrong"], c["figures"], 2)
        lines.append(f"| {case} | {level} | {c['sheets']:,} | {' | '.join(cells)} | {wrong} |")
    return "\n".join(lines)


def main() -> None:
    """Make, read, count and print; with --write into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=500, help="of each case, at the level of crops")
    parser.add_argument("--photos", type=int, default=20, help="stations of each case, as photographs")
    parser.add_argument("--seed", type=int, default=53)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--case", choices=CASES, help="this one alone")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.case and options.write:
        parser.error("--write needs all cases: leave --case out")
    jobs = []
    for case in (options.case,) if options.case else CASES:
        for photos, count in ((False, options.sheets), (True, options.photos)):
            step = 10 if photos else 50
            jobs += [(case, options.seed, at, min(step, count - at), photos) for at in range(0, count, step)]
    counts: dict[tuple[str, bool], Counter[str]] = {}
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for case, photos, found in pool.map(work, jobs):
            counts.setdefault((case, photos), Counter()).update(found)
            print(f"\r{sum(c['sheets'] for c in counts.values())} sheets", end="", flush=True)
    text = table(counts)
    print("\n" + text)
    if options.write:
        counted = f"--sheets {options.sheets} --photos {options.photos} --seed {options.seed}"
        command = f"python -m benchmarks.never {counted}"
        body = f"<!-- never -->\n`{command}`:\n\n{text}\n<!-- end never -->"
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(
            re.sub(r"<!-- never -->.*?<!-- end never -->", lambda _: body, page, flags=re.S), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
