"""Before and after every request, whatever it asks for: host, size, rates, language, CSRF, headers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware, get_token

from sirekap.flow.plenary_papers import MOST_FILE
from sirekap.store.uploads import MOST_CHUNK
from sirekap.web.packed import packed
from sirekap.web.problems import is_api, problem
from sirekap.web.settings import CSRF_COOKIE, MOST_JSON
from sirekap.web.site import client_of, host_of, is_loopback, site_of, token_of

View = Callable[[HttpRequest], HttpResponseBase]
log = logging.getLogger("sirekap.web")

APP, API, ASSETS, UPLOADS = "/app/", "/api/", "/app/assets/", "/api/v1/uploads/"
PLENARIES = "/api/v1/plenaries/"  # files of objections and signed papers come whole
BOARDS = "/api/v1/boards/"  # the same for everybody: caches may keep it, and no cookie comes with it
BUSY_SECONDS = 5
MOST_ASKED = 50  # fields of a query; ours have at most six
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PUBLIC_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), fullscreen=(self), geolocation=(), microphone=(), payment=(), usb=()"
YEAR = 365 * 24 * 3600


class Guard:
    """The outermost: refuses what is not for us, too large or too often; puts the headers on every answer."""

    def __init__(self, get_response: View) -> None:
        """`get_response` is the rest of the way."""
        self._rest = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        site = site_of(request)
        if site.setting.proxies and request.META.get("HTTP_X_FORWARDED_PROTO") == "https":
            request.META["wsgi.url_scheme"] = "https"
            request.environ["wsgi.url_scheme"] = "https"
        response = self._refusal(request) or self._rest(request)
        _headers(request, response)
        packed(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        """What nobody caught: words for who asked, the traceback for the log alone."""
        if isinstance(error, UnreadablePostError):
            return problem(request, 400, "cut_short")
        if isinstance(error, OperationalError):  # another writer holds the database for longer than we wait
            log.warning("busy: %s", error)
            return problem(request, 503, "busy", retry=BUSY_SECONDS)
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return problem(request, 500, "fault")

    def _refusal(self, request: HttpRequest) -> HttpResponseBase | None:
        if str(request.META.get("QUERY_STRING", "")).count("&") > MOST_ASKED:
            request.META["QUERY_STRING"] = ""  # nothing looks at it, not even for the language of this refusal
            return problem(request, 400, "request")
        site = site_of(request)
        if not site.setting.allows(host_of(request)):
            return problem(request, 400, "host")
        wait = site.buckets.take("address", client_of(request))
        token = token_of(request)
        if not wait and token and request.path.startswith((APP, API)):
            wait = site.buckets.take("session", sha256(token.encode("utf-8", "replace")).hexdigest()[:16])
        if wait:
            return problem(request, 429, "rate", retry=wait)
        return _body_refusal(request)


def _body_refusal(request: HttpRequest) -> HttpResponseBase | None:
    """Judge a body by its headers, before a byte of it is read."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if request.method in ("GET", "HEAD", "OPTIONS") and said in ("", "0"):
        return None
    if request.META.get("HTTP_TRANSFER_ENCODING") or (said and not (said.isascii() and said.isdigit())):
        return problem(request, 411, "length")
    if request.path.startswith(UPLOADS) and request.method == "PUT":
        if not said:
            return problem(request, 411, "length")
        return problem(request, 413, "chunk") if int(said) > MOST_CHUNK else None
    if request.path.startswith(PLENARIES) and request.method == "PUT":
        if not said:
            return problem(request, 411, "length")
        return problem(request, 413, "body") if int(said) > MOST_FILE else None
    if said and int(said) > MOST_JSON:
        return problem(request, 413, "body")
    if request.content_type == "multipart/form-data":
        return problem(request, 415, "multipart")
    return None


def _private(request: HttpRequest) -> bool:
    """Whether the answer is for one person alone."""
    return request.path.startswith((APP, API)) and not request.path.startswith((ASSETS, BOARDS))


def _headers(request: HttpRequest, response: HttpResponseBase) -> None:
    said = response.headers
    said["X-Content-Type-Options"] = "nosniff"
    said["X-Frame-Options"] = "DENY"
    said["Referrer-Policy"] = "same-origin"
    said["Cross-Origin-Opener-Policy"] = "same-origin"
    said["Cross-Origin-Resource-Policy"] = "same-origin"
    said["Permissions-Policy"] = PERMISSIONS
    said["Content-Security-Policy"] = POLICY if request.path.startswith((APP, API)) else PUBLIC_POLICY
    if _private(request):
        said["Cache-Control"] = "no-store"
    elif "Cache-Control" not in said:
        said["Cache-Control"] = "no-cache"
    if request.scheme == "https":
        said["Strict-Transport-Security"] = f"max-age={YEAR}"
    if CSRF_COOKIE in response.cookies and not is_loopback(request):
        response.cookies[CSRF_COOKIE]["secure"] = True


class Csrf(CsrfViewMiddleware):  # type: ignore[misc]  # Django ships no types
    """Django's double submit, no view exempt (django-ninja marks its own so), and a cookie with each page."""

    def process_view(self, request: HttpRequest, callback: Any, args: Any, kwargs: Any) -> Any:
        """Check a write; see to it that whoever read something can write next."""
        if request.method == "GET" and _private(request):
            get_token(request)
        return super().process_view(request, _not_exempt, args, kwargs)


def _not_exempt() -> None:
    """Stands for every view, so that no mark on the view itself counts."""


__all__ = ["Csrf", "Guard", "is_api"]
