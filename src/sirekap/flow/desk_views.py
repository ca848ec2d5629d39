"""What the review desk shows: the queue, and of a sheet what the step that it is held for may see.

Whoever types is shown the page and the names of its figures, and nothing that anybody, man or machine, said of
them. Whoever decides sees both entries, but not whose they are. Whoever answers for a finding sees what every
source says. The dictionaries are those of the API (docs/review.md), and the pages are drawn from them too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sirekap.access import roots, within
from sirekap.figures import Figure, Status
from sirekap.flow.blind import keep_blind
from sirekap.flow.capture_views import BASE, cuts_of_sheet
from sirekap.flow.desk import ACTS
from sirekap.flow.form_views import PAGE, contest_title, parts_of
from sirekap.forms import Field, Form
from sirekap.review import Cause, Step
from sirekap.review.desk import PEOPLE, TYPING, UNREADABLE, WORK, Value, differing, severe
from sirekap.rules import Finding, Severity, explain, rules_of
from sirekap.store.accounts import find_account
from sirekap.store.board import below, place_of
from sirekap.store.desk import Claimed, answered_by
from sirekap.store.desk_queue import Waiting, how_many, queue
from sirekap.store.districts import parties_of
from sirekap.store.loading import iso
from sirekap.store.models import PhotoReading
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import allowed, form_of_contest, place_name, place_names
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, standpoints

DESK_ACTS = tuple(dict.fromkeys(ACTS.values()))
# Votes in question are told as "at least": the exact number can be a figure that the machine read (the roll).
STEPS_OF_VOTES = (500, 200, 100, 50, 20, 10, 5, 2, 1, 0)


def units_of(signed: Signed) -> frozenset[str]:
    """The units for which somebody has work at the desk. Raises NotTaken (FORBIDDEN) where there are none."""
    units = frozenset(unit for act in DESK_ACTS for unit in roots(signed.mandates, act))
    if not units:
        raise NotTaken(Reason.FORBIDDEN)
    return units


def must_be_mine(workspace: Workspace, signed: Signed, unit: str) -> None:
    """Raise NotTaken: UNKNOWN for a unit that is none, FORBIDDEN where the caller has no desk work there."""
    if place_of(workspace, unit) is None:
        raise NotTaken(Reason.UNKNOWN, ["expected a station of this election"] if len(unit) == 13 else [])
    if not any(allowed(signed, act, unit) for act in DESK_ACTS):
        raise NotTaken(Reason.FORBIDDEN)


def queue_view(
    workspace: Workspace,
    signed: Signed,
    at: datetime,
    unit: str | None = None,
    contest: str | None = None,
    step: Step | None = None,
    cause: Cause | None = None,
    start: int = 0,
    many: int = 50,
    language: str = "id",
) -> dict[str, Any]:
    """`GET /desk/queue`: what waits in the caller's units or in one of them, first what moves most votes."""
    if unit is not None:
        must_be_mine(workspace, signed, unit)
    units = units_of(signed) if unit is None else frozenset({unit})
    if contest is not None:
        form_of_contest(workspace, contest)
    steps = WORK if step is None else (step,)
    rows = queue(workspace, units, at, contest, steps, cause, start, many + 1)
    names = place_names(workspace, [row.station for row in rows])
    return {
        "waiting": how_many(workspace, units, contest, steps),
        "sheets": [_waiting(signed, row, names[row.station], language) for row in rows[:many]],
        "more": len(rows) > many,
    }


def _waiting(signed: Signed, row: Waiting, name: str, language: str) -> dict[str, Any]:
    return {
        "contest": row.contest,
        "title": contest_title(row.contest, language),
        "station": row.station,
        "name": name,
        "step": str(row.step),
        "causes": [str(cause) for cause in row.causes],
        "votes_at_least": next(least for least in STEPS_OF_VOTES if row.votes >= least),
        "since": None if row.since is None else iso(row.since),
        "holder": row.holder,
        "until": None if row.until is None else iso(row.until),
        "mine": row.holder == signed.login,
        "may": allowed(signed, ACTS[row.step], row.station),
    }


def claim_view(
    workspace: Workspace, signed: Signed, claimed: Claimed, at: datetime, language: str = "id", base: str = BASE
) -> dict[str, Any]:
    """A sheet that somebody holds, with what its step may see: `pages`; `entries` with RESOLVE; `findings`.

    Raises NotTaken: FORBIDDEN where the mandate ended, VERSION where the sheet was read anew, STEP where it waits
    for something else by now.
    """
    if not allowed(signed, ACTS[claimed.step], claimed.station):
        raise NotTaken(Reason.FORBIDDEN)
    form = form_of_contest(workspace, claimed.contest)
    point = standpoints(workspace, claimed.contest, form, claimed.station).get(claimed.station)
    if point is None or point.version.version != claimed.version:
        raise NotTaken(Reason.VERSION)
    if point.step is not claimed.step:
        raise NotTaken(Reason.STEP)
    sheet = _Sheet(workspace, claimed, form, point, language, base)
    view = {**claim_head(workspace, claimed, language), "form": form.id, "pages": sheet.pages()}
    if claimed.step not in TYPING:
        keep_blind(workspace, signed, claimed.contest, claimed.station, at)
    if claimed.step is Step.RESOLVE:
        view["differ"] = list(differing(form, point.round.round))
        view["entries"] = [dict(entry.figures) for entry in point.round.round.entries]
    if claimed.step is Step.FINDINGS:
        view["findings"] = sheet.findings(find_account(workspace, signed.login))
    return view


