"""Synthetic photographs of a line of words: number words and others, in fonts of handwriting and our own hand.

Fonts are fetched with npm (`@fontsource/…`, SIL Open Font Licence) and kept in the cache folder; none enters
the repository or the model's files. What the network sees is cut by the reader's own code (`line_picture`).
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from sirekap.camera.handwriting import Writer, draw, write_words
from sirekap.forms.words import number_words
from sirekap.reading.writing import line_picture

Image = npt.NDArray[np.uint8]

FONTS = {
    "train": (
        "caveat", "patrick-hand", "shadows-into-light", "architects-daughter", "permanent-marker",
        "nothing-you-could-do", "homemade-apple", "covered-by-your-grace", "rock-salt", "gloria-hallelujah",
        "amatic-sc", "handlee", "just-another-hand", "nanum-pen-script", "short-stack", "walter-turncoat",
        "crafty-girls", "cedarville-cursive", "mansalva", "caveat-brush", "over-the-rainbow",
    ),
    "tuning": ("indie-flower", "coming-soon", "zeyada"),
    "test": ("kalam", "gochi-hand", "reenie-beanie", "schoolbell", "la-belle-aurore"),
}  # fmt: skip
"""Fonts by split: no font of one is seen in another."""

CURSIVE = ("homemade-apple", "cedarville-cursive", "la-belle-aurore", "nothing-you-could-do", "zeyada")
DRAWN = 3.0  # px/mm in which a line is written before it is photographed
READ = 2.0  # px/mm in which the reader flattens the field
AREAS = ((300.0, 46.0), (262.0, 20.0), (219.0, 34.0), (73.0, 25.0))
OWN_HAND = 0.35  # share of lines in the procedural hand of `camera`
SYLLABLES = "BA CA DA GA HA JA KA LA MA NA PA RA SA TA WA YA BI DI KI LI MI NI RI SI TI BU KU LU MU NU RU SU TU"


@dataclass(frozen=True)
class Line:
    """One line as the network sees it, with the letters that stand there (no spaces) and its number, if any."""

    picture: Image
    letters: str
    number: int | None


def fetch(cache: Path) -> dict[str, bytes]:
    """The fonts' files by name; what the cache lacks is fetched with npm."""
    folder = cache / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name in sorted(name for split in FONTS.values() for name in split):
        archives = sorted(folder.glob(f"fontsource-{name}-[0-9]*.tgz"))
        if not archives:
            subprocess.run(
                ["npm", "pack", "--silent", f"@fontsource/{name}"],
                cwd=folder, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            archives = sorted(folder.glob(f"fontsource-{name}-[0-9]*.tgz"))
        with tarfile.open(archives[-1]) as tar:
            handle = tar.extractfile(f"package/files/{name}-latin-400-normal.woff")
            assert handle is not None
            found[name] = handle.read()
    return found


class Hand:
    """Who writes the lines of one split: its fonts and our own procedural hand."""

    def __init__(self, fonts: dict[str, bytes], names: Sequence[str]) -> None:
        """`fonts` by name as of `fetch`; `names` are those of the split."""
        self._fonts = {name: ImageFont.truetype(io.BytesIO(fonts[name]), 120) for name in names}

    def line(self, rng: np.random.Generator) -> Line | None:
        """A line of words as read from a synthetic photograph; None where the reader finds no writing."""
        text, number = wording(rng)
        width, height = AREAS[int(rng.choice(len(AREAS), p=[0.45, 0.35, 0.1, 0.1]))]
        canvas = _paper(width, height, rng)
        if rng.random() < OWN_HAND:
            _own(canvas, text, width, height, rng)
        else:
            name = list(self._fonts)[int(rng.integers(len(self._fonts)))]
            _with_font(canvas, self._fonts[name], name in CURSIVE, text, width, height, rng)
        picture = line_picture(_photographed(canvas, width, height, rng))
        letters = "".join(letter for letter in text.upper() if letter.isalpha())
        return None if picture is None else Line(picture, letters, number)


def wording(rng: np.random.Generator) -> tuple[str, int | None]:
    """What is written, and its number: number words as officers write them, misspelt ones, other words."""
    kind = rng.random()
    if kind < 0.17:
        syllables = SYLLABLES.split()
        words = [
            "".join(rng.choice(syllables, int(rng.integers(1, 4)))) + ("" if rng.random() < 0.6 else "N")
            for _ in range(int(rng.integers(1, 5)))
        ]
        if rng.random() < 0.4:
            words = ["".join(rng.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), int(rng.integers(2, 9))))]
        return _cased(" ".join(words), rng), None
    number = int(rng.integers(0, 1000)) if rng.random() < 0.6 else int(rng.integers(0, 301))
    text = number_words(number)
    if number == 0 and rng.random() < 0.5:
        text = str(rng.choice(["NIHIL", "KOSONG"]))
    if 100 <= number < 200 and rng.random() < 0.1:
        text = text.replace("SERATUS", "SATU RATUS")
    if kind < 0.27:
        at = int(rng.integers(len(text)))
        other = str(rng.choice(list("ABDEGHIKLMNOPRSTU")))
        text = text[:at] + str(rng.choice(["", other, text[at] + text[at]])) + text[at + 1 :]
    spaces = rng.random()
    text = text.replace(" ", "" if spaces < 0.08 else "  " if spaces < 0.16 else " ")
    return _cased(text, rng), number


