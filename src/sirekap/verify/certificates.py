"""Whether the signatures of a certificate hold, by anyone: the file and the roots that are trusted suffice.

Needs the extra `certificates` (pyHanko) and nothing else. Nothing is looked up on any network. Stricter than PDF
readers are: bytes beside the signed ones that a reader passes over make a signature invalid here, too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

from sirekap.errors import InputError, Problem
from sirekap.verify.cms import odd_signature

# What pyHanko has to tell stands in the report; nothing goes to the terminal unless somebody asks for it.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())
HASH = re.compile(r"sha256:([0-9a-f]{64})")
END = re.compile(rb"startxref\s+[0-9]+\s+%%EOF")  # of the file as it was drawn


class Trust(StrEnum):
    """What is known of the key that signed, at the moment that counts."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    """No trusted root stands behind it."""
    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    REVOKED = "revoked"


class Later(StrEnum):
    """What came into the file after a signature."""

    NOTHING = "nothing"
    SIGNATURES = "signatures"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature: who, when, whether it holds. `claimed` is the signer's own clock and proves nothing;
    `stamped` is that of a trusted time-stamping service.
    """

    field: str
    name: str
    role: str
    unit: str
    claimed: datetime | None
    stamped: datetime | None
    intact: bool
    trust: Trust
    later: Later
    problem: str = ""

    @property
    def valid(self) -> bool:
        """Intact, trusted, and only signatures came after it."""
        return self.intact and self.trust is Trust.TRUSTED and self.later is not Later.CHANGES


@dataclass(frozen=True, slots=True)
class CertificateReport:
    """What is found of a file. `data_hash` is the one it carries; `data_matches` None where no data was given.

    `expected` is how many sign according to the data, None without data. `problem` where the file is broken.
    """

    signatures: tuple[SignatureReport, ...]
    data_hash: str | None
    data_matches: bool | None = None
    expected: int | None = None
    problem: str = ""

    @property
    def valid(self) -> bool:
        """Whether there are signatures, all of them hold, the last one covers the file, and the data is the one.

        Whether all who should sign did is another question: see `complete`.
        """
        signed = bool(self.signatures) and all(signature.valid for signature in self.signatures)
        return signed and not self.problem and self.data_hash is not None and self.data_matches is not False

    @property
    def complete(self) -> bool:
        """Valid, and as many signatures as the data says; signatures can be cut off from the end unseen."""
        return self.valid and self.expected is not None and len(self.signatures) >= self.expected


def check_certificate(
    pdf: bytes, roots: Sequence[bytes], data: bytes | None = None, at: datetime | None = None
) -> CertificateReport:
    """Check a signed certificate against trusted roots (PEM or DER), for its signers and its timestamps.

    `data` is the canonical JSON that it should carry the hash of. `at` is when the file is known to have existed,
    as by its entry in the log, else now: certificates must have been valid then, or at a trusted timestamp.
    Raises InputError for a root that is no certificate; a broken file is told in the report.
    """
    anchors = [read_root(root, f"root {number}") for number, root in enumerate(roots, start=1)]
    moment = at or datetime.now(UTC)
    try:
        return _checked(pdf, anchors, data, moment)
    except Exception as error:  # a hostile file breaks parsers in every way; it is told, never passed on
        return CertificateReport((), None, problem=f"no readable PDF: {str(error) or type(error).__name__}")


def read_root(data: bytes, file: str) -> Any:
    """A certificate that is trusted, from PEM or DER, as asn1crypto has it. Raises InputError with the file."""
    from asn1crypto import pem, x509

    try:
        der = pem.unarmor(data)[2] if pem.detect(data) else data
        certificate = x509.Certificate.load(der, strict=True)
        assert certificate.native  # parses all of it
    except (ValueError, TypeError) as error:
        advice = "Give the authority's public certificate, such as authority.pem."
        raise InputError([Problem(file, "a certificate in PEM or DER", str(error), advice=advice)]) from error
    return certificate


def _checked(pdf: bytes, anchors: list[Any], data: bytes | None, moment: datetime) -> CertificateReport:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(pdf))
    signatures = list(reader.embedded_regular_signatures)
    reports = tuple(_signature(pdf, signature, anchors, moment) for signature in signatures)
    carried, problem = _data_hash(pdf, reader)
    if signatures and _covered(signatures[-1]) != len(pdf):
        problem = problem or "something was added after the last signature"
    if len(reader.embedded_signatures) != len(signatures):
        problem = problem or "a signature of another kind"
    matches = None if data is None else hashlib.sha256(data).hexdigest() == carried
    return CertificateReport(reports, carried, matches, _expected(data) if matches else None, problem)


