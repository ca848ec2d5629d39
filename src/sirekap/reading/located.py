"""A photograph decoded no larger than its page needs, and the page in it: the start of all reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from sirekap.forms import Form, Page
from sirekap.reading.boxes import MARGIN, astray_by, place_fields, place_rows
from sirekap.reading.decode import Image, decode
from sirekap.reading.digits import SIDE
from sirekap.reading.lines import bend_of
from sirekap.reading.page import FAR_BEND, Found, enlarged, find_page
from sirekap.reading.quality import px_per_mm

ENOUGH = 1900  # px of the long side at which photographs are looked at first
WORST = 15  # percentile of the fields that tell whether a page is a row astray
LEAST_CROP = 0.8  # of the network's input that a crop must have; asking for all of it mended no tuning sheet


@dataclass(frozen=True)
class Located:
    """A picture (BGR, and the same in grey), upright, with its page where one is found.

    `reduced` is how many pixels of the photograph one of the picture stands for, along each side; `published`
    are the bytes that may be published.
    """

    image: Image
    grey: Image
    found: Found | None
    reduced: int
    published: bytes


def locate(data: bytes, form: Form) -> Located:
    """Decode a photograph and find the form's page in it. Raises Unreadable as `decode` does.

    A large photograph is decoded at a half or less, and in full only where its boxes would then be smaller
    than the network needs them, or where no page is found.
    """
    decoded = decode(data, least=ENOUGH)
    grey = _grey(decoded.image)
    found = find_page(grey, form)
    if decoded.reduced > 1 and (found is None or px_per_mm(form, found.matrix) < _enough(form, found.page)):
        by = decoded.reduced
        decoded = decode(data)
        grey = _grey(decoded.image)
        found = find_page(grey, form) if found is None else enlarged(found, by)
    if found is not None and found.other is not None:
        found = better_placed(grey, form, found, found.other)
    if found is not None and found.bend is not None:
        found = _moved_back(grey, form, found)
    return Located(decoded.image, grey, found, decoded.reduced, decoded.published)


def _moved_back(grey: Image, form: Form, found: Found) -> Found:
    """The page moved by a box where most rows show better there, and then none elsewhere.

    Boxes in a row look like those beside them, and so do the columns of a table.
    """
    ways = [astray_by(grey, item) for item in place_rows(grey, form, found)]
    by = median(ways)
    if by == 0 or sum(way * by > 0 for way in ways) <= len(ways) / 2:
        return found
    matrix = found.matrix @ np.asarray([[1.0, 0.0, by], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    bend = bend_of(grey, form, found.page, matrix, FAR_BEND, patient=True)
    moved = replace(found, matrix=matrix, bend=bend)
    if any(astray_by(grey, item) for item in place_rows(grey, form, moved)):
        return found
    return better_placed(grey, form, found, moved)


def better_placed(grey: Image, form: Form, first: Found, second: Found) -> Found:
    """Of two ways a page may lie the one whose worst fields show their lines better.

    A page a row astray shows most of its boxes' lines, as rows below others are drawn alike, but not all.
    """
    worst = [
        float(np.percentile([item.seen for item in place_fields(grey, form, found)], WORST))
        for found in (first, second)
    ]
    return replace(first if worst[0] >= worst[1] else second, other=None)


def _enough(form: Form, page: Page) -> float:
    """The px/mm at which a crop of the page's smallest box is nearly as large as the network's input."""
    boxes = [box for field in form.fields_of(page.number) for box in field.boxes]
    return LEAST_CROP * SIDE / (min(min(box.w, box.h) for box in boxes) + 2 * MARGIN) if boxes else 0.0


def _grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
