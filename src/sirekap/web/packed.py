"""Answers compressed on their way to phones, where that tells nobody anything.

The length of a compressed answer tells what is repeated in it. Where an answer holds a secret beside something
that a stranger can make the browser send, the secret can be guessed by the length; so only answers are compressed
that hold no secret: the app's own files, and the forms and tickets of `GET /work`.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

PREFIX = "/app/assets/"
ADDRESSES = frozenset(
    {"/app", "/app/", "/app/periksa", "/app/periksa/", "/app/sw.js", "/app/forms.json", "/api/v1/work"}
)
TYPES = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
LEAST = 1_000  # bytes: what is smaller fits a packet or two as it is
LEVEL = 6
_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?P<q>[01](?:\.\d{0,3})?)\s*)?(?:,|$)", re.IGNORECASE)


def may_be_packed(request: HttpRequest) -> bool:
    """Whether an address's answer holds no secret."""
    return request.path in ADDRESSES or request.path.startswith(PREFIX)


def packed(request: HttpRequest, response: HttpResponseBase) -> None:
    """Compress an answer's body where its address allows it, the browser takes it, and it is worth it."""
    if response.streaming or response.status_code != 200 or not may_be_packed(request):
        return
    if not str(response.headers.get("Content-Type", "")).startswith(TYPES) or len(response.content) < LEAST:
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if takes_gzip(str(request.META.get("HTTP_ACCEPT_ENCODING", ""))):
        response.content = _compressed(response.content)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header names gzip.

    >>> takes_gzip("gzip, deflate, br"), takes_gzip("br, gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    found = _GZIP.search(header[:500])
    return found is not None and float(found["q"] or 1) > 0


@lru_cache(maxsize=128)
def _compressed(data: bytes) -> bytes:
    """The same bytes for the same bytes: assets are compressed once."""
    return gzip.compress(data, LEVEL, mtime=0)
