"""A flat page photographed with a phone: folds, curl, light, shadow, perspective, blur, noise, JPEG.

All geometry and light is described on a coarse grid and blown up, and the page is sampled once, from the
final frame: a photograph of 12 megapixels costs about a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.background import background, fingers

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Span = tuple[float, float]
Bending = Callable[[Floats, Floats], Floats]
"""From places on the page, as shares of its width and height, to their displacement in mm of a sheet 900 mm high
(one axis more, x before y).
"""

SIZES: tuple[tuple[int, int], ...] = ((1000, 1778), (1200, 1600), (2250, 3000), (3000, 4000))
"""Width and height in pixels of photographs held upright, as cheap phones and messengers make them."""

_STEP = 16  # pixels of the frame to a step of the coarse grid
_NOISE_SIDE = 1024
_LIGHT = 160  # the byte that stands for unchanged brightness in the map of light


@dataclass(frozen=True, slots=True)
class Setting:
    """How hard a photograph is. Pairs are the least and most of what is drawn at random.

    `fill`: the share of the frame that the paper takes in its tighter direction. `tilt`: degrees either way.
    `perspective`: how far a corner strays, as a share of the paper. `turned`: how often the page lies on its
    side or upside down. `curl` and `fold`: displacement in mm; `folds`: how many creases. `light`: the darkest
    part's share of the brightest. `shadow`: how often a shadow falls on it. `cast`: strength of a colour cast.
    `blur`: sigma in px of a photograph 1,000 px wide; `motion`: length in the same px. `noise`: grey levels.
    `quality`: JPEG's. `fingers`: how often hands hold the paper.
    """

    name: str
    fill: Span
    tilt: float
    perspective: float
    turned: float
    curl: float
    fold: float
    folds: tuple[int, int]
    light: Span
    shadow: float
    cast: float
    blur: Span
    motion: Span
    noise: Span
    quality: tuple[int, int]
    fingers: float
    sizes: tuple[tuple[int, int], ...] = SIZES


CLEAN = Setting(
    "clean", fill=(0.90, 0.97), tilt=0.6, perspective=0.004, turned=0.0, curl=0.0, fold=0.0, folds=(0, 0),
    light=(0.93, 1.0), shadow=0.0, cast=0.01, blur=(0.2, 0.4), motion=(0.0, 0.0), noise=(0.5, 1.5),
    quality=(88, 92), fingers=0.0,
)  # fmt: skip
FIELD = Setting(
    "field", fill=(0.78, 0.97), tilt=3.5, perspective=0.030, turned=0.15, curl=2.5, fold=0.9, folds=(2, 5),
    light=(0.60, 0.90), shadow=0.35, cast=0.04, blur=(0.25, 0.65), motion=(0.0, 1.2), noise=(1.5, 6.0),
    quality=(60, 92), fingers=0.15,
)  # fmt: skip
HARSH = Setting(
    "harsh", fill=(0.66, 0.95), tilt=9.0, perspective=0.075, turned=0.35, curl=6.0, fold=2.2, folds=(3, 7),
    light=(0.32, 0.70), shadow=0.75, cast=0.08, blur=(0.5, 1.3), motion=(0.5, 3.0), noise=(4.0, 13.0),
    quality=(40, 75), fingers=0.4,
)  # fmt: skip
SETTINGS: dict[str, Setting] = {setting.name: setting for setting in (CLEAN, FIELD, HARSH)}


@dataclass(frozen=True)
class _Crease:
    """A fold across the whole page: where it runs, as shares of the page, and how the paper bends there."""

    upright: bool
    at: float
    lift: float
    light: float


@dataclass(frozen=True)
class Shot:
    """A photograph before it is written as a file: `picture` is BGR, `grid` where it shows the page.

    `grid` holds, for points 16 px apart from (−8.5, −8.5) px on, the page's point in px: (rows, columns, 2).
    `after` maps pixels of the exposed frame to those of `picture`, where that was turned, cut or scaled since.
    """

    picture: Image
    grid: Floats
    scale: float
    after: npt.NDArray[np.float64]

    def at(self, mm: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The pixels of `picture` that show points of the page, both of shape (n, 2); `mm` in mm."""
        wanted = np.asarray(mm, np.float64) * self.scale - 0.5
        rows, columns = self.grid.shape[:2]
        found = []
        for point in wanted:
            gap = np.linalg.norm(self.grid - point, axis=2)
            y, x = (float(v) for v in np.unravel_index(int(np.argmin(gap)), gap.shape))
            for _ in range(6):
                column, row = min(max(int(x), 0), columns - 2), min(max(int(y), 0), rows - 2)
                (a, b), (c, d) = self.grid[row : row + 2, column : column + 2].astype(np.float64)
                s, t = x - column, y - row
                here = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d)
                slopes = np.column_stack([(1 - t) * (b - a) + t * (d - c), (1 - s) * (c - a) + s * (d - b)])
                step = np.linalg.lstsq(slopes, point - here, rcond=None)[0]
                x, y = x + float(np.clip(step[0], -4, 4)), y + float(np.clip(step[1], -4, 4))
            found.append(((x - 0.5) * _STEP - 0.5, (y - 0.5) * _STEP - 0.5, 1.0))
        points = np.asarray(found) @ self.after.T
        return np.asarray(points[:, :2] / points[:, 2:])


