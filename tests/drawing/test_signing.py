"""Signatures on certificates, checked by our verifier and by poppler's."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from sirekap.drawing.certificate import draw_certificate
from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import NotSigned, http_timestamper, pkcs12_key, sign_certificate, token_key
from sirekap.errors import InputError
from sirekap.record.certificate import body, body_hash
from sirekap.store.officer_keys import Authority, Officer, make_authority, make_officer_key
from sirekap.verify.certificates import CertificateReport, Later, Trust, check_certificate
from tests.drawing import certificates
from tests.drawing.officers import (
    DAY,
    LIBRARY,
    NEEDS_TOKEN,
    NOW,
    PIN,
    UNIT,
    authority,
    officer,
    on_token,
    timestamper,
    timestamping_server,
)

CERTIFICATE = certificates.full()
DRAWN = draw_certificate(CERTIFICATE)
PLACES = signing_places(CERTIFICATE)
NEEDS_PDFSIG = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs Debian's poppler-utils")


def checked(pdf: bytes, **more: Any) -> CertificateReport:
    """By our verifier, with the authority of these tests as the only root."""
    return check_certificate(pdf, [authority().certificate], **more)


def pdfsig(pdf: bytes, folder: Path) -> list[str]:
    """What poppler says of each signature."""
    (folder / "s.pdf").write_bytes(pdf)
    run = subprocess.run(["pdfsig", "-nocert", folder / "s.pdf"], capture_output=True, text=True)
    return re.findall(r"Signature Validation: (.*)", run.stdout)


@pytest.fixture(scope="module")
def two() -> bytes:
    """Signed by the chair and a witness."""
    first = sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0])
    return sign_certificate(first, officer("Saksi"), PLACES[-1])


@NEEDS_TOKEN
@NEEDS_PDFSIG
def test_three_sign_two_by_files_one_by_a_token(two: bytes, tmp_path: Path) -> None:
    """Each adds to what was there; all are valid to both verifiers, the last one for the whole file."""
    with on_token(tmp_path, "Anggota PPK 1") as key:
        three = sign_certificate(two, key, PLACES[1])
    assert three.startswith(two) and two.startswith(DRAWN)
    report = checked(three, data=body(CERTIFICATE))
    assert report.valid and report.data_hash == body_hash(CERTIFICATE) and report.data_matches
    assert [(s.name, s.unit) for s in report.signatures] == [
        ("Ketua PPK", UNIT), ("Saksi", UNIT), ("Anggota PPK 1", UNIT),
    ]  # fmt: skip
    assert [s.later for s in report.signatures] == [Later.SIGNATURES, Later.SIGNATURES, Later.NOTHING]
    assert report.expected == 6 and not report.complete
    assert pdfsig(three, tmp_path) == ["Signature is Valid."] * 3


def test_other_data_is_told(two: bytes) -> None:
    """The hash that the file carries is that of its own data."""
    report = checked(two, data=body(certificates.district()))
    assert report.data_matches is False and not report.valid and report.expected is None


def test_invisible_signatures_need_no_place() -> None:
    """A certificate whose signer has no place on the paper is signed all the same."""
    signed = sign_certificate(DRAWN, officer("Ketua PPK"))
    assert checked(sign_certificate(signed, officer("Saksi"))).valid


def test_a_place_is_signed_once(two: bytes) -> None:
    with pytest.raises(InputError, match="a place without a signature"):
        sign_certificate(two, officer("Ketua PPK"), PLACES[0])


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(InputError, match="a PDF that can be signed"):
        sign_certificate(b"nothing", officer("Ketua PPK"))


def test_a_copy_carries_the_same_hash_and_can_be_signed() -> None:
    copy = draw_certificate(CERTIFICATE, copy_for="Saksi pasangan calon nomor urut 1")
    report = checked(sign_certificate(copy, officer("Ketua PPK"), PLACES[0]), data=body(CERTIFICATE))
    assert report.valid and report.data_matches


def test_an_unsigned_file_is_not_valid() -> None:
    report = checked(DRAWN)
    assert not report.valid and not report.signatures and report.data_hash == body_hash(CERTIFICATE)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"\0" * 1000, DRAWN[:5000]])
def test_a_broken_file_is_told_and_never_an_exception(junk: bytes) -> None:
    report = checked(junk)
    assert not report.valid and report.problem


# --- keys


def test_an_expired_key_and_an_untrusted_one_are_told_apart() -> None:
    """Intact in each case; what differs is what is known of the key."""
    expired = sign_certificate(DRAWN, officer("Ketua PPK", NOW - 9 * DAY, NOW - DAY), PLACES[0])
    early = sign_certificate(DRAWN, officer("Ketua PPK", NOW + DAY, NOW + 2 * DAY), PLACES[0])
    fine = sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0])
    other = make_authority("Lain", NOW - DAY, NOW + DAY)
    trusts = [checked(pdf).signatures[0].trust for pdf in (expired, early, fine)]
    assert trusts == [Trust.EXPIRED, Trust.NOT_YET, Trust.TRUSTED]
    stranger = check_certificate(fine, [other.certificate])
    assert stranger.signatures[0].trust is Trust.UNTRUSTED and stranger.signatures[0].intact
    assert not any(report.valid for report in (checked(expired), checked(early), stranger))
    assert check_certificate(fine, []).signatures[0].trust is Trust.UNTRUSTED


def test_the_moment_that_counts_can_be_given() -> None:
    """A file that the log knew before the key ran out is valid for ever."""
    expired = sign_certificate(DRAWN, officer("Ketua PPK", NOW - 9 * DAY, NOW - DAY), PLACES[0])
    assert checked(expired, at=NOW - 2 * DAY).valid


def test_a_timestamp_of_a_trusted_service_proves_the_moment() -> None:
    """PAdES B-T: valid after the key ran out, where the service's clock says that it signed before."""
    key = officer("Ketua PPK", NOW - 9 * DAY, NOW - DAY)
    moment = (NOW - 2 * DAY).replace(microsecond=0)
    signed = sign_certificate(DRAWN, key, PLACES[0], timestamper(moment))
    report = checked(signed)
    assert report.valid and report.signatures[0].stamped == moment
    late = checked(sign_certificate(DRAWN, key, PLACES[0], timestamper(NOW.replace(microsecond=0))))
    assert late.signatures[0].trust is Trust.EXPIRED
    other = make_authority("Lain", NOW - 25 * DAY, NOW + 25 * DAY)
    stranger = checked(sign_certificate(DRAWN, key, PLACES[0], timestamper(moment, other)))
    assert not stranger.valid and "timestamp" in stranger.signatures[0].problem


