"""What a plenary shows: its parts, sums side by side, what keeps it from closing, minutes, versions.

The dictionaries are those of the API (docs/plenaries.md), and the pages are drawn from them too. A part's own
figures are asked for one part at a time (`part_view`): a district can have hundreds of stations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sirekap.access import Act as Doing
from sirekap.access import may, roots
from sirekap.figures import Figure
from sirekap.flow.blind import keep_blind
from sirekap.flow.form_views import contest_title
from sirekap.flow.plenary_certificate import names_of
from sirekap.flow.plenary_words import absent_words, block_words, signing_words, stage_words
from sirekap.geography import NATION, OVERSEAS, Tier, tier_of
from sirekap.recap import (
    Column,
    ObjectionKind,
    above,
    as_json,
    holds_plenary,
    waiting_objections,
)
from sirekap.recap.plenary import ObjectionState
from sirekap.rules import check, explain
from sirekap.store.loading import iso
from sirekap.store.models import PlenaryFile, RecapVersion, Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenaries import Sitting
from sirekap.store.plenary_list import Standing, standings
from sirekap.store.ranges import within
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

OWN = (Doing.HOLD_PLENARY, Doing.OBJECT, Doing.SIGN)
MAY = {
    "hold": Doing.HOLD_PLENARY, "answer": Doing.ANSWER, "object": Doing.OBJECT, "sign": Doing.SIGN,
    "reopen": Doing.REOPEN_PLENARY,
}  # fmt: skip


def list_view(workspace: Workspace, signed: Signed, language: str = "id") -> dict[str, Any]:
    """`GET /plenaries`: the caller's own plenaries, and those below them.

    Raises NotTaken (FORBIDDEN) for who has to do with none.
    """
    own = sorted({unit for doing in OWN for unit in roots(signed.mandates, doing)})
    units = [unit for unit in own if tier_of(unit) <= Tier.DISTRICT]
    if not units:
        raise NotTaken(Reason.FORBIDDEN)
    contests = [contest.code for contest in workspace.election().contests]
    below = {code for unit in units for code in _below(workspace, unit)}
    names = _names(workspace, [*units, *below])
    return {
        "plenaries": [
            _listed(item, names, language)
            for contest in contests
            for item in standings(workspace, contest, [u for u in units if holds_plenary(u, contest)])
        ],
        "below": [
            _listed(item, names, language)
            for contest in contests
            for item in standings(workspace, contest, sorted(u for u in below if holds_plenary(u, contest)))
        ],
    }


def _below(workspace: Workspace, unit: str) -> Iterable[str]:
    """The units whose certificate goes to this one."""
    tier = tier_of(unit)
    if tier is Tier.DISTRICT:
        return ()
    rows = workspace.rows(Unit).filter(within("code", [unit]), tier=int(tier) + 1)
    codes = [code for code in rows.values_list("code", flat=True) if code != OVERSEAS]
    if unit == NATION:
        overseas = workspace.rows(Unit).filter(within("code", [OVERSEAS]), tier=int(Tier.DISTRICT))
        codes += list(overseas.values_list("code", flat=True))
    return codes


def _listed(item: Standing, names: Mapping[str, str], language: str) -> dict[str, Any]:
    return {
        "unit": item.unit,
        "name": names.get(item.unit, item.unit),
        "contest": item.contest,
        "title": contest_title(item.contest, language),
        "stage": str(item.stage),
        "stage_words": stage_words(item.stage, language),
        "version": item.version,
        "closed_at": None if item.closed_at is None else iso(item.closed_at),
    }


def plenary_view(sitting: Sitting, signed: Signed, language: str = "id") -> dict[str, Any]:
    """`GET /plenaries/{contest}/{unit}`: the whole of a plenary but the parts' own figures."""
    workspace, unit, minutes = sitting.workspace, sitting.unit, sitting.minutes
    names = _names(workspace, [unit, *(part.code for part in sitting.parts)])
    told = {code: _in_full(code, names) for code in names}
    waiting = waiting_objections(sitting.recap)
    return {
        "unit": unit,
        "name": names[unit],
        "contest": sitting.contest,
        "title": contest_title(sitting.contest, language),
        "form": sitting.form.id,
        "tier": tier_of(unit).name.lower(),
        "stage": str(minutes.stage),
        "stage_words": stage_words(minutes.stage, language),
        "opening": None if minutes.opening is None else as_json(minutes.opening),
        "reopening": None if minutes.reopening is None else as_json(minutes.reopening),
        "parts": [_part_row(sitting, column, names, language) for column in sitting.recap.columns],
        "sums": _sums(sitting, language),
        "blocks": [
            {
                "block": str(item.block),
                "about": list(item.about),
                "words": block_words(item, language, sitting.form, told),
            }
            for item in sitting.blocks
        ],
        "objections": [_objection(sitting, state, told) for state in minutes.objections.values()],
        "waiting": [
            {"origin": origin, "by": item.by, "text": item.text, "kind": str(item.kind)}
            for origin, item in waiting.items()
            if origin not in minutes.taken_up
        ],
        "attendance": [
            {**as_json(item), "signing_words": signing_words(item.signing, language)}
            for item in minutes.attendance
        ],
        "versions": versions_view(sitting),
        "acts": [{**as_json(act), "line": line} for line, act in enumerate(sitting.acts, start=1)],
        "above": above(unit, sitting.contest),
        "may": {name: may(signed.mandates, doing, unit) for name, doing in MAY.items()},
    }


