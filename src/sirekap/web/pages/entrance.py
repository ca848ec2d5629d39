"""Log in, activate an account, second factor, log out."""

from __future__ import annotations

import base64
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from markupsafe import Markup

from sirekap.store.loading import now
from sirekap.store.lockout import Refused
from sirekap.store.sessions import (
    Opened,
    Signed,
    activate,
    add_second_factor,
    log_in,
    log_out,
    set_up_second_factor,
)
from sirekap.web.doors import SECOND, door, drop_session, keep_session, onward, see, take_secret
from sirekap.web.problems import code_of
from sirekap.web.render import page
from sirekap.web.site import DEVICE_COOKIE, client_of, language_of, signed_of, token_of, workspace_of
from sirekap.web.wording import in_words, plain, rule_of_password


@door("GET", "POST", signed=False)
def log_in_page(request: HttpRequest) -> HttpResponse:
    """Login and password, and the second factor at once where one is set up."""
    typed = {key: request.POST.get(key, "") for key in ("login", "password", "second", "device", "next")}
    if request.method != "POST":
        signed = signed_of(request)
        if signed is not None:
            return see(SECOND if signed.needs_second else onward(request, signed))
        return page(request, "log_in.html", typed=typed | {"next": request.GET.get("next", "")}, told=None)
    answer = take_secret(request)
    if answer is not None:
        return answer
    try:
        opened = log_in(
            workspace_of(request), typed["login"], typed["password"], _device(request), now(), client_of(request),
            typed["second"].strip() or None, request.COOKIES.get(DEVICE_COOKIE),
        )  # fmt: skip
    except Refused as error:
        return _again(request, "log_in.html", error, typed=typed | {"password": "", "second": ""})
    return _in(request, opened)


@door("GET", "POST", signed=False)
def activate_page(request: HttpRequest) -> HttpResponse:
    """The slip's login and code, and a password that is typed twice."""
    typed = {key: request.POST.get(key, "") for key in ("login", "code", "device")}
    if request.method != "POST":
        return page(request, "activate.html", typed=typed, told=None)
    answer = take_secret(request)
    if answer is not None:
        return answer
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        told = (plain(language_of(request))("passwords_differ"), ())
        return page(request, "activate.html", status=422, typed=typed, told=told)
    try:
        opened = activate(
            workspace_of(request), typed["login"], typed["code"], password, _device(request), now(),
            client_of(request),
        )  # fmt: skip
    except Refused as error:
        return _again(request, "activate.html", error, typed=typed)
    return _in(request, opened)


@door("GET", "POST", second=False)
def second_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """Show a second factor, or set one up: its secret is shown once."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    values: dict[str, Any] = {"next": wanted, "told": None, "enrolment": None}
    if request.method != "POST":
        return page(request, "second.html", **values)
    answer = take_secret(request)
    if answer is not None:
        return answer
    token = token_of(request) or ""
    if request.POST.get("act") == "set up":
        try:
            made = set_up_second_factor(workspace_of(request), token, now())
        except Refused as error:
            return _again(request, "second.html", error, **values)
        return page(request, "second.html", **values | {"enrolment": _shown(made.uri, made.recovery)})
    try:
        opened = add_second_factor(
            workspace_of(request), token, request.POST.get("code", ""), now(), client_of(request)
        )
    except Refused as error:
        return _again(request, "second.html", error, **values)
    return _in(request, opened)


@door("GET", "POST", signed=False)
def log_out_page(request: HttpRequest) -> HttpResponse:
    """End this device's session."""
    if request.method != "POST":
        return page(request, "log_out.html")
    token = token_of(request)
    if token:
        log_out(workspace_of(request), token, now())
    response = see("/app/masuk")
    drop_session(request, response)
    return response


def _device(request: HttpRequest) -> str:
    return request.POST.get("device", "").strip() or plain(language_of(request))("device_default")


def _in(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Let somebody in: to the second factor where one is needed, else to the work."""
    response = see("/app/")
    keep_session(request, response, opened)
    signed = signed_of(request)
    if signed is not None:
        response.headers["Location"] = SECOND if signed.needs_second else onward(request, signed)
    return response


def _again(request: HttpRequest, template: str, error: Refused, **values: Any) -> HttpResponse:
    """The same page with the reason."""
    language = language_of(request)
    text = plain(language)(f"problem_{code_of(error.reason)}")
    if error.wait is not None:
        text += " " + plain(language)("again_in", wait=in_words(error.wait.total_seconds(), language))
    details = tuple(rule_of_password(rule, language) for rule in error.details)
    response = page(request, template, status=403, **values | {"told": (text, details)})
    if error.wait is not None:
        response.headers["Retry-After"] = str(max(1, int(error.wait.total_seconds()) + 1))
    return response


def _shown(uri: str, recovery: tuple[str, ...]) -> dict[str, Any]:
    """What the holder sees once: QR code as SVG in the page, the key as text, recovery codes in groups."""
    import segno  # only this page draws

    from sirekap.codes import grouped

    picture = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(
        picture, kind="svg", scale=5, border=4, xmldecl=False, light="#fff"
    )
    key = parse_qs(urlsplit(uri).query)["secret"][0]
    data = base64.b64encode(picture.getvalue()).decode("ascii")
    return {
        "picture": Markup("data:image/svg+xml;base64,{}").format(data),
        "key": " ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        "recovery": [grouped(code) for code in recovery],
    }
