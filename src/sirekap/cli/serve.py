"""`sirekap serve`: a published tree on this machine, for looking at it. A real site is served by a web server."""

from __future__ import annotations

import argparse
import http.server
import os
import sys
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from sirekap.cli.common import command, port
from sirekap.cli.verify import published
from sirekap.errors import InputError, Problem, quoted

HOST, PORT = "127.0.0.1", 8000
UTF8 = "; charset=utf-8"
TYPES = {
    "": "text/plain" + UTF8,
    ".html": "text/html" + UTF8,
    ".css": "text/css" + UTF8,
    ".js": "text/javascript" + UTF8,
    ".json": "application/json",
    ".jsonl": "application/jsonl" + UTF8,
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


def add(commands: Any) -> None:
    """Add the command."""
    text = "Serve a workspace's published tree, or such a tree itself, on this machine."
    parser = command(commands, "serve", run, text, "  sirekap serve hasil\n  sirekap serve public --port 8080\n")
    parser.add_argument("dir", metavar="DIR", type=Path, help="a workspace, or a published tree")
    add_address(parser)


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where the server listens."""
    parser.add_argument("--port", type=port, default=PORT, help=f"the port (default {PORT}; 0 takes a free one)")
    help_ = f"the address (default {HOST}: this machine alone; 0.0.0.0 shows it to the network)"
    parser.add_argument("--host", default=HOST, help=help_)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    root = published(args.dir)
    if not (root / "index.html").is_file():
        advice = f"Write one with `sirekap publish {args.dir} --to {args.dir / 'public'}`."
        found = f"no index.html in {quoted(root)}"
        raise InputError([Problem(str(args.dir), "a published tree", found, advice=advice)])
    return serve(root, args.host, args.port)


def serve(root: Path, host: str, number: int) -> int:
    """Serve a folder until interrupted. Raises InputError where the address is taken."""
    with make_server(root, host, number) as server:
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{server.server_address[1]}/"
        print(f"Serving {root} at {address} (Ctrl+C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nEnded.", file=sys.stderr)
    return 0


def make_server(root: Path, host: str, number: int) -> http.server.ThreadingHTTPServer:
    """A server that listens already. Raises InputError where the address is taken or none."""
    handler = partial(TreeHandler, directory=str(root.resolve()))
    try:
        return http.server.ThreadingHTTPServer((host, number), handler)
    except OSError as error:
        advice = "Choose another one with --port."
        found = f"{host}:{number}: {error.strerror or error}"
        raise InputError([Problem("serve", "a free address", found, advice=advice)]) from error


class TreeHandler(http.server.SimpleHTTPRequestHandler):
    """Files of one folder, nothing outside it, and no listing of what it holds."""

    protocol_version = "HTTP/1.1"
    server_version = "sirekap"
    sys_version = ""

    def send_head(self) -> IO[bytes] | None:  # type: ignore[override]  # typeshed names a narrower type
        """Answer with a file of the tree, or 404."""
        path = self._inside()
        if path is None:
            self.send_error(404, "Not Found")
            return None
        return super().send_head()

    def _inside(self) -> Path | None:
        parts = unquote(urlsplit(self.path).path).split("/")
        if ".." in parts or any("\x00" in part or part.startswith(".") for part in parts):
            return None
        root = Path(self.directory)
        try:
            path = root.joinpath(*(part for part in parts if part)).resolve()
        except (OSError, ValueError):
            return None
        # A link may lead out of the folder; what it leads to is not published.
        return path if path == root or root in path.parents else None

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """A folder without a page shows nothing."""
        self.send_error(404, "Not Found")

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The media type by the name's ending; what the log holds has none."""
        if "/tile/" in str(path):
            return "application/octet-stream"
        return TYPES.get(Path(path).suffix.lower(), "application/octet-stream")

    def end_headers(self) -> None:
        """What every answer carries."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not told: the terminal stays readable."""
