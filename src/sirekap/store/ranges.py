"""Rows of a unit and of all that lies in it, as ranges of codes, which every index serves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from sirekap.geography import LENGTH, NATION, Tier


def within(field: str, units: Iterable[str]) -> Q:
    """Rows of these units, and of what lies in them; none where there are no units."""
    held = set(units)
    if NATION in held:
        return Q()
    parts = [Q(**{f"{field}__gte": unit, f"{field}__lte": _last(unit)}) for unit in sorted(held)]
    return reduce(or_, parts) if parts else Q(pk__in=())


def _last(code: str) -> str:
    """The last code that can lie within this one: a range, which every index serves.

    Of digits alone, because where a sign such as ":" stands among them depends on the database's collation.
    """
    return code.ljust(LENGTH[Tier.STATION], "9")
