"""Forms beside that of the presidential election are drawn, photographed and read from their definition."""

import time
from functools import cache

import cv2
import numpy as np
import pytest

from sirekap.camera.photograph import CLEAN
from sirekap.camera.simulate import SimulatedStation, simulate_station
from sirekap.figures import Status
from sirekap.forms import C_HASIL_PPWP_2024 as PPWP
from sirekap.forms import FORMS
from sirekap.reading.model import SheetReading
from sirekap.reading.recognise import alike, form_of_photo
from sirekap.reading.sheet import read_photo, read_sheet
from sirekap.review import Decision
from tests.reading.test_weigh import sheet, wavering, written

STATION = "3171011001007"
DPR = FORMS["C.HASIL-DPR/2024"]
DPD = FORMS["C.HASIL-DPD/2024"]
KWK = FORMS["C.HASIL-KWK-BUPATI/2024-5"]


@cache
def station(form_id: str, seed: int = 5, qr: bool = True) -> SimulatedStation:
    return simulate_station(FORMS[form_id], STATION, seed, CLEAN, error_share=0.0, with_qr=qr)


def _read(form_id: str) -> SheetReading:
    form = FORMS[form_id]
    photos = [read_photo(data, f"{n}.jpg", form) for n, data in enumerate(station(form_id).photos, start=1)]
    return read_sheet(photos, form, voters_per_station=300)


@pytest.mark.slow
@pytest.mark.parametrize(
    "form_id", [DPD.id, "C.HASIL-KWK-GUBERNUR/2024-2", "C.HASIL-KWK-GUBERNUR/2024-4", KWK.id, DPR.id]
)
def test_a_clean_station_of_each_form_is_read(form_id: str) -> None:
    """Drawn, filled, photographed and read: every figure as it stands on paper, and the sheet is accepted."""
    found = _read(form_id)
    assert {name: figure.value for name, figure in found.figures.items()} == station(form_id).truth
    assert (found.pages_missing, found.decision, found.problems) == ((), Decision.ACCEPT, {})


@pytest.mark.slow
def test_hundreds_of_figures_are_weighed_at_once() -> None:
    """241 figures of a legislative sheet, one digit unsure: right, and as fast as 40,000 small sorts."""
    made = station(DPR.id).truth
    values = {name: value or 0 for name, value in made.items()}
    name = "suara_caleg_7_3"
    values["suara_caleg_7_3"], more = 13, 13 - values[name]
    for other in ("suara_partai_7_total", "suara_sah", "suara_total", "surat_suara_digunakan",
                  "surat_suara_diterima", "pengguna_total_j", "pengguna_total_l", "pengguna_dpt_j",
                  "pengguna_dpt_l", "pemilih_dpt_j", "pemilih_dpt_l"):  # fmt: skip
        values[other] += more
    evidence = sheet(values) | {name: wavering(13, 2, "3", "8", 0.3)}
    best = min(_timed(evidence)[0] for _ in range(2))
    figures = _timed(evidence)[1]
    assert {n: figure.value for n, figure in figures.items()} == values
    assert figures[name].confidence > 0.9 and best < 40 * min(_sorting() for _ in range(3))


def _sorting() -> float:
    """Seconds for sorting a thousand numbers a thousand times: the machine's pace at work of this kind."""
    numbers = np.random.default_rng(1).random(1000)
    start = time.process_time()
    for _ in range(1000):
        np.argsort(numbers)
    return time.process_time() - start


def _timed(evidence):  # type: ignore[no-untyped-def]  # a helper of one test
    from sirekap.reading.weigh import weigh

    start = time.process_time()
    figures = weigh(DPR, evidence)
    return time.process_time() - start, figures


def test_a_wrong_sum_of_a_party_stays_as_written() -> None:
    """A party's total that does not fit its candidates is told, not mended."""
    from sirekap.reading.weigh import CERTAIN, weigh

    values = {name: value or 0 for name, value in station(DPR.id).truth.items()}
    values["suara_partai_2_total"] += 1
    figures = weigh(DPR, {name: written(value) for name, value in values.items()})
    assert {name: figure.value for name, figure in figures.items()} == values
    assert figures["suara_partai_2_total"].confidence < CERTAIN


def _grey(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.slow
def test_the_tag_names_the_form() -> None:
    """Which form and page a photograph shows follows from its tag; a wall shows none."""
    for form in (KWK, DPD):
        seen = form_of_photo(_grey(station(form.id).photos[1]))
        assert seen == (form, form.page(2))
    assert form_of_photo(np.full((400, 300), 200, np.uint8)) is None


@pytest.mark.slow
def test_a_page_of_another_form_is_refused_by_name() -> None:
    """Page 1 of every form has the same boxes; the tag tells that it belongs to another election."""
    reading = read_photo(station(KWK.id).photos[0], "p.jpg", PPWP)
    assert reading.page is None
    assert reading.problem == f"page 1 of {KWK.id} is seen, expected a page of {PPWP.id}"


def _without_tag(data: bytes) -> bytes:
    """The photograph with a hand over the tag."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    corners, _, _ = cv2.aruco.ArucoDetector(family).detectMarkers(image)
    (x, y), (v, w) = corners[0][0].min(axis=0), corners[0][0].max(axis=0)
    cv2.rectangle(image, (int(x), int(y)), (int(v), int(w)), (140, 160, 190), -1)
    return cv2.imencode(".jpg", image)[1].tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("qr", [False, True])
def test_pages_that_look_alike_are_not_guessed(qr: bool) -> None:
    """Without its tag a page of parties could be any of six: the QR code tells, or nobody does."""
    reading = read_photo(_without_tag(station(DPR.id, 5, qr).photos[3]), "p.jpg", DPR)
    if qr:
        assert (reading.page, reading.problem) == (4, None)
    else:
        assert reading.page is None and reading.problem is not None
        assert "it may be page 2 or 3 or 4" in reading.problem


def test_pages_alike_are_known() -> None:
    """Pages of votes look alike where they have the same blocks; those of three tickets never did."""
    assert [alike(PPWP, page) for page in PPWP.pages] == [(), (), ()]
    assert alike(DPR, DPR.page(2)) == (3, 4, 5, 6, 7) and alike(DPD, DPD.page(2)) == (3,)
    assert alike(DPR, DPR.page(1)) == alike(DPR, DPR.page(8)) == ()


@pytest.mark.slow
def test_a_blank_candidate_is_no_zero() -> None:
    """A candidate's empty boxes stay blank though the party's sum would hold with a zero."""
    from sirekap.reading.weigh import weigh

    values = {name: value or 0 for name, value in station(DPR.id).truth.items()}
    name = next(n for n in values if n.startswith("suara_caleg_") and values[n] == 0)
    figures = weigh(DPR, sheet(values) | {name: written(None)})
    assert figures[name].status is Status.BLANK
