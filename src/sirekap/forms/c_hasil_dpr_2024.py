"""C.HASIL-DPR: parties and their candidates, in our own layout in the family of C.HASIL-PPWP.

How many candidates a party has differs from district to district (up to ten): `dpr` gives the form of any
list of parties. A party is one column of a page: its own votes, its candidates', their sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from sirekap.forms import voters, votes
from sirekap.forms.layout import HEIGHT, WIDTH, Print, Style, begin_votes, boxes, centred, heading
from sirekap.forms.model import Equation, Field, Form, Frame, Label, Page, Rect, TallyGrid, Text

MOST_PARTIES, MOST_CANDIDATES = 24, 10
PARTIES_A_PAGE = 3
COLUMN_W, HEAD_H, ROW_H = 454.0 / 3, 20.0, 47.0
TOP = 158.0
BOX = 18.0
FIRST_BOX = COLUMN_W - 71.0  # of the boxes, from the left of a party's column
FIRST_RULE = 50  # R51 is the sum of party 1


def dpr(candidates: Sequence[int], form_id: str, first_tag: int) -> Form:
    """The form of parties 1, 2, 3 …, each with so many `candidates`; its pages take the tags from `first_tag`."""
    if not 1 <= len(candidates) <= MOST_PARTIES or not all(1 <= n <= MOST_CANDIDATES for n in candidates):
        expected = f"1 to {MOST_PARTIES} parties with 1 to {MOST_CANDIDATES} candidates each"
        raise ValueError(f"expected {expected}, got {list(candidates)}")
    parties = len(candidates)
    pages = 2 - (-parties // PARTIES_A_PAGE)
    title = "NAMA DAN TANDA TANGAN SAKSI PARTAI POLITIK"
    style = Style("C.HASIL-DPR", "PEMILU ANGGOTA DPR", title, (), pages, first_tag, witnesses=6)
    parts = f"IV.1.B + … + IV.{parties}.B"
    titles = ("PEMILIHAN UMUM", "ANGGOTA DEWAN PERWAKILAN RAKYAT", "REPUBLIK INDONESIA")
    event = ("Pemilihan Umum Anggota Dewan Perwakilan Rakyat", "Republik Indonesia")
    return Form(
        form_id,
        "pdpr",
        WIDTH,
        HEIGHT,
        (
            voters.voters_page(style, titles, 2024, event),
            *(_page(style, page, candidates) for page in range(2, pages)),
            votes.totals_page(style, parts),
        ),
        (
            *voters.FIELDS,
            *(field for party in range(1, parties + 1) for field in _party(party, candidates[party - 1])),
            *votes.totals(pages),
        ),
        (
            *voters.EQUATIONS,
            *votes.equations(
                (f"suara_partai_{party}_total" for party in range(1, parties + 1)),
                parts,
                Label("semua partai dan calonnya", "all parties and their candidates"),
            ),
            *(_sum(party, candidates[party - 1]) for party in range(1, parties + 1)),
        ),
        voters.AT_MOST,
        parties,
    )


def _place(party: int, row: int) -> tuple[float, float]:
    """The top left corner of a row in a party's column; row 0 is the party's own votes."""
    return 73.0 + COLUMN_W * ((party - 1) % PARTIES_A_PAGE), TOP + HEAD_H + ROW_H * row


def _figure(party: int, row: int, name: str, line: str, label: Label, *, counted: bool = True) -> Field:
    x, y = _place(party, row)
    places = tuple(x + FIRST_BOX + step for step in (0.0, 23.0, 46.0))
    marks = TallyGrid(Rect(x + 3.0, y + 15.0, 59.0, 29.0), 3, 8, Rect(x + 62.0, y + 15.0, 14.0, 29.0))
    return Field(
        name,
        2 + (party - 1) // PARTIES_A_PAGE,
        line,
        label,
        boxes(places, y + (ROW_H - BOX) / 2, BOX),
        tally=marks if counted else None,
    )


def _party(party: int, candidates: int) -> tuple[Field, ...]:
    label = Label(f"Suara partai {party}", f"Votes for party {party}")
    total = Label(f"Jumlah suara partai {party} dan calonnya", f"Party {party} and its candidates")
    return (
        _figure(party, 0, f"suara_partai_{party}", f"IV.{party}.A", label),
        *(
            _figure(
                party,
                number,
                f"suara_caleg_{party}_{number}",
                f"IV.{party}.{number}",
                Label(f"Suara calon {number} partai {party}", f"Votes for candidate {number} of party {party}"),
            )
            for number in range(1, candidates + 1)
        ),
        _figure(party, candidates + 1, f"suara_partai_{party}_total", f"IV.{party}.B", total, counted=False),
    )


def _sum(party: int, candidates: int) -> Equation:
    return Equation(
        f"R{FIRST_RULE + party}",
        f"suara_partai_{party}_total",
        (f"suara_partai_{party}", *(f"suara_caleg_{party}_{number}" for number in range(1, candidates + 1))),
        f"IV.{party}.B",
        _sum_line(candidates),
        Label(
            f"Jumlah partai {party} = suara partai + suara calonnya",
            f"Total of party {party} = votes for the party + for its candidates",
        ),
    )


def _sum_line(candidates: int) -> str:
    return f"JUMLAH SUARA SAH (A + 1 s.d. {candidates})"


def _page(style: Style, page: int, candidates: Sequence[int]) -> Page:
    """Three parties side by side."""
    printed = begin_votes(style, page)
    printed.texts += heading(138.8, "IV.", "DATA RINCIAN PEROLEHAN SUARA PARTAI POLITIK DAN CALON ANGGOTA DPR")
    first = (page - 2) * PARTIES_A_PAGE + 1
    for party in range(first, min(first + PARTIES_A_PAGE, len(candidates) + 1)):
        _column(printed, party, candidates[party - 1])
    return printed.page()


def _column(printed: Print, party: int, candidates: int) -> None:
    x, y = _place(party, 0)
    printed.frames += [
        Frame(Rect(x, y - HEAD_H, COLUMN_W, HEAD_H + ROW_H * (candidates + 2)), 1.06),
        Frame(Rect(x, y - HEAD_H, COLUMN_W, HEAD_H), 0.88),
    ]
    printed.texts += [
        centred(x + 14.0, y - 6.0, 11.0, str(party)),
        Text(x + 30.0, y - 8.0, 5.0, "NAMA PARTAI POLITIK", bold=True),
    ]
    names = ["A. SUARA PARTAI POLITIK", *(f"{number}. NAMA CALON" for number in range(1, candidates + 1))]
    for row, name in enumerate(names):
        _, top = _place(party, row)
        printed.frames.append(Frame(Rect(x, top, COLUMN_W, ROW_H), 0.35))
        printed.texts.append(Text(x + 3.0, top + 9.0, 4.6, name, bold=True))
    _, top = _place(party, candidates + 1)
    printed.frames.append(Frame(Rect(x, top, COLUMN_W, ROW_H), 0.88))
    printed.texts += [
        Text(x + 3.0, top + 12.0, 4.6, "B. JUMLAH SUARA SAH", bold=True),
        Text(x + 3.0, top + 26.0, 4.0, f"(A + 1 s.d. {candidates})", bold=True),
    ]


FORMS = (dpr((MOST_CANDIDATES,) * 18, "C.HASIL-DPR/2024", 221),)
