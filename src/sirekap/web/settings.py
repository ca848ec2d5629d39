"""What the web needs of Django beside the store, and what a workspace says about its web.

The store sets Django up for every program (`store.configuration`); `configure_web` adds the URLs, the middleware
and the CSRF cookie before the first handler is made. There is no default database: each query names its
workspace, which comes with the request (`web.site`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sirekap.errors import InputError, Problem, quoted
from sirekap.store.configuration import configure
from sirekap.store.manifest import read_file
from sirekap.store.setup import SETTINGS, Workspace

MOST_JSON = 256 * 1024  # bytes of a body that is no piece of a photograph
CSRF_COOKIE = "sirekap_csrf"
WEB: dict[str, Any] = {
    "ROOT_URLCONF": "sirekap.web.urls",
    "MIDDLEWARE": ["sirekap.web.middleware.Guard", "sirekap.web.middleware.Csrf"],
    # The host is checked by the guard: each workspace has its own names.
    "ALLOWED_HOSTS": ["*"],
    "APPEND_SLASH": False,
    "CSRF_COOKIE_NAME": CSRF_COOKIE,
    "CSRF_COOKIE_SAMESITE": "Strict",
    "CSRF_COOKIE_AGE": None,  # as long as the browser is open
    "CSRF_COOKIE_HTTPONLY": False,  # the phone app's script reads it
    "CSRF_FAILURE_VIEW": "sirekap.web.problems.csrf_failure",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 << 20,  # the guard knows the limit of each address
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 2000,  # a legislative sheet is typed in one form
    "FILE_UPLOAD_HANDLERS": [],  # photographs come as raw bytes; nothing is parsed as a file
}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def configure_web() -> None:
    """Add the web's settings to those of the store; again changes nothing."""
    configure()
    for name, value in WEB.items():
        setattr(settings, name, value)


@dataclass(frozen=True, slots=True)
class WebSetting:
    """The table `web` of `sirekap.toml`.

    `hosts` are the names under which the site is reached, beside those of this machine. `proxies` is how many
    web servers stand before this one: that many entries of X-Forwarded-For, counted from the last, are believed,
    and X-Forwarded-Proto; with 0 none is. `rate_factor` multiplies the limits of `web.limits`, such as for a load
    test or where a web server before this one limits already.
    """

    hosts: tuple[str, ...] = ()
    proxies: int = 0
    rate_factor: int = 1

    def allows(self, host: str) -> bool:
        """Whether a Host header (without port) is one of ours."""
        return host.lower() in LOOPBACK or host.lower() in self.hosts


def web_setting(workspace: Workspace, hosts: tuple[str, ...] = ()) -> WebSetting:
    """What a workspace's settings say of its web; `hosts` are further names. Raises InputError."""
    name = str(workspace.path / SETTINGS)
    tree = tomllib.loads(read_file(workspace.path / SETTINGS).decode()).get("web", {})
    if not isinstance(tree, dict):
        raise InputError([Problem(name, "a table", quoted(tree), column="web")])
    named = tree.get("hosts", [])
    if not isinstance(named, list) or not all(isinstance(host, str) and host for host in named):
        advice = 'Write hosts = ["pemilu.example"].'
        raise InputError(
            [Problem(name, "a list of host names", quoted(named), column="web.hosts", advice=advice)]
        )
    proxies, factor = _number(tree, "proxies", 0, 9, name), _number(tree, "rate_factor", 1, 1_000_000, name)
    return WebSetting(tuple(host.lower() for host in (*named, *hosts)), proxies, factor)


def _number(tree: dict[str, Any], key: str, least: int, most: int, file: str) -> int:
    """A whole number of the table `web`; the least where it is absent. Raises InputError."""
    found = tree.get(key, least)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        expected = f"a whole number from {least} to {most}"
        raise InputError([Problem(file, expected, quoted(found), column=f"web.{key}")])
    return found
