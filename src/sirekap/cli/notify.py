"""`sirekap notify`: send what waits: e-mail and webhooks."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from sirekap.cli.common import add_workspace, command

TEXT = """Send notices by e-mail and to webhooks as they come, until interrupted. `sirekap worker` and
`sirekap serve` do this beside their work; alone it runs where nothing is read, such as on a machine that may
reach the internet. Several may run at once. It can be killed at any moment: what it had not noted as sent is
sent again under the same name. The password of the mail server is taken from SIREKAP_MAIL_PASSWORD."""


def add(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "notify", run, TEXT, "  sirekap notify hasil\n  sirekap notify hasil --once\n")
    add_workspace(parser)
    parser.add_argument("--once", action="store_true", help="end when nothing more can be sent now")


def run(args: argparse.Namespace) -> int:
    """Send, and tell what each round did."""
    from sirekap.flow.notifying import Told, run_notifier
    from sirekap.store.setup import open_workspace

    def tell(told: Told) -> None:
        claims = f"{told.claims:,} claims over"
        if told:
            print(f"{told.mails:,} mails sent, {told.calls:,} calls of webhooks taken; {claims}.", flush=True)
        if told.fault:
            print(told.fault, file=sys.stderr, flush=True)

    run_notifier(open_workspace(args.dir), args.once, tell)
    return 0
