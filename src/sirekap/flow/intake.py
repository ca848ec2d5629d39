"""Photographs in: keep the bytes, read, write down, weigh each sheet; told in full, stopped by nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sirekap.errors import Problem, quoted
from sirekap.flow.reader import PhotoTask, Progress, Reader, read_tasks, silent
from sirekap.flow.steps import contest_of
from sirekap.forms import Form, form_of
from sirekap.geography import Geography
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.review import State
from sirekap.store.generations import Generations, generations_of
from sirekap.store.intake import (
    Arrival,
    OfCountBefore,
    Weighing,
    must_be_of_this_count,
    readings_of,
    set_aside,
    stand_twins,
    station_of_photo,
    store_photo,
    store_weighing,
    waiting_stations,
)
from sirekap.store.jobs import Crashed, Pool
from sirekap.store.loading import geography_of
from sirekap.store.manifest import Entry, parse_manifest, photo_bytes, read_file
from sirekap.store.models import Sheet
from sirekap.store.setup import Workspace


@dataclass
class IngestReport:
    """What an intake did. `set_aside` and `problems` name the rows; `sheets` stand as the readings left them."""

    rows: int = 0
    new: int = 0
    known: int = 0
    set_aside: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)


def ingest(
    workspace: Workspace,
    manifest: Path,
    reader: Reader,
    contest: str | None = None,
    progress: Progress = silent,
) -> IngestReport:
    """Take photographs in: keep, read, write down, weigh each sheet; again changes nothing.

    Raises InputError where the manifest has no usable row or there is no geography; what is wrong with a
    single row or photograph is told in the report and stops nothing.
    """
    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    geography = geography_of(workspace)
    table = parse_manifest(read_file(manifest), manifest)
    report = IngestReport(rows=len(table.entries), problems=list(table.problems))
    counts = generations_of(workspace, code)
    intake = _Intake(workspace, code, form, geography, table.file, manifest.name, reader, report, counts)
    for entry, reading in read_tasks(intake.tasks(table.entries), reader, keep=True):
        intake.take(entry, reading)
        progress(report.new + report.known + len(report.set_aside), report.rows)
    progress(report.rows, report.rows)
    weigh_waiting(workspace, reader, code, report)
    return report


@dataclass
class _Intake:
    """One run of `ingest`: which rows are read, and what becomes of them."""

    workspace: Workspace
    contest: str
    form: Form
    geography: Geography
    file: str
    source: str
    reader: Reader
    report: IngestReport
    counts: Generations
    claimed: dict[str, Entry] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def tasks(self, entries: Sequence[Entry]) -> Iterator[PhotoTask]:
        """The rows whose photograph has to be read; the bytes of every row are kept first."""
        for entry in entries:
            data = photo_bytes(entry, self.file)
            if isinstance(data, Problem):
                self.report.problems.append(data)
                continue
            digest = self.workspace.objects.put(data)
            if not self.geography.has_station(entry.station):
                self._aside(entry, digest, f"{quoted(entry.station)} is no station of this election")
                continue
            first = self.claimed.get(digest)
            station = first.station if first else station_of_photo(self.workspace, self.contest, digest)
            if station in (None, entry.station) and self._is_of_before(entry, digest):
                continue
            if station is None:
                self.claimed[digest] = entry
                self.sizes[digest] = len(data)
                yield PhotoTask(entry, data, self.form.id)
            elif station == entry.station:
                self.report.known += 1
            else:
                self._aside(entry, digest, f"the same photograph was given for station {station} before")

    def take(self, entry: Entry, reading: PhotoReading) -> None:
        """Write one reading down, or set the photograph aside where nothing of it can be shown or counted."""
        if not reading.published:
            self._aside(entry, reading.sha256, reading.problem or "nothing can be published of it")
            return
        if reading.station is not None and reading.station != entry.station:
            self._aside(entry, reading.sha256, f"its QR code names station {reading.station}")
            return
        put = self.workspace.objects.put
        arrival = Arrival(
            reading.sha256,
            put(reading.published),
            entry.photo,
            self.sizes.pop(reading.sha256),
            reading.page,
            reading.problem,
            reading.as_json(),
            {name: put(cut) for name, cut in reading.cuts.items()},
        )
        try:
            store_photo(
                self.workspace, self.contest, entry.station, arrival, self.source, self.reader.version,
                self.counts.of(entry.station).number,
            )  # fmt: skip
        except OfCountBefore as over:  # a rerun was ordered while this was read
            self._aside(entry, reading.sha256, over.problem)
            return
        self.report.new += 1
        if reading.problem:
            found = f"{quoted(entry.photo)}: {reading.problem}"
            self.report.problems.append(Problem(self.file, "a page of the form", found, entry.line, "photo"))

    def _is_of_before(self, entry: Entry, digest: str) -> bool:
        """Whether a photograph is of the station's count before a rerun; it is then set aside."""
        if not self.counts.of(entry.station).reruns:
            return False
        try:
            must_be_of_this_count(self.workspace, self.contest, entry.station, digest)
        except OfCountBefore as over:
            self._aside(entry, digest, over.problem)
            return True
        return False

    def _aside(self, entry: Entry, digest: str, reason: str) -> None:
        set_aside(self.workspace, self.contest, digest, entry.station, entry.photo, self.source, reason)
        column = "station" if "station" in reason else "photo"
        expected = "a photograph of this station's sheet"
        problem = Problem(self.file, expected, f"{quoted(entry.photo)}: {reason}", entry.line, column)
        self.report.set_aside.append(problem)


