"""Definitions that do not hold together are refused, each fault with its place."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap import forms
from sirekap.errors import InputError
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import FORMS, Form, Frame, Line, Rect, register, validate_form
from sirekap.forms.c_hasil_dpd_2024 import dpd
from sirekap.forms.tags import PATTERNS, tag
from sirekap.forms.validate import RESERVED
from sirekap.rules.numbered import BLANK, CONFLICT, ROLL_LIMIT

DPR = FORMS["C.HASIL-DPR/2024"]


def _field(figure: str, **changes: object) -> Form:
    fields = tuple(replace(f, **changes) if f.name == figure else f for f in FORM.fields)
    return replace(FORM, fields=fields)


def _equation(**changes: object) -> Form:
    return replace(FORM, equations=(*FORM.equations[:-1], replace(FORM.equations[-1], **changes)))


def _page(sheet: int, **changes: object) -> Form:
    pages = tuple(replace(p, **changes) if p.number == sheet else p for p in FORM.pages)
    return replace(FORM, pages=pages)


def _tag(**changes: object) -> Form:
    tag = FORM.page(2).tag
    assert tag is not None
    return _page(2, tag=replace(tag, **changes))


VOTES = FORM.field("suara_2")
assert VOTES.bubbles is not None and VOTES.tally is not None
RECT = VOTES.boxes[0]
BAD: dict[str, tuple[Callable[[], Form], str]] = {
    "boxes that overlap": (
        lambda: _field("suara_2", boxes=tuple(replace(box, y=190.0) for box in VOTES.boxes)),
        r"page 2, suara_1 box 1: expected a place apart from suara_2 box 1",
    ),
    "a box under the tag": (
        lambda: _field("suara_sah", boxes=(replace(RECT, x=490.0, y=110.0),)),
        r"page 3, tag: expected a place apart from suara_sah box 1",
    ),
    "a box off the page": (
        lambda: _field("suara_2", boxes=tuple(replace(box, x=box.x + 100) for box in VOTES.boxes)),
        r"page 2, suara_2 box 3: expected a place on 600 × 900 mm",
    ),
    "bubbles off the page": (
        lambda: _field("suara_2", bubbles=replace(VOTES.bubbles, first_y=830.0)),
        r"page 2, suara_2 bubbles: expected a place on",
    ),
    "bubbles over bubbles": (
        lambda: _field("suara_2", bubbles=replace(VOTES.bubbles, first_y=230.0)),
        r"page 2, suara_1 bubbles: expected a place apart from",
    ),
    "bubbles that run together": (
        lambda: _field("suara_2", bubbles=replace(VOTES.bubbles, radius=6.0)),
        r"figure suara_2: expected bubbles that lie apart",
    ),
    "more columns of bubbles than boxes": (
        lambda: _field("suara_2", boxes=VOTES.boxes[:2]),
        r"figure suara_2: expected 2 columns of bubbles, as boxes; found 3",
    ),
    "no boxes": (lambda: _field("suara_sah", boxes=()), r"figure suara_sah: expected 1 to 3 boxes; found 0"),
    "four boxes": (
        lambda: _field("suara_sah", boxes=tuple(replace(RECT, x=400.0 + 25 * n, y=166.0) for n in range(4))),
        r"figure suara_sah: expected 1 to 3 boxes; found 4",
    ),
    "boxes of several sizes": (
        lambda: _field("suara_2", boxes=(replace(RECT, w=10.0), *VOTES.boxes[1:])),
        r"figure suara_2: expected boxes of one size in one row",
    ),
    "boxes from right to left": (
        lambda: _field("suara_2", boxes=VOTES.boxes[::-1]),
        r"figure suara_2: expected boxes from left to right",
    ),
    "a tally without rows": (
        lambda: _field("suara_2", tally=replace(VOTES.tally, rows=0)),
        r"figure suara_2: expected rows and columns of tally marks",
    ),
    "a page that is not there": (
        lambda: _field("suara_sah", page=4),
        r"figure suara_sah: expected a page from 1 to 3; found 4",
    ),
    "a page number twice": (lambda: _page(2, number=1), r"page 2: expected the number 2; found 1"),
    "a figure twice": (
        lambda: replace(FORM, fields=(*FORM.fields, replace(FORM.fields[-1], page=2))),
        r"figure suara_total: expected each name once; found 2 times",
    ),
    "a figure's name in capitals": (
        lambda: _field("suara_2", name="Suara 2"),
        r'figure "Suara 2": expected a name',
    ),
    "an unknown total": (
        lambda: _equation(total="suara"),
        r'rule R14: expected figures of the form; found "suara"',
    ),
    "an unknown part": (
        lambda: _equation(parts=("suara",)),
        r'rule R14: expected figures of the form; found "suara"',
    ),
    "a sum of itself": (
        lambda: _equation(parts=("surat_suara_digunakan",)),
        r"rule R14: expected two or more figures, each once",
    ),
    "a sum of nothing": (lambda: _equation(parts=()), r"rule R14: expected two or more figures"),
    "a rule number twice": (lambda: _equation(rule="R13"), r"rule R13: expected each number once; found 2 rules"),
    "a warning with an equation's number": (
        lambda: replace(FORM, at_most=(replace(FORM.at_most[0], rule="R01"),)),
        r"rule R01: expected each number once",
    ),
    "a reserved rule number": (lambda: _equation(rule="R30"), r"rule R30: expected a number outside R25"),
    "a rule number that is none": (
        lambda: _equation(rule="14"),
        r'rule 14: expected a number such as R07; found "14"',
    ),
    "a tag twice in the form": (
        lambda: _tag(id=101),
        r"page 2, tag 101: expected a tag of its own; found that of page 1",
    ),
    "another form's tag": (
        lambda: _tag(id=221),
        r"page 2, tag 221: expected a tag of its own; found that of C\.HASIL-DPR/2024, page 1",
    ),
    "five rows of a tag": (lambda: _tag(bits=("010101",) * 5), r"tag 102: expected six rows of six digits"),
    "a tag of seven columns": (lambda: _tag(bits=("0101010",) * 6), r"page 2, tag 102: expected six rows"),
    "a tag with other signs": (lambda: _tag(bits=("01O101",) * 6), r"page 2, tag 102: expected six rows"),
    "a tag outside the family": (lambda: _tag(id=2320), r"page 2, tag 2320: expected an id from 0 to 2319"),
    "a tag that is no square": (
        lambda: _tag(rect=replace(RECT, x=494.1, y=107.3, w=32.0, h=20.0)),
        r"page 2, tag 102: expected a square",
    ),
    "three corner marks": (
        lambda: _page(1, marks=FORM.page(1).marks[:3]),
        r"page 1: expected the corner marks ne, nw, se, sw; found nw, ne, se",
    ),
    "a signature over a tag": (
        lambda: _page(3, signatures=(replace(RECT, x=500.0, y=110.0),)),
        r"page 3, tag: expected a place apart from signature 1",
    ),
    "a line through the QR code": (
        lambda: _page(2, frames=(Frame(Rect(73.0, 150.0, 454.0, 400.0), 1.06),)),
        r"page 2, a frame: expected no line within 2 mm of the QR code",
    ),
    "a line through the tag": (
        lambda: _page(2, lines=(Line(500.0, 100.0, 500.0, 200.0, 1.0),)),
        r"page 2, a line: expected no line within 2 mm of the tag",
    ),
    "a contest that is none": (
        lambda: replace(FORM, contest="pilkades"),
        r'contest: expected one of.*"pilkades"',
    ),
    "an id that no QR code holds": (lambda: replace(FORM, id="c.hasil"), r"c\.hasil, id: expected 1 to 40 of"),
    "nobody who stands": (lambda: replace(FORM, tickets=0), r"tickets: expected at least 1; found 0"),
    "no pages": (lambda: replace(FORM, pages=()), r"pages: expected at least one; found none"),
    "no width": (lambda: replace(FORM, width=0.0), r"size: expected a width and height in mm above 0"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_known_form_holds_together(form: Form) -> None:
    """No definition of ours has a fault."""
    validate_form(form)


@pytest.mark.parametrize(("make", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_definition_is_refused_with_its_place(make: Callable[[], Form], told: str) -> None:
    """Each fault is named with its page, figure, rule or tag, what was expected and what was found."""
    with pytest.raises(InputError, match=told):
        validate_form(make())


def test_all_faults_are_told_at_once() -> None:
    """A definition with three faults names three."""
    bad = replace(_equation(total="suara"), contest="x", tickets=0)
    with pytest.raises(InputError) as caught:
        validate_form(bad)
    assert len(caught.value.problems) == 3


def test_a_bad_definition_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for a form whose definition has a fault is told the fault."""
    bad = replace(FORM, id="C.HASIL-PPWP/1", tickets=0, pages=tuple(replace(p, tag=None) for p in FORM.pages))
    monkeypatch.setitem(FORMS, bad.id, bad)
    with pytest.raises(InputError, match="at least 1"):
        forms.form_of(bad.id)


