"""How long the outcome of the DPR takes: 84 districts, 580 seats, 18 parties, their lists, made-up votes.

    python -m benchmarks.outcome [--write]

The floor is what a spreadsheet would do: all quotients of each district as floating-point numbers, sorted once.
Each work is measured in turn with it, the middle of 21 rounds; --write puts the figures into docs/performance.md.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sirekap.contests import Candidate, ElectoralDistrict
from sirekap.outcome import Open, OpenDistrict, judge_seats
from sirekap.outcome.house import Basis, Counted, house
from sirekap.outcome.margins import gains, losses

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
DISTRICTS, SEATS, PARTIES, ROUNDS = 84, 580, 18, 21
BASIS = Basis(9_800, 9_800, 0, 0, 0)


def election(seed: int = 1) -> tuple[list[Counted], list[Candidate]]:
    """Made-up votes: a few large parties, many small ones, more or less strong from district to district."""
    chance = random.Random(seed)
    strength = [chance.paretovariate(1.1) for _ in range(PARTIES)]
    counted, people = [], []
    for place in range(DISTRICTS):
        seats = SEATS * (place + 1) // DISTRICTS - SEATS * place // DISTRICTS
        district = ElectoralDistrict(f"{1101 + place}", f"DAPIL {place}", "pdpr", seats, (f"{1101 + place}",))
        parties, candidates = {}, {}
        for party, of in enumerate(strength, start=1):
            for number in range(1, seats + 1):
                candidates[party, number] = int(20_000 * of * chance.uniform(0.01, 1))
                people.append(
                    Candidate(district.code, party, number, f"{party}.{number}", chance.random() < 0.37)
                )
            own = sum(candidates[party, number] for number in range(1, seats + 1))
            parties[party] = own + int(9_000 * of * chance.random())
        counted.append(Counted(district, parties, candidates, BASIS))
    return counted, people


def floor(counted: list[Counted]) -> None:
    """All quotients of each district, sorted, as floating-point numbers."""
    for each in counted:
        seats = each.district.seats or 0
        every = [(own / (2 * n + 1), party) for party, own in each.parties.items() for n in range(seats)]
        every.sort(reverse=True)
        del every[seats:]


def works() -> dict[str, Callable[[], object]]:
    """What is measured, by name; the first is the floor."""
    counted, people = election()
    found = house("pdpr", counted, people)
    nation: dict[int, int] = {}
    for each in counted:
        for party, own in each.parties.items():
            nation[party] = nation.get(party, 0) + own
    opened = [
        OpenDistrict(each.district.code, each.district.seats, each.parties, Open(100, 20, 300))
        for each in counted
    ]
    every = Open(100 * DISTRICTS, 20 * DISTRICTS, 300)
    allocations = [each.allocation for each in found.districts if each.allocation is not None]
    return {
        "all quotients sorted as floating-point numbers (the floor)": lambda: floor(counted),
        "seats step by step, last seats, elected people": lambda: house("pdpr", counted, people),
        "every party's margins in every district": lambda: [(gains(one), losses(one)) for one in allocations],
        "could open votes change a seat": lambda: judge_seats("pdpr", opened, (nation, every)),
    }


def measured() -> str:
    """The table of docs/performance.md."""
    every = works()
    times: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(ROUNDS):
        for name, work in every.items():
            start = time.perf_counter()
            work()
            times[name].append(1000 * (time.perf_counter() - start))
    base = statistics.median(next(iter(times.values())))
    rows = [
        f"| {name} | {statistics.median(of):.1f} | {statistics.median(of) / base:.1f} |"
        for name, of in times.items()
    ]
    return "\n".join(["| 84 districts, 580 seats, 18 parties | ms | × the floor |", "|---|---|---|", *rows])


def main(write: bool) -> None:
    """Measure, print, and put it into the page."""
    table = measured()
    print(table)
    if write:
        text = PAGE.read_text(encoding="utf-8")
        body = f"<!-- outcome -->\n{table}\n<!-- end of outcome -->"
        found = re.sub(r"<!-- outcome -->.*?<!-- end of outcome -->", lambda _: body, text, flags=re.S)
        PAGE.write_text(found, "utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv[1:])
