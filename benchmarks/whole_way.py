"""Sheets a second over HTTP: photographs in, read, confirmed or typed twice, settled.

    python -m benchmarks.whole_way [--sheets 40] [--seed 21] [--write]

The real server with its worker (granian and the reading pool) and a real workspace on SQLite, on this machine's
cores together with the clients: one phone that sends, one officer who confirms what stands on the paper, three
people of the desk who type what stands on it and answer for what does not add up. Simulated photographs of
a tuning seed, field and harsh. The clock runs from the first byte sent to the last sheet settled.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.capture import PAGE, STATIONS, VILLAGE, Phone, served
from sirekap.forms import C_HASIL_PPWP_2024 as FORM

CLERKS = ("kpu_kabko", "kpu_prov", "kpu_ri")
OVER = 900.0  # seconds after which nothing more is waited for
Truth = Mapping[str, int | None]


def simulated(sheets: int, seed: int, setting: str) -> dict[str, tuple[list[bytes], Truth]]:
    """Photographs and what stands on the paper, by station."""
    from sirekap.camera import photograph
    from sirekap.camera.simulate import simulate_station

    found: dict[str, tuple[list[bytes], Truth]] = {}
    for number in range(1, sheets + 1):
        station = f"{VILLAGE}{number:03d}"
        made = simulate_station(FORM, station, seed, getattr(photograph, setting))
        found[station] = list(made.photos), made.truth
    return found


class Run:
    """What the clients share: the paper, and which sheets are done."""

    def __init__(
        self, port: int, tokens: Mapping[str, str], papers: dict[str, tuple[list[bytes], Truth]]
    ) -> None:
        """`tokens` are sessions by role."""
        self.port, self.tokens, self.papers = port, tokens, papers
        self.settled: set[str] = set()
        self.waiting: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.end = time.perf_counter() + OVER
        self.faults: list[str] = []

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        done = len(self.settled) + len(self.waiting) >= len(self.papers)
        return done or bool(self.faults) or time.perf_counter() > self.end

    def send(self) -> None:
        """The phone: every photograph of every station."""
        phone = Phone(self.port, self.tokens["pps"])
        for station, (photographs, _) in self.papers.items():
            for page, data in enumerate(photographs, start=1):
                phone.send(data, page, station)

    def confirm(self) -> None:
        """The officer: looks until a sheet is read, and says what stands on the paper."""
        phone = Phone(self.port, self.tokens["kpps"])
        left = list(self.papers)
        while left and not self.over:
            for station in list(left):
                sheet = self.sheet(phone, station)
                whole = len(sheet["photos"]) == len(FORM.pages) and not sheet["pending"]
                if whole and sheet["version"] is not None and self._say(phone, station, sheet):
                    left.remove(station)
            time.sleep(0.2)

    def sheet(self, phone: Phone, station: str) -> dict[str, Any]:
        """A sheet as the officer sees it."""
        status, said = phone.ask("GET", f"/api/v1/sheets/ppwp/{station}")
        assert status == 200, said
        tree: dict[str, Any] = json.loads(said)
        return tree

    def _say(self, phone: Phone, station: str, sheet: dict[str, Any]) -> bool:
        """Whether the confirmation was taken; not where the sheet was read anew meanwhile."""
        truth = dict(self.papers[station][1])
        word = {"request": str(uuid4()), "version": sheet["version"], "figures": truth}
        word["insisted"] = list(FORM.names)
        status, said = phone.ask("POST", f"/api/v1/sheets/ppwp/{station}/confirmation", json.dumps(word).encode())
        assert status in (201, 409), said
        self.counts["confirmed"] += status == 201
        return status == 201

    def work(self, role: str) -> None:
        """Somebody of the desk: takes what is next until nothing is left."""
        phone = Phone(self.port, self.tokens[role])
        while not self.over:
            status, said = phone.ask("POST", "/api/v1/desk/claims", b"{}")
            if status == 404:
                time.sleep(0.2)
                continue
            assert status == 200, said
            task = json.loads(said)
            self._do(phone, task)

    def _do(self, phone: Phone, task: dict[str, Any]) -> None:
        where = f"/api/v1/desk/claims/{task['claim']}"
        if task["step"] == "findings":
            for finding in task["findings"]:
                if not finding["mine"]:
                    word = {"request": str(uuid4()), "rule": finding["rule"], "reason": "tertulis demikian"}
                    phone.ask("POST", f"{where}/answers", json.dumps(word).encode())
                    self.counts["answers"] += 1
            return
        truth = dict(self.papers[task["station"]][1])
        reason = "dilihat di foto" if task["step"] == "resolve" else ""
        word = {"request": str(uuid4()), "figures": truth, "reason": reason}
        status, said = phone.ask("POST", f"{where}/entry", json.dumps(word).encode())
        assert status in (200, 409), said  # 409: read anew meanwhile
        self.counts["entries"] += 1


def states_of(path: Path, run: Run) -> None:
    """Looks into the database beside the server: cheaper for it than being asked."""
    from sirekap.store.models import Sheet
    from sirekap.store.setup import open_workspace

    workspace = open_workspace(path)
    while not run.over:
        rows = workspace.rows(Sheet).filter(station__startswith=VILLAGE)
        for station, state, step, confirmed in rows.values_list("station", "state", "step", "confirmed"):
            if state == "settled":
                run.settled.add(station)
            elif step == "photo" and confirmed:
                run.waiting.add(station)
        time.sleep(0.2)
    workspace.close()


def guarded(run: Run, work: Callable[[], None]) -> Callable[[], None]:
    """A client's work; what goes wrong in it ends the run."""

    def do() -> None:
        try:
            work()
        except Exception as error:
            run.faults.append(repr(error))
            raise

    return do


