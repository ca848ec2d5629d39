"""An evidence bundle's own papers: its manifest, its list of hashes, and what its files are called.

docs/evidence.md names every file. What stands in them is put together by `flow.evidence`, checked by
`verify.evidence`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sirekap.record.canonical import canonical

SCHEMA = "sirekap/evidence/1"
ELECTION_SCHEMA = "sirekap/evidence-election/1"
STATION_SCHEMA = "sirekap/evidence-station/1"
PLENARY_SCHEMA = "sirekap/evidence-plenary/1"
RECAP_SCHEMA = "sirekap/evidence-recap/1"
MANIFEST, SUMS, ELECTION, KEYS = "manifest.json", "SHA256SUMS", "election.json", "keys.json"
INDEXES = {"id": "index.html", "en": "index-en.html"}
STATIONS, PLENARIES, AUTHORITIES, LOG = "stations", "plenaries", "authorities", "log"
LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_KINDS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"))

Files = Mapping[str, tuple[int, str]]  # size and SHA-256 in hex, by path


def file_name(contest: str, code: str) -> str:
    """What a bundle is called.

    >>> file_name("ppwp", "317301")
    'bukti-ppwp-317301.zip'
    """
    return f"bukti-{contest}-{code}.zip"


def ending_of(data: bytes) -> str:
    """How a file that came from outside is called at its end: by what it is, never by what it was called.

    >>> ending_of(b"%PDF-1.7"), ending_of(b"MZ")
    ('pdf', 'bin')
    """
    return next((kind for start, kind in _KINDS if data.startswith(start)), "bin")


def page_name(page: int | None, sha256: str) -> str:
    """What a photograph is called, without its ending: its page and its hash.

    >>> page_name(2, "ab"), page_name(None, "ab")
    ('page-2-ab', 'no-page-ab')
    """
    return f"{'no-page' if page is None else f'page-{page}'}-{sha256}"


def sums_text(files: Files) -> bytes:
    """The list of hashes as `sha256sum -c` reads it, sorted by path.

    >>> sums_text({"b": (1, "2" * 64), "a": (1, "1" * 64)}).split()[1::2]
    [b'a', b'b']
    """
    return "".join(f"{digest}  {path}\n" for path, (_, digest) in sorted(files.items())).encode()


def read_sums(data: bytes) -> dict[str, str]:
    """The hashes by path. Raises ValueError for a line of another shape, or a path that stands twice."""
    found: dict[str, str] = {}
    for number, line in enumerate(data.decode("ascii").splitlines(), start=1):
        match = LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise ValueError(f"line {number}: expected a SHA-256, two spaces and a path that stands once")
        found[match[2]] = match[1]
    return found


def manifest_text(head: Mapping[str, Any], files: Files) -> bytes:
    """The manifest: what the bundle is about, and every file with its size and hash, a line each.

    It lists neither itself nor the list of hashes.
    """
    rows = ({"path": path, "size": size, "sha256": sha256} for path, (size, sha256) in sorted(files.items()))
    return canonical(head)[:-1] + b',"files":[\n' + b",\n".join(canonical(row) for row in rows) + b"\n]}\n"
