import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.publish import publish_site
from sirekap.publish.jpeg import has_metadata, size_of
from sirekap.publish.tree import TreeWriter
from sirekap.review import State
from tests.publish.example_state import FORM, Example, example, sheet_values


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a tree by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, out = example(), tmp_path_factory.mktemp("site") / "public"
    publish_site(made.state(), made.objects, out)
    return out


def test_the_same_state_gives_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    """Publishing twice, also with the stations in another order, writes the same files byte for byte."""
    made = example()
    made.records.reverse()
    publish_site(made.state(), made.objects, tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(tree)


def test_publishing_again_replaces_the_tree_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """A second publication takes the first one's place, with photographs taken over from it."""
    made, out = example(), tmp_path / "public"
    first = publish_site(made.state(), made.objects, out)
    made.records.pop()
    asked: list[str] = []

    def objects(digest: str) -> bytes:
        asked.append(digest)
        return made.objects(digest)

    second = publish_site(made.state(), objects, out)
    assert second.root != first.root
    assert second.stations == first.stations - 1
    assert asked == []
    assert not (out / "data/stations/9901011001007.json").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


def test_two_publications_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    """While one publication is under way another into the same folder is refused; after it, it is taken."""
    made, out = example(), tmp_path / "public"
    first = publish_site(made.state(), made.objects, out)

    def meanwhile(done: int, total: int) -> None:
        with pytest.raises(InputError, match="another publication"):
            publish_site(made.state(), made.objects, out)

    assert publish_site(made.state(), made.objects, out, meanwhile).root == first.root
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public"]


def test_a_folder_with_other_things_is_never_replaced(tmp_path: Path) -> None:
    """A folder that is no published tree is refused and stays as it was."""
    out = tmp_path / "papers"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    (out / "manifest.json").write_text('{"name": "a web app"}')
    made = example()
    with pytest.raises(InputError, match="new, empty or a published tree"):
        publish_site(made.state(), made.objects, out)
    assert sorted(files_of(out)) == ["manifest.json", "thesis.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["papers"]


def test_a_failure_in_the_middle_leaves_the_old_tree(tmp_path: Path) -> None:
    """Where an object is missing nothing is published and the old tree keeps every byte."""
    made, out = example(), tmp_path / "public"
    publish_site(made.state(), made.objects, out)
    before = files_of(out)
    made.add("3171011001004", sheet_values((5, 6, 7)))

    def objects(digest: str) -> bytes:
        raise KeyError(digest)

    with pytest.raises(InputError, match=r"3171011001004.*every photograph and cut"):
        publish_site(made.state(), objects, out)
    assert files_of(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


def test_a_kill_between_two_renames_is_mended_by_the_next_publication(tmp_path: Path) -> None:
    """A tree that a kill left aside under its retired name is put back before anything else happens."""
    made, out = example(), tmp_path / "public"
    publish_site(made.state(), made.objects, out)
    before = files_of(out)
    out.rename(tmp_path / ".public.retired")
    writer = TreeWriter(out)
    writer.discard()
    assert files_of(out) == before


def test_without_an_exchanging_rename_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system cannot exchange folders the tree is still replaced as a whole."""
    monkeypatch.setattr("sirekap.publish.tree._exchange", lambda one, other: False)
    made, out = example(), tmp_path / "public"
    publish_site(made.state(), made.objects, out)
    made.records.pop()
    publish_site(made.state(), made.objects, out)
    assert not (out / "data/stations/9901011001007.json").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


@pytest.mark.slow
def test_readers_never_meet_half_a_site(tmp_path: Path) -> None:
    """While a publication runs the folder shows the old tree, complete."""
    made, out = example(), tmp_path / "public"
    publish_site(made.state(), made.objects, out)
    before = sorted(files_of(out))
    seen: list[list[str]] = []
    publish_site(made.state(), made.objects, out, lambda done, every: seen.append(sorted(files_of(out))))
    assert seen and all(files == before for files in seen)


def wrong_bytes(made: Example) -> Callable[[str], bytes]:
    return lambda digest: b"something else"


def with_exif(made: Example) -> Callable[[str], bytes]:
    body = b"Exif\x00\x00GPS"
    jpeg = b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + b"\xff\xd9"
    digest = made.keep(jpeg)
    record = made.records[0]
    photo = type(record.photos[0])(digest, digest, None, "unread", "no page found")
    made.records[0] = type(record)(
        record.station, record.state, record.figures, record.findings, (*record.photos, photo)
    )
    return made.objects


@pytest.mark.parametrize(
    ("objects", "told"), [(wrong_bytes, "bytes whose SHA-256 is"), (with_exif, "without EXIF")]
)
def test_objects_that_must_not_be_published_are_refused(
    objects: Callable[[Example], Callable[[str], bytes]], told: str, tmp_path: Path
) -> None:
    """Bytes that are not what their name says, and photographs that tell place or device, are refused."""
    made = example()
    stored = objects(made)
    with pytest.raises(InputError, match=told):
        publish_site(made.state(), stored, tmp_path / "public")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_cannot_count_is_refused(tmp_path: Path) -> None:
    """A settled sheet with an illegible figure or a missing page stops the publication."""
    made = Example(images=False)
    made.add("3171011001001", sheet_values((1, 2, 3)), State.SETTLED, illegible=("suara_1",))
    made.add("3171011001002", sheet_values((1, 2, 3)), State.PROVISIONAL, pages_missing=(2,))
    with pytest.raises(InputError) as refused:
        publish_site(made.state(), made.objects, tmp_path / "public")
    told = str(refused.value)
    assert "3171011001001" in told and "illegible" in told and "no page 2" in told


def test_extra_files_are_part_of_the_tree(tmp_path: Path) -> None:
    """Files that another part gives are written and listed like the others; a path twice is refused."""
    made, out = Example(images=False), tmp_path / "public"
    publish_site(made.state(), made.objects, out, extra=[("wilayah/0.json", b"[]")])
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert (out / "wilayah/0.json").read_bytes() == b"[]"
    assert "wilayah/0.json" in [line["path"] for line in manifest["files"]]
    with pytest.raises(ValueError, match="written twice"):
        publish_site(made.state(), made.objects, out, extra=[("data/stations.csv", b"")])


def test_unknown_numbers_of_stations_are_null(tree: Path) -> None:
    """Where nobody knows how many stations there are the documents say null, never 0."""
    completeness = json.loads((tree / "data/units/99.json").read_bytes())["completeness"]
    assert (completeness["expected"], completeness["missing"], completeness["present"]) == (None, None, 1)
    assert completeness["unknown_villages"] == 1


def test_blank_cells_stay_blank(tree: Path) -> None:
    """A blank figure is an empty cell with its status beside it, and adds to no sum."""
    header, *rows = (tree / "data/stations.csv").read_text().splitlines()
    columns = header.split(",")
    cells = dict(zip(columns, rows[0].split(","), strict=True))
    assert cells["disabilitas_j"] == "" and cells["disabilitas_j_status"] == "blank"
    nation = json.loads((tree / "data/units/0.json").read_bytes())["provisional"]
    assert "disabilitas_j" not in nation["sums"] and nation["blanks"]["disabilitas_j"] == 4


def test_only_stations_with_photographs_have_documents(tree: Path) -> None:
    """A station that is not in has no document of its own and stands in its village's as missing."""
    village = json.loads((tree / "data/units/3171011001.json").read_bytes())
    states = [station["state"] for station in village["stations"]]
    assert states == ["provisional", "settled", "review", "missing"]
    assert not (tree / "data/stations/3171011001004.json").exists()


def test_every_figure_of_the_form_has_a_column(tree: Path) -> None:
    """The table of stations holds each figure of the form and its status."""
    columns = (tree / "data/stations.csv").read_text().splitlines()[0].split(",")
    assert set(columns) >= {*FORM.names, *(f"{name}_status" for name in FORM.names)}


def test_jpegs_are_measured_without_decoding() -> None:
    """Width and height come from the frame header; other bytes have none and carry no metadata."""
    made = Example()
    data = made.objects(made.picture("x"))
    assert size_of(data) == (64, 24)
    assert size_of(os.urandom(40)) is None and not has_metadata(b"") and not has_metadata(data)
