"""A workspace with people and phones, for tests of capture: photographs are a JPEG header and a JSON text."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sirekap.flow.capture import Confirmed, Delivered, Parcel, confirm, deliver
from sirekap.flow.reader import Reader
from sirekap.flow.worker import Worked, work_once
from sirekap.forms import Form
from sirekap.reading.model import PhotoReading
from sirekap.store.accounts import account_of, mandates_of
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.uploads import upload_chunk
from tests.example import consistent
from tests.flow import fakes
from tests.flow.fakes import OTHER, STATION
from tests.store.people import HEAD, loaded, make
from tests.store.pictures import jpeg

AT = datetime(2024, 2, 14, 12, tzinfo=UTC)
CONTEST = "ppwp"
SALINAN = "C.HASIL-SALINAN-PPWP/2024"
PEOPLE = (
    f"{HEAD}kpps,{STATION},,,ketua-1\nkpps,{STATION},,,ketua-1b\nkpps,{OTHER},,,ketua-2\npps,3173011001,,,pps-1\n"
    f"ppk,317301,,,ppk-1\nsaksi,{STATION},900001,,saksi-1\nsaksi,317301,900002,,saksi-2\nbawaslu,317301,,,panwas-1\n"
    "auditor,3173,,,audit-1\nppid,3173,,,ppid-1\n"
)


def peopled(folder: Path) -> Workspace:
    """A loaded workspace with one account of each kind."""
    workspace = loaded(folder)
    make(workspace, PEOPLE, at=AT)
    return workspace


def signed(workspace: Workspace, login: str) -> Signed:
    """The session of an account that showed whatever was asked for."""
    account = account_of(workspace, login)
    return Signed(None, login, "", mandates_of(workspace, account, AT), False, True)  # type: ignore[arg-type]  # no session


def shot(page: int, values: Mapping[str, int | None] | None = None, **more: Any) -> bytes:
    """A photograph of one page (see `fakes.photo`); `form` tells of which form it is."""
    return jpeg(fakes.photo(page, None if values is None else dict(values), **more))


def read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """Reads what `shot` made."""
    content = data[len(jpeg(b"")) :]
    if content == b"endless":
        raise MemoryError
    digest = sha256(data).hexdigest()
    if content == fakes.NOT_A_PICTURE:
        fakes._die_at("photo")
        return PhotoReading(name, digest, problem="the JPEG is truncated or damaged; send the photograph again")
    if json.loads(content).get("form", form.id) != form.id:
        return PhotoReading(name, digest, problem=f"no page of {form.id} was found", published=b"P" + data)
    return replace(fakes.read_photo(content, name, form), sha256=digest)


READER = Reader(read_photo, fakes.read_sheet, "fake", 0.9, None, 0)


def upload(workspace: Workspace, login: str, data: bytes) -> str:
    """Send all bytes; their hash."""
    digest = sha256(data).hexdigest()
    upload_chunk(workspace, login, digest, 0, len(data), data)
    return digest


def send(
    workspace: Workspace, login: str, data: bytes, station: str = STATION, language: str = "id", **more: Any
) -> Delivered:
    """Upload and deliver."""
    parcel = Parcel(upload(workspace, login, data), CONTEST, station, **more)
    return deliver(workspace, signed(workspace, login), parcel, AT, language)


def send_sheet(
    workspace: Workspace,
    login: str,
    values: Mapping[str, int | None] | None = None,
    station: str = STATION,
    **more: Any,
) -> None:
    """Deliver all three pages."""
    for page in (1, 2, 3):
        send(workspace, login, shot(page, values, note=login, **more), station)


def work(workspace: Workspace) -> Worked:
    """Read everything that waits."""
    return work_once(workspace, READER, 100, AT)


def vouch(
    workspace: Workspace,
    version: int | None,
    figures: Mapping[str, int | None] | None = None,
    insisted: tuple[str, ...] = (),
    request: UUID | None = None,
    login: str = "ketua-1",
) -> Confirmed:
    """The officer's confirmation."""
    values = consistent() if figures is None else figures
    return confirm(
        workspace,
        signed(workspace, login),
        CONTEST,
        STATION,
        request or uuid4(),
        version,
        values,
        insisted,
        AT,
        "en",
    )
