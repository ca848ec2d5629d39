"""Papers of a closed plenary: drawn once, copied, signed elsewhere and brought back; files of objections."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.drawing.certificate import draw_certificate
from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import sign_certificate
from sirekap.errors import InputError
from sirekap.flow import plenary, plenary_papers
from sirekap.recap import ObjectionKind, Signing
from sirekap.store.models import SignedCertificate
from sirekap.store.not_taken import Reason
from sirekap.store.officer_keys import make_authority
from sirekap.store.plenary_papers import TRUSTED, papers_of, trust, trusted_roots
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.verify.certificates import check_certificate
from tests.drawing.officers import DAY, NOW, authority, officer
from tests.flow.capturing import CONTEST, signed
from tests.flow.sitting import AT, DISTRICT, STATIONS, begin, hold, read_all, refused, seated, shut

JPEG = b"\xff\xd8\xff\xe0 a photograph"


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[tuple[Workspace, Signed]]:
    """A closed plenary with a head, a member and a witness who sign, and its panel."""
    workspace = seated(tmp_path, STATIONS)
    person = signed(workspace, "ppk-1")
    begin(workspace, DISTRICT)
    for role, whom in (("Anggota", ""), ("Saksi", "Pasangan calon 2")):
        plenary.attend(workspace, person, CONTEST, DISTRICT, uuid4(), role, whom, Signing.SIGNS, "", "", AT)
    read_all(workspace, DISTRICT)
    shut(workspace, DISTRICT)
    yield workspace, person


def fetched(workspace: Workspace, person: Signed) -> bytes:
    """The paper as somebody fetches it."""
    row = plenary_papers.version_row(workspace, person, CONTEST, DISTRICT, 1)
    return plenary_papers.paper_of(workspace, person, row, AT)


def bring(workspace: Workspace, person: Signed, pdf: bytes) -> SignedCertificate:
    """The paper as somebody brings it back."""
    return plenary_papers.take_signed(workspace, person, CONTEST, DISTRICT, 1, pdf, NOW)


def test_three_sign_one_after_another_and_the_paper_holds(closed: tuple[Workspace, Signed]) -> None:
    """Each signature is laid over the last; the data is the version's, and every signature is checked."""
    workspace, person = closed
    trust(workspace, authority().certificate, "authority.pem")
    row = plenary_papers.version_row(workspace, person, CONTEST, DISTRICT, 1)
    places = signing_places(plenary_papers.certificate_of(workspace, row))
    assert [place.person.role for place in places] == ["Ketua", "Anggota", "Saksi"]
    for number, place in enumerate(places, start=1):
        pdf = sign_certificate(fetched(workspace, person), officer(f"Petugas {number}"), place)
        who = signed(workspace, "saksi-2") if place.person.role == "Saksi" else person
        assert bring(workspace, who, pdf).number == number
    report = check_certificate(
        fetched(workspace, person), trusted_roots(workspace), plenary_papers.data_of(workspace, row)
    )
    assert report.complete and report.data_matches
    told = [paper.signer for paper in papers_of(workspace, row)]
    assert told == ["", *(f"Petugas {number}, 317301 TANAH ABANG" for number in (1, 2, 3))]


def test_the_paper_is_drawn_once(closed: tuple[Workspace, Signed]) -> None:
    """Fetched twice it is the same, and what the data gives when it is drawn again."""
    workspace, person = closed
    row = plenary_papers.version_row(workspace, person, CONTEST, DISTRICT, 1)
    first = fetched(workspace, person)
    assert first == fetched(workspace, person)
    assert first == draw_certificate(plenary_papers.certificate_of(workspace, row))
    assert workspace.rows(SignedCertificate).count() == 1


def test_what_is_no_paper_with_one_valid_signature_more_is_refused(closed: tuple[Workspace, Signed]) -> None:
    """Each with its reason: nobody trusted, nothing fetched, unsigned, changed, another's key, two at once."""
    workspace, person = closed
    row = plenary_papers.version_row(workspace, person, CONTEST, DISTRICT, 1)
    one, two = signing_places(plenary_papers.certificate_of(workspace, row))[:2]
    assert refused(lambda: bring(workspace, person, b"%PDF-")).reason is Reason.SIGNATURE
    drawn = fetched(workspace, person)
    pdf = sign_certificate(drawn, officer("Ketua PPK"), one)
    assert "no authority is trusted" in str(refused(lambda: bring(workspace, person, pdf)))
    other = make_authority("Lain", NOW - DAY, NOW + DAY)
    trust(workspace, other.certificate, "other.pem")
    assert "untrusted" in str(refused(lambda: bring(workspace, person, pdf)))
    trust(workspace, authority().certificate, "authority.pem")
    for bad in (
        drawn,
        drawn + b"\n%more",
        pdf[:-9],
        pdf + b"\n",
        b"\0" + pdf,
        pdf.replace(b"/Type", b"/type", 1),
    ):
        assert refused(lambda bad=bad: bring(workspace, person, bad)).reason is Reason.SIGNATURE
    both = sign_certificate(pdf, officer("Anggota PPK"), two)
    assert "expected one signature more; found 2" in str(refused(lambda: bring(workspace, person, both)))
    assert refused(lambda: bring(workspace, signed(workspace, "ppk-2"), pdf)).reason is Reason.FORBIDDEN
    assert refused(lambda: bring(workspace, signed(workspace, "panwas-1"), pdf)).reason is Reason.FORBIDDEN
    assert bring(workspace, person, pdf).number == 1
    late = sign_certificate(drawn, officer("Anggota PPK"), two)
    assert refused(lambda: bring(workspace, person, late)).reason is Reason.CHANGED
    assert bring(workspace, person, both).number == 2


