"""The state machine of one sheet: what is proposed, what may be published as provisional, what waits.

Only people settle a sheet. A reading that is certain and breaks no rule is `provisional`; an error finding
keeps the sheet in `review` until someone acknowledges it with a reason, after which the sheet counts as
written and the finding stays public. An illegible figure or a missing page cannot be acknowledged: there is
nothing yet that could count. A figure that was read but that the reader would not vouch for waits too; who
acknowledges every error of a sheet answers for its figures as written, the doubtful ones among them, because
on paper that does not add up a machine must doubt figures that anyone can see.

The station's officer settles a sheet by vouching for every figure (`vouch`): then the officer's figures count,
and the findings are those of these figures. Where they differ from what a photograph certainly shows (R41), or
from a copy (R42), that is an error finding like any other: it waits until someone with that duty answers for it.
A figure that the reading does not bear out either is one person's word (`unbacked`), and goes to the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.figures import CERTAIN as CERTAIN
from sirekap.figures import Figure, Figures, Status, figure_order
from sirekap.forms import Form
from sirekap.rules import Finding, Severity, check
from sirekap.rules.numbered import CONFLICT, COPIED, TWIN, VOUCHED


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
    `uncertain` figures that were read with too little confidence and that nobody has answered for, `unbacked`
    those that the station's officer alone says (`desk.unbacked`).
    """

    state: State
    open_errors: tuple[str, ...] = ()
    illegible: tuple[str, ...] = ()
    pages_missing: tuple[int, ...] = ()
    uncertain: tuple[str, ...] = ()
    unbacked: tuple[str, ...] = ()


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
    vouched: bool = False,
    unbacked: Iterable[str] = (),
) -> Standing:
    """Where a sheet stands by its figures, findings and what people acknowledged.

    `vouched`: these are the figures and findings of `vouch`, or of the desk; then the sheet is settled where
    nothing keeps it. `unbacked` figures keep it: nobody settles anything alone.
    """
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
    # Who answers for a copy's difference or a near-duplicate says nothing of figures that the machine doubts.
    answered_for = vouched or (bool(errors - {COPIED, TWIN}) and not still_open)
    doubtful = () if answered_for else tuple(name for name in uncertain if name not in illegible)
    alone = tuple(unbacked)
    waits = bool(missing or illegible or still_open or doubtful or alone)
    done = State.SETTLED if vouched else State.PROVISIONAL
    return Standing(State.REVIEW if waits else done, still_open, illegible, missing, doubtful, alone)


def is_certain(figure: Figure) -> bool:
    """Whether a machine's figure is one that nobody overrules unseen."""
    return figure.status is not Status.ILLEGIBLE and figure.confidence >= CERTAIN


def overruled(form: Form, figures: Figures, confirmed: Mapping[str, int | None]) -> tuple[str, ...]:
    """The figures, in the form's order, where a certain reading says another value than a person confirmed."""
    return figure_order(
        form,
        {name for name, figure in figures.items() if is_certain(figure) and figure.value != confirmed[name]},
    )


def vouch(
    form: Form,
    figures: Figures,
    findings: Iterable[Finding],
    confirmed: Mapping[str, int | None],
    *,
    voters_per_station: int | None = None,
) -> tuple[dict[str, Figure], tuple[Finding, ...]]:
    """What counts once the station's officer vouched for every figure: those figures, and their findings.

    `figures` and `findings` are the machine's. A figure of a page that was not photographed stays out. Of the
    machine's findings R40 (two photographs differ) stays: it is about the photographs.
    """
    counted = {
        name: Figure.blank() if (value := confirmed[name]) is None else Figure.read(value)
        for name in form.names
        if name in figures
    }
    found = [finding for finding in findings if finding.rule == CONFLICT]
    found += check(form, counted, voters_per_station=voters_per_station)
    against = overruled(form, figures, confirmed)
    if against:
        found.append(Finding(VOUCHED, Severity.ERROR, against))
    return counted, tuple(sorted(found, key=lambda finding: finding.rule))


def differences(
    form: Form, counted: Figures, vouched: bool, copies: Iterable[Figures]
) -> dict[str, tuple[int, ...]]:
    """What copies say otherwise than the sheet: their values by figure, in the form's order.

    Compared are numbers that both give: the sheet's where it is vouched for or certainly read, a copy's where it
    is certainly read. Blank says nothing.
    """
    found: dict[str, set[int]] = {}
    for copy in copies:
        for name, figure in copy.items():
            own = counted.get(name)
            if own is None or own.value is None or not (vouched or is_certain(own)):
                continue
            if figure.value is not None and is_certain(figure) and figure.value != own.value:
                found.setdefault(name, set()).add(figure.value)
    return {name: tuple(sorted(found[name])) for name in figure_order(form, set(found))}


def copied(different: Mapping[str, object]) -> tuple[Finding, ...]:
    """The finding of copies that differ, where any does."""
    return (Finding(COPIED, Severity.ERROR, tuple(different)),) if different else ()
