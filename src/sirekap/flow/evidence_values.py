"""Rows of sheets and copies as the documents of an evidence bundle write them: figures, findings, versions."""

from __future__ import annotations

from typing import Any

from sirekap.figures import Figure
from sirekap.flow.evidence_bundle import Bundle
from sirekap.forms import Form
from sirekap.rules import Finding, explain
from sirekap.store.versions import figure_json, figures_of, finding_json, findings_of

LANGUAGES = ("id", "en")
# What of an event's details may leave the server; all else of them stands elsewhere, or belongs to nobody else.
DETAILS = frozenset(
    {
        *(
            "contest",
            "station",
            "version",
            "state",
            "source",
            "outcome",
            "number",
            "round",
            "step",
            "how",
            "rule",
        ),
        *("reason", "open", "corrections", "insisted", "different", "kind", "ground"),
    }
)


def figure_tree(figure: Figure) -> dict[str, Any]:
    """A figure: value, status, confidence."""
    value, status, confidence = figure_json(figure)
    return {"value": value, "status": status, "confidence": confidence}


def finding_tree(form: Form, finding: Finding) -> dict[str, Any]:
    """A finding with its words."""
    return {
        **finding_json(finding),
        "text": {language: explain(form, finding, language) for language in LANGUAGES},
    }


def version_tree(bundle: Bundle, form: Form, row: Any) -> dict[str, Any]:
    """A version of a sheet or copy: what all its photographs said together."""
    return {
        "version": row.version,
        "at": bundle.told(row.created_at),
        "reader": row.reader,
        "photos": row.photos,
        "pages": row.pages,
        "used": row.used,
        "beside": row.beside,
        "problems": row.problems,
        "uncertain": row.uncertain,
        "figures": {name: figure_tree(figure) for name, figure in figures_of(row).items()},
        "findings": [finding_tree(form, finding) for finding in findings_of(row)],
        "why": row.why,
    }


def event_tree(bundle: Bundle, row: Any) -> dict[str, Any]:
    """An event; of its details what says something about the sheet."""
    return {
        "at": bundle.told(row.at),
        "who": row.who,
        "act": row.act,
        "subject": row.subject,
        "detail": {key: value for key, value in row.detail.items() if key in DETAILS},
    }


def without_name(reading: dict[str, Any]) -> dict[str, Any]:
    """What was read of a photograph, without the name of its file on the sender's device."""
    return {key: value for key, value in reading.items() if key != "name"}
