"""Reruns while photographs, copies and confirmations arrive, on one database: SQLite here, PostgreSQL by
`make test-services`.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from sirekap.flow.capture import confirm
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.store.board_recount import differences
from sirekap.store.copies import copy_photos, store_copy_photo, store_copy_weighing
from sirekap.store.generations import generation_of, generations_of
from sirekap.store.intake import Arrival, OfCountBefore, store_photo
from sirekap.store.loading import now
from sirekap.store.models import Assignment, Confirmation, CopyAssignment, CopyVersion, Rerun, Sheet, SheetVersion
from sirekap.store.not_taken import NotTaken
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints
from tests.example import consistent
from tests.flow import fakes
from tests.flow.capturing import CONTEST, send, shot, signed
from tests.flow.desking import staffed
from tests.flow.histories import weigh, weighed_of
from tests.flow.rerunning import rerun

STATIONS = [f"3173011001{number:03d}" for number in (1, 2, 3)]
SECONDS, MOST_SECONDS, ENOUGH = 6.0, 90.0, 4  # on a busy machine until enough of everything has happened
MOST_COPIES = 50
OFFICERS = "".join(f"kpps,{station},,,officer-{station[-3:]}\n" for station in STATIONS[1:])


class People:
    """Who does what, each in a thread of their own, until the time is over."""

    def __init__(self, workspace: Workspace) -> None:
        """`said` keeps for each confirmation the rerun that its officer knew of."""
        self.workspace, self.began = workspace, time.monotonic()
        self.made: Counter[str] = Counter()
        self.faults: list[BaseException] = []
        self.said: dict[UUID, int] = {}

    def run(self, *acts: Callable[[random.Random, str], None]) -> None:
        """All of them at once."""
        threads = [threading.Thread(target=self._loop, args=(act, seed)) for seed, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(MOST_SECONDS + 60)
            assert not thread.is_alive()

    def _loop(self, act: Callable[[random.Random, str], None], seed: int) -> None:
        chance = random.Random(seed)
        try:
            while self._goes_on():
                act(chance, chance.choice(STATIONS))
        except Exception as error:  # told below: a thread of its own fails in silence
            self.faults.append(error)
        finally:
            self.workspace.close()

    def _goes_on(self) -> bool:
        passed = time.monotonic() - self.began
        few = any(self.made[what] < ENOUGH for what in ("photograph", "confirm", "copy", "order"))
        return passed < SECONDS or (few and passed < MOST_SECONDS)

    def photograph(self, chance: random.Random, station: str) -> None:
        """A page arrives for the count that is known, and the sheet is weighed."""
        count = generation_of(self.workspace, CONTEST, station).number
        data = fakes.photo(chance.choice((1, 2, 3)), consistent(women=50 + count), note=str(uuid4()))
        reading = fakes.read_photo(data, "photo.jpg", FORM)
        digest = sha256(data).hexdigest()
        tree = json.loads(json.dumps(reading.as_json()))
        arrival = Arrival(digest, digest, "photo.jpg", len(data), reading.page, None, tree, {})
        try:
            store_photo(self.workspace, CONTEST, station, arrival, str(count), "fake", count)
        except OfCountBefore:
            return
        self.made["photograph"] += 1
        weigh(self.workspace, station)

    def confirm(self, chance: random.Random, station: str) -> None:
        """The officer says the figures, with or without a reading in sight."""
        count = generation_of(self.workspace, CONTEST, station).number
        point = standpoints(self.workspace, CONTEST, FORM, station).get(station)
        version, request = None if point is None else point.version.version, uuid4()
        self.said[request] = count
        officer = signed(self.workspace, "ketua-1" if station == STATIONS[0] else f"officer-{station[-3:]}")
        values = consistent(women=50 + count)
        try:
            confirm(
                self.workspace,
                officer,
                CONTEST,
                station,
                request,
                version,
                values,
                FORM.names,
                now(),
                "id",
                count,
            )
        except NotTaken:
            time.sleep(0.01)
        else:
            self.made["confirm"] += 1

    def copy(self, chance: random.Random, station: str) -> None:
        """A witness's page arrives, and the copy is weighed."""
        if self.made["sent"] == MOST_COPIES:  # an account may deliver sixty of one sheet
            time.sleep(0.05)
            return
        self.made["sent"] += 1
        delivery = self._delivered(chance)
        data = fakes.photo(1, note=str(uuid4()))
        reading = fakes.read_photo(data, "photo.jpg", FORM)
        tree = json.loads(json.dumps(reading.as_json()))
        arrival = Arrival(delivery.sha256, "p", "photo.jpg", 9, 1, None, {**tree, "sha256": delivery.sha256}, {})
        copy = store_copy_photo(self.workspace, delivery, arrival, FORM.id, "fake")
        own = copy_photos(self.workspace, copy)
        if own:
            weighing = weighed_of([photo.reading for photo in own], copy.station)
            self.made["copy"] += store_copy_weighing(self.workspace, copy, FORM.id, FORM, weighing, "fake")

    def _delivered(self, chance: random.Random) -> Any:
        """A delivery of the first station's witness."""
        from sirekap.store.models import Delivery

        data = shot(1, note=str(chance.random()))
        send(self.workspace, "saksi-1", data, STATIONS[0])
        return self.workspace.rows(Delivery).get(sha256=sha256(data).hexdigest())

    def order(self, chance: random.Random, station: str) -> None:
        """Count again; each request is sent twice, and others order at the same moment."""
        request = uuid4()
        for _ in range(2):
            try:
                rerun(
                    self.workspace, chance.choice(("kab-1", "ppk-1")), station=station, at=now(), request=request
                )
            except NotTaken:
                break
        else:
            self.made["order"] += 1
        time.sleep(0.02)