def test_copies_for_everybody_at_once(closed: tuple[Workspace, Signed]) -> None:
    """One for each who was called, saying for whom, with the version's hash; the same bytes again."""
    workspace, person = closed
    row = plenary_papers.version_row(workspace, person, CONTEST, DISTRICT, 1)
    data = plenary_papers.copies_of(workspace, row)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        last = archive.read(names[-1])
    assert names == ["salinan-01-Ketua.pdf", "salinan-02-Anggota.pdf", "salinan-03-Saksi-Pasangan-calon-2.pdf"]
    text = subprocess.run(["pdftotext", "-", "-"], input=last, capture_output=True, check=True).stdout.decode()
    assert "Salinan" in text and "Pasangan calon 2" in text and row.body[:16] in text
    assert plenary_papers.copies_of(workspace, row) == data


def test_an_authority_is_trusted_once_and_a_key_never(tmp_path: Path) -> None:
    """Only a certificate is taken; what is there stays as it is."""
    workspace = seated(tmp_path, ())
    assert trusted_roots(workspace) == ()
    assert trust(workspace, authority().certificate, "a.pem") and not trust(
        workspace, authority().certificate, "a"
    )
    for bad in (b"", b"x", authority().private_key, authority().certificate + authority().certificate):
        with pytest.raises(InputError, match="one certificate in PEM"):
            trust(workspace, bad, "bad.pem")
    assert trusted_roots(workspace) == (authority().certificate,)
    assert (workspace.path / TRUSTED).read_bytes() == authority().certificate


def test_a_file_comes_before_the_objection_that_names_it(tmp_path: Path) -> None:
    """A witness sends a photograph and objects with it; what is no picture or PDF, or too large, is refused."""
    workspace = seated(tmp_path, STATIONS)
    witness = signed(workspace, "saksi-2")
    where = (workspace, witness, CONTEST, DISTRICT)
    assert refused(lambda: plenary_papers.take_file(*where, "f.jpg", JPEG, AT)).reason is Reason.STAGE
    begin(workspace, DISTRICT)
    digest = plenary_papers.take_file(*where, "foto plano.jpg", JPEG, AT)
    assert plenary_papers.take_file(*where, "sama.jpg", JPEG, AT) == digest
    sitting = plenary.file_objection(
        *where, uuid4(), ObjectionKind.OBJECTION, "Lihat foto", AT, attachments=[digest]
    )
    assert sitting.minutes.objections[1].act.attachments == (digest,)
    data, row = plenary_papers.file_bytes(workspace, signed(workspace, "ppk-1"), CONTEST, DISTRICT, digest)
    assert (data, row.name, row.kind) == (JPEG, "foto plano.jpg", "image/jpeg")
    assert refused(lambda: plenary_papers.take_file(*where, "a.html", b"<html>", AT)).reason is Reason.KIND
    large = JPEG + bytes(plenary_papers.MOST_FILE)
    assert refused(lambda: plenary_papers.take_file(*where, "g.jpg", large, AT)).reason is Reason.LARGE
    other = (workspace, signed(workspace, "ppk-2"), CONTEST, DISTRICT)
    assert refused(lambda: plenary_papers.take_file(*other, "f.jpg", JPEG, AT)).reason is Reason.FORBIDDEN
    assert refused(lambda: plenary_papers.file_bytes(*other, digest)).reason is Reason.FORBIDDEN


def test_a_version_that_is_not_there_is_told(tmp_path: Path) -> None:
    """There is nothing before the plenary closed, and no second version after it."""
    workspace = seated(tmp_path, STATIONS)
    person = signed(workspace, "ppk-1")
    ask = (workspace, person, CONTEST, DISTRICT)
    assert refused(lambda: plenary_papers.version_row(*ask, 1)).reason is Reason.NOTHING
    hold(workspace, DISTRICT)
    assert refused(lambda: plenary_papers.version_row(*ask, 2)).reason is Reason.NOTHING