def test_a_service_over_http_gives_timestamps_and_its_absence_is_told() -> None:
    moment = (NOW - DAY).replace(microsecond=0)
    with timestamping_server(moment) as url:
        signed = sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0], http_timestamper(url))
        assert checked(signed).signatures[0].stamped == moment
    with pytest.raises(NotSigned, match="could not sign"):
        sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0], http_timestamper(url))


@pytest.mark.parametrize(
    ("data", "password"), [(b"x", "rahasia"), (None, "falsch")], ids=["no PKCS#12", "another password"]
)
def test_a_bad_key_file_is_refused(data: bytes | None, password: str) -> None:
    good = make_officer_key(authority(), Officer("Ketua PPK", "Ketua PPK", UNIT), "rahasia", NOW, NOW + DAY)
    with pytest.raises(InputError, match="PKCS#12"):
        pkcs12_key(good if data is None else data, password)


BAD_KEYS: dict[str, tuple[Authority, Officer, str, timedelta]] = {
    "a password": (authority(), Officer("a", "b", "c"), "", DAY),
    "1 to 64 letters": (authority(), Officer("a" * 65, "b", "c"), "x", DAY),
    "a later last moment": (authority(), Officer("a", "b", "c"), "x", -DAY),
    "in PEM": (Authority(b"", b""), Officer("a", "b", "c"), "x", DAY),
    "the key of its certificate": (
        Authority(authority().certificate, make_authority("x", NOW, NOW + DAY).private_key),
        Officer("a", "b", "c"), "x", DAY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("message", BAD_KEYS)
def test_what_makes_no_certificate_is_refused(message: str) -> None:
    issuer, whom, password, span = BAD_KEYS[message]
    with pytest.raises(InputError, match=message):
        make_officer_key(issuer, whom, password, NOW, NOW + span)


def test_an_authority_shows_no_key_in_logs() -> None:
    assert "PRIVATE" not in repr(authority())


@NEEDS_TOKEN
def test_a_token_that_refuses_is_told(tmp_path: Path) -> None:
    assert LIBRARY is not None
    with (
        on_token(tmp_path, "Anggota PPK 1"),
        pytest.raises(NotSigned, match="refused"),
        token_key(LIBRARY, "sirekap", PIN, "another"),
    ):
        pass
    for library, token, pin in (
        (LIBRARY, "sirekap", PIN + "9"),
        (LIBRARY, "another", PIN),
        (tmp_path / "no.so", "", ""),
    ):
        with pytest.raises(NotSigned, match="refused"), token_key(library, token, pin, "anggota"):
            pass


# --- tampering

SIGNED = sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0])
_LAST = PdfFileReader(BytesIO(SIGNED)).embedded_signatures[-1]
GAP = range(int(_LAST.byte_range[1]), int(_LAST.byte_range[2]))


