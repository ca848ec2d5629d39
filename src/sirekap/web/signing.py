"""Between the API and the server's key: certificates and public keys as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sirekap.errors import InputError
from sirekap.record.handover import HandoverError, from_text, to_text
from sirekap.store.keys import NotAllowed, certify_device, keys_document
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace


def certificate_of(workspace: Workspace, signed: Signed, station: str, public_key: str, at: datetime) -> str:
    """A device key's certificate, in base64url. Raises NotTaken."""
    try:
        return to_text(certify_device(workspace, signed, station, from_text(public_key), at))
    except NotAllowed as error:
        raise NotTaken(Reason.FORBIDDEN) from error
    except (HandoverError, ValueError, InputError) as error:
        raise NotTaken(Reason.INVALID, ("public_key: x, y of P-256, 64 bytes, base64url",)) from error


def server_keys(workspace: Workspace) -> dict[str, Any]:
    """What `GET /keys` answers."""
    return keys_document(workspace)
