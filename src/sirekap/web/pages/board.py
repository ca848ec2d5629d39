"""The stations of a unit, with the state of each sheet: filtered, paged, the units below with their counts."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act
from sirekap.store.board import STATES, below, counts, place_of, stations
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, must, open_above
from sirekap.web.render import page
from sirekap.web.site import workspace_of

PER_PAGE = 50


@door("GET")
def board_page(request: HttpRequest, signed: Signed, code: str) -> HttpResponse:
    """One unit; `?contest=`, `?state=` and `?page=` choose."""
    workspace = workspace_of(request)
    place = place_of(workspace, code)
    must(signed, Act.SEE_BOARD, code if place else "0", known=place is not None)
    assert place is not None
    contests = tuple(contest.code for contest in workspace.election().contests)
    contest = request.GET.get("contest", contests[0])
    if contest not in contests:
        raise NotTaken(Reason.UNKNOWN)
    state = request.GET.get("state") or None
    number = request.GET.get("page", "1")
    if state not in (None, *STATES) or not re.fullmatch(r"[1-9][0-9]{0,4}", number):
        raise NotTaken(Reason.UNKNOWN)
    start = (int(number) - 1) * PER_PAGE
    rows = stations(workspace, code, contests, contest, state, start, PER_PAGE + 1)
    return page(
        request, "board.html", place=place, open=open_above(signed, place.path),
        contests=contests, contest=contest, state=state, states=STATES,
        count=counts(workspace, code, contest), number=int(number), rows=rows[:PER_PAGE],
        more=len(rows) > PER_PAGE,
        below=[(unit, name, counts(workspace, unit, contest)) for unit, name in below(workspace, code)],
    )  # fmt: skip
