"""KPU's own blank forms filled with the ink of real digit boxes: paper that the simulator had no part in.

Blanks and boxes lie outside the repository (`folder`). Of a box's picture only the ink is taken: how much darker
than its own paper each pixel is, with frame and guide dots left behind, laid over the official box by
multiplication. Tally marks, bubbles, words and signatures are drawn here, not by `sirekap.camera`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.stations import StationFigures, regional_shares, station_figures
from sirekap.forms import Field, Form, Rect, TallyGrid
from sirekap.forms.words import number_words

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

BOXES = "digits/c-hasil-2024-digit-crops.zip"
BLANKS = {
    "C.HASIL-PPWP/2024": "forms/C.HASIL-PPWP.pdf",
    "C.HASIL-SALINAN-PPWP/2024": "forms/C.HASIL_SALINAN-PPWP.pdf",
}
HEIGHT = 3000  # px of a page
NEIGHBOURS = 10  # files of a class that follow each other: often one hand
PENS = ((0.50, 0.22, 0.16), (0.62, 0.33, 0.20), (0.13, 0.12, 0.12), (0.28, 0.26, 0.26))  # blue, green, red kept
MOST_RING = 0.15  # of a box's rim
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_PLAIN)


class Absent(Exception):
    """What lies outside the repository, or the program that draws it, is not there."""


def folder() -> Path:
    """The shared folder, from SIREKAP_SHARED or beside the checkout."""
    return Path(os.environ.get("SIREKAP_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def needed(form_id: str) -> tuple[Path, Path]:
    """The blank form and the real boxes. Raises Absent, in words, where they or poppler are missing."""
    if form_id not in BLANKS:
        raise Absent(f"no official blank of {form_id} is known, expected one of {', '.join(BLANKS)}")
    paths = (folder() / BLANKS[form_id], folder() / BOXES)
    for path in paths:
        if not path.exists():
            raise Absent(f"{path.name} is not part of the project; set SIREKAP_SHARED to its folder")
    if shutil.which("pdftoppm") is None:
        raise Absent("pdftoppm is absent; install poppler-utils")
    return paths


@lru_cache(maxsize=8)
def blank(form: Form, page: int) -> Image:
    """One official page, BGR, HEIGHT px high. The SALINAN is the framed picture on its annex's page."""
    source, _ = needed(form.id)
    with tempfile.TemporaryDirectory() as work:
        number = str(page)
        size = ["-r", "400"] if form.pages[0].tag is None else ["-scale-to-x", "-1", "-scale-to-y", str(HEIGHT)]
        command = ["pdftoppm", *size, "-f", number, "-l", number, "-singlefile", str(source), f"{work}/page"]
        subprocess.run(command, check=True)
        picture = np.asarray(cv2.imread(f"{work}/page.ppm"), np.uint8)
    if form.pages[0].tag is None:
        dark = picture.min(axis=2) < 170
        columns = np.flatnonzero(dark.sum(axis=0) > 0.7 * 0.81 * len(dark))
        rows = np.flatnonzero(dark[:, columns[0] : columns[-1]].sum(axis=1) > 0.97 * (columns[-1] - columns[0]))
        picture = picture[rows[0] + 8 : rows[-1] - 8, columns[0] + 8 : columns[-1] - 8]
    size_px = (round(HEIGHT * form.width / form.height), HEIGHT)
    return np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=2)
def inks(split: str) -> dict[str, list[Floats]]:
    """Class ('0' … '9', 'x') -> the ink of its real boxes of one split ('tuning' or 'test'), in file order."""
    from training.data import corrections, real_boxes

    found: dict[str, list[Floats]] = {}
    for box in real_boxes(folder() / BOXES, corrections()):
        if box.split == split and box.label in "0123456789x":
            ink = _without_frame(ink_of(box.picture))
            if _ring(ink) < MOST_RING:
                found.setdefault(box.label, []).append(ink)
    return found


def _without_frame(ink: Floats) -> Floats:
    """The ink without straight lines along a side: a frame that was printed or cut askew."""
    count, pieces, about, _ = cv2.connectedComponentsWithStats((ink > 0.4).astype(np.uint8), connectivity=8)
    height, width = ink.shape
    for piece in range(1, count):
        x, y, w, h = (int(v) for v in about[piece][:4])
        level = w > 0.6 * width and h < 0.14 * height and not 0.2 < (y + h / 2) / height < 0.8
        upright = h > 0.6 * height and w < 0.14 * width and not 0.2 < (x + w / 2) / width < 0.8
        if level or upright:
            ink = np.where(cv2.dilate((pieces == piece).astype(np.uint8), np.ones((3, 3))) > 0, 0, ink)
    return np.asarray(ink, np.float32)


