"""What a stranger sees of a rerun in the published tree, and what a forger cannot change there."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sirekap.flow.capture import confirm
from sirekap.flow.intake import ingest
from sirekap.flow.steps import publish_workspace
from sirekap.publish import publish_site
from sirekap.review.reruns import RerunKind
from sirekap.verify.run import verify_tree
from tests.example import consistent
from tests.flow.capturing import AT, CONTEST, signed
from tests.flow.desking import bring, staffed
from tests.flow.fakes import OTHER, READER, STATION, pages, write_manifest
from tests.flow.rerunning import GROUND, rerun
from tests.verify.forgeries import edit, remanifest

FILE, LATER = (f"data/stations/{station}.json" for station in (STATION, "3173011001003"))
Change = Callable[[dict[str, Any]], None]
ORDERED = "2024-02-14T13:00:00Z"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A settled sheet that was counted again and settled again, one that was not, and a station voting later."""
    folder = tmp_path_factory.mktemp("again")
    workspace = staffed(folder, more=f"kpps,{OTHER},,,ketua-2\n")
    values, new, after = consistent(), consistent(women=60), AT + timedelta(hours=2)
    bring(workspace, folder / "in", values)
    bring(workspace, folder / "in", consistent(women=90), OTHER)
    for login, station, said in (("ketua-1", STATION, values), ("ketua-2", OTHER, consistent(women=90))):
        confirm(workspace, signed(workspace, login), CONTEST, station, uuid4(), 1, said, (), AT)
    rerun(workspace, at=AT + timedelta(hours=1))
    ingest(workspace, write_manifest(folder / "new", pages(STATION, new, note="new")), READER)
    confirm(workspace, signed(workspace, "ketua-1"), CONTEST, STATION, uuid4(), 2, new, (), after)
    rerun(workspace, kind=RerunKind.LATER, station="3173011001003")
    publish_workspace(workspace, publish_site, folder / "public")
    workspace.close()
    return folder / "public"


def test_a_rerun_is_published_and_found_right(published: Path) -> None:
    """Kind, ground, role and time stand in the document and on the page; the old photographs count no more."""
    report = verify_tree(published)
    assert report.ok, report.differences[:3]
    sheet = json.loads((published / FILE).read_bytes())
    assert sheet["reruns"] == [
        {
            "number": 1, "kind": "penghitungan_ulang", "ground": GROUND, "by": "KPU Kabupaten/Kota JAKARTA PUSAT",
            "label": {"id": "Penghitungan suara ulang", "en": "Recount of the votes"}, "at": ORDERED,
        }
    ]  # fmt: skip
    assert sheet["state"] == "settled"
    assert [(photo["count"], photo["role"]) for photo in sheet["photos"]] == [(1, "used")] * 3 + [
        (0, "unread")
    ] * 3
    told = {photo["problem"] for photo in sheet["photos"] if photo["count"] == 0}
    assert told == {f"it belongs to the count before rerun 1 of {ORDERED}"}
    for language, label in sheet["reruns"][0]["label"].items():
        page = (published / f"{language}/stations/{STATION}.html").read_text()
        assert label in page and GROUND in page and ORDERED in page
    row = next(r for r in (published / "data/stations.csv").read_text().splitlines() if r.startswith(STATION))
    assert row.split(",")[3:6] == ["settled", "true", "1"]


def test_a_station_that_votes_later_is_published_as_waiting(published: Path) -> None:
    """No photograph yet: in review, with all pages missing and the rerun told."""
    sheet = json.loads((published / LATER).read_bytes())
    assert (sheet["state"], sheet["photos"], sheet["reruns"][0]["kind"]) == ("review", [], "susulan")


def hide(sheet: dict[str, Any]) -> None:
    """The rerun is left out, the photographs of before stay as they are."""
    sheet["reruns"] = []


def hide_well(sheet: dict[str, Any]) -> None:
    """The rerun is left out, and every photograph is said to be of the first count."""
    sheet["reruns"] = []
    for photo in sheet["photos"]:
        photo["count"] = 0


def without_key(sheet: dict[str, Any]) -> None:
    """As if the tree were of before there were reruns."""
    del sheet["reruns"]


