"""The reader against paper, ink and camera that its own simulator had no part in.

    SIREKAP_SHARED=FOLDER python -m benchmarks.official --stations 60 --write

KPU's blank forms are filled with the ink of real digit boxes (`official_paper`) and photographed by a second
camera (`official_camera`), easy, field and hard. Tuning: the tuning split and seeds below 100. The reported
run is of the test split and of TEST_SEED. It needs files that are not part of the project, and says so without.
Printed forms and boxes are real, photographs are still made: what it says of real ones is an estimate, no more.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy import compared
from benchmarks.intervals import share_told, upper_bound
from benchmarks.official_camera import SETTINGS, Shot, shoot
from benchmarks.official_paper import Absent, needed, sheet
from sirekap.forms import FORMS, Form

if TYPE_CHECKING:
    from sirekap.reading.model import PhotoReading

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
DEFAULT_FORM = "C.HASIL-PPWP/2024"
TUNING_SEED, TEST_SEED = 61, 20240611  # the second was read once, after all tuning
# mm on a sheet of 900 mm by which a box may lie off; the copy is printed 1 mm and more off its form
NEAR = {DEFAULT_FORM: 2.0, "C.HASIL-SALINAN-PPWP/2024": 3.0}
HEAD = (
    "| photographs | pages found | refused | misplaced | figures right | refused | silently wrong "
    "| sheets accepted, of those that add up | accepted with a wrong figure |"
)
Job = tuple[str, str, str, int, int, str]


def photographs(form: Form, setting: str, split: str, seed: int, index: int) -> tuple[Any, list[Shot]]:
    """A station's paper (`camera.stations.StationFigures`) and the photographs of its pages."""
    rng = np.random.default_rng([seed, index, zlib.crc32(form.id.encode())])
    filled = sheet(form, split, rng)
    rng = np.random.default_rng([seed, index, zlib.crc32(f"{form.id} {setting}".encode())])
    return filled.paper, [shoot(page, SETTINGS[setting], rng) for page in filled.pages]


def work(job: Job) -> dict[str, Any]:
    """Make, photograph and read one station; with a folder (outside the repository) keep what went wrong."""
    import cv2

    from sirekap.reading.sheet import read_photo, read_sheet

    cv2.setNumThreads(1)
    form_id, setting, split, seed, index, keep = job
    form = FORMS[form_id]
    paper, shots = photographs(form, setting, split, seed, index)
    readings = [read_photo(shot.data, f"p{number}.jpg", form) for number, shot in enumerate(shots, 1)]
    pages = []
    for number, (shot, reading) in enumerate(zip(shots, readings, strict=True), 1):
        kind, off = "found", 0.0
        if reading.page is None or not reading.evidence:
            kind = "refused"
        else:
            off = _off(form, shot, reading) if reading.page == number else float("inf")
            kind = "misplaced" if off > NEAR[form_id] else kind
        said = reading.problem or "; ".join(remark.said("en") for remark in reading.remarks)
        pages.append((kind, round(float(off), 2), said))
        if keep and kind != "found":
            Path(keep, f"{setting}-{seed}-{index}-{number}.jpg").write_bytes(shot.data)
    found = read_sheet(readings, form, station=None, voters_per_station=300)
    one = compared(found, paper.figures) | {"setting": setting, "index": index, "consistent": paper.consistent,
                                            "slip": paper.slip, "pages": pages}  # fmt: skip
    if keep and one["wrong"]:
        for number, shot in enumerate(shots, 1):
            Path(keep, f"{setting}-{seed}-{index}-{number}.jpg").write_bytes(shot.data)
    return one


def _off(form: Form, shot: Shot, reading: PhotoReading) -> float:
    """How far the worst box that was read lies from its true place, in mm of a sheet of 900 mm."""
    worst = 0.0
    for name, boxes in reading.boxes.items():
        if all(len(set(box)) == 1 for box in reading.evidence[name].digits):
            continue  # told as not seen
        for box, quad in zip(form.field(name).boxes, boxes, strict=True):
            true = np.asarray([shot.at(x / form.width, y / form.height) for x, y in box.corners])
            mm = np.hypot(box.w, box.h) / float(np.linalg.norm(true[2] - true[0])) * 900 / form.height
            worst = max(worst, float(np.linalg.norm(np.asarray(quad) - true, axis=1).max()) * mm)
    return worst