def _cased(text: str, rng: np.random.Generator) -> str:
    kind = rng.random()
    return text if kind < 0.72 else text.lower() if kind < 0.88 else text.title()


def _paper(width: float, height: float, rng: np.random.Generator) -> Image:
    """Paper with what is printed around a field: 8 mm on every side, frames, small print below."""
    shape = (round((height + 16) * DRAWN), round((width + 16) * DRAWN), 3)
    canvas = np.full(shape, int(rng.integers(225, 256)), np.uint8)
    grey, wide = int(rng.integers(20, 90)), max(1, round(DRAWN * float(rng.uniform(0.4, 1.1))))
    for x in (8 - float(rng.uniform(2, 7)), width + 8 + float(rng.uniform(2, 7))):
        cv2.line(canvas, (round(x * DRAWN), 0), (round(x * DRAWN), shape[0]), (grey, grey, grey), wide)
    for y in (8 - float(rng.uniform(1.0, 7)), height + 8 + float(rng.uniform(1.0, 7))):
        cv2.line(canvas, (0, round(y * DRAWN)), (shape[1], round(y * DRAWN)), (grey, grey, grey), wide)
    if rng.random() < 0.5:
        x, y = float(rng.uniform(0.1, 0.7)) * shape[1], (height + float(rng.uniform(8.0, 13.0))) * DRAWN
        cv2.putText(canvas, "( ditulis menggunakan huruf kapital )", (round(x), round(y)),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.32, (90, 90, 90), 1, cv2.LINE_AA)  # fmt: skip
    return canvas


def _layout(aspect: float, width: float, height: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Height of the letters, left end and baseline in mm of the canvas, for a line of `aspect` letter heights."""
    high = min(float(np.exp(rng.normal(np.log(8.0), 0.32))), 0.8 * height, 0.94 * width / aspect)
    left = 8 + float(rng.uniform(0.0, max(0.01, min(0.3 * width, width * 0.97 - high * aspect))))
    foot = 8 + height - float(rng.uniform(0.08 * height, max(0.1 * height, 0.92 * height - high)))
    return high, left, foot


def _own(canvas: Image, text: str, width: float, height: float, rng: np.random.Generator) -> None:
    """The line in the simulator's own hand."""
    writer = Writer.random(rng)
    lines, x = [], 0.0
    for word in text.split():
        piece = [line + np.array([x, 0.0], np.float32) for line in write_words(word, writer, rng)]
        lines += piece
        x = float(max((line[:, 0].max() for line in piece), default=x)) + float(rng.uniform(0.2, 0.8))
    if not lines:
        return
    high, left, foot = _layout(max(x, 0.5), width, height, rng)
    tilt = float(rng.normal(0, 0.008))
    lines = [line + np.stack([0 * line[:, 0], tilt * line[:, 0]], axis=1) for line in lines]
    box = (left * DRAWN, (foot - high) * DRAWN, high * DRAWN, high * DRAWN)
    draw(canvas, [line.astype(np.float32) for line in lines], box, writer, rng, DRAWN)


def _with_font(
    canvas: Image, font: ImageFont.FreeTypeFont, cursive: bool, text: str, width: float, height: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """The line in a font, letter by letter where its letters do not join, bent a little, in ink."""
    mask = _set(font, text, cursive, rng)
    rows, columns = np.flatnonzero(mask.max(axis=1) > 80), np.flatnonzero(mask.max(axis=0) > 80)
    if not rows.size:
        return
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    stretch = float(np.clip(rng.normal(1.0, 0.15), 0.7, 1.4))
    high, left, foot = _layout(stretch * mask.shape[1] / mask.shape[0], width, height, rng)
    zoom = high * DRAWN / mask.shape[0]
    slant, tilt = float(rng.normal(0, 0.12)), float(rng.normal(0, 0.008))
    move = np.asarray([[zoom * stretch, -slant * zoom, left * DRAWN + slant * zoom * mask.shape[0]],
                       [tilt * zoom * stretch, zoom, (foot - high) * DRAWN]])  # fmt: skip
    if zoom < 0.6:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.4 / zoom), np.uint8)
    cover = cv2.warpAffine(mask, move, (canvas.shape[1], canvas.shape[0])).astype(np.float32) / 255
    waves = cv2.resize(rng.normal(0, 1.0, (4, 24, 2)).astype(np.float32), (canvas.shape[1], canvas.shape[0]))
    y, x = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]].astype(np.float32)
    bend = waves * np.float32(rng.uniform(0, 0.05) * high * DRAWN)
    cover = cv2.remap(cover, x + bend[..., 0], y + bend[..., 1], cv2.INTER_LINEAR)
    ink = Writer.random(rng)
    absorbed = 1 - np.asarray(ink.ink_bgr, np.float32) / 255
    shade = 1 - np.float32(ink.alpha) * np.clip(cover * 1.3, 0, 1)[..., None] * absorbed
    canvas[...] = np.clip(canvas * shade, 0, 255).astype(np.uint8)


