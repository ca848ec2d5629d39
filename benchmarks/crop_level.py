"""Sheets at the level of crops: the same stations, hands and cameras as photographs, but only boxes and bubbles.

A page's boxes are cut from its printed form and moved together, filled by the station's writer, and photographed
as a small part of the page: one light, one lens, one compression. Neither page nor tag is sought; boxes lie where
they are thought to lie but for SLIP. So a sheet costs a twentieth of its photographs, and errors of one hand and
one camera stay together, which is what counts when figures are weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.fill import Habits, fill_boxes
from sirekap.camera.handwriting import Writer
from sirekap.camera.photograph import Setting, photograph_part
from sirekap.camera.simulate import drawn_at
from sirekap.drawing import raster_form
from sirekap.forms import Bubbles, Field, Form, Rect
from sirekap.reading.boxes import Placed, bubble_darkness, crops
from sirekap.reading.digits import DigitReader
from sirekap.reading.model import Evidence

Image = npt.NDArray[np.uint8]

EDGE = 5.0  # mm of the printed page kept around a field's boxes
# How far boxes lie from where they are cut, in mm: each box, and now and then a whole field. Chosen so that crops
# are no easier than those cut from photographs: `python -m benchmarks.sheets --compare` shows both.
SLIP, LOST, LOST_SHARE = 0.45, 2.0, 0.01


@dataclass(frozen=True)
class Cluster:
    """A page's fields moved together: its printed picture (read-only) and where the fields lie on it, in mm."""

    picture: Image
    fields: tuple[Field, ...]


@lru_cache(maxsize=64)
def cluster(form: Form, page: int, px_per_mm: float) -> Cluster:
    """The boxes and bubbles of a page, four fields to a row."""
    whole = raster_form(form, page, px_per_mm)
    placed: list[tuple[Field, tuple[int, int, int, int], tuple[int, int]]] = []
    x = y = lowest = widest = 0
    for index, field in enumerate(form.fields_of(page)):
        if index % 4 == 0:
            x, y = 0, lowest
        area = _around(field)
        left, top = (int((v - EDGE) * px_per_mm) for v in (area.x, area.y))
        w, h = (int((v + 2 * EDGE) * px_per_mm) for v in (area.w, area.h))
        placed.append((field, (left, top, w, h), (x, y)))
        x, lowest, widest = x + w, max(lowest, y + h), max(widest, x + w)
    picture = np.full((lowest, widest, 3), 255, np.uint8)
    fields = []
    for field, (left, top, w, h), (x, y) in placed:
        part = whole[top : top + h, left : left + w]
        picture[y : y + part.shape[0], x : x + part.shape[1]] = part
        fields.append(_moved(field, (x - left) / px_per_mm, (y - top) / px_per_mm))
    picture.flags.writeable = False
    return Cluster(picture, tuple(fields))


def _around(field: Field) -> Rect:
    """A field's boxes and bubbles."""
    area, bubbles = field.area, field.bubbles
    if bubbles is None:
        return area
    foot = bubbles.first_y + 9 * bubbles.pitch + bubbles.radius
    return Rect(area.x, area.y, area.w, foot - area.y)


def _moved(field: Field, dx: float, dy: float) -> Field:
    bubbles = field.bubbles
    if bubbles is not None:
        columns = tuple(x + dx for x in bubbles.columns)
        bubbles = Bubbles(columns, bubbles.first_y + dy, bubbles.pitch, bubbles.radius)
    boxes = tuple(Rect(box.x + dx, box.y + dy, box.w, box.h) for box in field.boxes)
    return replace(field, boxes=boxes, bubbles=bubbles, tally=None, words=None)


@dataclass(frozen=True)
class Shot:
    """A page's boxes as photographed: where its fields lie, and its picture."""

    placed: tuple[Placed, ...]
    image: Image


def shoot(
    form: Form, page: int, figures: Mapping[str, int | None], writer: Writer, habits: Habits,
    setting: Setting, size: tuple[int, int], rng: np.random.Generator,
) -> Shot:  # fmt: skip
    """Write and photograph the boxes of one page; `size` is the whole photograph's in px."""
    px_per_mm = drawn_at(form, size)
    printed = cluster(form, page, px_per_mm)
    paper = printed.picture.copy()
    fill_boxes(paper, printed.fields, figures, writer, rng, habits, px_per_mm)
    height, width = paper.shape[0] / px_per_mm, paper.shape[1] / px_per_mm
    scale = min(size[0] / form.width, size[1] / form.height) * float(rng.uniform(*setting.fill))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    bent = (corners - corners.mean(axis=0)) * scale
    bent = bent * (1 + rng.uniform(-setting.perspective, setting.perspective, (4, 2)))
    angle = np.radians(rng.uniform(-setting.tilt, setting.tilt))
    bent = bent @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    bent -= bent.min(axis=0) - 2
    frame = tuple(int(v) + 3 for v in bent.max(axis=0))
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), bent.astype(np.float32))
    flat = np.diag([1 / px_per_mm, 1 / px_per_mm, 1.0])
    seen = cv2.warpPerspective(
        paper, matrix @ flat, frame, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    image = photograph_part(np.asarray(seen, np.uint8), rng, setting, min(size))
    return Shot(tuple(_placed(field, matrix, setting, rng) for field in printed.fields), image)


def _placed(field: Field, matrix: npt.NDArray[np.float64], setting: Setting, rng: np.random.Generator) -> Placed:
    slip = rng.normal(0, LOST, 2) if rng.random() < LOST_SHARE * setting.curl else np.zeros(2)
    offsets = tuple((float(x), float(y)) for x, y in rng.normal(slip, SLIP, (len(field.boxes), 2)))
    return Placed(field, matrix, offsets, 1.0)


def evidence(shots: tuple[Shot, ...], reader: DigitReader) -> dict[str, Evidence]:
    """What the boxes and bubbles of a sheet say of its figures."""
    fields = [(item, shot) for shot in shots for item in shot.placed]
    classes = reader.read([crop for item, shot in fields for crop in crops(shot.image, item)])
    found: dict[str, Evidence] = {}
    at = 0
    for item, shot in fields:
        count = len(item.field.boxes)
        rows = tuple(tuple(float(p) for p in row) for row in classes[at : at + count])
        grey = np.asarray(cv2.cvtColor(shot.image, cv2.COLOR_BGR2GRAY), np.uint8) if item.field.bubbles else None
        found[item.field.name] = Evidence(rows, () if grey is None else bubble_darkness(grey, item))
        at += count
    return found
