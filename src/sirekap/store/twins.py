"""Near-duplicates: a photograph that looks like another station's, a page with another station's numbers.

Found when a photograph or a version is written down, in the same transaction; each pair is kept, and is finding
R45 of both sheets until two people answer for it. The two are found whichever comes first, and both at once too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any

from django.db import connections
from django.db.models import Q

from sirekap.figures import Figure, Status
from sirekap.forms import Form
from sirekap.store.generations import generation_of
from sirekap.store.models import Assignment, Likeness, LikenessBand, PageFigures, SheetVersion, Twin
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

LOOK, FIGURES = "look", "figures"
BAND_DIGITS = 4  # 16 bits
ALIKE = 32
"""At most so many of 256 bits differ (docs/review.md: measured on simulated photographs)."""
LEAST_NUMBERS = 6  # a page with fewer numbers above 9 may be the same by chance


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photographs of two stations that may be one: `kind`, the pages, how many bits differ."""

    kind: str
    contest: str
    stations: tuple[str, str]
    photos: tuple[str, str]
    page: int | None
    distance: int
    at: datetime


def note_look(
    workspace: Workspace, contest: str, station: str, photo: Any, bits: str | None, at: datetime
) -> set[str]:
    """Write down what a photograph looks like, and the other stations' that look the same; these stations."""
    if bits is None:
        return set()
    bands = [int(bits[start : start + BAND_DIGITS], 16) for start in range(0, len(bits), BAND_DIGITS)]
    _alone(workspace, [band << 16 | value for band, value in enumerate(bands)])
    if not workspace.rows(Likeness).filter(photo=photo).exists():
        workspace.rows(Likeness).create(photo=photo, bits=bits)
        rows = [LikenessBand(photo=photo, band=band, value=value) for band, value in enumerate(bands)]
        workspace.rows(LikenessBand).bulk_create(rows)
    shared = reduce(or_, (Q(band=band, value=value) for band, value in enumerate(bands)))
    near = workspace.rows(LikenessBand).filter(shared).exclude(photo=photo).values("photo_id")
    found = set()
    for other, theirs in workspace.rows(Likeness).filter(photo__in=near).values_list("photo_id", "bits"):
        distance = (int(bits, 16) ^ int(theirs, 16)).bit_count()
        if distance <= ALIKE:
            found |= _pair(workspace, contest, LOOK, station, photo.pk, [other], distance, None, at)
    return found


def note_figures(
    workspace: Workspace, form: Form, version: Any, figures: Mapping[str, Figure], at: datetime
) -> set[str]:
    """Write down the numbers of each page of a version, and the other stations with the same; these stations."""
    sheet, found = version.sheet, set()
    digests = {page: digest_of(form, int(page), figures) for page in version.used}
    for page, digest in sorted(digests.items(), key=lambda item: item[1] or ""):  # locked in one order by all
        if digest is None:
            continue
        photo = version.used[page]
        _alone(workspace, [int(digest[:15], 16)])
        workspace.rows(PageFigures).create(version=version, page=int(page), photo_id=photo, digest=digest)
        same = workspace.rows(PageFigures).filter(digest=digest).exclude(photo_id=photo)
        others = same.filter(version__sheet__contest_id=sheet.contest_id).values_list("photo_id", flat=True)
        found |= _pair(
            workspace, sheet.contest_id, FIGURES, sheet.station, photo, others.distinct(), 0, int(page), at
        )
    return found


def digest_of(form: Form, page: int, figures: Mapping[str, Figure]) -> str | None:
    """The SHA-256 of a page's figures; None where one is illegible, or too few are numbers that say anything."""
    here = [(field.name, figures.get(field.name)) for field in form.fields if field.page == page]
    if any(figure is None or figure.status is Status.ILLEGIBLE for _, figure in here):
        return None
    values = {name: figure.value for name, figure in here if figure is not None}
    if len({value for value in values.values() if value is not None and value > 9}) < LEAST_NUMBERS:
        return None
    return sha256(json.dumps([form.id, page, values], sort_keys=True).encode()).hexdigest()


def pairs_within(workspace: Workspace, contest: str, unit: str, start: int = 0, many: int = 20) -> list[Pair]:
    """Some pairs of a contest that touch a unit, the newest first."""
    rows = workspace.rows(Twin).filter(contest_id=contest)
    rows = rows.filter(within("station_one", {unit}) | within("station_two", {unit}))
    return [
        Pair(
            row.kind, contest, (row.station_one, row.station_two), (row.one_id, row.two_id), row.page,
            row.distance, row.at,
        )
        for row in rows.order_by("-id")[start : start + many]
    ]  # fmt: skip


def twins_by_station(
    workspace: Workspace, contest: str, station: str | None = None, until: datetime | None = None
) -> dict[str, list[Any]]:
    """The rows of pairs by station; each stands under both of its stations."""
    rows = workspace.rows(Twin).filter(contest_id=contest)
    if station is not None:
        rows = rows.filter(within("station_one", {station}) | within("station_two", {station}))
    if until is not None:
        rows = rows.filter(at__lte=until)
    found: dict[str, list[Any]] = {}
    for row in rows.order_by("id"):
        for code in (row.station_one, row.station_two):
            found.setdefault(code, []).append(row)
    return found


def twin_figures(form: Form, version: Any, twins: Iterable[Any]) -> tuple[str, ...]:
    """The figures of a version's pages of which the photograph, used or beside, has a twin elsewhere."""
    pages = set()
    for row in twins:
        for page, photo in version.used.items():
            if photo in (row.one_id, row.two_id):
                pages.add(int(page))
    return tuple(field.name for field in form.fields if field.page in pages)


def _alone(workspace: Workspace, keys: Iterable[int]) -> None:
    """Be the only one who writes down or looks for these until the transaction ends.

    Two that arrive at once would each look before the other is there to be seen. SQLite has one writer at a time.
    Whoever holds such a lock waits for no sheet of another station: those stand again in a transaction of their
    own, and nobody waits in a ring.
    """
    connection = connections[workspace.alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [sorted(keys)])


def _pair(
    workspace: Workspace,
    contest: str,
    kind: str,
    station: str,
    photo: str,
    others: Iterable[str],
    distance: int,
    page: int | None,
    at: datetime,
) -> set[str]:
    """Keep pairs with photographs of other stations; these stations."""
    rows = workspace.rows(Assignment).filter(contest_id=contest, photo_id__in=list(others))
    found = set()
    for other, elsewhere in rows.exclude(sheet__station=station).values_list("photo_id", "sheet__station"):
        if kind == FIGURES and not _still_used(workspace, contest, elsewhere, other):
            continue
        workspace.rows(Twin).get_or_create(
            contest_id=contest, kind=kind, one_id=other, two_id=photo,
            defaults={
                "station_one": elsewhere, "station_two": station, "page": page, "distance": distance, "at": at
            },
        )  # fmt: skip
        found.add(elsewhere)
    return found


def _still_used(workspace: Workspace, contest: str, station: str, photo: str) -> bool:
    """Whether the latest version of a station's latest count rests on a photograph."""
    last = generation_of(workspace, contest, station).after("last_version")
    rows = workspace.rows(SheetVersion).filter(
        sheet__contest_id=contest, sheet__station=station, version__gt=last
    )
    latest = rows.order_by("-version").first()
    return latest is not None and photo in latest.used.values()
