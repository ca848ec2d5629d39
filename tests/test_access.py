"""Every role, act and unit: what is allowed stands here a second time, written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.access import ROLES, Act, Mandate, clash, may, may_grant, roots, second_factor, within
from sirekap.geography import Tier, path_of

STATION, VILLAGE, DISTRICT, REGENCY, PROVINCE, NATION = (
    "3173011006001", "3173011006", "317301", "3173", "31", "0",
)  # fmt: skip
HOME = (NATION, PROVINCE, REGENCY, DISTRICT, VILLAGE, STATION)
BESIDE = ("32", "3171", "317302", "3173011007", "3173011006002", "3201012001001", "9901011001001")
PPLN, POST = "990101", "9901011001001"

# What each mandate allows, by relation: at its unit, at that and all below, at those that sum into it directly.
OWN, WITHIN, BELOW = {"same"}, {"same", "child", "deeper"}, {"child"}
DESK = dict.fromkeys(
    (
        *("sheet.see", "entry.type", "entry.resolve", "finding.acknowledge"),
        *("board.see", "contacts.see", "staff.see", "event.see", "evidence.take"),
    ),
    WITHIN,
)
PANEL = dict.fromkeys(("plenary.hold", "objection.answer", "certificate.sign"), OWN)
AGAIN = {"sheet.recount": WITHIN}
ABOVE = {"plenary.reopen": BELOW, "sheet.rerun": WITHIN} | AGAIN
WITNESS = dict.fromkeys(("sheet.see", "copy.send", "board.see"), WITHIN) | dict.fromkeys(
    ("objection.file", "certificate.sign"), OWN
)
ALLOWED: dict[Mandate, dict[str, set[str]]] = {
    Mandate("kpps", STATION): dict.fromkeys(("sheet.see", "photo.send", "sheet.confirm", "result.hand"), OWN),
    Mandate("pps", VILLAGE): dict.fromkeys(
        ("sheet.see", "photo.send", "board.see", "contacts.see", "staff.see"), WITHIN
    ),
    Mandate("ppk", DISTRICT): DESK | PANEL | AGAIN | {"photo.send": WITHIN},
    Mandate("kpu_kabko", REGENCY): DESK | PANEL | ABOVE,
    Mandate("kpu_prov", PROVINCE): DESK | PANEL | ABOVE,
    Mandate("kpu_ri", NATION): DESK | PANEL | ABOVE | {"result.publish": OWN},
    Mandate("saksi", STATION, "100025"): WITNESS,
    Mandate("saksi", DISTRICT, "100025"): WITNESS,
    Mandate("bawaslu", VILLAGE): dict.fromkeys(
        ("sheet.see", "copy.send", "board.see", "event.see", "evidence.take"), WITHIN
    )
    | {"objection.file": OWN},
    Mandate("ppid", NATION): {"disclosure.edit": OWN},
    Mandate("auditor", PROVINCE): dict.fromkeys(
        ("sheet.see", "board.see", "staff.see", "event.see", "evidence.take"), WITHIN
    ),
    Mandate("admin", REGENCY): dict.fromkeys(("account.manage", "contacts.see", "event.see"), WITHIN)
    | {"election.configure": OWN},
}


def relation(unit: str, root: str) -> str:
    """Where a unit lies, seen from another one, by the way from the nation down."""
    way = path_of(unit)
    if root not in way:
        return "elsewhere"
    return ("same", "child")[len(way) - way.index(root) - 1] if len(way) - way.index(root) < 3 else "deeper"


@pytest.mark.parametrize("mandate", ALLOWED, ids=lambda m: f"{m.role} {m.unit}")
@pytest.mark.parametrize("act", list(Act))
def test_each_role_does_what_its_tier_and_unit_allow_and_nothing_else(mandate: Mandate, act: Act) -> None:
    """Role × act × unit, above, at and below the mandate's unit, and beside it."""
    for unit in (*HOME, *BESIDE):
        allowed = relation(unit, mandate.unit) in ALLOWED[mandate].get(act, set())
        assert may([mandate], act, unit) == allowed, unit


def test_every_role_stands_in_the_table() -> None:
    """A role that is added is added to the table too; PPLN is PPK overseas."""
    assert {mandate.role for mandate in ALLOWED} == set(ROLES) - {"ppln"}
    assert ROLES["ppln"].acts == ROLES["ppk"].acts
    assert may([Mandate("ppln", PPLN)], Act.HOLD_PLENARY, PPLN)
    assert may([Mandate("kpu_ri", "0")], Act.REOPEN_PLENARY, PPLN)
    assert may([Mandate("ppln", PPLN)], Act.SEE_SHEET, POST)


