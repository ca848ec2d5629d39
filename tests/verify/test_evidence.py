"""Evidence bundles checked: what was altered is named, also by somebody who makes the list of hashes anew."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sirekap.errors import InputError
from sirekap.record.canonical import canonical
from sirekap.record.evidence import SUMS
from sirekap.store.officer_keys import make_authority
from sirekap.verify.evidence import EvidenceCheck, check_evidence
from tests.drawing import officers
from tests.flow.bundling import COPIED, DISTRICT, PLAIN, files_of, made, packed

Files = dict[str, bytes]
pytestmark = pytest.mark.xdist_group("evidence")  # one process makes the district
STATION = f"stations/{PLAIN}/station.json"
PLENARY = f"plenaries/{DISTRICT}/plenary.json"
FIRST = f"plenaries/{DISTRICT}/versions/1"
RECAP, DATA, PAPER = f"{FIRST}/recap.json", f"{FIRST}/D.HASIL.json", f"{FIRST}/paper-1.pdf"
ROOT = "authorities/authority-1.pem"


def told(check: EvidenceCheck) -> list[str]:
    """What is wrong, a line each."""
    return [str(difference) for difference in check.report.differences]


def test_bundles_hold() -> None:
    """Of the district and of stations; signatures are judged by the bundle's own authorities, or by others."""
    for path in (made().district, made().plain, made().copied):
        check = check_evidence(path)
        assert told(check) == [] and check.ok and check.own_roots
        assert (check.versions, check.unsigned) == (2, 1)
        assert [item.valid for item in check.signed[PAPER].signatures] == [True]
    assert check_evidence(made().district, [officers.authority().certificate]).ok
    other = make_authority("Pemilu lain", officers.NOW - officers.DAY, officers.NOW + officers.DAY).certificate
    check = check_evidence(made().district, [other])
    assert not check.own_roots and "key untrusted" in told(check)[0] and PAPER in told(check)[0]
    late = check_evidence(made().district, at=officers.NOW + timedelta(days=20))
    assert "key expired" in told(late)[0] and len(told(late)) == 1


