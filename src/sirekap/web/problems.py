"""Refusals by HTTP: JSON for programs, a page for people, both in their language and with the same code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sirekap.store.lockout import Reason, Refused
from sirekap.store.not_taken import NotTaken
from sirekap.web.site import language_of
from sirekap.web.wording import in_words, plain, rule_of_password

# What `store.lockout` calls its reasons, as codes of the API; both waits are one to whoever waits.
CODES = {Reason.WAIT_ADDRESS: "wait", Reason.SECOND_FIRST: "second_first", Reason.NO_SECOND: "no_second"}


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return str(request.path).startswith("/api/")


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    details: Sequence[str] = (),
    retry: float | None = None,
    message: str | None = None,
    **more: Any,
) -> HttpResponse:
    """A refusal. `code` names the wording `problem_…` where no message is given; `retry` is in seconds."""
    language = language_of(request)
    text = message or plain(language)(f"problem_{code}")
    if retry is not None:
        text += " " + plain(language)("again_in", wait=in_words(retry, language))
    if is_api(request):
        body = {"code": code, "message": text, "details": list(details), **more}
        response: HttpResponse = JsonResponse(body, status=status)
    else:
        from sirekap.web.render import page  # the pages' templates are not needed by programs

        response = page(request, "problem.html", status=status, message=text, details=details)
    response.headers["Content-Language"] = language
    if retry is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(retry)))
    return response


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Somebody is not let in."""
    language = language_of(request)
    details = [rule_of_password(text, language) for text in error.details]
    status = 401 if error.reason is Reason.ENDED else 403
    retry = None if error.wait is None else error.wait.total_seconds()
    return problem(request, status, code_of(error.reason), details, retry)


def code_of(reason: Reason) -> str:
    """A reason as the API names it."""
    return CODES.get(reason, str(reason))


def not_taken(request: HttpRequest, error: NotTaken) -> HttpResponse:
    """What a phone sent is not taken."""
    more: dict[str, Any] = {}
    if error.offset is not None:
        more["offset"] = error.offset
    if error.figures:
        more["figures"] = list(error.figures)
    message = error.told(language_of(request))
    return problem(request, error.status, str(error.reason), error.details, message=message, **more)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a write without the token; `reason` is for developers, and in English."""
    return problem(request, 403, "csrf")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's view for an address that is none."""
    return problem(request, 404, "address")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's view for a request that cannot be understood."""
    return problem(request, 400, "request")


def fault(request: HttpRequest) -> HttpResponse:
    """Django's view for a fault of ours."""
    return problem(request, 500, "fault")
