"""A consistent sheet, and a strategy of such sheets, for tests of the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sirekap.figures import Figure
from sirekap.forms import C_HASIL_PPWP_2024 as FORM

if TYPE_CHECKING:  # the processes that some tests begin need no hypothesis
    from hypothesis import strategies as st

SEXES = ("l", "p")


def consistent(votes: tuple[int, int, int] = (31, 120, 44), invalid: int = 3, women: int = 100, dptb: int = 2,
               dpk: int = 1, more: int = 20, unused: int = 10, returned: int = 1) -> dict[str, int]:  # fmt: skip
    """Figures of a sheet whose arithmetic holds; the arguments are what people counted."""
    total = sum(votes) + invalid
    women = min(women, total)
    by_sex = {"p": women, "l": total - women}
    values: dict[str, int] = {}
    for sex in SEXES:
        here, special = min(dptb, by_sex[sex]), 0
        special = min(dpk, by_sex[sex] - here)
        values |= {f"pengguna_dptb_{sex}": here, f"pengguna_non_dpt_{sex}": special,
                   f"pengguna_dpt_{sex}": by_sex[sex] - here - special, f"pengguna_total_{sex}": by_sex[sex],
                   f"pemilih_dpt_{sex}": by_sex[sex] + more, f"disabilitas_{sex}": 0}  # fmt: skip
    for kind in (
        "pemilih_dpt",
        "pengguna_dpt",
        "pengguna_dptb",
        "pengguna_non_dpt",
        "pengguna_total",
        "disabilitas",
    ):
        values[f"{kind}_j"] = values[f"{kind}_l"] + values[f"{kind}_p"]
    values |= {"surat_suara_digunakan": total, "surat_suara_dikembalikan": returned, "surat_suara_sisa": unused,
               "surat_suara_diterima": total + returned + unused}  # fmt: skip
    values |= {f"suara_{number}": vote for number, vote in enumerate(votes, start=1)}
    values |= {"suara_sah": sum(votes), "suara_tidak_sah": invalid, "suara_total": total}
    return {name: values[name] for name in FORM.names}


def figures(values: Mapping[str, int | None]) -> dict[str, Figure]:
    """Figures as read, None as blank."""
    return {name: Figure.blank() if value is None else Figure.read(value) for name, value in values.items()}


def sheets() -> st.SearchStrategy[dict[str, int]]:
    """Any consistent sheet of a station of up to 300 voters."""
    from hypothesis import strategies as st

    few = st.integers(0, 9)
    return st.builds(
        consistent, st.tuples(*[st.integers(0, 90)] * 3), few, st.integers(0, 150), few, few, few, few, few
    )
