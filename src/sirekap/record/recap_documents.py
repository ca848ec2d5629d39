"""The published document of a plenary, /data/recap/<unit>.json; docs/published-tree.md explains it."""

from __future__ import annotations

from sirekap.geography import path_of
from sirekap.recap import as_json
from sirekap.record.documents import Document
from sirekap.record.recap_state import PlenaryRecord, Values, VersionRecord
from sirekap.record.state import PublicState

SCHEMA = "sirekap/recap/1"


def recap_document(state: PublicState, record: PlenaryRecord) -> Document:
    """A plenary with its acts as they were written down, its versions, and the sheets that moved since."""
    names = state.form.names
    return {
        "schema": SCHEMA,
        "contest": state.contest.code,
        "form": state.form.id,
        "unit": record.unit,
        "name": state.geography.name_of(record.unit),
        "path": [{"code": code, "name": state.geography.name_of(code)} for code in path_of(record.unit)],
        "stage": str(record.stage),
        "acts": [as_json(act) for act in record.acts],
        "versions": [_version(version, names) for version in record.versions],
        "moved": [{"station": item.station, "how": str(item.how)} for item in record.moved],
    }


def _version(version: VersionRecord, names: tuple[str, ...]) -> Document:
    def of(values: Values) -> Document:
        return {name: values.get(name) for name in names}

    return {
        "number": version.number,
        "closed_at": version.closed_at,
        "data": version.data,
        "stations": version.stations,
        "sheets": of(version.sheets),
        "below": of(version.below),
        "certified": of(version.certified),
        "corrections": [as_json(item) for item in version.corrections],
        "paper": version.paper,
        "signatures": [{"signer": item.signer, "at": item.at} for item in version.signatures],
    }
