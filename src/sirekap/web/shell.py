"""The phone app's shell: its files, their version, and the service worker that keeps them on a phone.

Only files and hashes: no Django. `docs/capture.md` says at which addresses the server serves what is given here.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sirekap.forms import FORMS

ROOT = Path(__file__).parent
ASSETS, PAGE = ROOT / "assets" / "app", ROOT / "templates" / "app.html"
ADDRESS = "/app/assets/"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_WORKER, _LATE = "sw.js", ("icon-192.png", "icon-512.png", "icon-maskable-512.png", "old.js")


def assets() -> tuple[str, ...]:
    """The names of the app's files below `ASSETS`, with forward slashes, in order."""
    found = (path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.suffix in TYPES)
    return tuple(sorted(found))


def asset(name: str) -> tuple[bytes, str] | None:
    """Bytes and media type of one of the app's files; None for a name that is none of them."""
    return ((ASSETS / name).read_bytes(), TYPES[Path(name).suffix]) if name in assets() else None


def shell_files() -> tuple[str, ...]:
    """The addresses that the service worker keeps on the phone: all that it takes to open without a network."""
    kept = (name for name in assets() if name != _WORKER and name not in _LATE)
    return ("/app/", *(ADDRESS + name for name in kept))


def version() -> str:
    """Changes with every byte of the shell."""
    digest = sha256(PAGE.read_bytes() + forms_document())
    for name in assets():
        digest.update(f"\n{name}\n".encode() + (ASSETS / name).read_bytes())
    return digest.hexdigest()[:16]


def service_worker() -> str:
    """The text of /app/sw.js: what it keeps, then how."""
    shell = {"version": version(), "files": list(shell_files())}
    return f"const SHELL = {json.dumps(shell)};\n" + (ASSETS / _WORKER).read_text(encoding="utf-8")


@cache
def forms_document() -> bytes:
    """What /app/forms.json answers to anybody: the labels and the arithmetic of all forms, in JSON.

    A witness's phone shows by it what a handed-over result says, without an account and without a network. Forms
    share most of their fields and equations: each stands once, and forms name them by their places.
    """
    fields: dict[str, int] = {}
    equations: dict[str, int] = {}
    forms = []
    for form_id in sorted(FORMS):
        form = FORMS[form_id]
        own = [_place(fields, [f.name, f.most, f.label.id, f.label.en]) for f in form.fields]
        sums = [
            _place(equations, [e.rule, e.total, _parts(e.parts), e.text.id, e.text.en]) for e in form.equations
        ]
        forms.append({"id": form.id, "contest": form.contest, "fields": own, "equations": sums})
    tables = {"fields": [json.loads(row) for row in fields], "equations": [json.loads(row) for row in equations]}
    return json.dumps({**tables, "forms": forms}, ensure_ascii=False, separators=(",", ":")).encode()


def _place(table: dict[str, int], row: list[Any]) -> int:
    return table.setdefault(json.dumps(row, ensure_ascii=False, separators=(",", ":")), len(table))


def _parts(parts: tuple[str, ...]) -> str:
    return " ".join(parts)
