"""A station's part of an evidence bundle: its photographs, readings, versions, what people said, where it stands.

`write_station` puts the files into the bundle and gives the document that names them (docs/evidence.md).
"""

from __future__ import annotations

from typing import Any

from sirekap.access import Act
from sirekap.flow.desk import ACTS
from sirekap.flow.evidence_bundle import Bundle
from sirekap.flow.evidence_history import history_of
from sirekap.flow.evidence_photos import aside_tree, copy_tree, delivery_tree, photographs_tree
from sirekap.flow.evidence_values import event_tree, figure_tree, finding_tree, version_tree
from sirekap.geography import LENGTH, Tier
from sirekap.recap import Corrected, from_json
from sirekap.record.evidence import STATION_SCHEMA, STATIONS
from sirekap.review import Acknowledgement, State, Step
from sirekap.review.reruns import LABELS, RerunKind
from sirekap.store.evidence_rows import SheetRows, sheet_rows
from sirekap.store.loading import iso
from sirekap.store.rounds import RESOLUTION
from sirekap.store.standing import Standpoint

MISSING = "missing"


def write_station(bundle: Bundle, station: str, point: Standpoint | None, recaps: list[Any]) -> dict[str, Any]:
    """Put a station into the bundle; its document. `recaps` are the versions of its district's certificate."""
    bundle.begin()
    rows = sheet_rows(bundle.workspace, bundle.contest, station)
    folder = f"{STATIONS}/{station}"
    photographs = photographs_tree(bundle, rows, folder, point)
    document: dict[str, Any] = {
        "schema": STATION_SCHEMA,
        "contest": bundle.contest,
        "form": bundle.form.id,
        "station": station,
        "name": bundle.name_of(station),
        "path": bundle.path_to(station),
        "now": _now(bundle, rows, point),
        "history": history_of(bundle, rows, point),
        "photographs": photographs,
        "reruns": [_rerun(bundle, row) for row in rows.count.reruns],
        "versions": [
            {
                "count": rows.count_of("last_version", row.version),
                **version_tree(bundle, bundle.form, row),
            }
            for row in rows.versions
        ],
        **_people(bundle, rows),
        "copies": [
            copy_tree(bundle, rows, copy, number, folder) for number, copy in enumerate(rows.copies, start=1)
        ],
        "deliveries": [delivery_tree(bundle, rows, row, folder) for row in rows.deliveries],
        "aside": [aside_tree(bundle, rows, row, folder) for row in rows.aside],
        "twins": [_twin(bundle, row, station) for row in rows.twins],
        "events": [event_tree(bundle, row) for row in rows.events],
        "certified": [_certified(row, station) for row in recaps],
    }
    assert bundle.last is not None  # something came in, and everything has a time
    document["at"] = iso(bundle.last)
    bundle.put_json(f"{folder}/station.json", document)
    return document


def _now(bundle: Bundle, rows: SheetRows, point: Standpoint | None) -> dict[str, Any]:
    """Where the sheet stands, as `store.standing` derives it from everything that is kept."""
    form = bundle.form
    if point is None:
        return {
            "state": str(State.REVIEW) if rows.assignments else MISSING,
            "counted": False,
            "count": rows.count.number,
            "step": str(Step.NOTHING),
            "version": None,
            "pages_missing": [page.number for page in form.pages],
            **{name: [] for name in ("illegible", "uncertain", "unbacked", "open_errors", "findings")},
            "figures": {},
            "copies_differ": {},
        }
    standing, decided = point.standing, point.round.round.decided
    confirmed = None if point.confirmation is None else point.confirmation.figures
    figures = {}
    for field in form.fields:
        if field.name not in point.figures:
            continue
        figures[field.name] = {
            **figure_tree(point.figures[field.name]),
            "page": field.page,
            "machine": figure_tree(point.machine[field.name]),
            **({} if confirmed is None else {"officer": confirmed[field.name]}),
            **({} if decided is None else {"desk": decided[field.name]}),
        }
    return {
        "state": str(standing.state),
        "counted": standing.state is not State.REVIEW,
        "count": rows.count.number,
        "step": str(point.step),
        "version": point.version.version,
        "pages_missing": list(standing.pages_missing),
        "illegible": list(standing.illegible),
        "uncertain": list(standing.uncertain),
        "unbacked": list(standing.unbacked),
        "open_errors": list(standing.open_errors),
        "figures": figures,
        "findings": [_answered(bundle, point, finding) for finding in point.findings],
        "copies_differ": {name: list(values) for name, values in point.different.items()},
    }


