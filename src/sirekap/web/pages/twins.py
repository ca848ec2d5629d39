"""Near-duplicates of a unit: photographs or pages that two stations have, side by side."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act, may
from sirekap.flow.form_views import contest_title
from sirekap.store.board import place_of
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import place_name
from sirekap.store.sessions import Signed
from sirekap.store.twins import pairs_within
from sirekap.web.doors import door, must, open_above
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

PER_PAGE = 20


@door("GET")
def twins_page(request: HttpRequest, signed: Signed, code: str) -> HttpResponse:
    """The pairs that touch a unit, the newest first; `?contest=` and `?page=` choose.

    A photograph of a station outside the mandates is not shown, only whose it is.
    """
    workspace, language = workspace_of(request), language_of(request)
    place = place_of(workspace, code)
    must(signed, Act.SEE_SHEET, code if place else "0", known=place is not None)
    assert place is not None
    contests = tuple(contest.code for contest in workspace.election().contests)
    contest, number = request.GET.get("contest", contests[0]), request.GET.get("page", "1")
    if contest not in contests or not re.fullmatch(r"[1-9][0-9]{0,4}", number):
        raise NotTaken(Reason.UNKNOWN)
    start = (int(number) - 1) * PER_PAGE
    pairs = pairs_within(workspace, contest, code, start, PER_PAGE + 1)
    stations = {station for pair in pairs for station in pair.stations}
    return page(
        request, "twins.html", place=place, open=open_above(signed, place.path), contest=contest,
        contests=[(one, contest_title(one, language)) for one in contests], number=int(number),
        pairs=pairs[:PER_PAGE], more=len(pairs) > PER_PAGE,
        names={station: place_name(workspace, station) for station in stations},
        seen={station for station in stations if may(signed.mandates, Act.SEE_SHEET, station)},
    )  # fmt: skip
