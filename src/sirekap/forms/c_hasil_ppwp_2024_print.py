"""What is printed on C.HASIL-PPWP 2024 beside the cells that are read: marks, tags, tables, wording.

Measured from KPU's vector file (see `c_hasil_ppwp_2024`); the wording is the form's own, because findings
quote it and officers recognise it.
"""

from __future__ import annotations

import itertools

from sirekap.forms.model import CornerMark, Frame, Line, Page, Rect, Tag, Text

SIDE = 7.2
TAG = Rect(494.1, 107.3, 32.0, 32.0)
# As printed: the family's patterns turned by 180°, so a detector's first corner is the bottom right one.
# As printed: KPU prints the tags upside down against the family's canonical orientation.
TAG_BITS = {
    101: ("000111", "011010", "000111", "001000", "100111", "011101"),
    102: ("001010", "001001", "110010", "011001", "101100", "101100"),
    103: ("001110", "101110", "100101", "001011", "100000", "000101"),
}
MARKS = tuple(
    CornerMark(name, (Rect(ax, ay, SIDE, SIDE), Rect(bx, by, SIDE, SIDE)))
    for name, ax, ay, bx, by in (
        ("nw", 40.0, 57.8, 47.2, 65.0),
        ("ne", 545.6, 57.8, 552.8, 65.0),
        ("se", 545.6, 867.8, 552.8, 875.0),
        ("sw", 40.0, 867.8, 47.2, 875.0),
    )
)
LEFT, RIGHT = 73.0, 527.0
QR = Rect(440.0, 120.5, 32.0, 32.0)
GREY = 0.865


def _grid(y: float, h: float, xs: tuple[float, ...], width: float = 0.53) -> tuple[Frame, ...]:
    """One row of a table: frames between neighbouring x positions."""
    return tuple(Frame(Rect(a, y, b - a, h), width) for a, b in itertools.pairwise(xs))


def _common(number: int, signatures_y: float) -> tuple[list[Text], list[Line], list[Frame], tuple[Rect, ...]]:
    """What all three pages share: edge rules, model box, page number, signature block."""
    texts = [
        Text(505.0, 87.2, 3.9, "MODEL", bold=True, align="centre"),
        Text(505.0, 92.6, 3.9, "C.HASIL-PPWP", bold=True, align="centre"),
        Text(505.0, 104.0, 4.0, f"Halaman {number} dari 3", bold=True, align="centre"),
        Text(489.0, 123.2, 4.0, f"{100 + number}", align="centre"),
        Text(40.2, 891.0, 3.6, f"PEMILU PRESIDEN DAN WAKIL PRESIDEN - Hal {number} dari 3", bold=True),
        Text(519.9, 868.0, 4.0, "*) Coret yang tidak perlu", italic=True, align="right"),
    ]
    lines = [
        Line(60.0, 57.0, 540.0, 57.0, 1.41, GREY),
        Line(60.0, 882.2, 540.0, 882.2, 1.41, GREY),
        Line(40.0, 80.0, 40.0, 860.0, 1.41, GREY),
        Line(560.0, 80.0, 560.0, 860.0, 1.41, GREY),
        Line(40.0, 50.0, 560.0, 50.0, 0.71, 0.62, dotted=True),
    ]
    more_texts, more_lines, frames, areas = _signatures(signatures_y, 31.6 if number == 3 else 0.0)
    return (
        texts + more_texts,
        lines + more_lines,
        [Frame(Rect(483.0, 78.1, 44.0, 20.0), 0.71), *frames],
        areas,
    )


