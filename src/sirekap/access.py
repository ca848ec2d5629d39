"""Who may do what where: roles × acts × units, as data.

A person holds mandates; a mandate is a role at one unit (a station's code for KPPS, "0" for the nation), for
witnesses with the ticket or party they stand for. `may` answers every question of permission from `ROLES`
alone: nothing else in the program decides it.

Sources: UU 7/2017 on the bodies of each tier and their supervisors; the tiers of the recapitulation are
PPK, regency, province, KPU RI; and on counting and voting again (articles 372 to 376, 431, 432).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.geography import NATION, OVERSEAS, Tier, certified_into, tier_of


class Act(StrEnum):
    """What is done. The word before the dot is what it is done to."""

    SEE_SHEET = "sheet.see"  # photographs, readings, entries and state of a sheet, before anything is published
    SEND_PHOTO = "photo.send"  # the station's own photographs: the first source
    SEND_COPY = "copy.send"  # a witness's or supervisor's photograph: the second source
    CONFIRM = "sheet.confirm"  # the station's officer vouches for every figure
    HAND_OVER = "result.hand"  # give the confirmed result to witnesses
    TYPE_ENTRY = "entry.type"  # blind entry at the review desk
    RESOLVE = "entry.resolve"  # decide between two entries that differ
    ACKNOWLEDGE = "finding.acknowledge"  # answer for an error finding
    RECOUNT = "sheet.recount"  # order that a station's votes are counted again
    RERUN = "sheet.rerun"  # order that a station votes again, later or on
    SEE_BOARD = "board.see"  # what is in, missing, stuck
    SEE_CONTACTS = "contacts.see"  # telephone numbers of officers
    SEE_STAFF = "staff.see"  # who typed and decided how much, who holds a sheet
    HOLD_PLENARY = "plenary.hold"  # open, correct with minutes, close
    REOPEN_PLENARY = "plenary.reopen"  # of a tier below
    OBJECT = "objection.file"
    ANSWER = "objection.answer"
    SIGN = "certificate.sign"
    MANAGE_ACCOUNTS = "account.manage"  # create, slips, block, end sessions
    SEE_EVENTS = "event.see"  # who did what, when
    TAKE_EVIDENCE = "evidence.take"  # all that is kept of a station or unit, of every side, in one file
    PUBLISH = "result.publish"
    DISCLOSE = "disclosure.edit"  # the register of infrastructure and its decisions
    CONFIGURE = "election.configure"


class Reach(StrEnum):
    """Where an act may be done, seen from the mandate's unit."""

    OWN = "own"  # in that unit alone
    WITHIN = "within"  # in that unit and in all below it
    BELOW = "below"  # in the units whose certificate goes there directly, PPLN to the nation


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of mandate.

    `tiers` are those of the units it can be held at; `overseas`: in the tree of the overseas committees alone
    (True), at home alone (False), in both (None). `side` tells for whom the holder acts: nobody holds mandates
    of two sides. `stands_for`: the mandate names a ticket or party.
    """

    code: str
    name: str
    side: str
    tiers: frozenset[Tier]
    acts: Mapping[Act, Reach]
    overseas: bool | None = None
    stands_for: bool = False


def _reach(own: Iterable[Act] = (), within: Iterable[Act] = (), below: Iterable[Act] = ()) -> dict[Act, Reach]:
    return {
        **dict.fromkeys(own, Reach.OWN),
        **dict.fromkeys(within, Reach.WITHIN),
        **dict.fromkeys(below, Reach.BELOW),
    }


OFFICIAL, PARTY, SUPERVISION, INFORMATION, AUDIT, TECHNICAL = (
    "official", "party", "supervision", "information", "audit", "technical",
)  # fmt: skip
_PANEL_OWN = (Act.HOLD_PLENARY, Act.ANSWER, Act.SIGN)
_DESK = (
    Act.SEE_SHEET,
    Act.TYPE_ENTRY,
    Act.RESOLVE,
    Act.ACKNOWLEDGE,
    Act.SEE_BOARD,
    Act.SEE_CONTACTS,
    Act.SEE_STAFF,
    Act.SEE_EVENTS,
    Act.TAKE_EVIDENCE,
)
_OFFICE = (*_DESK, Act.RECOUNT, Act.RERUN)
_PANEL = _reach(own=_PANEL_OWN, within=(*_DESK, Act.SEND_PHOTO, Act.RECOUNT))
_TIERS_OF_OFFICES = frozenset({Tier.NATION, Tier.PROVINCE, Tier.REGENCY})

ROLES: Mapping[str, Role] = {
    role.code: role
    for role in (
        Role(
            "kpps", "KPPS", OFFICIAL, frozenset({Tier.STATION}),
            _reach(own=(Act.SEE_SHEET, Act.SEND_PHOTO, Act.CONFIRM, Act.HAND_OVER)),
        ),
        Role(
            "pps", "PPS", OFFICIAL, frozenset({Tier.VILLAGE}),
            _reach(within=(Act.SEE_SHEET, Act.SEND_PHOTO, Act.SEE_BOARD, Act.SEE_CONTACTS, Act.SEE_STAFF)),
            overseas=False,
        ),
        Role("ppk", "PPK", OFFICIAL, frozenset({Tier.DISTRICT}), _PANEL, overseas=False),
        Role("ppln", "PPLN", OFFICIAL, frozenset({Tier.DISTRICT}), _PANEL, overseas=True),
        Role(
            "kpu_kabko", "KPU Kabupaten/Kota", OFFICIAL, frozenset({Tier.REGENCY}),
            _reach(own=_PANEL_OWN, within=_OFFICE, below=(Act.REOPEN_PLENARY,)), overseas=False,
        ),
        Role(
            "kpu_prov", "KPU Provinsi", OFFICIAL, frozenset({Tier.PROVINCE}),
            _reach(own=_PANEL_OWN, within=_OFFICE, below=(Act.REOPEN_PLENARY,)), overseas=False,
        ),
        Role(
            "kpu_ri", "KPU RI", OFFICIAL, frozenset({Tier.NATION}),
            _reach(own=(*_PANEL_OWN, Act.PUBLISH), within=_OFFICE, below=(Act.REOPEN_PLENARY,)),
        ),
        Role(
            "saksi", "Saksi", PARTY,
            frozenset({Tier.STATION, Tier.DISTRICT, Tier.REGENCY, Tier.PROVINCE, Tier.NATION}),
            _reach(own=(Act.OBJECT, Act.SIGN), within=(Act.SEE_SHEET, Act.SEND_COPY, Act.SEE_BOARD)),
            stands_for=True,
        ),
        Role(
            "bawaslu", "Pengawas (Bawaslu)", SUPERVISION, frozenset(Tier),
            _reach(
                own=(Act.OBJECT,),
                within=(Act.SEE_SHEET, Act.SEND_COPY, Act.SEE_BOARD, Act.SEE_EVENTS, Act.TAKE_EVIDENCE),
            ),
        ),
        Role("ppid", "PPID", INFORMATION, _TIERS_OF_OFFICES, _reach(own=(Act.DISCLOSE,))),
        Role(
            "auditor", "Auditor", AUDIT, _TIERS_OF_OFFICES,
            _reach(within=(Act.SEE_SHEET, Act.SEE_BOARD, Act.SEE_STAFF, Act.SEE_EVENTS, Act.TAKE_EVIDENCE)),
        ),
        Role(
            "admin", "Administrator", TECHNICAL, _TIERS_OF_OFFICES,
            _reach(own=(Act.CONFIGURE,), within=(Act.MANAGE_ACCOUNTS, Act.SEE_CONTACTS, Act.SEE_EVENTS)),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mandate:
    """A role at a unit, for witnesses with the ticket or party they stand for (`stands_for`)."""

    role: str
    unit: str
    stands_for: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be held."""
        role = ROLES.get(self.role)
        if role is None:
            raise ValueError(f"no role {self.role!r}; there are {', '.join(ROLES)}")
        tier = tier_of(self.unit)
        if tier not in role.tiers:
            held = ", ".join(item.name.lower() for item in sorted(role.tiers))
            raise ValueError(f"{role.name} is held at a {held}, not at the {tier.name.lower()} {self.unit}")
        if role.overseas is not None and role.overseas != self.unit.startswith(OVERSEAS):
            where = "overseas (99…)" if role.overseas else "at home, not overseas (99…)"
            raise ValueError(f"{role.name} is held {where}, not at {self.unit}")
        if role.stands_for != (self.stands_for is not None):
            raise ValueError(f"{role.name} {'names' if role.stands_for else 'does not name'} a ticket or party")


