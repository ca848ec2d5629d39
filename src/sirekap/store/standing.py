"""Where sheets stand: their latest reading, what people confirmed and typed, copies beside them, who answers for
what.

Everything is derived from rows that never change; what `Sheet` says of it repeats the outcome for quick
questions and is written by `stand_again`, in the transaction of the act that may have changed it. `until` asks
for the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sirekap.figures import Figure, Status
from sirekap.forms import Form, form_of
from sirekap.outcome.ballots import votes_figure
from sirekap.outcome.open import SEATS
from sirekap.review import Acknowledgement, Cause, Standing, State, Step, copied, differences, stand, vouch
from sirekap.review.desk import causes, enough, next_step, settle_by_desk, unbacked, votes_in_question
from sirekap.rules import Finding, Severity
from sirekap.rules.numbered import COPIED, TWIN
from sirekap.store.certified import mark_moved
from sirekap.store.generations import FIRST, Generation, Generations, generation_of, generations_of
from sirekap.store.loading import iso, now
from sirekap.store.models import Acknowledgement as AcknowledgementRow
from sirekap.store.models import Confirmation, Sheet
from sirekap.store.notify import notify_standing
from sirekap.store.photo_causes import causes_of_photos
from sirekap.store.ranges import within
from sirekap.store.rounds import SheetRound, rounds_of
from sirekap.store.setup import Workspace
from sirekap.store.twins import twin_figures, twins_by_station
from sirekap.store.versions import figures_of, finding_json, findings_of, latest_copies, latest_versions

ROLL = "pemilih_dpt_j"
FEW = 2000  # sheets that are asked for by their keys: a district's
UNREAD: Mapping[str, Any] = {
    "state": str(State.REVIEW), "step": str(Step.NOTHING), "causes": 0, "read": False, "answered": False,
    "votes": None,
}  # fmt: skip


@dataclass(frozen=True)
class Standpoint:
    """A sheet as it stands.

    `figures` and `findings` are those that count: the desk's where it decided (`round`), else the officer's where
    `confirmation` (a row) is there, else the machine's, `machine` in any case. `different` are the values of
    copies that differ. `pending` are the words given for findings that need one person more. `count` is the one
    that all of it belongs to.
    """

    version: Any
    confirmation: Any | None
    round: SheetRound
    machine: Mapping[str, Figure]
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    different: Mapping[str, tuple[int, ...]]
    standing: Standing
    acknowledged: Mapping[str, Acknowledgement] = field(default_factory=dict)
    pending: Mapping[str, tuple[Acknowledgement, ...]] = field(default_factory=dict)
    count: Generation = FIRST

    @property
    def step(self) -> Step:
        """What the review desk has to do next."""
        return next_step(self.standing, self.round.round)

    def answered(self, finding: Finding) -> dict[str, Any]:
        """A finding with the values that it names: what an acknowledgement answers for."""
        values = {name: self.figures[name].value for name in finding.figures if name in self.figures}
        tree = {**finding_json(finding), "values": values}
        if finding.rule == COPIED:
            tree["copies"] = {name: list(self.different[name]) for name in finding.figures}
        return tree


def confirmations_of(
    workspace: Workspace,
    contest: str,
    station: str | None = None,
    until: datetime | None = None,
    counts: Generations | None = None,
) -> dict[str, Any]:
    """The confirmation that counts, the latest of a sheet's count, by station; with its account."""
    counts = counts or generations_of(workspace, contest, station, until)
    rows = workspace.rows(Confirmation).filter(contest_id=contest).select_related("account")
    if station is not None:
        rows = rows.filter(within("station", {station}))
    if until is not None:
        rows = rows.filter(at__lte=until)
    return {
        row.station: row
        for row in rows.order_by("id")
        if counts.of(row.station).holds("last_confirmation", row.pk)
    }


