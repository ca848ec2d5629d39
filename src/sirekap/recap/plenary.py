"""A plenary as its minutes tell it: a fold over acts, and which act may follow which.

Not begun → open → closed → (reopened) open → closed … Every closing is a version; nothing of an earlier one is
lost. What was corrected stays corrected when a plenary is reopened; what was read out stays read out as long as
the figures are those that were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sirekap.errors import SirekapError
from sirekap.recap.acts import (
    Act,
    Answered,
    Attended,
    CarriedUp,
    Closed,
    Corrected,
    Objected,
    Opened,
    ReadOut,
    Reopened,
    Signing,
    Withdrew,
)


class Stage(StrEnum):
    """Where a plenary stands."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    CLOSED = "closed"


class Refusal(StrEnum):
    """Why an act cannot follow."""

    STAGE = "stage"  # the plenary is not at that stage
    DECISION = "decision"  # parts are missing and no decision says why it opens
    NOTHING_MISSING = "nothing_missing"  # a decision, and nothing is missing
    WORDS = "words"  # a reason, minutes, text or ground is missing
    SAME = "same"  # a correction that changes nothing
    WITHDRAWN = "withdrawn"  # no such correction stands
    BEFORE = "before"  # a correction of another value than stands there
    NUMBER = "number"  # no such objection, or not the next number
    TAKEN_UP = "taken_up"  # an objection carried up from below that was taken up already
    ANSWERED = "answered"  # the objection is answered or carried up already
    OPEN_OBJECTIONS = "open_objections"
    VERSION = "version"  # not the next version


