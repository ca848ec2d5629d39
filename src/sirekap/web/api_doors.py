"""What every operation of the API shares: who asks, names that can be none, the refusals that it describes."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthenticationError

from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.schemas import Problem
from sirekap.web.site import signed_of

CONTEST, STATION, FIGURE = r"[a-z0-9_]{1,16}", r"[0-9]{13}", r"[a-z0-9_]{1,64}"
UNIT = r"[0-9]{1,10}"
SHA256 = r"[0-9a-f]{64}"


class SecondNeeded(Exception):
    """A second factor must be shown first."""


class OtherAccount(Exception):
    """The browser is logged in with another account than the one whose work it sends."""


def problems(*statuses: int) -> dict[int, Any]:
    """The refusals that an operation may answer with, beside those of all."""
    return dict.fromkeys((400, 401, 403, 411, 413, 415, 422, 429, 503, *statuses), Problem)


def must_be_signed(request: HttpRequest) -> Signed:
    """Who asks, the second factor shown or not."""
    signed = signed_of(request)
    if signed is None:
        raise AuthenticationError()
    meant = request.META.get("HTTP_X_SIREKAP_LOGIN")
    if meant is not None and meant != signed.login:
        raise OtherAccount
    return signed


def may_ask(request: HttpRequest) -> Signed:
    """Who asks, with the second factor shown where one is needed."""
    signed = must_be_signed(request)
    if signed.needs_second:
        raise SecondNeeded
    return signed


def must_be_named(pattern: str, text: str, reason: Reason = Reason.UNKNOWN) -> None:
    """Raise NotTaken for a name that cannot be one: no question about it reaches the database."""
    if not re.fullmatch(pattern, text, re.ASCII):
        raise NotTaken(reason)
