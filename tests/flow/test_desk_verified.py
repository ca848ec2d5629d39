"""What a forger may change of a sheet that the review desk decided, and what a stranger then finds."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sirekap.flow import desk
from sirekap.flow.capture import confirm
from sirekap.flow.steps import publish_workspace
from sirekap.publish import publish_site
from sirekap.store.setup import Workspace
from sirekap.verify.run import verify_tree
from tests.example import consistent
from tests.flow.capturing import AT, CONTEST, signed
from tests.flow.desking import bring, enter, staffed, take
from tests.flow.fakes import OTHER, STATION
from tests.verify.forgeries import edit, remanifest

FILE, CONFIRMED = (f"data/stations/{station}.json" for station in (STATION, OTHER))
Change = Callable[[dict[str, Any]], None]


def say(workspace: Workspace, login: str, station: str, values: dict[str, int]) -> None:
    """The officer confirms, whatever the reading says."""
    names = tuple(values)
    confirm(workspace, signed(workspace, login), CONTEST, station, uuid4(), 1, values, names, AT)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk decided a sheet that officer and machine say otherwise; another its officer settled."""
    folder = tmp_path_factory.mktemp("decided")
    workspace = staffed(folder, more=f"kpps,{OTHER},,,ketua-2\n")
    bring(workspace, folder / "in", {**consistent(), "suara_1": 888, "suara_2": 121})
    say(workspace, "ketua-1", STATION, {**consistent(), "suara_1": 32, "suara_sah": 196, "suara_total": 199})
    for who in ("ppk-1", "ppk-2"):
        enter(workspace, who)
    for who in ("ppk-3", "kab-1"):
        claim = take(workspace, who).claim
        desk.answer_for(workspace, signed(workspace, who), claim, uuid4(), "R43", "dilihat di foto", AT)
    other = consistent(women=90)
    bring(workspace, folder / "in", other, OTHER)
    say(workspace, "ketua-2", OTHER, other)
    publish_workspace(workspace, publish_site, folder / "public")
    workspace.close()
    return folder / "public"


def test_what_the_desk_decided_is_found_right_and_told(published: Path) -> None:
    """The sheet is settled with what everybody said beside it, and its page says who typed it."""
    report = verify_tree(published)
    assert report.ok, report.differences[:3]
    sheet = json.loads((published / FILE).read_bytes())
    assert (sheet["state"], sheet["decided"]["how"]) == ("settled", "agreed")
    assert {finding["rule"] for finding in sheet["findings"]} == {"R43", "R44"}
    said = sheet["figures"]["suara_1"]
    assert (said["value"], said["officer"]["value"], said["machine"]["status"]) == (31, 32, "illegible")
    page = (published / f"en/stations/{STATION}.html").read_text()
    assert "Two different people typed this sheet" in page
    assert "typed by two people at the desk; the machine read otherwise" in page


def without(rule: str) -> Change:
    """A finding is left out."""

    def change(sheet: dict[str, Any]) -> None:
        sheet["findings"] = [finding for finding in sheet["findings"] if finding["rule"] != rule]

    return change


def without_officer(sheet: dict[str, Any]) -> None:
    """Nobody is to see what the officer confirmed."""
    for figure in sheet["figures"].values():
        del figure["officer"]


def as_the_desk(sheet: dict[str, Any]) -> None:
    """The officer is said to have confirmed what the desk decided."""
    figure = sheet["figures"]["suara_1"]
    figure["officer"] |= {"value": figure["value"]}


def alone(sheet: dict[str, Any]) -> None:
    """A figure of a settled sheet that the officer alone says."""
    sheet["figures"]["suara_3"]["machine"] |= {"value": None, "status": "illegible", "confidence": 0.3}


def set_to(*keys: str, value: object) -> Change:
    """One field is another."""

    def change(sheet: dict[str, Any]) -> None:
        place: Any = sheet
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


FORGERIES: dict[str, tuple[str, Change, str]] = {
    "the officer's word against the desk left out": (FILE, without("R43"), "findings"),
    "the machine's reading against the desk left out": (FILE, without("R44"), "findings"),
    "what the officer confirmed left out": (FILE, without_officer, "figures"),
    "what the officer confirmed made the same": (FILE, as_the_desk, "findings"),
    "decided in some other way": (FILE, set_to("decided", "how", value="guessed"), ""),
    "decided at no time": (FILE, set_to("decided", "at", value="yesterday"), "decided.at"),
    "decided by nobody": (FILE, set_to("decided", value=None), "figures"),
    "a decided figure that is half certain": (
        FILE, set_to("figures", "suara_3", "confidence", value=0.5), "figures.suara_3",
    ),
    "a decided sheet called provisional": (FILE, set_to("state", value="provisional"), "state"),
    "a settled figure on one word": (CONFIRMED, alone, "figures.suara_3"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "change", "field"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_decision_is_found(
    published: Path, tmp_path: Path, file: str, change: Change, field: str
) -> None:
    """Hidden by a manifest that fits, it is named by file and field all the same."""
    tree = tmp_path / "public"
    shutil.copytree(published, tree)
    edit(tree, file, change)
    remanifest(tree)
    found = [difference for difference in verify_tree(tree).differences if difference.file == file]
    assert any(field in difference.kind for difference in found), found
