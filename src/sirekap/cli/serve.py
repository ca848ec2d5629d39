"""`sirekap serve`: a workspace with its app, or a published tree, on this machine."""

from __future__ import annotations

import argparse
import http.server
import os
import sys
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from sirekap.cli.common import command, port, positive
from sirekap.cli.verify import published
from sirekap.errors import InputError, Problem, quoted
from sirekap.web.tree import inside, media_type

HOST, PORT = "127.0.0.1", 8000
TEXT = """Serve a workspace on this machine: its published tree at /, the app for officers, witnesses and
supervisors at /app/, the API at /api/v1/, and a process that reads what is delivered. Or serve a published
tree alone."""
EXAMPLES = """  sirekap serve hasil
  sirekap serve hasil --workers 2 --allow-host pemilu.example
  sirekap serve public --port 8080
"""


def add(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "serve", run, TEXT, EXAMPLES)
    parser.add_argument("dir", metavar="DIR", type=Path, help="a workspace, or a published tree")
    add_address(parser)
    help_ = "of a workspace: how many processes answer (default 1)"
    parser.add_argument("--workers", metavar="N", type=positive, default=1, help=help_)
    help_ = "of a workspace: do not read what is delivered; another process does"
    parser.add_argument("--no-worker", action="store_true", help=help_)
    help_ = "of a workspace: a name by which browsers reach it; can be given again (see docs/formats.md)"
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[], help=help_)


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where the server listens."""
    parser.add_argument("--port", type=port, default=PORT, help=f"the port (default {PORT}; 0 takes a free one)")
    help_ = f"the address (default {HOST}: this machine alone; 0.0.0.0 shows it to the network)"
    parser.add_argument("--host", default=HOST, help=help_)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    if (args.dir / "sirekap.toml").is_file():
        return serve_workspace(args)
    root = published(args.dir)
    if not (root / "index.html").is_file():
        advice = f"Write one with `sirekap publish {args.dir} --to {args.dir / 'public'}`."
        found = f"no index.html in {quoted(root)}"
        raise InputError([Problem(str(args.dir), "a published tree", found, advice=advice)])
    return serve(root, args.host, args.port)


def serve_workspace(args: argparse.Namespace) -> int:
    """Serve the published tree of a workspace, its app and its API until interrupted."""
    from sirekap.store.setup import open_workspace
    from sirekap.web.server import serve_web
    from sirekap.web.settings import web_setting

    hosts = tuple(args.allow_host)
    workspace = open_workspace(args.dir)
    web_setting(workspace, hosts)  # faults are told here, not by a process that cannot start
    workspace.close()
    serve_web(workspace.path, args.host, args.port, args.workers, not args.no_worker, hosts)
    print("\nEnded.", file=sys.stderr)
    return 0


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
        return inside(Path(self.directory), unquote(urlsplit(self.path).path))

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """A folder without a page shows nothing."""
        self.send_error(404, "Not Found")

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The media type by the name's ending."""
        return media_type(path)

    def end_headers(self) -> None:
        """What every answer carries."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not told: the terminal stays readable."""
