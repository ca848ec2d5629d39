"""The lists of a board as CSV: counts, stations, missing ones, what is stuck, staff. `?lang=`: headers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponseBase

from sirekap.access import Act, Mandate, may
from sirekap.geography import Tier, tier_of
from sirekap.review import Cause
from sirekap.store.board_counts import board
from sirekap.store.board_lists import MISSING, Filter, every_row
from sirekap.store.board_names import STEPS
from sirekap.store.board_staff import staff
from sirekap.store.board_stuck import Stuck, lapsed, longest, unread
from sirekap.store.contacts import contacts_for
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.csv_files import csv_file
from sirekap.web.doors import door
from sirekap.web.pages.board import Asked, asked_of
from sirekap.web.site import language_of
from sirekap.web.wording import plain

COUNTS = ("sheets", "read", "confirmed", "review", "provisional", "settled", "acknowledged", "weight")
MANY = 1000  # of each kind of what is stuck
AT_ONCE = 200


@door("GET")
def counts_file(request: HttpRequest, signed: Signed, code: str) -> HttpResponseBase:
    """The unit and those directly below it, a row each."""
    asked, t = _asked(request, signed, code), plain(language_of(request))
    found = board(asked.workspace, asked.contest, code, asked.place.name)
    columns = [*COUNTS, *(f"step_{step}" for step in STEPS), *(f"cause_{cause}" for cause in Cause)]
    head = [t(f"csv_{name}") for name in ("code", "name", "expected", "unknown", "missing", *COUNTS)]
    head += [f"{t('csv_step')}_{step}" for step in STEPS] + [f"{t('csv_cause')}_{cause}" for cause in Cause]
    rows = (
        [one.code, one.name, one.expected, one.unknown, one.missing, *(one[name] for name in columns)]
        for one in (found.own, *found.below)
    )
    return csv_file(_name(asked, "counts"), head, rows)


@door("GET")
def stations_file(request: HttpRequest, signed: Signed, code: str) -> HttpResponseBase:
    """The stations that the filters of the address show."""
    asked, t = _asked(request, signed, code), plain(language_of(request))
    head = [t("csv_station"), *(f"{t('csv_state')}_{contest}" for contest in asked.contests)]
    head += [t(f"csv_{name}") for name in ("step", "cause", "weight", "since")]
    rows = (
        [
            row.code,
            *(row.states[contest] for contest in asked.contests),
            row.step if row.states[asked.contest] == "review" else "",
            " ".join(row.causes),
            row.votes,
            _utc(row.since),
        ]
        for row in every_row(asked.workspace, code, asked.contests, asked.contest, asked.chosen, now())
    )
    return csv_file(_name(asked, "stations"), head, rows)


@door("GET")
def missing_file(request: HttpRequest, signed: Signed, code: str) -> HttpResponseBase:
    """The stations that are missing, with whom to call for those who may know: a row a number."""
    asked, t = _asked(request, signed, code), plain(language_of(request))
    head = [t("csv_station")]
    calls = may(signed.mandates, Act.SEE_CONTACTS, code)
    if calls:
        head += [t(f"csv_{name}") for name in ("of_unit", "role", "telephone")]
    return csv_file(_name(asked, "missing"), head, _missing(asked, signed.mandates if calls else None))


@door("GET")
def stuck_file(request: HttpRequest, signed: Signed, code: str) -> HttpResponseBase:
    """What waits the longest; who held a sheet last for those who may know."""
    asked, t = _asked(request, signed, code), plain(language_of(request))
    named = may(signed.mandates, Act.SEE_STAFF, code)
    head = [t(f"csv_{name}") for name in ("what", "station", "since", "minutes", *(("holder",) if named else ()))]
    words = {"claim": t("csv_claim"), "unread": t("csv_unread")}
    at = now()
    rows = (
        [
            words.get(one.what, one.what),
            one.station,
            _utc(one.since),
            one.waited(at) // timedelta(minutes=1),
            *((one.holder or "",) if named else ()),
        ]
        for one in _stuck(asked, at)
    )
    return csv_file(_name(asked, "stuck"), head, rows)


@door("GET")
def staff_file(request: HttpRequest, signed: Signed, code: str) -> HttpResponseBase:
    """What each account typed and decided."""
    asked, t = _asked(request, signed, code, Act.SEE_STAFF), plain(language_of(request))
    names = ("account", "name", "typed", "decided", "paired", "agreed", "skipped")
    return csv_file(_name(asked, "staff"), [t(f"csv_{name}") for name in names], _staff(asked))


def _asked(request: HttpRequest, signed: Signed, code: str, act: Act = Act.SEE_BOARD) -> Asked:
    asked = asked_of(request, signed, code, act)
    if tier_of(code) is Tier.STATION:
        raise NotTaken(Reason.UNKNOWN)  # a station has no list
    return asked


def _missing(asked: Asked, mandates: tuple[Mandate, ...] | None) -> Iterator[list[object]]:
    codes: list[str] = []
    chosen = Filter(state=MISSING)
    for row in every_row(asked.workspace, asked.place.code, (asked.contest,), asked.contest, chosen, now()):
        if mandates is None:
            yield [row.code]
            continue
        codes.append(row.code)
        if len(codes) == AT_ONCE:
            yield from _called(asked, codes, mandates)
            codes = []
    if mandates is not None:
        yield from _called(asked, codes, mandates)


def _called(asked: Asked, codes: list[str], mandates: tuple[Mandate, ...]) -> Iterator[list[object]]:
    for station, numbers in contacts_for(asked.workspace, codes, mandates).items():
        for number in numbers:
            yield [station, number.unit, number.role, number.telephone]
        if not numbers:
            yield [station, "", "", ""]


def _stuck(asked: Asked, at: datetime) -> Iterator[Stuck]:
    where = (asked.workspace, asked.contest, asked.place.code)
    for found in longest(*where, MANY).values():
        yield from found
    yield from lapsed(*where, at, MANY)
    yield from unread(*where, MANY)


def _staff(asked: Asked) -> Iterator[list[object]]:
    start = 0
    while rows := staff(asked.workspace, asked.contest, asked.place.code, start, AT_ONCE):
        for one in rows:
            yield [one.login, one.name, one.typed, one.decided, one.paired, one.agreed, one.skipped]
        start += len(rows)


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _name(asked: Asked, kind: str) -> str:
    return f"{asked.contest}-{asked.place.code}-{kind}.csv"
