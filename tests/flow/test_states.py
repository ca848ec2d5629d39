"""Random histories of sheets against the drawing of docs/review.md, and against a naive recount."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sirekap.flow.steps import tally_workspace
from sirekap.review import State
from sirekap.store.models import DeskEntry
from sirekap.store.setup import Workspace
from sirekap.tally import SheetResult
from tests.flow.capturing import AT
from tests.flow.histories import STATES, History
from tests.store.people import HEAD, loaded, make

DRAWING = Path(__file__).parents[2] / "docs" / "review.md"
HISTORIES = int(os.environ.get("SIREKAP_HISTORIES", "60"))
FIRST = int(os.environ.get("SIREKAP_FIRST_HISTORY", "1"))
ACTS = 40
EACH = 20  # histories a workspace
VILLAGE = "3173011001"


def drawn() -> set[tuple[str | None, str, str]]:
    """The arrows of the drawing: from, act, to."""
    arrows = re.findall(r"^ +(\S+) --> (\S+): (\S+)$", DRAWING.read_text(encoding="utf-8"), re.M)
    return {(None if start == "[*]" else start, act, end) for start, end, act in arrows}


def workspaces(folder: Path) -> Iterator[tuple[Workspace, list[dict[str, str]]]]:
    """Workspaces with clerks and officers, and for each history its stations with their officers."""
    for number in range(0, HISTORIES, EACH):
        many = min(EACH, HISTORIES - number)
        stations = [f"{VILLAGE}{place:03d}" for place in range(1, 2 * many + 1)]
        geography = f"kode,nama,tingkat,tps\n31,A,1,\n3173,B,2,\n317301,C,3,\n{VILLAGE},D,4,{len(stations)}\n"
        workspace = loaded(folder / str(number), geography)
        officers = {station: f"kpps-{station[-3:]}" for station in stations}
        rows = [f"kpps,{station},,,{login}" for station, login in officers.items()]
        rows += [f"ppk,317301,,,ppk-{n}" for n in (1, 2, 3)] + ["kpu_kabko,3173,,,kab-1"]
        make(workspace, HEAD + "\n".join(rows) + "\n", at=AT)
        pairs = [stations[2 * n : 2 * n + 2] for n in range(many)]
        yield workspace, [{station: officers[station] for station in pair} for pair in pairs]
        workspace.close()


def naive(results: list[SheetResult]) -> tuple[dict[str, int], dict[str, int]]:
    """Settled votes, and settled and provisional ones, added by hand."""
    sums: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for result in results:
        for name, value in result.figures.items():
            if value is not None:
                sums[1][name] = sums[1].get(name, 0) + value
                if result.state is State.SETTLED:
                    sums[0][name] = sums[0].get(name, 0) + value
    return sums


@pytest.mark.slow
def test_histories_follow_the_drawing_and_never_settle_alone(tmp_path: Path) -> None:
    """No sheet is settled by one person, or twice, or lost; totals are those of a recount; the drawing is right.

    SIREKAP_HISTORIES sets how many are played, SIREKAP_FIRST_HISTORY which is the first: one that fails says its
    number, and is played again with those of the workspace before it.
    """
    seen: set[tuple[str | None, str, str | None]] = set()
    seed = FIRST - 1
    for workspace, histories in workspaces(tmp_path):
        results = []
        for stations in histories:
            seed += 1
            history = History(workspace, seed, stations)
            try:
                history.play(ACTS)
                results += history.check()
            except Exception as error:
                error.add_note(f"in history {seed}: SIREKAP_FIRST_HISTORY={seed - (seed - FIRST) % EACH}")
                raise
            seen |= history.seen
        settled, both = naive(results)
        total = tally_workspace(workspace).totals["0"]
        assert (total.settled.values, total.provisional.values) == (settled, both)
        numbers = list(workspace.rows(DeskEntry).values_list("version_id", "round", "number"))
        assert len(set(numbers)) == len(numbers)
    moved = {arrow for arrow in seen if arrow[0] != arrow[2]}
    strange = sorted(map(str, moved - drawn()))
    assert not strange, "; ".join(strange)
    assert {state for arrow in seen for state in (arrow[0], arrow[2])} <= {None, *STATES}
    print(f"{len(seen)} kinds of steps seen; not seen: {sorted(map(str, drawn() - seen))}")
