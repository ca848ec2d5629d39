"""One photograph: found, flattened, its boxes and bubbles read. Nothing here decides anything."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import simplejpeg
import zxingcpp

from sirekap.forms import Form
from sirekap.forms.qr import QrContent, decode_qr
from sirekap.reading.beside import find_grids, told_by_tally, told_by_words
from sirekap.reading.boxes import Placed, box_quads, bubble_darkness, crops, cut, place_fields, unseen
from sirekap.reading.decode import Image, Unreadable
from sirekap.reading.digits import CLASSES, DigitReader
from sirekap.reading.flatten import warp
from sirekap.reading.likeness import likeness
from sirekap.reading.located import locate
from sirekap.reading.model import Evidence, PhotoReading, Told
from sirekap.reading.page import Found, enlarged
from sirekap.reading.quality import in_picture, verdict
from sirekap.reading.recognise import alike, form_of_photo
from sirekap.reading.remarks import REFUSE, Remark
from sirekap.reading.size import reading_form
from sirekap.reading.values import confirmed

CUT_QUALITY = 85
QR_SCALE = 6.0
QR_MARGIN = 6.0
NO_FORM = (
    "no page of {form} was found; expected {signs} in the photograph. "
    "Photograph the whole sheet, flat, in even light"
)
TAGGED, UNTAGGED = "its tag, or most of its printed lines,", "most of its printed lines"
OTHER_FORM = "page {number} of {found} is seen, expected a page of {form}"
ALIKE = (
    "the tag of the page cannot be read, and by its boxes it may be page {numbers}. "
    "Photograph the whole sheet, flat, in even light, nothing over the tag"
)
CUT_OFF = "page {number} runs out of the photograph: {fields} cannot be seen. Photograph the whole sheet"


@lru_cache(maxsize=1)
def _reader() -> DigitReader:
    return DigitReader()


def read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """What one photograph shows; never raises for bad input: `problem` then says why, and what to do.

    `data` are the bytes of a JPEG or PNG file, `name` is only told on. CPU-bound, about a tenth of a second
    for 12 megapixels.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    form = reading_form(form)
    try:
        located = locate(data, form)
    except Unreadable as error:
        return PhotoReading(name, sha256, problem=str(error))
    image, grey, found, published = located.image, located.grey, located.found, located.published
    look = likeness(grey)
    tagged = any(page.tag is not None for page in form.pages)
    other = form_of_photo(grey) if found is None or (tagged and not found.tag) else None
    if other is not None and other[0].id != form.id:
        strange = OTHER_FORM.format(number=other[1].number, found=other[0].id, form=form.id)
        return PhotoReading(name, sha256, problem=strange, published=published, likeness=look)
    if found is None:
        remarks = verdict(grey, form, None, ())
        nothing = _told(NO_FORM.format(form=form.id, signs=TAGGED if tagged else UNTAGGED), remarks)
        return PhotoReading(name, sha256, problem=nothing, published=published, remarks=remarks, likeness=look)
    content = _qr(image, found)
    doubtful = () if found.tag else alike(form, found.page)
    if doubtful and content is not None and content.page in doubtful:
        found, doubtful = replace(found, page=form.page(content.page)), ()
    if doubtful and (content is None or content.page != found.page.number):
        numbers = " or ".join(str(number) for number in sorted((found.page.number, *doubtful)))
        said = ALIKE.format(numbers=numbers)
        return PhotoReading(name, sha256, problem=said, published=published, likeness=look)
    placed = place_fields(grey, form, found)
    page = found.page.number
    if content is not None and (content.form_id != form.id or content.page != page):
        mismatch = f"the QR code says {content.form_id} page {content.page}, the tag {form.id} page {page}"
        return PhotoReading(name, sha256, problem=mismatch, published=published, likeness=look)
    remarks = verdict(grey, form, found, placed)
    inside = [item for item in placed if in_picture(item, grey)]
    whole = enlarged(found, located.reduced)
    problem: str | None = None
    if len(inside) < len(placed):
        names = ", ".join(item.field.name for item in placed if item not in inside)
        problem = _told(CUT_OFF.format(number=page, fields=names), remarks)
    return PhotoReading(
        name,
        sha256,
        page,
        problem if not inside else None,
        content.station if content else None,
        content.form_id if content else None,
        _quality(inside, whole),
        _quad(form, whole),
        _evidence(image, grey, found, inside),
        published,
        {item.field.name: _jpeg(cut(image, item)) for item in inside},
        remarks,
        {item.field.name: box_quads(item, located.reduced) for item in inside},
        look,
    )


