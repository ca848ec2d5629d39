"""Numbers as people write them in Indonesian and English, and as `verify` finds them on a page.

Every number of a page that also stands in the data is a `<data value=…>` element with the unit or station,
the figure and the sum it belongs to, so that anyone can compare the pages with the data.
"""

from __future__ import annotations

import math

from markupsafe import Markup, escape

GROUP = {"id": ".", "en": ","}
POINT = {"id": ",", "en": "."}


def whole(value: int, language: str) -> str:
    """A whole number with its thousands apart: 1.234 in Indonesian, 1,234 in English.

    >>> whole(1234567, "id"), whole(1234567, "en")
    ('1.234.567', '1,234,567')
    """
    return f"{value:,}".replace(",", GROUP[language])


def percent(hundredths: int, language: str) -> str:
    """Hundredths of a percent as a percentage with two decimals.

    >>> percent(5123, "id"), percent(123456, "en")
    ('51,23%', '1,234.56%')
    """
    return f"{whole(hundredths // 100, language)}{POINT[language]}{hundredths % 100:02d}%"


def confidence(probability: float, language: str) -> str:
    """A probability as a percentage, cut and never rounded up: only certainty itself is 100%.

    >>> confidence(0.99997, "id"), confidence(1, "en")
    ('99,99%', '100.00%')
    """
    return percent(math.floor(round(probability * 1_000_000) / 100), language)


def data_element(value: int | None, text: str, **names: str) -> Markup:
    """A `<data>` element; an empty value says that the data hold no number either."""
    attributes = "".join(f' data-{key}="{escape(name)}"' for key, name in names.items())
    shown = "" if value is None else str(value)
    return Markup(f'<data value="{shown}"{attributes}>') + escape(text) + Markup("</data>")
