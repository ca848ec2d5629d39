"""Whether pages are found when things go wrong: each of the simulator's conditions, right, refused or misplaced.

    python -m benchmarks.finding --photos 12 --write
    python -m benchmarks.finding --form C.HASIL-SALINAN-PPWP/2024 --photos 12 --write

A photograph is right where its page is known and every box that is read lies within 2 mm of the truth, on a sheet
of 900 mm (on A4 that is 0.66 mm); refused where a problem is told in words; misplaced where anything else is
read. Seeds are tuning seeds: finding was bettered by looking at them.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.compare import told

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
DEFAULT_FORM = "C.HASIL-PPWP/2024"
SEED = 53  # a tuning seed, as all that finding was bettered on
NEAR = 2.0  # mm on a sheet of 900 mm
HEIGHT = 2000  # px at which pages are drawn
RIGHT, REFUSED, MISPLACED = "right", "refused", "misplaced"


@dataclass(frozen=True)
class Outcome:
    """What became of one photograph: `unread` are figures told as not seen, `off` the worst box in mm."""

    condition: str
    number: int
    kind: str
    unread: int
    off: float
    seconds: float
    said: str


@lru_cache(maxsize=64)
def _filled(form_id: str, page: int, seed: int, who: str) -> Any:
    from sirekap.camera.fill import fill_page
    from sirekap.camera.handwriting import Writer
    from sirekap.camera.simulate import generator, pen_for
    from sirekap.camera.stations import regional_shares, station_figures
    from sirekap.forms import FORMS

    form, rng = FORMS[form_id], generator(seed, "finding", who)
    figures = station_figures(form, rng, regional_shares(form.tickets, rng), 300).figures
    writer = pen_for(form, Writer.random(rng))
    return fill_page(form, page, figures, writer, rng, px_per_mm=HEIGHT / form.height)


def subject(form_id: str, page: int, seed: int) -> Any:
    """A filled page (`camera.conditions.Subject`) of a made-up station of a seed."""
    from sirekap.camera.conditions import Subject
    from sirekap.forms import FORMS

    form = FORMS[form_id]
    other = page % len(form.pages) + 1
    pictures = (
        _filled(form_id, page, seed, "a"),
        _filled(form_id, other, seed, "a"),
        _filled(form_id, page, seed, "b"),
    )
    return Subject(form, page, *pictures, HEIGHT / form.height)


def photo(form_id: str, condition: str, number: int, seed: int = SEED) -> tuple[int, Any]:
    """The page's number, and the photograph (`camera.conditions.Case`) of one condition; pages take turns."""
    from sirekap.camera.conditions import conditions_of
    from sirekap.camera.simulate import generator
    from sirekap.forms import FORMS

    form = FORMS[form_id]
    page = number % len(form.pages) + 1
    rng = generator(seed, "finding", condition, str(number))
    return page, conditions_of(form)[condition](subject(form_id, page, seed), rng)


def judged(form_id: str, page: int, case: Any, condition: str = "", number: int = 0) -> Outcome:
    """What reading makes of a photograph, against where its page truly lies."""
    import cv2

    from sirekap.forms import FORMS
    from sirekap.reading.boxes import place_fields
    from sirekap.reading.decode import decode
    from sirekap.reading.page import find_page
    from sirekap.reading.photo import read_photo
    from sirekap.reading.size import reading_form

    form = FORMS[form_id]
    start = time.process_time()
    reading = read_photo(case.data, "photo", form)
    seconds = time.process_time() - start
    said = reading.problem or "; ".join(remark.said("en") for remark in reading.remarks)
    if reading.page is None or not reading.evidence:
        return Outcome(condition, number, REFUSED, 0, 0.0, seconds, said)
    if case.shot is None or reading.page != page:
        return Outcome(
            condition, number, MISPLACED, 0, float("inf"), seconds, f"read as page {reading.page}; {said}"
        )
    large = reading_form(form)
    grey = np.asarray(cv2.cvtColor(decode(case.data).image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = find_page(grey, large)
    assert found is not None, "what was read must be found again"
    off, seen = 0.0, 0
    for item in place_fields(grey, large, found):
        if item.field.name not in reading.evidence or _told_nothing(reading.evidence[item.field.name]):
            continue
        seen += 1
        truth = form.field(item.field.name)
        for index, box in enumerate(truth.boxes):
            laid = np.column_stack([np.asarray(item.box(index).corners), np.ones(4)]) @ item.matrix.T
            gap = np.linalg.norm(laid[:, :2] / laid[:, 2:] - case.shot.at(box.corners), axis=1).max()
            around = case.shot.at([box.corners[0], box.corners[2]])
            mm = np.hypot(box.w, box.h) / float(np.linalg.norm(around[1] - around[0]))
            off = max(off, float(gap) * mm * large.height / form.height)
    kind = RIGHT if off <= NEAR else MISPLACED
    return Outcome(condition, number, kind, len(form.fields_of(page)) - seen, off, seconds, said)


def _told_nothing(evidence: Any) -> bool:
    return all(len(set(box)) == 1 for box in evidence.digits)


def outcomes(form_id: str, photos: int, seed: int, workers: int, only: str = "") -> Iterator[Outcome]:
    """What becomes of `photos` photographs of each condition whose name holds `only`."""
    from sirekap.camera.conditions import conditions_of
    from sirekap.forms import FORMS

    jobs = [
        (form_id, name, number, seed)
        for name in conditions_of(FORMS[form_id]) if only in name
        for number in range(photos)
    ]  # fmt: skip
    if workers == 1:
        yield from map(_one, jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(_one, jobs, chunksize=8)


def _one(job: tuple[str, str, int, int]) -> Outcome:
    import cv2

    cv2.setNumThreads(1)
    form_id, name, number, seed = job
    return judged(form_id, *photo(form_id, name, number, seed), name, number)


def table(found: list[Outcome]) -> str:
    """The outcomes as a table for the documentation."""
    lines = [
        "| condition | right | refused | misplaced | figures told unseen | worst box (mm) | median CPU s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in [*dict.fromkeys(one.condition for one in found), "all"]:
        part = [one for one in found if name in (one.condition, "all")]
        kinds = Counter(one.kind for one in part)
        shares = " | ".join(told(kinds[kind], len(part)) for kind in (RIGHT, REFUSED, MISPLACED))
        worst = max((one.off for one in part if one.kind == RIGHT), default=0.0)
        unread = sum(one.unread for one in part)
        lines.append(
            f"| {name} | {shares} | {unread} | {worst:.1f} | {np.median([one.seconds for one in part]):.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table, and what went wrong; with --write put it into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", default=DEFAULT_FORM)
    parser.add_argument("--photos", type=int, default=6, help="photographs of each condition")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="", help="only conditions whose name holds this")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = []
    for one in outcomes(options.form, options.photos, options.seed, options.workers, options.only):
        found.append(one)
        if one.kind != RIGHT:
            print(
                f"{one.condition} #{one.number}: {one.kind}, {one.off:.1f} mm, {one.seconds:.1f} s; {one.said}",
                flush=True,
            )
    print(table(found))
    if options.write:
        mark = f"<!-- finding {options.form} -->"
        text = PAGE.read_text("utf-8")
        body = f"{mark}\n{table(found)}\n<!-- end -->"
        PAGE.write_text(re.sub(rf"{re.escape(mark)}.*?<!-- end -->", lambda _: body, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
