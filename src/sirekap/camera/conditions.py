"""Photographs with which something is wrong, by name, each with the truth of where its page lies.

For tests and measurements of how pages are found. Each condition takes a filled page and a state of chance,
and gives the same bytes for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.photograph import FIELD, Floats, Image, Setting, Shot, shoot
from sirekap.camera.scenes import clutter, finger, glare, letter, moire, receipt, squares, wall, white_table
from sirekap.forms import Form, Rect

USUAL = replace(FIELD, name="usual", turned=0.0, fingers=0.0)
SIZE = (1500, 2000)  # px of most frames, held upright
QUALITY = 80
Points = npt.NDArray[np.float64]
Chance = np.random.Generator


@dataclass(frozen=True)
class Subject:
    """A filled page of a form at `px_per_mm`; `other` is another page of it, `twin` another station's same."""

    form: Form
    page: int
    picture: Image
    other: Image
    twin: Image
    px_per_mm: float


@dataclass(frozen=True)
class Case:
    """A file and how it was made; `shot` is None where no page of the form is in it."""

    data: bytes
    shot: Shot | None


Condition = Callable[[Subject, Chance], Case]


def _shot(
    subject: Subject, rng: Chance, setting: Setting = USUAL, size: tuple[int, int] = SIZE, **more: object
) -> Shot:
    own = more.pop("picture", subject.picture)
    return shoot(own, rng, setting, size, px_per_mm=subject.px_per_mm, **more)  # type: ignore[arg-type]  # passed on


