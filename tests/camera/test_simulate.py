from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap.camera.photograph import CLEAN, FIELD
from sirekap.camera.simulate import generator, simulate_station
from sirekap.camera.stations import holds
from sirekap.forms import C_HASIL_PPWP_2024 as FORM

TINY = replace(FIELD, sizes=((450, 600),))


def test_seed_and_station_give_the_same_bytes_in_any_order() -> None:
    """What was simulated before does not matter; another seed or station gives another photograph."""
    first = simulate_station(FORM, "9701011001001", 1, TINY)
    other = simulate_station(FORM, "9701011001002", 1, TINY)
    assert simulate_station(FORM, "9701011001001", 1, TINY) == first
    assert simulate_station(FORM, "9701011001001", 2, TINY).photos != first.photos
    assert other.photos != first.photos


def test_a_generator_does_not_depend_on_the_process() -> None:
    """The state is made from SHA-256 of seed and names, so this number never changes."""
    assert int(generator(1, "9701011001001").integers(10**9)) == 542_991_418


def test_the_truth_is_what_stands_on_paper() -> None:
    """Truth names every figure of the form; where the paper is consistent it adds up."""
    for number in range(1, 6):
        made = simulate_station(FORM, f"970101100100{number}", 9, TINY, error_share=0.5)
        assert tuple(made.truth) == FORM.names
        assert made.consistent == all(holds(equation, made.truth) for equation in FORM.equations)
        assert made.consistent == (made.slip == "") == (made.truth == made.counted)


def test_there_is_one_photograph_a_page_from_one_phone() -> None:
    """Three pages, three JPEG files of one size."""
    made = simulate_station(FORM, "9701011001001", 4, replace(CLEAN, sizes=((450, 600), (300, 400))))
    shapes = {cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR).shape for photo in made.photos}
    assert len(made.photos) == 3
    assert len(shapes) == 1


@pytest.mark.parametrize("code", ["", "970101100100", "97010110010011", "970101100100x", "٩٧٠١٠١١٠٠١٠٠١"])
def test_a_code_that_is_no_stations_is_refused(code: str) -> None:
    """Thirteen digits, nothing else."""
    with pytest.raises(ValueError, match="13 digits"):
        simulate_station(FORM, code, 1, TINY)
