"""A desk at which sheets of the DPR wait, 241 figures on eight pages, and the clerks who type them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sirekap.flow.intake import ingest
from sirekap.forms import form_of
from sirekap.store.accounts import actor_of
from sirekap.store.loading import now
from sirekap.store.sessions import activate
from sirekap.web.wsgi import served
from tests.flow.fakes import write_manifest
from tests.flow.seating import filled, workspace_of
from tests.store.people import HEAD, PASSWORD, fast_passwords, make
from tests.web.conftest import PATIENT
from tests.web.desk_site import DOUBTFUL, READER
from tests.web.site import TestSite, _with_second

FORM = form_of("C.HASIL-DPR/2024")
CONTEST = "pdpr"
CLERKS = ("clerk1", "clerk2", "clerk3")
# A station's votes: a few candidates have many, most of a list has none.
VOTES = {
    f"suara_caleg_{party}_{number}": 23 // (party * number) for party in range(1, 19) for number in range(1, 11)
} | {f"suara_partai_{party}": 12 - party // 2 for party in range(1, 19)}
PAPER: dict[str, int | None] = {**filled(FORM, VOTES), "disabilitas_j": None}


def make_house_desk(folder: Path) -> TestSite:
    """A site with three clerks of one district; no sheet yet."""
    fast_passwords()
    workspace = workspace_of(folder)
    rows = "".join(f"ppk,317301,,,{login}\n" for login in CLERKS)
    _, codes = make(workspace, f"{HEAD}admin,0,,,admin-0\n{rows}", at=now())
    assert actor_of(workspace, "admin-0", now()).login == "admin-0"
    tokens = {}
    for login in CLERKS:
        opened = activate(workspace, login, codes[login], PASSWORD, "tes", now())
        tokens[login] = _with_second(workspace, opened.session)
    return TestSite(workspace, served(workspace, buckets=PATIENT), {}, tokens)


def add_house_sheet(site: TestSite, folder: Path, station: str, note: str = "") -> None:
    """Photographs of all pages of a station's sheet, of which the machine is not sure."""
    values = {**PAPER, "suara_caleg_1_1": DOUBTFUL}
    rows: list[tuple[str, str, bytes]] = []
    for page in FORM.pages:
        here: dict[str, Any] = {field.name: values[field.name] for field in FORM.fields_of(page.number)}
        data = json.dumps({"page": page.number, "figures": here, "note": f"{station} {note}"}).encode()
        rows.append((station, f"{station}-{page.number}.jpg", data))
    manifest = write_manifest(folder / f"{station}{note}", rows)
    report = ingest(site.workspace, manifest, READER, CONTEST)
    assert report.accepted == [] or report.accepted == [station], report