def _answered(bundle: Bundle, point: Standpoint, finding: Any) -> dict[str, Any]:
    word = point.acknowledged.get(finding.rule)
    return {
        **finding_tree(bundle.form, finding),
        "acknowledged": None if word is None else _word(word),
        "pending": [_word(word) for word in point.pending.get(finding.rule, ())],
    }


def _word(word: Acknowledgement) -> dict[str, str]:
    return {"who": word.who, "reason": word.reason, "at": word.at}


def _people(bundle: Bundle, rows: SheetRows) -> dict[str, Any]:
    """What people confirmed, typed, gave back and answered for, and who held the sheet for it."""
    station = rows.station

    def who(row: Any, act: Act) -> dict[str, str]:
        return {"at": bundle.told(row.at), "who": bundle.who(row.account, act, station, row.at)}

    return {
        "confirmations": [
            {
                **who(row, Act.CONFIRM),
                "count": rows.count_of("last_confirmation", row.pk),
                "version": None if row.version is None else row.version.version,
                "figures": row.figures,
                "machine": {name: figure[0] for name, figure in row.machine.items()},
                "corrections": row.corrections,
                "insisted": row.insisted,
                "marked": row.marked,
            }
            for row in rows.confirmations
        ],
        "entries": [
            {
                **who(row, Act.RESOLVE if row.number == RESOLUTION else Act.TYPE_ENTRY),
                "version": row.version.version,
                "round": row.round,
                "number": row.number,
                "figures": row.figures,
                "reason": row.reason,
            }
            for row in rows.entries
        ],
        "returns": [
            {
                **who(row, Act.ACKNOWLEDGE),
                "version": row.version.version,
                "round": row.round,
                "reason": row.reason,
            }
            for row in rows.returns
        ],
        "answers": [
            {
                "at": bundle.told(row.at),
                "who": row.who,
                "version": row.version.version,
                "rule": row.rule,
                "finding": row.finding,
                "reason": row.reason,
            }
            for row in rows.answers
        ],
        "claims": [
            {
                **who(row, ACTS[Step(row.step)]),
                "version": row.version.version,
                "step": row.step,
                "end": None if (end := getattr(row, "end", None)) is None else _end(bundle, end),
            }
            for row in rows.claims
        ],
    }


def _end(bundle: Bundle, row: Any) -> dict[str, str]:
    return {"at": bundle.told(row.at), "how": row.how, "reason": row.reason}


def _rerun(bundle: Bundle, row: Any) -> dict[str, Any]:
    """The votes of the station were counted or cast again."""
    return {
        "number": row.number,
        "kind": row.kind,
        "label": dict(LABELS[RerunKind(row.kind)]),
        "ground": row.ground,
        "by": row.by,
        "at": bundle.told(row.at),
    }


def _twin(bundle: Bundle, row: Any, station: str) -> dict[str, Any]:
    """A photograph of this station and one of another that may be the same sheet."""
    own, other = (row.one_id, row.station_one), (row.two_id, row.station_two)
    if own[1] != station:
        own, other = other, own
    return {
        "at": bundle.told(row.at),
        "kind": row.kind,
        "page": row.page,
        "distance": row.distance,
        "photo": own[0],
        "other": {"station": other[1], "photo": other[0]},
    }


def _certified(row: Any, station: str) -> dict[str, Any]:
    """What a version of the district's certificate says of the station, and the corrections in between."""
    part = next((part for part in row.parts if part[0] == station), None)
    corrections = [act for tree in row.corrections if isinstance(act := from_json(tree), Corrected)]
    return {
        "unit": station[: LENGTH[Tier.DISTRICT]],
        "version": row.version,
        "sha256": row.body,
        "missing": next((reason for code, reason in row.missing if code == station), None),
        "digest": None if part is None else part[1],
        "sheet": None if part is None else dict(zip(row.figures, part[3], strict=True)),
        "certified": None if part is None else dict(zip(row.figures, part[4], strict=True)),
        "corrections": [
            {
                "at": act.at,
                "who": act.who,
                "figure": act.figure,
                "before": act.before,
                "after": act.after,
                "reason": act.reason,
                "minutes": act.minutes,
            }
            for act in corrections
            if act.part == station
        ],
    }
