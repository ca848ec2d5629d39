"""C.HASIL SALINAN-PPWP 2024: the copy on A4 that witnesses and supervisors get, with the figures of C.HASIL-PPWP.

KPU's layout, measured from the pictures in the annex of its regulation, 1610 × 2277 pixels an A4 page: `_rect`
and `_text` take such pixels. It has neither tag nor corner marks: its pages are found by their lines. The
arms in its head are not ours to print; the QR code stands there.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from sirekap.forms.c_hasil_ppwp_2024 import FORM as ORIGINAL
from sirekap.forms.model import Field, Form, Frame, Line, Page, Rect, Text

WIDTH, HEIGHT = 210.0, 297.0
PIXEL = WIDTH / 1610  # mm
LEFT, RIGHT = 80.0, 1529.5
THIN, THICK = 0.27, 0.45
SEXES = {"l": (946.0, 1140.5), "p": (1140.5, 1335.0), "j": (1335.0, 1529.5)}
# The figures of each table: name without its sex, top and bottom of its boxes.
BY_SEX = (
    ("pemilih_dpt", 890.0, 951.0),
    ("pengguna_dpt", 1012.0, 1073.0),
    ("pengguna_dptb", 1073.0, 1134.0),
    ("pengguna_non_dpt", 1134.0, 1196.0),
    ("pengguna_total", 1196.0, 1257.0),
    ("disabilitas", 1789.0, 1851.0),
)
BALLOTS = (
    (
        "surat_suara_diterima",
        1401.0,
        1462.0,
        "1. Jumlah surat suara yang diterima, termasuk surat suara cadangan 2% dari DPT",
    ),
    ("surat_suara_digunakan", 1462.0, 1523.0, "2. Jumlah surat suara yang digunakan"),
    (
        "surat_suara_dikembalikan",
        1523.0,
        1584.0,
        "3. Jumlah surat suara yang dikembalikan oleh pemilih (karena rusak atau keliru coblos)",
    ),
    (
        "surat_suara_sisa",
        1584.0,
        1646.0,
        "4. Jumlah surat suara yang tidak digunakan/tidak terpakai, termasuk sisa surat suara cadangan",
    ),
)
TICKETS = ((350.0, 470.0, 529.5), (586.5, 706.5, 766.5), (823.5, 943.5, 1003.0))  # top, below the boxes, bottom
TOTALS = (
    ("suara_sah", 1320.0, 1427.0, "A.", ("JUMLAH SELURUH SUARA SAH", "(IV.1 + IV.2 + IV.3)")),
    ("suara_tidak_sah", 1457.5, 1564.0, "B.", ("JUMLAH SUARA TIDAK SAH",)),
    ("suara_total", 1595.0, 1701.5, "C.", ("JUMLAH SELURUH SUARA SAH", "DAN SUARA TIDAK SAH", "(A + B)")),
)

OPENING = (
    (305.0, f"Pada hari ini {'.' * 20} tanggal {'.' * 34} bulan {'.' * 30} tahun {'.' * 72}"),
    (
        332.0,
        (
            "Kelompok Penyelenggara Pemungutan Suara (KPPS) mengadakan Rapat Pemungutan dan Penghitungan Suara "
            "Pemilihan Umum Presiden dan Wakil Presiden"
        ),
    ),
    (
        359.0,
        (
            "Republik Indonesia, yang dihadiri oleh Saksi dan/atau Panwaslu Kelurahan/Desa / Pengawas TPS, "
            "bertempat di:"
        ),
    ),
    (
        547.0,
        (
            "Pemungutan dan Penghitungan Suara dipimpin oleh Ketua KPPS dihadiri oleh Saksi Peserta Pemilu "
            "dan/atau Pengawas TPS dengan kegiatan membuka Rapat"
        ),
    ),
    (
        574.0,
        (
            "Pemungutan Suara, membuka kotak suara dan mengeluarkan seluruh isi kotak suara, mengidentifikasi "
            "dan menghitung jenis serta jumlah dokumen dan peralatan"
        ),
    ),
    (
        601.0,
        (
            "pemungutan dan penghitungan suara, memeriksa dan menandatangani surat suara yang akan digunakan "
            "oleh Pemilih, dimulai pada pukul ..... : ..... s.d. ..... : ....."
        ),
    ),
    (628.0, "waktu setempat."),
    (
        655.0,
        (
            "Selanjutnya Rapat Penghitungan Suara dimulai pukul ..... : ..... s.d. ..... : ..... waktu setempat "
            "di hari yang sama / setelahnya *). Adapun data pemilih dan"
        ),
    ),
    (682.0, "pengguna hak pilih, penggunaan surat suara, dan hasil penghitungan suara terinci sebagai berikut:"),
)


def _rect(x1: float, y1: float, x2: float, y2: float) -> Rect:
    return Rect(x1 * PIXEL, y1 * PIXEL, (x2 - x1) * PIXEL, (y2 - y1) * PIXEL)


def _frame(x1: float, y1: float, x2: float, y2: float, width: float = THIN) -> Frame:
    return Frame(_rect(x1, y1, x2, y2), width)


def _text(x: float, y: float, size: float, text: str, *, bold: bool = True, align: str = "left") -> Text:
    return Text(x * PIXEL, y * PIXEL, size, text, bold=bold, align=align)


def _boxes(sex: str, top: float, bottom: float) -> tuple[Rect, ...]:
    left, right = SEXES[sex]
    third = (right - left) / 3
    return tuple(_rect(left + n * third, top, left + (n + 1) * third, bottom) for n in range(3))


def _copied(name: str, page: int, boxes: tuple[Rect, ...], words: Rect | None = None) -> Field:
    """A figure of the original in its place on the copy: no bubbles, no tally."""
    original = ORIGINAL.field(name)
    return replace(original, page=page, boxes=boxes, words=words, guided=False, bubbles=None, tally=None)


def _fields() -> tuple[Field, ...]:
    found = [
        _copied(f"{name}_{sex}", 1, _boxes(sex, top, bottom)) for name, top, bottom in BY_SEX for sex in "lpj"
    ]
    found += [_copied(name, 1, _boxes("j", top, bottom)) for name, top, bottom, _ in BALLOTS]
    found += [
        _copied(f"suara_{number}", 2, _boxes("j", top, below), _rect(236.0, below, 1200.0, bottom))
        for number, (top, below, bottom) in enumerate(TICKETS, start=1)
    ]
    found += [
        _copied(name, 2, _boxes("j", top, bottom), _rect(500.0, top, 1330.0, bottom - 36.0))
        for name, top, bottom, _, _ in TOTALS
    ]
    by_name = {field.name: field for field in found}
    return tuple(by_name[name] for name in ORIGINAL.names)


def _page(
    number: int, texts: list[Text], frames: list[Frame], lines: list[Line], place: tuple[float, ...]
) -> Page:
    """A page with what both have: model, number, the station's place, signatures. `place` are the pixels of
    the first dotted line, their pitch, and where the two columns' labels and lines begin and end.
    """
    model = 118.0 if number == 1 else 77.5
    texts += [
        _text(1439.0, model + 29.0, 1.7, "MODEL C.HASIL", align="centre"),
        _text(1439.0, model + 46.0, 1.7, "SALINAN-PPWP", align="centre"),
        _text(1439.0, model + 90.0, 2.0, f"Hal {number} dari 2", align="centre"),
        _text(88.0, 2216.0, 1.5, f"CHS-010{number}-24"),
        _text(1515.0, 2216.0, 1.9, "*) Coret yang tidak perlu", bold=False, align="right"),
    ]
    frames.append(_frame(1367.0, model, 1512.0, model + 62.0))
    header = []
    y, pitch, label_1, line_1, end_1, label_2, line_2, end_2 = place
    for name, label, row, x, start, end in (
        ("provinsi", "Provinsi", 0, label_1, line_1, end_1),
        ("kabupaten", "Kabupaten / Kota", 1, label_1, line_1, end_1),
        ("kecamatan", "Kecamatan", 0, label_2, line_2, end_2),
        ("kelurahan", "Kelurahan / Desa", 1, label_2, line_2, end_2),
        ("tps", "Nomor TPS", 2, label_2, line_2, end_2),
    ):
        base = y + pitch * row
        texts += [_text(x, base - 4.0, 2.5, label, bold=False), _text(start - 14.0, base - 4.0, 2.1, ":")]
        lines.append(Line(start * PIXEL, base * PIXEL, end * PIXEL, base * PIXEL, 0.3, dotted=True))
        header.append((name, _rect(start + 4.0, base - 36.0, end - 4.0, base)))
    signatures = _signatures(texts, frames, lines)
    qr = _rect(100.0, 100.0, 200.0, 200.0)
    return Page(number, None, (), tuple(texts), tuple(lines), tuple(frames), tuple(header), signatures, qr)


def _signatures(texts: list[Text], frames: list[Frame], lines: list[Line]) -> tuple[Rect, ...]:
    """Where the seven officers and three witnesses sign, at the foot of both pages."""
    officers = "NAMA DAN TANDA TANGAN KELOMPOK PENYELENGGARA PEMUNGUTAN SUARA"
    witnesses = "NAMA DAN TANDA TANGAN SAKSI PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN"
    texts += [
        _text(805.0, 1908.0, 2.3, officers, align="centre"),
        _text(805.0, 2030.0, 2.3, witnesses, align="centre"),
    ]
    frames += [_frame(LEFT, y, RIGHT, z) for y, z in ((1881.0, 1920.0), (2003.0, 2042.0))]
    areas = []
    for index in range(7):
        x = LEFT + 207.0 * index
        frames.append(_frame(x, 1920.0, x + 207.0, 2003.0))
        office = "KETUA" if index == 0 else "ANGGOTA"
        texts.append(_text(x + 103.0, 1937.0, 1.6, f"{index + 1}. {office}", align="centre"))
        areas.append(_rect(x + 20.0, 1942.0, x + 187.0, 1998.0))
    for index in range(3):
        x = LEFT + 483.0 * index
        frames += [_frame(x, 2042.0, x + 483.0, 2080.0), _frame(x, 2080.0, x + 483.0, 2194.0)]
        texts += [
            _text(x + 22.0, 2068.0, 1.9, f"{index + 1}."),
            _text(x + 270.0, 2059.0, 1.4, "NAMA CALON PRESIDEN", align="centre"),
            _text(x + 270.0, 2070.0, 1.4, "NAMA CALON WAKIL PRESIDEN", align="centre"),
        ]
        lines.append(Line((x + 125) * PIXEL, 2182 * PIXEL, (x + 360) * PIXEL, 2182 * PIXEL, 0.3, dotted=True))
        areas.append(_rect(x + 60.0, 2092.0, x + 420.0, 2184.0))
    return tuple(areas)


def _head(
    y: float, texts: list[Text], frames: list[Frame], columns: tuple[str, ...], xs: tuple[float, ...]
) -> None:
    """The head of a table of two rows, its columns' names and numbers, between some x."""
    for number, (name, (a, b)) in enumerate(zip(columns, itertools.pairwise(xs), strict=True), start=1):
        frames += [_frame(a, y, b, y + 57.0), _frame(a, y + 57.0, b, y + 81.0)]
        texts += [
            _text((a + b) / 2, y + 37.0, 2.3, name, align="centre"),
            _text((a + b) / 2, y + 76.0, 1.7, f"({number})", align="centre"),
        ]


