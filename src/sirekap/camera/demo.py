"""The inputs of a demonstration: a small made-up country, its election, photographs and the truth behind them.

Names and codes are invented: provinces 97 and 98 do not exist.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2

from sirekap.camera.photograph import FIELD, Setting
from sirekap.camera.simulate import SimulatedStation, generator, simulate_station
from sirekap.camera.stations import ERROR_SHARE, regional_shares
from sirekap.forms import C_HASIL_PPWP_2024, Form, form_of
from sirekap.geography import LENGTH, Tier

Progress = Callable[[int, int], None]
"""Called with the number of stations done and of all stations."""

VOTERS_PER_STATION = 300
SEED = 47
"""Of its first twelve stations one made a mistake in its totals, so that a demonstration shows a finding."""
_COLOURS = ("#8CB9BD", "#C7B7A3", "#B67352", "#6F8FAF", "#A0A45C")

# Code and name of every unit above the stations; villages are filled with stations in turn.
_UNITS: tuple[tuple[str, str], ...] = (
    ("97", "NUSA CONTOH"),
    ("9701", "CONTOH UTARA"),
    ("970101", "SUMBER MISAL"),
    ("9701011001", "UMPAMA JAYA"),
    ("9701011002", "UMPAMA BARU"),
    ("970102", "TELAGA ANDAI"),
    ("9701021001", "ANDAI MAKMUR"),
    ("9702", "CONTOH SELATAN"),
    ("970201", "MUARA IBARAT"),
    ("9702011001", "IBARAT HULU"),
    ("9702011002", "IBARAT HILIR"),
    ("98", "TANJUNG MISALAN"),
    ("9871", "KOTA PERMISALAN"),
    ("987101", "SIMPANG KIRANYA"),
    ("9871011001", "KIRANYA INDAH"),
    ("9871011002", "KIRANYA DAMAI"),
    ("987102", "BUKIT SEANDAINYA"),
    ("9871021001", "SEANDAINYA PERMAI"),
)
VILLAGES = tuple(code for code, _ in _UNITS if len(code) == LENGTH[Tier.VILLAGE])
UNKNOWN_VILLAGE = VILLAGES[-1]
"""The village whose number of stations nobody gave."""
MOST_STATIONS = 900 * len(VILLAGES)


@dataclass(frozen=True)
class DemoInputs:
    """The files that `write_demo_inputs` wrote, and the stations that were photographed, by code."""

    folder: Path
    geography: Path
    tickets: Path
    election: Path
    manifest: Path
    truth: Path
    stations: tuple[str, ...]
    inconsistent: tuple[str, ...]


def write_demo_inputs(
    folder: Path,
    stations: int = 12,
    seed: int = SEED,
    setting: Setting = FIELD,
    *,
    error_share: float = ERROR_SHARE,
    with_qr: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> DemoInputs:
    """Writes geography.csv, tickets.csv, election.toml, manifest.csv, truth.csv and photos/ into a folder.

    The folder is made where it is missing; files of the same names are replaced. A few more stations are
    expected than photographed. The same arguments but `workers` (processes; as many as processors where it is
    None) and `progress` give the same bytes. Raises ValueError for less than 1 or more than 7,200 stations.
    """
    if not 1 <= stations <= MOST_STATIONS:
        raise ValueError(f"expected 1 to {MOST_STATIONS} stations, got {stations}")
    form = C_HASIL_PPWP_2024
    inputs = _paths(folder)
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    photographed = sorted(_stations(stations))
    _write_csv(inputs["geography"], ("kode", "nama", "tingkat", "tps"), _geography(photographed))
    _write_csv(inputs["tickets"], ("nomor_urut", "id", "nama", "warna"), _tickets(form))
    inputs["election"].write_text(_election(form), encoding="utf-8", newline="\n")
    manifest: list[tuple[str, ...]] = []
    truth: list[tuple[str, ...]] = []
    inconsistent = []
    make = partial(
        _simulated, form_id=form.id, seed=seed, setting=setting, error_share=error_share, with_qr=with_qr
    )
    for done, made in enumerate(_in_pool(make, photographed, workers), start=1):
        for page, photo in enumerate(made.photos, start=1):
            name = f"photos/{made.station}-p{page}.jpg"
            (folder / name).write_bytes(photo)
            manifest.append((made.station, name))
        truth += [(made.station, name, "" if value is None else str(value)) for name, value in made.truth.items()]
        if not made.consistent:
            inconsistent.append(made.station)
        if progress is not None:
            progress(done, stations)
    _write_csv(inputs["manifest"], ("station", "photo"), manifest)
    _write_csv(inputs["truth"], ("station", "figure", "value"), truth)
    return DemoInputs(folder, **inputs, stations=tuple(photographed), inconsistent=tuple(inconsistent))


def _paths(folder: Path) -> dict[str, Path]:
    files = ("geography.csv", "tickets.csv", "election.toml", "manifest.csv", "truth.csv")
    return {Path(name).stem: folder / name for name in files}


def _stations(many: int) -> Iterator[str]:
    """The codes of stations, dealt to the villages in turn."""
    for index in range(many):
        yield f"{VILLAGES[index % len(VILLAGES)]}{index // len(VILLAGES) + 1:03d}"


def _geography(photographed: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Rows of geography.csv: every second village expects one station more than was photographed."""
    for code, name in _UNITS:
        tier = str({length: tier for tier, length in LENGTH.items()}[len(code)].value)
        expected = ""
        if len(code) == LENGTH[Tier.VILLAGE] and code != UNKNOWN_VILLAGE:
            here = sum(station.startswith(code) for station in photographed)
            expected = str(here + (1 if here == 0 or VILLAGES.index(code) % 2 == 0 else 0))
        yield code, name, tier, expected