def weigh_waiting(
    workspace: Workspace,
    reader: Reader,
    contest: str,
    report: IngestReport | None = None,
    progress: Progress = silent,
) -> IngestReport:
    """Weigh every sheet that has a photograph which was not weighed yet; what was interrupted is finished."""
    report = report or IngestReport()
    stations = waiting_stations(workspace, contest)
    election = workspace.election()
    form = form_of(election.contest(contest).form)
    work = partial(_weigh, sheet=reader.sheet, form=form.id, limit=election.voters_per_station)
    pool: Pool[_Pile, SheetReading] = Pool(work, reader.prepare, reader.workers)
    piles = (_Pile(station, tuple(readings_of(workspace, contest, station))) for station in stations)
    weighed: list[str] = []
    for done, (pile, result) in enumerate(pool.map(piles), start=1):
        progress(done, len(stations))
        if isinstance(result, Crashed):
            report.problems.append(Problem(pile.station, "a sheet that can be weighed", result.reason))
            continue
        photos = tuple(reading["sha256"] for reading in pile.readings)
        weighing = Weighing(
            photos,
            result.pages,
            result.figures,
            result.findings,
            result.used,
            result.beside,
            result.problems,
            tuple(name for name, figure in result.figures.items() if figure.confidence < reader.certain),
            result.why,
        )
        store_weighing(workspace, contest, pile.station, form, weighing, reader.version)
        for photo, reason in result.problems.items():
            name = next((reading["name"] for reading in pile.readings if reading["sha256"] == photo), photo)
            report.problems.append(Problem(name, f"a page of station {pile.station}", reason))
        weighed.append(pile.station)
    stand_twins(workspace, contest, form)
    # Told at the end: a sheet that came later may be the twin of one that came before.
    states = dict(workspace.rows(Sheet).filter(contest_id=contest).values_list("station", "state"))
    for station in weighed:
        (report.review if states[station] == State.REVIEW else report.accepted).append(station)
    return report


@dataclass(frozen=True, slots=True)
class _Pile:
    """All readings of one station's photographs, as JSON."""

    station: str
    readings: tuple[Mapping[str, Any], ...]


def _weigh(pile: _Pile, sheet: Callable[..., SheetReading], form: str, limit: int) -> SheetReading:
    readings = [PhotoReading.from_json(reading) for reading in pile.readings]
    reading = sheet(readings, form_of(form), station=pile.station, voters_per_station=limit)
    return replace(reading, photos=())  # their evidence is kept already
