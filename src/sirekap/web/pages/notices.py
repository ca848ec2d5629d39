"""What happened to the sheets of somebody's units, newest first, and whether they want it by e-mail."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.errors import InputError
from sirekap.flow.notice_words import notice_words
from sirekap.geography import LENGTH, Tier
from sirekap.review.notices import Kind
from sirekap.store.loading import now
from sirekap.store.mails import HOW, NONE, set_wish, wish_of
from sirekap.store.models import Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.notice_settings import mail_setting
from sirekap.store.notices import Span, last_seen, mark_seen, some_notices
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.web.doors import door
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

PER_PAGE = 50
# The sheet's page shows figures: nobody is led to it from a notice of work that is done blind.
LEADS_TO_SHEET = frozenset({Kind.LOOKED_AT, Kind.SETTLED, Kind.DIFFERS, Kind.ASIDE, Kind.REFUSED})


@door("GET", "POST")
def notices_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """The notices; `?before=` an earlier page. The newest page marks all as seen. A POST chooses mails."""
    workspace, language = workspace_of(request), language_of(request)
    before = request.GET.get("before", "")
    if before and not re.fullmatch(r"[1-9][0-9]{0,15}", before, re.ASCII):
        raise NotTaken(Reason.UNKNOWN)
    done, wrong = _choose(request, workspace, signed, language) if request.method == "POST" else (False, False)
    rows = some_notices(
        workspace, signed.login, signed.mandates, PER_PAGE + 1, Span(before=int(before) if before else None)
    )
    seen = last_seen(workspace, signed.login)
    if request.method == "GET" and not before and rows and rows[0].pk > seen:
        mark_seen(workspace, signed.login, rows[0].pk, now())
    shown, wish = rows[:PER_PAGE], wish_of(workspace, signed.login)
    return page(
        request, "notices.html", status=422 if wrong else 200,
        rows=_told(workspace, shown, seen, language), before=before,
        older=shown[-1].pk if len(rows) > PER_PAGE else None,
        mail=_sends_mail(workspace), done=done, wrong=wrong, choices=HOW,
        how=request.POST.get("how", NONE) if wrong else NONE if wish is None else wish.how,
        address=request.POST.get("address", "")[:254] if wrong else "" if wish is None else wish.address,
        problem="" if wish is None else wish.problem,
    )  # fmt: skip


def _choose(request: HttpRequest, workspace: Workspace, signed: Signed, language: str) -> tuple[bool, bool]:
    """Keep what a form says of mails; whether it was kept, and whether it was wrong."""
    how, address = request.POST.get("how", ""), request.POST.get("address", "")
    try:
        set_wish(workspace, signed.login, how, address, language, now())
    except NotTaken:
        return False, True
    return True, False


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
