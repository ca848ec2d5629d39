"""Activation slips on A4: ten to a sheet, with lines to cut along, as PDF/A-2b.

The PDF is the only place where one-time codes stand in clear. The same slips give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sirekap.codes import grouped, payload
from sirekap.drawing.text import literal, moment, qr_path

COLUMNS, ROWS = 2, 5
PER_SHEET = COLUMNS * ROWS
MOST_POSTS = 3
LOGIN_POINTS, WORDS_MM = 11.0, 60.0
LETTER = 0.602 * 25.4 / 72  # mm that a letter of DejaVu Sans Mono takes for each point of its size
FEW, CACHED_COMPILATIONS = 100, 12

_PREAMBLE = """\
#set page(width: 210mm, height: 297mm, margin: 0mm, fill: white)
#set text(font: "Libertinus Serif", size: 8.5pt, lang: "id", hyphenate: false)
#set par(leading: 0.42em, spacing: 0.42em)
#set document(title: {title}, author: "Sirekap", date: datetime(year: {year}, month: {month}, day: {day}))
#let at(x, y, body) = place(top + left, dx: x * 1mm, dy: y * 1mm, body)
#let mono(size, body) = text(font: "DejaVu Sans Mono", size: size, weight: "bold", body)
#let en(body) = text(size: 6.5pt, style: "italic", fill: luma(70), body)
#let cut(x, y, u, v) = at(0, 0, line(start: (x * 1mm, y * 1mm), end: (u * 1mm, v * 1mm), \
stroke: (paint: luma(110), thickness: 0.2mm, dash: (2mm, 1.5mm))))
#let post(role, unit, place) = [#text(weight: "bold", size: 9.5pt, role) #h(1mm) #mono(7.5pt, unit) \\ #place \\ ]
#let qr(side, path) = image(bytes("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + side + " " + side + \
"'><path d='" + path + "'/></svg>"), format: "svg", width: 28mm)
#let slip(column, row, head, posts, name, login, size, code, until, code-picture) = at(column * 105, row * 59.4, \
box(width: 105mm, height: 59.4mm, {{
  at(7, 5.5, box(width: 91mm, height: 4mm, clip: true, text(size: 7pt, fill: luma(70), head)))
  at(7, 8.5, box(width: 60mm, height: 19.5mm, inset: (top: 1mm), clip: true, [
    #if name != "" [#en[Nama / name] #name \\ ] #posts]))
  at(7, 28.6, [Login \\ #v(1mm, weak: true) #mono(size * 1pt, login)])
  at(7, 37.2, [Kode aktivasi #en[activation code] \\ #v(1mm, weak: true) #mono(12.5pt, code)])
  at(7, 46.6, [Berlaku sampai #en[valid until] #until])
  at(7, 51, box(width: 91mm, text(size: 6.5pt)[*Rahasia.* Pindai atau ketik kode, buat kata sandi, lalu \
musnahkan kertas ini. #en[Secret. Scan or type the code, choose a password, then destroy this paper.]]))
  at(70, 11, code-picture)
}}))
"""
_CUTS = "\n".join(
    [
        *(f"#cut({105 * column}, 0, {105 * column}, 297)" for column in range(1, COLUMNS)),
        *(f"#cut(0, {59.4 * row:.1f}, 210, {59.4 * row:.1f})" for row in range(1, ROWS)),
    ]
)


@dataclass(frozen=True, slots=True)
class Post:
    """One mandate as a slip words it: "KPPS", "3173011006272", "TPS 272, GELORA, …"."""

    role: str
    unit: str
    place: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What one slip says; `expires` is UTC and printed as West Indonesian Time."""

    login: str
    name: str
    posts: tuple[Post, ...]
    expires: datetime
    code: str = field(repr=False)


def draw_slips(slips: Sequence[Slip], election: str, issued: datetime, address: str = "") -> bytes:
    """The slips as PDF, in their order; `address` is that of the page that the QR codes lead to.

    Raises ValueError for an address that no QR code can hold in a form that is read back.
    """
    import typst  # only who draws needs it

    source = "".join(_document(slips, election, issued, address))
    moment = issued.replace(microsecond=0)
    compiler = typst.Compiler(ignore_system_fonts=True)
    pdf = compiler.compile(source.encode(), format="pdf", pdf_standards=["a-2b"], timestamp=moment)
    assert isinstance(pdf, bytes), "typst gives one PDF as bytes"
    if len(slips) > FEW:
        # typst forgets what it drew ten compilations later; at 130 kB a slip that must be now.
        for _ in range(CACHED_COMPILATIONS):
            compiler.compile(b"forget", format="svg")
    return pdf


def _document(slips: Sequence[Slip], election: str, issued: datetime, address: str) -> Iterator[str]:
    day = issued.date()
    title = literal(f"Sirekap: slip aktivasi, {election}")
    yield _PREAMBLE.format(title=title, year=day.year, month=day.month, day=day.day)
    waiting = iter(slips)
    first = True
    while sheet := list(islice(waiting, PER_SHEET)):
        yield "" if first else "#pagebreak()\n"
        first = False
        yield _CUTS + "\n"
        for place, slip in enumerate(sheet):
            yield _slip(slip, place % COLUMNS, place // COLUMNS, election, address)


def _slip(slip: Slip, column: int, row: int, election: str, address: str) -> str:
    posts = "".join(
        f"#post({literal(post.role)}, {literal(post.unit)}, {literal(post.place)})"
        for post in slip.posts[:MOST_POSTS]
    )
    if len(slip.posts) > MOST_POSTS:
        posts += f"#en[+ {len(slip.posts) - MOST_POSTS}]"
    head = literal(f"SIREKAP · {election} · slip aktivasi akun / account activation")
    size = min(LOGIN_POINTS, WORDS_MM / (LETTER * len(slip.login)))
    login = f"{literal(slip.name)}, {literal(slip.login)}, {size:.2f}"
    code = f"{literal(grouped(slip.code))}, {literal(moment(slip.expires))}"
    picture = _qr(payload(slip.login, slip.code, address))
    return f"#slip({column}, {row}, {head}, [{posts}], {login}, {code}, {picture})\n"


def _qr(text: str) -> str:
    side, path = qr_path(text)
    return f'qr("{side}", "{path}")'
