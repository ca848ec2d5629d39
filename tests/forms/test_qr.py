import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.forms import FORMS
from sirekap.forms.qr import QrContent, decode_qr, encode_qr


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.sampled_from(sorted(FORMS)), st.integers(1, 99))
def test_a_code_gives_back_its_station_form_and_page(station: str, form_id: str, page: int) -> None:
    """What is encoded is decoded unchanged, for every station, form and page."""
    assert decode_qr(encode_qr(station, form_id, page)) == QrContent(station, form_id, page)


def test_the_text_fits_a_qr_codes_alphanumeric_mode() -> None:
    """The text stays within the 47 alphanumeric characters of a version 2 code."""
    text = encode_qr("3173011006272", "C.HASIL-PPWP/2024", 2)
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(text) <= 47


@given(st.text())
def test_any_other_text_is_not_ours(text: str) -> None:
    """A foreign QR code is told apart without an error."""
    assert decode_qr(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "SIREKAP:2:3173011006272:C.HASIL-PPWP/2024:2",
        "SIREKAP:1:317301100627:C.HASIL-PPWP/2024:2",
        "SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:0",
        "SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:2\n",
        "SIREKAP:1:٣١٧٣٠١١٠٠٦٢٧٢:C.HASIL-PPWP/2024:2",
    ],
)
def test_a_code_that_is_nearly_ours_is_refused(text: str) -> None:
    """Another version, a short station, a page 0, a trailing line end or foreign digits are no content."""
    assert decode_qr(text) is None


@pytest.mark.parametrize(
    ("station", "form_id", "page"),
    [
        ("1", "C.HASIL-PPWP/2024", 1),
        ("3173011006272", "a:b", 1),
        ("3173011006272", "C.HASIL-PPWP/2024", 0),
    ],
)
def test_what_could_not_be_read_back_is_not_encoded(station: str, form_id: str, page: int) -> None:
    """A code that nobody could decode is refused when it is made."""
    with pytest.raises(ValueError, match="no QR code"):
        encode_qr(station, form_id, page)
