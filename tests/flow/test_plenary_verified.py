"""Plenaries as they are published: what a stranger sees of them, recomputes, and finds where they are forged."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sirekap.flow.steps import publish_workspace
from sirekap.publish import publish_site
from sirekap.verify import VerifyReport, recap_papers
from sirekap.verify.recap import Recaps
from sirekap.verify.run import _Verification, verify_tree
from sirekap.verify.source import Folder
from tests.flow.recap_forgeries import FORGERIES, REPAINTED, file_of, forge, load
from tests.flow.recapped import DECISION, story
from tests.flow.sitting import DISTRICT, ELSEWHERE, NATION, NEXT, PROVINCE, REGENCY, STATIONS
from tests.publish.test_publish_pages import outlines
from tests.verify.forgeries import remanifest


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with plenaries of every kind, published twice: the same state gives the same bytes."""
    folder = tmp_path_factory.mktemp("plenaries")
    workspace = story(folder)
    first = publish_workspace(workspace, publish_site, folder / "public")
    assert publish_workspace(workspace, publish_site, folder / "twice").root == first.root
    workspace.close()
    return folder / "public"


@pytest.fixture
def tree(published: Path, tmp_path: Path) -> Path:
    """A copy to forge."""
    shutil.copytree(published, tmp_path / "public")
    return tmp_path / "public"


def told(report: VerifyReport) -> str:
    """The first differences."""
    return "\n".join(str(difference) for difference in report.differences[:30])


def test_what_was_published_is_found_right(published: Path) -> None:
    """All five plenaries recount from the files alone, with the signature on a paper."""
    report = verify_tree(published)
    assert report.ok, told(report)
    assert (report.plenaries, report.signatures, report.notes) == (5, 1, [])


def test_a_document_tells_stage_versions_sums_and_what_moved(published: Path) -> None:
    """Each unit's document says where it stands, both versions' sums, and how each sheet left it behind."""
    documents = {unit: load(published, file_of(unit)) for unit in (DISTRICT, NEXT, REGENCY, PROVINCE, NATION)}
    assert [documents[unit]["stage"] for unit in documents] == ["closed"] * 4 + ["open"]
    first, second = documents[DISTRICT]["versions"]
    assert (first["sheets"]["suara_1"], first["certified"]["suara_1"]) == (63, 69)
    assert (second["sheets"]["suara_2"], second["certified"]["suara_2"]) == (239, 220)
    assert (len(first["corrections"]), len(second["corrections"])) == (2, 3)
    assert first["certified"]["suara_3"] - second["certified"]["suara_3"] == 5  # taken back in between
    assert first["paper"] and [item["signer"] for item in first["signatures"]] == [
        "Ketua PPK, 317301 TANAH ABANG"
    ]
    assert second["paper"] is None and documents[NEXT]["versions"][0]["signatures"] == []
    regency = documents[REGENCY]["versions"][1]
    assert [regency[key]["suara_tidak_sah"] for key in ("sheets", "below", "certified")] == [12, 12, 13]
    how = {item["station"]: item["how"] for item in documents[NATION]["moved"]}
    assert how == {
        STATIONS[0]: "anew", STATIONS[1]: "unsettled", STATIONS[2]: "late", ELSEWHERE[1]: "figures",
    }  # fmt: skip
    assert [item["station"] for item in documents[NEXT]["moved"]] == [ELSEWHERE[1]]


def test_pages_say_what_a_stranger_needs(published: Path) -> None:
    """The unit's page has where the plenary stands, the station's its correction, the plenary's all of it."""
    for language, certified in (
        ("id", "Disahkan dalam rapat pleno, versi 2"),
        ("en", "Certified in plenary, version 2"),
    ):
        assert certified in (published / f"{language}/units/{DISTRICT}.html").read_text()
        station = (published / f"{language}/stations/{STATIONS[0]}.html").read_text()
        page = (published / f"{language}/recap/{DISTRICT}.html").read_text()
        for text in ("salah tulis", "BA 4"):
            assert text in station and text in page
        for text in (
            DECISION,
            "Listrik padam",
            "Dilanjutkan setelah 20 menit",
            "Keberatan belum dijawab",
            "BA 10",
        ):
            assert text in page
        assert "<script" not in page
    assert "sedang berlangsung" in (published / f"id/recap/{NATION}.html").read_text()
    assert "data-says" not in (published / f"id/stations/{ELSEWHERE[0]}.html").read_text()


def test_a_correction_that_was_taken_back_is_in_the_minutes_alone(published: Path) -> None:
    """The station's page says nothing of it any more; the plenary's minutes say both."""
    for language in ("id", "en"):
        assert "BA 4b" not in (published / f"{language}/stations/{STATIONS[1]}.html").read_text()
        page = (published / f"{language}/recap/{DISTRICT}.html").read_text()
        assert "BA 4b" in page and "BA 12" in page
    acts = [act["act"] for act in load(published, file_of(DISTRICT))["acts"]]
    assert (acts.count("correct"), acts.count("withdraw")) == (4, 1)