def _ring(ink: Floats) -> float:
    """The share of a box's rim that is inky: above MOST_RING its picture is no more than a blur."""
    side = max(2, round(0.08 * min(ink.shape)))
    rim = np.ones(ink.shape, bool)
    rim[side:-side, side:-side] = False
    return float((ink[rim] > 0.3).mean())


def ink_of(picture: Image) -> Floats:
    """From 0 for paper to 1 for ink: what is written inside the frame of a box's picture (BGR)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    rows, columns = _inside(grey.mean(axis=1)), _inside(grey.mean(axis=0))
    inner = grey[rows[0] : rows[1], columns[0] : columns[1]]
    rows, columns = _past_lines(inner, 0.3), _past_lines(np.ascontiguousarray(inner.T), 0.15)
    inner = inner[rows[0] : rows[1], columns[0] : columns[1]]
    side = max(5, round(0.6 * min(inner.shape))) | 1
    paper = cv2.GaussianBlur(
        cv2.morphologyEx(inner, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), (0, 0), side / 6
    )
    dark = np.maximum(0.0, 1.0 - inner / np.maximum(paper, 1.0))
    ink = np.clip((dark / max(0.05, float(np.percentile(dark, 98))) - 0.25) / 0.5, 0.0, 1.0)
    ink[[0, -1]] = 0
    ink[:, [0, -1]] = 0
    return np.asarray(ink, np.float32)


def _past_lines(inner: Floats, share: float) -> tuple[int, int]:
    """The rows without those up to a line that runs through from side to side within a share of the rim."""
    paper = float(np.percentile(inner, 75))
    depth = max(10.0, 0.4 * (paper - float(np.percentile(inner, 2))))
    dark = cv2.erode(inner, np.ones((3, 1), np.uint8)) < paper - depth  # a line may lean by a pixel
    through = dark.mean(axis=1) > 0.97
    reach = max(3, round(share * len(inner)))
    first, last = np.flatnonzero(through[:reach]), np.flatnonzero(through[::-1][:reach])
    return (int(first[-1]) + 1 if len(first) else 0), len(inner) - (int(last[-1]) + 1 if len(last) else 0)


def _inside(profile: Floats) -> tuple[int, int]:
    """Where the space between two printed lines begins and ends, from the mean grey along one axis."""
    length, paper = len(profile), float(np.percentile(profile, 80))

    def edge(part: Floats) -> int:
        depth = paper - float(part.min())
        if depth < 10:
            return round(0.08 * length)
        # the outermost line is the frame's: a square 0 may stand darker just inside it
        at = int(np.flatnonzero(part < paper - 0.5 * depth)[0])
        while at + 1 < len(part) and part[at + 1] < part[at]:
            at += 1
        own = paper - float(part[at])
        after = [k for k in range(at, len(part)) if part[k] > paper - 0.3 * own]
        light = paper - 0.7 * own
        rising = [k for k in range(at + 1, len(part) - 1) if part[k + 1] < part[k] and part[k] > light]
        return min([*after, *rising, round(0.2 * length)])

    third = max(3, round(0.28 * length))
    return edge(profile[:third]), length - edge(profile[::-1][:third])


@dataclass
class _Hand:
    """One officer: `own` are the inks of each class that lie together, `pen` what ink leaves of the light."""

    own: dict[str, list[Floats]]
    pen: Floats
    line: float  # mm
    font: int
    rng: np.random.Generator

    @classmethod
    def of(cls, split: str, rng: np.random.Generator) -> _Hand:
        at = rng.random()
        own = {}
        for label, all_of in inks(split).items():
            first = round(at * max(0, len(all_of) - NEIGHBOURS))
            own[label] = all_of[first : first + NEIGHBOURS]
        pen = np.clip(np.asarray(PENS[int(rng.integers(len(PENS)))]) * rng.uniform(0.8, 1.25), 0.08, 0.8)
        return cls(own, pen.astype(np.float32), rng.uniform(0.7, 1.4), FONTS[int(rng.integers(len(FONTS)))], rng)

    def one(self, label: str) -> Floats:
        """The ink of a character, one of this hand's."""
        return self.own[label][int(self.rng.integers(len(self.own[label])))]


@dataclass(frozen=True)
class Sheet:
    """A filled sheet: `pages` BGR pictures HEIGHT px high, and what is written on it."""

    pages: tuple[Image, ...]
    paper: StationFigures