def _tickets(form: Form) -> Iterator[tuple[str, ...]]:
    for number in range(1, form.tickets + 1):
        yield (
            str(number),
            str(100_000 + number),
            f"Pasangan Calon {number}",
            _COLOURS[(number - 1) % len(_COLOURS)],
        )


def _election(form: Form) -> str:
    return (
        'name = "Pemilihan Contoh Presiden dan Wakil Presiden"\n'
        "day = 2024-02-14\n"
        'nation = "NEGERI CONTOH"\n\n'
        f"[limits]\nvoters_per_station = {VOTERS_PER_STATION}\n\n"
        f'[[contest]]\ncode = "{form.contest}"\nform = "{form.id}"\n'
    )


def _write_csv(
    path: Path, header: Sequence[str], rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def _simulated(
    station: str, form_id: str, seed: int, setting: Setting, error_share: float, with_qr: bool
) -> SimulatedStation:
    """One station of the made-up country; a function of its own so that another process can run it."""
    form = form_of(form_id)
    names = dict(_UNITS)
    tiers = {
        "provinsi": Tier.PROVINCE,
        "kabupaten": Tier.REGENCY,
        "kecamatan": Tier.DISTRICT,
        "kelurahan": Tier.VILLAGE,
    }
    place = {line: names[station[: LENGTH[tier]]] for line, tier in tiers.items()}
    shares = regional_shares(form.tickets, generator(seed, "region", station[: LENGTH[Tier.PROVINCE]]))
    return simulate_station(
        form, station, seed, setting, shares=shares, place=place, error_share=error_share,
        voters_per_station=VOTERS_PER_STATION, with_qr=with_qr,
    )  # fmt: skip


def _in_pool(
    make: Callable[[str], SimulatedStation], stations: Sequence[str], workers: int | None
) -> Iterator[SimulatedStation]:
    """The stations in order, made by several processes; here where one process is enough."""
    workers = min(workers or os.cpu_count() or 1, len(stations))
    if workers <= 1:
        yield from map(make, stations)
        return
    # Started afresh, not forked: a fork would copy OpenCV's threads half-way.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_one_thread) as pool:
        yield from pool.map(make, stations)


def _one_thread() -> None:
    cv2.setNumThreads(1)
