"""The votes that count and what is open, from the tables: what `outcome.judge` asks; for seats `board_seats`."""

from __future__ import annotations

from django.db.models import Sum
from django.db.models.functions import Left

from sirekap.geography import LENGTH, NATION, Tier
from sirekap.outcome import Judged, Open, judge
from sirekap.outcome.open import SEATS
from sirekap.store.board_counts import Board
from sirekap.store.board_seats import judged_seats
from sirekap.store.models import BoardVotes, Ticket
from sirekap.store.ranges import within
from sirekap.store.setup import Workspace


def judged(workspace: Workspace, contest: str, board: Board, per_station: int) -> Judged:
    """Whether what is missing or held back could change the result; `per_station`: a station's most votes."""
    code = board.own.code
    if contest in SEATS:
        return judged_seats(workspace, contest, code, per_station)
    numbers = list(
        workspace.rows(Ticket).filter(contest_id=contest).order_by("number").values_list("number", flat=True)
    )
    parts = board.below if code == NATION else (board.own,)
    opened = {part.code: Open(part.missing, part["review"], per_station, part.complete) for part in parts}
    return judge(contest, code, numbers, votes_of(workspace, contest, code), opened)


def votes_of(workspace: Workspace, contest: str, code: str) -> dict[str, dict[int, int]]:
    """The votes that count by ticket: for the nation by province, else of the unit itself."""
    rows = workspace.rows(BoardVotes).filter(within("village", [code]), contest_id=contest).order_by()
    found: dict[str, dict[int, int]] = {}
    if code != NATION:
        found[code] = dict(rows.values_list("number").annotate(all=Sum("votes")))
        return found
    parts = rows.annotate(part=Left("village", LENGTH[Tier.PROVINCE])).values_list("part", "number")
    for part, number, votes in parts.annotate(all=Sum("votes")):
        found.setdefault(part, {})[number] = votes
    return found