def test_a_form_can_be_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form of another number of candidates is known from then on; its id cannot be given to another."""
    monkeypatch.setattr(forms, "FORMS", dict(FORMS))
    del forms.FORMS["C.HASIL-DPD/2024"]
    made = register(dpd(7, "C.HASIL-DPD/2024-7", 201))
    assert forms.form_of(made.id) is made and register(made) == made
    with pytest.raises(InputError, match="no other form has"):
        register(replace(made, tickets=6))


def test_a_form_with_anothers_tags_is_not_registered() -> None:
    """Two forms with the same tags could not be told apart in a photograph."""
    with pytest.raises(InputError, match=r"tag 201: expected a tag of its own; found that of C\.HASIL-DPD/2024"):
        register(dpd(7, "C.HASIL-DPD/2024-7", 201))


def test_rules_that_every_form_has_are_reserved() -> None:
    """No form can take the number of a rule that is not its own."""
    assert {ROLL_LIMIT, BLANK, CONFLICT} <= RESERVED


@pytest.mark.parametrize("number", PATTERNS)
def test_a_tags_pattern_is_that_of_the_family(number: int) -> None:
    """OpenCV's dictionary draws the same pattern, turned by half as KPU prints it."""
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    modules = cv2.aruco.generateImageMarker(family, number, 8)[1:-1, 1:-1] > 127
    assert tuple("".join("01"[int(bit)] for bit in row) for row in np.rot90(modules, 2)) == tag(number).bits
