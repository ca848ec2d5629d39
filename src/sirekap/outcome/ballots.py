"""Which figure of a sheet holds whose votes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sirekap.forms import Form

_OF_PARTY = re.compile(r"suara_(?:partai|caleg)_([0-9]+)(?:_|$)")


def votes_figure(form: Form, number: int) -> str:
    """The figure with the votes of a ticket, a candidate of the DPD, or a party together with its candidates."""
    total = f"suara_partai_{number}_total"
    return total if total in form.names else f"suara_{number}"


def candidate_figure(party: int, number: int) -> str:
    """The figure with the votes of a candidate of a party's list."""
    return f"suara_caleg_{party}_{number}"


def party_of(figure: str) -> int | None:
    """The party in whose column a figure stands; None for a figure of none.

    >>> party_of("suara_caleg_5_10"), party_of("suara_partai_18_total"), party_of("suara_sah")
    (5, 18, None)
    """
    found = _OF_PARTY.match(figure)
    return None if found is None else int(found[1])


def candidates_of(form: Form) -> Mapping[tuple[int, int], str]:
    """The figures of all candidates of lists, by (party, number)."""
    found = {}
    for name in form.names:
        if name.startswith("suara_caleg_"):
            party, number = name.removeprefix("suara_caleg_").split("_")
            found[int(party), int(number)] = name
    return found