def versions_view(sitting: Sitting) -> list[dict[str, Any]]:
    """The closed versions, the first one first."""
    rows = sitting.workspace.rows(RecapVersion).filter(
        plenary__contest_id=sitting.contest, plenary__unit=sitting.unit
    )
    return [
        {"version": row.version, "at": iso(row.at), "sha256": row.body, "stations": row.stations}
        for row in rows.order_by("version")
    ]


def _part_row(sitting: Sitting, column: Column, names: Mapping[str, str], language: str) -> dict[str, Any]:
    part = column.part
    return {
        "code": part.code,
        "name": names.get(part.code, part.code),
        "village": names.get(part.code[:10]) if tier_of(part.code) is Tier.STATION else None,
        "there": part.figures is not None,
        "reason": part.reason,
        "reason_words": absent_words(part.reason, language),
        "digest": part.digest,
        "read": part.figures is not None and sitting.minutes.read.get(part.code) == part.digest,
        "stations": part.stations,
        "corrections": len(column.applied),
        "below": len(part.below),
        "moved": list(part.moved),
        "late": list(part.late),
    }


def _sums(sitting: Sitting, language: str) -> list[dict[str, Any]]:
    """Figure by figure: of the sheets, as certified below, and as this plenary counts."""
    recap, who = sitting.recap, names_of(sitting.workspace, sitting.contest, sitting.form, sitting.unit)
    sheets, below, counted = recap.sheets, recap.below, recap.counted
    why: dict[str, list[dict[str, Any]]] = {}
    for item in recap.corrections:
        why.setdefault(item.figure, []).append(as_json(item))
    return [
        {
            "figure": field.name,
            "line": field.line,
            "label": field.label.of(language),
            "who": who.get(field.name, ""),
            "sheets": sheets[field.name],
            "below": below[field.name],
            "counted": counted[field.name],
            "corrections": why.get(field.name, []),
        }
        for field in sitting.form.fields
    ]


def part_view(sitting: Sitting, signed: Signed, code: str, language: str = "id") -> dict[str, Any]:
    """`GET /plenaries/{contest}/{unit}/parts/{part}`: a part's figures, corrections, and what these do to it.

    Raises NotTaken: UNKNOWN for what is no part, BLIND while the caller types this sheet (`flow.blind`).
    """
    who = names_of(sitting.workspace, sitting.contest, sitting.form, sitting.unit)
    columns = {column.part.code: column for column in sitting.recap.columns}
    if code not in columns:
        raise NotTaken(Reason.UNKNOWN, ["expected a part of this plenary"])
    column, codes = columns[code], list(columns)
    names, place = _names(sitting.workspace, [code]), codes.index(code)
    counted, part = column.counted or {}, column.part
    if sitting.district and part.figures is not None:
        keep_blind(sitting.workspace, signed, sitting.contest, code)
    return {
        **_part_row(sitting, column, names, language),
        "previous": codes[place - 1] if place else None,
        "next": codes[place + 1] if place + 1 < len(codes) else None,
        "place": place + 1,
        "of": len(codes),
        "figures": [
            {
                "figure": field.name,
                "page": field.page,
                "line": field.line,
                "label": field.label.of(language),
                "who": who.get(field.name, ""),
                "most": field.most,
                "sheets": part.sheets.get(field.name),
                "below": (part.figures or {}).get(field.name),
                "counted": counted.get(field.name),
                "corrections": [as_json(item) for item in column.corrections if item.figure == field.name],
            }
            for field in sitting.form.fields
        ],
        "loose": [as_json(item) for item in column.loose],
        "findings": _findings(sitting, column, language),
    }


def _findings(sitting: Sitting, column: Column, language: str) -> list[dict[str, Any]]:
    """What the form's arithmetic says of a station's figures as they are counted, after corrections."""
    if column.counted is None or not sitting.district:
        return []
    figures = {
        name: Figure.blank() if value is None else Figure.read(value) for name, value in column.counted.items()
    }
    limit = sitting.workspace.election().voters_per_station
    return [
        {
            "rule": item.rule,
            "severity": str(item.severity),
            "figures": list(item.figures),
            "text": explain(sitting.form, item, language),
        }
        for item in check(sitting.form, figures, voters_per_station=limit)
    ]


def _objection(sitting: Sitting, state: ObjectionState, names: Mapping[str, str]) -> dict[str, Any]:
    act = state.act
    rows = sitting.workspace.rows(PlenaryFile).filter(sha256__in=list(act.attachments))
    files = {row.sha256: row for row in rows}
    return {
        **as_json(act),
        "part_name": names.get(act.part, act.part),
        "event": act.kind is ObjectionKind.EVENT,
        "open": state.open,
        "answer": None if state.answer is None else as_json(state.answer),
        "carried": None if state.carried is None else as_json(state.carried),
        "files": [
            {"sha256": digest, "name": files[digest].name, "kind": files[digest].kind, "size": files[digest].size}
            for digest in act.attachments
            if digest in files
        ],
    }


def _in_full(code: str, names: Mapping[str, str]) -> str:
    """ "TPS 001, GELORA" of a station, as another village has a TPS 001 too."""
    village = names.get(code[:10]) if tier_of(code) is Tier.STATION else None
    return f"{names[code]}, {village}" if village else names[code]


def _names(workspace: Workspace, codes: Iterable[str]) -> dict[str, str]:
    """The names of units; of stations "TPS 001", with those of their villages beside."""
    wanted = set(codes)
    stations = [code for code in wanted if tier_of(code) is Tier.STATION]
    units = (wanted - set(stations)) | {code[:10] for code in stations}
    names = dict(workspace.rows(Unit).filter(code__in=units).values_list("code", "name"))
    return names | {code: f"TPS {code[-3:]}" for code in stations}
