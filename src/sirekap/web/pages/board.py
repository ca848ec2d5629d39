"""The board of a unit: counts of it and of the units below, its stations by filters, what is stuck, its staff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act, may
from sirekap.geography import Tier, tier_of
from sirekap.outcome import sentence
from sirekap.review import Cause, Step
from sirekap.store.board import Place, place_of
from sirekap.store.board_counts import COUNTED, Board, board
from sirekap.store.board_lists import BY_CODE, BY_VOTES, MISSING, STATES, Filter, stations
from sirekap.store.board_names import OF_HOURS, STEPS
from sirekap.store.board_outcome import judged
from sirekap.store.board_staff import staff
from sirekap.store.board_stuck import lapsed, longest, throughput, unread
from sirekap.store.contacts import contacts_for
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.web.doors import door, must, open_above, see
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

PER_PAGE = 50
STATIONS, STUCK, STAFF = VIEWS = ("stations", "stuck", "staff")
BELOW = ("sheets", "review", "provisional", "settled")
SHOWN = ("sheets", "read", "confirmed", "review", "provisional", "settled", "acknowledged")
FEW = ("sheets", "delivered", "looked")  # what the other parts show
STATE_OF = {"sheets": "photographed"}  # columns that filters call otherwise


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: which contest of which unit, which part, which stations, which page."""

    workspace: Workspace
    place: Place
    contests: tuple[str, ...]
    contest: str
    view: str
    chosen: Filter
    number: int

    def query(self, **changed: object) -> str:
        """The same question with something changed, as the end of an address."""
        told: dict[str, object] = {
            "contest": self.contest,
            "view": self.view if self.view != STATIONS else None,
            "state": self.chosen.state,
            "step": self.chosen.step,
            "cause": self.chosen.cause,
            "hours": self.chosen.hours,
            "order": self.chosen.order if self.chosen.order != BY_CODE else None,
            **changed,
        }
        return "?" + urlencode({key: str(value) for key, value in told.items() if value is not None})


def asked_of(request: HttpRequest, signed: Signed, code: str, act: Act = Act.SEE_BOARD) -> Asked:
    """What a request asks, where it may. Raises NotTaken: UNKNOWN, FORBIDDEN."""
    workspace = workspace_of(request)
    place = place_of(workspace, code)
    must(signed, act, code if place else "0", known=place is not None)
    assert place is not None
    contests = tuple(contest.code for contest in workspace.election().contests)
    contest = request.GET.get("contest") or contests[0]
    view = request.GET.get("view") or STATIONS
    number = request.GET.get("page", "1")
    if contest not in contests or view not in VIEWS or not re.fullmatch(r"[1-9][0-9]{0,4}", number, re.ASCII):
        raise NotTaken(Reason.UNKNOWN)
    return Asked(workspace, place, contests, contest, view, filter_of(request.GET), int(number))


def filter_of(asked: Mapping[str, str]) -> Filter:
    """The filter that an address names; an empty value is none. Raises NotTaken (UNKNOWN)."""
    state, step, cause, hours = (asked.get(name) or None for name in ("state", "step", "cause", "hours"))
    order = asked.get("order") or BY_CODE
    if state not in (None, *STATES) or order not in (BY_CODE, BY_VOTES):
        raise NotTaken(Reason.UNKNOWN)
    if hours is not None and not re.fullmatch(r"[0-9]{1,3}", hours, re.ASCII):
        raise NotTaken(Reason.UNKNOWN)
    try:
        return Filter(
            state,
            None if step is None else Step(step),
            None if cause is None else Cause(cause),
            None if hours is None else int(hours),
            order,
        )
    except ValueError as error:
        raise NotTaken(Reason.UNKNOWN) from error


@door("GET")
def board_page(request: HttpRequest, signed: Signed, code: str) -> HttpResponse:
    """One unit; `?contest=`, `?view=`, the filters and `?page=` choose. A station leads to its sheet."""
    asked = asked_of(request, signed, code)
    if tier_of(code) is Tier.STATION:
        return see(f"/app/tps/{code}/{asked.contest}/")
    staff_seen = may(signed.mandates, Act.SEE_STAFF, code)
    if asked.view == STAFF and not staff_seen:
        raise NotTaken(Reason.FORBIDDEN)
    at = now()
    columns = COUNTED if asked.view == STATIONS else FEW
    found = board(asked.workspace, asked.contest, code, asked.place.name, columns)
    part = {STATIONS: _stations, STUCK: _stuck, STAFF: _staff}[asked.view]
    return page(
        request, "board.html", place=asked.place, open=open_above(signed, asked.place.path), asked=asked,
        own=found.own, below=found.below, views=[view for view in VIEWS if view != STAFF or staff_seen],
        staff_seen=staff_seen, shown=SHOWN, state_of=STATE_OF, columns=BELOW, at=at, age=age,
        **part(asked, found, signed, at, language_of(request)),
    )  # fmt: skip


def _stations(asked: Asked, found: Board, signed: Signed, at: datetime, language: str) -> dict[str, Any]:
    code = asked.place.code
    limit = asked.workspace.election().voters_per_station
    answer = judged(asked.workspace, asked.contest, found, limit)
    start = (asked.number - 1) * PER_PAGE
    rows = stations(asked.workspace, code, asked.contests, asked.contest, asked.chosen, at, start, PER_PAGE + 1)
    codes = [row.code for row in rows[:PER_PAGE]] if asked.chosen.state == MISSING else []
    calls = may(signed.mandates, Act.SEE_CONTACTS, code)
    return {
        "answer": answer, "sentence": sentence(answer, language), "limit": limit,
        "states": STATES, "steps": STEPS, "causes": tuple(Cause),
        "rows": rows[:PER_PAGE], "more": len(rows) > PER_PAGE,
        "contacts": contacts_for(asked.workspace, codes, signed.mandates) if codes and calls else None,
    }  # fmt: skip


def _stuck(asked: Asked, found: Board, signed: Signed, at: datetime, language: str) -> dict[str, Any]:
    code = asked.place.code
    kept = tier_of(code) is not Tier.VILLAGE
    return {
        "longest": longest(asked.workspace, asked.contest, code),
        "lapsed": lapsed(asked.workspace, asked.contest, code, at),
        "unread": unread(asked.workspace, asked.contest, code),
        "waiting": max(0, found.own["delivered"] - found.own["looked"]),
        "hours": throughput(asked.workspace, asked.contest, code, at) if kept else None,
        "of_hours": OF_HOURS,
    }


def _staff(asked: Asked, found: Board, signed: Signed, at: datetime, language: str) -> dict[str, Any]:
    start = (asked.number - 1) * PER_PAGE
    rows = staff(asked.workspace, asked.contest, asked.place.code, start, PER_PAGE + 1)
    return {"work": rows[:PER_PAGE], "more": len(rows) > PER_PAGE}


def age(since: datetime, at: datetime) -> tuple[int, int]:
    """For how long something waits: hours and minutes."""
    minutes = max(0, (at - since) // timedelta(minutes=1))
    return minutes // 60, minutes % 60
