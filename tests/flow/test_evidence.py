"""The evidence of stations and units as bundles: what is in them, the same again, and nothing that is hidden."""

from __future__ import annotations

import json
import re
import shutil
import threading
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sirekap.errors import InputError
from sirekap.flow.evidence import write_evidence
from sirekap.flow.evidence_plenary import _belongs
from sirekap.flow.intake import ingest
from sirekap.flow.steps import acknowledge
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap.acts import ACTS, Act
from sirekap.review.reruns import RerunKind, is_before
from sirekap.store.accounts import actor_of, find_account, issue_code
from sirekap.store.contacts import load_contacts
from sirekap.store.loading import PROGRAM, now
from sirekap.store.models import (
    Account,
    Activation,
    Assignment,
    Attempt,
    Contact,
    CopyAssignment,
    Session,
    Totp,
)
from sirekap.store.second_factor import enrol
from sirekap.store.sessions import activate, log_in
from sirekap.store.setup import Workspace
from sirekap.verify.evidence import check_evidence
from tests.flow import fakes
from tests.flow.bundling import (
    COPIED,
    DISTRICT,
    PDF,
    PLAIN,
    REGENCY,
    TYPED,
    confirm_otherwise,
    files_of,
    made,
)
from tests.flow.capturing import CONTEST
from tests.flow.desking import bring
from tests.flow.rerunning import GROUND, rerun
from tests.flow.sitting import ELSEWHERE, NEXT, STATIONS, paper, seated, sums
from tests.store.people import HEAD, PASSWORD, fast_passwords, make

VILLAGE = "3173011001"
pytestmark = pytest.mark.xdist_group("evidence")  # one process makes the district


def document(files: dict[str, bytes], path: str) -> Any:
    """A JSON document of a bundle."""
    return json.loads(files[path])


def station_of(files: dict[str, bytes], code: str) -> Any:
    """A station's document."""
    return document(files, f"stations/{code}/station.json")


def test_photographs_are_in_byte_for_byte_and_named_by_page_and_hash() -> None:
    """Those of the sheet as received and as published, and a witness's own."""
    told = made()
    files = files_of(told.copied)
    photos = station_of(files, COPIED)["photographs"]
    kept = told.workspace.rows(Assignment).filter(sheet__station=COPIED).order_by("id")
    assert [photo["sha256"] for photo in photos] == list(kept.values_list("photo_id", flat=True))
    copies = station_of(files, COPIED)["copies"]
    sent = told.workspace.rows(CopyAssignment).filter(copy__station=COPIED).order_by("id")
    assert [photo["sha256"] for photo in copies[0]["photographs"]] == list(sent.values_list("sha256", flat=True))
    for photo in (*photos, *copies[0]["photographs"]):
        assert files[photo["file"]] == told.workspace.objects.get(photo["sha256"])
        assert files[photo["published_file"]] == told.workspace.objects.get(photo["published"])
        assert re.search(rf"/received/page-{photo['page']}-{photo['sha256']}\.jpg$", photo["file"])
        for reading in photo["readings"]:
            assert document(files, reading["file"])["sha256"] == photo["sha256"]
            assert set(reading["cuts"]) == {field.name for field in FORM.fields_of(photo["page"])}
            assert set(reading["cuts"].values()) <= files.keys()
    aside = station_of(files_of(told.plain), PLAIN)["aside"]
    assert [files_of(told.plain)[row["file"]] for row in aside] == [b"no picture"]