def photograph(
    page: Image, rng: np.random.Generator, setting: Setting = FIELD, size: tuple[int, int] | None = None
) -> bytes:
    """A JPEG photograph of a flat page (BGR, uint8, shape (height, width, 3), portrait).

    `size` is the frame's width and height in px, as the phone is held upright; one of the setting's where it
    is None. A page that lies on its side is photographed with the phone on its side (width and height change
    places). The same page, generator state, setting and size give the same bytes.
    Raises ValueError where the page is not such a picture.
    """
    picture = shoot(page, rng, setting, size).picture
    quality = int(rng.integers(setting.quality[0], setting.quality[1] + 1))
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def shoot(
    page: Image,
    rng: np.random.Generator,
    setting: Setting = FIELD,
    size: tuple[int, int] | None = None,
    *,
    px_per_mm: float = 1.0,
    corners: npt.NDArray[np.float64] | None = None,
    bend: Bending | None = None,
    behind: Image | None = None,
) -> Shot:
    """As `photograph`, but the picture itself and where it shows the page, `px_per_mm` pixels of it a mm.

    `corners` are the pixels of the frame where the page's corners lie, clockwise from its top left; drawn at
    random where they are None. `bend` lays the paper off its plane. `behind` is the picture that the paper
    lies on, BGR of the frame's size; a made-up surface where it is None.
    """
    if page.dtype != np.uint8 or page.ndim != 3 or page.shape[2] != 3:
        raise ValueError(
            f"expected a BGR uint8 picture of shape (height, width, 3), got {page.dtype} {page.shape}"
        )
    if size is None:
        size = setting.sizes[int(rng.integers(len(setting.sizes)))]
    turns = 0
    if corners is None:
        turns = int(rng.integers(1, 4)) if rng.random() < setting.turned else 0
    frame = (size[1], size[0]) if turns % 2 else size
    creases = _creases(setting, rng)
    width, height = page.shape[1], page.shape[0]
    if corners is None:
        corners = _corners(width, height, frame, turns, setting, rng)
    grid = _bent(_grid(width, height, frame, corners), width, height, creases, setting, rng)
    if bend is not None:
        shift = bend(grid[..., 0] / width, grid[..., 1] / height)
        grid = (grid + shift * height / 900.0).astype(np.float32)
    picture = _expose(_creased(page, creases), grid, frame, creases, setting, rng, behind)
    return Shot(_optics(picture, setting, rng), grid, px_per_mm, np.eye(3))


