"""The pages of votes: the last page with its totals, blocks for who stands; R11 to R14.

The page of totals is measured from KPU's vector file of C.HASIL-PPWP 2024. The blocks of `ticket_blocks`,
two in a row, are our own: KPU's form for three tickets has wider ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from sirekap.forms.layout import Print, Style, begin_votes, boxes, centred, grid, heading
from sirekap.forms.model import Bubbles, Equation, Field, Frame, Label, Line, Page, Rect, TallyGrid, Text

VOTES_X = (455.0, 478.5, 502.0)
VOTES_BOX = 20.0
BUBBLE_PITCH, BUBBLE_RADIUS = 10.5, 4.0
BLOCKS_A_PAGE = 6
BLOCK_W, BLOCK_H = 227.0, 190.0
TOTALS = (
    (
        "suara_sah",
        "V.A",
        166.0,
        Label("Jumlah seluruh suara sah", "All valid votes"),
        None,
        Rect(184.0, 160.0, 262.0, 20.0),
    ),
    (
        "suara_tidak_sah",
        "V.B",
        237.2,
        Label("Jumlah suara tidak sah", "Invalid votes"),
        TallyGrid(Rect(181.0, 229.0, 235.0, 62.3), 5, 12, Rect(421.0, 229.0, 24.0, 62.3)),
        Rect(452.0, 260.0, 73.0, 25.0),
    ),
    (
        "suara_total",
        "V.C",
        312.0,
        Label("Jumlah suara sah dan tidak sah", "All votes, valid and invalid"),
        None,
        Rect(184.0, 306.0, 262.0, 20.0),
    ),
)


def totals(page: int) -> tuple[Field, ...]:
    """The figures of the page of totals."""
    return tuple(
        Field(name, page, line, label, boxes(VOTES_X, y, VOTES_BOX), tally=tally, words=words)
        for name, line, y, label, tally, words in TOTALS
    )


def equations(figures: Iterable[str], parts: str, who: Label) -> tuple[Equation, ...]:
    """R11 to R14. `figures` sum up to the valid votes; `parts` names their lines as printed; `who` whose votes
    they are.
    """
    return (
        Equation(
            "R11",
            "suara_total",
            ("suara_sah", "suara_tidak_sah"),
            "V.C",
            "JUMLAH SELURUH SUARA SAH DAN SUARA TIDAK SAH (V.A + V.B)",
            Label("Seluruh suara = suara sah + suara tidak sah", "All votes = valid + invalid"),
        ),
        Equation(
            "R12",
            "suara_sah",
            tuple(figures),
            "V.A",
            f"JUMLAH SELURUH SUARA SAH ({parts})",
            Label(f"Suara sah = jumlah suara {who.id}", f"Valid votes = votes of {who.en}"),
        ),
        Equation(
            "R13",
            "suara_total",
            ("pengguna_total_j",),
            "V.C",
            "JUMLAH SELURUH SUARA SAH DAN SUARA TIDAK SAH (V.A + V.B)",
            Label("Seluruh suara = jumlah pengguna hak pilih", "All votes = all who voted"),
        ),
        Equation(
            "R14",
            "surat_suara_digunakan",
            ("suara_total",),
            "II.2",
            "Jumlah surat suara yang digunakan",
            Label("Surat suara digunakan = seluruh suara", "Ballots used = all votes"),
        ),
    )


def tally_table(printed: Print, y: float, rows_h: float, title: str, total: str) -> None:
    """The head (20 mm) and the frames of a tally table whose rows begin at `y`."""
    printed.frames += [
        Frame(Rect(181.0, y - 20.0, 235.0, 20.0), 0.88),
        Frame(Rect(416.0, y - 20.0, 34.0, 20.0), 0.88),
        Frame(Rect(450.0, y - 20.0, 77.0, 20.0), 0.88),
        Frame(Rect(181.0, y, 235.0, rows_h), 0.88),
        Frame(Rect(416.0, y, 34.0, rows_h), 0.88),
    ]
    printed.frames += grid(y - 7.0, 7.0, tuple(181.0 + 235.0 / 12 * column for column in range(13)), 0.35)
    printed.texts += [
        Text(298.5, y - 11.8, 4.0, title, bold=True, align="centre"),
        Text(433.0, y - 10.9, 3.9, "JUMLAH", bold=True, align="centre"),
        Text(433.0, y - 6.0, 3.9, "TIAP BARIS", bold=True, align="centre"),
        Text(488.5, y - 8.5, 3.7, total, bold=True, align="centre"),
    ]
    printed.texts += [
        Text(181.0 + 235.0 / 12 * (column + 0.5), y - 2.0, 4.0, str(column + 1), align="centre")
        for column in range(12)
    ]


def totals_page(style: Style, parts: str) -> Page:
    """The last page: all votes. `parts` are the lines that are summed, as printed, such as IV.1 + IV.2."""
    printed = begin_votes(style, style.pages, 412.5, 31.6)
    printed.texts += heading(138.8, "V.", "DATA SUARA SAH DAN SUARA TIDAK SAH")
    for y, letter, names in (
        (158.0, "A.", ("JUMLAH SELURUH", "SUARA SAH", f"( {parts} )")),
        (304.0, "C.", ("JUMLAH SELURUH", "SUARA SAH DAN", "SUARA TIDAK SAH", "( V.A + V.B )")),
    ):
        printed.frames += grid(y, 36.0, (73.0, 88.0, 181.0, 450.0, 527.0), 0.88)
        printed.texts.append(Text(80.5, y + 19.5, 4.0, letter, bold=True, align="centre"))
        top = y + 20.0 - 3.6 * len(names) + 4.6
        printed.texts += [
            Text(134.5, top + 7.4 * row, 5.0, name, bold=True, align="centre") for row, name in enumerate(names)
        ]
        printed.texts.append(
            Text(416.6, y + 26.0, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre")
        )
    tally_table(printed, 229.0, 62.3, "RINCIAN PEROLEHAN SUARA TIDAK SAH", "JUMLAH SUARA TIDAK SAH")
    printed.texts += [
        Text(80.5, 251.5, 4.0, "B.", bold=True, align="centre"),
        Text(134.5, 248.0, 5.0, "JUMLAH SUARA", bold=True, align="centre"),
        Text(134.5, 256.0, 5.0, "TIDAK SAH", bold=True, align="centre"),
        Text(488.5, 288.7, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre"),
        Text(114.8, 368.0, 5.5, "DITETAPKAN DI :", bold=True),
        Text(282.8, 368.0, 5.5, "TANGGAL :", bold=True),
        Text(362.3, 368.0, 5.5, "BULAN :", bold=True),
        Text(432.5, 368.0, 5.5, "TAHUN :", bold=True),
    ]
    printed.frames += [
        *grid(209.0, 82.3, (73.0, 88.0, 181.0), 0.88),
        Frame(Rect(450.0, 229.0, 77.0, 62.3), 0.88),
    ]
    for xs in ((322.0, 338.0, 354.0), (392.4, 408.4, 424.4), (463.0, 479.0, 495.0, 511.0, 527.0)):
        printed.frames += grid(358.5, 16.0, xs, 0.71)
    printed.lines.append(Line(177.9, 371.0, 273.0, 371.0, 0.9, dotted=True))
    return printed.page()


def vote_pages(tickets: int) -> int:
    """How many pages of `ticket_page` so many tickets need."""
    return -(-tickets // BLOCKS_A_PAGE)


def ticket_page(style: Style, page: int, tickets: int, title: str, names: tuple[str, ...]) -> Page:
    """A page of blocks, six a page, the first on page 2. `names` are the lines for the name of who stands."""
    printed = begin_votes(style, page)
    printed.texts += heading(138.8, "IV.", title)
    first = (page - 2) * BLOCKS_A_PAGE + 1
    for number in range(first, min(first + BLOCKS_A_PAGE, tickets + 1)):
        _block(printed, number, names)
    return printed.page()


def tickets_of(tickets: int, who: Label) -> tuple[Field, ...]:
    """The figures suara_1, suara_2 … of `ticket_page`'s blocks; `who` is one of those who stand."""
    return tuple(_ticket(number, who) for number in range(1, tickets + 1))


