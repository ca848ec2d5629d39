"""The parts of a certificate that flow: totals in words, differences, corrections, objections, attendance."""

from __future__ import annotations

from collections.abc import Iterator

from sirekap.drawing.certificate_table import number
from sirekap.drawing.text import paragraphs
from sirekap.forms.words import written_out
from sirekap.record.certificate import Answered, Certificate, Signing

STATUS = {
    Answered.ANSWERED: ("Dijawab dalam rapat", "answered in the plenary"),
    Answered.CARRIED_UP: ("Diteruskan ke rekapitulasi di atasnya", "carried up by decision"),
}


def sections(certificate: Certificate) -> Iterator[str]:
    """The typst source of all of them; each says so where there is nothing to tell."""
    yield from _in_words(certificate)
    yield from _differences(certificate)
    yield from _corrections(certificate)
    yield from _objections(certificate)
    yield from _attendance(certificate)


def listed(heads: tuple[tuple[str, str], ...], widths: str, rows: Iterator[tuple[str, ...]]) -> str:
    """A table whose head is repeated on each page; `heads` in Indonesian and English, cells are texts."""
    head = ", ".join(f"[*{id_}* #en[{english}]]" for id_, english in heads)
    cells = "".join(", ".join(paragraphs(cell) for cell in row) + ",\n" for row in rows)
    return f"#table(columns: {widths}, table.header({head}),\n{cells})\n"


def _none(text: str, english: str) -> str:
    return f"{text} #en[{english}]\n\n"


def _in_words(certificate: Certificate) -> Iterator[str]:
    yield '#title("Jumlah dengan huruf", "totals in words")\n'
    heads = (("Baris", "line"), ("Uraian", "figure"), ("Angka", "number"), ("Huruf", "words"))
    rows = (
        (
            row.line,
            row.who or row.label.id,
            number(total),
            "kosong" if total is None else written_out(total).lower(),
        )
        for row, total in zip(certificate.rows, certificate.totals, strict=True)
    )
    yield listed(heads, "(16mm, 1fr, 28mm, 1.4fr)", rows)


def _label(certificate: Certificate, figure: str) -> str:
    row = next(row for row in certificate.rows if row.figure == figure)
    return f"{row.line} {row.who or row.label.id}"


def _differences(certificate: Certificate) -> Iterator[str]:
    yield '#title("Perbedaan dengan sertifikat di bawahnya", "differences to the certificates below")\n'
    if not certificate.differences:
        yield _none("Tidak ada.", "none")
        return
    heads = (
        ("Wilayah", "unit"), ("Uraian", "figure"), ("Menurut lembar", "by the sheets"),
        ("Menurut sertifikat", "as certified"), ("Selisih", "difference"), ("Penjelasan", "explanation"),
    )  # fmt: skip
    rows = (
        (
            f"{item.place.name} ({item.place.code})",
            _label(certificate, item.figure),
            number(item.computed),
            number(item.certified),
            _change(item.computed, item.certified),
            item.explanation or "belum dijelaskan",
        )
        for item in certificate.differences
    )
    yield listed(heads, "(1fr, 1fr, 24mm, 26mm, 20mm, 1.4fr)", rows)


def _change(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return "–"
    text = number(abs(after - before))
    return f"+{text}" if after > before else f"\u2212{text}" if after < before else text


def _corrections(certificate: Certificate) -> Iterator[str]:
    yield '#title("Pembetulan", "corrections")\n'
    if not certificate.corrections:
        yield _none("Tidak ada.", "none")
        return
    heads = (
        ("TPS", "station"), ("Uraian", "figure"), ("Semula", "before"), ("Menjadi", "after"),
        ("Alasan", "reason"), ("Oleh", "by"),
    )  # fmt: skip
    rows = (
        (
            f"{item.station.name} ({item.station.code})",
            _label(certificate, item.figure),
            number(item.before),
            number(item.after),
            item.reason,
            item.by,
        )
        for item in certificate.corrections
    )
    yield listed(heads, "(1fr, 1fr, 20mm, 20mm, 1.4fr, 42mm)", rows)


def _objections(certificate: Certificate) -> Iterator[str]:
    yield '#title("Kejadian khusus dan/atau keberatan saksi", "special events and objections")\n'
    if not certificate.objections:
        yield _none("Nihil.", "none")
        return
    heads = (
        ("No.", "number"), ("Jenis dan pengaju", "kind, author"), ("Uraian", "text"), ("Jawaban", "answer"),
        ("Status", "status"),
    )  # fmt: skip
    rows = (
        (
            str(item.number),
            f"{'Kejadian khusus' if item.event else 'Keberatan'}: {item.by}",
            item.text,
            item.answer or "–",
            STATUS[item.status][0],
        )
        for item in certificate.objections
    )
    yield listed(heads, "(20mm, 44mm, 1.5fr, 1fr, 36mm)", rows)


def _attendance(certificate: Certificate) -> Iterator[str]:
    yield '#title("Kehadiran", "attendance")\n'
    if not certificate.attendance:
        yield _none("Tidak ada daftar hadir.", "no attendance list")
        return
    words = {
        Signing.SIGNS: "Hadir, menandatangani",
        Signing.REFUSES: "Hadir, tidak bersedia menandatangani",
        Signing.ABSENT: "Tidak hadir",
    }
    heads = (
        ("Jabatan", "role"),
        ("Untuk", "for"),
        ("Nama", "name"),
        ("Kehadiran", "attendance"),
        ("Alasan", "reason"),
    )
    rows = (
        (person.role, person.stands_for or "–", person.name or "–", words[person.signing], person.reason or "–")
        for person in certificate.attendance
    )
    yield listed(heads, "(1fr, 1fr, 1fr, 52mm, 1fr)", rows)
