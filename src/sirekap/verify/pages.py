"""The pages against the data: every `<data>` element's value and the text people see inside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sirekap.verify.reader import PageReader, large_numbers
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import COUNTS, SUMS, Document, nested, number, objects, text

PAGE = re.compile(r"(id|en)/(units|stations|readings|recap)/([0-9]{1,13})\.html")
STARTS = {"index.html": "id", "id/index.html": "id", "en/index.html": "en"}


@dataclass(frozen=True, slots=True)
class Words:
    """What an election's pages say besides numbers: its tickets (number and name by figure), the labels of its
    figures by language, and the large numbers that its document holds.
    """

    tickets: dict[str, tuple[str, str]]
    labels: dict[str, Document]
    numbers: frozenset[int]

    def label(self, figure: str, language: str) -> str:
        """A ticket's number and name, else the form's words for a figure."""
        named = self.tickets.get(figure)
        return " · ".join(named) if named else str(self.labels.get(figure, {}).get(language))


def words_of(election: Document) -> Words:
    """The words of /data/election.json. Raises Malformed for another shape."""
    return Words(
        {
            text(item, "figure"): (str(number(item, "number")), " ".join(text(item, "name").split()))
            for item in objects(election, "tickets")
        },
        {text(item, "name"): nested(item, "label") for item in objects(election, "figures")},
        large_numbers(json.dumps(election, ensure_ascii=False)),
    )


def document_of(page: str) -> tuple[str, str] | None:
    """The language of a page and the document that its numbers come from; None for a page without one.

    >>> document_of("en/units/31.html")
    ('en', 'data/units/31.json')
    """
    if page in STARTS:
        return STARTS[page], "data/units/0.json"
    match = PAGE.fullmatch(page)
    return None if match is None else (match[1], f"data/{match[2]}/{match[3]}.json")


def pages_of(document: str) -> tuple[str, ...]:
    """The pages that must stand beside a document."""
    place = document.removeprefix("data/").removesuffix(".json")
    starts = tuple(STARTS) if place == "units/0" else ()
    return (f"id/{place}.html", f"en/{place}.html", *starts)


def check_page(
    page: str, html: bytes, language: str, document: Document, words: Words, report: VerifyReport
) -> None:
    """Every number of one page, and that those it must show are there. `words` are the election's."""
    try:
        written = html.decode("utf-8")
    except UnicodeDecodeError as error:
        report.add(page, "malformed", "a page in UTF-8", error)
        return
    names = tuple(words.labels)
    reader = PageReader()
    reader.feed(written)
    reader.close()
    check_around(page, reader, document, words, report)
    _check_names(page, reader, language, document, words, report)
    check_numbers(page, reader, language, _values(document, names), _required(page, document, names), report)


def check_numbers(
    page: str,
    reader: PageReader,
    language: str,
    values: dict[str, int | None],
    required: list[str],
    report: VerifyReport,
) -> None:
    """Every number of a page against the data's `values` by key, and that the `required` ones are there."""
    seen: set[str] = set()
    for shown in reader.found:
        key = _key(shown.attributes)
        if key not in values:
            report.add(page, "number", "a number of the data", f"{key} = {shown.text}")
            continue
        seen.add(key)
        if shown.hidden:
            report.add(page, "hidden", f"{key} where people see it", "a hidden element")
        value = values[key]
        attribute = shown.attributes.get("value")
        report.compare(page, f"{key} value", "" if value is None else str(value), attribute)
        told = " ".join(shown.text.split())
        if value is None:
            if re.search(r"\d", told) or not told:
                report.add(page, f"{key} text", "a word, because the data hold no number", told)
        else:
            report.compare(page, f"{key} text", _written(value, key, language), told)
    for key in required:
        if key not in seen:
            report.add(page, "number", f"{key} on the page", "no such number")


