"""`sirekap read`, with the real reader and simulated photographs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import simplejpeg

from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from tests.cli.conftest import Cli

KEYS = ["station", "form", "pages", "pages_missing", "decision", "figures", "findings", "photos"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def photos_of(inputs: Path, station: int = 0) -> list[Path]:
    """The three pages of a station."""
    return sorted((inputs / "photos").iterdir())[3 * station : 3 * station + 3]


def test_manifest_gives_one_object_a_station(cli: Cli, inputs: Path, tmp_path: Path) -> None:
    """Every station has its line in the order of the manifest, in the documented shape; --out writes a file."""
    status, out, err = cli("read", inputs / "manifest.csv", "--out", tmp_path / "out.jsonl")
    assert (status, out, err) == (0, "", "")
    stations = lines((tmp_path / "out.jsonl").read_text())
    assert len(stations) == 2
    for station in stations:
        assert list(station) == KEYS
        assert station["form"] == FORM.id and len(station["station"]) == 13
        assert [photo["page"] for photo in station["photos"]] == [1, 2, 3]
        assert all(len(photo["sha256"]) == 64 and photo["problem"] is None for photo in station["photos"])
        assert list(station["figures"]) == list(FORM.names)
        for figure in station["figures"].values():
            assert (figure["value"] is not None) == (figure["status"] == "read")
            assert 0 <= figure["confidence"] <= 1


def test_photographs_are_the_pages_of_one_sheet(cli: Cli, inputs: Path) -> None:
    """Pages named on the command line, in any order, are one sheet; the QR code names its station."""
    first, second, third = photos_of(inputs)
    status, out, _ = cli("read", third, first, second)
    (sheet,) = lines(out)
    assert status == 0 and sheet["pages"] == [1, 2, 3] and sheet["pages_missing"] == []
    assert sheet["station"] == first.name[:13]
    assert [photo["photo"] for photo in sheet["photos"]] == [str(third), str(first), str(second)]


def test_page_that_was_not_photographed_has_no_figures(cli: Cli, inputs: Path) -> None:
    """Figures of a missing page are absent and the sheet goes to review."""
    (sheet,) = lines(cli("read", photos_of(inputs)[1])[1])
    assert sheet["pages"] == [2] and sheet["pages_missing"] == [1, 3] and sheet["decision"] == "review"
    assert list(sheet["figures"]) == [field.name for field in FORM.fields_of(2)]


def test_same_page_twice_and_a_page_of_another_station(cli: Cli, inputs: Path) -> None:
    """A repeated file is told as such; a page whose QR code names another station takes no part."""
    first = photos_of(inputs)[0]
    stranger = photos_of(inputs, 1)[1]
    (sheet,) = lines(cli("read", first, first, stranger)[1])
    problems = [photo["problem"] for photo in sheet["photos"]]
    assert sheet["pages"] == [1] and problems[0] is None
    assert "the same photograph as" in problems[1] and "QR code" in problems[2]


@pytest.mark.parametrize(
    "kind",
    ["empty", "text", "pdf", "pixel", "bomb", "other", "deep", "truncated", "folder", "missing"],
)
def test_bad_photograph_has_a_problem_and_stops_nothing(
    cli: Cli, inputs: Path, bad_photos: dict[str, tuple[Path, str]], tmp_path: Path, kind: str
) -> None:
    """Whatever a photograph is, its problem is told in words and the page beside it is read."""
    bad, word = bad_photos[kind]
    good = photos_of(inputs)[1]
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"station,photo\n0007,{bad}\n0007,{good}\n")
    status, out, _ = cli("read", manifest)
    (sheet,) = lines(out)
    assert status == 0 and sheet["station"] == "0007" and sheet["decision"] == "review"
    first = sheet["photos"][0]
    assert first["photo"] == str(bad) and first["page"] is None and word in first["problem"]
    assert (first["sha256"] is None) == (kind in ("folder", "missing"))


@pytest.mark.parametrize("kind", ["turned", "deep", "transparent", "grey", "cmyk"])
def test_unusual_picture_reads_the_same(cli: Cli, inputs: Path, tmp_path: Path, kind: str) -> None:
    """Turned by EXIF, of 16 bits, with transparency, grey, in printer's colours: read as it is meant."""
    good = photos_of(inputs)[1]
    (tmp_path / "odd.jpg").write_bytes(unusual(cv2.imread(str(good)), kind))
    (sheet,), (plain,) = lines(cli("read", tmp_path / "odd.jpg")[1]), lines(cli("read", good)[1])
    values = [{name: figure["value"] for name, figure in item["figures"].items()} for item in (sheet, plain)]
    assert sheet["photos"][0]["problem"] is None and sheet["pages"] == [2] and values[0] == values[1]


