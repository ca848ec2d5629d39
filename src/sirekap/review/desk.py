"""The review desk: what it has to do about a sheet, and what blind entries decide.

Two different people type the figures of a sheet from its photographs, seeing neither the machine's figures nor
each other's. Where they agree, that is decided; where not, a third person decides, seeing both and the page.
Nobody decides about an entry of their own, and the officer who confirmed a sheet types none of it. A figure
that nobody can read is said to be unreadable (`UNREADABLE`), and never guessed: the sheet then waits for a
better photograph.

Everything is derived from acts that are only ever added; docs/review.md draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.figures import Figure, Figures, Status, figure_order
from sirekap.forms import Form
from sirekap.review.standing import Standing, State, is_certain
from sirekap.rules import Finding, Severity, check
from sirekap.rules.numbered import CONFLICT, COPIED, DESK_MACHINE, DESK_OFFICER, TWIN, VOUCHED

UNREADABLE = "?"
Value = int | str | None  # a number, UNREADABLE, or None for blank
PEOPLE = 2  # how many answer for a severe finding
BETWEEN_PEOPLE = frozenset({CONFLICT, VOUCHED, COPIED, DESK_OFFICER, TWIN})
VOTES = "suara_"  # what figures of votes begin with


class Step(StrEnum):
    """What the desk has to do next about a sheet. The values stand in the database."""

    NOTHING = "none"
    PHOTO = "photo"  # a page is missing, or nobody can read a figure: only a photograph helps
    FIRST = "first"  # nobody has typed it yet
    SECOND = "second"  # one person has
    RESOLVE = "resolve"  # two have, and differ
    FINDINGS = "findings"  # an error finding waits for someone to answer for it


TYPING = (Step.FIRST, Step.SECOND)
WORK = (*TYPING, Step.RESOLVE, Step.FINDINGS)


class Cause(StrEnum):
    """Why a sheet waits. Their order is that in which a queue names them."""

    ILLEGIBLE = "illegible"
    UNCERTAIN = "uncertain"
    FINDING = "finding"
    CONFLICT = "conflict"  # two photographs of a page differ
    OFFICER = "officer"  # the officer against the machine, or against the desk
    UNBACKED = "unbacked"  # the officer alone says a figure
    COPY = "copy"  # a witness's or supervisor's copy differs
    PAGES = "pages"
    FORM = "form"  # a photograph of another form
    STATION = "station"  # of another station
    DUPLICATE = "duplicate"  # a photograph that another station has too
    QUALITY = "quality"  # a photograph that could not be read

    @property
    def bit(self) -> int:
        """Its bit in a number that holds several."""
        return 1 << tuple(Cause).index(self)


RULE_CAUSES = {
    CONFLICT: Cause.CONFLICT,
    VOUCHED: Cause.OFFICER,
    DESK_OFFICER: Cause.OFFICER,
    COPIED: Cause.COPY,
    TWIN: Cause.DUPLICATE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person typed: every figure of the form, a number, None for blank, or UNREADABLE."""

    who: str
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Round:
    """What people typed of one version of a sheet since it was last given back to typing.

    `asked`: somebody gave it back, so that it is typed whatever the machine read.
    """

    entries: tuple[Entry, ...] = ()
    resolution: Entry | None = None
    asked: bool = False

    def __post_init__(self) -> None:
        """Refuse what must never happen: it would be a fault of the program, and not of the people."""
        people = [entry.who for entry in self.entries]
        if len(people) > 2 or len(set(people)) != len(people):
            raise ValueError(f"a sheet is typed by two different people, not by {', '.join(people)}")
        if self.resolution is not None:
            if not self.differ:
                raise ValueError("only two entries that differ are resolved")
            if self.resolution.who in people:
                raise ValueError(f"{self.resolution.who} would resolve an entry of their own")

    @property
    def differ(self) -> bool:
        """Whether there are two entries that are not the same."""
        return len(self.entries) == 2 and dict(self.entries[0].figures) != dict(self.entries[1].figures)

    @property
    def decided(self) -> Mapping[str, Value] | None:
        """The figures that this round decides; None where it decides nothing yet."""
        if self.resolution is not None:
            return self.resolution.figures
        return self.entries[0].figures if len(self.entries) == 2 and not self.differ else None

    @property
    def people(self) -> frozenset[str]:
        """Whose hands were in it."""
        last = () if self.resolution is None else (self.resolution.who,)
        return frozenset((*(entry.who for entry in self.entries), *last))


def differing(form: Form, round_: Round) -> tuple[str, ...]:
    """The figures, in the form's order, on which two entries differ."""
    if not round_.differ:
        return ()
    one, two = (entry.figures for entry in round_.entries)
    return figure_order(form, {name for name in form.names if one[name] != two[name]})


