"""An evidence bundle of a whole district: how long it takes and how much memory, to make one and to check it.

    python -m benchmarks.evidence [--stations 100] [--bytes 1000000]

A made-up district: each station has three photographs of so many made-up bytes, as received and as published, its
officer vouched for every figure, and the district's plenary read all of them out and closed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from sirekap.flow import plenary
from sirekap.flow.capture import confirm
from sirekap.flow.intake import ingest
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap import Signing
from sirekap.store.loading import now
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow import fakes
from tests.flow.capturing import AT, CONTEST, signed
from tests.store.people import HEAD, loaded, make

DISTRICT, VILLAGE = "317301", "3173011001"
# The command's own process tells its memory: what the system tells its parent begins with the parent's.
COMMAND = """import sys, time
from pathlib import Path
from sirekap.cli.main import main
assert main(sys.argv[1:]) == 0
high = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(time.process_time(), high.split()[1])"""


def district(folder: Path, stations: int, size: int) -> Workspace:
    """A workspace with the district."""
    tree = f"kode,nama,tingkat,tps\n31,A,1,\n3173,B,2,\n{DISTRICT},C,3,\n{VILLAGE},D,4,{stations}\n"
    workspace = loaded(folder, tree)
    codes = [f"{VILLAGE}{number:03d}" for number in range(1, stations + 1)]
    people = f"ppk,{DISTRICT},,,ppk\n" + "".join(f"kpps,{code},,,k{code}\n" for code in codes)
    make(workspace, HEAD + people, at=AT)
    dice = random.Random(1)
    for number, code in enumerate(codes):
        values = consistent((31 + number, 120, 44), women=60)
        filling = [dice.randbytes(size // 2).hex() for _ in FORM.pages]
        rows = [
            (code, f"{code}-{page.number}.jpg", fakes.photo(page.number, dict(values), note=filling[place]))
            for place, page in enumerate(FORM.pages)
        ]
        manifest = fakes.write_manifest(folder / "photos", rows, f"{code}.csv")
        ingest(workspace, manifest, fakes.READER)
        for _, name, _ in rows:
            (folder / "photos" / name).unlink()
        officer = signed(workspace, f"k{code}")
        confirm(workspace, officer, CONTEST, code, uuid4(), 1, values, (), now())
    panel = (workspace, signed(workspace, "ppk"), CONTEST, DISTRICT)
    sitting = plenary.open_plenary(*panel, uuid4(), "", now())
    plenary.attend(*panel, uuid4(), "Ketua", "", Signing.SIGNS, "", "", now())
    for part in sitting.parts:
        plenary.read_out(*panel, uuid4(), part.code, part.digest, now())
    plenary.close(*panel, uuid4(), now())
    return workspace


def measured(*arguments: object) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of processor and bytes of memory at most of one command."""
    start = time.perf_counter()
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return time.perf_counter() - start, float(told[-2]), int(told[-1]) * 1024


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("SIREKAP_BENCH", None)) as name:
        workspace = district(Path(name), args.stations, args.bytes)
        workspace.close()
        out = Path(name) / "bukti.zip"
        for what, arguments in (
            ("made", ("evidence", workspace.path, DISTRICT, "--out", out)),
            ("checked", ("evidence", "check", out)),
        ):
            wall, spent, memory = measured(*arguments)
            size = out.stat().st_size
            print(
                f"{args.stations} stations, {args.stations * 3} photographs, {size / 1e6:,.0f} MB: {what} in "
                f"{wall:.1f} s by the clock, {spent:.1f} s of processor; at most {memory / 1e6:.0f} MB of memory"
            )


if __name__ == "__main__":
    main()
