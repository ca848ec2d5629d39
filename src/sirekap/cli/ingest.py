"""`sirekap ingest`: photographs into a workspace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sirekap.cli.common import add_contest, add_workspace, command, progress, tell

TEXT = """Take photographs in: keep them, read them, check the figures; each sheet is accepted as provisional or
waits for review. The same manifest again changes nothing; after an interruption it goes on."""


def add(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "ingest", run, TEXT, "  sirekap ingest hasil manifest.csv\n")
    add_workspace(parser)
    help_ = "columns station,photo; photo paths relative to it"
    parser.add_argument("manifest", metavar="MANIFEST.csv", type=Path, help=help_)
    add_contest(parser)


def run(args: argparse.Namespace) -> int:
    """Take a manifest in and tell what became of it."""
    from sirekap.flow.intake import ingest
    from sirekap.flow.reader import standard_reader
    from sirekap.store.setup import open_workspace

    workspace = open_workspace(args.dir)
    with progress("read photographs") as show:
        report = ingest(workspace, args.manifest, standard_reader(), args.contest, show)
    tell(report.problems)
    tell(report.set_aside)
    aside = len(report.set_aside)
    print(f"{report.new:,} photographs taken in, {report.known:,} known already, {aside:,} set aside.")
    if report.accepted or report.review:
        print(f"{len(report.accepted):,} sheets accepted as provisional, {len(report.review):,} wait for review.")
    if report.review or report.set_aside:
        print(f"`sirekap review {args.dir}` lists what waits, and why.")
    if report.problems and not (report.new or report.known or report.set_aside):
        print("No photograph of the manifest could be taken in.", file=sys.stderr)
        return 2
    return 0
