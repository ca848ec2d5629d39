"""Every file against the manifest: size, SHA-256, what is missing, what is there beside it, and the root."""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.log.tree import root_hash
from sirekap.record.canonical import canonical
from sirekap.verify.known import known, name_by_hash, of_the_log
from sirekap.verify.report import Progress, VerifyReport
from sirekap.verify.shapes import Malformed, load, nested, number, objects, text
from sirekap.verify.source import Source, Unreadable, safe_path

MANIFEST = "manifest.json"
SCHEMA = "sirekap/manifest/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest."""

    path: str
    size: int
    sha256: str


def read_manifest(source: Source, report: VerifyReport) -> list[Entry]:
    """The manifest's entries with a safe path; everything wrong with it is reported."""
    try:
        document = load(source.read(MANIFEST))
        if document.get("schema") != SCHEMA:
            raise Malformed(f"the schema {SCHEMA}", str(document.get("schema")))
        entries = [
            Entry(text(line, "path"), number(line, "size"), text(line, "sha256"))
            for line in objects(document, "files")
        ]
        root, counts = text(document, "root"), nested(document, "counts")
    except Unreadable as error:
        report.add(MANIFEST, "missing", "a manifest", error)
        return []
    except Malformed as error:
        report.add(MANIFEST, "malformed", error.expected, error.found)
        return []
    _check_order(entries, report)
    report.root = root_hash(
        canonical({"path": entry.path, "size": entry.size, "sha256": entry.sha256}) for entry in entries
    ).hex()
    report.compare(MANIFEST, "root", report.root, root)
    report.compare(MANIFEST, "counts.files", len(entries), counts.get("files"))
    report.compare(MANIFEST, "counts.bytes", sum(entry.size for entry in entries), counts.get("bytes"))
    return [entry for entry in entries if safe_path(entry.path)]


def _check_order(entries: list[Entry], report: VerifyReport) -> None:
    before = ""
    for entry in entries:
        if not safe_path(entry.path):
            report.add(MANIFEST, "path", "a relative path inside the tree", repr(entry.path))
        elif entry.path <= before:
            report.add(MANIFEST, "order", f"paths sorted and each once, after {before}", entry.path)
        before = entry.path


def check_files(
    source: Source, entries: list[Entry], report: VerifyReport, progress: Progress | None
) -> set[str]:
    """Hash every file; returns the paths that are there, whether or not they are as listed."""
    readable: set[str] = set()
    for done, entry in enumerate(entries, start=1):
        if not known(entry.path):
            report.add(entry.path, "unknown", "only files that a tree can hold", "another file")
        _check_name(entry.path, entry.sha256, report)
        try:
            size, digest = source.digest(entry.path)
        except Unreadable as error:
            report.add(entry.path, "missing", "a file that the manifest lists", error)
            continue
        finally:
            if progress is not None:
                progress(done, len(entries))
        readable.add(entry.path)
        report.files += 1
        report.bytes += size
        report.compare(entry.path, "size", entry.size, size)
        report.compare(entry.path, "sha256", entry.sha256, digest)
        if digest != entry.sha256:
            _check_name(entry.path, digest, report)
    listed = {entry.path for entry in entries}
    # The log signs manifests, so no manifest can list its files.
    for path in source.present() or ():
        if path not in listed and path != MANIFEST and not of_the_log(path):
            report.add(path, "unlisted", "only files that the manifest lists", "a file beside them")
    return readable


def _check_name(path: str, digest: str, report: VerifyReport) -> None:
    name, found = name_by_hash(path, digest), path.rpartition("/")[2]
    if name is not None and name != found:
        report.add(path, "name", f"the name {name}, its SHA-256", found)
