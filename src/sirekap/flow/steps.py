"""The short steps of a workspace: make, load, acknowledge, review, tally, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sirekap.contests import parse_tickets
from sirekap.errors import InputError, Problem, quoted
from sirekap.forms import Form, form_of
from sirekap.geography import NATION, Geography, Unit, parse_geography
from sirekap.review import Standing
from sirekap.rules import Severity
from sirekap.store.intake import store_acknowledgement
from sirekap.store.loading import geography_of, store_geography, store_tickets
from sirekap.store.manifest import read_file
from sirekap.store.rollup import rollup
from sirekap.store.setup import Workspace, create_workspace
from sirekap.store.standing import standpoints
from sirekap.store.state import public_state, station_records
from sirekap.store.waiting import WaitingPhoto, WaitingSheet, waiting_photos, waiting_sheets
from sirekap.tally import Total


def init_workspace(
    folder: Path, election: Path, beside: Set[str] = frozenset(), database: str | None = None
) -> Workspace:
    """Make a workspace in a new or empty folder, or one that holds names of `beside` only.

    `database` is a PostgreSQL address, empty for SQLite; None takes it from the environment. Raises InputError.
    """
    return create_workspace(folder, read_file(election), str(election), beside, database)


def load_geography(workspace: Workspace, file: Path) -> Geography:
    """Load the units and their numbers of stations, all or none. Raises InputError with every bad row."""
    geography = parse_geography(read_file(file), str(file), workspace.election().nation)
    store_geography(workspace, geography, file.name)
    return geography


def load_contests(workspace: Workspace, file: Path, contest: str | None = None) -> int:
    """Load who stands in a contest, all or none; how many. Raises InputError with every bad row."""
    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    tickets = parse_tickets(read_file(file), str(file))
    if len(tickets) != form.tickets:
        expected = f"{form.tickets} tickets, as {form.id} has"
        raise InputError([Problem(str(file), expected, str(len(tickets)), column="nomor_urut")])
    store_tickets(workspace, code, tickets, file.name)
    return len(tickets)


def contest_of(workspace: Workspace, contest: str | None) -> str:
    """The contest that is meant: the one named, or the election's only one. Raises InputError."""
    election = workspace.election()
    if contest is not None:
        return election.contest(contest).code
    if len(election.contests) == 1:
        return election.contests[0].code
    held = ", ".join(item.code for item in election.contests)
    raise InputError([Problem("--contest", f"one of {held}", "nothing")])


def acknowledge(
    workspace: Workspace, station: str, rule: str, who: str, reason: str, contest: str | None = None
) -> Standing:
    """Someone answers for an error finding of a sheet; where it stands after that.

    A severe error needs two people's words (`review.desk.severe`). Raises InputError where the station has no
    sheet, the sheet has no such error finding, it is answered for already or this person did, or who or why is
    missing.
    """
    code = contest_of(workspace, contest)
    for column, text in (("--by", who), ("--reason", reason)):
        if not text.strip():
            raise InputError([Problem("acknowledge", "a text", "nothing", column=column)])
        if not text.isprintable():
            expected = "a text of one line, without control characters"
            raise InputError([Problem("acknowledge", expected, quoted(text), column=column)])
    form = form_of(workspace.election().contest(code).form)
    point = standpoints(workspace, code, form, station).get(station)
    if point is None:
        advice = f"`sirekap review {workspace.path}` lists the sheets that wait."
        found = f"no sheet of {quoted(station)}"
        raise InputError(
            [Problem("acknowledge", "a station with a sheet", found, column="STATION", advice=advice)]
        )
    errors = {item.rule: item for item in point.findings if item.severity is Severity.ERROR}
    if rule not in errors:
        held = ", ".join(sorted(set(errors))) or "none: this sheet has no error finding"
        expected = f"an error finding of {station} ({held})"
        raise InputError([Problem("acknowledge", expected, quoted(rule), column="RULE")])
    words = [point.acknowledged[rule]] if rule in point.acknowledged else []
    words += [word for word in point.pending.get(rule, ()) if word.who == who.strip()]
    if words:
        found = f"{words[0].who} did on {words[0].at}"
        raise InputError(
            [Problem("acknowledge", f"{rule} of {station} not yet acknowledged", found, column="RULE")]
        )
    return store_acknowledgement(workspace, point, errors[rule], form, who.strip(), reason.strip())


@dataclass(frozen=True)
class Waiting:
    """What waits for people in a contest."""

    form: Form
    geography: Geography
    sheets: tuple[WaitingSheet, ...]
    photos: tuple[WaitingPhoto, ...]

    def reasons(self) -> Counter[str]:
        """How many sheets wait for each reason; a sheet can have several."""
        return Counter(reason for sheet in self.sheets for reason in sheet.reasons())


def review_workspace(workspace: Workspace, contest: str | None = None) -> Waiting:
    """The sheets in review and the photographs that were set aside. Raises InputError without a geography."""
    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    sheets = waiting_sheets(workspace, code, form, station_records(workspace, code))
    return Waiting(form, geography_of(workspace), sheets, waiting_photos(workspace, code))


@dataclass(frozen=True)
class TallyView:
    """A unit and the units that sum into it, with the totals of each."""

    contest: str
    form: Form
    unit: Unit
    children: tuple[Unit, ...]
    totals: Mapping[str, Total]


def tally_workspace(workspace: Workspace, contest: str | None = None, unit: str = NATION) -> TallyView:
    """The totals of a unit and its children. Raises InputError for a unit that the geography does not hold."""
    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    geography = geography_of(workspace)
    if unit not in geography.units:
        advice = "Codes have 2, 4, 6 or 10 digits; the nation is 0."
        raise InputError([Problem("--unit", "a unit of the geography", quoted(unit), advice=advice)])
    results = [record.result() for record in station_records(workspace, code)]
    totals = rollup(geography, form, results)
    children = geography.children(unit)
    wanted = {item.code: totals[item.code] for item in (geography.units[unit], *children)}
    return TallyView(code, form, geography.units[unit], children, wanted)


def publish_workspace(
    workspace: Workspace,
    publish: Callable[..., Any],
    out: Path | None = None,
    contest: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """Write a contest's published tree to a folder, the workspace's own by default; the publisher's report.

    `publish` is `sirekap.publish.publish_site`.
    """
    state = public_state(workspace, contest_of(workspace, contest))
    return publish(state, workspace.objects.get, out or workspace.public, progress)
