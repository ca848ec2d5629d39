"""The app's QR codes: read by another implementation, and equal to a third one's, module by module."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sirekap.forms import FORMS
from sirekap.record.handover import encode
from tests.browser.app import app_page
from tests.record.test_handover import RESULT

segno = pytest.importorskip("segno")
zxingcpp = pytest.importorskip("zxingcpp")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINK = "https://sirekap.example/app/periksa#"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
together = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
levels = st.sampled_from("LMQH")


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page with the module imported."""
    with app_page() as page:
        page.evaluate("async () => { window.qr = await import('/qr.js'); }")
        yield page


def codes(page: Any, cases: list[Any]) -> list[dict[str, Any]]:
    """The codes of [text, options] pairs; `rows` are texts of 0 and 1, 1 is dark."""
    script = """(cases) => cases.map(([text, options]) => {
        const code = qr.encode(text, options);
        const line = (y) => Array.from({ length: code.size }, (_, x) => (code.dark(x, y) ? "1" : "0")).join("");
        return {
          version: code.version, mask: code.mask, mode: code.mode,
          rows: Array.from({ length: code.size }, (_, y) => line(y)),
        };
    })"""
    found: list[dict[str, Any]] = page.evaluate(script, cases)
    return found


def read(rows: list[str]) -> Any:
    """What zxing-cpp reads in a clean picture of a code."""
    dark = np.array([[letter == "1" for letter in row] for row in rows])
    picture = np.pad(np.where(dark, 0, 255).astype(np.uint8), 4, constant_values=255)
    (found,) = zxingcpp.read_barcodes(picture.repeat(4, 0).repeat(4, 1), formats=zxingcpp.BarcodeFormat.QRCode)
    return found


def segnos(text: str, mode: str, version: int, level: str, mask: int) -> list[str]:
    """The same code by segno."""
    made = segno.make_qr(text, error=level, version=version, mode=mode, mask=mask, boost_error=False)
    return ["".join("1" if module else "0" for module in row) for row in made.matrix]


@together
@given(st.lists(st.tuples(st.text(min_size=1, max_size=400), levels), min_size=1, max_size=8))
def test_any_text_is_read_back(page: Any, cases: list[tuple[str, str]]) -> None:
    """Letters of any script, at every level: the very bytes in UTF-8."""
    cases = [(text.encode("utf-16", "replace").decode("utf-16"), level) for text, level in cases]
    made = codes(page, [[text, {"level": level}] for text, level in cases])
    assert [bytes(read(code["rows"]).bytes) for code in made] == [text.encode() for text, _ in cases]


@together
@given(st.text(ALPHANUMERIC, min_size=1, max_size=1500), levels)
def test_any_alphanumeric_text_is_read_back_from_a_smaller_code(page: Any, text: str, level: str) -> None:
    """Capitals and digits take eleven bits a pair."""
    (made,) = codes(page, [[text, {"level": level}]])
    assert made["mode"] == "alphanumeric" and read(made["rows"]).text == text
    assert made["version"] == segno.make_qr(text, error=level, mode="alphanumeric", boost_error=False).version


@pytest.mark.parametrize("level", "LMQH")
def test_every_version_is_the_same_as_another_implementations(page: Any, level: str) -> None:
    """Version, level and mask given, all modules are equal; the masks take turns."""
    cases = [
        [
            f"VERSION {version} {level} " * 3 if version > 4 else "V",
            {"version": version, "level": level, "mask": mask},
        ]
        for version in range(1, 41)
        for mask in [(version + "LMQH".index(level)) % 8]
    ]
    for (text, options), code in zip(cases, codes(page, cases), strict=True):
        assert code["rows"] == segnos(text, "alphanumeric", **options), options


@pytest.mark.parametrize("mask", range(8))
def test_every_mask_of_a_full_code_is_the_same_as_another_implementations(page: Any, mask: int) -> None:
    """In bytes, as links are. The text fills the code: segno pads bytes with a zero codeword too many."""
    capacity = {14: 458, 23: 1091}
    for version, letters in capacity.items():
        text = (LINK + "aZ09_-" * 200)[:letters]
        options = {"version": version, "level": "L", "mask": mask}
        (code,) = codes(page, [[text, options]])
        assert code["mode"] == "byte" and code["rows"] == segnos(text, "byte", **options)


