"""Blank forms as PDF for the printer and as pictures for the camera, through typst.

The same definition gives the same bytes: dates are fixed and only typst's embedded fonts are used.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.drawing.source import form_source, page_source
from sirekap.forms import Form

MM_PER_INCH = 25.4
MOST_PX_PER_MM = 12.0
# Nothing in the file may depend on when it was drawn.
_FIXED = datetime(2024, 2, 14, tzinfo=UTC)

Image = npt.NDArray[np.uint8]


def draw_form(form: Form, station: str | None = None) -> bytes:
    """The printable form as PDF/A-2b, one page of the form's size in mm for each of its pages.

    With `station` (13 digits) each page carries the station's QR code (see `forms.qr`). The same arguments
    give the same bytes. Raises ValueError for a station code that is none.
    """
    pdf: bytes = _compiler().compile(
        form_source(form, station).encode(), format="pdf", pdf_standards=["a-2b"], timestamp=_FIXED
    )
    return pdf


@lru_cache(maxsize=12)
def raster_form(form: Form, page: int, px_per_mm: float) -> Image:
    """One page of a form as a picture of shape (height, width, 3), BGR.

    `px_per_mm` is pixels a millimetre; the sides are the page's times that, rounded. The picture is shared
    and read-only: copy it before drawing on it. Raises ValueError for a page that the form
    lacks or a scale outside 0.1 to 12.
    """
    if not 1 <= page <= len(form.pages):
        raise ValueError(f"{form.id} has pages 1 to {len(form.pages)}, not {page}")
    if not 0.1 <= px_per_mm <= MOST_PX_PER_MM:
        raise ValueError(f"expected 0.1 to {MOST_PX_PER_MM} pixels a millimetre, got {px_per_mm}")
    png = _compiler().compile(page_source(form, page).encode(), format="png", ppi=px_per_mm * MM_PER_INCH)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None, "typst made a PNG that cannot be decoded"
    size = round(form.width * px_per_mm), round(form.height * px_per_mm)
    if (picture.shape[1], picture.shape[0]) != size:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    image = picture.astype(np.uint8, copy=False)
    image.flags.writeable = False
    return image


def _compiler() -> Any:
    import typst  # only who draws needs it

    return typst.Compiler(ignore_system_fonts=True)
