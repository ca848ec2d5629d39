"""The example of docs/new-form.md is a whole form: drawn, filled, photographed and read."""

import re
from pathlib import Path

import pytest

from sirekap import forms
from sirekap.camera.photograph import CLEAN
from sirekap.camera.simulate import simulate_station
from sirekap.forms import FORMS, Form, register
from sirekap.forms.tags import PATTERNS
from sirekap.reading.sheet import read_photo, read_sheet

PAGE = Path(__file__).parents[2] / "docs" / "new-form.md"


def _example() -> Form:
    match = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    names: dict[str, object] = {}
    exec(match[1], names)
    (form,) = names["FORMS"]  # type: ignore[misc]  # as the page says
    return form


@pytest.mark.slow
def test_the_example_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page tells is enough: every figure of a made-up station comes back."""
    monkeypatch.setattr(forms, "FORMS", dict(FORMS))
    form = register(_example())
    made = simulate_station(form, "3171011001007", 5, CLEAN, error_share=0.0, with_qr=True)
    photos = [read_photo(data, f"{n}.jpg", form) for n, data in enumerate(made.photos, start=1)]
    # rules of the form are looked up by its id, as for a form of ours
    sheet = read_sheet(photos, form, voters_per_station=300)
    assert {name: figure.value for name, figure in sheet.figures.items()} == made.truth


def test_the_page_lists_every_form() -> None:
    """Its table names each form, or the first of a family."""
    text = PAGE.read_text(encoding="utf-8")
    for form_id in FORMS:
        assert form_id in text or re.sub(r"-\d$", "-2", form_id) in text
    used = {page.tag.id for form in FORMS.values() for page in form.pages if page.tag is not None}
    assert not used & set(range(301, 325)) and set(range(301, 325)) <= set(PATTERNS)
