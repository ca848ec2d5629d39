"""Each official form by version, as data: pages, cells, labels, arithmetic.

Every module of this folder whose name begins with `c_` is a definition and holds `FORMS`, a tuple of forms:
adding such a file adds its forms. `register` adds one that is made elsewhere.
"""

import importlib
import pkgutil
from functools import cache

from sirekap.errors import InputError, Problem, quoted
from sirekap.forms.c_hasil_ppwp_2024 import FORM as C_HASIL_PPWP_2024
from sirekap.forms.model import (
    AtMost,
    Bubbles,
    CornerMark,
    Equation,
    Field,
    Form,
    Frame,
    Label,
    Line,
    Page,
    Rect,
    Tag,
    TallyGrid,
    Text,
)
from sirekap.forms.validate import validate_form

DEFINITION = "c_"


def _defined() -> dict[str, Form]:
    """The forms of all definitions, by id."""
    found: dict[str, Form] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        if module.name.removeprefix(f"{__name__}.").startswith(DEFINITION):
            forms: tuple[Form, ...] = importlib.import_module(module.name).FORMS
            for form in forms:
                if form.id in found:
                    raise InputError([_taken(form)])
                found[form.id] = form
    return found


def _taken(form: Form) -> Problem:
    advice = "Give a changed form a version of its own."
    return Problem("form", "an id that no other form has", quoted(form.id), advice=advice)


FORMS: dict[str, Form] = _defined()

__all__ = [
    "C_HASIL_PPWP_2024",
    "FORMS",
    "AtMost",
    "Bubbles",
    "CornerMark",
    "Equation",
    "Field",
    "Form",
    "Frame",
    "Label",
    "Line",
    "Page",
    "Rect",
    "Tag",
    "TallyGrid",
    "Text",
    "form_of",
    "register",
    "validate_form",
]


def form_of(form_id: str) -> Form:
    """The form of an id such as C.HASIL-PPWP/2024. Raises InputError for an unknown one, and for a definition
    that does not hold together (it is checked once).
    """
    if form_id not in FORMS:
        raise InputError(
            [
                Problem(
                    "form",
                    f"one of {', '.join(FORMS)}",
                    quoted(form_id),
                    advice="`sirekap forms list` shows the known forms.",
                )
            ]
        )
    return _checked(form_id)


def register(form: Form) -> Form:
    """Make a form known, for example one of a district's own number of candidates (`c_hasil_dpr_2024.dpr`).

    Each process that reads it must do so. Raises InputError for a bad definition or another form's id or tags.
    """
    if form.id in FORMS and FORMS[form.id] != form:
        raise InputError([_taken(form)])
    validate_form(form, FORMS.values())
    FORMS[form.id] = form
    return form


@cache
def _checked(form_id: str) -> Form:
    form = FORMS[form_id]
    validate_form(form, FORMS.values())
    return form
