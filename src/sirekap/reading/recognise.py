"""Which form a photograph shows, by its tags; and which pages of a form look alike without theirs."""

from __future__ import annotations

from functools import lru_cache

import cv2

from sirekap.forms import FORMS, Form, Page
from sirekap.reading.decode import Image
from sirekap.reading.tags import TAG_FAMILY, TAG_SIZES

SURE = 0.4  # share of the family's correctable bits that are corrected: many ids are sought at once


def form_of_photo(grey: Image) -> tuple[Form, Page] | None:
    """The form and page whose tag is seen in a grey photograph; None where there is none, or tags of two."""
    pages = {page.tag.id: (form, page) for form in FORMS.values() for page in form.pages if page.tag is not None}
    ids = tuple(sorted(pages))
    longest = max(grey.shape)
    for target in TAG_SIZES:
        scale = min(1.0, target / longest)
        small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        _, seen, _ = _detector(ids).detectMarkers(small)
        if seen is not None and len(seen):
            found = {ids[int(number)] for number in seen.flatten()}
            return pages[found.pop()] if len(found) == 1 else None
        if scale == 1.0:
            break
    return None


def alike(form: Form, page: Page) -> tuple[int, ...]:
    """Other pages that cannot be told from a page by their boxes: all of the one are among the other's."""
    own = _boxes(form, page)
    others = ((other.number, _boxes(form, other)) for other in form.pages if other.number != page.number)
    return tuple(number for number, boxes in others if own <= boxes or boxes <= own)


def _boxes(form: Form, page: Page) -> frozenset[tuple[float, float]]:
    return frozenset((box.x, box.y) for field in form.fields_of(page.number) for box in field.boxes)


@lru_cache(maxsize=2)
def _detector(ids: tuple[int, ...]) -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMax = 43
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.minMarkerPerimeterRate = 0.02
    parameters.errorCorrectionRate = SURE
    family = cv2.aruco.getPredefinedDictionary(TAG_FAMILY)
    few = cv2.aruco.Dictionary(family.bytesList[list(ids)], family.markerSize, family.maxCorrectionBits)
    return cv2.aruco.ArucoDetector(few, parameters)
