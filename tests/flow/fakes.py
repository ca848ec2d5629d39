"""A reader for tests: its photographs are JSON texts, its figures what stands in them.

Small enough that a test of what happens to photographs does not wait for pictures to be read.
"""

import json
import os
import signal
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from sirekap.figures import Figure
from sirekap.flow.reader import Reader
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.forms import Form
from sirekap.reading.model import Evidence, PhotoReading, SheetReading
from sirekap.review import decide
from sirekap.rules import Finding, Severity, check
from sirekap.store.models import HISTORY, Contest, Sheet, Ticket, Unit
from sirekap.store.setup import Workspace
from tests.example import consistent

GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
3173011002,BENDUNGAN HILIR,4,
"""
TICKETS = "nomor_urut,nama\n1,SATU\n2,DUA\n3,TIGA\n"
ELECTION = """name = "Pemilu contoh"
day = 2024-02-14

[limits]
voters_per_station = 300

[[contest]]
code = "ppwp"
form = "C.HASIL-PPWP/2024"
"""
STATION, OTHER = "3173011001001", "3173011001002"
NOT_A_PICTURE = b"no picture"
KILL = "SIREKAP_TEST_KILL"
TIMES = ("at", "created_at", "received_at", "since", "until")


def photo(page: int, values: dict[str, int | None] | None = None, **more: Any) -> bytes:
    """The bytes of a photograph of one page; `more` may hold problem, station (its QR code), quality, note."""
    every = consistent() if values is None else values
    here = {field.name: every[field.name] for field in FORM.fields_of(page)}
    return json.dumps({"page": page, "figures": here, **more}).encode()


def read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """Reads what `photo` wrote."""
    digest = sha256(data).hexdigest()
    _die_at("photo")
    if data == NOT_A_PICTURE:
        return PhotoReading(name, digest, problem="no JPEG or PNG")
    tree = json.loads(data)
    if tree.get("problem"):
        return PhotoReading(name, digest, problem=tree["problem"], published=b"P" + data)
    evidence = {
        figure: Evidence(((-1.0 if value is None else float(value),),))
        for figure, value in tree["figures"].items()
    }
    cuts = {figure: f"{digest} {figure}".encode() for figure in evidence}
    return PhotoReading(
        name, digest, tree["page"], None, tree.get("station"), form.id, tree.get("quality", 0.5), (), evidence,
        b"P" + data, cuts,
    )  # fmt: skip


def read_sheet(
    readings: Sequence[PhotoReading], form: Form, *, station: str | None, voters_per_station: int | None
) -> SheetReading:
    """Weighs what `read_photo` read; the value 777 is one that it is not sure of, 888 illegible."""
    _die_at("sheet")
    used: dict[int, PhotoReading] = {}
    beside = []
    for reading in sorted(readings, key=lambda r: (-r.quality, r.sha256)):
        if reading.page is not None and reading.page not in used:
            used[reading.page] = reading
        elif reading.page is not None:
            beside.append(reading)
    figures = {n: _figure(e) for r in used.values() for n, e in r.evidence.items()}
    findings = list(check(form, figures, voters_per_station=voters_per_station))
    differing = tuple(
        sorted(n for r in beside for n, e in r.evidence.items() if _figure(e).value != figures[n].value)
    )
    if differing:
        findings.append(Finding("R40", Severity.ERROR, differing))
    pages = tuple(sorted(used))
    return SheetReading(
        station, form.id, pages, tuple(p.number for p in form.pages if p.number not in used),
        decide(form, pages, figures, findings), figures, tuple(findings),
        {p: r.sha256 for p, r in used.items()}, tuple(r.sha256 for r in beside),
        {r.sha256: r.problem for r in readings if r.problem}, tuple(readings),
    )  # fmt: skip


def _figure(evidence: Evidence) -> Figure:
    value = int(evidence.digits[0][0])
    if value == 888:
        return Figure.illegible(0.3)
    return Figure.blank() if value < 0 else Figure.read(value, 0.5 if value == 777 else 1.0)


_calls = {"photo": 0, "sheet": 0}


def _die_at(what: str) -> None:
    """Kill this process at the moment that the environment names, such as photo:3."""
    _calls[what] += 1
    if os.environ.get(KILL) == f"{what}:{_calls[what]}":
        os.kill(os.getpid(), signal.SIGKILL)


READER = Reader(read_photo, read_sheet, "fake", 0.9, None, 0)


def write_inputs(folder: Path) -> None:
    """Geography, tickets and election as files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "geography.csv").write_text(GEOGRAPHY)
    (folder / "tickets.csv").write_text(TICKETS)
    (folder / "election.toml").write_text(ELECTION)


def write_manifest(folder: Path, rows: Sequence[tuple[str, str, bytes]], name: str = "manifest.csv") -> Path:
    """Photographs and the manifest that lists them, from (station, photo name, bytes)."""
    folder.mkdir(parents=True, exist_ok=True)
    for _, photo_name, data in rows:
        (folder / photo_name).write_bytes(data)
    lines = ["station,photo", *(f"{station},{photo_name}" for station, photo_name, _ in rows)]
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def pages(station: str, values: dict[str, int | None] | None = None, **more: Any) -> list[tuple[str, str, bytes]]:
    """Rows for all pages of a station."""
    more = {"note": station, **more}
    return [(station, f"{station}-p{page}.jpg", photo(page, values, **more)) for page in (1, 2, 3)]


def dump(workspace: Workspace) -> dict[str, list[tuple[tuple[str, Any], ...]]]:
    """All rows of the database but times and row numbers, in an order of their own."""
    tables = {}
    for model in (Unit, Contest, Ticket, Sheet, *HISTORY):
        names = [f.attname for f in model._meta.fields if f.name not in (*TIMES, "id") and not _is_number_key(f)]
        rows = workspace.rows(model).values(*names)
        tables[model.__name__] = sorted(
            tuple((n, json.dumps(row[n], default=str)) for n in names) for row in rows
        )
    return tables


def _is_number_key(field: Any) -> bool:
    return field.is_relation and field.related_model._meta.pk.name == "id"
