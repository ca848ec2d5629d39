"""Files: our own assets, the phone app's shell and its service worker, and the published tree."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseNotModified

from sirekap.publish.site import ASSETS as PUBLIC_ASSETS
from sirekap.web.doors import door
from sirekap.web.problems import problem
from sirekap.web.render import TEMPLATES, page
from sirekap.web.site import workspace_of
from sirekap.web.tree import inside, media_type

OWN = Path(__file__).parent.parent / "assets"
ASSETS = (OWN / "app", OWN, PUBLIC_ASSETS)


@door("GET", signed=False)
def asset(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the program's own, first those of the phone app."""
    for folder in ASSETS:
        found = inside(folder, path)
        if found is not None and found.is_file():
            return _file(request, found)
    return problem(request, 404, "address")


@door("GET", signed=False)
def shell(request: HttpRequest) -> HttpResponseBase:
    """The phone app: the same bytes for everybody, so that the phone may keep them."""
    found = TEMPLATES / "app.html"
    return _file(request, found) if found.is_file() else page(request, "no_app.html")


@door("GET", signed=False)
def service_worker(request: HttpRequest) -> HttpResponseBase:
    """What keeps the phone app on the phone."""
    try:
        from sirekap.web.shell import service_worker as script
    except ImportError:
        return problem(request, 404, "address")
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8")


@door("GET", signed=False)
def forms(request: HttpRequest) -> HttpResponseBase:
    """Labels and arithmetic of all forms, for who checks a handed-over result."""
    from sirekap.web.shell import forms_document

    return HttpResponse(forms_document(), content_type="application/json")


@door("GET", signed=False)
def public(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """A file of the published tree; its folders show their index.html and nothing else."""
    root = workspace_of(request).public
    found = inside(root, path)
    if found is not None and found.is_dir():
        if path and not path.endswith("/"):
            return problem(request, 404, "address")
        found = found / "index.html"
    if found is None or not found.is_file():
        return problem(request, 404, "address")
    response = FileResponse(found.open("rb"), content_type=media_type(found))
    response.headers["Content-Disposition"] = "inline"
    return response


def _file(request: HttpRequest, path: Path) -> HttpResponseBase:
    data, tag = _read(path, path.stat().st_mtime_ns)
    if request.META.get("HTTP_IF_NONE_MATCH") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(data, content_type=media_type(path))
    response.headers["ETag"] = tag
    return response


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> tuple[bytes, str]:
    data = path.read_bytes()
    return data, f'W/"{hashlib.sha256(data).hexdigest()[:32]}"'  # weak: compressed it is the same file
