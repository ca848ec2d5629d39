"""What a certificate's data may be, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.errors import InputError
from sirekap.forms.words import MOST_WRITTEN, written_out
from sirekap.record.certificate import (
    Certificate,
    Column,
    Completeness,
    Group,
    Place,
    Replaced,
    body,
    body_hash,
    certificate_document,
    model_of,
)
from sirekap.record.certificate_reading import read_certificate
from sirekap.record.certificate_rows import CertificateCode, decode_code, encode_code
from tests.drawing import certificates

PLAIN = certificates.district()
FIRST = PLAIN.groups[0].columns[0]

WRITTEN = {
    0: "NOL",
    10: "SEPULUH",
    11: "SEBELAS",
    100: "SERATUS",
    1_000: "SERIBU",
    1_100: "SERIBU SERATUS",
    2_000: "DUA RIBU",
    11_011: "SEBELAS RIBU SEBELAS",
    100_000: "SERATUS RIBU",
    101_000: "SERATUS SATU RIBU",
    1_000_000: "SATU JUTA",
    1_001_001: "SATU JUTA SERIBU SATU",
    40_971_906: "EMPAT PULUH JUTA SEMBILAN RATUS TUJUH PULUH SATU RIBU SEMBILAN RATUS ENAM",
    96_214_691: "SEMBILAN PULUH ENAM JUTA DUA RATUS EMPAT BELAS RIBU ENAM RATUS SEMBILAN PULUH SATU",
    1_000_000_000: "SATU MILIAR",
    1_000_000_001: "SATU MILIAR SATU",
    1_000_000_000_000: "SATU TRILIUN",
}


@pytest.mark.parametrize("value", WRITTEN)
def test_totals_are_written_out(value: int) -> None:
    """As Indonesian says them."""
    assert written_out(value) == WRITTEN[value]


@given(st.one_of(st.integers(0, MOST_WRITTEN), st.integers(0, 2_000_000)))
def test_words_say_their_number_alone(value: int) -> None:
    """Another reading of the grammar gives the number back."""
    assert number_of(written_out(value)) == value


def number_of(text: str) -> int:
    """The number that words say, word by word from the left."""
    ones = ["NOL", "SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN"]
    powers = {"RIBU": 1000, "JUTA": 10**6, "MILIAR": 10**9, "TRILIUN": 10**12}
    total = group = digit = 0
    for word in text.split():
        if word in ones:
            digit = ones.index(word)
        elif word == "BELAS":
            group, digit = group + 10 + digit, 0
        elif word == "PULUH":
            group, digit = group + 10 * digit, 0
        elif word == "RATUS":
            group, digit = group + 100 * digit, 0
        elif word in powers:
            total, group, digit = total + (group + digit) * powers[word], 0, 0
        else:
            group += {"SEPULUH": 10, "SEBELAS": 11, "SERATUS": 100, "SERIBU": 1000}[word]
            if word == "SERIBU":
                total, group = total + 1000, 0
    return total + group + digit


@pytest.mark.parametrize("value", [-1, MOST_WRITTEN + 1])
def test_other_numbers_have_no_words(value: int) -> None:
    with pytest.raises(ValueError, match="words are known"):
        written_out(value)


@pytest.mark.parametrize(
    ("unit", "contest", "model"),
    [
        ("317301", "ppwp", "MODEL D.HASIL KECAMATAN-PPWP"),
        ("3173", "pdpr", "MODEL D.HASIL KABKO-DPR"),
        ("31", "pdpd", "MODEL D.HASIL PROV-DPD"),
        ("0", "ppwp", "MODEL D.HASIL NASIONAL-PPWP"),
        ("990101", "pdpr", "MODEL D.HASIL PPLN-DPR"),
        ("3173", "pdprdk", "MODEL D.HASIL KABKO-DPRD KABKO"),
        ("31", "pkwkp", "MODEL D.HASIL PROV-KWK-GUBERNUR"),
    ],
)
def test_a_certificate_has_its_official_name(unit: str, contest: str, model: str) -> None:
    assert model_of(unit, contest) == model


@pytest.mark.parametrize(
    ("unit", "contest"),
    [("3173011006", "ppwp"), ("99", "ppwp"), ("9901", "ppwp"), ("31", "pkwkk"), ("0", "pkwkp"), ("31", "xyz")],
)
def test_where_no_plenary_is_held_there_is_no_certificate(unit: str, contest: str) -> None:
    """A village, overseas as a whole, a country, and units above the one where a contest is decided."""
    with pytest.raises(ValueError, match=r"no D\.HASIL"):
        model_of(unit, contest)


def test_the_hash_is_that_of_the_canonical_json() -> None:
    """The same in every time zone; another with any other figure."""
    data = body(PLAIN)
    assert json.loads(data) == certificate_document(PLAIN)
    assert hashlib.sha256(data).hexdigest() == body_hash(PLAIN)
    moved = replace(PLAIN, closed_at=PLAIN.closed_at.astimezone(timezone(timedelta(hours=9))))
    assert body_hash(moved) == body_hash(PLAIN)
    assert body_hash(replace(PLAIN, sheets="00" * 32)) != body_hash(PLAIN)


def test_totals_are_the_sums_of_the_columns_and_blanks_add_nothing() -> None:
    columns = [column for group in PLAIN.groups for column in group.columns]
    for index, total in enumerate(PLAIN.totals):
        known = [column.values[index] for column in columns if column.values[index] is not None]
        assert total == (sum(value for value in known if value is not None) if known else None)


REFUSED: dict[str, dict[str, Any]] = {
    "begins at the nation": {"path": PLAIN.path[1:]},
    "does not lie in": {"path": (PLAIN.path[0], Place("32", "JAWA BARAT"), *PLAIN.path[2:])},
    "time zone": {"closed_at": PLAIN.closed_at.replace(tzinfo=None)},
    "says what it replaces": {"version": 2},
    "replaces an earlier one": {"version": 2, "replaces": Replaced(2, "KPU", "x")},
    "stands twice": {"groups": (Group(PLAIN.unit, (FIRST, FIRST)),), "completeness": Completeness(2, 2)},
    "values for": {
        "groups": (Group(PLAIN.unit, (Column(FIRST.place, (1,)),)),),
        "completeness": Completeness(1, 1),
    },
    "negative": {
        "groups": (Group(PLAIN.unit, (Column(FIRST.place, (-1,) * len(PLAIN.rows)),)),),
        "completeness": Completeness(1, 1),
    },
    "are said to be counted": {"completeness": Completeness(9, 9)},
    "expected": {"completeness": Completeness(1, 6)},
    "each figure stands once": {"rows": (PLAIN.rows[0], *PLAIN.rows[:-1])},
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_false_table_is_refused(message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(PLAIN, **REFUSED[message])


def test_the_code_on_the_paper_can_be_read_back() -> None:
    code = CertificateCode("317301", "ppwp", 1, body_hash(PLAIN))
    assert decode_code(encode_code(PLAIN)) == code
    assert encode_code(PLAIN).isascii() and encode_code(PLAIN).upper() == encode_code(PLAIN)


@pytest.mark.parametrize(
    "text", ["", "SIREKAP:1:3173011006272:C.HASIL-PPWP/2024:2", "SIREKAP:D:1:317:PPWP:1:" + "A" * 64]
)
def test_other_codes_are_none_of_a_certificate(text: str) -> None:
    assert decode_code(text) is None


@pytest.mark.parametrize("made", [certificates.full, certificates.nation, certificates.regency_dpr])
def test_a_certificate_comes_back_from_its_json(made: Callable[[], Certificate]) -> None:
    assert read_certificate(body(made())) == made()


BAD: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "no whole number": (("version",), "1", "column version: expected a whole number"),
    "true is no number": (
        ("completeness", "counted"),
        True,
        "column completeness.counted: expected a whole",
    ),
    "no list": (("rows",), {}, "column rows: expected a list"),
    "deep": (
        ("groups", 0, "columns", 1, "values", 3),
        "x",
        r"groups\[0\].columns\[1\].values\[3\]: expected a whole",
    ),
    "no such answer": (("objections", 0, "status"), "lost", "one of answered, carried_up"),
    "no day": (("day",), "yesterday", "a time or date in ISO 8601"),
    "another object": (("path", 0), {"code": "0"}, "an object with code, name"),
    "another model": (("model",), "MODEL X", "column model"),
    "another schema": (("schema",), "sirekap/unit/1", "column schema"),
    "a false table": (("completeness", "counted"), 9, "are said to be counted"),
}


@pytest.mark.parametrize("name", BAD)
def test_another_shape_is_refused_with_its_field(name: str) -> None:
    path, value, message = BAD[name]
    document: Any = json.loads(body(certificates.full()))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(InputError, match=message):
        read_certificate(json.dumps(document).encode())


@pytest.mark.parametrize("text", [b"", b"[", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        read_certificate(text)
