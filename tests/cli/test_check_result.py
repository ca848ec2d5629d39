"""A handed-over result, checked on the command line with a file of keys alone."""

import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sirekap.forms import FORMS
from sirekap.record.handover import Certificate, Handover, encode, key_id, to_text
from sirekap.store.signing import new_private_key, public_key_of, sign_with
from tests.cli.conftest import Cli

SERVER, DEVICE = new_private_key(), new_private_key()
SERVER_KEY = public_key_of(SERVER)
FORM = FORMS["C.HASIL-PPWP/2024"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file of the server's keys."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [{"id": key_id(SERVER_KEY), "public_key": to_text(SERVER_KEY)}]}))
    return path


def text(form: str = FORM.id, later: int = 0) -> str:
    """A genuine result."""
    now = int(time.time())
    bare = Certificate(key_id(SERVER_KEY), "3173011006272", "kpps", now, now + 9000, public_key_of(DEVICE), b"")
    certificate = replace(bare, signature=sign_with(SERVER, bare.message))
    figures = (*range(len(FORM.names) - 1), None)
    made = Handover(certificate, "ppwp", form, now + later, figures, b"")
    return encode(replace(made, signature=sign_with(DEVICE, made.message)))


def test_a_genuine_result_is_told_with_its_figures(cli: Cli, keys: Path, tmp_path: Path) -> None:
    """As a text, as a link, and from a file, in either language."""
    (tmp_path / "result.txt").write_text(f"https://kpu.example/app/periksa#{text()}\n")
    for given in (text(), f"https://kpu.example/app/periksa#{text()}", tmp_path / "result.txt"):
        status, out, err = cli("check-result", given, "--keys", keys)
        assert (status, err) == (0, "") and out.startswith("Genuine: ")
        assert "ppwp, station 3173011006272, C.HASIL-PPWP/2024" in out
        assert re.search(r"^  pemilih_dpt_l +0$", out, re.MULTILINE) and out.endswith("  blank\n")
    assert cli("check-result", text(), "--keys", keys, "--language", "id")[1].startswith("Asli: ")


def test_a_result_of_an_unknown_form_is_shown_with_numbers(cli: Cli, keys: Path) -> None:
    """It is genuine; what its figures are called is not known here, and the clock is remarked upon."""
    status, out, _ = cli("check-result", text("C.HASIL-X/2029", later=5000), "--keys", keys)
    assert status == 0 and "does not know the form" in out and "in the future" in out and "\n  1   0\n" in out


@pytest.mark.parametrize("bad", ["", "AQEA", "a\0b", "x" * 5000, "https://kpu.example/app/periksa#"])
def test_what_is_no_result_is_said_to_be_none(cli: Cli, keys: Path, bad: str) -> None:
    """Exit status 1, a sentence, no traceback."""
    status, out, err = cli("check-result", bad, "--keys", keys)
    assert (status, err) == (1, "") and out.startswith("Unreadable: ")


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 200_000, b"\xff\xfe"])
def test_a_bad_file_of_keys_is_named(cli: Cli, keys: Path, content: bytes) -> None:
    """Exit status 2, with the file's name."""
    keys.write_bytes(content)
    status, _, err = cli("check-result", text(), "--keys", keys)
    assert status == 2 and "keys.json: expected" in err


def test_no_file_of_keys_is_told(cli: Cli, tmp_path: Path) -> None:
    """Exit status 2, with the file's name."""
    status, _, err = cli("check-result", text(), "--keys", tmp_path / "none.json")
    assert status == 2 and "none.json" in err


def test_it_needs_no_database() -> None:
    """A witness's computer has neither Django nor a workspace: signing and verdicts import none."""
    code = "import sys, sirekap.store.signing; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
