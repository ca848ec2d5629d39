"""What every page's view shares: who may open it, its refusals in words, the session's cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token

from sirekap.access import Act, may
from sirekap.errors import InputError
from sirekap.geography import Tier, tier_of
from sirekap.store.lockout import Refused
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import AGE, Opened, Signed
from sirekap.web.problems import not_taken, problem, refused
from sirekap.web.render import menu
from sirekap.web.site import (
    DEVICE_AGE,
    DEVICE_COOKIE,
    SESSION_COOKIE,
    client_of,
    forget_signed,
    is_loopback,
    signed_of,
    site_of,
)

View = Callable[..., HttpResponse]
LOG_IN, SECOND = "/app/masuk", "/app/faktor-kedua"


def door(*methods: str, signed: bool = True, second: bool = True) -> Callable[[View], View]:
    """A page's view: `signed` asks for a session, `second` for its second factor where one is needed.

    The view is called with the request, the `Signed` where asked for, and what the address names.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in allowed:
                answer = problem(request, 405, "method")
                answer.headers["Allow"] = ", ".join(allowed)
                return answer
            try:
                if not signed:
                    return view(request, **named)
                who = signed_of(request)
                if who is None:
                    return see(f"{LOG_IN}?next={quote(request.path)}")
                if second and who.needs_second:
                    return see(f"{SECOND}?next={quote(request.path)}")
                return view(request, who, **named)
            except Refused as error:
                return refused(request, error)
            except NotTaken as error:
                return not_taken(request, error)
            except InputError:
                # The account's own mandates were too small; the store's words name the command line's options.
                return problem(request, 403, "not_yours")

        return opened

    return decorate


def must(signed: Signed, act: Act, unit: str, known: bool) -> None:
    """Raise NotTaken: UNKNOWN where there is no such unit, FORBIDDEN where the act is not allowed there."""
    if not known:
        raise NotTaken(Reason.UNKNOWN)
    if not may(signed.mandates, act, unit):
        raise NotTaken(Reason.FORBIDDEN)


def open_above(signed: Signed, path: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The units on the way to a place whose lists somebody may see."""
    return frozenset(code for code, _ in path if may(signed.mandates, Act.SEE_BOARD, code))


def see(address: str) -> HttpResponse:
    """Go there by GET."""
    response = HttpResponse(status=303)
    response.headers["Location"] = address
    return response


def onward(request: HttpRequest, signed: Signed) -> str:
    """Where somebody goes after the log-in: the page that was asked for, else where the work is."""
    wanted = request.POST.get("next", "")
    # One of our own pages: "//host" would be another site.
    if wanted.startswith("/app/") and "\\" not in wanted and wanted.isprintable():
        return str(wanted)
    if any(tier_of(mandate.unit) is Tier.STATION for mandate in signed.mandates):
        return "/app/"
    return menu(signed)[0][0]


def take_secret(request: HttpRequest) -> HttpResponse | None:
    """What shows a secret costs us a slow hash: fewer of these, by address."""
    wait = site_of(request).buckets.take("secret", client_of(request))
    return problem(request, 429, "rate", retry=wait) if wait else None


def keep_session(request: HttpRequest, response: HttpResponse, opened: Opened) -> None:
    """Give the browser the token of a session, and a new CSRF token with it.

    The second cookie stays after the log-out: it shows that the account was used on this device, which then
    does not wait for what strangers try (`store.lockout`).
    """
    told = {"httponly": True, "samesite": "Strict", "secure": not is_loopback(request), "path": "/"}
    response.set_cookie(SESSION_COOKIE, opened.token, max_age=int(AGE.total_seconds()), **told)
    response.set_cookie(DEVICE_COOKIE, opened.token, max_age=DEVICE_AGE, **told)
    rotate_token(request)
    request.COOKIES[SESSION_COOKIE] = opened.token
    forget_signed(request)


def drop_session(request: HttpRequest, response: HttpResponse) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(SESSION_COOKIE, path="/", samesite="Strict")
    request.COOKIES.pop(SESSION_COOKIE, None)
    forget_signed(request)