def counted(results: list[dict[str, Any]]) -> Counter[str]:
    """Pages, figures and sheets of one setting."""
    counts: Counter[str] = Counter()
    for one in results:
        for kind, *_ in one["pages"]:
            counts["pages"] += 1
            counts[kind] += 1
        counts["figures"] += one["figures"]
        counts["unread"] += len(one["refused"])
        counts["wrong"] += len(one["wrong"])
        counts["consistent"] += one["consistent"]
        counts["accepted"] += one["accepted"]
        counts["accepted_consistent"] += one["accepted"] and one["consistent"]
        counts["accepted_wrong"] += one["accepted"] and bool(one["wrong"])
    return counts


def row(name: str, c: Counter[str]) -> str:
    """One line of the table."""
    at_most = upper_bound(c["accepted_wrong"], c["accepted"])
    right = c["figures"] - c["unread"] - c["wrong"]
    cells = [
        name,
        *(share_told(c[kind], c["pages"]) for kind in ("found", "refused", "misplaced")),
        *(share_told(many, c["figures"], 2) for many in (right, c["unread"], c["wrong"])),
        f"{share_told(c['accepted_consistent'], c['consistent'])} of {c['consistent']}",
        f"{c['accepted_wrong']} of {c['accepted']} (at most {100 * at_most:.1f} %)",
    ]
    return f"| {' | '.join(cells)} |"


def run(jobs: list[Job], workers: int) -> Iterator[dict[str, Any]]:
    """All stations, in as many processes as are asked for."""
    if workers == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(work, jobs)


def main() -> int:
    """Print the table and what went wrong; with --write put it into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", default=DEFAULT_FORM, choices=[DEFAULT_FORM, "C.HASIL-SALINAN-PPWP/2024"])
    parser.add_argument("--stations", type=int, default=15)
    parser.add_argument("--settings", nargs="+", default=[*SETTINGS], choices=[*SETTINGS])
    parser.add_argument("--seed", type=int, help=f"{TUNING_SEED}, or {TEST_SEED} with --write")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", default="", help="folder outside the repository for what went wrong")
    parser.add_argument("--notes", type=Path, help="write every station, one JSON a line")
    parser.add_argument("--write", action="store_true", help="test split and test seed, into docs/reading.md")
    options = parser.parse_args()
    try:
        needed(options.form)
    except Absent as error:
        print(error, file=sys.stderr)
        return 2
    seed = options.seed or (TEST_SEED if options.write else TUNING_SEED)
    split = "test" if seed == TEST_SEED else "tuning"
    lines, results = [HEAD, "|---" * 9 + "|"], []
    for setting in options.settings:
        jobs = [(options.form, setting, split, seed, index, options.keep) for index in range(options.stations)]
        found = []
        for one in run(jobs, options.workers):
            found.append(one)
            told = [(number, *page) for number, page in enumerate(one["pages"], 1) if page[0] != "found"]
            if told or one["wrong"] or (one["consistent"] and not one["accepted"]):
                print(setting, one["index"], told, "wrong:", one["wrong"], "refused:", len(one["refused"]),
                      one["refused"][:6], one["rules"], flush=True)  # fmt: skip
        results += found
        lines.append(row(setting, counted(found)))
    if options.notes:
        options.notes.write_text("".join(json.dumps(one) + "\n" for one in results), encoding="utf-8")
    text = "\n".join(lines)
    print(text)
    if options.write:
        mark = f"<!-- official {options.form} -->"
        body = f"{mark}\n{options.form}, {options.stations} stations each, seed {seed}, test split:\n\n"
        body += f"{text}\n<!-- end official -->"
        page = PAGE.read_text(encoding="utf-8")
        pattern = rf"{re.escape(mark)}.*?<!-- end official -->"
        PAGE.write_text(re.sub(pattern, lambda _: body, page, flags=re.S), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
