"""Which figure of a sheet holds whose votes."""

from __future__ import annotations

from collections.abc import Mapping

from sirekap.forms import Form


def votes_figure(form: Form, number: int) -> str:
    """The figure with the votes of a ticket, a candidate of the DPD, or a party together with its candidates."""
    total = f"suara_partai_{number}_total"
    return total if total in form.names else f"suara_{number}"


def candidate_figure(party: int, number: int) -> str:
    """The figure with the votes of a candidate of a party's list."""
    return f"suara_caleg_{party}_{number}"


def candidates_of(form: Form) -> Mapping[tuple[int, int], str]:
    """The figures of all candidates of lists, by (party, number)."""
    found = {}
    for name in form.names:
        if name.startswith("suara_caleg_"):
            party, number = name.removeprefix("suara_caleg_").split("_")
            found[int(party), int(number)] = name
    return found
