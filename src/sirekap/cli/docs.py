"""`python -m sirekap.cli.docs`: writes docs/cli.md, which quotes the help of every command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sirekap.cli.main import build_parser

HEAD = """# The command line

This page quotes the program's own help. `python -m sirekap.cli.docs` makes it; a test holds the two together.

Errors name the file, row and column, what was expected and found, and what to do. Long work shows a progress bar
on a terminal and none in a pipe. Exit status: 0 done, 1 the answer is no (`verify`,
`check-result`, `certificates check`, `evidence check`), 2 bad usage or input.
"""
WIDTH = "100"


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and all below it, in the order in which they were added."""
    yield parser
    for action in parser._actions:  # argparse has no public way to its subcommands
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def page() -> str:
    """The text of docs/cli.md."""
    os.environ["COLUMNS"] = WIDTH  # argparse wraps at the terminal's width
    parts = [f"## {parser.prog}\n\n```text\n{parser.format_help()}```\n" for parser in parsers(build_parser())]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/cli.md")
    target.write_text(page(), encoding="utf-8")
