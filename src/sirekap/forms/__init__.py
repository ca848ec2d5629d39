"""Each official form by version, as data: pages, cells, labels, arithmetic."""

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

FORMS: dict[str, Form] = {form.id: form for form in (C_HASIL_PPWP_2024,)}

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
]


def form_of(form_id: str) -> Form:
    """The form of an id such as C.HASIL-PPWP/2024. Raises InputError for an unknown one."""
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
    return FORMS[form_id]