def _page_1() -> Page:
    texts = [
        _text(805.0, y, size, text, align="centre")
        for y, size, text in (
            (101.0, 2.6, "BERITA ACARA, SERTIFIKAT DAN CATATAN HASIL PENGHITUNGAN PEROLEHAN SUARA"),
            (127.0, 2.6, "DI TEMPAT PEMUNGUTAN SUARA DALAM PEMILIHAN UMUM"),
            (157.0, 3.3, "PRESIDEN DAN WAKIL PRESIDEN"),
            (189.0, 3.3, "REPUBLIK INDONESIA"),
            (218.0, 2.6, "TAHUN 2024"),
        )
    ]
    texts += [_text(LEFT, y, 2.7, text) for y, text in (
        (730.0, "I. DATA PEMILIH DAN PENGGUNA HAK PILIH"), (1303.0, "II. DATA PENGGUNAAN SURAT SUARA"),
        (1692.0, "III. DATA PEMILIH DISABILITAS"),
    )]  # fmt: skip
    texts += [_text(LEFT, y, 2.45, text, bold=False) for y, text in OPENING]
    frames: list[Frame] = []
    wide = (LEFT, 946.0, 1140.5, 1335.0, RIGHT)
    columns = ("URAIAN", "LAKI-LAKI (L)", "PEREMPUAN (P)", "JUMLAH (L+P)")
    _head(746.0, texts, frames, columns, wide)
    _head(1319.0, texts, frames, ("URAIAN", "JUMLAH"), (LEFT, 1335.0, RIGHT))
    _head(1707.0, texts, frames, columns, wide)
    for y, z, letter, text in ((828, 890, "A", "DATA PEMILIH"), (951, 1012, "B", "PENGGUNA HAK PILIH")):
        frames.append(_frame(134.5, y, RIGHT, z))
        texts += [_text(107.0, y + 37.0, 2.3, letter, align="centre"), _text(148.0, y + 37.0, 2.3, text)]
    frames += [_frame(LEFT, 828.0, 134.5, 951.0), _frame(LEFT, 951.0, 134.5, 1257.0)]
    for (_, top, bottom), text in zip(BY_SEX, (
        "Jumlah Pemilih dalam Daftar Pemilih Tetap (Model A-Kabko Daftar Pemilih)",
        "1. Jumlah pengguna hak pilih dalam Daftar Pemilih Tetap (DPT)",
        "2. Jumlah pengguna hak pilih dalam Daftar Pemilih Tambahan (DPTb)",
        "3. Jumlah pengguna hak pilih dalam Daftar Pemilih Khusus (DPK)",
        "4. Jumlah Pengguna Hak Pilih (B.1 + B.2 + B.3)",
        "Jumlah seluruh Pemilih disabilitas yang menggunakan hak pilih",
    ), strict=True):  # fmt: skip
        left = LEFT if text.startswith("Jumlah seluruh") else 134.5
        frames.append(_frame(left, top, 946.0, bottom))
        texts.append(_text(left + 14.0, top + 38.0, 2.6, text, bold=text.startswith("4.")))
    for _, top, bottom, text in BALLOTS:
        frames.append(_frame(LEFT, top, 1335.0, bottom))
        texts.append(_text(106.0, top + 38.0, 2.6, text, bold=False))
    return _page(1, texts, frames, [], (424.0, 44.5, 247.0, 427.0, 760.0, 798.0, 1014.0, 1354.0))


