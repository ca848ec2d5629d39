"""The certificates of every district: drawn on all cores, and signed.

    python -m benchmarks.certificates [--all] [--write]

7,277 made-up districts as 2024 had, about 113 stations in 12 villages each, of the president's contest; a spread
sample of them unless --all is given.
"""

from __future__ import annotations

import os
import random
import re
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sirekap.drawing.certificate import Drawer
from sirekap.drawing.certificate_source import signing_places
from sirekap.forms import C_HASIL_PPWP_2024
from sirekap.record.certificate import Certificate, Column, Completeness, Group, Place, body
from sirekap.record.certificate_rows import rows_of
from tests.drawing import certificates

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
DISTRICTS, STATIONS, VILLAGES = 7_277, 113, 12
SAMPLE = 240
SIGNED = 20
_drawer: Drawer


def district(number: int) -> Certificate:
    """One of the 7,277: half to one and a half times the mean of villages and stations."""
    dice = random.Random(number)
    code = f"{11 + number // 100:02d}{number // 10 % 10 + 1:02d}{number % 10 + 1:02d}"
    rows = rows_of(C_HASIL_PPWP_2024, certificates.TICKETS)
    villages = dice.randint(VILLAGES // 2, VILLAGES * 3 // 2)
    each = STATIONS / VILLAGES
    groups = tuple(
        Group(
            Place(f"{code}{village:04d}", f"DESA {village}"),
            tuple(
                Column(
                    Place(f"{code}{village:04d}{station:03d}", f"TPS {station:03d}"),
                    certificates.values(rows, dice),
                )
                for station in range(1, 1 + round(dice.uniform(0.5, 1.5) * each))
            ),
        )
        for village in range(1, villages + 1)
    )
    path = (
        certificates.NATION,
        Place(code[:2], "PROVINSI"),
        Place(code[:4], "KABUPATEN"),
        Place(code, "KECAMATAN"),
    )
    counted = sum(len(group.columns) for group in groups)
    return certificates.made(
        path, "ppwp", certificates.PPWP, rows, groups, counted, completeness=Completeness(counted, counted)
    )


def _start() -> None:
    global _drawer
    _drawer = Drawer()


def _draw(number: int) -> tuple[int, float, int]:
    """Its size, the processor time that drawing took, and the memory of this process so far in kB."""
    certificate = district(number)
    start = time.process_time()
    size = len(_drawer.draw(certificate))
    return size, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def drawing(numbers: list[int]) -> list[str]:
    """Lines on drawing."""
    # Certificates are drawn side by side, so one thread each: more would only wait for each other.
    os.environ["RAYON_NUM_THREADS"] = "1"
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, initializer=_start) as pool:
        list(pool.map(_draw, range(cores * 2)))
        start = time.perf_counter()
        found = list(pool.map(_draw, numbers, chunksize=4))
        wall = time.perf_counter() - start
    sizes, times = sorted(size for size, _, _ in found), [spent for _, spent, _ in found]
    mean, empty = sum(times) / len(times), _empty()
    rate = len(found) / wall
    middle, all_of_them = sizes[len(sizes) // 2], sum(sizes) / len(sizes) * DISTRICTS
    drawn = (
        f"- {len(found):,} of {DISTRICTS:,} districts drawn on {cores} cores: {wall:.0f} s by the clock, "
        f"{rate:.1f} a second ({DISTRICTS / rate / 60:.0f} minutes for all); "
        f"{1000 * mean:.0f} ms of processor each, "
        f"{mean / empty:.0f} × a page with one word compiled in the same run ({1000 * empty:.1f} ms)"
    )
    size = (
        f"- size: {sizes[0] // 1000} to {sizes[-1] // 1000} kB, {middle // 1000} kB in the middle, "
        f"{all_of_them / 1e9:.1f} GB for all; "
        f"at most {max(memory for _, _, memory in found) // 1000} MB of memory a process"
    )
    return [drawn, size]


def _empty() -> float:
    """Seconds of processor for a page with one word by a compiler that is there: the least of thirty words."""
    import typst

    compiler: Any = typst.Compiler(ignore_system_fonts=True)
    best = 1.0
    for number in range(30):
        start = time.process_time()
        compiler.compile(
            f"#set page(width: 297mm, height: 210mm)\nTPS{number}".encode(),
            format="pdf",
            pdf_standards=["a-2b"],
            timestamp=certificates.CLOSED,
            pdf_tags=False,
        )
        best = min(best, time.process_time() - start)
    return best


def signing() -> str:
    """A line on signing and checking."""
    from sirekap.drawing.signing import pkcs12_key, sign_certificate
    from sirekap.store.officer_keys import Officer, make_authority, make_officer_key
    from sirekap.verify.certificates import check_certificate

    now, day = datetime.now(UTC), timedelta(days=1)
    authority = make_authority("Pemilu", now - day, now + day)
    keys = [
        pkcs12_key(make_officer_key(authority, Officer(role, role, "110101"), "x", now - day, now + day), "x")
        for role in ("Ketua PPK", *(f"Anggota PPK {number}" for number in range(1, 5)))
    ]
    spent, checked, grown = 0.0, 0.0, 0
    for number in range(SIGNED // len(keys)):
        certificate = district(number)
        pdf = drawn = Drawer().draw(certificate)
        start = time.process_time()
        for key, place in zip(keys, signing_places(certificate), strict=False):
            pdf = sign_certificate(pdf, key, place)
        spent += time.process_time() - start
        grown += len(pdf) - len(drawn)
        start = time.process_time()
        assert check_certificate(pdf, [authority.certificate], body(certificate)).valid
        checked += time.process_time() - start
    return (
        f"- a signature from a PKCS#12 key, seen on the page: {1000 * spent / SIGNED:.0f} ms of processor, "
        f"{grown / SIGNED / 1000:.0f} kB; checking a certificate with {len(keys)}: "
        f"{1000 * checked * len(keys) / SIGNED:.0f} ms"
    )


def main() -> None:
    """Measure, print, and with --write put it into the docs."""
    whole = "--all" in sys.argv[1:]
    numbers = list(range(DISTRICTS)) if whole else list(range(0, DISTRICTS, DISTRICTS // SAMPLE))
    lines = [f"On {os.cpu_count()} cores, Python {sys.version.split()[0]}.", ""]
    for line in (*drawing(numbers), signing()):
        print(line, flush=True)
        lines.append(line)
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        part = "<!-- certificates -->\n" + "\n".join(lines) + "\n<!-- end -->"
        PAGE.write_text(
            re.sub(r"<!-- certificates -->.*?<!-- end -->", lambda _: part, text, flags=re.S), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
