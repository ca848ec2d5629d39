"""What a reading rests on, for people: a page a station and a picture a photograph."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from sirekap.figures import Ground, Status
from sirekap.flow.alone import StationReading
from sirekap.forms import Form
from sirekap.reading import explain as drawing
from sirekap.reading.model import Evidence, PhotoReading, SheetReading
from sirekap.reading.sheet import reasons
from sirekap.reading.sums import BLANK
from sirekap.reading.values import bubble_chances, contradicting
from sirekap.reading.weigh import CERTAIN, Weighed, weigh_with_reasons
from sirekap.rules.wording import explain as finding_text

WHY = {
    Ground.PLAIN: (
        "Tertulis jelas: kotaknya menunjukkan {written} dengan peluang {likelihood}.",
        "Plainly written: its boxes show {written} with probability {likelihood}.",
    ),
    Ground.DOUBTED: (
        "Tertulis jelas ({written}, {likelihood}), tetapi hitungan meragukannya; tetap seperti tertulis.",
        "Plainly written ({written}, {likelihood}), but the form's arithmetic doubts it; it stays as written.",
    ),
    Ground.WEIGHED: (
        "Kotak saja: {written} ({likelihood}); bersama hitungan formulir jelas {winner} ({posterior}).",
        "The boxes alone: {written} ({likelihood}); with the form's arithmetic {winner} is clear ({posterior}).",
    ),
    Ground.UNCLEAR: (
        "Ditolak, tidak jelas: yang paling mungkin {winner}, hanya {posterior}; ditebak pun tidak.",
        "Refused, not clear: the likeliest is {winner}, only {posterior}; it is not guessed.",
    ),
    Ground.PATTERN: (
        "Ditolak: isi kotak bukan pola sebuah angka (coretan, kotak kosong di tengah, atau nilai lain).",
        "Refused: the boxes hold no pattern of a number (a scribble, an empty box inside, or another value).",
    ),
    Ground.UNBACKED: (
        "Ditolak: hitungan meminta {winner}, tetapi kotak hampir tidak menunjukkannya (tertulis {written}).",
        "Refused: the arithmetic asks for {winner}, but the boxes hardly show it (written {written}).",
    ),
}
BROKEN = ("Tidak cocok dengan tulisan lain: {rules}.", "Does not fit the other figures as written: {rules}.")
STATUS = {
    Status.READ: ("terbaca", "read"),
    Status.BLANK: ("kosong", "blank"),
    Status.ILLEGIBLE: ("tidak terbaca", "illegible"),
}
CAUTION = (
    "Dengan hati-hati (satu tangan keliru dengan cara yang sama di semua kotak) peluangnya {cautious}.",
    "With caution (one hand errs alike in every box) its probability is {cautious}.",
)
BESIDE = {"tally": ("Turus", "Tally marks"), "words": ("Kata", "Words")}
CONTRADICTED = (
    "{kind} jelas menunjukkan {value}; angka tetap seperti tertulis di kotak dan perlu dilihat orang.",
    "{kind} clearly say {value}; the figure stays as its boxes have it, and people should look.",
)
SPECIAL = ("bukan angka", "no number"), ("kosong", "blank")
POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src 'self'; style-src 'unsafe-inline'\">"
)
STYLE = """
body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:1rem auto;padding:0 1rem;
color:#1e1e1e;background:#fff}p{margin:.1rem 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;
border-bottom:1px solid #ccc}td.n{font-size:1.25rem;font-weight:600;white-space:nowrap}
.given{border-left:6px solid #0072b2}.doubt{border-left:6px double #b36b00}
.refused{border-left:6px dashed #d55e00}
[lang=en]{color:#444}.box{white-space:nowrap;font-variant-numeric:tabular-nums}img{max-width:100%;height:auto}
.wide{overflow-x:auto}
"""


def write_explanation(reading: StationReading, form: Form, folder: Path) -> Path:
    """Write a station's page and its pictures into `folder`; the path of the page.

    A photograph in which no page was found has its problem on the page and no picture. Raises OSError where
    the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheet = reading.sheet
    weighed = reasons(sheet, form)
    first = reading.photos[0].photo if reading.photos else "sheet"
    name = safe_name(sheet.station or Path(first).stem)
    pictures: list[tuple[str, str]] = []
    taken: set[str] = set()
    by_hash = {photo.sha256: photo for photo in sheet.photos}
    for photo, path in zip(reading.photos, reading.paths, strict=True):
        read = by_hash.get(photo.sha256 or "")
        if read is None or photo.problem is not None:
            continue
        used = read.sha256 in sheet.used.values()
        own = weighed if used else weigh_with_reasons(form, read.evidence)
        file = _free(f"{name}-p{read.page}", taken)
        if _write_picture(path, read, form, own, folder / file):
            pictures.append((file, photo.photo))
    page = folder / f"{name}.html"
    page.write_text(_page(reading, form, weighed, pictures), encoding="utf-8", newline="\n")
    return page


def safe_name(text: str) -> str:
    """A name for files, whatever a manifest calls its station.

    >>> safe_name("../../etc/passwd")
    'etc_passwd'
    """
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip("._-")[:80] or "sheet"


def _free(stem: str, taken: set[str]) -> str:
    """A file name that is not taken yet."""
    number, name = 1, f"{stem}.jpg"
    while name in taken:
        number += 1
        name = f"{stem}-{number}.jpg"
    taken.add(name)
    return name


def _write_picture(path: Path, read: PhotoReading, form: Form, own: dict[str, Weighed], target: Path) -> bool:
    placement = drawing.place(path.read_bytes(), form)
    if placement is None:
        return False
    target.write_bytes(drawing.as_jpeg(drawing.draw(placement, read.evidence, own)))
    return True


def _both(pair: tuple[str, str]) -> str:
    """A text in both languages, Indonesian first."""
    return f'<span lang="id">{escape(pair[0])}</span> <span lang="en">{escape(pair[1])}</span>'


def _lines(pair: tuple[str, str]) -> str:
    return f'<p lang="id">{escape(pair[0])}</p><p lang="en">{escape(pair[1])}</p>'


def _page(
    reading: StationReading, form: Form, weighed: dict[str, Weighed], pictures: list[tuple[str, str]]
) -> str:
    sheet = reading.sheet
    title = f"{form.id} {sheet.station or ''}".strip()
    problems = [(item.photo, item.problem) for item in reading.photos if item.problem is not None]
    parts = [
        f'<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        POLICY,
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
        _lines(
            (
                "Apa yang terbaca dari foto dan mengapa. Ini usulan mesin, belum ditetapkan siapa pun.",
                "What was read from the photographs, and why. A machine proposes it; nobody has settled it.",
            )
        ),
        f"<p>{_both(('Keputusan', 'Decision'))}: <strong>{escape(str(sheet.decision))}</strong></p>",
        f"<h2>{_both(('Temuan', 'Findings'))}</h2><ul>{_findings(sheet, form)}</ul>",
        f"<h2>{_both(('Angka', 'Figures'))}</h2>{_table(sheet, form, weighed)}",
        f"<h2>{_both(('Foto', 'Photographs'))}</h2>",
    ]
    parts += [f"<p>{escape(photo)}: {escape(problem)}</p>" for photo, problem in problems]
    parts += [
        f'<figure><a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(photo)}" loading="lazy"></a>'
        f"<figcaption>{escape(photo)}</figcaption></figure>"
        for file, photo in pictures
    ]
    return "\n".join([*parts, "</body></html>\n"])


def _findings(sheet: SheetReading, form: Form) -> str:
    rows = [
        f"<li><strong>{escape(finding.rule)}</strong> "
        + _lines((finding_text(form, finding, "id"), finding_text(form, finding, "en")))
        + "</li>"
        for finding in sheet.findings
    ]
    return "".join(rows) or f"<li>{_both(('tidak ada', 'none'))}</li>"


def _table(sheet: SheetReading, form: Form, weighed: dict[str, Weighed]) -> str:
    evidence: dict[str, Evidence] = {}
    for photo in sheet.photos:
        if photo.sha256 in sheet.used.values():
            evidence.update(photo.evidence)
    columns = (("Angka", "Figure"), ("Nilai", "Value"), ("Keyakinan", "Confidence"), ("Mengapa", "Why"),
               ("Isi kotak", "Boxes"))  # fmt: skip
    head = "".join(f"<th>{_both(pair)}</th>" for pair in columns)
    rows = "".join(_row(form, name, own, evidence[name]) for name, own in weighed.items())
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(form: Form, name: str, own: Weighed, seen: Evidence) -> str:
    field, figure = form.field(name), own.figure
    doubt = own.broken or own.ground is Ground.DOUBTED or contradicting(seen)
    kind = "refused" if own.ground.refused else "doubt" if doubt else "given"
    value = _both(STATUS[figure.status]) if figure.value is None else str(figure.value)
    label = _lines((f"{field.line} {field.label.id}", field.label.en))
    said = _lines(why(own)) + "".join(_lines(pair) for pair in contradictions(seen))
    return (
        f'<tr class="{kind}"><td>{label}<code>{escape(name)}</code></td><td class="n">{value}</td>'
        f"<td>{escape(drawing.percent(figure.confidence))}</td><td>{said}</td>"
        f"<td>{_boxes(seen)}{_beside(seen)}</td></tr>"
    )


def why(own: Weighed) -> tuple[str, str]:
    """What a figure rests on, or why it was refused, in Indonesian and English."""
    texts = []
    for language, pattern in enumerate(WHY[own.ground]):
        text = pattern.format(
            written=_value(own.written, language),
            likelihood=drawing.percent(own.likelihood),
            winner=_value(own.winner, language),
            posterior=drawing.percent(own.posterior),
        )
        if own.ground in (Ground.PLAIN, Ground.WEIGHED) and own.cautious < CERTAIN:
            text += " " + CAUTION[language].format(cautious=drawing.percent(own.cautious))
        if own.broken:
            text += " " + BROKEN[language].format(rules=", ".join(own.broken))
        texts.append(text)
    return texts[0], texts[1]


def contradictions(seen: Evidence) -> list[tuple[str, str]]:
    """That a kind of evidence clearly says another number than the boxes, for each that does."""
    texts = []
    for kind in contradicting(seen):
        told = seen.tally if kind == "tally" else seen.words
        assert told is not None
        pair = [
            pattern.format(kind=name, value=told.values[0][0])
            for pattern, name in zip(CONTRADICTED, BESIDE[kind], strict=True)
        ]
        texts.append((pair[0], pair[1]))
    return texts


def _beside(seen: Evidence) -> str:
    """What tally marks (each row as marks=subtotal) and words say."""
    rows = []
    for kind, told in (("tally", seen.tally), ("words", seen.words)):
        if told is not None:
            text = f"{told.seen} → {drawing.beside_text(told)}"
            rows.append(f'<div class="box">{_both(BESIDE[kind])}: {escape(text)}</div>')
    return "".join(rows)


def _value(value: int, language: int) -> str:
    return str(value) if value >= 0 else SPECIAL[value == BLANK][language]


def _boxes(seen: Evidence) -> str:
    """Each box's best classes, and the bubbles that look filled."""
    rows = []
    for index, box in enumerate(seen.digits):
        classes = ", ".join(f"{symbol} {drawing.percent(share)}" for symbol, share in drawing.best_classes(box))
        rows.append(f'<div class="box">{index + 1}: {escape(classes)}{escape(_filled(seen, index))}</div>')
    return "".join(rows)


def _filled(seen: Evidence, index: int) -> str:
    if index >= len(seen.bubbles):
        return ""
    column = seen.bubbles[index]
    filled = [
        f"{row} ({100 * column[row]:.0f}%)" for row, chance in enumerate(bubble_chances(column)) if chance > 0.5
    ]
    return " · ● " + (", ".join(filled) or "–")
