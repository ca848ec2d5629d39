"""The devices of an account, and ending their sessions from afar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from sirekap.store.accounts import find_account
from sirekap.store.loading import now
from sirekap.store.sessions import Signed, end_session, end_sessions, sessions_of
from sirekap.web.doors import door, see
from sirekap.web.render import page
from sirekap.web.site import workspace_of


@door("GET", "POST", second=False)
def devices_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """List them; a POST ends one (`session`) or all."""
    workspace, at = workspace_of(request), now()
    account = find_account(workspace, signed.login)
    done = False
    if request.method == "POST":
        number = request.POST.get("session", "")
        if number == "all":
            end_sessions(workspace, account, signed.actor, at)
        elif number.isascii() and number.isdigit() and len(number) < 19:
            done = end_session(workspace, account, int(number), signed.actor, at)
        if number in ("all", str(signed.session)):
            return see("/app/masuk")
    devices = sessions_of(workspace, account, at)
    return page(request, "devices.html", devices=devices, this=signed.session, done=done)
