"""C.HASIL-PPWP as printed for Pemilu 2024.

Measured from KPU's own vector file (600 × 900 mm, three pages): coordinates are the middles of the printed
lines. The wording is the form's own, because findings quote it and officers recognise it.
"""

from __future__ import annotations

from sirekap.forms import voters, votes
from sirekap.forms.layout import HEIGHT, WIDTH, Style, begin_votes, boxes, heading
from sirekap.forms.model import Bubbles, Field, Form, Frame, Label, Page, Rect, TallyGrid, Text
from sirekap.forms.votes import BUBBLE_PITCH, BUBBLE_RADIUS, VOTES_BOX, VOTES_X, tally_table

TICKETS = 3
BLOCK_PITCH = 152.0
PARTS = "IV.1 + IV.2 + IV.3"
STYLE = Style(
    "C.HASIL-PPWP",
    "PEMILU PRESIDEN DAN WAKIL PRESIDEN",
    "NAMA DAN TANDA TANGAN SAKSI PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN",
    ("NAMA CALON PRESIDEN", "NAMA CALON WAKIL PRESIDEN"),
    pages=3,
    first_tag=101,
)


def _ticket(number: int) -> Field:
    down = (number - 1) * BLOCK_PITCH
    return Field(
        f"suara_{number}",
        2,
        f"IV.{number}",
        Label(f"Suara pasangan calon {number}", f"Votes for ticket {number}"),
        boxes(VOTES_X, 184.6 + down, VOTES_BOX),
        guided=True,
        bubbles=Bubbles((465.0, 488.5, 512.0), 214.1 + down, BUBBLE_PITCH, BUBBLE_RADIUS),
        tally=TallyGrid(Rect(181.0, 178.0 + down, 235.0, 80.0), 5, 12, Rect(421.0, 178.0 + down, 24.0, 80.0)),
        words=Rect(78.0, 262.0 + down, 300.0, 46.0),
    )


def _page_2() -> Page:
    """The three tickets' blocks."""
    printed = begin_votes(STYLE, 2)
    printed.texts += heading(
        138.8, "IV.", "DATA RINCIAN PEROLEHAN SUARA PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN"
    )
    tally_table(printed, 178.0, 80.0, "RINCIAN PEROLEHAN SUARA SAH", "JUMLAH SUARA SAH")
    printed.texts += [
        Text(127.0, 167.0, 4.0, "NOMOR DAN NAMA", bold=True, align="centre"),
        Text(127.0, 172.3, 4.0, "PASANGAN CALON", bold=True, align="centre"),
    ]
    printed.frames += [Frame(Rect(73.0, 158.0, 108.0, 20.0), 0.88)]
    for block in range(3):
        y = 178.0 + block * 152.0
        printed.frames += [
            Frame(Rect(73.0, y, 108.0, 80.0), 0.88),
            Frame(Rect(181.0, y, 235.0, 80.0), 0.88),
            Frame(Rect(416.0, y, 34.0, 80.0), 0.88),
            Frame(Rect(73.0, y + 80.0, 377.0, 62.0), 0.88),
            Frame(Rect(450.0, y, 77.0, 142.0), 0.88),
        ]
        if block < 2:
            printed.frames.append(Frame(Rect(73.0, y + 142.0, 454.0, 10.0), 1.06))
        printed.texts += [
            Text(127.0, y + 17.2, 12.0, str(block + 1), bold=True, align="centre"),
            Text(127.0, y + 33.5, 4.7, "NAMA CALON PRESIDEN", bold=True, align="centre"),
            Text(127.0, y + 40.2, 4.7, "NAMA CALON WAKIL PRESIDEN", bold=True, align="centre"),
            Text(209.0, y + 134.5, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre"),
            Text(403.0, y + 107.5, 4.6, "Hitamkan bulatan ini sesuai dengan", italic=True, align="centre"),
            Text(403.0, y + 113.2, 4.6, "isian angka pada kotak", italic=True, align="centre"),
            Text(403.0, y + 123.6, 9.5, "⓪ → ●", align="centre"),
        ]
    printed.frames.append(Frame(Rect(73.0, 158.0, 454.0, 466.0), 1.06))
    return printed.page()


PAGES = (
    voters.voters_page(
        STYLE,
        ("PEMILIHAN UMUM", "PRESIDEN DAN WAKIL PRESIDEN", "REPUBLIK INDONESIA"),
        2024,
        ("Pemilihan Umum Presiden dan Wakil Presiden", "Republik Indonesia"),
    ),
    _page_2(),
    votes.totals_page(STYLE, PARTS),
)
FIELDS: tuple[Field, ...] = (
    *voters.FIELDS,
    *(_ticket(number) for number in range(1, TICKETS + 1)),
    *votes.totals(3),
)
EQUATIONS = (
    *voters.EQUATIONS,
    *votes.equations(
        (f"suara_{number}" for number in range(1, TICKETS + 1)),
        PARTS,
        Label("semua pasangan calon", "all tickets"),
    ),
)
FORM = Form("C.HASIL-PPWP/2024", "ppwp", WIDTH, HEIGHT, PAGES, FIELDS, EQUATIONS, voters.AT_MOST, TICKETS)
FORMS = (FORM,)
