"""Photographs over HTTP: accepted uploads per processor second, and how long until a reading can be confirmed.

    python -m benchmarks.capture [--write] [--seconds 10]

The real server (granian, one process) and a real workspace on SQLite; the client is another process. Each
photograph is its own bytes: uploaded in pieces of 1 MiB, then delivered, and counted when its receipt is there.
The processor time is that of the server's processes, from /proc.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
SIZES = {"300 kB": 300_000, "2.5 MB": 2_500_000}
PIECE = 1 << 20
STATION = "3173011001001"
VILLAGE, STATIONS = "3173021001", 60  # a sheet takes so many photographs, and no more
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def served(folder: Path, worker: bool) -> Iterator[tuple[int, int]]:
    """The server of a workspace: process id and port."""
    command = [sys.executable, "-m", "sirekap.cli.main", "serve", str(folder), "--port", "0"]
    command += [] if worker else ["--no-worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().split(" at ")[1].split()[0].rstrip("/").rpartition(":")[2])
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/api/v1/keys")
                break
            except OSError:
                time.sleep(0.1)
        try:
            yield server.pid, port
        finally:
            server.terminate()


def processor_seconds(pid: int) -> float:
    """User and system time of a process and its living children."""
    total = 0.0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


class Phone:
    """An officer's phone on one connection."""

    def __init__(self, port: int, token: str) -> None:
        """`token` is that of a session."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = f"sirekap_session={token}"
        self._connection.request("GET", "/api/v1/me", headers={"Cookie": self._cookie})
        answer = self._connection.getresponse()
        answer.read()
        found = re.search("sirekap_csrf=([^;]+)", answer.headers.get("Set-Cookie", ""))
        assert answer.status == 200 and found is not None, answer.status
        self._token = found[1]

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[int, bytes]:
        """One request."""
        headers = {"Cookie": f"{self._cookie}; sirekap_csrf={self._token}", "X-CSRFToken": self._token}
        self._connection.request(method, path, body or None, {**headers, "Content-Type": kind})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def send(self, data: bytes, page: int = 1, station: str = STATION) -> None:
        """Upload and deliver a photograph; returns with the receipt."""
        name = sha256(data).hexdigest()
        for start in range(0, len(data), PIECE):
            path = f"/api/v1/uploads/{name}?offset={start}&size={len(data)}"
            status, said = self.ask("PUT", path, data[start : start + PIECE], "application/octet-stream")
            assert status == 200, (status, said)
        parcel = {"sha256": name, "contest": "ppwp", "station": station, "page": page, "name": "foto.jpg"}
        status, said = self.ask("POST", "/api/v1/deliveries", json.dumps(parcel).encode())
        assert status == 201, (status, said)


def photograph(size: int, number: int) -> bytes:
    """A JPEG's head and that many bytes in all, another one for each number: the server decodes nothing here."""
    from tests.web.pictures import jpeg

    head = jpeg()
    rest = number.to_bytes(8, "big") * 8
    return head + rest + bytes(max(0, size - len(head) - len(rest)))


def accepted(folder: Path, tokens: dict[str, str], seconds: float) -> Iterator[str]:
    """A line for each size."""
    for place, (label, size) in enumerate(SIZES.items()):
        with served(folder, worker=False) as (pid, port):
            phone = Phone(port, tokens["pps"])
            phone.send(photograph(size, place * 10**6))
            used, start, done = processor_seconds(pid), time.perf_counter(), 0
            while time.perf_counter() - start < seconds:
                done += 1
                station = f"{VILLAGE}{done % STATIONS + 1:03d}"
                phone.send(photograph(size, place * 10**6 + done), 1, station)
            wall, used = time.perf_counter() - start, processor_seconds(pid) - used
        yield (
            f"- {label}: {done / used:,.0f} photographs accepted per processor second "
            f"({done:,} in {wall:.1f} s by the clock, one phone at a time)"
        )


def confirmable(folder: Path, token: str, station: str, photographs: list[bytes]) -> str:
    """From the last receipt until the sheet has figures to confirm, with the reading process beside."""
    with served(folder, worker=True) as (_, port):
        phone = Phone(port, token)
        _, said = phone.ask("GET", f"/api/v1/sheets/ppwp/{station}")
        for page, data in enumerate(photographs, start=1):
            phone.send(data, page, station)
        start = time.perf_counter()
        while True:
            _, said = phone.ask("GET", f"/api/v1/sheets/ppwp/{station}")
            sheet = json.loads(said)
            if sheet["version"] is not None and not sheet["pages_missing"] and not sheet["pending"]:
                break
            assert time.perf_counter() - start < 180, sheet
            time.sleep(0.1)
        wall = time.perf_counter() - start
    return (
        f"- from the last receipt of a station's {len(photographs)} photographs to figures to confirm: "
        f"{wall:.1f} s, the start of the reading process included"
    )


def officer_of(folder: Path, station: str) -> tuple[Path, str]:
    """A workspace that knows one station, and the token of its officer."""
    from sirekap.store.loading import now
    from sirekap.store.sessions import activate
    from tests.store.people import HEAD, PASSWORD, loaded, make

    tiers = "".join(f"{station[:length]},X,{tier},\n" for tier, length in ((1, 2), (2, 4), (3, 6)))
    workspace = loaded(folder, f"kode,nama,tingkat,tps\n{tiers}{station[:10]},X,4,999\n")
    _, codes = make(workspace, f"{HEAD}kpps,{station},,,\n", at=now())
    (login, code), *_ = codes.items()
    token = activate(workspace, login, code, PASSWORD, "benchmark", now()).token
    workspace.close()
    return workspace.path, token


def measure(seconds: float) -> str:
    """The lines for docs/performance.md."""
    from sirekap.access import Mandate
    from sirekap.camera.demo import write_demo_inputs
    from sirekap.store.accounts import actor_of, find_account, give_mandate
    from sirekap.store.loading import now
    from sirekap.store.manifest import parse_manifest, photo_bytes
    from tests.web.site import make_site

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = make_site(folder / "many")
        settings = site.workspace.path / "sirekap.toml"
        settings.write_text(f"{settings.read_text()}\n[web]\nrate_factor = 1000\n")
        account, admin = find_account(site.workspace, "pps-x"), actor_of(site.workspace, "admin-0", now())
        give_mandate(site.workspace, account, Mandate("pps", VILLAGE), admin, now())
        site.workspace.close()
        lines = list(accepted(site.workspace.path, site.tokens, seconds))
        write_demo_inputs(folder / "demo", 1, 7, workers=1)
        rows = parse_manifest((folder / "demo/manifest.csv").read_bytes(), folder / "demo/manifest.csv").entries
        own = [row for row in rows if row.station == rows[0].station]
        photographs = [data for row in own if isinstance(data := photo_bytes(row, "manifest.csv"), bytes)]
        workspace, token = officer_of(folder / "one", rows[0].station)
        lines.append(confirmable(workspace, token, rows[0].station, photographs))
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and with --write put it into docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0)
    args = parser.parse_args(argv)
    text = f"Measured on {os.cpu_count()} cores, Python {sys.version.split()[0]}.\n\n{measure(args.seconds)}"
    print(text, flush=True)
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        body = f"<!-- capture -->\n{text}\n<!-- end -->"
        PAGE.write_text(re.sub(r"<!-- capture -->.*?<!-- end -->", lambda _: body, page, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
