"""A form's figures as the rows of its certificate, and what the certificate's QR code says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sirekap.contests import CONTEST_CODES
from sirekap.forms import Form, Label
from sirekap.geography import tier_of
from sirekap.record.certificate import Certificate, Row, body_hash

SECTIONS = {
    "I": Label("Data pemilih dan pengguna hak pilih", "Voters and who voted"),
    "II": Label("Data penggunaan surat suara", "Use of ballots"),
    "III": Label("Data pemilih disabilitas", "Voters with disabilities"),
    "IV": Label("Data rincian perolehan suara", "Votes in detail"),
    "V": Label("Data suara sah dan tidak sah", "Valid and invalid votes"),
}
PREFIX, VERSION = "SIREKAP:D", "1"
_PATTERN = re.compile(rf"{PREFIX}:{VERSION}:([0-9]{{1,10}}):([A-Z]{{4,6}}):([1-9][0-9]{{0,3}}):([0-9A-F]{{64}})")


def rows_of(form: Form, names: Mapping[str, str]) -> tuple[Row, ...]:
    """The form's figures in its order; `names` gives by figure who stands, and may lack any."""
    rows: list[Row] = []
    last = ""
    for field in form.fields:
        numeral = re.split(r"[.\s]", field.line, maxsplit=1)[0]
        section = SECTIONS.get(numeral) if numeral != last else None
        last = numeral
        rows.append(Row(field.name, field.line, field.label, names.get(field.name, ""), section))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class CertificateCode:
    """What the QR code of a certificate says: unit, contest, version, and the data's SHA-256 in hex."""

    unit: str
    contest: str
    version: int
    sha256: str


def encode_code(certificate: Certificate, digest: str | None = None) -> str:
    """The QR code's text: no address, so that it outlives every server; letters of the alphanumeric mode.

    It cannot hold the PDF's own hash, which it would change; it holds that of the data: `digest` where the caller
    has it already.
    """
    digest = digest or body_hash(certificate)
    unit, contest = certificate.unit.code, certificate.contest.upper()
    return f"{PREFIX}:{VERSION}:{unit}:{contest}:{certificate.version}:{digest.upper()}"


def decode_code(text: str) -> CertificateCode | None:
    """The content of such a text; None where it is not one. Anyone can print one: it proves nothing alone."""
    match = _PATTERN.fullmatch(text)
    if match is None or match[2].lower() not in CONTEST_CODES:
        return None
    try:
        tier_of(match[1])
    except ValueError:
        return None
    return CertificateCode(match[1], match[2].lower(), int(match[3]), match[4].lower())
