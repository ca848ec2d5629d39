"""The sheet that somebody holds at the review desk: typed blind, decided between entries, its findings answered.

What a form held is shown again where it was not taken: nothing typed is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse

from sirekap.flow.desk import answer_for, enter, hand_back, held, hold_longer, type_again
from sirekap.flow.desk_views import claim_head, claim_view, units_of
from sirekap.forms import Form
from sirekap.review import Step
from sirekap.review.desk import UNREADABLE, Value
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, see
from sirekap.web.pages.desk import SHEET, place_named
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of
from sirekap.web.wording import plain

QUEUE = "/app/meja/"
BLANK = ("-", "–", "—")
NEED_REASON = ("answer", "again", "skip")
MOVED = (Reason.VERSION, Reason.STEP)
TEMPLATES = {Step.FIRST: "desk_type.html", Step.SECOND: "desk_type.html", Step.RESOLVE: "desk_resolve.html",
             Step.FINDINGS: "desk_findings.html"}  # fmt: skip


@dataclass
class Sent:
    """What a form held, to be shown again where it was not taken: texts as typed, faults by figure."""

    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    rule: str = ""
    blank: bool = False
    told: tuple[str, tuple[str, ...]] | None = None
    note: str | None = None
    status: int = 200


@door("GET", "POST")
def desk_sheet_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """Show it by GET; a POST's `act` is enter, answer, again, longer, back or skip."""
    units_of(signed)
    if request.method != "POST":
        return _show(request, signed, Sent())
    sent = _sent(request)
    try:
        return _act(request, signed, sent)
    except NotTaken as refused:
        if refused.reason is Reason.CLAIM and request.POST.get("act") in ("enter", "answer", "again", "longer"):
            return _take_again(request, signed, sent)
        if refused.status == 403:
            raise
        sent.told, sent.status = (refused.told(language_of(request)), ()), refused.status
        return _show(request, signed, sent)


def _act(request: HttpRequest, signed: Signed, sent: Sent) -> HttpResponse:
    workspace, act, at = workspace_of(request), request.POST.get("act", ""), now()
    claim = _number(request.POST.get("claim", ""))
    if not sent.reason.strip() and (act in NEED_REASON or (act == "enter" and "reason" in request.POST)):
        sent.told, sent.status = (plain(language_of(request))("fault_reason"), ()), 422
        return _show(request, signed, sent)
    if act == "enter":
        return _enter(request, signed, claim, sent)
    if act == "answer":
        answer_for(workspace, signed, claim, _uuid(request), sent.rule, sent.reason, at)
        # The next finding of the same sheet, else the queue.
        return see(SHEET if held(workspace, signed, at) else f"{QUEUE}?done=answered")
    if act == "again":
        type_again(workspace, signed, claim, sent.reason, at)
        return see(f"{QUEUE}?done=again")
    if act == "longer":
        hold_longer(workspace, signed, *place_named(request), claim, at)
        sent.note = "outcome_longer"
        return _show(request, signed, sent)
    if act in ("back", "skip"):
        hand_back(workspace, signed, claim, at, sent.reason if act == "skip" else None)
        return see(f"{QUEUE}?done={'skipped' if act == 'skip' else 'back'}")
    raise NotTaken(Reason.INVALID)


def _enter(request: HttpRequest, signed: Signed, claim: int, sent: Sent) -> HttpResponse:
    workspace = workspace_of(request)
    figures = _figures(form_of_contest(workspace, place_named(request)[0]), sent)
    if sent.faults:
        sent.status = 422
        return _show(request, signed, sent)
    answer = enter(workspace, signed, claim, _uuid(request), figures, now(), sent.reason)
    return see(f"{QUEUE}?done={answer['outcome']}")


def _figures(form: Form, sent: Sent) -> dict[str, Value]:
    """What was typed, as values; what cannot be one goes to `sent.faults`."""
    figures: dict[str, Value] = {}
    for item in form.fields:
        text = sent.typed.get(item.name, "")
        if text in BLANK or (not text and sent.blank):
            figures[item.name] = None
        elif text == UNREADABLE:
            figures[item.name] = UNREADABLE
        elif text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= item.most:
            figures[item.name] = int(text)
        else:
            sent.faults[item.name] = "fault_value" if text else "fault_empty"
    return figures


def _take_again(request: HttpRequest, signed: Signed, sent: Sent) -> HttpResponse:
    """The time was over: take the sheet again where nobody else did, and show what was typed."""
    workspace, at = workspace_of(request), now()
    try:
        hold_longer(workspace, signed, *place_named(request), 0, at)
        sent.note, sent.status = "desk_was_over", 409
    except NotTaken as refused:
        if refused.status == 403 and refused.reason is not Reason.OWN:
            raise
        sent.told, sent.status = (refused.told(language_of(request)), ()), refused.status
    return _show(request, signed, sent)


def _show(request: HttpRequest, signed: Signed, sent: Sent) -> HttpResponse:
    """The held sheet; what moved on meanwhile is told, with the way back to the queue."""
    workspace, language, at = workspace_of(request), language_of(request), now()
    mine = held(workspace, signed, at)
    if mine is None:
        if sent.told is None:
            return see(QUEUE)
        return page(request, "desk_moved.html", status=sent.status, told=sent.told, head=None)
    try:
        view = claim_view(workspace, signed, mine, at, language)
    except NotTaken as refused:
        if refused.reason not in MOVED:
            raise
        told = (plain(language)(f"moved_{refused.reason}"), ())  # the store's words are for the station's officer
        head = claim_head(workspace, mine, language)
        return page(request, "desk_moved.html", status=refused.status, told=told, head=head)
    return page(
        request, TEMPLATES[mine.step], status=sent.status, sheet=view, sent=sent, request_id=str(uuid4()),
        left=int((mine.until - at).total_seconds()),
    )  # fmt: skip


def _sent(request: HttpRequest) -> Sent:
    post = request.POST
    typed = {name[2:]: str(post[name]).strip()[:20] for name in post if name.startswith("f_")}
    return Sent(typed, reason=post.get("reason", ""), rule=post.get("rule", ""), blank=post.get("blank") == "1")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotTaken(Reason.CLAIM)
    return int(text)


def _uuid(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("request", ""))
    except ValueError:
        raise NotTaken(Reason.INVALID, ["request: expected a UUID"]) from None
