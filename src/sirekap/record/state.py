"""The state of a workspace as it is published: plain records between the store and the pages.

`store` makes these, `publish` writes them; neither knows the other's insides. Objects (photographs, cuts) are
named by SHA-256 in hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sirekap.contests import Contest, Election
from sirekap.figures import Figure, Status, Why
from sirekap.forms import Form
from sirekap.geography import Geography
from sirekap.record.recap_state import PlenaryRecord
from sirekap.review import Acknowledgement, State
from sirekap.review.reruns import RerunKind
from sirekap.rules import Finding
from sirekap.tally import SheetResult

Quads = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photograph of a station as received (`sha256`) and as published (`published`, without EXIF).

    `role` is "used" where the sheet's figures were read from it, else "beside" (a further photograph of a
    page that has a better one) or "unread" (with its `problem`). `page` is None where no page was found.
    `boxes` are by figure the four corners of each box, clockwise from the top left, in pixels of the published
    photograph. `count` is the number of the count that it belongs to: 0 the first, else that of the rerun that
    began it; of a count that is over it is "unread".
    """

    sha256: str
    published: str
    page: int | None
    role: str
    problem: str | None = None
    boxes: Mapping[str, Quads] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """A figure with the photograph it was read from, the cut of it that shows the figure, and what the figure
    rests on.

    `figure` is the one that counts; where people confirmed or typed the sheet, `machine` is what was read, and
    `why` is about that. `officer` is what the station's officer confirmed, where the review desk decided.
    """

    figure: Figure
    photo: str | None
    cut: str | None
    why: Why | None = None
    machine: Figure | None = None
    officer: Figure | None = None

    @property
    def read(self) -> Figure:
        """What the machine read."""
        return self.machine or self.figure


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding, and who answers for it where someone does."""

    finding: Finding
    acknowledged: Acknowledgement | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The review desk decided a sheet's figures: when (ISO 8601), and whether a third person had to."""

    at: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class RerunRecord:
    """A station's votes were counted or cast again: its number from 1, on what ground, by whom in words, and when
    (ISO 8601).
    """

    number: int
    kind: RerunKind
    ground: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class StationRecord:
    """One station's sheet: where it stands and everything that it rests on.

    `confirmed_at` is when the station's officer vouched for its figures, ISO 8601; None where nobody did.
    `decided` is the review desk's word, which then counts. `reruns`, the oldest first: all but `photos` is of the
    count that the last one began.
    """

    station: str
    state: State
    figures: Mapping[str, FigureRecord]
    findings: tuple[FindingRecord, ...]
    photos: tuple[PhotoRecord, ...]
    pages_missing: tuple[int, ...] = ()
    confirmed_at: str | None = None
    decided: Decided | None = None
    reruns: tuple[RerunRecord, ...] = ()

    @property
    def by_people(self) -> bool:
        """Whether the figures that count are people's word."""
        return self.confirmed_at is not None or self.decided is not None

    @property
    def open_errors(self) -> tuple[str, ...]:
        """Rules of the error findings that nobody has acknowledged."""
        return tuple(
            sorted(
                {
                    record.finding.rule
                    for record in self.findings
                    if record.finding.severity == "error" and record.acknowledged is None
                }
            )
        )

    def result(self) -> SheetResult:
        """The sheet as the tally takes it: without figures while it is in review."""
        if self.state is State.REVIEW:
            return SheetResult(self.station, self.state, {}, self.open_errors)
        values = {
            name: record.figure.value
            for name, record in self.figures.items()
            if record.figure.status is not Status.ILLEGIBLE
        }
        return SheetResult(self.station, self.state, values, self.open_errors)


@dataclass(frozen=True)
class PublicState:
    """Everything that a publication is made from; the same state gives the same bytes.

    `plenaries` are those that were opened, by unit, and `officers` the certificates (PEM) of the authorities
    whose officers sign.
    """

    election: Election
    contest: Contest
    form: Form
    geography: Geography
    stations: tuple[StationRecord, ...]
    plenaries: tuple[PlenaryRecord, ...] = ()
    officers: tuple[bytes, ...] = ()