def _set(font: ImageFont.FreeTypeFont, text: str, cursive: bool, rng: np.random.Generator) -> Image:
    """The text in a font of 120 px, white on black."""
    heavy = int(rng.choice([0, 0, 1, 3, 6]))
    picture = Pictures.new("L", (int(font.getlength(text)) + 60 * len(text) + 200, 320))
    pen = ImageDraw.Draw(picture)
    if cursive or rng.random() < 0.3:
        pen.text((60, 80), text, 255, font=font, stroke_width=heavy)
        return np.asarray(picture, np.uint8)
    x, spread, loose = 60.0, float(rng.uniform(0, 5)), float(rng.uniform(-2, 12))
    for letter in text:
        pen.text((x, 80 + float(rng.normal(0, spread))), letter, 255, font=font, stroke_width=heavy)
        x += font.getlength(letter) + loose + float(rng.normal(0, spread))
    return np.asarray(picture, np.uint8)


def _photographed(canvas: Image, width: float, height: float, rng: np.random.Generator) -> Image:
    """The field as the reader flattens it from a photograph, grey, at READ px/mm (3 where it is narrow)."""
    scale = float(np.exp(rng.uniform(np.log(1.45), np.log(3.6))))
    grey = cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=scale / DRAWN, fy=scale / DRAWN, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) / np.float32(max(h, w))
    light = 1 - float(rng.uniform(0, 0.45)) * (np.cos(rng.uniform(0, 6.3)) * x + np.sin(rng.uniform(0, 6.3)) * y)
    if rng.random() < 0.3:
        edge = (x - float(rng.uniform(0, 1))) / float(rng.uniform(0.005, 0.05))
        light = light * (1 - float(rng.uniform(0.1, 0.45)) / (1 + np.exp(-np.clip(edge, -30, 30))))
    shot = small.astype(np.float32) * np.clip(light, 0.3, 1.1) * float(rng.uniform(0.55, 1.0))
    hard = float(rng.beta(1.2, 1.8))
    shot = cv2.GaussianBlur(shot, (0, 0), 0.25 + hard * float(rng.uniform(0.2, 0.45)) * scale**0.7)
    if hard > 0.4 and rng.random() < 0.5:
        length = max(2, round(float(rng.uniform(0.5, 3)) * (scale / 1.45) ** 0.7))
        shot = cv2.blur(shot, (length, 1) if rng.random() < 0.5 else (1, length))
    noise = rng.standard_normal((h, w), np.float32)
    shot = shot + cv2.GaussianBlur(noise, (0, 0), 0.5) * np.float32(1.5 + 13 * hard)
    quality = int(rng.integers(40, 75)) if hard > 0.5 else int(rng.integers(60, 93))
    _, data = cv2.imencode(".jpg", np.clip(shot, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    read = 1.5 * READ if width < 100 else READ
    ratio = scale / read
    shift = 8 * scale + rng.normal(0, 1.0 * scale, 2)
    turn = float(rng.normal(0, 0.006))
    move = np.asarray([[ratio, turn * ratio, shift[0]], [-turn * ratio, ratio, shift[1]]])
    size = (round(width * read), round(height * read))
    return np.asarray(
        cv2.warpAffine(grey, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(255.0,)),
        np.uint8,
    )


def lines(hand: Hand, count: int, seed: int) -> list[Line]:
    """So many lines; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    found: list[Line] = []
    while len(found) < count:
        line = hand.line(rng)
        if line is not None and len(line.letters) <= line.picture.shape[1] // 6:
            found.append(line)
    return found
