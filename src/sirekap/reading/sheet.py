"""All photographs of one station's sheet, weighed together into its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sirekap.figures import Figure, Status, figure_order
from sirekap.forms import Form
from sirekap.reading.model import Evidence, PhotoReading, SheetReading
from sirekap.reading.photo import read_photo
from sirekap.reading.weigh import CERTAIN, weigh
from sirekap.review import Decision, decide
from sirekap.rules import Finding, Severity, check
from sirekap.rules.numbered import CONFLICT

__all__ = ["read_photo", "read_sheet"]

OTHER_STATION = "its QR code names station {found}, expected {expected}; it belongs to another sheet"
CLEARLY = 0.985  # posterior from which a figure of a further photograph can contradict the better one


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
    figures = weigh(form, _evidence(used.values()))
    findings = list(check(form, figures, voters_per_station=voters_per_station))
    conflict = _conflict(form, figures, used, beside)
    if conflict:
        findings.append(Finding(CONFLICT, Severity.ERROR, conflict))
    pages = tuple(sorted(used))
    decision = decide(form, pages, figures, findings)
    if any(figure.confidence < CERTAIN for figure in figures.values()):
        decision = Decision.REVIEW
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
    )


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
    """The photograph with most fields, then of the best quality, for each page; and the others."""
    used: dict[int, PhotoReading] = {}
    ranked = sorted(readings, key=lambda r: (-len(r.evidence), -r.quality, r.sha256))
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


def _conflict(
    form: Form, figures: Mapping[str, Figure], used: Mapping[int, PhotoReading], beside: Sequence[PhotoReading]
) -> tuple[str, ...]:
    """Figures that a further photograph of the page clearly shows otherwise.

    It is weighed with the other pages' best photographs, as it would be if it were the only one.
    """
    differing: set[str] = set()
    for reading in beside:
        others = [item for page, item in used.items() if page != reading.page]
        again = weigh(form, _evidence([*others, reading]))
        for name in reading.evidence:
            here, there = figures[name], again[name]
            if here.status is Status.ILLEGIBLE or there.status is Status.ILLEGIBLE:
                continue
            if here.value != there.value and min(here.confidence, there.confidence) >= CLEARLY:
                differing.add(name)
    return figure_order(form, differing)
