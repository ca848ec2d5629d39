"""The fast roll-up: the sums of `tally`, by DuckDB over Arrow. It defines nothing; it must equal `tally`.

A table of results has a row a station: `station` (13 digits), `state`, and a column of whole numbers for each
figure, where null says that the sheet gives none and −1 that it is blank (a figure is never negative).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from sirekap.errors import InputError, Problem
from sirekap.forms import Form
from sirekap.geography import NATION, Geography, Tier, path_of
from sirekap.review import State
from sirekap.tally import Completeness, SheetResult, Sums, Total, tally

BLANK = -1
KEYS = ("station", "state")
LENGTHS = {Tier.PROVINCE: 2, Tier.REGENCY: 4, Tier.DISTRICT: 6, Tier.VILLAGE: 10}
COUNTED = (State.SETTLED, State.PROVISIONAL)


def rollup(geography: Geography, form: Form, results: Iterable[SheetResult]) -> dict[str, Total]:
    """The same as `sirekap.tally.tally`, with the same refusals, for many stations."""
    sheets = list(results)
    if not _sound(geography, form, sheets):
        return tally(geography, form, sheets)  # says everything that is wrong
    return totals_of(geography, form.names, rollup_table(results_table(form, sheets)))


def results_table(form: Form, sheets: Sequence[SheetResult]) -> pa.Table:
    """Results in columns."""
    columns: dict[str, Any] = {
        "station": pa.array([sheet.station for sheet in sheets], pa.string()),
        "state": pa.array([str(sheet.state) for sheet in sheets], pa.string()),
    }
    for name in form.names:
        values = [
            (BLANK if (value := sheet.figures[name]) is None else value) if name in sheet.figures else None
            for sheet in sheets
        ]
        columns[name] = pa.array(values, pa.int64())
    return pa.table(columns)


def rollup_table(table: pa.Table, threads: int = 0) -> pa.Table:
    """Sums of all units that have sheets: a row for each `code`, `tier` and `state`.

    Columns: `sheets`, and for each figure its sum (null where no sheet gave a number) and `<figure>_blank`, the
    number of sheets that left it blank. Raises InputError where a station stands twice.
    """
    figures = [name for name in table.column_names if name not in KEYS]
    first = ["count(*) AS sheets"]
    again = ["sum(sheets) AS sheets"]
    for name in figures:
        first.append(f'sum("{name}") FILTER ("{name}" >= 0) AS "{name}"')
        first.append(f'count(*) FILTER ("{name}" = {BLANK}) AS "{name}_blank"')
        again += [f'sum("{name}") AS "{name}"', f'sum("{name}_blank") AS "{name}_blank"']
    selects = [
        f"SELECT {code} AS code, {int(tier)} AS tier, state, {', '.join(again)} FROM village GROUP BY ALL"
        for tier, code in [(Tier.NATION, f"'{NATION}'"), *((t, f"code[:{n}]") for t, n in LENGTHS.items())]
    ]
    with duckdb.connect(config={"threads": threads} if threads else {}) as database:
        database.register("result", table)
        repeated = database.execute(
            "SELECT station FROM result GROUP BY station HAVING count(*) > 1 ORDER BY station LIMIT 20"
        ).fetchall()
        if repeated:
            raise InputError(
                [
                    Problem("tally", "each station once", f"{station} again", column="station")
                    for (station,) in repeated
                ]
            )
        database.execute(
            f"CREATE TEMP TABLE village AS SELECT station[:10] AS code, state, {', '.join(first)} "
            "FROM result GROUP BY ALL"
        )
        every = " UNION ALL ".join(selects)
        return database.sql(f"SELECT * FROM ({every}) ORDER BY tier, code, state").to_arrow_table()


def totals_of(geography: Geography, figures: Sequence[str], sums: pa.Table) -> dict[str, Total]:
    """Totals of every unit of a geography, by code, from the table of `rollup_table`."""
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for row in sums.to_pylist():
        rows.setdefault(row["code"], {})[row["state"]] = row
    outside: dict[str, int] = {}
    for code, states in rows.items():
        unit = geography.units.get(code)
        if unit is not None and unit.tier is Tier.VILLAGE and unit.stations is None:
            for ancestor in path_of(code):
                outside[ancestor] = outside.get(ancestor, 0) + sum(int(r["sheets"]) for r in states.values())
    return {
        code: _total(geography, code, rows.get(code, {}), figures, outside.get(code, 0))
        for code in geography.units
    }


def _total(
    geography: Geography,
    code: str,
    states: Mapping[str, Mapping[str, Any]],
    figures: Sequence[str],
    outside: int,
) -> Total:
    settled, provisional, review = (
        int(states[state]["sheets"]) if state in states else 0
        for state in (State.SETTLED, State.PROVISIONAL, State.REVIEW)
    )
    expected = geography.expected(code)
    present = settled + provisional + review
    completeness = Completeness(
        expected.stations,
        expected.unknown_villages,
        present,
        settled,
        provisional,
        review,
        expected.stations - (present - outside),
    )
    counted = [states[state] for state in COUNTED if state in states]
    return Total(code, completeness, _sums(counted[: 1 if settled else 0], figures), _sums(counted, figures))


def _sums(rows: Sequence[Mapping[str, Any]], figures: Sequence[str]) -> Sums:
    sums = Sums(sum(int(row["sheets"]) for row in rows))
    for name in figures:
        values = [int(row[name]) for row in rows if row[name] is not None]
        if values:
            sums.values[name] = sum(values)
        blanks = sum(int(row[f"{name}_blank"]) for row in rows)
        if blanks:
            sums.blanks[name] = blanks
    return sums


def _sound(geography: Geography, form: Form, sheets: Sequence[SheetResult]) -> bool:
    """Whether `tally` would take these results."""
    names = set(form.names)
    return len({sheet.station for sheet in sheets}) == len(sheets) and all(
        geography.has_station(sheet.station)
        and not (sheet.open_errors and sheet.state is not State.REVIEW)
        and names.issuperset(sheet.figures)
        for sheet in sheets
    )