def test_any_altered_byte_is_found_and_its_file_named(tmp_path: Path) -> None:
    """In contents, headers and the list at the end; a file that is cut short or longer is none either."""
    files, chance, path = files_of(made().plain), random.Random(1), tmp_path / "x.zip"
    del files[PAPER]  # a signature is slow to check
    changed(PLENARY, lambda tree: tree["versions"][0]["papers"].pop())(files)
    data = packed(files, path).read_bytes()
    assert check_evidence(path).ok
    with zipfile.ZipFile(path) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        end = archive.start_dir
    places = [chance.randrange(end) for _ in range(60)] + [chance.randrange(end, len(data)) for _ in range(20)]
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :])
        check = check_evidence(path)
        assert not check.ok, place
        if place < end:
            altered = [info.filename for info in infos if info.header_offset <= place][-1]
            assert altered in "\n".join(told(check)), place
    for other in (data[:-1], data + b"\0", data[: len(data) // 2], b"", b"PK"):
        path.write_bytes(other)
        assert not check_evidence(path).ok


def changed(path: str, change: Callable[[Any], None]) -> Callable[[Files], None]:
    """A forgery that changes a document."""

    def forge(files: Files) -> None:
        tree = json.loads(files[path])
        change(tree)
        files[path] = canonical(tree)

    return forge


def altered(path: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    """A forgery that changes bytes of the same number."""

    def forge(files: Files) -> None:
        assert old in files[path] and len(old) == len(new)
        files[path] = files[path].replace(old, new)

    return forge


def a_photograph(files: Files) -> None:
    """Another photograph under the first one's name."""
    names = sorted(name for name in files if f"{PLAIN}/received/" in name)
    files[names[0]] = files[names[1]]


def another_photograph(files: Files) -> None:
    """The same, with a name that fits, and named by the document."""
    names = sorted(name for name in files if f"{PLAIN}/received/" in name)
    other = names[0].replace(names[0].rpartition("-")[2], names[1].rpartition("-")[2])
    files[other] = files[names[1]]
    changed(STATION, lambda tree: tree["photographs"][0].update(file=other))(files)


def _of(tree: Any, key: str, code: str = PLAIN) -> Any:
    return next(part for part in tree[key] if part[0] == code)


def _certify(tree: Any) -> None:
    part = _of(tree, "parts")
    part[4][tree["figures"].index("suara_1")] += 100


def _recount(tree: Any) -> None:
    """What the sheet says, with the correction that would explain it."""
    part = _of(tree, "parts")
    part[3][tree["figures"].index("suara_3")] += 1
    part[4][tree["figures"].index("suara_3")] += 1


def _uncorrect(tree: Any) -> None:
    tree["corrections"] = [item for item in tree["corrections"] if item["figure"] != "suara_1"]


def _unminute(tree: Any) -> None:
    tree["acts"] = [act for act in tree["acts"] if act["act"] != "correct"]


def _sums(tree: Any) -> None:
    tree["versions"][0]["sums"]["certified"]["suara_1"] += 1


def _unclose(tree: Any) -> None:
    tree["versions"] = tree["versions"][1:]


def _other_authority(files: Files) -> None:
    day = officers.DAY
    files[ROOT] = make_authority("Pemilu lain", officers.NOW - day, officers.NOW + day).certificate


FORGED: dict[str, tuple[Callable[[Files], None], str, str]] = {
    "a photograph": (a_photograph, f"{PLAIN}/received/page-1-", "name: expected bytes with the SHA-256"),
    "a photograph by another name": (another_photograph, f"{PLAIN}/received/page-1-", "sha256: expected"),
    "a sheet's version": (
        changed(STATION, lambda tree: tree["versions"][0].update(version=7)), RECAP, "digest",
    ),
    "a certified value": (changed(RECAP, _certify), RECAP, "sheets and corrections"),
    "a value of the sheet": (changed(RECAP, _recount), RECAP, "digest"),
    "a correction that is gone": (
        changed(RECAP, _uncorrect), RECAP, "suara_1: expected 31; found 37",
    ),
    "minutes without corrections": (changed(PLENARY, _unminute), RECAP, "one of the minutes"),
    "sums": (changed(PLENARY, _sums), PLENARY, "sums of certified"),
    "a version that is gone": (changed(PLENARY, _unclose), PLENARY, "versions: expected 2"),
    "the certificate's data": (
        altered(DATA, b"salah tulis", b"salah baca."), DATA, "sha256",
    ),
    "an objection's file": (
        changed(PLENARY, lambda tree: tree["objections"][0]["files"][0].update(sha256="0" * 64)),
        f"plenaries/{DISTRICT}/objections/1-", "sha256",
    ),
    "a signed paper": (altered(PAPER, b"/Type/Pages", b"/Type/pages"), PAPER, "sha256"),
    "the authority": (_other_authority, PAPER, "key untrusted"),
    "no authority": (lambda files: files.__delitem__(ROOT), "manifest.json", "authorities"),
    "a station that is gone": (lambda files: files.__delitem__(STATION), STATION, "malformed"),
}  # fmt: skip


@pytest.mark.parametrize(("forge", "file", "what"), FORGED.values(), ids=FORGED)
def test_a_forgery_with_a_list_of_hashes_of_its_own_is_found(
    forge: Callable[[Files], None], file: str, what: str, tmp_path: Path
) -> None:
    """Manifest and hashes fit the altered files; what these say of each other does not fit any more."""
    files = files_of(made().district)
    forge(files)
    lines = told(check_evidence(packed(files, tmp_path / "x.zip")))
    assert any(line.startswith(file) or f"/{file}" in line for line in lines if what in line), lines


def test_a_paper_forged_with_its_own_hash_keeps_no_signature(tmp_path: Path) -> None:
    """Also where every hash in the bundle is that of the altered paper."""
    files = files_of(made().district)
    altered(PAPER, b"/Type/Pages", b"/Type/pages")(files)
    digest = sha256(files[PAPER]).hexdigest()
    changed(PLENARY, lambda tree: tree["versions"][0]["papers"][1].update(sha256=digest))(files)
    lines = told(check_evidence(packed(files, tmp_path / "x.zip")))
    assert [line for line in lines if f"{PAPER}: signature" in line], lines


def test_files_beside_and_missing_ones_are_named(tmp_path: Path) -> None:
    """What the list of hashes does not hold, and what only it holds."""
    files = files_of(made().plain)
    files["stations/more.txt"] = b"more"
    gone = files.pop("election.json")
    lines = told(check_evidence(packed(files, tmp_path / "x.zip", again=False)))
    assert "stations/more.txt: extra: expected only files that SHA256SUMS lists; found another file" in lines
    assert any(line.startswith("election.json: missing") for line in lines)
    files = {**files, "election.json": gone, SUMS: files[SUMS].replace(b"  ", b" ")}
    assert told(check_evidence(packed(files, tmp_path / "y.zip", again=False)))[0].startswith(
        "SHA256SUMS: missing"
    )


def test_the_unpacked_folder_is_checked_too_and_a_bundle_packed_anew_is_not(tmp_path: Path) -> None:
    """Who packs it with another program is told to check the folder."""
    with zipfile.ZipFile(made().copied) as archive:
        archive.extractall(tmp_path / "folder")
    assert told(check_evidence(tmp_path / "folder")) == []
    shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path / "folder")
    lines = told(check_evidence(tmp_path / "again.zip"))
    assert "checked as the folder it is unpacked into" in lines[-1] or any(
        "unpacked into" in line for line in lines
    )
    name = next(path for path in (tmp_path / "folder").rglob("*.jpg") if COPIED in str(path))
    name.write_bytes(b"\xff\xd8\xffother")
    assert any(name.name in line for line in told(check_evidence(tmp_path / "folder")))


HOSTILE = {
    "no archive": b"hello",
    "an empty one": b"PK\5\6" + bytes(18),
    "a manifest that is a list": {"manifest.json": b"[]"},
    "stations of another kind": {"manifest.json": b'{"schema":"sirekap/evidence/1","stations":7}'},
    "a plenary of no unit": {PLENARY: b'{"schema":"sirekap/evidence-plenary/1","contest":"ppwp","unit":"x"}'},
    "acts of another kind": {
        PLENARY: b'{"schema":"sirekap/evidence-plenary/1","contest":"ppwp","unit":"317301",'
        b'"acts":[{"act":"close"}],"objections":[],"versions":[]}'
    },
    "a station that is a text": {STATION: b'"x"'},
    "photographs of another kind": {STATION: b'{"schema":"sirekap/evidence-station/1","copies":1}'},
    "endless nesting": {STATION: b"[" * 100_000},
    "a certificate's data that is none": {DATA: b"{}"},
    "parts that are none": {RECAP: b'{"schema":"sirekap/evidence-recap/1","contest":"ppwp"}'},
}


@pytest.mark.parametrize("what", HOSTILE.values(), ids=HOSTILE)
def test_whatever_stands_in_a_file_is_told_and_breaks_nothing(what: Any, tmp_path: Path) -> None:
    """A bundle comes from strangers."""
    if isinstance(what, bytes):
        (tmp_path / "x.zip").write_bytes(what)
    elif "manifest.json" in what:
        packed({**files_of(made().district), **what}, tmp_path / "x.zip", again=False)
    else:
        packed({**files_of(made().district), **what}, tmp_path / "x.zip")
    assert not check_evidence(tmp_path / "x.zip").ok


def test_a_name_that_leads_elsewhere_is_told(tmp_path: Path) -> None:
    """Nothing is unpacked; such a name is no file of a bundle."""
    shutil.copy(made().plain, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip", "a") as archive:
        archive.writestr("../../etc/x", b"x")
        archive.writestr("é", b"x")
    assert any("'../../etc/x'" in line for line in told(check_evidence(tmp_path / "x.zip")))


def test_no_such_file_and_no_certificate_are_errors(tmp_path: Path) -> None:
    """They are the caller's fault, and no answer."""
    with pytest.raises(InputError, match="an evidence bundle"):
        check_evidence(tmp_path / "none.zip")
    with pytest.raises(InputError, match="a certificate in PEM or DER"):
        check_evidence(made().district, [b"none"])
