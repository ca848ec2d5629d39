"""What waits for people: sheets in review with their reasons, and photographs that count nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sirekap.figures import Status
from sirekap.forms import Form
from sirekap.record.state import StationRecord
from sirekap.review import State
from sirekap.store.intake import station_of_photo
from sirekap.store.models import SetAside
from sirekap.store.setup import Workspace
from sirekap.store.versions import latest_versions


@dataclass(frozen=True, slots=True)
class WaitingSheet:
    """A sheet in review and why; `findings` are error findings that nobody acknowledged."""

    record: StationRecord
    findings: tuple[str, ...]
    illegible: tuple[str, ...]
    uncertain: tuple[str, ...]
    pages_missing: tuple[int, ...]

    def reasons(self) -> Iterator[str]:
        """Each kind of reason once, in words that can be counted over many sheets."""
        yield from (f"finding {rule}" for rule in self.findings)
        if self.illegible:
            yield "illegible figures"
        if set(self.uncertain) - set(self.illegible):
            yield "uncertain figures"
        if self.pages_missing:
            yield "pages missing"


@dataclass(frozen=True, slots=True)
class WaitingPhoto:
    """A photograph that was set aside, as it was named and where it was claimed for."""

    sha256: str
    name: str
    station: str
    reason: str


def waiting_sheets(
    workspace: Workspace, contest: str, form: Form, records: Iterable[StationRecord]
) -> tuple[WaitingSheet, ...]:
    """The sheets in review among these, in their order."""
    versions = latest_versions(workspace, contest).values()
    uncertain = {version.sheet.station: tuple(version.uncertain) for version in versions}
    return tuple(
        WaitingSheet(
            record,
            record.open_errors,
            tuple(
                name
                for name in form.names
                if name in record.figures and record.figures[name].figure.status is Status.ILLEGIBLE
            ),
            uncertain.get(record.station, ()),
            record.pages_missing,
        )
        for record in records
        if record.state is State.REVIEW
    )


def waiting_photos(workspace: Workspace, contest: str) -> tuple[WaitingPhoto, ...]:
    """Photographs that were set aside and did not find their station later, in the order of arrival."""
    return tuple(
        WaitingPhoto(row.sha256, row.name, row.station, row.reason)
        for row in workspace.rows(SetAside).filter(contest_id=contest).order_by("id")
        if station_of_photo(workspace, contest, row.sha256) != row.station
    )
