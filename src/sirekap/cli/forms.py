"""`sirekap forms`: the official forms that sirekap knows, and blank ones to print."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sirekap.cli.common import command, table


def add(commands: Any) -> None:
    """Add the command with its two parts."""
    text = "List the known forms, or draw a blank one to print."
    forms = command(commands, "forms", run_list, text, "  sirekap forms list\n")
    parts = forms.add_subparsers(title="parts", metavar="PART", required=True)
    command(
        parts, "list", run_list, "List the forms: id, contest, pages, figures.", "  sirekap forms list\n", "read"
    )
    examples = (
        "  sirekap forms draw C.HASIL-PPWP/2024 --out blank.pdf\n"
        "  sirekap forms draw C.HASIL-PPWP/2024 --station 3173011006272 --out 272.pdf\n"
    )
    draw = command(parts, "draw", run_draw, "Draw a blank form as PDF, in its true size.", examples, "draw")
    draw.add_argument("form", metavar="FORM", help="the form's id; see `sirekap forms list`")
    draw.add_argument("--out", metavar="FILE.pdf", type=Path, required=True, help="where the PDF is written")
    draw.add_argument(
        "--station", metavar="CODE", help="print the QR code of this station (13 digits) on each page"
    )


def run_list(args: argparse.Namespace) -> int:
    """Print the known forms."""
    from sirekap.forms import FORMS

    rows = [
        (form.id, form.contest, len(form.pages), len(form.fields), f"{form.width:g} × {form.height:g} mm")
        for form in FORMS.values()
    ]
    print(table(("form", "contest", "pages", "figures", "size"), rows))
    return 0


def run_draw(args: argparse.Namespace) -> int:
    """Write one blank form."""
    from sirekap.errors import InputError, Problem, quoted
    from sirekap.forms import form_of
    from sirekap.geography import LENGTH, Tier

    form = form_of(args.form)
    station = args.station
    if station is not None and not (
        len(station) == LENGTH[Tier.STATION] and station.isascii() and station.isdigit()
    ):
        raise InputError([Problem("--station", "a station's code of 13 digits", quoted(station))])
    from sirekap.drawing import draw_form

    data = draw_form(form, station)
    try:
        args.out.write_bytes(data)
    except OSError as error:
        raise InputError([Problem(str(args.out), "a file that can be written", str(error.strerror))]) from error
    print(f"{args.out}: {form.id}, {len(form.pages)} pages, {len(data):,} bytes")
    return 0
