"""Rows of a table look alike: a block of which an end row is not seen may lie a row astray."""

import numpy as np

from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.reading.boxes import Placed, unseen


def placed(**seen: float) -> list[Placed]:
    """Page 1 with all lines well seen, but for some fields."""
    return [
        Placed(field, np.eye(3), ((0.0, 0.0),) * len(field.boxes), seen.get(field.name, 0.85))
        for field in FORM.fields_of(1)
    ]


def refused(items: list[Placed]) -> set[str]:
    return {item.field.name for item in items if unseen(item, items)}


def test_a_page_well_seen_is_read_whole() -> None:
    """Nothing is refused."""
    assert refused(placed()) == set()


def test_a_row_in_the_middle_is_refused_alone() -> None:
    """Glare over one row says nothing of the rows around it."""
    assert refused(placed(pengguna_dptb_l=0.2)) == {"pengguna_dptb_l"}


def test_a_block_whose_first_or_last_row_is_not_seen_is_refused() -> None:
    """What looks like rows moved by one is refused as a block; other columns and blocks are not."""
    block = {f"pengguna_{name}_l" for name in ("dpt", "dptb", "non_dpt", "total")}
    assert refused(placed(pengguna_dpt_l=0.4)) == block
    assert refused(placed(pengguna_total_l=0.4)) == block
    assert refused(placed(disabilitas_l=0.2)) == {"disabilitas_l"}