def old_photo(sheet: dict[str, Any]) -> dict[str, Any]:
    """A photograph of the count before."""
    return dict_of(next(photo for photo in sheet["photos"] if photo["count"] == 0))


def dict_of(photo: Any) -> dict[str, Any]:
    """The same object, for changing."""
    assert isinstance(photo, dict)
    return photo


def count_old(sheet: dict[str, Any]) -> None:
    """A figure is said to stand on a photograph of the count before."""
    photo = old_photo(sheet)
    for figure in sheet["figures"].values():
        if figure["page"] == photo["page"]:
            figure["photo"] = photo["published"]
    photo["role"] = "used"


def promote(sheet: dict[str, Any]) -> None:
    """A photograph of before is said to be of the new count, and to count."""
    photo = old_photo(sheet)
    photo["count"], photo["role"] = 1, "beside"


def other_problem(sheet: dict[str, Any]) -> None:
    """What is wrong with a photograph of before is not told."""
    old_photo(sheet)["problem"] = None


def confirmed_before(sheet: dict[str, Any]) -> None:
    """The officer's word is older than the rerun."""
    sheet["confirmed_at"] = "2024-02-14T12:00:00Z"


def in_rerun(key: str, value: Any) -> Change:
    """Something else is said of the rerun."""

    def change(sheet: dict[str, Any]) -> None:
        sheet["reruns"][0][key] = value

    return change


def twice(sheet: dict[str, Any]) -> None:
    """A second rerun, older than the first and of the same number."""
    sheet["reruns"].append({**sheet["reruns"][0], "at": "2024-02-14T12:30:00Z"})


FORGERIES: dict[str, tuple[Change, str]] = {
    "hidden": (hide, "reruns"),
    "hidden with its photographs": (hide_well, "reruns"),
    "hidden as in an old tree": (without_key, "reruns"),
    "a figure on an old photograph": (count_old, "photos"),
    "an old photograph beside the new ones": (promote, "reruns"),
    "the old photograph's problem": (other_problem, "problem of"),
    "confirmed before": (confirmed_before, "confirmed_at"),
    "another number": (in_rerun("number", 2), "reruns"),
    "another kind": (in_rerun("kind", "ulang"), "malformed"),
    "another label": (in_rerun("label", {"id": "Ulang", "en": "Again"}), "malformed"),
    "no ground": (in_rerun("ground", " "), "malformed"),
    "nobody": (in_rerun("by", ""), "malformed"),
    "no time": (in_rerun("at", "yesterday"), "malformed"),
    "a later time": (in_rerun("at", "2024-02-15T00:00:00Z"), "confirmed_at"),
    "two in one": (twice, "reruns"),
}


@pytest.mark.parametrize(("change", "kind"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_rerun_is_found(published: Path, tmp_path: Path, change: Change, kind: str) -> None:
    """The document says something else; the manifest fits, because the forger owns the site."""
    tree = tmp_path / "tree"
    shutil.copytree(published, tree)
    edit(tree, FILE, change)
    remanifest(tree)
    found = [each for each in verify_tree(tree).differences if each.file == FILE]
    assert any(each.kind.startswith(kind) for each in found), found


PAGES = {
    "the ground": (GROUND, "Putusan lain"),
    "the kind": ("Penghitungan suara ulang", "Pemeriksaan"),
    "who": ("KPU Kabupaten/Kota JAKARTA PUSAT", "KPU"),
    "when": (f">{ORDERED}<", "><"),
    "hidden": ('aria-labelledby="ulang"', 'hidden aria-labelledby="ulang"'),
}


@pytest.mark.parametrize(("old", "new"), PAGES.values(), ids=PAGES)
def test_a_page_that_is_silent_about_a_rerun_is_found(
    published: Path, tmp_path: Path, old: str, new: str
) -> None:
    """The data say it and the page does not."""
    tree, name = tmp_path / "tree", f"id/stations/{STATION}.html"
    shutil.copytree(published, tree)
    text = (tree / name).read_text()
    assert old in text
    (tree / name).write_text(text.replace(old, new))
    remanifest(tree)
    assert any(each.file == name and each.kind == "rerun 1" for each in verify_tree(tree).differences)
