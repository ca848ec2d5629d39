"""A telephone's photograph of a sheet of paper, written apart from `sirekap.camera`: it shares no code with it.

The sheet is a strip of paper bent along one axis (a curl, folds) and seen by a pinhole camera; light, a phone's
shadow, blur, noise, white balance and JPEG come on top, over wood, wall or floor made of noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

LARGE, MESSENGER = (3000, 4000), (1000, 1778)  # px, upright
STEP = 8  # px between the points at which the map is computed
CELLS = 60  # of the paper's length


@dataclass(frozen=True)
class Setting:
    """How hard photographs are: angles in degrees, shares from 0 to 1, lengths in shares of the page's height."""

    name: str
    tilt: float
    roll: float
    quarter: float  # share turned by 90, 180 or 270
    curl: float  # degrees over the page
    folded: float
    fold: float  # degrees at most
    shadow: float
    messenger: float
    quality: tuple[int, int]
    blur: float  # px of a defocus at 12 megapixels
    motion: float  # px, the same
    noise: float  # grey levels
    dark: float
    clips: float
    hand: float
    cut: float
    fill: tuple[float, float]


EASY = Setting("easy", 8, 4, 0.0, 4, 0.0, 0, 0.0, 0.2, (85, 90), 0.8, 0, 2.5, 0.0, 0.1, 0.0, 0.0, (0.86, 0.96))
FIELD = Setting(
    "field", 20, 9, 0.12, 18, 0.45, 9, 0.5, 0.5, (70, 90), 1.6, 3, 5, 0.1, 0.4, 0.2, 0.05, (0.76, 0.96)
)
HARD = Setting(
    "hard", 34, 20, 0.35, 40, 0.8, 22, 0.8, 0.65, (60, 80), 2.6, 7, 9, 0.35, 0.5, 0.45, 0.25, (0.6, 1.0)
)
SETTINGS = {setting.name: setting for setting in (EASY, FIELD, HARD)}


@dataclass(frozen=True)
class Shot:
    """A JPEG file, and where the paper lies in it: `paper` and `pixels` are grids of shape (rows, columns, 2),
    shares of the page and px.
    """

    data: bytes
    paper: Floats
    pixels: Floats

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a point of the page, x and y as shares of its width and height."""
        rows, columns = self.pixels.shape[:2]
        where = np.float32([[x * (columns - 1)]]), np.float32([[y * (rows - 1)]])
        u, v = (float(cv2.remap(self.pixels[..., k], *where, cv2.INTER_LINEAR)[0, 0]) for k in (0, 1))
        return u, v


def shoot(page: Image, setting: Setting, rng: np.random.Generator) -> Shot:
    """A photograph of a filled page (BGR, its whole sheet)."""
    size = MESSENGER if rng.random() < setting.messenger else LARGE
    grow = max(size) / max(LARGE)
    aspect = page.shape[1] / page.shape[0]
    bent, slope = _bent(setting, aspect, rng)
    turn = int(rng.integers(1, 4)) if rng.random() < setting.quarter else 0
    size = (size[1], size[0]) if turn % 2 else size  # the phone was held as the paper lay
    pixels = _seen(bent, setting, size, turn, rng)
    inverse, inside = _inverse(pixels, size)
    small = _shrunk(page, pixels)
    height, width = small.shape[:2]
    u, v = (np.ascontiguousarray(inverse[..., k] * side - 0.5) for k, side in ((0, width), (1, height)))
    paper = cv2.remap(small, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,) * 3)
    ground = _ground(size, rng)
    mask = cv2.GaussianBlur(inside, (0, 0), 0.8)[..., None]
    drop = cv2.GaussianBlur(inside, (0, 0), 25 * grow)
    drop = 1 - 0.35 * np.roll(drop, (round(18 * grow), round(12 * grow)), (0, 1))
    bright = rng.uniform(0.86, 0.97)
    lit = _relief(inverse, slope, rng)
    scene = paper.astype(np.float32) * (bright * lit)[..., None] * mask + ground * drop[..., None] * (1 - mask)
    if rng.random() < setting.clips:
        _clips(scene, pixels, rng)
    if rng.random() < setting.hand:
        _fingers(scene, pixels, setting.name == "hard", rng)
    scene *= _light(size, setting, rng)[..., None]
    scene *= np.clip(rng.normal(1, 0.045, 3), 0.8, 1.15).astype(np.float32)
    picture = _developed(scene, setting, grow, rng)
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*setting.quality))])[1]
    rows, columns = pixels.shape[:2]
    grid = np.stack(np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows)), axis=2)
    return Shot(data.tobytes(), grid.astype(np.float32), pixels.astype(np.float32))


def _bent(setting: Setting, aspect: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points of the paper in space, shape (rows, columns, 3), its height 1; and its slope in degrees there."""
    along_y = rng.random() < 0.65
    length = 1.0 if along_y else aspect
    count = CELLS + 1
    s = np.linspace(0, 1, 20 * CELLS + 1)
    angle = np.radians(rng.normal(0, setting.curl / 2)) * (s - rng.uniform(0.2, 0.8)) * 2
    if rng.random() < setting.folded:
        many = int(rng.integers(1, 4))
        for number in range(many):
            at = (number + 1) / (many + 1) + rng.normal(0, 0.01)
            width = rng.uniform(0.006, 0.03)
            angle += np.radians(rng.uniform(-1, 1) * setting.fold) * np.tanh((s - at) / width)
    flat = np.cumsum(np.cos(angle)) / len(s) * length
    high = np.cumsum(np.sin(angle)) / len(s) * length
    high -= np.polyval(np.polyfit(flat, high, 1), flat)
    high += np.sin(2 * np.pi * (s * rng.uniform(0.7, 2.5) + rng.random())) * setting.curl * 1e-4
    axis = [np.interp(np.linspace(0, 1, count), s, value) for value in (flat, high, np.degrees(angle))]
    across = np.linspace(0, aspect if along_y else 1.0, count)
    first, second = np.meshgrid(across, axis[0])  # rows run along the bent axis
    z = np.repeat(axis[1][:, None], count, axis=1)
    slope = np.repeat(axis[2][:, None], count, axis=1)
    points = np.stack([first, second, z], axis=2) if along_y else np.stack([second, first, z], axis=2)
    return (points, slope) if along_y else (points.transpose(1, 0, 2), slope.T)


