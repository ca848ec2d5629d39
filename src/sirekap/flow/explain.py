"""What a reading rests on, for people: a page a station and a picture a photograph."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from sirekap.figures import Status, Why
from sirekap.flow.alone import StationReading
from sirekap.forms import Form
from sirekap.reading import explain as drawing
from sirekap.reading.model import Evidence, PhotoReading, SheetReading
from sirekap.reading.sheet import reasons
from sirekap.reading.weigh import Weighed, weigh_with_reasons
from sirekap.reading.why import why
from sirekap.rules.why import beside_text, box_text, percent, why_text
from sirekap.rules.wording import explain as finding_text

STATUS = {
    Status.READ: ("terbaca", "read"),
    Status.BLANK: ("kosong", "blank"),
    Status.ILLEGIBLE: ("tidak terbaca", "illegible"),
}
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
    field, figure, reason = form.field(name), own.figure, why(own, seen)
    kind = "refused" if own.ground.refused else "doubt" if reason.doubted else "given"
    value = _both(STATUS[figure.status]) if figure.value is None else str(figure.value)
    label = _lines((f"{field.line} {field.label.id}", field.label.en))
    said = _lines((why_text(reason, "id"), why_text(reason, "en")))
    return (
        f'<tr class="{kind}"><td>{label}<code>{escape(name)}</code></td><td class="n">{value}</td>'
        f"<td>{escape(percent(figure.confidence))}</td><td>{said}</td><td>{_boxes(reason)}</td></tr>"
    )


def _boxes(reason: Why) -> str:
    """Each box's best classes with the bubbles that look filled, then what tally marks and words say."""
    rows = [f"{index + 1}: {box_text(reason, index, 'id')}" for index in range(len(reason.boxes))]
    rows += [beside_text(beside, "id") for beside in reason.beside]
    return "".join(f'<div class="box">{escape(row)}</div>' for row in rows)
