"""`sirekap init` and `sirekap load`: a workspace and its inputs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import add_contest, add_workspace, command

if TYPE_CHECKING:
    from sirekap.store.setup import Workspace

SEATS = ("districts", "parties", "candidates")
WHAT = ("geography", "contests", *SEATS)
MOST_SHOWN = 10


def add(commands: Any) -> None:
    """Add both commands."""
    text = "Make a workspace: a folder with settings, database and photographs."
    init = command(commands, "init", run_init, text, "  sirekap init hasil --election election.toml\n")
    add_workspace(init)
    help_ = "the election: name, day, limits, contests (docs/formats.md)"
    init.add_argument("--election", metavar="FILE", type=Path, required=True, help=help_)
    help_ = "a PostgreSQL address without password (default: $SIREKAP_DATABASE, else a file in DIR)"
    init.add_argument("--database", metavar="URL", help=help_)
    text = "Load the geography, who stands, or where seats are won into a workspace, all rows or none."
    load = command(
        commands,
        "load",
        run_load,
        text,
        "  sirekap load hasil geography wilayah.csv\n  sirekap load hasil contests pasangan-calon.csv\n"
        "  sirekap load hasil districts dapil.csv\n  sirekap load hasil candidates caleg.csv --contest pdpr\n",
    )
    add_workspace(load)
    load.add_argument("what", choices=WHAT, help="what the file holds")
    load.add_argument("file", metavar="FILE.csv", type=Path, help="its columns stand in docs/formats.md")
    add_contest(load)


def run_init(args: argparse.Namespace) -> int:
    """Make the workspace."""
    from sirekap.flow.steps import init_workspace

    workspace = init_workspace(args.dir, args.election, database=args.database)
    election = workspace.election()
    contests = ", ".join(contest.code for contest in election.contests)
    print(f"{args.dir} is a workspace for {election.name} ({contests}).")
    print(f"Next: sirekap load {args.dir} geography FILE.csv, then contests FILE.csv")
    return 0


def run_load(args: argparse.Namespace) -> int:
    """Load one file."""
    from sirekap.flow.steps import load_contests, load_geography
    from sirekap.geography import NATION
    from sirekap.store.setup import open_workspace

    workspace = open_workspace(args.dir)
    if args.what in SEATS:
        return _load_seats(workspace, args)
    if args.what == "contests":
        print(f"{load_contests(workspace, args.file, args.contest)} tickets loaded.")
        return 0
    geography = load_geography(workspace, args.file)
    expected = geography.expected(NATION)
    print(f"{len(geography.units):,} units loaded; they expect {expected.stations:,} stations.")
    if expected.unknown_villages:
        print(f"Villages whose number of stations is unknown: {expected.unknown_villages:,}.")
    tell_warnings(geography.warnings)
    return 0


def _load_seats(workspace: Workspace, args: argparse.Namespace) -> int:
    from sirekap.flow.outcome import load_candidates, load_districts, load_parties

    if args.what == "parties":
        print(f"{load_parties(workspace, args.file)} parties loaded.")
    elif args.what == "candidates":
        print(f"{load_candidates(workspace, args.file, args.contest):,} candidates loaded.")
    else:
        loaded = load_districts(workspace, args.file)
        print(f"{loaded.districts:,} districts loaded; the file gives them {loaded.seats:,} seats.")
        if loaded.other_contests:
            print(f"Districts of contests that this election does not hold: {loaded.other_contests:,}.")
        if loaded.strange:
            some = ", ".join(loaded.strange[:MOST_SHOWN])
            more = " …" if len(loaded.strange) > MOST_SHOWN else ""
            tell_warnings((f"units that the geography does not hold: {some}{more} ({len(loaded.strange):,})",))
    return 0


def tell_warnings(warnings: tuple[str, ...]) -> None:
    """What is odd about a loaded file and refuses nothing."""
    import sys

    for warning in warnings:
        print(f"sirekap: warning: {warning}", file=sys.stderr)