@pytest.mark.slow
def test_nothing_falls_between_two_counts(tmp_path: Path) -> None:
    """Every version rests on photographs of its own count, every confirmation and copy too; counts are right."""
    workspace = staffed(tmp_path, OFFICERS)
    people = People(workspace)
    people.run(
        people.photograph,
        people.photograph,
        people.confirm,
        people.confirm,
        people.copy,
        people.order,
        people.order,
    )
    assert people.faults == []
    counts = generations_of(workspace, CONTEST)
    of_photo = {}
    for key, station, photo, said in workspace.rows(Assignment).values_list(
        "id", "sheet__station", "photo_id", "source"
    ):
        of_photo[photo] = number = counted(counts.of(station), "last_assignment", key)
        assert number == int(said)
    for version in workspace.rows(SheetVersion).select_related("sheet"):
        number = counted(counts.of(version.sheet.station), "last_version", version.version)
        assert {of_photo[photo] for photo in version.photos} == {number}
    for word in workspace.rows(Confirmation).select_related("version"):
        number = counted(counts.of(word.station), "last_confirmation", word.pk)
        assert number == people.said[word.request]
        if word.version is not None:
            assert counted(counts.of(word.station), "last_version", word.version.version) == number
    of_copy = {
        photo.sha256: counted(counts.of(STATIONS[0]), "last_delivery", photo.delivery_id)
        for photo in workspace.rows(CopyAssignment)
    }
    for version in workspace.rows(CopyVersion):
        number = counted(counts.of(STATIONS[0]), "last_copy", version.pk)
        assert {of_copy[photo] for photo in version.photos} == {number}
    for station in STATIONS:
        sheet = workspace.rows(Sheet).get(station=station)
        point = standpoints(workspace, CONTEST, FORM, station).get(station)
        told = ("review", "none", False) if point is None else (str(point.standing.state), str(point.step), True)
        assert (sheet.state, sheet.step, sheet.read) == told
        numbers = workspace.rows(Rerun).filter(sheet=sheet).order_by("id").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
    assert differences(workspace) == []
    made = {
        model.__name__: workspace.rows(model).count() for model in (Assignment, Confirmation, CopyVersion, Rerun)
    }
    assert min(made.values()) > 2, made


def counted(generation: Any, last: Any, key: int) -> int:
    """The number of the count that a row belongs to."""
    ended = generation.ended_by(last, key)
    return int(generation.number if ended is None else ended.number - 1)
