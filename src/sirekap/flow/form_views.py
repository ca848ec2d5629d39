"""Forms as phones need them: pages, tags and marks to photograph by, fields and arithmetic to type by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from sirekap.forms import Form, Page, form_of
from sirekap.outcome.ballots import party_of

TITLES = {
    "ppwp": ("Presiden dan Wakil Presiden", "President and vice president"),
    "pdpr": ("DPR", "House of Representatives (DPR)"),
    "pdpd": ("DPD", "Regional Representative Council (DPD)"),
    "pdprdp": ("DPRD Provinsi", "Provincial council"),
    "pdprdk": ("DPRD Kabupaten/Kota", "Regency or city council"),
    "pkwkp": ("Gubernur dan Wakil Gubernur", "Governor and vice governor"),
    "pkwkk": ("Bupati/Wali Kota dan wakilnya", "Regent or mayor and deputy"),
}
PAGE = {"id": "Halaman {number} dari {all}", "en": "Page {number} of {all}"}
PARTY = {"id": "Partai {number}", "en": "Party {number}"}


def contest_title(contest: str, language: str) -> str:
    """What is voted on, in words."""
    both = TITLES.get(contest, (contest, contest))
    return both[language == "en"]


def parts_of(form: Form, page: int, language: str, parties: Mapping[int, str]) -> list[dict[str, Any]]:
    """The parts into which a page's figures fall, in the form's order: a party's column, else the page itself.

    Each is {"title", "figures": names}; the title is None where the page's own says it all. `parties`: their
    names by number, as far as they are loaded.
    """
    found = []
    for number, names in groupby((field.name for field in form.fields_of(page)), key=party_of):
        title = None
        if number is not None:
            name = parties.get(number)
            title = PARTY[language].format(number=number) + (f" · {name}" if name else "")
        found.append({"title": title, "figures": list(names)})
    return found


@lru_cache(maxsize=64)
def form_view(form_id: str, language: str) -> dict[str, Any]:
    """A form of docs/capture.md. Not to be changed: it is made once."""
    form = form_of(form_id)
    return {
        "id": form.id,
        "width": form.width,
        "height": form.height,
        "pages": [_page(form, page, language) for page in form.pages],
        "fields": [
            {
                "name": field.name,
                "page": field.page,
                "line": field.line,
                "label": {"id": field.label.id, "en": field.label.en},
                "boxes": [[box.x, box.y, box.w, box.h] for box in field.boxes],
                "may_be_blank": field.may_be_blank,
                "most": field.most,
            }
            for field in form.fields
        ],
        "equations": [
            {
                "rule": equation.rule,
                "total": equation.total,
                "parts": list(equation.parts),
                "label": {"id": equation.text.id, "en": equation.text.en},
            }
            for equation in form.equations
        ],
    }


def _page(form: Form, page: Page, language: str) -> dict[str, Any]:
    tag = page.tag
    return {
        "number": page.number,
        "title": PAGE[language].format(number=page.number, all=len(form.pages)),
        "tag": None
        if tag is None
        else {
            "id": tag.id,
            "bits": list(tag.bits),
            "rect": [tag.rect.x, tag.rect.y, tag.rect.w, tag.rect.h],
        },
        "marks": [list(mark.point) for mark in page.marks],
    }
