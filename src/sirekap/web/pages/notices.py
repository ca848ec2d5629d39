"""What happened to the sheets of somebody's units, newest first, and whether they want it by e-mail."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.errors import InputError
from sirekap.flow.mail_addresses import PAGE, ask_again, choose_mails
from sirekap.flow.notice_words import notice_words
from sirekap.geography import LENGTH, Tier
from sirekap.review.notices import Kind
from sirekap.store.loading import now
from sirekap.store.mail_addresses import confirm
from sirekap.store.mails import HOW, NONE, wish_of
from sirekap.store.models import Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notice_settings import mail_setting
from sirekap.store.notices import Span, last_seen, mark_seen, some_notices
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.web.doors import door, take_secret
from sirekap.web.render import page
from sirekap.web.site import client_of, language_of, workspace_of

PER_PAGE = 50
STATUS = {"wrong": 422, "often": 429, "broken": 503}
# The sheet's page shows figures: nobody is led to it from a notice of work that is done blind.
LEADS_TO_SHEET = frozenset({Kind.LOOKED_AT, Kind.SETTLED, Kind.DIFFERS, Kind.ASIDE, Kind.REFUSED})


@door("GET", "POST")
def notices_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """The notices; `?before=` an earlier page. The newest page marks all as seen. A POST chooses mails."""
    workspace, language = workspace_of(request), language_of(request)
    before = request.GET.get("before", "")
    if before and not re.fullmatch(r"[1-9][0-9]{0,15}", before, re.ASCII):
        raise NotTaken(Reason.UNKNOWN)
    said = _choose(request, workspace, signed, language) if request.method == "POST" else ""
    wrong = said in STATUS
    rows = some_notices(
        workspace, signed.login, signed.mandates, PER_PAGE + 1, Span(before=int(before) if before else None)
    )
    seen = last_seen(workspace, signed.login)
    if request.method == "GET" and not before and rows and rows[0].pk > seen:
        mark_seen(workspace, signed.login, rows[0].pk, now())
    shown, wish = rows[:PER_PAGE], wish_of(workspace, signed.login)
    own = "" if wish is None else wish.address
    shown_as = request.POST if said == "wrong" else {"how": NONE if wish is None else wish.how, "address": own}
    return page(
        request, "notices.html", status=STATUS.get(said, 200),
        rows=_told(workspace, shown, seen, language), before=before,
        older=shown[-1].pk if len(rows) > PER_PAGE else None,
        mail=_sends_mail(workspace), said=said, wrong=wrong, choices=HOW,
        how=shown_as.get("how", NONE), address=shown_as.get("address", "")[:254],
        problem="" if wish is None else wish.problem,
        confirmed=None if wish is None else wish.confirmed_at is not None, code_page=PAGE,
        own=own,
    )  # fmt: skip


@door("GET", "POST", signed=False)
def address_page(request: HttpRequest) -> HttpResponse:
    """Show the code that came to an address; whoever reads its mail may, on any device.

    The answer names no address and no account, and of a code that does not hold never says why.
    """
    if request.method != "POST":
        return page(request, "address.html", done=False, wrong=False)
    answer = take_secret(request)
    if answer is not None:
        return answer
    done = confirm(workspace_of(request), request.POST.get("code", ""), now(), client_of(request))
    return page(request, "address.html", status=200 if done else 422, done=done, wrong=not done)


def _choose(request: HttpRequest, workspace: Workspace, signed: Signed, language: str) -> str:
    """Keep what a form says of mails: "done", "again" for a further code, or why not, a key of STATUS."""
    how, address = request.POST.get("how", ""), request.POST.get("address", "")
    try:
        if request.POST.get("act") == "again":
            ask_again(workspace, signed.login, now())
            return "again"
        choose_mails(workspace, signed.login, how, address, language, now())
    except NotTaken as refused:
        return "often" if refused.reason is Reason.OFTEN else "wrong"
    except InputError:  # the sender logs it; whoever asks here cannot mend it
        return "broken"
    return "done"


def _told(workspace: Workspace, rows: list[Any], seen: int, language: str) -> list[dict[str, Any]]:
    """Notices as the page shows them, with the names of their villages."""
    length = LENGTH[Tier.VILLAGE]
    villages = {row.station[:length] for row in rows}
    names = dict(workspace.rows(Unit).filter(code__in=villages).values_list("code", "name"))
    return [
        {
            "text": notice_words(row.kind, language),
            "station": row.station,
            "village": names.get(row.station[:length], ""),
            "number": row.station[length:],
            "contest": row.contest,
            "at": row.at,
            "new": row.pk > seen,
            "link": row.kind in LEADS_TO_SHEET,
        }
        for row in rows
    ]


def _sends_mail(workspace: Workspace) -> bool:
    try:
        return mail_setting(workspace) is not None
    except InputError:  # the sender logs it; whoever asks here cannot mend it
        return False
