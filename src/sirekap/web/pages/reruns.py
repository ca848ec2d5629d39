"""Order that a station's votes are counted or cast again: a form, then what it would replace, then the act.

Nothing is kept between the two steps but what the form itself holds, so it works without JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse

from sirekap.flow.desk import LONGEST_REASON, one_line
from sirekap.flow.form_views import contest_title
from sirekap.flow.reruns import kinds_of, order_rerun, replaced_by_rerun
from sirekap.review.reruns import LABELS, MEANINGS, RerunKind
from sirekap.store.board import place_of
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, open_above, see
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of
from sirekap.web.wording import plain

CHANGE, CHECK, ORDER = "change", "check", "order"


@dataclass
class Asked:
    """What the form held: kind and ground as they came, and what is wrong with them."""

    kind: str = ""
    ground: str = ""
    fault: str | None = None
    status: int = 200


@door("GET", "POST")
def rerun_page(request: HttpRequest, signed: Signed, station: str, contest: str) -> HttpResponse:
    """The form; a POST's `act` is check (what it would replace), order, or change (the form again)."""
    kinds = kinds_of(workspace_of(request), signed, contest, station)
    if request.method != "POST":
        return _show(request, signed, contest, station, kinds, Asked())
    asked = Asked(request.POST.get("kind", ""), request.POST.get("ground", "").strip())
    act = request.POST.get("act")
    if act == CHANGE:
        return _show(request, signed, contest, station, kinds, asked)
    if act not in (CHECK, ORDER):
        raise NotTaken(Reason.INVALID)
    if asked.kind not in kinds:
        asked.fault = "fault_kind"
    elif not _is_ground(asked.ground):
        asked.fault = "fault_ground"
    if asked.fault is not None:
        asked.status = 422
        return _show(request, signed, contest, station, kinds, asked)
    if act == CHECK:
        return _show(request, signed, contest, station, kinds, asked, sure=True)
    try:
        order_rerun(
            workspace_of(request), signed, contest, station, _uuid(request), RerunKind(asked.kind), asked.ground,
            _after(request), now(),
        )  # fmt: skip
    except NotTaken as refused:
        if refused.reason is not Reason.VERSION:
            raise
        asked.fault, asked.status = "fault_after", refused.status
        return _show(request, signed, contest, station, kinds, asked)
    return see(f"/app/tps/{station}/{contest}/?done=rerun")


def _show(
    request: HttpRequest,
    signed: Signed,
    contest: str,
    station: str,
    kinds: tuple[RerunKind, ...],
    asked: Asked,
    sure: bool = False,
) -> HttpResponse:
    workspace, language = workspace_of(request), language_of(request)
    place = place_of(workspace, station)
    assert place is not None  # `kinds_of` knows the station
    replaced = replaced_by_rerun(workspace, contest, station) if sure else None
    return page(
        request, "rerun.html", status=asked.status, place=place, open=open_above(signed, place.path),
        contest=contest, contest_name=contest_title(contest, language), asked=asked, replaced=replaced,
        kinds=[(str(kind), LABELS[kind][language], MEANINGS[kind][language]) for kind in kinds],
        fault=None if asked.fault is None else plain(language)(asked.fault), most=LONGEST_REASON,
        request_id=str(uuid4()),
    )  # fmt: skip


def _is_ground(text: str) -> bool:
    try:
        return bool(one_line(text, needed=True))
    except NotTaken:
        return False


def _uuid(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("request", ""))
    except ValueError:
        raise NotTaken(Reason.INVALID, ["request: expected a UUID"]) from None


def _after(request: HttpRequest) -> int:
    text = request.POST.get("after", "")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise NotTaken(Reason.INVALID, ["after: expected the number of the latest rerun"])
    return int(text)