def unusual(picture: Any, kind: str) -> bytes:
    """The bytes of a picture in an unusual kind of file."""
    if kind == "deep":
        return cv2.imencode(".png", picture.astype(np.uint16) * 257)[1].tobytes()
    if kind == "transparent":
        return cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA))[1].tobytes()
    if kind == "grey":
        return cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))[1].tobytes()
    if kind == "cmyk":  # as Adobe writes it: inverted, so that without black it looks like RGB
        inks = np.dstack([picture[..., ::-1], np.full(picture.shape[:2], 255, np.uint8)])
        return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(inks), 95, "CMYK"))
    data = cv2.imencode(".jpg", cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE))[1].tobytes()
    tag = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"  # orientation 6: turn to the right
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + tag + b"\x00\x00\x00\x00"
    return data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "empty file"),
        (b"station,picture\n1,a.jpg\n", "column photo"),
        (b"station,photo\n", "no rows"),
        (b"\x00\x01", "NUL"),
        (b"station,photo\n1,\xe9\n", "Latin-1"),
    ],
)
def test_manifest_that_is_none_ends_with_2(cli: Cli, tmp_path: Path, data: bytes, words: str) -> None:
    """A manifest without columns, rows or text is refused with its name, and nothing is printed."""
    (tmp_path / "m.csv").write_bytes(data)
    status, out, err = cli("read", tmp_path / "m.csv")
    assert (status, out) == (2, "") and words in err and "m.csv" in err


def test_no_file_at_all_ends_with_2(cli: Cli, tmp_path: Path, inputs: Path) -> None:
    """Files that are not there, a CSV among photographs, an unknown form: usage that is refused."""
    assert cli("read", tmp_path / "no.jpg")[0] == 2
    assert cli("read", tmp_path / "no.csv")[0] == 2
    assert cli("read", inputs / "manifest.csv", photos_of(inputs)[0])[0] == 2
    status, _, err = cli("read", photos_of(inputs)[0], "--form", "C.NONE/1")
    assert status == 2 and "C.HASIL-PPWP/2024" in err


def test_reading_needs_no_database(inputs: Path) -> None:
    """`sirekap read` works where Django, DuckDB, Arrow, obstore and tqdm are not installed."""
    code = (
        "import sys\n"
        "for name in ('django', 'duckdb', 'pyarrow', 'obstore', 'jinja2', 'typst', 'tqdm'):\n"
        "    sys.modules[name] = None\n"
        "from sirekap.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", code, "read", str(photos_of(inputs)[1])]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"] == [2]


def test_explain_writes_a_page_and_a_picture_a_photograph(cli: Cli, inputs: Path, tmp_path: Path) -> None:
    """--explain shows what each figure rests on; a photograph that cannot be read is told, not drawn."""
    first, second, third = photos_of(inputs)
    bad = tmp_path / "<bad>.jpg"
    bad.write_bytes(b"no picture")
    status, out, err = cli("read", first, second, third, bad, "--explain", tmp_path / "why")
    (sheet,) = lines(out)
    station = sheet["station"]
    names = sorted(path.name for path in (tmp_path / "why").iterdir())
    assert (status, err) == (0, "")
    assert names == sorted([f"{station}.html", *(f"{station}-p{page}.jpg" for page in (1, 2, 3))])
    page = (tmp_path / "why" / f"{station}.html").read_text(encoding="utf-8")
    assert all(name in page for name in FORM.names) and "<script" not in page
    assert "&lt;bad&gt;.jpg" in page and "<bad>" not in page
    assert 'lang="id"' in page and 'lang="en"' in page


def test_explain_of_a_manifest_cannot_leave_its_folder(cli: Cli, inputs: Path, tmp_path: Path) -> None:
    """Whatever a manifest calls its station, nothing is written outside the folder."""
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"station,photo\n../../x,{photos_of(inputs)[1]}\n")
    status, _, _ = cli("read", manifest, "--explain", tmp_path / "deep" / "why")
    assert status == 0
    assert [path.parent.name for path in tmp_path.rglob("*.html")] == ["why"]
    (tmp_path / "file").write_text("")
    assert cli("read", manifest, "--explain", tmp_path / "file")[0] == 2
