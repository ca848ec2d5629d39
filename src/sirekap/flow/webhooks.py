"""Webhooks: each notice as signed canonical JSON (Standard Webhooks), tried again for a day.

What is guaranteed: every call is taken at least once, or given up after a day and listed; the same notice has the
same `webhook-id` at every try, so that a receiver can drop what it has. Order is not kept.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import secrets
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from typing import Any

from sirekap import __version__
from sirekap.errors import InputError
from sirekap.flow.outside import Refused, Target, parse_target, post
from sirekap.record.canonical import canonical
from sirekap.review.notices import Kind
from sirekap.store.loading import now
from sirekap.store.notice_settings import Network, allowed_networks
from sirekap.store.outgoing import GIVEN_UP, lease, settle
from sirekap.store.setup import Workspace
from sirekap.store.webhooks import Ready, add_webhook, calls_of, note_given_up, ready, write_calls

PREFIX = "whsec_"
SECRET_BYTES = 32
A_HOOK, A_ROUND, THREADS = 16, 128, 16  # in ten seconds each, a round ends before its leases do
GONE = 410


def new_webhook(
    workspace: Workspace, unit: str, kinds: Collection[Kind], url: str, at: datetime
) -> tuple[int, str]:
    """Add a webhook; its number, and its secret as receivers are given it: shown this once. Raises InputError."""
    parse_target(url, allowed_networks(workspace))
    secret = secrets.token_bytes(SECRET_BYTES)
    number = add_webhook(workspace, unit, kinds, url, secret, at)
    return number, PREFIX + base64.b64encode(secret).decode("ascii")


def body_of(notice: Any) -> bytes:
    """What is posted of a notice: the same bytes at every try."""
    at = f"{notice.at:%Y-%m-%dT%H:%M:%S}Z"
    data = {"notice": notice.pk, "contest": notice.contest, "station": notice.station}
    return canonical({"type": notice.kind, "timestamp": at, "data": data})


def headers_of(secret: bytes, notice: Any, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one try at a moment."""
    name, moment = f"notice_{notice.pk}", str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"sirekap/{__version__}",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, name, moment, body),
    }


def signature(secret: bytes, name: str, moment: str, body: bytes) -> str:
    """The signature that Standard Webhooks asks for: HMAC-SHA256 over `id.timestamp.body`."""
    signed = f"{name}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode("ascii")


def send_webhooks(workspace: Workspace, at: datetime) -> int:
    """Write the calls of new notices, and try those that are due; how many were taken. Raises InputError."""
    write_calls(workspace, at)
    networks, taken = allowed_networks(workspace), 0
    tries: list[tuple[Ready, Any]] = []
    for hook in ready(workspace):
        # A few of each, so that one that does not answer keeps no other back for long.
        if len(tries) < A_ROUND and calls_of(workspace, hook.number).filter(outcome="", due__lte=at).exists():
            tries += [(hook, call) for call in lease(workspace, calls_of(workspace, hook.number), at, A_HOOK)]
    with ThreadPoolExecutor(THREADS) as threads:
        doing = {threads.submit(try_call, hook, call.notice, networks): call for hook, call in tries}
        for done in as_completed(doing):
            call, (problem, final) = doing[done], done.result()
            outcome = settle(workspace, call, at, not problem, final, problem=problem)
            if outcome == GIVEN_UP:
                note_given_up(workspace, call, problem, at)
            taken += not problem
    return taken


def try_call(hook: Ready, notice: Any, networks: tuple[Network, ...]) -> tuple[str, bool]:
    """Post once; why it was not taken (empty where it was), and whether that is final. Touches no database."""
    body = body_of(notice)
    try:
        target: Target = parse_target(hook.url, networks)
        status = post(target, body, headers_of(hook.secret, notice, body, now()), networks)
    except (InputError, Refused, OSError, http.client.HTTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200], False
    if 200 <= status < 300:
        return "", False
    told = "; redirects are not followed" if 300 <= status < 400 else ""
    return f"answered {status}{told}", status == GONE
