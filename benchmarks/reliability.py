"""Whether a probability means what it says: confidence against what was observed, as an SVG for docs/reading.md.

    python -m benchmarks.gathered --stations 120 --seed 41 --setting HARSH --to FOLDER
    python -m benchmarks.gathered --stations 120 --seed 42 --setting FIELD --to FOLDER
    python -m benchmarks.reliability --kept FOLDER --out docs/pictures/reliability.svg

From tuning data alone, photographed as a whole. Every figure counts, also one that was refused, with its
likeliest value; so does every box that holds a digit, with its likeliest class after `soften`; and every sheet of
which each figure was given, with the probability that all are right.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from math import log10
from pathlib import Path

import numpy as np

from benchmarks.compare import wilson
from benchmarks.gathered import Gathered, load
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.tuned import tuned
from sirekap.reading.weigh import softened, weigh_sheet

EDGES = (0.0, 0.5, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997, 1.0)
FONT = 'font-family="system-ui,sans-serif" font-size="13" role="img"'
SIDE, MARGIN, LEAST = 460, 70, 1e-4  # px; the least share of errors that is drawn

Bin = tuple[float, int, int]  # mean confidence, right, count
Pairs = list[tuple[float, bool]]


def bins(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Confidence and outcome, gathered in bins that grow finer towards certainty."""
    found = []
    for low, high in pairwise(EDGES):
        here = [pair for pair in pairs if low <= pair[0] < high or pair[0] == high == 1.0]
        if here:
            found.append((sum(p for p, _ in here) / len(here), sum(right for _, right in here), len(here)))
    return found


def _at(share: float) -> float:
    """Where a probability lies on an axis of errors: 0 for one half wrong and more, 1 for LEAST."""
    wrong = min(0.5, max(LEAST, 1 - share))
    return (log10(0.5) - log10(wrong)) / (log10(0.5) - log10(LEAST))


def svg(series: dict[str, list[Bin]]) -> str:
    """The diagram: one mark a bin with its 95 % interval; on the line, confidence is what it says."""

    def x(share: float) -> float:
        return MARGIN + SIDE * _at(share)

    def y(share: float) -> float:
        return MARGIN / 2 + SIDE * (1 - _at(share))

    width, height = SIDE + MARGIN + 30, SIDE + 1.6 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 0 {width + 48:.0f} {height:.0f}" {FONT}>',
        "<title>Confidence against what was observed</title>",
        f'<rect x="-24" width="{width + 48:.0f}" height="{height:.0f}" fill="#fff"/>',
    ]
    for share, text in ((0.5, "≤ 50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "≥ 99.99 %")):
        parts.append(f'<path d="M{x(share):.1f} {y(0.5):.1f}V{y(0.9999):.1f}M{x(0.5):.1f} {y(share):.1f}'
                     f'H{x(0.9999):.1f}" stroke="#ddd"/>')  # fmt: skip
        parts.append(f'<text x="{x(share):.1f}" y="{y(0.5) + 18:.1f}" text-anchor="middle">{text}</text>')
        parts.append(f'<text x="{x(0.5) - 6:.1f}" y="{y(share) + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<path d="M{x(0.5)} {y(0.5)}L{x(0.9999)} {y(0.9999)}" stroke="#555" stroke-dasharray="5 4"/>')
    styles = (("#0072b2", -4), ("#d55e00", 0), ("#009e73", 4))
    for number, ((name, found), (colour, shift)) in enumerate(zip(series.items(), styles, strict=False)):
        for mean, right, count in found:
            low, high = wilson(right, count)
            at = x(mean) + shift
            parts.append(f'<path d="M{at:.1f} {y(low):.1f}V{y(high):.1f}" stroke="{colour}" stroke-width="2"/>')
            parts.append(_mark(at, y(right / count), number, colour))
        row = MARGIN / 2 + 20 + 20 * number
        parts.append(_mark(x(0.5) + 16, row - 4, number, colour))
        parts.append(f'<text x="{x(0.5) + 28:.1f}" y="{row:.1f}">{name}</text>')
    parts.append(f'<text x="{x(0.985):.0f}" y="{height - 8:.0f}" text-anchor="middle">confidence</text>')
    parts.append(
        f'<text x="{x(0.5) + 8:.0f}" y="{MARGIN / 2 - 12:.0f}">observed right, with 95 % interval</text></svg>'
    )
    return "\n".join(parts) + "\n"


def _mark(x: float, y: float, number: int, colour: str) -> str:
    """A circle for the first series, a square for the second, a smaller one turned for the third."""
    if number == 2:
        return f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" fill="{colour}"/>'
    if number == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{colour}"/>'


def measured(stations: Sequence[Gathered]) -> dict[str, Pairs]:
    """(confidence, right) of figures, boxes and sheets."""
    found: dict[str, Pairs] = {"figures": [], "boxes": [], "sheets": []}
    for one in stations:
        evidence = {name: item for photo in one.photos for name, item in photo.evidence.items()}
        sheet = weigh_sheet(FORM, evidence, 300)
        for name, own in sheet.figures.items():
            truth = one.truth[name]
            given = (
                own.figure.value == truth
                if not own.ground.refused
                else own.winner == (-1 if truth is None else truth)
            )
            confidence = own.posterior if own.ground.refused else own.figure.confidence
            found["figures"].append((confidence, given))
        for name, item in softened(FORM, evidence, tuned()).items():
            for symbol, row in zip(str(one.truth[name] or "").rjust(len(item.digits)), item.digits, strict=True):
                if symbol != " ":
                    found["boxes"].append((max(row), str(int(np.argmax(row))) == symbol))
        if sheet.sure > 0 and len(sheet.figures) == len(FORM.fields):
            right = all(own.figure.value == one.truth[name] for name, own in sheet.figures.items())
            found["sheets"].append((sheet.sure, right))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Measure, draw, and print the bins as a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True, help="folder of benchmarks.gathered")
    options = parser.parse_args(arguments)
    series = {name: bins(pairs) for name, pairs in measured(list(load(options.kept))).items()}
    options.out.write_text(svg(series), encoding="utf-8")
    print("| | confidence | observed | right | of |\n|---|---|---|---|---|")
    for name, found in series.items():
        for mean, right, count in found:
            print(f"| {name} | {100 * mean:.2f} % | {100 * right / count:.2f} % | {right} | {count} |")


if __name__ == "__main__":
    main()
