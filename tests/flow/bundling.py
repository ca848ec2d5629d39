"""A district in which everything happened that an evidence bundle tells of, for tests of bundles."""

import atexit
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import cv2
import numpy as np

from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import sign_certificate
from sirekap.flow import desk, plenary
from sirekap.flow.capture import confirm
from sirekap.flow.evidence import write_evidence
from sirekap.flow.intake import ingest
from sirekap.flow.plenary_papers import certificate_of, paper_of, take_file, take_signed
from sirekap.flow.reader import Reader
from sirekap.flow.worker import work_once
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Form
from sirekap.reading.model import PhotoReading
from sirekap.recap import ObjectionKind, Signing
from sirekap.record.evidence import MANIFEST, SUMS, manifest_text, sums_text
from sirekap.record.stored_zip import StoredZip
from sirekap.review import Step
from sirekap.store.models import SheetVersion
from sirekap.store.plenary_papers import trust
from sirekap.store.setup import Workspace
from tests.drawing import officers
from tests.flow import fakes
from tests.flow.capturing import CONTEST, read_photo, send_sheet, signed
from tests.flow.sitting import AT, DISTRICT, REGENCY, STATIONS, begin, paper, read_all, seated, settle, shut

PLAIN, COPIED, TYPED = STATIONS
PDF = b"%PDF-1.7 a letter"


def picture(text: str, width: int = 330, height: int = 120) -> bytes:
    """A small JPEG with a text in it."""
    paper_ = np.full((height, width, 3), 235, np.uint8)
    cv2.putText(paper_, text, (24, height - 30), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (90, 20, 10), 5)
    return bytes(cv2.imencode(".jpg", paper_)[1].tobytes())


def _read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """As the fake reader, but what is published and cut are pictures."""
    found = read_photo(data, name, form)
    if found.problem is not None and not found.published:
        return found
    cuts = {figure: picture(str(int(each.digits[0][0]))) for figure, each in found.evidence.items()}
    return replace(found, cuts=cuts, published=picture(f"{found.page} {sha256(data).hexdigest()[:6]}", 620, 800))


READER = Reader(_read_photo, fakes.read_sheet, "fake", 0.9, None, 0)


def moment() -> datetime:
    """A time after all that was written down so far: photographs are, at the true time."""
    return datetime.now(UTC)


def photograph(workspace: Workspace, station: str, values: Any, login: str = "") -> None:
    """Photographs of a station's sheet come from a phone, and are read."""
    send_sheet(workspace, login or f"k{station}", values, station)
    work_once(workspace, READER, 100, moment())


def eventful(folder: Path) -> Workspace:
    """PLAIN is confirmed and corrected in the plenary; a copy of COPIED differs: it is typed twice and two people
    answer for it; TYPED is typed twice, differs, and a third person decides. The district's plenary closes, is
    signed, reopened, and closes again.
    """
    workspace = seated(folder, ())
    for station in (PLAIN, COPIED):
        photograph(workspace, station, paper(station))
        settle(workspace, folder, station, paper(station), moment())
    bad = [(PLAIN, "bad.jpg", fakes.NOT_A_PICTURE)]
    ingest(workspace, fakes.write_manifest(folder / "bad", bad), fakes.READER)
    photograph(workspace, COPIED, {**paper(COPIED), "suara_2": 99}, "saksi-2")
    for who in ("ppk-1", "kab-1"):
        type_sheet(workspace, COPIED, who, paper(COPIED))
    answer_all(workspace, COPIED, ("prov-1", "ri-1"), "Salinan saksi salah tulis; dicocokkan dengan plano")
    photograph(workspace, TYPED, {**paper(TYPED), "suara_1": 888})
    type_sheet(workspace, TYPED, "ppk-1", paper(TYPED))
    type_sheet(workspace, TYPED, "kab-1", {**paper(TYPED), "suara_1": 34})
    type_sheet(workspace, TYPED, "prov-1", paper(TYPED), "Angka ketiga jelas 3 di foto")
    _plenary(workspace)
    return workspace


def type_sheet(workspace: Workspace, station: str, who: str, values: Any, reason: str = "") -> None:
    """Somebody of the desk takes a sheet and types it."""
    person = signed(workspace, who)
    claim = desk.take_sheet(workspace, person, CONTEST, station, moment())
    desk.enter(workspace, person, claim.claim, uuid4(), values, moment(), reason)


def answer_all(workspace: Workspace, station: str, people: tuple[str, ...], reason: str) -> None:
    """People of the desk answer for every open error of a sheet."""
    for who in people:
        person = signed(workspace, who)
        claim = desk.take_sheet(workspace, person, CONTEST, station, moment())
        assert claim.step is Step.FINDINGS
        desk.answer_for(workspace, person, claim.claim, uuid4(), "R42", reason, moment())


