"""A certificate written out as typst source: Indonesian first, English small beside it.

What is said of the plenary flows; tables and places for signatures are measured here (see
`certificate_table`), because signatures are laid over their places afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sirekap.drawing.certificate_sections import listed, sections
from sirekap.drawing.certificate_table import (
    BOLD,
    FOOT,
    HEAD,
    MARGIN,
    Sheet,
    number,
    sheet_of,
    table_pages,
    text_width,
)
from sirekap.drawing.text import MONTHS, WIB, breakable, literal, moment, paragraphs, qr_path
from sirekap.forms import Rect
from sirekap.geography import OVERSEAS, Tier, tier_of
from sirekap.record.certificate import (
    Attendance,
    Certificate,
    body_hash,
)
from sirekap.record.certificate_rows import encode_code

SHORT_HASH = 16
CELL_W, CELL_H, SIGN_H = 88.0, 38.0, 21.0  # a place for a signature, and the part of it to be signed in
GAP, TOP = 4.0, 12.0
WORDS = 8.0  # points, at a place for a signature
TIERS = {
    Tier.NATION: ("Nasional", "nation"),
    Tier.PROVINCE: ("Provinsi", "province"),
    Tier.REGENCY: ("Kabupaten/Kota", "regency"),
    Tier.DISTRICT: ("Kecamatan", "district"),
}
OVERSEAS_TIERS = {
    Tier.PROVINCE: ("Luar negeri", "overseas"),
    Tier.REGENCY: ("Negara", "country"),
    Tier.DISTRICT: ("PPLN", "overseas committee"),
}
_PREAMBLE = """\
#let model = {model}
#let copy = {copy}
#set document(title: {title}, author: "Sirekap", description: {about}, keywords: ({keywords},),
  date: datetime(year: {year}, month: {month}, day: {day}))
#set text(font: "Libertinus Serif", size: 9pt, lang: "id", hyphenate: false, number-width: "tabular")
#set par(leading: 0.5em, spacing: 0.8em)
#let en(body) = text(size: 0.78em, style: "italic", fill: luma(80), body)
#set page(width: {width}mm, height: {height}mm, fill: white,
  margin: (x: {margin}mm, top: {head}mm, bottom: {foot}mm), header-ascent: 4mm, footer-descent: 4mm,
  header: text(size: 7.5pt, grid(columns: (1fr, auto), align: (left, right), strong(model), copy)),
  footer: context text(size: 7.5pt, grid(columns: (1fr, auto), align: (left, right), {footer},
    [Halaman #counter(page).display() dari #counter(page).final().first() #en[page] · SHA-256 {short}…])))
#set table(stroke: 0.15mm + luma(120), inset: (x: 1.4mm, y: 1mm))
#let section(span, id, english) = table.cell(colspan: span, fill: luma(236), align: left,
  text(weight: "bold")[#id #en(english)])
#let label(main, beside, one) = {{ main; if one {{ h(1.5mm) }} else {{ linebreak() }}
  text(size: 5.6pt, style: "italic", fill: luma(80), beside) }}
#let name(id, code, english) = text(size: 6pt, {{ strong(id); if code != "" {{ linebreak(); code }}
  if english != "" {{ linebreak(); en(english) }} }})
#let over(span, id) = table.cell(colspan: span, align: center, text(size: 6pt, strong(id)))
#let corner = table.cell(colspan: 2, align: left + bottom, text(size: 6pt)[*Uraian* #en[figure]])
#let none-cell = table.cell(fill: luma(225))[]
#let strong-cell(body) = table.cell(fill: luma(244), strong(body))
#let head(id, english) = [#id #en(english)]
#let sheet(title, widths, heights, heads, cells) = [
  #pagebreak()
  #block(height: 6mm, text(size: 10pt, weight: "bold", title))
  #set text(size: 7pt)
  #set par(leading: 0.32em)
  #table(columns: widths, rows: heights, inset: (x: 0.7mm, y: 0.5mm), stroke: 0.1mm + luma(120),
    align: (x, y) => if x < 2 {{ left + horizon }} else {{ right + horizon }}, table.header(..heads), ..cells)]
