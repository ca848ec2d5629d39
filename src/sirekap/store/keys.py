"""The server's key of a workspace: it vouches for devices that hand results over, and signs receipts.

The private key lies in `server.key` in the workspace's folder, readable to its owner alone, not in the database.
Every public key that ever signed is in the database as an event: what an older key signed still verifies, and
machines that share a database may each have a key of their own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.db import connections, transaction

from sirekap.access import ROLES, Act, Mandate, may, second_factor
from sirekap.errors import InputError, Problem, SirekapError, quoted
from sirekap.forms import FORMS
from sirekap.record.canonical import canonical
from sirekap.record.handover import (
    Certificate,
    Handover,
    HandoverError,
    encode_certificate,
    from_text,
    key_id,
    to_text,
)
from sirekap.record.verdict import Verdict, judge
from sirekap.store.loading import note
from sirekap.store.lockout import Reason, Refused
from sirekap.store.models import Event, Session, SessionEnd
from sirekap.store.sessions import AGE, AGE_ABOVE, Signed
from sirekap.store.setup import SERVER_KEY, Workspace
from sirekap.store.signing import PrivateKey, is_public_key, new_private_key, public_key_of, sign_with, verify

RECEIPT_DOMAIN = b"sirekap/receipt/1\n"
KEY_MADE, CERTIFIED = "server key made", "device certified"
ADVICE = "Bring the file back from a copy, or take it away: the next use makes a new key."
_lock = threading.Lock()
_known: dict[tuple[str, bytes], PrivateKey] = {}  # by workspace and PEM: reading a key takes longer than signing


class NotAllowed(SirekapError):
    """Somebody asks for what no mandate of theirs allows there."""


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes by a server's key, and the id of that key."""

    key: str
    value: bytes


def sign(workspace: Workspace, message: bytes) -> Signature:
    """Sign with the workspace's key; the first use makes it. Raises InputError where the file is no key."""
    private = _private_key(workspace)
    return Signature(key_id(public_key_of(private)), sign_with(private, message))


def public_keys(workspace: Workspace) -> dict[str, bytes]:
    """Every public key of the workspace by its id, the latest last: x and y, 64 bytes. Makes the first one."""
    _private_key(workspace)
    return known_keys(workspace)


def known_keys(workspace: Workspace) -> dict[str, bytes]:
    """The same, and makes none."""
    rows = workspace.rows(Event).filter(act=KEY_MADE).order_by("id").values_list("subject", "detail")
    return {subject: from_text(detail["public_key"]) for subject, detail in rows}


def keys_document(workspace: Workspace) -> dict[str, Any]:
    """What `GET /keys` answers and phones keep: `{keys: [{id, public_key}]}`, public keys in base64url."""
    keys = public_keys(workspace)
    return {"keys": [{"id": name, "public_key": to_text(key)} for name, key in keys.items()]}


def renew_key(workspace: Workspace) -> str:
    """Make a new server key in the place of the present one, which still verifies: the new key's id."""
    _keep(_path(workspace), over=True)
    return key_id(public_key_of(_private_key(workspace)))


def certify_device(workspace: Workspace, signed: Signed, station: str, public_key: bytes, at: datetime) -> bytes:
    """The certificate of a device's key: it may hand over results of the station until its session ends by age.

    `public_key` is x and y, 64 bytes. Raises NotAllowed without a mandate for it there, InputError for what is no
    key, Refused where the session is over.
    """
    mandate = _handing(signed.mandates, station)
    if not is_public_key(public_key):
        found = f"{len(public_key)} bytes"
        raise InputError([Problem("device key", "x and y of a P-256 key, 64 bytes", found, column="public_key")])
    private = _private_key(workspace)
    with transaction.atomic(using=workspace.alias):
        session = workspace.rows(Session).filter(pk=signed.session, sessionend=None).first()
        if session is None:
            raise Refused(Reason.ENDED)
        expires = session.at + (AGE_ABOVE if second_factor(signed.mandates) else AGE)
        if expires <= at:
            raise Refused(Reason.ENDED)
        certificate = _certified(private, mandate, public_key, at, expires)
        detail = {
            "certificate": certificate.id,
            "session": signed.session,
            "server key": certificate.key,
            "public key": to_text(public_key),
            "expires": expires.isoformat(),
        }
        note(workspace, CERTIFIED, station, detail, signed.login, at)
    return encode_certificate(certificate)


