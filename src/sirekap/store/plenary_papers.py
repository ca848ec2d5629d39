"""Papers of certificates and files of objections: kept once, found again by their hashes."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from sirekap.errors import InputError, Problem
from sirekap.store.desk import Who
from sirekap.store.loading import note
from sirekap.store.models import Plenary, PlenaryFile, RecapVersion, SignedCertificate
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace, write_file

TRUSTED = "officers.pem"  # the authorities whose officers sign, in the workspace's folder
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


def trusted_roots(workspace: Workspace) -> tuple[bytes, ...]:
    """The certificates (PEM) of the authorities that this election trusts for its officers' signatures."""
    path = workspace.path / TRUSTED
    if not path.is_file():
        return ()
    parts = path.read_bytes().split(_END)
    return tuple(part.strip() + b"\n" + _END + b"\n" for part in parts if part.strip())


def trust(workspace: Workspace, pem: bytes, file: str) -> bool:
    """Trust one more authority from its certificate in PEM; False where it was trusted. Raises InputError."""
    text = pem.strip() + b"\n"
    if not text.startswith(_BEGIN) or text.count(_END) != 1:
        advice = "Give the authority's public certificate, such as authority.pem."
        raise InputError([Problem(file, "one certificate in PEM", "something else", advice=advice)])
    roots = trusted_roots(workspace)
    if text in roots:
        return False
    write_file(workspace.path / TRUSTED, b"".join([*roots, text]))
    with transaction.atomic(using=workspace.alias):
        note(workspace, "authority trusted", sha256(text).hexdigest(), {"file": file})
    return True


def papers_of(workspace: Workspace, version: Any) -> list[Any]:
    """The papers of a version, as it was drawn and then with each signature."""
    rows = workspace.rows(SignedCertificate).filter(version=version).select_related("account")
    return list(rows.order_by("number"))


def keep_drawn(workspace: Workspace, version: Any, pdf: bytes, who: Who, at: datetime) -> bytes:
    """Keep a version's paper as it was drawn first; the one that is kept, where another was quicker.

    It is kept although it can be drawn again: another version of the drawing program may give other bytes, and
    signatures are over these.
    """
    digest = workspace.objects.put(pdf)
    workspace.objects.secure(digest)
    with transaction.atomic(using=workspace.alias):
        row, _ = workspace.rows(SignedCertificate).get_or_create(
            version=version,
            number=0,
            defaults={
                "sha256": digest,
                "signer": "",
                "account": who.account,
                "session_id": who.session,
                "at": at,
            },
        )
    return workspace.objects.get(row.sha256)


def keep_signed(
    workspace: Workspace, version: Any, before: int, pdf: bytes, signer: str, who: Who, at: datetime
) -> Any:
    """Keep a paper with one signature more than number `before`; its row.

    Raises NotTaken (CHANGED) where somebody signed meanwhile: the signature has to be laid over theirs.
    """
    digest = workspace.objects.put(pdf)
    workspace.objects.secure(digest)
    with transaction.atomic(using=workspace.alias):
        workspace.rows(Plenary).select_for_update().get(pk=version.plenary_id)
        last = workspace.rows(SignedCertificate).filter(version=version).order_by("-number").first()
        if last is None or last.number != before:
            raise NotTaken(
                Reason.CHANGED, ["somebody signed meanwhile: fetch the certificate again and sign that"]
            )
        row = workspace.rows(SignedCertificate).create(
            version=version, number=before + 1, sha256=digest, signer=signer, account=who.account,
            session_id=who.session, at=at,
        )  # fmt: skip
        detail = {"contest": version.plenary.contest_id, "version": version.version, "signer": signer}
        note(workspace, "certificate signed", version.plenary.unit, detail, who.login, at)
    return row


def keep_file(
    workspace: Workspace, contest: str, unit: str, data: bytes, name: str, kind: str, who: Who, at: datetime
) -> str:
    """Keep a file that an objection will name; its SHA-256. The same file again is left alone.

    Raises NotTaken (STAGE) where no plenary was opened.
    """
    plenary = workspace.rows(Plenary).filter(contest_id=contest, unit=unit).first()
    if plenary is None:
        raise NotTaken(Reason.STAGE, ["expected a plenary that is open; it has not begun"])
    digest = workspace.objects.put(data)
    workspace.objects.secure(digest)
    with transaction.atomic(using=workspace.alias):
        workspace.rows(PlenaryFile).get_or_create(
            plenary=plenary,
            sha256=digest,
            defaults={"name": name, "kind": kind, "size": len(data), "account": who.account, "at": at},
        )
    return digest


def file_of(workspace: Workspace, contest: str, unit: str, digest: str) -> Any | None:
    """A file of a plenary by its hash; None where there is none."""
    return (
        workspace.rows(PlenaryFile).filter(plenary__contest_id=contest, plenary__unit=unit, sha256=digest).first()
    )


def all_versions(workspace: Workspace, contest: str, unit: str) -> list[Any]:
    """Every version of a unit's certificate, the first one first."""
    rows = workspace.rows(RecapVersion).filter(plenary__contest_id=contest, plenary__unit=unit)
    return list(rows.select_related("plenary").order_by("version"))