def altered(pdf: bytes, at: int, by: int) -> bytes:
    """The same file with one byte changed."""
    return pdf[:at] + bytes([pdf[at] ^ by]) + pdf[at + 1 :]


def test_the_file_that_is_altered_below_is_valid() -> None:
    """Else what follows would prove nothing."""
    assert checked(SIGNED).valid


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_an_altered_byte_anywhere_is_seen(at: int, by: int) -> None:
    """In the certificate, the appearance, the signature dictionary, the signature, the cross-references."""
    assert not checked(altered(SIGNED, at, by)).valid


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(GAP), st.sampled_from([1, 2, 16, 32]))
def test_an_altered_byte_of_the_signature_itself_is_seen(at: int, by: int) -> None:
    """Nothing signs these bytes: their zeros, the letters' case and all that the signature names are held."""
    assert not checked(altered(SIGNED, at, by)).valid


def test_an_altered_byte_of_a_timestamped_signature_is_seen() -> None:
    """A spread over the signature with its token, which holds the service's certificate."""
    signed = sign_certificate(DRAWN, officer("Ketua PPK"), PLACES[0], timestamper(NOW.replace(microsecond=0)))
    last = PdfFileReader(BytesIO(signed)).embedded_signatures[-1]
    start, length = int(last.byte_range[1]), 2 * len(last.pkcs7_content.rstrip(b"\0"))
    assert checked(signed).valid
    for at in range(start, start + length, 199):
        assert not checked(altered(signed, at, 1)).valid, at - start


@pytest.mark.slow
@NEEDS_PDFSIG
def test_poppler_sees_an_altered_byte_too(two: bytes, tmp_path: Path) -> None:
    """A spread over what the first signature signs, and both signature dictionaries."""
    assert checked(two).valid and pdfsig(two, tmp_path) == ["Signature is Valid."] * 2
    entries = [m.start() + 2 for m in re.finditer(rb"/(Filter|SubFilter|M) ", two) if m.start() > len(DRAWN)]
    for at in (*range(100, len(DRAWN), 16001), *entries):
        assert not checked(altered(two, at, 1)).valid
        assert pdfsig(altered(two, at, 1), tmp_path) != ["Signature is Valid."] * 2, at


def test_what_is_added_after_the_last_signature_is_seen(two: bytes) -> None:
    """Bytes at the end, and an update that changes what a page shows."""
    assert not checked(two + b"\n% more").valid
    report = checked(changed(two))
    assert not report.valid and report.signatures[0].later is Later.CHANGES


def test_a_signature_over_a_changed_page_does_not_mend_it() -> None:
    """The second signer signs what somebody altered after the first: the first does not hold any more."""
    report = checked(sign_certificate(changed(SIGNED), officer("Saksi"), PLACES[-1]))
    assert [s.valid for s in report.signatures] == [False, True] and not report.valid


def changed(pdf: bytes) -> bytes:
    """An incremental update in which the first page shows nothing."""
    from pyhanko.pdf_utils import generic

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_signature_leaves_the_metadata_alone(two: bytes) -> None:
    """XMP and information are those that were drawn: pyHanko's own way of writing them is held off."""
    first, now = PdfFileReader(BytesIO(DRAWN)), PdfFileReader(BytesIO(two))
    assert now.root["/Metadata"].data == first.root["/Metadata"].data
    assert dict(now.trailer["/Info"]) == dict(first.trailer["/Info"])
    assert "/Version" not in now.root
