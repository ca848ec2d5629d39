"""Many people at the review desk at once, on one database: SQLite here, PostgreSQL by `make test-services`."""

import random
import threading
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.steps import tally_workspace
from sirekap.store.loading import now
from sirekap.store.models import DeskClaim, DeskEntry, Sheet
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import AT, signed
from tests.flow.desking import bring
from tests.store.people import HEAD, loaded, make

SHEETS, PEOPLE = 12, 5
GEOGRAPHY = f"kode,nama,tingkat,tps\n31,A,1,\n3173,B,2,\n317301,C,3,\n3173011001,D,4,{SHEETS}\n"


def paper(station: str) -> dict[str, int]:
    """What stands on a station's sheet: the same votes everywhere, and other voters."""
    return consistent(women=50 + int(station[-3:]))


def clerk(workspace: Workspace, login: str, seed: int, faults: list[BaseException]) -> None:
    """Work until nothing is left to take; every fourth request is sent twice."""
    chance = random.Random(seed)
    end = time.monotonic() + 120
    try:
        person = signed(workspace, login)
        while time.monotonic() < end and workspace.rows(Sheet).filter(state="review").exists():
            taken = desk.take_next(workspace, person, now())
            if taken is None:
                time.sleep(0.05)  # another may hold the last sheets, and hand them on
                continue
            values = paper(taken.station)
            if taken.step != "resolve" and chance.random() < 0.3:
                values["suara_3"] = 300 + seed  # no two are wrong alike
            reason = "dilihat" if taken.step == "resolve" else ""
            request = uuid4()
            for _ in range(2 if chance.random() < 0.25 else 1):
                desk.enter(workspace, person, taken.claim, request, values, now(), reason)
    except Exception as error:  # told below: a thread of its own fails in silence
        faults.append(error)
    finally:
        workspace.close()


@pytest.mark.slow
def test_people_at_once_settle_every_sheet_once_and_none_alone(tmp_path: Path) -> None:
    """Nobody is given what another holds; every sheet is settled by two or three people; the sum is theirs."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    logins = [f"ppk-{number}" for number in range(PEOPLE)]
    make(workspace, HEAD + "".join(f"ppk,317301,,,{login}\n" for login in logins), at=AT)
    stations = [f"3173011001{number:03d}" for number in range(1, SHEETS + 1)]
    for station in stations:
        bring(workspace, tmp_path / "in", {**paper(station), "suara_1": 888}, station)
    faults: list[BaseException] = []
    threads = [
        threading.Thread(target=clerk, args=(workspace, login, seed, faults)) for seed, login in enumerate(logins)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert faults == []
    assert Counter(workspace.rows(Sheet).values_list("state", flat=True)) == {"settled": SHEETS}
    entries = list(workspace.rows(DeskEntry).values_list("sheet__station", "account__login", "number"))
    for station in stations:
        here = [entry for entry in entries if entry[0] == station]
        assert len({login for _, login, _ in here}) == len(here) in (2, 3)
        assert sorted(number for _, _, number in here) == list(range(1, len(here) + 1))
    assert workspace.rows(DeskClaim).count() == len(entries)
    settled = tally_workspace(workspace).totals["0"].settled
    assert settled.sheets == SHEETS
    for name in ("suara_1", "suara_2"):
        assert settled.values[name] == SHEETS * (consistent()[name] or 0)
