"""The plenaries' part of the API (docs/plenaries.md): only calls of `flow`."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from sirekap.flow import plenary as flow
from sirekap.flow.plenary_papers import (
    MOST_FILE,
    copies_of,
    data_of,
    file_bytes,
    paper_of,
    take_file,
    take_signed,
    version_row,
)
from sirekap.flow.plenary_views import list_view, part_view, plenary_view
from sirekap.recap import ObjectionKind, Signing
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenaries import Sitting
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.web.api_doors import CONTEST, SHA256, UNIT, may_ask, must_be_named, problems
from sirekap.web.plenary_schemas import (
    AnswerIn,
    AnyActIn,
    AttendIn,
    CarryIn,
    CorrectIn,
    FileOut,
    ObjectIn,
    OpenIn,
    PartViewOut,
    PlenariesOut,
    PlenaryOut,
    ReadIn,
    ReopenIn,
    SignedOut,
    TakeUpIn,
    Version,
    WithdrawIn,
)
from sirekap.web.site import language_of, workspace_of

PART = r"[0-9]{1,13}"
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}}
PDF, ZIP, FILE = "application/pdf", "application/zip", "application/octet-stream"
router = Router(tags=["plenaries"])


def answers(kind: str) -> dict[str, Any]:
    """What an operation describes that answers with bytes."""
    return {"responses": {200: {"description": "The bytes", "content": {kind: BINARY}}}}


@router.get("", response={200: PlenariesOut, **problems()})
def plenaries(request: HttpRequest) -> Any:
    """The caller's plenaries and those below them, with their stages."""
    return list_view(workspace_of(request), may_ask(request), language_of(request))


@router.get("/{contest}/{unit}", response={200: PlenaryOut, **problems(404)})
def plenary(request: HttpRequest, contest: str, unit: str) -> Any:
    """A plenary: its parts, sums side by side, what keeps it from closing, minutes, versions."""
    signed = _named(request, contest, unit)
    return plenary_view(
        flow.see_plenary(workspace_of(request), signed, contest, unit), signed, language_of(request)
    )


@router.get("/{contest}/{unit}/parts/{part}", response={200: PartViewOut, **problems(404)})
def part(request: HttpRequest, contest: str, unit: str, part: str) -> Any:
    """A station or unit below with its figures: of its sheets, as certified below, as counted here."""
    signed = _named(request, contest, unit)
    must_be_named(PART, part)
    sitting = flow.see_plenary(workspace_of(request), signed, contest, unit)
    return part_view(sitting, signed, part, language_of(request))


@router.post("/{contest}/{unit}/acts", response={200: PlenaryOut, **problems(404, 409)})
def add_act(request: HttpRequest, contest: str, unit: str, body: AnyActIn) -> Any:
    """One act of the minutes; the plenary as it stands after it."""
    signed, workspace = _named(request, contest, unit), workspace_of(request)
    sitting = _done(workspace, signed, contest, unit, body)
    return plenary_view(sitting, signed, language_of(request))


def _done(workspace: Workspace, signed: Signed, contest: str, unit: str, body: AnyActIn) -> Sitting:
    where, at = (workspace, signed, contest, unit, body.request), now()
    match body:
        case OpenIn():
            return flow.open_plenary(*where, body.decision, at)
        case ReadIn():
            return flow.read_out(*where, body.part, body.digest, at)
        case CorrectIn():
            values, why = (body.before, body.after), (body.reason, body.minutes)
            return flow.correct(*where, body.part, body.figure, *values, *why, at)
        case WithdrawIn():
            values, why = (body.before, body.after), (body.reason, body.minutes)
            return flow.withdraw(*where, body.part, body.figure, *values, *why, at)
        case ObjectIn():
            kind = ObjectionKind(body.kind)
            return flow.file_objection(*where, kind, body.text, at, body.by, body.part, body.attachments)
        case TakeUpIn():
            return flow.take_up(*where, body.origin, at)
        case AnswerIn():
            return flow.answer(*where, body.number, body.text, at)
        case CarryIn():
            return flow.carry_up(*where, body.number, body.decision, at)
        case AttendIn():
            signing = Signing(body.signing)
            return flow.attend(*where, body.role, body.stands_for, signing, body.reason, body.person, at)
        case ReopenIn():
            return flow.reopen(*where, body.ground, body.minutes, body.court, at)
    flow.close(*where, at)
    return flow.see_plenary(workspace, signed, contest, unit)


