"""From millimetres of a page to pixels of a photograph and back, and the flattened picture between."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.reading.decode import Image

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]
Point = tuple[float, float]
Pair = tuple[Point, Point]  # mm of the page, pixels of the photograph


def homography(pairs: list[Pair]) -> Matrix | None:
    """The map from mm to pixels that fits the pairs best; None where they do not determine one."""
    matrix, _ = cv2.findHomography(
        np.asarray([mm for mm, _ in pairs], np.float64), np.asarray([px for _, px in pairs], np.float64), 0
    )
    if matrix is None or not np.all(np.isfinite(matrix)) or abs(np.linalg.det(matrix)) < 1e-12:
        return None
    return np.asarray(matrix, np.float64)


def affine(pairs: list[Pair]) -> Matrix | None:
    """The map without perspective that fits the pairs best: steadier than `homography` where they lie close
    together, as the corners of a tag do.
    """
    mm = np.asarray([[x, y, 1.0] for (x, y), _ in pairs])
    px = np.asarray([px for _, px in pairs])
    solved, _, rank, _ = np.linalg.lstsq(mm, px, rcond=None)
    if rank < 3:
        return None
    return np.asarray(np.vstack([solved.T, [0.0, 0.0, 1.0]]), np.float64)


def project(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """The pixel of the photograph that shows (x, y) mm of the page."""
    u, v, w = matrix @ np.asarray((x, y, 1.0))
    return float(u / w), float(v / w)


def enlarged_map(matrix: Matrix, by: int) -> Matrix:
    """A map to pixels of a picture reduced by a whole number, as a map to those of the whole one."""
    grown = np.asarray([[by, 0, (by - 1) / 2], [0, by, (by - 1) / 2], [0, 0, 1]])  # the middles of pixels
    return np.asarray(grown @ matrix, np.float64)


def distance_mm(matrix: Matrix, mm: Point, px: Point) -> float:
    """How far the paper's point under a pixel lies from where it should, in mm; infinite behind the camera."""
    u, v, w = np.linalg.solve(matrix, np.asarray((*px, 1.0)))
    return float(np.hypot(u / w - mm[0], v / w - mm[1])) if abs(w) > 1e-12 else float("inf")


def warp(
    image: Image,
    matrix: Matrix,
    origin: tuple[float, float],
    size: tuple[float, float],
    scale: float,
    *,
    border: int = 255,
    mode: int = cv2.BORDER_CONSTANT,
) -> Image:
    """A rectangle of the page, flattened: `origin` and `size` in mm, `scale` in px/mm of the result.

    `border` is the level outside the photograph, or `mode` how OpenCV goes on there.
    """
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    # pixel (i, j) of the patch shows the page at origin + (i + 0.5) / scale, and a pixel of the photo has its
    # middle at 0.5; the product of matrices is written out because a page takes hundreds of them
    there = matrix.copy()
    there[:, 2] += matrix[:, 0] * (origin[0] + 0.5 / scale) + matrix[:, 1] * (origin[1] + 0.5 / scale)
    there[:, :2] /= scale
    there[:2] -= 0.5 * there[2]
    value = (border,) * 3 if image.ndim == 3 else border
    flat = cv2.warpPerspective(
        image,
        there,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=mode,
        borderValue=value,
    )
    return np.asarray(flat, np.uint8)


def peak(scores: npt.NDArray[np.floating], place: tuple[int, int] | npt.ArrayLike) -> tuple[float, float]:
    """Sub-pixel offset of a correlation peak, by a parabola through its neighbours."""
    x, y = (int(v) for v in np.asarray(place))
    offsets = []
    for along, (before, after) in ((x, ((y, x - 1), (y, x + 1))), (y, ((y - 1, x), (y + 1, x)))):
        limit = scores.shape[1] if before[0] == y else scores.shape[0]
        if not 0 < along < limit - 1:
            offsets.append(0.0)
            continue
        a, b, c = float(scores[before]), float(scores[y, x]), float(scores[after])
        bend = a - 2 * b + c
        offsets.append(0.0 if bend >= 0 else max(-0.5, min(0.5, 0.5 * (a - c) / bend)))
    return offsets[0], offsets[1]


def percentile(flat: Image, q: float) -> float:
    """As numpy's, of a grey picture, in a tenth of the time: 256 grey levels need no sorting."""
    below = np.cumsum(np.bincount(flat.ravel(), minlength=256))
    rank = q / 100 * (flat.size - 1)
    low, high = np.searchsorted(below, (int(rank), min(int(rank) + 1, flat.size - 1)), side="right")
    return float(low + (high - low) * (rank - int(rank)))


def shrunk(grey: Image, side: int, *, quick: bool = False) -> Image:
    """The picture with its longer side at most `side` px, halved first: that is far cheaper.

    What is left then is less than another halving; `quick` takes the mean of four pixels for it, not their area.
    """
    scale = side / max(grey.shape)
    if scale >= 1.0:
        return grey
    width, height = round(grey.shape[1] * scale), round(grey.shape[0] * scale)
    while min(grey.shape[0] // 2, grey.shape[1] // 2) >= min(height, width) and max(grey.shape) // 2 >= side:
        size = (grey.shape[1] // 2, grey.shape[0] // 2)
        even = grey[: size[1] * 2, : size[0] * 2]
        grey = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)
    how = cv2.INTER_LINEAR if quick else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8)