@pytest.mark.parametrize("text", ["a", "A", LINK, LINK + "x" * 380, "HTTPS://KPU.EXAMPLE/"])
def test_the_mask_with_the_least_penalty_is_chosen(page: Any, text: str) -> None:
    """As a second computation of the standard's penalties finds it."""
    every = codes(page, [[text, {"level": "M", "mask": mask}] for mask in range(8)])
    (chosen,) = codes(page, [[text, {"level": "M"}]])
    assert chosen["mask"] == min(range(8), key=lambda mask: penalty(every[mask]["rows"]))


def penalty(rows: list[str]) -> int:
    """Section 7.8.3 of the standard, as plainly as it can be written."""
    size = len(rows)
    lines = [*rows, *("".join(column) for column in zip(*rows, strict=True))]
    runs = [len(list(group)) for line in lines for _, group in groupby(line)]
    blocks = sum(
        len({rows[y][x], rows[y][x + 1], rows[y + 1][x], rows[y + 1][x + 1]}) == 1
        for y in range(size - 1)
        for x in range(size - 1)
    )
    like = sum(line[at : at + 11] in ("10111010000", "00001011101") for line in lines for at in range(size - 10))
    share = 100 * sum(row.count("1") for row in rows) / size**2
    return sum(run - 2 for run in runs if run >= 5) + 3 * blocks + 40 * like + 10 * int(abs(share - 50) / 5)


@pytest.mark.parametrize(
    ("form", "value", "version"),
    [("C.HASIL-PPWP/2024", 999, 14), ("C.HASIL-DPR/2024", 5, 18), ("C.HASIL-DPR/2024", 999, 23)],
)
def test_a_result_fits_one_code(page: Any, form: str, value: int, version: int) -> None:
    """Versions that docs/decisions/0013 promises: 73, 89 and 109 modules a side."""
    figures = (value,) * len(FORMS[form].names)
    text = LINK + encode(replace(RESULT, contest=FORMS[form].contest, form=form, figures=figures))
    (made,) = codes(page, [[text, {}]])
    assert made["version"] == version and read(made["rows"]).text == text


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("x" * 2954, {"level": "L"}),
        ("x" * 1274, {"level": "H"}),
        ("x" * 18, {"version": 1}),
        ("x", {"level": "LM"}),
        ("x", {"level": ""}),
    ],
    ids=["too long", "too long for the level", "too long for the version", "no level", "an empty level"],
)
def test_what_fits_no_code_is_refused(page: Any, text: str, options: dict[str, Any]) -> None:
    """With a RangeError, never a code that cannot be read."""
    script = "([text, options]) => { try { qr.encode(text, options); } catch (error) { return error.name; } }"
    assert page.evaluate(script, [text, options]) == "RangeError"


def test_the_longest_text_is_read_back(page: Any) -> None:
    """2,953 bytes at level L, 1,273 at level H: version 40."""
    made = codes(page, [["x" * 2953, {}], ["x" * 1273, {"level": "H"}], ["", {}]])
    assert [code["version"] for code in made] == [40, 40, 1]
    assert [len(read(code["rows"]).text) for code in made[:2]] == [2953, 1273]


def test_a_drawn_code_is_read_from_the_screen(page: Any) -> None:
    """The SVG in a page of 360 px, as a camera sees it; its name is read out and holds no markup."""
    text = LINK + encode(RESULT)
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate(
        """(text) => { document.body.style.margin = "0";
        document.body.innerHTML = qr.toSvg(qr.encode(text), 'Hasil "TPS 1" <b>&'); }""",
        text,
    )
    assert page.locator("svg").get_attribute("aria-label") == 'Hasil "TPS 1" <b>&'
    assert page.locator("svg title").text_content() == 'Hasil "TPS 1" <b>&' and page.locator("b").count() == 0
    cv2 = pytest.importorskip("cv2")
    picture = cv2.imdecode(np.frombuffer(page.locator("svg").screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]