def _jpeg(shot: Shot, quality: int = QUALITY) -> Case:
    done, data = cv2.imencode(".jpg", shot.picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return Case(data.tobytes(), shot)


def _moved(shot: Shot, matrix: Points, size: tuple[int, int]) -> Shot:
    """The photograph as a map of its pixels shows it, on a new frame of (width, height)."""
    picture = cv2.warpPerspective(shot.picture, matrix, size, flags=cv2.INTER_AREA)
    return replace(shot, picture=np.asarray(picture, np.uint8), after=matrix @ shot.after)


def _resized(shot: Shot, width: int) -> Shot:
    share = width / shot.picture.shape[1]
    size = width, round(shot.picture.shape[0] * share)
    picture = np.asarray(cv2.resize(shot.picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    centre = 0.5 * (share - 1)  # pixel centres: the corner of the picture stays in its place
    return replace(
        shot, picture=picture, after=np.array([[share, 0, centre], [0, share, centre], [0, 0, 1]]) @ shot.after
    )


def _window(shot: Shot, left: int, top: int, right: int, bottom: int) -> Shot:
    move = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
    return replace(
        shot, picture=np.ascontiguousarray(shot.picture[top:bottom, left:right]), after=move @ shot.after
    )


def _blank(subject: Subject, *places: Rect) -> Image:
    """The page with some of its print missing."""
    out = subject.picture.copy()
    for place in places:
        x, y, w, h = (round(v * subject.px_per_mm) for v in (place.x, place.y, place.w, place.h))
        out[max(0, y - 4) : y + h + 4, max(0, x - 4) : x + w + 4] = 250
    return out


def _mark(subject: Subject, name: str) -> Rect:
    mark = next(m for m in subject.form.page(subject.page).marks if m.name == name)
    xs = [v for s in mark.squares for v in (s.x, s.x + s.w)]
    ys = [v for s in mark.squares for v in (s.y, s.y + s.h)]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _tag(subject: Subject) -> Rect:
    tag = subject.form.page(subject.page).tag
    assert tag is not None, "the condition needs a form with tags"
    return tag.rect


def _without(*names: str, tag: bool = True, table: bool = True) -> Condition:
    """Some corner marks (and the tag) missing; without `table` the paper lies on a table of its own white."""

    def make(subject: Subject, rng: Chance) -> Case:
        places = [_mark(subject, name) for name in names] + ([] if tag else [_tag(subject)])
        behind = None if table else white_table(SIZE, rng)
        return _jpeg(_shot(subject, rng, picture=_blank(subject, *places), behind=behind))

    return make


def _setting(size: tuple[int, int] = SIZE, quality: int = QUALITY, **changes: object) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        return _jpeg(_shot(subject, rng, replace(USUAL, **changes), size), quality)  # type: ignore[arg-type]  # passed on

    return make


def _folded(many: int) -> Condition:
    """Halves of the sheet that rise from the crease by 10 to 18 degrees: shorter, and nearer to the camera."""

    def make(subject: Subject, rng: Chance) -> Case:
        creases = [(axis, rng.uniform(0.4, 0.6), np.radians(rng.uniform(10, 18)), rng.uniform(0.02, 0.05))
                   for axis in ((1, 0)[:many])]  # fmt: skip

        def bend(u: Floats, v: Floats) -> Floats:
            out = np.zeros((*u.shape, 2), np.float32)
            for axis, at, rise, nearer in creases:
                along, across = (v, u) if axis else (u, v)
                beyond = np.maximum(along - at, 0)
                out[..., axis] += 900 * beyond * np.float32(1 / np.cos(rise) - 1)
                out[..., 1 - axis] -= 600 * (across - 0.5) * beyond * np.float32(2 * nearer)
            return out

        folds = replace(USUAL, folds=(2, 3), fold=2.5)
        return _jpeg(_shot(subject, rng, folds, bend=bend))

    return make


def _curled(subject: Subject, rng: Chance) -> Case:
    """Paper that was rolled: its lines are bows of up to 14 mm."""
    size, phase = rng.uniform(8, 14, 2) * rng.choice([-1, 1], 2), rng.uniform(-0.3, 0.3)

    def bend(u: Floats, v: Floats) -> Floats:
        bow = np.float32(size[0]) * np.sin(np.pi * (u + phase)), np.float32(size[1] / 2) * np.sin(np.pi * v)
        return np.stack([bow[1], bow[0]], axis=-1).astype(np.float32)

    return _jpeg(_shot(subject, rng, bend=bend))


def _beside(twin: bool) -> Condition:
    """A second sheet lies partly in the frame, partly below the first."""

    def make(subject: Subject, rng: Chance) -> Case:
        second = subject.twin if twin else subject.other
        frame = (2000, 2000)
        height = rng.uniform(1500, 1700)
        half = np.array([height * subject.form.width / subject.form.height, height]) / 2
        unit = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        side = rng.choice([-1, 1])
        places = []
        for middle in (1000 - side * rng.uniform(180, 280), 1000 + side * rng.uniform(700, 950)):
            turn = np.radians(rng.uniform(-4, 4))
            turned = (unit * half) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            places.append(turned * (1 + rng.uniform(-0.02, 0.02, (4, 2))) + (middle, 1000 + rng.uniform(-60, 60)))
        below = shoot(second, rng, USUAL, frame, corners=places[1]).picture
        return _jpeg(_shot(subject, rng, USUAL, frame, corners=places[0], behind=below))

    return make


def _glare(subject: Subject, rng: Chance) -> Case:
    """A lamp's reflection on the last figure of the page."""
    shot = _shot(subject, rng)
    area = subject.form.fields_of(subject.page)[-1].area
    points = shot.at(area.corners)
    radius = 0.7 * float(np.linalg.norm(points[2] - points[0]))
    return _jpeg(replace(shot, picture=glare(shot.picture, points.mean(axis=0), radius)))


def _thumb(at: str) -> Condition:
    """A thumb over a corner, or over the tag."""

    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng)
        width, height = subject.form.width, subject.form.height
        unit = max(width, height) / 900
        over = _tag(subject).centre if at == "tag" else {
            "nw": (30 * unit, 60 * unit), "ne": (width - 30 * unit, 60 * unit),
            "sw": (30 * unit, height - 40 * unit), "se": (width - 30 * unit, height - 40 * unit),
        }[at]  # fmt: skip
        thick = (
            62 * unit * float(np.linalg.norm(np.diff(shot.at([over, (over[0] + unit, over[1])]), axis=0))) / unit
        )
        corner = shot.at([(0 if over[0] < width / 2 else width, 0 if over[1] < height / 2 else height)])[0]
        return _jpeg(replace(shot, picture=finger(shot.picture, shot.at([over])[0], corner, thick, rng)))

    return make


def _slanted(degrees: tuple[float, float]) -> Condition:
    """Photographed from far aside, as through a pinhole."""

    def make(subject: Subject, rng: Chance) -> Case:
        angle, around = np.radians(rng.uniform(*degrees)), rng.uniform(0, 2 * np.pi)
        axis = np.array([np.cos(around), np.sin(around), 0.0]) * angle
        turn = cv2.Rodrigues(axis)[0]
        aspect = subject.form.width / subject.form.height
        sheet = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]]) / 2
        far = sheet @ turn.T + (0, 0, 1.6)
        corners = far[:, :2] / far[:, 2:]
        low, high = corners.min(axis=0), corners.max(axis=0)
        share = 0.94 * min(SIZE[0] / (high - low)[0], SIZE[1] / (high - low)[1])
        placed = (corners - (low + high) / 2) * share + np.array(SIZE) / 2
        return _jpeg(_shot(subject, rng, replace(USUAL, folds=(0, 2)), corners=placed))

    return make


def _messenger(width: int, quality: int) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng, replace(USUAL, fill=(0.9, 0.97)), (1000, 1778))
        return _jpeg(_resized(shot, width) if width < 1000 else shot, quality)

    return make