def test_a_sheet_is_told_with_every_version_and_everyones_word() -> None:
    """Who typed, decided and answered is told by role, unit and login, with reasons; and what followed."""
    files = files_of(made().district)
    typed = station_of(files, TYPED)
    assert [(row["number"], row["who"]) for row in typed["entries"]] == [
        (1, "PPK TANAH ABANG (ppk-1)"),
        (2, "KPU Kabupaten/Kota JAKARTA PUSAT (kab-1)"),
        (3, "KPU Provinsi JAKARTA (prov-1)"),
    ]
    assert typed["entries"][2]["reason"] == "Angka ketiga jelas 3 di foto"
    assert typed["now"]["figures"]["suara_1"] == {
        "value": paper(TYPED)["suara_1"], "status": "read", "confidence": 1.0, "page": 2,
        "machine": {"value": None, "status": "illegible", "confidence": 0.3}, "desk": paper(TYPED)["suara_1"],
    }  # fmt: skip
    moved = [(step["what"], step["state"], step["step"]) for step in typed["history"]][3:]
    assert moved == [
        ("read", "review", "first"), ("typed", "review", "second"), ("typed", "review", "resolve"),
        ("decided", "settled", "none"),
    ]  # fmt: skip
    copied = station_of(files, COPIED)
    assert copied["copies"][0]["who"] == "Saksi 900002 TANAH ABANG (saksi-2)"
    assert copied["now"]["copies_differ"] == {"suara_2": [99]}
    assert [row["who"] for row in copied["answers"]] == [
        "KPU Provinsi JAKARTA (prov-1)", "KPU RI INDONESIA (ri-1)",
    ]  # fmt: skip
    states = [(step["what"], step["state"]) for step in copied["history"] if step["what"] != "photo"]
    assert states == [
        ("read", "provisional"), ("confirmed", "settled"), ("copy", "review"), ("typed", "review"),
        ("typed", "review"), ("answered", "review"), ("answered", "settled"),
    ]  # fmt: skip
    confirmed = copied["confirmations"][0]
    assert confirmed["who"] == f"KPPS TPS 002, GELORA (k{COPIED})" and confirmed["figures"] == paper(COPIED)
    assert [version["version"] for version in copied["versions"]] == [1]
    acts = {event["act"] for event in copied["events"]}
    assert {"photograph delivered", "sheet read", "copy received", "entry typed", "finding acknowledged"} <= acts


def test_a_unit_tells_of_its_plenary_with_objections_versions_and_papers() -> None:
    """Both versions with their sums, corrections with both values, the objection's file, the signed paper."""
    told = made()
    files = files_of(told.district)
    plenary = document(files, f"plenaries/{DISTRICT}/plenary.json")
    first, second = plenary["versions"]
    assert first["sums"]["sheets"] == second["sums"]["sheets"] == sums(STATIONS)
    assert first["sums"]["certified"]["suara_1"] == sums(STATIONS)["suara_1"] + 6
    assert second["sums"]["certified"]["suara_2"] == sums(STATIONS)["suara_2"] - 1
    assert sha256(files[first["data"]]).hexdigest() == first["sha256"]
    drawn, signed = first["papers"]
    assert files[signed["file"]].startswith(files[drawn["file"]]) and signed["signer"].startswith("Ketua PPK")
    objection, event = plenary["objections"]
    assert files[objection["files"][0]["file"]] == PDF and objection["part"] == PLAIN
    assert event["kind"] == "event" and event["answer"]["text"] == "Dilanjutkan dengan genset."
    assert [act["act"] for act in plenary["acts"]].count("close") == 2 and plenary["excerpt_of"] is None
    assert document(files, "manifest.json")["authorities"] == ["authorities/authority-1.pem"]
    certified = station_of(files, PLAIN)["certified"]
    assert [(row["version"], len(row["corrections"])) for row in certified] == [(1, 1), (2, 2)]
    assert (certified[1]["sheet"]["suara_1"], certified[1]["certified"]["suara_1"]) == (31, 37)


