"""Servers that take what Sirekap sends: SMTP and HTTP, on this machine, that answer as a test tells them."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mails:
    """What an SMTP server took; `answers` are what it says to the next recipients (250 where none is left).

    `open` are the lines that it heard outside of TLS.
    """

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    open: list[bytes] = field(default_factory=list)


@contextmanager
def smtp_server(context: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[Mails]:
    """An SMTP server (RFC 5321); with a `context` TLS by STARTTLS (RFC 3207), or from the first byte."""
    mails = Mails()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                if implicit:
                    self.begin_tls()
                self.talk()
            except (OSError, ssl.SSLError):
                return  # who called did not like what it saw

        def begin_tls(self) -> None:
            assert context is not None
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)

        def talk(self) -> None:
            self.say("220 test")
            to = ""
            while line := self.rfile.readline():
                secure = isinstance(self.connection, ssl.SSLSocket)
                mails.lines.append(line)
                if not secure:
                    mails.open.append(line)
                word = line[:4].upper()
                if word == b"EHLO" and context is not None:
                    self.say("250-test\r\n250 AUTH PLAIN" if secure else "250-test\r\n250 STARTTLS")
                elif word == b"STAR" and context is not None:
                    self.say("220 go on")
                    self.begin_tls()
                elif word == b"AUTH":
                    self.say("235 in")
                elif word == b"RCPT":
                    answer = mails.answers.pop(0) if mails.answers else "250 ok"
                    to = line.decode().partition("<")[2].partition(">")[0]
                    self.say(answer)
                elif word == b"DATA":
                    self.say("354 go on")
                    data = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        data += part
                    mails.taken.append((to, data))
                    self.say("250 taken")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        mails.port = port
        yield mails


@dataclass
class Calls:
    """What an HTTP server was sent; `answers` are its next statuses (204 where none is left)."""

    port: int = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/kabar"


@contextmanager
def http_server() -> Iterator[Calls]:
    """An HTTP server that takes POSTs."""
    calls = Calls()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            calls.before()
            self.send_response(calls.answers.pop(0) if calls.answers else 204)
            for name, value in calls.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Be silent."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        calls.port = port
        yield calls


@contextmanager
def _served(server: socketserver.ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
