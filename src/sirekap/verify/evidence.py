"""An evidence bundle checked by anyone: every file's hash, photographs, sums of the recapitulation, signatures.

It needs the bundle alone, and pyHanko where papers are signed. What it cannot show is who made the bundle: who
alters it and its list of hashes alike is found out only by what was signed, or by a bundle that the server makes
again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sirekap.errors import InputError, Problem
from sirekap.record.evidence import MANIFEST, PLENARIES, SCHEMA, STATION_SCHEMA, STATIONS, SUMS, read_sums
from sirekap.verify.evidence_recap import RecapCheck
from sirekap.verify.evidence_source import Bundle, open_bundle
from sirekap.verify.report import Progress, VerifyReport
from sirekap.verify.shapes import Document, Malformed, load, nested, number, objects, text, texts
from sirekap.verify.source import Unreadable

if TYPE_CHECKING:
    from sirekap.verify.certificates import CertificateReport

NAMED = re.compile(
    r"(?:.*/)?(?:received|published|cuts|aside|delivered|objections)/(?:[^/]*-)?([0-9a-f]{64})\.[a-z]{3}"
)


@dataclass(slots=True)
class EvidenceCheck:
    """What was found. `signed` are the last papers with signatures, by file, with what their check says.

    `own_roots`: signatures were judged by the authorities that the bundle itself holds.
    """

    report: VerifyReport
    head: Document = field(default_factory=dict)
    photographs: int = 0
    versions: int = 0
    unsigned: int = 0
    own_roots: bool = True
    signed: dict[str, CertificateReport] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything is as it must be."""
        return self.report.ok


def check_evidence(
    path: Path,
    roots: Sequence[bytes] = (),
    at: datetime | None = None,
    progress: Progress | None = None,
) -> EvidenceCheck:
    """Check a bundle: a ZIP, or the folder it was unpacked into.

    Signatures are judged by `roots` (PEM or DER), without any by the bundle's own authorities; as of `at`, else
    as of the moment at which the server took each paper. Raises InputError where there is no such file, and for a
    root that is no certificate; whatever is wrong with the bundle is told in the report.
    """
    check = EvidenceCheck(VerifyReport(), own_roots=not roots)
    with ExitStack() as stack:
        try:
            file = None if path.is_dir() else stack.enter_context(path.open("rb"))
        except OSError as error:
            problem = Problem(str(path), "an evidence bundle", error.strerror or str(error))
            raise InputError([problem]) from error
        bundle = open_bundle(path, file, check.report)
        _Checking(bundle, check, tuple(roots), at).run(progress)
    return check


