"""One station's sheet, before anything is published: figures beside cuts, findings, copies, events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.access import ROLES, Act, may
from sirekap.flow.capture_views import differences, sheet_view
from sirekap.flow.reruns import figures_before
from sirekap.forms import Form, form_of
from sirekap.review.reruns import kinds_for
from sirekap.store.board import events_of, place_of
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.web.doors import door, must, open_above
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

COMPARES = ("official", "supervision", "audit")  # no witness sees what the other sides sent


@door("GET")
def sheet_page(request: HttpRequest, signed: Signed, station: str, contest: str) -> HttpResponse:
    """The sheet of one contest of one station; `?at=` shows how it stood at a moment (ISO 8601 with zone)."""
    workspace, language = workspace_of(request), language_of(request)
    place = place_of(workspace, station) if len(station) == 13 else None
    must(signed, Act.SEE_SHEET, station if place else "0", known=place is not None)
    assert place is not None
    contests = {item.code: item for item in workspace.election().contests}
    if contest not in contests:
        raise NotTaken(Reason.UNKNOWN)
    form = form_of(contests[contest].form)
    until = _moment(request.GET.get("at"))
    sheet = sheet_view(workspace, signed, contest, station, language, until=until)
    if sheet["version"] is None and not sheet["photos"] and not sheet["reruns"]:
        sheet["state"] = "missing"
    events = events_of(workspace, contest, station) if may(signed.mandates, Act.SEE_EVENTS, station) else None
    return page(
        request, "sheet.html", place=place, open=open_above(signed, place.path),
        contest=contest, contests=list(contests), form=form, sheet=sheet,
        tall={field.name for field in form.fields if field.bubbles is not None},
        labels={field.name: field.label.of(language) for field in form.fields},
        differences=None if until else _compared(workspace, signed, contest, station),
        events=events, figures=_figures(form, sheet), until=until,
        evidence=sheet["state"] != "missing" and may(signed.mandates, Act.TAKE_EVIDENCE, station),
        before=_before(workspace, contest, station, sheet),
        may_rerun=until is None and bool(kinds_for(signed.mandates, station)),
        done=request.GET.get("done") == "rerun",
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    """A moment of the past. Raises NotTaken (UNKNOWN) for what is none."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotTaken(Reason.UNKNOWN) from error
    if at.tzinfo is None:
        raise NotTaken(Reason.UNKNOWN)
    return at


def _compared(workspace: Workspace, signed: Signed, contest: str, station: str) -> list[dict[str, Any]] | None:
    """Where copies say otherwise; None for those who may not see what all copies say."""
    held = [mandate for mandate in signed.mandates if ROLES[mandate.role].side in COMPARES]
    return differences(workspace, contest, station) if may(held, Act.SEE_SHEET, station) else None


def _before(
    workspace: Workspace, contest: str, station: str, sheet: dict[str, Any]
) -> list[tuple[int, dict[str, int | None]]]:
    """For each rerun what counted before it, by figure; nothing until there are figures of the new count."""
    if sheet["version"] is None:
        return []
    numbers = [rerun["number"] for rerun in sheet["reruns"]]
    return [(number, figures_before(workspace, contest, station, number)) for number in numbers]


def _figures(form: Form, sheet: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """The figures of each page in the form's order: what the machine read, and what the officer says."""
    said = (sheet.get("confirmation") or {}).get("figures") or {}
    typed = (sheet.get("decided") or {}).get("figures") or {}
    pages: dict[int, list[dict[str, Any]]] = {}
    for field in form.fields:
        found = sheet["figures"].get(field.name)
        if found is None and field.name not in said:
            continue
        pages.setdefault(field.page, []).append(
            {
                "name": field.name,
                "machine": found,
                "confirmed": field.name in said,
                "officer": said.get(field.name),
                "decided": field.name in typed,
                "desk": typed.get(field.name),
            }
        )
    return pages