def measure(sheets: int, seed: int, setting: str) -> str:
    """A line for docs/performance.md."""
    from sirekap.access import Mandate
    from sirekap.store.accounts import actor_of, find_account, give_mandate
    from sirekap.store.loading import now
    from tests.web.site import make_site

    papers = simulated(sheets, seed, setting)
    with tempfile.TemporaryDirectory() as name:
        site = make_site(Path(name))
        settings = site.workspace.path / "sirekap.toml"
        settings.write_text(f"{settings.read_text()}\n[web]\nrate_factor = 1000\n")
        admin = actor_of(site.workspace, "admin-0", now())
        give_mandate(site.workspace, find_account(site.workspace, "pps-x"), Mandate("pps", VILLAGE), admin, now())
        officer = find_account(site.workspace, "kpps-x")
        for station in papers:
            give_mandate(site.workspace, officer, Mandate("kpps", station), admin, now())
        site.workspace.close()
        with served(site.workspace.path, worker=True) as (_, port):
            run = Run(port, site.tokens, papers)
            works: list[Callable[[], None]] = [run.send, run.confirm, lambda: states_of(site.workspace.path, run)]
            works += [partial(run.work, role) for role in CLERKS]
            threads = [threading.Thread(target=guarded(run, work)) for work in works]
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            wall = time.perf_counter() - start
    assert not run.faults, run.faults
    done, counts = len(run.settled), run.counts
    return (
        f"- {setting}: {done} of {sheets} sheets ({3 * sheets} photographs) settled in {wall:.0f} s: "
        f"{done / wall:.2f} sheets a second, with {counts['confirmed']} confirmations, "
        f"{counts['entries']} entries of the desk and {counts['answers']} answers for findings; "
        f"{len(run.waiting)} wait for a better photograph"
    )


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and with --write put it into docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sheets", type=int, default=40, choices=range(1, STATIONS + 1), metavar="1-60")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args(argv)
    lines = "\n".join(measure(args.sheets, args.seed, setting) for setting in ("FIELD", "HARSH"))
    text = f"On {os.cpu_count()} cores, Python {sys.version.split()[0]}:\n\n{lines}"
    print(text, flush=True)
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        body = f"<!-- whole way -->\n{text}\n<!-- end whole way -->"
        pattern = r"<!-- whole way -->.*?<!-- end whole way -->"
        PAGE.write_text(re.sub(pattern, lambda _: body, page, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
