"""The people of a small election and what they do over HTTP; every answer is held against `whole_truth`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from sirekap.flow.outcome import load_candidates, load_districts, load_parties
from sirekap.flow.reader import Reader
from sirekap.flow.steps import init_workspace, load_contests, load_geography
from sirekap.flow.worker import work_once
from sirekap.forms import Form
from sirekap.reading.model import PhotoReading
from sirekap.store.loading import now
from sirekap.store.setup import Workspace
from sirekap.web.wsgi import served
from tests.flow import capturing, fakes
from tests.flow.seating import CANDIDATES, PARTIES
from tests.flow.seating import DISTRICTS as DAPIL
from tests.store.people import HEAD, PASSWORD, fast_passwords, make
from tests.store.pictures import jpeg
from tests.web.conftest import PATIENT
from tests.web.desk_site import _picture
from tests.web.site import Client
from tests.web.test_entrance import totp
from tests.web.whole_truth import (
    DISTRICTS,
    FORM_OF,
    GEOGRAPHY,
    NATION,
    PROVINCE,
    REGENCIES,
    STATIONS,
    UNITS,
    Truth,
    Values,
    paper,
)

CONTESTS = tuple(FORM_OF)
ELECTION = 'name = "Pemilu contoh"\nday = 2024-02-14\n\n[limits]\nvoters_per_station = 300\n' + "".join(
    f'\n[[contest]]\ncode = "{code}"\nform = "{form.id}"\n' for code, form in FORM_OF.items()
)
PANELS = {unit: f"panel-{unit}" for unit in UNITS}
ROLE_OF = {
    **dict.fromkeys(DISTRICTS, "ppk"),
    **dict.fromkeys(REGENCIES, "kpu_kabko"),
    PROVINCE: "kpu_prov",
    NATION: "kpu_ri",
}
CLERKS, WITNESS = ("clerk-1", "clerk-2", "clerk-3"), "saksi-2"
DOUBTFUL = 777  # what the reader is not sure of, so that people have to type the sheet


@cache
def _picture_of(text: str) -> bytes:
    return _picture(text)


def _read_photo(data: bytes, name: str, form: Form) -> PhotoReading:
    """As `capturing.read_photo`, but cuts and photographs are pictures that a browser can show."""
    found = capturing.read_photo(data, name, form)
    cuts = {figure: _picture_of(str(int(e.digits[0][0]))) for figure, e in found.evidence.items()}
    return replace(found, cuts=cuts, published=_picture_of(f"p{found.page}"))


READER = Reader(_read_photo, fakes.read_sheet, "fake", 0.9, None, 0)


@dataclass
class Election:
    """A workspace, its web in this process, who is logged in, and what is so."""

    workspace: Workspace
    app: Any
    clients: dict[str, Client] = field(default_factory=dict)
    truth: Truth = field(default_factory=Truth)

    def panel(self, unit: str) -> Client:
        """The browser of a unit's panel."""
        return self.clients[PANELS[unit]]

    # --- people

    def activate(self, login: str, code: str, second: bool) -> None:
        """An account is activated with its slip's code, and a second factor set up where one is asked for."""
        client = Client(self.app)
        client.get("/app/aktivasi")
        typed = {"login": login, "code": code, "password": PASSWORD, "again": PASSWORD, "device": "tes"}
        assert client.form("/app/aktivasi", **typed).status == 303, login
        if second:
            shown = client.form("/app/faktor-kedua", act="set up").text
            key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', shown)
            assert key is not None, shown
            assert client.form("/app/faktor-kedua", code=totp(key[1])).status == 303, login
        self.clients[login] = client

    # --- sheets

    def send(self, contest: str, station: str, values: Values) -> None:
        """The officer photographs every page; the photographs are sent and delivered."""
        client = self.clients[f"kpps-{station}"]
        for page in FORM_OF[contest].pages:
            here = {f.name: values[f.name] for f in FORM_OF[contest].fields_of(page.number)}
            shot = {"page": page.number, "figures": here, "note": f"{contest} {station}"}
            data = jpeg(json.dumps(shot).encode())
            digest = sha256(data).hexdigest()
            sent = client.ask("PUT", f"/api/v1/uploads/{digest}?offset=0&size={len(data)}", data)
            assert sent.json["complete"], sent.body
            parcel = {
                "sha256": digest,
                "contest": contest,
                "station": station,
                "page": page.number,
                "name": "a.jpg",
            }
            assert client.post("/api/v1/deliveries", parcel).status == 201

    def read(self) -> None:
        """The worker reads whatever waits."""
        while work_once(self.workspace, READER, 500, now()).read:
            pass

    def confirm(self, contest: str, station: str, values: Values) -> None:
        """The officer sees what was read, and vouches for what stands on paper: from now on it counts."""
        client = self.clients[f"kpps-{station}"]
        seen = client.get(f"/api/v1/sheets/{contest}/{station}").json
        said = {"version": seen["version"], "rerun": seen["rerun"], "figures": dict(values)}
        answer = client.post(
            f"/api/v1/sheets/{contest}/{station}/confirmation", {"request": str(uuid4()), **said}
        )
        assert answer.status == 201 and answer.json["state"] == "settled", (contest, station, answer.body)
        self.truth.papers[contest, station] = values

    def type_sheet(self, clerk: str, contest: str, station: str, values: Values, reason: str = "") -> str:
        """Somebody takes a sheet at the desk and types it; what became of it."""
        client = self.clients[clerk]
        claim = client.post("/api/v1/desk/claims", {"contest": contest, "station": station})
        assert claim.status == 200, claim.body
        body = {"request": str(uuid4()), "figures": dict(values), "reason": reason}
        answer = client.post(f"/api/v1/desk/claims/{claim.json['claim']}/entry", body)
        assert answer.status == 200, answer.body
        return str(answer.json["outcome"])

    def order_rerun(self, contest: str, station: str, by: str, kind: str, ground: str) -> None:
        """A station's votes are cast or counted again: what stood there counts no more."""
        said = {"kind": kind, "ground": ground, "after": 0}
        where = f"/api/v1/sheets/{contest}/{station}/reruns"
        answer = self.clients[by].post(where, {"request": str(uuid4()), **said})
        assert answer.status == 201 and answer.json["number"] == 1, answer.body
        del self.truth.papers[contest, station]

    # --- plenaries

    def see(self, contest: str, unit: str) -> Any:
        """A plenary as its panel sees it, whose sums are those of the papers."""
        answer = self.panel(unit).get(f"/api/v1/plenaries/{contest}/{unit}")
        assert answer.status == 200, answer.body
        return self.held(contest, unit, answer.json)

    def act(self, contest: str, unit: str, act: str, by: str = "", **said: Any) -> Any:
        """One act of the minutes, by its panel or somebody else; the plenary after it, as `held` compared it."""
        answer = self._sent(contest, unit, act, by, said)
        assert answer.status == 200, (contest, unit, act, answer.body)
        if act == "correct":
            self.truth.correct(contest, unit, said["part"], said["figure"], said["after"] - said["before"])
        elif act == "close":
            self.truth.close(contest, unit)
        elif act == "reopen":
            self.truth.reopen(contest, unit)
        return self.held(contest, unit, answer.json)

    def refused(self, contest: str, unit: str, act: str, by: str = "", **said: Any) -> tuple[str, str]:
        """An act that is not taken: its code, and what was told."""
        answer = self._sent(contest, unit, act, by, said)
        assert answer.status in (403, 409, 422), answer.body
        return answer.json["code"], " ".join(answer.json["details"])

    def _sent(self, contest: str, unit: str, act: str, by: str, said: Mapping[str, Any]) -> Any:
        body = {"request": str(uuid4()), "act": act, **said}
        return self.clients[by or PANELS[unit]].post(f"/api/v1/plenaries/{contest}/{unit}/acts", body)

    def begin(self, contest: str, unit: str, decision: str = "") -> None:
        """Open a plenary and call its head and a witness, who sign."""
        self.act(contest, unit, "open", decision=decision)
        self.act(contest, unit, "attend", role="Ketua", signing="signs")
        self.act(contest, unit, "attend", role="Saksi", stands_for="Partai 1", signing="absent")

    def read_out(self, contest: str, unit: str) -> Any:
        """Every part that waits is shown, compared figure by figure, and read out; the plenary after that."""
        view = self.see(contest, unit)
        for part in view["parts"]:
            if part["there"] and not part["read"]:
                self.compare_part(contest, unit, part["code"])
                view = self.act(contest, unit, "read", part=part["code"], digest=part["digest"])
        return view

    def compare_part(self, contest: str, unit: str, part: str) -> None:
        """What the projector shows of a part."""
        shown = self.panel(unit).get(f"/api/v1/plenaries/{contest}/{unit}/parts/{part}").json
        told = tuple({row["figure"]: row[k] for row in shown["figures"]} for k in ("sheets", "below", "counted"))
        assert told == self.truth.sums(contest, unit, (part,)), (contest, unit, part)

    def close(self, contest: str, unit: str) -> None:
        """Close a plenary; then every sum and every certificate of the contest is computed again."""
        self.act(contest, unit, "close")
        self.compare_all(contest)

    def hold(self, contest: str, unit: str, decision: str = "") -> None:
        """A plenary from its opening to its certificate."""
        self.begin(contest, unit, decision)
        self.read_out(contest, unit)
        self.close(contest, unit)

    # --- the second computation

    def held(self, contest: str, unit: str, view: Any) -> Any:
        """A plenary's view, after its three columns of sums were compared with the naive ones."""
        told = tuple({row["figure"]: row[k] for row in view["sums"]} for k in ("sheets", "below", "counted"))
        assert told == self.truth.sums(contest, unit), (contest, unit)
        there = tuple(part["code"] for part in view["parts"] if part["there"])
        assert there == self.truth.parts(contest, unit), (contest, unit)
        assert len(view["versions"]) == len(self.truth.versions.get((contest, unit), [])), (contest, unit)
        return view

    def compare_all(self, contest: str) -> None:
        """Every plenary of a contest, and every version of every certificate."""
        for unit in UNITS:
            for item in self.see(contest, unit)["versions"]:
                self.compare_certificate(contest, unit, item)

    def compare_certificate(self, contest: str, unit: str, item: Mapping[str, Any]) -> None:
        """A version's data: its own hash, its stations, its columns and what these add up to."""
        data = self.data(contest, unit, item["version"])
        assert sha256(data).hexdigest() == item["sha256"]
        tree, held = json.loads(data), self.truth.versions[contest, unit][item["version"] - 1]
        names = [row["figure"] for row in tree["rows"]]
        columns = [column for group in tree["groups"] for column in group["columns"]]
        totals: dict[str, int | None] = dict.fromkeys(names)
        for column in columns:
            for name, value in zip(names, column["values"], strict=False):
                if value is not None:
                    totals[name] = (totals[name] or 0) + value
        assert totals == self.truth.certified(contest, unit, item["version"]), (contest, unit, item["version"])
        complete = tree["completeness"]
        below = [station for station in STATIONS if unit == NATION or station.startswith(unit)]
        assert (complete["counted"], complete["expected"]) == (len(held.papers), len(below))
        missing = [each["place"]["code"] for each in complete["missing"]]
        assert missing == [station for station in below if station not in held.papers]

    def data(self, contest: str, unit: str, version: int) -> bytes:
        """The canonical JSON of a version."""
        return self.panel(unit).get(f"/api/v1/plenaries/{contest}/{unit}/versions/{version}").body

    def paper(self, contest: str, unit: str, version: int) -> bytes:
        """The certificate of a version as PDF, with the signatures so far."""
        answer = self.panel(unit).get(f"{self.where(contest, unit, version)}/certificate.pdf")
        assert answer.status == 200 and answer.headers["Content-Type"] == "application/pdf"
        return answer.body

    @staticmethod
    def where(contest: str, unit: str, version: int) -> str:
        """The address of a version."""
        return f"/api/v1/plenaries/{contest}/{unit}/versions/{version}"


