"""How long boards take on the whole country: every count, list and filter, for the nation down to a district.

    python -m benchmarks.boards [--write] [--keep DIR] [--stations 823236]

    python tests/with_postgresql.py python -m benchmarks.boards --write

Makes a geography of 38 provinces with made-up names and a night's worth of sheets, deliveries and entries on it,
and of sheets of the DPR with the votes of 18 parties in 84 districts (SQLite, or PostgreSQL by SIREKAP_DATABASE),
with the triggers at work; then times each question, the middle run of five after one. With --keep a workspace
that was made before is used again.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from sirekap.review import Cause, Step
from sirekap.store.setup import Workspace, is_workspace, open_workspace

PAGE = Path(__file__).parent.parent / "docs" / "performance-boards.md"
PROVINCES, REGENCIES, DISTRICTS, VILLAGES, STATIONS = 38, 514, 7_277, 83_731, 823_236
PARTIES, HOUSE_DISTRICTS, HOUSE_SEATS = 18, 84, 580
HOUSE = '\n[[contest]]\ncode = "pdpr"\nform = "C.HASIL-DPR/2024"\n'
AT = datetime(2029, 2, 14, 16, 20, tzinfo=UTC)
SYLLABLES = ("ba", "ri", "to", "la", "ne", "ku", "sa", "mi", "do", "pe", "wu", "ga")
LIMIT = {"postgresql": 0.3, "sqlite": 1.0}
Row = tuple[str, str, int, int | None]


def name_of(number: int) -> str:
    """A made-up name."""
    parts = []
    for _ in range(4):
        number, rest = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[rest])
    return "".join(parts).upper()


def spread(total: int, over: int) -> list[int]:
    """So many things over so many places, as evenly as whole numbers allow."""
    return [total * (place + 1) // over - total * place // over for place in range(over)]


def geography(stations: int) -> Iterator[Row]:
    """Code, name, tier and stations of every unit."""
    share = stations / STATIONS
    villages = iter(spread(stations, max(1, round(VILLAGES * share))))
    districts = iter(spread(max(1, round(VILLAGES * share)), max(1, round(DISTRICTS * share))))
    regencies = iter(spread(max(1, round(DISTRICTS * share)), REGENCIES))
    yield "0", "NUSANTARA", 0, None
    number = 0
    for province, of in enumerate(spread(REGENCIES, PROVINCES), start=11):
        yield f"{province}", name_of(province), 1, None
        for regency in range(1, of + 1):
            code = f"{province}{regency:02d}"
            yield code, name_of(number := number + 1), 2, None
            for district in range(1, next(regencies) + 1):
                yield f"{code}{district:02d}", name_of(number := number + 1), 3, None
                for village in range(1, next(districts) + 1):
                    yield f"{code}{district:02d}{village:04d}", name_of(number := number + 1), 4, next(villages)


def sheet_of(chance: random.Random, contest: str, station: str) -> Any:
    """A sheet in the middle of the night: most are settled, one in five waits for people."""
    from sirekap.store.models import Sheet

    state = chance.choices(("settled", "provisional", "review"), (67, 14, 19))[0]
    waits = state == "review"
    step = chance.choices(("none", "photo", "first", "second", "resolve", "findings"), (4, 14, 46, 18, 8, 10))[0]
    bits = 1 << chance.choices(range(len(Cause)), (20, 40, 25, 2, 3, 3, 3, 8, 1, 1, 1, 6))[0]
    votes = [chance.randint(0, 140) for _ in range(3)] if contest == "ppwp" else house_votes(chance)
    return Sheet(
        contest_id=contest,
        station=station,
        state=state,
        step=step if waits else "none",
        causes=bits if waits and step != "none" else 0,
        read=not waits or step != "none",
        confirmed=state == "settled" or chance.random() < 0.2,
        answered=not waits and chance.random() < 0.01,
        weight=chance.choice((3, 10, 40, 250, 300)) if waits else 0,
        votes=None if waits else votes,
        since=AT - timedelta(seconds=chance.randint(0, 12 * 3600)),
    )


def house_votes(chance: random.Random) -> list[int]:
    """The votes of a station's parties: a few have many, most have few, three are about the threshold."""
    return [chance.randint(0, 60 // (1 + party // 2)) for party in range(PARTIES)]


def add(workspace: Workspace, model: Any, rows: Iterable[Any], size: int = 5000) -> int:
    """Rows, some in each transaction; how many."""
    done = 0
    rows = iter(rows)
    while part := list(islice(rows, size)):
        with transaction.atomic(using=workspace.alias):
            workspace.rows(model).bulk_create(part)
        done += len(part)
    return done


def fill(workspace: Workspace, stations: int) -> Iterator[str]:
    """The night; a line for each table."""
    from sirekap.store.models import Account, Sheet, Ticket, Unit

    chance = random.Random(4)
    units = list(geography(stations))
    add(workspace, Unit, (Unit(code=c, name=n, tier=t, stations=s) for c, n, t, s in units))
    add(
        workspace,
        Ticket,
        (Ticket(contest_id="ppwp", number=n, given_id=n, name=name_of(n), colour="#333333") for n in (1, 2, 3)),
    )
    there = (code for code in every(units) if chance.random() < 0.93)
    start = time.perf_counter()
    done = add(workspace, Sheet, (sheet_of(chance, "ppwp", code) for code in there))
    taken = time.perf_counter() - start
    yield f"{done:,} sheets written with their counts in {taken:.0f} s ({1e6 * taken / done:.0f} µs each)"
    start = time.perf_counter()
    done = add(
        workspace, Sheet, (sheet_of(chance, "pdpr", code) for code in every(units) if chance.random() < 0.93)
    )
    taken = time.perf_counter() - start
    yield f"{done:,} sheets of the DPR written in {taken:.0f} s ({1e6 * taken / done:.0f} µs each)"
    yield house(workspace, [code for code, _, tier, _ in units if tier == 2])
    districts = [code for code, _, tier, _ in units if tier == 3]
    people = (
        Account(login=f"ppk-{code}-{one}", name=name_of(int(code)), password="", created_at=AT)
        for code in districts
        for one in "ab"
    )
    yield f"{add(workspace, Account, people):,} accounts"
    yield from desk(workspace, chance, list(workspace.rows(Account).order_by("login")))
    yield from photographs(workspace, chance)


def every(units: Iterable[Row]) -> Iterator[str]:
    """The codes of all stations."""
    for code, _, tier, many in units:
        if tier == 4:
            yield from (f"{code}{one:03d}" for one in range(1, (many or 0) + 1))


def house(workspace: Workspace, regencies: list[str]) -> str:
    """Parties, and districts of whole regencies with their seats."""
    from sirekap.contests import ElectoralDistrict, Party
    from sirekap.store.districts import store_districts, store_parties

    store_parties(
        workspace, [Party(n, n, name_of(n), "#333333", False) for n in range(1, PARTIES + 1)], "benchmark"
    )
    seats, made = iter(spread(HOUSE_SEATS, HOUSE_DISTRICTS)), []
    for place, many in enumerate(spread(HOUSE_DISTRICTS, PROVINCES), start=11):
        own = [code for code in regencies if code.startswith(str(place))]
        parts = iter(own)
        for number, size in enumerate(spread(len(own), many), start=1):
            units = tuple(islice(parts, size))
            made.append(
                ElectoralDistrict(f"{place}{number:02d}", f"{place} {number}", "pdpr", next(seats), units)
            )
    store_districts(workspace, made, "benchmark")
    return f"{len(made)} electoral districts"


def desk(workspace: Workspace, chance: random.Random, accounts: list[Any]) -> Iterator[str]:
    """Versions, claims and entries of one sheet in eight."""
    from sirekap.store.models import DeskClaim, DeskClaimEnd, DeskEntry, Sheet, SheetVersion

    rows = workspace.rows(Sheet).filter(contest_id="ppwp").values_list("id", "station")
    sheets = [row for row in rows if chance.random() < 0.125]
    blank: dict[str, Any] = {
        "photos": [], "pages": [], "figures": {}, "findings": [], "used": {}, "beside": [], "problems": {},
        "uncertain": [], "reader": "x", "created_at": AT,
    }  # fmt: skip
    add(workspace, SheetVersion, (SheetVersion(sheet_id=pk, version=1, **blank) for pk, _ in sheets))
    by_district: dict[str, list[Any]] = {}
    for account in accounts:
        by_district.setdefault(account.login[4:10], []).append(account.pk)
    versions = dict(workspace.rows(SheetVersion).values_list("sheet_id", "id"))

    def claims() -> Iterator[Any]:
        for pk, station in sheets:
            for place, account in enumerate(by_district[station[:6]]):
                at = AT - timedelta(seconds=chance.randint(0, 12 * 3600))
                until = at + timedelta(minutes=10)
                yield DeskClaim(
                    sheet_id=pk, version_id=versions[pk], account_id=account, step="first", at=at, until=until
                )
                if place == 1 and chance.random() < 0.02:
                    yield DeskClaim(
                        sheet_id=pk, version_id=versions[pk], account_id=account, step="first", at=at, until=until
                    )

    yield f"{add(workspace, DeskClaim, claims()):,} claims"
    claimed = list(
        workspace.rows(DeskClaim).order_by("sheet_id", "id").values_list("id", "sheet_id", "account_id", "at")
    )

    def entries() -> Iterator[Any]:
        number, before = 0, 0
        for pk, sheet, account, at in claimed:
            number = number + 1 if sheet == before else 1
            before = sheet
            if number > 2:
                continue
            outcome = "kept" if number == 1 else chance.choice(("agreed", "agreed", "agreed", "differs"))
            yield DeskEntry(
                request=UUID(int=pk), claim_id=pk, sheet_id=sheet, version_id=versions[sheet], round=1,
                number=number, account_id=account, figures={}, reason="", answer={"outcome": outcome}, at=at,
            )  # fmt: skip

    yield f"{add(workspace, DeskEntry, entries()):,} entries"
    ended = workspace.rows(DeskEntry).values_list("claim_id", flat=True)
    ends = (
        DeskClaimEnd(claim_id=pk, how="skipped" if chance.random() < 0.05 else "done", reason="", at=AT)
        for pk in list(ended)
    )
    yield f"{add(workspace, DeskClaimEnd, ends):,} ends of claims"


def photographs(workspace: Workspace, chance: random.Random) -> Iterator[str]:
    """A delivery for two sheets in five, one in thirty of them not read yet."""
    from sirekap.store.models import Account, Delivery, DeliveryResult, Sheet

    account = workspace.rows(Account).order_by("id").first().pk
    rows = workspace.rows(Sheet).filter(contest_id="ppwp").order_by("station")
    codes = rows.values_list("station", flat=True)

    def sent() -> Iterator[Any]:
        for place, station in enumerate(list(codes)):
            if chance.random() < 0.4:
                at = AT - timedelta(seconds=chance.randint(0, 12 * 3600))
                yield Delivery(
                    contest_id="ppwp", station=station, sha256=f"{place:064x}", source="officer", owner="",
                    account_id=account, size=300_000, name="", receipt={}, at=at,
                )  # fmt: skip

    yield f"{add(workspace, Delivery, sent()):,} deliveries"
    read = (
        DeliveryResult(delivery_id=pk, outcome="read", remarks=[], seconds=0.4, at=AT)
        for pk in list(workspace.rows(Delivery).values_list("id", flat=True))
        if chance.random() < 0.97
    )
    yield f"{add(workspace, DeliveryResult, read):,} results"


def pages(workspace: Workspace) -> Any:
    """A browser of the nation's office, in this process."""
    from sirekap.store.loading import now
    from sirekap.store.models import Account, GivenMandate
    from sirekap.store.sessions import _open
    from sirekap.web.limits import RATES, Buckets, Rate
    from sirekap.web.wsgi import served
    from tests.web.site import Client

    account, new = workspace.rows(Account).get_or_create(login="kpu-ri", defaults={"name": "", "created_at": AT})
    if new:
        workspace.rows(GivenMandate).create(account=account, role="kpu_ri", unit="0", since=now(), at=now())
    buckets = Buckets({kind: Rate(10**9, 10**9) for kind in RATES})
    client = Client(served(workspace, buckets=buckets))
    client.cookies["sirekap_session"] = _open(workspace, account, "benchmark", now(), two_factors=True).token
    return client


def questions(workspace: Workspace, code: str, client: Any = None) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Everything that a board asks, by what it is called; with a browser the pages too."""
    from sirekap.store.board_counts import board
    from sirekap.store.board_lists import STATES, Filter, stations
    from sirekap.store.board_outcome import judged
    from sirekap.store.board_staff import staff
    from sirekap.store.board_stuck import lapsed, longest, throughput, unread
    from sirekap.web.public_boards import _made

    def listed(chosen: Filter, start: int = 0) -> Callable[[], Any]:
        return lambda: stations(workspace, code, ("ppwp",), "ppwp", chosen, AT, start, 51)

    yield "counts", lambda: board(workspace, "ppwp", code, "x")
    found = board(workspace, "ppwp", code, "x")
    yield "could it change", lambda: judged(workspace, "ppwp", found, 300)
    yield "could a seat of the DPR change", lambda: judged(workspace, "pdpr", found, 300)
    yield "every station", listed(Filter())
    for state in STATES:
        yield f"state {state}", listed(Filter(state=state))
    yield "every station, the last page", listed(Filter(), max(0, found.own.expected - 51))
    yield "state settled, the last page", listed(Filter(state="settled"), max(0, found.own["settled"] - 51))
    yield "state missing, the last page", listed(Filter(state="missing"), max(0, found.own.missing - 51))
    for step in list(Step)[1:]:
        yield f"step {step}", listed(Filter(step=step))
        yield f"step {step}, by votes", listed(Filter(step=step, order="votes"))
    for cause in Cause:
        yield f"cause {cause}", listed(Filter(cause=cause))
        yield f"cause {cause}, by votes", listed(Filter(cause=cause, order="votes"))
    for hours in (3, 11):
        yield f"stuck for {hours} h", listed(Filter(hours=hours))
        yield f"stuck for {hours} h, by votes", listed(Filter(hours=hours, order="votes"))
    yield "step, cause and hours", listed(Filter(step=Step.RESOLVE, cause=Cause.DUPLICATE, hours=10))
    yield "longest waiting", lambda: longest(workspace, "ppwp", code)
    yield "claims that ran out", lambda: lapsed(workspace, "ppwp", code, AT)
    yield "photographs not read", lambda: unread(workspace, "ppwp", code)
    yield "throughput", lambda: throughput(workspace, "ppwp", code, AT)
    yield "staff", lambda: staff(workspace, "ppwp", code)
    if client is not None:
        for name, query in (("stations", ""), ("missing stations", "?state=missing"), ("stuck", "?view=stuck")):
            yield f"the page: {name}", partial(_loaded, client, f"/app/unit/{code}/{query}")
        yield "the page of the DPR: stations", partial(_loaded, client, f"/app/unit/{code}/?contest=pdpr")
        yield "the public API, not kept", lambda: _made(workspace, "ppwp", code)


def _loaded(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 200, answer.status


def units(workspace: Workspace) -> dict[str, str]:
    """The largest unit of each tier, by name."""
    from sirekap.store.models import Sheet

    found = {"nation": "0"}
    codes = list(workspace.rows(Sheet).filter(contest_id="ppwp").values_list("station", flat=True))
    for tier, digits in (("province", 2), ("regency", 4), ("district", 6)):
        counted: dict[str, int] = {}
        for code in codes:
            counted[code[:digits]] = counted.get(code[:digits], 0) + 1
        found[tier] = max(counted, key=lambda one: counted[one])
    return found


def timed(ask: Callable[[], Any], runs: int = 5) -> float:
    """Seconds of the middle run of five after a first one: other work on the machine disturbs some of them."""
    ask()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def explained(workspace: Workspace, ask: Callable[[], Any]) -> str:
    """The plan of the slowest query of a question."""
    connection = connections[workspace.alias]
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    ask()
    slowest = max(connection.queries_log, key=lambda query: float(query["time"]))
    connection.force_debug_cursor = False
    sql = str(slowest["sql"])
    word = "EXPLAIN (ANALYZE, COSTS OFF)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{word} {sql}", None)
        plan = "\n".join(str(row[0] if len(row) == 1 else row[-1]) for row in cursor.fetchall())
    return f"{sql[:600]}\n\n{plan}"


def measure(workspace: Workspace) -> tuple[str, bool]:
    """A table of milliseconds by question and tier, the slowest plan; and whether all are fast enough."""
    vendor = connections[workspace.alias].vendor
    places, client = units(workspace), pages(workspace)
    table: dict[str, dict[str, float]] = {}
    worst: tuple[float, str, Callable[[], Any]] = (0.0, "", lambda: None)
    for tier, code in places.items():
        for name, ask in questions(workspace, code, client):
            taken = timed(ask)
            table.setdefault(name, {})[tier] = taken
            if taken > worst[0]:
                worst = (taken, f"{name}, {tier}", ask)
            if taken > LIMIT[vendor]:
                print(f"  slow: {name}, {tier}: {taken * 1000:.0f} ms", file=sys.stderr, flush=True)
    lines = [f"| milliseconds | {' | '.join(places)} |", f"|---|{'---:|' * len(places)}"]
    lines += [
        f"| {name} | {' | '.join(f'{1000 * row[tier]:,.0f}' for tier in places)} |" for name, row in table.items()
    ]
    lines += ["", f"The slowest is “{worst[1]}”:", "", "```text", explained(workspace, worst[2]), "```"]
    return "\n".join(lines), worst[0] <= LIMIT[vendor]


def made(folder: Path, stations: int) -> Iterator[str]:
    """Make the workspace; a line for each table."""
    from sirekap.flow.steps import init_workspace
    from tests.flow.fakes import write_inputs

    write_inputs(folder / "in")
    with (folder / "in/election.toml").open("a") as file:
        file.write(HOUSE)
    workspace = init_workspace(folder / "ws", folder / "in/election.toml")
    yield from fill(workspace, stations)
    with connections[workspace.alias].cursor() as cursor:
        # What autovacuum and PRAGMA optimize do by themselves in a running system.
        cursor.execute("VACUUM ANALYZE" if workspace.database.url else "ANALYZE")


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and with --write put it into docs/performance-boards.md."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stations", type=int, default=STATIONS)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        lines = []
        if not is_workspace(folder / "ws"):
            for line in made(folder, args.stations):
                print(line, file=sys.stderr, flush=True)
                lines.append(f"- {line}")
        workspace = open_workspace(folder / "ws")
        vendor = connections[workspace.alias].vendor
        text, fast = measure(workspace)
    body = "\n".join(
        (f"Measured on {os.cpu_count()} cores, Python {sys.version.split()[0]}.", "", *lines, "", text)
    )
    print(body, flush=True)
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        marked = f"<!-- {vendor} -->\n{body}\n<!-- end -->"
        page = re.sub(rf"<!-- {vendor} -->.*?<!-- end -->", lambda _: marked, page, flags=re.S)
        PAGE.write_text(page, encoding="utf-8")
    return 0 if fast else 1


if __name__ == "__main__":
    sys.exit(main())
