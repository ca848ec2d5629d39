"""`sirekap publish`: the public site as static files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sirekap.cli.common import add_contest, add_workspace, command, progress


def add(commands: Any) -> None:
    """Add the command."""
    text = "Write the published tree: pages, open data, photographs. The same state gives the same bytes."
    parser = command(commands, "publish", run, text, "  sirekap publish hasil --to public\n")
    add_workspace(parser)
    parser.add_argument("--to", metavar="OUT", required=True, help="the folder that is written")
    add_contest(parser)


def run(args: argparse.Namespace) -> int:
    """Publish to a folder."""
    from sirekap.errors import InputError, Problem, quoted
    from sirekap.flow.steps import publish_workspace
    from sirekap.publish import publish_site
    from sirekap.store.setup import open_workspace

    if "://" in args.to:
        advice = "Publish to a folder and copy that to the object store."
        found = f"{quoted(args.to)}; this version writes folders only"
        raise InputError([Problem("--to", "a folder", found, advice=advice)])
    workspace = open_workspace(args.dir)
    with progress("publish") as show:
        report = publish_workspace(workspace, publish_site, Path(args.to), args.contest, show)
    print(f"{report.out}: {report.files:,} files, {report.bytes:,} bytes, {report.stations:,} stations.")
    print(f"root of the manifest: {report.root}")
    return 0
