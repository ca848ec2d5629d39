"""Random histories of sheets and people, beside a naive model of what must come of them."""

import contextlib
import json
import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.capture import confirm
from sirekap.flow.reruns import order_rerun
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.model import PhotoReading
from sirekap.review import State
from sirekap.review.reruns import RerunKind
from sirekap.store.desk import CLAIM_TIME
from sirekap.store.generations import generation_of
from sirekap.store.intake import Arrival, Weighing, readings_of, store_photo, store_weighing
from sirekap.store.loading import now
from sirekap.store.models import DeskEntry, Rerun, Sheet
from sirekap.store.not_taken import NotTaken
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints
from sirekap.tally import SheetResult
from tests.example import consistent
from tests.flow import fakes
from tests.flow.capturing import CONTEST, signed
from tests.flow.desking import CLERKS

STATES = ("unread", "photo", "first", "second", "resolve", "findings", "provisional", "settled")


def state_of(workspace: Workspace, station: str) -> str | None:
    """The state of docs/review.md that a sheet is in; None where there is no sheet."""
    row = workspace.rows(Sheet).filter(contest_id=CONTEST, station=station).first()
    if row is None:
        return None
    if not row.read:
        return "unread"
    return str(row.step) if row.state == State.REVIEW else str(row.state)


def weigh(workspace: Workspace, station: str) -> bool:
    """Read all photographs of a station together, as the worker does."""
    readings = readings_of(workspace, CONTEST, station)
    return store_weighing(workspace, CONTEST, station, FORM, weighed_of(readings, station), "fake")


def weighed_of(trees: Iterable[Mapping[str, Any]], station: str) -> Weighing:
    """What photographs say together, from their readings as JSON."""
    readings = [PhotoReading.from_json(tree) for tree in trees]
    result = fakes.read_sheet(readings, FORM, station=station, voters_per_station=600)
    return Weighing(
        tuple(reading.sha256 for reading in readings), result.pages, result.figures, result.findings, result.used,
        result.beside, result.problems,
        tuple(name for name, figure in result.figures.items() if figure.confidence < 0.9),
    )  # fmt: skip


class Crash(Exception):
    """The program dies in the middle of an act."""


