"""The fast roll-up: the sums of `tally`, by DuckDB over Arrow. It defines nothing; it must equal `tally`.

A table of results has a row a station: `station` (13 digits), `state`, and a column of whole numbers for each
figure, where null says that the sheet gives none and −1 that it is blank (a figure is never negative).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sirekap.errors import InputError, Problem
from sirekap.forms import Form
from sirekap.geography import LENGTH, NATION, Geography, Tier, path_of
from sirekap.review import State
from sirekap.tally import Completeness, SheetResult, Sums, Total, tally

if TYPE_CHECKING:  # loaded where they are used: few commands add up thousands of sheets, and every one would wait
    import duckdb
    import pyarrow as pa

BLANK = -1
KEYS = ("station", "state")
ORDER = (State.SETTLED, State.PROVISIONAL, State.REVIEW)
FEW = 2000  # sheets below which planning a query over hundreds of columns takes longer than adding them up


def rollup(geography: Geography, form: Form, results: Iterable[SheetResult], few: int = FEW) -> dict[str, Total]:
    """The same as `sirekap.tally.tally`, with the same refusals; by that where there are at most `few` sheets."""
    sheets = list(results)
    if len(sheets) <= few or not _sound(geography, form, sheets):
        return tally(geography, form, sheets)  # says everything that is wrong
    return totals_of(geography, form.names, rollup_table(results_table(form, sheets)))


def results_table(form: Form, sheets: Sequence[SheetResult]) -> pa.Table:
    """Results in columns."""
    import pyarrow as pa

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
    """Sums of all units that have sheets: a row a unit, ordered by `tier` and `code`.

    Columns: `tier`, `code`; the number of sheets `settled`, `provisional` and `review`; for each figure
    `<figure>` and `<figure>_blank` over settled and provisional sheets, `settled_<figure>` and
    `settled_<figure>_blank` over the settled ones: the sum (null where no sheet gave a number) and how many
    sheets left it blank. `threads` 0 takes all processors. Raises InputError where a station stands twice.
    """
    import duckdb

    figures = [name for name in table.column_names if name not in KEYS]
    with duckdb.connect(config={"threads": threads} if threads else {}) as database:
        database.register("result", table)
        _refuse_repeated(database)
        by_state = "".join(
            f', sum(nullif("{name}", {BLANK}))::BIGINT AS "{name}"'
            f', sum(("{name}" = {BLANK})::INT)::BIGINT AS "{name}_blank"'
            for name in figures
        )
        database.execute(
            f"CREATE TEMP TABLE state AS SELECT station[:{LENGTH[Tier.VILLAGE]}] AS code, state, "
            f"count(*) AS sheets{by_state} FROM result GROUP BY ALL"
        )
        counts = ", ".join(
            f"coalesce(sum(sheets) FILTER (state = '{state}'), 0)::BIGINT AS {state}" for state in State
        )
        summed = [column for name in figures for column in (name, f"{name}_blank")]
        sums = "".join(
            f', sum("{column}") FILTER (state <> \'{State.REVIEW}\')::BIGINT AS "{column}"'
            f', sum("{column}") FILTER (state = \'{State.SETTLED}\')::BIGINT AS "settled_{column}"'
            for column in summed
        )
        database.execute(
            f"CREATE TEMP TABLE tier_4 AS SELECT 4 AS tier, code, {counts}{sums} FROM state GROUP BY code"
        )
        again = [*map(str, State), *(part + column for column in summed for part in ("", "settled_"))]
        sums = ", ".join(f'sum("{column}")::BIGINT AS "{column}"' for column in again)
        for tier in reversed(range(Tier.NATION, Tier.VILLAGE)):
            code = f"code[:{LENGTH[Tier(tier)]}]" if tier else f"'{NATION}'"
            database.execute(
                f"CREATE TEMP TABLE tier_{tier} AS SELECT {tier} AS tier, {code} AS code, {sums} "
                f"FROM tier_{tier + 1} GROUP BY ALL HAVING count(*) > 0"  # no stations: no nation either
            )
        every = " UNION ALL ".join(f"SELECT * FROM tier_{tier}" for tier in range(Tier.VILLAGE + 1))
        return database.sql(f"SELECT * FROM ({every}) ORDER BY tier, code").to_arrow_table()


def _refuse_repeated(database: duckdb.DuckDBPyConnection) -> None:
    repeated = database.execute(
        "SELECT station FROM result GROUP BY station HAVING count(*) > 1 ORDER BY station LIMIT 20"
    ).fetchall()
    if repeated:
        raise InputError(
            [Problem("tally", "each station once", f"{code} again", column="station") for (code,) in repeated]
        )


def totals_of(geography: Geography, figures: Sequence[str], sums: pa.Table) -> dict[str, Total]:
    """Totals of every unit of a geography, by code, from the table of `rollup_table`."""
    columns = {name: sums[name].to_pylist() for name in ("code", *map(str, State))}
    rows = {code: row for row, code in enumerate(columns["code"])}
    present = [sum(counts) for counts in zip(*(columns[state] for state in State), strict=True)]
    outside: dict[str, int] = {}
    for code, row in rows.items():
        unit = geography.units.get(code)
        if unit is not None and unit.tier is Tier.VILLAGE and unit.stations is None:
            for ancestor in path_of(code):
                outside[ancestor] = outside.get(ancestor, 0) + present[row]
    settled = _sums(sums, figures, "settled_", columns[State.SETTLED])
    both = _sums(
        sums, figures, "", [a + b for a, b in zip(columns["settled"], columns["provisional"], strict=True)]
    )
    totals = {}
    for code in geography.units:
        row = rows.get(code, -1)
        expected = geography.expected(code)
        settled_here, provisional, review = (0 if row < 0 else columns[state][row] for state in ORDER)
        here = settled_here + provisional + review
        completeness = Completeness(
            expected.stations,
            expected.unknown_villages,
            here,
            settled_here,
            provisional,
            review,
            expected.stations - (here - outside.get(code, 0)),
        )
        totals[code] = Total(
            code, completeness, Sums() if row < 0 else settled[row], Sums() if row < 0 else both[row]
        )
    return totals


def _sums(table: pa.Table, figures: Sequence[str], part: str, sheets: Sequence[int]) -> list[Sums]:
    """The sums of each row; a figure stands in them only where a sheet gave it."""
    sums = [Sums(count) for count in sheets]
    for name in figures:
        for item, value in zip(sums, table[f"{part}{name}"].to_pylist(), strict=True):
            if value is not None:
                item.values[name] = value
        for item, blanks in zip(sums, table[f"{part}{name}_blank"].to_pylist(), strict=True):
            if blanks:
                item.blanks[name] = blanks
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
