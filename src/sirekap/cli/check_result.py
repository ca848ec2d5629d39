"""`sirekap check-result`: whether a handed-over result is genuine; needs no workspace and no network."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import command

if TYPE_CHECKING:
    from sirekap.record.handover import Handover

MOST_BYTES = 1_000_000


def add(commands: Any) -> None:
    """Add the command."""
    text = "Check a result that an officer handed over, without a network. Exit status 1 where it is not genuine."
    examples = (
        "  sirekap check-result 'https://kpu.example/app/periksa#AQEA…' --keys keys.json\n"
        "  sirekap check-result result.txt --keys keys.json\n"
    )
    parser = command(commands, "check-result", run, text, examples)
    parser.add_argument("text", metavar="TEXT|FILE", help="the text or link of the QR code, or a file with it")
    help_ = "the server's public keys, as https://HOST/api/v1/keys gives them"
    parser.add_argument("--keys", metavar="FILE.json", type=Path, required=True, help=help_)
    help_ = "the language of the answer, id or en (default: en)"
    parser.add_argument("--language", choices=("id", "en"), default="en", help=help_)


def run(args: argparse.Namespace) -> int:
    """Check, and tell the answer with the figures."""
    from sirekap.record.verdict import REMARKS, Outcome
    from sirekap.store.signing import check_handover, read_keys

    keys = read_keys(_json(args.keys), str(args.keys))
    verdict = check_handover(_text(args.text), keys, int(time.time()))
    print(verdict.words.of(args.language))
    for remark in verdict.remarks:
        print(REMARKS[remark].of(args.language))
    if verdict.handover is not None:
        print()
        _show(verdict.handover)
    return 0 if verdict.outcome is Outcome.GENUINE else 1


def _show(handover: Handover) -> None:
    """The result, a figure a line; numbered where the form is not known or does not fit."""
    from sirekap.forms import FORMS
    from sirekap.record.handover import moment

    print(f"{handover.contest}, station {handover.station}, {handover.form}")
    print(f"confirmed {moment(handover.at).isoformat()} by the device's clock")
    form = FORMS.get(handover.form)
    names = [str(number) for number in range(1, len(handover.figures) + 1)]
    if form is not None and len(form.names) == len(names):
        names = list(form.names)
    width = max(map(len, names))
    for name, value in zip(names, handover.figures, strict=True):
        print(f"  {name.ljust(width)}  {'blank' if value is None else value}")


def _text(given: str) -> str:
    """The text itself, or what stands in the file of that name."""
    try:
        path = Path(given)
        if not path.is_file():
            return given
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):  # a text is no name of a file: too long, or with a NUL
        return given


def _json(path: Path) -> Any:
    from sirekap.errors import InputError, Problem

    try:
        with path.open("rb") as file:
            return json.loads(file.read(MOST_BYTES))
    except OSError as error:
        raise InputError([Problem(str(path), "the server's keys", error.strerror or str(error))]) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(str(path), "JSON", str(error))]) from error
