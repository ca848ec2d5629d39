"""`sirekap demo`: the whole way with a made-up election."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import command, positive, progress
from sirekap.cli.serve import add_address, serve

if TYPE_CHECKING:
    from sirekap.flow.demo import DemoReport

STATIONS, SEED = 12, 47
TEXT = """Show the whole way with a small made-up election. Its forms are photographed with a simulated camera,
read, checked, tallied, published, verified and served. It can be run again: the same demo is completed,
another one takes its place."""


def add(commands: Any) -> None:
    """Add the command."""
    examples = "  sirekap demo\n  sirekap demo demo --stations 60 --no-serve\n"
    parser = command(commands, "demo", run, TEXT, examples)
    help_ = "a new folder, or that of an earlier demo (default demo)"
    parser.add_argument("dir", metavar="DIR", type=Path, nargs="?", default=Path("demo"), help=help_)
    help_ = f"how many stations are photographed (default {STATIONS})"
    parser.add_argument("--stations", metavar="N", type=positive, default=STATIONS, help=help_)
    help_ = f"another number makes another election (default {SEED})"
    parser.add_argument("--seed", metavar="N", type=positive, default=SEED, help=help_)
    parser.add_argument("--no-serve", action="store_true", help="end after verifying")
    add_address(parser)


def run(args: argparse.Namespace) -> int:
    """Walk the way, tell what came of it, serve it."""
    from sirekap.flow.demo import demo, standard_collaborators

    rooms = standard_collaborators()
    with ExitStack() as bars:

        def announce(step: str) -> Any:
            bars.close()  # one step at a time
            if sys.stderr.isatty():
                return bars.enter_context(progress(step))
            print(f"{step} …", file=sys.stderr, flush=True)
            return lambda done, total: None

        report = demo(args.dir, args.stations, args.seed, rooms, announce)
    print(summary(report))
    if not report.verification.ok:
        return 1
    if not args.no_serve:
        return serve(report.workspace.public, args.host, args.port)
    print(f"Look at it with: sirekap serve {args.dir}")
    return 0


def summary(report: DemoReport) -> str:
    """What a demonstration showed, as a small table."""
    count = report.total.completeness
    reasons = ", ".join(f"{reason}: {many}" for reason, many in sorted(report.reasons.items()))
    unknown = f"; villages with an unknown number: {count.unknown_villages:,}" if count.unknown_villages else ""
    differences = "; ".join(map(str, report.verification.differences))
    verified = "yes" if report.verification.ok else f"NO: {differences}"
    rows = [
        ("stations photographed", f"{count.present:,} ({report.photographs:,} photographs)"),
        ("accepted as provisional", f"{report.accepted:,}"),
        ("sent to review", f"{report.review:,}" + (f" ({reasons})" if reasons else "")),
        ("missing", f"{count.missing:,} of {count.expected:,} expected stations" + unknown),
        ("accepted figures", f"{report.figures:,}, of which {len(report.wrong):,} differ from the truth"),
        ("verified", verified),
        ("published tree", str(report.workspace.public)),
        ("time", f"{report.seconds:.1f} s"),
    ]
    width = max(len(label) for label, _ in rows)
    lines = [f"{label.ljust(width)}  {text}" for label, text in rows]
    return "\n".join([*lines, *(f"  wrong: {text}" for text in report.wrong[:20])])
