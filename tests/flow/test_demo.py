"""The demonstration: whole, repeatable, and careful with folders that are not its own."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sirekap.errors import InputError
from sirekap.flow.demo import Collaborators, demo, standard_collaborators
from tests.example import consistent
from tests.flow.fakes import READER, STATION, pages, write_inputs, write_manifest


def write_small_inputs(folder: Path, stations: int, seed: int, progress: Any) -> None:
    """Inputs of one station, whose truth has another number of votes for ticket 1 where the seed is 13."""
    write_inputs(folder)
    write_manifest(folder, pages(STATION))
    truth = {**consistent(), "suara_1": 99} if seed == 13 else consistent()
    lines = ["station,figure,value", *(f"{STATION},{name},{value}" for name, value in truth.items())]
    (folder / "truth.csv").write_text("\n".join(lines) + "\n")
    progress(1, 1)


def publish(state: Any, objects: Any, out: Path, progress: Any) -> None:
    """A tree of one file."""
    out.mkdir(exist_ok=True)
    (out / "index.html").write_text(f"{len(state.stations)} stations")


ROOMS = Collaborators(
    write_small_inputs,
    READER,
    publish,
    lambda folder, progress: SimpleNamespace(ok=folder.is_dir(), differences=()),
)


def test_demo_tells_how_many_accepted_figures_are_wrong(tmp_path: Path) -> None:
    """The report compares what was accepted with what was written on the paper."""
    report = demo(tmp_path / "d", 1, 13, ROOMS)
    assert (report.accepted, report.review, report.photographs) == (1, 0, 3)
    assert report.wrong == (f"{STATION} suara_1: read 31, written 99",)
    assert report.verification.ok


@pytest.mark.slow
def test_demo_again_is_completed_and_another_takes_its_place(tmp_path: Path) -> None:
    """The same demo reuses its folder; another seed makes it anew; foreign files in it survive."""
    demo(tmp_path / "d", 1, 1, ROOMS)
    made = (tmp_path / "d/sirekap.toml").stat().st_ino
    (tmp_path / "d/note.txt").write_text("mine")
    demo(tmp_path / "d", 1, 1, ROOMS)
    assert (tmp_path / "d/sirekap.toml").stat().st_ino == made
    (tmp_path / "d/note.txt").unlink()
    assert len(demo(tmp_path / "d", 1, 13, ROOMS).wrong) == 1
    assert json.loads((tmp_path / "d/demo.json").read_text())["wanted"]["seed"] == 13


def test_interrupted_demo_is_taken_up(tmp_path: Path) -> None:
    """A demo that ended while its inputs were made makes them again."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo(tmp_path / "d", 1, 1, Collaborators(broken, READER, publish, ROOMS.verify))
    assert demo(tmp_path / "d", 1, 1, ROOMS).accepted == 1


@pytest.mark.parametrize("name", ["letter.txt", "sirekap.toml"])
def test_folder_of_somebody_else_is_refused(tmp_path: Path, name: str) -> None:
    """A folder with other files, also a workspace that is no demo, is refused and left as it is."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / name).write_text("x")
    with pytest.raises(InputError, match="nothing was changed"):
        demo(tmp_path / "d", 1, 1, ROOMS)
    assert [item.name for item in (tmp_path / "d").iterdir()] == [name]


@pytest.mark.slow
def test_real_demo_verifies(tmp_path: Path) -> None:
    """Two photographed stations go the whole way with every real part, and no accepted figure is wrong."""
    report = demo(tmp_path / "d", 2, 5, standard_collaborators())
    assert report.verification.ok, report.verification.differences
    assert report.accepted + report.review == 2
    assert report.wrong == ()