def _qr(image: Image, found: Found) -> QrContent | None:
    """What the station's QR code in the header says, where one is printed and legible."""
    area = found.page.qr
    origin = (area.x - QR_MARGIN, area.y - QR_MARGIN)
    size = (area.w + 2 * QR_MARGIN, area.h + 2 * QR_MARGIN)
    flat = warp(image, found.matrix, origin, size, QR_SCALE)
    for barcode in zxingcpp.read_barcodes(flat, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        content = decode_qr(barcode.text)
        if content is not None:
            return content
    return None


def _told(problem: str, remarks: Sequence[Remark]) -> str:
    """The problem with what is wrong with the photograph beside it."""
    more = [remark.said("en") for remark in remarks if remark.severity == REFUSE and remark.code != "no-form"]
    return ". It is ".join([problem, "; ".join(more)]) if more else problem


def _evidence(image: Image, grey: Image, found: Found, placed: list[Placed]) -> dict[str, Evidence]:
    """What each field shows: its boxes, bubbles, tally marks and words. All crops of digits are read at once."""
    boxes = [crop for item in placed for crop in crops(image, item)]
    if not boxes:
        return {}
    seen = [item for item in placed if not unseen(item, placed)]
    grids = find_grids(image, grey, found, seen)
    classes = _reader().read([*boxes, *(crop for grid in grids.values() for crop in grid.crops)])
    tallies: dict[str, Told | None] = {}
    at = len(boxes)
    for name, grid in grids.items():
        tallies[name] = told_by_tally(grid, classes[at : at + len(grid.crops)])
        at += len(grid.crops)
    evidence: dict[str, Evidence] = {}
    at = 0
    for item in placed:
        name, count = item.field.name, len(item.field.boxes)
        digits = classes[at : at + count]
        at += count
        if item not in seen:
            # what lies in boxes that may be other boxes is no evidence: every class is as likely
            even = (1 / len(CLASSES),) * len(CLASSES)
            evidence[name] = Evidence((even,) * count)
            continue
        evidence[name] = Evidence(
            tuple(tuple(float(p) for p in box) for box in digits),
            bubble_darkness(grey, item),
            tallies.get(name),
        )
    # words cost most: they are read where boxes, bubbles and tally do not already agree
    asked = [item for item in seen if not confirmed(evidence[item.field.name])]
    for name, told in told_by_words(grey, found, asked).items():
        evidence[name] = replace(evidence[name], words=told)
    return evidence


def _quality(placed: list[Placed], found: Found) -> float:
    """From 0 to 1: how well the printed lines are seen, and how many pixels show a millimetre."""
    if not placed:
        return 0.0
    seen = float(np.mean([max(0.0, item.seen) for item in placed]))
    top = found.page.qr.y if found.page.tag is None else found.page.tag.rect.y
    a, b = (found.matrix @ np.asarray((x, top, 1.0)) for x in (73.0, 527.0))
    scale = float(np.hypot(*(a[:2] / a[2] - b[:2] / b[2]))) / 454.0
    return float(seen * min(1.0, scale / 4.0) ** 0.25)


def _quad(form: Form, found: Found) -> tuple[tuple[float, float], ...]:
    width, height = form.width, form.height
    corners = np.asarray([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], float)
    points = corners @ found.matrix.T
    return tuple((float(x / w), float(y / w)) for x, y, w in points)


def _jpeg(image: Image) -> bytes:
    # half the colour, as cameras store it: two thirds of the time, and ink is still told from ink
    return bytes(
        simplejpeg.encode_jpeg(
            np.ascontiguousarray(image), quality=CUT_QUALITY, colorspace="BGR", colorsubsampling="420"
        )
    )
