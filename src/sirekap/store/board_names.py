"""What boards count, by the names of the columns that hold it (`store.board_rows`)."""

from __future__ import annotations

from sirekap.review import Cause, Step

STEPS = tuple(step for step in Step if step is not Step.NOTHING)
OF_SHEETS = (
    *("sheets", "read", "confirmed", "settled", "provisional", "review", "acknowledged"),
    *(f"step_{step}" for step in STEPS),
    *(f"cause_{cause}" for cause in Cause),
    "weight",
)
OF_EVENTS = ("delivered", "looked", "typed", "decided")
OF_HOURS = ("received", "read", "typed", "decided", "settled")
