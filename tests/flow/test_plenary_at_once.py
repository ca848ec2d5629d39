"""Panels at once on one unit, and a sheet that changes while its district closes; SQLite here, PostgreSQL by
`make test-services`.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from sirekap.flow import plenary
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap import Corrected, Stage
from sirekap.record.certificate_reading import read_certificate
from sirekap.store.certified import last_versions
from sirekap.store.models import PlenaryAct, RecapVersion
from sirekap.store.moved import moved_within
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace
from sirekap.store.standing import standpoints
from tests.flow.capturing import CONTEST, signed
from tests.flow.sitting import (
    AT,
    DISTRICT,
    NEXT,
    REGENCY,
    STATIONS,
    begin,
    certified,
    hold,
    paper,
    read_all,
    seated,
    see,
    settle,
    shut,
)

PANELLISTS = 4


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Everything at the same moment, each in a thread; what came of each, errors too."""
    start = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            found[place] = act()
        except Exception as error:  # told below: a thread of its own fails in silence
            found[place] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def closing(act: Callable[[], object], workspace: Workspace) -> Callable[[], object]:
    """The act, with the thread's own connection closed after it."""

    def run() -> object:
        try:
            return act()
        finally:
            workspace.close()

    return run


@pytest.mark.slow
def test_two_panellists_correct_one_figure_and_one_of_them_is_told(tmp_path: Path) -> None:
    """Nobody's correction is lost and none is laid over a value that its author did not see."""
    workspace = seated(tmp_path, STATIONS)
    begin(workspace, DISTRICT)
    person = signed(workspace, "ppk-1")

    def correct(after: int) -> Callable[[], object]:
        return closing(
            lambda: plenary.correct(
                workspace,
                person,
                CONTEST,
                DISTRICT,
                uuid4(),
                STATIONS[0],
                "suara_1",
                31,
                after,
                "salah",
                "BA",
                AT,
            ),
            workspace,
        )

    told = at_once(*(correct(40 + number) for number in range(PANELLISTS)))
    refused = [item for item in told if isinstance(item, NotTaken)]
    assert len(refused) == PANELLISTS - 1 and {item.reason for item in refused} == {Reason.CHANGED}
    sitting = see(workspace, DISTRICT)
    kept = [act for act in sitting.acts if isinstance(act, Corrected)]
    assert len(kept) == 1
    assert next(c for c in sitting.recap.columns if c.part.code == STATIONS[0]).counted == {
        **paper(STATIONS[0]),
        "suara_1": kept[0].after,
    }


@pytest.mark.slow
def test_two_panellists_close_and_there_is_one_version(tmp_path: Path) -> None:
    """Acts are numbered without a gap, and the plenary closes once."""
    workspace = seated(tmp_path, STATIONS)
    begin(workspace, DISTRICT)
    read_all(workspace, DISTRICT)
    told = at_once(*(closing(lambda: shut(workspace, DISTRICT), workspace) for _ in range(PANELLISTS)))
    assert [item.reason for item in told if isinstance(item, NotTaken)] == [Reason.STAGE] * (PANELLISTS - 1)
    assert workspace.rows(RecapVersion).count() == 1
    numbers = list(workspace.rows(PlenaryAct).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(4))
def test_a_sheet_that_changes_while_its_district_closes(tmp_path: Path, turn: int) -> None:
    """Either the certificate holds the new figure, or closing is refused, or it holds the old one and the tiers
    above are told: never a certificate that silently is not its sheets.
    """
    workspace = seated(tmp_path, STATIONS)
    begin(workspace, DISTRICT)
    read_all(workspace, DISTRICT)
    new = {**paper(STATIONS[turn % 3]), "suara_1": 33 + turn}
    told = at_once(
        closing(lambda: shut(workspace, DISTRICT), workspace),
        closing(lambda: settle(workspace, tmp_path, STATIONS[turn % 3], new), workspace),
    )
    assert told[1] is None, told
    if isinstance(told[0], NotTaken):
        assert told[0].reason is Reason.BLOCKED and see(workspace, DISTRICT).minutes.stage is Stage.OPEN
        return
    version = last_versions(workspace, CONTEST, [DISTRICT])[DISTRICT]
    points = standpoints(workspace, CONTEST, FORM, DISTRICT)
    left = {part[0]: dict(zip(version.figures, part[3], strict=True)) for part in version.parts}
    different = {
        code
        for code, values in left.items()
        if values != {name: points[code].figures[name].value for name in FORM.names}
        or points[code].standing.state != "settled"
    }
    assert different == {item.station for item in moved_within(workspace, CONTEST, FORM, [DISTRICT])}
    data = read_certificate(workspace.objects.get(version.body), "d")
    assert dict(zip(version.figures, data.totals, strict=True)) == certified(version)


@pytest.mark.slow
def test_a_district_is_reopened_while_its_regency_closes(tmp_path: Path) -> None:
    """One of the two comes first, and the other is refused: no certificate stands over one that is open again."""
    workspace = seated(tmp_path)
    hold(workspace, DISTRICT)
    hold(workspace, NEXT)
    begin(workspace, REGENCY)
    read_all(workspace, REGENCY)
    head = signed(workspace, "kab-1")
    told = at_once(
        closing(lambda: shut(workspace, REGENCY), workspace),
        closing(
            lambda: plenary.reopen(workspace, head, CONTEST, NEXT, uuid4(), "putusan", "BA", False, AT), workspace
        ),
    )
    refused = [item.reason if isinstance(item, NotTaken) else None for item in told]
    assert refused in ([None, Reason.ABOVE], [Reason.BLOCKED, None]), told
    stages = (see(workspace, REGENCY).minutes.stage, see(workspace, NEXT).minutes.stage)
    assert stages in ((Stage.CLOSED, Stage.CLOSED), (Stage.OPEN, Stage.OPEN))
