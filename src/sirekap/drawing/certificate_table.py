"""The certificate's table, cut into pages: row labels on each, running sums from page to page.

Everything is measured here, in mm and by generous estimates of the letters' widths, so that typst has no page
to break and nothing is clipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sirekap.drawing.text import breakable, literal
from sirekap.forms import Label
from sirekap.record.certificate import Certificate, Column, Place, Row, sums

MARGIN, HEAD, FOOT = 10.0, 17.0, 15.0
TITLE = 9.0  # above a table
LINE_W, GAP = 15.0, 0.8
POINT = 25.4 / 72
BODY, SMALL, NAME = 7.0, 5.6, 6.0  # points
LOWER, UPPER, DIGIT = 0.46, 0.68, 0.5  # widths of letters, in em, at most on average
BOLD = 1.08  # times as wide
LEADING = 3.1  # mm a line of a label
ROW, SECTION = 4.2, 4.4
NAME_LINE = 2.5
UNIT_W, STATION_W, SUM_W = 18.0, 9.0, 13.0
MOST_ROWS_OF_A4 = 34


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper, in mm: landscape A4, or A3 where a form has many rows."""

    width: float
    height: float

    @property
    def room(self) -> tuple[float, float]:
        """Width and height within the margins."""
        return self.width - 2 * MARGIN, self.height - HEAD - FOOT


A4, A3 = Sheet(297.0, 210.0), Sheet(420.0, 297.0)


def sheet_of(certificate: Certificate) -> Sheet:
    """The paper that a certificate is printed on."""
    return A4 if len(certificate.rows) <= MOST_ROWS_OF_A4 else A3


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column as it is drawn. `kind`: unit, missing, sum (of a group), edge (a running sum) or total."""

    head: Label
    code: str
    values: Sequence[int | None]
    kind: str
    group: str = ""


BROUGHT = Label("Pindahan", "brought forward")
CARRIED = Label("Jumlah pindahan", "carried forward")
TOTAL = Label("JUMLAH", "total")
NO_RESULT = "tanpa hasil"


def table_pages(certificate: Certificate) -> Iterator[str]:
    """The typst source of each page of the tables, in order; page breaks are the caller's."""
    sheet = sheet_of(certificate)
    rows = len(certificate.rows)
    many = len(certificate.groups) > 1
    columns = [drawn for group in certificate.groups for drawn in _group(group.place, group.columns, rows, many)]
    station = any(len(column.code) == 13 for column in columns)
    title = Label("Rincian per TPS", "by station") if station else Label("Rincian per wilayah", "by unit below")
    yield from _table(certificate, sheet, columns, title)
    if many:
        units = [Column(group.place, sums(list(group.columns), rows)) for group in certificate.groups]
        title = Label("Rekapitulasi per desa/kelurahan", "by village")
        yield from _table(certificate, sheet, [_drawn(unit) for unit in units], title)


def _group(place: Place, columns: Sequence[Column], rows: int, many: bool) -> Iterator[Drawn]:
    name = f"{place.name} ({place.code})" if many else ""
    for column in columns:
        yield _drawn(column, name)
    if many:
        yield Drawn(TOTAL, "", sums(list(columns), rows), "sum", name)


def _drawn(column: Column, group: str = "") -> Drawn:
    name = column.place.name
    kind = "unit" if column.stations else "missing"
    return Drawn(
        Label(name, NO_RESULT if kind == "missing" else ""), column.place.code, column.values, kind, group
    )


def _table(certificate: Certificate, sheet: Sheet, columns: Sequence[Drawn], title: Label) -> Iterator[str]:
    labels = _label_width(certificate.rows, sheet)
    wide = max(SUM_W, _number_width(certificate.totals))
    slices = list(_across(columns, sheet.room[0] - LINE_W - labels, wide))
    running: list[int | None] = [None] * len(certificate.rows)
    before = running
    bands: list[list[Drawn]] = []
    for index, part in enumerate(slices):
        drawn = [Drawn(BROUGHT, "", before, "edge")] if index else []
        own = [column.values for column in part if column.kind == "unit"]
        before = [_plus(value, [values[row] for values in own]) for row, value in enumerate(before)]
        last = index == len(slices) - 1
        bands.append([*drawn, *part, Drawn(TOTAL if last else CARRIED, "", before, "total" if last else "edge")])
    head = max(
        (_head_height(column, _width(column, wide)) for band in bands for column in band), default=NAME_LINE
    )
    heights = [_row_height(row, labels) for row in certificate.rows]
    down = list(_down(certificate.rows, heights, sheet.room[1] - TITLE - head - 6.0))
    count, of = 0, len(bands) * len(down)
    for rows in down:
        for band in bands:
            count += 1
            name = _part(title, count, of)
            yield _page(certificate, band, rows, heights, labels, wide, head, name)


def _plus(value: int | None, more: Sequence[int | None]) -> int | None:
    known = [item for item in (value, *more) if item is not None]
    return sum(known) if known else None


def _part(title: Label, number: int, of: int) -> str:
    part = f", bagian {number} dari {of}" if of > 1 else ""
    part_en = f", part {number} of {of}" if of > 1 else ""
    return f"head({literal(title.id + part)}, {literal(title.en + part_en)})"


def _across(columns: Sequence[Drawn], room: float, wide: float) -> Iterator[list[Drawn]]:
    """The columns of each page, left to right, with room for a running sum at both edges."""
    part: list[Drawn] = []
    used = wide
    for column in columns:
        width = _width(column, wide)
        if part and used + width > room:
            yield part
            part, used = [], 2 * wide
        part.append(column)
        used += width
    yield part