def within(unit: str, root: str) -> bool:
    """Whether a unit is `root` or lies below it.

    >>> within("3173011006272", "3173"), within("3173", "3173011006"), within("31", "0")
    (True, False, True)
    """
    return root == NATION or unit.startswith(root)


def may(mandates: Iterable[Mandate], act: Act, unit: str) -> bool:
    """Whether one of the mandates allows an act at a unit. Raises ValueError for a code of no tier."""
    return any(_allows(mandate, act, unit) for mandate in mandates)


def _allows(mandate: Mandate, act: Act, unit: str) -> bool:
    tier = tier_of(unit)
    reach = ROLES[mandate.role].acts.get(act)
    if reach is Reach.OWN:
        return unit == mandate.unit
    if reach is Reach.WITHIN:
        return within(unit, mandate.unit)
    if reach is Reach.BELOW:
        return tier is not Tier.NATION and certified_into(unit) == mandate.unit
    return False


def roots(mandates: Iterable[Mandate], act: Act) -> frozenset[str]:
    """The units at which, and below which, an act is allowed: what a list is narrowed to.

    An act of reach OWN gives the unit too: its lists hold that unit alone.
    """
    return frozenset(m.unit for m in mandates if act in ROLES[m.role].acts)


def may_grant(mandates: Iterable[Mandate], given: Mandate) -> bool:
    """Whether one of the mandates may give another person a mandate.

    An administrator of a unit gives those of it and below it, but no administrator's of the same unit: who
    manages accounts is chosen from above.
    """
    return any(
        _allows(mandate, Act.MANAGE_ACCOUNTS, given.unit)
        and not (Act.MANAGE_ACCOUNTS in ROLES[given.role].acts and given.unit == mandate.unit)
        for mandate in mandates
    )


def second_factor(mandates: Iterable[Mandate]) -> bool:
    """Whether a second factor is asked for: at every tier above the station."""
    return any(tier_of(mandate.unit) is not Tier.STATION for mandate in mandates)


def clash(mandates: Iterable[Mandate]) -> tuple[str, str] | None:
    """Two roles of one person that belong to different sides, such as an officer who is a witness; else None."""
    first: Role | None = None
    for mandate in mandates:
        role = ROLES[mandate.role]
        if first is not None and role.side != first.side:
            return first.name, role.name
        first = first or role
    return None