def photograph_part(picture: Image, rng: np.random.Generator, setting: Setting, side: int) -> Image:
    """A part of a page as it lies in a photograph, lit, blurred, noisy and compressed; geometry is the caller's.

    `picture` is BGR, uint8; `side` the shorter side in px of the whole photograph, which blur goes by.
    """
    height, width = picture.shape[:2]
    rows, columns = -(-height // _STEP) + 2, -(-width // _STEP) + 2
    y, x = (np.mgrid[0:rows, 0:columns].astype(np.float32) - 0.5) * _STEP - 0.5
    light = _light(np.stack([x, y], axis=2), width, height, _creases(setting, rng), setting, rng) * _LIGHT
    lit = cv2.multiply(picture, _blown_up(_bytes(np.clip(light, 0, 255)), (width, height)), scale=1.0 / _LIGHT)
    shown = _optics(_bytes(lit), setting, rng, side)
    quality = int(rng.integers(setting.quality[0], setting.quality[1] + 1))
    done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
    part = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert done and part is not None
    return _bytes(part)


def _between(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _creases(setting: Setting, rng: np.random.Generator) -> tuple[_Crease, ...]:
    """Large sheets come folded to a quarter and smaller: creases stand near halves and quarters."""
    many = int(rng.integers(setting.folds[0], setting.folds[1] + 1))
    usual = [(False, 0.5), (True, 0.5), (False, 0.25), (False, 0.75), (True, 0.25), (True, 0.75)]
    creases = []
    for upright, at in usual[:many]:
        creases.append(_Crease(upright, float(np.clip(at + rng.normal(0, 0.012), 0.05, 0.95)),
                               float(rng.normal(0, setting.fold)), float(rng.normal(0, 0.05))))  # fmt: skip
    return tuple(creases)


def _corners(
    width: int, height: int, frame: tuple[int, int], turns: int, setting: Setting, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Where in the frame the page's corners lie, clockwise from its top left, in px."""
    w, h = frame
    long, short = (width, height) if turns % 2 else (height, width)
    scale = min(w / short, h / long) * _between(setting.fill, rng)
    half = np.array([short, long]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    corners = corners * half * (1 + rng.uniform(-setting.perspective, setting.perspective, (4, 2)))
    angle = np.radians(rng.uniform(-setting.tilt, setting.tilt))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    # The whole sheet stays in the frame: people are told to photograph all four marks.
    corners *= min(1.0, *(0.985 * np.array([w, h]) / (high - low)))
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.array([w, h]) - (high - low)
    corners += room * rng.uniform(0.25, 0.75, 2) - low
    return np.roll(corners, turns, axis=0)


def _grid(width: int, height: int, frame: tuple[int, int], corners: npt.NDArray[np.float64]) -> Floats:
    """Where each point of the coarse grid over the frame falls on the flat page, in px: (rows, columns, 2)."""
    w, h = frame
    page = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_page = cv2.getPerspectiveTransform(corners.astype(np.float32), page)
    # A step stands in the middle of its pixels, and one step lies outside on each side: see _blown_up.
    rows, columns = -(-h // _STEP) + 2, -(-w // _STEP) + 2
    y, x = (np.mgrid[0:rows, 0:columns].astype(np.float64) - 0.5) * _STEP - 0.5
    points = cv2.perspectiveTransform(np.stack([x, y], axis=2).reshape(-1, 1, 2), to_page)
    return points.reshape(rows, columns, 2).astype(np.float32)


def _bent(
    grid: Floats,
    width: int,
    height: int,
    creases: tuple[_Crease, ...],
    setting: Setting,
    rng: np.random.Generator,
) -> Floats:
    """The grid, displaced as curled and folded paper shows its points elsewhere than flat paper."""
    px_per_mm = height / 900.0
    u, v = grid[..., 0] / width, grid[..., 1] / height
    out = grid.copy()
    if setting.curl:
        for axis in (0, 1):
            for along in (u, v):
                size = rng.normal(0, setting.curl / 2) * px_per_mm
                waves, phase = rng.uniform(0.4, 1.4), rng.uniform(0, 2 * np.pi)
                out[..., axis] += np.float32(size) * np.sin(2 * np.pi * waves * along + phase).astype(np.float32)
    for crease in creases:
        across = u if crease.upright else v
        # A ridge that falls off to both sides: a kink at the crease, flat far away.
        ridge = np.exp(-np.abs(across - crease.at) / 0.12).astype(np.float32)
        tilt = rng.normal(0, 0.5)
        out[..., 1 if crease.upright else 0] += np.float32(crease.lift * px_per_mm * tilt) * ridge
        out[..., 0 if crease.upright else 1] += np.float32(crease.lift * px_per_mm) * ridge
    return out


def _creased(page: Image, creases: tuple[_Crease, ...]) -> Image:
    """The page with its creases' thin lines of light and dark, where the paper's surface is broken."""
    if not creases:
        return page
    out = page.copy()
    px_per_mm = page.shape[0] / 900.0
    for crease in creases:
        length = page.shape[1 if crease.upright else 0]
        middle, reach = crease.at * length, max(2, round(3.0 * px_per_mm))
        start, end = max(0, int(middle) - reach), min(length, int(middle) + reach)
        offset = (np.arange(start, end) - middle) / (0.8 * px_per_mm)
        line = 1.0 + crease.light * 1.6 * np.exp(-(offset**2)) * np.sign(offset + 0.3)
        factor = np.minimum(line - 0.03 * np.exp(-(offset**2)), 1.02).astype(np.float32)
        part = out[:, start:end] if crease.upright else out[start:end]
        shaped = factor[None, :, None] if crease.upright else factor[:, None, None]
        part[...] = np.clip(part * shaped, 0, 255).astype(np.uint8)
    return out


def _expose(
    page: Image, grid: Floats, frame: tuple[int, int], creases: tuple[_Crease, ...], setting: Setting,
    rng: np.random.Generator, behind: Image | None = None,
) -> Image:  # fmt: skip
    """The lit paper on its background, at the frame's size."""
    x, y = (_blown_up(np.ascontiguousarray(grid[..., axis]), frame) for axis in (0, 1))
    x, y = cv2.convertMaps(x, y, cv2.CV_16SC2)
    paper = cv2.remap(page, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = np.full(page.shape[:2], 255, np.uint8)
    mask = _bytes(cv2.remap(inside, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0.0,)))
    light = _light(grid, page.shape[1], page.shape[0], creases, setting, rng) * _LIGHT
    paper = cv2.multiply(paper, _blown_up(_bytes(np.clip(light, 0, 255)), frame), scale=1.0 / _LIGHT)
    picture = background(frame, rng, mask) if behind is None else behind.copy()
    _lay(paper, mask, picture)
    if rng.random() < setting.fingers:
        fingers(picture, mask, rng)
    return picture.astype(np.uint8, copy=False)


def _lay(paper: cv2.typing.MatLike, mask: Image, picture: Image) -> None:
    """Puts the paper on the picture, in place; only the few pixels of its edge are mixed."""
    cv2.copyTo(paper, cv2.threshold(mask, 254, 255, cv2.THRESH_BINARY)[1], picture)
    rows, columns = np.nonzero((mask > 0) & (mask < 255))
    share = mask[rows, columns, None].astype(np.float32) / 255
    mixed = share * paper[rows, columns] + (1 - share) * picture[rows, columns]
    picture[rows, columns] = mixed.astype(np.uint8)


def _blown_up(coarse: cv2.typing.MatLike, frame: tuple[int, int]) -> cv2.typing.MatLike:
    """The coarse grid's values at every pixel of the frame (width, height), linear between."""
    w, h = frame
    size = coarse.shape[1] * _STEP, coarse.shape[0] * _STEP
    return cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)[_STEP : _STEP + h, _STEP : _STEP + w]


def _bytes(picture: cv2.typing.MatLike) -> Image:
    return picture.astype(np.uint8, copy=False)


def _light(
    grid: Floats,
    width: int,
    height: int,
    creases: tuple[_Crease, ...],
    setting: Setting,
    rng: np.random.Generator,
) -> Floats:
    """How bright the paper is at each point of the grid, in blue, green and red: about 0.2 to 1.1."""
    rows, columns = grid.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x, y = x / columns - 0.5, y / rows - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * x + np.sin(angle) * y
    slope = (slope - slope.min()) / (np.ptp(slope) + 1e-6)
    darkest = _between(setting.light, rng)
    level = darkest + (1 - darkest) * slope
    level *= rng.uniform(0.9, 1.04) if setting.curl else rng.uniform(0.97, 1.02)
    u, v = grid[..., 0] / width, grid[..., 1] / height
    for crease in creases:
        side = (u if crease.upright else v) - crease.at
        level *= 1.0 + crease.light * np.tanh(side / 0.01) * np.exp(-np.abs(side) / 0.25)
    if rng.random() < setting.shadow:
        level *= _shadow(x, y, rng)
    mottled = cv2.resize(rng.normal(1.0, 0.006, (12, 9)).astype(np.float32), (columns, rows))
    # Light is warm or cold (blue against red) far more often than it is green or purple.
    warmth, green = rng.normal(0, setting.cast), rng.normal(0, setting.cast / 4)
    cast = np.array([1.0 - warmth, 1.0 + green, 1.0 + warmth])
    return np.asarray((level * mottled)[..., None] * (cast / max(cast)), dtype=np.float32)


def _shadow(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """The soft shadow of whoever holds the phone, or of a window's frame: 1 in the light, 0.45 and more in it."""
    angle, shift = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    across = np.cos(angle) * x + np.sin(angle) * y - shift
    if rng.random() < 0.5:
        across = 0.16 - np.hypot(x - rng.uniform(-0.3, 0.3), (y - rng.uniform(-0.1, 0.6)) * 0.6)
    soft = rng.uniform(0.01, 0.08)
    inside = 1.0 / (1.0 + np.exp(-np.clip(across / soft, -30, 30)))
    return np.asarray(1.0 - rng.uniform(0.15, 0.5) * inside, dtype=np.float32)


def _optics(picture: Image, setting: Setting, rng: np.random.Generator, whole: int | None = None) -> Image:
    """Blur and noise of a cheap phone. `whole` is the shorter side of the photograph this is a part of."""
    scale = (whole or min(picture.shape[:2])) / 1000.0
    # Larger photographs are sharper in the page's measure but softer in their own pixels.
    sigma = _between(setting.blur, rng) * scale**0.7
    length = _between(setting.motion, rng) * scale**0.7
    if sigma > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8, copy=False)
    if length > 1.0:
        picture = cv2.filter2D(picture, -1, _streak(length, rng)).astype(np.uint8, copy=False)
    level = _between(setting.noise, rng)
    side = min(_NOISE_SIDE if whole is None else _NOISE_SIDE // 4, max(picture.shape[:2]))
    tile = rng.normal(0, 1, (side, side, 3)).astype(np.float32)
    grey = tile.mean(axis=2, keepdims=True)
    tile = cv2.GaussianBlur(0.5 * tile + grey, (0, 0), 0.6)
    tile *= level / max(float(tile.std()), 1e-6)
    rows, columns = (-(-length // side) for length in picture.shape[:2])
    noise = cv2.repeat(np.round(tile).astype(np.int16), rows, columns)[: picture.shape[0], : picture.shape[1]]
    return cv2.add(picture, noise, dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def _streak(length: float, rng: np.random.Generator) -> Floats:
    """The kernel of a hand that moved by `length` px during exposure, in a random direction."""
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    angle, middle = rng.uniform(0, np.pi), side // 2
    for t in np.linspace(-length / 2, length / 2, 32):
        x, y = middle + t * np.cos(angle), middle + t * np.sin(angle)
        kernel[round(y), round(x)] += 1
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