def claim_head(workspace: Workspace, claimed: Claimed, language: str) -> dict[str, Any]:
    """What is told of a sheet that somebody holds, whatever became of it."""
    return {
        "claim": claimed.claim,
        "contest": claimed.contest,
        "title": contest_title(claimed.contest, language),
        "station": claimed.station,
        "name": place_name(workspace, claimed.station),
        "version": claimed.version,
        "step": str(claimed.step),
        "until": iso(claimed.until),
    }


class _Sheet:
    """The parts of one sheet's view: they share its form, its cuts and the language."""

    def __init__(
        self, workspace: Workspace, claimed: Claimed, form: Form, point: Standpoint, language: str, base: str
    ) -> None:
        """Look up the cuts once."""
        self._workspace, self._form, self._point, self._language = workspace, form, point, language
        self._cuts = cuts_of_sheet(workspace, form, point.version)
        self._where = f"{base}/sheets/{claimed.contest}/{claimed.station}"

    def pages(self) -> list[dict[str, Any]]:
        """Each page with its photographs, in the order of arrival, its figures in the form's, and their parts."""
        hashes = list(self._point.version.photos)
        rows = self._workspace.rows(PhotoReading).filter(photo_id__in=hashes, problem=None).order_by("id")
        page_of = dict(rows.values_list("photo_id", "page"))
        title = PAGE[self._language]
        parties = {party.number: party.name for party in parties_of(self._workspace)}
        return [
            {
                "number": page.number,
                "title": title.format(number=page.number, all=len(self._form.pages)),
                "photos": [self._photo(h) for h in hashes if page_of.get(h) == page.number],
                "figures": [self._figure(field) for field in self._form.fields_of(page.number)],
                "parts": parts_of(self._form, page.number, self._language, parties),
            }
            for page in self._form.pages
        ]

    def _photo(self, sha256: str) -> dict[str, str]:
        return {"sha256": sha256, "photo": f"{self._where}/photos/{sha256}"}

    def _figure(self, field: Field) -> dict[str, Any]:
        return {
            "name": field.name,
            "line": field.line,
            "label": field.label.of(self._language),
            "digits": len(field.boxes),
            "most": field.most,
            "tall": field.bubbles is not None,
            "cut": f"{self._where}/cuts/{field.name}" if field.name in self._cuts else None,
        }

    def findings(self, account: Any) -> list[dict[str, Any]]:
        """The open errors: in words, the line they rest on, what every source says, who answered already."""
        point = self._point
        return [
            self._finding(finding, account)
            for finding in point.findings
            if finding.severity is Severity.ERROR and finding.rule in point.standing.open_errors
        ]

    def _finding(self, finding: Finding, account: Any) -> dict[str, Any]:
        rule, point = rules_of(self._form.id)[finding.rule], self._point
        return {
            "rule": finding.rule,
            "text": explain(self._form, finding, self._language),
            "line": rule.line if rule.quote else None,
            "quote": rule.quote or None,
            "people": PEOPLE if severe(finding) else 1,
            "answered": [
                {"who": word.who, "reason": word.reason, "at": word.at}
                for word in point.pending.get(finding.rule, ())
            ],
            "mine": answered_by(self._workspace, point, finding.rule, account),
            "figures": [self._said(name) for name in finding.figures],
        }

    def _said(self, name: str) -> dict[str, Any]:
        """A figure with the value that counts and what each source says of it."""
        point = self._point
        officer = None if point.confirmation is None else point.confirmation.figures
        return {
            **self._figure(self._form.field(name)),
            "value": value_of(point.figures.get(name)),
            "machine": value_of(point.machine.get(name)),
            "officer": "" if officer is None else officer.get(name),
            "copies": list(point.different.get(name, ())),
        }


def value_of(figure: Figure | None) -> Value:
    """A figure as the desk writes it: a number, None for blank, "?" for illegible; "" where there is none."""
    if figure is None:
        return ""
    return UNREADABLE if figure.status is Status.ILLEGIBLE else figure.value


def unit_choices(workspace: Workspace, signed: Signed, chosen: str | None) -> list[tuple[str, str]]:
    """The units that a queue can be narrowed to: the caller's, the way to the chosen one, and those below it."""
    own = sorted(units_of(signed))
    places = [place for unit in own if (place := place_of(workspace, unit)) is not None]
    choices = {place.code: place.name for place in places}
    here = place_of(workspace, chosen) if chosen else None
    if here is not None:
        choices |= {code: name for code, name in here.path if any(within(code, unit) for unit in own)}
    for code in [chosen] if chosen else own:
        choices |= dict(below(workspace, code))
    return sorted(choices.items())