@router.put("/{contest}/{unit}/files", response={200: FileOut, **problems(404, 409)}, openapi_extra=BODY)
def add_file(
    request: HttpRequest, contest: str, unit: str, name: Annotated[str, Query(max_length=200)] = ""
) -> Any:
    """Send a file for an objection: JPEG, PNG or PDF of at most 10 MB, as it is."""
    signed = _named(request, contest, unit)
    return {"sha256": take_file(workspace_of(request), signed, contest, unit, name, _body(request), now())}


@router.get("/{contest}/{unit}/files/{sha256}", response=problems(404), openapi_extra=answers(FILE))
def file(request: HttpRequest, contest: str, unit: str, sha256: str) -> Any:
    """A file of an objection, to be kept and not shown: it came from outside."""
    signed = _named(request, contest, unit)
    must_be_named(SHA256, sha256, Reason.NOTHING)
    data, row = file_bytes(workspace_of(request), signed, contest, unit, sha256)
    return _bytes(data, row.kind, f"{sha256[:12]}.{row.kind.rpartition('/')[2]}", shown=False)


@router.get(
    "/{contest}/{unit}/versions/{version}", response=problems(404), openapi_extra=answers("application/json")
)
def version(request: HttpRequest, contest: str, unit: str, version: Version) -> Any:
    """A version's data: canonical JSON, whose SHA-256 stands on the paper."""
    row = version_row(workspace_of(request), _named(request, contest, unit), contest, unit, version)
    return _bytes(data_of(workspace_of(request), row), "application/json", name_of(row, "json"))


@router.get(
    "/{contest}/{unit}/versions/{version}/certificate.pdf", response=problems(404), openapi_extra=answers(PDF)
)
def paper(request: HttpRequest, contest: str, unit: str, version: Version) -> Any:
    """A version's paper with the signatures so far, PDF/A-2b."""
    workspace, signed = workspace_of(request), _named(request, contest, unit)
    row = version_row(workspace, signed, contest, unit, version)
    return _bytes(paper_of(workspace, signed, row, now()), PDF, name_of(row, "pdf"))


@router.get("/{contest}/{unit}/versions/{version}/copies.zip", response=problems(404), openapi_extra=answers(ZIP))
def copies(request: HttpRequest, contest: str, unit: str, version: Version) -> Any:
    """A copy (salinan) for everyone who was called, in one ZIP."""
    workspace = workspace_of(request)
    row = version_row(workspace, _named(request, contest, unit), contest, unit, version)
    return _bytes(copies_of(workspace, row), ZIP, name_of(row, "zip"))


@router.put(
    "/{contest}/{unit}/versions/{version}/certificate.pdf",
    response={200: SignedOut, **problems(404, 409)},
    openapi_extra=BODY,
)
def add_signed(request: HttpRequest, contest: str, unit: str, version: Version) -> Any:
    """Bring the paper back with one more signature: the last one that was fetched, added to and not changed."""
    signed = _named(request, contest, unit)
    row = take_signed(workspace_of(request), signed, contest, unit, version, _body(request), now())
    return {"number": row.number, "sha256": row.sha256, "signer": row.signer}


def name_of(row: Any, kind: str) -> str:
    """What a version's file is called."""
    return f"D.HASIL-{row.plenary.contest_id}-{row.plenary.unit}-v{row.version}.{kind}"


def _named(request: HttpRequest, contest: str, unit: str) -> Signed:
    signed = may_ask(request)
    must_be_named(CONTEST, contest)
    must_be_named(UNIT, unit)
    return signed


def _body(request: HttpRequest) -> bytes:
    """The bytes that were sent, of which the guard knows the most that may come."""
    data: bytes = request.read(MOST_FILE + 1)
    if len(data) > MOST_FILE:
        raise NotTaken(Reason.LARGE)
    return data


def _bytes(data: bytes, kind: str, name: str, shown: bool = True) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    how = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
