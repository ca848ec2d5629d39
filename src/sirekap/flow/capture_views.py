"""What is answered to phones that ask: the dictionaries of docs/capture.md, ready to be written as JSON.

All refuse with `NotTaken` (FORBIDDEN, UNKNOWN, NOTHING) what the mandates do not allow, and never give data then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

BASE = "/api/v1"


def work_of(
    workspace: Workspace, signed: Signed, at: datetime, station: str | None = None, language: str = "id"
) -> dict[str, Any]:
    """`GET /work`: the stations that the caller may send for, with contests and forms.

    A station mandate gives its station; others name it in `station`, else `stations` is empty.
    """
    raise NotImplementedError


def sheet_view(
    workspace: Workspace, signed: Signed, contest: str, station: str, language: str = "id", base: str = BASE
) -> dict[str, Any]:
    """`GET /sheets/{contest}/{station}`: figures, findings, photographs, confirmation, what is pending."""
    raise NotImplementedError


def copy_view(
    workspace: Workspace, signed: Signed, contest: str, station: str, language: str = "id", base: str = BASE
) -> dict[str, Any]:
    """`GET /copies/{contest}/{station}`: the caller's own copy as a sheet; `differences` for officials and
    supervisors.
    """
    raise NotImplementedError


def cut_of(
    workspace: Workspace, signed: Signed, contest: str, station: str, figure: str, copy: bool = False
) -> bytes:
    """JPEG bytes of the cut that shows a figure, of the sheet or of the caller's own copy."""
    raise NotImplementedError


def photo_of(
    workspace: Workspace, signed: Signed, contest: str, station: str, sha256: str, copy: bool = False
) -> bytes:
    """Bytes of a photograph (JPEG, without EXIF, upright) by the hash it was delivered under."""
    raise NotImplementedError
