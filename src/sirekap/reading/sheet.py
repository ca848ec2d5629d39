"""All photographs of one station's sheet, weighed together into its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sirekap.figures import Status, figure_order
from sirekap.forms import Form
from sirekap.reading.model import Evidence, PhotoReading, SheetReading
from sirekap.reading.photo import read_photo
from sirekap.reading.weigh import CERTAIN, Weighed, weigh, weigh_with_reasons
from sirekap.reading.why import reasons_of
from sirekap.review import decide
from sirekap.rules import Finding, Severity, check
from sirekap.rules.numbered import CONFLICT

__all__ = ["read_photo", "read_sheet", "reasons"]

OTHER_STATION = "its QR code names station {found}, expected {expected}; it belongs to another sheet"
CLEARLY = 0.5  # confidence, each page alone, from which two photographs can contradict one another


def read_sheet(
    readings: Sequence[PhotoReading],
    form: Form,
    *,
    station: str | None = None,
    voters_per_station: int | None = None,
) -> SheetReading:
    """The figures of one sheet from all its photographs.

    Of several photographs of a page the best is used; where a further one clearly shows another figure, that
    is finding R40. A photograph whose QR code names another station takes no part and is told in `problems`.
    With `station` None the QR codes decide: the first one read.
    """
    station = station or next((reading.station for reading in readings if reading.station), None)
    taken, problems = _sorted_out(readings, station)
    used, beside = _best_of_each_page(taken)
    evidence = _evidence(used.values())
    weighed = weigh_with_reasons(form, evidence)
    figures = {name: own.figure for name, own in weighed.items()}
    findings = list(check(form, figures, voters_per_station=voters_per_station))
    conflict = _conflict(form, used, beside)
    if conflict:
        findings.append(Finding(CONFLICT, Severity.ERROR, conflict))
    pages = tuple(sorted(used))
    uncertain = [name for name, figure in figures.items() if figure.confidence < CERTAIN]
    decision = decide(form, pages, figures, findings, uncertain)
    return SheetReading(
        station,
        form.id,
        pages,
        tuple(page.number for page in form.pages if page.number not in used),
        decision,
        figures,
        tuple(findings),
        {page: used[page].sha256 for page in pages},
        tuple(reading.sha256 for reading in beside),
        problems,
        tuple(readings),
        reasons_of(weighed, evidence),
    )


def reasons(sheet: SheetReading, form: Form) -> dict[str, Weighed]:
    """What each figure of a sheet rests on: the photographs it was read from, weighed again."""
    used = set(sheet.used.values())
    return weigh_with_reasons(form, _evidence(photo for photo in sheet.photos if photo.sha256 in used))


def _sorted_out(
    readings: Sequence[PhotoReading], station: str | None
) -> tuple[list[PhotoReading], dict[str, str]]:
    taken: list[PhotoReading] = []
    problems: dict[str, str] = {}
    for reading in readings:
        if reading.problem is not None:
            problems[reading.sha256] = reading.problem
        elif reading.station is not None and reading.station != station:
            problems[reading.sha256] = OTHER_STATION.format(found=reading.station, expected=station)
        elif reading.sha256 not in {other.sha256 for other in taken}:
            taken.append(reading)
    return taken, problems


def _best_of_each_page(readings: Sequence[PhotoReading]) -> tuple[dict[int, PhotoReading], list[PhotoReading]]:
    """The best photograph for each page (QR code, most fields, quality), and the others."""
    used: dict[int, PhotoReading] = {}
    # one that names its station by QR code goes before one that any station could claim
    ranked = sorted(readings, key=lambda r: (r.station is None, -len(r.evidence), -r.quality, r.sha256))
    beside: list[PhotoReading] = []
    for reading in ranked:
        if reading.page is not None and reading.page not in used:
            used[reading.page] = reading
        else:
            beside.append(reading)
    return used, beside


def _evidence(readings: Iterable[PhotoReading]) -> dict[str, Evidence]:
    merged: dict[str, Evidence] = {}
    for reading in readings:
        merged.update(reading.evidence)
    return merged


def _conflict(form: Form, used: Mapping[int, PhotoReading], beside: Sequence[PhotoReading]) -> tuple[str, ...]:
    """Figures that two photographs of one page clearly show differently.

    Each page is weighed alone: on a sheet of two papers the arithmetic between pages would make every figure
    doubtful, and hide the very difference.
    """
    differing: set[str] = set()
    best = {page: weigh(form, reading.evidence) for page, reading in used.items()}
    for reading in beside:
        if reading.page is None:
            continue
        for name, there in weigh(form, reading.evidence).items():
            here = best[reading.page].get(name)
            if here is None or Status.ILLEGIBLE in (here.status, there.status) or here.value == there.value:
                continue
            if min(here.confidence, there.confidence) >= CLEARLY:
                differing.add(name)
    return figure_order(form, differing)