def test_a_station_takes_of_its_district_what_concerns_it() -> None:
    """Certificates whole; of the minutes what is about the station and about the plenary itself."""
    files = files_of(made().copied)
    plenary = document(files, f"plenaries/{DISTRICT}/plenary.json")
    assert plenary["excerpt_of"] == COPIED and len(plenary["versions"]) == 2
    assert plenary["objections"] == [] and {act.get("part", COPIED) for act in plenary["acts"]} == {COPIED}
    assert {"open", "read", "attend", "close", "reopen"} == {act["act"] for act in plenary["acts"]}
    assert not [name for name in files if PLAIN in name or TYPED in name]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A district with two settled sheets, and another with one; tests act in it, each on its own stations."""
    return seated(tmp_path_factory.mktemp("two"), (*STATIONS[:2], ELSEWHERE[0]))


def bundle(workspace: Workspace, code: str, out: Path) -> dict[str, bytes]:
    """Write a bundle anew; its files."""
    out.unlink(missing_ok=True)
    write_evidence(workspace, code, out)
    return files_of(out)


def test_the_same_state_gives_the_same_bytes_and_an_act_changes_only_what_it_is_about(
    two: Workspace, tmp_path: Path
) -> None:
    """Again the same file; after one more confirmation other files of that station and the cover alone."""
    one, other = tmp_path / "a.zip", tmp_path / "b.zip"
    before = bundle(two, DISTRICT, one)
    bundle(two, DISTRICT, other)
    assert one.read_bytes() == other.read_bytes()
    moment = document(before, "manifest.json")["at"]
    confirm_otherwise(two, ELSEWHERE[0], disabilitas_l=1, disabilitas_j=1)  # in another district
    bundle(two, DISTRICT, other)
    assert one.read_bytes() == other.read_bytes()
    confirm_otherwise(two, PLAIN, disabilitas_l=1, disabilitas_j=1)
    after = bundle(two, DISTRICT, other)
    assert before.keys() == after.keys()
    own = {f"stations/{PLAIN}/{name}" for name in ("station.json", "index.html", "index-en.html")}
    cover = {"index.html", "index-en.html", "manifest.json", "SHA256SUMS"}
    assert {name for name in after if before[name] != after[name]} == own | cover
    later = document(after, "manifest.json")["at"]
    assert (
        later > moment
        and later == station_of(after, PLAIN)["at"] == station_of(after, PLAIN)["history"][-1]["at"]
    )


def test_a_unit_holds_what_lies_in_it(tmp_path: Path) -> None:
    """Its stations, the plenaries within it, and by name what nothing came of."""
    heads = {
        code: document(bundle(made().workspace, code, tmp_path / "x.zip"), "manifest.json")
        for code in ("0", REGENCY, VILLAGE)
    }
    heads[PLAIN] = document(files_of(made().plain), "manifest.json")
    heads[DISTRICT] = document(files_of(made().district), "manifest.json")
    stations = {code: [row["station"] for row in head["stations"]] for code, head in heads.items()}
    assert stations["0"] == stations[REGENCY] == stations[DISTRICT] == [*STATIONS]
    assert stations[VILLAGE] == [*STATIONS[:2]] and stations[PLAIN] == [PLAIN]
    assert heads[REGENCY]["missing"] == [*ELSEWHERE] and heads[DISTRICT]["missing"] == []
    held = {code: [(row["unit"], row["excerpt_of"]) for row in head["plenaries"]] for code, head in heads.items()}
    assert held["0"] == held[REGENCY] == held[DISTRICT] == [(DISTRICT, None)]
    assert held[VILLAGE] == [(DISTRICT, VILLAGE)] and held[PLAIN] == [(DISTRICT, PLAIN)]


def test_a_bundle_is_of_one_moment_and_holds_up_nobody(two: Workspace, tmp_path: Path) -> None:
    """While it is put together somebody confirms: at once, and it is not in this bundle but in the next."""
    expected = bundle(two, DISTRICT, tmp_path / "a.zip")
    done: list[bool] = []

    def act() -> None:
        confirm_otherwise(two, STATIONS[1], disabilitas_l=1, disabilitas_j=1)
        done.append(True)
        two.close()

    def meanwhile(number: int, _: int) -> None:
        if number == 1:
            thread = threading.Thread(target=act)
            thread.start()
            thread.join(20)
            assert done == [True]

    write_evidence(two, DISTRICT, tmp_path / "b.zip", progress=meanwhile)
    assert files_of(tmp_path / "b.zip") == expected
    assert bundle(two, DISTRICT, tmp_path / "c.zip") != expected


def test_nothing_hidden_is_in_a_bundle(two: Workspace, tmp_path: Path) -> None:
    """No telephone number, password, code, token, second factor, network address; no name of a person or file."""
    fast_passwords()
    workspace, officer = two, f"k{PLAIN}"
    make(workspace, f"{HEAD}admin,0,,,admin-0\n", at=now())
    account, admin = find_account(workspace, officer), actor_of(workspace, "admin-0", now())
    code = issue_code(workspace, account, admin, now()).code
    opened = activate(workspace, officer, code, PASSWORD, "ponsel Budi", now())
    log_in(workspace, officer, PASSWORD, "ponsel Budi", now(), "203.0.113.77")
    enrolled = enrol(workspace, account, now())
    (tmp_path / "contacts.csv").write_text(f"unit,role,telephone\n{PLAIN},KPPS,+62 812 5550 1234\n")
    load_contacts(workspace, (tmp_path / "contacts.csv").read_bytes(), "contacts.csv")
    confirm_otherwise(workspace, PLAIN, disabilitas_l=1, disabilitas_j=1)
    files = bundle(workspace, DISTRICT, tmp_path / "x.zip")
    everything = b"\n".join(data for _, data in sorted(files.items()))
    planted = {
        opened.token,
        PASSWORD,
        code,
        enrolled.uri,
        *enrolled.recovery,
        "203.0.113.77",
        "ponsel Budi",
        "5550",
        f"{PLAIN}-p1.jpg",
    }
    for model in (Account, Session, Totp, Attempt, Activation, Contact):
        for row in workspace.rows(model).all():
            texts = [getattr(row, field.attname) for field in model._meta.fields]
            planted |= {text for text in texts if isinstance(text, str) and len(text) > 5}
    logins = workspace.rows(Account).values_list("login", flat=True)
    shown = {PLAIN, PROGRAM, "password", *logins}  # the last word is a kind of attempt
    assert len(planted - shown) > 20
    for hidden in planted - shown:
        assert hidden.encode() not in everything, hidden
    assert f"({officer})".encode() in everything


BAD = {
    "no such unit": (("3174", None), 'no such station or unit: "3174"'),
    "no code": (("xyz", None), 'no such station or unit: "xyz"'),
    "no such station": ((f"{VILLAGE}009", None), f'no such station or unit: "{VILLAGE}009"'),
    "no such contest": ((PLAIN, "pdpr"), "pdpr"),
    "nothing came in": ((NEXT, None), f'nothing of "{NEXT}" in ppwp'),
    "a station of which nothing came": ((ELSEWHERE[1], None), f'nothing of "{ELSEWHERE[1]}" in ppwp'),
}


@pytest.mark.parametrize(("given", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_put_together_is_told_and_leaves_nothing(
    given: tuple[str, str | None], message: str, tmp_path: Path
) -> None:
    """The error names what was given; no file is there afterwards."""
    code, contest = given
    with pytest.raises(InputError, match=re.escape(message)):
        write_evidence(made().workspace, code, tmp_path / "x.zip", contest)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Nothing is written over."""
    (tmp_path / "x.zip").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"x\.zip: expected a new file"):
        write_evidence(made().workspace, PLAIN, tmp_path / "x.zip")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"mine"]
    with pytest.raises(InputError, match="expected a new file"):
        write_evidence(made().workspace, PLAIN, tmp_path / "none/x.zip")


