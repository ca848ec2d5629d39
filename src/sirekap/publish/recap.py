"""Plenaries on the site: documents and pages, certificates and papers by their hashes, the authorities' file."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

from sirekap.errors import InputError, Problem
from sirekap.publish.pages import Pages
from sirekap.publish.recap_pages import Standing, Told, recap_values, told_corrections
from sirekap.publish.tree import TreeWriter
from sirekap.publish.wording import LANGUAGES
from sirekap.recap import Corrected, play
from sirekap.record.canonical import canonical
from sirekap.record.documents import Document
from sirekap.record.recap_documents import recap_document
from sirekap.record.recap_state import PlenaryRecord
from sirekap.record.state import PublicState

FOLDER = "certificates"
OFFICERS = f"{FOLDER}/officers.pem"


class RecapFiles:
    """The plenaries of one publication under way."""

    def __init__(
        self, state: PublicState, objects: Callable[[str], bytes], writer: TreeWriter, pages: Pages
    ) -> None:
        """Nothing is written yet."""
        self.state, self.objects, self.writer, self.pages = state, objects, writer, pages
        self.names = {code: unit.name for code, unit in state.geography.units.items()}
        self._standing = {
            record.unit: Standing(record.stage, tuple(version.closed_at for version in record.versions))
            for record in state.plenaries
        }
        self._corrected: dict[str, list[Corrected]] = {}
        for record in state.plenaries:
            for act in play(record.acts).corrections:  # not those that were taken back
                self._corrected.setdefault(act.part, []).append(act)

    def standing_of(self, unit: str, language: str) -> str | None:
        """Where a unit's plenary stands, in words; None where none was opened."""
        found = self._standing.get(unit)
        return None if found is None else found.text(language)

    def corrections(self, station: str, language: str) -> tuple[Told, ...]:
        """What its district's plenary corrected of a station."""
        acts = self._corrected.get(station, ())
        return told_corrections(acts, self.pages.election, self.names, language)

    def write(self, step: Callable[[], None]) -> None:
        """All of it; `step` is called after each plenary. Raises InputError where an object is missing."""
        if self.state.plenaries and self.state.officers:
            self.writer.write(OFFICERS, b"".join(self.state.officers))
        for record in self.state.plenaries:
            self._plenary(record)
            step()

    def _plenary(self, record: PlenaryRecord) -> None:
        document = recap_document(self.state, record)
        certificate: Document | None = None
        for version in record.versions:
            certificate = json.loads(self._keep(version.data, "json", record.unit))
            if version.paper is not None:
                self._keep(version.paper, "pdf", record.unit)
        self.writer.write(f"data/recap/{record.unit}.json", canonical(document))
        for language in LANGUAGES:
            values = recap_values(document, certificate, self.pages.election, language, self.names)
            page = self.pages.recap(language, record.unit, {**values, "has_officers": bool(self.state.officers)})
            self.writer.write(f"{language}/recap/{record.unit}.html", page)

    def _keep(self, digest: str, kind: str, unit: str) -> bytes:
        path = f"{FOLDER}/{digest}.{kind}"
        data = self.writer.keep(path, digest)
        if data is not None:
            return data
        try:
            data = self.objects(digest)
        except (KeyError, FileNotFoundError) as error:
            raise _refused(unit, "every certificate and paper in the store", f"no {digest}") from error
        found = sha256(data).hexdigest()
        if found != digest:
            raise _refused(unit, f"the object {digest}", f"bytes whose SHA-256 is {found}")
        self.writer.write(path, data)
        return data


def _refused(unit: str, expected: str, found: str) -> InputError:
    return InputError([Problem("publish", expected, found, column=unit, advice="Nothing was published.")])
