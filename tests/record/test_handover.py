"""The text of a handed-over result: read back as it was written, and nothing else is read at all."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.forms import FORMS
from sirekap.record.handover import (
    MOST_FIGURES,
    MOST_VALUE,
    Certificate,
    Fault,
    Handover,
    HandoverError,
    decode,
    decode_certificate,
    encode,
    encode_certificate,
    from_text,
    key_id,
    to_text,
)

SEVEN_DAYS = 7 * 86_400
CERTIFICATE = Certificate(
    "00112233445566ff", "3173011006272", "kpps", 1_707_900_000, 1_707_900_000 + SEVEN_DAYS, b"k" * 64, b"c" * 64
)
RESULT = Handover(CERTIFICATE, "ppwp", "C.HASIL-PPWP/2024", 1_707_910_000, (0, None, 126, 127, 300), b"s" * 64)
HEAD = 1 + 1 + 8  # before the station: two versions and the key's id
AFTER_CERTIFICATE = 1 + len(encode_certificate(CERTIFICATE))
AFTER_FORM = AFTER_CERTIFICATE + 1 + 4 + 1 + 17 + 4  # contest, form, time: the count of figures stands here

times = st.integers(0, 2**32 - 1)
points = st.binary(min_size=64, max_size=64)


@st.composite
def handovers(draw: st.DrawFn) -> Handover:
    """Any result that can be written down."""
    first, last = sorted((draw(times), draw(times)))
    certificate = Certificate(
        draw(st.binary(min_size=8, max_size=8)).hex(),
        f"{draw(st.integers(0, 10**13 - 1)):013d}",
        draw(st.from_regex(r"[a-z_]{1,16}", fullmatch=True)),
        first,
        last,
        draw(points),
        draw(points),
    )
    contest = draw(st.from_regex(r"[a-z]{1,16}", fullmatch=True))
    form = draw(st.from_regex(r"[A-Z][A-Z0-9./-]{0,63}", fullmatch=True))
    figures = draw(st.lists(st.none() | st.integers(0, MOST_VALUE), min_size=1, max_size=300))
    return Handover(certificate, contest, form, draw(times), tuple(figures), draw(points))


@given(handovers())
def test_what_was_written_is_read_back(handover: Handover) -> None:
    """Every result has a text, and that text is this result."""
    assert decode(encode(handover)) == handover
    assert decode_certificate(encode_certificate(handover.certificate)) == handover.certificate


@given(st.binary(max_size=700) | handovers().map(lambda handover: from_text(encode(handover))), st.data())
def test_a_text_is_refused_or_the_one_text_of_its_result(data: bytes, draw: st.DataObject) -> None:
    """No two texts mean the same: whatever is read is written again as it stood."""
    changed = bytearray(data)
    if changed:
        changed[draw.draw(st.integers(0, len(changed) - 1))] ^= draw.draw(st.integers(0, 255))
    text = to_text(bytes(changed))
    try:
        found = decode(text)
    except HandoverError as error:
        assert error.fault in Fault
    else:
        assert encode(found) == text


@given(st.text(max_size=300))
def test_no_text_at_all_makes_it_stumble(text: str) -> None:
    """Whatever somebody scans or pastes is refused with a fault."""
    with pytest.raises(HandoverError):
        decode(text)


@pytest.mark.parametrize(
    "wrapped",
    ["{}", "https://kpu.example/app/periksa#{}", "  {}\n", "https://kpu.example/#x#{}"],
    ids=["bare", "link", "spaces around", "two signs"],
)
def test_a_text_is_found_in_what_surrounds_it(wrapped: str) -> None:
    """A link, and the spaces of messages, do not hide the text."""
    assert decode(wrapped.format(encode(RESULT))) == RESULT


def test_a_text_that_a_message_broke_into_lines_is_read() -> None:
    """Line breaks within it are no part of it."""
    text = encode(RESULT)
    assert decode(f"{text[:70]}\r\n{text[70:]}") == RESULT


def with_bytes(at: int, *values: int, cut: int = 0) -> str:
    """The example's text with bytes from a place on replaced (`cut` more are left out)."""
    data = from_text(encode(RESULT))
    return to_text(data[:at] + bytes(values) + data[at + len(values) + cut :])