def _page_2() -> Page:
    texts = [
        _text(LEFT, 255.0, 2.7, "IV. DATA PEROLEHAN SUARA PASANGAN CALON PRESIDEN DAN WAKIL PRESIDEN"),
        _text(LEFT, 1228.0, 2.7, "V. DATA SUARA SAH DAN TIDAK SAH"),
    ]
    frames: list[Frame] = []
    _head(271.5, texts, frames, ("NOMOR DAN NAMA PASANGAN CALON", "SUARA SAH"), (LEFT, 1335.0, RIGHT))
    _head(1243.5, texts, frames, ("URAIAN", "JUMLAH"), (LEFT, 1335.0, RIGHT))
    capitals = "(ditulis dengan huruf kapital)"
    # the empty rows between the tickets, and between the totals
    gaps = [
        *((a[2], b[0]) for a, b in itertools.pairwise(TICKETS)),
        *((a[2], b[1]) for a, b in itertools.pairwise(TOTALS)),
    ]
    frames += [_frame(LEFT, y, RIGHT, z, THICK) for y, z in gaps]
    for number, (top, below, bottom) in enumerate(TICKETS, start=1):
        frames += [
            _frame(LEFT, top, 228.5, bottom, THICK),
            _frame(228.5, top, 1335.0, below),
            _frame(228.5, below, RIGHT, bottom, THICK),
        ]
        texts += [
            _text(154.0, top + 104.0, 4.4, f"{number}.", align="centre"),
            _text(752.0, top + 54.0, 2.9, "NAMA CALON PRESIDEN", align="centre"),
            _text(752.0, top + 86.0, 2.9, "NAMA CALON WAKIL PRESIDEN", align="centre"),
            _text(1522.0, bottom - 8.0, 1.6, capitals, bold=False, align="right"),
        ]
    for _, top, bottom, letter, names in TOTALS:
        frames += [_frame(LEFT, top, 496.0, bottom, THICK), _frame(496.0, top, 1335.0, bottom, THICK)]
        texts.append(_text(106.0, top + 62.0, 2.2, letter, align="centre"))
        texts += [
            _text(150.0, top + 62.0 - 13.0 * len(names) + 26.0 * row, 2.4, name) for row, name in enumerate(names)
        ]
        texts.append(_text(1316.0, bottom - 12.0, 1.6, capitals, bold=False, align="right"))
    for x, text in ((LEFT, "DITETAPKAN DI :"), (627.0, "TANGGAL :"), (917.0, "BULAN :"), (1172.0, "TAHUN :")):
        texts.append(_text(x, 1803.0, 2.3, text))
    for xs in ((758.0, 823.0, 888.0), (1015.0, 1080.0, 1145.0), (1270.0, 1335.0, 1400.0, 1465.0, RIGHT)):
        frames += [_frame(a, 1767.0, b, 1824.0) for a, b in itertools.pairwise(xs)]
    lines = [Line(265.0 * PIXEL, 1812.0 * PIXEL, 608.0 * PIXEL, 1812.0 * PIXEL, 0.3, dotted=True)]
    return _page(2, texts, frames, lines, (122.0, 44.5, 247.0, 427.0, 760.0, 798.0, 1014.0, 1354.0))


FORM = Form(
    "C.HASIL-SALINAN-PPWP/2024",
    "ppwp",
    WIDTH,
    HEIGHT,
    (_page_1(), _page_2()),
    _fields(),
    ORIGINAL.equations,
    ORIGINAL.at_most,
    ORIGINAL.tickets,
)
FORMS = (FORM,)
