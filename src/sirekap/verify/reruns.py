"""What a station's document says of its reruns, and that nothing of a count before one counts.

A rerun that every file is silent about cannot be seen from the files alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sirekap.review.reruns import LABELS, RerunKind, before_text, is_before
from sirekap.verify.reader import PageReader
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Document, Malformed, nested, number, objects, text, text_or_none

BETWEEN = ".{0,40}"  # the page's own words


@dataclass(frozen=True, slots=True)
class Rerun:
    """A rerun as published: its number, kind, ground, who ordered it, and when (ISO 8601)."""

    number: int
    kind: RerunKind
    ground: str
    by: str
    at: str


def read_reruns(document: Document) -> tuple[Rerun, ...]:
    """The reruns of a station's document; none in trees of before there were any. Raises Malformed."""
    if "reruns" not in document:
        return ()
    return tuple(_rerun(item) for item in objects(document, "reruns"))


def _rerun(item: Document) -> Rerun:
    kind, label = text(item, "kind"), nested(item, "label")
    if kind not in list(RerunKind):
        raise Malformed(f"a kind of {', '.join(RerunKind)}", kind)
    if label != dict(LABELS[RerunKind(kind)]):
        raise Malformed(f"the label of {kind}", str(label))
    for key in ("ground", "by"):
        if not text(item, key).strip():
            raise Malformed(f"words in {key} of a rerun", "none")
    moment_of(text(item, "at"))
    return Rerun(
        number(item, "number"), RerunKind(kind), text(item, "ground"), text(item, "by"), text(item, "at")
    )


def moment_of(at: str) -> datetime:
    """A published time. Raises Malformed for what is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Malformed("an ISO 8601 date and time with its zone", at)
    return moment


def check_reruns(file: str, document: Document, reruns: tuple[Rerun, ...], report: VerifyReport) -> None:
    """Reruns are numbered and in order; no photograph of a count before counts, and people's words are later."""
    report.compare(file, "reruns", list(range(1, len(reruns) + 1)), [rerun.number for rerun in reruns])
    times = [moment_of(rerun.at) for rerun in reruns]
    if times != sorted(times):
        report.add(file, "reruns", "the oldest first", ", ".join(rerun.at for rerun in reruns))
    for photo in objects(document, "photos"):
        _check_photo(file, photo, reruns, report)
    if times:
        for key, at in _words(document):
            if moment_of(at) < max(times):
                report.add(file, key, f"a word given since the rerun of {reruns[-1].at}", at)


def _check_photo(file: str, photo: Document, reruns: tuple[Rerun, ...], report: VerifyReport) -> None:
    count = number(photo, "count") if "count" in photo else 0
    problem, name = text_or_none(photo, "problem"), text(photo, "published")
    if count > len(reruns):
        report.add(file, "reruns", f"the rerun {count} to which {name} belongs", f"{len(reruns)} reruns")
    elif count < len(reruns):
        ended = reruns[count]
        expected = before_text(ended.number, ended.at)
        if text(photo, "role") != "unread":
            report.add(file, "photos", f"{name} unread: {expected}", text(photo, "role"))
        report.compare(file, f"problem of {name}", expected, problem)
    elif is_before(problem):
        report.add(file, "reruns", f"the rerun of which {name} tells", problem)


def check_rerun_page(
    page: str, html: bytes, language: str, reruns: tuple[Rerun, ...], report: VerifyReport
) -> None:
    """The station's page shows each rerun: in one place its kind, who ordered it, when, and its ground."""
    reader = PageReader()
    reader.feed(html.decode("utf-8", errors="replace"))
    reader.close()
    seen = reader.seen()
    for rerun in reruns:
        told = [
            " ".join(words.split()) for words in (LABELS[rerun.kind][language], rerun.by, rerun.at, rerun.ground)
        ]
        if not re.search(BETWEEN.join(map(re.escape, told)), seen):
            report.add(page, f"rerun {rerun.number}", "; ".join(told), "no such words together")


def _words(document: Document) -> list[tuple[str, str]]:
    """Where people's words stand whose time is published, with the time."""
    found = []
    if document.get("confirmed_at") is not None:
        found.append(("confirmed_at", text(document, "confirmed_at")))
    if document.get("decided") is not None:
        found.append(("decided.at", text(nested(document, "decided"), "at")))
    for item in objects(document, "findings"):
        if item.get("acknowledged") is not None:
            found.append((f"{text(item, 'rule')} acknowledged", text(nested(item, "acknowledged"), "at")))
    return found
