"""Accounts in bulk: 100,000 from a CSV, and the slips of 10,000.

    python -m benchmarks.accounts [--write]

The time is the processor's: how long the disk takes differs by machine more than all else.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.flow.fakes import ELECTION

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
ACCOUNTS, SLIPS = 100_000, 10_000
VILLAGES, STATIONS = 100, 500
GEOGRAPHY = "kode,nama,tingkat,tps\n31,PROVINSI,1,\n3101,KABUPATEN,2,\n310101,KECAMATAN,3,\n" + "".join(
    f"310101{village:04d},DESA {village},4,{STATIONS}\n" for village in range(1, VILLAGES + 1)
)


def measure() -> str:
    """Two lines for docs/performance.md."""
    from sirekap.flow.accounts import Sheets
    from sirekap.flow.steps import init_workspace, load_geography
    from sirekap.store.account_loading import create_accounts
    from sirekap.store.accounts import THE_PROGRAM, Issued
    from sirekap.store.loading import now
    from sirekap.store.models import Account

    rows = "".join(
        f"kpps,310101{village:04d}{station:03d},,\n" * 2
        for village in range(1, VILLAGES + 1)
        for station in range(1, STATIONS + 1)
    )
    kept: list[Issued] = []

    def deliver(issued: Sequence[Issued]) -> None:
        kept.extend(issued)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "election.toml").write_text(ELECTION)
        (folder / "geography.csv").write_text(GEOGRAPHY)
        workspace = init_workspace(folder / "ws", folder / "election.toml", database="")
        load_geography(workspace, folder / "geography.csv")
        data = f"role,unit,stands_for,name\n{rows}".encode()
        start, wall = time.process_time(), time.perf_counter()
        create_accounts(workspace, data, "kpps.csv", THE_PROGRAM, now(), deliver)
        made, wall = time.process_time() - start, time.perf_counter() - wall
        assert workspace.rows(Account).count() == len(kept) == ACCOUNTS
        floor = plain(folder / "plain.sqlite3", kept)
        start = time.process_time()
        sheets = Sheets(workspace, folder / "slips.pdf", "https://kpu.example/aktivasi", now())
        sheets.write(kept[:SLIPS])
        drawn = time.process_time() - start
        size = sum(path.stat().st_size for path in sheets.written)
        workspace.close()
    return (
        f"- {ACCOUNTS:,} accounts with mandate and code from a CSV (SQLite): {made:.1f} s of one processor, "
        f"{ACCOUNTS / made:,.0f} a second ({made / floor:.1f} × inserting the same rows by hand; "
        f"{wall:.1f} s by the clock)\n"
        f"- {SLIPS:,} slips drawn: {drawn:.1f} s of processor, {SLIPS / drawn:,.0f} a second, "
        f"{size / 1e6:.0f} MB of PDF"
    )


def plain(path: Path, kept: Sequence[object]) -> float:
    """Processor seconds to put as many rows of the same width into three bare tables."""
    database = sqlite3.connect(path)
    for table in "abc":
        database.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, v, w, x, y)")
    values = [(number, "x" * 32, "y" * 32, "z" * 32, "2024-02-01 08:00:00") for number in range(len(kept))]
    start = time.process_time()
    for table in "abc":
        database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", values)
    database.commit()
    took = time.process_time() - start
    database.close()
    return took


def main(write: bool) -> None:
    """Measure, print, and with `write` put it into docs/performance.md."""
    text = f"Measured on {os.cpu_count()} cores, Python {sys.version.split()[0]}.\n\n{measure()}"
    print(text, flush=True)
    if write:
        page = PAGE.read_text(encoding="utf-8")
        body = f"<!-- accounts -->\n{text}\n<!-- end -->"
        PAGE.write_text(re.sub(r"<!-- accounts -->.*?<!-- end -->", lambda _: body, page, flags=re.S), "utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv[1:])
