"""Which paths a published tree can hold; anything else has no business in it."""

from __future__ import annotations

import re

KNOWN = re.compile(
    r"index\.html|favicon\.ico|(?:id|en)/(?:index|about)\.html"
    r"|assets/(?:icon\.svg|site\.css)"
    r"|(?:id|en)/units/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})\.html|(?:id|en)/(?:stations|readings)/[0-9]{13}\.html"
    r"|data/election\.json|data/stations\.csv|data/units-(?:nation|province|regency|district|village)\.csv"
    r"|data/units/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})\.json|data/(?:stations|readings)/[0-9]{13}\.json"
    r"|(?:photos|cuts)/[0-9a-f]{64}\.jpg"
    r"|(?:wilayah|pemilu|pilkada|disclosure)/.+"
)
LOG = re.compile(r"log/(?:checkpoint|tile/.+)")
PROGRAM = re.compile(r".*\.(?:m?js|wasm)", re.IGNORECASE)


def known(path: str) -> bool:
    """Whether a tree can hold such a file.

    >>> known("id/units/31.html"), known("hasil.html"), known("pemilu/more.js")
    (True, False, False)
    """
    return bool(KNOWN.fullmatch(path) or LOG.fullmatch(path)) and not PROGRAM.fullmatch(path)


def of_the_log(path: str) -> bool:
    """Whether a file beside the manifest is one of the log's."""
    return LOG.fullmatch(path) is not None and not PROGRAM.fullmatch(path)