def _covered(signature: Any) -> int:
    """Up to which byte a signature covers the file."""
    _, _, start, length = (int(part) for part in signature.byte_range)
    return start + length


def _data_hash(pdf: bytes, reader: Any) -> tuple[str | None, str]:
    """The hash that the file carried when it was drawn, and what is wrong about it."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    end = END.search(pdf)
    first = _hashes(PdfFileReader(BytesIO(pdf[: end.end()]))) if end else []
    if not first:
        return None, "it carries no hash of its data"
    if len({*first, *_hashes(reader)}) != 1:
        return first[0], "it carries several hashes of its data"
    return first[0], ""


def _hashes(reader: Any) -> list[str]:
    """Those in the XMP and in the document's information."""
    texts = (reader.root["/Metadata"].data.decode("utf-8", "replace"), str(reader.trailer["/Info"]["/Keywords"]))
    return [found for text in texts for found in HASH.findall(text)]


def _expected(data: bytes | None) -> int | None:
    try:
        people = json.loads(data or b"null")["attendance"]
        return sum(1 for person in people if person["signing"] == "signs")
    except (ValueError, TypeError, KeyError):
        return None


def _signature(pdf: bytes, signature: Any, anchors: list[Any], moment: datetime) -> SignatureReport:
    name = role = unit = ""
    claimed = None
    try:
        subject = signature.signer_cert.subject.native
        name, role, unit = (
            str(subject.get(part, "")) for part in ("common_name", "title", "organizational_unit_name")
        )
        claimed = signature.self_reported_timestamp
        status, stamped = _status(signature, anchors, moment)
        odd = odd_signature(pdf, signature, status)
        later = _later(status)
        intact = bool(status.intact and status.valid) and not odd and later is not None
        problem = odd or ("" if intact else "altered after it was signed")
        trust = _trust(status, signature, anchors, stamped or moment)
    except Exception as error:  # as above
        problem = f"unreadable: {str(error) or type(error).__name__}"
        intact, trust, later, stamped = False, Trust.UNTRUSTED, Later.CHANGES, None
    field = str(signature.field_name)
    return SignatureReport(
        field, name, role, unit, claimed, stamped, intact, trust, later or Later.CHANGES, problem
    )


def _status(signature: Any, anchors: list[Any], moment: datetime) -> tuple[Any, datetime | None]:
    """What pyHanko finds, at the time of a trusted timestamp where there is one, else at `moment`."""
    from pyhanko.sign.validation import validate_pdf_signature

    status = validate_pdf_signature(signature, _context(anchors, moment), _context(anchors, moment))
    stamp = status.timestamp_validity
    if stamp is None:
        return status, None
    if not (stamp.intact and stamp.valid and stamp.trusted):
        raise ValueError("its timestamp is none of a trusted service")
    stamped = stamp.timestamp
    return validate_pdf_signature(signature, _context(anchors, stamped), _context(anchors, moment)), stamped


def _context(anchors: list[Any], moment: datetime) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(trust_roots=anchors, moment=moment, allow_fetching=False)


def _later(status: Any) -> Later | None:
    """What came after; None where the signature does not cover its own revision."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return None
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Later.NOTHING
    fine = status.docmdp_ok and status.modification_level in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    )
    return Later.SIGNATURES if fine else Later.CHANGES


def _trust(status: Any, signature: Any, anchors: list[Any], moment: datetime) -> Trust:
    from pyhanko.sign.ades.report import AdESIndeterminate
    from pyhanko.sign.validation import validate_pdf_signature

    if status.trusted:
        return Trust.TRUSTED
    begins = signature.signer_cert.not_valid_before
    if moment < begins:  # pyHanko does not tell this from any other fault of the chain
        then = _context(anchors, begins)
        return Trust.NOT_YET if validate_pdf_signature(signature, then, then).trusted else Trust.UNTRUSTED
    return {
        AdESIndeterminate.EXPIRED: Trust.EXPIRED,
        AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: Trust.EXPIRED,
        AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: Trust.EXPIRED,
        AdESIndeterminate.REVOKED_NO_POE: Trust.REVOKED,
        AdESIndeterminate.REVOKED_CA_NO_POE: Trust.REVOKED,
    }.get(status.trust_problem_indic, Trust.UNTRUSTED)
