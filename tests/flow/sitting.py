"""Two districts of a regency with five stations, settled sheets and panels, for tests of plenaries."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sirekap.flow import plenary
from sirekap.flow.capture import confirm
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap import Signing
from sirekap.store.models import SheetVersion
from sirekap.store.not_taken import NotTaken
from sirekap.store.plenaries import Sitting
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import CONTEST, signed
from tests.flow.desking import bring
from tests.store.people import HEAD, loaded, make

AT = datetime(2024, 2, 17, 9, tzinfo=UTC)
EARLY = datetime(2024, 2, 14, 12, tzinfo=UTC)
GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,2
3173011002,BENDUNGAN HILIR,4,1
317302,MENTENG,3,
3173021001,CIKINI,4,2
"""
DISTRICT, NEXT, REGENCY, PROVINCE, NATION = "317301", "317302", "3173", "31", "0"
STATIONS = ("3173011001001", "3173011001002", "3173011002001")
ELSEWHERE = ("3173021001001", "3173021001002")
PANELS = {DISTRICT: "ppk-1", NEXT: "ppk-2", REGENCY: "kab-1", PROVINCE: "prov-1", NATION: "ri-1"}
PEOPLE = (
    f"{HEAD}ppk,317301,,,ppk-1\nppk,317302,,,ppk-2\nkpu_kabko,3173,,,kab-1\nkpu_prov,31,,,prov-1\nkpu_ri,0,,,ri-1\n"
    "saksi,317301,900002,,saksi-2\nbawaslu,317301,,,panwas-1\npps,3173011001,,,pps-1\n"
    + "".join(f"kpps,{station},,,k{station}\n" for station in (*STATIONS, *ELSEWHERE))
)


def paper(station: str) -> dict[str, int]:
    """What stands on a station's sheet: each its own numbers."""
    number = (*STATIONS, *ELSEWHERE).index(station)
    return consistent((31 + number, 120 - number, 44 + 3 * number), women=90 + number)


def seated(folder: Path, settled: Iterable[str] = (*STATIONS, *ELSEWHERE)) -> Workspace:
    """A workspace with panels, and settled sheets of these stations."""
    workspace = loaded(folder, GEOGRAPHY)
    make(workspace, PEOPLE, at=EARLY)
    for station in settled:
        settle(workspace, folder, station)
    return workspace


def settle(
    workspace: Workspace,
    folder: Path,
    station: str,
    values: Mapping[str, Any] | None = None,
    at: datetime = EARLY,
) -> None:
    """Photographs of a sheet come in, are read, and its officer vouches for them."""
    figures = paper(station) if values is None else values
    if values is None:
        bring(workspace, folder / "in", figures, station)
    rows = workspace.rows(SheetVersion).filter(sheet__station=station).order_by("-version")
    confirm(
        workspace, signed(workspace, f"k{station}"), CONTEST, station, uuid4(), rows[0].version, dict(figures),
        tuple(FORM.names), at, "en",
    )  # fmt: skip


def see(workspace: Workspace, unit: str) -> Sitting:
    """A plenary as its panel sees it."""
    return plenary.see_plenary(workspace, signed(workspace, PANELS[unit]), CONTEST, unit)


def begin(workspace: Workspace, unit: str, decision: str = "") -> Sitting:
    """Open a plenary and call its head, who signs."""
    who = signed(workspace, PANELS[unit])
    plenary.open_plenary(workspace, who, CONTEST, unit, uuid4(), decision, AT)
    return plenary.attend(workspace, who, CONTEST, unit, uuid4(), "Ketua", "", Signing.SIGNS, "", "", AT)


def read_all(workspace: Workspace, unit: str) -> None:
    """Read every part out that was not read out as it stands."""
    who, sitting = signed(workspace, PANELS[unit]), see(workspace, unit)
    for part in sitting.parts:
        if part.figures is not None and sitting.minutes.read.get(part.code) != part.digest:
            plenary.read_out(workspace, who, CONTEST, unit, uuid4(), part.code, part.digest, AT)


def hold(workspace: Workspace, unit: str, decision: str = "") -> Any:
    """A plenary from its opening to its certificate; the row of its version."""
    begin(workspace, unit, decision)
    read_all(workspace, unit)
    return shut(workspace, unit)


def shut(workspace: Workspace, unit: str) -> Any:
    """Close a plenary."""
    return plenary.close(workspace, signed(workspace, PANELS[unit]), CONTEST, unit, uuid4(), AT)


def sums(stations: Iterable[str]) -> dict[str, int]:
    """What the papers of stations add up to, one by one."""
    every = [paper(station) for station in stations]
    return {name: sum(values[name] for values in every) for name in FORM.names}


def certified(version: Any) -> dict[str, int | None]:
    """The sums that a version certifies, from its own table."""
    found: dict[str, int | None] = dict.fromkeys(version.figures)
    for part in version.parts:
        for name, value in zip(version.figures, part[4], strict=True):
            if value is not None:
                found[name] = (found[name] or 0) + value
    return found


def refused(act: Any) -> NotTaken:
    """Why an act is not taken."""
    try:
        act()
    except NotTaken as error:
        return error
    raise AssertionError("it was taken")
