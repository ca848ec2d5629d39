"""C.HASIL-PPWP as printed for Pemilu 2024: what is written in its boxes, and its arithmetic.

Measured from KPU's own vector file (600 × 900 mm, three pages): coordinates are the middles of the printed
lines. What is only printed and never read stands in `c_hasil_ppwp_2024_print`.
"""

from __future__ import annotations

from sirekap.forms.c_hasil_ppwp_2024_print import PAGES
from sirekap.forms.model import AtMost, Bubbles, Equation, Field, Form, Label, Rect, TallyGrid

TICKETS = 3
COLUMN_X = {"l": (307.5, 330.5, 353.5), "p": (382.5, 405.5, 428.5), "j": (457.5, 480.5, 503.5)}
COLUMN_LABEL = {
    "l": Label("laki-laki", "men"),
    "p": Label("perempuan", "women"),
    "j": Label("jumlah", "total"),
}
PAGE_1_BOX = 18.0
VOTES_X = (455.0, 478.5, 502.0)
VOTES_BOX = 20.0
BLOCK_PITCH = 152.0

BY_SEX = (  # figure, line, top of its boxes, label
    ("pemilih_dpt", "I.A", 386.4, Label("Pemilih dalam DPT", "Voters on the roll (DPT)")),
    ("pengguna_dpt", "I.B.1", 429.4, Label("Pengguna hak pilih dalam DPT", "Voted, on the roll (DPT)")),
    ("pengguna_dptb", "I.B.2", 452.4, Label("Pengguna hak pilih dalam DPTb", "Voted, transferred (DPTb)")),
    ("pengguna_non_dpt", "I.B.3", 475.4, Label("Pengguna hak pilih dalam DPK", "Voted, special list (DPK)")),
    ("pengguna_total", "I.B.4", 498.4, Label("Jumlah pengguna hak pilih", "All who voted")),
)
BALLOTS = (
    ("surat_suara_diterima", "II.1", 571.5, Label("Surat suara diterima", "Ballots received")),
    ("surat_suara_digunakan", "II.2", 594.5, Label("Surat suara digunakan", "Ballots used")),
    (
        "surat_suara_dikembalikan",
        "II.3",
        617.5,
        Label("Surat suara dikembalikan (rusak/keliru coblos)", "Ballots returned (spoilt)"),
    ),
    ("surat_suara_sisa", "II.4", 640.5, Label("Surat suara tidak digunakan", "Ballots not used")),
)
DISABLED = ("disabilitas", "III", 710.5, Label("Pemilih disabilitas", "Voters with disabilities"))
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


def _boxes(xs: tuple[float, ...], y: float, side: float) -> tuple[Rect, ...]:
    return tuple(Rect(x, y, side, side) for x in xs)


def _by_sex(name: str, line: str, y: float, label: Label, may_be_blank: bool = False) -> tuple[Field, ...]:
    return tuple(
        Field(
            f"{name}_{sex}",
            1,
            f"{line} ({number})",
            Label(f"{label.id}, {COLUMN_LABEL[sex].id}", f"{label.en}, {COLUMN_LABEL[sex].en}"),
            _boxes(COLUMN_X[sex], y, PAGE_1_BOX),
            may_be_blank=may_be_blank,
        )
        for number, sex in enumerate("lpj", start=2)
    )


def _ticket(number: int) -> Field:
    down = (number - 1) * BLOCK_PITCH
    return Field(
        f"suara_{number}",
        2,
        f"IV.{number}",
        Label(f"Suara pasangan calon {number}", f"Votes for ticket {number}"),
        _boxes(VOTES_X, 184.6 + down, VOTES_BOX),
        guided=True,
        bubbles=Bubbles((465.0, 488.5, 512.0), 214.1 + down, 10.5, 4.0),
        tally=TallyGrid(Rect(181.0, 178.0 + down, 235.0, 80.0), 5, 12, Rect(421.0, 178.0 + down, 24.0, 80.0)),
        words=Rect(78.0, 262.0 + down, 300.0, 46.0),
    )


