"""Evidence bundles on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.drawing import officers
from tests.flow.bundling import DISTRICT, PLAIN, files_of, made, packed

pytestmark = pytest.mark.xdist_group("evidence")  # one process makes the district


def test_a_bundle_is_made_and_checked(cli: Cli, tmp_path: Path) -> None:
    """The same bytes as before; checked by its own authorities, and by those that are given."""
    out = tmp_path / "bukti.zip"
    status, said, err = cli("evidence", made().workspace.path, PLAIN, "--out", out)
    assert (status, err) == (0, "") and out.read_bytes() == made().plain.read_bytes()
    assert "1 stations, 4 photographs, 1 plenaries; 56 files" in said
    status, said, err = cli("evidence", "check", out)
    assert (status, err) == (0, "") and "Ketua PPK, Ketua PPK, 317301 TANAH ABANG: valid" in said
    assert "by the bundle's own authorities" in said
    assert said.endswith("verified: everything follows from the bundle's files\n")
    (tmp_path / "authority.pem").write_bytes(officers.authority().certificate)
    status, said, _ = cli("evidence", "check", out, "--root", tmp_path / "authority.pem")
    assert status == 0 and "own authorities" not in said
    status, said, _ = cli("evidence", "check", out, "--at", "2020-01-01T00:00:00+07:00")
    assert status == 1 and "key not yet valid" in said


def test_an_altered_bundle_is_no(cli: Cli, tmp_path: Path) -> None:
    """Exit status 1, with the file."""
    files = files_of(made().plain)
    files["election.json"] = b"{}"
    status, said, err = cli("evidence", "check", packed(files, tmp_path / "x.zip", again=False))
    assert (
        (status, err) == (1, "") and "election.json: sha256: expected" in said and said.endswith("NOT verified\n")
    )


WRONG = {
    "no file to write": (("x", PLAIN), "--out: expected a new file; found nothing"),
    "a root to make one": (
        ("x", PLAIN, "--out", "o.zip", "--root", "r.pem"),
        "--root: expected it only with check",
    ),
    "an output to check": (("check", "x.zip", "--out", "o.zip"), "--out: expected it only without check"),
    "no workspace": (("none", PLAIN, "--out", "o.zip"), "none: expected a workspace"),
    "no bundle": (("check", "none.zip"), "none.zip: expected an evidence bundle"),
    "no root": (("check", "none.zip", "--root", "none.pem"), "none.pem: expected a file that can be read"),
}


@pytest.mark.parametrize(("given", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_words(
    given: tuple[str, ...], message: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    status, said, err = cli("evidence", *given)
    assert (status, said) == (2, "") and message in err.replace("evidence, column ", ""), err
    assert list(tmp_path.iterdir()) == []


def test_a_contest_that_is_none_is_named(cli: Cli, tmp_path: Path) -> None:
    """With those that the election holds."""
    out = ("--out", tmp_path / "x.zip")
    status, _, err = cli("evidence", made().workspace.path, DISTRICT, "--contest", "pdpr", *out)
    assert status == 2 and "pdpr" in err and "ppwp" in err
