"""A real server as a process of its own, with an election of three contests, and photographs of their sheets."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sirekap.camera.photograph import FIELD
from sirekap.camera.simulate import SimulatedStation, simulate_station
from sirekap.flow.steps import init_workspace, load_contests, load_geography
from sirekap.forms import form_of
from sirekap.store.loading import now
from sirekap.store.sessions import activate
from sirekap.store.setup import Workspace
from tests.store.people import HEAD, PASSWORD, fast_passwords, make

STATION = "3173011001001"
CONTESTS = {"ppwp": "C.HASIL-PPWP/2024", "pdpd": "C.HASIL-DPD/2024", "pkwkp": "C.HASIL-KWK-GUBERNUR/2024-3"}
OFFICER, WITNESS = "kpps-1", "saksi-1"
GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
"""
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-fake-ui-for-media-stream",
]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# One phone of the year 2019: photographs of three megapixels, held upright.
CAMERA = replace(FIELD, sizes=((1500, 2000),), turned=0.0, fingers=0.0)


PEOPLE = f"kpps,{STATION},,,{OFFICER}\nsaksi,{STATION},900001,,{WITNESS}\n"


def make_workspace(folder: Path, people: str = PEOPLE, contests: Mapping[str, str] = CONTESTS) -> Workspace:
    """An election of three contests at three stations, with activated accounts: an officer and a witness."""
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    tables = "".join(f'\n[[contest]]\ncode = "{code}"\nform = "{form}"\n' for code, form in contests.items())
    (inputs / "election.toml").write_text(
        f'name = "Pemilu contoh"\nday = 2024-02-14\n\n[limits]\nvoters_per_station = 300\n{tables}'
    )
    (inputs / "geography.csv").write_text(GEOGRAPHY)
    workspace = init_workspace(folder / "ws", inputs / "election.toml")
    load_geography(workspace, inputs / "geography.csv")
    for code, form in contests.items():
        rows = "".join(f"{n},NAMA {n}\n" for n in range(1, form_of(form).tickets + 1))
        (inputs / f"{code}.csv").write_text(f"nomor_urut,nama\n{rows}")
        load_contests(workspace, inputs / f"{code}.csv", code)
    fast_passwords()
    _, codes = make(workspace, HEAD + people, at=now())
    for login in codes:
        activate(workspace, login, codes[login], PASSWORD, "tes", now())
    return workspace


@cache
def sheet_of(
    contest: str, error_share: float = 0.0, station: str = STATION, with_qr: bool = False
) -> SimulatedStation:
    """A station's sheet of a contest: its photographs and what stands on them."""
    form = form_of(CONTESTS[contest])
    return simulate_station(form, station, 11, CAMERA, error_share=error_share, with_qr=with_qr)


def blurred(photo: bytes) -> bytes:
    """The photograph as a hand that shook takes it."""
    picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    done, data = cv2.imencode(".jpg", cv2.GaussianBlur(picture, (0, 0), 8.0))
    assert done
    return data.tobytes()


@dataclass
class Server:
    """`sirekap serve` on a port of its own; it can be killed in the middle of anything, and started again."""

    folder: Path
    port: int
    reads: bool
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        call = [sys.executable, "-c", "from sirekap.cli.main import main; raise SystemExit(main())"]
        more = [] if self.reads else ["--no-worker"]
        self.process = subprocess.Popen(
            [*call, "serve", str(self.folder), "--port", str(self.port), *more],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/api/v1/keys", timeout=2).close()
                return
            time.sleep(0.1)
        raise AssertionError("the server did not start within 30 seconds")

    def kill(self) -> None:
        """End it and its processes as a power cut does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def aside(function: Callable[..., Any], *args: Any) -> Any:
    """Call something in a thread of its own: Django refuses its database beside Playwright's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args).result()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def log_in(page: Any, server: Server, login: str) -> None:
    """Log in by the server's page and come back to the app."""
    page.goto(f"{server.address}/app/masuk?next=/app/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_selector("a.card")


def until(page: Any, expression: str, seconds: float = 30.0) -> None:
    """Wait until an expression is true. (Playwright's own way evaluates texts; the app's policy forbids it.)"""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"within {seconds} seconds {expression} did not come true"
        page.wait_for_timeout(100)
