"""`sirekap read`: reading alone, without a workspace."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sirekap.cli.common import command, progress, tell

if TYPE_CHECKING:
    from sirekap.flow.alone import StationReading
    from sirekap.forms import Form

DEFAULT_FORM = "C.HASIL-PPWP/2024"
TEXT = """Read photographs of result sheets and print one JSON object a station.

A CSV has the columns station,photo (photo paths relative to it). Photographs named on the command line are
the pages of one sheet. What cannot be read has its problem in words and stops nothing."""


def add(commands: Any) -> None:
    """Add the command."""
    examples = "  sirekap read manifest.csv --out readings.jsonl\n  sirekap read page1.jpg page2.jpg page3.jpg\n"
    parser = command(commands, "read", run, TEXT, examples, "read")
    parser.add_argument(
        "input",
        metavar="MANIFEST.csv | PHOTO",
        nargs="+",
        type=Path,
        help="one CSV, or the photographs of one sheet",
    )
    parser.add_argument("--out", metavar="FILE.jsonl", type=Path, help="write there instead of standard output")
    help_ = f"the form on the photographs (default {DEFAULT_FORM})"
    help_of_explain = (
        "write there a page a station and a picture a photograph that show what each figure rests on"
    )
    parser.add_argument("--explain", metavar="FOLDER", type=Path, help=help_of_explain)
    parser.add_argument("--form", metavar="FORM", default=DEFAULT_FORM, help=help_)


def run(args: argparse.Namespace) -> int:
    """Read, and write a line a station."""
    from sirekap.errors import InputError, Problem
    from sirekap.flow.alone import read_manifest, read_photos
    from sirekap.flow.reader import standard_reader
    from sirekap.forms import form_of

    form = form_of(args.form)
    tables = [path for path in args.input if path.suffix.lower() == ".csv"]
    if tables and len(args.input) > 1:
        advice = "Name the photographs in the CSV."
        found = f"{len(args.input)} files, {tables[0]} among them"
        raise InputError([Problem("command line", "one CSV or only photographs", found, advice=advice)])
    reader = standard_reader()
    if not tables:
        reading = read_photos(args.input, form, reader)
        with _output(args.out) as out:
            _write(out, reading.document())
        _explain(args.explain, reading, form)
        return 0
    with progress("read photographs") as show:
        problems, readings = read_manifest(args.input[0], form, reader, show)
        tell(problems)
        with _output(args.out) as out:
            for reading in readings:
                _write(out, reading.document())
                _explain(args.explain, reading, form)
    return 0


def _explain(folder: Path | None, reading: StationReading, form: Form) -> None:
    """What a reading rests on, where it was asked for."""
    if folder is None:
        return
    from sirekap.errors import InputError, Problem
    from sirekap.flow.explain import write_explanation

    try:
        write_explanation(reading, form, folder)
    except OSError as error:
        raise InputError([Problem(str(folder), "a folder that can be written", str(error.strerror))]) from error


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    from sirekap.errors import InputError, Problem

    try:
        file = path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError([Problem(str(path), "a file that can be written", str(error.strerror))]) from error
    with file:
        yield file


def _write(out: TextIO, document: dict[str, Any]) -> None:
    out.write(json.dumps(document, ensure_ascii=False) + "\n")
    out.flush()
