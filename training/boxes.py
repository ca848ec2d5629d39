"""Synthetic pictures of one box, as a telephone's photograph of a result sheet would show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS, Writer, draw, strokes

Image = npt.NDArray[np.uint8]

# Shares of the classes among synthetic boxes: X and the digits it is mistaken for come more often.
WEIGHTS: dict[str, float] = {
    **dict.fromkeys("0123456789", 1.0), "3": 1.3, "2": 1.2, "7": 1.2,
    "blank": 1.2, "x": 2.2, "dash": 0.7, "scribble": 1.2,
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


def _picture(array: npt.NDArray[Any]) -> Image:
    """OpenCV's results, whose element type its stubs leave open, as uint8."""
    return np.asarray(array, dtype=np.uint8)


def _darken(patch: Image, mask: npt.NDArray[np.uint8], shade: float, strength: float) -> None:
    cover = mask.astype(np.float32)[..., None] * np.float32(strength / 255.0)
    patch[...] = np.clip(patch * (1 - cover) + shade * cover, 0, 255).astype(np.uint8)


def _guide(scene: Scene, rng: np.random.Generator) -> None:
    """The dotted seven-segment guide: three columns and three rows of small dots, drawn finely and shrunk."""
    fine = 4
    mask = np.zeros((scene.patch.shape[0] * fine, scene.patch.shape[1] * fine), np.uint8)
    columns, rows = (0.29, 0.496, 0.704), (0.166, 0.498, 0.83)
    steps = int(rng.integers(9, 12))
    points = [(x, y) for x in columns for y in np.linspace(rows[0], rows[2], steps)]
    points += [(x, y) for y in rows for x in (0.396, 0.601)]
    radius = max(1, round(rng.uniform(0.2, 0.4) * scene.px_per_mm * fine))
    for x, y in points:
        centre = (round((scene.x + x * scene.width) * fine), round((scene.y + y * scene.height) * fine))
        cv2.circle(mask, centre, radius, 255, -1)
    small = cv2.resize(mask, scene.patch.shape[1::-1], interpolation=cv2.INTER_AREA)
    _darken(scene.patch, _picture(small), rng.uniform(60, 190), rng.uniform(0.4, 1.0))


def write(scene: Scene, symbol: str, rng: np.random.Generator, writer: Writer | None = None) -> None:
    """Puts a symbol of our own handwriting into the scene."""
    writer = writer or Writer.random(rng)
    box = (scene.x, scene.y, scene.width, scene.height)
    draw(scene.patch, strokes(symbol, writer, rng), box, writer, rng, scene.px_per_mm)


def paste(scene: Scene, digit: Image, rng: np.random.Generator) -> None:
    """Inks an MNIST digit (28x28, white on black) into the scene's box, in a random pen's colour."""
    writer = Writer.random(rng)
    high = scene.height * rng.uniform(0.55, 1.05)
    wide = high * rng.uniform(0.75, 1.0)
    centre = np.array([scene.x + scene.width / 2, scene.y + scene.height / 2])
    centre += rng.normal(0, 0.04, 2) * scene.height
    scale = np.array([wide, high]) / 28
    matrix = np.array([[scale[0], 0, centre[0] - 14 * scale[0]], [0, scale[1], centre[1] - 14 * scale[1]]])
    mask = cv2.warpAffine(digit, matrix, scene.patch.shape[1::-1], flags=cv2.INTER_LINEAR)
    if high > 36 and rng.random() < 0.3:
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


