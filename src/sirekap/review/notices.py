"""Notices: what changed about a sheet that somebody should hear of, and who that is, as data.

A notice names a kind, a contest and a station, and nothing else: no figure, no person, no telephone number. So
whoever types a sheet blind learns nothing of its figures from it. It is written once, and not once a person: who
is told follows from mandates (`TOLD`); the kinds of `PERSONAL` are for whoever held or typed the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.access import OFFICIAL, ROLES, SUPERVISION, Act, Mandate, may
from sirekap.geography import Tier, tier_of
from sirekap.review.desk import WORK, Step
from sirekap.review.standing import State


class Kind(StrEnum):
    """What happened. The values stand in the database and in webhooks; the word before the dot is its subject."""

    FIRST = "desk.first"  # a sheet waits to be typed
    FINDINGS = "desk.findings"  # an error finding waits for somebody to answer for it
    RESOLVE = "desk.resolve"  # two entries differ
    LOOKED_AT = "sheet.review"  # people above the station look at its sheet
    SETTLED = "sheet.settled"
    RERUN = "sheet.rerun"  # its votes are counted or cast again (`review.reruns`)
    DIFFERS = "copy.differs"  # a copy says otherwise than what counts (R42)
    ASIDE = "photo.aside"  # a photograph counts nowhere
    REFUSED = "photo.refused"  # a photograph could not be read
    CLAIM_OVER = "claim.over"  # the time to work on a sheet ran out
    RETURNED = "entry.returned"  # what somebody typed decides nothing any more


@dataclass(frozen=True, slots=True)
class Audience:
    """Holders of a mandate of one side, at a unit of these tiers, who may do an act there."""

    side: str
    act: Act
    tiers: frozenset[Tier]

    def holds(self, mandate: Mandate) -> bool:
        """Whether a mandate belongs to this audience, in its unit and all that its act reaches."""
        role = ROLES[mandate.role]
        return role.side == self.side and self.act in role.acts and tier_of(mandate.unit) in self.tiers


def _desk(act: Act) -> Audience:
    """The desk nearest to the station. Tiers above it help out, and would drown in what a nation brings."""
    return Audience(OFFICIAL, act, frozenset({Tier.DISTRICT}))


_OFFICER = Audience(OFFICIAL, Act.CONFIRM, frozenset({Tier.STATION}))
_SUPERVISORS = Audience(SUPERVISION, Act.SEE_SHEET, frozenset(Tier))
TOLD: Mapping[Kind, tuple[Audience, ...]] = {
    Kind.FIRST: (_desk(Act.TYPE_ENTRY),),
    Kind.FINDINGS: (_desk(Act.ACKNOWLEDGE),),
    Kind.RESOLVE: (_desk(Act.RESOLVE),),
    Kind.LOOKED_AT: (_OFFICER,),
    Kind.SETTLED: (_OFFICER,),
    Kind.RERUN: (_OFFICER, _desk(Act.TYPE_ENTRY), _SUPERVISORS),
    Kind.DIFFERS: (_SUPERVISORS,),
    Kind.ASIDE: (_OFFICER,),
    Kind.REFUSED: (_OFFICER,),
    Kind.CLAIM_OVER: (),
    Kind.RETURNED: (),
}
PERSONAL = frozenset(kind for kind, audiences in TOLD.items() if not audiences)
OF_UNITS = tuple(kind for kind in Kind if kind not in PERSONAL)
_OF_STEPS = {Step.FIRST: Kind.FIRST, Step.FINDINGS: Kind.FINDINGS, Step.RESOLVE: Kind.RESOLVE}


def units_told(mandates: Iterable[Mandate], kind: Kind) -> frozenset[str]:
    """The units at which, and below which, the holder of some mandates hears of a kind."""
    return frozenset(m.unit for m in mandates if any(audience.holds(m) for audience in TOLD[kind]))


def is_told(mandates: Iterable[Mandate], kind: Kind, station: str) -> bool:
    """Whether the holder of some mandates hears of a kind at a station.

    >>> is_told([Mandate("ppk", "317301")], Kind.FIRST, "3173011001001")
    True
    """
    return any(
        audience.holds(mandate) and may((mandate,), audience.act, station)
        for mandate in mandates
        for audience in TOLD[kind]
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a sheet notices look at. `differs`: a copy differs, and nobody has answered for it."""

    state: State = State.REVIEW
    step: Step = Step.NOTHING
    differs: bool = False


def kinds_of(before: Seen, after: Seen) -> tuple[Kind, ...]:
    """What is told when a sheet comes to stand elsewhere, in the order of `Kind`."""
    kinds = set()
    if after.step is not before.step and after.step in _OF_STEPS:
        kinds.add(_OF_STEPS[after.step])
    if after.step in WORK and before.step not in WORK:
        kinds.add(Kind.LOOKED_AT)
    if after.state is State.SETTLED and before.state is not State.SETTLED:
        kinds.add(Kind.SETTLED)
    if after.differs and not before.differs:
        kinds.add(Kind.DIFFERS)
    return tuple(kind for kind in Kind if kind in kinds)