def _signatures(y: float, taller: float) -> tuple[list[Text], list[Line], list[Frame], tuple[Rect, ...]]:
    """Where the seven officers and the tickets' witnesses sign; `taller` mm more for the witnesses."""
    texts = [
        Text(
            300.0,
            y + 6.9,
            4.0,
            "NAMA DAN TANDA TANGAN KELOMPOK PENYELENGGARA PEMUNGUTAN SUARA",
            bold=True,
            align="centre",
        ),
        Text(
            300.0,
            y + 51.6,
            4.0,
            "NAMA DAN TANDA TANGAN SAKSI PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN",
            bold=True,
            align="centre",
        ),
    ]
    lines: list[Line] = []
    frames = [Frame(Rect(70.0, y, 460.0, 112.6 + taller - (8.0 if taller else 0.0)), 1.06)]
    frames += [Frame(Rect(70.0, y, 460.0, 10.4), 0.35), Frame(Rect(70.0, y + 45.0, 460.0, 9.7), 0.88)]
    areas: list[Rect] = []
    pitch = 460.0 / 7
    for index in range(7):
        x = 70.0 + index * pitch
        frames.append(Frame(Rect(x, y + 10.4, pitch, 34.6), 0.35))
        texts.append(Text(x + 5.1, y + 29.9, 6.0, f"{index + 1}.", bold=True))
        lines.append(Line(x + 15.9, y + 42.0, x + 60.4, y + 42.0, 0.6, dotted=True))
        areas.append(Rect(x + 14.0, y + 14.0, pitch - 16.0, 26.0))
    middle = y + 54.7 + (36.5 if taller else 26.0)
    bottom = y + 112.6 + (23.6 if taller else 0.0)
    for index in range(3):
        x = 70.0 + index * 460.0 / 3
        frames.append(Frame(Rect(x, y + 54.7, 460.0 / 3, middle - y - 54.7), 0.53))
        frames.append(Frame(Rect(x, middle, 460.0 / 3, bottom - middle), 0.53))
        texts.append(Text(x + 8.1, y + 73.0, 8.0, f"{index + 1}.", bold=True))
        texts.append(Text(x + 22.3, y + 66.5, 4.7, "NAMA CALON PRESIDEN", bold=True))
        texts.append(Text(x + 22.3, y + 73.2, 4.7, "NAMA CALON WAKIL PRESIDEN", bold=True))
        lines.append(Line(x + 41.9, bottom - 3.5, x + 110.8, bottom - 3.5, 0.8, dotted=True))
        areas.append(Rect(x + 30.0, middle + 3.0, 95.0, bottom - middle - 8.0))
    return texts, lines, frames, tuple(areas)


def _place(
    x1: float, x2: float, y: float, width1: float, width2: float
) -> tuple[list[Text], list[Line], tuple[tuple[str, Rect], ...]]:
    """The lines that name the station: province, regency; district, village, number."""
    rows = (
        ("provinsi", "Provinsi", x1, 55.0, width1, 0),
        ("kabupaten", "Kabupaten / Kota", x1, 55.0, width1, 1),
        ("kecamatan", "Kecamatan", x2, 72.0, width2, 0),
        ("kelurahan", "Kelurahan / Desa *)", x2, 72.0, width2, 1),
        ("tps", "Nomor TPS", x2, 72.0, width2, 2),
    )
    texts: list[Text] = []
    lines: list[Line] = []
    areas: list[tuple[str, Rect]] = []
    for name, label, x, indent, width, row in rows:
        base = y + row * 12.7
        texts += [
            Text(x, base - 1.6, 5.0, label, bold=True),
            Text(x + indent - 3.9, base - 1.6, 5.0, ":", bold=True),
        ]
        lines.append(Line(x + indent, base + 0.5, x + indent + width, base + 0.5, 0.8, dotted=True))
        areas.append((name, Rect(x + indent + 2.0, base - 8.0, width - 4.0, 8.0)))
    return texts, lines, tuple(areas)


def _heading(y: float, number: str, text: str) -> list[Text]:
    return [Text(73.5, y, 5.8, number, bold=True), Text(89.4, y, 5.8, text, bold=True)]