def standpoints(
    workspace: Workspace,
    contest: str,
    form: Form,
    station: str | None = None,
    coming: Any | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> dict[str, Standpoint]:
    """Every sheet of a contest that was weighed since its latest rerun, or a station's or all of a unit's.

    `coming` is a station's confirmation that is about to be written; `until` a moment of the past; `before` the
    number of a rerun, for the count that it ended.

    A word given for a finding holds for a newer version of the same count only where the finding and the values
    that it names are the same: nobody answers for what they have not seen.
    """
    counts = generations_of(workspace, contest, station, until, before)
    versions = latest_versions(workspace, contest, station, until, counts)
    confirmations = confirmations_of(workspace, contest, station, until, counts)
    if coming is not None:
        confirmations[coming.station] = coming
    copies = latest_copies(workspace, contest, station, until, counts)
    twins = twins_by_station(workspace, contest, station, until)
    rounds = rounds_of(workspace, versions.values(), station, until)
    limit = workspace.election().voters_per_station
    words = _words(workspace, versions, until)
    return {
        version.sheet.station: _standpoint(
            form,
            version,
            confirmations.get(version.sheet.station),
            rounds.get(version.pk, SheetRound()),
            [figures_of(copy) for copy in copies.get(version.sheet.station, ())],
            twin_figures(form, version, twins.get(version.sheet.station, ())),
            words.get(key, ()),
            limit,
            counts.of(version.sheet.station),
        )
        for key, version in versions.items()
    }


def stand_again(
    workspace: Workspace, contest: str, form: Form, station: str, at: datetime | None = None
) -> Standpoint | None:
    """Write down where a sheet stands now; None where it was not weighed yet, or not since its latest rerun. Call
    it within a transaction.

    `at` is the time of the act, in UTC; without it, now.
    """
    point = standpoints(workspace, contest, form, station).get(station)
    sheet = workspace.rows(Sheet).filter(contest_id=contest, station=station).first()
    if sheet is not None:
        _write_down(workspace, form, sheet, point, at or now())
    return point


def stand_older(workspace: Workspace) -> int:
    """Write down where sheets of a version of before the desk and boards stand; how many there were.

    They have no `since`, or no votes in a contest of seats; without this no queue and no board would know of them
    until they are touched.
    """
    number = 0
    for contest in workspace.election().contests:
        untold = Q(since=None)
        if contest.code in SEATS:  # whose votes were not kept before seats were computed
            untold |= Q(votes__isnull=True) & ~Q(state=State.REVIEW)
        older = list(workspace.rows(Sheet).filter(untold, contest_id=contest.code).order_by("station"))
        if not older:
            continue
        form = form_of(contest.form)
        points = standpoints(workspace, contest.code, form)
        for sheet in older:
            with transaction.atomic(using=workspace.alias):
                _write_down(workspace, form, sheet, points.get(sheet.station), now())
        number += len(older)
    return number


def _write_down(workspace: Workspace, form: Form, sheet: Any, point: Standpoint | None, at: datetime) -> None:
    mark_moved(workspace, form, sheet, point, at)
    told = _told(workspace, form, sheet, point)
    changed = {name: value for name, value in told.items() if getattr(sheet, name) != value}
    if changed.keys() & {"state", "step"} or sheet.since is None:
        changed["since"] = at
    if changed:
        notify_standing(workspace, sheet, changed, at)
        workspace.rows(Sheet).filter(pk=sheet.pk).update(**changed)


def _told(workspace: Workspace, form: Form, sheet: Any, point: Standpoint | None) -> dict[str, Any]:
    """What `Sheet` repeats of where a sheet stands."""
    limit = workspace.election().voters_per_station
    if point is None:
        last = generation_of(workspace, sheet.contest_id, sheet.station).after("last_confirmation")
        confirmed = workspace.rows(Confirmation).filter(contest_id=sheet.contest_id, station=sheet.station)
        return {**UNREAD, "confirmed": confirmed.filter(pk__gt=last).exists(), "weight": limit}
    photos: Iterable[Cause] = ()
    if point.standing.state is State.REVIEW:
        photos = causes_of_photos(workspace, sheet, point.version, point.count)
    roll = point.figures.get(ROLL)
    known = roll is not None and roll.status is Status.READ and ROLL not in point.standing.uncertain
    most = roll.value if known and roll is not None and roll.value is not None else limit
    return {
        "state": str(point.standing.state),
        "step": str(point.step),
        "causes": sum(cause.bit for cause in causes(point.standing, photos)),
        "read": True,
        "confirmed": point.confirmation is not None,
        "answered": bool(point.acknowledged),
        "votes": votes_told(form, point),
        "weight": votes_in_question(
            point.standing, point.findings, point.figures, point.different, min(most, limit)
        ),
    }


def votes_told(form: Form, point: Standpoint) -> list[int] | None:
    """The votes of each ticket, candidate or party with its candidates on a sheet, by number; None where it does
    not count.
    """
    if point.standing.state is State.REVIEW:
        return None
    values = [point.figures.get(votes_figure(form, number)) for number in range(1, form.tickets + 1)]
    return [0 if figure is None or figure.value is None else figure.value for figure in values]


def _standpoint(
    form: Form,
    version: Any,
    confirmation: Any | None,
    round_: SheetRound,
    copies: Iterable[Mapping[str, Figure]],
    twins: tuple[str, ...],
    words: Iterable[Any],
    limit: int,
    count: Generation,
) -> Standpoint:
    machine, own = figures_of(version), findings_of(version)
    confirmed = None if confirmation is None else confirmation.figures
    decided = round_.round.decided
    figures, findings = machine, own
    alone: tuple[str, ...] = ()
    if decided is not None:
        figures, findings = settle_by_desk(form, machine, decided, confirmed, voters_per_station=limit)
    elif confirmed is not None:
        figures, findings = vouch(form, machine, own, confirmed, voters_per_station=limit)
        alone = unbacked(machine, confirmed, round_.round.entries)
    vouched = decided is not None or confirmed is not None
    different = differences(form, figures, vouched, copies)
    findings = (*findings, *copied(different))
    if twins:
        findings = (*findings, Finding(TWIN, Severity.ERROR, tuple(name for name in twins if name in figures)))
    bare = Standpoint(
        version, confirmation, round_, machine, figures, findings, different, stand(form, (), {}, (), ())
    )
    of_count = (row for row in words if count.holds("last_version", row.version.version))
    acknowledged, pending = _answers(bare, of_count)
    standing = stand(
        form,
        version.pages,
        figures,
        findings,
        acknowledged.values(),
        version.uncertain,
        vouched=vouched,
        unbacked=alone,
    )
    return Standpoint(
        version,
        confirmation,
        round_,
        machine,
        figures,
        findings,
        different,
        standing,
        acknowledged,
        pending,
        count,
    )


def _answers(
    point: Standpoint, words: Iterable[Any]
) -> tuple[dict[str, Acknowledgement], dict[str, tuple[Acknowledgement, ...]]]:
    """Who answers for which finding, by rule: where enough people do, and where somebody is missing."""
    given: dict[str, dict[str, Acknowledgement]] = {}
    answers = {finding.rule: point.answered(finding) for finding in point.findings}
    for row in words:
        if answers.get(row.rule) == row.finding:
            at = iso(row.at)
            given.setdefault(row.rule, {})[row.who] = Acknowledgement(row.rule, row.who, row.reason, at)
    acknowledged, pending = {}, {}
    for finding in point.findings:
        people = given.get(finding.rule, {})
        if people and enough(finding, people):
            acknowledged[finding.rule] = _together(list(people.values()))
        elif people:
            pending[finding.rule] = tuple(people.values())
    return acknowledged, pending


def _together(words: list[Acknowledgement]) -> Acknowledgement:
    """Several people's words as one: all who answer, each reason once, at the time of the last."""
    reasons = dict.fromkeys(word.reason for word in words)
    who = "; ".join(word.who for word in words)
    return Acknowledgement(words[0].rule, who, "; ".join(reasons), max(word.at for word in words))


def _words(workspace: Workspace, versions: Mapping[int, Any], until: datetime | None) -> dict[int, list[Any]]:
    """What people answered for, by sheet's key, the oldest first."""
    rows = workspace.rows(AcknowledgementRow).select_related("version").order_by("id")
    if len(versions) <= FEW:
        rows = rows.filter(version__sheet_id__in=list(versions))
    if until is not None:
        rows = rows.filter(at__lte=until)
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.version.sheet_id, []).append(row)
    return found