def make_election(folder: Path) -> Election:
    """The election loaded, and every account activated."""
    fast_passwords()
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"election.toml": ELECTION, "g.csv": GEOGRAPHY, "p.csv": PARTIES, "d.csv": DAPIL, "c.csv": CANDIDATES}
    for name, text in {**texts, "t.csv": fakes.TICKETS}.items():
        (folder / name).write_text(text)
    workspace = init_workspace(folder / "ws", folder / "election.toml")
    load_geography(workspace, folder / "g.csv")
    load_contests(workspace, folder / "t.csv", "ppwp")
    load_parties(workspace, folder / "p.csv")
    load_districts(workspace, folder / "d.csv")
    load_candidates(workspace, folder / "c.csv", "pdpr")
    made = Election(workspace, served(workspace, buckets=PATIENT))
    rows = [f"kpps,{station},,,kpps-{station}" for station in STATIONS]
    rows += [f"{ROLE_OF[unit]},{unit},,,{login}" for unit, login in PANELS.items()]
    rows += [f"ppk,{DISTRICTS[0]},,,{login}" for login in CLERKS]
    rows += [f"saksi,{DISTRICTS[0]},900002,,{WITNESS}"]
    _, codes = make(workspace, HEAD + "\n".join(rows) + "\n", at=now())
    for login, code in codes.items():
        made.activate(login, code, second=not login.startswith("kpps-"))
    return made


__all__ = ["CLERKS", "CONTESTS", "DOUBTFUL", "PANELS", "WITNESS", "Election", "make_election", "paper"]