def _page_1() -> Page:
    texts, lines, frames, signatures = _common(1, 744.0)
    more, dots, header = _place(73.3, 251.1, 211.5, 105.0, 104.0)
    texts += more
    lines += dots
    for y, size, text in (
        (95.5, 6.0, "BERITA ACARA, SERTIFIKAT DAN CATATAN HASIL PENGHITUNGAN PEROLEHAN SUARA"),
        (104.0, 6.0, "DI TEMPAT PEMUNGUTAN SUARA DALAM PEMILIHAN UMUM"),
        (114.0, 7.4, "PRESIDEN DAN WAKIL PRESIDEN"),
        (124.0, 7.4, "REPUBLIK INDONESIA"),
        (133.5, 6.0, "TAHUN 2024"),
    ):
        texts.append(Text(300.0, y, size, text, bold=True, align="centre"))
    for y, text in (
        (168.0, f"Pada hari ini {'.' * 30} tanggal {'.' * 44} bulan {'.' * 38} tahun {'.' * 100}"),
        (
            179.5,
            (
                "Kelompok Penyelenggara Pemungutan Suara (KPPS) mengadakan Rapat Pemungutan dan Penghitungan "
                "Suara dalam Pemilihan Umum Presiden dan Wakil Presiden"
            ),
        ),
        (
            191.0,
            (
                "Republik Indonesia, yang dihadiri oleh Saksi dan/atau Panwaslu Kelurahan/Desa / Pengawas TPS, "
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
        texts.append(Text(73.3, y, 5.0, text, bold=True))
    more, tables = _tables_of_page_1()
    return Page(
        1,
        Tag(101, TAG, TAG_BITS[101]),
        MARKS,
        (*texts, *more),
        tuple(lines),
        (*frames, *tables),
        header,
        signatures,
        QR,
    )


def _tables_of_page_1() -> tuple[list[Text], list[Frame]]:
    wide = (73.0, 302.0, 377.0, 452.0, 527.0)
    texts = [
        *_heading(338.0, "I.", "DATA PEMILIH DAN PENGGUNA HAK PILIH"),
        *_heading(538.0, "II.", "DATA PENGGUNAAN SURAT SUARA"),
        *_heading(677.3, "III.", "DATA PEMILIH DISABILITAS"),
    ]
    frames: list[Frame] = []
    for y, h in ((343.9, 15.0), (358.9, 7.5), (683.2, 15.0), (698.2, 7.5), (705.7, 27.5)):
        frames += _grid(y, h, wide)
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
    frames += _grid(381.4, 28.0, (73.0, 91.3, *wide[1:]))
    for y, h in ((424.4, 25.5), (449.9, 23.0), (472.9, 23.0), (495.9, 25.5)):
        frames += _grid(y, h, (73.0, 91.3, 302.0), 0.35)
    frames += _grid(424.4, 97.0, wide[1:])
    frames += [
        Frame(Rect(73.0, 343.9, 454.0, 177.5), 0.88),
        Frame(Rect(73.0, 544.0, 454.0, 119.5), 0.88),
        Frame(Rect(73.0, 683.2, 454.0, 50.0), 0.88),
    ]
    frames += [*_grid(544.0, 15.0, (73.0, 452.0, 527.0)), *_grid(559.0, 7.5, (73.0, 452.0, 527.0))]
    for y, h in ((566.5, 25.5), (592.0, 23.0), (615.0, 23.0), (638.0, 25.5)):
        frames += _grid(y, h, (73.0, 452.0), 0.35)
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


def _tally_table(y: float, rows_h: float, title: str, total: str) -> tuple[list[Text], list[Frame]]:
    """The head (20 mm) and the frames of a tally table whose rows begin at `y`."""
    frames = [
        Frame(Rect(181.0, y - 20.0, 235.0, 20.0), 0.88),
        Frame(Rect(416.0, y - 20.0, 34.0, 20.0), 0.88),
        Frame(Rect(450.0, y - 20.0, 77.0, 20.0), 0.88),
        Frame(Rect(181.0, y, 235.0, rows_h), 0.88),
        Frame(Rect(416.0, y, 34.0, rows_h), 0.88),
    ]
    frames += _grid(y - 7.0, 7.0, tuple(181.0 + 235.0 / 12 * column for column in range(13)), 0.35)
    texts = [
        Text(298.5, y - 11.8, 4.0, title, bold=True, align="centre"),
        Text(433.0, y - 10.9, 3.9, "JUMLAH", bold=True, align="centre"),
        Text(433.0, y - 6.0, 3.9, "TIAP BARIS", bold=True, align="centre"),
        Text(488.5, y - 8.5, 3.7, total, bold=True, align="centre"),
    ]
    texts += [
        Text(181.0 + 235.0 / 12 * (column + 0.5), y - 2.0, 4.0, str(column + 1), align="centre")
        for column in range(12)
    ]
    return texts, frames


def _page_2() -> Page:
    texts, lines, frames, signatures = _common(2, 744.0)
    more, dots, header = _place(106.2, 284.0, 89.5, 105.0, 104.0)
    texts += more
    lines += dots
    texts += _heading(138.8, "IV.", "DATA RINCIAN PEROLEHAN SUARA PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN")
    head_texts, head_frames = _tally_table(178.0, 80.0, "RINCIAN PEROLEHAN SUARA SAH", "JUMLAH SUARA SAH")
    texts += [
        *head_texts,
        Text(127.0, 167.0, 4.0, "NOMOR DAN NAMA", bold=True, align="centre"),
        Text(127.0, 172.3, 4.0, "PASANGAN CALON", bold=True, align="centre"),
    ]
    frames += [*head_frames, Frame(Rect(73.0, 158.0, 108.0, 20.0), 0.88)]
    for block in range(3):
        y = 178.0 + block * 152.0
        frames += [
            Frame(Rect(73.0, y, 108.0, 80.0), 0.88),
            Frame(Rect(181.0, y, 235.0, 80.0), 0.88),
            Frame(Rect(416.0, y, 34.0, 80.0), 0.88),
            Frame(Rect(73.0, y + 80.0, 377.0, 62.0), 0.88),
            Frame(Rect(450.0, y, 77.0, 142.0), 0.88),
        ]
        if block < 2:
            frames.append(Frame(Rect(73.0, y + 142.0, 454.0, 10.0), 1.06))
        texts += [
            Text(127.0, y + 17.2, 12.0, str(block + 1), bold=True, align="centre"),
            Text(127.0, y + 33.5, 4.7, "NAMA CALON PRESIDEN", bold=True, align="centre"),
            Text(127.0, y + 40.2, 4.7, "NAMA CALON WAKIL PRESIDEN", bold=True, align="centre"),
            Text(209.0, y + 134.5, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre"),
            Text(403.0, y + 107.5, 4.6, "Hitamkan bulatan ini sesuai dengan", italic=True, align="centre"),
            Text(403.0, y + 113.2, 4.6, "isian angka pada kotak", italic=True, align="centre"),
            Text(403.0, y + 123.6, 9.5, "⓪ → ●", align="centre"),
        ]
    frames.append(Frame(Rect(73.0, 158.0, 454.0, 466.0), 1.06))
    return Page(
        2,
        Tag(102, TAG, TAG_BITS[102]),
        MARKS,
        tuple(texts),
        tuple(lines),
        tuple(frames),
        header,
        signatures,
        QR,
    )


def _page_3() -> Page:
    texts, lines, frames, signatures = _common(3, 412.5)
    more, dots, header = _place(106.2, 284.0, 89.5, 105.0, 104.0)
    texts += more
    lines += dots
    texts += _heading(138.8, "V.", "DATA SUARA SAH DAN SUARA TIDAK SAH")
    for y, letter, names in (
        (158.0, "A.", ("JUMLAH SELURUH", "SUARA SAH", "( IV.1 + IV.2 + IV.3 )")),
        (304.0, "C.", ("JUMLAH SELURUH", "SUARA SAH DAN", "SUARA TIDAK SAH", "( V.A + V.B )")),
    ):
        frames += _grid(y, 36.0, (73.0, 88.0, 181.0, 450.0, 527.0), 0.88)
        texts.append(Text(80.5, y + 19.5, 4.0, letter, bold=True, align="centre"))
        top = y + 20.0 - 3.6 * len(names) + 4.6
        texts += [
            Text(134.5, top + 7.4 * row, 5.0, name, bold=True, align="centre") for row, name in enumerate(names)
        ]
        texts.append(
            Text(416.6, y + 26.0, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre")
        )
    more, tables = _tally_table(229.0, 62.3, "RINCIAN PEROLEHAN SUARA TIDAK SAH", "JUMLAH SUARA TIDAK SAH")
    texts += [
        *more,
        Text(80.5, 251.5, 4.0, "B.", bold=True, align="centre"),
        Text(134.5, 248.0, 5.0, "JUMLAH SUARA", bold=True, align="centre"),
        Text(134.5, 256.0, 5.0, "TIDAK SAH", bold=True, align="centre"),
        Text(488.5, 288.7, 3.3, "( ditulis menggunakan huruf kapital )", italic=True, align="centre"),
        Text(114.8, 368.0, 5.5, "DITETAPKAN DI :", bold=True),
        Text(282.8, 368.0, 5.5, "TANGGAL :", bold=True),
        Text(362.3, 368.0, 5.5, "BULAN :", bold=True),
        Text(432.5, 368.0, 5.5, "TAHUN :", bold=True),
    ]
    frames += [
        *tables,
        *_grid(209.0, 82.3, (73.0, 88.0, 181.0), 0.88),
        Frame(Rect(450.0, 229.0, 77.0, 62.3), 0.88),
    ]
    for xs in ((322.0, 338.0, 354.0), (392.4, 408.4, 424.4), (463.0, 479.0, 495.0, 511.0, 527.0)):
        frames += _grid(358.5, 16.0, xs, 0.71)
    lines.append(Line(177.9, 371.0, 273.0, 371.0, 0.9, dotted=True))
    return Page(
        3,
        Tag(103, TAG, TAG_BITS[103]),
        MARKS,
        tuple(texts),
        tuple(lines),
        tuple(frames),
        header,
        signatures,
        QR,
    )


PAGES = (_page_1(), _page_2(), _page_3())
