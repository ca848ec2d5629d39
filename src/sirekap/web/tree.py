"""Files of one folder as they are served: nothing outside it, nothing hidden, each with its media type."""

from __future__ import annotations

import os
from pathlib import Path

UTF8 = "; charset=utf-8"
TYPES = {
    "": "text/plain" + UTF8,
    ".html": "text/html" + UTF8,
    ".css": "text/css" + UTF8,
    ".js": "text/javascript" + UTF8,
    ".mjs": "text/javascript" + UTF8,
    ".json": "application/json",
    ".jsonl": "application/jsonl" + UTF8,
    ".webmanifest": "application/manifest+json",
    ".csv": "text/csv" + UTF8,
    ".txt": "text/plain" + UTF8,
    ".md": "text/markdown" + UTF8,
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".parquet": "application/vnd.apache.parquet",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".br": "application/octet-stream",
}


def inside(root: Path, path: str) -> Path | None:
    """What a path that was asked for (already unquoted) leads to; None where that is not in the folder.

    A link may lead out of the folder; what it leads to is not served.
    """
    parts = path.split("/")
    if ".." in parts or any("\x00" in part or part.startswith(".") for part in parts):
        return None
    root = root.resolve()
    try:
        found = root.joinpath(*(part for part in parts if part)).resolve()
    except (OSError, ValueError):
        return None
    return found if found == root or root in found.parents else None


def media_type(path: str | os.PathLike[str]) -> str:
    """The media type by the name's ending; what the public log holds has none."""
    if "/tile/" in str(path):
        return "application/octet-stream"
    return TYPES.get(Path(path).suffix.lower(), "application/octet-stream")
