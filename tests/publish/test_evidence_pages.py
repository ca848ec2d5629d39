"""The pages of an evidence bundle: self-contained, well-formed, in two languages, and readable on any screen."""

from __future__ import annotations

import html
import json
import re
import shutil
import string
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from sirekap.publish.evidence_pages import FOLDER
from sirekap.publish.evidence_wording import SHARED, TEXTS
from tests.flow.bundling import COPIED, DISTRICT, PLAIN, files_of, made
from tests.publish.test_publish_pages import Outline

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.xdist_group("evidence")  # one process makes the district


def pages() -> dict[str, str]:
    """Every page of the bundles, by bundle and path."""
    return {
        f"{path.stem}:{name}": data.decode()
        for path in (made().district, made().plain)
        for name, data in files_of(path).items()
        if name.endswith(".html")
    }


def test_pages_need_no_script_and_lead_to_files_of_the_bundle() -> None:
    """Tags close in order, headings jump no level, and no link leaves the bundle."""
    held = {path.stem: files_of(path).keys() for path in (made().district, made().plain)}
    assert len(pages()) == 2 * (1 + 1 + 3) + 2 * (1 + 1)
    for where, text in pages().items():
        stem, _, name = where.partition(":")
        outline = Outline()
        outline.feed(text)
        assert outline.crossed == [] and outline.open == [], where
        assert len(outline.ids) == len(set(outline.ids)), where
        assert outline.headings.count(1) == 1 and outline.headings[0] == 1, where
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (where, outline.headings)
        assert not {"script", "link", "iframe", "form"} & set(outline.tags), where
        for link in outline.links:
            if link.startswith("#"):
                assert link[1:] in outline.ids
                continue
            target = str(PurePosixPath("/", PurePosixPath(name).parent, link))
            parts: list[str] = []
            for part in PurePosixPath(target).parts[1:]:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in held[stem], (where, link)


def test_a_stations_page_says_what_its_data_say() -> None:
    """Figures, corrections with reasons, the objection with its answer, and how to check, in both languages."""
    files = files_of(made().plain)
    figures = json.loads(files[f"stations/{PLAIN}/station.json"])["now"]["figures"]
    for name, words in {
        "index.html": (
            "disertifikasi lain: 37",
            "salah tulis di plano",
            "Jawaban,",
            "Belum ada. Bila log publik",
        ),
        "index-en.html": (
            "certified otherwise: 37",
            "salah tulis di plano",
            "Answer,",
            "None yet. Once there is",
        ),
    }.items():
        text = html.unescape(files[name].decode())
        shown = re.findall(r'<span class="value">([0-9.,]+)</span>', text)
        assert sorted(shown) == sorted(str(figure["value"]) for figure in figures.values())
        assert all(word in text for word in words), name
        assert "sha256sum -c SHA256SUMS" in text and f"sirekap evidence check bukti-ppwp-{PLAIN}.zip" in text
        paper, root = f"plenaries/{DISTRICT}/versions/1/paper-1.pdf", "authorities/authority-1.pem"
        data = f"plenaries/{DISTRICT}/versions/1/D.HASIL.json"
        assert f"sirekap certificates check {paper} --root {root} --data {data}" in text
        assert {paper, root, data} <= files.keys()


def test_what_people_wrote_cannot_bring_markup_into_a_page() -> None:
    """Reasons and names are shown as they were typed."""
    text = files_of(made().district)[f"plenaries/{DISTRICT}/index.html"].decode()
    assert "Angka TPS 001 diubah.\nKami minta dihitung ulang." in text
    from sirekap.publish.evidence_wording import wording

    assert str(wording("id")("objection_answer", at="x", text="<b>")) == "Jawaban, x: &lt;b&gt;"


def test_both_languages_have_every_text_and_each_is_used() -> None:
    """The same places in both; none that no page shows, and none in a template."""
    source = "".join(path.read_text() for path in sorted(FOLDER.glob("*.html")))
    made_up = ("state_", "long_", "kind_", "stage_", "absent_", "signing_", "role_", "severity_", "in_")
    for key, both in TEXTS.items():
        places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in both]
        assert places[0] == places[1] and all(text.strip() for text in both), key
        assert f'"{key}"' in source or key.startswith(made_up) or key in SHARED, key
    words = re.sub(
        r"(?s){%.*?%}|{{.*?}}|<meta[^>]*>|<style>.*?</style>|<[^>]*>|sirekap (evidence|certificates) check"
        r"|--root|--data|sha256sum -c SHA256SUMS",
        " ",
        source,
    )
    assert re.findall(r"[A-Za-z]{3,}", words) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_pages_are_accessible_and_fit_a_phone(tmp_path: Path) -> None:
    """WCAG 2.2 AA by axe from the unpacked folder, without scripts of ours; 360 px wide nothing runs out."""
    playwright: Any = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    for path in (made().district, made().copied):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / path.stem)
    names = (
        f"{COPIED}/index.html", f"{DISTRICT}/index-en.html", f"{DISTRICT}/plenaries/{DISTRICT}/index.html",
    )  # fmt: skip
    values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(viewport={"width": 360, "height": 740}).new_page()
        for name in names:
            page.goto((tmp_path / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
            page.evaluate("document.querySelectorAll('img').forEach((item) => { item.loading = 'eager'; })")
            page.wait_for_function("[...document.images].every((item) => item.complete)")
            assert page.evaluate("[...document.images].every((item) => item.naturalWidth > 0)"), name
            found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": values}}).response
            assert [(item["id"], item["nodes"][0]["html"]) for item in found["violations"]] == [], name
        chromium.close()
