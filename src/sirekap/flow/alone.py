"""Reading alone, without a workspace: a manifest or some photographs in, one reading a station out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sirekap.errors import InputError, Problem
from sirekap.figures import Figure
from sirekap.flow.reader import Progress, Reader, read_entries, silent
from sirekap.forms import Form
from sirekap.reading.model import PhotoReading, SheetReading
from sirekap.store.manifest import Entry, parse_manifest, photo_bytes, read_file


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """A photograph as it was named, with its hash and page where it had them, and its problem in words."""

    photo: str
    page: int | None
    sha256: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class StationReading:
    """What `sirekap read` says of one station; `paths` are the files of its photographs."""

    sheet: SheetReading
    photos: tuple[PhotoResult, ...]
    paths: tuple[Path, ...]

    def document(self) -> dict[str, Any]:
        """The JSON object of one line."""
        sheet = self.sheet
        return {
            "station": sheet.station,
            "form": sheet.form,
            "pages": list(sheet.pages),
            "pages_missing": list(sheet.pages_missing),
            "decision": str(sheet.decision),
            "figures": {name: _figure_document(figure) for name, figure in sheet.figures.items()},
            "findings": [
                {"rule": finding.rule, "severity": str(finding.severity), "figures": list(finding.figures)}
                for finding in sheet.findings
            ],
            "photos": [
                {"photo": item.photo, "page": item.page, "sha256": item.sha256, "problem": item.problem}
                for item in self.photos
            ],
        }


def _figure_document(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "status": str(figure.status), "confidence": round(figure.confidence, 6)}


def read_manifest(
    manifest: Path, form: Form, reader: Reader, progress: Progress = silent
) -> tuple[tuple[Problem, ...], Iterator[StationReading]]:
    """The problems of a manifest's rows, and a reading a station, in the order in which stations first stand.

    The readings are made as they are taken. Raises InputError for a manifest without a usable row.
    """
    table = parse_manifest(read_file(manifest), manifest)
    return table.problems, _stations(table.file, table.entries, form, reader, progress)


def read_photos(photos: Sequence[Path], form: Form, reader: Reader) -> StationReading:
    """Photographs that are the pages of one sheet. Raises InputError where no file can be read at all."""
    entries = [Entry(row, "", str(photo), photo) for row, photo in enumerate(photos, start=1)]
    contents = [photo_bytes(entry, "command line") for entry in entries]
    faults = [content for content in contents if isinstance(content, Problem)]
    if len(faults) == len(contents):
        raise InputError([replace(fault, row=None, column=None, advice="") for fault in faults])
    (reading,) = _stations("command line", entries, form, reader, silent, known=False)
    return reading


def _stations(
    file: str, entries: Sequence[Entry], form: Form, reader: Reader, progress: Progress, known: bool = True
) -> Iterator[StationReading]:
    expected = Counter(entry.station for entry in entries)
    order = iter(dict.fromkeys(entry.station for entry in entries))
    gathered: dict[str, list[tuple[Path, PhotoReading]]] = {}
    turn = next(order, None)
    for done, (entry, reading) in enumerate(read_entries(file, entries, form, reader, keep=False), start=1):
        gathered.setdefault(entry.station, []).append((entry.path, reading))
        progress(done, len(entries))
        while turn is not None and len(gathered.get(turn, ())) == expected[turn]:
            yield _station_reading(turn if known else None, gathered.pop(turn), form, reader)
            turn = next(order, None)


def _station_reading(
    station: str | None, gathered: Sequence[tuple[Path, PhotoReading]], form: Form, reader: Reader
) -> StationReading:
    readings = [reading for _, reading in gathered]
    unique: dict[str, PhotoReading] = {}
    for reading in readings:
        if reading.sha256:
            unique.setdefault(reading.sha256, reading)
    sheet = reader.sheet(list(unique.values()), form, station=station, voters_per_station=None)
    photos = []
    for reading in readings:
        problem = reading.problem or sheet.problems.get(reading.sha256)
        first = unique.get(reading.sha256)
        if problem is None and first is not None and first is not reading:
            problem = f"the same photograph as {first.name}"
        photos.append(PhotoResult(reading.name, reading.page, reading.sha256 or None, problem))
    return StationReading(sheet, tuple(photos), tuple(path for path, _ in gathered))
