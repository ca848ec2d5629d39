"""C.HASIL-KWK: governors and regents or mayors, 2 to 5 pairs, in our own layout in the family of C.HASIL-PPWP.

Each number of pairs is a form of its own, with its own tags: C.HASIL-KWK-GUBERNUR/2024-3 is that of three
pairs for governor.
"""

from __future__ import annotations

from sirekap.forms import voters, votes
from sirekap.forms.layout import HEIGHT, WIDTH, Style
from sirekap.forms.model import Form, Label

PAIRS = range(2, 6)
PAGES = 3
OFFICES = (  # contest, model, who, their deputies, first tag
    ("pkwkp", "C.HASIL-KWK-GUBERNUR", "Gubernur", "Wakil Gubernur", 241),
    ("pkwkk", "C.HASIL-KWK-BUPATI", "Bupati/Wali Kota", "Wakil Bupati/Wakil Wali Kota", 253),
)


def kwk(contest: str, model: str, office: str, deputy: str, pairs: int, first_tag: int) -> Form:
    """The form of one office for some number of pairs; its three pages take the tags from `first_tag` on."""
    pair = f"{office} dan {deputy}"
    style = Style(
        "C.HASIL-KWK",
        f"PEMILIHAN {pair.upper()}",
        "NAMA DAN TANDA TANGAN SAKSI PASANGAN CALON",
        (),
        PAGES,
        first_tag,
        witnesses=pairs,
    )
    parts = " + ".join(f"IV.{number}" for number in range(1, pairs + 1))
    names = (f"NAMA CALON {office.upper()}", "NAMA CALON WAKIL")
    titles = ("PEMILIHAN", f"{office.upper()} DAN", deputy.upper())
    return Form(
        f"{model}/2024-{pairs}",
        contest,
        WIDTH,
        HEIGHT,
        (
            voters.voters_page(style, titles, 2024, (f"Pemilihan {office}", f"dan {deputy}")),
            votes.ticket_page(style, 2, pairs, "DATA RINCIAN PEROLEHAN SUARA PASANGAN CALON", names),
            votes.totals_page(style, parts),
        ),
        (
            *voters.FIELDS,
            *votes.tickets_of(pairs, Label("pasangan calon", "ticket")),
            *votes.totals(PAGES),
        ),
        (
            *voters.EQUATIONS,
            *votes.equations(
                (f"suara_{number}" for number in range(1, pairs + 1)),
                parts,
                Label("semua pasangan calon", "all tickets"),
            ),
        ),
        voters.AT_MOST,
        pairs,
    )


FORMS = tuple(
    kwk(contest, model, office, deputy, pairs, first + PAGES * (pairs - PAIRS.start))
    for contest, model, office, deputy, first in OFFICES
    for pairs in PAIRS
)
