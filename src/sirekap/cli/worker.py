"""`sirekap worker`: read the photographs that phones delivered."""

from __future__ import annotations

import argparse
from typing import Any

from sirekap.cli.common import add_workspace, command

TEXT = """Read the photographs that phones delivered, as they come, until interrupted; weigh their sheets anew.
Several may run at once, on several machines with one database and one folder. It can be killed at any moment:
what it had not finished, the next one does."""


def add(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "worker", run, TEXT, "  sirekap worker hasil\n  sirekap worker hasil --once\n")
    add_workspace(parser)
    parser.add_argument("--once", action="store_true", help="end when nothing waits any more")


def run(args: argparse.Namespace) -> int:
    """Work, and tell what each round did."""
    from sirekap.flow.reader import standard_reader
    from sirekap.flow.worker import Worked, run_worker
    from sirekap.store.setup import open_workspace

    def tell(worked: Worked) -> None:
        done = f"{worked.read:,} photographs read, {worked.refused:,} refused"
        print(f"{done}; {worked.weighed:,} sheets and copies weighed.", flush=True)

    run_worker(open_workspace(args.dir), standard_reader(), args.once, tell)
    return 0
