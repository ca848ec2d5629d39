"""One station's sheet, before anything is published: figures beside cuts, findings, copies, events."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act, may
from sirekap.flow.capture_views import copy_view, sheet_view
from sirekap.forms import Form, form_of
from sirekap.store.board import events_of, place_of
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, must
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

EMPTY: dict[str, Any] = {
    "state": "missing", "version": None, "pages": [], "pages_missing": [], "figures": {}, "findings": [],
    "photos": [], "confirmation": None, "pending": 0, "message": "", "eta_seconds": None,
}  # fmt: skip


@door("GET")
def sheet_page(request: HttpRequest, signed: Signed, station: str, contest: str) -> HttpResponse:
    """The sheet of one contest of one station."""
    workspace, language = workspace_of(request), language_of(request)
    place = place_of(workspace, station) if len(station) == 13 else None
    must(signed, Act.SEE_SHEET, station if place else "0", known=place is not None)
    contests = {item.code: item for item in workspace.election().contests}
    if contest not in contests:
        raise NotTaken(Reason.UNKNOWN)
    form = form_of(contests[contest].form)
    try:
        sheet = sheet_view(workspace, signed, contest, station, language)
    except NotTaken as error:
        if error.reason is not Reason.NOTHING:
            raise
        sheet = EMPTY
    events = events_of(workspace, contest, station) if may(signed.mandates, Act.SEE_EVENTS, station) else None
    return page(
        request, "sheet.html", place=place, contest=contest, contests=list(contests), form=form, sheet=sheet,
        labels={field.name: field.label.of(language) for field in form.fields},
        differences=_differences(request, signed, contest, station), events=events, figures=_figures(form, sheet),
    )  # fmt: skip


def _differences(request: HttpRequest, signed: Signed, contest: str, station: str) -> list[dict[str, Any]]:
    try:
        view = copy_view(workspace_of(request), signed, contest, station, language_of(request))
    except NotTaken:  # who may see the sheet need not have sent a copy
        return []
    return list(view.get("differences") or ())


def _figures(form: Form, sheet: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """The figures of each page in the form's order: what the machine read, and what the officer says."""
    said = (sheet.get("confirmation") or {}).get("figures") or {}
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
            }
        )
    return pages