WHOLE = from_text(encode(RESULT))
BAD: dict[str, tuple[str, Fault]] = {
    "nothing": ("", Fault.TEXT),
    "a link alone": ("https://kpu.example/app/periksa#", Fault.TEXT),
    "a letter of ordinary base64": ("+" + encode(RESULT)[1:], Fault.TEXT),
    "padding": (to_text(WHOLE[:-1]) + "=", Fault.TEXT),
    "spare bits": ("AR", Fault.TEXT),
    "a letter alone": ("A", Fault.TEXT),
    "letters of another script": ("ａｂｃｄ", Fault.TEXT),
    "a version to come": (with_bytes(0, 2), Fault.VERSION),
    "a certificate of a version to come": (with_bytes(1, 2), Fault.VERSION),
    "a station of 14 digits": (with_bytes(HEAD, *(10**13).to_bytes(6, "big")), Fault.STATION),
    "a role in capitals": (with_bytes(HEAD + 7, *b"KPPS"), Fault.WORD),
    "a role of no letters": (with_bytes(HEAD + 6, 0, cut=4), Fault.WORD),
    "a certificate that ends first": (with_bytes(HEAD + 11, 255), Fault.TIME),
    "a contest with a NUL": (with_bytes(AFTER_CERTIFICATE + 1, 0), Fault.WORD),
    "a form that begins with a dot": (with_bytes(AFTER_CERTIFICATE + 6, ord(".")), Fault.WORD),
    "a form beyond the end": (with_bytes(AFTER_CERTIFICATE + 5, 255), Fault.SHORT),
    "no figures": (with_bytes(AFTER_FORM, 0), Fault.NUMBER),
    "a thousand figures": (with_bytes(AFTER_FORM, 0xE8, 0x07), Fault.NUMBER),
    "a figure written longer than needed": (with_bytes(AFTER_FORM + 1, 0x81, 0x00), Fault.NUMBER),
    "a figure of a million and one": (with_bytes(AFTER_FORM + 1, 0xC2, 0x84, 0x3D), Fault.NUMBER),
    "a figure without an end": (with_bytes(AFTER_FORM + 1, 0x81, 0x80, 0x80, 0x80), Fault.NUMBER),
    "cut off": (to_text(WHOLE[:-1]), Fault.SHORT),
    "one byte more": (to_text(WHOLE + b"\0"), Fault.LONG),
    "endless": ("A" * 4001, Fault.LONG),
}


@pytest.mark.parametrize(("text", "fault"), BAD.values(), ids=BAD)
def test_a_bad_text_is_refused_with_its_fault(text: str, fault: Fault) -> None:
    """The fault tells screens why; the sentence tells people what to do."""
    with pytest.raises(HandoverError, match=r"expected .* found .* again") as caught:
        decode(text)
    assert caught.value.fault is fault


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_text_that_ends_early_is_short(length: int) -> None:
    """At whatever byte it ends."""
    with pytest.raises(HandoverError) as caught:
        decode(to_text(WHOLE[:length]))
    assert caught.value.fault is (Fault.SHORT if length else Fault.TEXT)


@pytest.mark.parametrize(
    "change",
    [
        {"figures": ()},
        {"figures": (0,) * (MOST_FIGURES + 1)},
        {"figures": (-1,)},
        {"figures": (MOST_VALUE + 1,)},
        {"contest": "PPWP"},
        {"form": ""},
        {"at": -1},
        {"at": 2**32},
        {"signature": b"s" * 63},
        {"certificate": replace(CERTIFICATE, station="317301100627")},
        {"certificate": replace(CERTIFICATE, key="00112233445566FF")},
        {"certificate": replace(CERTIFICATE, expires=0)},
        {"certificate": replace(CERTIFICATE, public_key=b"")},
    ],
    ids=str,
)
def test_what_cannot_be_a_result_is_not_written(change: dict[str, Any]) -> None:
    """A wrong field is the program's own fault: ValueError."""
    with pytest.raises(ValueError):
        encode(replace(RESULT, **change))


def test_the_bytes_are_those_of_the_documentation() -> None:
    """docs/formats.md says every byte; this is its example."""
    assert WHOLE.hex() == (
        "010100112233445566ff02e2c631a340046b70707365cc7c6065d5b6e0" + "6b" * 64 + "63" * 64
        + "047070777011432e484153494c2d505057502f3230323465cca3700501007f8001ad02"
        + "73" * 64
    )  # fmt: skip
    assert RESULT.message == b"sirekap/result/1\n" + WHOLE[:-64]
    assert CERTIFICATE.message == b"sirekap/certificate/1\n" + WHOLE[1 : AFTER_CERTIFICATE - 64]
    assert key_id(b"k" * 64) == "2519b49bcf69feac"


@pytest.mark.parametrize(
    ("form", "values", "letters"),
    [
        ("C.HASIL-PPWP/2024", 999, 407),
        ("C.HASIL-DPR/2024", 5, 654),
        ("C.HASIL-DPR/2024", 999, 975),
    ],
)
def test_a_text_is_as_short_as_promised(form: str, values: int, letters: int) -> None:
    """Letters of the largest president's result, and of a list's with small and with the largest figures."""
    made = replace(RESULT, form=form, contest=FORMS[form].contest, figures=(values,) * len(FORMS[form].names))
    assert len(encode(made)) == letters