class History:
    """Some sheets, the people around them, and what happens in an order that a seed decides.

    `seen` collects every (state before, act, state after).
    """

    def __init__(self, workspace: Workspace, seed: int, stations: Mapping[str, str]) -> None:
        """`stations` are the sheets, each with the login of its officer."""
        self.workspace, self.random = workspace, random.Random(seed)
        self.officers = dict(stations)
        self.at = now() + timedelta(minutes=1)  # photographs are written down at the true time
        self.seen: set[tuple[str | None, str, str | None]] = set()
        self.requests: list[tuple[str, int, UUID, Any, str]] = []
        self.since: dict[str, set[str]] = {station: set() for station in stations}  # photographs since a rerun
        self.reruns: dict[UUID, tuple[str, int]] = {}
        self.papers = {station: self._paper(int(station[-3:])) for station in stations}
        if self.random.random() < 0.1:  # one sheet is photographed for all
            self.papers = dict.fromkeys(stations, next(iter(self.papers.values())))

    def _paper(self, number: int, again: int = 0) -> dict[str, int | None]:
        paper: dict[str, int | None] = dict(consistent(women=50 + number, more=number, unused=10 + again))
        if self.random.random() < 0.3:
            paper["suara_sah"] = (paper["suara_sah"] or 0) + 1  # paper that does not add up
        if self.random.random() < 0.1:
            paper["pemilih_dpt_l"] = None  # a required figure left blank: one person may answer for it
        return paper

    def play(self, acts: int) -> None:
        """Do this many things."""
        for _ in range(acts):
            station = self.random.choice(list(self.officers))
            act = self.random.choices(
                (self.photograph, self.confirm, self.work, self.wait, self.repeat, self.rerun),
                (3, 1, 8, 0.7, 0.7, 0.3),
            )[0]
            act(station)

    def step(self, station: str, act: str, do: Any) -> None:
        """One act, with the states around it; now and then the program dies before it is written down."""
        before = state_of(self.workspace, station)
        others = {other: state_of(self.workspace, other) for other in self.officers if other != station}
        if self.random.random() < 0.1:
            self._crash(do)
            assert state_of(self.workspace, station) == before, (station, act)
        do()
        self.seen.add((before, act, state_of(self.workspace, station)))
        for other, state in others.items():
            if state_of(self.workspace, other) != state:
                self.seen.add((state, "twin", state_of(self.workspace, other)))

    def _crash(self, do: Any) -> None:
        """An act whose last row cannot be written: nothing of it may stay."""

        def die(*_: Any, **__: Any) -> None:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            for module in ("desk", "intake", "confirming", "reruns"):
                patch.setattr(f"sirekap.store.{module}.note", die)
            with contextlib.suppress(Crash, NotTaken):
                do()

    def photograph(self, station: str) -> None:
        """All pages, or one, arrive; most of the time they are read at once."""
        values = dict(self.papers[station])
        kind = self.random.random()
        if kind < 0.4:
            values["suara_1"] = self.random.choice((777, 888))
        elif kind < 0.5:
            values["suara_2"] = 5  # a misread that is certain
        for page in self.random.choice(((1, 2, 3), (1, 2, 3), (2,), (1, 3))):
            data = fakes.photo(page, values, note=f"{self.random.random()}", quality=self.random.random())
            self.step(station, "photograph", lambda data=data: self._arrive(station, data))
        if self.random.random() < 0.8:
            self.step(station, "read", lambda: weigh(self.workspace, station))

    def _arrive(self, station: str, data: bytes) -> None:
        reading = fakes.read_photo(data, "photo.jpg", FORM)
        digest = sha256(data).hexdigest()
        tree = json.loads(json.dumps(reading.as_json()))
        arrival = Arrival(digest, digest, "photo.jpg", len(data), reading.page, None, tree, {})
        store_photo(self.workspace, CONTEST, station, arrival, "test", "fake")
        self.since[station].add(digest)

    def confirm(self, station: str) -> None:
        """The officer says what stands on the paper, or now and then something else."""
        values = dict(self.papers[station])
        if self.random.random() < 0.3:
            values["suara_1"] = 39
        point = standpoints(self.workspace, CONTEST, FORM, station).get(station)
        version = None if point is None else point.version.version
        known = generation_of(self.workspace, CONTEST, station).number

        def do() -> None:
            officer = signed(self.workspace, self.officers[station])
            confirm(
                self.workspace, officer, CONTEST, station, uuid4(), version, values, FORM.names, self.at,
                rerun=known,
            )  # fmt: skip

        if state_of(self.workspace, station) is not None:
            self.step(station, "confirm", do)

    def wait(self, _: str) -> None:
        """Time goes on, at times longer than anybody may hold a sheet."""
        self.at += self.random.choice((timedelta(seconds=5), CLAIM_TIME))

    def repeat(self, _: str) -> None:
        """Somebody did not hear an answer, and sends the same again: nothing comes of it."""
        for request, (station, number) in list(self.reruns.items())[-1:]:
            assert self._order(station, request, number - 1) == number
            assert self.workspace.rows(Rerun).filter(sheet__station=station).count() >= number
        if not self.requests:
            return
        who, claim, request, values, reason = self.random.choice(self.requests)
        count = self.workspace.rows(DeskEntry).count()
        desk.enter(self.workspace, signed(self.workspace, who), claim, request, values, self.at, reason)
        assert self.workspace.rows(DeskEntry).count() == count

    def rerun(self, station: str) -> None:
        """The station's votes are counted or cast again; on other paper, at times with the same figures."""
        request, known = uuid4(), generation_of(self.workspace, CONTEST, station).number

        def do() -> None:
            self.reruns[request] = (station, self._order(station, request, known))
            self.since[station] = set()

        self.step(station, "rerun", do)
        if self.random.random() < 0.7:
            self.papers[station] = self._paper(int(station[-3:]), known + 1)

    def _order(self, station: str, request: UUID, known: int) -> int:
        kind = self.random.choice(list(RerunKind))
        person = signed(self.workspace, "kab-1")
        told = order_rerun(self.workspace, person, CONTEST, station, request, kind, "putusan", known, self.at)
        return int(told["number"])

    def work(self, _: str) -> None:
        """Somebody of the desk takes what is next and does it, hands it back, skips it, or leaves it."""
        who = self.random.choice(CLERKS)
        person = signed(self.workspace, who)
        taken = desk.take_next(self.workspace, person, self.at, contest=CONTEST)
        if taken is None or taken.station not in self.officers:
            return
        self.at += timedelta(seconds=15)
        kind = self.random.random()
        if kind < 0.1:
            return  # forgotten, until its time is over
        try:
            if kind < 0.2:
                skip = self.random.choice((None, "tidak jelas"))
                desk.hand_back(self.workspace, person, taken.claim, self.at, skip)
            elif taken.step == "findings":
                self._answer(person, taken)
            elif taken.step == "resolve" and kind < 0.3:
                self._give_back(person, taken)
            else:
                self._type(who, taken)
        except NotTaken:
            pass  # the time is over, or the sheet was read anew meanwhile

    def _answer(self, person: Any, taken: desk.Claimed) -> None:
        point = standpoints(self.workspace, CONTEST, FORM, taken.station)[taken.station]
        if self.random.random() < 0.1:
            self._give_back(person, taken)
            return
        for rule in point.standing.open_errors:

            def do(rule: str = rule) -> None:
                desk.answer_for(self.workspace, person, taken.claim, uuid4(), rule, "sesuai kertas", self.at)

            self.step(taken.station, "answer", do)

    def _give_back(self, person: Any, taken: desk.Claimed) -> None:
        def do() -> None:
            desk.type_again(self.workspace, person, taken.claim, "tidak cocok dengan foto", self.at)

        self.step(taken.station, "return", do)

    def _type(self, who: str, taken: desk.Claimed) -> None:
        values: dict[str, Any] = dict(self.papers[taken.station])
        if self.random.random() < 0.25:
            values["suara_3"] = self.random.choice((1, 2, "?"))
        reason = "dilihat di foto" if taken.step == "resolve" else ""
        request = uuid4()

        def do() -> None:
            desk.enter(self.workspace, signed(self.workspace, who), taken.claim, request, values, self.at, reason)

        self.step(taken.station, "decide" if taken.step == "resolve" else "type", do)
        self.requests.append((who, taken.claim, request, values, reason))

    def check(self) -> list[SheetResult]:
        """What must hold of every sheet; those that count, as the tally takes them."""
        results = []
        for station in self.officers:
            row = self.workspace.rows(Sheet).filter(contest_id=CONTEST, station=station).first()
            if row is None:
                continue
            point = standpoints(self.workspace, CONTEST, FORM, station).get(station)
            if point is None:
                assert (row.state, row.step) == ("review", "none")
                continue
            assert set(point.version.photos) <= self.since[station], station
            assert row.state == str(point.standing.state)
            assert row.step == str(point.step)
            if point.standing.state is State.SETTLED:
                self._settled_by_two(station, point)
            if point.standing.state is not State.REVIEW:
                results.append(self._result(station, point))
        return results

    def _settled_by_two(self, station: str, point: Any) -> None:
        """Nobody settles alone: two typed the same, a third decided, or the officer says what was read."""
        round_ = point.round.round
        if round_.decided is not None:
            entries = [entry.figures for entry in round_.entries]
            assert len(round_.people) == (3 if round_.resolution else 2), station
            assert len(entries) == 2, station
            if round_.resolution is None:
                assert entries[0] == entries[1] == round_.decided, station
            assert {n: f.value for n, f in point.figures.items()} == dict(round_.decided), station
            return
        confirmed = point.confirmation.figures
        answered = set(point.acknowledged)
        for name, machine in point.machine.items():
            same = machine.value == confirmed[name] and machine.status != "illegible"
            assert same or (machine.confidence >= 0.996 and "R41" in answered), (station, name)

    def _result(self, station: str, point: Any) -> SheetResult:
        values = {name: figure.value for name, figure in point.figures.items()}
        return SheetResult(station, point.standing.state, values)