def sheet(form: Form, split: str, rng: np.random.Generator, errors: float = 0.04) -> Sheet:
    """A station's sheet on official paper; of `errors` (a share) the paper does not add up."""
    paper = station_figures(form, rng, regional_shares(form.tickets, rng), 300)
    paper = paper.with_human_error(form, rng, errors)
    hand = _Hand.of(split, rng)
    unused = str(rng.choice(["", "x", "0"], p=[0.45, 0.35, 0.20]))
    empty_zero = rng.random() < 0.5
    habits = {"tally": rng.random() < 0.85, "words2": rng.random() < 0.35, "words3": rng.random() < 0.8,
              "bubbles": rng.random() < 0.95, "unused_bubble": rng.random() < 0.4,
              "scale": rng.uniform(0.85, 1.0)}  # fmt: skip
    pages = []
    for page in form.pages:
        canvas = blank(form, page.number).astype(np.float32) / 255
        desk = _Desk(canvas, HEIGHT / form.height, hand, form.height / 900)
        for name, area in page.header:
            if name != "tps":
                desk.words(_place(rng), area, 0.62)
        for field in form.fields_of(page.number):
            text = _text(paper.figures[field.name], len(field.boxes), unused, empty_zero)
            desk.figure(field, text, habits)
        for area in page.signatures:
            if rng.random() < 0.9:
                desk.signature(area)
        pages.append(np.asarray(np.clip(canvas * 255, 0, 255), np.uint8))
    return Sheet(tuple(pages), paper)


def _text(value: int | None, boxes: int, unused: str, two_x: bool) -> str:
    """What stands in the boxes: ' ' is empty."""
    if value is None:
        return " " * boxes
    digits = str(value)
    fill = (unused or " ") if not (value == 0 and two_x) else "x"
    return fill * (boxes - len(digits)) + digits


def _place(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list("ABDEGIKLMNOPRSTU"), int(rng.integers(5, 13))).tolist())


