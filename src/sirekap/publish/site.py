"""A workspace's public state, written as a static site that any web server or object store can serve."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sirekap.errors import InputError, Problem
from sirekap.geography import NATION
from sirekap.publish.jpeg import has_metadata, size_of
from sirekap.publish.pages import TIERS, Pages
from sirekap.publish.recap import RecapFiles
from sirekap.publish.tree import TreeWriter
from sirekap.publish.wording import LANGUAGES
from sirekap.record.canonical import canonical
from sirekap.record.documents import (
    Cell,
    PublicIndex,
    election_document,
    index_of,
    reading_document,
    station_columns,
    station_document,
    station_row,
    unit_columns,
    unit_document,
    unit_row,
)
from sirekap.record.state import PublicState

ASSETS = Path(__file__).parent / "assets"
Objects = Callable[[str], bytes]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What was published: where, how much, and the manifest's root in hex."""

    out: Path
    files: int
    bytes: int
    units: int
    stations: int
    root: str


def publish_site(
    state: PublicState,
    objects: Objects,
    out: Path,
    progress: Progress | None = None,
    *,
    extra: Iterable[tuple[str, bytes]] = (),
) -> PublishReport:
    """Write the whole site of a state to the folder `out`; the same state gives the same bytes.

    `objects` returns the bytes of a published photograph or cut by its SHA-256 in hex. `progress` is called
    with (done, all) in documents. `extra` are further files (path, bytes) of the tree, listed in the manifest
    like the others. The tree is built beside `out` and swapped in at the end: a reader or a kill never meets
    half a site.

    Raises InputError where the state cannot be counted (see `record.documents.index_of`), where an object is
    missing, is not what its name says or carries EXIF, and where `out` holds anything but a published tree.
    """
    index = index_of(state)
    writer = TreeWriter(Path(out))
    try:
        _Site(index, objects, writer, progress).write()
        for path, data in extra:
            writer.write(path, data)
        counts = {"units": len(state.geography.units), "stations": len(state.stations)}
        root = writer.finish(counts)
    except BaseException:
        writer.discard()
        raise
    sizes = [size for size, _ in writer.files.values()]
    return PublishReport(writer.out, len(sizes), sum(sizes), counts["units"], counts["stations"], root)


class _Site:
    """One publication under way."""

    def __init__(
        self, index: PublicIndex, objects: Objects, writer: TreeWriter, progress: Progress | None
    ) -> None:
        self.index, self.objects, self.writer = index, objects, writer
        self.progress = progress
        self.done = 0
        self.all = len(index.records) + len(index.state.geography.units) + len(index.state.plenaries)
        self.sizes: dict[str, tuple[int, int] | None] = {}
        self.election = election_document(index)
        self.pages = Pages(self.election, self.sizes)
        self.recap = RecapFiles(index.state, objects, writer, self.pages)

    def write(self) -> None:
        """Everything but the manifest."""
        for asset in sorted(ASSETS.iterdir()):
            # Browsers ask for /favicon.ico by themselves where a photograph is opened alone.
            folder = "" if asset.name == "favicon.ico" else "assets/"
            self.writer.write(f"{folder}{asset.name}", asset.read_bytes())
        self.writer.write("data/election.json", canonical(self.election))
        self._stations()
        self._units()
        self.recap.write(self._step)
        for language in LANGUAGES:
            self.writer.write(f"{language}/about.html", self.pages.about(language))

    def _stations(self) -> None:
        names = self.index.names
        table = _Table(station_columns(names))
        for station in sorted(self.index.records):
            document = station_document(self.index, station)
            self._images("photos", (photo["published"] for photo in document["photos"]), station)
            cuts = (found["cut"] for found in document["figures"].values() if found["cut"] is not None)
            self._images("cuts", cuts, station)
            self.writer.write(f"data/stations/{station}.json", canonical(document))
            table.add(station_row(names, document))
            has_reading = self._reading(station)
            for language in LANGUAGES:
                told = self.recap.corrections(station, language)
                page = self.pages.station(language, document, has_reading=has_reading, corrections=told)
                self.writer.write(f"{language}/stations/{station}.html", page)
            self._step()
        self.writer.write("data/stations.csv", table.data())

    def _reading(self, station: str) -> bool:
        """What the sheet's figures rest on; False where nothing of it was kept."""
        document = reading_document(self.index, station)
        if document is None:
            return False
        self.writer.write(f"data/readings/{station}.json", canonical(document))
        for language in LANGUAGES:
            self.writer.write(f"{language}/readings/{station}.html", self.pages.reading(language, document))
        return True

    def _units(self) -> None:
        names = self.index.names
        tables = {tier: _Table(unit_columns(names)) for tier in TIERS}
        for code in sorted(self.index.state.geography.units):
            document = unit_document(self.index, code)
            self.writer.write(f"data/units/{code}.json", canonical(document))
            tables[document["tier"]].add(unit_row(names, document))
            for language in LANGUAGES:
                page = self.pages.area(language, document, standing=self.recap.standing_of(code, language))
                self.writer.write(f"{language}/units/{code}.html", page)
                if code == NATION:
                    start = self.pages.start(language, document)
                    self.writer.write(f"{language}/index.html", start)
            if code == NATION:
                self.writer.write("index.html", self.pages.start(LANGUAGES[0], document, at_root=True))
            self._step()
        for tier, table in tables.items():
            self.writer.write(f"data/units-{tier}.csv", table.data())

    def _images(self, folder: str, digests: Iterable[str], station: str) -> None:
        for digest in digests:
            path = f"{folder}/{digest}.jpg"
            if path in self.writer.files:
                continue
            data = self.writer.keep(path, digest)
            if data is None:
                data = self._object(digest, station)
                self.writer.write(path, data)
            if has_metadata(data):
                raise _refused(station, "a photograph without EXIF or XMP", f"{digest} with such metadata")
            self.sizes[digest] = size_of(data)

    def _object(self, digest: str, station: str) -> bytes:
        try:
            data = self.objects(digest)
        except (KeyError, FileNotFoundError) as error:
            raise _refused(station, "every photograph and cut in the store", f"no {digest}") from error
        found = sha256(data).hexdigest()
        if found != digest:
            raise _refused(station, f"the object {digest}", f"bytes whose SHA-256 is {found}")
        return data

    def _step(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.all)


class _Table:
    """A CSV file in the making: UTF-8, commas, one line feed a row; None is an empty cell."""

    def __init__(self, columns: list[str]) -> None:
        self.text = io.StringIO()
        self.writer = csv.writer(self.text, lineterminator="\n")
        self.writer.writerow(columns)

    def add(self, row: list[Cell]) -> None:
        self.writer.writerow("" if cell is None else cell for cell in row)

    def data(self) -> bytes:
        return self.text.getvalue().encode()


def _refused(station: str, expected: str, found: str) -> InputError:
    return InputError([Problem("publish", expected, found, column=station, advice="Nothing was published.")])


__all__ = ["Objects", "Progress", "PublishReport", "publish_site"]
