"""Deliveries are read: the pending row in the database is the truth, and whoever comes next goes on.

A delivery is pending until it has a result. A worker claims some for a time, reads them in other processes,
writes each photograph down, weighs the sheets and copies that they change, and then writes the results. Whatever
was done of it when a worker was killed is found done by the next one.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError

from sirekap.figures import Figure
from sirekap.flow.notifying import sending
from sirekap.flow.problem_words import OTHER_QR, SAME_ELSEWHERE, told
from sirekap.flow.reader import Reader
from sirekap.forms import form_of
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.store.copies import copy_form, copy_photos, store_copy_photo, store_copy_weighing
from sirekap.store.generations import generation_of, told_before
from sirekap.store.guarded import GuardedPool, Limits
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
)
from sirekap.store.jobs import Crashed
from sirekap.store.loading import now
from sirekap.store.places import form_of_contest, forms_of_copy
from sirekap.store.receiving import (
    OFFICER,
    READ,
    REFUSED,
    Label,
    claim,
    elsewhere,
    finish,
    give_back,
    pending_rows,
    seconds_each,
    waiting_ahead,
)
from sirekap.store.setup import Workspace
from sirekap.store.uploads import sweep_uploads

BATCH = 16
IDLE_SECONDS = 1.0
SWEEP_SECONDS = 3600.0
FIRST_GUESS = 2.0  # seconds a photograph, before any was measured
RECEIVED = {
    "id": "diterima; dibaca dalam kira-kira {time}",
    "en": "received; it will be read in about {time}",
}
UNITS = {"id": ("{n} detik", "{n} menit", "{n} jam"), "en": ("{n} seconds", "{n} minutes", "{n} hours")}


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did: deliveries read and refused, sheets and copies weighed."""

    read: int = 0
    refused: int = 0
    weighed: int = 0

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.read or self.refused or self.weighed)


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A photograph on its way to a reading process, with the forms that it may be of, the likeliest first."""

    data: bytes
    name: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeighTask:
    """All readings of one sheet or copy, as JSON."""

    station: str
    form: str
    readings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A reading with the form that it is of, and how long it took."""

    form: str
    reading: PhotoReading
    seconds: float


Pool = GuardedPool["ReadTask | WeighTask", "Read | SheetReading"]


def pending_deliveries(workspace: Workspace) -> int:
    """How many deliveries wait to be read."""
    return int(pending_rows(workspace).count())


def work_once(
    workspace: Workspace, reader: Reader, limit: int = BATCH, at: datetime | None = None, pool: Pool | None = None
) -> Worked:
    """Read at most `limit` deliveries that wait, the oldest first, and weigh what they change.

    `pool` is one that lives on (`pool_of`); None makes one for this round.
    """
    if pool is None:
        with pool_of(workspace, reader) as own:
            return work_once(workspace, reader, limit, at, own)
    worker = f"{os.uname().nodename[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    deliveries = claim(workspace, worker, limit, at or now())
    if not deliveries:
        return Worked()
    work = _Round(workspace, reader, pool)
    try:
        work.read(deliveries)
        work.weigh()
        return work.results()
    finally:
        give_back(workspace, deliveries, worker, at or now())


def run_worker(
    workspace: Workspace,
    reader: Reader,
    once: bool = False,
    tell: Callable[[Worked], None] = lambda worked: None,
) -> None:
    """Work until interrupted, or (`once`) until nothing waits; send notices beside it.

    `tell` is called after each round that did any.
    """
    swept = float("-inf")
    with sending(workspace, once), pool_of(workspace, reader) as pool:
        while True:
            if time.monotonic() - swept > SWEEP_SECONDS:
                sweep_uploads(workspace)
                for contest in workspace.election().contests:
                    stand_twins(workspace, contest.code, form_of(contest.form))
                swept = time.monotonic()
            worked = work_once(workspace, reader, pool=pool)
            if worked:
                tell(worked)
            elif once:
                return
            else:
                time.sleep(IDLE_SECONDS)


def pool_of(workspace: Workspace, reader: Reader, limits: Limits | None = None) -> Pool:
    """Reading processes for many rounds; a context manager."""
    work = partial(_work, photo=reader.photo, sheet=reader.sheet, limit=workspace.election().voters_per_station)
    return GuardedPool(work, reader.prepare, reader.workers, limits)


def eta(workspace: Workspace, delivery: Any | None = None) -> int:
    """Seconds until a photograph that is delivered now (or this one) is read: measured rate times queue."""
    ahead = waiting_ahead(workspace, delivery)
    each = seconds_each(workspace, FIRST_GUESS)
    return max(1, round(IDLE_SECONDS + (ahead + 1) * each / (os.cpu_count() or 1)))