class _Checking:
    """One check under way."""

    def __init__(
        self, bundle: Bundle, check: EvidenceCheck, roots: tuple[bytes, ...], at: datetime | None
    ) -> None:
        self.bundle, self.check, self.report = bundle, check, check.report
        self.roots, self.at = roots, at
        self.found: dict[str, tuple[int, str]] = {}

    def run(self, progress: Progress | None) -> None:
        """The files first; then what they say."""
        if not self._files(progress):
            return
        head = self._document(MANIFEST, SCHEMA)
        if head is None:
            return
        self.check.head = head
        try:
            self._listed(head)
            self._documents(head)
        except Malformed as error:
            self.report.add(MANIFEST, "malformed", error.expected, error.found)

    def _documents(self, head: Document) -> None:
        """What stations and plenaries say. Raises Malformed for a manifest that does not name them."""
        stations: dict[str, Document] = {}
        for row in objects(head, "stations"):
            self._station(text(row, "station"), stations)
        recap = RecapCheck(self.bundle, self.found, self.report, text(head, "contest"), stations)
        for row in objects(head, "plenaries"):
            recap.plenary(f"{PLENARIES}/{text(row, 'unit')}/plenary.json")
        recap.links()
        self.check.versions = recap.versions
        self._signatures(recap, head)

    def _files(self, progress: Progress | None) -> bool:
        """Every file against the list of hashes; whether there is such a list."""
        try:
            sums = read_sums(self.bundle.read(SUMS))
        except (Unreadable, ValueError) as error:
            self.report.add(SUMS, "missing", "a list of the files' SHA-256", error)
            return False
        for done, (path, expected) in enumerate(sorted(sums.items()), start=1):
            try:
                size, digest = self.bundle.digest(path)
            except Unreadable as error:
                self.report.add(path, "missing", f"a file that {SUMS} lists", error)
                continue
            self.found[path] = size, digest
            self.report.files += 1
            self.report.bytes += size
            self.report.compare(path, "sha256", expected, digest)
            named = NAMED.fullmatch(path)
            if named and named[1] != digest:
                self.report.add(path, "name", f"bytes with the SHA-256 {named[1]}", digest)
            if progress is not None:
                progress(done, len(sums))
        for path in self.bundle.present() or ():
            if path not in sums and path != SUMS:
                self.report.add(path, "extra", f"only files that {SUMS} lists", "another file")
        return True

    def _document(self, path: str, schema: str) -> Document | None:
        """A document of a schema, or None with the reason told."""
        try:
            document = load(self.bundle.read(path))
        except (Unreadable, Malformed) as error:
            self.report.add(path, "malformed", f"a document {schema}", error)
            return None
        if document.get("schema") != schema:
            self.report.add(path, "malformed", f"the schema {schema}", document.get("schema"))
            return None
        return document

    def _listed(self, head: Document) -> None:
        """The manifest's list of files against what is there."""
        listed = {text(row, "path"): (number(row, "size"), text(row, "sha256")) for row in objects(head, "files")}
        for path, found in sorted(self.found.items()):
            if path != MANIFEST and listed.get(path) != found:
                self.report.add(path, "manifest", f"{listed.get(path)}, as the manifest says", found)
        for path in sorted(listed.keys() - self.found.keys()):
            self.report.add(path, "missing", "a file that the manifest lists", "none")

    def _station(self, station: str, stations: dict[str, Document]) -> None:
        """A station's document, and the files that it names."""
        path = f"{STATIONS}/{station}/station.json"
        document = self._document(path, STATION_SCHEMA)
        if document is None:
            return
        self.report.stations += 1
        try:
            self.report.compare(path, "station", station, text(document, "station"))
            self._photographs(path, document)
        except Malformed as error:
            self.report.add(path, "malformed", error.expected, error.found)
        stations[station] = document

    def _photographs(self, path: str, document: Document) -> None:
        copies = objects(document, "copies")
        own = [*objects(document, "photographs"), *(p for copy in copies for p in objects(copy, "photographs"))]
        for photo in own:
            self._named(path, text(photo, "published_file"), text(photo, "published"))
            for reading in objects(photo, "readings"):
                self._named(path, text(reading, "file"), None)
                for file in nested(reading, "cuts").values():
                    self._named(path, str(file), None)
        for photo in (*own, *objects(document, "aside")):
            self._named(path, text(photo, "file"), text(photo, "sha256"))
            self.check.photographs += 1
        for delivery in objects(document, "deliveries"):
            if delivery.get("file") is not None:
                self._named(path, text(delivery, "file"), text(delivery, "sha256"))
                self.check.photographs += 1

    def _named(self, path: str, file: str, digest: str | None) -> None:
        """A file that a document names must be there, with the hash that the document tells."""
        if file not in self.found:
            self.report.add(path, "missing", f"the file {file}", "none")
        elif digest is not None:
            self.report.compare(file, "sha256", digest, self.found[file][1])

    def _signatures(self, recap: RecapCheck, head: Document) -> None:
        """The last paper of each version, with all its signatures."""
        self.check.unsigned = recap.unsigned
        if not recap.papers:
            return
        from sirekap.verify.certificates import check_certificate

        roots = self.roots
        if not roots:
            try:
                roots = tuple(self.bundle.read(file) for file in texts(head, "authorities"))
            except (Malformed, Unreadable) as error:
                self.report.add(MANIFEST, "authorities", "certificates of authorities in PEM", error)
                return
        for file, paper in sorted(recap.papers.items()):
            try:
                found = check_certificate(paper.pdf, roots, paper.data, self.at or paper.at)
            except InputError as error:
                if self.roots:
                    raise
                self.report.add(MANIFEST, "authorities", "certificates of authorities in PEM", error)
                return
            self.check.signed[file] = found
            self.report.compare(file, "signatures", paper.number, len(found.signatures))
            if not found.valid:
                bad = [
                    each.problem or f"{each.name}: key {each.trust}"
                    for each in found.signatures
                    if not each.valid
                ]
                why = "; ".join(part for part in (found.problem, *bad) if part) or "the data is not its own"
                self.report.add(file, "signature", "signatures that hold", why)
