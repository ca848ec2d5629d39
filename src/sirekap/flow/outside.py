"""Posting to an address that somebody named: never into private networks, never further than it, never for long.

The name is resolved once, what it resolves to is judged, and that very address is connected to: a name server
cannot show one address to the judge and another to the connection.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from sirekap.errors import InputError, Problem
from sirekap.store.notice_settings import Network

SECONDS = 10.0
MOST_ADDRESSES = 3
LONGEST_URL = 2000
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post. `tls` False is for this machine alone."""

    tls: bool
    host: str
    port: int
    path: str


class Refused(Exception):
    """An address is not posted to; the text says why."""


def parse_target(url: str, networks: Sequence[Network] = ()) -> Target:
    """The parts of a webhook's address. Raises InputError for one that is not posted to.

    >>> parse_target("https://example.org/kabar?x=1")
    Target(tls=True, host='example.org', port=443, path='/kabar?x=1')
    """
    advice = "Write https://HOST/PATH, or http://127.0.0.1:PORT/PATH for a program on this machine."
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise InputError(
            [Problem("webhooks", "an address in ASCII without spaces", repr(url)[:200], advice=advice)]
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InputError([Problem("webhooks", "an address", str(error), advice=advice)]) from error
    if parts.scheme not in ("https", "http") or not host or parts.username is not None or parts.fragment:
        expected = "an https address without user and fragment"
        raise InputError([Problem("webhooks", expected, repr(url), advice=advice)])
    tls = parts.scheme == "https"
    if not tls and not _names_this_machine(host):
        raise InputError([Problem("webhooks", "https for another machine", "http", advice=advice)])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(tls, host, port or (443 if tls else 80), path)
    literal = _literal(host)
    if literal is not None and not may_reach(literal, target, networks):
        advice = 'Allow its network in sirekap.toml: [webhooks] allow = ["10.20.0.0/16"].'
        raise InputError([Problem("webhooks", "a public address", host, advice=advice)])
    return target


def may_reach(address: IPv4Address | IPv6Address, target: Target, networks: Iterable[Network]) -> bool:
    """Whether an address that a target's name resolves to may be connected to."""
    if not target.tls:
        return address.is_loopback
    return is_public(address) or any(address in network for network in networks)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the open internet; one that wraps an IPv4 address is judged by that one.

    >>> is_public(ip_address("93.184.216.34")), is_public(ip_address("::ffff:10.0.0.1"))
    (True, False)
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def post(
    target: Target, body: bytes, headers: Mapping[str, str], networks: Sequence[Network], seconds: float = SECONDS
) -> int:
    """Post once; the status of the answer, whose body is not read. Raises Refused, OSError, HTTPException.

    After `seconds` in all the connection is cut, however the other side drips its answer.
    """
    addresses = _resolved(target, networks)
    connection = _Pinned(target, addresses, seconds)
    timer = threading.Timer(seconds, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.was_cut:
            raise TimeoutError(f"no answer within {seconds:g} s") from error
        raise
    finally:
        timer.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were judged, under the name that they were found by."""

    def __init__(self, target: Target, addresses: Sequence[str], seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._addresses, self._seconds = target, addresses, seconds
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the first address that answers, with TLS in the target's name."""
        sock = self._first()
        if not self._target.tls:
            self.sock = sock
            return
        context = ssl.create_default_context()
        # The handshake comes after the socket is known here, so that it can be cut too.
        wrapped = context.wrap_socket(sock, server_hostname=self._target.host, do_handshake_on_connect=False)
        self.sock = wrapped
        wrapped.do_handshake()

    def _first(self) -> socket.socket:
        failed: OSError | None = None
        for address in self._addresses:
            try:
                return socket.create_connection(
                    (address, self._target.port), self._seconds / len(self._addresses)
                )
            except OSError as error:
                failed = error
        raise failed or OSError("no address")

    def cut(self) -> None:
        """End whatever it waits for; called from another thread."""
        self.was_cut = True
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself


def _resolved(target: Target, networks: Sequence[Network]) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))
    allowed = [text for text in addresses if may_reach(ip_address(text), target, networks)]
    if not allowed:
        raise Refused(f"{target.host} lies in a private network ({', '.join(addresses)[:100]})")
    return allowed[:MOST_ADDRESSES]


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _names_this_machine(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