def test_a_photograph_that_is_gone_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """A bundle without it would be none; the message names the object's file."""
    workspace = made().workspace
    digest = workspace.rows(Assignment).order_by("id").values_list("photo_id", flat=True)[0]
    place = workspace.objects.folder / digest[:2] / digest
    shutil.move(place, tmp_path / "kept")
    try:
        with pytest.raises(InputError, match=digest):
            write_evidence(made().workspace, PLAIN, tmp_path / "x.zip")
    finally:
        shutil.move(tmp_path / "kept", place)
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_nobody_settled_has_its_bundle_too(two: Workspace, tmp_path: Path) -> None:
    """Open findings and one word of two are told as such."""
    bring(two, tmp_path / "in", {**paper(TYPED), "suara_sah": 1}, TYPED)
    acknowledge(two, TYPED, "R12", "PPK Tanah Abang", "sesuai kertas")
    told = station_of(bundle(two, TYPED, tmp_path / "x.zip"), TYPED)
    assert told["now"]["state"] == "review" and "R12" in told["now"]["open_errors"]
    finding = next(item for item in told["now"]["findings"] if item["rule"] == "R12")
    assert finding["acknowledged"] is None
    assert [word["who"] for word in finding["pending"]] == ["PPK Tanah Abang"]
    assert told["certified"] == [] and told["contest"] == CONTEST


