"""A published tree recounts; whatever is changed in it is told with its file."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sirekap.errors import InputError
from sirekap.publish import publish_site
from sirekap.record.canonical import canonical
from sirekap.verify import VerifyReport, verify_tree, verify_url
from sirekap.verify.source import safe_path
from tests.publish.example_state import example
from tests.verify.forgeries import (
    MUTATIONS,
    NATION,
    READING,
    REVIEWED,
    STATION,
    VILLAGE,
    a_photo,
    everywhere_but_stations,
    flip_photo,
    remanifest,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, out = example(), tmp_path_factory.mktemp("site") / "public"
    publish_site(made.state(), made.objects, out)
    return out


@pytest.fixture
def tree(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "public")
    return tmp_path / "public"


def told(report: VerifyReport) -> str:
    return "\n".join(str(difference) for difference in report.differences[:30])


def test_an_untouched_tree_is_ok(published: Path) -> None:
    """What was published recounts without a difference, and everything was looked at."""
    report = verify_tree(published)
    assert report.ok, told(report)
    manifest = json.loads((published / "manifest.json").read_bytes())
    assert report.root == manifest["root"]
    assert (report.units, report.stations) == (14, 7)
    assert report.files == manifest["counts"]["files"]
    assert report.pages == 2 * (14 + 7 + 7) + 3


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_is_reported_with_its_file(name: str, tree: Path) -> None:
    """Whatever is changed in a tree, the report names the file and what is wrong with it."""
    change, file, kind = MUTATIONS[name]
    change(tree)
    report = verify_tree(tree)
    assert not report.ok
    matching = [d for d in report.differences if d.file.startswith(file) and d.kind.startswith(kind)]
    assert matching, f"nothing tells of {kind} in {file}:\n{told(report)}"
    assert all(d.expected != d.found for d in matching)


def test_a_consistent_forgery_is_seen_in_every_total(tree: Path) -> None:
    """Where only the stations are honest every unit on the way up is reported, and every table."""
    everywhere_but_stations(tree)
    files = {difference.file for difference in verify_tree(tree).differences}
    assert {f"data/units/{code}.json" for code in ("3171011001", "317101", "3171", "31", "0")} <= files


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/hostname", "data/../../secret", "data//x", "a/./b", "", ".x"]
)
def test_paths_that_leave_the_tree_are_refused(path: str, tree: Path) -> None:
    """A manifest cannot make the recount read outside the tree, in whatever way the path is written."""
    (tree.parent / "secret").write_text("secret")
    assert not safe_path(path)
    manifest = json.loads((tree / "manifest.json").read_bytes())
    manifest["files"].insert(0, {"path": path, "size": 6, "sha256": "0" * 64})
    (tree / "manifest.json").write_bytes(canonical(manifest))
    report = verify_tree(tree)
    assert [d.kind for d in report.differences if repr(path) in d.found] == ["path"]
    assert not any(d.file == path for d in report.differences)


def test_the_log_may_stand_beside_the_manifest(tree: Path) -> None:
    """The log signs manifests, so its own files cannot be listed in one."""
    (tree / "log").mkdir()
    (tree / "log/checkpoint").write_text("signed")
    assert verify_tree(tree).ok


@pytest.mark.slow
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], {"files": 3}])
def test_any_json_as_manifest_or_document_is_told_and_never_raises(value: object, tree: Path) -> None:
    """JSON of another shape is a difference in words, never a traceback."""
    for file in ("data/election.json", NATION, VILLAGE, STATION):
        kept = (tree / file).read_bytes()
        (tree / file).write_bytes(json.dumps(value).encode())
        remanifest(tree)
        report = verify_tree(tree)
        assert any(d.file == file and d.kind == "malformed" for d in report.differences), told(report)
        (tree / file).write_bytes(kept)
    (tree / "manifest.json").write_bytes(json.dumps(value).encode())
    assert [d.kind for d in verify_tree(tree).differences] == ["malformed"]


def keys_of(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field of a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from keys_of(value, (*before, key))


@pytest.mark.slow
@pytest.mark.parametrize("file", [STATION, REVIEWED, READING, VILLAGE, "data/units/3171.json"])
def test_no_field_can_be_anything_without_being_told(file: str, tree: Path) -> None:
    """Each field of a document, replaced by a list, is reported in that document or a page or table of it."""
    original = json.loads((tree / file).read_bytes())
    silent = []
    fields = list(keys_of(original))
    for keys in fields[:: max(7, len(fields) // 60)]:
        document = json.loads((tree / file).read_bytes())
        place = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = [["?"]]
        kept = (tree / file).read_bytes()
        (tree / file).write_bytes(canonical(document))
        remanifest(tree)
        if verify_tree(tree).ok:
            silent.append(keys)
        (tree / file).write_bytes(kept)
    assert silent == []


@pytest.fixture
def served(tree: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        """Serves the tree without a word."""

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(tree))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_a_tree_at_an_address_recounts_as_in_a_folder(tree: Path, served: str) -> None:
    """Over HTTP the same tree gives the same report, and the same changes are seen."""
    here, there = verify_tree(tree), verify_url(served)
    assert there.ok and (there.root, there.files, there.pages) == (here.root, here.files, here.pages)
    flip_photo(tree)
    (tree / VILLAGE).unlink()
    files = {difference.file: difference.kind for difference in verify_url(served).differences}
    assert files[f"photos/{a_photo(tree).name}"] in ("sha256", "name")
    assert VILLAGE in files


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "/tmp"])
def test_only_web_addresses_are_fetched(url: str) -> None:
    """Any other kind of address is refused before anything is opened."""
    with pytest.raises(ValueError, match="only http and https"):
        verify_url(url)


def test_an_address_that_does_not_answer_is_bad_input() -> None:
    """Where nobody answers there is nothing to verify: the answer is neither yes nor no."""
    with pytest.raises(InputError, match=r"expected a published tree; found .*refused"):
        verify_url("http://127.0.0.1:9/")


def test_an_address_that_answers_without_a_tree_is_a_difference(served: str) -> None:
    """A host that has no manifest does not verify."""
    report = verify_url(f"{served}nothing/")
    assert [(d.file, d.kind) for d in report.differences] == [("manifest.json", "missing")]


def test_verify_needs_the_standard_library_alone() -> None:
    """Recounting imports no package from outside, and neither the tally nor the pages."""
    code = (
        "import sys, sirekap.verify\n"
        "outside = {'jinja2', 'markupsafe', 'numpy', 'cv2', 'django', 'duckdb'}\n"
        "outside |= {'sirekap.tally', 'sirekap.publish'}\n"
        "print(sorted(outside & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert found.stdout.strip() == "[]"
