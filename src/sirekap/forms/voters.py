"""Page 1 of every C.Hasil of the family: voters, ballots, voters with disabilities; R01 to R10, R20 to R24.

Measured from KPU's vector file of C.HASIL-PPWP 2024; what differs between forms is the election's name.
"""

from __future__ import annotations

from sirekap.forms.layout import Print, Style, begin, boxes, centred, grid, heading, place_lines
from sirekap.forms.model import AtMost, Equation, Field, Frame, Label, Page, Rect, Text

COLUMN_X = {"l": (307.5, 330.5, 353.5), "p": (382.5, 405.5, 428.5), "j": (457.5, 480.5, 503.5)}
COLUMN_LABEL = {
    "l": Label("laki-laki", "men"),
    "p": Label("perempuan", "women"),
    "j": Label("jumlah", "total"),
}
PAGE_1_BOX = 18.0
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


def _by_sex(name: str, line: str, y: float, label: Label, may_be_blank: bool = False) -> tuple[Field, ...]:
    return tuple(
        Field(
            f"{name}_{sex}",
            1,
            f"{line} ({number})",
            Label(f"{label.id}, {COLUMN_LABEL[sex].id}", f"{label.en}, {COLUMN_LABEL[sex].en}"),
            boxes(COLUMN_X[sex], y, PAGE_1_BOX),
            may_be_blank=may_be_blank,
        )
        for number, sex in enumerate("lpj", start=2)
    )


