"""Sheets that stand otherwise than their district's certificate says, as tiers above have to know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier
from sirekap.store.certified import digest_of, last_versions, settled_values
from sirekap.store.models import MovedSheet
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints

Values = Mapping[str, int | None]
FEW = 2  # stations of a district that are looked at one by one


@dataclass(frozen=True, slots=True)
class Moved:
    """A station whose sheet stands otherwise than its district's certificate says.

    `certified` is what its sheet said then, None where it was missing; `now` what it says, None where it is not
    settled.
    """

    station: str
    certified: Values | None
    now: Values | None

    @property
    def late(self) -> bool:
        """Whether it was missing, and is there now."""
        return self.certified is None


def moved_within(workspace: Workspace, contest: str, form: Form, units: Iterable[str]) -> list[Moved]:
    """The sheets in these units that stand otherwise than their district's last certificate says, by code."""
    rows = workspace.rows(MovedSheet).filter(within("station", units), version__plenary__contest_id=contest)
    by_district: dict[str, list[str]] = {}
    for station in sorted(set(rows.values_list("station", flat=True))):
        by_district.setdefault(station[: LENGTH[Tier.DISTRICT]], []).append(station)
    versions = last_versions(workspace, contest, by_district)
    return [
        item
        for district, stations in by_district.items()
        for item in _moved(workspace, contest, form, versions[district], stations)
    ]


def _moved(workspace: Workspace, contest: str, form: Form, version: Any, stations: list[str]) -> Iterator[Moved]:
    """Those of a district's stations that still stand otherwise than its certificate says."""
    many = len(stations) > FEW
    points = standpoints(workspace, contest, form, stations[0][: LENGTH[Tier.DISTRICT]]) if many else {}
    parts = {part[0]: part for part in version.parts}
    for station in stations:
        found = points if many else standpoints(workspace, contest, form, station)
        point, part = found.get(station), parts.get(station)
        now = settled_values(form, point)
        digest = None if point is None or now is None else digest_of(form, point)
        if digest != (None if part is None else part[1]):
            certified = None if part is None else dict(zip(version.figures, part[3], strict=True))
            yield Moved(station, certified, now)
