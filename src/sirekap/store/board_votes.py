"""The votes that count, from what boards keep: sums by unit, whatever lies in it, in one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import CharField, Sum, Value
from django.db.models.functions import Left

from sirekap.store.models import BoardTotals
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace

WIDE = 24  # numbers in a row
Votes = Mapping[int, int]


def votes_within(
    workspace: Workspace, contest: str, units: Iterable[str], digits: int, most: int
) -> dict[str, dict[int, int]]:
    """The votes of the numbers 1 to `most` within some units, by the first so many digits of the code.

    With 0 digits everything together, under "". A unit of which nothing counts yet is not there.
    """
    names = [f"v{place}" for place in range(min(WIDE, most))]
    rows = workspace.rows(BoardTotals).filter(within("village", units), contest_id=contest).order_by()
    if most <= WIDE:
        rows = rows.filter(part=0)
    key = Left("village", digits) if digits else Value("", output_field=CharField())
    sums = rows.annotate(unit=key).values_list("unit", "part")
    found: dict[str, dict[int, int]] = {}
    for unit, part, *votes in sums.annotate(**{f"all_{name}": Sum(name) for name in names}):
        own = found.setdefault(unit, dict.fromkeys(range(1, most + 1), 0))
        for place, all_ in enumerate(votes):
            number = part * WIDE + place + 1
            if number <= most:
                own[number] = all_
    return found
