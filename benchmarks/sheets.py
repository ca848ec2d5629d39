"""Tens of thousands of sheets at the level of crops: how many are accepted, and how many of these are wrong.

    python -m benchmarks.sheets --sheets 30000 --seed S --to FOLDER [--jobs 2] [--write]

Every other sheet is FIELD, the others HARSH. Truth, paper, hands and cameras are those of the simulated
photographs (`crop_level`); boxes are classified, weighed and decided by the code that reads photographs. What was
done stands in FOLDER, a file a hundred sheets, and is not done again. Prints right, refused and silently wrong
apart, with Wilson intervals, and for wrong accepted sheets the exact bound (Clopper and Pearson; 3/n where none).
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from benchmarks.accuracy import compared, station_code
from benchmarks.crop_level import evidence, shoot
from benchmarks.intervals import share_told, upper_bound
from sirekap.camera.photograph import FIELD, HARSH
from sirekap.camera.simulate import people_of
from sirekap.forms import FORMS, Form
from sirekap.reading.digits import DigitReader
from sirekap.reading.model import Evidence, PhotoReading
from sirekap.reading.sheet import read_sheet

CHUNK = 100
HEAD = (
    "| | sheets | accepted, of those that add up | accepted with a wrong figure | at most (95 %) "
    "| mean risk claimed | figures right | refused | silently wrong |"
)
PAGE = Path(__file__).parent.parent / "docs" / "reading.md"


@dataclass(frozen=True)
class CropSheet:
    """A sheet as its boxes and bubbles were read."""

    index: int
    setting: str
    truth: dict[str, int | None]
    consistent: bool
    evidence: dict[str, Evidence]


def made(form: Form, seed: int, start: int, count: int) -> Iterator[CropSheet]:
    """Sheets `start` and following of a seed."""
    cv2.setNumThreads(1)
    reader = DigitReader()
    for index in range(start, start + count):
        setting = HARSH if index % 2 else FIELD
        at = people_of(form, station_code(index // 2), seed, setting)
        shots = tuple(
            shoot(
                form, page.number, at.paper.figures, at.writer_of(form, page.number), at.habits, setting,
                at.size, at.rng,
            )
            for page in form.pages
        )  # fmt: skip
        yield CropSheet(index, setting.name, at.paper.figures, at.paper.consistent, evidence(shots, reader))


def decided(form: Form, sheet: CropSheet) -> dict[str, Any]:
    """The sheet read and compared with its paper, as from photographs that were found."""
    photos = [
        PhotoReading(
            f"{page.number}.jpg", f"{page.number}", page.number,
            evidence={field.name: sheet.evidence[field.name] for field in form.fields_of(page.number)},
        )
        for page in form.pages
    ]  # fmt: skip
    reading = read_sheet(photos, form, station=None, voters_per_station=300)
    return {"index": sheet.index, "setting": sheet.setting, "consistent": sheet.consistent} | compared(
        reading, sheet.truth
    )


def work(job: tuple[str, int, int, int, str, bool]) -> list[dict[str, Any]]:
    """A chunk of sheets, from its file where it was done before."""
    form_id, seed, start, count, folder, keep = job
    name = f"{form_id.replace('/', '-')}-{seed}-{start:06d}-{count}"
    path = Path(folder) / f"{name}.json"
    kept = path.with_suffix(".pickle")
    if not path.exists():
        form = FORMS[form_id]
        sheets = list(made(form, seed, start, count))
        done = [decided(form, sheet) for sheet in sheets]
        if keep:
            kept.write_bytes(pickle.dumps(sheets))
        path.with_suffix(".part").write_text(json.dumps(done), encoding="utf-8")
        path.with_suffix(".part").rename(path)
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def kept_sheets(folder: Path) -> Iterator[CropSheet]:
    """Sheets whose evidence was kept with --keep, in order."""
    for path in sorted(folder.glob("*.pickle")):
        yield from pickle.loads(path.read_bytes())


def table(results: Iterable[dict[str, Any]]) -> str:
    """Figures and sheets by difficulty."""
    counts: dict[str, Counter[str]] = {}
    for one in results:
        for name in (one["setting"].upper(), "both"):
            counts.setdefault(name, Counter()).update(_counted(one))
    lines = [HEAD, "|---" * 9 + "|"]
    for name, c in counts.items():
        cells = [
            f"{c['sheets']:,}",
            share_told(c["accepted_consistent"], c["consistent"]),
            f"{c['accepted_wrong']} of {c['accepted']:,}",
            f"1 in {1 / upper_bound(c['accepted_wrong'], c['accepted']):,.0f}",
            f"1 in {c['accepted'] / max(1e-9, c['risk'] / 1e9):,.0f}",
            share_told(c["right"], c["figures"], 3),
            share_told(c["refused"], c["figures"], 3),
            share_told(c["wrong"], c["figures"], 3),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _counted(one: dict[str, Any]) -> Counter[str]:
    figures, refused, wrong = one["figures"], len(one["refused"]), len(one["wrong"])
    accepted = one["accepted"]
    return Counter(
        sheets=1,
        consistent=int(one["consistent"]),
        accepted=int(accepted),
        accepted_consistent=int(accepted and one["consistent"]),
        accepted_wrong=int(accepted and bool(wrong)),
        risk=round(1e9 * (1 - one["sure"])) if accepted else 0,
        figures=figures,
        refused=refused,
        wrong=wrong,
        right=figures - refused - wrong,
    )


def main() -> None:
    """Make, read, count and print; with --write into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=30_000)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--form", default="C.HASIL-PPWP/2024", choices=sorted(FORMS))
    parser.add_argument("--to", type=Path, required=True, help="folder of what is done, outside the repository")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the evidence too, for benchmarks.calibrate")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reading.md")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    from benchmarks import sheets  # what is kept names its class by this module, not by __main__

    jobs = [
        (options.form, options.seed, start, min(CHUNK, options.sheets - start), str(options.to), options.keep)
        for start in range(0, options.sheets, CHUNK)
    ]
    results: list[dict[str, Any]] = []
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(sheets.work, jobs):
            results += found
            print(f"\r{len(results)} sheets", end="", flush=True)
    print()
    for one in results:
        if one["accepted"] and one["wrong"]:
            print("accepted wrong:", json.dumps(one))
    text = table(results)
    print(text)
    if options.write:
        command = f"python -m benchmarks.sheets --sheets {options.sheets} --seed {options.seed}"
        body = f"<!-- sheets -->\n`{command}`:\n\n{text}\n<!-- end sheets -->"
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(
            re.sub(r"<!-- sheets -->.*?<!-- end sheets -->", lambda _: body, page, flags=re.S), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
