"""The web of a workspace on this machine: granian's processes and threads, and one that reads photographs."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
from functools import partial
from pathlib import Path
from typing import Any

from sirekap.errors import InputError, Problem

THREADS = 8  # of a worker; most of a request's time is the database's and the disk's
BACKLOG = 256
STOP_SECONDS = 10


def serve_web(
    folder: Path, host: str, port: int, workers: int = 1, worker: bool = True, hosts: tuple[str, ...] = ()
) -> None:
    """Serve until interrupted. Raises InputError where the workspace or the address cannot be used."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    number = free_port(host, port)
    print(
        f"Serving {folder} at {address_of(host, number)} and {address_of(host, number)}app/ (Ctrl+C ends it)",
        flush=True,
    )
    reader = _reading_process(folder) if worker else None
    server = MPServer(
        str(folder),
        address=host,
        port=number,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        websockets=False,
        log_level=LogLevels.error,  # it warns of more threads than processors; ours wait for the disk
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    try:
        server.serve(target_loader=partial(_load, folder, hosts, workers), wrap_loader=False)
    finally:
        if reader is not None:
            reader.terminate()
            reader.join(STOP_SECONDS)


def address_of(host: str, port: int) -> str:
    """Where a browser finds the server."""
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"


def free_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises InputError where the address is taken: granian would try for ever."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            return int(trial.getsockname()[1])
    except OSError as error:
        found = f"{host}:{port}: {error.strerror or error}"
        advice = "Choose another one with --port."
        raise InputError([Problem("serve", "a free address", found, advice=advice)]) from error


def _load(folder: Path, hosts: tuple[str, ...], workers: int = 1) -> Any:
    """In a web process: the application of the workspace."""
    from sirekap.web.wsgi import application

    return application(folder, hosts, workers)


def _reading_process(folder: Path) -> multiprocessing.process.BaseProcess:
    """A process that reads what is delivered; it starts others, so it is no daemon."""
    process = multiprocessing.get_context("spawn").Process(
        target=read_deliveries, args=(folder,), name="sirekap-reader"
    )
    process.start()
    return process


def read_deliveries(folder: Path) -> None:
    """Read what is delivered to a workspace until terminated."""
    from sirekap.flow.reader import standard_reader
    from sirekap.flow.worker import run_worker
    from sirekap.store.setup import open_workspace

    logging.basicConfig(level=logging.INFO)
    # The terminal's Ctrl+C reaches this process too; the parent ends it. SIGTERM ends it as an interruption does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run_worker(open_workspace(folder), standard_reader())
    except KeyboardInterrupt:
        return


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
