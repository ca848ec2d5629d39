"""`sirekap webhooks`: whom of the outside notices are told."""

from __future__ import annotations

import argparse
from typing import Any

from sirekap.cli.common import add_workspace, command, positive, table
from sirekap.review.notices import OF_UNITS, Kind

TEXT = """Tell programs of others what happens to sheets: each notice of a unit is posted to their address,
signed, and tried again for a day. docs/notices.md says what receivers get."""
EXAMPLES = """  sirekap webhooks add hasil --unit 3173 --url https://example.org/kabar
  sirekap webhooks add hasil --unit 0 --url https://example.org/kabar --kinds sheet.settled,copy.differs
  sirekap webhooks list hasil
  sirekap webhooks remove hasil 1
"""


def add(commands: Any) -> None:
    """Add the command and those below it."""
    parser = command(commands, "webhooks", lambda args: 2, TEXT, EXAMPLES)
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = command(
        below, "add", run_add, "Add a webhook, from the next notice on. Its secret is shown this once.",
        "\n".join(EXAMPLES.splitlines()[:2]) + "\n",
    )  # fmt: skip
    add_workspace(one)
    one.add_argument("--unit", metavar="CODE", required=True, help="the unit or station, 0 for the nation")
    one.add_argument("--url", required=True, help="where to post: https, or http on this machine")
    every = ", ".join(OF_UNITS)
    one.add_argument("--kinds", metavar="LIST", type=_kinds, default=OF_UNITS, help=f"some of {every} (all)")
    text = "List the webhooks, with how many calls wait, were taken and were given up."
    add_workspace(command(below, "list", run_list, text, "  sirekap webhooks list hasil\n"))
    text = "Remove a webhook. What waits for it is not sent any more."
    gone = command(below, "remove", run_remove, text, "  sirekap webhooks remove hasil 1\n")
    add_workspace(gone)
    gone.add_argument("number", type=positive, help="its number in the list")


def run_add(args: argparse.Namespace) -> int:
    """Add one."""
    from sirekap.flow.webhooks import new_webhook
    from sirekap.store.loading import now
    from sirekap.store.setup import open_workspace

    number, secret = new_webhook(open_workspace(args.dir), args.unit, args.kinds, args.url, now())
    print(f"Webhook {number}. Its secret, which is not shown again:\n{secret}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List them."""
    from sirekap.store.setup import open_workspace
    from sirekap.store.webhooks import webhooks

    hooks = webhooks(open_workspace(args.dir))
    if not hooks:
        print("No webhooks.")
        return 0
    rows = [(one.number, one.unit, one.waiting, one.sent, one.given_up, one.url) for one in hooks]
    print(table(("number", "unit", "waiting", "taken", "given up", "url"), rows))
    for one in hooks:
        kinds = "all kinds" if one.kinds == OF_UNITS else ", ".join(one.kinds)
        print(f"{one.number}: {kinds}" + (f"; the latest problem: {one.problem}" if one.problem else ""))
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Remove one."""
    from sirekap.store.loading import now
    from sirekap.store.setup import open_workspace
    from sirekap.store.webhooks import remove_webhook

    remove_webhook(open_workspace(args.dir), args.number, now())
    print(f"Webhook {args.number} is removed.")
    return 0


def _kinds(text: str) -> tuple[Kind, ...]:
    """Kinds by comma, for argparse."""
    names = [part.strip() for part in text.split(",")]
    wrong = [name for name in names if name not in {str(kind) for kind in OF_UNITS}]
    if wrong:
        raise argparse.ArgumentTypeError(f"expected some of {', '.join(OF_UNITS)}; found {wrong[0]!r}")
    return tuple(kind for kind in OF_UNITS if str(kind) in names)
