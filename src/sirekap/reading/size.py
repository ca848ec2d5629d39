"""Forms of any paper size in one measure: the reader's lengths are those of the large sheet of 900 mm.

A copy on A4 is read as if it were enlarged: its lines, boxes and bends then have about the sizes on the large
sheet, and no other part of the reader needs to know how large paper is.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from sirekap.forms import Form
from sirekap.reading.lines import FormKey

SIDE = 900.0  # mm of the longer side of the sheet that the reader's lengths are measured on
ALIKE = 1.25  # forms whose longer side differs less keep their own millimetres


def reading_form(form: Form) -> Form:
    """The form with all lengths as on a sheet whose longer side is SIDE; the form itself where it is about that.

    Names, labels and arithmetic stay. A map found for it maps these lengths, not the paper's, to pixels; taking
    the reading form of a reading form changes nothing.
    """
    share = SIDE / max(form.width, form.height)
    return form if 1 / ALIKE < share < ALIKE else _enlarged(FormKey(form), share)


@lru_cache(maxsize=32)
def _enlarged(key: FormKey, share: float) -> Form:
    form = key.form
    pages = tuple(_times(page, share) for page in form.pages)
    enlarged = tuple(_times(field, share) for field in form.fields)
    return replace(form, width=form.width * share, height=form.height * share, pages=pages, fields=enlarged)


def _times(item: Any, share: float) -> Any:
    """A part of a form with every length in it multiplied: in definitions lengths, and they alone, are floats.

    Shades of grey are kept.
    """
    if isinstance(item, float):
        return item * share
    if isinstance(item, tuple):
        return tuple(_times(part, share) for part in item)
    if is_dataclass(item) and not isinstance(item, type):
        changed = {own.name: _times(getattr(item, own.name), share) for own in fields(item) if own.name != "grey"}
        return replace(item, **changed)
    return item
