"""A site with five people of a district who may work at the desk, and sheets that wait for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import cv2
import numpy as np

from sirekap.flow.intake import ingest
from sirekap.flow.reader import Reader
from sirekap.forms import Form
from sirekap.reading.model import PhotoReading
from sirekap.store.accounts import actor_of
from sirekap.store.loading import now
from sirekap.store.sessions import activate
from sirekap.web.limits import Buckets
from tests.example import consistent
from tests.flow.fakes import pages, read_photo, read_sheet, write_manifest
from tests.store.people import HEAD, PASSWORD, make
from tests.web.site import Client, TestSite, _with_second, make_site

CLERKS = ("clerk1", "clerk2", "clerk3", "clerk4", "clerk5")
DOUBTFUL = 777  # what the fake reader is not sure of


def _picture(text: str, width: int = 330, height: int = 120) -> bytes:
    """A small picture of a number in boxes, as a cut is one."""
    paper = np.full((height, width, 3), 235, np.uint8)
    for box in range(3):
        cv2.rectangle(paper, (10 + box * 106, 10), (108 + box * 106, height - 10), (60, 60, 60), 3)
    cv2.putText(paper, text, (24, height - 30), cv2.FONT_HERSHEY_SIMPLEX, 2.6, (90, 20, 10), 6)
    return bytes(cv2.imencode(".jpg", paper)[1].tobytes())


def _read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """As the fake reader, but cuts and photographs are pictures."""
    found = read_photo(data, name, form)
    cuts = {figure: _picture("  ".join(str(int(e.digits[0][0])))) for figure, e in found.evidence.items()}
    return replace(found, cuts=cuts, published=_picture(f"p{found.page}", 620, 800))


READER = Reader(_read_photo, read_sheet, "fake", 0.9, None, 0)


def make_desk(folder: Path, buckets: Buckets | None = None) -> TestSite:
    """A site whose `tokens` hold the clerks too; no sheet yet."""
    site = make_site(folder, buckets)
    rows = "".join(f"ppk,317301,,,{login}\n" for login in CLERKS)
    _, codes = make(site.workspace, f"{HEAD}{rows}", actor_of(site.workspace, "admin-x", now()), now())
    for login in CLERKS:
        opened = activate(site.workspace, login, codes[login], PASSWORD, "tes", now())
        site.tokens[login] = _with_second(site.workspace, opened.session)
    return site


def add_sheet(site: TestSite, folder: Path, station: str, values: Mapping[str, Any] | None = None) -> None:
    """Photographs of a station's sheet, read."""
    ingest(site.workspace, write_manifest(folder / station, pages(station, dict(values or consistent()))), READER)


def doubtful(**more: Any) -> dict[str, Any]:
    """A sheet that must be typed: the machine is not sure of a figure."""
    return {**consistent(), "suara_2": DOUBTFUL, **more}


def take(client: Client, station: str, contest: str = "ppwp") -> Any:
    """Take a sheet by the API; its view."""
    answer = client.post("/api/v1/desk/claims", {"contest": contest, "station": station})
    assert answer.status == 200, answer.body
    return answer.json


def type_sheet(client: Client, station: str, values: Mapping[str, Any], reason: str = "") -> Any:
    """Take a sheet, and type it; what became of it."""
    claim = take(client, station)["claim"]
    body = {"request": str(uuid4()), "figures": dict(values), "reason": reason}
    answer = client.post(f"/api/v1/desk/claims/{claim}/entry", body)
    assert answer.status == 200, answer.body
    return answer.json["outcome"]


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]