@dataclass
class _Desk:
    """One page on the table: `small` is its size against a sheet of 900 mm."""

    canvas: Floats
    scale: float
    hand: _Hand
    small: float

    def figure(self, field: Field, text: str, habits: dict[str, float]) -> None:
        rng = self.hand.rng
        for box, character in zip(field.boxes, text, strict=True):
            if character != " ":
                inset = 1.4 * self.small
                inner = Rect(box.x + inset, box.y + inset, box.w - 2 * inset, box.h - 2 * inset)
                self.ink(self.hand.one(character), inner, float(habits["scale"]))
        number = "".join(text.split()).replace("x", "")
        if field.bubbles is not None and habits["bubbles"]:
            for column, character in enumerate(text):
                shown = character if character.isdigit() else "0" if habits["unused_bubble"] else ""
                if shown and number:
                    x, y = field.bubbles.centre(column, int(shown))
                    self.blot(x, y, field.bubbles.radius * rng.uniform(0.8, 1.1))
        if field.tally is not None and habits["tally"]:
            self.tally(field.tally, int(number or 0))
        spelt = habits["words2"] if field.tally is not None and field.bubbles is not None else habits["words3"]
        if field.words is not None and number and spelt:
            self.words(number_words(int(number)), field.words, 0.75)

    def ink(self, ink: Floats, place: Rect, size: float = 1.0) -> None:
        """A character's ink over a place in mm, multiplied into the paper."""
        rng = self.hand.rng
        w, h = (max(3, round(side * self.scale * size)) for side in (place.w, place.h))
        x = round((place.x + rng.uniform(0, 1 - size + 0.02) * place.w) * self.scale)
        y = round((place.y + rng.uniform(0, 1 - size + 0.02) * place.h) * self.scale)
        self.multiply(cv2.resize(ink, (w, h), interpolation=cv2.INTER_LINEAR), x, y)

    def multiply(self, alpha: Floats | npt.NDArray[np.generic], x: int, y: int) -> None:
        part = self.canvas[y : y + alpha.shape[0], x : x + alpha.shape[1]]
        shade = np.asarray(alpha, np.float32)[: part.shape[0], : part.shape[1], None]
        part *= 1 - np.clip(shade, 0, 1) * (1 - self.hand.pen)

    def lines(self, place: Rect, paths: Iterable[npt.NDArray[np.floating]], width: float = 1.0) -> None:
        """Strokes in mm, drawn softly within `place` (and 6 mm around)."""
        margin = 6 * self.small
        origin = np.asarray((place.x - margin, place.y - margin))
        shape = [round((side + 2 * margin) * self.scale) for side in (place.h, place.w)]
        layer = np.zeros(shape, np.uint8)
        thick = max(1, round(self.hand.line * width * self.small * self.scale))
        for path in paths:
            points = np.round((np.asarray(path) - origin) * self.scale * 16).astype(np.int32)
            cv2.polylines(layer, [points.reshape(-1, 1, 2)], False, 255, thick, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(layer, (0, 0), 0.7).astype(np.float32) / 255 * self.hand.rng.uniform(0.85, 1.0)
        left, top = (round(float(v) * self.scale) for v in origin)
        self.multiply(soft[max(0, -top) :, max(0, -left) :], max(0, left), max(0, top))

    def blot(self, x: float, y: float, radius: float) -> None:
        """A bubble filled by hand: scribbled to and fro, not quite round."""
        rng = self.hand.rng
        turns = np.linspace(-1, 1, int(rng.integers(9, 15)))
        half = np.sqrt(np.maximum(0, 1 - turns**2)) * np.where(np.arange(len(turns)) % 2, 1, -1)
        path = np.column_stack([turns, half]) * radius + (x, y) + rng.normal(0, 0.06 * radius, (len(turns), 2))
        self.lines(Rect(x - radius, y - radius, 2 * radius, 2 * radius), [path], rng.uniform(0.8, 1.6))

    def tally(self, grid: TallyGrid, votes: int) -> None:
        """Fives in their cells, subtotals of rows, and now and then a long Z over the rows left empty."""
        rng = self.hand.rng
        paths = []
        for cell in range(-(-votes // 5)):
            row, column = divmod(cell, grid.columns)
            if row >= grid.rows:
                break
            area, many = grid.cell(row, column), min(5, votes - 5 * cell)
            for mark in range(min(many, 4)):
                x = area.x + area.w * (0.2 + 0.17 * mark)
                ends = np.asarray([(x, area.y + 0.18 * area.h), (x, area.y + 0.82 * area.h)])
                paths.append(ends + rng.normal(0, 0.05 * area.w, (2, 2)))
            if many == 5:
                ends = np.asarray([(0.08, 0.7), (0.86, 0.3)]) * (area.w, area.h) + (area.x, area.y)
                paths.append(ends + rng.normal(0, 0.04 * area.w, (2, 2)))
        self.lines(grid.area, paths, 0.9)
        used = min(grid.rows, -(-votes // 60))
        for row in range(used):
            many = f"{min(60, votes - 60 * row):2d}"
            for digit, character in enumerate(many):
                if character != " ":
                    self.ink(self.hand.one(character), grid.subtotal_box(row, digit), 0.8)
        if used < grid.rows and rng.random() < 0.4:
            top, area = grid.cell(used, 0).y + 2, grid.area
            ends = [(area.x + 5, top), (area.x + area.w - 5, top + 1)]
            bottom = area.y + area.h - 2
            zed = np.asarray([*ends, (area.x + 6, bottom), (area.x + area.w - 4, bottom - 1)])
            self.lines(area, [zed + rng.normal(0, 1.0, (4, 2))])

    def words(self, text: str, area: Rect, share: float) -> None:
        """Capitals by a plotter's letters, each shaken, as large as the line lets them be."""
        rng, font = self.hand.rng, self.hand.font
        (width, height), _ = cv2.getTextSize(text, font, 1.0, 1)
        grow = min(0.94 * area.w * self.scale / max(1, width), share * min(area.h, 20) * self.scale / height)
        x, y = area.x * self.scale + 3, (area.y + 0.75 * area.h) * self.scale
        for letter in text:
            (step, tall), _ = cv2.getTextSize(letter, font, grow, 2)
            layer = np.zeros((2 * tall + 12, step + 12), np.uint8)
            thick = max(1, round(0.8 * self.hand.line * self.small * self.scale))
            cv2.putText(layer, letter, (5, tall + 6), font, grow, 255, thick, cv2.LINE_AA)
            shear = np.asarray([[1, rng.normal(0, 0.08), 0], [rng.normal(0, 0.04), 1, 0]])
            layer = cv2.warpAffine(layer, shear, (layer.shape[1], layer.shape[0]))
            top = max(0, round(y - tall - 6 + rng.normal(0, 1.5)))
            self.multiply(layer.astype(np.float32) / 255, round(x), top)
            x += step * rng.uniform(0.94, 1.06)

    def signature(self, area: Rect) -> None:
        """A few loops."""
        rng = self.hand.rng
        t = np.linspace(0, 1, 60)
        wave = sum(rng.normal(0, 0.25) * np.sin(2 * np.pi * k * t + rng.uniform(0, 6)) for k in (2, 3, 5, 7))
        x = area.x + area.w * (0.1 + 0.8 * t + 0.06 * np.sin(2 * np.pi * 5 * t))
        self.lines(area, [np.column_stack([x, area.y + area.h * np.clip(0.5 + wave * 0.6, 0, 1)])], 0.8)