def _corner(number: int) -> tuple[float, float]:
    """The top left corner of a ticket's block in mm."""
    slot = (number - 1) % BLOCKS_A_PAGE
    return 73.0 + BLOCK_W * (slot % 2), 158.0 + BLOCK_H * (slot // 2)


def _ticket(number: int, who: Label) -> Field:
    x, y = _corner(number)
    first = x + BLOCK_W - 72.0
    columns = tuple(first + step for step in (0.0, 23.5, 47.0))
    return Field(
        f"suara_{number}",
        2 + (number - 1) // BLOCKS_A_PAGE,
        f"IV.{number}",
        Label(f"Suara {who.id} {number}", f"Votes for {who.en} {number}"),
        boxes(columns, y + 10.0, VOTES_BOX),
        guided=True,
        bubbles=Bubbles(tuple(column + 10.0 for column in columns), y + 39.5, BUBBLE_PITCH, BUBBLE_RADIUS),
        tally=TallyGrid(Rect(x + 4.0, y + 60.0, 120.0, 75.0), 5, 12, Rect(x + 126.0, y + 60.0, 20.0, 75.0)),
        words=Rect(x + 4.0, y + 146.0, BLOCK_W - 8.0, 34.0),
    )


def _block(printed: Print, number: int, names: tuple[str, ...]) -> None:
    """What is printed around a ticket's boxes and tally marks."""
    x, y = _corner(number)
    printed.frames += [
        Frame(Rect(x, y, BLOCK_W, BLOCK_H), 1.06),
        Frame(Rect(x + BLOCK_W - 77.0, y, 77.0, 140.0), 0.53),
        Frame(Rect(x, y + 140.0, BLOCK_W, BLOCK_H - 140.0), 0.53),
        Frame(Rect(x + 4.0, y + 60.0, 120.0, 75.0), 0.53),
        Frame(Rect(x + 126.0, y + 60.0, 20.0, 75.0), 0.53),
    ]
    printed.texts += [
        centred(x + 18.0, y + 24.0, 12.0, str(number)),
        *(Text(x + 36.0, y + 18.0 + 7.4 * row, 5.0, name, bold=True) for row, name in enumerate(names)),
        centred(x + 64.0, y + 55.0, 4.0, "RINCIAN PEROLEHAN SUARA SAH"),
        Text(x + 4.0, y + 186.0, 3.3, "( ditulis menggunakan huruf kapital )", italic=True),
        Text(x + 222.0, y + 186.0, 3.6, "Hitamkan bulatan sesuai angka", italic=True, align="right"),
    ]
