"""The review desk's people and acts, for tests: a sheet that waits, clerks who type it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sirekap.flow import desk
from sirekap.flow.intake import ingest
from sirekap.store.desk import Claimed
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import AT, CONTEST, signed
from tests.flow.fakes import READER, STATION, pages, write_manifest
from tests.store.people import HEAD, loaded, make

CLERKS = ("ppk-1", "ppk-2", "ppk-3", "kab-1")
PEOPLE = (
    f"{HEAD}kpps,{STATION},,,ketua-1\nppk,317301,,,ppk-1\nppk,317301,,,ppk-2\nppk,317301,,,ppk-3\n"
    f"kpu_kabko,3173,,,kab-1\nppk,317302,,,ppk-far\nsaksi,317301,900001,,saksi-1\nauditor,3173,,,audit-1\n"
)
GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
3173011002,BENDUNGAN HILIR,4,2
317302,MENTENG,3,
3173021001,CIKINI,4,1
"""


def staffed(folder: Path, more: str = "") -> Workspace:
    """A loaded workspace with an officer, four people of the desk, some who are none, and `more`."""
    workspace = loaded(folder, GEOGRAPHY)
    make(workspace, PEOPLE + more, at=AT)
    return workspace


def bring(workspace: Workspace, folder: Path, values: Mapping[str, Any], station: str = STATION) -> None:
    """Photographs of a sheet come in and are read; 777 is uncertain and 888 illegible to this reader."""
    rows = pages(station, dict(values))
    folder.mkdir(parents=True, exist_ok=True)
    ingest(workspace, write_manifest(folder / station, rows, f"{station}.csv"), READER)


def doubtful() -> dict[str, Any]:
    """A sheet of which the machine cannot read a figure."""
    return {**consistent(), "suara_1": 888}


def take(workspace: Workspace, who: str, at: datetime = AT) -> Claimed:
    """Take the sheet of the station. Raises NotTaken."""
    return desk.take_sheet(workspace, signed(workspace, who), CONTEST, STATION, at)


def enter(
    workspace: Workspace,
    who: str,
    figures: Mapping[str, Any] | None = None,
    at: datetime = AT,
    reason: str = "",
    request: UUID | None = None,
) -> str:
    """Take the station's sheet and type it; what came of it."""
    claim = take(workspace, who, at).claim
    values = consistent() if figures is None else figures
    answer = desk.enter(
        workspace, signed(workspace, who), claim, request or uuid4(), values, at + timedelta(seconds=20), reason
    )
    return str(answer["outcome"])


def refused(act: Any) -> Reason:
    """Why an act is not taken."""
    try:
        act()
    except NotTaken as error:
        return error.reason
    raise AssertionError("it was taken")