#let title(id, english) = block(above: 5mm, below: 2.5mm, sticky: true,
  text(size: 11pt, weight: "bold")[#id #en(english)])
#let qr(side, path) = image(bytes("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + side + " " + side + \
"'><path d='" + path + "'/></svg>"), format: "svg", width: 34mm)
#let mono(body) = text(font: "DejaVu Sans Mono", size: 7.5pt, body)
#let hashes(picture, data, sheets) = block(breakable: false,
grid(columns: (36mm, 1fr), column-gutter: 4mm, picture, [
  SHA-256 data sertifikat ini #en[of this certificate's data]: \\ #mono(data) \\
  SHA-256 daftar lembar yang dijumlahkan #en[of the list of sheets that were summed]: \\ #mono(sheets)

  Sidik itu adalah SHA-256 dari data sertifikat dalam JSON kanonik (RFC 8785), bukan dari berkas PDF ini:
  sidik berkas tidak dapat dicetak di dalamnya. Kode QR memuat wilayah, jenis pemilihan, versi dan sidik yang
  sama, tanpa alamat. Salinan membawa sidik yang sama.
  #en[The hash is the SHA-256 of the data as canonical JSON (RFC 8785), not of this PDF file, which cannot hold
  its own. The QR code says unit, contest, version and the same hash, and no address; copies carry the same hash.]

  Tanda “–” berarti kosong, bukan nol; kolom kelabu adalah wilayah tanpa hasil; huruf yang tidak ada dalam fon
  dicetak “?”. #en[“–” is a blank, no zero; grey columns have no result; letters that the fonts lack are “?”.]]))
#let place-to-sign(x, y, role, whom, name, words-size, name-size) = place(top + left, dx: x * 1mm, dy: y * 1mm,
  box(width: {cell_w}mm, height: {cell_h}mm, {{
    block(height: {words_h}mm, width: 100%, text(size: words-size * 1pt)[*#role* #if whom != "" [\\ #whom]])
    place(top + left, dy: {words_h}mm, rect(width: {cell_w}mm, height: {sign_h}mm, stroke: 0.1mm + luma(150)))
    place(top + left, dy: {name_y}mm, box(width: {cell_w}mm,
      text(size: name-size * 1pt, if name == "" [Nama #en[name]: #box(width: 1fr, repeat[.])] else [#name])))
  }}))
"""


@dataclass(frozen=True, slots=True)
class SigningPlace:
    """Where somebody signs: the page counted from the last one (-1 is the last), and a rectangle in mm."""

    person: Attendance
    page: int
    rect: Rect


def certificate_source(certificate: Certificate, copy_for: str = "") -> str:
    """The typst source of the whole document."""
    return "".join(_document(certificate, copy_for))


def signing_places(certificate: Certificate) -> tuple[SigningPlace, ...]:
    """The places of those who sign, in the order of the attendance list, on the last pages."""
    sheet = sheet_of(certificate)
    across, a_page = _grid(sheet)
    people = certificate.signers
    pages = -(-len(people) // a_page)
    places = []
    for index, person in enumerate(people):
        x, y = _corner(index % a_page, across)
        rect = Rect(MARGIN + x, HEAD + y + CELL_H - SIGN_H - 6.0, CELL_W, SIGN_H)
        places.append(SigningPlace(person, index // a_page - pages, rect))
    return tuple(places)


def _grid(sheet: Sheet) -> tuple[int, int]:
    """How many places stand side by side, and how many on a page."""
    width, height = sheet.room
    across = int((width + GAP) // (CELL_W + GAP))
    return across, across * int((height - TOP + GAP) // (CELL_H + GAP))


def _corner(slot: int, across: int) -> tuple[float, float]:
    return (slot % across) * (CELL_W + GAP), TOP + (slot // across) * (CELL_H + GAP)


def _document(certificate: Certificate, copy_for: str) -> Iterator[str]:
    digest = body_hash(certificate)
    yield _head(certificate, digest, copy_for)
    yield from _front(certificate)
    yield _hashes(certificate, digest)
    yield from table_pages(certificate)
    yield "#pagebreak()\n"
    yield from sections(certificate)
    yield from _signatures(certificate)


def _head(certificate: Certificate, digest: str, copy_for: str) -> str:
    sheet = sheet_of(certificate)
    unit, closed = certificate.unit, certificate.closed_at.astimezone(WIB)
    copy = f"SALINAN untuk {copy_for}" if copy_for else ""
    words = (f"sha256:{digest}", f"unit:{unit.code}", f"contest:{certificate.contest}")
    return _PREAMBLE.format(
        model=literal(certificate.model),
        copy=breakable(copy),
        title=literal(f"{certificate.model}: {unit.name} ({unit.code}), versi {certificate.version}"),
        about=literal(f"SHA-256 data kanonik / of the canonical data: {digest}"),
        keywords=", ".join(literal(word) for word in (*words, f"version:{certificate.version}")),
        year=closed.year,
        month=closed.month,
        day=closed.day,
        width=sheet.width,
        height=sheet.height,
        margin=MARGIN,
        head=HEAD,
        foot=FOOT,
        footer=breakable(f"{unit.name} ({unit.code}) · versi {certificate.version}"),
        short=digest[:SHORT_HASH],
        cell_w=CELL_W,
        cell_h=CELL_H,
        words_h=CELL_H - SIGN_H - 6.0,
        sign_h=SIGN_H,
        name_y=CELL_H - 5.0,
    )


def _front(certificate: Certificate) -> Iterator[str]:
    closed = moment(certificate.closed_at)
    day = f"{certificate.day.day} {MONTHS[certificate.day.month - 1]} {certificate.day.year}"
    below = _below(certificate)
    yield (
        '#align(center)[#text(size: 13pt, weight: "bold")[BERITA ACARA DAN SERTIFIKAT REKAPITULASI HASIL '
        f'PENGHITUNGAN PEROLEHAN SUARA] \\ #text(size: 11pt, weight: "bold", {breakable(below)}) \\ '
        "#en[Minutes and certificate of the recapitulation of results]]\n#v(3mm)\n"
    )
    facts = [
        ("Pemilihan", "election", f"{certificate.election}, {day}"),
        ("Jenis pemilihan", "contest", f"{certificate.contest_name.id} ({certificate.contest_name.en})"),
        *((*_tier(place.code), f"{place.name} ({place.code})") for place in certificate.path),
        ("Versi", "version", _version(certificate)),
        ("Rapat pleno ditutup", "plenary closed", closed),
        ("TPS seharusnya", "stations expected", _expected(certificate)),
        ("TPS dihitung", "stations counted", number(certificate.completeness.counted)),
        ("TPS tanpa hasil", "stations missing", number(_missing(certificate))),
    ]
    cells = "".join(f"[{id_} #en[{english}]], {paragraphs(text)},\n" for id_, english, text in facts)
    yield f"#table(columns: (62mm, 1fr), stroke: none, inset: (x: 1mm, y: 0.9mm), {cells})\n"
    if certificate.replaces is not None:
        yield f'#title("Dasar perubahan", "ground of this version")\n#{paragraphs(certificate.replaces.ground)}\n'
    yield from _completeness(certificate)


def _below(certificate: Certificate) -> str:
    """ "… di Kecamatan X", as the form's own title goes on."""
    unit = certificate.unit
    tier = tier_of(unit.code)
    name = _tier(unit.code)[0].upper()
    where = "TINGKAT NASIONAL" if tier is Tier.NATION else f"DALAM WILAYAH {name} {unit.name}"
    return f"{where} · {certificate.contest_name.id.upper()}"


def _tier(code: str) -> tuple[str, str]:
    tiers = OVERSEAS_TIERS if code.startswith(OVERSEAS) else TIERS
    return tiers[tier_of(code)]


def _version(certificate: Certificate) -> str:
    replaced = certificate.replaces
    if replaced is None:
        return f"{certificate.version}"
    return f"{certificate.version}, menggantikan versi {replaced.version} atas perintah {replaced.by}"


def _expected(certificate: Certificate) -> str:
    completeness = certificate.completeness
    text = number(completeness.expected)
    if completeness.unknown_villages:
        text += (
            f", belum termasuk {completeness.unknown_villages} desa/kelurahan yang jumlah TPS-nya tidak diketahui"
        )
    return text


def _missing(certificate: Certificate) -> int:
    completeness = certificate.completeness
    return max(completeness.expected - completeness.counted, len(completeness.missing))


def _completeness(certificate: Certificate) -> Iterator[str]:
    completeness = certificate.completeness
    if not _missing(certificate):
        return
    yield '#title("TPS tanpa hasil", "stations without result")\n'
    decision = completeness.decision or "tidak ada"
    yield f"Keputusan yang membuka rapat tanpanya #en[decision to open without them]: #{paragraphs(decision)}\n\n"
    if completeness.missing:
        rows = ((item.place.code, item.place.name, item.reason) for item in completeness.missing)
        yield listed((("Kode", "code"), ("TPS", "station"), ("Alasan", "reason")), "(32mm, 60mm, 1fr)", rows)


def _hashes(certificate: Certificate, digest: str) -> str:
    side, path = qr_path(encode_code(certificate, digest))
    hashes = f'"{digest}", {literal(certificate.sheets)}'
    return f'#title("Sidik data", "hashes")\n#hashes(qr("{side}", "{path}"), {hashes})\n'


def _signatures(certificate: Certificate) -> Iterator[str]:
    across, a_page = _grid(sheet_of(certificate))
    for index, person in enumerate(certificate.signers):
        if index % a_page == 0:
            yield '#pagebreak()\n#text(size: 11pt, weight: "bold")[Tanda tangan #en[signatures]]\n'
        x, y = _corner(index % a_page, across)
        words = ", ".join(breakable(text) for text in (person.role, person.stands_for, person.name))
        yield f"#place-to-sign({x}, {y}, {words}, {_size(person):.2f}, {_fitting(person.name, CELL_W):.2f})\n"


def _size(person: Attendance) -> float:
    """The size of role and whom it stands for, above the place: three lines at most, filled to four fifths."""
    texts = (f"{person.role} ", person.stands_for)
    return min(_fitting(texts[0], CELL_W), _fitting(texts[1], 1.6 * CELL_W))


def _fitting(text: str, room: float) -> float:
    """The size in points at which a text takes no more than `room` mm, at most 8."""
    return min(WORDS, WORDS * room / max(text_width(text, WORDS) * BOLD, 1.0))
