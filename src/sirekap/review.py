"""The state machine of one sheet: what is proposed, what may be published as provisional, what waits.

Only people settle a sheet. A reading that is certain and breaks no rule is `provisional`; an error finding
keeps the sheet in `review` until someone acknowledges it with a reason, after which the sheet counts as
written and the finding stays public. An illegible figure or a missing page cannot be acknowledged: there is
nothing yet that could count. A figure that was read but that the reader would not vouch for waits too; who
acknowledges every error of a sheet answers for its figures as written, the doubtful ones among them, because
on paper that does not add up a machine must doubt figures that anyone can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sirekap.figures import CERTAIN as CERTAIN
from sirekap.figures import Figures, Status
from sirekap.forms import Form
from sirekap.rules import Finding, Severity


class State(StrEnum):
    """Where a sheet stands."""

    PROVISIONAL = "provisional"
    REVIEW = "review"
    SETTLED = "settled"


class Decision(StrEnum):
    """What a reading alone allows."""

    ACCEPT = "accept"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Someone answers for an error finding: the sheet counts as written. `at` is ISO 8601 with zone."""

    rule: str
    who: str
    reason: str
    at: str

    def __post_init__(self) -> None:
        """An acknowledgement without a person or a reason is none."""
        if not self.who.strip() or not self.reason.strip():
            raise ValueError("an acknowledgement names who and why")


@dataclass(frozen=True, slots=True)
class Standing:
    """A sheet's state and what keeps it there.

    `open_errors` are the rules not acknowledged, `illegible` figures by name, `pages_missing` by number,
    `uncertain` figures that were read with too little confidence and that nobody has answered for.
    """

    state: State
    open_errors: tuple[str, ...] = ()
    illegible: tuple[str, ...] = ()
    pages_missing: tuple[int, ...] = ()
    uncertain: tuple[str, ...] = ()


def decide(
    form: Form,
    pages: Iterable[int],
    figures: Figures,
    findings: Iterable[Finding],
    uncertain: Iterable[str] = (),
) -> Decision:
    """`accept` only with all pages, every figure certain and read (or blank where allowed), and no error."""
    standing = stand(form, pages, figures, findings, (), uncertain)
    return Decision.ACCEPT if standing.state is State.PROVISIONAL else Decision.REVIEW


def stand(
    form: Form,
    pages: Iterable[int],
    figures: Figures,
    findings: Iterable[Finding],
    acknowledged: Iterable[Acknowledgement],
    uncertain: Iterable[str] = (),
) -> Standing:
    """Where a sheet stands by its figures, findings and what people acknowledged."""
    present = set(pages)
    missing = tuple(page.number for page in form.pages if page.number not in present)
    illegible = tuple(
        field.name
        for field in form.fields
        if field.page in present and (field.name not in figures or figures[field.name].status is Status.ILLEGIBLE)
    )
    closed = {entry.rule for entry in acknowledged}
    errors = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    still_open = tuple(sorted(errors - closed))
    answered_for = bool(errors) and not still_open
    doubtful = () if answered_for else tuple(name for name in uncertain if name not in illegible)
    waits = bool(missing or illegible or still_open or doubtful)
    return Standing(State.REVIEW if waits else State.PROVISIONAL, still_open, illegible, missing, doubtful)
