"""Plenaries from two districts to the nation, with all that can happen to them, in a workspace to publish."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import sign_certificate
from sirekap.flow import plenary, plenary_papers
from sirekap.flow.intake import ingest
from sirekap.flow.steps import acknowledge
from sirekap.recap import ObjectionKind, Signing
from sirekap.store.plenary_papers import trust
from sirekap.store.setup import Workspace
from tests.drawing.officers import NOW, authority, officer
from tests.flow.capturing import CONTEST, signed
from tests.flow.fakes import READER, pages, write_manifest
from tests.flow.sitting import (
    AT,
    DISTRICT,
    ELSEWHERE,
    NATION,
    NEXT,
    PANELS,
    PROVINCE,
    REGENCY,
    STATIONS,
    begin,
    hold,
    paper,
    read_all,
    seated,
    settle,
    shut,
)

DECISION = "Kotak suara hanyut; keputusan PPK nomor 1"
FILE = b"\xff\xd8\xff\xe0 a photograph"


def story(folder: Path) -> Workspace:
    """A station is missing by decision, another corrected; an objection goes up, an event is answered; the
    district's first version is signed, then it is reopened and closes again. The regency corrects a unit below it
    and closes twice, the province once, the nation is open. Then sheets change, each in another way.
    """
    workspace = seated(folder, (*STATIONS[:2], *ELSEWHERE))
    district(workspace)
    hold(workspace, NEXT)
    plenary_papers.paper_of(workspace, signed(workspace, "ppk-2"), row_of(workspace, NEXT, 1, "ppk-2"), AT)
    regency(workspace)
    again(workspace)
    hold(workspace, PROVINCE)
    begin(workspace, NATION)
    changes(workspace, folder)
    return workspace


def changes(workspace: Workspace, folder: Path) -> None:
    """The missing sheet comes; an officer contradicts a reading; a sheet is photographed again as it was, another
    with another number, for which two people answer.
    """
    settle(workspace, folder, STATIONS[2])
    settle(workspace, folder, STATIONS[1], {**paper(STATIONS[1]), "disabilitas_l": 1, "disabilitas_j": 1})
    photograph(workspace, folder, STATIONS[0], paper(STATIONS[0]))
    other = {**paper(ELSEWHERE[1]), "disabilitas_p": 1, "disabilitas_j": 1}
    photograph(workspace, folder, ELSEWHERE[1], other)
    for who in ("PPK Menteng", "KPU Jakarta Pusat"):
        acknowledge(workspace, ELSEWHERE[1], "R40", who, "foto kedua dari plano")


def photograph(workspace: Workspace, folder: Path, station: str, values: dict[str, int]) -> None:
    """A better photograph of every page comes in, and the officer vouches for what it says."""
    rows = pages(station, dict(values), note=f"{station} again", quality=0.9)
    ingest(workspace, write_manifest(folder / "again" / station, rows), READER)
    settle(workspace, folder, station, values)


TAKEN_BACK = (STATIONS[1], "suara_3", paper(STATIONS[1])["suara_3"], paper(STATIONS[1])["suara_3"] + 5)


def district(workspace: Workspace) -> None:
    """The district's first session, to a signed certificate."""
    begin(workspace, DISTRICT, DECISION)
    panel = (workspace, signed(workspace, "ppk-1"), CONTEST, DISTRICT)
    witness = (workspace, signed(workspace, "saksi-2"), CONTEST, DISTRICT)
    read_all(workspace, DISTRICT)
    plenary.correct(*panel, uuid4(), STATIONS[0], "suara_1", 31, 37, "salah tulis", "BA 4", AT)
    plenary.correct(*panel, uuid4(), *TAKEN_BACK, "dibaca keliru", "BA 4b", AT)
    digest = plenary_papers.take_file(*witness, "plano.jpg", FILE, AT)
    objection = ObjectionKind.OBJECTION
    text = "Selisih suara di TPS 001.\nLihat foto."
    plenary.file_objection(*witness, uuid4(), objection, text, AT, part=STATIONS[0], attachments=[digest])
    plenary.file_objection(*panel, uuid4(), ObjectionKind.EVENT, "Listrik padam", AT, by="Panwaslu Kecamatan")
    plenary.answer(*panel, uuid4(), 2, "Dilanjutkan setelah 20 menit", AT)
    plenary.carry_up(*panel, uuid4(), 1, "Dibawa ke kabupaten", AT)
    refuses = "Keberatan belum dijawab"
    plenary.attend(*panel, uuid4(), "Saksi", "Pasangan calon 2", Signing.REFUSES, refuses, "", AT)
    shut(workspace, DISTRICT)
    trust(workspace, authority().certificate, "authority.pem")
    row = row_of(workspace, DISTRICT, 1)
    pdf = plenary_papers.paper_of(workspace, panel[1], row, AT)
    place = signing_places(plenary_papers.certificate_of(workspace, row))[0]
    pdf = sign_certificate(pdf, officer("Ketua PPK"), place)
    plenary_papers.take_signed(*panel, 1, pdf, NOW)


def regency(workspace: Workspace) -> None:
    """The regency's first session: it takes up the objection, and corrects what a district certified."""
    begin(workspace, REGENCY)
    panel = (workspace, signed(workspace, PANELS[REGENCY]), CONTEST, REGENCY)
    read_all(workspace, REGENCY)
    plenary.take_up(*panel, uuid4(), f"{DISTRICT}/1", AT)
    plenary.answer(*panel, uuid4(), 1, "Dihitung ulang, hasil tetap", AT)
    plenary.correct(*panel, uuid4(), NEXT, "suara_tidak_sah", 6, 7, "salah jumlah", "BA 7", AT)
    shut(workspace, REGENCY)


def again(workspace: Workspace) -> None:
    """Regency and district are reopened from above, a station is corrected, and both close again."""
    ground = "putusan Bawaslu 12"
    province, above = (signed(workspace, PANELS[unit]) for unit in (PROVINCE, REGENCY))
    plenary.reopen(workspace, province, CONTEST, REGENCY, uuid4(), ground, "BA 1", False, AT)
    plenary.reopen(workspace, above, CONTEST, DISTRICT, uuid4(), ground, "BA 9", False, AT)
    stands, panel = paper(STATIONS[1])["suara_2"], signed(workspace, PANELS[DISTRICT])
    plenary.correct(
        workspace, panel, CONTEST, DISTRICT, uuid4(), STATIONS[1], "suara_2", stands, 100, "tertukar", "BA 10", AT
    )
    plenary.withdraw(workspace, panel, CONTEST, DISTRICT, uuid4(), *TAKEN_BACK, "dilihat lagi", "BA 12", AT)
    blank = (STATIONS[1], "disabilitas_p", 0, None, "kolom itu kosong", "BA 11")
    plenary.correct(workspace, panel, CONTEST, DISTRICT, uuid4(), *blank, AT)
    shut(workspace, DISTRICT)
    read_all(workspace, REGENCY)
    shut(workspace, REGENCY)


def row_of(workspace: Workspace, unit: str, version: int, who: str = "ppk-1") -> Any:
    """A version's row."""
    return plenary_papers.version_row(workspace, signed(workspace, who), CONTEST, unit, version)
