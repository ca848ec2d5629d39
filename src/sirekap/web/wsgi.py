"""The web of one workspace as a WSGI application. Several may live in one process: a request brings its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from sirekap.store.setup import Workspace, open_workspace
from sirekap.web.limits import Buckets, multiplied
from sirekap.web.settings import configure_web, web_setting

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application(folder: Path, hosts: tuple[str, ...] = (), workers: int = 1) -> Application:
    """The web of the workspace in a folder; `hosts` are further names of it, `workers` processes answer for it.

    Raises InputError.
    """
    return served(open_workspace(folder), hosts, workers=workers)


def served(
    workspace: Workspace, hosts: tuple[str, ...] = (), buckets: Buckets | None = None, workers: int = 1
) -> Application:
    """The web of an open workspace; each of several worker processes allows its share of the limits."""
    configure_web()
    from sirekap.web.site import KEY, Site

    setting = web_setting(workspace, hosts)
    site = Site(workspace, setting, buckets or Buckets(multiplied(setting.rate_factor / workers)))
    # A thread keeps its connection: opening one costs as much as a small request.
    connections.settings[workspace.alias]["CONN_MAX_AGE"] = None
    connections.settings[workspace.alias]["CONN_HEALTH_CHECKS"] = True
    handler = WSGIHandler()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[KEY] = site
        response: Iterable[bytes] = handler(environ, start_response)
        return response

    return answer
