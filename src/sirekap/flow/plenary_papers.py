"""Certificates of closed plenaries as papers: drawn, copied for witnesses, signed elsewhere and brought back.

Keys never come here: an officer fetches the paper, signs it with their own key (`sirekap certificates sign`, or
any program that signs PDF), and sends it back. It is taken where it is the paper that was fetched with one valid
signature more, by an authority that this election trusts.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from sirekap.access import Act as Doing
from sirekap.flow.desk import one_line
from sirekap.flow.plenary_rights import SEES, held_mandate, may_see, must_do, must_hold, who_of
from sirekap.record.certificate import Certificate
from sirekap.record.certificate_reading import read_certificate
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenaries import version_of
from sirekap.store.plenary_papers import (
    file_of,
    keep_drawn,
    keep_file,
    keep_signed,
    papers_of,
    trusted_roots,
)
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

MOST_FILE = 10 * 1024 * 1024  # bytes of an objection's file, and of a paper
KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP can hold: copies do not depend on when


def version_row(workspace: Workspace, signed: Signed, contest: str, unit: str, version: int) -> Any:
    """A version that the caller may see. Raises NotTaken: UNKNOWN, FORBIDDEN, NOTHING."""
    must_hold(workspace, contest, unit)
    may_see(signed, unit)
    row = version_of(workspace, contest, unit, version)
    if row is None:
        raise NotTaken(Reason.NOTHING, [f"expected a version of this certificate; found {version}"])
    return row


def data_of(workspace: Workspace, row: Any) -> bytes:
    """The canonical JSON of a version."""
    return workspace.objects.get(row.body)


def certificate_of(workspace: Workspace, row: Any) -> Certificate:
    """The certificate of a version."""
    return read_certificate(data_of(workspace, row), f"{row.plenary.unit} version {row.version}")


def paper_of(workspace: Workspace, signed: Signed, row: Any, at: datetime) -> bytes:
    """The last paper of a version: with all signatures so far; drawn and kept where it was not yet."""
    papers = papers_of(workspace, row)
    if papers:
        return workspace.objects.get(papers[-1].sha256)
    from sirekap.drawing.certificate import draw_certificate

    pdf = draw_certificate(certificate_of(workspace, row))
    doing = next(doing for doing in SEES if _holds(signed, doing, row.plenary.unit))
    return keep_drawn(workspace, row, pdf, who_of(workspace, signed, doing, row.plenary.unit), at)


def copies_of(workspace: Workspace, row: Any) -> bytes:
    """A ZIP with a copy (salinan) for everyone who was called and does not belong to the panel alone.

    The same version gives the same bytes (of one version of the drawing program).
    """
    from sirekap.drawing.certificate import Drawer

    certificate, drawer = certificate_of(workspace, row), Drawer()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, person in enumerate(certificate.attendance, start=1):
            whom = " ".join(filter(None, (person.role, person.stands_for)))
            name = "".join(letter if letter.isalnum() else "-" for letter in whom)[:60].strip("-")
            entry = zipfile.ZipInfo(f"salinan-{number:02d}-{name}.pdf", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, drawer.draw(certificate, whom))
    return held.getvalue()


def take_signed(
    workspace: Workspace, signed: Signed, contest: str, unit: str, version: int, pdf: bytes, at: datetime
) -> Any:
    """Take a paper that came back with one more signature; its row.

    Raises NotTaken: FORBIDDEN for who does not sign there, SIGNATURE with what is wrong, CHANGED where another's
    signature came first.
    """
    must_hold(workspace, contest, unit)
    must_do(signed, Doing.SIGN, unit)
    row = version_row(workspace, signed, contest, unit, version)
    papers = papers_of(workspace, row)
    if not papers:
        raise NotTaken(Reason.SIGNATURE, ["expected the paper that this server gave; it gave none yet"])
    before = workspace.objects.get(papers[-1].sha256)
    signer = _signer(workspace, row, papers, before, pdf, at)
    return keep_signed(
        workspace, row, papers[-1].number, pdf, signer, who_of(workspace, signed, Doing.SIGN, unit), at
    )


def _signer(workspace: Workspace, row: Any, papers: list[Any], before: bytes, pdf: bytes, at: datetime) -> str:
    """Who signed last, in words. Raises NotTaken: SIGNATURE, CHANGED."""
    from sirekap.verify.certificates import check_certificate

    roots = trusted_roots(workspace)
    if not roots:
        advice = f"sirekap certificates trust {workspace.path.name} authority.pem"
        raise NotTaken(Reason.SIGNATURE, [f"no authority is trusted here yet: {advice}"])
    if not pdf.startswith(before) or pdf == before:
        older = next(
            (paper for paper in papers[:-1] if pdf.startswith(workspace.objects.get(paper.sha256))), None
        )
        if older is not None:
            details = ["somebody signed meanwhile: fetch the certificate again and sign that"]
            raise NotTaken(Reason.CHANGED, details)
        raise NotTaken(Reason.SIGNATURE, ["expected the paper as it was fetched, with one signature added to it"])
    report = check_certificate(pdf, roots, data_of(workspace, row), at)
    if len(report.signatures) != papers[-1].number + 1:
        found = len(report.signatures) - papers[-1].number
        raise NotTaken(Reason.SIGNATURE, [f"expected one signature more; found {found}"])
    last = report.signatures[-1]
    if not report.valid:
        bad = [item.problem or f"{item.name}: {item.trust}" for item in report.signatures if not item.valid]
        raise NotTaken(Reason.SIGNATURE, [text for text in (report.problem, *bad) if text])
    return ", ".join(filter(None, (last.name, last.role if last.role != last.name else "", last.unit)))


def take_file(
    workspace: Workspace, signed: Signed, contest: str, unit: str, name: str, data: bytes, at: datetime
) -> str:
    """Take a file for an objection: JPEG, PNG or PDF of at most 10 MB; its SHA-256.

    Raises NotTaken: FORBIDDEN, LARGE, KIND, STAGE.
    """
    must_hold(workspace, contest, unit)
    doing = Doing.OBJECT if _holds(signed, Doing.OBJECT, unit) else Doing.HOLD_PLENARY
    must_do(signed, doing, unit)
    if len(data) > MOST_FILE:
        raise NotTaken(Reason.LARGE, [f"expected at most {MOST_FILE:,} bytes; found {len(data):,}"])
    kind = next((kind for start, kind in KINDS if data.startswith(start)), None)
    if kind is None:
        raise NotTaken(Reason.KIND, ["expected a JPEG, a PNG or a PDF"])
    told = one_line(name or "lampiran", True, "name")[-120:]
    return keep_file(workspace, contest, unit, data, told, kind, who_of(workspace, signed, doing, unit), at)


def file_bytes(workspace: Workspace, signed: Signed, contest: str, unit: str, sha256: str) -> tuple[bytes, Any]:
    """A file of an objection with its row. Raises NotTaken: UNKNOWN, FORBIDDEN, NOTHING."""
    must_hold(workspace, contest, unit)
    may_see(signed, unit)
    row = file_of(workspace, contest, unit, sha256)
    if row is None:
        raise NotTaken(Reason.NOTHING)
    return workspace.objects.get(sha256), row


def _holds(signed: Signed, doing: Doing, unit: str) -> bool:
    try:
        held_mandate(signed, doing, unit)
    except NotTaken:
        return False
    return True
