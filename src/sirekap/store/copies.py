"""Copies: a witness's or supervisor's own photographs of a sheet, weighed apart from the officer's."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sirekap.forms import Form
from sirekap.store.generations import generation_of, locked_sheet
from sirekap.store.intake import Arrival, Weighing
from sirekap.store.loading import note, now
from sirekap.store.models import Copy, CopyAssignment, CopyVersion
from sirekap.store.setup import Workspace
from sirekap.store.standing import stand_again
from sirekap.store.versions import weighing_json


def copy_of(workspace: Workspace, contest: str, station: str, login: str) -> Any | None:
    """An account's copy of a station's sheet."""
    rows = workspace.rows(Copy).filter(contest_id=contest, station=station, account__login=login)
    return rows.select_related("account").first()


def store_copy_photo(workspace: Workspace, delivery: Any, arrival: Arrival, form: str, reader: str) -> Any:
    """Write a photograph of a copy down, read as a form, in one transaction; the copy. Again changes nothing."""
    with transaction.atomic(using=workspace.alias):
        copy, _ = workspace.rows(Copy).get_or_create(
            contest_id=delivery.contest_id, station=delivery.station, account_id=delivery.account_id
        )
        _, new = workspace.rows(CopyAssignment).get_or_create(
            copy=copy,
            sha256=arrival.sha256,
            defaults={
                "delivery": delivery,
                "published": arrival.published,
                "form": form,
                "reader": reader,
                "page": arrival.page,
                "problem": arrival.problem,
                "reading": dict(arrival.reading),
                "cuts": dict(arrival.cuts),
                "created_at": now(),
            },
        )
        if new:
            detail = {"contest": delivery.contest_id, "station": delivery.station, "account": delivery.owner}
            note(workspace, "copy received", arrival.sha256, detail)
    return copy


def copy_photos(workspace: Workspace, copy: Any) -> list[Any]:
    """The photographs of a copy that were delivered since the sheet's latest count began, in the order of
    arrival.
    """
    last = generation_of(workspace, copy.contest_id, copy.station).after("last_delivery")
    return list(workspace.rows(CopyAssignment).filter(copy=copy, delivery_id__gt=last).order_by("id"))


def copy_form(photos: list[Any], default: str) -> str:
    """The form that most pages of a copy are of; the first where two are as many."""
    forms = [photo.form for photo in photos if photo.problem is None] or [photo.form for photo in photos]
    return max(dict.fromkeys(forms), key=forms.count) if forms else default


def latest_copy(workspace: Workspace, copy: Any) -> Any | None:
    """The newest version of a copy of the sheet's latest count."""
    last = generation_of(workspace, copy.contest_id, copy.station).after("last_copy")
    return workspace.rows(CopyVersion).filter(copy=copy, pk__gt=last).order_by("-version").first()


def store_copy_weighing(
    workspace: Workspace, copy: Any, form: str, sheet_form: Form, weighing: Weighing, reader: str
) -> bool:
    """Add a version of a copy, and let the station's sheet stand again, in one transaction.

    `form` is the copy's, `sheet_form` that of the station's sheet. False where it rests on no new photograph, or
    on those of a count that is over.
    """
    with transaction.atomic(using=workspace.alias):
        # The sheet is locked first, as everywhere, so that two acts never wait for each other.
        locked_sheet(workspace, copy.contest_id, copy.station)
        workspace.rows(Copy).select_for_update().get(pk=copy.pk)
        own = {photo.sha256 for photo in copy_photos(workspace, copy)}
        last = latest_copy(workspace, copy)
        if not weighing.photos or not own.issuperset(weighing.photos):
            return False
        if last is not None and set(last.photos) >= set(weighing.photos):
            return False
        number = workspace.rows(CopyVersion).filter(copy=copy).count() + 1
        workspace.rows(CopyVersion).create(
            copy=copy, version=number, form=form, reader=reader, created_at=now(), **weighing_json(weighing)
        )
        point = stand_again(workspace, copy.contest_id, sheet_form, copy.station)
        different = [] if point is None else list(point.different)
        detail = {"contest": copy.contest_id, "version": number, "different": different}
        note(workspace, "copy read", copy.station, detail)
    return True