def check_handover(workspace: Workspace, text: str, at: datetime) -> Verdict:
    """Whether a text or link is a genuine result; other than a phone, the server knows of ended sessions."""

    def ended(handover: Handover) -> int | None:
        return ended_at(workspace, handover.certificate)

    return judge(text, public_keys(workspace), int(at.timestamp()), verify, FORMS, ended)


def ended_at(workspace: Workspace, certificate: Certificate) -> int | None:
    """When the session of a certificate was ended, in seconds since 1970; None where it was not."""
    rows = workspace.rows(Event).filter(act=CERTIFIED, subject=certificate.station)
    details = rows.values_list("detail", flat=True)
    sessions = [detail["session"] for detail in details if detail["certificate"] == certificate.id]
    end = workspace.rows(SessionEnd).filter(session__in=sessions).order_by("at").first()
    return None if end is None else int(end.at.timestamp())


def receipt(workspace: Workspace, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the server's signature over its canonical JSON: `{…, key, signature}`.

    Raises ValueError for what JSON cannot hold, or content that has these two names.
    """
    if not {"key", "signature"}.isdisjoint(content):
        raise ValueError("the content of a receipt has no key and no signature of its own")
    key = key_id(public_key_of(_private_key(workspace)))
    named = {**content, "key": key}
    made = sign(workspace, RECEIPT_DOMAIN + canonical(named))
    return {**named, "signature": to_text(made.value)}


def is_receipt(document: Mapping[str, Any], keys: Mapping[str, bytes]) -> bool:
    """Whether one of the server's keys signed a receipt as it stands. Raises nothing."""
    content = {name: value for name, value in document.items() if name != "signature"}
    try:
        server = keys[content["key"]]
        return verify(server, RECEIPT_DOMAIN + canonical(content), from_text(document["signature"]))
    except (KeyError, TypeError, ValueError, HandoverError):
        return False


def _handing(mandates: tuple[Mandate, ...], station: str) -> Mandate:
    for mandate in mandates:
        try:
            if may([mandate], Act.HAND_OVER, station):
                return mandate
        except ValueError:
            break  # no unit's code
    holders = ", ".join(role.name for role in ROLES.values() if Act.HAND_OVER in role.acts)
    raise NotAllowed(f"results of {quoted(station)} are handed over by its {holders} alone")


def _certified(
    private: PrivateKey, mandate: Mandate, public_key: bytes, at: datetime, expires: datetime
) -> Certificate:
    """The signed certificate of a mandate at its own station."""
    key = key_id(public_key_of(private))
    first, last = (int(time.timestamp()) for time in (at, expires))
    bare = Certificate(key, mandate.unit, mandate.role, first, last, public_key, b"")
    return replace(bare, signature=sign_with(private, bare.message))


def _path(workspace: Workspace) -> Path:
    return workspace.path / SERVER_KEY


def _private_key(workspace: Workspace) -> PrivateKey:
    """The key of the file, made where there is none; its public half is written down before it signs anything."""
    path = _path(workspace)
    try:
        if not path.exists():
            _keep(path, over=False)
        pem = path.read_bytes()
    except OSError as error:
        raise InputError([Problem(str(path), "the server's key", error.strerror or str(error))]) from error
    with _lock:
        private = _known.get((workspace.alias, pem))
    if private is None:
        private = _read(pem, path)
        _write_down(workspace, public_key_of(private))
        # Within the caller's transaction the row may yet be taken back: then it is looked for again next time.
        if not connections[workspace.alias].in_atomic_block:
            with _lock:
                _known[workspace.alias, pem] = private
    return private


def _read(pem: bytes, path: Path) -> PrivateKey:
    try:
        private = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise InputError([Problem(str(path), "the server's key (PEM)", "another", advice=ADVICE)]) from error
    if not isinstance(private, PrivateKey) or private.curve.name != "secp256r1":
        raise InputError([Problem(str(path), "a P-256 key", "another kind", advice=ADVICE)])
    return private


def _write_down(workspace: Workspace, public_key: bytes) -> None:
    """Keep a public key for good. Two at once may both do so: one key, twice written."""
    name = key_id(public_key)
    if not workspace.rows(Event).filter(act=KEY_MADE, subject=name).exists():
        note(workspace, KEY_MADE, name, {"public_key": to_text(public_key)})


def _keep(path: Path, over: bool) -> None:
    """Write a fresh key whole or not at all; where `over` is False only the first of two makers counts."""
    pem = new_private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    if over:
        beside.replace(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
