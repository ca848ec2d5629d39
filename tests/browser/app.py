"""The app's modules in Debian's Chromium: served from this machine, which counts as a secure context."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-fake-ui-for-media-stream",  # the camera is allowed without asking
    "--use-fake-device-for-media-stream",  # and shows a pattern
]
APP = files("sirekap.web") / "assets" / "app"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the modules, and an empty page, without a word."""

    def do_GET(self) -> None:
        """The page, else a module."""
        if self.path != "/":
            super().do_GET()
            return
        page = b"<!doctype html><html lang=id><meta charset=utf-8><title>Sirekap</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def app_page() -> Iterator[Any]:
    """A page of the browser from which the modules can be imported; skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    handler = functools.partial(_Quiet, directory=str(APP))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with playwright.sync_playwright() as engine:
                chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = chromium.new_page()
                page.goto(f"http://127.0.0.1:{server.server_port}/")
                yield page
                chromium.close()
        finally:
            server.shutdown()
            thread.join()