def eta_words(seconds: int, language: str = "id") -> str:
    """When a photograph will be read, in words.

    >>> eta_words(170)
    'diterima; dibaca dalam kira-kira 3 menit'
    """
    size, number = (0, max(5, -(-seconds // 5) * 5)) if seconds <= 55 else (1, -(-seconds // 60))
    if number > 90 and size == 1:
        size, number = 2, -(-seconds // 3600)
    text = UNITS[language][size].format(n=number)
    return RECEIVED[language].format(time=text.removesuffix("s") if number == 1 else text)


@dataclass
class _Round:
    """Some claimed deliveries on their way to results."""

    workspace: Workspace
    reader: Reader
    pool: Pool
    outcomes: list[tuple[Any, str, Label | None, Sequence[Mapping[str, Any]], float | None]] = field(
        default_factory=list
    )
    sheets: dict[tuple[str, str], None] = field(default_factory=dict)
    copies: dict[int, Any] = field(default_factory=dict)
    weighed: int = 0

    def read(self, deliveries: Iterable[Any]) -> None:
        """Read what was not read before, and write it down."""
        todo = [row for row in deliveries if not self._known(row)]
        tasks = [self._task(row) for row in todo]
        for row, (_, result) in zip(todo, self.pool.map(tasks), strict=True):
            if isinstance(result, Crashed):
                self._end(row, REFUSED, told(result.reason))
            elif isinstance(result, Read):
                self._take(row, result)

    def weigh(self) -> None:
        """Weigh every sheet and copy that got a photograph; a rerun may have left one with none."""
        sheets: list[tuple[str, str]] = []
        tasks: list[ReadTask | WeighTask] = []
        for contest, station in self.sheets:
            readings = tuple(readings_of(self.workspace, contest, station))
            if readings:
                sheets.append((contest, station))
                tasks.append(WeighTask(station, form_of_contest(self.workspace, contest).id, readings))
        with_photos = [(copy, copy_photos(self.workspace, copy)) for copy in self.copies.values()]
        copies = [copy for copy, own in with_photos if own]
        photos = [own for _, own in with_photos if own]
        for copy, own in zip(copies, photos, strict=True):
            form_id = copy_form(own, form_of_contest(self.workspace, copy.contest_id).id)
            readings = tuple(photo.reading for photo in own if photo.form == form_id)
            tasks.append(WeighTask(copy.station, form_id, readings))
        results = self.pool.map(tasks)
        for (contest, station), (task, result) in zip(sheets, results, strict=False):
            weighing = self._weighing(task, result)
            if weighing is not None:
                form = form_of_contest(self.workspace, contest)
                store_weighing(self.workspace, contest, station, form, weighing, self.reader.version)
        for copy, (task, result) in zip(copies, results, strict=True):
            weighing = self._weighing(task, result)
            if weighing is not None and isinstance(task, WeighTask):
                form = form_of_contest(self.workspace, copy.contest_id)
                store_copy_weighing(self.workspace, copy, task.form, form, weighing, self.reader.version)

    def results(self) -> Worked:
        """Write the results down, last of all: until then the deliveries are pending."""
        counts = {READ: 0, REFUSED: 0}
        for row, outcome, problem, remarks, seconds in self.outcomes:
            counts[outcome] += finish(self.workspace, row, outcome, now(), problem, remarks, seconds)
        return Worked(counts[READ], counts[REFUSED], self.weighed)

    def _end(
        self,
        row: Any,
        outcome: str,
        problem: Label | None = None,
        remarks: Sequence[Mapping[str, Any]] = (),
        seconds: float | None = None,
    ) -> None:
        self.outcomes.append((row, outcome, problem, remarks, seconds))

    def _known(self, row: Any) -> bool:
        """Whether a photograph needs no reading: it is of the count before a rerun, or an officer's that is this
        station's already, or another's.
        """
        ended = generation_of(self.workspace, row.contest_id, row.station).ended_by("last_delivery", row.pk)
        if ended is not None:
            self._before(row, told_before(ended))
            return True
        if row.source != OFFICER:
            return False
        station = station_of_photo(self.workspace, row.contest_id, row.sha256)
        if station == row.station:
            readings = readings_of(self.workspace, row.contest_id, row.station)
            tree = next((reading for reading in readings if reading["sha256"] == row.sha256), None)
            if tree is None:  # not among those of the latest count: looked at once, so no rerun comes between
                return self._is_of_before(row)
            self.sheets[row.contest_id, row.station] = None
            problem = tree["problem"]
            self._end(row, REFUSED if problem else READ, told(problem) if problem else None, tree["remarks"])
            return True
        other = station or elsewhere(self.workspace, row.contest_id, row.sha256, row.station)
        if other is not None:
            self._aside(row, f"the same photograph was given for station {other} before", SAME_ELSEWHERE)
        return other is not None

    def _task(self, row: Any) -> ReadTask:
        form = form_of_contest(self.workspace, row.contest_id)
        forms = (form.id,) if row.source == OFFICER else tuple(item.id for item in forms_of_copy(form))
        if row.source != OFFICER and row.form is not None:
            forms = (row.form,)
        return ReadTask(self.workspace.objects.get(row.sha256), row.name or row.sha256[:12], forms)

    def _take(self, row: Any, read: Read) -> None:
        """Write one reading down, or set the photograph aside where nothing of it can be shown or counted."""
        reading = read.reading
        problem = None if reading.problem is None else told(reading.problem)
        remarks = [remark.as_json() for remark in reading.remarks]
        if not reading.published:
            if row.source == OFFICER:
                self._aside(row, reading.problem or "nothing can be published of it", problem or told(""))
            else:
                self._end(row, REFUSED, problem or told(""), remarks, read.seconds)
            return
        if reading.station is not None and reading.station != row.station:
            if row.source == OFFICER:
                self._aside(row, f"its QR code names station {reading.station}", OTHER_QR)
            else:
                self._end(row, REFUSED, OTHER_QR, remarks, read.seconds)
            return
        put = self.workspace.objects.put
        cuts = {name: put(cut) for name, cut in reading.cuts.items()}
        arrival = Arrival(
            row.sha256, put(reading.published), row.name, row.size, reading.page, reading.problem,
            reading.as_json(), cuts,
        )  # fmt: skip
        version = self.reader.version
        if row.source == OFFICER:
            try:
                self._store(row, arrival)
            except OfCountBefore as over:  # the rerun was ordered while it was read
                self._before(row, over.problem)
                return
            except IntegrityError:  # another worker gave the same photograph to another station just now
                if not self._known(row):
                    raise
                return
            self.sheets[row.contest_id, row.station] = None
        else:
            copy = store_copy_photo(self.workspace, row, arrival, read.form, version)
            self.copies[copy.pk] = copy
        self._end(row, REFUSED if problem else READ, problem, remarks, read.seconds)

    def _store(self, row: Any, arrival: Arrival) -> None:
        """Write an officer's photograph down, for the count for which it was delivered."""
        count = generation_of(self.workspace, row.contest_id, row.station)
        ended = count.ended_by("last_delivery", row.pk)
        store_photo(
            self.workspace, row.contest_id, row.station, arrival, f"delivery {row.pk}", self.reader.version,
            count.number if ended is None else ended.number - 1,
        )  # fmt: skip

    def _is_of_before(self, row: Any) -> bool:
        """Whether a photograph was assigned before a rerun; it is then refused."""
        try:
            must_be_of_this_count(self.workspace, row.contest_id, row.station, row.sha256)
        except OfCountBefore as over:
            self._before(row, over.problem)
            return True
        return False

    def _before(self, row: Any, problem: str) -> None:
        """A photograph of the count before a rerun counts nowhere; a copy of it is its account's alone."""
        if row.source == OFFICER:
            self._aside(row, problem, told(problem))
        else:
            self._end(row, REFUSED, told(problem))

    def _aside(self, row: Any, reason: str, problem: Label) -> None:
        source = f"delivery {row.pk}"
        set_aside(self.workspace, row.contest_id, row.sha256, row.station, row.name, source, reason)
        self._end(row, REFUSED, problem)

    def _weighing(self, task: object, result: object) -> Weighing | None:
        if not isinstance(task, WeighTask) or not isinstance(result, SheetReading):
            return None  # it stays as it was; the next photograph weighs it again
        self.weighed += 1
        figures: Mapping[str, Figure] = result.figures
        uncertain = tuple(name for name, figure in figures.items() if figure.confidence < self.reader.certain)
        return Weighing(
            tuple(reading["sha256"] for reading in task.readings),
            result.pages, figures, result.findings, result.used, result.beside, result.problems, uncertain,
            result.why,
        )  # fmt: skip


def _work(
    task: ReadTask | WeighTask, photo: Callable[..., PhotoReading], sheet: Callable[..., SheetReading], limit: int
) -> Read | SheetReading:
    """In another process: read a photograph as the first form that fits, or weigh a sheet."""
    if isinstance(task, WeighTask):
        readings = [PhotoReading.from_json(reading) for reading in task.readings]
        weighed = sheet(readings, form_of(task.form), station=task.station, voters_per_station=limit)
        return replace(weighed, photos=())  # their evidence is kept already
    began = time.monotonic()
    tried: list[tuple[str, PhotoReading]] = []
    for form in task.forms:
        tried.append((form, photo(task.data, task.name, form_of(form))))
        if tried[-1][1].problem is None:
            break
    form, reading = tried[-1] if tried[-1][1].problem is None else tried[0]
    return Read(form, reading, time.monotonic() - began)
