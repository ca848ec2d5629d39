"""`sirekap verify`: recompute a published tree from its files alone; needs nothing but Python."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

from sirekap.cli.common import command, progress


def add(commands: Any) -> None:
    """Add the command."""
    text = "Recompute everything from a published tree, and tell what differs. Exit status 1 where anything does."
    examples = "  sirekap verify public\n  sirekap verify https://example.org/\n"
    parser = command(commands, "verify", run, text, examples)
    parser.add_argument("where", metavar="URL|DIR", help="a published tree, or a workspace with one")


def run(args: argparse.Namespace) -> int:
    """Verify, and tell the answer."""
    from sirekap.errors import InputError, Problem, quoted
    from sirekap.verify import verify_tree, verify_url

    with progress("verify") as show:
        if "://" in args.where:
            try:
                report = verify_url(args.where, show)
            except ValueError as error:
                raise InputError([Problem("verify", "an http or https address", str(error))]) from error
        else:
            folder = published(Path(args.where))
            if not folder.is_dir():
                raise InputError([Problem("verify", "a published tree", f"no folder {quoted(folder)}")])
            report = verify_tree(folder, show)
    for difference in report.differences:
        print(difference)
    print(f"{report.files:,} files, {report.units:,} units, {report.stations:,} stations, {report.pages:,} pages")
    if report.plenaries:
        print(f"{report.plenaries:,} plenaries, {report.signatures:,} signatures on certificates")
    for note in report.notes:
        print(note)
    if report.root:
        print(f"root of the manifest: {report.root}")  # two who verify the same publication see the same root
    print("verified: everything follows from the published files" if report.ok else "NOT verified")
    return 0 if report.ok else 1


def published(folder: Path) -> Path:
    """The published tree of a workspace, or the folder itself where it is none.

    Reads the workspace's settings itself: `sirekap verify` needs nothing that opens a workspace.
    """
    try:
        tree = tomllib.loads((folder / "sirekap.toml").read_text(encoding="utf-8"))
        return folder / str(tree.get("publish", {}).get("folder", "public"))
    except (OSError, ValueError, AttributeError):
        return folder