def _screen(subject: Subject, rng: Chance) -> Case:
    """Photographed from a screen: the raster of its dots beats against the camera's."""
    shot = _shot(subject, rng, replace(USUAL, folds=(0, 0), curl=0.0))
    return _jpeg(replace(shot, picture=moire(shot.picture, rng)))


def _turned(quarters: int, *, exif: bool = False) -> Condition:
    """Turned by quarters clockwise; with `exif` the file says so, and the pixels are as the sensor gave them."""

    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng)
        if not exif:
            return _jpeg(_rotated(shot, quarters))
        stored = _jpeg(_rotated(shot, quarters)).data
        orientation = {1: 8, 2: 3, 3: 6}[quarters]
        head = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"
        body = head + bytes([orientation, 0, 0, 0, 0, 0, 0, 0])
        segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
        return Case(stored[:2] + segment + stored[2:], shot)

    return make


def _rotated(shot: Shot, quarters: int) -> Shot:
    for _ in range(quarters):
        height = shot.picture.shape[0]
        turn = np.array([[0.0, -1, height - 1], [1, 0, 0], [0, 0, 1]])
        picture = np.ascontiguousarray(cv2.rotate(shot.picture, cv2.ROTATE_90_CLOCKWISE), np.uint8)
        shot = replace(shot, picture=picture, after=turn @ shot.after)
    return shot


def _scan(pixels: int, kind: str = "colour", skew: float = 0.0) -> Condition:
    """A flat scan of `pixels` height with a white border, as colour JPEG, grey JPEG or PNG of one bit."""

    def make(subject: Subject, rng: Chance) -> Case:
        width, height = subject.picture.shape[1], subject.picture.shape[0]
        share = 0.95 * pixels / height
        turn = np.radians(rng.uniform(-skew, skew))
        grow = share * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = np.eye(3)
        size = round(pixels * width / height), pixels
        matrix[:2, :2] = grow
        matrix[:2, 2] = np.array(size) / 2 - grow @ np.array([width, height]) / 2
        flat = cv2.warpPerspective(
            subject.picture, matrix, size, flags=cv2.INTER_AREA, borderValue=(252, 252, 252)
        )
        picture = np.asarray(flat, np.uint8)
        shot = _flat_shot(subject, picture, matrix)
        if kind == "colour":
            return _jpeg(shot, 85)
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        if kind == "grey":
            done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 75])
        else:
            done, data = cv2.imencode(
                ".png", np.where(grey > 150, 255, 0).astype(np.uint8), [cv2.IMWRITE_PNG_BILEVEL, 1]
            )
        assert done
        return Case(data.tobytes(), shot)

    return make


