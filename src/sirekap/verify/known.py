"""Which paths a published tree can hold; anything else has no business in it."""

from __future__ import annotations

import re

KNOWN = re.compile(
    r"index\.html|favicon\.ico|(?:id|en)/(?:index|about)\.html"
    r"|assets/(?:icon\.svg|site\.css)"
    r"|(?:id|en)/units/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})\.html|(?:id|en)/(?:stations|readings)/[0-9]{13}\.html"
    r"|(?:id|en)/recap/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6})\.html|data/recap/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6})\.json"
    r"|data/election\.json|data/stations\.csv|data/units-(?:nation|province|regency|district|village)\.csv"
    r"|data/units/(?:[0-9]|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})\.json|data/(?:stations|readings)/[0-9]{13}\.json"
    r"|(?:photos|cuts)/[0-9a-f]{64}\.jpg|certificates/(?:[0-9a-f]{64}\.(?:json|pdf)|officers\.pem)"
    r"|(?:wilayah|pemilu|pilkada|disclosure)/.+"
)
LOG = re.compile(r"log/(?:checkpoint|tile/.+)")
BY_HASH = {"photos": ("jpg",), "cuts": ("jpg",), "certificates": ("json", "pdf")}
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


def name_by_hash(path: str, digest: str) -> str | None:
    """The name that a file must have whose folder names files by their SHA-256; None where that is not so.

    >>> name_by_hash("certificates/0a.pdf", "1b"), name_by_hash("data/election.json", "1b")
    ('1b.pdf', None)
    """
    folder, _, name = path.rpartition("/")
    kinds = BY_HASH.get(folder)
    if kinds is None or path == "certificates/officers.pem":
        return None
    kind = name.rpartition(".")[2]
    return f"{digest}.{kind if kind in kinds else kinds[0]}"