def test_nobody_may_do_anything() -> None:
    """Without a mandate nothing is allowed."""
    assert not any(may([], act, unit) for act in Act for unit in HOME)


REFUSED = {
    "an unknown role": (("raja", STATION, None), "no role 'raja'"),
    "KPPS of a village": (("kpps", VILLAGE, None), "held at a station"),
    "PPK overseas": (("ppk", PPLN, None), "at home"),
    "PPLN at home": (("ppln", DISTRICT, None), "overseas"),
    "a witness of nobody": (("saksi", STATION, None), "names a ticket"),
    "a KPPS of a party": (("kpps", STATION, "100025"), "does not name"),
    "a code of no tier": (("kpps", "317", None), "codes have"),
    "a PPID of a district": (("ppid", DISTRICT, None), "held at"),
}


@pytest.mark.parametrize(("given_as", "told"), REFUSED.values(), ids=REFUSED)
def test_a_mandate_that_cannot_be_held_is_refused(given_as: tuple[str, str, str | None], told: str) -> None:
    """Role, tier, tree and side must fit, or the mandate is refused in words."""
    with pytest.raises(ValueError, match=told):
        Mandate(*given_as)


def test_who_manages_accounts_is_chosen_from_above() -> None:
    """An administrator gives mandates of the own unit and below, but no second administrator beside itself."""
    regency = [Mandate("admin", REGENCY)]
    assert may_grant(regency, Mandate("kpps", STATION))
    assert may_grant(regency, Mandate("kpu_kabko", REGENCY))
    assert not may_grant(regency, Mandate("admin", REGENCY))
    assert not may_grant(regency, Mandate("kpu_prov", PROVINCE))
    assert not may_grant(regency, Mandate("kpps", "3201012001001"))
    assert may_grant([Mandate("admin", PROVINCE)], Mandate("admin", REGENCY))
    assert not may_grant([Mandate("kpu_ri", NATION)], Mandate("kpps", STATION))


def test_a_second_factor_is_asked_for_above_the_station() -> None:
    """Officers and witnesses of a station log in with a password alone; everybody else with two factors."""
    assert not second_factor([Mandate("kpps", STATION)])
    assert not second_factor([Mandate("saksi", STATION, "1")])
    assert second_factor([Mandate("saksi", DISTRICT, "1")])
    assert second_factor([Mandate("kpps", STATION), Mandate("pps", VILLAGE)])


def test_nobody_stands_on_two_sides() -> None:
    """An officer is no witness, a witness no supervisor; several mandates of one side are no clash."""
    assert clash([Mandate("kpps", STATION), Mandate("saksi", STATION, "1")]) == ("KPPS", "Saksi")
    assert clash([Mandate("saksi", STATION, "1"), Mandate("bawaslu", STATION)]) == ("Saksi", "Pengawas (Bawaslu)")
    assert clash([Mandate("pps", VILLAGE), Mandate("ppk", DISTRICT)]) is None
    assert clash([]) is None


def test_lists_are_narrowed_to_the_units_of_the_mandates() -> None:
    """The roots of an act are the units of the mandates that allow it."""
    held = [Mandate("ppk", DISTRICT), Mandate("pps", "3201012001")]
    assert roots(held, Act.SEE_BOARD) == {DISTRICT, "3201012001"}
    assert roots(held, Act.TYPE_ENTRY) == {DISTRICT}
    assert roots(held, Act.PUBLISH) == frozenset()


@given(st.sampled_from([*HOME, *BESIDE]), st.sampled_from([*HOME, *BESIDE]))
def test_a_unit_lies_within_those_on_its_way_up(unit: str, root: str) -> None:
    """Within is the same as standing on the way from the nation down."""
    assert within(unit, root) == (root in path_of(unit))


def test_no_role_both_decides_and_manages_accounts() -> None:
    """Who can make accounts cannot decide on figures, so nobody can decide as two people."""
    deciding = {Act.CONFIRM, Act.TYPE_ENTRY, Act.RESOLVE, Act.ACKNOWLEDGE, Act.HOLD_PLENARY}
    for role in ROLES.values():
        assert not (Act.MANAGE_ACCOUNTS in role.acts and deciding & set(role.acts)), role.code
        assert all(isinstance(tier, Tier) for tier in role.tiers)
