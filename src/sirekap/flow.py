"""One function per step of the way: photographs in, readings, review, totals, publication.

No step parses arguments or prints. The reader is passed in; the workspace is an open one of `store.setup`.
What needs Django is imported where it is used, because reading alone (`read_manifest`) does not.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.contests import parse_tickets
from sirekap.errors import InputError, Problem, quoted
from sirekap.figures import Figure
from sirekap.forms import Form, form_of
from sirekap.geography import NATION, Geography, parse_geography
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.review import Decision, Standing, State
from sirekap.rules import Severity
from sirekap.store.jobs import Crashed, Pool
from sirekap.store.manifest import Entry, parse_manifest, photo_bytes
from sirekap.tally import Total

if TYPE_CHECKING:
    from sirekap.store.setup import Workspace
    from sirekap.store.waiting import WaitingPhoto, WaitingSheet

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


def silent(done: int, total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Reader:
    """Who reads: one photograph (a function at the top of a module: it runs in other processes), one sheet.

    `version` names what read, for the record. `workers` None is one a processor, 0 this process alone.
    """

    photo: Callable[[bytes, str, Form], PhotoReading]
    sheet: Callable[..., SheetReading]
    version: str
    prepare: Callable[[], None] | None = None
    workers: int | None = None


def standard_reader() -> Reader:
    """The reader that sirekap ships. Raises ImportError where the extra `read` is not installed."""
    from sirekap import __version__
    from sirekap.reading.sheet import read_photo, read_sheet

    return Reader(read_photo, read_sheet, f"sirekap {__version__}", _one_thread)


def _one_thread() -> None:
    """A worker uses one processor: the pool has one for each."""
    import cv2

    cv2.setNumThreads(1)


# Reading alone


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """A photograph as it was named, with its hash and page where it had them, and its problem in words."""

    photo: str
    page: int | None
    sha256: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class StationReading:
    """What `sirekap read` says of one station."""

    sheet: SheetReading
    photos: tuple[PhotoResult, ...]

    def document(self) -> dict[str, Any]:
        """The JSON object of one line."""
        sheet = self.sheet
        return {
            "station": sheet.station,
            "form": sheet.form,
            "pages": list(sheet.pages),
            "pages_missing": list(sheet.pages_missing),
            "decision": str(sheet.decision),
            "figures": {name: _figure_document(figure) for name, figure in sheet.figures.items()},
            "findings": [
                {"rule": finding.rule, "severity": str(finding.severity), "figures": list(finding.figures)}
                for finding in sheet.findings
            ],
            "photos": [
                {"photo": item.photo, "page": item.page, "sha256": item.sha256, "problem": item.problem}
                for item in self.photos
            ],
        }


def _figure_document(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "status": str(figure.status), "confidence": round(figure.confidence, 6)}


def read_manifest(
    manifest: Path, form: Form, reader: Reader, progress: Progress = silent
) -> tuple[tuple[Problem, ...], Iterator[StationReading]]:
    """The problems of a manifest's rows, and a reading a station, in the order in which stations first stand.

    The readings are made as they are taken. Raises InputError for a manifest without a usable row.
    """
    table = parse_manifest(_read(manifest), manifest)
    return table.problems, _stations(table.file, table.entries, form, reader, progress)


def read_photos(photos: Sequence[Path], form: Form, reader: Reader) -> StationReading:
    """Photographs that are the pages of one sheet. Raises InputError where no file can be read at all."""
    entries = [Entry(row, "", str(photo), photo) for row, photo in enumerate(photos, start=1)]
    contents = [photo_bytes(entry, "command line") for entry in entries]
    faults = [content for content in contents if isinstance(content, Problem)]
    if len(faults) == len(contents):
        raise InputError([replace(fault, row=None, column=None, advice="") for fault in faults])
    (reading,) = _stations("command line", entries, form, reader, silent, known=False)
    return reading


def _stations(
    file: str, entries: Sequence[Entry], form: Form, reader: Reader, progress: Progress, known: bool = True
) -> Iterator[StationReading]:
    expected = Counter(entry.station for entry in entries)
    order = iter(dict.fromkeys(entry.station for entry in entries))
    gathered: dict[str, list[PhotoReading]] = {}
    turn = next(order, None)
    for done, (entry, reading) in enumerate(_read_all(file, entries, form, reader, keep=False), start=1):
        gathered.setdefault(entry.station, []).append(reading)
        progress(done, len(entries))
        while turn is not None and len(gathered.get(turn, ())) == expected[turn]:
            yield _station_reading(turn if known else None, gathered.pop(turn), form, reader)
            turn = next(order, None)


def _station_reading(
    station: str | None, readings: Sequence[PhotoReading], form: Form, reader: Reader
) -> StationReading:
    unique: dict[str, PhotoReading] = {}
    for reading in readings:
        if reading.sha256:
            unique.setdefault(reading.sha256, reading)
    sheet = reader.sheet(list(unique.values()), form, station=station, voters_per_station=None)
    photos = []
    for reading in readings:
        problem = reading.problem or sheet.problems.get(reading.sha256)
        first = unique.get(reading.sha256)
        if problem is None and first is not None and first is not reading:
            problem = f"the same photograph as {first.name}"
        photos.append(PhotoResult(reading.name, reading.page, reading.sha256 or None, problem))
    return StationReading(sheet, tuple(photos))


@dataclass(frozen=True, slots=True)
class _Task:
    """One photograph on its way to a reading process; `fault` where there are no bytes to read."""

    entry: Entry
    data: bytes
    form: str
    fault: str | None = None


def _read_task(task: _Task, photo: Callable[[bytes, str, Form], PhotoReading], keep: bool) -> PhotoReading:
    """In another process: the reading of a task, with its pictures only where they are kept."""
    if task.fault is not None:
        return PhotoReading(task.entry.photo, "", problem=task.fault)
    reading = photo(task.data, task.entry.photo, form_of(task.form))
    return reading if keep else replace(reading, published=b"", cuts={})


def _read_all(
    file: str, entries: Iterable[Entry], form: Form, reader: Reader, keep: bool
) -> Iterator[tuple[Entry, PhotoReading]]:
    def tasks() -> Iterator[_Task]:
        for entry in entries:
            data = photo_bytes(entry, file)
            fault = data.found if isinstance(data, Problem) else None
            yield _Task(entry, b"" if isinstance(data, Problem) else data, form.id, fault)

    yield from _read_tasks(tasks(), reader, keep)


def _read_tasks(
    tasks: Iterable[_Task], reader: Reader, keep: bool
) -> Iterator[tuple[Entry, PhotoReading]]:
    function = partial(_read_task, photo=reader.photo, keep=keep)
    pool: Pool[_Task, PhotoReading] = Pool(function, reader.prepare, reader.workers)
    for task, result in pool.map(tasks):
        if isinstance(result, Crashed):
            digest = sha256(task.data).hexdigest()
            result = PhotoReading(task.entry.photo, digest, problem=result.reason)
        yield task.entry, result


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem(str(path), "a file that can be read", error.strerror or str(error))
        raise InputError([problem]) from error


# A workspace


def init_workspace(folder: Path, election: Path) -> Workspace:
    """Make a workspace in a new or empty folder. Raises InputError; then nothing is left behind."""
    from sirekap.store.setup import create_workspace

    return create_workspace(folder, _read(election), str(election))


def load_geography(workspace: Workspace, file: Path) -> Geography:
    """Load the units and their numbers of stations, all or none. Raises InputError with every bad row."""
    from sirekap.store.loading import store_geography

    geography = parse_geography(_read(file), str(file), workspace.election().nation)
    store_geography(workspace, geography, file.name)
    return geography


def load_contests(workspace: Workspace, file: Path, contest: str | None = None) -> int:
    """Load who stands in a contest, all or none; how many. Raises InputError with every bad row."""
    from sirekap.store.loading import store_tickets

    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    tickets = parse_tickets(_read(file), str(file))
    if len(tickets) != form.tickets:
        expected = f"{form.tickets} tickets, as {form.id} has"
        raise InputError([Problem(str(file), expected, str(len(tickets)), column="nomor_urut")])
    store_tickets(workspace, code, tickets, file.name)
    return len(tickets)


def contest_of(workspace: Workspace, contest: str | None) -> str:
    """The contest that is meant: the one named, or the election's only one. Raises InputError."""
    election = workspace.election()
    if contest is not None:
        return election.contest(contest).code
    if len(election.contests) == 1:
        return election.contests[0].code
    held = ", ".join(item.code for item in election.contests)
    raise InputError([Problem("--contest", f"one of {held}", "nothing")])


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
    from sirekap.store.loading import geography_of

    code = contest_of(workspace, contest)
    form = form_of(workspace.election().contest(code).form)
    geography = geography_of(workspace)
    table = parse_manifest(_read(manifest), manifest)
    report = IngestReport(rows=len(table.entries), problems=list(table.problems))
    intake = _Intake(workspace, code, form, geography, table.file, manifest.name, reader, report)
    report.known = 0
    for entry, reading in _read_tasks(intake.tasks(table.entries), reader, keep=True):
        intake.take(entry, reading)
        progress(report.new + report.known + len(report.set_aside), report.rows)
    progress(report.rows, report.rows)
    weigh_waiting(workspace, reader, code, report, table.file)
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
    claimed: dict[str, Entry] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def tasks(self, entries: Sequence[Entry]) -> Iterator[_Task]:
        """The rows whose photograph has to be read; the bytes of every row are kept first."""
        from sirekap.store.intake import station_of_photo

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
            if station is None:
                self.claimed[digest] = entry
                self.sizes[digest] = len(data)
                yield _Task(entry, data, self.form.id)
            elif station == entry.station:
                self.report.known += 1
            else:
                self._aside(entry, digest, f"the same photograph was given for station {station} before")

    def take(self, entry: Entry, reading: PhotoReading) -> None:
        """Write one reading down, or set the photograph aside where nothing of it can be shown or counted."""
        from sirekap.store.intake import Arrival, store_photo

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
        store_photo(self.workspace, self.contest, entry.station, arrival, self.source, self.reader.version)
        self.report.new += 1
        if reading.problem:
            found = f"{quoted(entry.photo)}: {reading.problem}"
            self.report.problems.append(Problem(self.file, "a page of the form", found, entry.line, "photo"))

    def _aside(self, entry: Entry, digest: str, reason: str) -> None:
        from sirekap.store.intake import set_aside

        set_aside(self.workspace, self.contest, digest, entry.station, entry.photo, self.source, reason)
        column = "station" if "station" in reason else "photo"
        expected = "a photograph of this station's sheet"
        problem = Problem(self.file, expected, f"{quoted(entry.photo)}: {reason}", entry.line, column)
        self.report.set_aside.append(problem)
