"""What the commands share: their parsers, progress on a terminal, tables, problems on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sirekap.errors import Problem

Run = Callable[[argparse.Namespace], int]


def command(
    commands: Any, name: str, run: Run, text: str, examples: str, extra: str = "server"
) -> argparse.ArgumentParser:
    """A command's parser; `extra` names what `pip install` must have brought for it."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text.partition(".")[0][0].lower() + text.partition(".")[0][1:],
        description=text,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run, extra=extra)
    return parser


def add_workspace(parser: argparse.ArgumentParser) -> None:
    """The folder that most commands work on."""
    parser.add_argument("dir", metavar="DIR", type=Path, help="the workspace's folder")


def add_contest(parser: argparse.ArgumentParser) -> None:
    """Which contest is meant, where an election holds several."""
    parser.add_argument(
        "--contest", metavar="CODE", help="the contest, such as ppwp (needed where there are several)"
    )


def positive(text: str) -> int:
    """A whole number from 1, for argparse."""
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def port(text: str) -> int:
    """A TCP port, for argparse; 0 lets the system choose."""
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error where that is a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    try:
        from tqdm import tqdm
    except ImportError:  # a bar is a comfort: reading works without it
        yield lambda done, total: None
        return
    with tqdm(desc=label, unit="", file=sys.stderr, dynamic_ncols=True) as bar:

        def show(done: int, total: int) -> None:
            if bar.total != total:
                bar.reset(total)
            bar.update(done - bar.n)

        yield show


def tell(problems: Iterable[Problem]) -> None:
    """Problems that stopped nothing, a line each, on standard error."""
    for problem in problems:
        print(f"sirekap: {problem}", file=sys.stderr)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns in text: numbers to the right, words and codes (the first column) to the left."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *cells]) for column in range(len(head))]
    right = [column > 0 and all(_is_number(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in [list(head), *cells]:
        parts = [
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _is_number(text: str) -> bool:
    return text.replace(",", "").isdigit() or text in ("", "–")