def _flat_shot(subject: Subject, picture: Image, matrix: Points) -> Shot:
    """A picture that is a plain map of the page: its grid is the page's own."""
    rows, columns = (-(-side // 16) + 2 for side in subject.picture.shape[:2])
    y, x = (np.mgrid[0:rows, 0:columns] - 0.5) * 16 - 0.5
    return Shot(picture, np.stack([x, y], axis=2).astype(np.float32), subject.px_per_mm, matrix)


def _cut(side: str, share: tuple[float, float]) -> Condition:
    """The camera aimed aside: a part of the paper lies outside the picture."""

    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng)
        width, height = subject.form.width, subject.form.height
        lost = rng.uniform(*share)
        x, y = {"left": (lost, 0.5), "right": (1 - lost, 0.5), "top": (0.5, lost), "bottom": (0.5, 1 - lost)}[
            side
        ]
        u, v = (round(float(c)) for c in shot.at([(x * width, y * height)])[0])
        h, w = shot.picture.shape[:2]
        left, top, right, bottom = {
            "left": (u, 0, w, h),
            "right": (0, 0, u, h),
            "top": (0, v, w, h),
            "bottom": (0, 0, w, v),
        }[side]
        return _jpeg(_window(shot, left, top, right, bottom))

    return make


def _on(make_behind: Callable[[tuple[int, int], Chance], Image], **changes: object) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        return _jpeg(_shot(subject, rng, replace(USUAL, **changes), behind=make_behind(SIZE, rng)))  # type: ignore[arg-type]  # passed on

    return make


def _hanging(subject: Subject, rng: Chance) -> Case:
    """Two clips hold the top edge, the foot swings out; a wall with a neighbour's sheet behind."""
    amount = rng.uniform(6, 12)

    def bend(u: Floats, v: Floats) -> Floats:
        sag = np.float32(amount) * np.abs(np.sin(2 * np.pi * u)) * np.exp(-v / 0.15)
        return np.stack([np.zeros_like(u), -sag], axis=-1).astype(np.float32)

    shot = _shot(subject, rng, bend=bend)
    picture = shot.picture.copy()
    unit = subject.form.height / 900
    for x in (0.2, 0.8):
        corners = [
            (x * subject.form.width + dx * unit, dy * unit)
            for dx, dy in ((-16, -40), (16, -40), (16, 22), (-16, 22))
        ]
        cv2.fillConvexPoly(picture, np.round(shot.at(corners)).astype(np.int32), (40, 38, 36), cv2.LINE_AA)
    return _jpeg(replace(shot, picture=picture))


def _strange(make_picture: Callable[[tuple[int, int], Chance], Image]) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        done, data = cv2.imencode(".jpg", make_picture(SIZE, rng), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        assert done
        return Case(data.tobytes(), None)

    return make


def _dark(level: float) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng)
        noise = rng.normal(0, 4, shot.picture.shape).astype(np.float32)
        picture = np.clip(shot.picture * np.float32(level) + noise, 0, 255).astype(np.uint8)
        return _jpeg(replace(shot, picture=picture))

    return make


def _blurred(sigma: float) -> Condition:
    def make(subject: Subject, rng: Chance) -> Case:
        shot = _shot(subject, rng)
        return _jpeg(replace(shot, picture=np.asarray(cv2.GaussianBlur(shot.picture, (0, 0), sigma), np.uint8)))

    return make


ALL = ("nw", "ne", "se", "sw")
TAGGED: Mapping[str, Condition] = {
    "no tag": _without(tag=False),
    "no tag, white table": _without(tag=False, table=False),
    "tag alone, no marks": _without(*ALL),
    "tag alone, white table": _without(*ALL, table=False),
    "two marks, tag": _without("nw", "se"),
    "two marks, tag, white table": _without("ne", "se", table=False),
    "two marks, no tag": _without("nw", "se", tag=False),
    "two marks, no tag, white table": _without("ne", "nw", tag=False, table=False),
    "one mark, tag": _without("nw", "se", "sw"),
    "one mark, no tag": _without("nw", "se", "sw", tag=False),
    "one mark, no tag, white table": _without("nw", "se", "sw", tag=False, table=False),
    "no tag, no mark": _without(*ALL, tag=False),
    "thumb over the tag": _thumb("tag"),
}
"""What only a form with tag and corner marks can lack."""
PAGES: Mapping[str, Condition] = {
    "usual": _setting(),
    "one fold": _folded(1),
    "two folds": _folded(2),
    "curled": _curled,
    "another page beside": _beside(twin=False),
    "another station's page beside": _beside(twin=True),
    "glare on a total": _glare,
    "thumb over a corner": _thumb("sw"),
    "slanted 45-50 degrees": _slanted((45, 50)),
    "slanted 50-60 degrees": _slanted((50, 60)),
    "messenger, 1000 px": _messenger(1000, 60),
    "messenger, 720 px, JPEG 40": _messenger(720, 40),
    "from a screen": _screen,
    "turned by 90": _turned(1),
    "turned by 180": _turned(2),
    "turned by 270": _turned(3),
    "turned by 90, told by EXIF": _turned(1, exif=True),
    "turned by 180, told by EXIF": _turned(2, exif=True),
    "turned by 270, told by EXIF": _turned(3, exif=True),
    "scan": _scan(2600),
    "scan, grey, askew": _scan(2200, "grey", 3.0),
    "scan, 1 bit": _scan(3300, "bits", 1.0),
    "scan, small": _scan(1300, skew=1.0),
    **{f"cut off at the {side}": _cut(side, (0.04, 0.12)) for side in ("left", "right", "top", "bottom")},
    **{f"cut deep at the {side}": _cut(side, (0.2, 0.45)) for side in ("left", "right", "top", "bottom")},
    "white table": _on(white_table),
    "busy table": _on(clutter),
    "busy table, far away": _on(clutter, fill=(0.6, 0.7), tilt=8.0),
    "hanging from clips": _hanging,
    "dark": _dark(0.25),
    "very dark": _dark(0.06),
    "blurred": _blurred(4.0),
    "strongly blurred": _blurred(12.0),
    "hard light, noise and folds": _setting(
        light=(0.3, 0.6), shadow=1.0, noise=(8.0, 12.0), folds=(3, 6), fold=2.2
    ),
}
"""What can happen to a page of any form."""
STRANGERS: Mapping[str, Condition] = {
    "a blank wall": _strange(wall),
    "a white table": _strange(white_table),
    "a busy table": _strange(clutter),
    "a letter with a table": _strange(letter),
    "a receipt": _strange(receipt),
    "squared paper": _strange(squares),
}
"""What is no page of the form at all."""


def conditions_of(form: Form) -> Mapping[str, Condition]:
    """All conditions that a form's pages can be photographed under, by name."""
    tagged = TAGGED if any(page.tag for page in form.pages) else {}
    return {**PAGES, **tagged, **STRANGERS}