def _down(rows: Sequence[Row], heights: Sequence[float], room: float) -> Iterator[range]:
    """The rows of each page, top to bottom."""
    first, used = 0, 0.0
    for index, row in enumerate(rows):
        height = heights[index] + (SECTION if row.section else 0.0)
        if used + height > room and index > first:
            yield range(first, index)
            first, used = index, 0.0
        used += height
    yield range(first, len(rows))


def _width(column: Drawn, wide: float) -> float:
    if column.kind in ("edge", "total"):
        return wide
    least = STATION_W if len(column.code) == 13 else UNIT_W
    return max(least if column.kind != "sum" else STATION_W + 2, _number_width(column.values))


def _number_width(values: Sequence[int | None]) -> float:
    most = max((value for value in values if value is not None), default=0)
    return max(13.0 if most > 999 else STATION_W, len(number(most)) * DIGIT * BODY * POINT + 2.2)


def text_width(text: str, size: float) -> float:
    """At most so many mm are taken by a text of `size` points."""
    return sum(UPPER if letter.isupper() else LOWER for letter in text) * size * POINT


def _label_width(rows: Sequence[Row], sheet: Sheet) -> float:
    longest = max(_one_line(row) for row in rows)
    return min(longest + 2.5, sheet.room[0] * 0.3)


def _words(row: Row) -> tuple[str, str]:
    """What a row says, and the same in English beside it."""
    return (row.who, f"{row.label.id} · {row.label.en}") if row.who else (row.label.id, row.label.en)


def _is_sum(row: Row) -> bool:
    """Whether a row is a party's or that of all votes: what the eye looks for among candidates."""
    return row.figure.startswith("suara_partai_") or row.figure in ("suara_sah", "suara_tidak_sah", "suara_total")


def _one_line(row: Row) -> float:
    main, beside = _words(row)
    return text_width(main, BODY) * (BOLD if _is_sum(row) else 1.0) + 1.5 + text_width(beside, SMALL)


def _row_height(row: Row, labels: float) -> float:
    if _one_line(row) + 2.0 <= labels:
        return ROW
    main, beside = _words(row)
    lines = sum(
        math.ceil(text_width(text, size) * 1.15 / (labels - 2.0))
        for text, size in ((main, BODY), (beside, SMALL))
    )
    return ROW + (lines - 1) * LEADING


def _head_height(column: Drawn, width: float) -> float:
    room = width - 1.6
    text = f"{column.head.id} {column.code if len(column.code) < 13 else ''}"
    lines = math.ceil(text_width(text, NAME) * 1.15 / room) + (1 if column.head.en else 0) + 1
    lines = max(lines, len(column.head.id.split()) if width < UNIT_W else 1)
    return min(lines, 12) * NAME_LINE + 1.5


def number(value: int | None) -> str:
    """A whole number with Indonesian points; "–" for a blank, which is no zero."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


def _page(
    certificate: Certificate,
    band: Sequence[Drawn],
    rows: range,
    heights: Sequence[float],
    labels: float,
    wide: float,
    head: float,
    title: str,
) -> str:
    """One page as a call of `sheet` in the preamble: title, widths, heights, head and body cells."""
    widths = ", ".join(f"{width:.2f}mm" for width in (LINE_W, labels, *(_width(column, wide) for column in band)))
    tall = [f"{head:.2f}mm"]
    cells: list[str] = []
    for index in rows:
        row = certificate.rows[index]
        if row.section is not None:
            tall.append(f"{SECTION}mm")
            cells.append(f"section({2 + len(band)}, {literal(row.section.id)}, {literal(row.section.en)})")
        tall.append(f"{heights[index]:.2f}mm")
        main, beside = _words(row)
        one = "true" if heights[index] == ROW else "false"
        said = f"strong({breakable(main)})" if _is_sum(row) else breakable(main)
        cells.append(f"{literal(row.line)}, label({said}, {breakable(beside)}, {one})")
        cells.append(", ".join(_cell(column, index) for column in band))
    groups = list(_groups(band))
    heads = ", ".join(_head(column, _width(column, wide)) for column in band)
    if any(part[0].group for part in groups):
        tall.insert(0, "5.2mm")
        over = ", ".join(f"over({len(part)}, {literal(_over(part, wide))})" for part in groups)
        heads = f"table.cell(colspan: 2)[], {over}, corner, {heads}"
    else:
        heads = f"corner, {heads}"
    return f"#sheet({title}, ({widths}), ({', '.join(tall)}), ({heads},), (\n" + ",\n".join(cells) + ",\n))\n"


def _cell(column: Drawn, row: int) -> str:
    if column.kind == "missing":
        return "none-cell"
    text = f'"{number(column.values[row])}"'
    return f"strong-cell({text})" if column.kind in ("total", "sum", "edge") else text


def _groups(band: Sequence[Drawn]) -> Iterator[list[Drawn]]:
    """The columns of a page that stand under one name."""
    part: list[Drawn] = []
    for column in band:
        if part and column.group != part[0].group:
            yield part
            part = []
        part.append(column)
    yield part


def _over(part: Sequence[Drawn], wide: float) -> str:
    """The name above columns, cut where they are too narrow for it: it stands whole in the next table."""
    room = sum(_width(column, wide) for column in part) - 1.6
    name = part[0].group
    if text_width(name, NAME) <= room:
        return name
    while name and text_width(f"{name}…", NAME) > room:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _head(column: Drawn, width: float) -> str:
    most = max(4, int((width - 1.6) / (UPPER * NAME * POINT)))
    code = column.code if len(column.code) < 13 else ""
    return f"name({breakable(column.head.id, most)}, {literal(code)}, {literal(column.head.en)})"