def photograph(scene: Scene, rng: np.random.Generator) -> Image:
    """The crop a reader would cut: misplaced a little, lit unevenly, blurred, noisy, compressed."""
    kind = rng.random()
    # Usually the frame and a little around it; at times only the inside, at times a wide margin.
    low, high = (-0.02, 0.08) if kind < 0.7 else (-0.10, -0.04) if kind < 0.85 else (0.06, 0.15)
    edge = rng.uniform(low, high)
    slip = np.clip(rng.normal(0, 0.03, 2), -0.09, 0.09)
    w, h = scene.width, scene.height
    left, top = scene.x - edge * w + slip[0] * w, scene.y - edge * h + slip[1] * h
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [w * (1 + 2 * edge), h * (1 + 2 * edge)] + [
        left,
        top,
    ]
    corners = corners + rng.normal(0, 0.018, (4, 2)) * h
    angle = rng.normal(0, 0.03)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = corners.mean(axis=0)
    corners = (corners - centre) @ turn.T + centre
    out_w, out_h = max(12, round(w * (1 + 2 * edge))), max(14, round(h * (1 + 2 * edge)))
    target = np.array([[0, 0], [out_w, 0], [out_w, out_h], [0, out_h]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    crop = cv2.warpPerspective(
        scene.patch, matrix, (out_w, out_h), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return spoil(_picture(crop), rng)


def spoil(crop: Image, rng: np.random.Generator, strength: float = 1.0) -> Image:
    """Light, lens, sensor and compression on a crop; `strength` below 1 for what is a photograph already."""
    h, w = crop.shape[:2]
    if rng.random() < 0.2 * strength:
        small = max(10, int(w * rng.uniform(0.35, 0.8))), max(12, int(h * rng.uniform(0.35, 0.8)))
        crop = _picture(cv2.resize(cv2.resize(crop, small, interpolation=cv2.INTER_AREA), (w, h)))
    picture = crop.astype(np.float32)
    if rng.random() < 0.55:
        sigma = min(abs(rng.normal(0, 0.018)), 0.045) * h * strength + 0.2
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if rng.random() < 0.08 * strength:
        length = int(rng.integers(2, max(3, h // 9)))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1.0 / length
        picture = np.asarray(cv2.filter2D(picture, -1, kernel if rng.random() < 0.5 else kernel.T), np.float32)
    light = rng.uniform(0.35, 1.05) if strength >= 1 else rng.uniform(0.7, 1.15)
    cast = 1 + rng.normal(0, 0.06 * strength, 3)
    slope = rng.normal(0, 0.10, 2) * strength
    yy, xx = np.mgrid[-0.5 : 0.5 : h * 1j, -0.5 : 0.5 : w * 1j].astype(np.float32)
    field = light * (1 + slope[0] * xx + slope[1] * yy)
    if rng.random() < 0.12 * strength:
        # The hard edge of somebody's shadow.
        edge = rng.normal(0, 1, 2) @ np.stack([xx.ravel(), yy.ravel()]) - rng.normal(0, 0.2)
        field *= 1 - rng.uniform(0.1, 0.45) / (1 + np.exp(-np.clip(edge * 25, -30, 30))).reshape(h, w)
    picture = picture * field[..., None] * cast
    if rng.random() < 0.3:
        # Haze or a raised black: print is rarely as dark as in theory.
        picture = picture * (1 - 0.35 * (lift := rng.random())) + 60 * lift * light
    if rng.random() < 0.14 * strength:
        picture *= moire(yy, xx, rng)
    noise = abs(rng.normal(0, 5)) * strength
    picture += rng.normal(0, 1, picture.shape).astype(np.float32) * noise
    done = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        ok, data = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))])
        if ok:
            done = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    if rng.random() < 0.06:
        grey = cv2.cvtColor(done, cv2.COLOR_BGR2GRAY)
        done = _picture(np.repeat(grey[..., None], 3, axis=2))
    return np.asarray(done, dtype=np.uint8)


def moire(
    yy: npt.NDArray[np.float32], xx: npt.NDArray[np.float32], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """The coloured stripes of a photographed screen, as a factor a pixel and channel.

    `yy` and `xx` run from -0.5 to 0.5 over the crop. A stripe is the one thing on an empty box that looks
    like a stroke of the pen; it must never become a 1.
    """
    angle, cycles = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(0.7), np.log(14)))
    along = np.cos(angle) * xx + np.sin(angle) * yy
    bend = rng.normal(0, 0.3) * (xx**2 + yy**2)
    phase = rng.uniform(0, 2 * np.pi) + rng.normal(0, 1.2, 3)
    strength = rng.uniform(0.02, 0.14) * rng.uniform(0.5, 1.2, 3)
    waves = np.sin(2 * np.pi * cycles * (along + bend)[..., None] + phase)
    return np.asarray(1 + strength * waves, np.float32)


def synthetic(symbol: str, rng: np.random.Generator) -> Image:
    """A photographed box with one symbol of our own handwriting."""
    scene = blank_scene(rng)
    if rng.random() < (0.35 if symbol == "blank" else 0.1):
        dirt(scene, rng)
    if rng.random() < 0.05:
        intrude(scene, rng)
    write(scene, symbol, rng)
    return photograph(scene, rng)


def from_mnist(digit: Image, rng: np.random.Generator) -> Image:
    """A photographed box with an MNIST digit in it."""
    scene = blank_scene(rng)
    if rng.random() < 0.05:
        intrude(scene, rng)
    paste(scene, digit, rng)
    return photograph(scene, rng)


def pick(rng: np.random.Generator) -> str:
    """A symbol drawn by WEIGHTS."""
    weights = np.array([WEIGHTS[s] for s in SYMBOLS])
    return SYMBOLS[int(rng.choice(len(SYMBOLS), p=weights / weights.sum()))]