def _plenary(workspace: Workspace) -> None:
    panel, witness = signed(workspace, "ppk-1"), signed(workspace, "saksi-2")
    here = (workspace, panel, CONTEST, DISTRICT)
    begin(workspace, DISTRICT)
    read_all(workspace, DISTRICT)
    plenary.correct(*here, uuid4(), PLAIN, "suara_1", 31, 37, "salah tulis di plano", "BA 4", AT)
    digest = take_file(workspace, witness, CONTEST, DISTRICT, "surat keberatan.pdf", PDF, AT)
    plenary.file_objection(
        workspace, witness, CONTEST, DISTRICT, uuid4(), ObjectionKind.OBJECTION,
        "Angka TPS 001 diubah.\nKami minta dihitung ulang.", AT, part=PLAIN, attachments=(digest,),
    )  # fmt: skip
    plenary.answer(*here, uuid4(), 1, "Dicocokkan dengan plano di hadapan semua saksi.", AT)
    plenary.file_objection(*here, uuid4(), ObjectionKind.EVENT, "Listrik padam.", AT, "Panwas", TYPED)
    plenary.answer(*here, uuid4(), 2, "Dilanjutkan dengan genset.", AT)
    plenary.attend(
        *here, uuid4(), "Saksi", "900002", Signing.REFUSES, "keberatan nomor 1 belum memuaskan", "", AT
    )
    first = shut(workspace, DISTRICT)
    sign(workspace, first)
    above = (workspace, signed(workspace, "kab-1"), CONTEST, DISTRICT)
    plenary.reopen(*above, uuid4(), "saran perbaikan Bawaslu 7/2024", "BA 9", False, AT)
    plenary.correct(*here, uuid4(), PLAIN, "suara_2", 120, 119, "salah jumlah", "BA 10", AT)
    shut(workspace, DISTRICT)


def sign(workspace: Workspace, version: Any) -> None:
    """The panel's head signs a version's paper, by an authority that is trusted from now on."""
    now = datetime.now(UTC)
    panel = signed(workspace, "ppk-1")
    trust(workspace, officers.authority().certificate, "authority.pem")
    drawn = paper_of(workspace, panel, version, now)
    place = signing_places(certificate_of(workspace, version))[0]
    made = sign_certificate(drawn, officers.officer("Ketua PPK"), place)
    take_signed(workspace, panel, CONTEST, DISTRICT, version.version, made, now)


def confirm_otherwise(workspace: Workspace, station: str, **values: int) -> None:
    """The officer vouches anew, with other figures."""
    row = workspace.rows(SheetVersion).filter(sheet__station=station).order_by("-version")[0]
    figures = {**paper(station), **values}
    who = signed(workspace, f"k{station}")
    confirm(workspace, who, CONTEST, station, uuid4(), row.version, figures, tuple(FORM.names), moment(), "en")


@dataclass(frozen=True)
class Made:
    """The eventful district with its bundles: of the district, of two of its stations."""

    workspace: Workspace
    district: Path
    plain: Path
    copied: Path


@cache
def made() -> Made:
    """Made once a process: only to be read."""
    folder = Path(tempfile.mkdtemp(prefix="sirekap-bundles-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    workspace = eventful(folder)
    paths = {code: folder / f"{code}.zip" for code in (DISTRICT, PLAIN, COPIED)}
    for code, path in paths.items():
        write_evidence(workspace, code, path)
    return Made(workspace, *paths.values())


def files_of(path: Path) -> dict[str, bytes]:
    """Every file of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], path: Path, *, again: bool = True) -> Path:
    """A bundle of these files; `again` with a manifest and a list of hashes that fit them."""
    if again:
        listed = {name: data for name, data in files.items() if name not in (MANIFEST, SUMS)}
        sizes = {name: (len(data), sha256(data).hexdigest()) for name, data in listed.items()}
        head = {key: value for key, value in json.loads(files[MANIFEST]).items() if key != "files"}
        manifest = manifest_text(head, sizes)
        sizes[MANIFEST] = (len(manifest), sha256(manifest).hexdigest())
        files = {**listed, MANIFEST: manifest, SUMS: sums_text(sizes)}
    with path.open("wb") as file:
        archive = StoredZip(file)
        for name, data in sorted(files.items()):
            archive.add(name, data)
        archive.finish()
    return path


__all__ = [
    "COPIED",
    "DISTRICT",
    "PDF",
    "PLAIN",
    "REGENCY",
    "TYPED",
    "Made",
    "confirm_otherwise",
    "eventful",
    "files_of",
    "made",
    "packed",
]