def check_around(
    page: str,
    reader: PageReader,
    document: Document,
    words: Words,
    report: VerifyReport,
    allowed: frozenset[int] = frozenset(),
) -> None:
    """Nothing that runs or restyles, no digits that touch a number, no large number but those of the document, of
    the election, and `allowed`.
    """
    for odd in reader.odd:
        report.add(page, "element", "only what a page is made of", odd)
    for glued in reader.glued():
        report.add(page, "digits", "no digit beside a number", glued)
    allowed |= words.numbers | large_numbers(json.dumps(document, ensure_ascii=False))
    for strange in sorted(large_numbers(reader.free()) - allowed):
        report.add(page, "digits", "only numbers of the data", strange)


def _check_names(
    page: str, reader: PageReader, language: str, document: Document, words: Words, report: VerifyReport
) -> None:
    """Every ticket under its own number and name, and every figure of a sheet under its own label."""
    if "figures" not in document:
        tables = (
            0 if not document["provisional"]["sheets"] else max(1, len(reader.rows) // len(words.tickets or "?"))
        )
        report.compare(page, "tickets", [*words.tickets.values()] * tables, [_folded(row) for row in reader.rows])
    for shown in reader.found:
        figure = shown.attributes.get("data-figure", "")
        if "figures" in document and figure in words.labels:
            named = " ".join(shown.before.get("what", "").split())
            report.compare(page, f"{figure} label", words.label(figure, language), named)
        elif shown.attributes.get("data-sum", "").endswith("_share") and figure in words.tickets:
            ticket = _folded((shown.before.get("no", ""), shown.before.get("name", "")))
            report.compare(page, f"{figure} ticket", words.tickets[figure], ticket)


def _folded(row: tuple[str, str]) -> tuple[str, str]:
    return " ".join(row[0].split()), " ".join(row[1].split())


def _written(value: int, key: str, language: str) -> str:
    group, point = (".", ",") if language == "id" else (",", ".")
    if key.endswith("_share") or " turnout " in key:
        return f"{value // 100:,}".replace(",", group) + f"{point}{value % 100:02d}%"
    sign = "+" if key.endswith(" difference") and value > 0 else ""
    return f"{sign}{value:,}".replace(",", group)


def _key(attributes: dict[str, str]) -> str:
    if "data-station" in attributes:
        return f"{attributes['data-station']} {attributes.get('data-figure')}"
    return f"{attributes.get('data-unit')} {attributes.get('data-figure')} {attributes.get('data-sum')}"


def _values(document: Document, names: tuple[str, ...]) -> dict[str, int | None]:
    """What the data say for every element that a page may show; None where they hold no number."""
    if "figures" in document:
        return dict(_figures(document, names))
    values: dict[str, int | None] = {}
    for unit in (document, *document.get("children", ())):
        code = unit["code"]
        values |= {f"{code} {key} completeness": unit["completeness"][key] for key in COUNTS}
        for key in SUMS:
            pile = unit[key]
            values[f"{code} sheets {key}"] = pile["sheets"]
            values[f"{code} turnout {key}"] = pile["turnout"]
            for name in names:
                values[f"{code} {name} {key}"] = pile["sums"].get(name)
                values[f"{code} {name} {key}_share"] = pile["shares"].get(name)
                values[f"{code} {name} {key}_blanks"] = pile["blanks"].get(name, 0)
    for station in document.get("stations", ()):
        if "figures" in station:
            values |= dict(_figures(station, names))
    return values


def _figures(station: Document, names: tuple[str, ...]) -> Iterator[tuple[str, int | None]]:
    for name in names:
        found = station["figures"].get(name)
        yield f"{station['station']} {name}", None if found is None else found["value"]


def _required(page: str, document: Document, names: tuple[str, ...]) -> list[str]:
    """What a page must show of its own unit or sheet; a left-out number is a difference too."""
    if "figures" in document:
        return [f"{document['station']} {name}" for name in names]
    code = document["code"]
    required = [f"{code} {key} completeness" for key in COUNTS if key != "unknown_villages"]
    if page not in STARTS and document["provisional"]["sheets"]:
        required += [f"{code} {name} {key}" for name in names for key in SUMS]
    return required
