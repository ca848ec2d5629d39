"""The whole way once, with a made-up election whose truth is known: inputs, intake, totals, site, verification.

The folder is a workspace; its inputs lie in `inputs/`, the published tree in `public/`. A second run takes up
what the first one left: the same demonstration is completed, another one takes the place of it.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sirekap.errors import InputError, Problem, quoted
from sirekap.flow.intake import ingest
from sirekap.flow.reader import Progress, Reader, silent
from sirekap.flow.steps import (
    init_workspace,
    load_contests,
    load_geography,
    publish_workspace,
    review_workspace,
    tally_workspace,
)
from sirekap.geography import NATION
from sirekap.record.state import StationRecord
from sirekap.review import State
from sirekap.store.loading import has_geography
from sirekap.store.setup import OWN_FILES, PUBLIC, SETTINGS, Workspace, is_workspace, open_workspace, write_file
from sirekap.store.state import station_records
from sirekap.tally import Total

MARK = "demo.json"
INPUTS = "inputs"
Announce = Callable[[str], Progress]
"""Called with a step's name; gives who watches its progress."""


def unwatched(step: str) -> Progress:
    """Nobody watches."""
    return silent


@dataclass(frozen=True)
class Collaborators:
    """The rooms that a demonstration calls: camera, reader, publisher, verifier."""

    write_inputs: Callable[..., Any]
    reader: Reader
    publish: Callable[..., Any]
    verify: Callable[[Path, Progress], Any]
    most_stations: int = 1000


def standard_collaborators() -> Collaborators:
    """Those that sirekap ships. Raises ImportError where the extra `server` is not installed."""
    from sirekap.camera.demo import MOST_STATIONS, write_demo_inputs
    from sirekap.flow.reader import standard_reader
    from sirekap.publish import publish_site
    from sirekap.verify import verify_tree

    return Collaborators(write_demo_inputs, standard_reader(), publish_site, verify_tree, MOST_STATIONS)


@dataclass(frozen=True)
class DemoReport:
    """What a demonstration showed. `wrong` are accepted figures that differ from the truth."""

    workspace: Workspace
    total: Total
    photographs: int
    accepted: int
    review: int
    reasons: Counter[str]
    figures: int
    wrong: tuple[str, ...]
    verification: Any
    seconds: float


def demo(
    folder: Path,
    stations: int,
    seed: int,
    rooms: Collaborators,
    announce: Announce = unwatched,
) -> DemoReport:
    """Make, or complete, a demonstration in a folder. Raises InputError where something else is in it."""
    began = time.monotonic()
    inputs = prepare(folder, stations, seed, rooms, announce)
    workspace = _workspace(folder, inputs)
    ingest(workspace, inputs / "manifest.csv", rooms.reader, progress=announce("read photographs"))
    waiting = review_workspace(workspace)
    view = tally_workspace(workspace)
    publish_workspace(workspace, rooms.publish, progress=announce("publish"))
    verification = rooms.verify(workspace.public, announce("verify"))
    records = station_records(workspace, view.contest)
    accepted = [record for record in records if record.state is not State.REVIEW]
    wrong = _differences(accepted, (inputs / "truth.csv").read_text(encoding="utf-8"))
    return DemoReport(
        workspace=workspace,
        total=view.totals[NATION],
        photographs=sum(len(record.photos) for record in records),
        accepted=len(accepted),
        review=len(records) - len(accepted),
        reasons=waiting.reasons(),
        figures=sum(len(record.figures) for record in accepted),
        wrong=wrong,
        verification=verification,
        seconds=time.monotonic() - began,
    )


def prepare(folder: Path, stations: int, seed: int, rooms: Collaborators, announce: Announce) -> Path:
    """The folder with the inputs, written where they are not there whole. Raises InputError."""
    if not 1 <= stations <= rooms.most_stations:  # before anything that is there is cleared
        expected = f"1 to {rooms.most_stations:,} stations"
        raise InputError([Problem("demo", expected, f"{stations:,}", column="--stations")])
    wanted = {"stations": stations, "seed": seed, "reader": rooms.reader.version}
    state = _mark(folder)
    if state is not None and state.get("wanted") != wanted:
        clear(folder)
        state = None
    inputs = folder / INPUTS
    if state is None or not state.get("complete"):
        folder.mkdir(parents=True, exist_ok=True)
        _write_mark(folder, wanted, complete=False)
        try:
            rooms.write_inputs(inputs, stations, seed, progress=announce("photograph forms"))
        except ValueError as error:
            raise InputError([Problem("demo", "inputs that can be made", str(error))]) from error
        _write_mark(folder, wanted, complete=True)
    return inputs


def clear(folder: Path) -> None:
    """Remove a demonstration's own files from its folder; anything else stays."""
    # The mark goes last: while it is there, an interrupted removal is known to be a demonstration's.
    for name in (SETTINGS, *sorted(OWN_FILES), INPUTS, PUBLIC, MARK):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _workspace(folder: Path, inputs: Path) -> Workspace:
    if is_workspace(folder):
        workspace = open_workspace(folder)
    else:
        workspace = init_workspace(folder, inputs / "election.toml", {INPUTS, PUBLIC, MARK})
    if not has_geography(workspace):
        load_geography(workspace, inputs / "geography.csv")
    if not all(contest.tickets for contest in workspace.election().contests):
        load_contests(workspace, inputs / "tickets.csv")
    return workspace


def _mark(folder: Path) -> dict[str, Any] | None:
    """What a demonstration wrote about itself; None in a new or empty folder."""
    if not folder.exists():
        return None
    advice = "Choose another folder; nothing was changed."
    if not folder.is_dir():
        raise InputError([Problem(str(folder), "a new folder or that of a demo", "a file", advice=advice)])
    if not (folder / MARK).is_file():
        strange = sorted(item.name for item in folder.iterdir())
        if not strange:
            return None
        found = f"{quoted(strange[0])} in it and no {MARK}"
        raise InputError([Problem(str(folder), "a new folder or that of a demo", found, advice=advice)])
    try:
        tree = json.loads((folder / MARK).read_bytes())
    except ValueError:
        tree = {}
    return tree if isinstance(tree, dict) else {}


def _write_mark(folder: Path, wanted: dict[str, Any], complete: bool) -> None:
    text = json.dumps({"wanted": wanted, "complete": complete}, indent=1) + "\n"
    write_file(folder / MARK, text.encode())


def _differences(accepted: list[StationRecord], truth: str) -> tuple[str, ...]:
    """Accepted figures that are not what was written on the paper, in words."""
    values = {(row["station"], row["figure"]): row["value"] for row in csv.DictReader(io.StringIO(truth))}
    found = []
    for record in accepted:
        for name, item in record.figures.items():
            value = item.figure.value
            read = "" if value is None else str(value)
            written = values.get((record.station, name), "")
            if read != written:
                found.append(f"{record.station} {name}: read {read or 'blank'}, written {written or 'blank'}")
    return tuple(found)
