"""The API, version 1 (docs/capture.md): typed, described by its own OpenAPI document, only calls of `flow`.

The review desk's part is `web.desk_api`, the plenaries' `web.plenary_api`, evidence `web.evidence_api`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Status
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import APIKeyCookie

from sirekap import __version__
from sirekap.access import ROLES, Act, roots
from sirekap.errors import InputError
from sirekap.flow.capture import Parcel, confirm, deliver
from sirekap.flow.capture_views import copy_view, cut_of, photo_of, sheet_view, work_of
from sirekap.flow.notice_words import notice_words
from sirekap.flow.reruns import order_rerun
from sirekap.review.reruns import RerunKind
from sirekap.store.board import place_of
from sirekap.store.loading import now
from sirekap.store.lockout import Refused
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notices import Span, last_seen, some_notices
from sirekap.store.sessions import Signed, add_second_factor, log_in, log_out
from sirekap.store.uploads import upload_chunk, upload_state
from sirekap.web.api_doors import (
    CONTEST,
    FIGURE,
    SHA256,
    STATION,
    UNIT,
    OtherAccount,
    SecondNeeded,
    may_ask,
    must_be_named,
    must_be_signed,
    problems,
)
from sirekap.web.desk_api import router as desk
from sirekap.web.doors import drop_session, keep_session, take_secret
from sirekap.web.evidence_api import router as evidence
from sirekap.web.plenary_api import router as plenaries
from sirekap.web.problems import not_taken, problem, refused
from sirekap.web.public_boards import SECONDS, public_board
from sirekap.web.schemas import (
    BoardOut,
    Certified,
    Confirmation,
    ConfirmedOut,
    CopyOut,
    DeliveredOut,
    Delivery,
    DeviceKey,
    Keys,
    LogIn,
    Me,
    NoticesOut,
    RerunIn,
    RerunOut,
    Second,
    SheetOut,
    Since,
    Upload,
    Work,
)
from sirekap.web.signing import certificate_of, server_keys
from sirekap.web.site import (
    DEVICE_COOKIE,
    SESSION_COOKIE,
    client_of,
    language_of,
    signed_of,
    token_of,
    workspace_of,
)

MOST_NOTICES = 100
BINARY = {"schema": {"type": "string", "format": "binary"}}
JPEG = {200: {"description": "A JPEG", "content": {"image/jpeg": BINARY}}}


class Cookie(APIKeyCookie):
    """The session's cookie; the CSRF token is checked before, for every write."""

    param_name = SESSION_COOKIE

    def __init__(self) -> None:
        """Leave CSRF to `middleware.Csrf`."""
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Signed | None:
        """Who asks."""
        return signed_of(request)


