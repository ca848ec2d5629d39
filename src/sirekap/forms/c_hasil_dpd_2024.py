"""C.HASIL-DPD: the members of a province's regional council, in our own layout in the family of C.HASIL-PPWP.

How many stand differs from province to province: `dpd` gives the form of any number up to 54.
"""

from __future__ import annotations

from sirekap.forms import voters, votes
from sirekap.forms.layout import HEIGHT, WIDTH, Style
from sirekap.forms.model import Form, Label

MOST = 54


def dpd(candidates: int, form_id: str, first_tag: int) -> Form:
    """The form for some number of candidates; its pages take the tags from `first_tag` on."""
    if not 2 <= candidates <= MOST:
        raise ValueError(f"expected 2 to {MOST} candidates, got {candidates}")
    pages = 2 + votes.vote_pages(candidates)
    style = Style(
        "C.HASIL-DPD",
        "PEMILU ANGGOTA DPD",
        "NAMA DAN TANDA TANGAN SAKSI CALON ANGGOTA DPD",
        (),
        pages,
        first_tag,
        witnesses=6,
    )
    parts = f"IV.1 + … + IV.{candidates}"
    title = "DATA RINCIAN PEROLEHAN SUARA CALON ANGGOTA DPD"
    event = ("Pemilihan Umum Anggota Dewan Perwakilan Daerah", "Republik Indonesia")
    titles = ("PEMILIHAN UMUM", "ANGGOTA DEWAN PERWAKILAN DAERAH", "REPUBLIK INDONESIA")
    return Form(
        form_id,
        "pdpd",
        WIDTH,
        HEIGHT,
        (
            voters.voters_page(style, titles, 2024, event),
            *(
                votes.ticket_page(style, page, candidates, title, ("NAMA CALON ANGGOTA DPD",))
                for page in range(2, pages)
            ),
            votes.totals_page(style, parts),
        ),
        (
            *voters.FIELDS,
            *votes.tickets_of(candidates, Label("calon", "candidate")),
            *votes.totals(pages),
        ),
        (
            *voters.EQUATIONS,
            *votes.equations(
                (f"suara_{number}" for number in range(1, candidates + 1)),
                parts,
                Label("semua calon", "all candidates"),
            ),
        ),
        voters.AT_MOST,
        candidates,
    )


FORMS = (dpd(12, "C.HASIL-DPD/2024", 201),)
