"""An authority, an officer's key and the check of a certificate on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sirekap.drawing.certificate import draw_certificate
from sirekap.record.certificate import body
from tests.cli.conftest import Cli
from tests.drawing import certificates
from tests.drawing.officers import LABEL, LIBRARY, NEEDS_TOKEN, PIN, TOKEN, authority, on_token
from tests.flow.fakes import ELECTION

WHO = ("--name", "Ketua PPK", "--role", "Ketua PPK", "--unit", "317301 TANAH ABANG", "--days", "9")


@pytest.fixture
def folder(cli: Cli, tmp_path: Path) -> Path:
    """An authority, an officer's key, a signed certificate and its data."""
    (tmp_path / "sandi.txt").write_text("rahasia\n")
    assert cli("certificates", "authority", tmp_path / "otoritas", "--election", "Pemilu", "--days", "30")[0] == 0
    key = ("--password-file", tmp_path / "sandi.txt", "--out", tmp_path / "ketua.p12")
    assert cli("certificates", "officer", tmp_path / "otoritas", *WHO, *key)[0] == 0
    (tmp_path / "d.json").write_bytes(body(certificates.full()))
    assert cli("certificates", "draw", tmp_path / "d.json", "--out", tmp_path / "plain.pdf")[0] == 0
    assert (tmp_path / "plain.pdf").read_bytes() == draw_certificate(certificates.full())
    status, out, _ = cli(*signing(tmp_path, 1, "d.pdf"))
    assert status == 0 and "signed by Ketua PPK in the place of Ketua PPK\n" in out
    return tmp_path


def signing(folder: Path, place: int, out: str) -> tuple[object, ...]:
    """The command that signs the plain certificate."""
    key = ("--key", folder / "ketua.p12", "--password-file", folder / "sandi.txt")
    data = ("--data", folder / "d.json", "--place", place)
    return ("certificates", "sign", folder / "plain.pdf", *data, *key, "--out", folder / out)


def test_there_are_as_many_places_as_people_who_sign(cli: Cli, folder: Path) -> None:
    """The sixth is the last; a file that is there stays."""
    status, _, err = cli(*signing(folder, 7, "x.pdf"))
    assert status == 2 and "expected 1 to 6, those who sign; found 7" in err
    assert cli(*signing(folder, 6, "x.pdf"))[0] == 0
    status, _, err = cli(*signing(folder, 6, "d.pdf"))
    assert status == 2 and "expected a new file" in err


def test_another_certificate_s_places_are_not_signed(cli: Cli, folder: Path) -> None:
    (folder / "d.json").write_bytes(body(certificates.district()))
    status, _, err = cli(*signing(folder, 1, "x.pdf"))
    assert status == 2 and "expected the data whose hash the certificate carries" in err


def test_a_copy_is_drawn_for_somebody(cli: Cli, folder: Path) -> None:
    copy = ("--copy-for", "Saksi", "--out", folder / "copy.pdf")
    assert cli("certificates", "draw", folder / "d.json", *copy)[0] == 0
    assert (folder / "copy.pdf").read_bytes() == draw_certificate(certificates.full(), "Saksi")


@NEEDS_TOKEN
def test_a_key_on_a_token_signs_beside_one_in_a_file(cli: Cli, folder: Path) -> None:
    """Its PIN comes from a file; without the labels of token and key nothing is signed."""
    with on_token(folder, "Anggota PPK 1"):
        pass  # the key stays on the token; another session may use it now
    (folder / "pin.txt").write_text(f"{PIN}\n")
    (folder / "root.pem").write_bytes(authority().certificate)
    where = ("certificates", "sign", folder / "d.pdf", "--data", folder / "d.json", "--place", 2)
    token = ("--module", LIBRARY, "--password-file", folder / "pin.txt", "--out", folder / "both.pdf")
    status, _, err = cli(*where, *token, "--token", TOKEN)
    assert status == 2 and "--label: expected a label on the token; found none" in err
    status, out, err = cli(*where, *token, "--token", TOKEN, "--label", LABEL)
    assert status == 0 and "signed by Anggota PPK 1 in the place of Anggota PPK 1" in out, err
    status, _, err = cli(*where, *token[:4], "--out", folder / "x.pdf", "--token", "lain", "--label", LABEL)
    assert status == 2 and "the token lain refused" in err
    roots = ("--root", folder / "otoritas/authority.pem", "--root", folder / "root.pem")
    status, out, _ = cli("certificates", "check", folder / "both.pdf", *roots, "--data", folder / "d.json")
    assert status == 0 and "2 of 6" in out