def next_step(standing: Standing, round_: Round) -> Step:
    """What the desk has to do about a sheet that stands there."""
    if standing.state is not State.REVIEW:
        return Step.NOTHING
    if standing.pages_missing:
        return Step.PHOTO
    if round_.decided is not None:
        if standing.illegible:
            return Step.PHOTO
        return Step.FINDINGS
    if round_.differ:
        return Step.RESOLVE
    if round_.entries:
        return Step.SECOND
    return Step.FIRST if round_.asked or must_be_typed(standing) else Step.FINDINGS


def must_be_typed(standing: Standing) -> bool:
    """Whether a figure is in question, and not only how the figures fit together."""
    asked = {CONFLICT, VOUCHED, COPIED} & set(standing.open_errors)
    return bool(standing.illegible or standing.uncertain or standing.unbacked or asked)


def causes(standing: Standing, photos: Iterable[Cause] = ()) -> tuple[Cause, ...]:
    """Why a sheet waits, in the order of `Cause`; none where it does not. `photos`: what its photographs add."""
    if standing.state is not State.REVIEW:
        return ()
    found = {RULE_CAUSES.get(rule, Cause.FINDING) for rule in standing.open_errors} | set(photos)
    for cause, present in (
        (Cause.ILLEGIBLE, standing.illegible),
        (Cause.UNCERTAIN, standing.uncertain),
        (Cause.UNBACKED, standing.unbacked),
        (Cause.PAGES, standing.pages_missing),
    ):
        if present:
            found.add(cause)
    return tuple(cause for cause in Cause if cause in found)


def votes_in_question(
    standing: Standing,
    findings: Iterable[Finding],
    figures: Figures,
    copies: Mapping[str, Iterable[int]],
    most: int,
) -> int:
    """How many votes a waiting sheet can move: what a queue puts first. `most` is what a station can hold.

    Where a figure is in question it is all of them; where figures only do not fit, what they are apart. `copies`
    are the values of copies that differ.
    """
    if standing.state is not State.REVIEW:
        return 0
    if standing.pages_missing or (must_be_typed(standing) and set(standing.open_errors) != {COPIED}):
        return most
    apart = [abs(f.left - f.right) for f in findings if f.left is not None and f.right is not None]
    for name, values in copies.items():
        own = figures[name].value if name in figures else None
        apart += [abs(value - own) for value in values if own is not None]
    return min(max(apart, default=most), most)


def unbacked(
    figures: Figures, confirmed: Mapping[str, int | None], entries: Iterable[Entry] = ()
) -> tuple[str, ...]:
    """The figures that the officer alone says: the machine read none there, or not surely another.

    What a certain reading contradicts is `overruled`; what an uncertain one contradicts stands on one word too,
    and so does what an entry of the desk contradicts.
    """
    typed = [entry.figures for entry in entries]
    return tuple(
        name
        for name, figure in figures.items()
        if ((figure.status is Status.ILLEGIBLE or figure.value != confirmed[name]) and not is_certain(figure))
        or any(values[name] != confirmed[name] for values in typed)
    )


def figures_typed(values: Mapping[str, Value], names: Iterable[str]) -> dict[str, Figure]:
    """Typed values as figures, of these names."""
    return {name: _figure(values[name]) for name in names}


def _figure(value: Value) -> Figure:
    if isinstance(value, str):
        return Figure.illegible()
    return Figure.blank() if value is None else Figure.read(value)


def settle_by_desk(
    form: Form,
    machine: Figures,
    decided: Mapping[str, Value],
    confirmed: Mapping[str, int | None] | None,
    *,
    voters_per_station: int | None = None,
) -> tuple[dict[str, Figure], tuple[Finding, ...]]:
    """What counts once the desk decided: those figures, and their findings.

    Of the machine's own findings none stays: people looked at all photographs. That the station's officer says
    otherwise (R43) is an error that someone must answer for; that a certain reading does (R44) is a warning,
    because two people outweigh it.
    """
    counted = figures_typed(decided, [name for name in form.names if name in machine])
    found = list(check(form, counted, voters_per_station=voters_per_station))
    if confirmed is not None:
        differ = figure_order(form, {name for name in counted if _other(counted[name], confirmed[name])})
        if differ:
            found.append(Finding(DESK_OFFICER, Severity.ERROR, differ))
    against = figure_order(form, {n for n, f in machine.items() if is_certain(f) and _other(counted[n], f.value)})
    if against:
        found.append(Finding(DESK_MACHINE, Severity.WARNING, against))
    return counted, tuple(sorted(found, key=lambda finding: finding.rule))


def _other(figure: Figure, value: int | None) -> bool:
    return figure.status is not Status.ILLEGIBLE and figure.value != value


def severe(finding: Finding) -> bool:
    """Whether two people must answer for an error: where sources differ, and where votes are concerned."""
    return finding.rule in BETWEEN_PEOPLE or any(name.startswith(VOTES) for name in finding.figures)


def enough(finding: Finding, people: Iterable[str]) -> bool:
    """Whether as many people answered for an error as it needs."""
    return len(set(people)) >= (PEOPLE if severe(finding) else 1)
