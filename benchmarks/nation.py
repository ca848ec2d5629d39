"""The nation: 823,236 stations × 30 figures rolled up to every unit, and 1,000 stations published."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

STATIONS, FIGURES = 823_236, 30
GEOGRAPHY = b"""kode,nama,tingkat,tps
11,PROVINSI,1,
1101,KABUPATEN,2,
110101,KECAMATAN,3,
1101011001,DESA SATU,4,500
1101011002,DESA DUA,4,500
"""


def rollup() -> str:
    """Seconds to sum synthetic results of all stations up every tier, beside a plain sum in the same run."""
    import numpy as np
    import pyarrow as pa

    from sirekap.store.rollup import rollup_table

    rng = np.random.default_rng(1)
    villages = 83_731
    village = np.sort(rng.integers(0, villages, STATIONS))
    first = np.searchsorted(village, village)
    number = np.arange(STATIONS) - first + 1
    codes = [
        f"{11 + v % 38:02d}{v // 38 % 14 + 1:02d}{v // 532 % 15 + 1:02d}{v // 7980 + 1:04d}{n:03d}"
        for v, n in zip(village.tolist(), number.tolist(), strict=True)
    ]
    values = rng.integers(0, 300, (FIGURES, STATIONS))
    columns = {"station": pa.array(codes), "state": pa.array(["provisional"] * STATIONS)}
    columns |= {f"figure_{index}": pa.array(column) for index, column in enumerate(values)}
    results = pa.table(columns)
    start = time.perf_counter()
    plain = values.sum(axis=1)
    floor = time.perf_counter() - start
    start = time.perf_counter()
    summed = rollup_table(results)
    took = time.perf_counter() - start
    rows = summed.to_pylist()
    nation = next(row for row in rows if row["code"] == "0")
    assert [nation[f"figure_{index}"] for index in range(FIGURES)] == plain.tolist()
    return (
        f"{STATIONS:,} stations × {FIGURES} figures to {len(rows):,} units: {took:.2f} s "
        f"({took / floor:.0f} × one numpy sum of the same numbers, {floor:.3f} s)"
    )


def publish(stations: int = 1000) -> str:
    """Seconds to publish stations with small pictures, as a ratio to writing and hashing the same files."""
    from hashlib import sha256

    from sirekap.publish import publish_site
    from sirekap.verify import verify_tree
    from tests.publish.example_state import Example, sheet_values

    example = Example(GEOGRAPHY)
    for number in range(stations):
        example.add(f"{1101011001 + number // 500}{number % 500 + 1:03d}", sheet_values((31, 120, number % 50)))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "public"
        start = time.perf_counter()
        publish_site(example.state(), example.objects, out)
        took = time.perf_counter() - start
        files = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
        start = time.perf_counter()
        for index, data in enumerate(files):
            sha256(data).digest()
            (Path(folder) / f"{index}").write_bytes(data)
        floor = time.perf_counter() - start
        start = time.perf_counter()
        report = verify_tree(out)
        verified = time.perf_counter() - start
        assert report.ok
    return (
        f"{stations:,} stations, {len(files):,} files: published in {took:.1f} s "
        f"({took / floor:.1f} × hashing and writing the same files), verified in {verified:.1f} s"
    )