def test_pages_are_sound_and_every_link_leads_somewhere(published: Path) -> None:
    """On every page links lead to files, tags close in order, headings jump no level, and nothing runs."""
    for page, outline in outlines(published).items():
        for link in outline.links:
            target = (page.parent / link).resolve()
            found = link[1:] in outline.ids if link.startswith("#") else target.is_file()
            assert found, (page, link)
        assert outline.crossed == [] and outline.open == [], page
        assert len(outline.ids) == len(set(outline.ids)), page
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert outline.headings.count(1) == 1 and all(after <= before + 1 for before, after in steps), page
        assert not {"script", "style", "iframe", "form"} & set(outline.tags), page


def test_files_of_objections_are_not_published(published: Path) -> None:
    """Their number and hashes are, their bytes are not: they may show people."""
    objection = next(act for act in load(published, file_of(DISTRICT))["acts"] if act["act"] == "object")
    (digest,) = objection["attachments"]
    assert digest in (published / f"id/recap/{DISTRICT}.html").read_text()
    assert not [path for path in published.rglob("*") if digest in path.name]


@pytest.fixture(scope="module")
def verified(published: Path) -> Recaps:
    """The plenaries of the honest tree, once they were checked."""
    verification = _Verification(Folder(published), None)
    verification.run()
    return verification.recaps


def recheck(tree: Path, honest: Recaps) -> VerifyReport:
    """What `verify` finds of the plenaries of a tree whose sheets are those of the honest one."""
    known, report = honest.context, VerifyReport()
    readable = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    election = load(tree, "data/election.json")
    recaps = Recaps(Folder(tree), readable, known.frame.form, election, known.words, report)
    recaps.begin(known.names)
    recaps.finish(known.recount, known.sheets)
    return report


def named(report: VerifyReport, file: str, kind: str) -> None:
    """The report names the file and what is wrong with it."""
    matching = [d for d in report.differences if d.file.startswith(file) and d.kind.startswith(kind)]
    assert matching, f"nothing tells of {kind} in {file}:\n{told(report)}"
    assert all(d.expected != d.found for d in matching)


def test_an_honest_tree_is_right_by_the_short_way_too(published: Path, verified: Recaps) -> None:
    """What the forgeries below are told from."""
    assert recheck(published, verified).differences == []


ON_OTHER_PAGES = [name for name, (page, *_) in REPAINTED.items() if "/recap/" not in page]
ASKED = (
    "votes added at a station, all hashes and sums fitting",
    "a correction removed everywhere",
    "an objection's answer removed",
    "a version dropped",
    "a reopened plenary shown as closed",
    "a paper of another version",
    "a moved station hidden",
    *ON_OTHER_PAGES,
)


@pytest.mark.parametrize("name", ASKED)
def test_a_forgery_of_the_whole_tree_is_found_and_named(name: str, tree: Path) -> None:
    """Whatever is changed, with hashes, pages and manifest made to fit, a difference names the file and what."""
    file, kind = forge(tree, name, whole=True)
    remanifest(tree)
    named(verify_tree(tree), file, kind)


@pytest.mark.parametrize("name", [name for name in (*FORGERIES, *REPAINTED) if name not in ASKED])
def test_a_forgery_is_found_and_named(name: str, tree: Path, verified: Recaps) -> None:
    """The same of the plenaries alone."""
    file, kind = forge(tree, name)
    named(recheck(tree, verified), file, kind)


def test_without_the_extra_signatures_are_said_to_be_unchecked(
    tree: Path, monkeypatch: pytest.MonkeyPatch, verified: Recaps
) -> None:
    """Nothing fails for what is not installed; whose data a paper carries is checked all the same."""
    monkeypatch.setattr(recap_papers, "installed", lambda: False)
    report = recheck(tree, verified)
    assert report.ok and report.signatures == 0
    assert report.notes == ["signatures on 2 papers were not checked: `pip install sirekap[certificates]`"]
    file, kind = forge(tree, "a paper of another version")
    named(recheck(tree, verified), file, kind)


def keys_of(document: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every field of a document."""
    found = []
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        found.append((*before, key))
        if isinstance(value, dict | list):
            found += keys_of(value, (*before, key))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("value", [[["?"]], {}, -1, "9999-12-31T23:59:59Z", "\ud800"])
def test_no_field_can_be_anything_without_being_told(
    tree: Path, value: object, verified: Recaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each field of a plenary's document, replaced, is a difference in words and never a traceback."""
    monkeypatch.setattr(recap_papers, "installed", lambda: False)
    original = (tree / file_of(REGENCY)).read_bytes()
    fields = keys_of(json.loads(original))
    silent = []
    for keys in fields[:: max(7, len(fields) // 12)]:
        document = json.loads(original)
        place = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value
        (tree / file_of(REGENCY)).write_bytes(
            json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
        )
        if recheck(tree, verified).ok:
            silent.append(keys)
    assert silent == []