def test_a_rerun_is_told_with_its_ground_and_keeps_the_count_before(two: Workspace, tmp_path: Path) -> None:
    """Photographs, versions and confirmations of both counts; the new one's figures count."""
    station = ELSEWHERE[0]
    before = station_of(bundle(two, station, tmp_path / "a.zip"), station)
    assert before["reruns"] == [] and {photo["count"] for photo in before["photographs"]} == {0}
    rerun(two, "kab-1", RerunKind.REVOTE, station, at=now())
    files = bundle(two, station, tmp_path / "b.zip")
    told = station_of(files, station)
    assert (told["now"]["state"], told["now"]["count"], told["history"][-1]["state"]) == ("review", 1, None)
    assert GROUND in files["index.html"].decode() and "Pemungutan suara ulang" in files["index.html"].decode()
    rows = fakes.pages(station, dict(paper(station)), note="kedua")
    ingest(two, fakes.write_manifest(tmp_path / "in", rows), fakes.READER)
    told = station_of(bundle(two, station, tmp_path / "c.zip"), station)
    assert [photo["count"] for photo in told["photographs"]] == [0, 0, 0, 1, 1, 1]
    assert [photo["role"] for photo in told["photographs"]] == ["unread"] * 3 + ["used"] * 3
    assert all(is_before(photo["problem"]) for photo in told["photographs"][:3])
    assert [version["count"] for version in told["versions"]] == [0, 1]
    assert {row["count"] for row in told["confirmations"]} == {0}
    order = told["reruns"][0]
    assert (order["kind"], order["ground"], order["by"]) == (
        "pemungutan_ulang", GROUND, "KPU Kabupaten/Kota JAKARTA PUSAT",
    )  # fmt: skip
    assert told["now"]["state"] == "provisional" and check_evidence(tmp_path / "c.zip").ok


def test_a_station_of_which_only_a_photograph_was_set_aside_has_its_bundle(
    two: Workspace, tmp_path: Path
) -> None:
    """There is no sheet; the bytes that came, and why they count nowhere, are evidence too."""
    bad = [(ELSEWHERE[1], "bad.jpg", fakes.NOT_A_PICTURE)]
    ingest(two, fakes.write_manifest(tmp_path / "in", bad), fakes.READER)
    files = bundle(two, ELSEWHERE[1], tmp_path / "x.zip")
    told = station_of(files, ELSEWHERE[1])
    assert (told["now"]["state"], told["photographs"], told["versions"]) == ("missing", [], [])
    assert files[told["aside"][0]["file"]] == fakes.NOT_A_PICTURE and told["history"][0]["what"] == "aside"
    assert check_evidence(tmp_path / "x.zip").ok


@pytest.mark.parametrize("kind", [kind for kind in ACTS.values() if "part" in kind.__dataclass_fields__])
def test_an_excerpt_holds_no_act_about_another_station(kind: type[Act]) -> None:
    """Whatever is done to a part stays out of the excerpt of another, whichever kinds of acts there will be."""
    values = {field.name: 1 if "int" in str(field.type) else "x" for field in fields(kind)}
    elsewhere = kind(**{**values, "part": ELSEWHERE[0]})
    assert not _belongs(elsewhere, lambda part: part == STATIONS[0], set())
