"""What a sheet's figures are said to rest on, against the sheet itself and its page."""

from __future__ import annotations

from collections.abc import Iterator

from sirekap.figures import Figure, Ground, Status, Why
from sirekap.forms import Form
from sirekap.rules.why import beside_text, box_text, why_text
from sirekap.verify.reader import PageReader
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Document, Malformed, figures, nested, objects, text
from sirekap.verify.sheets import Sheet

FOLDER = "data/readings/"
CORNERS = 4
MOST_PIXELS = 100_000


def reading_of(station: str) -> str:
    """The path of the document that tells how a station's sheet was read."""
    return f"{FOLDER}{station}.json"


def check_reading(
    file: str, document: Document, sheet: Sheet, form: Form, photos: set[str], report: VerifyReport
) -> dict[str, Why]:
    """One document against its sheet; `photos` are those that the sheet was read from. The reasons by figure.

    Raises Malformed for another shape.
    """
    for key, expected in (
        ("schema", "sirekap/reading/1"),
        ("form", form.id),
        ("station", sheet.station),
        ("name", sheet.name),
    ):
        if document.get(key) != expected:
            raise Malformed(f"{key} {expected}", str(document.get(key)))
    found = figures(document, confidence=True)
    whys = {name: _why(name, item) for name, item in nested(document, "figures").items()}
    for name, why in whys.items():
        if name not in sheet.read:
            report.add(file, f"figures.{name}", "a figure of the sheet", "none there")
            continue
        report.compare(file, f"figures.{name}", _told(sheet.read[name]), _told(found[name]))
        if not _fits(found[name], why):
            report.add(file, f"figures.{name}.why", f"a reason for {_told(found[name])}", why.as_json())
        if len(why.boxes) != len(form.field(name).boxes):
            report.add(file, f"figures.{name}.why", f"{len(form.field(name).boxes)} boxes", len(why.boxes))
    for photo in objects(document, "photos"):
        _check_photo(file, photo, set(whys), form, photos, report)
    return whys


def _why(name: str, item: Document) -> Why:
    tree = nested(item, "why")
    try:
        why = Why.from_json(tree)
        whole = all(isinstance(value, int) or value in ("blank", "other") for value in (why.written, why.winner))
        if not whole or why.as_json() != tree:
            raise ValueError("other values")
        for language in ("id", "en"):
            why_text(why, language), [box_text(why, box, language) for box in range(len(why.boxes))]
            [beside_text(beside, language) for beside in why.beside]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Malformed(f"the reasons of {name}", str(tree)[:100]) from error
    return why


def _fits(figure: Figure, why: Why) -> bool:
    """Whether a reason belongs to what is given: a refusal to an illegible figure, else the value it names."""
    if why.ground.refused or figure.status is Status.ILLEGIBLE:
        return why.ground.refused and figure.status is Status.ILLEGIBLE
    named = why.winner if why.ground is Ground.WEIGHED else why.written
    return named == ("blank" if figure.status is Status.BLANK else figure.value)


def _told(figure: Figure) -> str:
    shown = figure.status if figure.value is None else figure.value
    return f"{shown} ({figure.confidence})"


def _check_photo(
    file: str, photo: Document, names: set[str], form: Form, photos: set[str], report: VerifyReport
) -> None:
    if text(photo, "published") not in photos:
        report.add(file, "photos", "a photograph that the sheet was read from", photo["published"])
    for name, quads in nested(photo, "boxes").items():
        if name not in names or form.field(name).page != photo.get("page"):
            report.add(file, "photos", f"figures of page {photo.get('page')}", name)
        elif not isinstance(quads, list) or len(quads) != len(form.field(name).boxes):
            raise Malformed(f"{len(form.field(name).boxes)} boxes of {name}", str(quads)[:100])
        elif not all(_is_quad(quad) for quad in quads):
            raise Malformed(f"four corners in pixels for each box of {name}", str(quads)[:100])


def _is_quad(quad: object) -> bool:
    return (
        isinstance(quad, list)
        and len(quad) == CORNERS
        and all(
            isinstance(point, list)
            and len(point) == 2
            and all(type(part) is int and abs(part) < MOST_PIXELS for part in point)
            for point in quad
        )
    )


def check_reading_page(page: str, html: bytes, language: str, whys: dict[str, Why], report: VerifyReport) -> None:
    """Every reason of a document in the words of its page."""
    reader = PageReader()
    reader.feed(html.decode("utf-8", "replace"))
    reader.close()
    told = " ".join(reader.free().split())
    for name, sentence in _sentences(whys, language):
        if " ".join(sentence.split()) not in told:
            report.add(page, f"{name} reason", sentence, "no such words")


def _sentences(whys: dict[str, Why], language: str) -> Iterator[tuple[str, str]]:
    for name, why in whys.items():
        yield name, why_text(why, language)
        yield from ((name, beside_text(beside, language)) for beside in why.beside)
        yield name, "; ".join(box_text(why, box, language) for box in range(len(why.boxes)))
