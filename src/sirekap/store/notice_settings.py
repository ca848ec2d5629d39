"""What `sirekap.toml` says of e-mail (`[mail]`) and webhooks (`[webhooks]`). Passwords stand in no file."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sirekap.errors import InputError, Problem, quoted
from sirekap.store.manifest import read_file
from sirekap.store.setup import SETTINGS, Workspace

PASSWORD = "SIREKAP_MAIL_PASSWORD"
TLS = ("tls", "starttls", "none")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class MailSetting:
    """The server that takes our mails; `sender`: who they are from; `site`: where links lead, or empty.

    `tls`: "tls" from the first byte (port 465), "starttls" (587), "none" for a server on this machine alone.
    """

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    site: str = ""
    password: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The domain that our Message-IDs name."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "sirekap.invalid"


def mail_setting(workspace: Workspace) -> MailSetting | None:
    """The table `mail`; None where there is none: then no mail is sent. Raises InputError."""
    tree = _table(workspace, "mail")
    if not tree:
        return None
    file = str(workspace.path / SETTINGS)
    if "password" in tree:
        advice = (
            f"Take it out and put it into the environment ({PASSWORD}): the settings are copied with the folder."
        )
        raise InputError([Problem(file, "no password", "one", column="mail.password", advice=advice)])
    texts = {name: _text(tree, name, file) for name in ("host", "tls", "from", "user", "site")}
    tls = texts["tls"] or "starttls"
    if tls not in TLS:
        raise InputError([Problem(file, ", ".join(TLS), quoted(tls), column="mail.tls")])
    for name in ("host", "from"):
        if not texts[name]:
            raise InputError([Problem(file, "a text", "none", column=f"mail.{name}")])
    if tls == "none" and texts["host"] not in LOOPBACK:
        found = f"none for {quoted(texts['host'])}"
        raise InputError([Problem(file, "tls or starttls for another machine", found, column="mail.tls")])
    port = tree.get("port", 465 if tls == "tls" else 587)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise InputError([Problem(file, "a port", quoted(port), column="mail.port")])
    password = os.environ.get(PASSWORD, "")
    return MailSetting(texts["host"], port, tls, texts["from"], texts["user"], texts["site"], password)


def allowed_networks(workspace: Workspace) -> tuple[Network, ...]:
    """The private networks in which webhooks may lie all the same (`webhooks.allow`). Raises InputError."""
    file = str(workspace.path / SETTINGS)
    named = _table(workspace, "webhooks").get("allow", [])
    if not isinstance(named, list) or not all(isinstance(item, str) for item in named):
        advice = 'Write allow = ["10.20.0.0/16"].'
        raise InputError(
            [Problem(file, "a list of networks", quoted(named), column="webhooks.allow", advice=advice)]
        )
    try:
        return tuple(ip_network(item) for item in named)
    except ValueError as error:
        raise InputError([Problem(file, "a network", str(error), column="webhooks.allow")]) from error


def _table(workspace: Workspace, name: str) -> dict[str, Any]:
    file = workspace.path / SETTINGS
    tree = tomllib.loads(read_file(file).decode()).get(name, {})
    if not isinstance(tree, dict):
        raise InputError([Problem(str(file), "a table", quoted(tree), column=name)])
    return tree


def _text(tree: dict[str, Any], name: str, file: str) -> str:
    found = tree.get(name, "")
    if not isinstance(found, str) or not found.isprintable():
        raise InputError([Problem(file, "a text", quoted(found), column=f"mail.{name}")])
    return found
