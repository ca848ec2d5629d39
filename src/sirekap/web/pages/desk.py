"""The review desk's queue: what waits in the units of whoever looks, and taking a sheet from it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from sirekap.flow.desk import held, take_next, take_sheet
from sirekap.flow.desk_views import claim_head, must_be_mine, queue_view, unit_choices, units_of
from sirekap.flow.form_views import contest_title
from sirekap.review import Cause, Step
from sirekap.review.desk import WORK
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, see
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

PER_PAGE = 50
CONTEST, STATION = r"[a-z0-9_]{1,16}", r"[0-9]{13}"
SHEET = "/app/meja/lembar/"
OUTCOMES = ("kept", "agreed", "differs", "decided", "answered", "again", "back", "skipped")
NAMED = ("unit", "contest", "step", "cause")
STAYS = (Reason.HELD, Reason.OWN, Reason.STEP, Reason.CLAIM)


@door("GET", "POST")
def desk_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """The queue, narrowed by `?unit=`, `?contest=`, `?step=`, `?cause=`; a POST takes a sheet."""
    units_of(signed)
    if request.method != "POST":
        return _queue(request, signed, None, 200)
    try:
        if request.POST.get("act") == "take":
            take_sheet(workspace_of(request), signed, *place_named(request), now())
            return see(SHEET)
        taken = _next(request, signed)
    except NotTaken as refused:
        if refused.reason not in STAYS:
            raise
        return _queue(request, signed, (refused.told(language_of(request)), ()), refused.status)
    return _queue(request, signed, None, 200, idle=True) if taken is None else see(SHEET)


def place_named(request: HttpRequest) -> tuple[str, str]:
    """The contest and station of a form. Raises NotTaken (UNKNOWN) for what cannot be one."""
    contest, station = request.POST.get("contest", ""), request.POST.get("station", "")
    if not (re.fullmatch(CONTEST, contest, re.ASCII) and re.fullmatch(STATION, station, re.ASCII)):
        raise NotTaken(Reason.UNKNOWN)
    return contest, station


def _next(request: HttpRequest, signed: Signed) -> Any:
    chosen = _chosen(request, signed)
    steps = WORK if chosen["step"] is None else (Step(chosen["step"]),)
    return take_next(workspace_of(request), signed, now(), chosen["unit"], chosen["contest"], steps)


def _chosen(request: HttpRequest, signed: Signed) -> dict[str, str | None]:
    """How the queue is narrowed. Raises NotTaken: UNKNOWN, FORBIDDEN."""
    chosen = {name: (request.GET.get(name) or request.POST.get(name) or None) for name in NAMED}
    contests = {contest.code for contest in workspace_of(request).election().contests}
    known = {"contest": contests, "step": {str(step) for step in WORK}, "cause": {str(cause) for cause in Cause}}
    if any(chosen[name] not in (None, *values) for name, values in known.items()):
        raise NotTaken(Reason.UNKNOWN)
    if chosen["unit"] is not None:
        must_be_mine(workspace_of(request), signed, chosen["unit"])
    return chosen


def _queue(request: HttpRequest, signed: Signed, told: Any, status: int, idle: bool = False) -> HttpResponse:
    workspace, at, language = workspace_of(request), now(), language_of(request)
    chosen = _chosen(request, signed)
    number = request.GET.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", number):
        raise NotTaken(Reason.UNKNOWN)
    step, cause = chosen["step"], chosen["cause"]
    waiting = queue_view(
        workspace, signed, at, chosen["unit"], chosen["contest"], None if step is None else Step(step),
        None if cause is None else Cause(cause), (int(number) - 1) * PER_PAGE, PER_PAGE,
        language,
    )  # fmt: skip
    mine = held(workspace, signed, at)
    done = request.GET.get("done")
    return page(
        request, "desk_queue.html", status=status, queue=waiting, chosen=chosen, told=told, idle=idle,
        current=None if mine is None else claim_head(workspace, mine, language),
        done=done if done in OUTCOMES else None, number=int(number),
        units=unit_choices(workspace, signed, chosen["unit"]), steps=[str(item) for item in WORK],
        contests=[(item.code, contest_title(item.code, language)) for item in workspace.election().contests],
        causes=[str(item) for item in Cause],
        query=urlencode({name: value for name, value in chosen.items() if value}),
    )  # fmt: skip