FIELDS: tuple[Field, ...] = (
    *(field for row in BY_SEX for field in _by_sex(*row)),
    *(Field(name, 1, line, label, boxes(COLUMN_X["j"], y, PAGE_1_BOX)) for name, line, y, label in BALLOTS),
    *_by_sex(*DISABLED, may_be_blank=True),
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


def voters_page(style: Style, titles: tuple[str, str, str], year: int, event: tuple[str, str]) -> Page:
    """Page 1. `titles` end with the contest's name in two lines; `event` the end of the second and the start of
    the third line of the opening sentence, which name the election.
    """
    printed = begin(style, 1, 744.0)
    place_lines(printed, 73.3, 251.1, 211.5, 105.0, 104.0)
    for y, size, text in (
        (95.5, 6.0, "BERITA ACARA, SERTIFIKAT DAN CATATAN HASIL PENGHITUNGAN PEROLEHAN SUARA"),
        (104.0, 6.0, f"DI TEMPAT PEMUNGUTAN SUARA DALAM {titles[0]}"),
        (114.0, 7.4, titles[1]),
        (124.0, 7.4, titles[2]),
        (133.5, 6.0, f"TAHUN {year}"),
    ):
        printed.texts.append(centred(300.0, y, size, text))
    _opening(printed, event)
    texts, frames = _tables()
    printed.texts += texts
    printed.frames += frames
    return printed.page()


def _opening(printed: Print, event: tuple[str, str]) -> None:
    """The sentences of the minutes above the tables."""
    for y, text in (
        (168.0, f"Pada hari ini {'.' * 30} tanggal {'.' * 44} bulan {'.' * 38} tahun {'.' * 100}"),
        (
            179.5,
            (
                "Kelompok Penyelenggara Pemungutan Suara (KPPS) mengadakan Rapat Pemungutan dan Penghitungan "
                f"Suara dalam {event[0]}"
            ),
        ),
        (
            191.0,
            (
                f"{event[1]}, yang dihadiri oleh Saksi dan/atau Panwaslu Kelurahan/Desa / Pengawas TPS, "
                "bertempat di:"
            ),
        ),
        (
            256.5,
            (
                "Pemungutan dan Penghitungan Suara dipimpin oleh Ketua KPPS dengan kegiatan membuka Rapat "
                "Pemungutan Suara, membuka kotak suara dan mengeluarkan seluruh"
            ),
        ),
        (
            268.0,
            (
                "isi kotak suara, mengidentifikasi dan menghitung jenis serta jumlah dokumen dan peralatan "
                "pemungutan dan penghitungan suara, memeriksa dan menandatangani"
            ),
        ),
        (
            279.5,
            (
                "surat suara yang akan digunakan oleh Pemilih, dimulai pada pukul ..... : ..... s.d. "
                "..... : ..... waktu setempat."
            ),
        ),
        (
            291.0,
            (
                "Selanjutnya Rapat Penghitungan Suara dimulai pukul ..... : ..... s.d. ..... : ..... waktu "
                "setempat di hari yang sama / setelahnya *). Adapun data pemilih dan"
            ),
        ),
        (
            302.3,
            "pengguna hak pilih, penggunaan surat suara, dan hasil penghitungan suara terinci sebagai berikut:",
        ),
    ):
        printed.texts.append(Text(73.3, y, 5.0, text, bold=True))


def _tables() -> tuple[list[Text], list[Frame]]:
    wide = (73.0, 302.0, 377.0, 452.0, 527.0)
    texts = [
        *heading(338.0, "I.", "DATA PEMILIH DAN PENGGUNA HAK PILIH"),
        *heading(538.0, "II.", "DATA PENGGUNAAN SURAT SUARA"),
        *heading(677.3, "III.", "DATA PEMILIH DISABILITAS"),
    ]
    frames: list[Frame] = []
    for y, h in ((343.9, 15.0), (358.9, 7.5), (683.2, 15.0), (698.2, 7.5), (705.7, 27.5)):
        frames += grid(y, h, wide)
    for y in (353.5, 692.8):
        texts += [
            Text(187.5, y, 4.6, "URAIAN", bold=True, align="centre"),
            Text(339.5, y, 4.6, "LAKI-LAKI (L)", bold=True, align="centre"),
            Text(414.5, y, 4.6, "PEREMPUAN (P)", bold=True, align="centre"),
            Text(489.5, y, 4.6, "JUMLAH (L+P)", bold=True, align="centre"),
        ]
    for y in (364.2, 703.5):
        texts += [
            Text(x, y, 3.8, f"({number})", bold=True, align="centre")
            for number, x in enumerate((187.5, 339.5, 414.5, 489.5), start=1)
        ]
    frames += [Frame(Rect(73.0, 366.4, 454.0, 15.0), 0.53), Frame(Rect(73.0, 409.4, 454.0, 15.0), 0.53)]
    frames += grid(381.4, 28.0, (73.0, 91.3, *wide[1:]))
    for y, h in ((424.4, 25.5), (449.9, 23.0), (472.9, 23.0), (495.9, 25.5)):
        frames += grid(y, h, (73.0, 91.3, 302.0), 0.35)
    frames += grid(424.4, 97.0, wide[1:])
    frames += [
        Frame(Rect(73.0, 343.9, 454.0, 177.5), 0.88),
        Frame(Rect(73.0, 544.0, 454.0, 119.5), 0.88),
        Frame(Rect(73.0, 683.2, 454.0, 50.0), 0.88),
    ]
    frames += [*grid(544.0, 15.0, (73.0, 452.0, 527.0)), *grid(559.0, 7.5, (73.0, 452.0, 527.0))]
    for y, h in ((566.5, 25.5), (592.0, 23.0), (615.0, 23.0), (638.0, 25.5)):
        frames += grid(y, h, (73.0, 452.0), 0.35)
    frames.append(Frame(Rect(452.0, 566.5, 75.0, 97.0), 0.53))
    texts += [
        Text(262.5, 553.3, 4.6, "URAIAN", bold=True, align="centre"),
        Text(489.5, 553.3, 4.6, "JUMLAH", bold=True, align="centre"),
        Text(262.5, 564.2, 3.8, "(1)", bold=True, align="centre"),
        Text(489.5, 564.2, 3.8, "(2)", bold=True, align="centre"),
    ]
    for x, y, text, bold in (
        (78.5, 375.8, "A.   DATA PEMILIH", True),
        (95.7, 393.8, "Jumlah Pemilih dalam Daftar Pemilih Tetap (DPT)", False),
        (95.7, 400.8, "( Terdapat dalam Model A-Kabko Daftar Pemilih )", False),
        (78.5, 418.8, "B.   PENGGUNA HAK PILIH", True),
        (95.7, 440.6, "1. Jumlah pengguna hak pilih dalam Daftar Pemilih Tetap (DPT)", False),
        (95.7, 463.6, "2. Jumlah pengguna hak pilih dalam Daftar Pemilih Tambahan (DPTb)", False),
        (95.7, 486.6, "3. Jumlah pengguna hak pilih dalam Daftar Pemilih Khusus (DPK)", False),
        (95.7, 509.6, "4. Jumlah Pengguna Hak Pilih (B.1 + B.2 + B.3)", True),
        (
            81.0,
            582.7,
            "1. Jumlah surat suara yang diterima, termasuk surat suara cadangan 2% dari DPT",
            False,
        ),
        (81.0, 605.7, "2. Jumlah surat suara yang digunakan", False),
        (
            81.0,
            628.7,
            "3. Jumlah surat suara yang dikembalikan oleh pemilih (karena rusak atau keliru coblos)",
            False,
        ),
        (
            81.0,
            651.7,
            "4. Jumlah surat suara yang tidak digunakan/tidak terpakai, termasuk sisa surat suara cadangan",
            False,
        ),
        (78.5, 721.5, "Jumlah seluruh Pemilih disabilitas yang menggunakan hak pilih", False),
    ):
        texts.append(Text(x, y, 5.0, text, bold=bold))
    return texts, frames
