"""What a closing plenary certifies, as the data of its certificate: names, tables, differences and their reasons.

Words in a certificate are Indonesian: it is the plenary's own paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sirekap.flow.form_views import TITLES
from sirekap.forms import Form, Label
from sirekap.geography import LENGTH, Tier, path_of, tier_of
from sirekap.outcome.ballots import candidate_figure
from sirekap.outcome.open import SEATS
from sirekap.recap import COURT, Corrected, ObjectionKind
from sirekap.recap import Column as Counted
from sirekap.record.certificate import (
    Answered,
    Attendance,
    Certificate,
    Column,
    Completeness,
    Correction,
    Difference,
    Group,
    MissingStation,
    Objection,
    Place,
    Replaced,
)
from sirekap.record.certificate_rows import rows_of
from sirekap.store.districts import candidates_of, districts_of, parties_of
from sirekap.store.loading import tickets_of
from sirekap.store.models import Unit
from sirekap.store.plenaries import Closing
from sirekap.store.plenary_parts import Absent
from sirekap.store.setup import Workspace

ABSENT = {
    Absent.NO_SHEET: "Tidak ada lembar yang diterima",
    Absent.REVIEW: "Lembar masih diperiksa",
    Absent.RERUN: "Penghitungan atau pemungutan suara ulang belum selesai",
    Absent.PROVISIONAL: "Lembar belum dikonfirmasi",
    Absent.NOT_BEGUN: "Rapat pleno belum dimulai",
    Absent.OPEN: "Rapat pleno belum ditutup",
}
BY_COURT = "Putusan pengadilan"


def composer(workspace: Workspace) -> Callable[[Closing], Certificate]:
    """What makes a certificate of a closing in this workspace."""
    return lambda closing: compose(workspace, closing)


def compose(workspace: Workspace, closing: Closing) -> Certificate:
    """The certificate of a plenary that closes."""
    sitting, election = closing.sitting, workspace.election()
    recap, minutes = sitting.recap, sitting.minutes
    places = _places(workspace, [sitting.unit, *(code for code, _ in closing.missing)])
    places |= _places(workspace, [column.part.code for column in recap.columns])
    title = TITLES.get(sitting.contest, (sitting.contest, sitting.contest))
    replaced = None
    if closing.version > 1 and minutes.reopening is not None:
        last = minutes.reopening
        by = BY_COURT if last.by == COURT else last.who
        replaced = Replaced(closing.version - 1, by, last.ground)
    decision = "" if minutes.opening is None else minutes.opening.decision
    return Certificate(
        election.name,
        election.day,
        sitting.contest,
        Label(*title),
        sitting.form.id,
        tuple(places[code] for code in path_of(sitting.unit)),
        closing.version,
        closing.at,
        Completeness(
            closing.expected,
            recap.stations,
            tuple(MissingStation(places[code], ABSENT[Absent(reason)]) for code, reason in closing.missing),
            decision,
            closing.unknown_villages,
        ),
        rows_of(sitting.form, names_of(workspace, sitting.contest, sitting.form, sitting.unit)),
        _groups(sitting.unit, sitting.form.names, recap.columns, places),
        closing.sheets,
        replaced,
        () if sitting.district else tuple(_differences(recap.columns, sitting.form.names, places)),
        tuple(_correction(item, places) for column in recap.columns for item in column.applied),
        tuple(
            Objection(
                state.act.number,
                state.act.by,
                state.act.text,
                state.answer.text if state.answer else state.carried.decision if state.carried else "",
                Answered.ANSWERED if state.answer else Answered.CARRIED_UP,
                state.act.kind is ObjectionKind.EVENT,
            )
            for state in minutes.objections.values()
        ),
        tuple(
            Attendance(item.role, item.stands_for, item.signing, item.reason, item.person)
            for item in minutes.attendance
        ),
    )


def names_of(workspace: Workspace, contest: str, form: Form, unit: str) -> dict[str, str]:
    """Who stands, by the figure of their votes; candidates of lists only where the unit lies in one district."""
    if contest not in SEATS:
        return {ticket.figure: ticket.name for ticket in tickets_of(workspace, contest)}
    inside = [
        each for each in districts_of(workspace, contest) if any(unit.startswith(code) for code in each.units)
    ]
    people = candidates_of(workspace, contest, [inside[0].code]) if len(inside) == 1 else ()
    names: dict[str, str] = {}
    for party in parties_of(workspace) if contest != "pdpd" else ():
        for figure in (f"suara_partai_{party.number}", f"suara_{party.number}"):
            names[figure] = party.name
    for one in people:
        figure = f"suara_{one.number}" if one.party is None else candidate_figure(one.party, one.number)
        names[figure] = one.name
    return {figure: name for figure, name in names.items() if figure in form.names}


def _places(workspace: Workspace, codes: Iterable[str]) -> dict[str, Place]:
    """Units and stations with all above them."""
    every = {above for code in codes for above in path_of(code)}
    units = [code for code in every if tier_of(code) is not Tier.STATION]
    names = dict(workspace.rows(Unit).filter(code__in=units).values_list("code", "name"))
    return {
        code: Place(code, f"TPS {code[-3:]}" if tier_of(code) is Tier.STATION else names.get(code, code))
        for code in every
    }


def _groups(
    unit: str, figures: Iterable[str], columns: Iterable[Counted], places: Mapping[str, Place]
) -> tuple[Group, ...]:
    """A district's stations by village; above it the units in one group."""
    by_group: dict[str, list[Column]] = {}
    names = tuple(figures)
    for item in columns:
        code = item.part.code
        key = code[: LENGTH[Tier.VILLAGE]] if tier_of(unit) is Tier.DISTRICT else unit
        values = tuple((item.counted or {}).get(name) for name in names) if item.part.stations else ()
        stations = 0 if item.counted is None else item.part.stations
        by_group.setdefault(key, []).append(Column(places[code], values if stations else (), stations))
    return tuple(Group(places[key], tuple(found)) for key, found in sorted(by_group.items()))


def _differences(
    columns: Iterable[Counted], figures: Iterable[str], places: Mapping[str, Place]
) -> Iterable[Difference]:
    """Where a unit below certified another number than its sheets sum to, with the corrections that say why."""
    names = tuple(figures)
    for column in columns:
        certified = column.part.figures
        if certified is None:
            continue
        for name in names:
            computed = column.part.sheets.get(name)
            if computed != certified.get(name):
                told = [_explained(item) for item in column.part.below if item.figure == name]
                yield Difference(places[column.part.code], name, computed, certified.get(name), "; ".join(told))


def _explained(item: Corrected) -> str:
    def shown(value: int | None) -> str:
        return "–" if value is None else str(value)

    return f"{item.part}: {shown(item.before)} menjadi {shown(item.after)}, {item.reason} ({item.minutes})"


def _correction(item: Corrected, places: Mapping[str, Place]) -> Correction:
    reason = f"{item.reason} ({item.minutes})"
    return Correction(places[item.part], item.figure, item.before, item.after, reason, item.who)
