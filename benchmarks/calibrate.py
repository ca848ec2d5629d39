"""Fit the constants of weighing to tuning data: what the network's probabilities are worth.

    python -m benchmarks.sheets --sheets 3000 --seed 51 --to FOLDER --keep
    python -m benchmarks.calibrate --sheets FOLDER --write

First `heat`, `hardness` and `doubt` are those under which the boxes' true contents are likeliest, box by box.
Then `same_hand` is the one under which whole sheets are likeliest as they are written, all figures at once: only
this sees that boxes of one hand err together. Last it tells, for several thresholds of accepting, how many sheets
pass, what risk they claim and how many are wrong: `review.CERTAIN` is chosen by it. --write writes
models/weighing.json. Tuning seeds alone (1 to 99, 20240214 to 20240216) may be used.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.intervals import upper_bound
from benchmarks.sheets import CropSheet, kept_sheets
from sirekap.forms import FORMS, Form
from sirekap.reading.digits import CLASSES, DigitReader
from sirekap.reading.joint import Joint
from sirekap.reading.sums import BLANK, OTHER
from sirekap.reading.tuned import PATH, Tuned, tuned
from sirekap.reading.weigh import WeighedSheet, all_candidates, doubtfulness, softened, weigh_sheet

Array = npt.NDArray[np.float64]

UNUSED = [0, *(CLASSES.index(name) for name in ("blank", "x", "dash"))]
# below 1 one hand's boxes would count for more than many hands': not believed
HANDS = (1.0, 1.25, 1.5, 2.0)
LIMIT = 300  # voters at a simulated station
THRESHOLDS = (0.95, 0.98, 0.99, 0.995, 0.996, 0.998, 0.999, 0.9995, 0.9999, 0.99999)
FIT_SHEETS = 300  # sheets on which `same_hand` is fitted; the table is of all


@dataclass(frozen=True)
class Boxes:
    """Boxes with what they hold: class shares (n, 14), their photographs' mean doubt (n,), and which classes are
    right (n, 14): the digit, or for an unused leading box any filler and 0.
    """

    shares: Array
    doubt: Array
    right: npt.NDArray[np.bool_]


def boxes_of(form: Form, sheets: Sequence[CropSheet]) -> Boxes:
    """All boxes of some sheets."""
    shares, doubts, rights = [], [], []
    for sheet in sheets:
        for page in form.pages:
            fields = form.fields_of(page.number)
            rows = np.asarray([box for field in fields for box in sheet.evidence[field.name].digits])
            shares.append(rows)
            doubts.append(np.full(len(rows), doubtfulness(rows)))
            for field in fields:
                rights += _rights(sheet.truth[field.name], len(field.boxes))
    return Boxes(np.concatenate(shares), np.concatenate(doubts), np.asarray(rights))


def _rights(value: int | None, count: int) -> list[npt.NDArray[np.bool_]]:
    rows = []
    for symbol in " " * count if value is None else str(value).rjust(count):
        row = np.zeros(len(CLASSES), bool)
        # a figure left blank has no zeros either, unless a habit wrote them
        row[UNUSED if symbol == " " else [int(symbol)]] = True
        rows.append(row)
    return rows


def surprise(boxes: Boxes, heat: float, hardness: float, doubt: float) -> float:
    """The mean logarithm of what was given to what the boxes hold, negative: less is better."""
    temperature = np.exp(heat + hardness * boxes.doubt)[:, None]
    powers = np.maximum(boxes.shares, 1e-9) ** (1 / temperature)
    powers /= powers.sum(axis=1, keepdims=True)
    soft = (1 - doubt) * powers + doubt / len(CLASSES)
    return float(-np.log((soft * boxes.right).sum(axis=1)).mean())


def least(function: Callable[[Array], float], start: Sequence[float]) -> Array:
    """Where a smooth function of a few numbers is least: one coordinate after another, in shrinking steps."""
    place, step = np.asarray(start, np.float64), np.full(len(start), 0.4)
    best = function(place)
    while step.max() > 5e-3:
        for axis in range(len(place)):
            for sign in (1.0, -1.0):
                tried = place.copy()
                tried[axis] += sign * step[axis]
                value = function(tried)
                if value < best - 1e-9:
                    place, best = tried, value
                    step[axis] *= 1.5
                    break
            else:
                step[axis] *= 0.5
    return place


def fit_boxes(boxes: Boxes) -> tuple[float, float, float]:
    """(heat, hardness, doubt) that fit the boxes best; doubt is sought by its logarithm."""
    found = least(lambda at: surprise(boxes, at[0], at[1], float(np.exp(min(at[2], -1.0)))), (0.0, 1.0, -9.0))
    return float(found[0]), float(found[1]), float(np.exp(found[2]))


def sheet_surprise(form: Form, sheets: Sequence[CropSheet], constants: Tuned) -> float:
    """The mean logarithm, negative, of the posterior of whole sheets as they are written."""
    total = 0.0
    for sheet in sheets:
        candidates = all_candidates(form, softened(form, sheet.evidence, constants), LIMIT)
        joint = Joint(candidates, form.equations)
        choice = {}
        for name, own in candidates.items():
            truth = sheet.truth[name]
            found = np.flatnonzero(own.values == (BLANK if truth is None else truth))
            choice[name] = int(found[0]) if len(found) else int(np.flatnonzero(own.values == OTHER)[0])
        total -= float(np.log(max(joint.of(choice), 1e-12)))
    return total / len(sheets)


def risks(form: Form, sheets: Sequence[CropSheet], constants: Tuned) -> str:
    """What each threshold would accept: sheets, risk claimed, wrong ones, by difficulty."""
    rows: list[tuple[str, bool, float, bool, bool]] = []
    for sheet in sheets:
        found = weigh_sheet(form, sheet.evidence, LIMIT, constants)
        values = {name: own.figure.value for name, own in found.figures.items()}
        refused = any(own.ground.refused for own in found.figures.values())
        holds = not refused and _holds(form, values)
        if holds and found.sure >= THRESHOLDS[0] and values != sheet.truth:
            print("wrong:", sheet.index, sheet.setting, found.sure, _told(found, sheet))
        rows.append((sheet.setting, sheet.consistent, found.sure if holds else 0.0, values == sheet.truth, holds))
    lines = ["| | threshold | accepted, of those that add up | mean risk claimed | wrong | at most (95 %) |"]
    lines.append("|---|---|---|---|---|---|")
    for setting in ("field", "harsh"):
        own = [row for row in rows if row[0] == setting]
        for threshold in THRESHOLDS:
            accepted = [row for row in own if row[2] >= threshold]
            wrong = sum(not row[3] for row in accepted)
            share = sum(row[1] for row in accepted) / max(1, sum(row[1] for row in own))
            claimed = sum(1 - row[2] for row in accepted) / max(1, len(accepted))
            lines.append(
                f"| {setting.upper()} | {threshold} | {len(accepted):,} ({100 * share:.1f} %) "
                f"| 1 in {1 / max(claimed, 1e-12):,.0f} | {wrong} "
                f"| 1 in {1 / upper_bound(wrong, len(accepted)):,.0f} |"
            )
    return "\n".join(lines)


def _told(sheet: WeighedSheet, paper: CropSheet) -> list[tuple[str, object, object, float, float]]:
    """Wrong figures: name, written, given, likelihood of what its boxes show best, posterior."""
    return [
        (name, paper.truth[name], own.figure.value, round(own.likelihood, 5), round(own.posterior, 5))
        for name, own in sheet.figures.items()
        if own.figure.value != paper.truth[name]
    ]


def _holds(form: Form, values: dict[str, int | None]) -> bool:
    """Whether a sheet as read breaks no rule: the finding of a wrong sum or of a required blank."""
    for equation in form.equations:
        numbers = [values[name] for name in (equation.total, *equation.parts)]
        known = [number for number in numbers if number is not None]
        if known and (len(known) < len(numbers) or known[0] != sum(known[1:])):
            return False
    return all(values[field.name] is not None or field.may_be_blank for field in form.fields)


def fit(form: Form, sheets: Sequence[CropSheet]) -> Tuned:
    """The constants that fit the sheets best; tells what they gain."""
    boxes = boxes_of(form, sheets)
    heat, hardness, doubt = fit_boxes(boxes)
    print(f"{len(boxes.shares):,} boxes: {surprise(boxes, 0, 0, 1e-9):.5f} as given by the network, "
          f"{surprise(boxes, heat, hardness, doubt):.5f} fitted: heat {heat:.3f}, hardness {hardness:.3f}, "
          f"doubt {doubt:.2e}", flush=True)  # fmt: skip
    hands = {
        hand: sheet_surprise(form, sheets[:FIT_SHEETS], Tuned(heat, hardness, doubt, hand)) for hand in HANDS
    }
    for hand, value in hands.items():
        print(f"same_hand {hand}: {value:.5f}")
    return Tuned(round(heat, 4), round(hardness, 4), float(f"{doubt:.2e}"), min(hands, key=lambda h: hands[h]))


def main() -> None:
    """Fit, tell, and with --write ship."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=Path, required=True, help="folder of benchmarks.sheets --keep")
    parser.add_argument("--form", default="C.HASIL-PPWP/2024", choices=sorted(FORMS))
    parser.add_argument("--keep-constants", action="store_true", help="fit nothing: the last table alone")
    parser.add_argument("--write", action="store_true", help="write models/weighing.json")
    options = parser.parse_args()
    form = FORMS[options.form]
    sheets = list(kept_sheets(options.sheets))
    fitted = tuned() if options.keep_constants else fit(form, sheets)
    print(fitted)
    print(risks(form, sheets, fitted), flush=True)
    if options.write:
        tree = fitted.as_json() | {"digits": DigitReader().card["sha256"], "sheets": len(sheets)}
        PATH.write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