def test_an_election_trusts_an_authority(cli: Cli, folder: Path) -> None:
    """Once; a private key is refused with what to give instead."""
    (folder / "e.toml").write_text(ELECTION)
    assert cli("init", folder / "hasil", "--election", folder / "e.toml")[0] == 0
    trust = ("certificates", "trust", folder / "hasil")
    status, out, err = cli(*trust, folder / "otoritas/authority.pem")
    assert status == 0 and "is trusted from now on; 1 in all." in out, err
    assert "was trusted already" in cli(*trust, folder / "otoritas/authority.pem")[1]
    status, _, err = cli(*trust, folder / "otoritas/authority.key")
    assert status == 2 and "authority.key" in err and "authority.pem" in err


def test_a_signed_certificate_holds_and_an_altered_one_does_not(cli: Cli, folder: Path) -> None:
    """The public needs the file, the authority's certificate, and for the data its JSON."""
    check = ("certificates", "check", folder / "d.pdf", "--root", folder / "otoritas/authority.pem")
    status, out, err = cli(*check, "--data", folder / "d.json")
    assert (status, err) == (0, "") and "1 of 6" in out
    assert out.endswith("\nVALID, NOT COMPLETE: 5 have not signed\n")
    assert "1. Ketua PPK, Ketua PPK, 317301 TANAH ABANG" in out and "by the signer's own clock" in out
    (folder / "d.json").write_text(json.dumps({}))
    status, out, _ = cli(*check, "--data", folder / "d.json")
    assert status == 1 and "The data is NOT its own." in out
    status, out, _ = cli(*check, "--at", "2020-01-01T00:00:00+07:00")
    assert status == 1 and "key not yet valid" in out
    pdf = (folder / "d.pdf").read_bytes()
    (folder / "d.pdf").write_bytes(pdf.replace(b"/Type/Pages", b"/Type/pages", 1))
    status, out, err = cli(*check)
    assert (status, err) == (1, "") and out.endswith("NOT VALID\n")
    status, _, err = cli("certificates", "check", folder / "d.pdf", "--root", folder / "d.json")
    assert status == 2 and "d.json: expected a certificate in PEM or DER" in err and "authority.pem" in err


def test_keys_are_for_their_owner_and_never_written_over(cli: Cli, folder: Path) -> None:
    for name in ("otoritas/authority.key", "ketua.p12"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    status, _, err = cli("certificates", "authority", folder / "otoritas", "--election", "Pemilu", "--days", "30")
    assert status == 2 and "expected a new file" in err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("--password-file", "none.txt"), "a file that can be read"),
        (("--name", ""), "a text of 1 to 64 letters"),
        (("--days", "0"), "a whole number from 1"),
    ],
)
def test_what_makes_no_key_is_refused(cli: Cli, folder: Path, change: tuple[str, str], message: str) -> None:
    given = (*WHO, "--password-file", folder / "sandi.txt", "--out", folder / "x.p12", *change)
    status, _, err = cli("certificates", "officer", folder / "otoritas", *given)
    assert status == 2 and message in err and not (folder / "x.p12").exists()


@pytest.mark.parametrize("at", ["yesterday", "2024-02-20T17:30:00"])
def test_a_time_without_a_zone_is_refused(cli: Cli, at: str) -> None:
    status, _, err = cli("certificates", "check", "d.pdf", "--root", "r.pem", "--at", at)
    assert status == 2 and "expected a time such as" in err