api = NinjaAPI(
    title="Sirekap",
    version="1",
    description=f"Capture: photographs in, sheets confirmed. Sirekap {__version__}.",
    auth=Cookie(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/desk", desk)
api.add_router("/plenaries", plenaries)
api.add_router("/evidence", evidence)


@api.post("/session", auth=None, response={201: Me, **problems()})
def open_session(request: HttpRequest, response: HttpResponse, body: LogIn) -> Any:
    """Log in. Sets the session's cookie. 403 with code wrong, wait (Retry-After), blocked, second, used."""
    answer = take_secret(request)
    if answer is not None:
        return answer
    opened = log_in(
        workspace_of(request), body.login, body.password, body.device, now(), client_of(request), body.second,
        request.COOKIES.get(DEVICE_COOKIE),
    )  # fmt: skip
    keep_session(request, response, opened)
    return Status(201, me_of(must_be_signed(request)))


@api.post("/session/second", response={204: None, **problems()})
def show_second(request: HttpRequest, response: HttpResponse, body: Second) -> Any:
    """Show a second factor: a new session takes the place of this one."""
    answer = take_secret(request)
    if answer is not None:
        return answer
    opened = add_second_factor(
        workspace_of(request), token_of(request) or "", body.code, now(), client_of(request)
    )
    keep_session(request, response, opened)
    return Status(204, None)


@api.delete("/session", response={204: None, **problems()})
def close_session(request: HttpRequest, response: HttpResponse) -> Any:
    """Log out."""
    log_out(workspace_of(request), token_of(request) or "", now())
    drop_session(request, response)
    return Status(204, None)


@api.get("/me", response={200: Me, **problems()})
def me(request: HttpRequest) -> Any:
    """Who asks, and what they may do."""
    return me_of(must_be_signed(request))


@api.get("/work", response={200: Work, **problems(404)})
def work(request: HttpRequest, station: str | None = None) -> Any:
    """The stations, contests and forms that the caller sends photographs for."""
    if station is not None:
        must_be_named(STATION, station)
    return work_of(workspace_of(request), may_ask(request), now(), station, language_of(request))


@api.get("/notices", response={200: NoticesOut, **problems()})
def notices(request: HttpRequest, since: Since = 0) -> Any:  # ninja's way
    """What the caller is told, since a notice's id: at most 100, the oldest first."""
    workspace, signed, language = workspace_of(request), may_ask(request), language_of(request)
    rows = some_notices(workspace, signed.login, signed.mandates, MOST_NOTICES + 1, Span(since), oldest=True)
    told = [
        {
            "id": row.pk,
            "kind": row.kind,
            "contest": row.contest,
            "station": row.station,
            "at": row.at,
            "text": notice_words(row.kind, language),
        }
        for row in rows[:MOST_NOTICES]
    ]
    return {
        "notices": told,
        "last": told[-1]["id"] if told else since,
        "more": len(rows) > MOST_NOTICES,
        "seen": last_seen(workspace, signed.login),
    }


@api.post("/device-key", response={200: Certified, **problems(404)})
def device_key(request: HttpRequest, body: DeviceKey) -> Any:
    """A certificate for a device's key, with which results are handed over without a network."""
    signed = may_ask(request)
    own = sorted(roots(signed.mandates, Act.HAND_OVER))
    station = body.station or (own[0] if len(own) == 1 else None)
    if station is None:
        raise NotTaken(Reason.FORBIDDEN if not own else Reason.INVALID)
    if not re.fullmatch(STATION, station, re.ASCII) or place_of(workspace_of(request), station) is None:
        raise NotTaken(Reason.UNKNOWN)
    return {"certificate": certificate_of(workspace_of(request), signed, station, body.public_key, now())}


@api.get("/keys", auth=None, response={200: Keys, **problems()})
def keys(request: HttpRequest) -> Any:
    """The server's public keys; no session is needed."""
    return server_keys(workspace_of(request))


@api.get("/boards/{contest}/{unit}", auth=None, response={200: BoardOut, **problems(404)})
def public_counts(request: HttpRequest, response: HttpResponse, contest: str, unit: str) -> Any:
    """How many stations of a unit, and of those below it, are in, settled or missing; no session is needed."""
    must_be_named(CONTEST, contest)
    must_be_named(UNIT, unit)
    told = public_board(workspace_of(request), contest, unit)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return told


@api.get("/uploads/{sha256}", response={200: Upload, **problems(404)})
def upload(request: HttpRequest, sha256: str) -> Any:
    """How much of an upload is there."""
    must_be_named(SHA256, sha256, Reason.INVALID)
    return upload_state(workspace_of(request), may_ask(request).login, sha256)


@api.put(
    "/uploads/{sha256}",
    response={200: Upload, **problems(404, 409)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": BINARY},
        }
    },
)
def add_to_upload(request: HttpRequest, sha256: str, offset: int, size: int) -> Any:
    """Add raw bytes, at most 1 MiB, at `offset` of a photograph of `size` bytes."""
    must_be_named(SHA256, sha256, Reason.INVALID)
    signed = may_ask(request)
    if not (0 <= offset <= 2**40 and 0 < size <= 2**40):
        raise NotTaken(Reason.INVALID, ("offset, size",))
    if not any(roots(signed.mandates, act) for act in (Act.SEND_PHOTO, Act.SEND_COPY)):
        raise NotTaken(Reason.FORBIDDEN)
    data = request.body
    if len(data) != int(request.META.get("CONTENT_LENGTH") or 0):
        return problem(request, 400, "cut_short")
    return upload_chunk(workspace_of(request), signed.login, sha256, offset, size, data)


@api.post("/deliveries", response={200: DeliveredOut, 201: DeliveredOut, **problems(404, 409)})
def add_delivery(request: HttpRequest, body: Delivery) -> Any:
    """Deliver a photograph whose upload is complete. 201 with a signed receipt; the same again 200."""
    must_be_named(CONTEST, body.contest)
    must_be_named(STATION, body.station)
    workspace = workspace_of(request)
    parcel = Parcel(body.sha256, body.contest, body.station, body.page, body.form, _shown(body.name))
    done = deliver(workspace, may_ask(request), parcel, now(), language_of(request))
    return Status(201 if done.new else 200, done)


@api.get("/sheets/{contest}/{station}", response={200: SheetOut, **problems(404)})
def sheet(request: HttpRequest, contest: str, station: str) -> Any:
    """A sheet: figures beside their cuts, findings, photographs, what is pending."""
    return _view(request, contest, station, sheet_view)


@api.post("/sheets/{contest}/{station}/confirmation", response={201: ConfirmedOut, **problems(404, 409)})
def confirmation(request: HttpRequest, contest: str, station: str, body: Confirmation) -> Any:
    """The station's officer vouches for every figure. 409 with code version or insist."""
    _place(contest, station)
    return Status(
        201,
        confirm(
            workspace_of(request), may_ask(request), contest, station, body.request, body.version, body.figures,
            body.insisted, now(), language_of(request), body.rerun,
        ),
    )  # fmt: skip


@api.post("/sheets/{contest}/{station}/reruns", response={201: RerunOut, **problems(404, 409)})
def rerun(request: HttpRequest, contest: str, station: str, body: RerunIn) -> Any:
    """Order that the station's votes are counted or cast again: its count begins anew. 409 with code version."""
    _place(contest, station)
    told = order_rerun(
        workspace_of(request), may_ask(request), contest, station, body.request, RerunKind(body.kind),
        body.ground, body.after, now(), language_of(request),
    )  # fmt: skip
    return Status(201, told)


@api.get("/copies/{contest}/{station}", response={200: CopyOut, **problems(404)})
def copy(request: HttpRequest, contest: str, station: str) -> Any:
    """The caller's own copy of a sheet."""
    return _view(request, contest, station, copy_view)


@api.get("/sheets/{contest}/{station}/cuts/{figure}", response=problems(404), openapi_extra={"responses": JPEG})
def cut(request: HttpRequest, contest: str, station: str, figure: str) -> Any:
    """The cut of the photograph that shows a figure."""
    return _cut(request, contest, station, figure, copy=False)


@api.get("/sheets/{contest}/{station}/photos/{sha256}", response=problems(404), openapi_extra={"responses": JPEG})
def photo(request: HttpRequest, contest: str, station: str, sha256: str) -> Any:
    """A photograph of the sheet, without EXIF."""
    return _photo(request, contest, station, sha256, copy=False)


@api.get("/copies/{contest}/{station}/cuts/{figure}", response=problems(404), openapi_extra={"responses": JPEG})
def copy_cut(request: HttpRequest, contest: str, station: str, figure: str) -> Any:
    """The cut of the caller's own copy that shows a figure."""
    return _cut(request, contest, station, figure, copy=True)


@api.get("/copies/{contest}/{station}/photos/{sha256}", response=problems(404), openapi_extra={"responses": JPEG})
def copy_photo(request: HttpRequest, contest: str, station: str, sha256: str) -> Any:
    """A photograph of the caller's own copy."""
    return _photo(request, contest, station, sha256, copy=True)


def me_of(signed: Signed) -> dict[str, Any]:
    """What `GET /me` says."""
    return {
        "login": signed.login,
        "name": signed.name,
        "mandates": [
            {"role": mandate.role, "unit": mandate.unit, "stands_for": mandate.stands_for}
            for mandate in signed.mandates
        ],
        "needs_second": signed.needs_second,
        "has_second": signed.has_second,
        "acts": sorted({str(act) for mandate in signed.mandates for act in ROLES[mandate.role].acts}),
    }


def _place(contest: str, station: str) -> None:
    must_be_named(CONTEST, contest)
    must_be_named(STATION, station)


def _view(request: HttpRequest, contest: str, station: str, view: Callable[..., dict[str, Any]]) -> Any:
    _place(contest, station)
    return view(workspace_of(request), may_ask(request), contest, station, language_of(request))


def _cut(request: HttpRequest, contest: str, station: str, figure: str, copy: bool) -> HttpResponse:
    _place(contest, station)
    must_be_named(FIGURE, figure)
    return _jpeg(cut_of(workspace_of(request), may_ask(request), contest, station, figure, copy=copy))


def _photo(request: HttpRequest, contest: str, station: str, sha256: str, copy: bool) -> HttpResponse:
    _place(contest, station)
    must_be_named(SHA256, sha256)
    return _jpeg(photo_of(workspace_of(request), may_ask(request), contest, station, sha256, copy=copy))


def _jpeg(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    return response


def _shown(name: str) -> str:
    """A file's name as it may be shown: no folders, nothing that does not print. It names no file of ours."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:100]


@api.exception_handler(NotTaken)
def _on_not_taken(request: HttpRequest, error: NotTaken) -> HttpResponse:
    return not_taken(request, error)


@api.exception_handler(Refused)
def _on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refused(request, error)


@api.exception_handler(AuthenticationError)
def _on_nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, 401, "session")


@api.exception_handler(OtherAccount)
def _on_other_account(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 401, "other_account")


@api.exception_handler(SecondNeeded)
def _on_second(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 403, "second_needed")


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    details = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors[:20]]
    return problem(request, 422, "invalid", details)


@api.exception_handler(InputError)
def _on_input(request: HttpRequest, error: InputError) -> HttpResponse:
    # The store's own words name files of the workspace.
    return problem(request, 422, "invalid")


@api.exception_handler(Http404)
def _on_nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "address")


@api.exception_handler(RequestDataTooBig)
def _on_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413, "body")


@api.exception_handler(BadRequest)
def _on_bad(request: HttpRequest, error: BadRequest) -> HttpResponse:
    return problem(request, 400, "request")
