"""Manifests as people send them."""

import os
from pathlib import Path

import pytest

from sirekap.errors import InputError, Problem
from sirekap.store.manifest import MOST_BYTES, Entry, parse_manifest, photo_bytes

PATH = Path("folder/list.csv")


@pytest.mark.parametrize(
    "data",
    [
        b"station,photo\n1,a.jpg\n",
        b"\xef\xbb\xbfstation,photo\n1,a.jpg\n",
        b"station;photo\r\n1;a.jpg\r\n",
        b"photo,extra,station\na.jpg,x,1\n",
        b"station,photo\n\n1 , a.jpg \n",
    ],
    ids=["plain", "byte-order mark", "semicolons", "other order", "spaces"],
)
def test_good_manifests(data: bytes) -> None:
    """A byte-order mark, semicolons, further columns and spaces are no fault."""
    manifest = parse_manifest(data, PATH)
    assert [(e.station, e.photo, e.path) for e in manifest.entries] == [("1", "a.jpg", Path("folder/a.jpg"))]
    assert manifest.problems == ()


@pytest.mark.parametrize(
    "row, words",
    [
        (b"1,\n", "column photo: expected a value"),
        (b",a.jpg\n", "column station: expected a value"),
        (b"1,caf\xe9.jpg\n", "Latin-1"),
        (b"9,good.jpg\n", "row 2 again"),
        (b"1,a.jpg,b.jpg\n", "expected 2 cells"),
        (b"1,a\x1b[31m.jpg\n", "printable"),
    ],
)
def test_bad_row_is_told_and_the_others_are_taken(row: bytes, words: str) -> None:
    """Each fault names its row; the good rows stay."""
    manifest = parse_manifest(b"station,photo\n9,good.jpg\n" + row + b"8,good.jpg\n", PATH)
    assert [entry.station for entry in manifest.entries] == ["9", "8"]
    (problem,) = manifest.problems
    assert problem.row == 3 and words in str(problem)


@pytest.mark.parametrize(
    "data", [b"", b"station\n1\n", b"station,photo\n", b"PK\x03\x04\x00", b"station,photo\n,\n,\n"]
)
def test_manifest_without_a_usable_row_is_refused(data: bytes) -> None:
    """An empty file, a missing column, a binary file and one with bad rows alone are refused as a whole."""
    with pytest.raises(InputError, match=r"list\.csv"):
        parse_manifest(data, PATH)


def test_enormous_file_is_not_read(tmp_path: Path) -> None:
    """A file larger than any photograph is told by its size, without filling the memory."""
    with (tmp_path / "big.jpg").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    found = photo_bytes(Entry(2, "1", "big.jpg", tmp_path / "big.jpg"), "list.csv")
    assert "bytes" in str(found) and "row 2" in str(found)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    """A pipe, a device or a folder in a manifest is refused with its row; nothing waits or reads for ever."""
    photo = tmp_path / "p.jpg"
    if kind == "pipe":
        os.mkfifo(photo)
    elif kind == "device":
        photo.symlink_to("/dev/zero")
    else:
        photo.mkdir()
    problem = photo_bytes(Entry(2, "1101012001001", "p.jpg", photo), "m.csv")
    assert isinstance(problem, Problem) and (problem.row, problem.expected) == (2, "a regular file")
