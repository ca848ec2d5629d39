"""The votes that count and what is open, from the tables: what `outcome.judge` asks; for seats `board_seats`."""

from __future__ import annotations

from sirekap.geography import LENGTH, NATION, Tier
from sirekap.outcome import Judged, Open, judge
from sirekap.outcome.open import SEATS
from sirekap.store.board_counts import Board
from sirekap.store.board_seats import judged_seats
from sirekap.store.board_votes import votes_within
from sirekap.store.models import Ticket
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
    return judge(contest, code, numbers, votes_of(workspace, contest, code, max(numbers, default=0)), opened)


def votes_of(workspace: Workspace, contest: str, code: str, most: int) -> dict[str, dict[int, int]]:
    """The votes that count by ticket, 1 to `most`: for the nation by province, else of the unit itself."""
    if code == NATION:
        return votes_within(workspace, contest, [code], LENGTH[Tier.PROVINCE], most)
    return {code: votes_within(workspace, contest, [code], 0, most).get("", {})}
