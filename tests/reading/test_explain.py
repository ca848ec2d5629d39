"""A photograph's evidence as a picture, and the reasons behind each figure."""

import cv2
import numpy as np
import pytest

from benchmarks.bases import photographs
from sirekap.figures import Figure, Ground, Status
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.explain import (
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    as_jpeg,
    best_classes,
    colour_of,
    draw,
    percent,
    place,
)
from sirekap.reading.photo import read_photo
from sirekap.reading.weigh import Weighed, weigh, weigh_with_reasons
from tests.example import consistent
from tests.reading.test_values import box
from tests.reading.test_weigh import written


def example(ground: Ground, broken: tuple[str, ...] = ()) -> Weighed:
    figure = Figure.illegible(0.4) if ground.refused else Figure.read(7, 0.99)
    return Weighed(figure, ground, 7, 0.99, 7, 0.99, 0.99, broken)


@pytest.mark.parametrize(
    ("weighed", "colour"),
    [
        (None, GREY),
        (example(Ground.PLAIN), BLUE),
        (example(Ground.WEIGHED), BLUE),
        (example(Ground.PLAIN, ("R01",)), ORANGE),
        (example(Ground.DOUBTED), ORANGE),
        (example(Ground.UNCLEAR), VERMILION),
        (example(Ground.PATTERN, ("R01",)), VERMILION),
    ],
)
def test_state_has_its_colour(weighed: Weighed | None, colour: tuple[int, int, int]) -> None:
    """Given, in doubt, refused and not seen are told apart."""
    assert colour_of(weighed) == colour


def test_probability_is_never_rounded_to_certainty() -> None:
    """What a machine read is neither certain nor impossible, in words as in numbers."""
    assert [percent(share) for share in (1.0, 0.9991, 0.985, 0.001, 0.0)] == [
        ">99.9%", ">99.9%", "98.5%", "0.1%", "<0.1%",
    ]  # fmt: skip


def test_best_classes_leave_out_what_is_next_to_nothing() -> None:
    """The best class is always told, others where they could be meant."""
    assert [symbol for symbol, _ in best_classes(box("4", 0.999))] == ["4"]


def test_every_figure_has_its_reason() -> None:
    """Plain, doubted, lifted by arithmetic, spoilt: each figure says which it is, and `weigh` gives the same."""
    values = consistent()
    evidence = {name: written(value) for name, value in values.items()}
    evidence["suara_1"] = written((values["suara_1"] or 0) + 3)
    spoilt = written(values["disabilitas_l"])
    evidence["disabilitas_l"] = type(spoilt)((*spoilt.digits[:2], box("scribble", 0.995)))
    weighed = weigh_with_reasons(FORM, evidence)
    assert {name: own.figure for name, own in weighed.items()} == weigh(FORM, evidence)
    assert "R12" in weighed["suara_1"].broken and "R12" in weighed["suara_sah"].broken
    assert weighed["disabilitas_l"].ground is Ground.PATTERN
    assert weighed["disabilitas_l"].figure.status is Status.ILLEGIBLE
    assert weighed["pemilih_dpt_l"].ground is Ground.PLAIN and weighed["pemilih_dpt_l"].broken == ()


def test_drawing_shows_boxes_where_they_lie() -> None:
    """The picture is the flattened page with a list beside it; each box's frame has the colour of its state."""
    data = photographs()[1]
    reading = read_photo(data, "page2.jpg", FORM)
    placement = place(data, FORM)
    assert placement is not None and placement.page == 2
    weighed = weigh_with_reasons(FORM, reading.evidence)
    before = placement.flat.copy()
    picture = draw(placement, reading.evidence, weighed)
    assert np.array_equal(placement.flat, before)
    assert picture.shape[0] == placement.flat.shape[0] and picture.shape[1] > placement.flat.shape[1]
    rect = placement.placed[0].box(0)
    x, y = round((rect.x + rect.w / 2) * 2.5), round(rect.y * 2.5)
    assert tuple(int(v) for v in picture[y, x]) == colour_of(weighed["suara_1"])
    assert cv2.imdecode(np.frombuffer(as_jpeg(picture), np.uint8), cv2.IMREAD_COLOR).shape == picture.shape


def test_photograph_without_a_page_has_no_placement() -> None:
    """Where nothing is found, nothing is drawn."""
    assert place(b"", FORM) is None
    assert place(as_jpeg(np.full((900, 700, 3), 200, np.uint8)), FORM) is None
