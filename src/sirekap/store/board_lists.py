"""The lists of boards: stations of a unit by state, step, cause or age, in pages; those that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from sirekap.geography import Tier, tier_of
from sirekap.review import Cause, Step
from sirekap.store.board_counts import gaps, parts, villages
from sirekap.store.models import Sheet
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

MISSING = "missing"
STATES = ("photographed", "read", "confirmed", "review", "provisional", "settled", "acknowledged", MISSING)
BY_CODE, BY_VOTES = "code", "votes"
CHUNK = 2000  # stations that are looked for at once
FIRST, MOST = 200, 20_000  # rows
AT_ONCE = 500  # stations of one question
ALL = 10**9
FAR = 1000  # stations that are passed village by village
LAST = "99999999999999"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which stations are shown: in a state, at a step, for a cause, waiting for longer than so many hours.

    `order` is by the station's code, or by the votes in question, the most first.
    """

    state: str | None = None
    step: Step | None = None
    cause: Cause | None = None
    hours: int | None = None
    order: str = BY_CODE

    @property
    def of_all(self) -> bool:
        """Whether it shows every station, those that are missing too."""
        return self.state is None and not self.waits and self.order == BY_CODE

    @property
    def waits(self) -> bool:
        """Whether it asks for sheets in review alone."""
        return not (self.step is None and self.cause is None and self.hours is None)


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station with the state of its sheet in each contest, "missing" where there is none.

    The rest is of the contest that was asked for: what it waits for and since when, the votes in question.
    """

    code: str
    states: Mapping[str, str]
    step: Step = Step.NOTHING
    causes: tuple[Cause, ...] = ()
    votes: int = 0
    since: datetime | None = None


def stations(
    workspace: Workspace,
    code: str,
    contests: tuple[str, ...],
    contest: str,
    chosen: Filter,
    at: datetime,
    start: int,
    many: int,
) -> list[StationRow]:
    """Some stations of a unit."""
    if chosen.state == MISSING:
        codes = [] if chosen.waits else list(missing(workspace, code, contest, start, many))
    elif chosen.of_all:
        codes = list(_every(workspace, code, contest, start, many))
    else:
        rows = present(workspace, code, contest, chosen, at)
        codes = list(rows.values_list("station", flat=True)[start : start + many])
    return list(_rows(workspace, codes, contests, contest))


def every_row(
    workspace: Workspace, code: str, contests: tuple[str, ...], contest: str, chosen: Filter, at: datetime
) -> Iterator[StationRow]:
    """All stations that a filter shows, some at a time: for files, never in memory at once."""
    for part in _parts(_codes(workspace, code, contest, chosen, at)):
        yield from _rows(workspace, part, contests, contest)


def _codes(workspace: Workspace, code: str, contest: str, chosen: Filter, at: datetime) -> Iterator[str]:
    if chosen.state == MISSING:
        return iter(()) if chosen.waits else missing(workspace, code, contest)
    if chosen.of_all:
        return _every(workspace, code, contest, 0, ALL)
    rows = present(workspace, code, contest, chosen, at)
    if chosen.order == BY_CODE:
        return (station for (station,) in _pieces(rows.values_list("station"), key="station"))
    # Their order is that of no key; sheets that wait are few enough to be named at once.
    return iter(list(rows.values_list("station", flat=True)))


def _parts(codes: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(codes, AT_ONCE)):
        yield part


def present(workspace: Workspace, code: str, contest: str, chosen: Filter, at: datetime) -> Any:
    """The sheets that a filter shows, in its order, as a query set."""
    rows = workspace.rows(Sheet).filter(within("station", [code]), _of(chosen, at), contest_id=contest)
    if chosen.cause is not None:  # as in `desk_queue`
        rows = rows.annotate(low=F("causes") % (2 * chosen.cause.bit)).filter(low__gte=chosen.cause.bit)
    return rows.order_by("-weight", "station") if chosen.order == BY_VOTES else rows.order_by("station")


def missing(
    workspace: Workspace, code: str, contest: str, start: int = 0, many: int | None = None
) -> Iterator[str]:
    """Stations of a unit that have no photograph, by code; `many` None is all of them."""
    after, start = _skipped(workspace, contest, code, start, of_missing=True)
    rows = _pieces(gaps(workspace, contest, code), after)
    return _walk(
        workspace, contest, ((v, stations - there, stations) for v, stations, there in rows), start, many
    )


def _every(workspace: Workspace, code: str, contest: str, start: int, many: int) -> Iterator[str]:
    """Stations that a unit expects; of a village whose number is unknown those that came."""
    rows = villages(workspace, contest, code).annotate(there=Coalesce(F("kept__sheets"), Value(0)))
    after, start = _skipped(workspace, contest, code, start, of_missing=False)
    for village, expected, there in _pieces(
        rows.order_by("code").values_list("code", "stations", "there"), after
    ):
        number = there if expected is None else expected
        if start >= number:
            start -= number
            continue
        if expected is None:
            sheets = workspace.rows(Sheet).filter(within("station", [village]), contest_id=contest)
            codes = list(sheets.order_by("station").values_list("station", flat=True))
        else:
            codes = [f"{village}{one:03d}" for one in range(1, expected + 1)]
        taken = codes[start : start + many]
        yield from taken
        start, many = 0, many - len(taken)
        if many <= 0:
            return


def _walk(
    workspace: Workspace, contest: str, rows: Iterable[tuple[str, int, int]], start: int, many: int | None
) -> Iterator[str]:
    """The missing stations of villages (code, how many are missing, of how many), villages at once."""
    left = many
    pile: list[tuple[str, int]] = []
    piled = 0
    for village, gap, number in chain(rows, [("", 0, 0)]):
        if not pile and start >= gap > 0:
            start -= gap
            continue
        if gap:
            pile.append((village, number))
            piled += gap
        wanted = CHUNK if left is None else start + left
        if pile and (piled >= wanted or not village):
            found = _without(workspace, contest, pile)[start:]
            found = found if left is None else found[:left]
            yield from found
            start, pile, piled = 0, [], 0
            if left is not None:
                left -= len(found)
                if left <= 0:
                    return


def _skipped(workspace: Workspace, contest: str, code: str, start: int, of_missing: bool) -> tuple[str, int]:
    """For a page far behind: the regency in which it begins, and how many stations are left to pass there."""
    if start < FAR or tier_of(code) > Tier.PROVINCE:
        return "", start
    found = parts(workspace, contest, code, Tier.REGENCY, ("sheets",))
    for regency, tally in sorted(found.items()):
        # Every station: those expected, and those that came in villages whose number is unknown.
        number = tally.missing if of_missing else tally["sheets"] + tally.missing
        if start < number:
            return regency, start
        start -= number
    return LAST, start


def _pieces(rows: Any, after: str = "", key: str = "code") -> Iterator[Any]:
    """Rows by code, a few and then more of them at once: most pages need the first alone."""
    last, size = after, FIRST
    while True:
        part = list(rows.filter(**{f"{key}__gt": last})[:size])
        yield from part
        if len(part) < size:
            return
        last, size = part[-1][0], min(4 * size, MOST)


def _without(workspace: Workspace, contest: str, pile: list[tuple[str, int]]) -> list[str]:
    sheets = workspace.rows(Sheet).filter(within("station", [village for village, _ in pile]), contest_id=contest)
    there = set(sheets.values_list("station", flat=True))
    every = (f"{village}{one:03d}" for village, number in pile for one in range(1, number + 1))
    return [station for station in every if station not in there]


def _of(chosen: Filter, at: datetime) -> Q:
    """A filter as a condition on sheets."""
    asked = Q()
    if chosen.state in ("review", "provisional", "settled"):
        asked &= Q(state=chosen.state)
    elif chosen.state in ("read", "confirmed"):
        asked &= Q(**{chosen.state: True})
    elif chosen.state == "acknowledged":
        asked &= Q(answered=True, state__in=("provisional", "settled"))
    if chosen.waits:
        asked &= Q(state="review")
    if chosen.step is not None:
        asked &= Q(step=str(chosen.step))
    if chosen.hours is not None:
        asked &= Q(since__lte=at - timedelta(hours=chosen.hours))
    return asked


def _rows(
    workspace: Workspace, codes: list[str], contests: tuple[str, ...], contest: str
) -> Iterator[StationRow]:
    fields = ("station", "contest_id", "state", "step", "causes", "weight", "since")
    found = {
        (row[0], row[1]): row[2:]
        for row in workspace.rows(Sheet).filter(station__in=codes, contest_id__in=contests).values_list(*fields)
    }
    for code in codes:
        states = {of: found[code, of][0] if (code, of) in found else MISSING for of in contests}
        own = found.get((code, contest))
        if own is None:
            yield StationRow(code, states)
            continue
        _, step, bits, weight, since = own
        yield StationRow(code, states, Step(step), tuple(c for c in Cause if bits & c.bit), weight, since)