def _seen(bent: Array, setting: Setting, size: tuple[int, int], turn: int, rng: np.random.Generator) -> Array:
    """The paper's points in px of a picture of `size`, turned by quarters, as large as its share says."""
    points = bent - bent.reshape(-1, 3).mean(axis=0)
    tilt, pan = np.radians(np.clip(rng.normal(0, setting.tilt / 2, 2), -setting.tilt, setting.tilt))
    roll = np.radians(np.clip(rng.normal(0, setting.roll / 2), -setting.roll, setting.roll) + 90 * turn)
    rx = np.asarray([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    ry = np.asarray([[np.cos(pan), 0, np.sin(pan)], [0, 1, 0], [-np.sin(pan), 0, np.cos(pan)]])
    rz = np.asarray([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    points = points @ (rz @ ry @ rx).T
    away = rng.uniform(1.25, 1.9)
    flat = points[..., :2] / (away + points[..., 2:])
    low, high = flat.reshape(-1, 2).min(axis=0), flat.reshape(-1, 2).max(axis=0)
    share = rng.uniform(*setting.fill)
    scale = share * min(size[0] / (high[0] - low[0]), size[1] / (high[1] - low[1]))
    pixels = (flat - (low + high) / 2) * scale
    room = np.maximum(0, np.asarray(size) - (high - low) * scale) / 2
    shift = rng.uniform(-1, 1, 2) * room
    if rng.random() < setting.cut:
        side = int(rng.integers(2))
        shift[side] += rng.choice([-1, 1]) * (room[side] + rng.uniform(0.02, 0.16) * size[side])
    return np.asarray(pixels + np.asarray(size) / 2 + shift)


def _inverse(pixels: Array, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """For each pixel the share of the page that it shows, shape (height, width, 2), and whether it shows any."""
    rows, columns = pixels.shape[:2]
    grid = np.stack(np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows)), axis=2)
    fit, _ = cv2.findHomography(pixels.reshape(-1, 2), grid.reshape(-1, 2), 0)
    off = (cv2.perspectiveTransform(pixels, fit) - grid).astype(np.float32)
    x, y = np.meshgrid(np.arange(0, size[0] + STEP, STEP), np.arange(0, size[1] + STEP, STEP))
    target = cv2.perspectiveTransform(np.stack([x, y], axis=2).astype(np.float64), fit).astype(np.float32)
    found = target.copy()
    for _ in range(25):
        at = [np.clip(found[..., k], -0.05, 1.05) * (side - 1) for k, side in ((0, columns), (1, rows))]
        found = target - cv2.remap(off, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    px = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32) / STEP
    whole = cv2.remap(found, px[1], px[0], cv2.INTER_LINEAR)
    inside = ((whole > 0) & (whole < 1)).all(axis=2).astype(np.float32)
    return np.asarray(whole, np.float32), inside


def _shrunk(page: Image, pixels: Array) -> Image:
    """The page no larger than the picture shows it, so that nothing is sampled past."""
    tall = np.linalg.norm(np.diff(pixels, axis=0), axis=2).sum(axis=0).max()
    share = min(1.0, 1.15 * tall / page.shape[0])
    return np.asarray(cv2.resize(page, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def _noise(size: tuple[int, int], grain: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Smooth noise about 0 with a deviation of 1: `grain` (width, height) is how many values there are."""
    values = rng.normal(0, 1, grain[::-1]).astype(np.float32)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _ground(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Wood, wall or floor."""
    kind = str(rng.choice(["wood", "wall", "floor"]))
    if kind == "wood":
        tone = np.asarray([(70, 110, 160), (50, 75, 110), (120, 165, 205)][int(rng.integers(3))], np.float32)
        grain = 14 * _noise(size, (6, 260), rng) + 10 * _noise(size, (3, 40), rng)
        planks = np.zeros(size[::-1], np.float32)
        for y in rng.integers(0, size[1], 6):
            planks[y : y + max(2, size[1] // 500)] = -45
        ground = tone + (grain + planks)[..., None]
    elif kind == "wall":
        tone = np.asarray([(205, 215, 220), (190, 210, 190), (215, 200, 180)][int(rng.integers(3))], np.float32)
        ground = tone + (3 * _noise(size, (300, 400), rng) + 7 * _noise(size, (5, 7), rng))[..., None]
    else:
        tone = np.asarray([(160, 175, 185), (120, 125, 130), (205, 210, 215)][int(rng.integers(3))], np.float32)
        ground = tone + (6 * _noise(size, (90, 130), rng) + 5 * _noise(size, (400, 600), rng))[..., None]
        pitch, line = int(size[0] * rng.uniform(0.2, 0.4)), max(3, size[0] // 250)
        first = int(rng.integers(pitch))
        for at in range(first, max(size), pitch):
            ground[at : at + line] *= 0.72
            ground[:, at : at + line] *= 0.72
    if rng.random() < 0.5:
        ground = ground.transpose(1, 0, 2)
        ground = cv2.resize(np.ascontiguousarray(ground), size)
    return np.asarray(np.clip(ground, 0, 255), np.float32)


def _relief(inverse: Floats, slope: Array, rng: np.random.Generator) -> Floats:
    """How much brighter or darker bent paper is where it leans to or from the light."""
    strength = rng.uniform(-0.012, 0.012)
    rows, columns = slope.shape
    coarse = np.ascontiguousarray(inverse[::STEP, ::STEP])
    at = [coarse[..., k] * (side - 1) for k, side in ((0, columns), (1, rows))]
    leaning = cv2.remap(slope.astype(np.float32), *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lit = np.clip(1 + strength * leaning, 0.5, 1.15)
    return np.asarray(np.minimum(1.02, cv2.resize(lit, inverse.shape[1::-1])), np.float32)


def _light(size: tuple[int, int], setting: Setting, rng: np.random.Generator) -> Floats:
    """Uneven light over the picture, and the shadow of who holds the phone."""
    small = tuple(round(100 * side / max(size)) for side in size)
    x, y = np.meshgrid(np.linspace(-1, 1, small[0]), np.linspace(-1, 1, small[1]))
    strength = {"easy": 0.06, "field": 0.16, "hard": 0.3}[setting.name]
    way = rng.normal(0, 1, 2)
    way /= np.linalg.norm(way)
    light = 1 + strength * rng.uniform(0.3, 1) * (way[0] * x + way[1] * y) - 0.5 * strength * (x**2 + y**2) / 2
    if rng.random() < setting.shadow:
        middle = (rng.uniform(0, small[0]), rng.uniform(0.3, 1.2) * small[1])
        body = cv2.boxPoints((middle, (rng.uniform(18, 50), rng.uniform(30, 80)), rng.uniform(-40, 40)))
        shade = np.zeros(small[::-1], np.float32)
        cv2.fillPoly(shade, [body.astype(np.int32)], 1.0)
        shade = cv2.GaussianBlur(shade, (0, 0), rng.uniform(0.8, 6))
        light = light * (1 - rng.uniform(0.15, 0.45 if setting.name == "field" else 0.6) * shade)
    if rng.random() < setting.dark:
        light = light * rng.uniform(0.3, 0.6)
    return np.asarray(cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32)


def _edge_point(pixels: Array, side: str, along: float) -> tuple[Array, Array, float]:
    """A point of the paper's edge, the direction inwards (px, unit), and px to a share of the page's height."""
    rows, columns = pixels.shape[0] - 1, pixels.shape[1] - 1
    at = {"top": (0, along * columns), "bottom": (rows, along * columns), "left": (along * rows, 0),
          "right": (along * rows, columns)}[side]  # fmt: skip
    inner = {"top": (3, 0), "bottom": (-3, 0), "left": (0, 3), "right": (0, -3)}[side]
    here = pixels[int(at[0]), int(at[1])]
    way = pixels[int(at[0]) + inner[0], int(at[1]) + inner[1]] - here
    tall = float(np.linalg.norm(pixels[-1, columns // 2] - pixels[0, columns // 2]))
    return here, way / np.linalg.norm(way), tall


def _clips(scene: Floats, pixels: Array, rng: np.random.Generator) -> None:
    """Dark clips at the upper edge."""
    for along in rng.uniform(0.1, 0.9, int(rng.integers(1, 4))):
        here, way, tall = _edge_point(pixels, "top", float(along))
        across = np.asarray([-way[1], way[0]])
        length, half = tall * rng.uniform(0.015, 0.03), tall * rng.uniform(0.012, 0.025)
        body = [here - way * length + across * half, here + way * length + across * half,
                here + way * length - across * half, here - way * length - across * half]  # fmt: skip
        tone = tuple(rng.uniform(15, 70, 3).tolist())
        cv2.fillPoly(scene, [np.round(body).astype(np.int32)], tone, cv2.LINE_AA)


def _fingers(scene: Floats, pixels: Array, far: bool, rng: np.random.Generator) -> None:
    """Some fingers over an edge."""
    side = str(rng.choice(["left", "right", "bottom", "top"], p=[0.35, 0.35, 0.2, 0.1]))
    skin = np.asarray([(110, 140, 190), (75, 100, 150), (140, 170, 215)][int(rng.integers(3))])
    first = float(rng.uniform(0.1, 0.8))
    for number in range(int(rng.integers(1, 5))):
        here, way, tall = _edge_point(pixels, side, min(0.98, first + 0.028 * number))
        long = tall * rng.uniform(0.02, 0.075 if far else 0.05)
        tip, root = here + way * long, here - way * tall * 0.15
        thick = round(tall * rng.uniform(0.018, 0.026))
        tone = skin * rng.uniform(0.9, 1.05)
        ends = [tuple(int(v) for v in np.round(point)) for point in (root, tip)]
        for colour, width in ((tone, thick), (tone * 1.06, max(1, thick // 3))):
            cv2.line(scene, *ends, tuple(colour.tolist()), width, cv2.LINE_AA)


def _developed(scene: Floats, setting: Setting, grow: float, rng: np.random.Generator) -> Image:
    """Lens, sensor and what the phone makes of it."""
    defocus = abs(rng.normal(0, setting.blur)) * grow
    if defocus > 0.3:
        scene = cv2.GaussianBlur(scene, (0, 0), defocus)
    length = rng.uniform(0, setting.motion) * grow
    if length > 1.2:
        side = 2 * round(length) + 1
        kernel = np.zeros((side, side), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = np.asarray([np.cos(angle), np.sin(angle)]) * length / 2
        middle = np.asarray([side // 2] * 2)
        ends = [tuple(int(v) for v in np.round((middle + way * reach) * 16)) for way in (-1, 1)]
        cv2.line(kernel, *ends, 1.0, 1, cv2.LINE_AA, 4)
        scene = cv2.filter2D(scene, -1, kernel / kernel.sum())
    height, width = scene.shape[:2]
    tile = rng.normal(0, setting.noise, (height // 2 + 2, width, 1)).astype(np.float32)
    grain = np.concatenate([tile, -tile[::-1]])[:height]  # half as many draws; no reader looks for that
    blotches = rng.normal(0, setting.noise * 0.6, (height // 4, width // 4, 3)).astype(np.float32)
    colour = cv2.resize(blotches, (width, height))
    picture = scene + (grain + colour) * np.sqrt(np.clip(scene, 20, 255) / 160)
    if rng.random() < 0.6:  # a phone sharpens
        picture = picture + rng.uniform(0.2, 0.7) * (picture - cv2.GaussianBlur(picture, (0, 0), 1.5))
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
