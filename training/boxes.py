"""Synthetic pictures of one box, as a telephone's photograph of a result sheet would show it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS, Writer, draw, strokes
from training import hands, struck
from training.lens import photograph, picture

Image = npt.NDArray[np.uint8]
Place = tuple[float, float, float, float]
Shares = dict[str, float]

# Shares of the classes among synthetic boxes: X and the digits it is mistaken for come more often.
WEIGHTS: dict[str, float] = {
    **dict.fromkeys("0123456789", 1.0), "3": 1.3, "2": 1.2, "7": 1.2,
    "blank": 1.2, "x": 2.2, "dash": 0.7, "scribble": 2.0,
}  # fmt: skip

BOX_MM = 19.0
"""Side of a printed box on paper; the forms have 18 and 20 mm."""


@dataclass(frozen=True)
class Scene:
    """A drawn box on a patch of paper before it is photographed."""

    patch: Image
    x: float
    y: float
    width: float
    height: float
    px_per_mm: float

    @property
    def box(self) -> Place:
        """The box in px of the patch."""
        return self.x, self.y, self.width, self.height


def blank_scene(rng: np.random.Generator) -> Scene:
    """Paper with a printed box: thick frame, neighbours at times, dotted guide on about half."""
    height = float(np.clip(np.exp(rng.normal(np.log(46), 0.38)), 18, 110))
    px = height / BOX_MM
    width = height * rng.uniform(0.82, 1.08)
    margin = 0.35 * height
    paper = rng.uniform(200, 250) + rng.normal(0, 4, 3)
    size = (int(height + 2 * margin) + 1, int(width + 2 * margin) + 1)
    patch = np.full((*size, 3), np.clip(paper, 0, 255), dtype=np.uint8)
    scene = Scene(patch, margin, margin, width, height, px)
    _print(scene, rng)
    return scene


def _print(scene: Scene, rng: np.random.Generator) -> None:
    """The frame, frames next to it, and the guide."""
    line = max(0.8, rng.uniform(0.7, 1.5) * scene.px_per_mm)
    shade = rng.uniform(20, 90)
    shift = scene.width + (0.0 if rng.random() < 0.3 else rng.uniform(0.02, 0.2) * scene.width)
    lefts = [scene.x]
    if rng.random() < 0.45:
        lefts.append(scene.x + shift)
    if rng.random() < 0.45:
        lefts.append(scene.x - shift)
    mask = np.zeros(scene.patch.shape[:2], np.uint8)
    for left in lefts:
        corners = np.array([[left, scene.y], [left + scene.width, scene.y + scene.height]])
        _rectangle(mask, corners, line)
    if rng.random() < 0.15:
        # Some other printed rule of the table passes by.
        y = scene.y + scene.height * rng.choice([-0.15, 1.15])
        _rectangle(mask, np.array([[-9, y], [scene.patch.shape[1] + 9, y + 2 * scene.height]]), line * 0.5)
    _darken(scene.patch, mask, shade, 1.0)
    if rng.random() < 0.5:
        _guide(scene, rng)


def _rectangle(mask: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64], line: float) -> None:
    a, b = np.round(corners * 16).astype(int)
    thickness = max(1, round(line))
    cv2.rectangle(mask, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 255, thickness, cv2.LINE_AA, 4)
    if line < 1:
        np.multiply(mask, line, out=mask, casting="unsafe")


def _darken(patch: Image, mask: npt.NDArray[np.uint8], shade: float, strength: float) -> None:
    cover = mask.astype(np.float32)[..., None] * np.float32(strength / 255.0)
    patch[...] = np.clip(patch * (1 - cover) + shade * cover, 0, 255).astype(np.uint8)


def _guide(scene: Scene, rng: np.random.Generator) -> None:
    """The dotted seven-segment guide: three columns and three rows of small dots, drawn finely and shrunk."""
    fine = 4
    mask = np.zeros((scene.patch.shape[0] * fine, scene.patch.shape[1] * fine), np.uint8)
    columns, rows = (0.29, 0.496, 0.704), (0.166, 0.498, 0.83)
    if rng.random() < 0.15:
        # Another printer's guide.
        columns = (0.5 - (half := rng.uniform(0.14, 0.28)), 0.5, 0.5 + half)
        rows = (0.5 - (half := rng.uniform(0.26, 0.38)), 0.5, 0.5 + half)
    steps = int(rng.integers(7, 14))
    points = [(x, y) for x in columns for y in np.linspace(rows[0], rows[2], steps)]
    points += [(x, y) for y in rows for x in (0.396, 0.601)]
    radius = max(1, round(rng.uniform(0.2, 0.4) * scene.px_per_mm * fine))
    for x, y in points:
        centre = (round((scene.x + x * scene.width) * fine), round((scene.y + y * scene.height) * fine))
        cv2.circle(mask, centre, radius, 255, -1)
    small = cv2.resize(mask, scene.patch.shape[1::-1], interpolation=cv2.INTER_AREA)
    _darken(scene.patch, picture(small), rng.uniform(60, 190), rng.uniform(0.4, 1.0))


def write(scene: Scene, symbol: str, rng: np.random.Generator) -> None:
    """Puts a symbol of our own handwriting into the scene, at times in a way that the simulator does not know."""
    writer = hands.pen(rng)
    kind = rng.random()
    if symbol.isdigit() and kind < 0.12:
        lines = hands.segments(symbol, rng)
    elif symbol == "x" and kind < 0.35:
        lines = hands.cross(rng)
    else:
        lines = strokes(symbol, writer, rng)
        lines = hands.bent(lines, rng) if kind > 0.6 else lines
    draw(scene.patch, lines, scene.box, writer, rng, scene.px_per_mm)
    if symbol.isdigit() and rng.random() < 0.04:
        # Gone over once more to make it plainer: still that digit.
        again = [line + rng.normal(0, 0.015, 2).astype(np.float32) for line in lines]
        draw(scene.patch, again, scene.box, writer, rng, scene.px_per_mm)


def paste(scene: Scene, digit: Image, rng: np.random.Generator, share: float = 20 / 28) -> None:
    """Inks a square mask of a digit (white on black) into the scene's box, in a random pen's colour.

    `share` is how much of the mask's height the digit takes: 20 of 28 pixels in MNIST.
    """
    writer = hands.pen(rng)
    side = digit.shape[0]
    high = scene.height * rng.uniform(0.4, 0.76) / share
    wide = high * rng.uniform(0.75, 1.05)
    centre = np.array([scene.x + scene.width / 2, scene.y + scene.height / 2])
    centre += rng.normal(0, 0.045, 2) * scene.height
    scale = np.array([wide, high]) / side
    fine = 2 if high < side else 1
    matrix = np.array([[scale[0], 0, centre[0] - wide / 2], [0, scale[1], centre[1] - high / 2]]) * fine
    size = scene.patch.shape[1] * fine, scene.patch.shape[0] * fine
    mask = cv2.warpAffine(digit, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.resize(mask, scene.patch.shape[1::-1], interpolation=cv2.INTER_AREA)
    if high > 36 and rng.random() < 0.2:
        mask = cv2.erode(mask, np.ones((2, 2), np.uint8))
    cover = mask.astype(np.float32)[..., None] / 255.0 * writer.alpha
    absorbed = 1.0 - np.array(writer.ink_bgr, dtype=np.float32) / 255.0
    scene.patch[...] = np.clip(scene.patch * (1 - cover * absorbed), 0, 255).astype(np.uint8)


def dirt(scene: Scene, rng: np.random.Generator) -> None:
    """Specks, a stray hair of ink, or show-through: what an empty box may have without holding anything."""
    h, w = scene.patch.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        centre = (int(rng.integers(w)), int(rng.integers(h)))
        radius = max(1, round(rng.uniform(0.1, 0.5) * scene.px_per_mm))
        mask = np.zeros((h, w), np.uint8)
        cv2.circle(mask, centre, radius, 255, -1, cv2.LINE_AA)
        _darken(scene.patch, mask, rng.uniform(40, 160), rng.uniform(0.3, 0.9))
    if rng.random() < 0.4:
        ghost = np.full_like(scene.patch, 255)
        writer = Writer.random(rng)
        marks = strokes(str(rng.integers(10)), writer, rng)
        draw(ghost, marks, (scene.x, scene.y, scene.width, scene.height), writer, rng, scene.px_per_mm)
        soft = cv2.GaussianBlur(ghost[:, ::-1], (0, 0), 0.6 * scene.px_per_mm + 0.5)
        share = rng.uniform(0.03, 0.09)
        scene.patch[...] = np.clip(scene.patch * (1 - share + share * (soft / 255.0)), 0, 255).astype(np.uint8)


def intrude(scene: Scene, rng: np.random.Generator) -> None:
    """A stroke of the neighbour's digit reaches over this box's edge."""
    writer = Writer.random(rng)
    side = rng.choice([-1.0, 1.0]) * scene.width * rng.uniform(0.72, 1.0)
    box = (scene.x + side, scene.y, scene.width, scene.height)
    draw(scene.patch, strokes(str(rng.integers(10)), writer, rng), box, writer, rng, scene.px_per_mm)


def synthetic(symbol: str, rng: np.random.Generator) -> tuple[Image, Shares]:
    """A photographed box with one symbol of our own handwriting, and the classes that it may be."""
    scene = blank_scene(rng)
    shares = {symbol: 1.0}
    if rng.random() < (0.35 if symbol == "blank" else 0.1):
        dirt(scene, rng)
    if rng.random() < 0.05:
        intrude(scene, rng)
    if symbol == "scribble" and rng.random() < 0.75:
        shares = struck.spoil_box(scene.patch, scene.box, scene.px_per_mm, rng)
    else:
        write(scene, symbol, rng)
    return photograph(scene.patch, scene.box, rng), shares


def hard(rng: np.random.Generator) -> tuple[Image, Shares]:
    """What a first network found hardest on tuning data: small writing, thick pens, a screen's stripes."""
    scene = blank_scene(rng)
    writer = hands.pen(rng)
    kind = str(rng.choice(["small", "thick", "striped", "empty and striped"], p=[0.45, 0.15, 0.12, 0.28]))
    symbol = str(rng.integers(10))
    if kind == "small":
        symbol = "x" if rng.random() < 0.38 else symbol
        small = float(rng.uniform(0.5, 0.85))
        writer = replace(writer, size=small, square=False, stroke_mm=float(rng.uniform(0.4, 1.0)), x_corner=False)
    elif kind == "thick":
        writer = replace(writer, size=float(rng.uniform(1.0, 1.35)), stroke_mm=float(rng.uniform(1.5, 3.0)))
    elif kind == "empty and striped":
        symbol = "blank"
    draw(scene.patch, strokes(symbol, writer, rng), scene.box, writer, rng, scene.px_per_mm)
    striped = 1.0 if kind.endswith("striped") else 0.05
    return photograph(scene.patch, scene.box, rng, stripes=striped), {symbol: 1.0}


def from_mask(digit: Image, rng: np.random.Generator, share: float) -> Image:
    """A photographed box with a digit that a mask gives, such as MNIST's; see `paste` for `share`."""
    scene = blank_scene(rng)
    if rng.random() < 0.05:
        intrude(scene, rng)
    if rng.random() < 0.06:
        dirt(scene, rng)
    paste(scene, hands.crooked(digit, rng), rng, share)
    return photograph(scene.patch, scene.box, rng)


def pick(rng: np.random.Generator) -> str:
    """A symbol drawn by WEIGHTS."""
    weights = np.array([WEIGHTS[s] for s in SYMBOLS])
    return SYMBOLS[int(rng.choice(len(SYMBOLS), p=weights / weights.sum()))]