class NotAllowed(SirekapError):
    """An act that cannot follow; nothing was changed."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        """`detail` says what was expected and found, in English."""
        self.refusal, self.detail = refusal, detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class ObjectionState:
    """An objection with what became of it: neither, an answer, or carried up."""

    act: Objected
    answer: Answered | None = None
    carried: CarriedUp | None = None

    @property
    def open(self) -> bool:
        """Whether it blocks closing."""
        return self.answer is None and self.carried is None


@dataclass(frozen=True, slots=True)
class Plenary:
    """What the minutes say so far.

    `read` are the digests read out by part, `corrections` those that stand, in order (a later one of the same
    figure stands on the earlier one; what was withdrawn is not among them), `versions` the closings. `opening` is
    of the first session; `reopening` the last.
    """

    stage: Stage = Stage.NOT_BEGUN
    opening: Opened | None = None
    reopening: Reopened | None = None
    read: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Corrected, ...] = ()
    objections: Mapping[int, ObjectionState] = field(default_factory=dict)
    attendance: tuple[Attended, ...] = ()
    versions: tuple[Closed, ...] = ()

    @property
    def open_objections(self) -> tuple[int, ...]:
        """The numbers of objections that block closing."""
        return tuple(number for number, item in self.objections.items() if item.open)

    @property
    def taken_up(self) -> frozenset[str]:
        """The objections from below that this plenary took up, as `acts.origin_of` names them."""
        return frozenset(item.act.origin for item in self.objections.values() if item.act.origin)

    @property
    def carried(self) -> tuple[Objected, ...]:
        """The objections that this plenary carried up."""
        return tuple(item.act for item in self.objections.values() if item.carried is not None)

    @property
    def missing_by_decision(self) -> frozenset[str]:
        """The parts that a decision lets the plenary do without."""
        return frozenset() if self.opening is None else frozenset(self.opening.missing)

    def corrections_of(self, part: str) -> tuple[Corrected, ...]:
        """The corrections of a part, in order."""
        return tuple(item for item in self.corrections if item.part == part)


def play(acts: Iterable[Act]) -> Plenary:
    """The plenary after these acts, from its beginning. Raises NotAllowed for one that cannot follow."""
    plenary = Plenary()
    for act in acts:
        plenary = after(plenary, act)
    return plenary


def after(plenary: Plenary, act: Act) -> Plenary:
    """The plenary after one more act. Raises NotAllowed, and TypeError for what is no act."""
    if not act.who.strip():
        raise NotAllowed(Refusal.WORDS, f"{act.name}: expected who does it; found nothing")
    match act:
        case Opened():
            return _opened(plenary, act)
        case Closed():
            return _closed(plenary, act)
        case Reopened():
            return _reopened(plenary, act)
    _must_be(plenary, Stage.OPEN, act)
    match act:
        case ReadOut():
            return replace(plenary, read={**plenary.read, act.part: act.digest})
        case Corrected():
            return _corrected(plenary, act)
        case Withdrew():
            return _withdrew(plenary, act)
        case Objected():
            return _objected(plenary, act)
        case Answered() | CarriedUp():
            return _answered(plenary, act)
        case Attended():
            return _attended(plenary, act)
    raise TypeError(f"{type(act).__name__} is no act of a plenary")


def _must_be(plenary: Plenary, stage: Stage, act: Act) -> None:
    if plenary.stage is not stage:
        raise NotAllowed(Refusal.STAGE, f"{act.name}: expected a plenary that is {stage}; it is {plenary.stage}")


def _words(act: Act, **texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise NotAllowed(Refusal.WORDS, f"{act.name}: expected {name} in words; found nothing")


def _opened(plenary: Plenary, act: Opened) -> Plenary:
    _must_be(plenary, Stage.NOT_BEGUN, act)
    if act.missing and not act.decision.strip():
        raise NotAllowed(
            Refusal.DECISION, f"open: expected a decision, as {len(act.missing)} parts are missing; found none"
        )
    if act.decision.strip() and not act.missing:
        raise NotAllowed(Refusal.NOTHING_MISSING, "open: expected no decision, as nothing is missing")
    return replace(plenary, stage=Stage.OPEN, opening=act)


def _corrected(plenary: Plenary, act: Corrected) -> Plenary:
    _words(act, reason=act.reason, minutes=act.minutes)
    if act.before == act.after:
        raise NotAllowed(Refusal.SAME, f"correct: {act.part} {act.figure} is {act.before} already")
    return replace(plenary, corrections=(*plenary.corrections, act))


def _withdrew(plenary: Plenary, act: Withdrew) -> Plenary:
    _words(act, reason=act.reason, minutes=act.minutes)
    said = (act.part, act.figure, act.before, act.after)
    standing = list(plenary.corrections)
    for place in reversed(range(len(standing))):
        one = standing[place]
        if (one.part, one.figure, one.before, one.after) == said:
            return replace(plenary, corrections=(*standing[:place], *standing[place + 1 :]))
    found = f"{act.part} {act.figure} from {act.before} to {act.after}"
    raise NotAllowed(Refusal.WITHDRAWN, f"withdraw: expected a correction that stands; {found} does not")


def _objected(plenary: Plenary, act: Objected) -> Plenary:
    _words(act, text=act.text, by=act.by)
    expected = len(plenary.objections) + 1
    if act.number != expected:
        raise NotAllowed(Refusal.NUMBER, f"object: expected number {expected}; found {act.number}")
    if act.origin in plenary.taken_up:
        raise NotAllowed(Refusal.TAKEN_UP, f"object: {act.origin} was taken up already")
    return replace(plenary, objections={**plenary.objections, act.number: ObjectionState(act)})


def _answered(plenary: Plenary, act: Answered | CarriedUp) -> Plenary:
    _words(act, text=act.text if isinstance(act, Answered) else act.decision)
    found = plenary.objections.get(act.number)
    if found is None:
        raise NotAllowed(Refusal.NUMBER, f"{act.name}: there is no objection {act.number}")
    if not found.open:
        raise NotAllowed(Refusal.ANSWERED, f"{act.name}: objection {act.number} is closed already")
    closed = replace(found, answer=act) if isinstance(act, Answered) else replace(found, carried=act)
    return replace(plenary, objections={**plenary.objections, act.number: closed})


def _attended(plenary: Plenary, act: Attended) -> Plenary:
    _words(act, role=act.role)
    if act.signing is Signing.REFUSES:
        _words(act, reason=act.reason)
    # What is said later of the same seat takes the place of what was said before.
    seat = (act.role, act.stands_for, act.person)
    others = tuple(item for item in plenary.attendance if (item.role, item.stands_for, item.person) != seat)
    return replace(plenary, attendance=(*others, act))


def _closed(plenary: Plenary, act: Closed) -> Plenary:
    _must_be(plenary, Stage.OPEN, act)
    if plenary.open_objections:
        numbers = ", ".join(map(str, plenary.open_objections))
        raise NotAllowed(
            Refusal.OPEN_OBJECTIONS, f"close: expected every objection answered or carried up; open: {numbers}"
        )
    expected = len(plenary.versions) + 1
    if act.version != expected:
        raise NotAllowed(Refusal.VERSION, f"close: expected version {expected}; found {act.version}")
    return replace(plenary, stage=Stage.CLOSED, versions=(*plenary.versions, act))


def _reopened(plenary: Plenary, act: Reopened) -> Plenary:
    _must_be(plenary, Stage.CLOSED, act)
    _words(act, ground=act.ground, minutes=act.minutes, by=act.by)
    return replace(plenary, stage=Stage.OPEN, reopening=act)
