"""A small election of a house and of the DPD, for tests: two electoral districts, three parties with votes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sirekap.flow.intake import ingest
from sirekap.flow.outcome import load_candidates, load_districts, load_parties
from sirekap.flow.steps import init_workspace, load_geography
from sirekap.forms import Form, form_of
from sirekap.store.setup import Workspace
from tests.flow.fakes import READER, write_manifest

GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,2
3174,JAKARTA SELATAN,2,
317401,TEBET,3,
3174011001,MANGGARAI,4,1
"""
ELECTION = """name = "Pemilu contoh"
day = 2024-02-14

[limits]
voters_per_station = 300

[[contest]]
code = "pdpr"
form = "C.HASIL-DPR/2024"

[[contest]]
code = "pdpd"
form = "C.HASIL-DPD/2024"
"""
DISTRICTS = """kode_dapil,jenis_dapil,nama_dapil,kode_wilayah,kursi
3101,DPR RI,JAKARTA I,3173,3
3102,DPR RI,JAKARTA II,3174,2
310001,DPRD PROVINSI,JAKARTA 1,3173,5
"""
PARTIES = "nomor_urut,nama\n" + "".join(f"{number},P{number}\n" for number in range(1, 19))
CANDIDATES = """kode_dapil,no_partai,nomor_urut,nama,jk
3101,1,1,Ani,P
3101,1,2,Budi,L
3101,2,1,Citra,P
3101,2,2,Dedi,L
3102,1,1,Eka,P
"""
ONE, TWO, THREE = "3173011001001", "3173011001002", "3174011001001"


def workspace_of(folder: Path, districts: str | None = DISTRICTS) -> Workspace:
    """A workspace with districts, parties and lists; None loads no districts."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"election.toml": ELECTION, "g.csv": GEOGRAPHY, "p.csv": PARTIES, "c.csv": CANDIDATES}
    for name, text in texts.items():
        (folder / name).write_text(text)
    workspace = init_workspace(folder / "ws", folder / "election.toml")
    load_geography(workspace, folder / "g.csv")
    load_parties(workspace, folder / "p.csv")
    if districts is not None:
        (folder / "d.csv").write_text(districts)
        load_districts(workspace, folder / "d.csv")
        load_candidates(workspace, folder / "c.csv", "pdpr")
    return workspace


def filled(form: Form, votes: Mapping[str, int]) -> dict[str, int]:
    """A consistent sheet of a form, of which only these votes are not zero."""
    values = dict.fromkeys(form.names, 0) | dict(votes)
    for name in form.names:
        if name.startswith("suara_partai_") and name.endswith("_total"):
            party = name.split("_")[2]
            own = [of for other, of in votes.items() if other.startswith(f"suara_caleg_{party}_")]
            values[name] = votes.get(f"suara_partai_{party}", 0) + sum(own)
    total = sum(votes.values())
    for name in ("suara_sah", "suara_total", "surat_suara_digunakan", "surat_suara_diterima"):
        values[name] = total
    for kind in ("pemilih_dpt", "pengguna_dpt", "pengguna_total"):
        values |= {f"{kind}_l": total, f"{kind}_j": total}
    return values


def bring(workspace: Workspace, folder: Path, contest: str, station: str, votes: Mapping[str, int]) -> None:
    """A sheet with these votes comes in and is read with certainty."""
    form = form_of(workspace.election().contest(contest).form)
    values = filled(form, votes)
    rows: list[tuple[str, str, bytes]] = []
    for page in form.pages:
        here: dict[str, Any] = {field.name: values[field.name] for field in form.fields_of(page.number)}
        data = json.dumps({"page": page.number, "figures": here, "note": f"{contest} {station}"}).encode()
        rows.append((station, f"{contest}-{station}-{page.number}.jpg", data))
    report = ingest(workspace, write_manifest(folder, rows, f"{contest}-{station}.csv"), READER, contest)
    assert report.accepted == [station], report


def counted(workspace: Workspace, folder: Path) -> None:
    """Two of the three stations of the DPR: 70, 35 and 1 votes in 3101, nothing yet in 3102."""
    bring(workspace, folder, "pdpr", ONE, {"suara_partai_1": 20, "suara_caleg_1_1": 15, "suara_caleg_2_2": 20})
    bring(workspace, folder, "pdpr", TWO, {"suara_caleg_1_2": 35, "suara_caleg_2_1": 15, "suara_partai_3": 1})
