"""Whose plenaries there are: the parts each goes through, whose certificate goes where, where a contest ends.

Sources: UU 7/2017 articles 391 to 413 and KPU's regulations on the recapitulation (PKPU 5/2024): PPK, regency,
province, KPU RI, each in an open plenary; overseas PPLN and then KPU RI. The regent's contest and the regency's
DPRD end at the regency, the governor's and the provincial DPRD at the province.
"""

from __future__ import annotations

from sirekap.contests import decided_at
from sirekap.geography import NATION, OVERSEAS, Geography, Tier, certified_into, tier_of

HOLDS = (Tier.DISTRICT, Tier.REGENCY, Tier.PROVINCE, Tier.NATION)


def holds_plenary(unit: str, contest: str) -> bool:
    """Whether a unit holds a plenary of a contest: not villages, not 99 and its countries, not above its end.

    >>> holds_plenary("317301", "ppwp"), holds_plenary("99", "ppwp"), holds_plenary("31", "pkwkk")
    (True, False, False)
    """
    tier = tier_of(unit)
    if tier not in HOLDS or tier < decided_at(contest):
        return False
    return tier is Tier.DISTRICT or not unit.startswith(OVERSEAS)


def above(unit: str, contest: str) -> str | None:
    """The unit whose plenary takes this unit's certificate; None where the contest ends here."""
    if tier_of(unit) <= decided_at(contest):
        return None
    return certified_into(unit)


def parts(geography: Geography, unit: str) -> tuple[str, ...]:
    """What a plenary goes through, by code: a district's known stations; above it units with a certificate.

    A station of a village whose number of stations nobody gave is no part until it sends a sheet. Units without
    any station in them are no parts: nothing can come from them. Raises KeyError for an unknown unit.
    """
    geography.units[unit]
    if tier_of(unit) is Tier.DISTRICT:
        return tuple(
            station for village in geography.children(unit) for station in geography.stations(village.code)
        )
    below = [child.code for child in geography.children(unit) if not child.overseas]
    if unit == NATION:
        below += [code for code, item in geography.units.items() if item.overseas and item.tier is Tier.DISTRICT]
    return tuple(sorted(code for code in below if _has_stations(geography, code)))


def _has_stations(geography: Geography, code: str) -> bool:
    expected = geography.expected(code)
    return bool(expected.stations or expected.unknown_villages)
