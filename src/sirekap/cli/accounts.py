"""`sirekap accounts`: who may log in, and the slips that let them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sirekap.cli.common import Run, add_workspace, command, table

BY = "the login of the administrator who does it; the program itself makes the first accounts and the nation's"


def add(commands: Any) -> None:
    """Add the command with its parts."""
    text = "Make accounts and their slips, list, block and unblock them, end their sessions."
    example = "  sirekap accounts list hasil\n"
    accounts = command(commands, "accounts", run_list, text, example)
    parts = accounts.add_subparsers(title="parts", metavar="PART", required=True)
    _add_create(parts)
    text = "List accounts: login, name, waiting for activation, active or blocked, mandates."
    example = "  sirekap accounts list hasil --unit 3173 --role kpps\n"
    listing = command(parts, "list", run_list, text, example)
    add_workspace(listing)
    listing.add_argument("--unit", metavar="CODE", default="0", help="those of a unit and below it")
    listing.add_argument("--role", metavar="ROLE", help="those of a role")
    _add_one(parts, "block", partial(run_block, blocked=True), "Block an account; its sessions end.")
    _add_one(parts, "unblock", partial(run_block, blocked=False), "Unblock an account.")
    _add_one(parts, "end-sessions", run_end, "End all sessions of an account, on every device.")
    text = "Print a slip with a new code for one account; the older code is void."
    example = "  sirekap accounts slips hasil 3173011001001a --slips baru.pdf --by admin-3173-a\n"
    slips = command(parts, "slips", run_slips, text, example)
    add_workspace(slips)
    slips.add_argument("login", metavar="LOGIN", help="the account's login")
    _add_slips(slips, "OUT.pdf", "where the slip is written; never over a file")
    slips.add_argument(
        "--without-second-factor", action="store_true", help="take its second factor away too (a lost phone)"
    )


def _add_create(parts: Any) -> None:
    text = (
        "Make accounts from a CSV, all rows or none, and print their one-time codes on slips. The same file\n"
        "again changes nothing. The codes stand on the slips alone: keep those as you keep keys."
    )
    example = (
        "  sirekap accounts create hasil admin.csv --slips admin.pdf               the first of a workspace\n"
        "  sirekap accounts create hasil kpps.csv --slips slips --by admin-31-a    one PDF a regency\n"
    )
    create = command(parts, "create", run_create, text, example)
    add_workspace(create)
    help_ = "columns role,unit,stands_for,name and, where wanted, login (docs/formats.md)"
    create.add_argument("file", metavar="FILE.csv", type=Path, help=help_)
    _add_slips(create, "OUT", "a PDF, or a folder for one PDF a regency; never over a file")


def _add_slips(parser: argparse.ArgumentParser, metavar: str, help_: str) -> None:
    parser.add_argument("--slips", metavar=metavar, type=Path, required=True, help=help_)
    help_ = "the page where accounts are activated: the QR codes lead there"
    parser.add_argument("--address", metavar="URL", default="", help=help_)
    parser.add_argument("--by", metavar="NAME", help=BY)


def _add_one(parts: Any, name: str, run: Run, text: str) -> None:
    example = f"  sirekap accounts {name} hasil 3173011001001a --by admin-3173-a\n"
    parser = command(parts, name, run, text, example)
    add_workspace(parser)
    parser.add_argument("login", metavar="LOGIN", help="the account's login")
    parser.add_argument("--by", metavar="NAME", help=BY)


def run_create(args: argparse.Namespace) -> int:
    """Make accounts and slips; say what was there."""
    from sirekap.flow.accounts import create_accounts
    from sirekap.store.setup import open_workspace

    created, files = create_accounts(open_workspace(args.dir), args.file, args.slips, args.by, args.address)
    print(f"{len(created.issued):,} accounts made, {len(created.there):,} were there already.")
    if created.added:
        print(f"{created.added:,} mandates added to accounts that were there.")
    for login in created.there:
        print(f"  there: {login}")
    for path in files:
        print(f"Slips: {path}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print the accounts."""
    from sirekap.access import ROLES
    from sirekap.errors import InputError, Problem, quoted
    from sirekap.geography import tier_of
    from sirekap.store.accounts import list_accounts
    from sirekap.store.loading import now
    from sirekap.store.setup import open_workspace

    if args.role is not None and args.role not in ROLES:
        raise InputError([Problem("accounts", f"one of {', '.join(ROLES)}", quoted(args.role), column="--role")])
    try:
        tier_of(args.unit)
    except ValueError as error:
        raise InputError([Problem("accounts", "the code of a unit", str(error), column="--unit")]) from error
    rows = [
        (
            item.login,
            item.name,
            item.state,
            ", ".join(f"{held.role} {held.unit}{_stands(held.stands_for)}" for held in item.mandates),
        )
        for item in list_accounts(open_workspace(args.dir), now(), args.unit, args.role)
    ]
    if not rows:
        print("No accounts.")
        return 0
    print(table(("login", "name", "state", "mandates"), rows))
    return 0


def _stands(stands_for: str | None) -> str:
    return f" for {stands_for}" if stands_for else ""


def run_block(args: argparse.Namespace, blocked: bool) -> int:
    """Block or unblock."""
    from sirekap.flow.accounts import block

    changed = _with(args, lambda workspace: block(workspace, args.login, blocked, args.by))
    state = "blocked" if blocked else "not blocked"
    print(f"{args.login} is {state}{'' if changed else ' already'}.")
    return 0


def run_end(args: argparse.Namespace) -> int:
    """End all sessions."""
    from sirekap.flow.accounts import log_out_everywhere

    ended = _with(args, lambda workspace: log_out_everywhere(workspace, args.login, args.by))
    print(f"{ended:,} sessions of {args.login} ended.")
    return 0


def run_slips(args: argparse.Namespace) -> int:
    """Print a new slip."""
    from sirekap.flow.accounts import new_slip

    path = _with(
        args,
        lambda workspace: new_slip(
            workspace, args.login, args.slips, args.by, args.address, without_second=args.without_second_factor
        ),
    )
    print(f"Slip: {path}. The older code of {args.login} is void.")
    return 0


def _with(args: argparse.Namespace, act: Callable[[Any], Any]) -> Any:
    from sirekap.store.setup import open_workspace

    return act(open_workspace(args.dir))
