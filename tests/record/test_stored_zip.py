"""Archives whose bytes follow from their contents: read by others, the same again, and large ones too."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from sirekap.record import stored_zip
from sirekap.record.stored_zip import Entry, StoredZip, ending

FILES = {"index.html": b"<p>", "b/empty": b"", "b/a.bin": bytes(range(256)) * 9}


def written(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    archive = StoredZip(out)
    for name, data in files.items():
        archive.add(name, data)
    assert archive.finish() == len(out.getvalue())
    return out.getvalue()


def test_others_read_what_was_written(tmp_path: Path) -> None:
    """Python's own reader and unzip find every file, uncompressed, listed by name."""
    data = written(FILES)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(FILES)
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    (tmp_path / "x.zip").write_bytes(data)
    if shutil.which("unzip"):
        told = subprocess.run(["unzip", "-t", tmp_path / "x.zip"], capture_output=True, text=True, check=True)
        assert "No errors detected" in told.stdout
    assert written(FILES) == data


def test_more_files_than_a_plain_list_can_count() -> None:
    """Beyond 65,535 files the list is one of ZIP64."""
    files = {f"f{number}": b"" for number in range(stored_zip.MOST_16 + 5)}
    with zipfile.ZipFile(io.BytesIO(written(files))) as archive:
        assert len(archive.namelist()) == len(files)


def test_what_lies_beyond_four_gibibytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file begins so far behind, its place stands in 64 bits; the limit is set low here."""
    monkeypatch.setattr(stored_zip, "MOST_32", 1000)
    entries = [Entry("a", 990, 0, 0), Entry("b", 5, 0, 1021)]
    parts = list(ending(entries))
    assert parts[1].endswith(b"b\x01\x00\x08\x00" + (1021).to_bytes(8, "little"))
    assert parts[2].startswith(b"PK\6\6") and parts[3].startswith(b"PK\6\7") and parts[4].startswith(b"PK\5\6")
    assert (1021 + 31 + 5).to_bytes(8, "little") in parts[2]


@pytest.mark.parametrize("name", ["", "/a", "../a", "a//b", "a/../b", "a\\b", ".a", "é", "a b", "a/"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="relative path"):
        StoredZip(io.BytesIO()).add(name, b"")


def test_a_name_stands_once() -> None:
    archive = StoredZip(io.BytesIO())
    archive.add("a", b"")
    with pytest.raises(ValueError, match="twice"):
        archive.add("a", b"")
