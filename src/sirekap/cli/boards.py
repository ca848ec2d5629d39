"""`sirekap contacts` and `sirekap boards`: telephone numbers for boards, and the proof of their counts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sirekap.cli.common import add_workspace, command

SHOWN = 20


def add(commands: Any) -> None:
    """Add both commands with their parts."""
    text = "Load the telephone numbers that boards show beside missing stations."
    example = "  sirekap contacts load hasil nomor.csv\n"
    contacts = command(commands, "contacts", run_load, text, example)
    parts = contacts.add_subparsers(title="parts", metavar="PART", required=True)
    text = "Replace all numbers by those of a CSV, all rows or none. Only officials of the unit see them."
    load = command(parts, "load", run_load, text, example)
    add_workspace(load)
    load.add_argument("file", metavar="FILE.csv", type=Path, help="columns unit,role,telephone (docs/boards.md)")
    text = "Prove the counts that boards show by counting anew."
    example = "  sirekap boards check hasil\n"
    boards = command(commands, "boards", run_check, text, example)
    parts = boards.add_subparsers(title="parts", metavar="PART", required=True)
    text = "Count anew and compare. Exit status 1 where a count differs; nothing is changed."
    check = command(parts, "check", run_check, text, example)
    add_workspace(check)
    text = "Count anew and put right what differs."
    again = command(parts, "recount", run_recount, text, "  sirekap boards recount hasil\n")
    add_workspace(again)


def run_load(args: argparse.Namespace) -> int:
    """Load the numbers."""
    from sirekap.store.contacts import load_contacts
    from sirekap.store.manifest import read_file
    from sirekap.store.setup import open_workspace

    number = load_contacts(open_workspace(args.dir), read_file(args.file), args.file.name)
    print(f"{number:,} telephone numbers loaded; those of before are gone.")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Compare."""
    from sirekap.store.board_recount import differences
    from sirekap.store.setup import open_workspace

    found = differences(open_workspace(args.dir))
    _tell(found)
    if not found:
        print("Every count is what counting anew gives.")
    return 1 if found else 0


def run_recount(args: argparse.Namespace) -> int:
    """Put right."""
    from sirekap.store.board_recount import recount
    from sirekap.store.setup import open_workspace

    found = recount(open_workspace(args.dir))
    _tell(found)
    print(f"{len(found):,} counts put right.")
    return 0


def _tell(found: list[Any]) -> None:
    for one in found[:SHOWN]:
        print(f"{one.where}: kept {one.kept:,}, counted {one.counted:,}")
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN:,} more")
