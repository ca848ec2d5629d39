"""Photographs in an evidence bundle: the sheet's, copies', those set aside; what was read of them; deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sirekap.access import Act
from sirekap.flow.evidence_bundle import Bundle
from sirekap.flow.evidence_values import version_tree, without_name
from sirekap.forms import form_of
from sirekap.record.evidence import page_name
from sirekap.store.evidence_rows import CopyRows, SheetRows
from sirekap.store.generations import told_before
from sirekap.store.receiving import OFFICER
from sirekap.store.standing import Standpoint


def photographs_tree(
    bundle: Bundle, rows: SheetRows, folder: str, point: Standpoint | None
) -> list[dict[str, Any]]:
    """The sheet's photographs as received and as published, with every reading of them."""
    used: Mapping[str, str] = {} if point is None else point.version.used
    beside = [] if point is None else point.version.beside
    problems: Mapping[str, str] = {} if point is None else point.version.problems
    found = []
    for row in rows.assignments:
        ended = rows.count.ended_by("last_assignment", row.pk)
        photo, readings = row.photo, rows.readings.get(row.photo_id, [])
        latest = readings[-1] if readings else None
        page = None if latest is None else latest.page
        role = "used" if photo.sha256 in used.values() else "beside" if photo.sha256 in beside else "unread"
        found.append(
            {
                "sha256": photo.sha256,
                "page": page,
                "role": role,
                "problem": told_before(ended)
                if ended is not None
                else (None if latest is None else latest.problem) or problems.get(photo.sha256),
                "count": rows.count_of("last_assignment", row.pk),
                "at": bundle.told(photo.received_at),
                "assigned_at": bundle.told(row.created_at),
                "source": _source(row.source),
                "size": photo.size,
                "file": bundle.put_photo(f"{folder}/received/{page_name(page, photo.sha256)}", photo.sha256),
                "published": photo.published,
                "published_file": bundle.put_object(
                    f"{folder}/published/{page_name(page, photo.published)}", photo.published
                ),
                "readings": [
                    _reading(bundle, each, folder, f"{photo.sha256}-{number}")
                    for number, each in enumerate(readings, start=1)
                ],
            }
        )
    return found


def _reading(bundle: Bundle, row: Any, folder: str, name: str) -> dict[str, Any]:
    """One version of the reader's evidence, and its cuts; of a photograph of the sheet or of a copy."""
    return {
        "reader": row.reader,
        "at": bundle.told(row.created_at),
        "page": row.page,
        "problem": row.problem,
        "file": bundle.put_json(f"{folder}/readings/{name}.json", without_name(row.reading)),
        "cuts": {
            figure: bundle.put_object(f"{folder}/cuts/{figure}-{digest}", digest)
            for figure, digest in sorted(row.cuts.items())
        },
    }


def _source(text: str) -> str:
    return "phone" if text.startswith("delivery ") else "manifest"


def copy_tree(bundle: Bundle, rows: SheetRows, copy: CopyRows, number: int, folder: str) -> dict[str, Any]:
    """A witness's or supervisor's own copy: photographs and what was read of them."""
    inside = f"{folder}/copies/{number}"
    sent = copy.photos[0].delivery.at if copy.photos else None
    account = copy.copy.account
    return {
        "number": number,
        "who": account.login if sent is None else bundle.who(account, Act.SEND_COPY, rows.station, sent),
        "photographs": [
            {
                "sha256": row.sha256,
                "page": row.page,
                "form": row.form,
                "problem": row.problem,
                "at": bundle.told(row.delivery.at),
                "size": row.delivery.size,
                "file": bundle.put_photo(f"{inside}/received/{page_name(row.page, row.sha256)}", row.sha256),
                "published": row.published,
                "published_file": bundle.put_object(
                    f"{inside}/published/{page_name(row.page, row.published)}", row.published
                ),
                "readings": [_reading(bundle, row, inside, row.sha256)],
            }
            for row in copy.photos
        ],
        "versions": [
            {
                "form": row.form,
                "count": rows.count_of("last_copy", row.pk),
                **version_tree(bundle, form_of(row.form), row),
            }
            for row in copy.versions
        ],
    }


def delivery_tree(bundle: Bundle, rows: SheetRows, row: Any, folder: str) -> dict[str, Any]:
    """A photograph that a phone delivered: by whom, with the server's signed receipt, and what became of it.

    `file` is named where the photograph is the sheet's, a copy's or set aside nowhere: it waits or was refused.
    """
    elsewhere = {one.photo_id for one in rows.assignments} | {one.sha256 for one in rows.aside}
    elsewhere |= {photo.sha256 for copy in rows.copies for photo in copy.photos}
    alone = row.sha256 not in elsewhere and bundle.workspace.objects.has(row.sha256)
    bundle.receipts = True
    act = Act.SEND_PHOTO if row.source == OFFICER else Act.SEND_COPY
    result = getattr(row, "result", None)
    return {
        "at": bundle.told(row.at),
        "who": bundle.who(row.account, act, row.station, row.at),
        "source": row.source,
        "sha256": row.sha256,
        "size": row.size,
        "page": row.page,
        "form": row.form,
        "count": rows.count_of("last_delivery", row.pk),
        "receipt": row.receipt,
        "file": bundle.put_photo(f"{folder}/delivered/{row.sha256}", row.sha256) if alone else None,
        "result": None
        if result is None
        else {
            "at": bundle.told(result.at),
            "outcome": result.outcome,
            "problem": result.problem,
            "remarks": result.remarks,
        },
    }


def aside_tree(bundle: Bundle, rows: SheetRows, row: Any, folder: str) -> dict[str, Any]:
    """A photograph that was given for this station and counts nowhere."""
    return {
        "at": bundle.told(row.at),
        "sha256": row.sha256,
        "reason": row.reason,
        "count": rows.count_of("last_aside", row.pk),
        "source": _source(row.source),
        "file": bundle.put_photo(f"{folder}/aside/{row.sha256}", row.sha256),
    }
