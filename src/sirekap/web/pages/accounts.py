"""Accounts for administrators: search, block, end sessions, withdraw a mandate, a new slip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act, Mandate, may_grant, roots
from sirekap.drawing.slips import Post, Slip, draw_slips
from sirekap.errors import InputError
from sirekap.store.account_search import MOST, held_at, listed, search
from sirekap.store.accounts import (
    Issued,
    account_of,
    issue_code,
    must_manage,
    set_blocked,
    withdraw_mandate,
)
from sirekap.store.board import place_of
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.second_factor import drop, has_second_factor
from sirekap.store.sessions import Signed, end_sessions, sessions_of
from sirekap.store.setup import Workspace
from sirekap.web.doors import door
from sirekap.web.render import page
from sirekap.web.site import workspace_of

OWN = ("block", "unblock", "end", "withdraw", "drop", "slip")


@door("GET")
def accounts_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """The accounts in the units of the administrator's mandates."""
    units = roots(signed.mandates, Act.MANAGE_ACCOUNTS)
    if not units:
        raise NotTaken(Reason.FORBIDDEN)
    workspace = workspace_of(request)
    text = request.GET.get("q", "")
    found = search(workspace, units, text, now())
    names = [place.name for place in (place_of(workspace, unit) for unit in sorted(units)) if place]
    return page(
        request,
        "accounts.html",
        found=found[:MOST],
        more=len(found) > MOST,
        most=MOST,
        q=text,
        units=", ".join(names),
    )


@door("GET", "POST")
def account_page(request: HttpRequest, signed: Signed, login: str) -> HttpResponse:
    """One account; a POST does one act (`act`), and the more grievous ones want a tick (`sure`)."""
    workspace, at = workspace_of(request), now()
    if not roots(signed.mandates, Act.MANAGE_ACCOUNTS):
        raise NotTaken(Reason.FORBIDDEN)
    account = account_of(workspace, login)
    if account is None:
        raise NotTaken(Reason.UNKNOWN)
    _must_see(workspace, account, signed, at)
    done = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in OWN:
            raise NotTaken(Reason.INVALID)
        if act == "slip":
            return _slip(workspace, account, signed, at, request)
        done = _act(workspace, account, signed, at, request) if request.POST.get("sure") else "not_sure"
    found = listed(workspace, account, at)
    return page(
        request, "account.html", found=found, done=done, devices=sessions_of(workspace, account, at),
        second=has_second_factor(workspace, account), role_names=_role_names(),
        mandates=[(mandate, may_grant(signed.mandates, mandate)) for mandate in found.mandates],
    )  # fmt: skip


def _must_see(workspace: Workspace, account: Any, signed: Signed, at: Any) -> None:
    """Only who may manage an account sees it: what it is called and where it is logged in is nobody else's."""
    try:
        must_manage(workspace, account, signed.actor, at)
    except InputError as error:
        raise NotTaken(Reason.FORBIDDEN) from error
    if not held_at(workspace, account):  # nothing says whose it is
        raise NotTaken(Reason.FORBIDDEN)


def _act(workspace: Workspace, account: Any, signed: Signed, at: Any, request: HttpRequest) -> str:
    """Do it; the key of its wording."""
    actor = signed.actor
    acts: dict[str, Callable[[], Any]] = {
        "block": lambda: set_blocked(workspace, account, True, actor, at),
        "unblock": lambda: set_blocked(workspace, account, False, actor, at),
        "end": lambda: end_sessions(workspace, account, actor, at),
        "drop": lambda: drop(workspace, account, actor, at),
        "withdraw": lambda: withdraw_mandate(workspace, account, _mandate(request), actor, at),
    }
    act = request.POST["act"]
    return f"done_{act}" if acts[act]() else "done_none"


def _mandate(request: HttpRequest) -> Mandate:
    """The mandate that a form names."""
    try:
        return Mandate(
            request.POST.get("role", ""), request.POST.get("unit", ""), request.POST.get("stands_for") or None
        )
    except ValueError as error:
        raise NotTaken(Reason.INVALID, (str(error),)) from error


def _slip(workspace: Workspace, account: Any, signed: Signed, at: Any, request: HttpRequest) -> HttpResponse:
    """A new code on a slip: the PDF is drawn before the code counts, and goes to this answer alone."""
    drawn: list[bytes] = []
    address = f"{request.scheme}://{request.get_host()}/app/aktivasi"

    def deliver(issued: Issued) -> None:
        posts = tuple(_posts(workspace, issued))
        slip = Slip(issued.login, issued.name, posts, issued.expires, issued.code)
        drawn.append(draw_slips([slip], workspace.election().name, at, address))

    issue_code(workspace, account, signed.actor, at, deliver)
    response = HttpResponse(drawn[0], content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="slip-{account.login}.pdf"'
    return response


def _posts(workspace: Workspace, issued: Issued) -> list[Post]:
    names = _role_names()
    posts = []
    for mandate in issued.mandates:
        place = place_of(workspace, mandate.unit)
        way = [name for code, name in reversed(place.path) if code != "0"] if place else []
        stands_for = f" ({mandate.stands_for})" if mandate.stands_for else ""
        posts.append(Post(names[mandate.role] + stands_for, mandate.unit, ", ".join(way)))
    return posts


def _role_names() -> dict[str, str]:
    from sirekap.access import ROLES

    return {code: role.name for code, role in ROLES.items()}


__all__ = ["account_page", "accounts_page"]
