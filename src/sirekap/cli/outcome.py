"""`sirekap outcome`: who won, how it was worked out, and what it hangs on."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import add_workspace, command, table

if TYPE_CHECKING:
    from sirekap.flow.outcome import OutcomeView

TEXT = """Say who won a contest: a president, governor or regent with every condition; the seats of parties by
electoral district with the quotients of every seat, and who takes them; the four of each province. It counts
settled sheets, says what it rests on, and how many votes each last seat hangs on."""


def add(commands: Any) -> None:
    """Add the command."""
    examples = (
        "  sirekap outcome hasil ppwp\n"
        "  sirekap outcome hasil pdpr --unit 3171 --lang en\n"
        "  sirekap outcome hasil pdpd --provisional --format json\n"
    )
    parser = command(commands, "outcome", run, TEXT, examples)
    add_workspace(parser)
    parser.add_argument("contest", metavar="CONTEST", help="the contest, such as ppwp or pdpr")
    help_ = "tell the districts that lie in this unit or hold it (default 0, the nation)"
    parser.add_argument("--unit", metavar="CODE", default="0", help=help_)
    help_ = "count accepted readings too that nobody settled yet"
    parser.add_argument("--provisional", action="store_true", help=help_)
    help_ = "table for people (default), or json with the whole working"
    parser.add_argument("--format", choices=("table", "json"), default="table", help=help_)
    parser.add_argument("--lang", choices=("id", "en"), default="id", help="of the table (default id)")


def run(args: argparse.Namespace) -> int:
    """Print the outcome."""
    from sirekap.flow.outcome import outcome_workspace
    from sirekap.store.setup import open_workspace

    view = outcome_workspace(open_workspace(args.dir), args.contest, args.unit, args.provisional)
    if args.format == "json":
        print(json.dumps(document(view), ensure_ascii=False, indent=1))
    else:
        print(text_of(view, args.lang))
    return 0


def text_of(view: OutcomeView, language: str) -> str:
    """The outcome for people."""
    from sirekap.outcome import telling

    lines = [f"{view.contest}, {view.name}", *telling.basis_lines(view.basis, language)]
    parties = {party.number: party.name for party in view.parties}
    if view.race is not None:
        tickets = {ticket.number: ticket.name for ticket in view.tickets}
        lines += ["", *telling.race_lines(view.race, tickets, language)]
    if view.house is not None:
        if view.house.threshold is not None:
            lines += ["", *telling.threshold_lines(view.house.threshold, parties, language)]
        head = ("partai", "kursi", "suara") if language == "id" else ("party", "seats", "votes")
        rows = [(name, seats, f"{votes:,}") for name, seats, votes in telling.house_rows(view.house, parties)]
        lines += ["", table(head, rows)] if rows else []
    for district in () if view.house is None else view.house.districts:
        code = district.counted.district.code
        people = {(one.party or 0, one.number): one.name for one in view.candidates if one.district == code}
        lines += ["", *telling.district_lines(district, parties, people, language)]
        lines += _own_basis(district.counted.basis.final, telling.basis_lines(district.counted.basis, language))
    for province in view.provinces:
        names = {one.number: one.name for one in view.candidates if one.district == province.district.code}
        lines += ["", *telling.province_lines(province, names, language)]
        lines += _own_basis(province.basis.final, telling.basis_lines(province.basis, language))
    return "\n".join(lines)


def _own_basis(final: bool, lines: list[str]) -> list[str]:
    """A district's own completeness, where it is not complete."""
    return [] if final else [f"  ({line})" for line in lines]


def document(view: OutcomeView) -> dict[str, Any]:
    """The outcome as JSON with its whole working; numbers are whole, quotients are votes and divisor."""
    from dataclasses import asdict

    document: dict[str, Any] = {
        "contest": view.contest,
        "unit": view.unit,
        "name": view.name,
        "basis": _basis(view.basis),
    }
    if view.race is not None:
        document["race"] = _plain(asdict(view.race))
    if view.house is not None:
        bar = view.house.threshold
        document["threshold"] = None if bar is None else _plain(asdict(bar)) | {"needed": bar.needed}
        document["seats"] = view.house.seats
        document["undecided"] = view.house.undecided
        document["districts"] = [_district(result) for result in view.house.districts]
    if view.provinces:
        document["provinces"] = [
            {"code": one.district.code, "name": one.district.name, "basis": _basis(one.basis)}
            | {"votes": dict(one.votes), "lacks": list(one.lacks)}
            | _plain(asdict(one.elected))
            for one in view.provinces
        ]
    return document


def _basis(basis: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(basis) | {"counted": basis.counted, "complete": basis.complete, "final": basis.final}


def _district(result: Any) -> dict[str, Any]:
    from dataclasses import asdict

    from sirekap.outcome.margins import gains, losses

    counted, found = result.counted, result.allocation
    told: dict[str, Any] = {
        "code": counted.district.code,
        "name": counted.district.name,
        "seats": counted.district.seats,
        "units": list(counted.district.units),
        "basis": _basis(counted.basis),
        "lacks": list(result.lacks),
        "votes": dict(counted.parties),
    }
    if found is None:
        return told
    told |= {"won": dict(found.won), "unfilled": found.unfilled, "decided": found.decided}
    told["steps"] = [_plain(asdict(step)) for step in found.steps]
    told["tie"] = None if found.tie is None else _plain(asdict(found.tie))
    told["last"] = None if result.last is None else _plain(asdict(result.last))
    told["gains"] = [_plain(asdict(each)) for each in gains(found)]
    told["losses"] = [_plain(asdict(each)) for each in losses(found)]
    told["elected"] = {party: _plain(asdict(elected)) for party, elected in result.elected.items()}
    return told


def _plain(value: Any) -> Any:
    """What JSON can hold: sets and tuples as lists, in order."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
