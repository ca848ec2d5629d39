"""Sheets that stand otherwise than their district's certificate says, as tiers above have to know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier
from sirekap.store.certified import digest_of, last_versions, settled_values
from sirekap.store.models import MovedSheet
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints

Values = Mapping[str, int | None]


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
    stations = sorted({row.station for row in rows.only("station")})
    districts = {station[: LENGTH[Tier.DISTRICT]] for station in stations}
    versions = last_versions(workspace, contest, districts)
    found = []
    for station in stations:
        version = versions[station[: LENGTH[Tier.DISTRICT]]]
        part = next((part for part in version.parts if part[0] == station), None)
        point = standpoints(workspace, contest, form, station).get(station)
        now = settled_values(form, point)
        digest = None if point is None or now is None else digest_of(form, point)
        if digest != (None if part is None else part[1]):
            certified = None if part is None else dict(zip(version.figures, part[3], strict=True))
            found.append(Moved(station, certified, now))
    return found
