"""`sirekap tally`: totals with their completeness."""

from __future__ import annotations

import argparse
import csv
import io
import json
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import add_contest, add_workspace, command, table

if TYPE_CHECKING:
    from sirekap.flow.steps import TallyView
    from sirekap.tally import Completeness, Sums

COUNTS = ("expected", "unknown_villages", "present", "settled", "provisional", "review", "missing")
TEXT = """Sum the sheets of a unit and of the units below it. Each total tells how many stations it rests on. What
is called settled was confirmed by people; provisional totals rest on those and on the accepted readings."""


def add(commands: Any) -> None:
    """Add the command."""
    examples = "  sirekap tally hasil\n  sirekap tally hasil --unit 31 --format csv\n"
    parser = command(commands, "tally", run, TEXT, examples)
    add_workspace(parser)
    add_contest(parser)
    parser.add_argument("--unit", metavar="CODE", default="0", help="a unit's code (default 0, the nation)")
    help_ = "table for people (default), csv or json with every figure"
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table", help=help_)


def run(args: argparse.Namespace) -> int:
    """Print the totals."""
    from sirekap.flow.steps import tally_workspace
    from sirekap.store.setup import open_workspace

    view = tally_workspace(open_workspace(args.dir), args.contest, args.unit)
    if args.format == "json":
        print(json.dumps(document(view), ensure_ascii=False, indent=1))
    elif args.format == "csv":
        print(_csv(view), end="")
    else:
        print(_table(view))
    return 0


def document(view: TallyView) -> dict[str, Any]:
    """All totals as JSON: the unit's own first, then those of the units below it."""
    units = []
    for unit in (view.unit, *view.children):
        total = view.totals[unit.code]
        units.append(
            {
                "code": unit.code,
                "name": unit.name,
                "stations": {count: counted(total.completeness, count) for count in COUNTS},
                "settled": _sums(total.settled),
                "provisional": _sums(total.provisional),
            }
        )
    return {"contest": view.contest, "form": view.form.id, "units": units}


def counted(completeness: Completeness, count: str) -> int | None:
    """A count of stations; None where nobody knows it: an unknown number is no zero."""
    if count in ("expected", "missing") and completeness.unknown_villages and not completeness.expected:
        return None
    return int(getattr(completeness, count))


def _sums(sums: Sums) -> dict[str, Any]:
    return {"sheets": sums.sheets, "figures": sums.values, "blank_on_sheets": sums.blanks}


def _csv(view: TallyView) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = view.form.names
    head = [f"{kind}_{name}" for kind in ("settled", "provisional") for name in names]
    writer.writerow(["code", "name", *(f"stations_{count}" for count in COUNTS), *head])
    for unit in (view.unit, *view.children):
        total = view.totals[unit.code]
        counts = [counted(total.completeness, count) for count in COUNTS]
        # An empty cell where no sheet gave a number: no sum is not zero.
        sums = [part.values.get(name, "") for part in (total.settled, total.provisional) for name in names]
        writer.writerow([unit.code, unit.name, *counts, *sums])
    return out.getvalue()


def _table(view: TallyView) -> str:
    from sirekap.tally import Total

    votes = [name for name in view.form.names if name.startswith("suara_")]

    def row(code: str, name: str, total: Total) -> list[object]:
        count = total.completeness
        known, missing = counted(count, "expected"), counted(count, "missing")
        more = "+?" if count.unknown_villages and known is not None else ""
        expected = "?" if known is None else f"{known:,}{more}"
        counts = (expected, f"{count.settled:,}", f"{count.provisional:,}", f"{count.review:,}")
        sums = [
            f"{total.provisional.values[name]:,}" if name in total.provisional.values else "–" for name in votes
        ]
        return [code, name[:32], *counts, "?" if missing is None else f"{missing:,}{more}", *sums]

    head = ("code", "unit", "stations", "settled", "provisional", "review", "missing", *votes)
    rows = [row(unit.code, unit.name, view.totals[unit.code]) for unit in (view.unit, *view.children)]
    text = table(head, rows)
    unknown = view.totals[view.unit.code].completeness.unknown_villages
    text += "\nVotes are provisional: settled and provisionally accepted sheets together; – is no figure yet."
    if unknown:
        text += f"\nVillages whose number of stations is unknown, and not in “stations”: {unknown:,}."
    return text
