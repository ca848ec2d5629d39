"""The site that a request came to: its workspace, settings and limits; and who asks, from where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from sirekap.store.loading import now
from sirekap.store.sessions import Signed, signed_in
from sirekap.store.setup import Workspace
from sirekap.web.limits import Buckets
from sirekap.web.settings import LOOPBACK, WebSetting
from sirekap.web.wording import LANGUAGES

KEY = "sirekap.site"
SESSION_COOKIE = "sirekap_session"
DEVICE_COOKIE = "sirekap_device"
LANGUAGE_COOKIE = "sirekap_lang"
DEVICE_AGE = 30 * 24 * 3600  # seconds


@dataclass
class Site:
    """One workspace as it is served by one process."""

    workspace: Workspace
    setting: WebSetting = field(default_factory=WebSetting)
    buckets: Buckets = field(default_factory=Buckets)


def site_of(request: HttpRequest) -> Site:
    """The site of a request."""
    site: Site = request.META[KEY]
    return site


def workspace_of(request: HttpRequest) -> Workspace:
    """The workspace of a request."""
    return site_of(request).workspace


def token_of(request: HttpRequest) -> str | None:
    """The session's token as the browser sent it."""
    token: str | None = request.COOKIES.get(SESSION_COOKIE)
    return token


def signed_of(request: HttpRequest) -> Signed | None:
    """Who asks; None where nobody is logged in. Asked of the database once a request."""
    if not hasattr(request, "sirekap_signed"):
        token = token_of(request)
        request.sirekap_signed = None if not token else signed_in(workspace_of(request), token, now())
    signed: Signed | None = request.sirekap_signed
    return signed


def forget_signed(request: HttpRequest) -> None:
    """Ask the database again: the session changed."""
    if hasattr(request, "sirekap_signed"):
        del request.sirekap_signed


def is_loopback(request: HttpRequest) -> bool:
    """Whether the browser talks to this machine itself, where there is no TLS."""
    return host_of(request) in LOOPBACK


def host_of(request: HttpRequest) -> str:
    """The Host header without its port, in lower case."""
    return re.sub(r":\d{1,5}$", "", str(request.META.get("HTTP_HOST", ""))).lower()


def address_of(meta: dict[str, Any], proxies: int) -> str:
    """The network address that a request came from, as far as our own proxies tell."""
    if proxies:
        told = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
        if len(told) >= proxies:
            return told[-proxies][:45]
    return str(meta.get("REMOTE_ADDR", ""))[:45]


def client_of(request: HttpRequest) -> str:
    """The address of who asks."""
    return address_of(request.META, site_of(request).setting.proxies)


def language_of(request: HttpRequest) -> str:
    """ "id" or "en": by ?lang=, the cookie, Accept-Language; Indonesian where nothing says."""
    for said in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
        if said in LANGUAGES:
            return str(said)
    return accepted(str(request.META.get("HTTP_ACCEPT_LANGUAGE", "")))


def accepted(header: str) -> str:
    """The language that an Accept-Language header prefers among ours.

    >>> accepted("en-GB,en;q=0.9,id;q=0.8"), accepted("fr"), accepted("id;q=0.1, en;q=0")
    ('en', 'id', 'id')
    """
    best, weight = LANGUAGES[0], 0.0
    for part in header[:500].split(","):
        name, _, parameters = part.strip().partition(";")
        match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameters)
        value = float(match[1]) if match else 1.0 if not parameters.strip() else 0.0
        code = name.strip().lower().partition("-")[0]
        if code in LANGUAGES and value > weight:
            best, weight = code, value
    return best
