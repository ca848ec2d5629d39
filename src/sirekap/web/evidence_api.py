"""The download of an evidence bundle (docs/evidence.md)."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import Router

from sirekap.flow.evidence import evidence_file, must_take
from sirekap.record.evidence import file_name
from sirekap.web.api_doors import CONTEST, may_ask, must_be_named, problems
from sirekap.web.problems import problem
from sirekap.web.site import workspace_of

CODE = r"[0-9]{1,13}"
BUSY_SECONDS = 30
BINARY = {"schema": {"type": "string", "format": "binary"}}
ZIP = {"responses": {200: {"description": "A ZIP", "content": {"application/zip": BINARY}}}}


class Download(FileResponse):  # type: ignore[misc]  # Django ships no types
    """A file that is sent in pieces larger than Django's own."""

    block_size = 2**18


router = Router(tags=["evidence"])
ONE = BoundedSemaphore(1)  # a process puts one together at a time: it reads thousands of photographs


@router.get("/{contest}/{code}", response=problems(404), openapi_extra=ZIP)
def evidence(request: HttpRequest, contest: str, code: str) -> Any:
    """All that is kept of a station or unit in one ZIP, for officials above the station, supervisors, auditors.

    413 with code bundle where it is too large for a browser; 503 while another is being put together.
    """
    signed = may_ask(request)
    must_be_named(CONTEST, contest)
    must_be_named(CODE, code)
    must_take(workspace_of(request), signed, contest, code)
    if not ONE.acquire(blocking=False):
        return problem(request, 503, "busy", retry=BUSY_SECONDS)
    try:
        file = evidence_file(workspace_of(request), signed, contest, code)
    finally:
        ONE.release()
    return Download(file, as_attachment=True, filename=file_name(contest, code), content_type="application/zip")