FIELDS: tuple[Field, ...] = (
    *(field for row in BY_SEX for field in _by_sex(*row)),
    *(Field(name, 1, line, label, _boxes(COLUMN_X["j"], y, PAGE_1_BOX)) for name, line, y, label in BALLOTS),
    *_by_sex(*DISABLED, may_be_blank=True),
    *(_ticket(number) for number in range(1, TICKETS + 1)),
    *(
        Field(name, 3, line, label, _boxes(VOTES_X, y, VOTES_BOX), tally=tally, words=words)
        for name, line, y, label, tally, words in TOTALS
    ),
)


def _sum_of_sexes(rule: str, name: str, line: str, label: Label) -> Equation:
    return Equation(
        rule,
        f"{name}_j",
        (f"{name}_l", f"{name}_p"),
        line,
        "JUMLAH (L+P)",
        Label(f"{label.id}: jumlah = laki-laki + perempuan", f"{label.en}: total = men + women"),
    )


def _sum_of_voters(rule: str, sex: str) -> Equation:
    return Equation(
        rule,
        f"pengguna_total_{sex}",
        tuple(f"pengguna_{kind}_{sex}" for kind in ("dpt", "dptb", "non_dpt")),
        "I.B.4",
        "Jumlah Pengguna Hak Pilih (B.1 + B.2 + B.3)",
        Label(
            f"Pengguna hak pilih ({COLUMN_LABEL[sex].id}) = DPT + DPTb + DPK",
            f"All who voted ({COLUMN_LABEL[sex].en}) = DPT + DPTb + DPK",
        ),
    )


EQUATIONS: tuple[Equation, ...] = (
    *(_sum_of_sexes(f"R{number:02d}", row[0], row[1], row[3]) for number, row in enumerate(BY_SEX, start=1)),
    *(_sum_of_voters(f"R{number:02d}", sex) for number, sex in enumerate("lpj", start=6)),
    _sum_of_sexes("R09", DISABLED[0], DISABLED[1], DISABLED[3]),
    Equation(
        "R10",
        "surat_suara_diterima",
        ("surat_suara_digunakan", "surat_suara_dikembalikan", "surat_suara_sisa"),
        "II.1",
        "Jumlah surat suara yang diterima, termasuk surat suara cadangan 2% dari DPT",
        Label(
            "Surat suara diterima = digunakan + dikembalikan + tidak digunakan",
            "Ballots received = used + returned + not used",
        ),
    ),
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
        tuple(f"suara_{number}" for number in range(1, TICKETS + 1)),
        "V.A",
        "JUMLAH SELURUH SUARA SAH (IV.1 + IV.2 + IV.3)",
        Label("Suara sah = jumlah suara semua pasangan calon", "Valid votes = votes of all tickets"),
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

AT_MOST: tuple[AtMost, ...] = (
    *(
        AtMost(
            f"R{number}",
            f"pengguna_dpt_{sex}",
            f"pemilih_dpt_{sex}",
            "I.B.1",
            "Jumlah pengguna hak pilih dalam Daftar Pemilih Tetap (DPT)",
            Label(
                f"Pengguna dalam DPT ({COLUMN_LABEL[sex].id}) tidak melebihi pemilih DPT",
                f"Voted on the roll ({COLUMN_LABEL[sex].en}) is at most the roll",
            ),
        )
        for number, sex in zip((20, 21, 22), "lpj", strict=True)
    ),
    AtMost(
        "R23",
        "pengguna_total_j",
        "pemilih_dpt_j",
        "I.B.4",
        "Jumlah Pengguna Hak Pilih (B.1 + B.2 + B.3)",
        Label(
            "Pengguna hak pilih melebihi DPT; DPTb dan DPK berada di luarnya",
            "All who voted exceed the roll; DPTb and DPK are outside it",
        ),
    ),
    AtMost(
        "R24",
        "disabilitas_j",
        "pengguna_total_j",
        "III",
        "Jumlah seluruh Pemilih disabilitas yang menggunakan hak pilih",
        Label(
            "Pemilih disabilitas tidak melebihi pengguna hak pilih",
            "Voters with disabilities are at most all who voted",
        ),
    ),
)

FORM = Form("C.HASIL-PPWP/2024", "ppwp", 600.0, 900.0, PAGES, FIELDS, EQUATIONS, AT_MOST, TICKETS)
