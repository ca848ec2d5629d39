"""A plenary's part of an evidence bundle: minutes, objections with their files, versions, papers with signatures.

Of a station's or village's district the bundle holds what concerns it: certificates whole, minutes in excerpt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sirekap.flow.evidence_bundle import Bundle
from sirekap.recap import (
    Act,
    Answered,
    CarriedUp,
    Corrected,
    Objected,
    ReadOut,
    Withdrew,
    as_json,
    from_json,
    play,
    total,
)
from sirekap.recap.plenary import ObjectionState
from sirekap.record.evidence import PLENARIES, PLENARY_SCHEMA, RECAP_SCHEMA
from sirekap.store.evidence_plenaries import PlenaryRows, plenary_rows
from sirekap.store.loading import iso

Concerns = Callable[[str], bool]
SHEETS, CERTIFIED = 3, 4  # where a part of a version holds its values, see `store.recap_rows`


def write_plenary(bundle: Bundle, unit: str, about: str | None = None) -> dict[str, Any]:
    """Put a plenary into the bundle; its document. `about`: the station or village whose excerpt it is."""
    bundle.begin()
    rows = plenary_rows(bundle.workspace, bundle.contest, unit)
    folder = f"{PLENARIES}/{unit}"
    for row in rows.acts:
        bundle.told(row.at)
    acts = [(row.number, from_json(row.act)) for row in rows.acts]
    minutes = play(act for _, act in acts)

    def concerns(part: str) -> bool:
        return about is None or part.startswith(about)

    held = {number for number, item in minutes.objections.items() if not item.act.part or concerns(item.act.part)}
    document: dict[str, Any] = {
        "schema": PLENARY_SCHEMA,
        "contest": bundle.contest,
        "unit": unit,
        "name": bundle.name_of(unit),
        "path": bundle.path_to(unit),
        "excerpt_of": about,
        "stage": str(minutes.stage),
        "acts": [{"line": line, **as_json(act)} for line, act in acts if _belongs(act, concerns, held)],
        "objections": [
            _objection(bundle, rows, item, folder)
            for number, item in minutes.objections.items()
            if number in held
        ],
        "versions": [_version(bundle, rows, row, folder) for row in rows.versions],
        "moved": [
            {"at": bundle.told(row.at), "version": row.version.version, "station": row.station}
            for row in rows.moved
            if concerns(row.station)
        ],
    }
    assert bundle.last is not None  # it has begun, and every act has a time
    document["at"] = iso(bundle.last)
    bundle.put_json(f"{folder}/plenary.json", document)
    return document


def _belongs(act: Act, concerns: Concerns, objections: set[int]) -> bool:
    """Whether an act belongs into an excerpt: what is about the whole plenary does."""
    match act:
        case ReadOut() | Corrected() | Withdrew():
            return concerns(act.part)
        case Objected() | Answered() | CarriedUp():
            return act.number in objections
    return True


def _objection(bundle: Bundle, rows: PlenaryRows, state: ObjectionState, folder: str) -> dict[str, Any]:
    act = state.act
    return {
        "number": act.number,
        "at": act.at,
        "kind": str(act.kind),
        "by": act.by,
        "who": act.who,
        "text": act.text,
        "part": act.part,
        "origin": act.origin,
        "answer": None if state.answer is None else as_json(state.answer),
        "carried": None if state.carried is None else as_json(state.carried),
        "files": [
            {
                "sha256": digest,
                "name": rows.files[digest].name,
                "kind": rows.files[digest].kind,
                "at": bundle.told(rows.files[digest].at),
                "file": bundle.put_object(f"{folder}/objections/{act.number}-{digest}", digest),
            }
            for digest in act.attachments
        ],
    }


def _version(bundle: Bundle, rows: PlenaryRows, row: Any, folder: str) -> dict[str, Any]:
    """A version: its data as they were hashed, what it rests on, and its papers with each signature."""
    inside = f"{folder}/versions/{row.version}"
    recap = {
        "schema": RECAP_SCHEMA,
        "contest": bundle.contest,
        "unit": rows.unit,
        "version": row.version,
        "at": bundle.told(row.at),
        "sha256": row.body,
        **{name: getattr(row, name) for name in ("figures", "parts", "corrections", "missing")},
        **{name: getattr(row, name) for name in ("stations", "expected", "unknown_villages")},
    }
    return {
        "version": row.version,
        "at": bundle.told(row.at),
        "sha256": row.body,
        "stations": row.stations,
        "expected": row.expected,
        "sums": {
            name: total(row.figures, (dict(zip(row.figures, part[place], strict=True)) for part in row.parts))
            for name, place in (("sheets", SHEETS), ("certified", CERTIFIED))
        },
        "data": bundle.put(f"{inside}/D.HASIL.json", bundle.workspace.objects.get(row.body)),
        "recap": bundle.put_json(f"{inside}/recap.json", recap),
        "papers": [
            {
                "number": paper.number,
                "at": bundle.told(paper.at),
                "signer": paper.signer,
                "sha256": paper.sha256,
                "file": bundle.put_object(f"{inside}/paper-{paper.number}", paper.sha256),
            }
            for paper in rows.papers.get(row.pk, ())
        ],
    }
