"""`sirekap review` and `sirekap acknowledge`: what waits for people, and their word for it."""

from __future__ import annotations

import argparse
from typing import Any

from sirekap.cli.common import add_contest, add_workspace, command


def add(commands: Any) -> None:
    """Add both commands."""
    text = "List the sheets that wait for review and the photographs that were set aside, with the reasons."
    review = command(commands, "review", run_review, text, "  sirekap review hasil\n")
    add_workspace(review)
    add_contest(review)
    text = "Answer for an error finding, with name and reason: the sheet then counts as written."
    example = '  sirekap acknowledge hasil 3173011006272 R12 --by "Ketua PPK" --reason "sesuai berita acara"\n'
    acknowledge = command(commands, "acknowledge", run_acknowledge, text, example)
    add_workspace(acknowledge)
    acknowledge.add_argument("station", metavar="STATION", help="the station's code of 13 digits")
    acknowledge.add_argument("rule", metavar="RULE", help="the finding's rule, such as R12")
    acknowledge.add_argument("--by", metavar="NAME", required=True, help="who answers for it")
    acknowledge.add_argument(
        "--reason", metavar="TEXT", required=True, help="why; it is published beside the finding"
    )
    add_contest(acknowledge)


def run_review(args: argparse.Namespace) -> int:
    """Print what waits."""
    from sirekap.flow.steps import review_workspace
    from sirekap.rules import explain
    from sirekap.store.setup import open_workspace

    waiting = review_workspace(open_workspace(args.dir), args.contest)
    if not waiting.sheets and not waiting.photos:
        print("Nothing waits.")
        return 0
    for sheet in waiting.sheets:
        record = sheet.record
        print(f"{record.station} {waiting.geography.name_of(record.station[:-3])}")
        for item in record.findings:
            if item.finding.rule in sheet.findings:
                print(f"  {item.finding.rule} {explain(waiting.form, item.finding, 'en')}")
        for label, names in (("illegible", sheet.illegible), ("uncertain", sheet.uncertain)):
            if names:
                print(f"  {label}: {', '.join(names)}")
        if sheet.pages_missing:
            print(f"  pages missing: {', '.join(str(page) for page in sheet.pages_missing)}")
        for photo in record.photos:
            if photo.problem:
                print(f"  photo {photo.sha256[:12]}: {photo.problem}")
    if waiting.photos:
        print("Set aside:")
        for aside in waiting.photos:
            print(f"  {aside.name} (for {aside.station}): {aside.reason}")
    print(f"{len(waiting.sheets):,} sheets wait, {len(waiting.photos):,} photographs are set aside.")
    return 0


def run_acknowledge(args: argparse.Namespace) -> int:
    """Write someone's word down."""
    from sirekap.flow.steps import acknowledge
    from sirekap.review import State
    from sirekap.store.setup import open_workspace

    workspace = open_workspace(args.dir)
    standing = acknowledge(workspace, args.station, args.rule, args.by, args.reason, args.contest)
    print(f"{args.rule} of {args.station} is acknowledged by {args.by}.")
    if standing.state is not State.REVIEW:
        print("The sheet counts as written (provisional); the finding stays public beside it.")
        return 0
    if args.rule in standing.open_errors:
        print("It concerns votes or people who differ: a second person must answer for it too.")
    left = [*standing.open_errors]
    if standing.illegible:
        left.append("illegible figures")
    if standing.pages_missing:
        left.append("pages missing")
    print(f"The sheet still waits: {', '.join(left) or 'uncertain figures'}.")
    return 0
